//! Requests: the constraints decide, also when all come at once.

use std::{collections::BTreeSet, future::Future, task::Poll};

use accountcreator::{domain::*, store::*};
use tokio::task::JoinSet;

use crate::support::*;

on_both!(
    a_request_is_kept_as_it_came,
    fifty_namesakes_are_numbered_without_gaps,
    a_long_name_is_numbered_too,
    one_address_in_a_hundred_spellings_is_one_signup,
    the_same_form_sent_twice_is_one_signup,
    a_form_sent_many_times_at_once_is_one_signup,
    a_form_sent_again_with_a_free_address_leaves_nothing,
    the_rows_of_a_request_name_each_other,
    a_duplicate_owns_nothing_and_shows_nothing_new,
    an_unconfirmed_request_owns_nothing,
    reserved_names_are_the_namesakes_of_one_domain,
    a_request_dropped_at_any_moment_takes_nothing_of_others,
);

/// Runs all at once and gathers what came out.
async fn at_once<T: Send + 'static>(all: Vec<impl Future<Output = T> + Send + 'static>) -> Vec<T> {
    all.into_iter().collect::<JoinSet<_>>().join_all().await
}

async fn insert_all(db: &Db, requests: Vec<NewSignup>) -> Vec<Inserted> {
    let insert = |request: NewSignup| {
        let store = db.store.clone();
        async move { store.insert_signup(&request).await.unwrap() }
    };
    at_once(requests.into_iter().map(insert).collect()).await
}

async fn a_request_is_kept_as_it_came(db: &Db) {
    let request = db.request("Max@Uni.edu");
    assert_eq!(db.store.insert_signup(&request).await.unwrap(), Inserted::New(request.id));
    let signup = db.read(request.id).await;
    assert_eq!(signup.stage, Stage::Queued);
    assert_eq!((signup.step, signup.in_doubt), (Some(StepKind::CreateUser), false));
    assert_eq!(signup.email, Some(request.email));
    assert_eq!(signup.name, Some(request.name));
    assert_eq!(signup.locale, request.locale);
    assert_eq!(signup.profile, request.profile);
    assert_eq!((&signup.tenant, &signup.domain), (&request.tenant, &request.domain));
    assert_eq!(signup.username, Some(request.username.clone()));
    assert_eq!(signup.username_base, Some(request.username.clone()));
    assert_eq!(signup.shown_username, Some(request.username));
    assert_eq!(signup.sealed, Some(request.sealed));
    assert_eq!(signup.consent, request.consent);
    assert_eq!((signup.created_at, signup.updated_at), (START, START));
    assert_eq!(signup.due_at, Some(START));
    assert_eq!((signup.attempts, signup.confirm_round, signup.wrong_codes), (0, 0, 0));
    assert_eq!(signup.object_id, None);
    assert_eq!(db.last_event(signup.id).await, ("received".to_owned(), "queued".to_owned()));
}

async fn fifty_namesakes_are_numbered_without_gaps(db: &Db) {
    let requests: Vec<_> = (0..50).map(|n| db.request(&format!("student{n}@uni.edu"))).collect();
    let ids: Vec<_> = requests.iter().map(|request| request.id).collect();
    let inserted = insert_all(db, requests).await;
    assert!(inserted.iter().all(|inserted| matches!(inserted, Inserted::New(_))));
    let mut names = BTreeSet::new();
    for id in ids {
        let signup = db.read(id).await;
        assert_eq!(signup.shown_username, signup.username);
        names.insert(signup.username.unwrap());
    }
    let expected = (1..=50).map(|n| username("max.mustermann").numbered(n)).collect();
    assert_eq!(names, expected);
}

async fn a_long_name_is_numbered_too(db: &Db) {
    let long = username(&"x".repeat(Username::MAX_CHARS));
    for n in 1..=12 {
        let request = NewSignup { username: long.clone(), ..db.request(&format!("student{n}@uni.edu")) };
        db.store.insert_signup(&request).await.unwrap();
        assert_eq!(db.read(request.id).await.username, Some(long.numbered(n)));
    }
}

async fn one_address_in_a_hundred_spellings_is_one_signup(db: &Db) {
    let spelling = |n: u32| -> String {
        let flip = |(at, c): (usize, char)| if n >> at & 1 == 1 { c.to_ascii_uppercase() } else { c };
        "student@uni.edu".chars().enumerate().map(flip).collect()
    };
    let inserted = insert_all(db, (0..100).map(|n| db.request(&spelling(n))).collect()).await;
    let new: Vec<_> = inserted.iter().filter(|inserted| matches!(inserted, Inserted::New(_))).collect();
    let Inserted::New(owner) = *new[0] else { unreachable!() };
    assert_eq!(new.len(), 1);
    for inserted in &inserted {
        match *inserted {
            Inserted::New(id) => assert_eq!(id, owner),
            Inserted::Duplicate { id, of } => {
                assert_eq!(of, owner.into());
                assert_eq!(db.read(id).await.duplicate_of, Some(owner));
            }
            Inserted::WithoutMail(_) | Inserted::Repeated(_) => panic!("each form was sent once"),
        }
    }
    assert_eq!(db.store.signup_by_email(&email("STUDENT@UNI.EDU")).await.unwrap().unwrap().id, owner);
}

async fn the_same_form_sent_twice_is_one_signup(db: &Db) {
    let first = db.request("max@uni.edu");
    let second = NewSignup { id: SignupId::random(&db.entropy), ..first.clone() };
    assert_eq!(db.store.insert_signup(&first).await.unwrap(), Inserted::New(first.id));
    assert_eq!(db.store.insert_signup(&second).await.unwrap(), Inserted::Repeated(first.id));
    assert_eq!(db.store.signup_by_form(first.form).await.unwrap(), Some(first.id));
    assert_eq!(db.store.signup_by_form(FormNonce::random(&db.entropy)).await.unwrap(), None);
    // Also for a form that became a duplicate, and for one that waits for its confirmation.
    for first in [db.request("max@uni.edu"), db.unconfirmed("moritz@uni.edu")] {
        let second = NewSignup { id: SignupId::random(&db.entropy), ..first.clone() };
        db.store.insert_signup(&first).await.unwrap();
        assert_eq!(db.store.insert_signup(&second).await.unwrap(), Inserted::Repeated(first.id));
        assert_eq!(db.store.signup(second.id).await.unwrap(), None);
        assert_eq!(db.store.signup_by_form(second.form).await.unwrap(), Some(first.id));
    }
    assert_eq!(db.store.signup_by_form(FormNonce::random(&db.entropy)).await.unwrap(), None);
}

/// The first row that is written for it has no conflict, and goes with the others.
async fn a_form_sent_again_with_a_free_address_leaves_nothing(db: &Db) {
    let first = db.request("max@uni.edu");
    db.store.insert_signup(&first).await.unwrap();
    let again = NewSignup { form: first.form, ..db.request("moritz@uni.edu") };
    assert_eq!(db.store.insert_signup(&again).await.unwrap(), Inserted::Repeated(first.id));
    for table in ["signup", "account", "operation", "event"] {
        let count = db.raw(&format!("SELECT CAST(COUNT(*) AS TEXT) FROM {table}")).await;
        assert_eq!(count, [Some("1".to_owned())], "{table}");
    }
    let other = db.request("moritz@uni.edu");
    assert_eq!(db.store.insert_signup(&other).await.unwrap(), Inserted::New(other.id));
}

/// Numbers of operations, events and rows differ, so that none can stand for another.
async fn the_rows_of_a_request_name_each_other(db: &Db) {
    for kind in ["check_account", "send_alert"] {
        db.raw(&format!(
            "INSERT INTO operation (kind, target, tenant, step, needs, trying_since, requester_kind, created_at, \
             updated_at) VALUES ('{kind}', '{kind}', '', 'send_alert', 'mail', 1, 'service', 1, 1)"
        ))
        .await;
    }
    let requester = Requester::Operator { login: Some("ada".to_owned()), sudo_user: None };
    let first = NewSignup { requester: requester.clone(), ..db.request("max@uni.edu") };
    let further = NewSignup { requester: requester.clone(), ..db.request("max@uni.edu") };
    let unconfirmed = NewSignup { requester, ..db.unconfirmed("moritz@uni.edu") };
    for request in [first, further, unconfirmed] {
        db.store.insert_signup(&request).await.unwrap();
        let id = request.id;
        let sql = format!(
            "SELECT signup.id FROM signup JOIN operation AS o ON o.id = signup.operation_id AND o.signup_id = signup.id \
             JOIN event AS e ON e.signup_id = signup.id AND e.operation_id = o.id \
             AND e.requester_kind = o.requester_kind AND e.requester = o.requester AND o.requester LIKE '%ada%' \
             WHERE signup.id = '{id}'"
        );
        assert_eq!(db.raw(&sql).await, [Some(id.to_string())]);
    }
}

async fn a_form_sent_many_times_at_once_is_one_signup(db: &Db) {
    let form = FormNonce::random(&db.entropy);
    let requests = (0..20).map(|_| NewSignup { form, ..db.request("max@uni.edu") }).collect();
    let inserted = insert_all(db, requests).await;
    let new: Vec<_> = inserted
        .iter()
        .filter_map(|inserted| match inserted {
            Inserted::New(id) => Some(*id),
            _ => None,
        })
        .collect();
    assert_eq!(new.len(), 1);
    assert_eq!(inserted.iter().filter(|inserted| **inserted == Inserted::Repeated(new[0])).count(), 19);
}

async fn a_duplicate_owns_nothing_and_shows_nothing_new(db: &Db) {
    db.queued("other@uni.edu").await;
    let owner = db.queued("max@uni.edu").await;
    let same_name = db.request("max@uni.edu");
    let other_name = NewSignup { username: username("maxi.m"), ..db.request("max@uni.edu") };
    let taken = NewSignup { username: username("eva"), ..db.request("eva@uni.edu") };
    db.store.insert_signup(&taken).await.unwrap();
    let taken_name = NewSignup { username: username("eva"), ..db.request("max@uni.edu") };
    let expected = [(same_name, "max.mustermann.2"), (other_name, "maxi.m"), (taken_name, "eva.2")];
    for (request, shown) in expected {
        let expected = Inserted::Duplicate { id: request.id, of: owner.into() };
        assert_eq!(db.store.insert_signup(&request).await.unwrap(), expected);
        let signup = db.read(request.id).await;
        assert_eq!(signup.stage, Stage::Queued);
        assert_eq!(signup.duplicate_of, Some(owner));
        assert_eq!((signup.username, signup.sealed), (None, None));
        assert_eq!(signup.shown_username, Some(username(shown)));
        assert_eq!(db.last_event(signup.id).await, ("duplicate".to_owned(), owner.to_string()));
    }
    let owners = "SELECT signup.id FROM signup JOIN account ON account.id = signup.id WHERE is_further = 1";
    assert_eq!(db.raw(owners).await, [], "none of them has an account of its own");
    let accounts = "SELECT DISTINCT account_id FROM signup WHERE is_further = 1";
    assert_eq!(db.raw(accounts).await, [Some(owner.to_string())]);
}

async fn an_unconfirmed_request_owns_nothing(db: &Db) {
    for _ in 0..2 {
        let request = db.unconfirmed("max@uni.edu");
        assert_eq!(db.store.insert_signup(&request).await.unwrap(), Inserted::New(request.id));
        let signup = db.read(request.id).await;
        assert_eq!(signup.stage, Stage::AwaitingConfirmation);
        assert_eq!((signup.username, signup.sealed), (None, None));
        assert_eq!(signup.username_base, Some(username("max.mustermann")));
        assert_eq!((signup.confirm_round, signup.confirm_until), (1, Some(later(3600))));
        assert_eq!(signup.due_at, Some(START), "the code is to be mailed");
    }
    assert_eq!(db.store.signup_by_email(&email("max@uni.edu")).await.unwrap(), None);
}

async fn reserved_names_are_the_namesakes_of_one_domain(db: &Db) {
    for name in ["anna", "anna.2", "anna.10", "anna.lee", "anna-2", "annalena", "anna.2.lee"] {
        let request = NewSignup { username: username(name), ..db.request(&format!("{name}@uni.edu")) };
        db.store.insert_signup(&request).await.unwrap();
    }
    let names = db.store.reserved_names(&domain(), &username("anna")).await.unwrap();
    assert_eq!(names, ["anna", "anna.10", "anna.2"].map(username).into());
    let elsewhere: UpnDomain = "staff.example.edu".parse().unwrap();
    assert!(db.store.reserved_names(&elsewhere, &username("anna")).await.unwrap().is_empty());
}

/// Drops a future when it waits for the so-many-th time; returns whether it had ended before.
async fn dropped_at(wait: usize, future: impl Future) -> bool {
    let (mut future, mut waits) = (Box::pin(future), 0);
    std::future::poll_fn(|context| match future.as_mut().poll(context) {
        Poll::Ready(_) => Poll::Ready(true),
        Poll::Pending => {
            waits += 1;
            if waits == wait { Poll::Ready(false) } else { Poll::Pending }
        }
    })
    .await
}

/// As when a visitor hangs up while the form is being saved.
async fn a_request_dropped_at_any_moment_takes_nothing_of_others(db: &Db) {
    let mut wait = 1;
    loop {
        let dropped = db.request(&format!("dropped{wait}@uni.edu"));
        let ended = dropped_at(wait, db.store.insert_signup(&dropped)).await;
        let other = db.request(&format!("other{wait}@uni.edu"));
        assert_eq!(db.store.insert_signup(&other).await.unwrap(), Inserted::New(other.id), "after {wait}");
        assert_eq!(db.read(other.id).await.stage, Stage::Queued);
        // Saved as a whole or not at all, it can be sent again.
        db.store.insert_signup(&dropped).await.unwrap();
        assert_eq!(db.read(dropped.id).await.stage, Stage::Queued);
        if ended {
            return;
        }
        wait += 1;
    }
}
