//! Whole signups: from the form that is sent to the mail that is taken.

use anyhow::Result;
use serde_json::json;

use crate::{
    Effort,
    report::{Goal, Report, median},
    town::{ORDINARY, Town},
};

/// Answer times of the tenant, in milliseconds.
const LATENCIES: [u64; 3] = [0, 50, 100];
/// How many signups the server carries out at once.
const CONCURRENCIES: [usize; 3] = [1, 16, 64];
/// Connections that forms are sent over.
const CONNECTIONS: usize = 16;

pub async fn measure(effort: Effort, report: &mut Report) -> Result<()> {
    report.heading("Whole signups, from the form to the mail");
    for concurrency in CONCURRENCIES {
        let mut town = Town::build(concurrency, ORDINARY).await?;
        for latency in LATENCIES {
            town.weather(&json!({ "latency_ms": latency })).await?;
            let first = town.student(1);
            town.sign_up(&first).await?;
            if concurrency == 1 {
                alone(&mut town, latency, effort.of(5, 20), report).await?;
            }
            let count = effort.of(2 * concurrency + 3, 15 * concurrency + 15);
            let forms = town.forms(count).await?;
            let seconds = town.sign_up_all(forms, CONNECTIONS).await?;
            let goal = if (latency, concurrency) == (50, 64) { Goal::AtLeast(200.0) } else { Goal::None };
            let what = format!("signups per second, tenant at {latency} ms, {concurrency} at once");
            report.add(what, rate(count, seconds), "1/s", goal);
        }
    }
    Ok(())
}

/// One signup after the other.
async fn alone(town: &mut Town, latency: u64, count: usize, report: &mut Report) -> Result<()> {
    let mut times = Vec::with_capacity(count);
    for _ in 0..count {
        let entry = town.student(1);
        times.push(town.sign_up(&entry).await?);
    }
    let goal = if latency == 50 { Goal::AtMost(125.0) } else { Goal::None };
    report.add(format!("one signup, tenant at {latency} ms"), median(times), "ms", goal);
    Ok(())
}

#[allow(clippy::cast_precision_loss, reason = "far below 2^52")]
fn rate(count: usize, seconds: f64) -> f64 {
    count as f64 / seconds
}
