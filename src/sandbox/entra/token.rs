//! `POST /{tenant}/oauth2/v2.0/token`
//!
//! <https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow>

use std::collections::HashMap;
use std::sync::Arc;

use axum::Extension;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::Response;
use serde_json::{Value, json};

use super::access::Claims;
use super::assertion;
use super::audience::Resource;
use super::errors::{Refusal, json_reply};
use super::sign_in::sign_in;
use crate::sandbox::accept::Peer;
use crate::sandbox::directory::Application;
use crate::sandbox::exchange::{Reply, exchange, struck};
use crate::sandbox::lock;
use crate::sandbox::log::Arrival;
use crate::sandbox::operation::Operation;
use crate::sandbox::urlencoded::pairs;
use crate::sandbox::world::World;

/// The assertion type of RFC 7523.
const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// The fields of the form; those that are unknown are ignored.
type Form = HashMap<String, String>;

/// A request for a token, with all that its checks need.
struct Request<'a> {
    tenant: &'a str,
    host: &'a str,
    form: Form,
}

/// Answers a request for a token.
pub(super) async fn handle(
    State(world): State<Arc<World>>,
    Extension(peer): Extension<Peer>,
    Path(tenant): Path<String>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let request = Request {
        tenant: &tenant,
        host: text(&headers, header::HOST.as_str()).unwrap_or_default(),
        form: parse(&body),
    };
    // MSAL for JavaScript sends its id in the form, the others as a header.
    let client_request_id = text(&headers, "client-request-id")
        .map(str::to_owned)
        .or_else(|| request.form.get("client-request-id").cloned());
    let arrival = Arrival {
        connection: peer.connection,
        at_ms: world.clock.now_ms(),
        method: "POST".to_owned(),
        path: uri.path().to_owned(),
        operation: Operation::Token,
        client_request_id: client_request_id.clone(),
    };
    let correlation = client_request_id.unwrap_or_else(|| world.random.uuid().to_string());
    exchange(&world, &peer, arrival, || {
        let outcome = struck(
            world.fault(Operation::Token),
            || answer(&world, &request, &correlation),
            |fault| Refusal::fault(fault).reply(&world, &correlation),
        );
        (outcome, Vec::new())
    })
    .await
}

fn parse(body: &[u8]) -> Form {
    pairs(&String::from_utf8_lossy(body)).into_iter().collect()
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn answer(world: &World, request: &Request<'_>, correlation: &str) -> Reply {
    match grant(world, request) {
        Ok(body) => json_reply(StatusCode::OK, &body, &world.random.uuid().to_string()),
        Err(refusal) => refusal.reply(world, correlation),
    }
}

fn grant(world: &World, request: &Request<'_>) -> Result<Value, Refusal> {
    if !world.is_tenant(request.tenant) {
        let text = format!(
            "Tenant '{}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.",
            request.tenant
        );
        return Err(Refusal::request(90_002, text));
    }
    let grant_type = request.field("grant_type")?;
    let application = application(world, request)?;
    match grant_type {
        "client_credentials" => client_credentials(world, request, &application),
        "password" => password(world, request, &application),
        other => Err(Refusal::other(
            "unsupported_grant_type",
            70_003,
            format!("The app requested an unsupported grant type '{other}'."),
        )),
    }
}

/// The application that asks for a token.
fn application(world: &World, request: &Request<'_>) -> Result<Application, Refusal> {
    let client = request.field("client_id")?;
    let directory = lock(&world.directory);
    if let Some(application) = client.parse().ok().and_then(|id| directory.application(id)) {
        return Ok(application.clone());
    }
    let text = format!(
        "Application with identifier '{client}' was not found in the directory '{}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.",
        world.tenant.display_name
    );
    Err(Refusal::other("unauthorized_client", 700_016, text))
}

fn client_credentials(
    world: &World,
    request: &Request<'_>,
    application: &Application,
) -> Result<Value, Refusal> {
    let scope = request.field("scope")?;
    let name = scope.strip_suffix("/.default").ok_or_else(|| {
        let text = format!(
            "The provided value for scope {scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI)."
        );
        Refusal::other("invalid_scope", 1_002_012, text)
    })?;
    let resource = Resource::reached_as(name, request.host).ok_or_else(|| {
        let text = format!(
            "The resource principal named {name} was not found in the tenant named {}. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You might have sent your authentication request to the wrong tenant.",
            world.tenant.display_name
        );
        Refusal::other("invalid_resource", 500_011, text)
    })?;
    if let Some(assertion) = request.form.get("client_assertion") {
        if request.field("client_assertion_type")? != JWT_BEARER {
            let text = "The client_assertion_type is not supported.";
            return Err(Refusal::request(50_027, text));
        }
        assertion::verify(world, assertion, application, request.host)?;
        return Ok(token(world, &app_claims(world, application, resource)?));
    }
    if request.form.contains_key("client_secret") {
        let text = format!(
            "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '{}'.",
            application.app_id
        );
        return Err(Refusal::client(7_000_215, text));
    }
    let text =
        "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.";
    Err(Refusal::client(7_000_218, text))
}

fn password(world: &World, request: &Request<'_>, application: &Application) -> Result<Value, Refusal> {
    let (name, password) = (request.field("username")?, request.field("password")?);
    request.field("scope")?;
    let (outcome, user) = sign_in(world, name, password);
    if let Some(refusal) = outcome.refusal(world.tenant.tenant_id) {
        return Err(refusal);
    }
    let user = user.unwrap_or_default().to_string();
    let claims = Claims {
        idtyp: "user".to_owned(),
        oid: user.clone(),
        sub: user,
        roles: Vec::new(),
        scp: Some("User.Read".to_owned()),
        ..app_claims(world, application, Resource::Graph)?
    };
    Ok(token(world, &claims))
}

fn app_claims(world: &World, application: &Application, resource: Resource) -> Result<Claims, Refusal> {
    let now = world.clock.now_seconds();
    let principal = application.principal.ok_or_else(|| {
        let text = format!(
            "The client application {} is missing service principal in the tenant {}.",
            application.app_id, world.tenant.tenant_id
        );
        Refusal::other("unauthorized_client", 7_000_229, text)
    })?;
    let principal = principal.to_string();
    let roles = application.granted.iter().filter(|name| resource.has_permission(name)).cloned().collect();
    Ok(Claims {
        aud: resource.audience().to_owned(),
        iss: format!("https://sts.windows.net/{}/", world.tenant.tenant_id),
        iat: now,
        nbf: now,
        exp: now + world.access.lifetime_seconds(),
        appid: application.app_id.to_string(),
        appidacr: "2".to_owned(),
        idtyp: "app".to_owned(),
        oid: principal.clone(),
        sub: principal,
        roles,
        scp: None,
        tid: world.tenant.tenant_id.to_string(),
        uti: world.random.uuid().simple().to_string(),
        ver: "1.0".to_owned(),
    })
}

fn token(world: &World, claims: &Claims) -> Value {
    let mut body = json!({
        "token_type": "Bearer",
        "expires_in": world.number(world.access.lifetime_seconds()),
        "ext_expires_in": world.number(world.access.lifetime_seconds()),
        "access_token": world.access.issue(claims),
    });
    if let Some(scope) = &claims.scp {
        body["scope"] = json!(scope);
    }
    body
}

impl Request<'_> {
    fn field(&self, name: &str) -> Result<&str, Refusal> {
        let value = self.form.get(name).map(String::as_str);
        value.filter(|value| !value.is_empty()).ok_or_else(|| Refusal::missing(name))
    }
}
