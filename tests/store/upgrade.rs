//! Databases that version 0.1.0 has written: after the migrations of this version all of it is there and can be read.

use std::collections::BTreeSet;

use accountcreator::{domain::*, store::*};

use crate::{released::Released, support::*};

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
            for Event { at, kind, detail } in store.events(*id).await.unwrap() {
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
