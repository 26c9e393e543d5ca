//! `accountcreator import original`: what MS365-Accountcreator leaves behind.
//!
//! Its database is copied and read, its settings are read and not carried out, and nothing that is there is replaced:
//! it can be run twice.

pub(super) mod args;

mod addresses;
mod certificate;
mod document;
mod files;
mod filter;
mod given;
mod keys;
mod plan;
mod po;
mod python;
mod report;
mod settings;
mod texts;

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use super::{
    configured::{self, Misconfigured, operator},
    say::say,
};
use crate::{
    config::{self, Database},
    domain::{Clock, Entropy, SecretKey},
    store::Store,
};
use addresses::Addresses;
use args::{ImportCommand, OriginalArgs};
use plan::Plan;
use report::{FileLine, Report};

pub(super) async fn run(file: Option<&Path>, command: &ImportCommand) -> anyhow::Result<ExitCode> {
    let ImportCommand::Original(args) = command;
    let mut addresses = Addresses::read(&args.database, Clock::system().now()).await?;
    let plan = Plan::of(args)?;
    let (database, folds) = target(file, args, &plan)?;
    let beneath = plan.configuration.as_ref().map(|text| text.as_str());
    let secret_key = || config::load_secret_key(file, beneath, std::env::vars()).map_err(Misconfigured);
    let files = plan.files.iter().map(|file| {
        let outcome = if args.dry_run { file.look() } else { file.write() }?;
        Ok(FileLine::of(file.path.display().to_string(), outcome))
    });
    let files = files.collect::<anyhow::Result<Vec<_>>>()?;
    if args.dry_run {
        preview(&mut addresses, &database, folds, &secret_key).await?;
    } else {
        write(&mut addresses, &database, folds, &secret_key).await?;
    }
    let counts = addresses.counts;
    let code = if counts.is_unsafe() { ExitCode::FAILURE } else { ExitCode::SUCCESS };
    let report = Report {
        dry_run: args.dry_run,
        database: database.file().map_or_else(|| "PostgreSQL".to_owned(), |file| file.display().to_string()),
        to_do: plan.to_do.into_iter().chain(counts.to_do()).collect(),
        addresses: counts,
        files,
        left_settings: plan.left_settings,
        left_texts: plan.left_texts,
    };
    if args.json {
        say!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        report.print();
    }
    Ok(code)
}

/// Our database, and whether sub-addresses are folded there, as the configuration that is in force has it, or else the
/// one that is being imported.
fn target(file: Option<&Path>, args: &OriginalArgs, plan: &Plan) -> anyhow::Result<(Database, bool)> {
    let beneath = plan.configuration.as_ref().map(|text| text.as_str());
    let (database, folds) = config::load_database(file, beneath, std::env::vars()).map_err(Misconfigured)?;
    let place = |file: PathBuf| file.canonicalize().ok();
    let ours = database.file().and_then(place);
    anyhow::ensure!(
        ours.is_none() || ours != place(args.database.clone()),
        "database.url names the database of MS365-Accountcreator itself, which stays as it is; name another one"
    );
    Ok((database, folds))
}

async fn preview(
    addresses: &mut Addresses,
    database: &Database,
    folds: bool,
    secret_key: impl Fn() -> Result<SecretKey, Misconfigured>,
) -> anyhow::Result<()> {
    let now = Clock::system().now();
    let Some(store) = Store::open_to_read(database).await? else {
        return Ok(addresses.preview(None, now).await?);
    };
    let store = store.fold_subaddresses(folds);
    let pending = store.pending_migrations().await?;
    if is_new(&pending) {
        store.close().await;
        return Ok(addresses.preview(None, now).await?);
    }
    configured::ensure_migrated(&pending)?;
    let store = with_tombstones(store, secret_key).await?;
    let counted = addresses.preview(Some(&store), now).await;
    store.close().await;
    Ok(counted?)
}

/// A database that has nothing of ours yet gets its tables here; an older one is for `migrate`.
async fn write(
    addresses: &mut Addresses,
    database: &Database,
    folds: bool,
    secret_key: impl Fn() -> Result<SecretKey, Misconfigured>,
) -> anyhow::Result<()> {
    let store = Store::open(database).await?.fold_subaddresses(folds);
    let pending = store.pending_migrations().await?;
    if is_new(&pending) {
        store.migrate().await?;
    } else {
        configured::ensure_migrated(&pending)?;
    }
    let store = with_tombstones(store, secret_key).await?;
    let written = addresses.write(&store, &Entropy::system(), &operator(), Clock::system().now()).await;
    store.close().await;
    Ok(written?)
}

/// The secret key is read only where there are tombstones: a new site may not have one yet.
async fn with_tombstones(
    store: Store,
    secret_key: impl Fn() -> Result<SecretKey, Misconfigured>,
) -> anyhow::Result<Store> {
    let now = Clock::system().now();
    if store.count_tombstones(now).await? == 0 {
        return Ok(store);
    }
    Ok(store.with_tombstones(&secret_key()?, &Entropy::system(), now).await?)
}

fn is_new(pending: &[String]) -> bool {
    pending.len() == Store::known_migrations().len()
}
