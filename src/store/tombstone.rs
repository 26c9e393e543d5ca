//! Tombstones of erased addresses, and the sealed key that they are made with.
//!
//! A tombstone is looked up in the transaction that has just taken the address, after the statement that took it. An
//! erasure that holds the address at that moment makes that statement wait, so that its tombstone is seen.

use std::collections::HashSet;

use super::{Store, StoreError, database::Transaction, row::Row, value::args};
use crate::domain::{Email, Entropy, Sealed, SecretKey, Timestamp, TombstoneKey};

/// All tombstones, to compare many addresses with them.
pub(super) struct AllTombstones<'a> {
    tombstones: Option<&'a Tombstones>,
    hashes: HashSet<String>,
}

/// The most times that the key is looked for while other processes create or replace it.
const TRIES: usize = 5;

/// The key by which tombstones are recognised.
#[derive(Clone)]
pub(super) struct Tombstones {
    key: TombstoneKey,
    /// Opens the key if another process has sealed it again.
    secret: SecretKey,
    by_person: bool,
}

pub(super) const FIND_KEY: &str = "SELECT sealed, sealed_at, created_at FROM site_key WHERE name = $1";
const HOLD_KEY: &str = "UPDATE site_key SET name = name WHERE name = $1 AND sealed = $2";
const REMOVE_KEY: &str = "DELETE FROM site_key WHERE name = $1";
const ALL: &str = "SELECT address, person FROM tombstone";
const ANY: &str = "SELECT address FROM tombstone LIMIT 1";
pub(super) const FIND: &str =
    "SELECT address, created_at FROM tombstone WHERE address = $1 OR person = $2 LIMIT 1";

impl Store {
    /// Opens the key of the tombstones, or creates it. One that the previous secret has sealed is sealed with the
    /// current one. Where sub-addresses are folded, the tombstone of one address
    /// holds for all sub-addresses of its mailbox: [`Store::fold_subaddresses`] comes first.
    ///
    /// # Errors
    /// [`StoreError::TombstoneKey`] when there are tombstones and their key cannot be opened.
    pub async fn with_tombstones(
        mut self,
        secret: &SecretKey,
        entropy: &Entropy,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        for _ in 0..TRIES {
            let Some(sealed) = self.sealed_tombstone_key().await? else {
                self.create_tombstone_key(secret, entropy, now).await?;
                continue;
            };
            if let Ok(key) = secret.open_site_key(TombstoneKey::NAME, &sealed) {
                if secret.current().open_site_key(TombstoneKey::NAME, &sealed).is_err() {
                    let anew = secret.seal_site_key(entropy, TombstoneKey::NAME, &key);
                    self.seal_tombstone_key(&sealed, &anew, now).await?;
                }
                let (key, secret) = (TombstoneKey::new(&key), secret.clone());
                self.tombstones = Some(Tombstones { key, secret, by_person: self.folds_subaddresses });
                return Ok(self);
            }
            if !self.remove_unused_key(&sealed).await? {
                return Err(StoreError::TombstoneKey);
            }
        }
        Err(StoreError::Contended)
    }

    /// Replaces a sealed key by the same key under another secret. Of several processes at once, one does.
    async fn seal_tombstone_key(
        &self,
        sealed: &Sealed,
        anew: &Sealed,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        const SEAL: &str = "UPDATE site_key SET sealed = $3, sealed_at = $4 WHERE name = $1 AND sealed = $2";
        let mut tx = self.database.begin().await?;
        tx.execute(SEAL, &args![TombstoneKey::NAME, sealed, anew, now]).await?;
        tx.commit().await
    }

    async fn sealed_tombstone_key(&self) -> Result<Option<Sealed>, StoreError> {
        let row = self.database.fetch_optional(FIND_KEY, &args![TombstoneKey::NAME]).await?;
        row.map_or(Ok(None), |row| Ok(row.text("sealed")?.map(Sealed::stored)))
    }

    /// Of several processes that create the key at once, one succeeds; the others find its key.
    async fn create_tombstone_key(
        &self,
        secret: &SecretKey,
        entropy: &Entropy,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        const CREATE: &str =
            "INSERT INTO site_key (name, sealed, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
        let sealed = secret.seal_site_key(entropy, TombstoneKey::NAME, &entropy.bytes());
        let mut tx = self.database.begin().await?;
        tx.execute(CREATE, &args![TombstoneKey::NAME, &sealed, now]).await?;
        tx.commit().await
    }

    /// Removes a key that cannot be opened, unless tombstones depend on it; returns whether it is gone. An erasure
    /// holds the key while it writes its tombstone, so that no tombstone is written in between.
    async fn remove_unused_key(&self, sealed: &Sealed) -> Result<bool, StoreError> {
        let mut tx = self.database.begin().await?;
        if tx.execute(HOLD_KEY, &args![TombstoneKey::NAME, sealed]).await? == 1 {
            if tx.fetch_optional(ANY, &[]).await?.is_some() {
                return Ok(false);
            }
            tx.execute(REMOVE_KEY, &args![TombstoneKey::NAME]).await?;
        }
        tx.commit().await?;
        Ok(true)
    }

    /// Returns the time at which the tombstone of this address was left, if there is one.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn tombstone_of(&self, email: &Email) -> Result<Option<Timestamp>, StoreError> {
        let Some(tombstones) = &self.tombstones else { return self.without_key().await.map(|()| None) };
        let (address, person) = tombstones.hashes(email);
        let row = self.database.fetch_optional(FIND, &args![address, person]).await?;
        row.map_or(Ok(None), |row| row.maybe_time("created_at"))
    }

    /// Removes the tombstones of this address, so that it can get an account again; says how many there were.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn lift_tombstones(&self, email: &Email) -> Result<u64, StoreError> {
        let mut tx = self.database.begin().await?;
        let lifted = lift(&mut tx, self.tombstones.as_ref(), email).await?;
        tx.commit().await?;
        Ok(lifted)
    }

    /// Returns the number of these addresses that have a tombstone.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn count_erased(&self, emails: &[Email]) -> Result<u64, StoreError> {
        let rows = self.database.fetch_all(ALL, &[]).await?;
        let all = AllTombstones::read(&rows, self.tombstones.as_ref())?;
        Ok(emails.iter().filter(|email| all.has(email)).count() as u64)
    }

    /// Returns the number of tombstones that were left by then.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn count_tombstones(&self, until: Timestamp) -> Result<u64, StoreError> {
        const COUNT: &str = "SELECT COUNT(*) AS tombstones FROM tombstone WHERE created_at <= $1";
        let row = self.database.fetch_optional(COUNT, &args![until]).await?;
        row.map_or(Ok(0), |row| row.count("tombstones"))
    }

    /// Removes the tombstones that were left by then, and says how many they were.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn prune_tombstones(&self, until: Timestamp) -> Result<u64, StoreError> {
        const PRUNE: &str = "DELETE FROM tombstone WHERE created_at <= $1";
        let mut tx = self.database.begin_long().await?;
        let removed = tx.execute(PRUNE, &args![until]).await?;
        tx.commit().await?;
        Ok(removed)
    }

    /// Removes all tombstones and their key, for when the secret key they depend on is lost; says how many there were.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn drop_tombstones(&self) -> Result<u64, StoreError> {
        const DROP: &str = "DELETE FROM tombstone";
        let mut tx = self.database.begin_long().await?;
        tx.execute(REMOVE_KEY, &args![TombstoneKey::NAME]).await?;
        let removed = tx.execute(DROP, &[]).await?;
        tx.commit().await?;
        Ok(removed)
    }

    /// A store without the key cannot recognise tombstones: fails if there are any.
    async fn without_key(&self) -> Result<(), StoreError> {
        match self.database.fetch_optional(ANY, &[]).await? {
            None => Ok(()),
            Some(_) => Err(StoreError::TombstoneKey),
        }
    }
}

impl Tombstones {
    pub(super) fn hashes(&self, email: &Email) -> (String, Option<String>) {
        let tombstone = self.key.tombstone(email);
        (tombstone.address, Some(tombstone.person).filter(|_| self.by_person))
    }
}

impl<'a> AllTombstones<'a> {
    pub(super) async fn load(
        tx: &mut Transaction,
        tombstones: Option<&'a Tombstones>,
    ) -> Result<Self, StoreError> {
        Self::read(&tx.fetch_all(ALL, &[]).await?, tombstones)
    }

    fn read(rows: &[Row], tombstones: Option<&'a Tombstones>) -> Result<Self, StoreError> {
        if tombstones.is_none() && !rows.is_empty() {
            return Err(StoreError::TombstoneKey);
        }
        let mut hashes = HashSet::with_capacity(rows.len() * 2);
        for row in rows {
            hashes.insert(row.value("address")?);
            hashes.insert(row.value("person")?);
        }
        Ok(Self { tombstones, hashes })
    }

    pub(super) fn has(&self, email: &Email) -> bool {
        if self.hashes.is_empty() {
            return false;
        }
        self.tombstones.is_some_and(|tombstones| {
            let (address, person) = tombstones.hashes(email);
            self.hashes.contains(&address) || person.is_some_and(|person| self.hashes.contains(&person))
        })
    }
}

/// Returns whether the address has a tombstone, as this statement sees it.
pub(super) async fn exists(
    tx: &mut Transaction,
    tombstones: Option<&Tombstones>,
    email: &Email,
) -> Result<bool, StoreError> {
    let Some(tombstones) = tombstones else {
        return match tx.fetch_optional(ANY, &[]).await? {
            None => Ok(false),
            Some(_) => Err(StoreError::TombstoneKey),
        };
    };
    let (address, person) = tombstones.hashes(email);
    Ok(tx.fetch_optional(FIND, &args![address, person]).await?.is_some())
}

/// Leaves a tombstone for an address; a new one starts the time of an earlier one again.
pub(super) async fn leave(
    tx: &mut Transaction,
    tombstones: Option<&Tombstones>,
    email: &Email,
    now: Timestamp,
) -> Result<(), StoreError> {
    const LEAVE: &str = "INSERT INTO tombstone (address, person, created_at) VALUES ($1, $2, $3) \
         ON CONFLICT (address) DO UPDATE SET created_at = excluded.created_at, noticed_at = NULL";
    const HOLD: &str = "UPDATE site_key SET name = name WHERE name = $1";
    let Tombstones { key, secret, .. } = tombstones.ok_or(StoreError::TombstoneKey)?;
    // The key must be the one that later lookups use: it stays until this transaction ends.
    tx.execute(HOLD, &args![TombstoneKey::NAME]).await?;
    let row = tx.fetch_optional(FIND_KEY, &args![TombstoneKey::NAME]).await?;
    let sealed = row.map_or(Ok(None), |row| row.text("sealed"))?.map(Sealed::stored);
    let stored = sealed.and_then(|sealed| secret.open_site_key(TombstoneKey::NAME, &sealed).ok());
    let tombstone = key.tombstone(email);
    if stored.is_none_or(|stored| TombstoneKey::new(&stored).tombstone(email) != tombstone) {
        return Err(StoreError::TombstoneKey);
    }
    tx.execute(LEAVE, &args![tombstone.address, tombstone.person, now]).await.map(drop)
}

/// Removes the tombstones of an address.
pub(super) async fn lift(
    tx: &mut Transaction,
    tombstones: Option<&Tombstones>,
    email: &Email,
) -> Result<u64, StoreError> {
    const LIFT: &str = "DELETE FROM tombstone WHERE address = $1 OR person = $2";
    let Some(tombstones) = tombstones else {
        return exists(tx, None, email).await.map(|_| 0);
    };
    let (address, person) = tombstones.hashes(email);
    tx.execute(LIFT, &args![address, person]).await
}

/// Takes the right to mail the owner of the address about its tombstone, no more often than `none_since` allows. An
/// address whose tombstone was lifted since is mailed to all the same.
pub(super) async fn take_notice(
    tx: &mut Transaction,
    tombstones: Option<&Tombstones>,
    email: &Email,
    none_since: Timestamp,
    now: Timestamp,
) -> Result<bool, StoreError> {
    const TAKE: &str = "UPDATE tombstone SET noticed_at = $3 WHERE (address = $1 OR person = $2) \
         AND (noticed_at IS NULL OR noticed_at <= $4)";
    let Some(tombstones) = tombstones else { return Ok(true) };
    let (address, person) = tombstones.hashes(email);
    let taken = tx.execute(TAKE, &args![address.as_str(), person.as_deref(), now, none_since]).await?;
    Ok(taken > 0 || !exists(tx, Some(tombstones), email).await?)
}
