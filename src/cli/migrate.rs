//! `accountcreator migrate`

use std::{path::Path, process::ExitCode};

use super::{configured, say::say};
use crate::{app, store::Store};

pub(super) async fn run(file: Option<&Path>) -> anyhow::Result<ExitCode> {
    let config = configured::load(file)?;
    let store = Store::open(&app::store_settings(&config)).await?;
    let applied = store.migrate().await?;
    store.close().await;
    for migration in &applied {
        say!("applied migration {} ({})", migration.version, migration.description);
    }
    if applied.is_empty() {
        say!("the database is up to date");
    }
    Ok(ExitCode::SUCCESS)
}
