//! The record, on SQLite always and on PostgreSQL where it is installed: each test runs on both.
#![allow(clippy::unwrap_used, missing_docs)]

#[macro_use]
mod support;
#[path = "../support/postgres.rs"]
mod postgres;
#[path = "../support/released.rs"]
mod released;
#[path = "../support/skipped.rs"]
mod skipped;

mod account_now;
mod alert;
mod confirm;
mod coverage;
mod erase;
mod failover;
mod import;
mod lease;
mod login;
mod mail_sent;
mod mailbox;
mod network;
mod once;
mod operations;
mod outcome;
mod pooler;
mod process;
mod prune;
mod read;
mod request;
mod requested;
mod reset;
mod schema;
mod setback;
mod switch;
mod tombstone;
mod undelivered;
mod upgrade;
mod wake;
mod writable;
