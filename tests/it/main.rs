//! The whole service through its own doors: pages over HTTP, a simulated tenant over HTTP, mails over SMTP.
#![allow(clippy::unwrap_used, missing_docs)]

#[path = "../support/postgres.rs"]
mod postgres;
#[path = "../support/released.rs"]
mod released;
#[path = "../support/skipped.rs"]
mod skipped;
mod support;

mod account_now;
mod accounts;
mod alerts;
mod api_hostile;
mod api_v1;
mod api_v2;
mod application_refused;
mod backup;
mod bots;
mod certificates;
mod confirmation;
mod doubles;
mod doubt;
mod durability;
mod erasure;
mod failover;
mod health;
mod hostile_input;
mod import;
mod limits;
mod mail_ways;
mod mails;
mod metrics;
mod names;
mod namesakes;
mod on_postgres;
mod outages;
mod privacy;
mod refusals;
mod reload;
mod renewal;
mod retention;
mod rotation;
mod seats;
mod stored_rows;
mod switch;
mod undelivered;
mod upgrade;
mod waiting;
mod workers;
