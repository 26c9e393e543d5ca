//! Databases that version 0.1.0 has written: after the migrations of this version all of it is there and can be read.

use std::collections::BTreeSet;

use accountcreator::{domain::*, store::*};

use crate::{
    released::{self, Released},
    support::*,
};

/// All signups, steps and events, each as one line; sorted, because the databases sort by different rules.
#[derive(Debug, PartialEq)]
struct Record {
    signups: Vec<String>,
    steps: Vec<String>,
    events: Vec<String>,
}

impl Record {
    /// The rows of 0.1.0.
    async fn released(db: &Db) -> Self {
        let lines = async |columns: &[&str], table: &str| {
            let column = |name: &&str| format!("COALESCE(CAST({name} AS TEXT), '')");
            let line = columns.iter().map(column).collect::<Vec<_>>().join(" || '|' || ");
            let lines = db.raw(&format!("SELECT {line} FROM {table}")).await;
            sorted(lines.into_iter().map(Option::unwrap))
        };
        let signup = [
            "id",
            "stage",
            "duplicate_of",
            "email",
            "first_name",
            "last_name",
            "locale",
            "profile",
            "tenant",
            "domain",
            "username",
            "object_id",
            "sealed",
            "waiting",
            "attention",
            "last_error",
            "confirm_round",
            "confirm_until",
            "consent_version",
            "consent_at",
            "created_at",
            "due_at",
            "delivered_at",
            "done_at",
            "resets",
        ];
        let step = ["signup_id", "kind", "target", "state", "attempts", "error", "started_at", "finished_at"];
        Self {
            signups: lines(&signup, "signup").await,
            steps: lines(&step, "step").await,
            events: lines(&["signup_id", "at", "kind", "detail"], "event").await,
        }
    }

    /// The same as this version reads it.
    async fn read(store: &Store) -> Self {
        let signups = store.list(&Filter { stage: None, limit: 10_000, after: None }).await.unwrap();
        let (mut steps, mut events) = (Vec::new(), Vec::new());
        for Signup { id, .. } in &signups {
            for step in store.steps(*id).await.unwrap() {
                let Step { kind, target, state, attempts, error, started_at, finished_at } = step;
                let (started_at, finished_at) = (started_at.millis(), millis(finished_at));
                let error = error.unwrap_or_default();
                steps.push(format!(
                    "{id}|{kind}|{target}|{state}|{attempts}|{error}|{started_at}|{finished_at}"
                ));
            }
            for Event { at, kind, detail, .. } in store.events(*id).await.unwrap() {
                events.push(format!("{id}|{}|{kind}|{detail}", at.millis()));
            }
        }
        Self {
            signups: sorted(signups.iter().map(signup_line)),
            steps: sorted(steps.into_iter()),
            events: sorted(events.into_iter()),
        }
    }
}

fn sorted(lines: impl Iterator<Item = String>) -> Vec<String> {
    let mut lines: Vec<_> = lines.collect();
    lines.sort();
    lines
}

fn signup_line(signup: &Signup) -> String {
    [
        signup.id.to_string(),
        signup.stage.to_string(),
        text(signup.duplicate_of),
        text(signup.email.as_ref().map(Email::as_str)),
        text(signup.name.as_ref().map(PersonName::first)),
        text(signup.name.as_ref().map(PersonName::last)),
        signup.locale.to_string(),
        signup.profile.to_string(),
        signup.tenant.to_string(),
        signup.domain.to_string(),
        text(signup.username.as_ref()),
        text(signup.object_id),
        text(signup.sealed.as_ref().map(Sealed::as_str)),
        text(signup.waiting),
        text(signup.attention),
        text(signup.last_error.as_ref()),
        signup.confirm_round.to_string(),
        millis(signup.confirm_until),
        signup.consent.text_version.clone(),
        signup.consent.given_at.millis().to_string(),
        signup.created_at.millis().to_string(),
        millis(signup.due_at),
        millis(signup.delivered_at),
        millis(signup.done_at),
        signup.resets.to_string(),
    ]
    .join("|")
}

fn text(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

fn millis(at: Option<Timestamp>) -> String {
    text(at.map(Timestamp::millis))
}

async fn everything_is_carried_over(db: Db) {
    let released = Released::at(START, &db.direct);
    released.load(&db.direct).await;
    let before = Record::released(&db).await;
    let untold = db.raw("SELECT id FROM signup WHERE stage = 'needs_attention' AND alerted_at IS NULL").await;
    let applied = db.store.migrate_unused(START, |_| {}).await.unwrap();
    assert_eq!(applied.first().map(|migration| migration.version), Some(2));
    assert_eq!(Record::read(&db.store).await, before);

    let signups = db.store.list(&Filter { stage: None, limit: 10_000, after: None }).await.unwrap();
    assert_covers_all_states(&signups);
    let key = released.key();
    let mut opened = 0;
    for signup in &signups {
        if let Some(sealed) = &signup.sealed {
            let password = key.open(signup.id, sealed).unwrap();
            let name = format!("{}@{}", signup.username.as_ref().unwrap(), signup.domain);
            if let Some(user) = released.users.iter().find(|user| user.name == name) {
                assert_eq!(password.expose(), user.password, "{name}");
                opened += 1;
            }
        }
        // A further request does not own its address.
        if let (Some(email), None) = (&signup.email, signup.duplicate_of) {
            let owner = db.store.signup_by_email(email).await.unwrap();
            let owns = signup.stage != Stage::AwaitingConfirmation;
            assert_eq!(owner.is_some_and(|owner| owner.id == signup.id), owns, "{}", email.as_str());
        }
    }
    assert!(opened >= 5, "users with a password that is still to be mailed: {opened}");
    let still_untold = db.store.untold_attention(100).await.unwrap();
    assert_eq!(still_untold.len(), untold.len());
}

/// The fixture has signups in every state that 0.1.0 can leave behind.
fn assert_covers_all_states(signups: &[Signup]) {
    let stages: BTreeSet<_> = signups.iter().map(|signup| signup.stage.as_str()).collect();
    let expected = [
        "awaiting_confirmation",
        "delivering",
        "done",
        "needs_attention",
        "provisioning",
        "queued",
        "resetting",
    ];
    assert_eq!(stages, expected.into());
    let waiting: BTreeSet<_> =
        signups.iter().filter_map(|signup| signup.waiting).map(Waiting::as_str).collect();
    let expected = ["mail_unavailable", "no_seats", "tenant_unavailable", "throttled"];
    assert_eq!(waiting, expected.into());
    let reasons: BTreeSet<_> =
        signups.iter().filter_map(|signup| signup.attention).map(Attention::as_str).collect();
    let expected = ["forbidden", "group_refused", "licence_unknown", "recipient_refused", "user_refused"];
    assert_eq!(reasons, expected.into());
    assert!(signups.iter().any(|signup| signup.profile.as_str() == "imported"));
    assert!(signups.iter().any(|signup| signup.duplicate_of.is_some()));
    assert!(signups.iter().any(|signup| signup.resets > 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_carried_over_on_sqlite() {
    everything_is_carried_over(Db::empty_sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_carried_over_on_postgres() {
    if let Some(db) = Db::empty_postgres().await {
        everything_is_carried_over(db).await;
    }
}

/// The variable with the number of signups in a large database; long rounds take 100,000.
const ROWS: &str = "ACCOUNTCREATOR_TEST_ROWS";

/// Fills the tables of 0.1.0: signups in all stages, and for each of them four steps and six events.
async fn fill(db: &Db, rows: u32) {
    let numbers = if db.direct.starts_with("sqlite") {
        format!(
            "(WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < {rows}) SELECT n FROM r) AS s"
        )
    } else {
        format!("generate_series(1, {rows}) AS s (n)")
    };
    let id = |n: &str| format!("'00000000-0000-4000-8000-' || substr(CAST(1000000000000 + {n} AS TEXT), 2)");
    let (own, earlier) = (id("n"), id("(n - 1)"));
    let at = format!("{} + n", START.millis() - 100 * 86_400_000);
    // Of ten signups, the last has no user; one is a further request, one is imported, five are finished.
    let signups = format!(
        "INSERT INTO signup (id, form_nonce, stage, claimed_from, duplicate_of, email, email_key, first_name, last_name, \
         locale, profile, tenant, domain, username, username_base, shown_username, object_id, sealed, due_at, attention, \
         confirm_round, confirm_until, consent_version, consent_at, created_at, updated_at, trying_since, delivered_at, \
         done_at) \
         SELECT {own}, 'AAAAAAAAAA' || substr(CAST(1000000000000 + n AS TEXT), 2), \
         CASE k WHEN 1 THEN 'queued' WHEN 2 THEN 'needs_attention' WHEN 3 THEN 'awaiting_confirmation' \
             WHEN 4 THEN 'delivering' ELSE 'done' END, \
         CASE WHEN k = 3 THEN 'awaiting_confirmation' ELSE 'queued' END, \
         CASE WHEN k = 6 THEN {earlier} END, 'st' || n || '@uni.edu', \
         CASE WHEN k NOT IN (3, 6) THEN 'st' || n || '@uni.edu' END, \
         CASE WHEN k IN (1, 2, 3, 4) THEN 'Max' END, CASE WHEN k IN (1, 2, 3, 4) THEN 'Muster' || n END, \
         'en', CASE WHEN k = 7 THEN 'imported' ELSE 'students' END, 'uni', 'stud.example.edu', \
         CASE WHEN k NOT IN (3, 6, 7) THEN 'max.' || n END, CASE WHEN k <> 7 THEN 'max.' || n END, \
         CASE WHEN k <> 7 THEN 'max.' || n END, \
         CASE WHEN k IN (0, 4, 5, 8, 9) THEN {own} END, CASE WHEN k IN (1, 2, 4) THEN 'sealed' END, \
         CASE WHEN k IN (1, 4) THEN at END, CASE WHEN k = 2 THEN 'forbidden' END, \
         CASE WHEN k = 7 THEN 0 ELSE 1 END, CASE WHEN k = 3 THEN at + 86400000 END, '1', at, at, at, at, \
         CASE WHEN k IN (0, 5, 8, 9) THEN at END, CASE WHEN k IN (0, 5, 6, 7, 8, 9) THEN at END \
         FROM (SELECT n, n % 10 AS k, {at} AS at FROM {numbers}) AS numbered"
    );
    let steps = ["send_code", "create_user", "assign_licence", "send_password"].map(|kind| {
        format!(
            "INSERT INTO step (signup_id, kind, target, state, attempts, error, started_at, finished_at) \
             SELECT {own}, '{kind}', '', 'done', 1, NULL, {at}, {at} FROM {numbers}"
        )
    });
    let events = ["requested", "code_sent", "confirmed", "claimed", "user_created", "done"].map(|kind| {
        format!(
            "INSERT INTO event (signup_id, at, kind, detail) SELECT {own}, {at}, '{kind}', 'x' FROM {numbers}"
        )
    });
    let all = [signups].into_iter().chain(steps).chain(events).collect::<Vec<_>>().join(";\n");
    released::execute(&db.direct, &all).await;
}

#[allow(clippy::print_stdout, reason = "the figure is read from the long round")]
async fn a_large_database_is_migrated(db: Db) {
    let rows = std::env::var(ROWS).map_or(2_000, |rows| rows.parse().unwrap());
    fill(&db, rows).await;
    let (began, times) = (std::time::Instant::now(), std::sync::Mutex::new(Vec::new()));
    let begin =
        |migration: &AppliedMigration| times.lock().unwrap().push((migration.version, began.elapsed()));
    let applied = db.store.migrate_unused(START, begin).await.unwrap();
    let took = began.elapsed();
    println!("{:?}: {rows} signups were migrated in {took:?}: {:?}", db.store, times.into_inner().unwrap());
    assert!(took.as_secs() < 120, "{rows} signups took {took:?}");
    assert_eq!(applied.first().map(|migration| migration.version), Some(2));
    let counts = db.store.count_by_stage().await.unwrap();
    assert_eq!(counts.values().sum::<u64>(), u64::from(rows));
    let tenth = u64::from(rows / 10);
    assert_eq!([counts["queued"], counts["needs_attention"], counts["done"]], [tenth, tenth, tenth * 6]);
    let last = format!("00000000-0000-4000-8000-{rows:012}").parse().unwrap();
    let (steps, events) = (db.store.steps(last).await.unwrap(), db.store.events(last).await.unwrap());
    assert_eq!((steps.len(), events.len()), (4, 6));
    let owner = db.store.signup_by_email(&email(&format!("st{rows}+tag@uni.edu"))).await.unwrap();
    assert_eq!(owner.map(|signup| signup.id), Some(last));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_database_is_migrated_on_sqlite() {
    a_large_database_is_migrated(Db::empty_sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_database_is_migrated_on_postgres() {
    if let Some(db) = Db::empty_postgres().await {
        a_large_database_is_migrated(db).await;
    }
}
