//! Looking at the database for a diagnosis, leaving it as it is.

use std::path::PathBuf;

use sqlx::sqlite::SqliteConnectOptions;

use super::{Settings, Store, StoreError};

impl Settings {
    /// The file of an SQLite database; [`Store::open`] makes it where it is missing.
    #[must_use]
    pub fn file(&self) -> Option<PathBuf> {
        let url = self.url.trim();
        let options: SqliteConnectOptions = url.starts_with("sqlite:").then(|| url.parse().ok())??;
        Some(options.get_filename().to_owned())
    }
}

impl Store {
    /// Makes sure that signups can be written: begins to, and takes it back. The schema must be up to date.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] or [`StoreError::Refused`].
    pub async fn check_writable(&self) -> Result<(), StoreError> {
        let mut transaction = self.database.begin().await?;
        transaction.execute("UPDATE signup SET stage = stage WHERE 1 = 0", &[]).await.map(drop)
    }
}
