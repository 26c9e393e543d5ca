//! A new request becomes a row. The constraints decide what it is: the first, a repetition or a duplicate.

use super::{
    Store, StoreError,
    account::{self, NewAccount, take_account},
    confirm,
    database::Transaction,
    decline::decline,
    error::is_deadlock,
    event,
    mail_sent::{self, MailBudget, MailCount},
    names::{NAME_TRIES, free_name},
    operation::{self, NewOperation, insert_operation},
    tombstone::{self, Tombstones},
    value::{Value, args},
};
use crate::domain::{
    AccountId, AddressHash, Consent, Email, FormNonce, Locale, OperationId, OperationKind, PersonName,
    ProfileName, RequestedBy, Requester, Sealed, SignupId, TenantAlias, Timestamp, UpnDomain, Username,
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
    /// The text that the person agreed to, and the time.
    pub consent: Consent,
    /// The requester.
    pub requester: Requester,
    /// Set when the address has to be confirmed. Until then the signup owns neither the address nor the username.
    pub confirm: Option<PendingConfirmation>,
    /// The time now.
    pub now: Timestamp,
}

/// The confirmation of an address that is to come.
#[derive(Debug, Clone)]
pub struct PendingConfirmation {
    /// The time until which the code is valid.
    pub until: Timestamp,
    /// The mailbox and the limits on its mails: when one is reached, no code is mailed.
    pub budget: MailBudget,
    /// The hash that requests for one address share: confirming one closes the others.
    pub address: AddressHash,
}

/// The outcome of a request.
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
        /// The account of the address.
        of: AccountId,
    },
}

/// The number of the first round of confirming.
const FIRST_ROUND: u32 = 1;

/// The account of an address, and what the page of its signup shows.
pub(super) struct Owner {
    pub account: AccountId,
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
                // Dropped, the transaction changes nothing.
                Ok(Inserted::Repeated(id)) => Ok(Inserted::Repeated(id)),
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
    const WITHOUT_MAIL: &str = "UPDATE signup SET confirm_round = 0 WHERE id = $1";
    const STATE: &str = "awaiting_confirmation";
    let operation = new.operation(OperationKind::ConfirmAddress, None);
    let columns = new.columns(&operation, None, (STATE, "received", STATE), None);
    let Some(row) = tx.fetch_optional(write_rows(tx), &columns).await? else {
        return Ok(Inserted::Repeated(of_form(tx, new.form).await?.ok_or(StoreError::Contended)?));
    };
    let operation = OperationId::new(row.count("operation_id")?);
    if let Some(previous) = confirm.address.previous() {
        tx.execute(UNITE, &args![previous, &confirm.address]).await?;
    }
    let mail = mail_sent::code_mail(new.id, FIRST_ROUND);
    match mail_sent::count_within_limits(tx, &confirm.budget, &mail, new.now).await? {
        MailCount::Counted => {
            confirm::begin_round(tx, new.id, FIRST_ROUND, confirm.until).await?;
            Ok(Inserted::New(new.id))
        }
        MailCount::Withheld(_) => {
            tx.execute(WITHOUT_MAIL, &args![new.id]).await?;
            operation::end(tx, new.id, new.now).await?;
            new.note(tx, operation, "code_withheld", "").await?;
            Ok(Inserted::WithoutMail(new.id))
        }
    }
}

/// The account is taken before the signup is written: its constraints decide who owns the address and the username.
async fn insert_queued(
    tx: &mut Transaction,
    new: &NewSignup,
    folds: bool,
    tombstones: Option<&Tombstones>,
) -> Result<Inserted, StoreError> {
    let mut username = new.username.clone();
    for _ in 0..NAME_TRIES {
        let person_key = free_person_key(tx, &new.email, folds).await?;
        let account = new.account(&username, person_key.as_deref());
        // On PostgreSQL, this statement waits for an erasure that holds the address: the next one sees its tombstone.
        let is_taken = !tx.is_sqlite() && tx.execute(account::TAKE, &account.columns()).await? == 1;
        if is_taken || tx.is_sqlite() {
            let provision = new.operation(OperationKind::Provision, Some(&new.sealed));
            let account = Some((AccountId::from(new.id), false, &username));
            let mut columns = new.columns(&provision, account, ("open", "received", "queued"), tombstones);
            columns.extend(args![new.email.key(), person_key.as_deref()]);
            if let Some(row) = tx.fetch_optional(write_rows_and_account(tx), &columns).await? {
                let is_erased = match tombstones {
                    Some(_) => row.maybe_time("erased_at")?.is_some(),
                    None => tombstone::exists(tx, None, &new.email).await?,
                };
                if is_erased {
                    decline(tx, new.id, new.now).await?;
                }
                return Ok(Inserted::New(new.id));
            }
        }
        if let Some(id) = of_form(tx, new.form).await? {
            return Ok(Inserted::Repeated(id));
        }
        if is_taken {
            return Err(StoreError::Contended);
        }
        let free = free_name(tx, &new.domain, &new.username).await?;
        if let Some(owner) = owner_of(tx, &new.email, folds).await?
            && hold(tx, owner.account).await?
        {
            return insert_further(tx, new, &owner, &free).await;
        }
        username = free;
    }
    Err(StoreError::Contended)
}

async fn insert_further(
    tx: &mut Transaction,
    new: &NewSignup,
    owner: &Owner,
    free: &Username,
) -> Result<Inserted, StoreError> {
    let of = owner.account;
    let answer = new.operation(OperationKind::AnswerRequest, None);
    let account = Some((of, true, owner.shown_to(&new.username, free)));
    let of_text = of.to_string();
    let columns = new.columns(&answer, account, ("open", "duplicate", &of_text), None);
    if tx.fetch_optional(write_rows(tx), &columns).await?.is_none() {
        return Ok(Inserted::Repeated(of_form(tx, new.form).await?.ok_or(StoreError::Contended)?));
    }
    Ok(Inserted::Duplicate { id: new.id, of })
}

/// Writes the row of the signup for an operation unless its form was sent before.
macro_rules! insert_signup {
    ($operation:literal) => {
        concat!(
            "INSERT INTO signup (id, form_nonce, state, account_id, is_further, operation_id, email, first_name, \
             last_name, locale, profile, tenant, domain, username_base, shown_username, confirm_round, confirm_until, \
             address_hash, consent_version, consent_at, created_at, updated_at) \
             SELECT $2, $14, $15, $16, $17, id, $18, $19, $20, $21, $22, $3, $23, $24, $25, $26, $27, $28, $29, $30, \
             $8, $8 FROM ",
            $operation,
            " ON CONFLICT (form_nonce) DO NOTHING"
        )
    };
}

/// Writes the first line of the audit trail of a signup, and looks for a tombstone of its address.
macro_rules! insert_event {
    ($signup:literal) => {
        concat!(
            "INSERT INTO event (signup_id, operation_id, at, kind, detail, requester_kind, requester, reason) \
             SELECT id, operation_id, $8, $31, $32, $10, $11, $12 FROM ",
            $signup,
            " RETURNING operation_id, \
             (SELECT MIN(created_at) FROM tombstone WHERE address = $33 OR person = $34) AS erased_at"
        )
    };
}

/// Writes the operation of a request, its signup, and the first event. Returns the number of the operation and when a
/// tombstone of the address was left; no row where the form was sent before, and the transaction is to be dropped. A call
/// of SQLite's driver is an exchange with another thread, so it gets the statements in one. For PostgreSQL they are parts
/// of one statement.
macro_rules! rows {
    (sqlite: $condition:literal) => {
        concat!(
            insert_operation!($condition),
            "; ",
            insert_signup!("operation WHERE changes() = 1 AND id = last_insert_rowid()"),
            "; ",
            insert_event!("signup WHERE changes() = 1 AND id = $2")
        )
    };
    (postgres) => {
        concat!(
            "WITH new_operation AS (",
            insert_operation!(""),
            " RETURNING id), new_signup AS (",
            insert_signup!("new_operation"),
            " RETURNING id, operation_id) ",
            insert_event!("new_signup")
        )
    };
}

/// The statement of [`rows`] for this database.
const fn write_rows(tx: &Transaction) -> &'static str {
    const SQLITE: &str = rows!(sqlite: "");
    const POSTGRES: &str = rows!(postgres);
    if tx.is_sqlite() { SQLITE } else { POSTGRES }
}

/// The same for SQLite with the account before them; for PostgreSQL, after [`account::TAKE`]. Returns no row either where
/// another account has the address, the mailbox or the username. Arguments 35 and 36 are the keys of address and mailbox.
const fn write_rows_and_account(tx: &Transaction) -> &'static str {
    if tx.is_sqlite() { ALL_ROWS } else { write_rows(tx) }
}

pub(super) const ALL_ROWS: &str = concat!(
    take_account!("$2", "$18", "$35", "$36", "$3", "$23", "$25", "$8"),
    "; ",
    rows!(sqlite: " WHERE changes() = 1")
);

impl NewSignup {
    /// The arguments of [`write_rows`]. `account` is the account that the signup makes or, for a further request, that it
    /// is for, and the username that its page shows. The address is looked up in `tombstones`, if they are given.
    fn columns<'a>(
        &'a self,
        operation: &'a NewOperation<'_>,
        account: Option<(AccountId, bool, &'a Username)>,
        (state, event, detail): (&'static str, &'static str, &'a str),
        tombstones: Option<&Tombstones>,
    ) -> Vec<Value<'a>> {
        let (address, person) = tombstones.map(|tombstones| tombstones.hashes(&self.email)).unzip();
        let mut columns = Vec::with_capacity(34);
        columns.extend(operation.columns());
        columns.extend(args![
            self.form,
            state,
            account.map(|(account, ..)| account),
            account.is_some_and(|(_, is_further, _)| is_further),
            self.email.as_str(),
            self.name.first(),
            self.name.last(),
            &self.locale,
            &self.profile,
            &self.domain,
            &self.username,
            account.map_or(&self.username, |(.., shown)| shown),
            self.confirm.as_ref().map_or(0, |_| FIRST_ROUND),
            self.confirm.as_ref().map(|confirm| confirm.until),
            self.confirm.as_ref().map(|confirm| &confirm.address),
            self.consent.text_version.as_str(),
            self.consent.given_at,
            event,
            detail,
            address,
            person.flatten(),
        ]);
        columns
    }

    /// Writes a line of the audit trail about the request.
    async fn note(
        &self,
        tx: &mut Transaction,
        operation: OperationId,
        kind: &'static str,
        detail: &str,
    ) -> Result<(), StoreError> {
        let by = RequestedBy::from(&self.requester);
        event::write_by(tx, self.id, Some(operation), by, self.now, kind, detail).await
    }

    fn operation<'a>(&'a self, kind: OperationKind, sealed: Option<&'a Sealed>) -> NewOperation<'a> {
        NewOperation {
            kind,
            signup: self.id,
            tenant: &self.tenant,
            step: kind.first_step(),
            begun: false,
            sealed,
            by: RequestedBy::from(&self.requester),
            due_at: Some(self.now),
            now: self.now,
        }
    }

    fn account<'a>(&'a self, username: &'a Username, person_key: Option<&'a str>) -> NewAccount<'a> {
        NewAccount {
            signup: self.id,
            email: &self.email,
            person_key,
            tenant: &self.tenant,
            domain: &self.domain,
            username,
            now: self.now,
        }
    }
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
    const HOLD: &str = "UPDATE account SET state = state WHERE person_key = $1";
    Ok(tx.execute(HOLD, &args![key]).await? == 1)
}

/// Owners of a mailbox without its key, where no row has it. The two ranges hold the mailbox itself and its sub-addresses.
pub(super) const OWNERS_WITHOUT_KEY: &str = "SELECT id, email_key, created_at FROM account \
     WHERE email_key = $1 AND person_key IS NULL AND email_key IS NOT NULL \
     AND NOT EXISTS (SELECT 1 FROM account AS holder WHERE holder.person_key = $1) \
     UNION ALL SELECT id, email_key, created_at FROM account \
     WHERE email_key > $2 AND email_key < $3 AND person_key IS NULL AND email_key IS NOT NULL \
     AND NOT EXISTS (SELECT 1 FROM account AS holder WHERE holder.person_key = $1)";

/// Gives the key of a mailbox to its oldest owner if no row has it any more. To be called by each transaction that
/// removes an owner, after it: else a further sub-address would get a second account.
pub(super) async fn hand_over_person_key(tx: &mut Transaction, key: &str) -> Result<(), StoreError> {
    const GIVE: &str = "UPDATE account SET person_key = $2 \
         WHERE id = $1 AND person_key IS NULL AND email_key IS NOT NULL";
    let user = key.split_once('@').map_or(key, |(user, _)| user);
    // A comma follows the plus sign in ASCII.
    let (from, to) = (format!("{user}+"), format!("{user},"));
    loop {
        let mut oldest: Option<(Timestamp, AccountId)> = None;
        for row in tx.fetch_all(OWNERS_WITHOUT_KEY, &args![key, from.as_str(), to.as_str()]).await? {
            let email = row.read("email_key", |text| Email::from_stored(text).ok())?;
            if email.is_some_and(|email| email.person_key() == key) {
                let age = (row.time("created_at")?, row.value("id")?);
                oldest = Some(oldest.map_or(age, |oldest| oldest.min(age)));
            }
        }
        match oldest {
            // Another transaction may have removed that owner since.
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

/// The account of the address, or else the one of its mailbox where sub-addresses are folded.
pub(super) async fn owner_of(
    tx: &mut Transaction,
    email: &Email,
    folds: bool,
) -> Result<Option<Owner>, StoreError> {
    const OWNERS: &str = "SELECT a.id AS account, a.email_key, s.username_base, s.shown_username \
         FROM account AS a LEFT JOIN signup AS s ON s.account_id = a.id AND s.is_further = 0 \
         WHERE a.email_key = $1 OR a.person_key = $2";
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
        account: row.value("account")?,
        base: row.maybe("username_base")?,
        shown: row.maybe("shown_username")?,
    }))
}

/// Keeps the account of an address from being erased before this transaction ends; says whether it still has one.
pub(super) async fn hold(tx: &mut Transaction, owner: AccountId) -> Result<bool, StoreError> {
    const HOLD: &str = "UPDATE account SET state = state WHERE id = $1 AND email_key IS NOT NULL";
    Ok(tx.execute(HOLD, &args![owner]).await? == 1)
}

impl Owner {
    /// The username on a duplicate's page: the owner's own if the same name was typed, else the one that a first
    /// request would get, so that the page does not reveal whether the address was known.
    pub fn shown_to<'a>(&'a self, typed: &Username, free: &'a Username) -> &'a Username {
        match &self.shown {
            Some(shown) if self.base.as_ref() == Some(typed) => shown,
            _ => free,
        }
    }
}
