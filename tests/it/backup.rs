//! A backup made at work is whole, and a service on it goes on where it was made.

use accountcreator::domain::{Email, Stage};

use crate::support::{Student, TestApp};

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_made_under_load_is_whole_and_served_it_goes_on() {
    let app = TestApp::start().await;
    let students: Vec<Student> = (0..45).map(|number| Student::new(number, "Ada", "Lovelace")).collect();
    let [done, waiting, coming] = [0, 1, 2].map(|third| &students[third * 15..][..15]);
    for student in done {
        app.sign_up(student).await;
    }
    app.settle().await;
    for student in waiting {
        app.sign_up(student).await;
    }
    let arriving = async {
        for student in coming {
            app.sign_up(student).await;
        }
    };
    let file = app.directory().join("restored.db");
    let (_, (), copied) = tokio::join!(app.work(), arriving, app.store.backup(&file));
    copied.unwrap();

    // The first machine is lost, with what it has done since.
    let restored = app.on_database("restored.db").await;
    for student in done {
        assert_eq!(restored.signup_of(student).await, app.signup_of(student).await);
        let id = app.signup_of(student).await.id;
        assert_eq!(restored.store.events(id).await.unwrap(), app.store.events(id).await.unwrap());
        assert_eq!(restored.store.steps(id).await.unwrap(), app.store.steps(id).await.unwrap());
    }
    assert!(restored.stages().await.iter().any(|stage| *stage != Stage::Done), "some wait in the copy");
    restored.settle().await;
    for student in done.iter().chain(waiting) {
        restored.assert_one_account(student);
        assert_eq!(restored.signup_of(student).await.stage, Stage::Done);
    }
    for student in coming {
        let email = Email::parse(&student.email).unwrap();
        if restored.store.signup_by_email(&email).await.unwrap().is_some() {
            restored.assert_one_account(student);
        }
    }
}
