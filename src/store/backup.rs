//! A copy of the whole record, while it is being written to.

use std::path::Path;

use sqlx::{Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};

use super::{Store, StoreError, database::Database};

impl Store {
    /// Copies the SQLite database as it is at this moment into a file that is there and empty. Who reads or writes
    /// meanwhile does not wait. The copy has no remains of removed rows, and needs no log beside it.
    ///
    /// <https://www.sqlite.org/lang_vacuum.html#vacuum_with_an_into_clause>
    ///
    /// # Errors
    /// [`StoreError::NoBackup`] on PostgreSQL, or what the database says.
    pub async fn backup(&self, file: &Path) -> Result<(), StoreError> {
        let Database::Sqlite { read, .. } = &self.database else { return Err(StoreError::NoBackup) };
        let name = file.to_str().ok_or(StoreError::Unreadable("name of the file"))?;
        sqlx::query("VACUUM INTO $1").bind(name).execute(read).await?;
        Ok(doubt(file).await?)
    }

    /// Has the tenant asked first for all that waits in the queue, as [`Store::backup`] does for its copies; for
    /// records that were restored in another way. Says how many there are.
    ///
    /// # Errors
    /// What the database says.
    pub async fn doubt_queued(&self) -> Result<u64, StoreError> {
        let mut tx = self.database.begin().await?;
        tx.execute(INTEND, &[]).await?;
        let count = tx.execute(MOVE_ON, &[]).await?;
        tx.commit().await?;
        Ok(count)
    }
}

/// What waits in the queue may have been carried out meanwhile: its user may exist. So it is put past the queue, from
/// where the tenant is asked before a name that is taken is taken for somebody else's.
const INTEND: &str = "INSERT INTO step (signup_id, kind, target, state, attempts, started_at) \
     SELECT id, 'create_user', '', 'intended', 0, updated_at FROM signup \
     WHERE stage = 'queued' AND duplicate_of IS NULL AND declined_at IS NULL \
     ON CONFLICT (signup_id, kind, target) DO UPDATE SET state = excluded.state";
const MOVE_ON: &str = "UPDATE signup SET stage = 'provisioning' \
     WHERE stage = 'queued' AND duplicate_of IS NULL AND declined_at IS NULL";

async fn doubt(file: &Path) -> Result<(), sqlx::Error> {
    let mut copy = SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(file)).await?;
    let mut tx = copy.begin().await?;
    for statement in [INTEND, MOVE_ON] {
        sqlx::query(statement).execute(&mut *tx).await?;
    }
    tx.commit().await?;
    copy.close().await
}
