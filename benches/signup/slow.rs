//! The page beside clients that take their time.

use std::time::Duration;

use anyhow::{Context, Result};
use tokio::time::timeout;

use crate::{
    Effort,
    load::get,
    report::{Goal, Report},
    rig::slow::Slow,
    town::{ORDINARY, Town},
    watch::Watch,
};

/// How many take their time, and how often each sends a byte.
const SLOW: usize = 200;
const BREATH: Duration = Duration::from_millis(100);

pub async fn measure(effort: Effort, report: &mut Report) -> Result<()> {
    report.heading(&format!("The page beside {SLOW} slow connections"));
    let town = Town::build(16, ORDINARY).await?;
    let server = town.address();
    let mut clients = Slow::clients(server, SLOW).await?;
    let page = Watch::start(server, get(server, "/en"));
    let time = Duration::from_secs(effort.of(5, 60) as u64);
    // They never end by themselves.
    if let Ok(broken) = timeout(time, dribble(&mut clients)).await {
        broken.context("a slow client gave up")?;
    }
    report.add("99 of 100 pages meanwhile", page.p99().await?, "ms", Goal::AtMost(100.0));
    Ok(())
}

async fn dribble(clients: &mut [Slow]) -> Result<()> {
    let mut breath = tokio::time::interval(BREATH);
    loop {
        breath.tick().await;
        for client in &mut *clients {
            client.dribble().await?;
        }
    }
}
