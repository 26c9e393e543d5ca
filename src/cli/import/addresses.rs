//! The addresses of the original: which have an account, and what becomes of them.

use std::{collections::HashSet, path::Path};

use anyhow::Context;
use serde::Serialize;

use crate::{
    domain::{Email, Entropy, FormNonce, SignupId, Timestamp},
    store::{KnownAddress, OriginalDatabase, OriginalRow, Store, StoreError},
};

/// As many as are written in one transaction, so that a running service waits for none for long.
const BATCH: usize = 5000;

/// What was found, and what came of it.
#[derive(Default, Serialize)]
pub(super) struct Counts {
    /// Rows that were read.
    pub(super) read: u64,
    /// Addresses that are taken from now on.
    pub(super) imported: u64,
    /// Addresses that belong to a signup already.
    pub(super) already_there: u64,
    /// Rows for which no account was made.
    pub(super) without_account: u64,
    /// Rows without an address.
    pub(super) without_address: u64,
    /// Rows whose address another one has, perhaps in other letters.
    pub(super) repeated: u64,
    /// The ids of rows whose address cannot be read.
    pub(super) unreadable: Vec<i64>,
}

/// The addresses with an account, each once, and since when they have it.
#[derive(Default)]
pub(super) struct Addresses {
    known: Vec<(Email, Timestamp)>,
    keys: HashSet<String>,
    pub(super) counts: Counts,
}

impl Addresses {
    /// Reads the original's database. What has no time, or one that is not past, is from now.
    pub(super) async fn read(file: &Path, now: Timestamp) -> anyhow::Result<Self> {
        let cannot = || format!("cannot import {}", file.display());
        let mut original = OriginalDatabase::open(file).await.with_context(cannot)?;
        let (mut addresses, mut last) = (Self::default(), i64::MIN);
        loop {
            let rows = original.rows_after(last).await.with_context(cannot)?;
            let Some(row) = rows.last() else { return Ok(addresses) };
            last = row.id;
            rows.into_iter().for_each(|row| addresses.add(row, now));
        }
    }

    fn add(&mut self, row: OriginalRow, now: Timestamp) {
        self.counts.read += 1;
        if !row.has_account {
            self.counts.without_account += 1;
            return;
        }
        let Some(text) = row.email.filter(|text| !text.trim().is_empty()) else {
            self.counts.without_address += 1;
            return;
        };
        let Ok(email) = Email::parse(&text) else { return self.counts.unreadable.push(row.id) };
        if self.keys.insert(email.key().to_owned()) {
            let since = row.since.filter(|since| (Timestamp::default()..=now).contains(since));
            self.known.push((email, since.unwrap_or(now)));
        } else {
            self.counts.repeated += 1;
        }
    }

    /// Takes the addresses, so that nobody gets a second account for one.
    pub(super) async fn write(
        &mut self,
        store: &Store,
        entropy: &Entropy,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        for some in self.known.chunks(BATCH) {
            let known = |(email, since): &(Email, Timestamp)| KnownAddress {
                id: SignupId::random(entropy),
                form: FormNonce::random(entropy),
                email: email.clone(),
                since: *since,
            };
            let some: Vec<_> = some.iter().map(known).collect();
            let imported = store.import_addresses(&some, now).await?;
            self.counts.imported += imported;
            self.counts.already_there += some.len() as u64 - imported;
        }
        Ok(())
    }

    /// Counts what [`Addresses::write`] would do; without a database all is new.
    pub(super) async fn preview(&mut self, store: Option<&Store>) -> Result<(), StoreError> {
        let emails: Vec<_> = self.known.iter().map(|(email, _)| email.clone()).collect();
        if let Some(store) = store {
            self.counts.already_there = store.count_owned(&emails).await?;
        }
        self.counts.imported = emails.len() as u64 - self.counts.already_there;
        Ok(())
    }
}
