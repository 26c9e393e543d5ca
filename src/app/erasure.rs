//! What erasing people needs.

use super::{Parts, tenant_graph};
use crate::{
    config::Config,
    signup::Eraser,
    store::{Store, StoreError},
};

/// The store with the key of its tombstones, which is created where there is none.
///
/// # Errors
/// [`StoreError::TombstoneKey`] says what to do where the key cannot be opened.
pub async fn with_tombstones(store: Store, config: &Config, parts: &Parts) -> Result<Store, StoreError> {
    store.with_tombstones(&config.secret_key, &parts.entropy, parts.clock.now()).await
}

/// Erases people from a store that knows its tombstones. A tenant whose client cannot be built cannot be asked.
#[must_use]
pub fn eraser(config: &Config, store: Store, parts: &Parts) -> Eraser {
    let graph =
        |(alias, tenant)| Some((Clone::clone(alias), tenant_graph(config, alias, tenant, parts).ok()?));
    Eraser {
        store,
        tenants: config.tenants.iter().filter_map(graph).collect(),
        clock: parts.clock.clone(),
        entropy: parts.entropy.clone(),
        key: config.secret_key.clone(),
        lease: config.worker.lease,
    }
}
