//! Being told to read again what has changed: SIGHUP.

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::app::Reload;

/// The signal, from now on: before anything else is ready for it, it must not end the process.
pub(super) fn signals() -> std::io::Result<Signal> {
    signal(SignalKind::hangup())
}

/// Reads texts and static files again at each signal. What is at fault is logged, and the old ones stay.
pub(super) fn reload_on(mut signals: Signal, reload: Reload) {
    tokio::spawn(async move {
        while signals.recv().await.is_some() {
            let reload = reload.clone();
            // Files are read and packed; requests must not wait for that.
            match tokio::task::spawn_blocking(move || reload.now()).await {
                Ok(Ok(())) => tracing::info!("texts and static files were read again"),
                Ok(Err(faults)) => {
                    tracing::error!(%faults, "nothing was changed: what is there now cannot be used");
                }
                Err(_) => tracing::error!("nothing was changed: reading ended by a defect"),
            }
        }
    });
}
