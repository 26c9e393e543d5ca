//! Erasing people, and trying signups again: the work of commands with the tenants.

use super::{Parts, tenant_graph};
use crate::{
    config::Config,
    domain::TenantAlias,
    graph::Graph,
    signup::{Eraser, Retrier},
    store::{Store, StoreError},
};

/// The store with the key of its tombstones, which is created if it is missing.
///
/// # Errors
/// [`StoreError::TombstoneKey`] says what to do where the key cannot be opened.
pub async fn with_tombstones(store: Store, config: &Config, parts: &Parts) -> Result<Store, StoreError> {
    store.with_tombstones(&config.secret_key, &parts.entropy, parts.clock.now()).await
}

/// Erases people from a store that knows its tombstones. A tenant whose client cannot be built cannot be asked.
#[must_use]
pub fn eraser(config: &Config, store: Store, parts: &Parts) -> Eraser {
    Eraser {
        store,
        tenants: graphs(config, parts).filter_map(|(alias, graph)| Some((alias, graph?))).collect(),
        clock: parts.clock.clone(),
        entropy: parts.entropy.clone(),
        key: config.secret_key.clone(),
        lease: config.worker.lease,
    }
}

/// Tries signups again by this configuration. A tenant whose client cannot be built cannot be asked.
#[must_use]
pub fn retrier(config: &Config, store: Store, parts: &Parts) -> Retrier {
    Retrier {
        store,
        tenants: graphs(config, parts).collect(),
        profiles: config.profiles.clone(),
        usernames: config.signup.usernames.clone(),
        clock: parts.clock.clone(),
    }
}

fn graphs(config: &Config, parts: &Parts) -> impl Iterator<Item = (TenantAlias, Option<Graph>)> {
    config
        .tenants
        .iter()
        .map(|(alias, tenant)| (alias.clone(), tenant_graph(config, alias, tenant, parts).ok()))
}
