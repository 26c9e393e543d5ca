//! The metrics of the running program, as Prometheus reads them. If they are not served, nothing is counted.
//!
//! Events of every request are counted by atomics alone; the text is made when it is asked for.

mod durations;
mod format;
mod graph;
mod limit;
mod requests;
mod scrape;
mod signups;
mod tenants;
mod work;

#[cfg(test)]
mod deployed_tests;

use std::{
    fmt,
    sync::{Arc, atomic::AtomicU64},
    time::Duration,
};

use prometheus_client::{
    encoding::text::encode,
    metrics::{counter::Counter, family::Family, gauge::Gauge},
    registry::{Registry, Unit},
};

use crate::domain::{NetworkSize, TenantAlias, Timestamp};
pub use graph::GraphRequests;
pub use limit::Limit;
use requests::Requests;
pub use scrape::router;
pub use signups::SignupFigures;
use tenants::Tenants;
pub use work::{MailEnd, MailTransport, StepEnd};

/// The counters of a process; cheap to clone.
#[derive(Clone)]
pub struct Metrics(Option<Arc<Kept>>);

struct Kept {
    registry: Registry,
    requests: Arc<Requests>,
    connections: Gauge,
    limit_hits: Family<[(&'static str, &'static str); 2], Counter>,
    limit_bursts: Family<Label, Gauge>,
    limit_periods: Family<Label, Seconds>,
    signups: signups::Signups,
    signups_closed: Gauge,
    work: Arc<work::Work>,
    graph: Arc<graph::Tenants>,
    pauses: Family<Queue, Seconds>,
    refusals: Family<[(&'static str, String); 1], Gauge>,
    tenants: Tenants,
    started: Seconds,
}

type Seconds = Gauge<f64, AtomicU64>;

/// The labels of a queue that pauses as a whole: that of a tenant, or that of the mails.
type Queue = [(&'static str, String); 2];

/// The one label of a series.
type Label = [(&'static str, &'static str); 1];

impl Metrics {
    /// Counts nothing.
    #[must_use]
    pub const fn off() -> Self {
        Self(None)
    }

    /// Counts, from zero.
    #[must_use]
    pub fn on() -> Self {
        let mut kept = Kept {
            registry: Registry::default(),
            requests: Arc::default(),
            connections: Gauge::default(),
            limit_hits: Family::default(),
            limit_bursts: Family::default(),
            limit_periods: Family::default(),
            signups: signups::Signups::new(),
            signups_closed: Gauge::default(),
            work: Arc::default(),
            graph: Arc::default(),
            pauses: Family::default(),
            refusals: Family::default(),
            tenants: Tenants::default(),
            started: Seconds::default(),
        };
        for limit in Limit::ALL {
            for size in limit.sizes() {
                let _ = kept.limit_hits.get_or_create(&limit.hit_labels(size));
            }
        }
        kept.register();
        Self(Some(Arc::new(kept)))
    }

    /// Counts that a limit was reached; `size` is that of the network whose limit it is, if it is one by network.
    pub fn limit_hit(&self, limit: Limit, size: Option<NetworkSize>) {
        if let Self(Some(kept)) = self {
            kept.limit_hits.get_or_create(&limit.hit_labels(size)).inc();
        }
    }

    /// Sets a configured limit: `burst` at once, and as many again within `period`.
    pub fn set_limit(&self, limit: Limit, burst: u32, period: Duration) {
        if let Self(Some(kept)) = self {
            kept.limit_bursts.get_or_create(&limit.label()).set(burst.into());
            kept.limit_periods.get_or_create(&limit.label()).set(period.as_secs_f64());
        }
    }

    /// Counts an answered request. `pattern` is the route's, never an address; `label` is what it is called here.
    pub fn request(
        &self,
        pattern: &str,
        label: impl FnOnce() -> String,
        method: &str,
        status: u16,
        took: Duration,
    ) {
        if let Self(Some(kept)) = self {
            kept.requests.of(pattern, label).observe(method, status, took);
        }
    }

    /// Counts a connection as open until the returned value is dropped.
    #[must_use]
    pub fn connection(&self) -> Connection {
        Connection(self.0.as_ref().map(|kept| {
            kept.connections.inc();
            kept.connections.clone()
        }))
    }

    /// Sets whether an operator has closed signups, as this process knows it.
    pub fn set_signups_closed(&self, is_closed: bool) {
        if let Self(Some(kept)) = self {
            kept.signups_closed.set(is_closed.into());
        }
    }

    /// The counters of the requests to this tenant, which are of these kinds.
    #[must_use]
    pub fn graph(&self, tenant: &TenantAlias, operations: &'static [&'static str]) -> GraphRequests {
        self.0.as_ref().map_or_else(GraphRequests::default, |kept| kept.graph.of(tenant, operations))
    }

    /// The queue of a tenant, or that of the mails, is paused until then.
    pub fn set_pause(&self, tenant: Option<&TenantAlias>, until: Timestamp) {
        if let Self(Some(kept)) = self {
            let lane = if tenant.is_some() { "tenant" } else { "mail" };
            let tenant = tenant.map_or_else(String::new, ToString::to_string);
            let labels = [("lane", lane.to_owned()), ("tenant", tenant)];
            kept.pauses.get_or_create(&labels).set(seconds(until));
        }
    }

    /// A tenant refuses the application, or accepts it again.
    pub fn set_refusal(&self, tenant: Option<&TenantAlias>, refuses: bool) {
        if let (Self(Some(kept)), Some(tenant)) = (self, tenant) {
            kept.refusals.get_or_create(&[("tenant", tenant.to_string())]).set(refuses.into());
        }
    }

    /// The process has started.
    pub fn started(&self, at: Timestamp) {
        if let Self(Some(kept)) = self {
            kept.started.set(seconds(at));
        }
    }

    /// Returns all metrics as OpenMetrics text.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        if let Self(Some(kept)) = self {
            // Writing into a string does not fail.
            let _ = encode(&mut text, &kept.registry);
        }
        text
    }
}

impl Kept {
    /// Each by the name under which Prometheus finds it.
    fn register(&mut self) {
        let help = "When the process started, since 1970";
        // By the name that every program uses for it.
        self.registry.register_with_unit("process_start_time", help, Unit::Seconds, self.started.clone());
        let all = self.registry.sub_registry_with_prefix("accountcreator");
        let version = Family::<Label, Gauge>::default();
        version.get_or_create(&[("version", env!("CARGO_PKG_VERSION"))]).set(1);
        all.register("build_info", "The version of the program", version);
        all.register_collector(Box::new(Arc::clone(&self.requests)));
        all.register("http_connections", "Open connections of the pages", self.connections.clone());
        all.register(
            "limit_hits",
            "How often a limit was met, or a form looked as if a program had sent it",
            self.limit_hits.clone(),
        );
        all.register("limit_burst", "How much a limit lets through at once", self.limit_bursts.clone());
        let help = "How long until all of a limit may be used again";
        all.register_with_unit("limit_period", help, Unit::Seconds, self.limit_periods.clone());
        self.signups.register(all);
        let help = "Whether an operator has closed signups: 1 while they are closed";
        all.register("signups_closed", help, self.signups_closed.clone());
        self.tenants.register(all);
        all.register_collector(Box::new(Arc::clone(&self.work)));
        all.register_collector(Box::new(Arc::clone(&self.graph)));
        let help = "When the queue of a tenant, or that of the mails, has rested enough; in the past it does not rest";
        all.register_with_unit("pause_end_timestamp", help, Unit::Seconds, self.pauses.clone());
        let help = "1 while a tenant refuses the application; there is no series before it has done so";
        all.register("application_refused", help, self.refusals.clone());
    }
}

#[allow(clippy::cast_precision_loss, reason = "exact for 285,000 years")]
fn seconds(time: Timestamp) -> f64 {
    time.millis() as f64 / 1e3
}

/// An open connection.
pub struct Connection(Option<Gauge>);

impl Drop for Connection {
    fn drop(&mut self) {
        if let Some(connections) = &self.0 {
            connections.dec();
        }
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Metrics(on)" } else { "Metrics(off)" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Metrics with at least one sample of every family.
    pub(super) fn touched() -> Metrics {
        let (metrics, took, tenant) =
            (Metrics::on(), Duration::from_millis(3), "main".parse().expect("an alias"));
        for limit in Limit::ALL {
            metrics.set_limit(limit, 6, Duration::from_hours(1));
        }
        metrics.request("/", || "/".to_owned(), "GET", 200, took);
        let graph = metrics.graph(&tenant, &["create_user"]);
        graph.ended(0, Some(201), took);
        metrics.set_pause(Some(&tenant), Timestamp::from_millis(1_500));
        metrics.set_refusal(Some(&tenant), true);
        signups::touch(&metrics);
        tenants::touch(&metrics);
        work::touch(&metrics);
        metrics
    }

    fn line(text: &str, start: &str) -> String {
        let found = text.lines().find_map(|line| line.strip_prefix(start));
        found.unwrap_or_else(|| panic!("{start} in {text}")).trim().to_owned()
    }

    #[test]
    fn what_is_counted_is_read() {
        let metrics = Metrics::on();
        metrics.limit_hit(Limit::MailsPerAddress, None);
        metrics.limit_hit(Limit::MailsPerAddress, None);
        metrics.limit_hit(Limit::PagesPerNetwork, Some(NetworkSize::Ipv6Slash56));
        metrics.set_limit(Limit::MailsPerAddress, 6, Duration::from_hours(1));
        let by_stage = [("done", 7), ("queued", 0)].into();
        metrics.set_signups(Some(&SignupFigures { by_stage, oldest_waiting: Duration::from_secs(90) }));
        let (open, closed) = (metrics.connection(), metrics.clone().connection());
        drop(closed);
        let text = metrics.text();
        drop(open);
        let label = "{limit=\"mails_per_address\"}";
        let hits = |limit: &str, network: &str| {
            line(
                &text,
                &format!("accountcreator_limit_hits_total{{limit=\"{limit}\",network=\"{network}\"}}"),
            )
        };
        assert_eq!(hits("mails_per_address", ""), "2");
        assert_eq!(hits("honeypot", ""), "0");
        assert_eq!(hits("pages_per_network", "ipv6_56"), "1");
        assert_eq!(hits("pages_per_network", "ipv4"), "0");
        assert_eq!(line(&text, &format!("accountcreator_limit_burst{label}")), "6");
        assert_eq!(line(&text, &format!("accountcreator_limit_period_seconds{label}")), "3600.0");
        assert_eq!(line(&text, "accountcreator_signups{stage=\"done\"}"), "7");
        assert_eq!(line(&text, "accountcreator_oldest_waiting_seconds "), "90.0");
        assert_eq!(line(&text, "accountcreator_http_connections "), "1");
        assert!(text.ends_with("# EOF\n"));
        metrics.set_signups(None);
        assert!(!metrics.text().contains("stage="), "what is not known is not told");
    }

    #[test]
    fn off_is_nothing() {
        let metrics = Metrics::off();
        metrics.limit_hit(Limit::Honeypot, None);
        metrics.request("/", || unreachable!("no label is made"), "GET", 200, Duration::ZERO);
        assert_eq!(metrics.text(), "");
    }
}
