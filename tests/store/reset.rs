//! A new password for a signup that is done: asked for within limits, set once its intent is written, delivered.

use accountcreator::{domain::*, store::*};

use crate::support::*;

on_both!(
    a_new_password_goes_from_the_wish_to_the_delivery,
    the_limits_are_in_the_write,
    a_refused_password_leaves_all_as_it_was,
    an_attempt_in_doubt_stays_in_doubt,
    a_duplicate_asks_in_vain,
);

const MOST: u32 = 3;

/// The password may be asked for from a minute after the signup was done, for an hour.
fn limits(now: Timestamp) -> ResetLimits {
    ResetLimits { most: MOST, done_since: now.minus(MINUTE), done_after: now.minus(MINUTE * 60) }
}

async fn ask(db: &Db, id: SignupId, seconds: u64) -> bool {
    let now = later(seconds);
    db.store.ask_reset(id, &sealed("second"), limits(now), (&Requester::Visitor).into(), now).await.unwrap()
}

/// A signup that is done.
async fn done(db: &Db) -> SignupId {
    let lease = db.delivering("max@uni.edu").await;
    db.store.delivered(&lease, None, START).await.unwrap();
    signup_of(&lease)
}

async fn a_new_password_goes_from_the_wish_to_the_delivery(db: &Db) {
    let id = done(db).await;
    assert!(ask(db, id, 60).await);
    let signup = db.read(id).await;
    assert_eq!((signup.stage, signup.resets, signup.sealed), (Stage::Resetting, 1, Some(sealed("second"))));
    assert_eq!((signup.due_at, signup.done_at), (Some(later(60)), Some(START)));

    let (signup, lease) = db.claim_one(later(61)).await;
    assert_eq!((signup.stage, signup.attempts), (Stage::Resetting, 1));
    assert_eq!(signup.step, Some(StepKind::ResetPassword));
    assert!(!signup.in_doubt, "nothing was sent before");
    assert_eq!(db.step(id, StepKind::ResetPassword).await.state, StepState::Intended);
    let lease = db.password_set(&lease, later(63), later(120)).await.unwrap();
    assert_eq!(lease.step, StepKind::SendNewPassword);
    assert_eq!(db.step(id, StepKind::ResetPassword).await.state, StepState::Done);
    assert_eq!(db.step(id, StepKind::SendNewPassword).await.state, StepState::Intended);
    assert_eq!(db.step(id, StepKind::SendPassword).await.finished_at, Some(START), "the first mail's own");

    db.store.delivered(&lease, None, later(64)).await.unwrap();
    let signup = db.read(id).await;
    assert_eq!((signup.stage, signup.sealed, signup.due_at), (Stage::Done, None, None));
    assert_eq!((signup.delivered_at, signup.done_at), (Some(later(64)), Some(START)));
    assert_eq!(db.step(id, StepKind::SendNewPassword).await.state, StepState::Done);

    assert!(ask(db, id, 200).await, "once more");
    let (signup, lease) = db.claim_one(later(200)).await;
    assert!(!signup.in_doubt, "the time before left no doubt");
    db.password_set(&lease, later(202), later(300)).await.unwrap();
    assert_eq!(db.step(id, StepKind::SendNewPassword).await.state, StepState::Intended);
}

async fn the_limits_are_in_the_write(db: &Db) {
    let id = done(db).await;
    assert!(!ask(db, id, 59).await, "too soon");
    for number in 1..=u64::from(MOST) {
        assert!(!ask(db, id, 60 * number - 1).await);
        assert!(ask(db, id, 60 * number).await);
        assert!(!ask(db, id, 60 * number + 1).await, "one at a time");
        let (_, lease) = db.claim_one(later(60 * number)).await;
        db.store.end_refused(&lease, "reset_refused", "no", later(60 * number)).await.unwrap();
    }
    assert!(!ask(db, id, 600).await, "that was all");
    let late = later(3601);
    let limits = ResetLimits { most: 100, ..limits(late) };
    assert!(
        !db.store.ask_reset(id, &sealed("x"), limits, (&Requester::Visitor).into(), late).await.unwrap(),
        "too late"
    );
    assert_eq!(db.read(id).await.resets, MOST);
    assert_eq!(db.read(id).await.sealed, None);

    let unfinished = db.queued("eva@uni.edu").await;
    assert!(!ask(db, unfinished, 60).await);
    let unknown = SignupId::random(&db.entropy);
    assert!(!ask(db, unknown, 60).await);
}

async fn a_refused_password_leaves_all_as_it_was(db: &Db) {
    let id = done(db).await;
    let before = db.read(id).await;
    assert!(ask(db, id, 60).await);
    let (_, lease) = db.claim_one(later(60)).await;
    db.store.end_refused(&lease, "reset_refused", "Authorization_RequestDenied", later(61)).await.unwrap();
    let after = db.read(id).await;
    let last_error = Some("Authorization_RequestDenied".to_owned());
    assert_eq!(
        (after.stage, after.sealed.clone(), after.last_error.clone()),
        (Stage::Done, None, last_error)
    );
    assert_eq!((after.due_at, after.delivered_at), (None, before.delivered_at));
    let step = db.step(id, StepKind::ResetPassword).await;
    assert_eq!((step.state, step.error.as_deref()), (StepState::Failed, Some("Authorization_RequestDenied")));
    let event = ("reset_refused".to_owned(), "Authorization_RequestDenied".to_owned());
    assert_eq!(db.last_event(id).await, event);
    assert!(is_lease_lost(db.store.end_refused(&lease, "reset_refused", "", later(62)).await));
    assert!(is_lease_lost(db.password_set(&lease, later(62), later(99)).await));
}

async fn an_attempt_in_doubt_stays_in_doubt(db: &Db) {
    let id = done(db).await;
    assert!(ask(db, id, 60).await);
    let (signup, lease) = db.claim_one(later(60)).await;
    assert!(!signup.in_doubt);
    let back = |undone| PutBack {
        due_at: later(70),
        waiting: Waiting::TenantUnavailable,
        error: "x".to_owned(),
        undone,
        counted: true,
    };
    db.store.put_back(&lease, &back(true), later(61)).await.unwrap();
    let (signup, lease) = db.claim_one(later(70)).await;
    assert!(!signup.in_doubt, "surely not sent");
    db.store.put_back(&lease, &back(false), later(71)).await.unwrap();
    let (signup, lease) = db.claim_one(later(71)).await;
    assert!(signup.in_doubt, "perhaps sent");

    let reason = Attention::Forbidden;
    db.store.needs_attention(&lease, reason, "x", false, later(72)).await.unwrap();
    assert_eq!(db.read(id).await.sealed, Some(sealed("second")), "the tenant may have it");
    assert_eq!(db.store.retry(id, OPERATOR, later(80)).await.unwrap(), Retried::Queued);
    let (signup, lease) = db.claim_one(later(80)).await;
    assert_eq!((signup.stage, signup.in_doubt), (Stage::Resetting, true));
    let lease = db.password_set(&lease, later(81), later(90)).await.unwrap();
    db.store.needs_attention(&lease, Attention::RecipientRefused, "x", false, later(82)).await.unwrap();
    db.store.retry(id, OPERATOR, later(83)).await.unwrap();
    assert_eq!(db.read(id).await.stage, Stage::Delivering, "it is set, only the mail is missing");
}

async fn a_duplicate_asks_in_vain(db: &Db) {
    let owner = done(db).await;
    let duplicate = db.request("max@uni.edu");
    db.store.insert_signup(&duplicate).await.unwrap();
    let (_, lease) = db.claim_one(START).await;
    assert!(
        db.store
            .take_reminder(&lease, &mail("reminder", unlimited("max@uni.edu")), START, START)
            .await
            .unwrap()
    );
    db.store.duplicate_settled(&lease, true, START).await.unwrap();
    assert_eq!(db.read(duplicate.id).await.done_at, Some(START));

    assert!(ask(db, duplicate.id, 60).await);
    let signup = db.read(duplicate.id).await;
    assert_eq!((signup.stage, signup.resets, signup.sealed), (Stage::Resetting, 1, None));
    let (_, lease) = db.claim_one(later(60)).await;
    assert!(
        !db.store
            .take_reminder(
                &lease,
                &mail("reminder", unlimited("max@uni.edu")),
                START.minus(MINUTE),
                later(60)
            )
            .await
            .unwrap(),
        "just reminded"
    );
    db.store.duplicate_settled(&lease, false, later(60)).await.unwrap();
    assert!(ask(db, duplicate.id, 120).await);
    let (_, lease) = db.claim_one(later(120)).await;
    assert!(
        db.store
            .take_reminder(&lease, &mail("reminder", unlimited("max@uni.edu")), later(1), later(120))
            .await
            .unwrap(),
        "a day later, as it were"
    );
    assert!(
        db.store
            .take_reminder(&lease, &mail("reminder", unlimited("max@uni.edu")), later(1), later(121))
            .await
            .unwrap(),
        "until it is out"
    );
    assert_eq!(db.step(duplicate.id, StepKind::SendReminder).await.state, StepState::Intended);
    assert_eq!(db.read(owner).await.stage, Stage::Done);
    assert_eq!(db.read(owner).await.resets, 0);
}
