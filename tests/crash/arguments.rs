//! The arguments: our own, and those that `cargo test` passes on to every test.

use clap::{Parser, ValueEnum};

/// Kills the server under a stream of signups
#[derive(Debug, Parser)]
pub struct Arguments {
    /// How often the server is killed
    #[arg(long, default_value_t = 5, value_name = "N")]
    pub kills: u32,
    /// How many students sign up; five for each kill unless given
    #[arg(long, value_name = "N")]
    students: Option<u32>,
    /// Repeats the choices of a run: who signs up how, and when the server is killed
    #[arg(long, default_value_t = 1, value_name = "S")]
    pub seed: u64,
    /// What the server keeps its record in
    #[arg(long, value_enum, default_value_t = Database::Sqlite)]
    pub database: Database,

    /// Which tests to run: this one is called `crash`
    #[arg(hide = true)]
    filter: Vec<String>,
    #[command(flatten)]
    harness: Harness,
}

/// A kind of database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Database {
    /// A file.
    Sqlite,
    /// A server of the test's own.
    Postgres,
}

/// What cargo's own test harness takes; only the choice of tests means something here.
#[derive(Debug, clap::Args)]
#[allow(clippy::struct_excessive_bools, reason = "these are flags")]
struct Harness {
    #[arg(long, hide = true)]
    list: bool,
    #[arg(long, hide = true)]
    ignored: bool,
    #[arg(long, hide = true)]
    exact: bool,
    #[arg(long, hide = true)]
    include_ignored: bool,
    #[arg(long, hide = true)]
    nocapture: bool,
    #[arg(long, hide = true)]
    show_output: bool,
    #[arg(long, short, hide = true)]
    quiet: bool,
    #[arg(long, hide = true)]
    test_threads: Option<u32>,
    #[arg(long, hide = true)]
    skip: Vec<String>,
    #[arg(long, hide = true)]
    color: Option<String>,
    #[arg(long, hide = true)]
    format: Option<String>,
}

impl Arguments {
    /// Whether this test is among those to run.
    pub fn is_wanted(&self) -> bool {
        let names = |filter: &String| "crash".contains(filter.as_str());
        let chosen = self.filter.is_empty() || self.filter.iter().any(names);
        chosen && !self.harness.skip.iter().any(names) && !self.harness.list && !self.harness.ignored
    }

    /// How many students sign up.
    pub fn students(&self) -> u32 {
        self.students.unwrap_or(self.kills.saturating_mul(5))
    }
}
