//! Files that are made, and never replaced.

use std::{
    fs::{self, OpenOptions},
    io::{ErrorKind, Write},
    os::unix::fs::OpenOptionsExt,
    path::PathBuf,
};

use anyhow::Context;
use zeroize::Zeroizing;

use crate::config;

/// A file as it is to be.
pub(super) struct NewFile {
    pub(super) path: PathBuf,
    pub(super) text: Zeroizing<String>,
    /// Whether it is its owner's alone.
    pub(super) secret: bool,
}

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It was made.
    Written,
    /// It was there as it is to be.
    Same,
    /// It was there with something else in it, and stays.
    Kept,
}

impl NewFile {
    /// What [`NewFile::write`] would do.
    pub(super) fn look(&self) -> anyhow::Result<Outcome> {
        match config::read_bytes(&self.path, config::MAX_TEXT_BYTES) {
            Ok(bytes) if bytes == self.text.as_bytes() => Ok(Outcome::Same),
            Ok(_) => Ok(Outcome::Kept),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Outcome::Written),
            Err(error) => Err(error).with_context(|| format!("cannot read {}", self.path.display())),
        }
    }

    /// Makes the file, unless there is one.
    pub(super) fn write(&self) -> anyhow::Result<Outcome> {
        let outcome = self.look()?;
        if outcome == Outcome::Written {
            self.make().with_context(|| format!("cannot write {}", self.path.display()))?;
        }
        Ok(outcome)
    }

    fn make(&self) -> std::io::Result<()> {
        if let Some(folder) = self.path.parent() {
            fs::create_dir_all(folder)?;
        }
        let mode = if self.secret { 0o600 } else { 0o644 };
        let mut file = OpenOptions::new().write(true).create_new(true).mode(mode).open(&self.path)?;
        file.write_all(self.text.as_bytes())?;
        file.sync_all()
    }
}
