//! What the tests with the real binary and the benchmarks share: the real binary as processes, a student's
//! browser, and a view of the simulated tenant from outside. Each uses what it needs of it.
#![allow(dead_code)]

pub mod browser;
#[cfg(unix)]
pub mod dovecot;
pub mod harness;
pub mod place;
pub mod policy;
#[cfg(unix)]
pub mod postfix;
pub mod process;
pub mod settings;
pub mod slow;
pub mod tenant;
pub mod wait;
