//! Reading again what has changed, at the signal SIGHUP.

use std::{path::PathBuf, sync::Arc};

use tokio::signal::unix::{Signal, SignalKind, signal};

use super::{configured, logging::Filter, manager};
use crate::{
    app::Reload,
    audit::{self, Act},
    domain::Requester,
};

/// The signal, from now on: before anything else is ready for it, it must not end the process.
pub(super) fn signals() -> std::io::Result<Signal> {
    signal(SignalKind::hangup())
}

/// The parts that are read again.
pub(super) struct Changing {
    /// Texts, static files, passwords and certificates.
    pub(super) reload: Reload,
    /// The filter for log lines.
    pub(super) filter: Filter,
    /// The file that was given for the configuration.
    pub(super) file: Option<PathBuf>,
}

impl Changing {
    /// All is read and checked before anything changes. Returns the keys whose change waits for a restart.
    fn now(&self) -> anyhow::Result<Vec<String>> {
        let config = configured::load(self.file.as_deref())?;
        let waiting = self.reload.take(&config)?;
        self.filter.set(&config.log.filter)?;
        Ok(waiting)
    }
}

/// Reads everything again at each signal. What is at fault is logged, and the old stays.
pub(super) fn reload_on(mut signals: Signal, changing: Changing) {
    let changing = Arc::new(changing);
    tokio::spawn(async move {
        while signals.recv().await.is_some() {
            let changing = Arc::clone(&changing);
            manager::reloading();
            // Files are read and packed; requests must not wait for that.
            match tokio::task::spawn_blocking(move || changing.now()).await {
                Ok(Ok(waiting)) => {
                    tracing::info!(
                        "texts, static files, certificates, passwords and log.filter were read again"
                    );
                    if !waiting.is_empty() {
                        let keys = waiting.join(", ");
                        tracing::warn!(keys, "these settings have changed and wait for a restart");
                    }
                    audit::of_service(&Requester::OPERATOR, Act::Reloaded, &"SIGHUP");
                }
                Ok(Err(faults)) => {
                    let faults = format!("{faults:#}");
                    tracing::error!(%faults, "nothing was changed: what is there now cannot be used");
                }
                Err(_) => tracing::error!("nothing was changed: reading ended by a defect"),
            }
            manager::reloaded();
        }
    });
}
