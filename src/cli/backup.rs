//! `accountcreator backup`

use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Context;
use secrecy::ExposeSecret;

use super::{
    configured::{self, operator},
    logging,
    say::say,
};
use crate::{
    audit::{self, Act},
    config::Database,
    store::{Store, StoreError},
};

pub(super) async fn run(file: Option<&Path>, target: &Path) -> anyhow::Result<ExitCode> {
    let config = configured::load(file)?;
    logging::start_audit(&config.log)?;
    check(&config.database, target).await?;
    let store = Store::open(&config.database).await?;
    let bytes = copy(&store, target).await;
    store.close().await;
    let bytes = bytes?;
    audit::of_service(&operator(), Act::BackedUp, &format!("{bytes} bytes"));
    say!("wrote {} ({bytes} bytes)", target.display());
    Ok(ExitCode::SUCCESS)
}

/// The checks that are possible before anything is made.
async fn check(database: &Database, target: &Path) -> anyhow::Result<()> {
    if !database.url.expose_secret().trim().starts_with("sqlite:") {
        return Err(StoreError::NoBackup.into());
    }
    anyhow::ensure!(!target.try_exists()?, taken(target));
    let store = Store::open_to_read(database).await?;
    let store = store.context("there is no database yet; database.url says where it is")?;
    let migrations = store.migrations().await;
    store.close().await;
    migrations?;
    Ok(())
}

/// The file gets its name only when the copy is whole and on the disk, and no existing file is replaced.
async fn copy(store: &Store, target: &Path) -> anyhow::Result<u64> {
    let folder = folder_of(target);
    // Its owner's alone, as such files are made.
    let made = tempfile::Builder::new().prefix(".accountcreator-").tempfile_in(&folder);
    let file = made.with_context(|| format!("nothing can be written into {}", folder.display()))?;
    store.backup(file.path()).await.context("the database cannot be copied")?;
    file.as_file().sync_all()?;
    let file = file.persist_noclobber(target).map_err(|refused| match refused.error.kind() {
        io::ErrorKind::AlreadyExists => anyhow::anyhow!(taken(target)),
        _ => refused.error.into(),
    })?;
    File::open(folder)?.sync_all()?;
    Ok(file.metadata()?.len())
}

fn folder_of(target: &Path) -> PathBuf {
    match target.parent() {
        Some(folder) if folder != Path::new("") => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

fn taken(target: &Path) -> String {
    format!("{} exists; a backup replaces nothing, name another file", target.display())
}
