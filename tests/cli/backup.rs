//! `backup`: a file of its owner's, that can be put in place of the database.

use std::{fs, os::unix::fs::PermissionsExt};

use crate::support::Installation;

#[test]
fn the_copy_can_be_put_in_place_of_the_database() {
    let installation = Installation::migrated();
    let ran = installation.run(&["backup", "copy.db"]);
    ran.assert_code(0);
    let copy = installation.path("copy.db");
    let about = fs::metadata(&copy).unwrap();
    assert_eq!(ran.out, format!("wrote copy.db ({} bytes)\n", about.len()));
    assert_eq!(about.permissions().mode() & 0o777, 0o600);
    fs::remove_file(installation.path("accounts.db")).unwrap();
    fs::rename(copy, installation.path("accounts.db")).unwrap();
    assert_eq!(installation.run(&["migrate", "--dry-run"]).out, "the database is up to date\n");
    assert_eq!(installation.run(&["signups", "list"]).out, "no signups\n");
    let hidden = fs::read_dir(installation.path("")).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(hidden.into_iter().all(|name| !name.to_str().unwrap().starts_with('.')), "nothing else is left");
}

#[test]
fn what_cannot_be_copied_says_why_and_nothing_is_replaced() {
    let installation = Installation::new();
    let nothing = installation.run(&["backup", "copy.db"]);
    nothing.assert_code(1);
    assert!(nothing.err.contains("there is no database yet"), "{}", nothing.err);
    assert!(!installation.path("copy.db").exists() && !installation.path("accounts.db").exists());

    installation.run(&["migrate"]).assert_code(0);
    fs::write(installation.path("copy.db"), "something else").unwrap();
    let taken = installation.run(&["backup", "copy.db"]);
    taken.assert_code(1);
    assert!(taken.err.contains("copy.db exists"), "{}", taken.err);
    assert_eq!(fs::read(installation.path("copy.db")).unwrap(), b"something else");
    let nowhere = installation.run(&["backup", "nowhere/copy.db"]);
    nowhere.assert_code(1);
    assert!(nowhere.err.contains("nothing can be written into nowhere"), "{}", nowhere.err);

    let postgres =
        installation.valid().replace(&installation.database_url(), "postgres://user@127.0.0.1:9/name");
    installation.configure(&postgres);
    let elsewhere = installation.run(&["backup", "other.db"]);
    elsewhere.assert_code(1);
    assert!(elsewhere.err.contains("use pg_dump"), "{}", elsewhere.err);
}

#[test]
fn a_database_restored_otherwise_is_told_so() {
    let installation = Installation::migrated();
    let ran = installation.run(&["restored"]);
    ran.assert_code(0);
    assert_eq!(ran.out, "no signup waits in the queue; the database can be served\n");
}
