//! One limit: governor's cells (the generic cell rate algorithm) under our clock, in a table that does not grow
//! without end.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use governor::{
    Quota, RateLimiter,
    clock::Clock as _,
    middleware::StateInformationMiddleware,
    nanos::Nanos,
    state::{StateStore, keyed::ShrinkableKeyedStateStore},
};

use crate::{config::Rate, domain::Clock};

/// So many keys are told apart. With more than that there is somebody who has networks without number, whom a
/// limit by network does not hold: the one in total does.
const MOST_KEYS: usize = 65_536;
/// How often keys are dropped that have all of their limit again.
const SWEEP_EVERY: Duration = Duration::from_secs(60);

/// Counts for each key what is left of a rate.
pub(super) struct Limiter<K: Eq + Hash + Clone> {
    limiter: RateLimiter<K, Table<K>, Steady, StateInformationMiddleware>,
    /// When to sweep again, in milliseconds of the steady clock.
    next_sweep: AtomicU64,
}

impl<K: Eq + Hash + Clone> Limiter<K> {
    pub(super) fn new(rate: Rate, clock: &Clock) -> Self {
        let one_per = (rate.per / rate.burst.get()).max(Duration::from_nanos(1));
        let quota = Quota::with_period(one_per).expect("the time for one is not zero");
        let table = Table { cells: Mutex::default(), keys: AtomicUsize::new(0) };
        let quota = quota.allow_burst(rate.burst);
        let limiter = RateLimiter::new(quota, table, Steady(clock.clone()));
        Self { limiter, next_sweep: AtomicU64::new(0) }
    }

    /// Takes one of what is left, and tells how many more there are.
    ///
    /// # Errors
    /// How long it takes until there is one again.
    pub(super) fn take(&self, key: &K) -> Result<u32, Duration> {
        let now = self.limiter.clock().now();
        if self.limiter.len() >= MOST_KEYS || self.is_time_to_sweep(now) {
            self.limiter.retain_recent();
        }
        let taken = self.limiter.check_key(key).map(|state| state.remaining_burst_capacity());
        taken.map_err(|refused| refused.wait_time_from(now))
    }

    fn is_time_to_sweep(&self, now: Duration) -> bool {
        let millis = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        let due = self.next_sweep.load(Relaxed);
        let next = millis(now + SWEEP_EVERY);
        millis(now) >= due && self.next_sweep.compare_exchange(due, next, Relaxed, Relaxed).is_ok()
    }
}

/// Our clock as governor reads it. It never goes back: else whoever used up a limit would wait for it to catch up.
struct Steady(Clock);

impl governor::clock::Clock for Steady {
    type Instant = Duration;

    fn now(&self) -> Duration {
        self.0.steady()
    }
}

/// By key, the time from which on all of the limit is there again.
struct Table<K> {
    cells: Mutex<HashMap<K, Nanos>>,
    keys: AtomicUsize,
}

impl<K> Table<K> {
    fn cells(&self) -> MutexGuard<'_, HashMap<K, Nanos>> {
        self.cells.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Eq + Hash + Clone> StateStore for Table<K> {
    type Key = K;

    fn measure_and_replace<T, F, E>(&self, key: &K, decide: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        let mut cells = self.cells();
        if let Some(cell) = cells.get_mut(key) {
            let (answer, next) = decide(Some(*cell))?;
            *cell = next;
            return Ok(answer);
        }
        let (answer, next) = decide(None)?;
        cells.insert(key.clone(), next);
        self.keys.store(cells.len(), Relaxed);
        Ok(answer)
    }
}

impl<K: Eq + Hash + Clone> ShrinkableKeyedStateStore<K> for Table<K> {
    fn retain_recent(&self, drop_below: Nanos) {
        let mut cells = self.cells();
        let was_full = cells.len() >= MOST_KEYS;
        cells.retain(|_, cell| *cell > drop_below);
        // A sweep that made little room would come again with every request.
        if was_full && cells.len() > MOST_KEYS / 2 {
            cells.clear();
        }
        if cells.len() < cells.capacity() / 4 {
            cells.shrink_to_fit();
        }
        self.keys.store(cells.len(), Relaxed);
    }

    fn len(&self) -> usize {
        self.keys.load(Relaxed)
    }

    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;
    use crate::domain::Timestamp;

    fn limiter(burst: u32, seconds: u64) -> (Limiter<u32>, Clock) {
        let clock = Clock::manual(Timestamp::from_millis(1_795_000_000_000));
        let rate = Rate { burst: burst.try_into().unwrap(), per: Duration::from_secs(seconds) };
        (Limiter::new(rate, &clock), clock)
    }

    #[test]
    fn what_was_used_comes_back_evenly() {
        let (limiter, clock) = limiter(3, 60);
        for left in [2, 1, 0] {
            assert_eq!(limiter.take(&1), Ok(left));
        }
        assert_eq!(limiter.take(&1), Err(Duration::from_secs(20)));
        assert_eq!(limiter.take(&2), Ok(2), "another key has all of its own");
        clock.advance(Duration::from_millis(19_999));
        assert_eq!(limiter.take(&1), Err(Duration::from_millis(1)));
        clock.advance(Duration::from_millis(1));
        assert_eq!(limiter.take(&1), Ok(0));
        assert_eq!(limiter.take(&1), Err(Duration::from_secs(20)));
        clock.advance(Duration::from_secs(60));
        assert_eq!((0..4).filter(|_| limiter.take(&1).is_ok()).count(), 3);
    }

    #[test]
    fn a_flood_of_keys_finds_a_table_of_bounded_size() {
        let (limiter, clock) = limiter(2, 3600);
        let mut most = 0;
        for key in 0..500_000 {
            assert_eq!(limiter.take(&key), Ok(1));
            most = most.max(limiter.limiter.len());
        }
        assert!(most > MOST_KEYS / 2 && most <= MOST_KEYS, "{most}");
        clock.advance(Duration::from_hours(2));
        assert_eq!(limiter.take(&0), Ok(1));
        assert_eq!(limiter.limiter.len(), 1, "what is long past is forgotten");
        assert!(limiter.limiter.into_state_store().cells().capacity() < 100);
    }

    #[test]
    fn a_full_table_forgets_those_first_who_have_used_little() {
        let (limiter, clock) = limiter(60, 60);
        while limiter.take(&0).is_ok() {}
        for key in 1..100_000 {
            let _ = limiter.take(&key);
            if key % 1000 == 0 {
                clock.advance(Duration::from_millis(100));
            }
        }
        let left = (0..60).filter(|_| limiter.take(&0).is_ok()).count();
        assert!((9..=11).contains(&left), "after ten seconds there are ten again, not {left}");
    }

    proptest! {
        #[test]
        fn never_more_than_the_burst_and_what_came_back(
            burst in 1_u32..50, per in 1_u64..5000, pauses in prop::collection::vec(0_u64..20_000, 1..200)
        ) {
            let (limiter, clock) = limiter(burst, per);
            let (mut let_through, mut passed) = (0_u64, 0_u64);
            for pause in pauses {
                clock.advance(Duration::from_millis(pause));
                passed += pause;
                match limiter.take(&1) {
                    Ok(_) => let_through += 1,
                    Err(wait) => prop_assert!(wait > Duration::ZERO && wait <= Duration::from_secs(per)),
                }
                prop_assert!(let_through <= u64::from(burst) + passed * u64::from(burst) / (per * 1000) + 1);
            }
        }
    }
}
