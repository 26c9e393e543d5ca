//! Erasure: all personal data of a person's requests are removed in one transaction.
//!
//! Each request is named with the state it was read in. One that has changed since undoes the whole erasure, which is
//! then tried again on what there is.

use std::collections::BTreeSet;

use super::{
    Signup, Store, StoreError, confirm,
    database::Transaction,
    error::is_deadlock,
    event,
    read::BY_ID,
    record::{read_email, select_signups},
    request::hand_over_person_key,
    tombstone,
    value::args,
};
use crate::domain::{AddressHash, Email, FormNonce, LeaseToken, Requester, SignupId, Stage, Timestamp};

/// As many addresses as are read at a time.
const BATCH: u32 = 5000;

/// The outcome of keeping a request from workers until it is erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErasureLease {
    /// The request is kept from workers.
    Taken,
    /// The request waits for no worker, so that no worker changes it.
    NotNeeded,
    /// A worker has the request, until then at the latest.
    HeldUntil(Timestamp),
}

/// A request that is to be erased, in the state it was read in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Erasable {
    id: SignupId,
    stage: Stage,
    updated_at: Timestamp,
    /// Replaces the mark of its form, which may have been made from address and name.
    form: FormNonce,
}

/// The records that remain of an erased person.
#[derive(Debug, Clone, Copy)]
pub enum Remains<'a> {
    /// Tombstones of these addresses.
    Tombstones(&'a [Email]),
    /// Nothing: earlier tombstones of these addresses are removed too.
    Nothing(&'a [Email]),
}

/// The outcome of an erasure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Erased {
    /// All requests are erased.
    All,
    /// One of them has changed since it was read: no request is erased.
    Changed,
}

impl Erasable {
    /// The request as it was read.
    #[must_use]
    pub const fn new(signup: &Signup, form: FormNonce) -> Self {
        Self { id: signup.id, stage: signup.stage, updated_at: signup.updated_at, form }
    }
}

const ADDRESSES: &str = "SELECT id, created_at, email FROM signup \
     WHERE (created_at, id) > ($1, $2) ORDER BY created_at, id LIMIT $3";
pub(super) const FURTHER: &str = select_signups!(
    "WHERE s.is_further = 1 AND s.account_id = (SELECT account_id FROM signup WHERE id = $1 AND is_further = 0)"
);

impl Store {
    /// All requests that hold this address, or one of its mailbox's where sub-addresses are folded, and the further
    /// requests that belong to them; the oldest first. Reads every address there is.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn signups_of(&self, email: &Email) -> Result<Vec<Signup>, StoreError> {
        let person = email.person_key();
        let is_theirs = |other: &Email| {
            other.key() == email.key() || (self.folds_subaddresses && other.person_key() == person)
        };
        let mut found = Vec::new();
        let mut next = Some((Timestamp::from_millis(i64::MIN), String::new()));
        while let Some((created_at, id)) = next {
            let rows = self.database.fetch_all(ADDRESSES, &args![created_at, id, BATCH]).await?;
            for row in &rows {
                if read_email(row)?.as_ref().is_some_and(is_theirs) {
                    found.push(row.value::<SignupId>("id")?);
                }
            }
            let last = rows.last().filter(|_| rows.len() >= BATCH as usize);
            next = match last {
                Some(row) => Some((row.time("created_at")?, row.value::<SignupId>("id")?.to_string())),
                None => None,
            };
        }
        self.with_further(&found).await
    }

    /// These signups and their further requests, each once.
    async fn with_further(&self, ids: &[SignupId]) -> Result<Vec<Signup>, StoreError> {
        let mut signups: Vec<Signup> = Vec::new();
        for id in ids {
            let own = self.signup(*id).await?;
            let further = self.database.fetch_all(FURTHER, &args![*id]).await?;
            for signup in own.into_iter().chain(Signup::read_all(&further)?) {
                if signup.stage != Stage::Erased && signups.iter().all(|known| known.id != signup.id) {
                    signups.push(signup);
                }
            }
        }
        signups.sort_by_key(|signup| (signup.created_at, signup.id));
        Ok(signups)
    }

    /// Keeps a request from workers until `until`, unless one has it. A lease that has run out is taken over.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn lease_for_erasure(
        &self,
        id: SignupId,
        lease: LeaseToken,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<ErasureLease, StoreError> {
        loop {
            match self.try_lease_for_erasure(id, lease, now, until).await {
                Ok(None) => {}
                Ok(Some(leased)) => return Ok(leased),
                Err(error) if is_deadlock(&error) => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Runs one transaction; returns `None` if another operation of the request has begun in between.
    async fn try_lease_for_erasure(
        &self,
        id: SignupId,
        lease: LeaseToken,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Option<ErasureLease>, StoreError> {
        const TAKE: &str = "UPDATE operation SET lease_token = $2, due_at = $3 \
             WHERE id = (SELECT operation_id FROM signup WHERE id = $1) AND due_at IS NOT NULL \
             AND (lease_token IS NULL OR lease_token = $2 OR due_at <= $4)";
        const HELD: &str = "SELECT due_at, lease_token FROM operation \
             WHERE id = (SELECT operation_id FROM signup WHERE id = $1) AND due_at IS NOT NULL";
        let mut tx = self.begin_checked(now).await?;
        if tx.execute(TAKE, &args![id, lease, until, now]).await? == 1 {
            tx.commit().await?;
            return Ok(Some(ErasureLease::Taken));
        }
        let Some(row) = tx.fetch_optional(HELD, &args![id]).await? else {
            return Ok(Some(ErasureLease::NotNeeded));
        };
        let until = row.time("due_at")?;
        let is_held = row.text("lease_token")?.is_some() && until > now;
        Ok(is_held.then_some(ErasureLease::HeldUntil(until)))
    }

    /// Gives a request back to the workers, as it was.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn release_from_erasure(
        &self,
        id: SignupId,
        lease: LeaseToken,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        const RELEASE: &str =
            "UPDATE operation SET lease_token = NULL, due_at = $3 WHERE signup_id = $1 AND lease_token = $2";
        let mut tx = self.database.begin().await?;
        tx.execute(RELEASE, &args![id, lease, now]).await?;
        tx.commit().await
    }

    /// Removes the hash of an address from requests that were closed before they were confirmed: nothing else of them
    /// names a person. Returns their number.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn forget_address(&self, address: &AddressHash) -> Result<u64, StoreError> {
        const FORGET: &str =
            "UPDATE signup SET address_hash = NULL WHERE address_hash IN ($1, $2) AND state = 'voided'";
        let mut tx = self.database.begin().await?;
        let forgotten = tx.execute(FORGET, &args![address, address.previous()]).await?;
        tx.commit().await?;
        Ok(forgotten)
    }

    /// Erases all of these requests, or no request if one of them has changed. Those that a worker could take have to
    /// be held under `lease`.
    ///
    /// # Errors
    /// [`StoreError::TombstoneKey`] when tombstones are to be left and the key is missing.
    pub async fn erase(
        &self,
        signups: &[Erasable],
        lease: LeaseToken,
        remains: Remains<'_>,
        by: &Requester,
        now: Timestamp,
    ) -> Result<Erased, StoreError> {
        match self.try_erase(signups, lease, remains, by, now).await {
            Err(error) if is_deadlock(&error) => Ok(Erased::Changed),
            erased => erased,
        }
    }

    async fn try_erase(
        &self,
        signups: &[Erasable],
        lease: LeaseToken,
        remains: Remains<'_>,
        by: &Requester,
        now: Timestamp,
    ) -> Result<Erased, StoreError> {
        let detail = if matches!(remains, Remains::Tombstones(_)) { "tombstone" } else { "" };
        // In one order, so that two erasures do not wait for each other for good.
        let mut signups = signups.to_vec();
        signups.sort_by_key(|signup| (signup.stage != Stage::AwaitingConfirmation, signup.id));
        let mut tx = self.database.begin().await?;
        for signup in &signups {
            confirm::lock_address(&mut tx, signup.id).await?;
        }
        let mut mailboxes = BTreeSet::new();
        for signup in &signups {
            mailboxes.extend(owned_mailbox(&mut tx, signup.id).await?);
            if !erase_one(&mut tx, signup, lease, now).await? {
                return Ok(Erased::Changed);
            }
            event::write_by(&mut tx, signup.id, None, by.into(), now, "erased", detail).await?;
        }
        for signup in &signups {
            if has_further(&mut tx, signup.id).await? {
                return Ok(Erased::Changed);
            }
        }
        for mailbox in &mailboxes {
            hand_over_person_key(&mut tx, mailbox).await?;
        }
        match remains {
            Remains::Tombstones(emails) => {
                for email in emails {
                    tombstone::leave(&mut tx, self.tombstones.as_ref(), email, now).await?;
                }
            }
            Remains::Nothing(emails) => {
                for email in emails {
                    tombstone::lift(&mut tx, self.tombstones.as_ref(), email).await?;
                }
            }
        }
        tx.commit().await?;
        Ok(Erased::All)
    }
}

/// Returns whether a further request has come that is not erased.
async fn has_further(tx: &mut Transaction, id: SignupId) -> Result<bool, StoreError> {
    const ANY: &str = "SELECT s.id FROM signup AS s WHERE s.is_further = 1 AND s.state <> 'erased' \
         AND s.account_id = (SELECT account_id FROM signup WHERE id = $1 AND is_further = 0) LIMIT 1";
    Ok(tx.fetch_optional(ANY, &args![id]).await?.is_some())
}

/// The key of the mailbox that a request owns, or one of several owners of it.
async fn owned_mailbox(tx: &mut Transaction, id: SignupId) -> Result<Option<String>, StoreError> {
    const OWNED: &str = "SELECT a.email FROM signup AS s JOIN account AS a ON a.id = s.account_id \
         WHERE s.id = $1 AND s.is_further = 0 AND a.email_key IS NOT NULL";
    let Some(row) = tx.fetch_optional(OWNED, &args![id]).await? else { return Ok(None) };
    Ok(read_email(&row)?.map(|email| email.person_key()))
}

/// The rows of the request `$1` and of the account that it has made.
macro_rules! of_request {
    () => {
        "signup_id = $1 OR account_id = (SELECT account_id FROM signup WHERE id = $1 AND is_further = 0)"
    };
}

/// Wipes one request with its account, its operations, and of its events all but kinds and times. Returns whether it
/// was still as it was read, and held under `lease` where a worker could take it.
async fn erase_one(
    tx: &mut Transaction,
    signup: &Erasable,
    lease: LeaseToken,
    now: Timestamp,
) -> Result<bool, StoreError> {
    // Before the mark of the form is replaced.
    const FORGET_KEY: &str =
        "DELETE FROM idempotency_key WHERE request = (SELECT form_nonce FROM signup WHERE id = $1)";
    const HOLD: [&str; 2] = [
        concat!("UPDATE operation SET kind = kind WHERE ", of_request!()),
        "UPDATE account SET state = state WHERE id = (SELECT account_id FROM signup WHERE id = $1 AND is_further = 0)",
    ];
    const BUSY: &str = "SELECT id FROM operation WHERE signup_id = $1 AND due_at IS NOT NULL \
         AND needs <> 'background' AND (lease_token IS NULL OR lease_token <> $2)";
    const ACCOUNT: &str = "UPDATE account SET state = 'erased', email = NULL, email_key = NULL, person_key = NULL, \
         username = NULL, object_id = NULL, principal = NULL, gone_at = NULL, updated_at = $2 \
         WHERE id = (SELECT account_id FROM signup WHERE id = $1 AND is_further = 0)";
    const ERASE: &str = "UPDATE signup SET state = 'erased', form_nonce = $2, operation_id = NULL, email = NULL, \
         first_name = NULL, last_name = NULL, username_base = NULL, shown_username = NULL, confirm_until = NULL, \
         wrong_codes = 0, address_hash = NULL, gone_at = NULL, undelivered_at = NULL, updated_at = $3 WHERE id = $1";
    const REST: [&str; 3] = [
        concat!("DELETE FROM operation WHERE ", of_request!()),
        "DELETE FROM confirmation_round WHERE signup_id = $1",
        concat!(
            "UPDATE event SET detail = '', operation_id = NULL, requester = NULL, reason = NULL WHERE ",
            of_request!()
        ),
    ];
    tx.execute(FORGET_KEY, &args![signup.id]).await?;
    for statement in HOLD {
        tx.execute(statement, &args![signup.id]).await?;
    }
    tx.execute("UPDATE signup SET state = state WHERE id = $1", &args![signup.id]).await?;
    let read = tx.fetch_optional(BY_ID, &args![signup.id]).await?;
    let read = read.as_ref().map(Signup::read).transpose()?;
    let is_as_read = read.is_some_and(|read| {
        (read.stage, read.updated_at) == (signup.stage, signup.updated_at) && read.stage != Stage::Erased
    });
    if !is_as_read || tx.fetch_optional(BUSY, &args![signup.id, lease]).await?.is_some() {
        return Ok(false);
    }
    tx.execute(ACCOUNT, &args![signup.id, now]).await?;
    tx.execute(ERASE, &args![signup.id, signup.form, now]).await?;
    for statement in REST {
        tx.execute(statement, &args![signup.id]).await?;
    }
    Ok(true)
}
