//! Readiness of the database for writes: by a check that writes a row of its own, and by real writes.
//!
//! A check commits, since a transaction that is rolled back succeeds on a full disk. All checks of a process share one
//! write every few seconds; a real write that fails counts at once.

use std::{
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
    time::Duration,
};

use super::{Store, StoreError, error::is_function_unavailable, place::Place, value::args};
use crate::domain::{Entropy, Timestamp};

/// The time for which the outcome of a check is valid.
const HOLDS_FOR: Duration = Duration::from_secs(3);

/// Time limit for a check.
const TIME_LIMIT: Duration = Duration::from_secs(3);

/// The rows that processes share, so that the table stays small and few write the same row.
const SLOTS: u32 = 1024;

/// About as many bytes as a signup writes. After a failure a check needs the space of a signup.
const PADDING: usize = 64 << 10;

/// State of writes to a database. Clones share it.
#[derive(Clone)]
pub(super) struct WriteState(Arc<Inner>);

struct Inner {
    /// Replaced with the login.
    place: Mutex<Arc<Place>>,
    /// Held while a check writes.
    turn: Arc<tokio::sync::Mutex<()>>,
    slot: OnceLock<u32>,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    checked_at: Option<Timestamp>,
    /// Error of the last write that failed, until a check succeeds.
    failure: Option<StoreError>,
}

impl Store {
    /// Makes sure that the database can be written, by a committed write that is shared by all callers within some
    /// seconds. The schema must be up to date.
    ///
    /// # Errors
    /// [`StoreError`] says what to do. Also where a real write has failed since the last check.
    pub async fn check_writable(&self, entropy: &Entropy, now: Timestamp) -> Result<(), StoreError> {
        let writes = self.database.writes();
        let turn = Arc::clone(&writes.0.turn).lock_owned().await;
        if let Some(known) = writes.known_at(now) {
            return known;
        }
        let slot = *writes.0.slot.get_or_init(|| entropy.below(SLOTS));
        let store = self.clone();
        // A task of its own: a caller that is dropped does not keep the outcome from the others that wait.
        let check = tokio::spawn(async move {
            let outcome = store.write_within_limit(slot, now).await;
            store.database.writes().note_check(now, &outcome);
            drop(turn);
            outcome
        });
        check.await.unwrap_or_else(|_| Err(sqlx::Error::WorkerCrashed.into()))
    }

    /// Makes sure that migrations can be applied: creates a table, and takes it back.
    ///
    /// # Errors
    /// [`StoreError`] says what to do.
    pub async fn check_migratable(&self) -> Result<(), StoreError> {
        let writes = self.database.writes();
        let create = async {
            let mut tx = self.database.begin().await?;
            tx.execute("CREATE TABLE accountcreator_check (id INTEGER)", &[]).await.map(drop)
        };
        let created = tokio::time::timeout(TIME_LIMIT, create).await.unwrap_or_else(|_| Err(no_answer()));
        match created {
            Ok(()) => Ok(()),
            Err(error) => Err(writes.place().explain(error).await),
        }
    }

    async fn write_within_limit(&self, slot: u32, now: Timestamp) -> Result<(), StoreError> {
        let written = tokio::time::timeout(TIME_LIMIT, self.write(slot, now)).await;
        match written.unwrap_or_else(|_| Err(no_answer())) {
            Ok(()) => Ok(()),
            Err(error) => Err(self.database.writes().place().explain(error).await),
        }
    }

    async fn write(&self, slot: u32, now: Timestamp) -> Result<(), StoreError> {
        const WRITE: &str = "INSERT INTO write_probe (slot, written_at, padding) VALUES ($1, $2, $3) \
             ON CONFLICT (slot) DO UPDATE SET written_at = excluded.written_at, padding = excluded.padding";
        let has_failed = self.database.writes().known().failure.is_some();
        let padding = if has_failed { "0".repeat(PADDING) } else { String::new() };
        let mut tx = self.database.begin().await?;
        tx.execute(WRITE, &args![slot, now, padding]).await?;
        tx.commit().await
    }
}

fn no_answer() -> StoreError {
    sqlx::Error::Io(std::io::ErrorKind::TimedOut.into()).into()
}

impl WriteState {
    pub fn new(place: Place) -> Self {
        let place = Mutex::new(Arc::new(place));
        let (turn, slot, known) = (Arc::default(), OnceLock::new(), Mutex::default());
        Self(Arc::new(Inner { place, turn, slot, known }))
    }

    pub fn place(&self) -> Arc<Place> {
        Arc::clone(&self.0.place.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub fn set_place(&self, place: Place) {
        *self.0.place.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(place);
    }

    /// Passes on the outcome of a write. An error that any other write would meet too is kept.
    pub fn watch<T>(&self, outcome: Result<T, sqlx::Error>) -> Result<T, StoreError> {
        outcome.map_err(|error| self.note(error.into()))
    }

    /// The same for a query, which may call functions that the role may not call.
    pub fn watch_query<T>(&self, outcome: Result<T, sqlx::Error>) -> Result<T, StoreError> {
        outcome.map_err(|error| match StoreError::from(error) {
            error if is_function_unavailable(&error) => error,
            error => self.note(error),
        })
    }

    fn note(&self, error: StoreError) -> StoreError {
        if !error.stops_writes() {
            return error;
        }
        let error = self.place().explain_by_looking(error);
        let mut known = self.known();
        let is_closed = error.cause().is_some_and(|cause| matches!(cause.error(), sqlx::Error::PoolClosed));
        if known.failure.is_none() && !is_closed {
            let error = &error as &dyn std::error::Error;
            tracing::error!(error, "the database cannot be written; not ready until a write succeeds");
        }
        known.failure = error.copied();
        error
    }

    fn note_check(&self, now: Timestamp, outcome: &Result<(), StoreError>) {
        let mut known = self.known();
        known.checked_at = Some(now);
        match outcome {
            Ok(()) => {
                if known.failure.take().is_some() {
                    tracing::info!("the database can be written again");
                }
            }
            Err(error) => known.failure = error.copied(),
        }
    }

    /// Returns the known state, if no other check is due.
    fn known_at(&self, now: Timestamp) -> Option<Result<(), StoreError>> {
        let known = self.known();
        let holds = known.checked_at.is_some_and(|at| at <= now && now.since(at) < HOLDS_FOR);
        holds.then(|| known.failure.as_ref().and_then(StoreError::copied).map_or(Ok(()), Err))
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
