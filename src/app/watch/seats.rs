//! The number of free seats of the profiles' licences.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::Named;
use crate::{
    config::{self, Config},
    domain::{Clock, SkuId, TenantAlias, Timestamp},
    graph::{self, Graph, Permission, Subscription},
    metrics::Metrics,
    signup::{Alerts, SeatCount, Seats},
};

/// Counts the free seats of the licences that profiles give.
#[derive(Clone)]
pub(super) struct SeatWatch {
    tenants: Arc<[Counted]>,
    settings: config::Seats,
    seats: Seats,
    alerts: Alerts,
    metrics: Metrics,
    clock: Clock,
    known: Arc<Mutex<Known>>,
}

/// A tenant whose licences profiles give.
struct Counted {
    alias: TenantAlias,
    graph: Graph,
    skus: BTreeSet<SkuId>,
}

#[derive(Default)]
struct Known {
    due_at: Timestamp,
    levels: BTreeMap<(TenantAlias, SkuId), Level>,
}

/// A level of free seats, which is logged once, when it begins.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    Enough,
    Low,
    None,
}

impl SeatWatch {
    pub(super) fn new(
        config: &Config,
        tenants: &[Named],
        seats: Seats,
        alerts: Alerts,
        metrics: Metrics,
        clock: &Clock,
    ) -> Self {
        let tenants = tenants.iter().map(|(alias, graph)| {
            let profiles = config.profiles.iter().filter(|profile| profile.tenant == *alias);
            let skus = profiles.flat_map(|profile| profile.licences.iter().copied()).collect();
            Counted { alias: alias.clone(), graph: graph.clone(), skus }
        });
        let tenants: Vec<_> = tenants.filter(|tenant| !tenant.skus.is_empty()).collect();
        let known = Arc::default();
        Self {
            tenants: tenants.into(),
            settings: config.seats,
            seats,
            alerts,
            metrics,
            clock: clock.clone(),
            known,
        }
    }

    /// Counts where the time for it has come.
    pub(super) async fn count_if_due(&self) {
        let now = self.clock.now();
        if self.known().due_at > now {
            return;
        }
        for tenant in self.tenants.iter() {
            match tenant.graph.subscriptions().await {
                Ok(bought) => self.counted(tenant, &bought).await,
                Err(error) => self.not_counted(tenant, &error),
            }
        }
        self.known().due_at = now.plus(self.settings.check_every);
    }

    async fn counted(&self, tenant: &Counted, bought: &[Subscription]) {
        let counts: Vec<SeatCount> = tenant.skus.iter().map(|sku| count(*sku, bought)).collect();
        for count in &counts {
            let sku = count.sku.to_string();
            self.metrics.set_seats(tenant.alias.as_str(), &sku, Some((count.free, count.total)));
            self.log(&tenant.alias, count);
        }
        self.seats.set(&tenant.alias, Some(&counts));
        if let Err(error) = self.alerts.seats_counted(&tenant.alias, &counts).await {
            let error = &error as &dyn std::error::Error;
            tracing::error!(tenant = %tenant.alias, error, "that seats are free again cannot be recorded");
        }
    }

    /// The last count holds until the tenant answers again; without the permission, nothing is known.
    fn not_counted(&self, tenant: &Counted, error: &graph::Error) {
        let (alias, permission) = (&tenant.alias, Permission::Seats.name());
        tracing::warn!(tenant = %alias, error = error as &dyn std::error::Error, permission, "free seats cannot be counted; the next try is at the next check");
        if !error.kind.is_transient() {
            self.seats.set(alias, None);
            self.alerts.seats_unknown(alias);
            tenant.skus.iter().for_each(|sku| self.metrics.set_seats(alias.as_str(), &sku.to_string(), None));
        }
    }

    fn log(&self, tenant: &TenantAlias, SeatCount { sku, product, free, total }: &SeatCount) {
        let level = match *free {
            0 => Level::None,
            free if free < i64::from(self.settings.warn_below) => Level::Low,
            _ => Level::Enough,
        };
        let before = self.known().levels.insert((tenant.clone(), *sku), level);
        match level {
            level if before == Some(level) => {}
            Level::None if *total == 0 => {
                tracing::warn!(%tenant, product, "the tenant has no seats of a licence, or no such licence: correct the profile");
            }
            Level::None => tracing::warn!(%tenant, product, total, "no seat of a licence is free"),
            Level::Low => tracing::warn!(%tenant, product, free, total, "few seats of a licence are free"),
            Level::Enough => {
                tracing::info!(%tenant, product, free, total, "enough seats of a licence are free");
            }
        }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Counts seats. No seat of a subscription that is not active, or that the tenant no longer has, can be assigned.
fn count(sku: SkuId, bought: &[Subscription]) -> SeatCount {
    match bought.iter().find(|one| one.sku == sku) {
        Some(one) => SeatCount {
            sku,
            product: one.part_number.clone(),
            free: if one.is_active { one.free() } else { 0 },
            total: one.seats,
        },
        None => SeatCount { sku, product: sku.to_string(), free: 0, total: 0 },
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn what_cannot_be_assigned_is_no_free_seat() {
        let [sku, gone]: [SkuId; 2] =
            ["314c4481-f395-4525-be8b-2ec4bb1e9d91", "94763226-9b3c-4e75-a931-5c89701abe66"]
                .map(|id| id.parse().unwrap());
        let bought = |is_active| {
            let part_number = "STANDARDWOFFPACK_STUDENT".to_owned();
            [Subscription { sku, part_number, is_active, seats: 50, consumed: 20 }]
        };
        let counted = |sku, is_active| {
            let SeatCount { free, total, .. } = count(sku, &bought(is_active));
            (free, total)
        };
        assert_eq!(counted(sku, true), (30, 50));
        assert_eq!(counted(sku, false), (0, 50), "it has run out");
        assert_eq!(counted(gone, true), (0, 0), "the tenant has it no more");
    }
}
