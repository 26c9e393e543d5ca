//! App registrations, as a set-up makes them, and the tokens of the applications that result from it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method;
use serde_json::{Value, json};

use super::bed::{Answer, Assertion, Bed, CLIENT, STRANGER, padded, read};
use crate::sandbox::{Options, Tenant};

const GRAPH: &str = "00000003-0000-0000-c000-000000000000";
const USERS: &str = "741f803b-c850-494e-b5df-cde7c675a1ca";

/// A tenant whose application may register others.
async fn bed() -> Bed {
    let mut options = Options::default();
    let rights = ["Application.ReadWrite.All", "AppRoleAssignment.ReadWrite.All"];
    options.tenant.granted.extend(rights.map(str::to_owned));
    Bed::with(options).await
}

/// A registration; returns its object id and its client id.
async fn registered(bed: &Bed) -> [String; 2] {
    let body = json!({ "displayName": "physics", "signInAudience": "AzureADMyOrg" });
    let answer = bed.post("/applications", &body).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    ["id", "appId"].map(|name| answer.body[name].as_str().unwrap().to_owned())
}

fn upload(der: &[u8]) -> Value {
    json!({ "type": "AsymmetricX509Cert", "usage": "Verify", "displayName": "CN=physics", "key": STANDARD.encode(der) })
}

/// Asks for a token as another application than the tenant's.
async fn token_of(bed: &Bed, client: &str) -> Answer {
    let mut assertion = Assertion::new(bed).claim("iss", json!(client)).claim("sub", json!(client));
    assertion.identity = &STRANGER;
    assertion.x5t_s256 = Some(padded(&STRANGER.sha256()));
    bed.ask_token(&assertion.sign(), &[("client_id", client)]).await
}

#[tokio::test]
async fn an_application_is_registered_and_gets_tokens_with_what_it_was_granted() {
    let mut bed = bed().await;
    let [id, client] = registered(&bed).await;
    let refused = |answer: Answer| answer.body["error_codes"][0].clone();
    assert_eq!(refused(token_of(&bed, &client).await), 700_027);
    let keys = json!({ "keyCredentials": [upload(&STRANGER.der)] });
    assert_eq!(bed.patch(&format!("/applications/{id}"), &keys).await.status, 204);
    assert_eq!(refused(token_of(&bed, &client).await), 7_000_229);
    let principal = bed.post("/servicePrincipals", &json!({ "appId": client })).await;
    assert_eq!((principal.status, &principal.body["displayName"]), (201, &json!("physics")));
    let principal = principal.body["id"].as_str().unwrap().to_owned();

    let graph = bed.get(&format!("/servicePrincipals?$filter=appId eq '{GRAPH}'&$select=id")).await;
    let graph = graph.body["value"][0]["id"].as_str().unwrap().to_owned();
    let grant = json!({ "principalId": principal, "resourceId": graph, "appRoleId": USERS });
    let path = format!("/servicePrincipals/{graph}/appRoleAssignedTo");
    let answer = bed.post(&path, &grant).await;
    assert_eq!((answer.status, &answer.body["appRoleId"]), (201, &json!(USERS)));
    let again = bed.post(&path, &grant).await;
    assert_eq!(
        (again.status, again.message()),
        (400, "Permission being assigned already exists on the object")
    );
    let granted = bed.get(&format!("/servicePrincipals/{principal}/appRoleAssignments")).await;
    let granted = granted.body["value"].as_array().unwrap();
    assert_eq!(granted.len(), 1);
    assert_eq!((&granted[0]["resourceId"], &granted[0]["appRoleId"]), (&json!(graph), &json!(USERS)));

    bed.token = token_of(&bed, &client).await.body["access_token"].as_str().unwrap().to_owned();
    assert_eq!(bed.get("/users").await.status, 200);
    assert_eq!(bed.get("/groups").await.status, 403, "it was not granted");
    assert_eq!(bed.sandbox.state().applications[1].granted, ["User.ReadWrite.All"]);
}

#[tokio::test]
async fn certificates_are_added_beside_those_that_are_there() {
    let bed = bed().await;
    let [id, _] = registered(&bed).await;
    let path = format!("/applications/{id}");
    bed.patch(&path, &json!({ "keyCredentials": [upload(&STRANGER.der)] })).await;
    let listed = bed.get(&path).await.body["keyCredentials"].clone();
    let thumbprint = STANDARD.encode(STRANGER.sha1());
    assert_eq!((&listed[0]["customKeyIdentifier"], &listed[0]["key"]), (&json!(thumbprint), &Value::Null));
    assert_eq!(listed[0]["displayName"], "CN=physics");
    // An entry as it was listed means the certificate that is registered.
    let both = json!({ "keyCredentials": [listed[0], upload(CLIENT.certificate_pem.as_bytes())] });
    assert_eq!(bed.patch(&path, &both).await.status, 204);
    let shown = bed.get(&format!("{path}?$select=keyCredentials")).await.body["keyCredentials"].clone();
    let keys: Vec<_> = shown.as_array().unwrap().iter().map(|entry| entry["key"].as_str().unwrap()).collect();
    assert_eq!(keys, [STANDARD.encode(&STRANGER.der), STANDARD.encode(&CLIENT.der)]);
    assert_eq!(shown[0]["keyId"], listed[0]["keyId"]);
    for entry in [
        json!({ "keyId": "00000000-0000-0000-0000-000000000009" }),
        json!({ "type": "Symmetric", "usage": "Verify", "key": STANDARD.encode(&CLIENT.der) }),
        upload(b"no certificate"),
    ] {
        let answer = bed.patch(&path, &json!({ "keyCredentials": [entry] })).await;
        assert_eq!(answer.status, 400, "{entry}");
    }
    assert_eq!(bed.sandbox.state().applications[1].certificates, 2);
}

#[tokio::test]
async fn a_registration_is_checked() {
    let bed = bed().await;
    assert_eq!(bed.post("/applications", &json!({})).await.status, 400);
    let [id, client] = registered(&bed).await;
    let path = format!("/applications/{id}");
    let lists = bed.get(&path).await.body;
    for name in ["appRoles", "requiredResourceAccess", "identifierUris", "keyCredentials", "tags"] {
        assert_eq!(lists[name], json!([]), "{name}");
    }
    let role = json!({
        "id": "00000000-0000-0000-0000-000000000007", "displayName": "Admin", "value": "Admin",
        "allowedMemberTypes": ["User"], "isEnabled": true,
    });
    let access = json!([{ "resourceAppId": GRAPH, "resourceAccess": [{ "id": USERS, "type": "Role" }] }]);
    for body in [
        json!({ "appRoles": [role] }),
        json!({ "requiredResourceAccess": access }),
        json!({ "web": { "redirectUris": ["https://signup.example.edu/admin/sign-in/callback"] } }),
        json!({ "web": { "redirectUris": ["http://localhost:8080/"] } }),
    ] {
        let answer = bed.patch(&path, &body).await;
        assert_eq!(answer.status, 204, "{body}: {answer:?}");
    }
    let shown = bed.get(&path).await.body;
    assert_eq!(
        shown["web"],
        json!({ "homePageUrl": null, "logoutUrl": null, "redirectUris": ["http://localhost:8080/"] })
    );
    assert_eq!((&shown["requiredResourceAccess"], &shown["appRoles"]), (&access, &json!([role])));
    for body in [
        json!({ "appRoles": [role, role] }),
        json!({ "appRoles": [{ "value": "Admin" }] }),
        json!({ "requiredResourceAccess": [{ "resourceAppId": GRAPH }] }),
        json!({ "web": { "redirectUris": ["http://signup.example.edu/"] } }),
        json!({ "displayName": "" }),
        json!({ "signInAudience": "Everybody" }),
        json!({ "colour": "blue" }),
    ] {
        assert_eq!(bed.patch(&path, &body).await.status, 400, "{body}");
    }
    let answer = bed.patch(&path, &json!({ "appRoles": [] })).await;
    assert_eq!((answer.status, answer.code()), (400, "CannotDeleteOrUpdateEnabledEntitlement"));

    let found = bed.get("/applications?$filter=displayName eq 'physics'&$select=id,appId").await;
    assert_eq!(found.body["value"], json!([{ "id": id, "appId": client }]));
    let own = bed.get(&format!("/applications?$filter=appId eq '{}'", Tenant::default().client_id)).await;
    assert_eq!(own.body["value"][0]["keyCredentials"].as_array().unwrap().len(), 1);
    assert_eq!(bed.get("/applications/00000000-0000-0000-0000-000000000009").await.status, 404);
}

#[tokio::test]
async fn principals_and_grants_are_checked() {
    let bed = bed().await;
    let answer = bed.post("/servicePrincipals", &json!({ "appId": USERS })).await;
    assert!(answer.status == 400 && answer.message().contains("does not reference a valid application"));
    let own = Tenant::default().client_id;
    let answer = bed.post("/servicePrincipals", &json!({ "appId": own })).await;
    assert_eq!((answer.status, answer.code()), (409, "Request_MultipleObjectsWithSameKeyValue"));
    let list = bed.get("/servicePrincipals?$select=id,appId").await;
    let id_of = |app: &str| {
        let list = list.body["value"].as_array().unwrap();
        list.iter().find(|one| one["appId"] == app).unwrap()["id"].as_str().unwrap().to_owned()
    };
    let (own, graph) = (id_of(&own.to_string()), id_of(GRAPH));
    let path = format!("/servicePrincipals/{graph}/appRoleAssignedTo");
    for (principal, role, status) in [(&graph, USERS, 404), (&own, GRAPH, 400), (&own, "x", 400)] {
        let grant = json!({ "principalId": principal, "resourceId": graph, "appRoleId": role });
        assert_eq!(bed.post(&path, &grant).await.status, status, "{grant}");
    }
    bed.sandbox.revoke("AppRoleAssignment.ReadWrite.All");
    let mut bed = bed;
    bed.renew().await;
    let grant = json!({ "principalId": own, "resourceId": graph, "appRoleId": "b633e1c5-b582-4048-a93e-9f11b44c7e96" });
    let answer = bed.post(&path, &grant).await;
    assert_eq!((answer.status, answer.code()), (403, "Authorization_RequestDenied"));
}

#[tokio::test]
async fn azure_knows_the_tenant_and_no_subscription() {
    let bed = bed().await;
    let fields = [("scope", "https://management.core.windows.net//.default")];
    let token = bed.ask_token(&Assertion::new(&bed).sign(), &fields).await;
    let token = token.body["access_token"].as_str().unwrap();
    let get = |path: &str| bed.http.request(Method::GET, bed.sandbox.http_url() + path);
    assert_eq!(read(get("/subscriptions").bearer_auth(&bed.token)).await.status, 401);
    assert_eq!(read(get("/subscriptions").bearer_auth(token)).await.body["value"], json!([]));
    let tenants = read(get("/tenants?api-version=2022-12-01").bearer_auth(token)).await;
    assert_eq!(tenants.body["value"][0]["tenantId"], json!(Tenant::default().tenant_id));
    let answer = bed.http.get(bed.sandbox.graph_url() + "/users").bearer_auth(token);
    assert_eq!(read(answer).await.status, 401, "its tokens are not Graph's");
    let instance = read(get("/common/discovery/instance?api-version=1.1")).await;
    let host = bed.sandbox.http_url().replace("http://", "");
    assert_eq!(instance.body["metadata"][0]["aliases"], json!([host]));
}
