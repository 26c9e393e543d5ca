//! Throttling of an application in the tenant, by Graph's documented limits.
//!
//! <https://learn.microsoft.com/graph/throttling-limits#identity-and-access-service-limits>

use serde::{Deserialize, Serialize};

/// The limits of requests. The default is what Microsoft documents for a tenant of 50 to 500 users.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Writes in each window of writes.
    pub writes: u32,
    /// Length of the window of writes.
    pub writes_seconds: u32,
    /// Resource units in each window of units.
    pub units: u32,
    /// Length of the window of units.
    pub units_seconds: u32,
    /// True if a refusal has a `Retry-After` header.
    pub retry_after: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self { writes: 3000, writes_seconds: 150, units: 5000, units_seconds: 10, retry_after: true }
    }
}

/// The used part of the limits.
#[derive(Debug, Default)]
pub(super) struct Throttle {
    writes: Window,
    units: Window,
}

/// A counter that starts again when its time is over.
#[derive(Debug, Default)]
struct Window {
    started_ms: i64,
    used: u32,
}

/// The decision on a request.
#[derive(Debug, PartialEq)]
pub(super) enum Verdict {
    /// It passes; the share of the limit that is used, if a header is to report it.
    Pass(Option<f64>),
    /// It is refused; seconds to wait, if a header is to report them.
    Refuse(Option<u32>),
}

impl Throttle {
    /// Counts a request of this cost, unless it is over the limits.
    pub fn admit(&mut self, limits: &Limits, now_ms: i64, units: u32, write: bool) -> Verdict {
        let wait = self.units.wait(now_ms, limits.units_seconds, limits.units, units).max(
            write
                .then_some(1)
                .and_then(|one| self.writes.wait(now_ms, limits.writes_seconds, limits.writes, one)),
        );
        if let Some(seconds) = wait {
            return Verdict::Refuse(limits.retry_after.then_some(seconds));
        }
        self.units.used += units;
        self.writes.used += u32::from(write);
        let share = self.units.share(limits.units).max(self.writes.share(limits.writes));
        Verdict::Pass((share >= 0.8).then_some(share))
    }
}

impl Window {
    /// Seconds until the window is over, if `more` do not fit into it.
    fn wait(&mut self, now_ms: i64, seconds: u32, limit: u32, more: u32) -> Option<u32> {
        let end = self.started_ms + i64::from(seconds) * 1000;
        if now_ms >= end {
            self.started_ms = now_ms;
            self.used = 0;
            return None;
        }
        let left = u32::try_from((end - now_ms + 999) / 1000).unwrap_or(1);
        (self.used.saturating_add(more) > limit).then_some(left)
    }

    fn share(&self, limit: u32) -> f64 {
        f64::from(self.used) / f64::from(limit.max(1))
    }
}
