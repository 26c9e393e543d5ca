//! The share of the server's connections that one network may hold at a time, so that no network takes all of them
//! with requests that do not end.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use crate::domain::{Network, NetworkPrefix, NetworkSize};

/// Counts what each network holds. Clones count together.
#[derive(Clone)]
pub(in crate::http) struct ConnectionShare(Arc<Inner>);

struct Inner {
    places: usize,
    percent: usize,
    /// Connections held by each network; true once more were refused since it held no connection.
    held: Mutex<HashMap<NetworkPrefix, (usize, bool)>>,
}

/// One place of a network's share; given back when it is dropped.
pub(in crate::http) struct HeldPlace {
    share: ConnectionShare,
    network: Network,
}

/// A network holds its share already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::http) struct ShareHeld {
    /// Size of the network.
    pub size: NetworkSize,
    /// True if it is the first refusal since the network held nothing.
    pub is_first: bool,
}

impl ConnectionShare {
    /// Shares of this percentage of the places for each IPv4 address and IPv6 /64, and of twice that for the networks
    /// that contain them.
    pub(super) fn new(places: usize, percent: usize) -> Self {
        Self(Arc::new(Inner { places, percent, held: Mutex::default() }))
    }

    /// Takes a place from the share of each network that contains the client, or from no share at all.
    pub(super) fn take(&self, network: Network) -> Result<HeldPlace, ShareHeld> {
        let mut held = self.0.held.lock().unwrap_or_else(PoisonError::into_inner);
        for prefix in network.prefixes() {
            if let Some((count, is_refused)) = held.get_mut(&prefix)
                && *count >= self.0.most(prefix.size)
            {
                let is_first = !std::mem::replace(is_refused, true);
                return Err(ShareHeld { size: prefix.size, is_first });
            }
        }
        for prefix in network.prefixes() {
            held.entry(prefix).or_default().0 += 1;
        }
        Ok(HeldPlace { share: self.clone(), network })
    }
}

impl Inner {
    fn most(&self, size: NetworkSize) -> usize {
        let percent = match size {
            NetworkSize::Ipv4Address | NetworkSize::Ipv6Slash64 => self.percent,
            NetworkSize::Ipv4Slash24 | NetworkSize::Ipv6Slash56 | NetworkSize::Ipv6Slash48 => {
                2 * self.percent
            }
        };
        if percent >= 100 { usize::MAX } else { (self.places * percent / 100).max(1) }
    }
}

impl Drop for HeldPlace {
    fn drop(&mut self) {
        let mut held = self.share.0.held.lock().unwrap_or_else(PoisonError::into_inner);
        for prefix in self.network.prefixes() {
            if let Some((count, _)) = held.get_mut(&prefix) {
                *count -= 1;
                if *count == 0 {
                    held.remove(&prefix);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn network(address: &str) -> Network {
        Network::of(address.parse().unwrap())
    }

    #[test]
    fn a_network_holds_its_share_and_what_contains_it_twice_that() {
        let share = ConnectionShare::new(100, 2);
        let take = |address: &str| share.take(network(address));
        let first = [take("192.0.2.1").unwrap(), take("192.0.2.1").unwrap()];
        let refused = |is_first| ShareHeld { size: NetworkSize::Ipv4Address, is_first };
        assert_eq!(take("192.0.2.1").err(), Some(refused(true)));
        assert_eq!(take("192.0.2.1").err(), Some(refused(false)));
        let second = [take("192.0.2.2").unwrap(), take("192.0.2.2").unwrap()];
        assert_eq!(take("192.0.2.3").err().unwrap().size, NetworkSize::Ipv4Slash24);
        assert!(take("192.0.3.1").is_ok() && take("2001:db8::1").is_ok());
        drop(first);
        assert_eq!(take("192.0.2.1").map(drop), Ok(()));
        drop(second);
        assert!(share.0.held.lock().unwrap().is_empty(), "nothing is kept of networks that hold nothing");
    }

    #[test]
    fn the_smallest_share_is_one_and_the_whole_is_no_limit() {
        let least = ConnectionShare::new(3, 1);
        let held = least.take(network("2001:db8::1")).unwrap();
        assert!(least.take(network("2001:db8::2")).is_err());
        drop(held);
        let whole = ConnectionShare::new(1, 100);
        let _held =
            [whole.take(network("2001:db8::1")).unwrap(), whole.take(network("2001:db8::1")).unwrap()];
    }
}
