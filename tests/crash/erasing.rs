//! Erasures: an operator erases some of the students while the server is killed, and once more in the end.

use std::{
    collections::{BTreeMap, BTreeSet},
    convert::Infallible,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use accountcreator::domain::Entropy;
use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::{
    database::Database,
    rig::{place::Place, process::Process, tenant::State},
    students::{ERASED_NAME, Role, email_of, student_id},
    verdict::ATTRIBUTE,
};

/// The time between two erasures.
const PAUSE: Duration = Duration::from_millis(200);

/// The students that are erased.
pub fn erased(students: u32) -> impl Iterator<Item = String> {
    numbers(students).map(student_id)
}

/// Their numbers.
pub fn numbers(students: u32) -> impl Iterator<Item = u32> {
    (0..students).filter(|number| Role::of(*number) == Role::Erased)
}

/// Erases one student after the other until this is dropped, which kills the command under way. Most commands come too
/// early, or find a worker at work or a tenant that does not answer. Counts the others.
pub async fn keep_erasing(
    place: &Place,
    students: u32,
    entropy: &Entropy,
    count: &AtomicU32,
) -> Result<Infallible> {
    let ids: Vec<String> = erased(students).collect();
    let mut pause = tokio::time::interval(PAUSE);
    loop {
        pause.tick().await;
        let id = &ids[entropy.below(u32::try_from(ids.len())?) as usize];
        if erase(place, id).await.is_ok_and(|report| report["erased"] == true) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// Erases all of them, which nothing may prevent any more. No signup is found of a student who was erased before there was
/// an account.
pub async fn erase_all(place: &Place, students: u32) -> Result<()> {
    for id in erased(students) {
        match erase(place, &id).await {
            Err(error) if error.to_string().contains("there is no such signup") => {}
            outcome => _ = outcome.with_context(|| format!("{id} cannot be erased"))?,
        }
    }
    Ok(())
}

async fn erase(place: &Place, id: &str) -> Result<Value> {
    place.ask(&["signups", "erase", &email_of(id), "--yes", "--json"]).await
}

/// The users of the students that are erased.
pub fn users(students: u32, state: &State) -> BTreeMap<String, BTreeSet<String>> {
    let mut users: BTreeMap<_, BTreeSet<_>> = erased(students).map(|id| (id, BTreeSet::new())).collect();
    for user in &state.users {
        if let Some(theirs) = users.get_mut(user.text(ATTRIBUTE)) {
            theirs.insert(user.id.clone());
        }
    }
    users
}

/// Where something of an erased student is stored. The server has ended.
pub async fn remains(place: &Place, database: &str, students: u32) -> Result<Vec<String>> {
    Process::start(
        "prune",
        place.path(),
        crate::rig::place::BINARY.as_ref(),
        &["prune", "--config", "test.toml"],
    )?
    .succeed()
    .await?;
    let stored = if database.starts_with("sqlite") { files(place)? } else { rows(place, database).await? };
    ensure!(!stored.is_empty(), "the database has no content");
    let (first, last) = ERASED_NAME;
    let personal: Vec<String> = erased(students).chain([first.to_lowercase(), last.to_lowercase()]).collect();
    let found = stored.iter().flat_map(|(where_it_is, text)| {
        let text = text.to_lowercase();
        let found = personal.iter().filter(move |personal| text.contains(*personal));
        found.map(move |personal| format!("{personal} is in {where_it_is}"))
    });
    Ok(found.collect())
}

/// The bytes of the file and of what lies beside it.
fn files(place: &Place) -> Result<Vec<(String, String)>> {
    let names = ["crash.db", "crash.db-wal", "crash.db-shm"].iter().filter(|name| place.file(name).exists());
    let read = |name: &&str| {
        let bytes = std::fs::read(place.file(name))?;
        Ok(((*name).to_owned(), String::from_utf8_lossy(&bytes).into_owned()))
    };
    names.map(read).collect()
}

/// The rows of all tables. Removed rows stay in PostgreSQL's files until VACUUM.
async fn rows(place: &Place, database: &str) -> Result<Vec<(String, String)>> {
    let mut database = Database::open(place, database).await?;
    let mut stored = Vec::new();
    for table in database.tables().await? {
        let rows = database.texts(&format!("SELECT {table}::text FROM {table}")).await?;
        stored.push((table, rows.concat()));
    }
    database.close().await?;
    Ok(stored)
}
