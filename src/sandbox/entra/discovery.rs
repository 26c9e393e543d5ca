//! The documents by which clients find the endpoints.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use axum::{Extension, Json};
use serde_json::{Value, json};

use super::audience::Resource;
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

/// Answers 501 to Entra's other addresses, such as `/{tenant}/oauth2/v2.0/authorize`.
pub(super) async fn unserved(method: Method, uri: Uri) -> Response {
    let text = format!("The sandbox does not serve {method} {}, which Entra does.", uri.path());
    let body = json!({ "error": "not_implemented", "error_description": text });
    (StatusCode::NOT_IMPLEMENTED, Json(body)).into_response()
}

/// `GET /common/discovery/instance`: the names of the identity platform, for caches of tokens.
pub(super) async fn instance(Extension(peer): Extension<Peer>, headers: HeaderMap) -> Json<Value> {
    let origin = peer.origin(&headers);
    let host = origin.split_once("://").map_or("", |(_, host)| host);
    Json(json!({
        "tenant_discovery_endpoint": format!("{origin}/common/v2.0/.well-known/openid-configuration"),
        "api-version": "1.1",
        "metadata": [{ "preferred_network": host, "preferred_cache": host, "aliases": [host] }],
    }))
}

/// `GET /subscriptions` and `GET /tenants` of Azure's resource manager: there is no subscription, and this one tenant.
/// The Azure command line asks for both at each sign-in.
pub(super) async fn azure(State(world): State<Arc<World>>, uri: Uri, headers: HeaderMap) -> Response {
    let authorization = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = world.access.read(authorization, world.clock.now_seconds());
    if token.and_then(|claims| claims.for_resource(Resource::Azure)).is_err() {
        let error = json!({ "code": "AuthenticationFailed", "message": "Authentication failed." });
        return (StatusCode::UNAUTHORIZED, Json(json!({ "error": error }))).into_response();
    }
    let id = world.tenant.tenant_id;
    let tenant = json!({
        "id": format!("/tenants/{id}"),
        "tenantId": id,
        "displayName": world.tenant.display_name,
        "defaultDomain": world.tenant.domains.first(),
        "domains": world.tenant.domains,
    });
    let list = if uri.path() == "/tenants" { vec![tenant] } else { Vec::new() };
    Json(json!({ "value": list })).into_response()
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
