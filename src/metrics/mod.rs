//! What is counted while the program runs, as Prometheus reads it. Where nobody reads, nothing is counted.
//!
//! What happens with every request is counted by atomics alone; the text is made when it is asked for.

mod limit;
mod requests;
mod scrape;

use std::{collections::BTreeMap, fmt, sync::Arc, time::Duration};

use prometheus_client::{
    encoding::text::encode,
    metrics::{counter::Counter, family::Family, gauge::Gauge},
    registry::{Registry, Unit},
};

pub use limit::Limit;
use requests::Requests;
pub use scrape::router;

/// Where the rest of the house counts; cheap to clone.
#[derive(Clone)]
pub struct Metrics(Option<Arc<Kept>>);

struct Kept {
    registry: Registry,
    requests: Arc<Requests>,
    connections: Gauge,
    limit_hits: Family<Label, Counter>,
    limit_bursts: Family<Label, Gauge>,
    limit_periods: Family<Label, Gauge<f64, std::sync::atomic::AtomicU64>>,
    signups: Family<Label, Gauge>,
}

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
            registry: Registry::with_prefix("accountcreator"),
            requests: Arc::default(),
            connections: Gauge::default(),
            limit_hits: Family::default(),
            limit_bursts: Family::default(),
            limit_periods: Family::default(),
            signups: Family::default(),
        };
        for limit in Limit::ALL {
            let _ = kept.limit_hits.get_or_create(&limit.label());
        }
        kept.register();
        Self(Some(Arc::new(kept)))
    }

    /// A limit has turned a visitor away.
    pub fn limit_hit(&self, limit: Limit) {
        if let Self(Some(kept)) = self {
            kept.limit_hits.get_or_create(&limit.label()).inc();
        }
    }

    /// A limit is configured: so much at once, and again within `period`.
    pub fn set_limit(&self, limit: Limit, burst: u32, period: Duration) {
        if let Self(Some(kept)) = self {
            kept.limit_bursts.get_or_create(&limit.label()).set(burst.into());
            kept.limit_periods.get_or_create(&limit.label()).set(period.as_secs_f64());
        }
    }

    /// A request was answered. `pattern` is the route's, never an address; `label` is what it is called here.
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

    /// A connection is open for as long as what is returned lives.
    #[must_use]
    pub fn connection(&self) -> Connection {
        Connection(self.0.as_ref().map(|kept| {
            kept.connections.inc();
            kept.connections.clone()
        }))
    }

    /// How many signups there are in each stage; `None` when that cannot be told now.
    pub fn set_signups(&self, by_stage: Option<&BTreeMap<&'static str, u64>>) {
        let Self(Some(kept)) = self else { return };
        match by_stage {
            None => kept.signups.clear(),
            Some(counts) => {
                for (stage, count) in counts {
                    let count = i64::try_from(*count).unwrap_or(i64::MAX);
                    kept.signups.get_or_create(&[("stage", *stage)]).set(count);
                }
            }
        }
    }

    /// All of it as OpenMetrics text.
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
        let all = &mut self.registry;
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
        all.register("signups", "Signups by stage", self.signups.clone());
    }
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

    fn line(text: &str, start: &str) -> String {
        let found = text.lines().find_map(|line| line.strip_prefix(start));
        found.unwrap_or_else(|| panic!("{start} in {text}")).trim().to_owned()
    }

    #[test]
    fn what_is_counted_is_read() {
        let metrics = Metrics::on();
        metrics.limit_hit(Limit::SubmissionsPerEmail);
        metrics.limit_hit(Limit::SubmissionsPerEmail);
        metrics.set_limit(Limit::SubmissionsPerEmail, 6, Duration::from_hours(1));
        metrics.set_signups(Some(&BTreeMap::from([("done", 7), ("queued", 0)])));
        let (open, closed) = (metrics.connection(), metrics.clone().connection());
        drop(closed);
        let text = metrics.text();
        drop(open);
        let label = "{limit=\"submissions_per_email\"}";
        assert_eq!(line(&text, &format!("accountcreator_limit_hits_total{label}")), "2");
        assert_eq!(line(&text, "accountcreator_limit_hits_total{limit=\"honeypot\"}"), "0");
        assert_eq!(line(&text, &format!("accountcreator_limit_burst{label}")), "6");
        assert_eq!(line(&text, &format!("accountcreator_limit_period_seconds{label}")), "3600.0");
        assert_eq!(line(&text, "accountcreator_signups{stage=\"done\"}"), "7");
        assert_eq!(line(&text, "accountcreator_http_connections "), "1");
        assert!(text.ends_with("# EOF\n"));
        metrics.set_signups(None);
        assert!(!metrics.text().contains("stage="), "what is not known is not told");
    }

    #[test]
    fn off_is_nothing() {
        let metrics = Metrics::off();
        metrics.limit_hit(Limit::Honeypot);
        metrics.request("/", || unreachable!("no label is made"), "GET", 200, Duration::ZERO);
        assert_eq!(metrics.text(), "");
    }
}
