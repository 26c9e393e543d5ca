//! Tests of readiness for writes, and of the words for its faults.

use std::time::Duration;

use accountcreator::store::{Store, StoreError};

use crate::{postgres::Cluster, support::*};

on_both!(
    a_check_commits_a_write_that_many_share,
    checks_of_many_processes_stay_few_rows,
    a_closed_database_is_told,
    a_table_can_be_made_and_none_is_left,
);

/// The error with its causes, as the log and the commands have it.
fn told(error: &StoreError) -> String {
    let cause = std::error::Error::source(error);
    format!("{error}{}", cause.map(|cause| format!(": {cause}")).unwrap_or_default())
}

async fn written_at(db: &Db) -> Vec<Option<String>> {
    db.raw("SELECT CAST(written_at AS TEXT) FROM write_probe").await
}

async fn a_check_commits_a_write_that_many_share(db: &Db) {
    let mut checks = tokio::task::JoinSet::new();
    for second in [0, 0, 1, 1, 2, 2] {
        let (store, entropy) = (db.store.clone(), db.entropy.clone());
        checks.spawn(async move { store.check_writable(&entropy, later(second)).await.unwrap() });
    }
    checks.join_all().await;
    let first = written_at(db).await;
    assert_eq!(first.len(), 1);
    let from = later(3).plus(Duration::from_secs(2));
    db.store.check_writable(&db.entropy, from).await.unwrap();
    assert_eq!(written_at(db).await, [Some(from.millis().to_string())], "the same row, later");
}

async fn checks_of_many_processes_stay_few_rows(db: &Db) {
    let entropy = accountcreator::domain::Entropy::seeded(1);
    for round in 0..3 {
        let store = Store::open(&db.settings).await.unwrap();
        for second in 0..4 {
            store.check_writable(&entropy, later(round * 100 + second * 10)).await.unwrap();
        }
        store.close().await;
    }
    assert!(written_at(db).await.len() <= 3, "one row for each process at most");
}

async fn a_closed_database_is_told(db: &Db) {
    db.queued("max@uni.edu").await;
    db.store.check_writable(&db.entropy, START).await.unwrap();
    db.store.close().await;
    assert!(db.store.insert_signup(&db.request("erika@uni.edu")).await.is_err());
    assert!(db.store.check_writable(&db.entropy, START).await.is_err(), "at once");
}

async fn a_table_can_be_made_and_none_is_left(db: &Db) {
    db.store.check_migratable().await.unwrap();
    db.store.check_migratable().await.unwrap();
    // The turn at the writer was given back.
    db.queued("max@uni.edu").await;
}

/// A server and a database in it whose role is no superuser.
async fn of_a_role(db: &Db) -> (Store, String) {
    let database = db.url().split_once("localhost/").unwrap().1.split_once('?').unwrap().0;
    let role = format!("role_{database}");
    for statement in [
        format!("CREATE ROLE {role} LOGIN"),
        format!("ALTER DATABASE {database} OWNER TO {role}"),
        format!("GRANT ALL ON SCHEMA public TO {role}"),
    ] {
        db.raw(&statement).await;
    }
    let url = db.url().replace("postgres@", &format!("{role}@"));
    let store = Store::open(&Database::new(url, 2)).await.unwrap();
    store.migrate().await.unwrap();
    (store, role)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_real_write_that_fails_counts_at_once_and_until_a_check_succeeds() {
    let Some(db) = Db::empty_postgres().await else { return };
    let (store, role) = of_a_role(&db).await;
    store.check_writable(&db.entropy, START).await.unwrap();
    db.raw("ALTER TABLE signup OWNER TO postgres").await;
    let error = store.insert_signup(&db.request("max@uni.edu")).await.unwrap_err();
    assert!(told(&error).contains(&format!("user {role} may not do this in the database")), "{error:?}");
    let error = store.check_writable(&db.entropy, later(1)).await.unwrap_err();
    assert!(told(&error).contains("ALTER DATABASE"), "{}", told(&error));
    db.raw(&format!("ALTER TABLE signup OWNER TO {role}")).await;
    store.check_writable(&db.entropy, later(2)).await.unwrap_err();
    store.check_writable(&db.entropy, later(3)).await.unwrap();
    store.insert_signup(&db.request("max@uni.edu")).await.unwrap();
    store.check_writable(&db.entropy, later(3)).await.unwrap();
}

/// A conflict of one transaction with another is no fault of the database.
#[tokio::test(flavor = "multi_thread")]
async fn a_constraint_that_refuses_a_write_does_not_count() {
    let Some(db) = Db::postgres().await else { return };
    db.store.check_writable(&db.entropy, START).await.unwrap();
    let id = db.queued("max@uni.edu").await;
    db.raw("ALTER TABLE signup ADD CONSTRAINT no_erika CHECK (email <> 'erika@uni.edu')").await;
    db.store.insert_signup(&db.request("erika@uni.edu")).await.unwrap_err();
    db.store.check_writable(&db.entropy, START).await.unwrap();
    assert_eq!(db.read(id).await.id, id);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_read_only_is_told_and_so_is_a_standby() {
    let Some(primary) = Cluster::start() else { return };
    let (url, entropy) = (primary.fresh_database().await, accountcreator::domain::Entropy::system());
    let settings = Database::new(url.clone(), 2);
    let store = Store::open(&settings).await.unwrap();
    store.migrate().await.unwrap();
    let standby = primary.standby();
    let of_standby = url.replace(primary.directory(), standby.directory());
    let standby_store = Store::open(&Database::new(of_standby, 2)).await.unwrap();
    assert_eq!(standby_store.pending_migrations().await.unwrap(), [""; 0]);
    let error = standby_store.check_writable(&entropy, START).await.unwrap_err();
    let words = format!("the server {}/.s.PGSQL.5432 is read-only (a standby?)", standby.directory());
    assert!(told(&error).contains(&words), "{}", told(&error));
    assert!(told(&standby_store.check_migratable().await.unwrap_err()).contains(&words));

    store.check_writable(&entropy, START).await.unwrap();
    let db = Db::postgres().await.unwrap();
    let name = db.url().split_once("localhost/").unwrap().1.split_once('?').unwrap().0.to_owned();
    db.raw(&format!("ALTER DATABASE {name} SET default_transaction_read_only = on")).await;
    let read_only = Store::open(&db.settings).await.unwrap();
    let error = read_only.check_writable(&entropy, START).await.unwrap_err();
    assert!(told(&error).contains("is read-only") && told(&error).contains("default_transaction_read_only"));
}

#[tokio::test(flavor = "multi_thread")]
async fn logins_that_are_refused_and_databases_that_are_missing_are_named() {
    let Some(server) = Cluster::start() else { return };
    let db = server.fresh_database().await;
    let open = async |url: String| {
        told(&Store::open(&Database::new(url, 2)).await.expect_err("it cannot be opened"))
    };
    let rules = format!("{}/data/pg_hba.conf", server.directory());
    let before = std::fs::read_to_string(&rules).unwrap();
    let refused = "local all rejected reject\n";
    std::fs::write(&rules, format!("local all locked scram-sha-256\n{refused}{before}")).unwrap();
    let settings = Database::new(db.clone(), 2);
    Store::open(&settings).await.unwrap().close().await;
    sql(&db, "CREATE ROLE locked LOGIN PASSWORD 'right'").await;
    sql(&db, "SELECT pg_reload_conf()").await;
    let socket = format!("{}/.s.PGSQL.5432", server.directory());
    let wrong = open(db.replace("postgres@", "locked:hush@")).await;
    let words = format!("password authentication failed for user locked at {socket}; ");
    assert!(wrong.contains(&words) && !wrong.contains("hush"), "{wrong}");
    let rejected = open(db.replace("postgres@", "rejected:hush@")).await;
    assert!(rejected.contains(&format!("{socket} does not admit user rejected")), "{rejected}");
    let missing = open(server.url("missing")).await;
    assert!(missing.contains(&format!("there is no database missing at {socket}; ")), "{missing}");
}

async fn sql(url: &str, statement: &'static str) {
    use sqlx::{Connection, Executor};
    let mut connection = sqlx::PgConnection::connect(url).await.unwrap();
    connection.execute(statement).await.unwrap();
    connection.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_does_not_run_is_named_and_not_the_pool() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = format!("postgres://ada:hush@127.0.0.1:{port}/accounts?sslmode=disable");
    let error = Store::open(&Database::new(url, 2)).await.err().unwrap();
    let told = told(&error);
    assert!(told.contains(&format!("connection refused at 127.0.0.1:{port}; ")), "{told}");
    assert!(!told.contains("hush") && !told.contains("pool"), "{told}");
}

/// The server goes away while the service runs.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_went_away_is_named_and_not_the_pool() {
    let Some(server) = Cluster::start() else { return };
    let settings = Database::new(server.fresh_database().await, 2);
    let (store, entropy) = (Store::open(&settings).await.unwrap(), accountcreator::domain::Entropy::system());
    store.migrate().await.unwrap();
    store.check_writable(&entropy, START).await.unwrap();
    let socket = format!("{}/.s.PGSQL.5432", server.directory());
    drop(server);
    for second in [3, 6] {
        let error = store.check_writable(&entropy, later(second)).await.unwrap_err();
        let told = told(&error);
        assert!(told.contains(&socket) && !told.contains("pool"), "{told}");
    }
}

#[test]
fn only_sqlite_has_a_file() {
    let file = |url: &str| Database::new(url.to_owned(), 1).file();
    assert_eq!(file("sqlite:///var/lib/x.db").unwrap().to_str(), Some("/var/lib/x.db"));
    assert_eq!(file(" sqlite://x.db?mode=rwc").unwrap().to_str(), Some("x.db"));
    assert_eq!(file("postgres://user:word@host/name"), None);
}
