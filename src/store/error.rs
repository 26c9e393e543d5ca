//! Errors of reads and writes of the record.

use std::{borrow::Cow, error::Error, fmt, sync::Arc};

use sqlx::migrate::MigrateError;

use super::Process;

/// The reason why the record was not read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The address is of no database this program knows.
    #[error("a database is named by an address like sqlite://accountcreator.db or postgres://user@host/name")]
    UnknownDatabase,
    /// The address cannot be read.
    #[error("the database's address is not usable")]
    Settings(#[source] Cause),
    /// No answer, no free connection, no space, or too many writers at once: a later try may succeed.
    #[error("the database cannot be used now")]
    Unavailable(#[source] Cause),
    /// A defect, or a schema that is not the one expected.
    #[error("the database refuses a statement")]
    Refused(#[source] Cause),
    /// A column holds a value that this program never writes.
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
    /// Older versions use the database, which would not know the new schema.
    #[error(
        "an older version uses the database, which this migration would break: {}; stop it, then migrate (one that was \
         killed counts as gone a minute after it was last seen)",
        listed(.0)
    )]
    InUse(Vec<Process>),
    /// This program cannot make a copy of the database.
    #[error("PostgreSQL is backed up by means of its own: use pg_dump")]
    NoBackup,
    /// Another worker has the lease, or the signup was changed since.
    #[error("the signup is no longer held under this lease")]
    LeaseLost,
    /// There is no such signup waiting for its confirmation.
    #[error("the signup does not wait for a confirmation")]
    NotAwaiting,
    /// There are tombstones, and their key cannot be opened.
    #[error(
        "the tombstones of erased people cannot be read with this secret_key: put back the secret_key that the \
         database was used with, or give it as secret_key_previous; if it is lost, `accountcreator prune --drop-tombstones` removes the tombstones, and \
         erased people can sign up again"
    )]
    TombstoneKey,
    /// Others took every name that was tried.
    #[error("too many signups ask for the same name at once")]
    Contended,
}

impl StoreError {
    /// Returns whether the same call may succeed later.
    #[must_use]
    pub const fn is_transient(&self) -> bool {
        matches!(self, Self::Unavailable(_) | Self::Contended)
    }

    pub(super) const fn cause(&self) -> Option<&Cause> {
        match self {
            Self::Settings(cause) | Self::Unavailable(cause) | Self::Refused(cause) => Some(cause),
            _ => None,
        }
    }

    /// The database's code of the error, where the database gave one.
    pub(super) fn code(&self) -> Option<Cow<'_, str>> {
        let sqlx::Error::Database(fault) = self.cause()?.error() else { return None };
        fault.code()
    }

    /// The same error with an explanation in place of the driver's words.
    pub(super) fn explained(mut self, words: String) -> Self {
        if let Self::Settings(cause) | Self::Unavailable(cause) | Self::Refused(cause) = &mut self {
            cause.explained = Some(words.into());
        }
        self
    }

    /// A copy of an error that has stopped writes.
    pub(super) fn copied(&self) -> Option<Self> {
        match self {
            Self::Settings(cause) => Some(Self::Settings(cause.clone())),
            Self::Unavailable(cause) => Some(Self::Unavailable(cause.clone())),
            Self::Refused(cause) => Some(Self::Refused(cause.clone())),
            _ => None,
        }
    }

    /// Returns whether no other write would succeed now either.
    pub(super) fn stops_writes(&self) -> bool {
        match self {
            Self::Unavailable(_) => !self.code().is_some_and(|code| is_of_one_transaction(&code)),
            Self::Refused(_) => self.code().is_some_and(|code| forbids_writes(&code)),
            _ => false,
        }
    }
}

/// Error of the database driver, or its cause where that is known. `Debug` says no more than `Display`: the
/// driver's own would show the values that violate a constraint.
#[derive(Clone)]
pub struct Cause {
    error: Arc<sqlx::Error>,
    explained: Option<Arc<str>>,
}

impl Cause {
    pub(super) fn error(&self) -> &sqlx::Error {
        &self.error
    }
}

impl From<sqlx::Error> for Cause {
    fn from(error: sqlx::Error) -> Self {
        Self { error: Arc::new(error), explained: None }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.explained {
            Some(explained) => f.write_str(explained),
            None => self.error.fmt(f),
        }
    }
}

impl fmt::Debug for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}

impl Error for Cause {}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        use sqlx::Error as E;
        match error {
            E::Configuration(_) => Self::Settings(error.into()),
            E::Io(_) | E::Tls(_) | E::PoolTimedOut | E::PoolClosed | E::WorkerCrashed | E::BeginFailed => {
                Self::Unavailable(error.into())
            }
            E::Database(ref fault) if fault.code().is_some_and(|code| passes(&code)) => {
                Self::Unavailable(error.into())
            }
            _ => Self::Refused(error.into()),
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

fn listed(processes: &[Process]) -> String {
    processes.iter().map(Process::to_string).collect::<Vec<_>>().join(", ")
}

/// Returns whether a database's error code means an error that may pass.
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
        // Connection, transaction rollback (deadlock), resources, operator's intervention, system; a lock; a
        // transaction that was idle for too long; a row that is removed, or gets a further request, at the same moment.
        return ["08", "40", "53", "57", "58"].contains(&&code[..2])
            || ["55P03", "25P03", "23503"].contains(&code);
    }
    code.parse::<i32>().is_ok_and(|code| matches!(code & 0xff, BUSY | LOCKED | IO | FULL | CANNOT_OPEN))
}

/// Returns whether an error with this code keeps one transaction from being written, and not all: a deadlock, a lock
/// that another transaction has for too long, a row that is gone.
fn is_of_one_transaction(code: &str) -> bool {
    code.len() == 5 && (code.starts_with("40") || ["55P03", "25P03", "23503", "57014"].contains(&code))
}

/// Returns whether a code says that the database, or this role in it, may not be written or is damaged.
fn forbids_writes(code: &str) -> bool {
    const PERMISSION: i32 = 3;
    const READ_ONLY: i32 = 8;
    const CORRUPT: i32 = 11;
    const AUTHORISATION: i32 = 23;
    const NOT_A_DATABASE: i32 = 26;
    if code.len() == 5 {
        return ["25006", "42501"].contains(&code);
    }
    code.parse::<i32>().is_ok_and(|code| {
        matches!(code & 0xff, PERMISSION | READ_ONLY | CORRUPT | AUTHORISATION | NOT_A_DATABASE)
    })
}

/// A database file that cannot be made.
pub(super) fn unusable_file(error: std::io::Error) -> StoreError {
    StoreError::Settings(sqlx::Error::Io(error).into())
}

/// Returns whether a write failed because another row has the key already.
pub(super) fn is_unique_violation(error: &StoreError) -> bool {
    let StoreError::Refused(cause) = error else { return false };
    matches!(cause.error(), sqlx::Error::Database(fault) if fault.is_unique_violation())
}

/// Returns whether PostgreSQL has no such function, does not support it, or does not let this role call it.
pub(super) fn is_function_unavailable(error: &StoreError) -> bool {
    matches!(error, StoreError::Refused(_))
        && error.code().is_some_and(|code| ["42501", "42883", "0A000"].contains(&&*code))
}

/// Returns whether PostgreSQL has rolled a transaction back because it and another waited for each other: the same
/// transaction is then tried again at once.
pub(super) fn is_deadlock(error: &StoreError) -> bool {
    matches!(error, StoreError::Unavailable(_)) && error.code().as_deref() == Some("40P01")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_that_pass_are_told_from_defects() {
        for code in ["5", "261", "6", "13", "08006", "40P01", "53300", "57P01", "55P03", "25P03", "23503"] {
            assert!(passes(code), "{code}");
        }
        for code in ["1", "2067", "19", "23505", "42P01", ""] {
            assert!(!passes(code), "{code}");
        }
    }

    #[test]
    fn codes_that_stop_all_writes_are_told_from_those_of_one_transaction() {
        for code in ["8", "1032", "3", "11", "26", "25006", "42501"] {
            assert!(forbids_writes(code), "{code}");
        }
        for code in ["1", "19", "23505", "42P01", ""] {
            assert!(!forbids_writes(code), "{code}");
        }
        for code in ["40P01", "40001", "55P03", "25P03", "23503", "57014"] {
            assert!(is_of_one_transaction(code), "{code}");
        }
        for code in ["5", "13", "08006", "53100", "57P01"] {
            assert!(!is_of_one_transaction(code), "{code}");
        }
        assert!(StoreError::from(sqlx::Error::PoolClosed).stops_writes());
        assert!(!StoreError::LeaseLost.stops_writes());
    }

    #[test]
    fn only_what_may_pass_is_transient() {
        assert!(StoreError::from(sqlx::Error::PoolTimedOut).is_transient());
        assert!(!StoreError::from(sqlx::Error::RowNotFound).is_transient());
        assert!(!StoreError::LeaseLost.is_transient());
        assert!(matches!(StoreError::from(MigrateError::VersionMissing(7)), StoreError::NewerSchema(7)));
    }
}
