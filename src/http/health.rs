//! Probes for whoever runs the program.

use axum::{extract::State, http::StatusCode};

use super::{client::SEEN_AT, web::Shared};

/// Whether a path is asked by machines that watch us, and not by visitors.
pub(super) fn is_probe(path: &str) -> bool {
    path == "/livez" || path == "/readyz" || path == SEEN_AT
}

/// The process answers.
pub(super) async fn live() -> &'static str {
    "ok\n"
}

/// Signups can be taken: the records can be reached.
pub(super) async fn ready(State(web): State<Shared>) -> (StatusCode, &'static str) {
    match web.site.signups.ready().await {
        Ok(()) => (StatusCode::OK, "ready\n"),
        Err(error) => {
            tracing::warn!(%error, "not ready: the records cannot be reached");
            (StatusCode::SERVICE_UNAVAILABLE, "the records cannot be reached\n")
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::http::testing::Browser;

    #[tokio::test]
    async fn it_is_ready_as_long_as_the_store_answers() {
        let mut browser = Browser::new().await;
        assert_eq!(browser.get("/readyz").await.status, 200);
        browser.house.worker.close_the_store().await;
        assert_eq!(browser.get("/readyz").await.status, 503);
        assert_eq!(browser.get("/livez").await.status, 200);
    }
}
