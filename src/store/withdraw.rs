//! A request that the browser which sent it takes back, to send another with the right address.

use super::{Store, StoreError, operation, value::args};
use crate::domain::SignupId;

impl Store {
    /// Deletes a request that waits for its confirmation, with its trail; returns whether there was one. The code
    /// and the links that were mailed for it confirm nothing any more. A request stays for which a user may have been
    /// created before a failover or a restore.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn withdraw(&self, id: SignupId) -> Result<bool, StoreError> {
        const WITHDRAW: &str =
            "DELETE FROM signup WHERE id = $1 AND state = 'awaiting_confirmation' AND may_have_user = 0";
        let mut tx = self.database.begin().await?;
        operation::hold_all(&mut tx, id).await?;
        let deleted = tx.execute(WITHDRAW, &args![id]).await?;
        tx.commit().await?;
        Ok(deleted == 1)
    }
}
