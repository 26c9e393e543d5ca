//! Databases that lack the last writes: the tenant knows more than the record, and nobody gets a second account.

use std::{fs, os::unix::fs::symlink, path::Path, time::Duration};

use accountcreator::{
    domain::{Attention, Stage},
    sandbox::{Fault, Operation},
};
use rstest::rstest;
use serde_json::json;

use crate::{
    doubt::{Marker, existing},
    postgres::Cluster,
    support::{
        Setup, Student, TestApp,
        database::{self, file_url},
    },
};

const PLAIN: &str = "ada.lovelace@students.example.edu";
const NUMBERED: &str = "ada.lovelace.2@students.example.edu";
const RESTORED: &str = "restored.db";
const HALF_A_DAY: Duration = Duration::from_hours(12);

fn ada() -> Student {
    Student::new(1, "Ada", "Lovelace")
}

/// A tenant in which Ada's account will get a number.
fn setup(marker: Marker) -> Setup {
    let mut setup = marker.setup();
    setup.tenant.users = vec![existing("ada.lovelace")];
    setup
}

/// The namesake gives the plain name away, which is the one in a record that lacks the last writes.
fn free_the_plain_name(app: &TestApp) {
    assert!(app.sandbox.change_user(PLAIN, "userPrincipalName", json!("a.king@students.example.edu")));
}

/// The account was created under another name than the restored record says, and that name is free by now.
#[rstest]
#[tokio::test]
async fn a_restored_record_finds_its_user_whatever_fails_first(
    #[values(Marker::InPost, Marker::InEmployeeId, Marker::Afterwards)] marker: Marker,
    #[values(Operation::GetUser, Operation::ListUsers)] failing: Operation,
) {
    if database::is_postgres() {
        return; // PostgreSQL is backed up by its own tools.
    }
    let app = TestApp::with(setup(marker)).await;
    app.sign_up(&ada()).await;
    app.store.backup(&app.directory().join(RESTORED)).await.unwrap();
    app.settle().await;
    assert_eq!(app.assert_one_account(&ada()).user_principal_name, NUMBERED);
    free_the_plain_name(&app);

    app.fault(failing, [Fault::status(503).times(2)]);
    let restored = app.on_database(&file_url(app.directory(), RESTORED)).await;
    restored.settle_within(HALF_A_DAY).await;
    restored.assert_one_account(&ada());
    assert_eq!(restored.users().len(), 2);
}

/// The process ended between the POST and the PATCH that marks the user, and what the tenant refuses is not on record.
#[tokio::test]
async fn a_restored_record_waits_for_a_user_without_marker() {
    if database::is_postgres() {
        return; // PostgreSQL is backed up by its own tools.
    }
    let app = TestApp::with(setup(Marker::Afterwards)).await;
    app.sign_up(&ada()).await;
    app.store.backup(&app.directory().join(RESTORED)).await.unwrap();
    app.fault(Operation::UpdateUser, [Fault::status(503)]);
    app.work().await;
    assert_eq!(app.users().len(), 2);
    app.no_faults();
    free_the_plain_name(&app);

    let restored = app.on_database(&file_url(app.directory(), RESTORED)).await;
    restored.settle_within(HALF_A_DAY).await;
    assert_eq!(restored.attention(&ada()).await, Some(Attention::NameInDoubt));
    assert_eq!(restored.users().len(), 2);

    let marker =
        json!({ "extensionAttribute15": format!("accountcreator:{}", restored.signup_of(&ada()).await.id) });
    assert!(restored.sandbox.change_user(NUMBERED, "onPremisesExtensionAttributes", marker));
    restored.retry(&ada()).await;
    restored.settle_within(HALF_A_DAY).await;
    restored.assert_one_account(&ada());
    assert_eq!(restored.users().len(), 2);
}

/// A folder by whose name clients find the server of the moment.
fn point_to(link: &Path, server: &Cluster) {
    _ = fs::remove_file(link);
    symlink(server.directory(), link).unwrap();
}

/// The primary is lost after the accounts were made, and the standby that is promoted knows of none. The processes go on
/// with it, or end with the primary.
#[rstest]
#[tokio::test]
async fn a_promoted_standby_that_lacks_the_last_writes_doubles_nobody(#[values(false, true)] restarts: bool) {
    let Some(primary) = Cluster::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("server");
    point_to(&link, &primary);
    let mut apps = Vec::new();
    for marker in [Marker::InPost, Marker::InEmployeeId, Marker::Afterwards] {
        let database = primary.fresh_database().await.replace(primary.directory(), link.to_str().unwrap());
        let app = TestApp::with(setup(marker)).await.on_database(&database).await;
        app.work().await;
        app.sign_up(&ada()).await;
        apps.push(app);
    }
    let standby = primary.standby();
    for app in &apps {
        app.work().await;
        assert_eq!(app.assert_one_account(&ada()).user_principal_name, NUMBERED);
    }

    drop(primary);
    standby.promote().await;
    point_to(&link, &standby);
    for mut app in apps {
        free_the_plain_name(&app);
        if restarts {
            app = app.restart().await;
        }
        assert_eq!(app.stages().await, [Stage::Queued]);
        app.settle_within(HALF_A_DAY).await;
        app.assert_one_account(&ada());
        assert_eq!(app.users().len(), 2);

        let next = Student::new(2, "Grace", "Hopper");
        app.sandbox.clear_requests();
        app.sign_up(&next).await;
        app.work().await;
        app.assert_one_account(&next);
        assert!(!app.graph_requests().contains(&Operation::GetUser), "later signups are not in doubt");
    }
}
