//! The processes that use the database. Each has a row that it renews, so that the schema is not changed while an older
//! version is at work.

use std::{fmt, time::Duration};

use super::{
    Store, StoreError,
    migrate::MigrationState,
    row::Row,
    value::{Value, args},
};
use crate::domain::{ProcessId, Timestamp};

/// A process that uses the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    /// Random: several hosts give their processes the same number.
    pub id: ProcessId,
    /// Name of its host; of a container, that is its own.
    pub host: String,
    /// Number that its host gave it.
    pub pid: u32,
    /// Version of the program.
    pub version: String,
    /// Number of the newest migration that it knows.
    pub schema: i64,
    /// Time of its start.
    pub started_at: Timestamp,
    /// Time at which it renewed its row last.
    pub seen_at: Timestamp,
}

impl Process {
    /// A process counts as gone when its row was not renewed for this time.
    pub const EXPIRES_AFTER: Duration = Duration::from_mins(1);

    pub(super) const OLDER: &str = "SELECT id, host, pid, version, schema, started_at, seen_at FROM process \
         WHERE schema < $1 AND seen_at > $2 ORDER BY started_at, id";

    /// The arguments of [`Self::OLDER`].
    pub(super) fn older(newest: i64, now: Timestamp) -> [Value<'static>; 2] {
        [Value::Number(Some(newest)), Value::Number(Some(now.minus(Self::EXPIRES_AFTER).millis()))]
    }

    pub(super) fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.value("id")?,
            host: row.value("host")?,
            pid: row.count("pid")?,
            version: row.value("version")?,
            schema: row.count("schema")?,
            started_at: row.time("started_at")?,
            seen_at: row.time("seen_at")?,
        })
    }
}

/// `accountcreator 0.1.0 on host web1 (process 812, since 2026-11-22T10:15:00Z)`.
impl fmt::Display for Process {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, pid, version, started_at, .. } = self;
        write!(f, "accountcreator {version} on host {host} (process {pid}, since {started_at})")
    }
}

impl Store {
    /// Records that this process uses the database. The schema must be up to date: it is looked at after the row is there,
    /// so that no migration comes in between.
    ///
    /// # Errors
    /// [`StoreError::NewerSchema`] where a newer version has changed the schema.
    pub async fn register_process(&self, process: &Process) -> Result<(), StoreError> {
        self.renew_process(process).await?;
        self.migrations().await.map(drop)
    }

    /// Deletes the rows of processes that are gone.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn forget_processes(&self, now: Timestamp) -> Result<(), StoreError> {
        const FORGET: &str = "DELETE FROM process WHERE seen_at <= $1";
        self.database.execute(FORGET, &args![now.minus(Process::EXPIRES_AFTER)]).await.map(drop)
    }

    /// Records that this process was seen, also where another one has taken it for gone.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn renew_process(&self, process: &Process) -> Result<(), StoreError> {
        const RENEW: &str = "INSERT INTO process (id, host, pid, version, schema, started_at, seen_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at";
        let Process { id, host, pid, version, schema, started_at, seen_at } = process;
        let schema = Value::Number(Some(*schema));
        let [id, host, pid, version] = args![*id, host.as_str(), *pid, version.as_str()];
        let [started_at, seen_at] = args![*started_at, *seen_at];
        self.database.execute(RENEW, &[id, host, pid, version, schema, started_at, seen_at]).await.map(drop)
    }

    /// Records that this process no longer uses the database.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn remove_process(&self, id: ProcessId) -> Result<(), StoreError> {
        self.database.execute("DELETE FROM process WHERE id = $1", &args![id]).await.map(drop)
    }

    /// The number of the newest migration of this program.
    #[must_use]
    pub fn newest_migration() -> i64 {
        Self::known_migrations().iter().map(|MigrationState { version, .. }| *version).max().unwrap_or(0)
    }
}
