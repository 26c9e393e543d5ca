//! The requests to the tenants: the duration of each, by operation and class of status, and the number of times that a
//! tenant asked for a pause.

use std::{
    fmt,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, NoLabelSet},
    metrics::MetricType,
};

use super::durations::{Durations, UNIT};
use crate::domain::TenantAlias;

/// `none` means no answer, or one that could not be read.
const CLASSES: [&str; 6] = ["none", "1xx", "2xx", "3xx", "4xx", "5xx"];

/// The counters of the client of one tenant; cheap to clone.
#[derive(Clone, Default)]
pub struct GraphRequests(Option<Arc<OfTenant>>);

/// The requests to all tenants.
#[derive(Default)]
pub(super) struct Tenants(Mutex<Vec<Arc<OfTenant>>>);

struct OfTenant {
    tenant: TenantAlias,
    operations: &'static [&'static str],
    /// By operation.
    durations: Vec<[Durations; CLASSES.len()]>,
    throttled: AtomicU64,
}

impl GraphRequests {
    /// A request has ended. `operation` is its place among those that were named at the beginning.
    pub fn ended(&self, operation: usize, status: Option<u16>, took: Duration) {
        let Self(Some(tenant)) = self else { return };
        let class = status.map_or(0, |status| usize::from(status / 100).clamp(1, CLASSES.len() - 1));
        if let Some(by_class) = tenant.durations.get(operation) {
            by_class[class].observe(took);
        }
    }

    /// The tenant has asked for a pause (429), by a whole answer or by one of a batch.
    pub fn throttled(&self) {
        if let Self(Some(tenant)) = self {
            tenant.throttled.fetch_add(1, Relaxed);
        }
    }
}

impl Tenants {
    pub(super) fn of(&self, tenant: &TenantAlias, operations: &'static [&'static str]) -> GraphRequests {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = all.iter().find(|known| known.tenant == *tenant) {
            return GraphRequests(Some(Arc::clone(known)));
        }
        let new = Arc::new(OfTenant {
            tenant: tenant.clone(),
            operations,
            durations: operations.iter().map(|_| Default::default()).collect(),
            throttled: AtomicU64::default(),
        });
        all.push(Arc::clone(&new));
        GraphRequests(Some(new))
    }
}

impl Collector for Tenants {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (name, help) =
            ("graph_request_duration", "How long requests to the tenants take, those for tokens too");
        let mut durations = encoder.encode_descriptor(name, help, Some(&UNIT), MetricType::Histogram)?;
        for one in all.iter() {
            for (operation, by_class) in one.operations.iter().zip(&one.durations) {
                for (status, cell) in CLASSES.iter().zip(by_class) {
                    let labels =
                        [("tenant", one.tenant.as_str()), ("operation", operation), ("status", status)];
                    cell.encode(&mut durations, &labels)?;
                }
            }
        }
        let (name, help) = ("graph_throttled", "How often a tenant asked for a pause (429)");
        let mut throttled = encoder.encode_descriptor(name, help, None, MetricType::Counter)?;
        for one in all.iter() {
            let labels = [("tenant", one.tenant.as_str())];
            let count = one.throttled.load(Relaxed);
            throttled.encode_family(&labels)?.encode_counter::<NoLabelSet, u64, u64>(&count, None)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Tenants {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tenants")
    }
}

impl fmt::Debug for GraphRequests {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("GraphRequests")
    }
}
