//! The database of MS365-Accountcreator: the addresses that have an account.
//!
//! A private copy of it is read, together with the log or journal beside it, so that what a crash has left there
//! counts and not a byte of the original changes.

use std::{
    fs::Metadata,
    io,
    path::{Path, PathBuf},
    time::SystemTime,
};

use sqlx::{Connection as _, Row as _, SqliteConnection, sqlite::SqliteConnectOptions};
use tempfile::TempDir;

use super::error::Cause;
use crate::domain::Timestamp;

/// A row of its table `RegisteredEmailAddress`.
#[derive(Clone, PartialEq, Eq)]
pub struct OriginalRow {
    /// Its number.
    pub id: i64,
    /// The address as it was typed; a value that is no text counts as one that cannot be read.
    pub email: Option<String>,
    /// True if an account was made.
    pub has_account: bool,
    /// The time at which it was made.
    pub since: Option<Timestamp>,
}

/// The reason why the original's database cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum OriginalError {
    /// There is no such file, or it may not be read.
    #[error(
        "the file cannot be read; name the SQLite file of MS365-Accountcreator, as a user who may read it"
    )]
    File(#[source] io::Error),
    /// It changed while it was copied.
    #[error("the database is being written to; stop MS365-Accountcreator, then run this again")]
    InUse,
    /// Not SQLite, or damaged.
    #[error("the file is no SQLite database, or is damaged")]
    Unreadable(#[source] Cause),
    /// SQLite finds it damaged.
    #[error("the database is damaged; restore a backup of it")]
    Damaged,
    /// The database of another program.
    #[error(
        "the database has no table RegisteredEmailAddress with the columns id, email, ms365_created and timestamp, \
         as MS365-Accountcreator makes it"
    )]
    OtherTables,
}

impl From<sqlx::Error> for OriginalError {
    fn from(error: sqlx::Error) -> Self {
        Self::Unreadable(error.into())
    }
}

/// A copy of the original's database, which is deleted with this value.
pub struct OriginalDatabase {
    connection: SqliteConnection,
    _folder: TempDir,
}

/// As many rows as are read at once.
const PAGE: i64 = 5000;

const COMPANIONS: [&str; 3] = ["", "-wal", "-journal"];

impl OriginalDatabase {
    /// Copies the database and checks that it is one of MS365-Accountcreator.
    ///
    /// # Errors
    /// [`OriginalError`].
    pub async fn open(file: &Path) -> Result<Self, OriginalError> {
        let folder = tempfile::tempdir().map_err(OriginalError::File)?;
        let copy = folder.path().join("original.db");
        let before = states(file).await?;
        for end in COMPANIONS {
            copy_private(&with_end(file, end), &with_end(&copy, end), end.is_empty())
                .await
                .map_err(OriginalError::File)?;
        }
        if states(file).await? != before {
            return Err(OriginalError::InUse);
        }
        let options = SqliteConnectOptions::new().filename(&copy).create_if_missing(false);
        let mut original =
            Self { connection: SqliteConnection::connect_with(&options).await?, _folder: folder };
        original.check().await?;
        Ok(original)
    }

    async fn check(&mut self) -> Result<(), OriginalError> {
        const COLUMNS: &str = "SELECT COUNT(*) FROM pragma_table_info('RegisteredEmailAddress') \
             WHERE name IN ('id', 'email', 'ms365_created', 'timestamp')";
        let columns: i64 = sqlx::query_scalar(COLUMNS).fetch_one(&mut self.connection).await?;
        if columns != 4 {
            return Err(OriginalError::OtherTables);
        }
        let verdict: String =
            sqlx::query_scalar("PRAGMA quick_check(1)").fetch_one(&mut self.connection).await?;
        if verdict == "ok" { Ok(()) } else { Err(OriginalError::Damaged) }
    }

    /// The next rows after the one with this number, in the order of their numbers; empty after the last.
    ///
    /// # Errors
    /// [`OriginalError`].
    pub async fn rows_after(&mut self, id: i64) -> Result<Vec<OriginalRow>, OriginalError> {
        const ROWS: &str = "SELECT id, CAST(email AS BLOB) AS email, \
             CASE WHEN ms365_created THEN 1 ELSE 0 END AS has_account, \
             CAST(timestamp AS INTEGER) AS since \
             FROM RegisteredEmailAddress WHERE id > $1 ORDER BY id LIMIT $2";
        let rows = sqlx::query(ROWS).bind(id).bind(PAGE).fetch_all(&mut self.connection).await?;
        let read = |row: &sqlx::sqlite::SqliteRow| {
            let email: Option<Vec<u8>> = row.try_get("email")?;
            let since: Option<i64> = row.try_get("since")?;
            Ok(OriginalRow {
                id: row.try_get("id")?,
                email: email.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()),
                has_account: row.try_get::<i64, _>("has_account")? == 1,
                since: since.map(|seconds| Timestamp::from_millis(seconds.saturating_mul(1000))),
            })
        };
        rows.iter().map(read).collect::<Result<_, sqlx::Error>>().map_err(OriginalError::from)
    }
}

/// Size and last change of the database and of what lies beside it.
async fn states(file: &Path) -> Result<Vec<Option<(u64, Option<SystemTime>)>>, OriginalError> {
    let mut states = Vec::new();
    for end in COMPANIONS {
        let state = |metadata: Metadata| (metadata.len(), metadata.modified().ok());
        states.push(match tokio::fs::metadata(with_end(file, end)).await {
            Ok(metadata) => Some(state(metadata)),
            Err(error) if error.kind() == io::ErrorKind::NotFound && !end.is_empty() => None,
            Err(error) => return Err(OriginalError::File(error)),
        });
    }
    Ok(states)
}

async fn copy_private(from: &Path, to: &Path, must_exist: bool) -> io::Result<()> {
    match tokio::fs::copy(from, to).await {
        Err(error) if error.kind() == io::ErrorKind::NotFound && !must_exist => return Ok(()),
        copied => copied.map(drop)?,
    }
    // The copy takes the original's mode along, which may not let its owner write.
    #[cfg(unix)]
    tokio::fs::set_permissions(to, std::os::unix::fs::PermissionsExt::from_mode(0o600)).await?;
    Ok(())
}

fn with_end(file: &Path, end: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(end);
    name.into()
}
