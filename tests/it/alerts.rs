//! Mails to admins: collected, limited, and told once, however many processes there are and however often they start.

use std::time::Duration;

use accountcreator::{
    domain::Requester,
    sandbox::{Fault, Mail, Operation, Tenant},
};
use rcgen::{CertificateParams, KeyPair, PKCS_RSA_SHA256, RsaKeySize};

use crate::{
    erasure::{eraser, order},
    support::{Log, Setup, Student, TestApp},
};

const ADMIN: &str = "it@example.edu";
const MINUTE: Duration = Duration::from_mins(1);
const HOUR: Duration = Duration::from_hours(1);

const ALERTS: &str = "[alerts]\nto = [\"it@example.edu\"]\n";

async fn alerting(sections: &str) -> TestApp {
    TestApp::with(Setup { sections: format!("{ALERTS}{sections}"), ..Setup::default() }).await
}

/// A tenant in which no signup gets anywhere.
async fn forbidding() -> TestApp {
    let granted = vec!["User.ReadWrite.All".to_owned()];
    let tenant = Tenant { granted, ..Tenant::default() };
    TestApp::with(Setup { sections: ALERTS.to_owned(), tenant, ..Setup::default() }).await
}

/// Somebody whose signup needs a person by the end.
async fn stuck(app: &TestApp, number: u32) -> (Student, String) {
    let student = Student::new(number, "Ada", &format!("Stuck{}", ["", "a", "b", "c", "d"][number as usize]));
    app.sign_up(&student).await;
    app.settle().await;
    let signup = app.signup_of(&student).await;
    assert!(signup.attention.is_some());
    (student, signup.id.to_string())
}

/// What admins have been mailed since the last time.
fn told(app: &TestApp) -> Vec<Mail> {
    let mails = app.sandbox.mails_to(ADMIN);
    app.sandbox.clear_mails();
    mails
}

#[tokio::test]
async fn signups_that_need_a_person_are_told_together_and_by_their_ids_alone() {
    let (log, app) = (Log::capture(), forbidding().await);
    app.look().await;
    assert!(told(&app).is_empty(), "there is nothing to tell");
    let (ada, first) = stuck(&app, 1).await;
    let (_, second) = stuck(&app, 2).await;
    app.look().await;
    let mails = told(&app);
    assert_eq!(mails.len(), 1);
    let mail = &mails[0];
    assert_eq!(mail.subject, "2 signups need attention – Example University");
    for part in
        [&first, &second, "forbidden", "accountcreator signups show ID", "accountcreator signups retry --all"]
    {
        assert!(mail.text.contains(part), "{part} in {}", mail.text);
    }
    for personal in [ada.email.as_str(), "Ada", "Stuck"] {
        assert!(!mail.raw.contains(personal), "{personal} in {}", mail.raw);
    }
    log.assert_without(&[ADMIN]);
}

#[tokio::test]
async fn nothing_is_told_twice_nor_more_often_than_configured() {
    let app = forbidding().await;
    let (student, _) = stuck(&app, 1).await;
    app.look().await;
    assert_eq!(told(&app).len(), 1);
    let (_, second) = stuck(&app, 2).await;
    // The limit outlives the process.
    let app = app.restart().await;
    app.look().await;
    assert!(told(&app).is_empty(), "the hour is not over");
    let (_, third) = stuck(&app, 3).await;
    app.advance(HOUR);
    let other = app.another().await;
    tokio::join!(app.look(), other.look());
    let mails = told(&app);
    assert_eq!(mails.len(), 1, "of two processes one tells");
    assert_eq!(mails[0].subject, "2 signups need attention – Example University");
    assert!(mails[0].text.contains(&second) && mails[0].text.contains(&third), "{}", mails[0].text);
    app.advance(HOUR * 2);
    app.look().await;
    assert!(told(&app).is_empty(), "all of it has been told");
    app.retry(&student).await;
    app.settle().await;
    app.look().await;
    assert_eq!(told(&app)[0].subject, "One signup needs attention – Example University", "it is stuck anew");
}

/// Between the limit's two mails one signup is carried out, and a person is erased.
#[tokio::test]
async fn what_has_ended_meanwhile_is_not_told() {
    let app = alerting("").await;
    let message = "The directory object quota limit for the Tenant has been exceeded.";
    let full = || Fault::status(403).saying("Directory_QuotaExceeded", message);
    app.fault(Operation::CreateUser, [full()]);
    stuck(&app, 0).await;
    app.look().await;
    assert_eq!(told(&app).len(), 1);
    let (done, _) = stuck(&app, 1).await;
    let (erased, _) = stuck(&app, 2).await;
    let (_, third) = stuck(&app, 3).await;
    app.no_faults();
    app.retry(&done).await;
    app.settle().await;
    eraser(&app).await.erase(&order(&erased), &Requester::OPERATOR).await.unwrap();
    app.sandbox.clear_mails();
    app.advance(HOUR);
    app.look().await;
    let mails = told(&app);
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].subject, "One signup needs attention – Example University");
    assert!(mails[0].text.contains(&third), "{}", mails[0].text);
}

#[tokio::test]
async fn what_could_not_be_sent_is_tried_again() {
    let (log, app) = (Log::capture(), forbidding().await);
    stuck(&app, 1).await;
    app.fault(Operation::SmtpData, [Fault::status(451)]);
    app.look().await;
    app.no_faults();
    assert!(told(&app).is_empty());
    assert!(log.text().contains("admins could not be told by mail"), "{}", log.text());
    app.advance(MINUTE);
    app.look().await;
    assert!(told(&app).is_empty(), "not at once");
    app.advance(MINUTE * 5);
    app.restart().await.look().await;
    assert_eq!(log.text().matches("admins were told by mail").count(), 1);
}

#[tokio::test]
async fn nobody_is_told_where_nobody_is_named() {
    let tenant = Tenant { granted: vec!["User.ReadWrite.All".to_owned()], ..Tenant::default() };
    let app = TestApp::with(Setup { tenant, ..Setup::default() }).await;
    stuck(&app, 1).await;
    app.look().await;
    assert!(app.sandbox.mails().is_empty());
}

#[tokio::test]
async fn mails_are_in_the_language_of_the_admins() {
    let tenant = Tenant { granted: vec!["User.ReadWrite.All".to_owned()], ..Tenant::default() };
    let sections = format!("{ALERTS}language = \"de\"\n");
    let app = TestApp::with(Setup { sections, tenant, ..Setup::default() }).await;
    stuck(&app, 1).await;
    app.look().await;
    assert_eq!(told(&app)[0].subject, "Eine Anfrage braucht Hilfe – Example University");
}

/// In place of the certificate that the service has, one that ends within these days.
fn write_certificate(app: &TestApp, days: u64) {
    let pair = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048).unwrap();
    let mut params = CertificateParams::default();
    let now = app.clock.now().since(accountcreator::domain::Timestamp::default());
    let end = now + Duration::from_hours(24 * days + 1);
    params.not_after = rcgen::date_time_ymd(1970, 1, 1) + end;
    let certificate = params.self_signed(&pair).unwrap().pem();
    std::fs::write(app.directory().join("key.pem"), pair.serialize_pem()).unwrap();
    std::fs::write(app.directory().join("certificate.pem"), certificate).unwrap();
}

#[tokio::test]
async fn a_certificate_is_told_of_30_and_7_days_ahead_and_when_it_has_ended() {
    const DAY: Duration = Duration::from_hours(24);
    let (log, app) = (Log::capture(), alerting("").await);
    write_certificate(&app, 31);
    let app = app.restart().await;
    let mut told_on = Vec::new();
    for day in 0..40 {
        app.look().await;
        app.look().await;
        for mail in told(&app) {
            assert_eq!(mail.subject, "A certificate needs to be renewed – Example University");
            assert!(mail.text.contains("accountcreator cert rotate"), "{}", mail.text);
            told_on.push((day, mail.text.contains(" expired on ")));
        }
        app.advance(DAY);
    }
    assert_eq!(told_on, [(2, false), (25, false), (32, true)]);
    assert_eq!(log.text().matches("a certificate ends soon").count(), 30, "daily");
    assert_eq!(log.text().matches("a certificate has ended").count(), 8);
}

/// Once per outage, whatever the process; the next outage is told again.
#[tokio::test]
async fn a_tenant_that_refuses_the_application_is_told_of_once_per_outage() {
    let app = alerting("").await;
    let (one, two) = (Student::new(1, "Ada", "Lovelace"), Student::new(2, "Eve", "Adams"));
    app.sign_up(&one).await;
    app.fault(Operation::Token, [Fault::aadsts(700_016)]);
    app.live_through(MINUTE).await;
    app.look().await;
    let mails = told(&app);
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].subject, "Microsoft refuses the application – Example University");
    for part in ["main", "AADSTS700016", "client_id", "accountcreator doctor"] {
        assert!(mails[0].text.contains(part), "{part} in {}", mails[0].text);
    }
    let app = app.restart().await;
    for _ in 0..3 {
        app.live_through(HOUR).await;
        app.look().await;
        assert!(told(&app).is_empty(), "it is the same outage");
    }
    app.no_faults();
    app.settle().await;
    app.assert_accounts(&[one]).await;
    app.look().await;
    told(&app);
    app.sign_up(&two).await;
    app.fault(Operation::CreateUser, [Fault::status(403)]);
    app.live_through(MINUTE).await;
    app.look().await;
    let mails = told(&app);
    assert_eq!(mails.len(), 1);
    assert!(mails[0].text.contains("Authorization_RequestDenied"), "{}", mails[0].text);
    assert!(mails[0].text.contains("User.ReadWrite.All"), "{}", mails[0].text);
}
