//! A request that the browser which sent it takes back, to send another with the right address.

use super::{Store, StoreError, value::args};
use crate::domain::SignupId;

impl Store {
    /// Deletes a request that waits for its confirmation, with its trail; returns whether there was one. Nothing was
    /// created for it, and the code and the links that were mailed for it confirm nothing any more.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn withdraw(&self, id: SignupId) -> Result<bool, StoreError> {
        const WITHDRAW: &str = "DELETE FROM signup WHERE id = $1 AND stage = 'awaiting_confirmation'";
        let mut tx = self.database.begin().await?;
        let deleted = tx.execute(WITHDRAW, &args![id]).await?;
        tx.commit().await?;
        Ok(deleted == 1)
    }
}
