//! Waiting for something that can be seen, for so long and no longer.

use std::{
    future::Future,
    time::{Duration, Instant},
};

use anyhow::{Result, bail};

/// How often to look.
const GLANCE: Duration = Duration::from_millis(10);

/// Looks again and again until there is something to see.
pub async fn until<T, Seen>(what: &str, patience: Duration, mut look: impl FnMut() -> Seen) -> Result<T>
where
    Seen: Future<Output = Option<T>>,
{
    let start = Instant::now();
    let mut glance = tokio::time::interval(GLANCE);
    loop {
        glance.tick().await;
        if let Some(seen) = look().await {
            return Ok(seen);
        }
        if start.elapsed() > patience {
            bail!("{what}: still not so after {patience:?}");
        }
    }
}
