//! Records that may be older than what was done for them: after a failover of PostgreSQL, and after a restore.
//!
//! A standby that takes over may lack the last writes of the failed server, so that a signup is queued again although
//! its user was created. Each promotion gives the server a new timeline, which cannot change while a transaction writes.
//! So the timeline is compared with the recorded one in each transaction that relies on "queued" meaning "never posted",
//! and where it differs, everything that has no user yet is put in doubt first. The standby has an old copy of the
//! recorded timeline, which differs from its own.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use super::{
    Store, StoreError,
    database::{Database, Transaction},
    error::is_function_unavailable,
    value::args,
};
use crate::domain::Timestamp;

/// The time before the tenant is asked after a failover: a user that was created just before it may not be listed yet.
pub(super) const LISTING_LAG: Duration = Duration::from_mins(2);

/// A signup without a user on record may have one. Creating it is in doubt from now on, so that the tenant is asked before
/// anything is created.
pub(super) const DOUBT: [&str; 4] = [
    "UPDATE signup SET may_have_user = 1 WHERE state = 'awaiting_confirmation'",
    "INSERT INTO step (operation_id, kind, target, state, attempts, started_at) \
     SELECT id, step, '', 'intended', 0, created_at FROM operation \
     WHERE step = 'create_user' AND begun = 0 AND finished_at IS NULL \
     ON CONFLICT (operation_id, kind, target) DO UPDATE \
     SET state = excluded.state, error = NULL, finished_at = NULL WHERE step.state <> 'intended'",
    "UPDATE operation SET begun = 1 WHERE step = 'create_user' AND begun = 0 AND attention IS NOT NULL",
    "UPDATE operation SET begun = 1, attempts = 0 \
     WHERE step = 'create_user' AND begun = 0 AND attention IS NULL AND finished_at IS NULL",
];

/// The first eight digits of a WAL file's name are the timeline. A server in recovery has no timeline of its own.
macro_rules! timeline {
    () => {
        "CASE WHEN pg_is_in_recovery() THEN NULL \
         ELSE substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8) END AS timeline"
    };
}

/// State of the check for failovers; shared by the clones of a store.
#[derive(Clone, Default)]
pub(super) struct FailoverCheck {
    is_off: Arc<AtomicBool>,
}

impl Store {
    /// Puts all that waits in the queue in doubt, so that the tenant is asked before anything is created for it, as
    /// [`Store::backup`] does for its copies; for records that were restored in another way. Returns the number of those
    /// that waited in the queue.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn doubt_queued(&self) -> Result<u64, StoreError> {
        let mut tx = self.database.begin().await?;
        let count = doubt(&mut tx).await?;
        tx.commit().await?;
        Ok(count)
    }

    /// Returns whether failovers to a standby are noticed: the role of the database may ask for the server's timeline.
    /// SQLite has no failovers.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn notices_failovers(&self) -> Result<bool, StoreError> {
        const TIMELINE: &str = concat!("SELECT ", timeline!());
        if matches!(self.database, Database::Sqlite { .. }) {
            return Ok(true);
        }
        match self.database.fetch_optional(TIMELINE, &[]).await {
            Ok(_) => Ok(true),
            Err(error) if is_function_unavailable(&error) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Begins a transaction in which a queued signup was certainly never posted to the tenant: after a failover, all
    /// that were queued have been put in doubt before.
    pub(super) async fn begin_checked(&self, now: Timestamp) -> Result<Transaction, StoreError> {
        loop {
            let mut tx = self.database.begin().await?;
            if tx.is_sqlite() || self.failover_check.is_off.load(Ordering::Relaxed) {
                return Ok(tx);
            }
            match timelines(&mut tx).await {
                Ok((None, _)) => return Ok(tx),
                Ok((current, recorded)) if current == recorded => return Ok(tx),
                Ok((Some(current), recorded)) => {
                    let doubted = note(&mut tx, &current, recorded.as_deref(), now).await?;
                    tx.commit().await?;
                    if let Some(signups) = doubted {
                        tracing::warn!(
                            timeline = current,
                            signups,
                            "the database has failed over to another server, which may lack the last writes; the \
                             tenant is asked for existing users before queued signups go on"
                        );
                    }
                }
                // The transaction is over with the refused statement.
                Err(error) if is_function_unavailable(&error) => self.turn_off(&error),
                Err(error) => return Err(error),
            }
        }
    }

    fn turn_off(&self, error: &StoreError) {
        if !self.failover_check.is_off.swap(true, Ordering::Relaxed) {
            let error = error as &dyn std::error::Error;
            tracing::warn!(
                error,
                "the database does not tell its timeline, so failovers are not noticed; run `accountcreator restored` \
                 after each failover to a standby that may lack writes"
            );
        }
    }
}

/// The timeline of the server, and the recorded one.
async fn timelines(tx: &mut Transaction) -> Result<(Option<String>, Option<String>), StoreError> {
    const TIMELINES: &str =
        concat!("SELECT ", timeline!(), ", (SELECT timeline FROM database_timeline) AS recorded");
    match tx.ask_server(TIMELINES).await? {
        Some(row) => Ok((row.text("timeline")?, row.text("recorded")?)),
        None => Ok((None, None)),
    }
}

/// Records the timeline. Where it replaces another, everything that has no user yet is put in doubt by one process;
/// returns the number of those that were queued.
async fn note(
    tx: &mut Transaction,
    current: &str,
    recorded: Option<&str>,
    now: Timestamp,
) -> Result<Option<u64>, StoreError> {
    const FIRST: &str =
        "INSERT INTO database_timeline (id, timeline) VALUES (1, $1) ON CONFLICT (id) DO NOTHING";
    const NEXT: &str = "UPDATE database_timeline SET timeline = $1 WHERE timeline = $2";
    const WAIT: &str = "UPDATE operation SET due_at = $1 \
         WHERE step = 'create_user' AND begun = 1 AND due_at < $1";
    let Some(recorded) = recorded else {
        tx.execute(FIRST, &args![current]).await?;
        return Ok(None);
    };
    // Another process waits here until the first one has done it, and then changes nothing.
    if tx.execute(NEXT, &args![current, recorded]).await? == 0 {
        return Ok(None);
    }
    let count = doubt(tx).await?;
    tx.execute(WAIT, &args![now.plus(LISTING_LAG)]).await?;
    Ok(Some(count))
}

async fn doubt(tx: &mut Transaction) -> Result<u64, StoreError> {
    let mut count = 0;
    for statement in DOUBT {
        count = tx.execute(statement, &[]).await?;
    }
    Ok(count)
}
