//! Setbacks: later tries, and the way back from where a person was needed.

use accountcreator::{domain::*, store::*};

use crate::support::*;

on_both!(
    a_signup_put_back_keeps_its_attempts,
    a_clear_refusal_returns_to_the_queue,
    what_needs_attention_rests,
    a_retry_goes_on_from_where_the_signup_is,
    what_has_no_user_is_planned_anew,
    a_plan_changes_nothing_where_a_user_may_exist,
    only_what_is_stuck_is_retried,
    a_reminder_that_was_refused_is_sent_by_the_retry,
    a_first_step_in_doubt_has_an_intent_too,
);

fn licence() -> [Effect; 1] {
    [Effect::intended(StepKind::AssignLicence, sku())]
}

fn back(waiting: Waiting, undone: bool) -> PutBack {
    PutBack { due_at: later(300), waiting, error: "Request_Throttled".to_owned(), undone, counted: true }
}

async fn a_signup_put_back_keeps_its_attempts(db: &Db) {
    let id = db.queued("max@uni.edu").await;
    let (_, lease) = db.claim_one(START).await;
    let later_on = back(Waiting::TenantUnavailable, false);
    db.store.put_back(&lease, &later_on, later(1)).await.unwrap();
    let signup = db.read(id).await;
    assert_eq!((signup.stage, signup.attempts), (Stage::Provisioning, 1));
    assert_eq!((signup.due_at, signup.waiting), (Some(later(300)), Some(Waiting::TenantUnavailable)));
    assert_eq!(signup.last_error.as_deref(), Some("Request_Throttled"));
    let step = db.step(id, StepKind::CreateUser).await;
    assert_eq!((step.state, step.attempts), (StepState::Intended, 1), "it may have happened");
    assert_eq!(step.error.as_deref(), Some("Request_Throttled"));
    assert!(is_lease_lost(db.store.put_back(&lease, &later_on, later(2)).await));

    let (signup, lease) = db.claim_one(later(300)).await;
    assert_eq!((signup.attempts, signup.in_doubt), (2, true));
    db.store
        .user_created(&lease, user(), &licence(), StepKind::Entitle, later(301), later(400))
        .await
        .unwrap();
    let signup = db.read(id).await;
    assert_eq!((signup.waiting, signup.last_error), (None, None), "it goes on");
}

async fn a_clear_refusal_returns_to_the_queue(db: &Db) {
    let id = db.queued("max@uni.edu").await;
    let (_, lease) = db.claim_one(START).await;
    db.store.put_back(&lease, &back(Waiting::Throttled, true), later(1)).await.unwrap();
    let signup = db.read(id).await;
    assert_eq!((signup.stage, signup.attempts), (Stage::Queued, 1));
    assert_eq!(db.step(id, StepKind::CreateUser).await.state, StepState::Failed);
    let (signup, first) = db.claim_one(later(300)).await;
    assert_eq!((signup.in_doubt, signup.attempts), (false, 2), "never posted");
    assert_eq!(db.step(id, StepKind::CreateUser).await.state, StepState::Intended);

    let lease = db
        .store
        .user_created(&first, user(), &[], StepKind::SendPassword, later(301), later(400))
        .await
        .unwrap();
    let late = db.store.put_back(&first, &back(Waiting::Throttled, true), later(302)).await;
    assert!(is_lease_lost(late), "the user exists");
    let waits = back(Waiting::MailUnavailable, false);
    db.store.put_back(&lease, &waits, later(303)).await.unwrap();
    let step = db.step(id, StepKind::SendPassword).await;
    assert_eq!((step.state, step.attempts), (StepState::Intended, 1));
}

async fn what_needs_attention_rests(db: &Db) {
    let lease = db.delivering("max@uni.edu").await;
    db.store.needs_attention(&lease, Attention::RecipientRefused, "550", false, later(1)).await.unwrap();
    let signup = db.read(signup_of(&lease)).await;
    assert_eq!((signup.stage, signup.due_at), (Stage::NeedsAttention, None));
    assert_eq!(signup.attention, Some(Attention::RecipientRefused));
    assert_eq!(signup.last_error.as_deref(), Some("550"));
    assert_eq!(signup.sealed, Some(sealed("first")), "the password is still to be mailed");
    assert_eq!(db.step(signup_of(&lease), StepKind::SendPassword).await.state, StepState::Failed);
    let event = ("needs_attention".to_owned(), "recipient_refused 550".to_owned());
    assert_eq!(db.last_event(signup_of(&lease)).await, event);
    assert!(db.claim_at(later(9999)).await.is_empty());
}

async fn retried(db: &Db, id: SignupId) -> Stage {
    assert_eq!(db.store.retry(id, OPERATOR, later(500)).await.unwrap(), Retried::Queued);
    let signup = db.read(id).await;
    assert_eq!((signup.attention, signup.attempts, signup.due_at), (None, 0, Some(later(500))));
    signup.stage
}

async fn a_retry_goes_on_from_where_the_signup_is(db: &Db) {
    // The POST may have arrived: the user has to be looked for.
    let id = db.queued("max@uni.edu").await;
    let (_, lease) = db.claim_one(START).await;
    db.store.needs_attention(&lease, Attention::GaveUp, "timeout", false, later(1)).await.unwrap();
    assert_eq!(retried(db, id).await, Stage::Provisioning);

    // The user exists, a licence is missing.
    let (signup, lease) = db.claim_one(later(500)).await;
    assert!(signup.in_doubt);
    let until = later(600);
    let lease = db
        .store
        .user_created(&lease, user(), &licence(), StepKind::Entitle, later(500), until)
        .await
        .unwrap();
    db.store.needs_attention(&lease, Attention::LicenceUnknown, "", false, later(501)).await.unwrap();
    assert_eq!(retried(db, id).await, Stage::Provisioning);

    // All is there, only the mail is missing.
    let (_, lease) = db.claim_one(later(500)).await;
    let results = [Effect::done(StepKind::AssignLicence, sku())];
    let lease = db.entitled(&lease, &results, true, later(502), until).await.unwrap();
    db.store.needs_attention(&lease, Attention::RecipientRefused, "550", false, later(503)).await.unwrap();
    assert_eq!(retried(db, id).await, Stage::Delivering);
    assert_eq!(db.last_event(id).await, ("retried".to_owned(), "delivering".to_owned()));

    // A duplicate only waits for its reminder.
    let duplicate = db.request("max@uni.edu");
    db.store.insert_signup(&duplicate).await.unwrap();
    let (_, lease) = db.claim_one(START).await;
    db.store.needs_attention(&lease, Attention::RecipientRefused, "550", false, later(504)).await.unwrap();
    assert_eq!(retried(db, duplicate.id).await, Stage::Queued);
}

async fn only_what_is_stuck_is_retried(db: &Db) {
    let id = db.queued("max@uni.edu").await;
    assert_eq!(db.store.retry(id, OPERATOR, later(1)).await.unwrap(), Retried::NotStuck);
    let unknown = SignupId::random(&db.entropy);
    assert_eq!(db.store.retry(unknown, OPERATOR, later(1)).await.unwrap(), Retried::Unknown);
    assert_eq!(db.read(id).await.due_at, Some(START));
}

fn plan(domain: &str, name: &str) -> Plan {
    Plan {
        profile: "staff".parse().unwrap(),
        tenant: tenant(),
        domain: domain.parse().unwrap(),
        username: username(name),
    }
}

async fn what_has_no_user_is_planned_anew(db: &Db) {
    let id = db.queued("max@uni.edu").await;
    let (_, lease) = db.claim_one(START).await;
    db.store.needs_attention(&lease, Attention::DomainUnverified, "400", true, later(1)).await.unwrap();
    assert_eq!(db.step(id, StepKind::CreateUser).await.state, StepState::Failed);
    let other = db.queued("moritz@uni.edu").await;
    let (_, lease) = db.claim_one(later(1)).await;
    db.store.needs_attention(&lease, Attention::DomainUnverified, "400", true, later(1)).await.unwrap();

    let staff = plan("staff.example.edu", "max.muster");
    assert_eq!(db.store.retry_as_planned(id, &staff, OPERATOR, later(2)).await.unwrap(), Retried::Queued);
    let signup = db.read(id).await;
    assert_eq!((signup.stage, signup.in_doubt), (Stage::Queued, false));
    assert_eq!((&signup.profile, &signup.domain), (&staff.profile, &staff.domain));
    assert_eq!(signup.username, Some(username("max.muster")));
    assert_eq!((signup.username_base, signup.shown_username), (signup.username.clone(), signup.username));
    assert_eq!(db.last_event(id).await, ("replanned".to_owned(), "profile staff".to_owned()));

    // The name is taken there by now.
    assert_eq!(db.store.retry_as_planned(other, &staff, OPERATOR, later(2)).await.unwrap(), Retried::Queued);
    assert_eq!(db.read(other).await.username, Some(username("max.muster.2")));

    // The same plan once more leaves the number.
    let (signup, lease) = claim_of(db, other).await;
    assert!(!signup.in_doubt);
    db.store.needs_attention(&lease, Attention::UserRefused, "400", true, later(4)).await.unwrap();
    db.store.retry_as_planned(other, &staff, OPERATOR, later(5)).await.unwrap();
    assert_eq!(db.read(other).await.username, Some(username("max.muster.2")));
    assert_eq!(db.last_event(other).await.0, "retried");
    assert_eq!(
        db.store.retry_as_planned(other, &staff, OPERATOR, later(5)).await.unwrap(),
        Retried::NotStuck
    );
}

async fn claim_of(db: &Db, id: SignupId) -> (Signup, Lease) {
    db.claim_at(later(3)).await.into_iter().find(|(signup, _)| signup.id == id).unwrap()
}

async fn a_plan_changes_nothing_where_a_user_may_exist(db: &Db) {
    let id = db.queued("max@uni.edu").await;
    let (_, lease) = db.claim_one(START).await;
    db.store.needs_attention(&lease, Attention::GaveUp, "timeout", false, later(1)).await.unwrap();
    let before = db.read(id).await;
    let staff = plan("staff.example.edu", "max.muster");
    assert_eq!(db.store.retry_as_planned(id, &staff, OPERATOR, later(2)).await.unwrap(), Retried::Queued);
    let after = db.read(id).await;
    assert_eq!(after.stage, Stage::Provisioning, "the tenant is asked first");
    assert_eq!((after.domain, after.username), (before.domain, before.username));
}

async fn a_reminder_that_was_refused_is_sent_by_the_retry(db: &Db) {
    db.queued("max@uni.edu").await;
    let further = db.request("max@uni.edu");
    db.store.insert_signup(&further).await.unwrap();
    let claimed = db.claim_at(START).await;
    let (_, lease) = claimed.iter().find(|(signup, _)| signup.id == further.id).unwrap();
    let reminder = mail("reminder", unlimited("max@uni.edu"));
    assert!(db.store.take_reminder(lease, &reminder, START.minus(MINUTE), START).await.unwrap());
    db.store.needs_attention(lease, Attention::RecipientRefused, "550", false, later(1)).await.unwrap();

    assert_eq!(db.store.retry(further.id, OPERATOR, later(300)).await.unwrap(), Retried::Queued);
    let claimed = db.claim_at(later(300)).await;
    let (_, lease) = claimed.iter().find(|(signup, _)| signup.id == further.id).unwrap();
    let again = db.store.take_reminder(lease, &reminder, later(300).minus(MINUTE * 60), later(300)).await;
    assert!(again.unwrap(), "the right to send it was kept");
}

async fn a_first_step_in_doubt_has_an_intent_too(db: &Db) {
    let request = db.unconfirmed("max@uni.edu");
    db.store.insert_signup(&request).await.unwrap();
    db.store.doubt_queued().await.unwrap();
    let requester = Requester::Visitor;
    let confirmed = db.store.confirm(request.id, None, &sealed("second"), &requester, later(1)).await;
    assert_eq!(confirmed.unwrap(), Confirmed::Queued);
    let (signup, _) = db.claim_one(later(600)).await;
    assert!(signup.in_doubt, "a user may exist");
    let step = db.step(request.id, StepKind::CreateUser).await;
    assert_eq!((step.state, step.started_at), (StepState::Intended, later(600)));
}
