//! The addresses of the original: which have an account, and what becomes of them.

use std::{collections::HashSet, path::Path};

use anyhow::Context;
use serde::Serialize;

use crate::{
    domain::{Email, Entropy, FormNonce, Requester, SignupId, Timestamp},
    store::{KnownAddress, OriginalDatabase, OriginalRow, Overtaken, Signup, Store, StoreError},
};

/// The number of addresses written in one transaction, so that a running service never waits long for one.
const BATCH: usize = 5000;

/// The numbers of rows that were found, and their outcomes.
#[derive(Default, Serialize)]
pub(super) struct Counts {
    /// Rows that were read.
    pub(super) read: u64,
    /// Addresses that are taken from now on.
    pub(super) imported: u64,
    /// Addresses that belong to a signup already.
    pub(super) already_there: u64,
    /// Addresses whose data were erased here: they stay away.
    pub(super) erased: u64,
    /// Rows for which no account was made.
    pub(super) without_account: u64,
    /// Rows without an address.
    pub(super) without_address: u64,
    /// Rows whose address another one has, perhaps in other letters.
    pub(super) repeated: u64,
    /// The ids of rows whose address cannot be read.
    pub(super) unreadable: Vec<i64>,
    /// Signups of ours that were not finished when the original had made their accounts.
    pub(super) overtaken: Vec<OvertakenLine>,
}

/// Such a signup, and what becomes of it.
#[derive(Serialize)]
pub(super) struct OvertakenLine {
    id: String,
    stage: &'static str,
    principal_name: Option<String>,
    outcome: &'static str,
    #[serde(skip)]
    is: Overtaken,
}

impl OvertakenLine {
    fn of((signup, is): (Signup, Overtaken)) -> Self {
        let name = signup.username.as_ref().map(|username| format!("{username}@{}", signup.domain));
        let outcome = match is {
            Overtaken::Ended => "ended",
            Overtaken::InDoubt => "ended_in_doubt",
            Overtaken::HasUser => "has_user",
            Overtaken::AtWork => "at_work",
        };
        Self { id: signup.id.to_string(), stage: signup.stage.as_str(), principal_name: name, outcome, is }
    }

    const fn is_ended(&self) -> bool {
        matches!(self.is, Overtaken::Ended | Overtaken::InDoubt)
    }

    /// The action that is left to the operator.
    fn to_do(&self) -> Option<String> {
        let (id, name) = (&self.id, self.principal_name.as_deref().unwrap_or("its user"));
        match self.is {
            Overtaken::Ended => None,
            Overtaken::InDoubt => Some(format!(
                "look for {name} in the tenant and remove it if it is signup {id}'s: its user may have been created"
            )),
            Overtaken::HasUser => Some(format!(
                "decide between two accounts: signup {id} has {name}, and the original made another one"
            )),
            Overtaken::AtWork => Some(format!(
                "stop the service and run this again: it is creating an account for signup {id}"
            )),
        }
    }
}

impl Counts {
    /// The number of signups that are ended.
    pub(super) fn ended(&self) -> u64 {
        self.overtaken.iter().filter(|line| line.is_ended()).count() as u64
    }

    /// Returns whether a second account may still be made for an address.
    pub(super) fn is_unsafe(&self) -> bool {
        self.overtaken.iter().any(|line| line.is == Overtaken::AtWork)
    }

    /// The actions that are left to the operator.
    pub(super) fn to_do(&self) -> impl Iterator<Item = String> {
        self.overtaken.iter().filter_map(OvertakenLine::to_do)
    }
}

/// The addresses with an account, each once, and since when they have it.
#[derive(Default)]
pub(super) struct Addresses {
    known: Vec<(Email, Timestamp)>,
    keys: HashSet<String>,
    pub(super) counts: Counts,
}

impl Addresses {
    /// Reads the original's database. A row without a time, or with one that is not past, gets the present time.
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
        let Ok(email) = Email::from_stored(&text) else { return self.counts.unreadable.push(row.id) };
        if self.keys.insert(email.key().to_owned()) {
            let since = row.since.filter(|since| (Timestamp::default()..=now).contains(since));
            self.known.push((email, since.unwrap_or(now)));
        } else {
            self.counts.repeated += 1;
        }
    }

    /// Takes the addresses, so that no one gets a second account for one.
    pub(super) async fn write(
        &mut self,
        store: &Store,
        entropy: &Entropy,
        by: &Requester,
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
            let imported = store.import_addresses(&some, by, now).await?;
            self.counts.imported += imported.new;
            self.counts.erased += imported.erased;
            self.counts.already_there += some.len() as u64 - imported.new - imported.erased;
            self.counts.overtaken.extend(imported.overtaken.into_iter().map(OvertakenLine::of));
        }
        Ok(())
    }

    /// Counts what [`Addresses::write`] would do; without a database all is new.
    pub(super) async fn preview(&mut self, store: Option<&Store>, now: Timestamp) -> Result<(), StoreError> {
        let emails: Vec<_> = self.known.iter().map(|(email, _)| email.clone()).collect();
        if let Some(store) = store {
            let overtaken = store.overtaken_by(&emails, now).await?;
            let has_such_an_address =
                |signup: &Signup| signup.email.as_ref().is_some_and(|email| self.keys.contains(email.key()));
            let let_go = overtaken.iter().filter(|(signup, is)| is.ends() && has_such_an_address(signup));
            self.counts.already_there = store.count_owned(&emails).await? - let_go.count() as u64;
            self.counts.overtaken = overtaken.into_iter().map(OvertakenLine::of).collect();
            self.counts.erased = store.count_erased(&emails).await?;
        }
        self.counts.imported = emails.len() as u64 - self.counts.already_there - self.counts.erased;
        Ok(())
    }
}
