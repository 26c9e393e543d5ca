//! Rate limits: one limiter per configured limit.

mod connection_share;
mod network_limiter;

use std::time::Duration;

use super::client::{Client, ClientNames, Peer, Proxies};
use crate::{
    config::{Config, Rate},
    domain::{Clock, Network, NetworkSize},
    metrics::{Limit, Metrics},
};
pub(super) use connection_share::HeldPlace;
use connection_share::{ConnectionShare, ShareHeld};
use network_limiter::{Exhausted, NetworkLimiter};

/// The wait that is reported to a network that holds its share of the connections.
const SHARE_WAIT: Duration = Duration::from_secs(5);

/// All limits. They outlive a router that is built again.
pub struct RateLimits {
    submissions_per_network: Option<NetworkLimiter>,
    /// The submissions that need neither proof of work nor a confirmed address, of each network and of all.
    unverified: Option<NetworkLimiter>,
    codes_per_network: Option<NetworkLimiter>,
    pages_per_network: Option<NetworkLimiter>,
    /// The connections of clients that are no proxies.
    connections: ConnectionShare,
    /// The requests under way, also those that come through proxies.
    requests: ConnectionShare,
    names: ClientNames,
    metrics: Metrics,
    submissions: Option<Rate>,
}

/// A submission that the limits let through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Admitted {
    /// The rest of the network's limit, where it is limited.
    pub quota: Option<Quota>,
    /// True if `submissions_in_total` is used up, or the network's share of it: the submission needs proof of work, or
    /// else the address has to be confirmed.
    pub slowed: bool,
}

/// The rest of its network's limit for the sender of a submission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Quota {
    /// The limit.
    pub rate: Rate,
    /// The number of further submissions at once.
    pub left: u32,
}

/// A limit is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooMany {
    /// The limit that is reached.
    pub limit: Limit,
    /// The time until it lets one through again.
    pub wait: Duration,
}

impl RateLimits {
    /// The configured limits, all of them untouched.
    #[must_use]
    pub fn new(config: &Config, clock: &Clock, metrics: &Metrics) -> Self {
        let limits = &config.limits;
        let set = |limit, rate: Option<Rate>| {
            if let Some(Rate { burst, per }) = rate {
                metrics.set_limit(limit, burst.get(), per);
            }
            rate
        };
        let by_network = |limit, rate| {
            let rate = set(limit, rate)?;
            Some(NetworkLimiter::new(|size| limits.factors.apply(rate, size), None, clock))
        };
        let in_total = set(Limit::SubmissionsInTotal, limits.submissions_in_total);
        let share = in_total.map(|total| limits.share(total, NetworkSize::Ipv4Address));
        set(Limit::NetworkShare, share);
        Self {
            submissions_per_network: by_network(Limit::SubmissionsPerNetwork, limits.submissions_per_network),
            unverified: in_total
                .map(|total| NetworkLimiter::new(|size| limits.share(total, size), Some(total), clock)),
            codes_per_network: by_network(Limit::CodesPerNetwork, limits.codes_per_network),
            pages_per_network: by_network(Limit::PagesPerNetwork, limits.pages_per_network),
            connections: ConnectionShare::new(config.server.max_connections, limits.connection_share),
            requests: ConnectionShare::new(config.server.max_connections, limits.connection_share),
            names: ClientNames::new(config.log.names_clients.then(|| config.secret_key.clone())),
            metrics: metrics.clone(),
            submissions: limits.submissions_per_network,
        }
    }

    /// Lets a request of any kind through.
    pub(super) fn page(&self, client: Client) -> Result<(), TooMany> {
        self.take(Limit::PagesPerNetwork, self.pages_per_network.as_ref(), client).map(drop)
    }

    /// Lets a connection be served. That of a proxy, which has the requests of many clients, is not counted. `None` for
    /// a network that holds its share: its connection is closed without an answer, which would cost more than the
    /// connection.
    pub(super) fn connection(&self, peer: Peer, proxies: &Proxies) -> Option<Option<HeldPlace>> {
        if proxies.believes(peer) {
            return Some(None);
        }
        let client = Client::at(Some(peer.address()));
        self.hold(&self.connections, client).ok().map(Some)
    }

    /// Lets a request be handled while its network handles less than its share at a time.
    pub(super) fn request(&self, client: Client) -> Result<Option<HeldPlace>, TooMany> {
        let Client(Some(_)) = client else { return Ok(None) };
        self.hold(&self.requests, client).map(Some)
    }

    fn hold(&self, share: &ConnectionShare, client: Client) -> Result<HeldPlace, TooMany> {
        let network = client.0.unwrap_or(Network::Ipv4(0));
        share.take(network).map_err(|ShareHeld { size, is_first }| {
            self.metrics.limit_hit(Limit::ConnectionShare, Some(size));
            if is_first {
                let (client, network) = (self.names.name(client), size.as_str());
                tracing::warn!(
                    client,
                    network,
                    "a network holds its share of the connections (limits.connection_share); more are refused"
                );
            }
            TooMany { limit: Limit::ConnectionShare, wait: SHARE_WAIT }
        })
    }

    /// The name of a client in the log, where clients have one.
    pub(super) fn name(&self, client: Client) -> Option<String> {
        self.names.name(client)
    }

    /// Lets a form without faults through. It is called before anything is looked up, so that the answer says nothing
    /// about the address. A network that is refused takes nothing from the other limits.
    pub(super) fn submission(&self, client: Client) -> Result<Admitted, TooMany> {
        let limiter = self.submissions_per_network.as_ref();
        let left = self.take(Limit::SubmissionsPerNetwork, limiter, client)?;
        let quota =
            self.submissions.zip(left).map(|(rate, left)| Quota { rate, left: left.min(rate.burst.get()) });
        Ok(Admitted { quota, slowed: self.is_slowed(client) })
    }

    /// Takes a submission from those that need no verification; returns true if they are used up.
    fn is_slowed(&self, Client(network): Client) -> bool {
        let Some(unverified) = &self.unverified else { return false };
        let Err(Exhausted { size, .. }) = unverified.take(network) else { return false };
        let limit = if size.is_some() { Limit::NetworkShare } else { Limit::SubmissionsInTotal };
        self.metrics.limit_hit(limit, size);
        true
    }

    /// Returns whether a form that is shown now should come back with a proof of work: half of what needs no
    /// verification is used up, and the rest may be when the form is filled in.
    pub(super) fn is_proof_advised(&self, Client(network): Client) -> bool {
        self.unverified.as_ref().is_some_and(|unverified| unverified.is_half_used(network))
    }

    /// The rate at which a network may send forms, where that is limited.
    pub(super) const fn submissions_per_network(&self) -> Option<Rate> {
        self.submissions
    }

    /// Lets a code or a link be tried, or sent again.
    pub(super) fn code(&self, client: Client) -> Result<(), TooMany> {
        self.take(Limit::CodesPerNetwork, self.codes_per_network.as_ref(), client).map(drop)
    }

    /// Takes one and returns the number left, where that is counted. Without a connection there is no network.
    fn take(
        &self,
        limit: Limit,
        limiter: Option<&NetworkLimiter>,
        Client(network): Client,
    ) -> Result<Option<u32>, TooMany> {
        let (Some(limiter), Some(network)) = (limiter, network) else { return Ok(None) };
        limiter.take(Some(network)).map(Some).map_err(|Exhausted { size, wait }| {
            self.metrics.limit_hit(limit, size);
            TooMany { limit, wait }
        })
    }
}

impl TooMany {
    /// The wait for `Retry-After`: whole seconds, at least one.
    #[must_use]
    pub fn seconds(&self) -> u64 {
        let started = u64::from(self.wait.subsec_nanos() > 0);
        (self.wait.as_secs() + started).max(1)
    }

    /// The wait for people: whole minutes, rounded up.
    #[must_use]
    pub fn minutes(&self) -> u64 {
        self.seconds().div_ceil(60)
    }
}

#[cfg(test)]
mod tests;
