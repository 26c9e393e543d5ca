//! The one page that Prometheus reads.

use axum::{
    Router,
    http::{HeaderMap, header},
    response::IntoResponse,
    routing::get,
};

use super::{Metrics, format::Format};

/// `/metrics` and nothing else. `refresh` updates the figures that are not counted as they change.
pub fn router<F, R>(metrics: Metrics, refresh: F) -> Router
where
    F: Fn() -> R + Clone + Send + Sync + 'static,
    R: Future<Output = ()> + Send + 'static,
{
    let scrape = move |headers: HeaderMap| async move {
        refresh().await;
        let format = Format::accepted(&headers);
        ([(header::CONTENT_TYPE, format.media_type())], format.of(metrics.text())).into_response()
    };
    Router::new().route("/metrics", get(scrape))
}
