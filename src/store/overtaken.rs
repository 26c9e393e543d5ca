//! Signups of ours that an import overtakes: while they waited, another program has made the account.

use std::{borrow::Borrow, ops::RangeInclusive, sync::LazyLock};

use super::{
    Signup, Store, StoreError,
    database::Transaction,
    event,
    record::signup_columns,
    request::owner_of,
    row::Row,
    value::{Value, args},
};
use crate::domain::{AccountId, Email, Requester, Stage, Timestamp};

/// The number of addresses in one statement.
const ADDRESSES: usize = 100;

/// The outcome for a signup whose address has an account elsewhere by now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overtaken {
    /// Nothing was created for it, and nothing will be: it is a further request for that account.
    Ended,
    /// The same, but the user may have been created in its last try.
    InDoubt,
    /// Its user is created: it continues, and there are two accounts.
    HasUser,
    /// A worker has it at this moment: it stays as it is.
    AtWork,
}

/// Owners of these addresses or of their mailboxes that the worker has not finished with, the lease of each beside it.
pub(super) static UNFINISHED: LazyLock<String> = LazyLock::new(|| {
    let places = |numbers: RangeInclusive<usize>| {
        numbers.map(|number| format!("${number}")).collect::<Vec<_>>().join(", ")
    };
    format!(
        "SELECT {}, o.lease_token AS lease_token FROM account AS a JOIN signup AS s ON s.account_id = a.id \
         AND s.is_further = 0 LEFT JOIN operation AS o ON o.id = s.operation_id \
         WHERE (a.email_key IN ({}) OR a.person_key IN ({})) AND s.state <> 'done'",
        signup_columns!(),
        places(1..=ADDRESSES),
        places(ADDRESSES + 1..=2 * ADDRESSES),
    )
});

impl Overtaken {
    /// Returns whether a signup in this state is ended by an import.
    #[must_use]
    pub const fn ends(self) -> bool {
        matches!(self, Self::Ended | Self::InDoubt)
    }

    fn of(signup: &Signup, leased: bool, now: Timestamp) -> Self {
        match signup.stage {
            _ if signup.object_id.is_some() => Self::HasUser,
            _ if leased && signup.due_at.is_some_and(|until| until > now) => Self::AtWork,
            Stage::Queued => Self::Ended,
            _ => Self::InDoubt,
        }
    }

    fn read(row: &Row, now: Timestamp) -> Result<(Signup, Self), StoreError> {
        let signup = Signup::read(row)?;
        let overtaken = Self::of(&signup, row.text("lease_token")?.is_some(), now);
        Ok((signup, overtaken))
    }
}

impl Store {
    /// The signups that an import of these addresses overtakes, and the outcome for each.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn overtaken_by(
        &self,
        addresses: &[Email],
        now: Timestamp,
    ) -> Result<Vec<(Signup, Overtaken)>, StoreError> {
        let mut found = Vec::new();
        for some in addresses.chunks(ADDRESSES) {
            for row in self.database.fetch_all(&UNFINISHED, &keys(some, self.folds_subaddresses)).await? {
                found.push(Overtaken::read(&row, now)?);
            }
        }
        Ok(found)
    }
}

/// Releases the addresses of the signups that are ended, before the imported accounts take them.
pub(super) async fn let_go(
    tx: &mut Transaction,
    addresses: &[&Email],
    folds: bool,
    now: Timestamp,
) -> Result<Vec<(Signup, Overtaken)>, StoreError> {
    const OPERATION: &str = "UPDATE operation SET kind = 'answer_request', step = 'send_reminder', needs = 'mail', \
         begun = 0, in_doubt = 0, sealed = NULL, attention = NULL, due_at = $3, lease_token = NULL, attempts = 0, \
         waiting = NULL, last_error = NULL, updated_at = $3, trying_since = $3 \
         WHERE id = (SELECT operation_id FROM signup WHERE id = $1) AND step = 'create_user' AND updated_at <= $2 \
         AND (lease_token IS NULL OR due_at <= $3)";
    const ACCOUNT: &str = "UPDATE account SET email_key = NULL, person_key = NULL, username = NULL, updated_at = $2 \
         WHERE id = (SELECT account_id FROM signup WHERE id = $1) AND object_id IS NULL";
    const NOTHING_INTENDED: &str = "UPDATE step SET state = 'failed', error = 'overtaken', finished_at = $2 \
         WHERE operation_id = (SELECT operation_id FROM signup WHERE id = $1) AND state = 'intended'";
    let mut found = Vec::new();
    for some in addresses.chunks(ADDRESSES) {
        for row in tx.fetch_all(&UNFINISHED, &keys(some, folds)).await? {
            let (signup, mut overtaken) = Overtaken::read(&row, now)?;
            if overtaken.ends() {
                if tx.execute(OPERATION, &args![signup.id, signup.updated_at, now]).await? == 1 {
                    tx.execute(NOTHING_INTENDED, &args![signup.id, now]).await?;
                    tx.execute(ACCOUNT, &args![signup.id, now]).await?;
                } else {
                    overtaken = Overtaken::AtWork;
                }
            }
            found.push((signup, overtaken));
        }
    }
    Ok(found)
}

/// Makes those that were ended further requests for what was imported, and with them those that waited for them.
pub(super) async fn follow(
    tx: &mut Transaction,
    overtaken: &[(Signup, Overtaken)],
    folds: bool,
    by: &Requester,
    now: Timestamp,
) -> Result<(), StoreError> {
    const FOLLOW: &str = "UPDATE signup SET account_id = $2, is_further = 1 WHERE account_id = $1";
    const REMOVE: &str = "DELETE FROM account WHERE id = $1";
    for (signup, _) in overtaken.iter().filter(|(_, overtaken)| overtaken.ends()) {
        let email = signup.email.as_ref().ok_or(StoreError::Unreadable("email"))?;
        let of = owner_of(tx, email, folds).await?.ok_or(StoreError::Contended)?.account;
        let own = AccountId::from(signup.id);
        tx.execute(FOLLOW, &args![own, of]).await?;
        tx.execute(REMOVE, &args![own]).await?;
        event::write_by(tx, signup.id, None, by.into(), now, "overtaken", &of.to_string()).await?;
    }
    Ok(())
}

/// The keys of the addresses, then those of their mailboxes, or nothing where these are not asked for. The last address
/// fills the places that are left.
fn keys<E: Borrow<Email>>(some: &[E], folds: bool) -> Vec<Value<'_>> {
    let emails = || some.iter().chain(some.last().into_iter().cycle()).take(ADDRESSES).map(Borrow::borrow);
    let mailboxes = emails().flat_map(|email: &Email| args![folds.then(|| email.person_key())]);
    emails().flat_map(|email| args![email.key()]).chain(mailboxes).collect()
}
