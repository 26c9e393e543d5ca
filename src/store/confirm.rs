//! Confirming an address: only then does a signup take the address and a username.

use super::{
    Store, StoreError,
    database::Transaction,
    error::is_unique_violation,
    event,
    names::{NAME_TRIES, free_name},
    record::read_email,
    request::{Owner, owner_of},
    value::args,
};
use crate::domain::{Email, Sealed, SignupId, Stage, Timestamp, UpnDomain, Username};

/// What became of a confirmation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confirmed {
    /// The signup owns its address now and is queued.
    Queued,
    /// Another signup owns the address; this one is queued as its duplicate.
    Duplicate {
        /// The owner.
        of: SignupId,
    },
    /// It was confirmed before, or is past that.
    NotAwaiting,
    /// There is no such signup.
    Unknown,
}

/// A signup that waits for its confirmation.
struct Awaiting {
    email: Email,
    domain: UpnDomain,
    base: Username,
}

impl Store {
    /// Takes the address and a username for a signup whose address is confirmed, and queues it. Without
    /// `username` the one of the request is the candidate; either gets a number where it is taken.
    ///
    /// Whether code and time are right is the caller's to say.
    ///
    /// # Errors
    /// [`StoreError`]; [`StoreError::Contended`] may pass.
    pub async fn confirm(
        &self,
        id: SignupId,
        username: Option<&Username>,
        sealed: &Sealed,
        now: Timestamp,
    ) -> Result<Confirmed, StoreError> {
        for _ in 0..NAME_TRIES {
            if let Some(confirmed) = self.try_confirm(id, username, sealed, now).await? {
                return Ok(confirmed);
            }
        }
        Err(StoreError::Contended)
    }

    /// One transaction; `None` when a constraint or another confirmation was in the way.
    async fn try_confirm(
        &self,
        id: SignupId,
        username: Option<&Username>,
        sealed: &Sealed,
        now: Timestamp,
    ) -> Result<Option<Confirmed>, StoreError> {
        let mut tx = self.database.begin().await?;
        let awaiting = match awaiting(&mut tx, id).await? {
            Ok(awaiting) => awaiting,
            Err(answer) => return Ok(Some(answer)),
        };
        let base = username.unwrap_or(&awaiting.base);
        let free = free_name(&mut tx, &awaiting.domain, base).await?;
        let confirmed = match owner_of(&mut tx, &awaiting.email).await? {
            Some(owner) => become_duplicate(&mut tx, id, &owner, (base, &free), now).await,
            None => take_address(&mut tx, id, awaiting.email.key(), (base, &free), sealed, now).await,
        };
        match confirmed {
            Ok(Some(confirmed)) => tx.commit().await.map(|()| Some(confirmed)),
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
             WHERE id = $1 AND stage = 'awaiting_confirmation' RETURNING wrong_codes";
        let mut tx = self.database.begin().await?;
        let row = tx.fetch_optional(COUNT, &args![id, now]).await?.ok_or(StoreError::NotAwaiting)?;
        let tries: u32 = row.count("wrong_codes")?;
        event::write(&mut tx, id, now, "code_tried", &tries.to_string()).await?;
        tx.commit().await?;
        Ok(tries)
    }

    /// Ends this round: makes the codes and links mailed so far void and the signup due, so that the worker mails
    /// new ones. The number of the new round; `None` when this one has ended already.
    ///
    /// # Errors
    /// [`StoreError::NotAwaiting`].
    pub async fn new_confirmation_round(
        &self,
        id: SignupId,
        round: u32,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<Option<u32>, StoreError> {
        const NEW_ROUND: &str = "UPDATE signup SET confirm_round = confirm_round + 1, wrong_codes = 0, \
             confirm_until = $3, due_at = $4, lease_token = NULL, attempts = 0, waiting = NULL, \
             updated_at = $4 WHERE id = $1 AND confirm_round = $2 AND stage = 'awaiting_confirmation' \
             RETURNING confirm_round";
        let mut tx = self.database.begin().await?;
        let Some(row) = tx.fetch_optional(NEW_ROUND, &args![id, round, expires_at, now]).await? else {
            return awaiting(&mut tx, id).await?.map_or(Err(StoreError::NotAwaiting), |_| Ok(None));
        };
        let round: u32 = row.count("confirm_round")?;
        event::write(&mut tx, id, now, "code_requested", &round.to_string()).await?;
        tx.commit().await?;
        Ok(Some(round))
    }
}

/// The signup if it waits, else the answer to give.
async fn awaiting(tx: &mut Transaction, id: SignupId) -> Result<Result<Awaiting, Confirmed>, StoreError> {
    const AWAITING: &str = "SELECT stage, email, domain, username_base FROM signup WHERE id = $1";
    let Some(row) = tx.fetch_optional(AWAITING, &args![id]).await? else {
        return Ok(Err(Confirmed::Unknown));
    };
    if row.value::<Stage>("stage")? != Stage::AwaitingConfirmation {
        return Ok(Err(Confirmed::NotAwaiting));
    }
    Ok(Ok(Awaiting {
        email: read_email(&row)?.ok_or(StoreError::Unreadable("email"))?,
        domain: row.value("domain")?,
        base: row.value("username_base")?,
    }))
}

async fn take_address(
    tx: &mut Transaction,
    id: SignupId,
    key: &str,
    (base, name): (&Username, &Username),
    sealed: &Sealed,
    now: Timestamp,
) -> Result<Option<Confirmed>, StoreError> {
    const TAKE: &str = "UPDATE signup SET stage = 'queued', claimed_from = 'queued', email_key = $2, \
         username_base = $3, username = $4, shown_username = $4, sealed = $5, due_at = $6, \
         lease_token = NULL, attempts = 0, waiting = NULL, last_error = NULL, updated_at = $6, trying_since = $6 \
         WHERE id = $1 AND stage = 'awaiting_confirmation'";
    if tx.execute(TAKE, &args![id, key, base, name, sealed, now]).await? == 0 {
        return Ok(None);
    }
    event::write(tx, id, now, "confirmed", Stage::Queued.as_str()).await?;
    Ok(Some(Confirmed::Queued))
}

async fn become_duplicate(
    tx: &mut Transaction,
    id: SignupId,
    owner: &Owner,
    (base, free): (&Username, &Username),
    now: Timestamp,
) -> Result<Option<Confirmed>, StoreError> {
    const BECOME: &str = "UPDATE signup SET stage = 'queued', claimed_from = 'queued', duplicate_of = $2, \
         username_base = $3, shown_username = $4, due_at = $5, lease_token = NULL, attempts = 0, \
         waiting = NULL, last_error = NULL, updated_at = $5, trying_since = $5 \
         WHERE id = $1 AND stage = 'awaiting_confirmation'";
    let args = args![id, owner.id, base, owner.shown_to(base, free), now];
    if tx.execute(BECOME, &args).await? == 0 {
        return Ok(None);
    }
    event::write(tx, id, now, "duplicate", &owner.id.to_string()).await?;
    Ok(Some(Confirmed::Duplicate { of: owner.id }))
}
