//! Probes for the operators of the program.

use std::error::Error;

use axum::{
    Json,
    extract::{Request, State},
    http::StatusCode,
};

use super::{
    client::{SEEN_AT, Sighting, is_from_here},
    error,
    state::Shared,
};
use crate::signup::{Trouble, TroubleKind};

/// The answer of a process that runs.
pub const ALIVE: &str = "ok\n";

/// Returns whether a path is requested by monitoring systems and not by visitors.
pub(super) fn is_probe(path: &str) -> bool {
    path == "/livez" || path == "/readyz" || path == SEEN_AT
}

/// Answers as long as the process runs.
pub(super) async fn live() -> &'static str {
    ALIVE
}

/// Answers whether signups can be taken: the database has this version's schema and can be written. With a tenant or a
/// mail server that is down they can be taken too, and wait: the answer says so, and is a success.
///
/// Causes and the names of tenants are shown to this machine alone.
pub(super) async fn ready(State(web): State<Shared>, request: Request) -> (StatusCode, String) {
    let is_from_here = is_from_here(&request);
    match web.site.signups.ready().await {
        Ok(ready) => (StatusCode::OK, told(&ready.troubles, is_from_here)),
        Err(not_ready) => {
            tracing::warn!(error = &not_ready as &dyn Error, "not ready");
            let cause = not_ready.source().and_then(Error::source).filter(|_| is_from_here);
            let cause = cause.map(|cause| format!(": {cause}")).unwrap_or_default();
            (StatusCode::SERVICE_UNAVAILABLE, format!("{not_ready}{cause}\n"))
        }
    }
}

/// The text of the answer: one line, and one more for each trouble.
fn told(troubles: &[Trouble], names_tenants: bool) -> String {
    let mut lines = vec![if troubles.is_empty() { "ready" } else { "ready, degraded" }.to_owned()];
    for Trouble { tenant, kind } in troubles {
        let what = match kind {
            TroubleKind::Paused => "has asked for a pause",
            TroubleKind::Down => "does not answer as it should",
            TroubleKind::Refusing => "refuses the application",
        };
        let line = match tenant {
            Some(tenant) if names_tenants => format!("tenant {tenant}: {what}"),
            Some(_) => format!("tenant: {what}"),
            None => format!("mail server: {what}"),
        };
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines.join("\n") + "\n"
}

/// Returns the proxies that were seen, to this machine alone and not through a proxy.
pub(super) async fn report(
    State(web): State<Shared>,
    request: Request,
) -> Result<Json<Vec<Sighting>>, error::Error> {
    if !is_from_here(&request) {
        return Err(error::Error::NotFound);
    }
    Ok(Json(web.site.proxies.seen()))
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
