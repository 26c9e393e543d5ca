//! The one page that Prometheus reads.

use axum::{
    Router,
    http::{HeaderValue, header},
    response::IntoResponse,
    routing::get,
};

use super::Metrics;

/// OpenMetrics 1.0, section "Overall Structure".
const OPEN_METRICS: HeaderValue =
    HeaderValue::from_static("application/openmetrics-text; version=1.0.0; charset=utf-8");

/// `/metrics` and nothing else. `refresh` brings up to date what is not counted as it happens.
pub fn router<F, R>(metrics: Metrics, refresh: F) -> Router
where
    F: Fn() -> R + Clone + Send + Sync + 'static,
    R: Future<Output = ()> + Send + 'static,
{
    let scrape = move || async move {
        refresh().await;
        ([(header::CONTENT_TYPE, OPEN_METRICS)], metrics.text()).into_response()
    };
    Router::new().route("/metrics", get(scrape))
}
