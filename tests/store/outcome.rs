//! Outcomes: each write of the worker, and what it leaves.

use accountcreator::{domain::*, store::*};

use crate::support::*;

on_both!(
    a_created_user_is_to_get_licences_and_groups,
    a_user_that_gets_nothing_is_delivered_next,
    results_are_kept_and_all_done_is_delivered_next,
    a_delivery_wipes_name_and_password,
    another_name_is_reserved_or_taken,
    a_password_can_be_replaced,
    a_user_that_lacks_attributes_is_not_delivered_yet,
    a_refused_marker_is_kept_for_its_time,
    a_settled_duplicate_reminds_the_owner,
    a_write_from_the_wrong_step_changes_nothing,
);

const LICENCE: StepKind = StepKind::AssignLicence;
const GROUP: StepKind = StepKind::JoinGroup;

/// A signup whose user exists and is to get one licence and one group.
async fn created(db: &Db) -> Lease {
    db.queued("max@uni.edu").await;
    let (_, lease) = db.claim_one(START).await;
    let intended = [Effect::intended(LICENCE, sku()), Effect::intended(GROUP, group())];
    db.store.user_created(&lease, user(), &intended, StepKind::Entitle, later(1), later(90)).await.unwrap()
}

async fn a_created_user_is_to_get_licences_and_groups(db: &Db) {
    let lease = created(db).await;
    assert_eq!(lease.step, StepKind::Entitle);
    let signup = db.read(signup_of(&lease)).await;
    assert_eq!((signup.stage, signup.object_id), (Stage::Provisioning, Some(user())));
    assert_eq!((signup.due_at, signup.attempts), (Some(later(90)), 0));
    let steps = db.store.steps(signup_of(&lease)).await.unwrap();
    let short: Vec<_> = steps.iter().map(|step| (step.kind, step.target.as_str(), step.state)).collect();
    let (sku, group) = (sku().to_string(), group().to_string());
    assert_eq!(
        short,
        [
            (StepKind::CreateUser, "", StepState::Done),
            (LICENCE, sku.as_str(), StepState::Intended),
            (GROUP, group.as_str(), StepState::Intended),
        ]
    );
    assert_eq!((steps[0].attempts, steps[0].finished_at), (1, Some(later(1))));
    assert_eq!(db.last_event(signup_of(&lease)).await, ("user_created".to_owned(), user().to_string()));
}

async fn a_user_that_gets_nothing_is_delivered_next(db: &Db) {
    let lease = db.delivering("max@uni.edu").await;
    assert_eq!(lease.step, StepKind::SendPassword);
    let signup = db.read(signup_of(&lease)).await;
    assert_eq!((signup.stage, signup.attempts), (Stage::Delivering, 0));
    assert_eq!(db.step(signup_of(&lease), StepKind::SendPassword).await.state, StepState::Intended);
}

async fn a_user_that_lacks_attributes_is_not_delivered_yet(db: &Db) {
    db.queued("max@uni.edu").await;
    let (_, lease) = db.claim_one(START).await;
    let lease =
        db.store.user_created(&lease, user(), &[], StepKind::Entitle, later(1), later(90)).await.unwrap();
    assert_eq!(lease.step, StepKind::Entitle);
    assert_eq!(db.read(signup_of(&lease)).await.stage, Stage::Provisioning);
    db.store.needs_attention(&lease, Attention::UserRefused, "", false, later(2)).await.unwrap();
    db.store.retry(signup_of(&lease), OPERATOR, later(3)).await.unwrap();
    assert_eq!(db.read(signup_of(&lease)).await.stage, Stage::Provisioning);
    let (_, lease) = db.claim_one(later(3)).await;
    let lease = db.entitled(&lease, &[], true, later(4), later(90)).await.unwrap();
    assert_eq!(lease.step, StepKind::SendPassword);
    assert_eq!(db.step(signup_of(&lease), StepKind::SendPassword).await.state, StepState::Intended);
}

async fn a_refused_marker_is_kept_for_its_time(db: &Db) {
    let refused = |property: &str, reason: &str, refused_at| RefusedMarker {
        property: property.to_owned(),
        reason: reason.to_owned(),
        refused_at,
    };
    let all = async |since| db.store.refused_markers(&tenant(), since).await.unwrap();
    assert_eq!(all(START).await, []);
    let first = refused("extensionAttribute15", "first", later(1));
    db.store.keep_refused_marker(&tenant(), &first).await.unwrap();
    let again = refused("extensionAttribute15", "again", later(5));
    db.store.keep_refused_marker(&tenant(), &again).await.unwrap();
    let other = refused("employeeId", "other", later(3));
    db.store.keep_refused_marker(&tenant(), &other).await.unwrap();
    assert_eq!(all(START).await, [other, again.clone()]);
    assert_eq!(all(later(4)).await, [again]);
    let elsewhere = "elsewhere".parse().unwrap();
    assert_eq!(db.store.refused_markers(&elsewhere, START).await.unwrap(), []);
}

async fn results_are_kept_and_all_done_is_delivered_next(db: &Db) {
    let lease = created(db).await;
    let results =
        [Effect::refused(LICENCE, sku(), StepState::Failed, "no_seats"), Effect::done(GROUP, group())];
    let lease = db.entitled(&lease, &results, false, later(2), later(100)).await.unwrap();
    let signup = db.read(signup_of(&lease)).await;
    assert_eq!((signup.stage, signup.due_at), (Stage::Provisioning, Some(later(100))));
    let licence = db.step(signup_of(&lease), LICENCE).await;
    assert_eq!((licence.state, licence.error.as_deref()), (StepState::Failed, Some("no_seats")));
    assert_eq!(db.step(signup_of(&lease), GROUP).await.state, StepState::Done);
    assert_eq!(db.last_event(signup_of(&lease)).await, ("entitled".to_owned(), "1 of 2".to_owned()));

    let results = [Effect::done(LICENCE, sku())];
    let lease = db.entitled(&lease, &results, true, later(3), later(110)).await.unwrap();
    assert_eq!(lease.step, StepKind::SendPassword);
    let signup = db.read(signup_of(&lease)).await;
    assert_eq!((signup.stage, signup.attempts), (Stage::Delivering, 0));
    let licence = db.step(signup_of(&lease), LICENCE).await;
    assert_eq!((licence.state, licence.attempts, licence.error), (StepState::Done, 2, None));
    assert_eq!(db.step(signup_of(&lease), StepKind::SendPassword).await.state, StepState::Intended);
}

async fn a_delivery_wipes_name_and_password(db: &Db) {
    let lease = db.delivering("max@uni.edu").await;
    let wiped = "SELECT COALESCE(first_name, last_name, sealed, lease_token) \
         FROM signup JOIN operation ON operation.id = signup.operation_id";
    assert_eq!(db.raw(wiped).await, [Some("Max".to_owned())]);
    db.store.delivered(&lease, None, later(5)).await.unwrap();
    assert_eq!(db.raw(wiped).await, [None]);
    let everything =
        "SELECT kind || detail FROM event UNION ALL SELECT kind || target || COALESCE(error, '') FROM step";
    for line in db.raw(everything).await {
        let line = line.unwrap();
        assert!(!line.contains("Max") && !line.contains("max") && !line.contains("first"), "{line}");
    }
    let signup = db.read(signup_of(&lease)).await;
    assert_eq!((signup.stage, signup.due_at), (Stage::Done, None));
    assert_eq!((signup.name, signup.sealed), (None, None));
    assert_eq!(signup.delivered_at, Some(later(5)));
    assert_eq!(signup.username, Some(username("max.mustermann")), "the account has it");
    assert_eq!(db.step(signup_of(&lease), StepKind::SendPassword).await.state, StepState::Done);
    assert!(is_lease_lost(db.store.delivered(&lease, None, later(6)).await));
    assert_eq!(db.store.next_due().await.unwrap(), None);
}

async fn another_name_is_reserved_or_taken(db: &Db) {
    let first = db.queued("first@uni.edu").await;
    db.queued("second@uni.edu").await;
    let claimed = db.claim_at(START).await;
    let (_, lease) = claimed.iter().find(|(signup, _)| signup.id == first).unwrap();
    let take = async |number| {
        let name = username("max.mustermann").numbered(number);
        db.store.take_name(lease, &name, later(1)).await.unwrap()
    };
    assert_eq!(take(2).await, NameTaken::Taken);
    assert_eq!(take(7).await, NameTaken::Reserved);
    assert_eq!(take(7).await, NameTaken::Reserved, "its own name is no obstacle");
    let signup = db.read(first).await;
    assert_eq!(signup.username, Some(username("max.mustermann.7")));
    assert_eq!(signup.shown_username, signup.username);
    assert_eq!(signup.username_base, Some(username("max.mustermann")));
    let lost = Lease { token: LeaseToken::random(&db.entropy), ..*lease };
    assert!(is_lease_lost(db.store.take_name(&lost, &username("max.mustermann.8"), later(2)).await));
}

async fn a_password_can_be_replaced(db: &Db) {
    let id = db.queued("max@uni.edu").await;
    let (_, lease) = db.claim_one(START).await;
    db.store.replace_password(&lease, &sealed("another"), later(1)).await.unwrap();
    assert_eq!(db.read(id).await.sealed, Some(sealed("another")));
    let lost = Lease { step: StepKind::SendPassword, ..lease };
    assert!(is_lease_lost(db.store.replace_password(&lost, &sealed("third"), later(2)).await));
    assert_eq!(db.read(id).await.sealed, Some(sealed("another")));
}

async fn a_settled_duplicate_reminds_the_owner(db: &Db) {
    let owner = db.queued("max@uni.edu").await;
    let mut duplicates = Vec::new();
    for _ in 0..2 {
        let duplicate = db.request("max@uni.edu");
        db.store.insert_signup(&duplicate).await.unwrap();
        duplicates.push(duplicate.id);
    }
    let claimed = db.claim_at(START).await;
    let lease_of = |id| claimed.iter().find(|(signup, _)| signup.id == id).unwrap().1;
    let take = async |id, none_since, now| {
        db.store
            .take_reminder(&lease_of(id), &mail("reminder", unlimited("max@uni.edu")), none_since, now)
            .await
            .unwrap()
    };
    assert!(take(duplicates[0], START, later(3)).await);
    assert_eq!(db.step(duplicates[0], StepKind::SendReminder).await.state, StepState::Intended);
    assert!(!take(duplicates[1], later(2), later(4)).await, "one at a time");
    assert!(take(duplicates[0], later(2), later(5)).await, "it stays with who took it until the mail is out");

    db.store.duplicate_settled(&lease_of(duplicates[0]), true, later(6)).await.unwrap();
    assert_eq!(db.step(duplicates[0], StepKind::SendReminder).await.state, StepState::Done);
    db.store.duplicate_settled(&lease_of(duplicates[1]), false, later(7)).await.unwrap();
    assert_eq!(db.store.steps(duplicates[1]).await.unwrap(), []);
    for id in duplicates.iter().copied() {
        let signup = db.read(id).await;
        assert_eq!((signup.stage, signup.due_at, signup.name), (Stage::Done, None, None));
        assert_eq!(signup.email, Some(email("max@uni.edu")), "its page still shows the masked address");
    }
    let as_duplicate = db.store.duplicate_settled(&lease_of(owner), false, later(5)).await;
    assert!(is_lease_lost(as_duplicate));
    let settled = db
        .store
        .take_reminder(
            &lease_of(duplicates[1]),
            &mail("reminder", unlimited("max@uni.edu")),
            later(9),
            later(9),
        )
        .await;
    assert!(is_lease_lost(settled));
    assert!(
        is_lease_lost(
            db.store
                .take_reminder(
                    &lease_of(owner),
                    &mail("reminder", unlimited("max@uni.edu")),
                    later(9),
                    later(9)
                )
                .await
        ),
        "the owner is no duplicate"
    );
}

async fn a_write_from_the_wrong_step_changes_nothing(db: &Db) {
    let lease = db.delivering("max@uni.edu").await;
    let before = db.read(signup_of(&lease)).await;
    let events = db.store.events(signup_of(&lease)).await.unwrap();
    let earlier = Lease { step: StepKind::CreateUser, ..lease };
    let (now, until) = (later(9), later(99));
    assert!(is_lease_lost(db.store.user_created(&earlier, user(), &[], StepKind::Entitle, now, until).await));
    for complete in [true, false] {
        assert!(is_lease_lost(db.entitled(&earlier, &[], complete, now, until).await));
    }
    assert!(is_lease_lost(db.store.delivered(&earlier, None, now).await));
    assert!(is_lease_lost(db.store.code_sent(&earlier, now).await));
    assert!(is_lease_lost(db.store.needs_attention(&earlier, Attention::GaveUp, "", false, now).await));
    assert_eq!(db.read(signup_of(&lease)).await, before);
    assert_eq!(db.store.events(signup_of(&lease)).await.unwrap(), events);
}
