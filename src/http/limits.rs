//! How often what may be done: the limits of the configuration, each with its count.

mod limiter;

use std::{
    hash::{BuildHasher, RandomState},
    time::Duration,
};

use super::client::{Client, Network};
use crate::{
    config::{self, Config, Rate},
    domain::{Clock, Email},
    metrics::{Limit, Metrics},
};
use limiter::Limiter;

/// All limits. They outlive a router that is built anew.
pub struct RateLimits {
    submissions_per_network: Gate<Network>,
    /// By a hash that no other process has: no address is kept for counting.
    submissions_per_email: Gate<u64>,
    submissions_in_total: Gate<()>,
    codes_per_network: Gate<Network>,
    pages_per_network: Gate<Network>,
    hasher: RandomState,
    metrics: Metrics,
    submissions: Option<Rate>,
}

/// What is left of its network's limit for whoever sent something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Quota {
    /// The limit.
    pub rate: Rate,
    /// How many more at once.
    pub left: u32,
}

/// A limit, and its count where it is on.
type Gate<K> = (Limit, Option<Limiter<K>>);

/// A limit is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooMany {
    /// Which one.
    pub limit: Limit,
    /// How long until it lets one through again.
    pub wait: Duration,
}

impl RateLimits {
    /// The configured limits, all of them untouched.
    #[must_use]
    pub fn new(config: &Config, clock: &Clock, metrics: &Metrics) -> Self {
        let config::Limits {
            submissions_per_network,
            submissions_per_email,
            submissions_in_total,
            codes_per_network,
            pages_per_network,
        } = config.limits;
        let gates = Gates { clock, metrics };
        Self {
            submissions_per_network: gates.gate(Limit::SubmissionsPerNetwork, submissions_per_network),
            submissions_per_email: gates.gate(Limit::SubmissionsPerEmail, submissions_per_email),
            submissions_in_total: gates.gate(Limit::SubmissionsInTotal, submissions_in_total),
            codes_per_network: gates.gate(Limit::CodesPerNetwork, codes_per_network),
            pages_per_network: gates.gate(Limit::PagesPerNetwork, pages_per_network),
            hasher: RandomState::new(),
            metrics: metrics.clone(),
            submissions: submissions_per_network,
        }
    }

    /// Lets a request in, whatever it asks for.
    pub(super) fn page(&self, client: Client) -> Result<(), TooMany> {
        if self.pages_per_network.1.is_none() {
            return Ok(());
        }
        self.take_of_network(&self.pages_per_network, client).map(drop)
    }

    /// Lets a form without fault through. It is asked before anything is looked up, so the answer says nothing
    /// about the address. A network that is refused takes nothing from the total, and a total that is used up
    /// takes nothing from an address, which has the least.
    pub(super) fn submission(&self, client: Client, email: &Email) -> Result<Option<Quota>, TooMany> {
        let left = self.take_of_network(&self.submissions_per_network, client)?;
        self.take(&self.submissions_in_total, &())?;
        self.take(&self.submissions_per_email, &self.hasher.hash_one(email.key()))?;
        Ok(self.submissions.zip(left).map(|(rate, left)| Quota { rate, left }))
    }

    /// How many forms a network may send, where that is limited.
    pub(super) const fn submissions_per_network(&self) -> Option<Rate> {
        self.submissions
    }

    /// Lets a code or a link be tried, or sent again.
    pub(super) fn code(&self, client: Client) -> Result<(), TooMany> {
        self.take_of_network(&self.codes_per_network, client).map(drop)
    }

    fn take_of_network(&self, gate: &Gate<Network>, Client(network): Client) -> Result<Option<u32>, TooMany> {
        network.map_or(Ok(None), |network| self.take(gate, &network))
    }

    /// Takes one and tells how many are left, where that is counted.
    fn take<K: Eq + std::hash::Hash + Clone>(
        &self,
        (limit, limiter): &Gate<K>,
        key: &K,
    ) -> Result<Option<u32>, TooMany> {
        let Some(limiter) = limiter else { return Ok(None) };
        limiter.take(key).map(Some).map_err(|wait| {
            self.metrics.limit_hit(*limit);
            TooMany { limit: *limit, wait }
        })
    }
}

/// What a gate is made with.
struct Gates<'a> {
    clock: &'a Clock,
    metrics: &'a Metrics,
}

impl Gates<'_> {
    fn gate<K: Eq + std::hash::Hash + Clone>(&self, limit: Limit, rate: Option<Rate>) -> Gate<K> {
        if let Some(Rate { burst, per }) = rate {
            self.metrics.set_limit(limit, burst.get(), per);
        }
        (limit, rate.map(|rate| Limiter::new(rate, self.clock)))
    }
}

impl TooMany {
    /// For `Retry-After`: whole seconds, and never none.
    #[must_use]
    pub fn seconds(&self) -> u64 {
        let started = u64::from(self.wait.subsec_nanos() > 0);
        (self.wait.as_secs() + started).max(1)
    }

    /// For people: minutes, those begun included.
    #[must_use]
    pub fn minutes(&self) -> u64 {
        self.seconds().div_ceil(60)
    }
}

#[cfg(test)]
mod tests;
