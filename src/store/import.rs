//! Addresses whose accounts another program has made: no one gets a second account for them.
//!
//! They are recorded as signups that are done. Nothing else is known of their accounts, neither name nor tenant, so
//! that no new password can be set for them here.

use std::{collections::BTreeSet, sync::LazyLock};

use super::{
    Overtaken, Signup, Store, StoreError,
    database::Transaction,
    error::{is_deadlock, is_unique_violation},
    names::NAME_TRIES,
    overtaken,
    request::keep_person_key,
    tombstone::AllTombstones,
    value::{Value, args},
};
use crate::domain::{AccountId, Email, FormNonce, Requester, SignupId, Timestamp};

/// An address whose account was made elsewhere.
#[derive(Debug, Clone)]
pub struct KnownAddress {
    /// The public name of its row.
    pub id: SignupId,
    /// A random nonce, since no form was shown for it.
    pub form: FormNonce,
    /// The address.
    pub email: Email,
    /// The time at which its account was made.
    pub since: Timestamp,
}

/// The outcome of an import.
#[derive(Debug)]
pub struct ImportedAddresses {
    /// The number of addresses that no finished signup had before.
    pub new: u64,
    /// The number of addresses that have a tombstone and are not imported.
    pub erased: u64,
    /// The unfinished signups that had one of them, as they were, and the outcome for each.
    pub overtaken: Vec<(Signup, Overtaken)>,
}

/// The most rows of one statement.
const ROWS: usize = 100;

static ONE: LazyLock<String> = LazyLock::new(|| insert_accounts(1));
static MANY: LazyLock<String> = LazyLock::new(|| insert_accounts(ROWS));
static SIGNUP_OF_ONE: LazyLock<String> = LazyLock::new(|| insert_signups(1));
static SIGNUPS_OF_MANY: LazyLock<String> = LazyLock::new(|| insert_signups(ROWS));
static NOTE_ONE: LazyLock<String> = LazyLock::new(|| note(1));
static NOTE_MANY: LazyLock<String> = LazyLock::new(|| note(ROWS));
static KNOWN: LazyLock<String> = LazyLock::new(|| {
    let keys: Vec<_> = (1..=ROWS).map(|at| format!("${at}")).collect();
    format!("SELECT email_key FROM account WHERE email_key IN ({})", keys.join(", "))
});

impl Signup {
    /// Returns whether it represents an address whose account was made elsewhere.
    #[must_use]
    pub fn is_imported(&self) -> bool {
        (self.profile.as_str(), self.tenant.as_str()) == ("imported", "imported")
    }
}

impl Store {
    /// Takes the addresses, in one transaction. They are kept from `now` on for as long as any finished signup. A
    /// signup that has one of them and no user yet gets no user: it becomes a further request for the account. Where
    /// two of the accounts share a mailbox, both addresses are taken, and one has the mailbox's key.
    ///
    /// # Errors
    /// [`StoreError`]; nothing is taken then. [`StoreError::Contended`] may pass.
    pub async fn import_addresses(
        &self,
        addresses: &[KnownAddress],
        by: &Requester,
        now: Timestamp,
    ) -> Result<ImportedAddresses, StoreError> {
        for _ in 0..NAME_TRIES {
            match self.try_import(addresses, by, now).await {
                Err(error) if is_deadlock(&error) || is_unique_violation(&error) => {}
                imported => return imported,
            }
        }
        Err(StoreError::Contended)
    }

    async fn try_import(
        &self,
        addresses: &[KnownAddress],
        by: &Requester,
        now: Timestamp,
    ) -> Result<ImportedAddresses, StoreError> {
        let folds = self.folds_subaddresses;
        let mut tx = self.begin_checked(now).await?;
        let tombstones = AllTombstones::load(&mut tx, self.tombstones.as_ref()).await?;
        let (erased, addresses): (Vec<_>, Vec<_>) =
            addresses.iter().partition(|address| tombstones.has(&address.email));
        let emails: Vec<_> = addresses.iter().map(|address| &address.email).collect();
        let overtaken = overtaken::let_go(&mut tx, &emails, folds, now).await?;
        let mut taken = take(&mut tx, &addresses, Email::person_key, now).await?;
        let is_left = |address: &&KnownAddress| !taken.contains(&AccountId::from(address.id));
        let left: Vec<&KnownAddress> = addresses.iter().copied().filter(is_left).collect();
        let without_key = take(&mut tx, &left, |_| None::<String>, now).await?;
        let is_without_key = |address: &&&KnownAddress| without_key.contains(&AccountId::from(address.id));
        let has_let_go =
            overtaken.iter().filter(|(_, is)| is.ends()).filter_map(|(one, _)| one.email.as_ref());
        let mailboxes = left.iter().filter(is_without_key).map(|address| &address.email).chain(has_let_go);
        for mailbox in mailboxes.map(Email::person_key).collect::<BTreeSet<_>>() {
            keep_person_key(&mut tx, &mailbox).await?;
        }
        taken.extend(without_key);
        let is_taken = |address: &&&KnownAddress| taken.contains(&AccountId::from(address.id));
        let signups: Vec<&KnownAddress> = addresses.iter().filter(is_taken).copied().collect();
        for (sql, rows) in statements(&signups, &SIGNUP_OF_ONE, &SIGNUPS_OF_MANY) {
            let mut args: Vec<Value<'_>> = args![now].into();
            for KnownAddress { id, form, email, since } in rows {
                args.extend(args![*id, *form, email.as_str(), *since]);
            }
            tx.execute(sql, &args).await?;
        }
        let taken: Vec<SignupId> = signups.iter().map(|address| address.id).collect();
        for (sql, ids) in statements(&taken, &NOTE_ONE, &NOTE_MANY) {
            let mut args: Vec<Value<'_>> = args![now, by.kind(), by.logins()].into();
            args.extend(ids.iter().flat_map(|id| args![*id]));
            tx.execute(sql, &args).await?;
        }
        overtaken::follow(&mut tx, &overtaken, folds, by, now).await?;
        tx.commit().await?;
        Ok(ImportedAddresses { new: taken.len() as u64, erased: erased.len() as u64, overtaken })
    }

    /// Returns the number of these addresses that belong to a signup. Each address must be given once.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn count_owned(&self, addresses: &[Email]) -> Result<u64, StoreError> {
        let mut owned = 0;
        for some in addresses.chunks(ROWS) {
            // The last one fills the places that are left.
            let keys = some.iter().chain(some.last().into_iter().cycle()).take(ROWS);
            let args: Vec<Value<'_>> = keys.flat_map(|email| args![email.key()]).collect();
            owned += self.database.fetch_all(&KNOWN, &args).await?.len() as u64;
        }
        Ok(owned)
    }
}

/// Records the accounts that no constraint forbids, and returns their ids.
async fn take<K: Into<Option<String>>>(
    tx: &mut Transaction,
    addresses: &[&KnownAddress],
    person_key: impl Fn(&Email) -> K,
    now: Timestamp,
) -> Result<BTreeSet<AccountId>, StoreError> {
    let mut taken = BTreeSet::new();
    for (sql, rows) in statements(addresses, &ONE, &MANY) {
        let mut args: Vec<Value<'_>> = args![now].into();
        for KnownAddress { id, email, since, .. } in rows {
            let person_key: Option<String> = person_key(email).into();
            args.extend(args![*id, email.as_str(), email.key(), person_key, *since]);
        }
        for row in tx.fetch_all(sql, &args).await? {
            taken.insert(row.value("id")?);
        }
    }
    Ok(taken)
}

/// Whole statements as long as there are rows for them, and one for each row that is left.
fn statements<'r, T>(
    rows: &'r [T],
    one: &'static str,
    many: &'static str,
) -> impl Iterator<Item = (&'static str, &'r [T])> {
    let (whole, rest) = rows.split_at(rows.len() - rows.len() % ROWS);
    let whole = whole.chunks(ROWS).map(move |rows| (many, rows));
    whole.chain(rest.chunks(1).map(move |row| (one, row)))
}

/// `$1` is the time now; each row has five values more. `imported` replaces what is not known; no one can have a domain
/// in `.invalid` (RFC 2606).
fn insert_accounts(rows: usize) -> String {
    let row = |row: usize| {
        let [id, email, key, person, since] = [2, 3, 4, 5, 6].map(|at| row * 5 + at);
        format!(
            "(${id}, ${email}, ${key}, ${person}, ${since}, $1, 'active', 'import', 'imported', 'imported.invalid')"
        )
    };
    format!(
        "INSERT INTO account (id, email, email_key, person_key, created_at, updated_at, state, origin, tenant, domain) \
         VALUES {} ON CONFLICT DO NOTHING RETURNING id",
        (0..rows).map(row).collect::<Vec<_>>().join(", ")
    )
}

/// The finished signups of imported accounts: `$1` is the time now; each row has four values more.
fn insert_signups(rows: usize) -> String {
    let row = |row: usize| {
        let [id, form, email, since] = [2, 3, 4, 5].map(|at| row * 4 + at);
        format!(
            "(${id}, ${form}, ${id}, ${email}, ${since}, ${since}, $1, 'done', 'en', 'imported', 'imported', \
             'imported.invalid', 'imported')"
        )
    };
    format!(
        "INSERT INTO signup (id, form_nonce, account_id, email, created_at, consent_at, updated_at, state, locale, profile, \
         tenant, domain, consent_version) VALUES {}",
        (0..rows).map(row).collect::<Vec<_>>().join(", ")
    )
}

/// The events of imported signups: `$1` is the time now, `$2` and `$3` are the requester; each row has one value more.
fn note(rows: usize) -> String {
    let notes: Vec<_> = (0..rows).map(|row| format!("(${}, $1, 'imported', '', $2, $3)", row + 4)).collect();
    format!(
        "INSERT INTO event (signup_id, at, kind, detail, requester_kind, requester) VALUES {}",
        notes.join(", ")
    )
}
