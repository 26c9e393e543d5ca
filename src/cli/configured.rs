//! The configuration of a command.

use std::path::Path;

use crate::{
    app,
    config::{self, Config, Faults},
    store::Store,
};

/// The configuration is at fault: exit code 78.
#[derive(Debug, thiserror::Error)]
#[error("the configuration is at fault\n{0}")]
pub(super) struct Misconfigured(Faults);

/// Reads the configuration from all its sources.
pub(super) fn load(file: Option<&Path>) -> Result<Config, Misconfigured> {
    config::load(file, std::env::vars()).map_err(Misconfigured)
}

/// Opens the database for an admin's command; it must be at this version's schema.
pub(super) async fn open_store(config: &Config) -> anyhow::Result<Store> {
    let store = Store::open(&app::store_settings(config)).await?;
    let pending = store.pending_migrations().await?;
    anyhow::ensure!(
        pending.is_empty(),
        "the database lacks {} migrations ({}); run `accountcreator migrate`",
        pending.len(),
        pending.join(", ")
    );
    Ok(store)
}
