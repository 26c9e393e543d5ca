//! The configuration of a command.

use std::path::Path;

use anyhow::Context as _;

use crate::{
    app,
    config::{self, Config, Faults},
    domain::Requester,
    store::Store,
};

/// The configuration is at fault: exit code 78.
#[derive(Debug, thiserror::Error)]
#[error("the configuration is at fault\n{0}")]
pub(super) struct Misconfigured(pub(super) Faults);

/// Reads the configuration from all its sources.
pub(super) fn load(file: Option<&Path>) -> Result<Config, Misconfigured> {
    config::load(file, std::env::vars()).map_err(Misconfigured)
}

/// The person who runs this command.
pub(super) fn operator() -> Requester {
    Requester::operator(|name| std::env::var(name).ok())
}

/// Opens the database for an admin's command; it must be there, at this version's schema.
pub(super) async fn open_store(config: &Config) -> anyhow::Result<Store> {
    // Opening to read makes no file if there is no database.
    let look = Store::open_to_read(&config.database).await?;
    let look = look.context("there is no database yet; `accountcreator migrate` makes it")?;
    let pending = look.pending_migrations().await;
    look.close().await;
    ensure_migrated(&pending?)?;
    Ok(app::open_unmigrated(config).await?)
}

/// There are no migrations that the database lacks.
pub(super) fn ensure_migrated(pending: &[String]) -> anyhow::Result<()> {
    anyhow::ensure!(
        pending.is_empty(),
        "the database lacks {} migrations ({}); run `accountcreator migrate`",
        pending.len(),
        pending.join(", ")
    );
    Ok(())
}
