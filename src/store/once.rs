//! Requests that may be sent twice under a key of their sender: the request that each key belongs to. Neither key nor
//! request is kept, only hashes of them that are made with a secret.

use super::{Store, StoreError, value::args};
use crate::domain::Timestamp;

impl Store {
    /// Takes the key for this request, unless another has it; returns whether it belongs to this request. A key that
    /// was taken by `forgotten` no longer counts.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn take_key(
        &self,
        key: &str,
        request: &str,
        forgotten: Timestamp,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        const FORGET: &str = "DELETE FROM idempotency_key WHERE id = $1 AND taken_at <= $2";
        const TAKE: &str = "INSERT INTO idempotency_key (id, request, taken_at) VALUES ($1, $2, $3) \
             ON CONFLICT DO NOTHING";
        const TAKEN_FOR: &str = "SELECT request FROM idempotency_key WHERE id = $1";
        let mut tx = self.database.begin().await?;
        tx.execute(FORGET, &args![key, forgotten]).await?;
        if tx.execute(TAKE, &args![key, request, now]).await? == 1 {
            tx.commit().await?;
            return Ok(true);
        }
        let row = tx.fetch_optional(TAKEN_FOR, &args![key]).await?.ok_or(StoreError::Contended)?;
        Ok(row.text("request")?.as_deref() == Some(request))
    }

    /// The request that has taken this key after `forgotten`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn request_of_key(
        &self,
        key: &str,
        forgotten: Timestamp,
    ) -> Result<Option<String>, StoreError> {
        const TAKEN_FOR: &str = "SELECT request FROM idempotency_key WHERE id = $1 AND taken_at > $2";
        let row = self.database.fetch_optional(TAKEN_FOR, &args![key, forgotten]).await?;
        row.map_or(Ok(None), |row| row.text("request"))
    }

    /// Removes the keys that were taken by then, and returns their number.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn forget_keys(&self, until: Timestamp) -> Result<u64, StoreError> {
        const FORGET: &str = "DELETE FROM idempotency_key WHERE taken_at <= $1";
        let mut tx = self.database.begin_long().await?;
        let forgotten = tx.execute(FORGET, &args![until]).await?;
        tx.commit().await?;
        Ok(forgotten)
    }
}
