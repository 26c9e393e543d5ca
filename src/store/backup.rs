//! A copy of the whole record, while it is being written to.

use std::path::Path;

use sqlx::{Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};

use super::{Store, StoreError, database::Database, failover};

impl Store {
    /// Copies the SQLite database as it is at this moment into an existing empty file. Readers and writers do not wait
    /// for it. The copy has no remains of removed rows, and needs no log beside it.
    ///
    /// <https://www.sqlite.org/lang_vacuum.html#vacuum_with_an_into_clause>
    ///
    /// # Errors
    /// [`StoreError::NoBackup`] on PostgreSQL, or the error of the database.
    pub async fn backup(&self, file: &Path) -> Result<(), StoreError> {
        let Database::Sqlite { read, .. } = &self.database else { return Err(StoreError::NoBackup) };
        let name = file.to_str().ok_or(StoreError::Unreadable("name of the file"))?;
        sqlx::query("VACUUM INTO $1").bind(name).execute(read).await?;
        Ok(doubt(file).await?)
    }
}

async fn doubt(file: &Path) -> Result<(), sqlx::Error> {
    let mut copy = SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(file)).await?;
    let mut tx = copy.begin().await?;
    for statement in failover::DOUBT {
        sqlx::query(statement).execute(&mut *tx).await?;
    }
    tx.commit().await?;
    copy.close().await
}
