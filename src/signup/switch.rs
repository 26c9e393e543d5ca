//! The switch that closes the form and the API for new signups. Earlier requests are carried out.

use std::{
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    time::Duration,
};

use tokio_util::sync::CancellationToken;

use super::Signups;
use crate::{
    audit::{self, Act},
    domain::{Requester, Timestamp},
    metrics::Metrics,
    store::{Store, StoreError},
};

/// The time between two reads from the database.
const READ_EVERY: Duration = Duration::from_secs(1);

/// The switch as this process last read it.
#[derive(Default)]
pub(super) struct Switch {
    is_closed: AtomicBool,
    /// True if the last read failed, so that a failure is logged once and not at every read.
    is_unread: AtomicBool,
}

/// Closes signups for all processes on the database; returns whether they were open.
///
/// # Errors
/// [`StoreError`]; nothing has changed then.
pub async fn close_signups(store: &Store, by: &Requester, now: Timestamp) -> Result<bool, StoreError> {
    let changed = store.close_signups(now).await?;
    if changed {
        audit::of_service(by, Act::SignupsClosed, &"");
    }
    Ok(changed)
}

/// Opens signups for all processes on the database; returns whether they were closed.
///
/// # Errors
/// [`StoreError`]; nothing has changed then.
pub async fn open_signups(store: &Store, by: &Requester) -> Result<bool, StoreError> {
    let changed = store.open_signups().await?;
    if changed {
        audit::of_service(by, Act::SignupsOpened, &"");
    }
    Ok(changed)
}

impl Signups {
    /// Returns whether an operator has closed signups, as this process last read it.
    #[must_use]
    pub fn are_switched_off(&self) -> bool {
        self.0.switch.is_closed.load(Relaxed)
    }

    /// Reads the switch from the database. While it cannot be read, the last known state holds.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn read_switch(&self) -> Result<(), StoreError> {
        let is_closed = self.0.store.signups_closed_at().await?.is_some();
        self.0.switch.set(is_closed, &self.0.metrics);
        Ok(())
    }

    /// Follows the switch until `shutdown`.
    pub async fn follow_switch(&self, shutdown: CancellationToken) {
        let following = async {
            loop {
                self.0.clock.sleep_until(self.0.clock.now().plus(READ_EVERY)).await;
                let read = self.read_switch().await;
                if let Err(error) = &read
                    && !self.0.switch.is_unread.load(Relaxed)
                {
                    let error = error as &dyn std::error::Error;
                    tracing::warn!(error, "whether signups are closed cannot be read; the last state holds");
                }
                self.0.switch.is_unread.store(read.is_err(), Relaxed);
            }
        };
        shutdown.run_until_cancelled(following).await;
    }
}

impl Switch {
    fn set(&self, is_closed: bool, metrics: &Metrics) {
        metrics.set_signups_closed(is_closed);
        match (self.is_closed.swap(is_closed, Relaxed), is_closed) {
            (false, true) => {
                tracing::warn!("signups are closed; `accountcreator signups open` opens them");
            }
            (true, false) => tracing::info!("signups are open again"),
            _ => {}
        }
    }
}
