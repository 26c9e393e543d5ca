//! `[metrics]`: the address that Prometheus reads.

use std::net::SocketAddr;

use super::section::{Section, Takes};

/// The metrics for Prometheus.
#[derive(Debug, Clone, Copy)]
pub struct Metrics {
    /// The address to listen on; without one, nothing is counted.
    pub listen: Option<SocketAddr>,
}

const LISTEN: Takes = Takes("an IP address and a port", "\"127.0.0.1:9464\"");

impl Metrics {
    #[allow(clippy::unnecessary_wraps, reason = "as every section is read")]
    pub(super) fn read(section: &mut Section<'_>) -> Option<Self> {
        Some(Self { listen: section.maybe("listen", LISTEN) })
    }
}
