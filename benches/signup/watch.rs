//! A student who looks at the same page again and again while the server is busy with something else.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use tokio::{task::JoinHandle, time::MissedTickBehavior};

use crate::load::{Connection, Prepared};

/// How often the page is looked at.
const EVERY: Duration = Duration::from_millis(10);

/// Looks until it is asked what it saw.
pub struct Watch {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<Result<Vec<Duration>>>,
}

impl Watch {
    /// Begins to look, on a thread of its own.
    pub fn start(server: SocketAddr, page: Prepared) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&stop);
        let thread = tokio::task::spawn_blocking(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(look(server, &page, &told))
        });
        Self { stop, thread }
    }

    /// How long 99 of 100 looks took at most, in milliseconds.
    pub async fn p99(self) -> Result<f64> {
        self.stop.store(true, Relaxed);
        let mut times = self.thread.await??;
        times.sort_unstable();
        let slow = times.get(times.len() * 99 / 100).context("nobody looked")?;
        Ok(slow.as_secs_f64() * 1000.0)
    }
}

async fn look(server: SocketAddr, page: &Prepared, stop: &AtomicBool) -> Result<Vec<Duration>> {
    let mut line = Connection::open(server).await?;
    let mut times = Vec::new();
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while !stop.load(Relaxed) {
        ticks.tick().await;
        let start = Instant::now();
        line.ask(page, 200).await?;
        times.push(start.elapsed());
    }
    Ok(times)
}
