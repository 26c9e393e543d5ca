//! Mails that came back: finding one by its reference, and the mark until a further mail goes out.

use accountcreator::{domain::*, store::*};

use crate::support::*;

on_both!(
    a_reference_finds_its_signup_alone,
    the_mark_stays_until_a_further_mail_is_out,
    a_code_that_came_back_is_marked_until_the_next_is_out,
    a_code_that_is_refused_leaves_the_mark_and_is_told_as_refused,
    the_address_is_confirmed_all_the_same,
    a_signup_that_has_changed_since_is_not_marked,
    the_trail_names_every_mail,
);

/// An account whose password was mailed.
async fn done(db: &Db) -> Signup {
    let lease = db.delivering("max@uni.edu").await;
    db.store.delivered(&lease, None, START).await.unwrap();
    db.read(signup_of(&lease)).await
}

/// A request whose first code was mailed.
async fn unconfirmed(db: &Db, email: &str) -> Signup {
    let new = db.unconfirmed(email);
    db.store.insert_signup(&new).await.unwrap();
    let (_, lease) = db.claim_one(START).await;
    db.store.code_sent(&lease, START).await.unwrap();
    db.read(new.id).await
}

async fn mark(db: &Db, signup: &Signup, kind: MailKind) -> bool {
    db.store.mark_undelivered(signup, &signup.mail(kind).reference(), OPERATOR, later(60)).await.unwrap()
}

async fn new_round(db: &Db, id: SignupId, round: u32, at: Timestamp) {
    let begun = db.store.new_confirmation_round(id, round, &unlimited("max@uni.edu"), later(3600), at).await;
    assert_eq!(begun.unwrap(), NewRound::Begun(round + 1));
}

async fn ask_reset(db: &Db, id: SignupId, at: Timestamp) {
    let limits = ResetLimits { most: 3, done_since: at, done_after: START.minus(MINUTE) };
    assert!(db.store.ask_reset(id, &sealed("next"), limits, (&Requester::Visitor).into(), at).await.unwrap());
}

async fn a_reference_finds_its_signup_alone(db: &Db) {
    let mut ids: Vec<SignupId> = Vec::new();
    // Neighbours on both sides, and the two ends of what the reference fits.
    for (number, (fifth, last)) in [(6, 0xff), (7, 0), (7, 0xff), (8, 0)].into_iter().enumerate() {
        let mut bytes = [last; 16];
        bytes[..5].copy_from_slice(&[1, 2, 3, 4, fifth]);
        let id = SignupId::from_bytes(bytes);
        let new = NewSignup { id, ..db.request(&format!("st{number}@uni.edu")) };
        assert_eq!(db.store.insert_signup(&new).await.unwrap(), Inserted::New(id));
        ids.push(id);
    }
    let reference = db.read(ids[1]).await.mail(MailKind::Password).reference();
    let found = db.store.signups_by_reference(&reference).await.unwrap();
    assert_eq!(found.iter().map(|signup| signup.id).collect::<Vec<_>>(), ids[1..3]);
    let unknown = SignupMail { signup: SignupId::from_bytes([9; 16]), kind: MailKind::Code, number: 1 };
    assert!(db.store.signups_by_reference(&unknown.reference()).await.unwrap().is_empty());
}

async fn the_mark_stays_until_a_further_mail_is_out(db: &Db) {
    let signup = done(db).await;
    assert!(mark(db, &signup, MailKind::Password).await);
    assert_eq!(db.last_event(signup.id).await, ("undelivered".to_owned(), "P1".to_owned()));
    let marked = db.read(signup.id).await;
    let (undelivered_at, updated_at) = (marked.undelivered_at, marked.updated_at);
    assert_eq!((undelivered_at, updated_at), (Some(later(60)), signup.updated_at), "open for no longer");
    assert!(!mark(db, &signup, MailKind::Password).await, "once");

    ask_reset(db, signup.id, later(61)).await;
    let (_, lease) = db.claim_one(later(61)).await;
    db.store.end_refused(&lease, "reset_refused", "no", later(61)).await.unwrap();
    assert_eq!(db.read(signup.id).await.undelivered_at, Some(later(60)), "no mail went out");
    ask_reset(db, signup.id, later(62)).await;
    let (_, lease) = db.claim_one(later(62)).await;
    let lease = db.password_set(&lease, later(62), later(99)).await.unwrap();
    db.store.delivered(&lease, None, later(63)).await.unwrap();
    assert_eq!(db.read(signup.id).await.undelivered_at, None);

    let further = db.request("max@uni.edu");
    db.store.insert_signup(&further).await.unwrap();
    let (_, lease) = db.claim_one(later(64)).await;
    db.store.duplicate_settled(&lease, true, later(64)).await.unwrap();
    assert!(mark(db, &db.read(further.id).await, MailKind::Reminder).await);
    for (reminded, mark) in [(false, Some(later(60))), (true, None)] {
        ask_reset(db, further.id, later(65)).await;
        let (_, lease) = db.claim_one(later(65)).await;
        db.store.duplicate_settled(&lease, reminded, later(65)).await.unwrap();
        assert_eq!(db.read(further.id).await.undelivered_at, mark);
    }
}

async fn a_code_that_came_back_is_marked_until_the_next_is_out(db: &Db) {
    let signup = unconfirmed(db, "max@uni.edu").await;
    assert!(mark(db, &signup, MailKind::Code).await);
    new_round(db, signup.id, 1, later(61)).await;
    assert!(db.read(signup.id).await.undelivered_at.is_some(), "its mail is not out yet");
    let (_, lease) = db.claim_one(later(61)).await;
    db.store.code_sent(&lease, later(62)).await.unwrap();
    assert_eq!(db.read(signup.id).await.undelivered_at, None);
}

async fn a_code_that_is_refused_leaves_the_mark_and_is_told_as_refused(db: &Db) {
    let signup = unconfirmed(db, "max@uni.edu").await;
    assert!(mark(db, &signup, MailKind::Code).await);
    new_round(db, signup.id, 1, later(61)).await;
    let (_, lease) = db.claim_one(later(61)).await;
    db.store.end_refused(&lease, "code_refused", "550 5.1.1", later(62)).await.unwrap();
    let refused = db.read(signup.id).await;
    assert_eq!((refused.stage, refused.due_at), (Stage::AwaitingConfirmation, None));
    assert_eq!(refused.undelivered_at, Some(later(60)));
    let step = db.step(signup.id, StepKind::SendCode).await;
    assert_eq!((step.state, step.error.as_deref()), (StepState::Failed, Some("550 5.1.1")));
    assert_eq!(db.last_event(signup.id).await, ("code_refused".to_owned(), "550 5.1.1".to_owned()));
    assert!(is_lease_lost(db.store.end_refused(&lease, "code_refused", "550 5.1.1", later(63)).await));
}

async fn the_address_is_confirmed_all_the_same(db: &Db) {
    let [own, other] = [unconfirmed(db, "max@uni.edu").await, unconfirmed(db, "max@uni.edu").await];
    for signup in [&own, &other] {
        assert!(mark(db, signup, MailKind::Code).await);
    }
    let confirmed =
        db.store.confirm(own.id, None, &sealed("a password"), &Requester::Visitor, later(61)).await.unwrap();
    assert_eq!(confirmed, Confirmed::Queued);
    for (id, stage) in [(own.id, Stage::Queued), (other.id, Stage::Voided)] {
        let signup = db.read(id).await;
        assert_eq!((signup.stage, signup.undelivered_at), (stage, None));
    }
}

async fn a_signup_that_has_changed_since_is_not_marked(db: &Db) {
    let read = done(db).await;
    ask_reset(db, read.id, later(60)).await;
    let due = db.read(read.id).await;
    assert!(!mark(db, &read, MailKind::Password).await, "another stage");
    assert!(!mark(db, &due, MailKind::Password).await, "a mail is on its way");
    let (_, lease) = db.claim_one(later(60)).await;
    db.store.end_refused(&lease, "reset_refused", "no", later(60)).await.unwrap();
    assert!(!mark(db, &read, MailKind::Password).await, "a new password was asked for since");
    db.raw(&format!("UPDATE signup SET email = NULL WHERE id = '{}' RETURNING id", read.id)).await;
    assert!(!mark(db, &db.read(read.id).await, MailKind::Password).await, "there is no address");
    assert_eq!(db.read(read.id).await.undelivered_at, None);

    let read = unconfirmed(db, "mia@uni.edu").await;
    new_round(db, read.id, 1, later(61)).await;
    let (_, lease) = db.claim_one(later(61)).await;
    db.store.code_sent(&lease, later(61)).await.unwrap();
    assert!(!mark(db, &read, MailKind::Code).await, "another code was mailed");
}

async fn the_trail_names_every_mail(db: &Db) {
    let signup = unconfirmed(db, "max@uni.edu").await;
    new_round(db, signup.id, 1, later(1)).await;
    let (_, lease) = db.claim_one(later(1)).await;
    db.store.end_refused(&lease, "code_refused", "550 5.1.1", later(2)).await.unwrap();
    db.store.confirm(signup.id, None, &sealed("a password"), &Requester::Visitor, later(3)).await.unwrap();
    let (_, lease) = db.claim_one(later(3)).await;
    let lease = db
        .store
        .user_created(&lease, user(), &[], StepKind::SendPassword, later(3), later(99))
        .await
        .unwrap();
    db.store.delivered(&lease, None, later(4)).await.unwrap();
    for (seconds, is_set) in [(5, false), (7, true)] {
        ask_reset(db, signup.id, later(seconds)).await;
        let (_, lease) = db.claim_one(later(seconds)).await;
        if is_set {
            let lease = db.password_set(&lease, later(seconds), later(99)).await.unwrap();
            db.store.delivered(&lease, None, later(seconds + 1)).await.unwrap();
        } else {
            db.store.end_refused(&lease, "reset_refused", "no", later(seconds)).await.unwrap();
        }
    }
    let events = db.store.events(signup.id).await.unwrap();
    let mails: Vec<_> = SentMail::all(&db.read(signup.id).await, &events)
        .iter()
        .map(|sent| (sent.mail.reference().label(), sent.sent_at))
        .collect();
    let expected = [("C1", Some(START)), ("C2", None), ("P1", Some(later(4))), ("P3", Some(later(8)))];
    assert_eq!(mails, expected.map(|(label, at)| (label.to_owned(), at)));
}
