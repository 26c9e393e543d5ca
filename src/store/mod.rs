//! The durable record: signups, accounts, operations with their steps, and events, in SQLite or PostgreSQL.
//!
//! Each statement is written once and reads the same in both databases. Constraints decide who owns an
//! address or a name; each write of the worker names the operation, the lease and the step it expects.

mod account;
mod account_now;
mod admin;
mod alert;
mod backup;
mod confirm;
mod database;
mod decline;
mod erase;
mod error;
mod event;
mod failover;
mod import;
mod mail_sent;
mod marker;
mod migrate;
mod names;
mod once;
mod operation;
mod original;
mod outcome;
mod overtaken;
mod place;
mod postgres;
mod process;
mod prune;
mod read;
mod record;
mod reminder;
mod request;
mod reset;
mod rotation;
mod row;
mod site;
mod step;
mod switch;
mod tombstone;
mod undelivered;
mod value;
mod wake;
mod withdraw;
mod writable;
mod writer;

#[cfg(test)]
mod plans;

use std::fmt;

pub use account_now::AccountCheck;
pub use admin::{Plan, Retried};
pub use alert::Untold;
pub use confirm::{Confirmed, NewRound};
pub use erase::{Erasable, Erased, ErasureLease, Remains};
pub use error::StoreError;
pub use import::{ImportedAddresses, KnownAddress};
pub use mail_sent::{CountedMail, MailBudget};
pub use marker::RefusedMarker;
pub use migrate::{AppliedMigration, MigrationState};
pub use names::NameTaken;
pub use operation::{Claim, Lease, PutBack};
pub use original::{OriginalDatabase, OriginalError, OriginalRow};
pub use overtaken::Overtaken;
pub use postgres::TRANSPORT_REMEDY;
pub use process::Process;
pub use prune::{Cutoff, Prunable};
pub use read::{After, Filter};
pub use record::{Claimed, Event, Operation, Signup, Step};
pub use request::{Inserted, NewSignup, PendingConfirmation};
pub use reset::ResetLimits;
pub use rotation::KeyUse;
pub use site::SiteOperation;
pub use step::Effect;
pub use undelivered::SentMail;

use crate::config;
use database::Database;
use failover::FailoverCheck;
use place::Place;
use tombstone::Tombstones;

/// The record. Clones share their connections.
#[derive(Clone)]
pub struct Store {
    database: Database,
    folds_subaddresses: bool,
    /// Absent in a store that takes no addresses, and before [`Store::with_tombstones`].
    tombstones: Option<Tombstones>,
    failover_check: FailoverCheck,
}

impl Store {
    /// Connects; a missing SQLite file is created, readable by its owner alone. The schema is [`Store::migrate`]'s.
    ///
    /// # Errors
    /// [`StoreError::Settings`] or [`StoreError::Unavailable`].
    pub async fn open(config: &config::Database) -> Result<Self, StoreError> {
        match Database::open(config).await {
            Ok(database) => Ok(Self::on(database)),
            Err(error) => Err(Place::new(config).explain(error).await),
        }
    }

    /// Opens an existing database for reading only: nothing is created, not even a file beside the database. `None` if
    /// there is no database file.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub async fn open_to_read(config: &config::Database) -> Result<Option<Self>, StoreError> {
        match Database::open_to_read(config).await {
            Ok(database) => Ok(database.map(Self::on)),
            Err(error) => Err(Place::new(config).explain(error).await),
        }
    }

    fn on(database: Database) -> Self {
        Self {
            database,
            folds_subaddresses: true,
            tombstones: None,
            failover_check: FailoverCheck::default(),
        }
    }

    /// Sets whether sub-addresses (`st1+news@…`) count as the mailbox without them (`st1@…`) when an address is looked
    /// up and taken. They do unless this says otherwise.
    #[must_use]
    pub fn fold_subaddresses(self, fold: bool) -> Self {
        Self { folds_subaddresses: fold, ..self }
    }

    /// Returns whether sub-addresses count as the mailbox without them.
    #[must_use]
    pub const fn folds_subaddresses(&self) -> bool {
        self.folds_subaddresses
    }

    /// Checks that the database answers.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.database.fetch_optional("SELECT 1", &[]).await.map(drop)
    }

    /// Makes later connections log in as this address says, if the database has logins. Open connections stay.
    ///
    /// # Errors
    /// [`StoreError::Settings`].
    pub fn renew_login(&self, config: &config::Database) -> Result<(), StoreError> {
        self.database.renew_login(config)
    }

    /// Ends all connections once their work is done.
    pub async fn close(&self) {
        self.database.close().await;
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.database {
            Database::Sqlite { .. } => "Store(SQLite)",
            Database::Postgres { .. } => "Store(PostgreSQL)",
        })
    }
}
