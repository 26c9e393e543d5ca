//! The switch that closes the form and the API for new signups, for all processes on this database.

use super::{Store, StoreError, value::args};
use crate::domain::Timestamp;

impl Store {
    /// Closes signups; returns whether they were open.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn close_signups(&self, now: Timestamp) -> Result<bool, StoreError> {
        const CLOSE: &str =
            "INSERT INTO signups_closed (id, closed_at) VALUES (1, $1) ON CONFLICT (id) DO NOTHING";
        let mut tx = self.database.begin().await?;
        let changed = tx.execute(CLOSE, &args![now]).await?;
        tx.commit().await?;
        Ok(changed == 1)
    }

    /// Opens signups; returns whether they were closed.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn open_signups(&self) -> Result<bool, StoreError> {
        let mut tx = self.database.begin().await?;
        let changed = tx.execute("DELETE FROM signups_closed", &[]).await?;
        tx.commit().await?;
        Ok(changed == 1)
    }

    /// Returns the time at which signups were closed; `None` while they are open.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn signups_closed_at(&self) -> Result<Option<Timestamp>, StoreError> {
        let row = self.database.fetch_optional("SELECT closed_at FROM signups_closed", &[]).await?;
        row.map(|row| row.time("closed_at")).transpose()
    }
}
