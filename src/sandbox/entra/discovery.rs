//! The documents by which clients find the endpoints.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use serde_json::{Value, json};

use super::errors::{Refusal, json_reply};
use crate::sandbox::accept::Peer;
use crate::sandbox::exchange::{exchange, struck};
use crate::sandbox::log::Arrival;
use crate::sandbox::operation::Operation;
use crate::sandbox::world::World;

/// `GET /{tenant}/v2.0/.well-known/openid-configuration`
pub(super) async fn configuration(
    State(world): State<Arc<World>>,
    Extension(peer): Extension<Peer>,
    Path(tenant): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let base = format!("{}/{tenant}", peer.origin(&headers));
    let body = json!({
        "token_endpoint": format!("{base}/oauth2/v2.0/token"),
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "jwks_uri": format!("{base}/discovery/v2.0/keys"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "issuer": format!("https://login.microsoftonline.com/{}/v2.0", world.tenant.tenant_id),
        "authorization_endpoint": format!("{base}/oauth2/v2.0/authorize"),
        "tenant_region_scope": "EU",
        "cloud_instance_name": "microsoftonline.com",
        "msgraph_host": "graph.microsoft.com",
    });
    document(&world, &peer, Operation::Discovery, &tenant, &uri, &body).await
}

/// `GET /{tenant}/discovery/v2.0/keys`: access tokens are opaque here, so there are no keys.
pub(super) async fn keys(
    State(world): State<Arc<World>>,
    Extension(peer): Extension<Peer>,
    Path(tenant): Path<String>,
    uri: Uri,
) -> Response {
    let body = json!({ "keys": [] });
    document(&world, &peer, Operation::Keys, &tenant, &uri, &body).await
}

async fn document(
    world: &World,
    peer: &Peer,
    operation: Operation,
    tenant: &str,
    uri: &Uri,
    body: &Value,
) -> Response {
    let arrival = Arrival {
        connection: peer.connection,
        at_ms: world.clock.now_ms(),
        method: "GET".to_owned(),
        path: uri.path().to_owned(),
        operation,
        client_request_id: None,
    };
    let id = world.random.uuid().to_string();
    exchange(world, peer, arrival, || {
        let effect = || {
            if world.is_tenant(tenant) {
                return json_reply(StatusCode::OK, body, &id);
            }
            let text = format!("Tenant '{tenant}' not found.");
            Refusal::other("invalid_tenant", 90_002, text).reply(world, &id)
        };
        let refuse = |fault: &_| Refusal::fault(fault).reply(world, &id);
        (struck(world.fault(operation), effect, refuse), Vec::new())
    })
    .await
}
