//! Looking at the database for a diagnosis.

use accountcreator::store::Settings;

use crate::support::*;

on_both!(a_database_that_can_be_written_is_told_and_left_as_it_is,);

async fn a_database_that_can_be_written_is_told_and_left_as_it_is(db: &Db) {
    let id = db.queued("max@uni.edu").await;
    let before = db.read(id).await.updated_at;
    db.store.check_writable().await.unwrap();
    assert_eq!(db.read(id).await.updated_at, before);
    // The turn at the writer was given back.
    db.queued("erika@uni.edu").await;
    db.store.close().await;
    assert!(db.store.check_writable().await.is_err());
}

#[test]
fn only_sqlite_has_a_file() {
    let file = |url: &str| Settings { url: url.to_owned(), max_connections: 1 }.file();
    assert_eq!(file("sqlite:///var/lib/x.db").unwrap().to_str(), Some("/var/lib/x.db"));
    assert_eq!(file(" sqlite://x.db?mode=rwc").unwrap().to_str(), Some("x.db"));
    assert_eq!(file("postgres://user:word@host/name"), None);
}
