//! The one place where the sandbox asks for the time and waits.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::Timestamp;

/// The tenant's clock: the machine's time plus the time by which a test has moved it ahead.
#[derive(Debug, Default)]
pub(super) struct Clock {
    ahead_ms: AtomicI64,
}

impl Clock {
    /// Milliseconds since 1970 by this clock.
    #[allow(
        clippy::disallowed_methods,
        reason = "the sandbox is a server of its own and has its own clock: this one"
    )]
    pub fn now_ms(&self) -> i64 {
        Timestamp::now().as_millisecond() + self.ahead_ms.load(Ordering::Relaxed)
    }

    /// Seconds since 1970 by this clock.
    pub fn now_seconds(&self) -> i64 {
        self.now_ms() / 1000
    }

    /// Moves the clock ahead, so that lags end and tokens expire without waiting.
    pub fn advance(&self, by: Duration) {
        self.ahead_ms.fetch_add(millis(by), Ordering::Relaxed);
    }
}

/// Waits in real time: simulated latency is not skipped.
#[allow(clippy::disallowed_methods, reason = "the sandbox is a server of its own: its latency is real time")]
pub(super) async fn pause(time: Duration) {
    if !time.is_zero() {
        tokio::time::sleep(time).await;
    }
}

/// `2026-01-31T12:00:00Z`, the form of Graph's dates.
pub(super) fn rfc3339(ms: i64) -> String {
    timestamp(ms).strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// `2026-01-31 12:00:00Z`, the form of Entra's error bodies.
pub(super) fn entra_time(ms: i64) -> String {
    timestamp(ms).strftime("%Y-%m-%d %H:%M:%SZ").to_string()
}

/// `Sat, 31 Jan 2026 12:00:00 GMT`, the form of HTTP headers.
pub(super) fn http_date(ms: i64) -> String {
    timestamp(ms).strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

fn timestamp(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH)
}

fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}
