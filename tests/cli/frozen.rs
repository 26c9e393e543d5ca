//! A process that is frozen, or lost with its host, in the middle of a transaction on PostgreSQL.

use std::{process::Command, time::Duration};

use accountcreator::{
    config::Database,
    domain::{Entropy, LeaseToken, Needs},
    store::{Claim, Store},
};
use sqlx::{Connection, Executor, PgConnection};

use crate::{
    postgres::Cluster,
    signups::{START, insert},
    support::Installation,
};

/// The lease of the test; a frozen process must not hold its rows for much longer.
const LEASE: Duration = Duration::from_secs(3);

#[tokio::test(flavor = "multi_thread")]
async fn the_rows_of_a_frozen_process_are_taken_over_at_the_pace_of_the_lease() {
    let Some(cluster) = Cluster::shared() else { return };
    let installation = Installation::new();
    let url = cluster.fresh_database().await;
    installation.configure(&installation.valid().replace(&installation.database_url(), &url));
    installation.run(&["migrate"]).assert_code(0);
    let store = Store::open(&Database::new(url.clone(), 2)).await.unwrap();
    let id = insert(&store, "st000001@stud.example.edu", "Max").await;

    let mut admin = PgConnection::connect(&url).await.unwrap();
    let mut lock = admin.begin().await.unwrap();
    lock.execute("SELECT id FROM operation FOR UPDATE").await.unwrap();
    let mut process = installation.command(&["restored"]).spawn().unwrap();
    let waits = async {
        let waiting =
            "SELECT pid FROM pg_locks WHERE NOT granted AND transactionid = pg_current_xact_id()::xid";
        while lock.fetch_optional(waiting).await.unwrap().is_none() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), waits).await.expect("it waits for the lock");
    signal(process.id(), "STOP");
    lock.commit().await.unwrap();

    // The statement that waited for the lock runs, and holds the row from then on.
    let tenant = "main".parse().unwrap();
    let claim = async || {
        let lease = LeaseToken::random(&Entropy::system());
        let (now, until) = (START, START.plus(LEASE));
        let claim = Claim { tenant: Some(&tenant), needs: Needs::ALL, limit: 1, lease, now, until };
        store.claim(&claim).await.unwrap()
    };
    assert!(claim().await.is_empty(), "the frozen process holds it");
    let taken_over = async {
        loop {
            if let Some(claimed) = claim().await.pop() {
                return claimed;
            }
        }
    };
    let claimed = tokio::time::timeout(LEASE * 3, taken_over).await;
    signal(process.id(), "KILL");
    process.wait().unwrap();
    let signup = claimed.expect("the row is free again").signup.unwrap();
    assert_eq!((signup.id, signup.in_doubt), (id, false), "what it had not committed is undone");
}

fn signal(process: u32, name: &str) {
    let command = format!("kill -{name} {process}");
    assert!(Command::new("sh").args(["-c", &command]).status().unwrap().success());
}
