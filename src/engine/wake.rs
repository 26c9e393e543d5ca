//! Wake-ups: of the worker of this process, and of those of other processes on the same PostgreSQL database.
//!
//! A process notifies others only of work that it may not do itself, since each notification has every process claim:
//! if its worker has no free place, or has ended. A command has no worker and notifies by itself. All of them are late
//! by a second at most without notifications, since each worker also looks by itself.

use std::{sync::atomic::Ordering::Relaxed, time::Duration};

use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::Engine;

/// The shortest time between two notifications of a process.
const NOTIFY_AGAIN: Duration = Duration::from_millis(250);
/// Time limit for the last notification: a database that is away does not keep the process from its end.
const END_WITHIN: Duration = Duration::from_secs(1);

impl Engine {
    /// Has a worker look for due operations at once: that of this process, and those of others if it has no free place.
    pub(crate) fn wake(&self) {
        self.0.wake.notify_one();
        if !self.0.has_room.load(Relaxed) {
            self.0.wake_others.notify_one();
        }
    }

    /// Records whether the worker of this process has a free place. If it no longer has one, due operations are left to
    /// others.
    pub(super) fn set_room(&self, has_room: bool) {
        if self.0.has_room.swap(has_room, Relaxed) && !has_room {
            self.0.wake_others.notify_one();
        }
    }

    /// Exchanges wake-ups with other processes until the worker of this one has ended, and then leaves its work to them.
    pub(super) async fn exchange_wakes(&self, ended: CancellationToken) {
        let listen = self.store().listen_for_work(self.clock(), || self.0.wake.notify_one());
        let notify = async {
            loop {
                self.0.wake_others.notified().await;
                self.notify_others().await;
                self.clock().sleep_until(self.now().plus(NOTIFY_AGAIN)).await;
            }
        };
        ended.run_until_cancelled(async { tokio::join!(listen, notify) }).await;
        // An error says that the time is over.
        let _ = timeout(END_WITHIN, self.notify_others()).await;
    }

    async fn notify_others(&self) {
        if let Err(error) = self.store().notify_workers().await {
            let error = &error as &dyn std::error::Error;
            tracing::debug!(
                error,
                "other processes could not be notified of work; they find it by themselves"
            );
        }
    }
}
