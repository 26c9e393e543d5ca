//! The mails to an address: counted once each, over all its requests, by whichever process.

use std::time::Duration;

use accountcreator::{domain::*, store::*};
use sqlx::{
    Connection, PgConnection, SqlSafeStr, SqliteConnection,
    migrate::{Migration, MigrationType, Migrator},
};

use crate::support::*;

on_both!(
    beyond_the_limit_requests_are_taken_without_a_mail,
    every_kind_of_mail_counts_and_a_password_is_never_withheld,
    a_withheld_code_begins_no_round,
    several_processes_share_one_count,
    a_new_secret_goes_on_counting,
    what_was_counted_is_forgotten,
);

const HOUR: Duration = Duration::from_hours(1);

/// Two mails an hour, three a day.
fn limits() -> MailLimits {
    let limit = |mails, within| MailLimit { mails, within };
    MailLimits::new(vec![limit(2, HOUR), limit(3, HOUR * 24)])
}

/// The mails under the previous secret count on, and requests for one address stay together.
async fn a_new_secret_goes_on_counting(db: &Db) {
    let (old, new) = (crate::erase::secret(1), crate::erase::secret(2));
    let address = email("max@uni.edu");
    let request = |key: &SecretKey, seconds: u64| {
        let hash = key.hash_mailbox(&address);
        let budget = MailBudget { address: hash.clone(), limits: limits() };
        let confirm = Some(PendingConfirmation { until: later(3600), address: hash, budget });
        NewSignup { confirm, now: later(seconds), ..db.request("max@uni.edu") }
    };
    let both = new.clone().with_previous(&old);
    let (first, second, third) = (request(&old, 0), request(&both, 1), request(&both, 2));
    assert_eq!(db.store.insert_signup(&first).await.unwrap(), Inserted::New(first.id));
    assert!(!db.store.have_same_address(first.id, second.id).await.unwrap());
    assert_eq!(db.store.insert_signup(&second).await.unwrap(), Inserted::New(second.id));
    assert!(db.store.have_same_address(first.id, second.id).await.unwrap());
    assert_eq!(db.store.insert_signup(&third).await.unwrap(), Inserted::WithoutMail(third.id));
    assert_eq!(db.store.open_of_address(first.id, 9, later(3)).await.unwrap().len(), 3);
    let budget = |key: &SecretKey| MailBudget { address: key.hash_mailbox(&address), limits: limits() };
    let next = db.store.next_mail(&budget(&both), later(3)).await.unwrap();
    assert_eq!(next, Some(START.plus(HOUR)));
    assert_eq!(db.store.next_mail(&budget(&new), later(3)).await.unwrap(), None, "without the previous key");
    // Either hash is forgotten.
    db.raw("UPDATE signup SET state = 'voided'").await;
    assert_eq!(db.store.forget_address(&old.with_previous(&new).hash_mailbox(&address)).await.unwrap(), 3);
}

async fn insert(db: &Db, address: &str, now: Timestamp) -> (SignupId, Inserted) {
    let request = NewSignup { now, ..db.unconfirmed_within(limits(), address) };
    (request.id, db.store.insert_signup(&request).await.unwrap())
}

async fn counted(db: &Db) -> usize {
    db.raw("SELECT mail FROM mail_sent").await.len()
}

async fn beyond_the_limit_requests_are_taken_without_a_mail(db: &Db) {
    for _ in 0..2 {
        let (id, inserted) = insert(db, "max@uni.edu", START).await;
        assert_eq!(inserted, Inserted::New(id));
    }
    let (withheld, inserted) = insert(db, "MAX+tag@uni.edu", later(1)).await;
    assert_eq!(inserted, Inserted::WithoutMail(withheld));
    let signup = db.read(withheld).await;
    assert_eq!((signup.stage, signup.confirm_round, signup.due_at), (Stage::AwaitingConfirmation, 0, None));
    assert_eq!(db.store.link_expires_at(withheld, 1).await.unwrap(), None);
    assert_eq!(db.last_event(withheld).await.0, "code_withheld");
    let (other, inserted) = insert(db, "eva@uni.edu", later(1)).await;
    assert_eq!(inserted, Inserted::New(other), "another address has mails of its own");
    let due: Vec<_> = db.claim_at(later(2)).await.into_iter().map(|(signup, _)| signup.id).collect();
    assert!(due.len() == 3 && !due.contains(&withheld), "no mail is to be sent for it");
    // The link of a mail that was sent shows the request that had none.
    let open = db.store.open_of_address(due[0], 9, later(2)).await.unwrap();
    assert_eq!(open[0].id, withheld);

    let next = async |now| db.store.next_mail(&budget("max@uni.edu", limits()), now).await.unwrap();
    assert_eq!(next(later(2)).await, Some(START.plus(HOUR)));
    let (third, inserted) = insert(db, "max@uni.edu", START.plus(HOUR)).await;
    assert_eq!(inserted, Inserted::New(third));
    assert_eq!(next(START.plus(HOUR)).await, Some(START.plus(HOUR * 24)));
    let (fourth, inserted) = insert(db, "max@uni.edu", START.plus(HOUR * 3)).await;
    assert_eq!(inserted, Inserted::WithoutMail(fourth), "the day has a limit too");
    assert_eq!(next(START.plus(HOUR * 24)).await, None);
}

async fn every_kind_of_mail_counts_and_a_password_is_never_withheld(db: &Db) {
    let lease = db.delivering("max@uni.edu").await;
    let duplicate = db.request("max@uni.edu");
    db.store.insert_signup(&duplicate).await.unwrap();
    let (_, waiting) = db.claim_one(START).await;
    let reminder = |id: &str| mail(id, budget("max@uni.edu", limits()));
    let take = async |id: &str, since, now| {
        db.store.take_reminder(&waiting, &reminder(id), since, now).await.unwrap()
    };
    for _ in 0..2 {
        insert(db, "max@uni.edu", START).await;
    }
    assert!(!take("reminder", START, later(1)).await, "two codes are all for this hour");
    assert_eq!(db.store.steps(signup_of(&waiting)).await.unwrap(), [], "it is not intended");
    let password = mail("password", budget("max@uni.edu", limits()));
    db.store.delivered(&lease, Some(&password), later(2)).await.unwrap();
    assert_eq!(counted(db).await, 3, "it is sent all the same, and counts");
    let day = START.plus(HOUR * 24);
    let (_, waiting) = {
        let now = day.plus(MINUTE);
        let mut claimed = db.claim_at(now).await;
        claimed.retain(|(signup, _)| signup.id == duplicate.id);
        claimed.remove(0)
    };
    let take =
        async |id: &str, now| db.store.take_reminder(&waiting, &reminder(id), later(2), now).await.unwrap();
    assert!(take("reminder", day.plus(MINUTE)).await);
    assert_eq!(counted(db).await, 4);
    assert!(take("reminder", day.plus(MINUTE * 2)).await, "the same mail once more");
    assert_eq!(counted(db).await, 4, "it counts once");
}

async fn a_withheld_code_begins_no_round(db: &Db) {
    let (id, _) = insert(db, "max@uni.edu", START).await;
    let (other, _) = insert(db, "max@uni.edu", later(1)).await;
    db.store.count_wrong_code(id, later(2)).await.unwrap();
    let budget = budget("max@uni.edu", limits());
    let round = db.store.new_confirmation_round(id, 1, &budget, later(7200), later(60)).await.unwrap();
    assert_eq!(round, NewRound::Withheld(START.plus(HOUR)));
    let signup = db.read(id).await;
    assert_eq!((signup.confirm_round, signup.wrong_codes), (1, 1), "no tries are given back");
    assert_eq!(signup.confirm_until, Some(later(3600)));
    assert_eq!(db.store.link_expires_at(id, 1).await.unwrap(), Some(later(3600)));
    let round = db.store.new_confirmation_round(other, 1, &budget, later(7200), START.plus(HOUR)).await;
    assert_eq!(round.unwrap(), NewRound::Begun(2));
}

async fn several_processes_share_one_count(db: &Db) {
    let mut processes = tokio::task::JoinSet::new();
    for _ in 0..16 {
        let settings = Database { max_connections: 1, ..db.settings.clone() };
        let request = db.unconfirmed_within(limits(), "max@uni.edu");
        processes.spawn(async move {
            Store::open(&settings).await.unwrap().insert_signup(&request).await.unwrap()
        });
    }
    let inserted = processes.join_all().await;
    let mailed = inserted.iter().filter(|inserted| matches!(inserted, Inserted::New(_))).count();
    assert_eq!(mailed, 2, "{inserted:?}");
    assert_eq!(counted(db).await, 2);
    assert_eq!(db.claim_at(later(1)).await.len(), 2);
}

async fn what_was_counted_is_forgotten(db: &Db) {
    insert(db, "max@uni.edu", START).await;
    insert(db, "max@uni.edu", later(60)).await;
    assert_eq!(db.store.forget_mails(later(59)).await.unwrap(), 1);
    assert_eq!(db.store.next_mail(&budget("max@uni.edu", limits()), later(60)).await.unwrap(), None);
    assert_eq!(db.store.forget_mails(later(60)).await.unwrap(), 1);
    let (id, inserted) = insert(db, "max@uni.edu", later(61)).await;
    assert_eq!(inserted, Inserted::New(id));
}

/// A row of 0.1.0 that waits for its confirmation.
const ROWS: &str = "INSERT INTO signup (id, form_nonce, stage, claimed_from, email, first_name, last_name, locale, \
     profile, tenant, domain, username_base, shown_username, confirm_round, confirm_until, consent_version, \
     consent_at, created_at, updated_at, trying_since) VALUES \
     ('01010101-0101-4101-8101-010101010101', 'n1', 'awaiting_confirmation', 'awaiting_confirmation', \
      'max@uni.edu', 'Max', 'Mustermann', 'de', 'students', 'uni', 'stud.example.edu', 'max.mustermann', \
      'max.mustermann', 2, 1800003600000, '1', 1800000000000, 1800000000000, 1800000000000, 1800000000000)";

/// The schema of 0.1.0 with such a row, brought up to date.
async fn requests_of_the_first_version_go_on(db: Db) {
    let is_sqlite = db.url().starts_with("sqlite");
    let text = if is_sqlite {
        include_str!("../../migrations/sqlite/0001_signups.sql")
    } else {
        include_str!("../../migrations/postgres/0001_signups.sql")
    };
    let first = Migration::new(1, "signups".into(), MigrationType::Simple, text.into_sql_str(), false);
    let migrator = Migrator::with_migrations(vec![first]);
    if is_sqlite {
        let mut connection = SqliteConnection::connect(&db.direct).await.unwrap();
        migrator.run(&mut connection).await.unwrap();
    } else {
        let mut connection = PgConnection::connect(&db.direct).await.unwrap();
        migrator.run(&mut connection).await.unwrap();
    }
    db.raw(&format!("{ROWS} RETURNING id")).await;
    db.store.migrate().await.unwrap();

    let id: SignupId = "01010101-0101-4101-8101-010101010101".parse().unwrap();
    assert_eq!(db.store.link_expires_at(id, 2).await.unwrap(), Some(later(3600)), "its newest link is valid");
    assert_eq!(db.store.link_expires_at(id, 1).await.unwrap(), None, "0.1.0 made the earlier one void");
    let budget = budget("max@uni.edu", limits());
    let round = db.store.new_confirmation_round(id, 2, &budget, later(7200), later(60)).await.unwrap();
    assert_eq!(round, NewRound::Begun(3));
    let confirmed = db.store.confirm(id, None, &sealed("x"), &Requester::Visitor, later(90)).await.unwrap();
    assert_eq!(confirmed, Confirmed::Queued);
    assert_eq!(db.read(id).await.username, Some(username("max.mustermann")));
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_of_the_first_version_go_on_on_sqlite() {
    requests_of_the_first_version_go_on(Db::empty_sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_of_the_first_version_go_on_on_postgres() {
    if let Some(db) = Db::empty_postgres().await {
        requests_of_the_first_version_go_on(db).await;
    }
}
