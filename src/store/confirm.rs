//! Confirming an address: only then does a signup take the address and a username.
//!
//! Several requests may wait for one address at the same time. The one that is confirmed closes the others in the same
//! transaction. Two confirmations of one address at the same moment follow each other.

use super::{
    Signup, Store, StoreError,
    account::{self, NewAccount},
    database::Transaction,
    decline::decline,
    error::{is_deadlock, is_unique_violation},
    event,
    failover::LISTING_LAG,
    mail_sent::{self, MailBudget, MailCount},
    names::{NAME_TRIES, free_name},
    operation::{self, NewOperation},
    record::{read_email, select_signups},
    request::{Owner, free_person_key, hold, owner_of},
    tombstone,
    value::args,
};
use crate::domain::{
    AccountId, Email, OperationId, OperationKind, RequestedBy, Requester, Sealed, SignupId, Stage,
    TenantAlias, Timestamp, UpnDomain, Username,
};

/// The outcome of a confirmation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confirmed {
    /// The signup owns its address now and is queued.
    Queued,
    /// Another signup owns the address; this one is queued as its duplicate.
    Duplicate {
        /// The account of the address.
        of: AccountId,
    },
    /// It was confirmed before, or is past that.
    NotAwaiting,
    /// There is no such signup.
    Unknown,
}

/// The outcome of beginning a new round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NewRound {
    /// The number of the new round, whose code is to be mailed.
    Begun(u32),
    /// The given round is over: another one has begun since.
    Ended,
    /// No mail may be sent to the address before this time: the round continues, and its code and links stay valid.
    Withheld(Timestamp),
}

/// The reason why requests were closed without being confirmed.
#[derive(Clone, Copy)]
enum VoidReason {
    OtherConfirmed,
    Refused,
}

/// A signup that waits for its confirmation.
struct Awaiting {
    email: Email,
    tenant: TenantAlias,
    domain: UpnDomain,
    base: Username,
    may_have_user: bool,
}

impl Store {
    /// Takes the address and a username for a signup whose address is confirmed, and queues it. Without
    /// `username` the one of the request is the candidate; either gets a number where it is taken.
    ///
    /// The caller must have checked the code and the time.
    ///
    /// # Errors
    /// [`StoreError`]; [`StoreError::Contended`] may pass.
    pub async fn confirm(
        &self,
        id: SignupId,
        username: Option<&Username>,
        sealed: &Sealed,
        requester: &Requester,
        now: Timestamp,
    ) -> Result<Confirmed, StoreError> {
        for _ in 0..NAME_TRIES {
            match self.try_confirm(id, username, (sealed, requester), now).await {
                Ok(Some(confirmed)) => return Ok(confirmed),
                Ok(None) => {}
                Err(error) if is_deadlock(&error) => {}
                Err(error) => return Err(error),
            }
        }
        Err(StoreError::Contended)
    }

    /// Runs one transaction; returns `None` if a constraint or another confirmation prevented it.
    async fn try_confirm(
        &self,
        id: SignupId,
        username: Option<&Username>,
        (sealed, requester): (&Sealed, &Requester),
        now: Timestamp,
    ) -> Result<Option<Confirmed>, StoreError> {
        let mut tx = self.database.begin().await?;
        lock_address(&mut tx, id).await?;
        let awaiting = match awaiting(&mut tx, id).await? {
            Ok(awaiting) => awaiting,
            Err(answer) => return Ok(Some(answer)),
        };
        let base = username.unwrap_or(&awaiting.base);
        let free = free_name(&mut tx, &awaiting.domain, base).await?;
        let folds = self.folds_subaddresses;
        let confirmed = match owner_of(&mut tx, &awaiting.email, folds).await? {
            Some(owner) if !hold(&mut tx, owner.account).await? => return Ok(None),
            Some(owner) => {
                become_further(&mut tx, id, &awaiting, &owner, (base, &free), requester, now).await
            }
            None => {
                let person_key = free_person_key(&mut tx, &awaiting.email, folds).await?;
                take_address(&mut tx, id, &awaiting, person_key, (base, &free), (sealed, requester), now)
                    .await
            }
        };
        if matches!(confirmed, Ok(Some(Confirmed::Queued)))
            && tombstone::exists(&mut tx, self.tombstones.as_ref(), &awaiting.email).await?
        {
            decline(&mut tx, id, now).await?;
        }
        match confirmed {
            Ok(Some(confirmed)) => {
                void(&mut tx, id, Some(id), (VoidReason::OtherConfirmed, requester.into()), now).await?;
                release_address_hash(&mut tx, id).await?;
                tx.commit().await.map(|()| Some(confirmed))
            }
            Ok(None) => Ok(None),
            Err(error) if is_unique_violation(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Counts a try at the code and says how many there were in this round. Count first and compare after:
    /// then tries at the same moment cannot pass the limit together.
    ///
    /// # Errors
    /// [`StoreError::NotAwaiting`].
    pub async fn count_wrong_code(&self, id: SignupId, now: Timestamp) -> Result<u32, StoreError> {
        const COUNT: &str = "UPDATE signup SET wrong_codes = wrong_codes + 1, updated_at = $2 \
             WHERE id = $1 AND state = 'awaiting_confirmation' RETURNING wrong_codes";
        let mut tx = self.database.begin().await?;
        let row = tx.fetch_optional(COUNT, &args![id, now]).await?.ok_or(StoreError::NotAwaiting)?;
        let tries: u32 = row.count("wrong_codes")?;
        event::write_by(&mut tx, id, None, RequestedBy::VISITOR, now, "code_tried", &tries.to_string())
            .await?;
        tx.commit().await?;
        Ok(tries)
    }

    /// Closes all requests that wait for a confirmation of the address of this one; returns their number.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn refuse(&self, id: SignupId, now: Timestamp) -> Result<u64, StoreError> {
        for _ in 0..NAME_TRIES {
            let mut tx = self.database.begin().await?;
            lock_address(&mut tx, id).await?;
            let refused =
                match void(&mut tx, id, None, (VoidReason::Refused, RequestedBy::VISITOR), now).await {
                    Ok(refused) => tx.commit().await.map(|()| refused),
                    Err(error) => Err(error),
                };
            match refused {
                Err(error) if is_deadlock(&error) => {}
                refused => return refused,
            }
        }
        Err(StoreError::Contended)
    }

    /// The requests that wait for a confirmation of the address of this one and whose time is not over, the newest
    /// first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn open_of_address(
        &self,
        id: SignupId,
        limit: u32,
        now: Timestamp,
    ) -> Result<Vec<Signup>, StoreError> {
        Signup::read_all(&self.database.fetch_all(OPEN_OF_ADDRESS, &args![id, now, limit]).await?)
    }

    /// Returns whether both requests are recorded for the same address.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn have_same_address(&self, one: SignupId, other: SignupId) -> Result<bool, StoreError> {
        const SAME: &str = "SELECT id FROM signup WHERE id = $2 \
             AND address_hash = (SELECT address_hash FROM signup WHERE id = $1)";
        Ok(one == other || self.database.fetch_optional(SAME, &args![one, other]).await?.is_some())
    }

    /// Returns the time until which the link of this round is valid; `None` for a round of which no mail was sent.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn link_expires_at(&self, id: SignupId, round: u32) -> Result<Option<Timestamp>, StoreError> {
        const EXPIRES: &str = "SELECT expires_at FROM confirmation_round WHERE signup_id = $1 AND round = $2";
        let row = self.database.fetch_optional(EXPIRES, &args![id, round]).await?;
        row.map(|row| row.time("expires_at")).transpose()
    }

    /// Begins a new round unless a limit withholds its mail: makes the earlier codes void and the signup due, so that
    /// the worker mails a new one. Earlier links stay valid for their time.
    ///
    /// # Errors
    /// [`StoreError::NotAwaiting`].
    pub async fn new_confirmation_round(
        &self,
        id: SignupId,
        round: u32,
        budget: &MailBudget,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<NewRound, StoreError> {
        const NEW_ROUND: &str = "UPDATE signup SET confirm_round = confirm_round + 1, wrong_codes = 0, \
             confirm_until = $3, updated_at = $4 \
             WHERE id = $1 AND confirm_round = $2 AND state = 'awaiting_confirmation' \
             RETURNING confirm_round, operation_id";
        const DUE: &str = "UPDATE operation SET begun = 0, in_doubt = 0, due_at = $2, lease_token = NULL, attempts = 0, \
             waiting = NULL, updated_at = $2, finished_at = NULL WHERE id = $1";
        let mut tx = self.database.begin().await?;
        operation::hold_all(&mut tx, id).await?;
        let Some(row) = tx.fetch_optional(NEW_ROUND, &args![id, round, expires_at, now]).await? else {
            return awaiting(&mut tx, id)
                .await?
                .map_or(Err(StoreError::NotAwaiting), |_| Ok(NewRound::Ended));
        };
        let round: u32 = row.count("confirm_round")?;
        let mail = mail_sent::code_mail(id, round);
        if let MailCount::Withheld(from) = mail_sent::count_within_limits(&mut tx, budget, &mail, now).await?
        {
            // Dropped, the transaction changes nothing.
            return Ok(NewRound::Withheld(from));
        }
        let operation = OperationId::new(row.count("operation_id")?);
        tx.execute(DUE, &args![operation, now]).await?;
        begin_round(&mut tx, id, round, expires_at).await?;
        let by = RequestedBy::VISITOR;
        event::write_by(&mut tx, id, Some(operation), by, now, "code_requested", &round.to_string()).await?;
        tx.commit().await?;
        Ok(NewRound::Begun(round))
    }
}

pub(super) const OPEN_OF_ADDRESS: &str = select_signups!(
    "WHERE s.address_hash = (SELECT address_hash FROM signup WHERE id = $1) \
     AND s.state = 'awaiting_confirmation' AND s.confirm_until > $2 ORDER BY s.created_at DESC, s.id DESC LIMIT $3"
);

/// The requests that wait for a confirmation of the address of `$1`, that one included.
macro_rules! open {
    () => {
        "state = 'awaiting_confirmation' \
         AND (id = $1 OR address_hash = (SELECT address_hash FROM signup WHERE id = $1))"
    };
}

/// Makes transactions that close or erase requests for the same address follow each other. Locks on the rows alone would
/// not: a request that comes in between is closed as well, so that two transactions could take its row in different
/// orders. SQLite has one writer and needs no lock.
pub(super) async fn lock_address(tx: &mut Transaction, id: SignupId) -> Result<(), StoreError> {
    const LOCK: &str = "SELECT pg_advisory_xact_lock(hashtextextended(address_hash, 0)) FROM signup \
         WHERE id = $1 AND address_hash IS NOT NULL";
    if tx.is_sqlite() {
        return Ok(());
    }
    tx.execute(LOCK, &args![id]).await.map(drop)
}

/// Closes the open requests of an address but for `kept` and wipes their personal data; returns their number.
async fn void(
    tx: &mut Transaction,
    id: SignupId,
    kept: Option<SignupId>,
    (reason, by): (VoidReason, RequestedBy<'_>),
    now: Timestamp,
) -> Result<u64, StoreError> {
    const VOID: &str = concat!(
        "UPDATE signup SET state = 'voided', email = NULL, first_name = NULL, last_name = NULL, \
         username_base = NULL, shown_username = NULL, undelivered_at = NULL, updated_at = $3 WHERE id <> $2 AND ",
        open!(),
        " RETURNING id"
    );
    // Workers lock operations before their signups.
    const HOLD: &str = concat!(
        "UPDATE operation SET kind = kind WHERE id IN (SELECT operation_id FROM signup WHERE id <> $2 AND ",
        open!(),
        ")"
    );
    let detail = match reason {
        VoidReason::OtherConfirmed => "other_confirmed",
        VoidReason::Refused => "refused",
    };
    let kept = kept.map_or_else(String::new, |kept| kept.to_string());
    if !tx.is_sqlite() {
        tx.execute(HOLD, &args![id, kept.as_str()]).await?;
    }
    let voided = tx.fetch_all(VOID, &args![id, kept.as_str(), now]).await?;
    for row in &voided {
        let id = row.value("id")?;
        operation::end(tx, id, now).await?;
        event::write_by(tx, id, None, by, now, "voided", detail).await?;
    }
    Ok(voided.len() as u64)
}

/// The hash finds requests that are not confirmed; an account is found by its address.
async fn release_address_hash(tx: &mut Transaction, id: SignupId) -> Result<(), StoreError> {
    const RELEASE: &str = "UPDATE signup SET address_hash = NULL WHERE id = $1";
    tx.execute(RELEASE, &args![id]).await.map(drop)
}

/// Records the time until which the link of a round is valid.
pub(super) async fn begin_round(
    tx: &mut Transaction,
    id: SignupId,
    round: u32,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    const BEGIN: &str = "INSERT INTO confirmation_round (signup_id, round, expires_at) VALUES ($1, $2, $3)";
    tx.execute(BEGIN, &args![id, round, expires_at]).await.map(drop)
}

/// Returns the signup if it waits for its confirmation, else the answer to give.
async fn awaiting(tx: &mut Transaction, id: SignupId) -> Result<Result<Awaiting, Confirmed>, StoreError> {
    const AWAITING: &str =
        "SELECT state, email, tenant, domain, username_base, may_have_user FROM signup WHERE id = $1";
    let Some(row) = tx.fetch_optional(AWAITING, &args![id]).await? else {
        return Ok(Err(Confirmed::Unknown));
    };
    if row.text("state")?.as_deref() != Some(Stage::AwaitingConfirmation.as_str()) {
        return Ok(Err(Confirmed::NotAwaiting));
    }
    Ok(Ok(Awaiting {
        email: read_email(&row)?.ok_or(StoreError::Unreadable("email"))?,
        tenant: row.value("tenant")?,
        domain: row.value("domain")?,
        base: row.value("username_base")?,
        may_have_user: row.flag("may_have_user")?,
    }))
}

/// Takes the address and a username for the account, and queues the signup.
async fn take_address(
    tx: &mut Transaction,
    id: SignupId,
    awaiting: &Awaiting,
    person_key: Option<String>,
    (base, name): (&Username, &Username),
    (sealed, requester): (&Sealed, &Requester),
    now: Timestamp,
) -> Result<Option<Confirmed>, StoreError> {
    let new = NewAccount {
        signup: id,
        email: &awaiting.email,
        person_key: person_key.as_deref(),
        tenant: &awaiting.tenant,
        domain: &awaiting.domain,
        username: name,
        now,
    };
    if tx.execute(account::TAKE, &new.columns()).await? == 0 {
        return Ok(None);
    }
    // After a failover or a restore, the user of an earlier confirmation may exist, with another password, and may not
    // be listed yet.
    let due_at = if awaiting.may_have_user { now.plus(LISTING_LAG) } else { now };
    let provision = NewOperation {
        kind: OperationKind::Provision,
        signup: id,
        tenant: &awaiting.tenant,
        step: OperationKind::Provision.first_step(),
        begun: awaiting.may_have_user,
        sealed: Some(sealed),
        by: requester.into(),
        due_at: Some(due_at),
        now,
    };
    let account = (AccountId::from(id), false, awaiting.may_have_user);
    let Some(operation) = open(tx, id, account, (base, name), &provision).await? else { return Ok(None) };
    event::write_by(tx, id, Some(operation), requester.into(), now, "confirmed", Stage::Queued.as_str())
        .await?;
    Ok(Some(Confirmed::Queued))
}

async fn become_further(
    tx: &mut Transaction,
    id: SignupId,
    awaiting: &Awaiting,
    owner: &Owner,
    (base, free): (&Username, &Username),
    requester: &Requester,
    now: Timestamp,
) -> Result<Option<Confirmed>, StoreError> {
    let answer = NewOperation {
        kind: OperationKind::AnswerRequest,
        signup: id,
        tenant: &awaiting.tenant,
        step: OperationKind::AnswerRequest.first_step(),
        begun: false,
        sealed: None,
        by: requester.into(),
        due_at: Some(now),
        now,
    };
    let of = owner.account;
    let (account, names) = ((of, true, awaiting.may_have_user), (base, owner.shown_to(base, free)));
    let Some(operation) = open(tx, id, account, names, &answer).await? else { return Ok(None) };
    event::write_by(tx, id, Some(operation), requester.into(), now, "duplicate", &of.to_string()).await?;
    Ok(Some(Confirmed::Duplicate { of }))
}

/// Ends the operation that mails codes and begins the one that carries the signup out; returns that one, or `None` if
/// the signup no longer waits.
async fn open(
    tx: &mut Transaction,
    id: SignupId,
    (account, is_further, may_have_user): (AccountId, bool, bool),
    (base, shown): (&Username, &Username),
    operation: &NewOperation<'_>,
) -> Result<Option<OperationId>, StoreError> {
    const OPEN: &str = "UPDATE signup SET state = 'open', account_id = $2, is_further = $3, username_base = $4, \
         shown_username = $5, operation_id = $6, may_have_user = 0, undelivered_at = NULL, updated_at = $7 \
         WHERE id = $1 AND state = 'awaiting_confirmation' AND may_have_user = $8";
    operation::end(tx, id, operation.now).await?;
    let number = operation::insert(tx, operation).await?;
    // Waits for a failover that is being noted, and then changes nothing: the caller tries again.
    let args = args![id, account, is_further, base, shown, number, operation.now, may_have_user];
    Ok((tx.execute(OPEN, &args).await? == 1).then_some(number))
}
