//! A rate limit for networks that contain each other, and optionally for all clients together.
//!
//! Each network has a token bucket, kept as the time at which it is full again (the generic cell rate algorithm). A
//! request takes a token from every bucket on its way, or from no bucket.
//!
//! Memory is bounded, and no flood of new networks can make a used bucket forgotten: a bucket leaves the table only
//! when it is full again. While the table of a size has no place, further networks of this size are limited by the
//! networks that contain them, and further networks of the largest size share a bucket with their provider's others.

use std::{
    collections::HashMap,
    hash::{BuildHasher, RandomState},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use crate::{
    config::Rate,
    domain::{Clock, Network, NetworkPrefix, NetworkSize},
};

/// The networks of one size that have buckets of their own: what fits into a hash table of 32,768 slots.
const MAX_NETWORKS: usize = 28_672;
/// The buckets for networks of the largest size that have no bucket of their own.
const SHARED_BUCKETS: usize = 1024;
/// The time between two sweeps that remove full buckets.
const SWEEP_EVERY: Duration = Duration::from_secs(60);
/// The same while a table has no place: a sweep reads all of it.
const SWEEP_FULL_EVERY: Duration = Duration::from_secs(1);
/// The most buckets that one request takes from: three sizes of network and the one of all clients.
const MAX_BUCKETS: usize = 4;

/// Counts what is left of a rate for each network, and for all clients together where that is limited.
pub(super) struct NetworkLimiter {
    sizes: [Bucket; NetworkSize::ALL.len()],
    total: Option<Bucket>,
    state: Mutex<State>,
    hasher: RandomState,
    clock: Clock,
}

/// A limit has no token left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Exhausted {
    /// The size of the network whose limit it is; `None` for the limit of all clients.
    pub size: Option<NetworkSize>,
    /// The time until there is a token again.
    pub wait: Duration,
}

/// The capacity of a bucket and the time in which it fills, in nanoseconds.
#[derive(Clone, Copy)]
struct Bucket {
    per_token: u64,
    capacity: u64,
}

/// The time at which a bucket is full again, in nanoseconds of the steady clock. Zero is a full bucket.
type FullAt = u64;

#[derive(Default)]
struct State {
    /// The buckets by the number of the size, then by the bits of the network.
    networks: [HashMap<u64, FullAt>; NetworkSize::ALL.len()],
    shared: [Vec<FullAt>; NetworkSize::ALL.len()],
    total: FullAt,
    next_sweep: u64,
}

/// The place of a bucket's state.
#[derive(Clone, Copy)]
enum Place {
    Own(NetworkPrefix),
    Shared(NetworkSize, usize),
    Total,
}

/// The buckets on the way of a request.
type Path = [Option<(Place, Bucket)>; MAX_BUCKETS];

impl NetworkLimiter {
    /// A limiter with this rate for each network of a size, and one for all clients together.
    pub(super) fn new(rate_of: impl Fn(NetworkSize) -> Rate, total: Option<Rate>, clock: &Clock) -> Self {
        Self {
            sizes: NetworkSize::ALL.map(|size| Bucket::new(rate_of(size))),
            total: total.map(Bucket::new),
            state: Mutex::default(),
            hasher: RandomState::new(),
            clock: clock.clone(),
        }
    }

    /// Takes one token from each bucket of the network, and returns how many are left in the emptiest.
    ///
    /// # Errors
    /// [`Exhausted`] when one of them has no token; then no token is taken. The one with the longest wait is named.
    pub(super) fn take(&self, network: Option<Network>) -> Result<u32, Exhausted> {
        let now = self.now();
        let mut state = self.state();
        state.sweep_if_due(now);
        let path = self.path(&state, network);
        let exhausted = path.iter().flatten().filter_map(|(place, bucket)| {
            let wait = bucket.wait(state.full_at(*place), now);
            (!wait.is_zero()).then_some(Exhausted { size: place.size(), wait })
        });
        if let Some(exhausted) = exhausted.max_by_key(|exhausted| exhausted.wait) {
            return Err(exhausted);
        }
        let mut left = u32::MAX;
        for (place, bucket) in path.into_iter().flatten() {
            let full_at = bucket.taken(state.full_at(place), now);
            state.set(place, full_at);
            left = left.min(bucket.left(full_at, now));
        }
        Ok(left)
    }

    /// Returns whether one of the buckets of the network has less than half of its tokens.
    pub(super) fn is_half_used(&self, network: Option<Network>) -> bool {
        let (now, state) = (self.now(), self.state());
        let path = self.path(&state, network);
        path.iter().flatten().any(|(place, bucket)| bucket.is_half_used(state.full_at(*place), now))
    }

    fn path(&self, state: &State, network: Option<Network>) -> Path {
        let mut path = [None; MAX_BUCKETS];
        let networks = network.into_iter().flat_map(Network::prefixes).filter_map(|prefix| {
            let place = self.place(state, prefix)?;
            Some((place, self.sizes[prefix.size as usize]))
        });
        let total = self.total.map(|bucket| (Place::Total, bucket));
        for (slot, bucket) in path.iter_mut().zip(networks.chain(total)) {
            *slot = Some(bucket);
        }
        path
    }

    /// The place of a network's bucket; `None` where only the networks that contain it are counted.
    fn place(&self, state: &State, prefix: NetworkPrefix) -> Option<Place> {
        let networks = &state.networks[prefix.size as usize];
        if networks.len() < MAX_NETWORKS || networks.contains_key(&prefix.bits) {
            return Some(Place::Own(prefix));
        }
        let hash = || usize::try_from(self.hasher.hash_one(prefix.provider_bits())).unwrap_or_default();
        prefix.size.is_largest().then(|| Place::Shared(prefix.size, hash() % SHARED_BUCKETS))
    }

    fn now(&self) -> u64 {
        nanoseconds(self.clock.steady())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Bucket {
    fn new(rate: Rate) -> Self {
        let tokens = u64::from(rate.burst.get());
        let per_token = (nanoseconds(rate.per) / tokens).max(1);
        Self { per_token, capacity: per_token.saturating_mul(tokens) }
    }

    /// The state after one more token was taken.
    fn taken(self, full_at: FullAt, now: u64) -> FullAt {
        full_at.max(now).saturating_add(self.per_token)
    }

    /// The time until a token can be taken.
    fn wait(self, full_at: FullAt, now: u64) -> Duration {
        let missing = self.taken(full_at, now).saturating_sub(now);
        Duration::from_nanos(missing.saturating_sub(self.capacity))
    }

    fn left(self, full_at: FullAt, now: u64) -> u32 {
        let available = self.capacity.saturating_sub(full_at.saturating_sub(now));
        u32::try_from(available / self.per_token).unwrap_or(u32::MAX)
    }

    fn is_half_used(self, full_at: FullAt, now: u64) -> bool {
        full_at.saturating_sub(now) > self.capacity / 2
    }
}

impl State {
    fn full_at(&self, place: Place) -> FullAt {
        match place {
            Place::Own(prefix) => self.networks[prefix.size as usize].get(&prefix.bits).copied(),
            Place::Shared(size, index) => self.shared[size as usize].get(index).copied(),
            Place::Total => Some(self.total),
        }
        .unwrap_or_default()
    }

    fn set(&mut self, place: Place, full_at: FullAt) {
        match place {
            Place::Own(prefix) => {
                self.networks[prefix.size as usize].insert(prefix.bits, full_at);
            }
            Place::Shared(size, index) => {
                let shared = &mut self.shared[size as usize];
                shared.resize(SHARED_BUCKETS, 0);
                shared[index] = full_at;
            }
            Place::Total => self.total = full_at,
        }
    }

    fn sweep_if_due(&mut self, now: u64) {
        let is_full = self.networks.iter().any(|networks| networks.len() >= MAX_NETWORKS);
        let early = nanoseconds(SWEEP_EVERY - SWEEP_FULL_EVERY);
        let due = if is_full { self.next_sweep.saturating_sub(early) } else { self.next_sweep };
        if now < due {
            return;
        }
        for networks in &mut self.networks {
            networks.retain(|_, full_at| *full_at > now);
            if networks.len() < networks.capacity() / 4 {
                networks.shrink_to_fit();
            }
        }
        self.next_sweep = now + nanoseconds(SWEEP_EVERY);
    }
}

impl Place {
    const fn size(self) -> Option<NetworkSize> {
        match self {
            Self::Own(prefix) => Some(prefix.size),
            Self::Shared(size, _) => Some(size),
            Self::Total => None,
        }
    }
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
