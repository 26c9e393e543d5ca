//! Probes for whoever runs the program.

use axum::{extract::State, http::StatusCode};

use super::{client::SEEN_AT, web::Shared};
use crate::signup::{Trouble, TroubleKind};

/// Whether a path is asked by machines that watch us, and not by visitors.
pub(super) fn is_probe(path: &str) -> bool {
    path == "/livez" || path == "/readyz" || path == SEEN_AT
}

/// The process answers.
pub(super) async fn live() -> &'static str {
    "ok\n"
}

/// Signups can be taken: the records can be reached and have this version's schema. With a tenant or a mail server
/// that is down they can be taken too, and wait: the answer says so, and is a success.
pub(super) async fn ready(State(web): State<Shared>) -> (StatusCode, String) {
    match web.site.signups.ready().await {
        Ok(ready) => (StatusCode::OK, told(&ready.troubles)),
        Err(not_ready) => {
            tracing::warn!(error = &not_ready as &dyn std::error::Error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, format!("{not_ready}\n"))
        }
    }
}

/// One line, and one more for each trouble.
fn told(troubles: &[Trouble]) -> String {
    let mut text = if troubles.is_empty() { "ready\n" } else { "ready, degraded\n" }.to_owned();
    for Trouble { tenant, kind } in troubles {
        let what = match kind {
            TroubleKind::Paused => "has asked for a pause",
            TroubleKind::Down => "does not answer as it should",
            TroubleKind::Refusing => "refuses the application",
        };
        text += &match tenant {
            Some(tenant) => format!("tenant {tenant}: {what}\n"),
            None => format!("mail server: {what}\n"),
        };
    }
    text
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
