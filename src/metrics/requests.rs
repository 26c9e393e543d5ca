//! The durations of requests, by route, method and class of status. A request costs two additions.

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use prometheus_client::{collector::Collector, encoding::DescriptorEncoder, metrics::MetricType};

use super::durations::{Durations, UNIT};

const METHODS: [&str; 4] = ["GET", "HEAD", "POST", "other"];
const CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];

/// The requests to all routes.
#[derive(Debug, Default)]
pub(super) struct Requests(RwLock<Routes>);

#[derive(Debug, Default)]
struct Routes {
    by_pattern: HashMap<String, Arc<Route>>,
    by_label: BTreeMap<String, Arc<Route>>,
}

/// The requests to one route.
#[derive(Debug, Default)]
pub(super) struct Route([[Durations; CLASSES.len()]; METHODS.len()]);

impl Requests {
    /// The route of this pattern. Several patterns may have one label.
    pub(super) fn of(&self, pattern: &str, label: impl FnOnce() -> String) -> Arc<Route> {
        let routes = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(route) = routes.by_pattern.get(pattern) {
            return Arc::clone(route);
        }
        drop(routes);
        let mut routes = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let route = Arc::clone(routes.by_label.entry(label()).or_default());
        routes.by_pattern.insert(pattern.to_owned(), Arc::clone(&route));
        route
    }
}

impl Route {
    pub(super) fn observe(&self, method: &str, status: u16, took: Duration) {
        let method = METHODS.iter().position(|known| *known == method).unwrap_or(METHODS.len() - 1);
        let class = usize::from(status / 100).clamp(1, CLASSES.len()) - 1;
        self.0[method][class].observe(took);
    }
}

impl Collector for Requests {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let help = "How long requests take, by route";
        let name = "http_request_duration";
        let mut all = encoder.encode_descriptor(name, help, Some(&UNIT), MetricType::Histogram)?;
        let routes = self.0.read().unwrap_or_else(PoisonError::into_inner);
        for (route, Route(cells)) in routes.by_label.iter().map(|(label, route)| (label.as_str(), &**route)) {
            for (method, classes) in METHODS.iter().zip(cells) {
                for (status, durations) in CLASSES.iter().zip(classes) {
                    let labels = [("route", route), ("method", *method), ("status", *status)];
                    durations.encode(&mut all, &labels)?;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use crate::metrics::Metrics;

    use super::*;

    #[test]
    fn requests_are_counted_by_route_method_and_class() {
        let metrics = Metrics::on();
        let pages = || "/{language}".to_owned();
        for (pattern, method, status, micros) in [
            ("/en", "GET", 200, 90),
            ("/de", "GET", 204, 100),
            ("/de", "GET", 200, 20_000_000),
            ("/de", "GET", 404, 101),
            ("/de", "BREW", 999, 1),
        ] {
            metrics.request(pattern, pages, method, status, Duration::from_micros(micros));
        }
        let text = metrics.text();
        let value = |name: &str, class: &str, method: &str, more: &str| {
            let labels = format!("route=\"/{{language}}\",method=\"{method}\",status=\"{class}\"{more}");
            let start = format!("accountcreator_http_request_duration_seconds_{name}{{{labels}}} ");
            let value = text.lines().find_map(|line| line.strip_prefix(&start));
            value.unwrap_or_else(|| panic!("{start} in {text}")).to_owned()
        };
        assert_eq!(value("count", "2xx", "GET", ""), "3");
        assert_eq!(value("sum", "2xx", "GET", ""), "20.00019");
        // The library writes the label of the bucket first.
        let bucket = |le: &str| {
            let is_bucket = |line: &&str| line.contains("_bucket{") && line.contains(&format!("le=\"{le}\""));
            let line = text.lines().filter(is_bucket).find(|line| line.contains("2xx"));
            line.unwrap_or_else(|| panic!("{le} in {text}")).rsplit(' ').next().unwrap().to_owned()
        };
        assert_eq!((bucket("0.0001"), bucket("10.0"), bucket("+Inf")), ("2".into(), "2".into(), "3".into()));
        assert_eq!(value("count", "4xx", "GET", ""), "1");
        assert_eq!(value("count", "5xx", "other", ""), "1");
    }
}
