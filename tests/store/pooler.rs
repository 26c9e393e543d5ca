//! PgBouncer in transaction mode: each transaction may have another server connection.

use std::process::Command;

use crate::{postgres::Pooler, support::POOLED};

/// Starts this binary again, so that the tests are the same.
#[test]
fn everything_works_through_a_pooler() {
    if std::env::var_os(POOLED).is_some() || Pooler::shared().is_none() {
        return;
    }
    let mut command = Command::new(std::env::current_exe().unwrap());
    let output = command.args(["postgres", "failover::"]).env(POOLED, "1").output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    for test in [
        "schema::many_migrate_one_applies_on_postgres",
        "lease::postgres::sixteen_workers_take_every_job_once",
        "failover::many_notice_a_failover_and_one_acts_before_anything_is_claimed",
    ] {
        assert!(said.contains(&format!("\ntest {test} ... ok")), "{test} did not run:\n{said}");
    }
}
