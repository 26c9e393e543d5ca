//! Notifications to the service manager, where there is one (`sd_notify(3)`).

use std::time::Duration;

use sd_notify::NotifyState;
use tokio::time::interval;
use tokio_util::sync::CancellationToken;

/// Reports that requests are served, later that the service stops, and until then, if that is wanted, that it is alive.
pub(super) fn attend(stop: CancellationToken) {
    tell(&[NotifyState::Ready]);
    tokio::spawn(async move {
        match sd_notify::watchdog_enabled() {
            Some(patience) => {
                stop.run_until_cancelled(live(patience / 2)).await;
            }
            None => stop.cancelled().await,
        }
        tell(&[NotifyState::Stopping]);
    });
}

/// Says that it reads its files again; [`reloaded`] ends that.
pub(super) fn reloading() {
    if let Ok(now) = NotifyState::monotonic_usec_now() {
        tell(&[NotifyState::Reloading, now]);
    }
}

/// Says that all is in force.
pub(super) fn reloaded() {
    tell(&[NotifyState::Ready]);
}

/// A runtime that hangs does not get here, and the manager restarts the service.
async fn live(every: Duration) {
    let mut ticks = interval(every);
    loop {
        ticks.tick().await;
        tell(&[NotifyState::Watchdog]);
    }
}

/// Without a manager nothing is sent.
fn tell(state: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(state) {
        tracing::warn!(%error, "the service manager cannot be told");
    }
}
