//! The metrics that the app serves: the listener that Prometheus asks, and the figures that are looked up for it.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use tokio::{net::TcpListener, sync::Mutex};
use tokio_util::sync::CancellationToken;

use super::BuildError;
use crate::{
    config,
    domain::Clock,
    http::{self, Served},
    metrics::{self, Metrics, SignupFigures},
    store::{Store, StoreError},
};

/// The time for which counts of signups are reused, since counting reads the whole table.
const FRESH_FOR: Duration = Duration::from_secs(5);
/// The most connections; there are no more than one or two readers.
const MOST_CONNECTIONS: usize = 16;

/// The listener that Prometheus asks, and the figures that it gets.
pub(super) struct Observed {
    listener: TcpListener,
    signups: SignupCounts,
}

/// The number of signups in each stage, looked up on request.
#[derive(Clone)]
struct SignupCounts {
    store: Store,
    metrics: Metrics,
    clock: Clock,
    /// The time until which the counts are fresh, by the steady clock.
    fresh_until: Arc<Mutex<Duration>>,
}

impl Observed {
    /// Listens on the address, so that one that is in use is noticed before anything runs.
    pub(super) async fn at(
        address: SocketAddr,
        store: Store,
        metrics: Metrics,
        clock: Clock,
    ) -> Result<Self, BuildError> {
        let listener =
            TcpListener::bind(address).await.map_err(|source| BuildError::Metrics { address, source })?;
        let signups = SignupCounts { store, metrics, clock, fresh_until: Arc::default() };
        Ok(Self { listener, signups })
    }

    pub(super) fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Answers until `shutdown`.
    pub(super) async fn serve(self, server: &config::Server, shutdown: CancellationToken) {
        let (metrics, signups) = (self.signups.metrics.clone(), self.signups);
        let refresh = move || signups.clone().refresh();
        let server = config::Server { max_connections: MOST_CONNECTIONS, ..server.clone() };
        let served = Served::new(metrics::router(metrics, refresh));
        http::serve(self.listener.into(), served, &server, None, Metrics::off(), shutdown).await;
    }
}

impl SignupCounts {
    async fn refresh(self) {
        let mut fresh_until = self.fresh_until.lock().await;
        let now = self.clock.steady();
        if now < *fresh_until {
            return;
        }
        let figures = self.figures().await;
        if let Err(error) = &figures {
            tracing::warn!(%error, "the signups cannot be counted for the metrics");
        }
        self.metrics.set_signups(figures.as_ref().ok());
        *fresh_until = now + FRESH_FOR;
    }

    async fn figures(&self) -> Result<SignupFigures, StoreError> {
        let since = self.store.oldest_waiting().await?;
        let oldest_waiting = since.map_or(Duration::ZERO, |since| self.clock.now().since(since));
        Ok(SignupFigures { by_stage: self.store.count_by_stage().await?, oldest_waiting })
    }
}
