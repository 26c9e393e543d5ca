//! The checks that signups can be taken and are carried out.

use super::{Signups, StoreError, Trouble};

/// Signups can be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ready {
    /// The troubles for which signups wait at present; nothing is lost.
    pub troubles: Vec<Trouble>,
}

/// Reason for which no signup can be taken. `Display` is for everyone; the source is for those who run the service.
#[derive(Debug, thiserror::Error)]
pub enum NotReady {
    /// The database cannot be read.
    #[error("the database cannot be read")]
    Unreadable(#[source] StoreError),
    /// The database cannot be written.
    #[error("the database cannot be written")]
    Unwritable(#[source] StoreError),
    /// The schema is older than this version, as after a backup was put in its place.
    #[error("the database lacks migrations; run `accountcreator migrate`")]
    MigrationsPending,
    /// The schema is newer than this version: another one has taken over.
    #[error("a newer version has migrated the database; run that version")]
    NewerSchema,
}

impl Signups {
    /// Returns whether signups can be taken now: the schema is this version's, and a write is committed. Neither tenant
    /// nor mail server is asked: the worker knows their last state.
    ///
    /// # Errors
    /// [`NotReady`]
    pub async fn ready(&self) -> Result<Ready, NotReady> {
        let now = self.0.clock.now();
        match self.0.store.check_writable(&self.0.entropy, now).await {
            Ok(()) => self.check_schema().await?,
            // An older schema may be the reason.
            Err(error @ StoreError::Refused(_)) => {
                self.check_schema().await?;
                return Err(NotReady::Unwritable(error));
            }
            Err(error) => return Err(NotReady::Unwritable(error)),
        }
        Ok(Ready { troubles: self.0.engine.breakers().troubled(now) })
    }

    async fn check_schema(&self) -> Result<(), NotReady> {
        match self.0.store.pending_migrations().await {
            Ok(pending) if pending.is_empty() => Ok(()),
            Ok(_) => Err(NotReady::MigrationsPending),
            Err(StoreError::NewerSchema(_)) => Err(NotReady::NewerSchema),
            Err(error) => Err(NotReady::Unreadable(error)),
        }
    }
}
