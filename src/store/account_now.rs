//! The state of an account in the tenant after it was delivered: another sign-in name, or that it is gone; and the
//! reads of it that pages ask for.

use super::{Store, StoreError, event, value::args};
use crate::domain::{Requester, SignInName, SignupId, Timestamp};

/// The last read of an account in the tenant that a page has asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccountCheck {
    /// The time at which the page asked.
    pub asked_at: Timestamp,
    /// True if the read is still to come, or under way.
    pub is_due: bool,
}

pub(super) const CHECK: &str = "SELECT trying_since AS asked_at, due_at FROM operation \
     WHERE signup_id = $1 AND kind = 'check_account'";

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
        const ACCOUNT: &str = "UPDATE account SET principal = $2, gone_at = NULL, updated_at = $3 \
             WHERE id = (SELECT account_id FROM signup WHERE id = $1 AND is_further = 0) AND state <> 'erased' \
             AND (COALESCE(principal, '') <> COALESCE($2, '') OR gone_at IS NOT NULL)";
        const FURTHER: &str =
            "UPDATE signup SET gone_at = NULL WHERE id = $1 AND is_further = 1 AND gone_at IS NOT NULL";
        let mut tx = self.database.begin().await?;
        if tx.execute(ACCOUNT, &args![id, renamed, now]).await? == 0
            && tx.execute(FURTHER, &args![id]).await? == 0
        {
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
        const ACCOUNT: &str = "UPDATE account SET gone_at = $2, updated_at = $2 \
             WHERE id = (SELECT account_id FROM signup WHERE id = $1 AND is_further = 0) AND state <> 'erased' \
             AND gone_at IS NULL";
        const FURTHER: &str = "UPDATE signup SET gone_at = $2 \
             WHERE id = $1 AND is_further = 1 AND state <> 'erased' AND gone_at IS NULL";
        let mut tx = self.database.begin().await?;
        if tx.execute(ACCOUNT, &args![id, now]).await? == 0
            && tx.execute(FURTHER, &args![id, now]).await? == 0
        {
            return Ok(());
        }
        event::write(&mut tx, id, now, "account_gone", "").await?;
        tx.commit().await
    }

    /// The last read of the account that the page of this signup has asked for.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn account_check(&self, id: SignupId) -> Result<Option<AccountCheck>, StoreError> {
        let Some(row) = self.database.fetch_optional(CHECK, &args![id]).await? else { return Ok(None) };
        let (asked_at, is_due) = (row.time("asked_at")?, row.maybe_time("due_at")?.is_some());
        Ok(Some(AccountCheck { asked_at, is_due }))
    }

    /// Makes a read of the account due, unless the signup is not done or its page has asked after `none_since`. Returns
    /// whether it was made due.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn ask_account_check(
        &self,
        id: SignupId,
        none_since: Timestamp,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        const ASK: &str = "INSERT INTO operation (kind, signup_id, tenant, step, needs, due_at, trying_since, \
             requester_kind, created_at, updated_at) \
             SELECT 'check_account', id, tenant, 'read_account', 'background', $2, $2, $4, $2, $2 \
             FROM signup WHERE id = $1 AND state = 'done' \
             ON CONFLICT (signup_id) WHERE kind = 'check_account' DO UPDATE \
             SET tenant = excluded.tenant, due_at = excluded.due_at, trying_since = excluded.trying_since, begun = 0, \
             lease_token = NULL, attempts = 0, waiting = NULL, last_error = NULL, finished_at = NULL, \
             updated_at = excluded.updated_at WHERE operation.trying_since <= $3";
        // Locked and read again: an erasure may have ended in between, and one that follows finds the operation.
        const STILL_DONE: &str = "UPDATE signup SET state = state WHERE id = $1 AND state = 'done'";
        let requester = Requester::Visitor.kind();
        let mut tx = self.database.begin().await?;
        if tx.execute(ASK, &args![id, now, none_since, requester]).await? == 0
            || tx.execute(STILL_DONE, &args![id]).await? == 0
        {
            // Dropped, the transaction changes nothing.
            return Ok(false);
        }
        tx.commit().await?;
        Ok(true)
    }
}
