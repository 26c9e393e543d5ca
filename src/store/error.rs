//! What can go wrong with the record.

use std::{error::Error, fmt};

use sqlx::migrate::MigrateError;

use crate::domain::TransitionError;

/// Why the record was not read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The address is of no database this program knows.
    #[error("a database is named by an address like sqlite://accountcreator.db or postgres://user@host/name")]
    UnknownDatabase,
    /// The address cannot be read.
    #[error("the database's address is not usable")]
    Settings(#[source] Cause),
    /// No answer, no free connection, no space, or too many writers at once: later may be better.
    #[error("the database cannot be used now")]
    Unavailable(#[source] Cause),
    /// A defect, or a schema that is not the one expected.
    #[error("the database refuses a statement")]
    Refused(#[source] Cause),
    /// A column holds what was never written there.
    #[error("the column {0} holds a value that cannot be read")]
    Unreadable(&'static str),
    /// A migration cannot be applied.
    #[error("the schema cannot be brought up to date")]
    Migration(#[source] MigrateError),
    /// The schema was made by a newer version of this program.
    #[error(
        "the database has migration {0} of a newer version, which this one does not know: \
         use that version, or restore a backup from before the upgrade"
    )]
    NewerSchema(i64),
    /// A copy of the database is not this program's to make.
    #[error("PostgreSQL is backed up by means of its own: use pg_dump")]
    NoBackup,
    /// The lease has gone to another worker, or the signup has moved on.
    #[error("the signup is no longer held under this lease")]
    LeaseLost,
    /// There is no such signup waiting for its confirmation.
    #[error("the signup does not wait for a confirmation")]
    NotAwaiting,
    /// There are tombstones, and their key cannot be opened.
    #[error(
        "the tombstones of erased people cannot be read with this secret_key: put back the secret_key that the \
         database was used with; if it is lost, `accountcreator prune --drop-tombstones` removes the tombstones, and \
         erased people can sign up again"
    )]
    TombstoneKey,
    /// Others took every name that was tried.
    #[error("too many signups ask for the same name at once")]
    Contended,
    /// A step backwards: a defect of the caller.
    #[error(transparent)]
    Transition(#[from] TransitionError),
}

impl StoreError {
    /// Whether the same call may succeed later.
    #[must_use]
    pub const fn is_transient(&self) -> bool {
        matches!(self, Self::Unavailable(_) | Self::Contended)
    }
}

/// What the database driver says. `Debug` says no more than `Display`: the driver's own would show the
/// values that violate a constraint.
pub struct Cause(pub(super) sqlx::Error);

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.0)
    }
}

impl Error for Cause {}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        use sqlx::Error as E;
        match error {
            E::Configuration(_) => Self::Settings(Cause(error)),
            E::Io(_) | E::Tls(_) | E::PoolTimedOut | E::PoolClosed | E::WorkerCrashed | E::BeginFailed => {
                Self::Unavailable(Cause(error))
            }
            E::Database(ref fault) if fault.code().is_some_and(|code| passes(&code)) => {
                Self::Unavailable(Cause(error))
            }
            _ => Self::Refused(Cause(error)),
        }
    }
}

impl From<MigrateError> for StoreError {
    fn from(error: MigrateError) -> Self {
        match error {
            MigrateError::VersionMissing(version) => Self::NewerSchema(version),
            MigrateError::Execute(error) => error.into(),
            error => Self::Migration(error),
        }
    }
}

/// Whether a database's error code is of the kind that passes.
///
/// PostgreSQL: <https://www.postgresql.org/docs/current/errcodes-appendix.html> (five characters);
/// SQLite: <https://www.sqlite.org/rescode.html> (a number whose low byte is the primary code).
fn passes(code: &str) -> bool {
    const BUSY: i32 = 5;
    const LOCKED: i32 = 6;
    const IO: i32 = 10;
    const FULL: i32 = 13;
    const CANNOT_OPEN: i32 = 14;
    if code.len() == 5 {
        // Connection, transaction rollback (deadlock), resources, operator's intervention, system; a lock; a row that
        // goes, or gets a further request, at this very moment.
        return ["08", "40", "53", "57", "58"].contains(&&code[..2]) || ["55P03", "23503"].contains(&code);
    }
    code.parse::<i32>().is_ok_and(|code| matches!(code & 0xff, BUSY | LOCKED | IO | FULL | CANNOT_OPEN))
}

/// A database file that cannot be made.
pub(super) const fn unusable_file(error: std::io::Error) -> StoreError {
    StoreError::Settings(Cause(sqlx::Error::Io(error)))
}

/// Whether a write failed because another row has the key already.
pub(super) fn is_unique_violation(error: &StoreError) -> bool {
    matches!(error, StoreError::Refused(Cause(sqlx::Error::Database(fault))) if fault.is_unique_violation())
}

/// Whether PostgreSQL has no such function, does not support it, or does not let this role call it.
pub(super) fn is_function_unavailable(error: &StoreError) -> bool {
    matches!(error, StoreError::Refused(Cause(sqlx::Error::Database(fault)))
        if fault.code().is_some_and(|code| ["42501", "42883", "0A000"].contains(&&*code)))
}

/// Whether PostgreSQL has rolled a transaction back because it and another waited for each other: the same transaction
/// is then tried again at once.
pub(super) fn is_deadlock(error: &StoreError) -> bool {
    matches!(error, StoreError::Unavailable(Cause(sqlx::Error::Database(fault))) if fault.code().as_deref() == Some("40P01"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_that_pass_are_told_from_defects() {
        for code in ["5", "261", "6", "13", "08006", "40P01", "53300", "57P01", "55P03", "23503"] {
            assert!(passes(code), "{code}");
        }
        for code in ["1", "2067", "19", "23505", "42P01", ""] {
            assert!(!passes(code), "{code}");
        }
    }

    #[test]
    fn only_what_may_pass_is_transient() {
        assert!(StoreError::from(sqlx::Error::PoolTimedOut).is_transient());
        assert!(!StoreError::from(sqlx::Error::RowNotFound).is_transient());
        assert!(!StoreError::LeaseLost.is_transient());
        assert!(matches!(StoreError::from(MigrateError::VersionMissing(7)), StoreError::NewerSchema(7)));
    }
}
