//! What the tenant says of an account after it was delivered: another sign-in name, or that it is gone; and when it is
//! to be asked for a page.

use super::{Store, StoreError, event, row::Row, value::args};
use crate::domain::{SignInName, SignupId, Timestamp};

/// The last read of an account in the tenant that a page has asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccountCheck {
    /// Whose page.
    pub id: SignupId,
    /// When the page asked.
    pub asked_at: Timestamp,
    /// When a worker is to read the account; under a lease, when the lease ends. None once the read is over.
    pub due_at: Option<Timestamp>,
    /// How many reads have found no user.
    pub misses: u32,
}

pub(super) const CHECK: &str =
    "SELECT signup_id, asked_at, due_at, misses FROM account_check WHERE signup_id = $1";
pub(super) const DUE_CHECKS: &str = "SELECT signup_id, asked_at, due_at, misses FROM account_check \
     WHERE due_at <= $1 ORDER BY due_at, signup_id LIMIT $2";

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
        self.database.fetch_optional(CHECK, &args![id]).await?.as_ref().map(AccountCheck::read).transpose()
    }

    /// Makes a read of the account due, unless the signup is not done or its page has asked after `none_since`. Returns
    /// whether it is due.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn ask_account_check(
        &self,
        id: SignupId,
        none_since: Timestamp,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        const ASK: &str = "INSERT INTO account_check (signup_id, asked_at, due_at, misses) \
             SELECT id, $2, $2, 0 FROM signup WHERE id = $1 AND state = 'done' \
             ON CONFLICT (signup_id) DO UPDATE \
             SET asked_at = excluded.asked_at, due_at = excluded.due_at, misses = 0 \
             WHERE account_check.asked_at <= $3";
        let mut tx = self.database.begin().await?;
        let is_due = tx.execute(ASK, &args![id, now, none_since]).await? > 0;
        tx.commit().await?;
        Ok(is_due)
    }

    /// Takes due reads under a lease until `until`, at most `limit`. Those that another worker takes at the same moment
    /// are left out.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn claim_account_checks(
        &self,
        limit: u32,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<AccountCheck>, StoreError> {
        let due = self.database.fetch_all(DUE_CHECKS, &args![now, limit]).await?;
        let due = due.iter().map(AccountCheck::read).collect::<Result<Vec<_>, _>>()?;
        if due.is_empty() {
            return Ok(due);
        }
        let mut tx = self.database.begin().await?;
        let mut claimed = Vec::with_capacity(due.len());
        for check in due {
            if tx.execute(MOVE, &args![check.id, check.due_at, until, check.misses]).await? == 1 {
                claimed.push(AccountCheck { due_at: Some(until), ..check });
            }
        }
        tx.commit().await?;
        Ok(claimed)
    }

    /// Ends a claimed read.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn end_account_check(&self, check: &AccountCheck) -> Result<(), StoreError> {
        self.move_check(check, None, check.misses).await
    }

    /// Records that a claimed read has found no user, and when it is repeated.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn account_missed(&self, check: &AccountCheck, again_at: Timestamp) -> Result<(), StoreError> {
        self.move_check(check, Some(again_at), check.misses.saturating_add(1)).await
    }

    /// A read whose lease has run out may belong to another worker: its row stays as it is.
    async fn move_check(
        &self,
        check: &AccountCheck,
        due_at: Option<Timestamp>,
        misses: u32,
    ) -> Result<(), StoreError> {
        let mut tx = self.database.begin().await?;
        tx.execute(MOVE, &args![check.id, check.due_at, due_at, misses]).await?;
        tx.commit().await
    }
}

/// The time it is due at tells whether a read is still as it was read or claimed.
const MOVE: &str = "UPDATE account_check SET due_at = $3, misses = $4 WHERE signup_id = $1 AND due_at = $2";

impl AccountCheck {
    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.value("signup_id")?,
            asked_at: row.time("asked_at")?,
            due_at: row.maybe_time("due_at")?,
            misses: row.count("misses")?,
        })
    }
}
