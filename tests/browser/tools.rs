//! What the test needs besides our binary, which not every machine has.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Debian's Chromium, its driver, and the programs of `package.json`.
pub struct Tools {
    /// axe-core, to be run in a page.
    pub axe: String,
    /// The program that gives pages marks.
    pub lighthouse: PathBuf,
}

pub const CHROMIUM: &str = "/usr/bin/chromium";
pub const CHROMEDRIVER: &str = "/usr/bin/chromedriver";

impl Tools {
    /// All of them, or what is missing.
    pub fn find() -> Result<Self, String> {
        for program in [CHROMIUM, CHROMEDRIVER] {
            if !Path::new(program).exists() {
                return Err(format!("no {program}"));
            }
        }
        let modules = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser/node_modules");
        let axe = fs::read_to_string(modules.join("axe-core/axe.min.js"))
            .map_err(|_| "no axe-core; `npm ci` in tests/browser fetches it".to_owned())?;
        Ok(Self { axe, lighthouse: modules.join(".bin/lighthouse") })
    }
}
