//! The first day of term: thousands of signups at once, and a tenant that throttles as Microsoft documents.
//!
//! <https://learn.microsoft.com/graph/throttling-limits#identity-and-access-service-limits>

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use accountcreator::sandbox::Limits;
use anyhow::{Result, ensure};
use serde_json::json;

use crate::{
    Effort,
    load::{each, get},
    procfs::resident_mb,
    report::{Goal, Report},
    rig::browser::Entry,
    town::{ORDINARY, Town},
    watch::Watch,
};

/// Connections that forms are sent over.
const CONNECTIONS: usize = 16;
/// What a signup writes: the user, the licence, the group.
const WRITES: usize = 3;
/// How many times the time that the limit asks for is waited for.
const PATIENCE: u32 = 2;

pub async fn measure(effort: Effort, report: &mut Report) -> Result<()> {
    let (count, limits) = load(effort);
    let Limits { writes, writes_seconds, .. } = limits;
    report.heading(&format!("{count} signups at once, tenant allows {writes} writes in {writes_seconds} s"));
    let mut town = Town::build(16, ORDINARY).await?;
    town.weather(&json!({ "throttle": limits })).await?;
    let (entries, forms): (Vec<_>, Vec<_>) = town.forms(count).await?.into_iter().unzip();
    let (least, pid) = (least(count, &limits), town.server.id()?);

    let page = Watch::start(town.address(), get(town.address(), "/en"));
    let start = Instant::now();
    each(town.address(), CONNECTIONS, forms, 303).await?;
    let end = start + PATIENCE * least.max(Duration::from_secs(30));
    town.wait_for_mails(&entries[..count / 10], end).await?;
    let early = resident_mb(pid)?;
    town.wait_for_mails(&entries, end).await?;
    let took = start.elapsed();
    let (late, p99) = (resident_mb(pid)?, page.p99().await?);

    nothing_is_lost(&town, &entries).await?;
    let share = least.as_secs_f64() / took.as_secs_f64();
    report.add("time until all are done", took.as_secs_f64(), "s", Goal::None);
    report.add("speed against what the limit allows", share, "x", Goal::AtLeast(0.95));
    report.add("memory once a tenth is done", early, "MB", Goal::None);
    report.add("memory that the other nine tenths added", late - early, "MB", Goal::AtMost(5.0));
    report.add("99 of 100 pages meanwhile", p99, "ms", Goal::AtMost(20.0));
    Ok(())
}

/// How many signups, and the throttle. The quick round has the same throttle with a smaller window.
fn load(effort: Effort) -> (usize, Limits) {
    let documented = Limits::default();
    match effort {
        Effort::Full => (10_000, documented),
        Effort::Quick => (500, Limits { writes: 600, writes_seconds: 30, ..documented }),
    }
}

/// The least time that the limit allows: all windows but the last, which is used up at once.
fn least(count: usize, limits: &Limits) -> Duration {
    let windows = (count * WRITES).div_ceil(limits.writes as usize).saturating_sub(1);
    Duration::from_secs(u64::from(limits.writes_seconds)) * u32::try_from(windows).unwrap_or(u32::MAX)
}

/// Everybody has one account with all that belongs to it, and one mail.
async fn nothing_is_lost(town: &Town, entries: &[Entry]) -> Result<()> {
    let mut mails = BTreeMap::<String, usize>::new();
    for mail in town.tenant.mails().await? {
        *mails.entry(mail.recipient).or_default() += 1;
    }
    for entry in entries {
        let count = mails.get(&entry.email).copied().unwrap_or_default();
        ensure!(count == 1, "{} got {count} mails", entry.email);
    }
    let state = town.tenant.state().await?;
    let ours = |user: &&crate::rig::tenant::User| user.text("employeeId").starts_with("st");
    let whole = state.users.iter().filter(ours).filter(|user| user.licenses.len() + user.groups.len() == 2);
    let whole = whole.count();
    let users = state.users.iter().filter(ours).count();
    ensure!((whole, users) == (entries.len(), entries.len()), "{users} users, {whole} of them whole");
    Ok(())
}
