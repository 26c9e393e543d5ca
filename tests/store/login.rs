//! A login at the database that changes while the service runs.

use accountcreator::{config::Database, domain::Timestamp};

use crate::support::Db;

#[tokio::test(flavor = "multi_thread")]
async fn connections_to_come_log_in_anew() {
    let Some(db) = Db::postgres().await else { return };
    db.raw("CREATE ROLE renewed LOGIN SUPERUSER").await;
    let url = db.url().replacen("postgres@", "renewed@", 1);
    assert_ne!(url, db.url());
    db.store.ping().await.unwrap();
    db.store.renew_login(&Database { url: url.into(), ..db.settings.clone() }).unwrap();
    let ours =
        "FROM pg_stat_activity WHERE application_name = 'accountcreator' AND datname = current_database()";
    assert_eq!(db.raw(&format!("SELECT DISTINCT usename::text {ours}")).await, [Some("postgres".to_owned())]);
    db.raw(&format!("SELECT pg_terminate_backend(pid)::text {ours}")).await;
    db.store.ping().await.unwrap();
    assert_eq!(db.raw(&format!("SELECT DISTINCT usename::text {ours}")).await, [Some("renewed".to_owned())]);
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_name_the_login_of_now() {
    let Some(db) = Db::postgres().await else { return };
    let url = db.url().replacen("postgres@", "absent@", 1);
    db.store.renew_login(&Database { url: url.into(), ..db.settings.clone() }).unwrap();
    db.raw(
        "SELECT pg_terminate_backend(pid)::text FROM pg_stat_activity \
         WHERE application_name = 'accountcreator' AND datname = current_database()",
    )
    .await;
    let error = db.store.check_writable(&db.entropy, Timestamp::from_millis(0)).await.unwrap_err();
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert!(cause.contains("user absent"), "{cause}");
}
