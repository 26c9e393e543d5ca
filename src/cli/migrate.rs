//! `accountcreator migrate`

use std::{
    path::Path,
    process::ExitCode,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use serde::Serialize;

use super::{
    args::MigrateArgs,
    configured::{self, operator},
    logging,
    say::{say, say_aside, say_on},
    table,
};
use crate::{
    app::{self, Progress},
    audit::{self, Act},
    config::Database,
    domain::Clock,
    store::{AppliedMigration, MigrationState, Process, Store, StoreError},
};

/// A migration as programs read it.
#[derive(Serialize)]
struct Row {
    version: i64,
    name: String,
    state: &'static str,
    applied_at: Option<String>,
    /// The number of accounts that share a mailbox with an older one, if the migration has looked for such.
    #[serde(skip_serializing_if = "Option::is_none")]
    shared_mailboxes: Option<u64>,
}

pub(super) async fn run(file: Option<&Path>, args: &MigrateArgs) -> anyhow::Result<ExitCode> {
    let config = configured::load(file)?;
    if args.status {
        let migrations = look(&config.database).await?;
        print(args.json, &migrations, None, || say_on!("{}", status(&migrations)))?;
    } else if args.dry_run {
        let mut pending = look(&config.database).await?;
        pending.retain(|migration| migration.applied_at.is_none());
        print(args.json, &pending, None, || tell("would apply", &pending))?;
    } else {
        logging::start_audit(&config.log)?;
        let (applied, shared) = apply(&config.database).await?;
        for migration in &applied {
            audit::of_service(&operator(), Act::MigrationApplied, &migration.version);
        }
        print(args.json, &applied, shared, || {
            tell("applied", &applied);
            if let Some(shared) = shared {
                say!("{}", app::told_shared_mailboxes(shared));
            }
        })?;
    }
    Ok(ExitCode::SUCCESS)
}

/// All migrations; nothing is written, nor made where there is nothing yet.
async fn look(database: &Database) -> anyhow::Result<Vec<MigrationState>> {
    let Some(store) = Store::open_to_read(database).await? else { return Ok(Store::known_migrations()) };
    let migrations = store.migrations().await;
    store.close().await;
    Ok(migrations?)
}

/// The migrations that this run has applied, and how many accounts they have found to share a mailbox with an older one.
async fn apply(database: &Database) -> anyhow::Result<(Vec<MigrationState>, Option<u64>)> {
    let store = Store::open(database).await?;
    let applied = migrate(&store).await?;
    let mut migrations = store.migrations().await?;
    let shared = store.shared_mailboxes(&applied).await?;
    store.close().await;
    migrations.retain(|migration| applied.iter().any(|applied| applied.version == migration.version));
    Ok((migrations, shared))
}

/// Migrates, and says on standard error what takes longer than a second.
async fn migrate(store: &Store) -> Result<Vec<AppliedMigration>, StoreError> {
    let clock = Clock::system();
    // The work and the full seconds that it has taken.
    let current = Mutex::new((String::new(), 0_u64));
    let begin = |progress: Progress<'_>| {
        let what = match progress {
            Progress::Waiting(processes) => {
                let used_by = processes.iter().map(Process::to_string).collect::<Vec<_>>().join(", ");
                format!("waiting, a minute at most, in case this was killed: {used_by}")
            }
            Progress::Applying(migration) => {
                format!("applying migration {} ({})", migration.version, migration.description)
            }
        };
        *current.lock().unwrap_or_else(PoisonError::into_inner) = (what, 0);
    };
    let tell = async {
        let mut seconds = tokio::time::interval(Duration::from_secs(1));
        loop {
            seconds.tick().await;
            let (what, seconds) = &mut *current.lock().unwrap_or_else(PoisonError::into_inner);
            if matches!(*seconds, 1 | 2 | 5) || (*seconds > 0 && seconds.is_multiple_of(10)) {
                say_aside!("{what}: {seconds} s");
            }
            // Counted and not read from the clock: a tick that is early or late by a moment would show one second twice.
            *seconds += 1;
        }
    };
    tokio::select! {
        applied = app::migrate(store, &clock, begin) => applied,
        never = tell => never,
    }
}

fn print(
    json: bool,
    migrations: &[MigrationState],
    shared: Option<u64>,
    for_people: impl FnOnce(),
) -> anyhow::Result<()> {
    if json {
        let mut rows: Vec<Row> = migrations.iter().map(Row::of).collect();
        if let Some(row) = rows.iter_mut().find(|row| row.name.ends_with("_person_key")) {
            row.shared_mailboxes = shared;
        }
        say!("{}", serde_json::to_string_pretty(&rows)?);
    } else {
        for_people();
    }
    Ok(())
}

fn tell(what: &str, migrations: &[MigrationState]) {
    for migration in migrations {
        say!("{what} migration {} ({})", migration.version, migration.description);
    }
    if migrations.is_empty() {
        say!("the database is up to date");
    }
}

fn status(migrations: &[MigrationState]) -> String {
    let cells = |migration: &MigrationState| {
        let row = Row::of(migration);
        vec![migration.name(), row.state.to_owned(), row.applied_at.unwrap_or_else(|| "-".to_owned())]
    };
    table::render(&["MIGRATION", "STATE", "APPLIED AT"], &migrations.iter().map(cells).collect::<Vec<_>>())
}

impl Row {
    fn of(migration: &MigrationState) -> Self {
        Self {
            version: migration.version,
            name: migration.name(),
            state: if migration.applied_at.is_some() { "applied" } else { "pending" },
            applied_at: migration.applied_at.map(|at| at.to_string()),
            shared_mailboxes: None,
        }
    }
}
