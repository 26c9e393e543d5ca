//! The one source of chance: ids and faults with a probability. With a seed, it repeats itself.

use std::sync::Mutex;

use uuid::Uuid;

use super::lock;

/// A generator that all requests share.
#[derive(Debug)]
pub(super) struct Random(Mutex<fastrand::Rng>);

impl Random {
    /// The generator for a seed, or one that cannot be predicted.
    pub fn new(seed: Option<u64>) -> Self {
        Self(Mutex::new(seed.map_or_else(fastrand::Rng::new, fastrand::Rng::with_seed)))
    }

    /// A fresh object or request id.
    pub fn uuid(&self) -> Uuid {
        let bits = lock(&self.0).u128(..);
        uuid::Builder::from_random_bytes(bits.to_be_bytes()).into_uuid()
    }

    /// True in `probability` of all cases.
    pub fn chance(&self, probability: f64) -> bool {
        lock(&self.0).f64() < probability
    }

    /// Puts the items into a random order, as the answers to a batch may come in any order.
    pub fn shuffle<T>(&self, items: &mut [T]) {
        lock(&self.0).shuffle(items);
    }
}
