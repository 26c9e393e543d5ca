//! The heartbeat: records in the database that this process uses it, until it ends.

use std::{process, time::Duration};

use tokio_util::sync::CancellationToken;

use super::Parts;
use crate::{
    domain::{Clock, ProcessId},
    store::{AppliedMigration, Process, Store, StoreError},
};

/// Four times as often as the row expires: late writes do no harm.
const EVERY: Duration = Duration::from_secs(15);
const _: () = assert!(EVERY.as_secs() * 4 <= Process::EXPIRES_AFTER.as_secs());

/// Time between two looks at whether processes of an older version are gone.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// Renews the row of this process.
#[derive(Clone)]
pub(super) struct Heartbeat {
    store: Store,
    clock: Clock,
    process: Process,
}

impl Heartbeat {
    /// Records this process. The schema must be up to date.
    pub async fn start(store: &Store, parts: &Parts) -> Result<Self, StoreError> {
        let now = parts.clock.now();
        let process = Process {
            id: ProcessId::random(&parts.entropy),
            host: rustix::system::uname().nodename().to_string_lossy().into_owned(),
            pid: process::id(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            schema: Store::newest_migration(),
            started_at: now,
            seen_at: now,
        };
        store.register_process(&process).await?;
        Ok(Self { store: store.clone(), clock: parts.clock.clone(), process })
    }

    /// Renews the row until `shutdown`, then removes it.
    pub async fn run(mut self, shutdown: CancellationToken) {
        shutdown.run_until_cancelled(self.renew()).await;
        // The row expires where it cannot be removed.
        if let Err(error) = self.store.remove_process(self.process.id).await {
            tracing::debug!(error = &error as &dyn std::error::Error, "the heartbeat could not be removed");
        }
    }

    /// Rows of processes that are gone are deleted after the first beat, not at the start, which is to be quick.
    async fn renew(&mut self) {
        let (mut has_failed, mut are_forgotten) = (false, false);
        loop {
            self.clock.sleep_until(self.process.seen_at.plus(EVERY)).await;
            self.process.seen_at = self.clock.now();
            let renewed = self.store.renew_process(&self.process).await;
            are_forgotten = are_forgotten || self.store.forget_processes(self.process.seen_at).await.is_ok();
            if let (Err(error), false) = (&renewed, has_failed) {
                tracing::warn!(
                    error = error as &dyn std::error::Error,
                    "the heartbeat could not be written; until it can, `migrate` may take this process for gone"
                );
            }
            has_failed = renewed.is_err();
        }
    }
}

/// The progress of a migration.
#[derive(Clone, Copy)]
pub enum Progress<'a> {
    /// These processes of an older version may have been killed: it waits until they count as gone, a minute at most.
    Waiting(&'a [Process]),
    /// This migration begins.
    Applying(&'a AppliedMigration),
}

/// Logs what the migrations at the start of the service are doing.
pub(super) fn log(progress: Progress<'_>) {
    match progress {
        Progress::Waiting(processes) => {
            let used_by = processes.iter().map(Process::to_string).collect::<Vec<_>>().join(", ");
            tracing::warn!(used_by, "an older version may use the database: waiting for a minute at most");
        }
        Progress::Applying(AppliedMigration { version, description }) => {
            tracing::info!(version, description, "a migration is being applied");
        }
    }
}

/// Applies the pending migrations. Where processes of an older version were killed, waits until they count as gone.
///
/// # Errors
/// As [`Store::migrate_unused`]; [`StoreError::InUse`] as soon as one of them is seen.
pub async fn migrate(
    store: &Store,
    clock: &Clock,
    progress: impl Fn(Progress<'_>) + Sync,
) -> Result<Vec<AppliedMigration>, StoreError> {
    let mut known: Option<Vec<Process>> = None;
    loop {
        let now = clock.now();
        let older = match store.migrate_unused(now, |migration| progress(Progress::Applying(migration))).await
        {
            Err(StoreError::InUse(older)) => older,
            outcome => return outcome,
        };
        let known = known.get_or_insert_with(|| {
            progress(Progress::Waiting(&older));
            older.clone()
        });
        if !older.iter().all(|process| known.contains(process)) {
            return Err(StoreError::InUse(older));
        }
        clock.sleep_until(now.plus(LOOK_AGAIN)).await;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;
    use crate::{
        config::Database,
        domain::{Entropy, Timestamp},
    };

    struct Setting {
        store: Store,
        parts: Parts,
        database: String,
        _folder: tempfile::TempDir,
    }

    impl Setting {
        async fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let database = format!("sqlite://{}", folder.path().join("test.db").display());
            let store = Store::open(&Database::new(database.clone(), 2)).await.unwrap();
            store.migrate().await.unwrap();
            let clock = Clock::manual(Timestamp::from_millis(1_800_000_000_000));
            Self { store, parts: Parts { clock, entropy: Entropy::system() }, database, _folder: folder }
        }

        /// A heartbeat of a version that does not know the newest migration, which is pending.
        async fn of_older_version(&self) -> Heartbeat {
            let mut heartbeat = Heartbeat::start(&self.store, &self.parts).await.unwrap();
            self.run("UPDATE process SET schema = 1").await;
            heartbeat.process.schema = 1;
            self.run("DROP TABLE signups_closed; DELETE FROM _sqlx_migrations WHERE version = 6").await;
            heartbeat
        }

        async fn run(&self, sql: &'static str) {
            use sqlx::{Connection as _, Executor as _};
            let mut connection = sqlx::SqliteConnection::connect(&self.database).await.unwrap();
            connection.execute(sql).await.unwrap();
            connection.close().await.unwrap();
        }

        /// The time at which a process was seen last.
        async fn seen_at(&self) -> Option<Timestamp> {
            use sqlx::Connection as _;
            let mut connection = sqlx::SqliteConnection::connect(&self.database).await.unwrap();
            let seen: Option<i64> = sqlx::query_scalar("SELECT MAX(seen_at) FROM process")
                .fetch_one(&mut connection)
                .await
                .unwrap();
            connection.close().await.unwrap();
            seen.map(Timestamp::from_millis)
        }
    }

    async fn soon<T>(what: impl Future<Output = T>) -> T {
        tokio::time::timeout(Duration::from_mins(1), what).await.expect("it comes within a minute")
    }

    #[tokio::test]
    async fn it_is_renewed_and_removed_in_the_end() {
        let setting = Setting::new().await;
        let clock = &setting.parts.clock;
        let start = clock.now();
        const KILLED: &str = "INSERT INTO process (id, host, pid, version, schema, started_at, seen_at) \
             VALUES ('killed long ago', 'web1', 812, '0.0.9', 11, 1, 1)";
        setting.run(KILLED).await;
        let heartbeat = Heartbeat::start(&setting.store, &setting.parts).await.unwrap();
        assert_eq!(setting.seen_at().await, Some(start));
        let stop = CancellationToken::new();
        let running = tokio::spawn(heartbeat.run(stop.clone()));
        for beat in 1..=3 {
            clock.advance(EVERY);
            let due = start.plus(EVERY * beat);
            soon(async {
                while setting.seen_at().await != Some(due) {
                    tokio::task::yield_now().await;
                }
            })
            .await;
        }
        stop.cancel();
        soon(running).await.unwrap();
        assert_eq!(setting.seen_at().await, None, "the row of the killed one is gone as well");
    }

    #[tokio::test]
    async fn a_migration_waits_for_a_process_that_was_killed() {
        let setting = Setting::new().await;
        let _killed = setting.of_older_version().await;
        let (store, clock) = (setting.store.clone(), setting.parts.clock.clone());
        let migrating = tokio::spawn(async move {
            let waits = AtomicU32::new(0);
            let told = |progress: Progress<'_>| {
                if let Progress::Waiting(processes) = progress {
                    waits.fetch_add(1, Ordering::Relaxed);
                    assert_eq!(processes.len(), 1);
                }
            };
            let applied = migrate(&store, &clock, told).await.unwrap();
            (applied, waits.into_inner())
        });
        let clock = &setting.parts.clock;
        let start = clock.now();
        let passing = async {
            while !migrating.is_finished() {
                clock.advance(Duration::from_millis(250));
                tokio::task::yield_now().await;
            }
        };
        soon(passing).await;
        let (applied, waits) = migrating.await.unwrap();
        assert_eq!((applied[0].version, waits), (6, 1), "it says once that it waits");
        assert!(clock.now().since(start) >= Process::EXPIRES_AFTER, "not before the process counts as gone");
    }

    #[tokio::test]
    async fn a_migration_ends_when_an_older_process_is_seen() {
        let setting = Setting::new().await;
        let alive = setting.of_older_version().await;
        let stop = CancellationToken::new();
        let running = tokio::spawn(alive.run(stop.clone()));
        let (store, clock) = (setting.store.clone(), setting.parts.clock.clone());
        let migrating = tokio::spawn(async move { migrate(&store, &clock, |_| {}).await });
        let passing = async {
            while !migrating.is_finished() {
                setting.parts.clock.advance(Duration::from_millis(250));
                // Leaves the heartbeat the time to be written.
                setting.seen_at().await;
            }
        };
        soon(passing).await;
        let ended = migrating.await.unwrap();
        assert!(matches!(&ended, Err(StoreError::InUse(older)) if older.len() == 1), "{ended:?}");
        assert_eq!(setting.store.pending_migrations().await.unwrap().len(), 1);
        stop.cancel();
        soon(running).await.unwrap();
    }
}
