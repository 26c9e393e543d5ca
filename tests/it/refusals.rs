//! What no retry can mend needs a person, who is told what to do; done, the signup goes on to its one account.

use std::time::Duration;

use accountcreator::{
    domain::{Attention, Stage},
    sandbox::{Fault, FaultKind, Group, GroupKind, Operation, STUDENT_SKU, Tenant},
    signup::Kept,
};
use rstest::rstest;

use crate::support::{Browser, Setup, Student, TestApp, group};

const ABSENT: &str = "0f0f0f0f-0000-4000-8000-000000000099";

fn student() -> Student {
    Student::new(1, "Ada", "Lovelace")
}

/// It needs a person for this reason, and the remedy names this.
async fn assert_needs(app: &TestApp, reason: Attention, named: &str) {
    assert_eq!(app.attention(&student()).await, Some(reason), "{:?}", app.signup_of(&student()).await);
    assert!(reason.remedy().contains(named), "{named} is not in: {}", reason.remedy());
    assert!(app.sandbox.mails().is_empty(), "no mail while the account is not whole");
}

async fn assert_goes_on(app: &TestApp) {
    app.retry(&student()).await;
    app.settle().await;
    app.assert_accounts(&[student()]).await;
}

fn other_group(kind: GroupKind) -> Group {
    Group { kind, ..group(90) }
}

/// `right` stands in the configuration where `wrong` stood at first.
#[rstest]
#[case::sku(STUDENT_SKU.to_string(), ABSENT.to_owned(), Attention::LicenceUnknown, "licences")]
#[case::group(group(1).id.to_string(), ABSENT.to_owned(), Attention::GroupRefused, "groups")]
#[tokio::test]
async fn a_mistake_in_the_configuration_is_named_and_can_be_corrected(
    #[case] right: String,
    #[case] wrong: String,
    #[case] reason: Attention,
    #[case] named: &str,
) {
    let app = TestApp::start().await.restart_with(&right, &wrong).await;
    app.sign_up(&student()).await;
    app.settle().await;
    assert_needs(&app, reason, named).await;
    let app = app.restart_with(&wrong, &right).await;
    assert_goes_on(&app).await;
}

#[rstest]
#[tokio::test]
async fn a_group_that_takes_no_members_is_named(
    #[values(GroupKind::Dynamic, GroupKind::Synced)] kind: GroupKind,
) {
    let other = other_group(kind);
    let (right, wrong) = (group(1).id.to_string(), other.id.to_string());
    let app = TestApp::with(Setup { other_groups: vec![other], ..Setup::default() }).await;
    let app = app.restart_with(&right, &wrong).await;
    app.sign_up(&student()).await;
    app.settle().await;
    assert_needs(&app, Attention::GroupRefused, "dynamic or synchronised").await;
    let app = app.restart_with(&wrong, &right).await;
    assert_goes_on(&app).await;
}

/// Granted while the service runs: the token at hand does not have the permission yet.
#[tokio::test]
async fn a_missing_permission_is_named_and_works_once_granted() {
    let missing = "GroupMember.ReadWrite.All";
    let mut tenant = Tenant::default();
    tenant.granted.retain(|permission| permission != missing);
    let app = TestApp::with(Setup { tenant, ..Setup::default() }).await;
    app.sign_up(&student()).await;
    app.settle().await;
    assert_needs(&app, Attention::Forbidden, missing).await;
    app.sandbox.grant(missing);
    assert_goes_on(&app).await;
}

#[tokio::test]
async fn a_domain_that_another_directory_keeps_is_named() {
    let domains = Tenant::default().domains;
    let tenant = Tenant { federated_domains: domains, ..Tenant::default() };
    let app = TestApp::with(Setup { tenant, ..Setup::default() }).await;
    app.sign_up(&student()).await;
    app.settle().await;
    assert_needs(&app, Attention::DomainFederated, "managed").await;
    assert!(app.users().is_empty());
}

/// What an admin needs to find the cause, or to ask Microsoft.
#[tokio::test]
async fn a_refused_property_and_the_request_are_named() {
    let app = TestApp::start().await;
    let refusal =
        Fault::status(400).saying("Request_BadRequest", "The value is not valid.").naming("jobTitle");
    app.fault(Operation::CreateUser, [refusal]);
    app.sign_up(&student()).await;
    app.settle().await;
    assert_needs(&app, Attention::UserRefused, "property").await;
    let error = app.signup_of(&student()).await.last_error.unwrap();
    let id = error.strip_prefix("Request_BadRequest of jobTitle (400), request-id ");
    assert!(id.is_some_and(|id| id.parse::<uuid::Uuid>().is_ok()), "{error}");
}

/// The directory is full: neither a permission is missing nor is the application refused.
#[rstest]
#[tokio::test]
async fn a_full_directory_is_named(#[values(Operation::CreateUser, Operation::AddMember)] full: Operation) {
    let app = TestApp::start().await;
    let message = "The directory object quota limit for the Tenant has been exceeded.";
    app.fault(full, [Fault::status(403).saying("Directory_QuotaExceeded", message)]);
    app.sign_up(&student()).await;
    app.settle().await;
    assert_needs(&app, Attention::QuotaExceeded, "quota").await;
    app.no_faults();
    assert_goes_on(&app).await;
}

#[tokio::test]
async fn a_domain_that_is_none_of_the_tenants_is_named() {
    let tenant = Tenant { domains: vec!["elsewhere.example.edu".to_owned()], ..Tenant::default() };
    let app = TestApp::with(Setup { tenant, ..Setup::default() }).await;
    app.sign_up(&student()).await;
    app.settle().await;
    assert_needs(&app, Attention::DomainUnverified, "domain").await;
    assert!(app.users().is_empty());
}

/// The configuration has another domain and another way to make usernames by the time of the retry.
#[tokio::test]
async fn what_has_no_user_follows_the_configuration_at_a_retry() {
    let tenant = Tenant { domains: vec!["elsewhere.example.edu".to_owned()], ..Tenant::default() };
    let app = TestApp::with(Setup { tenant, ..Setup::default() }).await;
    app.sign_up(&student()).await;
    app.settle().await;
    assert_needs(&app, Attention::DomainUnverified, "domain").await;
    // A retry before the correction does no harm.
    assert_eq!(app.retry_as_configured(&student()).await, None);
    app.settle().await;
    assert_needs(&app, Attention::DomainUnverified, "domain").await;
    let domain = "domain = \"students.example.edu\"";
    let corrected = "domain = \"elsewhere.example.edu\"\nusername = \"{last}.{student_id}\"";
    let app = app.restart_with(domain, corrected).await;
    assert_eq!(app.retry_as_configured(&student()).await, Some(Kept::TooSoon));
    app.settle().await;
    app.advance(Duration::from_mins(3));
    app.fault(Operation::Token, [Fault::status(503)]);
    assert_eq!(app.retry_as_configured(&student()).await, Some(Kept::TenantNotAsked));
    app.no_faults();
    app.settle().await;
    app.advance(Duration::from_mins(3));
    assert_eq!(app.retry_as_configured(&student()).await, None);
    app.settle().await;
    let users = app.users();
    assert_eq!(users.len(), 1);
    assert_eq!(users[0].user_principal_name, "lovelace.000001@elsewhere.example.edu");
    assert_eq!((users[0].licenses.len(), app.sandbox.mails_to(&student().email).len()), (1, 1));
}

/// The tenant has another alias in the configuration by the time of the retry, so it cannot be asked under the old one.
#[tokio::test]
async fn a_signup_whose_tenant_has_gone_says_so_at_a_retry() {
    let tenant = Tenant { domains: vec!["elsewhere.example.edu".to_owned()], ..Tenant::default() };
    let app = TestApp::with(Setup { tenant, ..Setup::default() }).await;
    app.sign_up(&student()).await;
    app.settle().await;
    assert_needs(&app, Attention::DomainUnverified, "domain").await;
    let named = |alias: &str| (format!("[tenants.{alias}]"), format!("tenant = \"{alias}\""));
    let (section, line) = named("main");
    let settings = app.settings();
    let (start, end) = (settings.find(&section).unwrap(), settings.find(&line).unwrap() + line.len());
    let before = settings[start..end].to_owned();
    let (new_section, new_line) = named("renamed");
    let now = before.replace(&section, &new_section).replace(&line, &new_line);
    let app = app.restart_with(&before, &now).await;
    app.advance(Duration::from_mins(3));
    let kept = app.retry_as_configured(&student()).await;
    assert_eq!(kept, Some(Kept::TenantGone));
    let remedy = kept.unwrap().as_str();
    assert!(remedy.contains("earlier alias") && remedy.contains("--allow-again"), "{remedy}");
    assert_eq!(app.signup_of(&student()).await.tenant.as_str(), "main");
}

/// The connection broke during the POST, the only one or the last of many: the user may exist, and would have the name of
/// the row.
#[rstest]
#[tokio::test]
async fn a_creation_in_doubt_keeps_its_name_whatever_the_configuration(#[values(0, 2)] hours_before: u64) {
    let signup = "give_up_after = \"1h\"".to_owned();
    let app = TestApp::with(Setup { signup, ..Setup::default() }).await;
    app.sign_up(&student()).await;
    app.fault(Operation::CreateUser, [Fault::new(FaultKind::ResetBefore)]);
    app.advance(Duration::from_hours(hours_before));
    app.live_through(Duration::from_hours(2 - hours_before)).await;
    assert_eq!(app.attention(&student()).await, Some(Attention::GaveUp));
    let domain = "domain = \"students";
    let app = app.restart_with(domain, &format!("username = \"{{last}}\"\n{domain}")).await;
    app.no_faults();
    app.advance(Duration::from_mins(3));
    assert_eq!(app.retry_as_configured(&student()).await, Some(Kept::UserMayExist));
    app.settle().await;
    app.assert_accounts(&[student()]).await;
    assert_eq!(app.users()[0].user_principal_name, "ada.lovelace@students.example.edu");
}

/// The user was created, and a clear refusal was answered all the same.
#[tokio::test]
async fn a_user_behind_a_refusal_is_found_before_anything_is_planned() {
    let app = TestApp::start().await;
    app.sign_up(&student()).await;
    let message = "Invalid value specified for property 'givenName' of resource 'User'.";
    let refusal = Fault { status: Some(400), ..Fault::new(FaultKind::StatusAfter) };
    app.fault(Operation::CreateUser, [refusal.saying("Request_BadRequest", message).times(1)]);
    app.settle().await;
    assert_eq!(app.attention(&student()).await, Some(Attention::UserRefused));
    let domain = "domain = \"students";
    let app = app.restart_with(domain, &format!("username = \"{{last}}\"\n{domain}")).await;
    app.advance(Duration::from_mins(3));
    assert_eq!(app.retry_as_configured(&student()).await, Some(Kept::UserMayExist));
    app.settle().await;
    app.assert_accounts(&[student()]).await;
    assert_eq!(app.users()[0].user_principal_name, "ada.lovelace@students.example.edu");
}

/// The tenant refuses, whatever is tried, until the fault is taken away.
#[rstest]
#[case::domain(
    Operation::CreateUser,
    "The domain portion of the userPrincipalName property is invalid. You must use one of the verified domain names in your organization.",
    Attention::DomainUnverified,
    "domain"
)]
#[case::password(
    Operation::CreateUser,
    "The specified password does not comply with password complexity requirements. Please provide a different password.",
    Attention::PasswordRefused,
    "password"
)]
#[case::property(
    Operation::CreateUser,
    "Invalid value specified for property 'givenName' of resource 'User'.",
    Attention::UserRefused,
    "attributes"
)]
#[case::never_valid(
    Operation::CreateUser,
    "One or more property values specified are invalid.",
    Attention::UserRefused,
    "attributes"
)]
#[case::usage_location(
    Operation::AssignLicense,
    "License assignment cannot be done for user with invalid usage location.",
    Attention::UsageLocation,
    "usage_location"
)]
#[case::for_organisations(
    Operation::AssignLicense,
    "License 314c4481-f395-4525-be8b-2ec4bb1e9d91 cannot be assigned to a user.",
    Attention::LicenceUnassignable,
    "organisation"
)]
#[case::exclusive(
    Operation::AssignLicense,
    "License assignment failed because service plans 4fa4026d-ce74-4962-a151-8e96d57ea8e4,57ff2da0-773e-42df-b2af-ffb7a2317929 are mutually exclusive",
    Attention::LicenceConflict,
    "exclude"
)]
#[case::add_on(
    Operation::AssignLicense,
    "License assignment failed because service plan fe71d6c3-a2ea-4499-9778-da042bf08063 depends on the service plan(s) 5dbe027f-2339-4123-9542-606e4d348a72",
    Attention::LicenceDependency,
    "add-on"
)]
#[case::address(
    Operation::AssignLicense,
    "Another object with the same value for property proxyAddresses already exists.",
    Attention::AddressTaken,
    "mail address"
)]
#[case::never_a_reference(
    Operation::AddMember,
    "Not a valid reference update.",
    Attention::GroupRefused,
    "groups"
)]
#[case::unknown_licence_trouble(
    Operation::AssignLicense,
    "Something new about licences.",
    Attention::LicenceUnknown,
    "licences"
)]
#[case::unknown_group_trouble(
    Operation::AddMember,
    "Something new about groups.",
    Attention::GroupRefused,
    "groups"
)]
#[tokio::test]
async fn a_refusal_that_stays_is_named_and_goes_on_once_mended(
    #[case] operation: Operation,
    #[case] message: &str,
    #[case] reason: Attention,
    #[case] named: &str,
) {
    let app = TestApp::start().await;
    app.fault(operation, [Fault::status(400).saying("Request_BadRequest", message)]);
    app.sign_up(&student()).await;
    app.settle_within(Duration::from_hours(12)).await;
    assert_needs(&app, reason, named).await;
    app.no_faults();
    assert_goes_on(&app).await;
}

/// Deleted by an admin, or never replicated: the licences cannot be given to nobody.
#[tokio::test]
async fn a_user_that_is_gone_is_named_and_goes_on_once_restored() {
    let app = TestApp::start().await;
    let gone = Fault::status(404);
    app.fault(Operation::AnyGraph, [gone.after(1)]);
    app.sign_up(&student()).await;
    app.fault(Operation::AssignLicense, [Fault::status(404)]);
    app.settle_within(Duration::from_hours(12)).await;
    assert_needs(&app, Attention::UserGone, "restore").await;
    app.no_faults();
    assert_goes_on(&app).await;
}

#[rstest]
#[tokio::test]
async fn a_refused_recipient_is_named_and_gets_the_mail_once_accepted(#[values(550, 551, 553)] status: u16) {
    let app = TestApp::start().await;
    app.fault(Operation::SmtpRcpt, [Fault::status(status)]);
    app.sign_up(&student()).await;
    app.settle().await;
    assert_needs(&app, Attention::RecipientRefused, "mail server").await;
    assert_eq!(app.users().len(), 1);
    app.no_faults();
    assert_goes_on(&app).await;
}

#[tokio::test]
async fn whose_mailbox_was_full_has_the_same_mail_sent_again() {
    let app = TestApp::start().await;
    app.fault(Operation::SmtpRcpt, [Fault::status(552)]);
    let page = app.sign_up(&student()).await;
    app.settle().await;
    assert_eq!(app.attention(&student()).await, Some(Attention::RecipientRefused));
    app.no_faults();
    let mut browser = app.browser();
    let ask = async |browser: &mut Browser| {
        let stuck = browser.open(&page.path).await;
        let answer = browser.submit_form(&stuck, "form.again", &[]).await;
        browser.follow(answer).await
    };
    let soon = ask(&mut browser).await;
    assert!(
        soon.texts(".notice")[0].starts_with("An email was sent a moment ago"),
        "{:?}",
        soon.texts(".notice")
    );
    app.work().await;
    assert_eq!(app.attention(&student()).await, Some(Attention::RecipientRefused), "it is too soon");
    app.advance(Duration::from_mins(5));
    assert_eq!(ask(&mut browser).await.texts("h1"), ["Your account is on its way"]);
    app.settle().await;
    app.assert_accounts(&[student()]).await;
}

/// Before there is a user, with a user that lacks its licence, and with the mail alone missing.
const PROGRESS: [Option<Operation>; 3] = [None, Some(Operation::Batch), Some(Operation::SmtpData)];

async fn stopped_before(operation: Option<Operation>) -> TestApp {
    let app = TestApp::start().await;
    app.sign_up(&student()).await;
    if let Some(operation) = operation {
        app.fault(operation, [Fault::new(FaultKind::Status).times(1)]);
        app.work().await;
    }
    app
}

#[tokio::test]
async fn a_profile_that_was_taken_away_is_missed_and_can_be_brought_back() {
    for progress in &PROGRESS[..2] {
        let app = stopped_before(*progress).await.restart_with("\"students\"", "\"pupils\"").await;
        app.settle().await;
        assert_needs(&app, Attention::ProfileGone, "profile").await;
        let app = app.restart_with("\"pupils\"", "\"students\"").await;
        assert_goes_on(&app).await;
    }
}

/// All that is left to do is the mail, which needs no profile.
#[tokio::test]
async fn a_whole_account_is_mailed_though_its_profile_is_gone() {
    let app = stopped_before(PROGRESS[2]).await.restart_with("\"students\"", "\"pupils\"").await;
    app.settle().await;
    assert_eq!(app.stages().await, [Stage::Done]);
    app.assert_accounts(&[student()]).await;
}

#[tokio::test]
async fn a_password_of_another_key_is_missed_and_the_old_key_brings_it_back() {
    for progress in PROGRESS {
        let (old, new) = ("a secret key for tests", "another key for tests!");
        let app = stopped_before(progress).await.restart_with(old, new).await;
        app.settle().await;
        assert_needs(&app, Attention::PasswordUnreadable, "secret_key").await;
        let app = app.restart_with(new, old).await;
        assert_goes_on(&app).await;
    }
}
