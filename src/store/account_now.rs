//! What the tenant says of an account after it was delivered: another sign-in name, or that it is gone.

use super::{Store, StoreError, event, value::args};
use crate::domain::{SignInName, SignupId, Timestamp};

impl Store {
    /// Records that the account exists, and its sign-in name where that is not the one it was created with.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn account_found(
        &self,
        id: SignupId,
        renamed: Option<&SignInName>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        const FOUND: &str = "UPDATE signup SET principal = $2, gone_at = NULL \
             WHERE id = $1 AND stage <> 'erased' \
             AND (COALESCE(principal, '') <> COALESCE($2, '') OR gone_at IS NOT NULL)";
        let mut tx = self.database.begin().await?;
        if tx.execute(FOUND, &args![id, renamed]).await? == 0 {
            return Ok(());
        }
        event::write(&mut tx, id, now, "account_found", "").await?;
        tx.commit().await
    }

    /// Records that the account is no longer in the tenant.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn account_gone(&self, id: SignupId, now: Timestamp) -> Result<(), StoreError> {
        const GONE: &str =
            "UPDATE signup SET gone_at = $2 WHERE id = $1 AND stage <> 'erased' AND gone_at IS NULL";
        let mut tx = self.database.begin().await?;
        if tx.execute(GONE, &args![id, now]).await? == 0 {
            return Ok(());
        }
        event::write(&mut tx, id, now, "account_gone", "").await?;
        tx.commit().await
    }
}
