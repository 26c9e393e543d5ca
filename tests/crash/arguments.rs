//! The arguments: our own, and those that `cargo test` passes on to every test.

use clap::{Parser, ValueEnum};

use crate::rig::harness::Harness;

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

    /// Where the tenant takes the marker of a new user
    #[arg(long, value_enum, default_value_t = Marker::InPost)]
    pub marker: Marker,

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

/// Where a tenant takes the marker of a new user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Marker {
    /// In the extension attribute, at once.
    InPost,
    /// In the employee id.
    EmployeeId,
    /// In the extension attribute, but only afterwards.
    Afterwards,
}

impl Marker {
    /// The arguments of a sandbox that is such a tenant.
    pub fn refused_at_creation(self) -> Vec<&'static str> {
        const FLAG: &str = "--refuse-at-creation";
        match self {
            Self::InPost => Vec::new(),
            Self::EmployeeId => vec![FLAG, "onPremisesExtensionAttributes"],
            Self::Afterwards => vec![FLAG, "onPremisesExtensionAttributes", FLAG, "employeeId"],
        }
    }
}

impl Arguments {
    /// Whether this test, which is called `crash`, is among those to run.
    pub fn is_wanted(&self) -> bool {
        self.harness.wants("crash")
    }

    /// How many students sign up.
    pub fn students(&self) -> u32 {
        self.students.unwrap_or(self.kills.saturating_mul(5))
    }
}
