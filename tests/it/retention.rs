//! Retention as an operation of the site: what is past its retention period is removed when it is due, and daily.

use std::time::Duration;

use accountcreator::{
    domain::{Entropy, LeaseToken, Needs},
    store::{Claim, SiteOperation},
};

use crate::support::{
    Setup, Student, TestApp,
    database::{is_postgres, run_sql},
};

const DAY: Duration = Duration::from_hours(24);

async fn confirming() -> TestApp {
    TestApp::with(Setup { signup: "confirm_email = true".to_owned(), ..Setup::default() }).await
}

/// A request that is never confirmed.
async fn unconfirmed(app: &TestApp, number: u32) {
    app.sign_up(&Student::new(number, "Ada", "Lovelace")).await;
    app.work().await;
}

/// A request whose code has expired for longer than `privacy.keep_unconfirmed`, and retention that is due.
async fn due(app: &TestApp) {
    unconfirmed(app, 1).await;
    app.advance(DAY * 20);
    app.store.hasten_site(SiteOperation::Retention, app.clock.now()).await.unwrap();
}

async fn signups(app: &TestApp) -> usize {
    app.all_signups().await.len()
}

#[tokio::test]
async fn it_is_applied_when_due_and_then_daily() {
    let app = confirming().await;
    due(&app).await;
    unconfirmed(&app, 2).await;
    assert_eq!(signups(&app).await, 1, "the old one is gone");
    app.advance(DAY * 20);
    app.work().await;
    assert_eq!(signups(&app).await, 0);
}

#[tokio::test]
async fn a_start_makes_it_due_before_the_day_is_over() {
    let app = confirming().await;
    app.store.hasten_site(SiteOperation::Retention, app.clock.now()).await.unwrap();
    app.work().await;
    unconfirmed(&app, 1).await;
    let next = app.store.next_due().await.unwrap().unwrap();
    assert_eq!(next.since(app.clock.now()), DAY);
    app.store.hasten_site(SiteOperation::Retention, app.clock.now()).await.unwrap();
    assert_eq!(app.store.next_due().await.unwrap(), Some(app.clock.now()));
}

#[tokio::test]
async fn a_failure_is_tried_again_in_an_hour() {
    if is_postgres() {
        return;
    }
    let app = confirming().await;
    due(&app).await;
    let refuse = "CREATE TRIGGER refuse BEFORE DELETE ON signup BEGIN SELECT RAISE(ABORT, 'refused'); END";
    run_sql(app.database_url(), refuse).await;
    app.work().await;
    assert_eq!(signups(&app).await, 1);
    run_sql(app.database_url(), "DROP TRIGGER refuse").await;
    app.advance(Duration::from_mins(59));
    app.work().await;
    assert_eq!(signups(&app).await, 1, "not sooner");
    app.advance(Duration::from_mins(1));
    app.work().await;
    assert_eq!(signups(&app).await, 0);
}

/// Another worker applies it when the lease of the one that died has ended.
#[tokio::test]
async fn a_worker_that_dies_leaves_it_due() {
    let app = confirming().await;
    due(&app).await;
    let (lease, now) = (LeaseToken::random(&Entropy::system()), app.clock.now());
    let until = now.plus(Duration::from_mins(2));
    let claim = Claim { tenant: None, needs: &[Needs::Nothing], limit: 1, lease, now, until };
    assert_eq!(app.store.claim(&claim).await.unwrap().len(), 1);
    app.work().await;
    assert_eq!(signups(&app).await, 1, "a worker has it");
    app.advance(Duration::from_mins(2));
    app.work().await;
    assert_eq!(signups(&app).await, 0);
}
