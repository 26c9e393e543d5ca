//! The server's database, reached past the server: what is in it, and how time passes in it.

use accountcreator::domain::Clock;
use anyhow::Result;
use sqlx::{
    AssertSqlSafe, Connection as _, PgConnection, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode},
};

use crate::rig::place::Place;

/// The time that passes at once, in milliseconds: longer than any limit of a status page, between two mails to admins, and
/// `privacy.keep_events`.
const HOURS: i64 = 2 * 60 * 60 * 1000;

/// A connection to the database of a run.
pub enum Database {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Database {
    pub async fn open(place: &Place, url: &str) -> Result<Self> {
        let Some(file) = url.strip_prefix("sqlite://") else {
            return Ok(Self::Postgres(PgConnection::connect(url).await?));
        };
        let options = SqliteConnectOptions::new()
            .filename(place.file(file))
            .journal_mode(SqliteJournalMode::Wal)
            .busy_timeout(std::time::Duration::from_secs(10));
        Ok(Self::Sqlite(SqliteConnection::connect_with(&options).await?))
    }

    /// The rows of a query with one column of text.
    pub async fn texts(&mut self, sql: &str) -> Result<Vec<String>> {
        let query = sqlx::query_scalar(AssertSqlSafe(sql));
        Ok(match self {
            Self::Sqlite(connection) => query.fetch_all(connection).await?,
            Self::Postgres(connection) => {
                sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(connection).await?
            }
        })
    }

    /// The rows of a query with three columns of text.
    pub async fn rows(&mut self, sql: &str) -> Result<Vec<(String, String, String)>> {
        Ok(match self {
            Self::Sqlite(connection) => sqlx::query_as(AssertSqlSafe(sql)).fetch_all(connection).await?,
            Self::Postgres(connection) => sqlx::query_as(AssertSqlSafe(sql)).fetch_all(connection).await?,
        })
    }

    /// The number that a query counts.
    pub async fn count(&mut self, sql: &str) -> Result<usize> {
        let count: i64 = match self {
            Self::Sqlite(connection) => sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(connection).await?,
            Self::Postgres(connection) => {
                sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(connection).await?
            }
        };
        Ok(usize::try_from(count)?)
    }

    /// Makes finished signups and operations, mails to admins and retention two hours older, while no server runs. A
    /// status page then offers a new password again, and its view has the account read again.
    pub async fn pass_time(&mut self) -> Result<()> {
        let lately = Clock::system().now().millis() - HOURS;
        let mut statements = vec![
            format!(
                "UPDATE signup SET created_at = created_at - {HOURS}, updated_at = updated_at - {HOURS}, \
                 done_at = done_at - {HOURS} WHERE state = 'done' AND updated_at > {lately}"
            ),
            format!(
                "UPDATE operation SET created_at = created_at - {HOURS}, updated_at = updated_at - {HOURS}, \
                 due_at = due_at - {HOURS}, finished_at = finished_at - {HOURS} WHERE updated_at > {lately} \
                 AND (finished_at IS NOT NULL OR kind IN ('check_account', 'send_alert', 'retain'))"
            ),
        ];
        statements.push(format!(
            "UPDATE operation SET trying_since = trying_since - {HOURS} WHERE kind = 'check_account'"
        ));
        for statement in statements {
            let statement = AssertSqlSafe(statement);
            match self {
                Self::Sqlite(connection) => _ = sqlx::query(statement).execute(connection).await?,
                Self::Postgres(connection) => _ = sqlx::query(statement).execute(connection).await?,
            }
        }
        Ok(())
    }

    /// The names of all tables.
    pub async fn tables(&mut self) -> Result<Vec<String>> {
        const SQLITE: &str = "SELECT name FROM sqlite_schema WHERE type = 'table'";
        const POSTGRES: &str = "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'";
        let sql = if matches!(self, Self::Sqlite(_)) { SQLITE } else { POSTGRES };
        self.texts(sql).await
    }

    pub async fn close(self) -> Result<()> {
        match self {
            Self::Sqlite(connection) => connection.close().await?,
            Self::Postgres(connection) => connection.close().await?,
        }
        Ok(())
    }
}
