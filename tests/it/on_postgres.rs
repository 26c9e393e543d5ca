//! The suites that show that nothing is lost or doubled, once more with their records in PostgreSQL.

use std::process::Command;

use crate::{
    postgres::{Cluster, Pooler},
    support::database,
};

/// The modules of this binary that run on both databases. All others can, too: see `ACCOUNTCREATOR_TEST_DATABASE`.
const SUITES: [&str; 13] = [
    "account_now",
    "application_refused",
    "doubles",
    "doubt",
    "durability",
    "erasure",
    "namesakes",
    "outages",
    "refusals",
    "renewal",
    "stored_rows",
    "upgrade",
    "workers",
];

/// Those of them that also run through a pooler.
const POOLED_SUITES: [&str; 3] = ["erasure", "namesakes", "workers"];

#[test]
fn the_durability_suites_pass_on_postgres() {
    if !database::is_postgres() && Cluster::shared().is_some() {
        pass(&SUITES, "postgres");
    }
}

#[test]
fn whole_signups_pass_through_a_pooler() {
    if !database::is_postgres() && Pooler::shared().is_some() {
        pass(&POOLED_SUITES, "pooler");
    }
}

/// Starts this binary again, so that the tests are the same and none has to name a database.
fn pass(suites: &[&str], kind: &str) {
    let program = std::env::current_exe().unwrap();
    let mut command = Command::new(program);
    command.args(suites.iter().map(|suite| format!("{suite}::"))).env(database::VARIABLE, kind);
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    for suite in suites {
        assert!(said.contains(&format!("\ntest {suite}::")), "{suite} has no test that ran:\n{said}");
    }
}
