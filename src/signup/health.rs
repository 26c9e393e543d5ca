//! Whether signups can be taken, and whether they get on.

use super::{Signups, StoreError, pauses::Trouble};

/// Signups can be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ready {
    /// With what they do not get on at present: they wait for it, and nothing is lost.
    pub troubles: Vec<Trouble>,
}

/// Why no signup can be taken.
#[derive(Debug, thiserror::Error)]
pub enum NotReady {
    /// The database does not answer.
    #[error("the records cannot be reached")]
    Unreachable(#[source] StoreError),
    /// The schema is older than this version, as after a backup was put in its place.
    #[error("the records lack migrations; run `accountcreator migrate`")]
    MigrationsPending,
    /// The schema is newer than this version: another one has taken over.
    #[error("a newer version has migrated the records; run that version")]
    NewerSchema,
}

impl Signups {
    /// Whether signups can be taken now. Neither tenant nor mail server is asked: the worker knows how they were.
    ///
    /// # Errors
    /// [`NotReady`]
    pub async fn ready(&self) -> Result<Ready, NotReady> {
        match self.0.store.pending_migrations().await {
            Ok(pending) if pending.is_empty() => {
                Ok(Ready { troubles: self.0.pauses.troubled(self.0.clock.now()) })
            }
            Ok(_) => Err(NotReady::MigrationsPending),
            Err(StoreError::NewerSchema(_)) => Err(NotReady::NewerSchema),
            Err(error) => Err(NotReady::Unreachable(error)),
        }
    }
}
