//! The program as a whole: arguments in, lines and exit codes out.
#![allow(clippy::unwrap_used, missing_docs)]

#[path = "../it/support/browser.rs"]
#[allow(dead_code, reason = "visitors of other tests do more")]
mod browser;
#[path = "../support/postgres.rs"]
mod postgres;
#[path = "../support/skipped.rs"]
mod skipped;
mod support;

mod backup;
mod cert;
mod config;
mod doctor;
mod erase;
mod exchange;
mod frozen;
mod help;
mod import;
mod man;
mod manifest;
mod migrate;
mod operated;
mod profiles;
mod prune;
mod routes;
mod sandbox;
mod serve;
mod setup;
mod signups;
mod sockets;
mod texts;
mod unwritable;
