//! Looks at what a tab shows: nothing may keep anybody from reading it, in either scheme, in any window.

use std::{fs, path::Path};

use anyhow::Result;
use serde_json::Value;

use crate::{
    setting::Setting,
    tab::{Scheme, Tab},
};

const AXE: &str = include_str!("scripts/axe.js");
const LAYOUT: &str = include_str!("scripts/layout.js");
const FOREIGN: &str = include_str!("scripts/foreign.js");

/// What is wrong with the page, as lines of text. Leaves the tab as it was.
pub async fn look(tab: &Tab, setting: Setting, axe: &str, picture: &str) -> Result<Vec<String>> {
    let mut faults = Vec::new();
    tab.hold().await?;
    // The page's own scripts do not run by that: they were left out when it was read.
    tab.allow_scripts(true).await?;
    if !tab.ask::<bool>("return typeof axe === 'object'").await? {
        tab.ask::<Value>(&format!("{axe}; window.axe = axe")).await?;
    }
    for scheme in Scheme::ALL {
        tab.set_scheme(scheme).await?;
        let violations: Vec<String> = tab.ask_about(AXE, &scheme.name()).await?;
        faults.extend(violations.into_iter().map(|fault| format!("{}: {fault}", scheme.name())));
        if setting.script {
            keep(&tab.picture().await?, &format!("{picture}-{}", scheme.name()))?;
        }
    }
    tab.set_scheme(Scheme::Light).await?;
    for view in [setting.device.tight_view(), setting.device.view()] {
        tab.set_view(view).await?;
        let unfit: Vec<String> = tab.ask(LAYOUT).await?;
        faults.extend(unfit.into_iter().map(|fault| format!("at {} px: {fault}", view.width)));
    }
    faults.extend(tab.ask::<Vec<String>>(FOREIGN).await?);
    tab.allow_scripts(setting.script).await?;
    Ok(faults)
}

/// Writes a picture into the folder for them.
pub fn keep(picture: &[u8], name: &str) -> Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("screenshots");
    fs::create_dir_all(&folder)?;
    Ok(fs::write(folder.join(format!("{name}.png")), picture)?)
}

/// What was written to the console besides the refusal that was expected: for a document with an error status
/// Chromium writes a line of its own, whatever the page does.
pub async fn console(tab: &Tab, refusal: Option<u16>) -> Result<Vec<String>> {
    let is_expected = |message: &String| {
        refusal.is_some_and(|status| {
            message.contains(&format!(
                " - Failed to load resource: the server responded with a status of {status} "
            ))
        })
    };
    let messages = tab.messages().await?.into_iter().filter(|message| !is_expected(message));
    Ok(messages.map(|message| format!("console: {message}")).collect())
}
