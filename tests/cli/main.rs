//! The program as a whole: arguments in, lines and exit codes out.
#![allow(clippy::unwrap_used, missing_docs)]

mod support;

mod backup;
mod cert;
mod config;
mod doctor;
mod help;
mod man;
mod manifest;
mod migrate;
mod profiles;
mod prune;
mod serve;
mod signups;
mod sockets;
mod texts;
