//! A new request becomes a row. The constraints decide what it is: the first, a repetition or a duplicate.

use super::{
    Store, StoreError, confirm,
    database::Transaction,
    decline::decline,
    error::is_deadlock,
    event,
    mail_sent::{self, MailBudget, MailCount},
    names::{NAME_TRIES, free_name},
    tombstone::{self, Tombstones},
    value::{Value, args},
};
use crate::domain::{
    AddressHash, Consent, Email, FormNonce, Locale, PersonName, ProfileName, Sealed, SignupId, Stage,
    TenantAlias, Timestamp, UpnDomain, Username,
};

/// A request that was admitted.
#[derive(Debug, Clone)]
pub struct NewSignup {
    /// Its public name.
    pub id: SignupId,
    /// The showing of the form it came from.
    pub form: FormNonce,
    /// The address.
    pub email: Email,
    /// The person's name.
    pub name: PersonName,
    /// The language of pages and mails.
    pub locale: Locale,
    /// The profile that admits it.
    pub profile: ProfileName,
    /// The tenant of the account.
    pub tenant: TenantAlias,
    /// The domain of the account.
    pub domain: UpnDomain,
    /// The username without a number.
    pub username: Username,
    /// The sealed password. Not kept for a signup that has to be confirmed: [`Store::confirm`] brings it.
    pub sealed: Sealed,
    /// What the person agreed to.
    pub consent: Consent,
    /// Set when the address has to be confirmed. Until then the signup owns neither the address nor the username.
    pub confirm: Option<PendingConfirmation>,
    /// The time now.
    pub now: Timestamp,
}

/// How an address is to be confirmed.
#[derive(Debug, Clone)]
pub struct PendingConfirmation {
    /// Until when the code is valid.
    pub until: Timestamp,
    /// The mailbox and the limits on its mails: when one is reached, no code is mailed.
    pub budget: MailBudget,
    /// What the requests that close each other have in common.
    pub address: AddressHash,
}

/// What became of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Inserted {
    /// A signup of its own.
    New(SignupId),
    /// A signup of its own that has to be confirmed, but no mail may be sent to its address now.
    WithoutMail(SignupId),
    /// The same form was sent before: this is the signup it made.
    Repeated(SignupId),
    /// The address belongs to another signup; the row keeps the request until that is settled.
    Duplicate {
        /// The new row.
        id: SignupId,
        /// The signup that owns the address.
        of: SignupId,
    },
}

/// The number of the first round of confirming.
const FIRST_ROUND: u32 = 1;

/// The signup that owns an address, and what its page shows.
pub(super) struct Owner {
    pub id: SignupId,
    base: Option<Username>,
    shown: Option<Username>,
}

impl Store {
    /// The signup that this showing of the form has made, if it has made one.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn signup_by_form(&self, form: FormNonce) -> Result<Option<SignupId>, StoreError> {
        self.database.fetch_optional(OF_FORM, &args![form]).await?.map(|row| row.value("id")).transpose()
    }

    /// Makes the request durable.
    ///
    /// # Errors
    /// [`StoreError`]; [`StoreError::Contended`] may pass.
    pub async fn insert_signup(&self, new: &NewSignup) -> Result<Inserted, StoreError> {
        for _ in 0..NAME_TRIES {
            let mut tx = self.database.begin().await?;
            let inserted = match &new.confirm {
                Some(confirm) => insert_awaiting(&mut tx, new, confirm).await,
                None => insert_queued(&mut tx, new, self.folds_subaddresses, self.tombstones.as_ref()).await,
            };
            let committed = match inserted {
                Ok(inserted) => tx.commit().await.map(|()| inserted),
                Err(error) => Err(error),
            };
            match committed {
                Err(error) if is_deadlock(&error) => {}
                committed => return committed,
            }
        }
        Err(StoreError::Contended)
    }
}

/// The mail with the code is counted here, where the round begins: the worker sends every code that has a round.
async fn insert_awaiting(
    tx: &mut Transaction,
    new: &NewSignup,
    confirm: &PendingConfirmation,
) -> Result<Inserted, StoreError> {
    // Requests for one address have one hash, also where the secret was changed between them.
    const UNITE: &str = "UPDATE signup SET address_hash = $2 WHERE address_hash = $1";
    const WITHOUT_MAIL: &str = "UPDATE signup SET confirm_round = 0, due_at = NULL WHERE id = $1";
    let row = columns(new, &new.username, None, None);
    if tx.execute(INSERT, &row).await? == 0 {
        return Ok(Inserted::Repeated(of_form(tx, new.form).await?.ok_or(StoreError::Contended)?));
    }
    if let Some(previous) = confirm.address.previous() {
        tx.execute(UNITE, &args![previous, &confirm.address]).await?;
    }
    event::write(tx, new.id, new.now, "received", Stage::AwaitingConfirmation.as_str()).await?;
    let mail = mail_sent::code_mail(new.id, FIRST_ROUND);
    match mail_sent::count_within_limits(tx, &confirm.budget, &mail, new.now).await? {
        MailCount::Counted => {
            confirm::begin_round(tx, new.id, FIRST_ROUND, confirm.until).await?;
            Ok(Inserted::New(new.id))
        }
        MailCount::Withheld(_) => {
            tx.execute(WITHOUT_MAIL, &args![new.id]).await?;
            event::write(tx, new.id, new.now, "code_withheld", "").await?;
            Ok(Inserted::WithoutMail(new.id))
        }
    }
}

async fn insert_queued(
    tx: &mut Transaction,
    new: &NewSignup,
    folds: bool,
    tombstones: Option<&Tombstones>,
) -> Result<Inserted, StoreError> {
    let mut username = new.username.clone();
    for _ in 0..NAME_TRIES {
        let person_key = free_person_key(tx, &new.email, folds).await?;
        let row = columns(new, &username, Some(person_key.as_deref()), None);
        if tx.execute(INSERT, &row).await? == 1 {
            event::write(tx, new.id, new.now, "received", Stage::Queued.as_str()).await?;
            if tombstone::exists(tx, tombstones, &new.email).await? {
                decline(tx, new.id, new.now).await?;
            }
            return Ok(Inserted::New(new.id));
        }
        if let Some(id) = of_form(tx, new.form).await? {
            return Ok(Inserted::Repeated(id));
        }
        let free = free_name(tx, &new.domain, &new.username).await?;
        if let Some(owner) = owner_of(tx, &new.email, folds).await?
            && hold(tx, owner.id).await?
        {
            return insert_duplicate(tx, new, &owner, &free).await;
        }
        username = free;
    }
    Err(StoreError::Contended)
}

async fn insert_duplicate(
    tx: &mut Transaction,
    new: &NewSignup,
    owner: &Owner,
    free: &Username,
) -> Result<Inserted, StoreError> {
    let row = columns(new, owner.shown_to(&new.username, free), None, Some(owner.id));
    if tx.execute(INSERT, &row).await? == 1 {
        event::write(tx, new.id, new.now, "duplicate", &owner.id.to_string()).await?;
        return Ok(Inserted::Duplicate { id: new.id, of: owner.id });
    }
    Ok(Inserted::Repeated(of_form(tx, new.form).await?.ok_or(StoreError::Contended)?))
}

/// Writes the row unless a constraint forbids it.
const INSERT: &str = "INSERT INTO signup (id, form_nonce, stage, claimed_from, duplicate_of, email, \
     email_key, person_key, first_name, last_name, locale, profile, tenant, domain, username, \
     username_base, shown_username, sealed, confirm_round, confirm_until, consent_version, consent_at, \
     due_at, created_at, updated_at, trying_since, address_hash) \
     VALUES ($1, $2, $3, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, \
     $20, $21, $22, $22, $22, $22, $23) \
     ON CONFLICT DO NOTHING";

/// The arguments of [`INSERT`]. A row that `owns` the address, perhaps with its mailbox's key, also owns the username
/// that its page shows, and keeps the password.
fn columns<'a>(
    new: &'a NewSignup,
    shown: &'a Username,
    owns: Option<Option<&'a str>>,
    duplicate_of: Option<SignupId>,
) -> [Value<'a>; 23] {
    args![
        new.id,
        new.form,
        if new.confirm.is_some() { Stage::AwaitingConfirmation } else { Stage::Queued },
        duplicate_of,
        new.email.as_str(),
        owns.map(|_| new.email.key()),
        owns.flatten(),
        new.name.first(),
        new.name.last(),
        &new.locale,
        &new.profile,
        &new.tenant,
        &new.domain,
        owns.map(|_| shown),
        &new.username,
        shown,
        owns.map(|_| &new.sealed),
        new.confirm.as_ref().map_or(0, |_| FIRST_ROUND),
        new.confirm.as_ref().map(|confirm| confirm.until),
        new.consent.text_version.as_str(),
        new.consent.given_at,
        new.now,
        new.confirm.as_ref().map(|confirm| &confirm.address),
    ]
}

/// The mailbox's key for a row that takes the address. Where sub-addresses are not folded, another row may have the key:
/// the address is taken without it then.
pub(super) async fn free_person_key(
    tx: &mut Transaction,
    email: &Email,
    folds: bool,
) -> Result<Option<String>, StoreError> {
    let key = email.person_key();
    let is_free = folds || !hold_person_key(tx, &key).await?;
    Ok(is_free.then_some(key))
}

/// Keeps the row that has a mailbox's key from being removed before this transaction ends, so that its key is handed over
/// to the rows of this transaction too; returns whether there is such a row.
async fn hold_person_key(tx: &mut Transaction, key: &str) -> Result<bool, StoreError> {
    const HOLD: &str = "UPDATE signup SET stage = stage WHERE person_key = $1";
    Ok(tx.execute(HOLD, &args![key]).await? == 1)
}

/// Owners of a mailbox without its key, where no row has it. The two ranges hold the mailbox itself and its sub-addresses.
pub(super) const OWNERS_WITHOUT_KEY: &str = "SELECT id, email_key, created_at FROM signup \
     WHERE email_key = $1 AND person_key IS NULL AND email_key IS NOT NULL \
     AND NOT EXISTS (SELECT 1 FROM signup AS holder WHERE holder.person_key = $1) \
     UNION ALL SELECT id, email_key, created_at FROM signup \
     WHERE email_key > $2 AND email_key < $3 AND person_key IS NULL AND email_key IS NOT NULL \
     AND NOT EXISTS (SELECT 1 FROM signup AS holder WHERE holder.person_key = $1)";

/// Gives the key of a mailbox to its oldest owner if no row has it any more. To be called by each transaction that
/// removes an owner, after it: else a further sub-address would get a second account.
pub(super) async fn hand_over_person_key(tx: &mut Transaction, key: &str) -> Result<(), StoreError> {
    const GIVE: &str = "UPDATE signup SET person_key = $2 \
         WHERE id = $1 AND person_key IS NULL AND email_key IS NOT NULL";
    let user = key.split_once('@').map_or(key, |(user, _)| user);
    // A comma follows the plus sign in ASCII.
    let (from, to) = (format!("{user}+"), format!("{user},"));
    loop {
        let mut oldest: Option<(Timestamp, SignupId)> = None;
        for row in tx.fetch_all(OWNERS_WITHOUT_KEY, &args![key, from.as_str(), to.as_str()]).await? {
            let email = row.read("email_key", |text| Email::from_stored(text).ok())?;
            if email.is_some_and(|email| email.person_key() == key) {
                let age = (row.time("created_at")?, row.value("id")?);
                oldest = Some(oldest.map_or(age, |oldest| oldest.min(age)));
            }
        }
        match oldest {
            // Another transaction may have removed that owner meanwhile.
            Some((_, id)) if tx.execute(GIVE, &args![id, key]).await? == 0 => {}
            _ => return Ok(()),
        }
    }
}

/// The same for a mailbox that has got an owner without its key: the row that has the key may be removed at the same time.
pub(super) async fn keep_person_key(tx: &mut Transaction, key: &str) -> Result<(), StoreError> {
    if hold_person_key(tx, key).await? {
        return Ok(());
    }
    hand_over_person_key(tx, key).await
}

const OF_FORM: &str = "SELECT id FROM signup WHERE form_nonce = $1";

async fn of_form(tx: &mut Transaction, form: FormNonce) -> Result<Option<SignupId>, StoreError> {
    tx.fetch_optional(OF_FORM, &args![form]).await?.map(|row| row.value("id")).transpose()
}

/// The signup that owns the address, or else the one that owns its mailbox where sub-addresses are folded.
pub(super) async fn owner_of(
    tx: &mut Transaction,
    email: &Email,
    folds: bool,
) -> Result<Option<Owner>, StoreError> {
    const OWNERS: &str = "SELECT id, email_key, username_base, shown_username FROM signup \
         WHERE email_key = $1 OR person_key = $2";
    let mailbox = folds.then(|| email.person_key());
    let rows = tx.fetch_all(OWNERS, &args![email.key(), mailbox]).await?;
    let mut owner = None;
    for row in &rows {
        if owner.is_none() || row.text("email_key")?.as_deref() == Some(email.key()) {
            owner = Some(row);
        }
    }
    let Some(row) = owner else { return Ok(None) };
    Ok(Some(Owner {
        id: row.value("id")?,
        base: row.maybe("username_base")?,
        shown: row.maybe("shown_username")?,
    }))
}

/// Keeps the owner of an address from being erased before this transaction ends; says whether it still owns one.
pub(super) async fn hold(tx: &mut Transaction, owner: SignupId) -> Result<bool, StoreError> {
    const HOLD: &str = "UPDATE signup SET stage = stage WHERE id = $1 AND email_key IS NOT NULL";
    Ok(tx.execute(HOLD, &args![owner]).await? == 1)
}

impl Owner {
    /// What a duplicate's page shows: the owner's own username if the same name was typed, else the one that a
    /// first request would get, so that the page tells nobody whether the address was known.
    pub fn shown_to<'a>(&'a self, typed: &Username, free: &'a Username) -> &'a Username {
        match &self.shown {
            Some(shown) if self.base.as_ref() == Some(typed) => shown,
            _ => free,
        }
    }
}
