//! What the server takes of the machine: memory, processor time, disk, and time to be there.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Result, bail};

use crate::{
    Effort,
    load::{each, get},
    procfs::{cpu_time, resident_mb},
    report::{Goal, Report, median},
    rig::place::BINARY,
    town::{ORDINARY, Town},
};

/// Connections that forms are sent over.
const CONNECTIONS: usize = 16;
/// How often to try for the first page.
const GLANCE: Duration = Duration::from_micros(500);
/// How long to try for it.
const PATIENCE: Duration = Duration::from_secs(20);

#[allow(clippy::cast_precision_loss, reason = "far below 2^52")]
pub async fn measure(effort: Effort, report: &mut Report) -> Result<()> {
    report.heading("What the server takes");
    report.add(
        "size of the binary",
        std::fs::metadata(Path::new(BINARY))?.len() as f64 / 1e6,
        "MB",
        Goal::AtMost(22.0),
    );
    let mut town = Town::build(16, ORDINARY).await?;
    let mut starts = Vec::new();
    for _ in 0..effort.of(3, 9) {
        starts.push(first_page(&mut town).await?.as_secs_f64() * 1000.0);
    }
    report.add("first page after the start", median(starts), "ms", Goal::AtMost(60.0));
    let pid = town.server.id()?;
    report.add("memory after the first page", resident_mb(pid)?, "MB", Goal::AtMost(20.0));

    let count = effort.of(200, 2_000);
    let forms = town.forms(count).await?;
    let before = cpu_time(pid)?;
    town.sign_up_all(forms, CONNECTIONS).await?;
    let spent = cpu_time(pid)? - before;
    let what = format!("memory after {count} signups");
    report.add(what, resident_mb(pid)?, "MB", Goal::AtMost(30.0));
    let each = spent.as_secs_f64() * 1000.0 / count as f64;
    report.add("processor time of a signup, from the form to the mail", each, "ms", Goal::AtMost(1.0));
    Ok(())
}

/// Starts the server anew; the time until it has answered with the page.
async fn first_page(town: &mut Town) -> Result<Duration> {
    town.server.kill().await?;
    let (server, page) = (town.address(), get(town.address(), "/en"));
    let start = Instant::now();
    town.server = town.place.spawn_server()?;
    let mut glance = tokio::time::interval(GLANCE);
    while each(server, 1, vec![page.clone()], 200).await.is_err() {
        town.server.check()?;
        if start.elapsed() > PATIENCE {
            bail!("the server gives no page: {}", town.server.last_words());
        }
        glance.tick().await;
    }
    Ok(start.elapsed())
}
