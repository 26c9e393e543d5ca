//! Forms that are taken, against rows that are written without HTTP around it.

use std::{sync::Arc, time::Instant};

use accountcreator::{
    config::Database,
    domain::{
        Clock, Consent, Email, Entropy, FormNonce, Password, PasswordLength, PersonName, Requester,
        SecretKey, SignupId, Username,
    },
    store::{NewSignup, Store},
};
use anyhow::{Context, Result};
use serde_json::json;
use tokio::{sync::Mutex, task::JoinSet};

use crate::{
    Effort, load,
    report::{Goal, Report, median},
    rig::{browser::Entry, settings::DOMAIN},
    town::{ORDINARY, Town},
};

/// How many are under way at once, in both cases.
const CONCURRENCY: usize = 16;

pub async fn measure(effort: Effort, report: &mut Report) -> Result<()> {
    report.heading(&format!("Taking forms: durable rows in SQLite, {CONCURRENCY} at once"));
    let mut town = Town::build(CONCURRENCY, ORDINARY).await?;
    // The tenant asks for a pause, so that only the intake is at work.
    let pause = json!({"kind": "status", "status": 429, "retry_after": 3600});
    town.weather(&json!({"operations": {"any_graph": [pause]}})).await?;
    let url = format!("sqlite://{}", town.place.file("raw.db").display());
    let store = Store::open(&Database::new(url, 8)).await?;
    store.migrate().await?;
    // With a key for tombstones, as the server has it, so that looking one up is measured too.
    let (entropy, now) = (Entropy::system(), Clock::system().now());
    let store = store.with_tombstones(&SecretKey::new(&SecretKey::random(&entropy))?, &entropy, now).await?;

    let count = effort.of(200, 1_500);
    let (mut ratios, mut taken, mut written) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..effort.of(3, 5) {
        let (entries, forms): (Vec<_>, Vec<_>) = town.forms(count).await?.into_iter().unzip();
        taken.push(load::each(town.address(), CONCURRENCY, forms, 303).await?.rate());
        written.push(insert_all(&store, &entries).await?);
        ratios.extend(taken.last().zip(written.last()).map(|(taken, written)| taken / written));
    }
    report.add("rows per second, straight into the store", median(written), "1/s", Goal::None);
    report.add("forms per second", median(taken), "1/s", Goal::None);
    report.add("forms against rows", median(ratios), "x", Goal::AtLeast(0.5));
    Ok(())
}

/// Writes the same signups straight into a store of the same kind; rows per second.
#[allow(clippy::cast_precision_loss, reason = "far below 2^52")]
async fn insert_all(store: &Store, entries: &[Entry]) -> Result<f64> {
    let rows = entries.iter().map(row).collect::<Result<Vec<_>>>()?;
    let count = rows.len() as f64;
    let rows = Arc::new(Mutex::new(rows));
    let start = Instant::now();
    let mut writers = JoinSet::new();
    for _ in 0..CONCURRENCY {
        let (store, rows) = (store.clone(), Arc::clone(&rows));
        writers.spawn(async move {
            while let Some(row) = { rows.lock().await.pop() } {
                store.insert_signup(&row).await?;
            }
            anyhow::Ok(())
        });
    }
    while let Some(writer) = writers.join_next().await {
        writer??;
    }
    Ok(count / start.elapsed().as_secs_f64())
}

/// The row of an entry, with a password sealed for it as the form has one sealed.
fn row(entry: &Entry) -> Result<NewSignup> {
    let (entropy, clock) = (Entropy::system(), Clock::system());
    let id = SignupId::random(&entropy);
    let name = PersonName::parse(&entry.first_name, &entry.last_name);
    let name = name.ok().context("a name of the benchmark is a name")?;
    let username = Username::from_text(&format!("{}.{}", name.first(), name.last()))?;
    let password = Password::generate(&entropy, PasswordLength::default());
    Ok(NewSignup {
        id,
        form: FormNonce::random(&entropy),
        email: Email::parse(&entry.email)?,
        name,
        locale: "en".parse()?,
        profile: "groups-1".parse()?,
        tenant: "test".parse()?,
        domain: DOMAIN.parse()?,
        username,
        sealed: SecretKey::new(&SecretKey::random(&entropy))?.seal(&entropy, id, &password),
        consent: Consent { text_version: "1".to_owned(), given_at: clock.now() },
        requester: Requester::Visitor,
        confirm: None,
        now: clock.now(),
    })
}
