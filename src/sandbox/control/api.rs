//! The state, the logs and the faults as JSON.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use serde_json::json;

use crate::sandbox::faults::Faults;
use crate::sandbox::lock;
use crate::sandbox::smtp::{self, Mail};
use crate::sandbox::urlencoded::pairs;
use crate::sandbox::world::World;

/// The longest time that a request for mails may wait for one.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// `GET /sandbox/state`
pub(super) async fn state(State(world): State<Arc<World>>) -> Response {
    let state = lock(&world.directory).snapshot(&world.tenant);
    Json(state).into_response()
}

/// `GET /sandbox/requests`
pub(super) async fn requests(State(world): State<Arc<World>>) -> Response {
    Json(world.log.all()).into_response()
}

/// `DELETE /sandbox/requests`
pub(super) async fn clear_requests(State(world): State<Arc<World>>) -> StatusCode {
    world.log.clear();
    StatusCode::NO_CONTENT
}

/// The query of a request for mails.
#[derive(Deserialize)]
pub(super) struct Wanted {
    /// Only those to this address.
    to: Option<String>,
    /// The time to wait for one if there is no such mail yet.
    #[serde(default)]
    wait_ms: u64,
}

/// `GET /sandbox/mails`, `GET /sandbox/mails?to=address&wait_ms=1000`
pub(super) async fn mails(State(world): State<Arc<World>>, Query(wanted): Query<Wanted>) -> Response {
    let is_wanted = |mail: &Mail| wanted.to.as_ref().is_none_or(|to| mail.is_to(to));
    let mut changes = world.changes();
    let arrival = async {
        while world.inbox.matching(is_wanted).is_empty() {
            if changes.changed().await.is_err() {
                return;
            }
        }
    };
    let patience = Duration::from_millis(wanted.wait_ms).min(LONGEST_WAIT);
    // The answer shows whether one came in time.
    let _ = tokio::time::timeout(patience, arrival).await;
    let mails = world.inbox.matching(is_wanted);
    let mails: Vec<&Mail> = mails.iter().map(AsRef::as_ref).collect();
    Json(mails).into_response()
}

/// `DELETE /sandbox/mails`
pub(super) async fn clear_mails(State(world): State<Arc<World>>) -> StatusCode {
    world.inbox.clear();
    StatusCode::NO_CONTENT
}

/// The query of an introspection: the mailbox that the token is to open.
#[derive(Deserialize)]
pub(super) struct Opened {
    mailbox: Option<String>,
}

/// `POST /sandbox/introspect?mailbox=address`: for other mail servers, reports whether a token opens a mailbox by SMTP.
/// Without a mailbox, the first shared one is meant. The form is that of RFC 7662.
pub(super) async fn introspect(
    State(world): State<Arc<World>>,
    Query(opened): Query<Opened>,
    body: Bytes,
) -> Response {
    let form = pairs(&String::from_utf8_lossy(&body));
    let token = form.into_iter().find(|(name, _)| name == "token").map(|(_, token)| token);
    let mailbox = opened.mailbox.or_else(|| world.tenant.mailboxes.first().cloned());
    let found = token.zip(mailbox).and_then(|(token, mailbox)| smtp::check_token(&world, &mailbox, &token));
    Json(match found {
        Some((mailbox, claims)) => json!({
            "active": true,
            "username": mailbox,
            "client_id": claims.appid,
            "scope": claims.roles.join(" "),
            "token_type": "Bearer",
            "aud": claims.aud,
            "iss": claims.iss,
            "sub": claims.sub,
            "iat": claims.iat,
            "nbf": claims.nbf,
            "exp": claims.exp,
        }),
        None => json!({ "active": false }),
    })
    .into_response()
}

/// `GET /sandbox/faults`: as they are now, with what is left of their counts.
pub(super) async fn faults(State(world): State<Arc<World>>) -> Response {
    Json(lock(&world.faults).clone()).into_response()
}

/// `PUT /sandbox/faults`: replaces all faults.
pub(super) async fn set_faults(State(world): State<Arc<World>>, body: Bytes) -> Response {
    let faults = serde_json::from_slice::<Faults>(&body).map_err(|error| error.to_string());
    let checked = faults.and_then(|faults| faults.problem().map_or(Ok(faults), Err));
    match checked {
        Ok(faults) => {
            *lock(&world.faults) = faults;
            StatusCode::NO_CONTENT.into_response()
        }
        Err(problem) => (StatusCode::BAD_REQUEST, Json(json!({ "error": problem }))).into_response(),
    }
}

/// `DELETE /sandbox/faults`
pub(super) async fn clear_faults(State(world): State<Arc<World>>) -> StatusCode {
    *lock(&world.faults) = Faults::default();
    StatusCode::NO_CONTENT
}
