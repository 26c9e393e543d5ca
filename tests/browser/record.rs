//! The record of a server, reached past the server: time passes in it, and it can be out of reach.

use std::{path::PathBuf, time::Duration};

use anyhow::Result;
use sqlx::{AssertSqlSafe, Connection, Executor, SqliteConnection, sqlite::SqliteConnectOptions};

/// The file of a server's record.
pub struct Record(PathBuf);

impl Record {
    pub const fn at(file: PathBuf) -> Self {
        Self(file)
    }

    async fn open(&self) -> Result<SqliteConnection> {
        let options = SqliteConnectOptions::new().filename(&self.0).busy_timeout(Duration::from_secs(10));
        Ok(SqliteConnection::connect_with(&options).await?)
    }

    /// Every signup in it becomes so much older.
    pub async fn age(&self, by: Duration) -> Result<()> {
        let mut record = self.open().await?;
        for table in ["signup", "account", "operation"] {
            let columns: Vec<(String,)> = sqlx::query_as(
                r"SELECT name FROM pragma_table_info(?) WHERE type = 'INTEGER'
                  AND (name LIKE '%\_at' ESCAPE '\' OR name LIKE '%\_until' ESCAPE '\'
                    OR name LIKE '%\_since' ESCAPE '\')",
            )
            .bind(table)
            .fetch_all(&mut record)
            .await?;
            let earlier: Vec<_> =
                columns.iter().map(|(name,)| format!("{name} = {name} - {}", by.as_millis())).collect();
            record.execute(AssertSqlSafe(format!("UPDATE {table} SET {}", earlier.join(", ")))).await?;
        }
        for (table, column) in [("confirmation_round", "expires_at"), ("mail_sent", "sent_at")] {
            let earlier = format!("UPDATE {table} SET {column} = {column} - {}", by.as_millis());
            record.execute(AssertSqlSafe(earlier)).await?;
        }
        Ok(record.close().await?)
    }

    /// It is emptied.
    pub async fn clear(&self) -> Result<()> {
        let mut record = self.open().await?;
        record.execute("DELETE FROM signup; DELETE FROM account").await?;
        Ok(record.close().await?)
    }

    /// Nobody else can write into it until the connection is closed.
    pub async fn seize(&self) -> Result<SqliteConnection> {
        let mut record = self.open().await?;
        record.execute("BEGIN IMMEDIATE").await?;
        Ok(record)
    }
}
