//! Looking at the tenant: what is read, and what is not there.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use super::*;
use crate::graph::{DomainFacts, ErrorKind, Obstacle};

const GROUP: &str = "3d9c2b71-5a0e-4a7a-8a55-0f6f6ac0b8d2";

async fn obstacle(facts: Value) -> Option<Obstacle> {
    let tenant = Tenant::start().await;
    let answer = ResponseTemplate::new(200).set_body_json(facts);
    tenant.answers("GET", &format!("/v1.0/groups/{GROUP}"), answer).await;
    let group = tenant.graph.group(GROUP.parse().unwrap()).await.unwrap().unwrap();
    assert_eq!(group.name, "Students");
    group.obstacle
}

#[tokio::test]
async fn groups_that_nobody_can_be_added_to_are_told_apart() {
    let security = json!({ "displayName": "Students", "groupTypes": [], "mailEnabled": false });
    let with = |name: &str, value: Value| {
        let mut facts = security.clone();
        facts[name] = value;
        facts
    };
    assert_eq!(obstacle(security.clone()).await, None);
    assert_eq!(obstacle(with("isAssignableToRole", json!(null))).await, None);
    assert_eq!(obstacle(with("onPremisesSyncEnabled", json!(false))).await, None);
    assert_eq!(obstacle(with("groupTypes", json!(["DynamicMembership"]))).await, Some(Obstacle::Dynamic));
    assert_eq!(obstacle(with("onPremisesSyncEnabled", json!(true))).await, Some(Obstacle::Synced));
    assert_eq!(obstacle(with("isAssignableToRole", json!(true))).await, Some(Obstacle::RoleAssignable));
    assert_eq!(obstacle(with("mailEnabled", json!(true))).await, Some(Obstacle::MailEnabled));
    let mut unified = with("mailEnabled", json!(true));
    unified["groupTypes"] = json!(["Unified"]);
    assert_eq!(obstacle(unified).await, None);
}

#[tokio::test]
async fn what_is_not_there_is_no_error_and_what_may_not_be_seen_is() {
    let tenant = Tenant::start().await;
    let missing = refusal(404, "Request_ResourceNotFound", "Resource 'x' does not exist.");
    tenant.answers("GET", &format!("/v1.0/groups/{GROUP}"), missing).await;
    assert_eq!(tenant.graph.group(GROUP.parse().unwrap()).await.unwrap(), None);
    let denied = refusal(403, "Authorization_RequestDenied", "Insufficient privileges.");
    tenant.answers("GET", "/v1.0/domains/example.edu", denied).await;
    assert_eq!(tenant.graph.domain(&domain()).await.unwrap_err().kind, ErrorKind::Forbidden);
}

#[tokio::test]
async fn a_domain_is_verified_or_not_and_managed_or_federated() {
    let tenant = Tenant::start().await;
    for (name, verified, kind) in [
        ("managed.edu", true, json!("Managed")),
        ("federated.edu", true, json!("Federated")),
        ("new.edu", false, json!(null)),
    ] {
        let answer = json!({ "id": name, "isVerified": verified, "authenticationType": kind });
        let answer = ResponseTemplate::new(200).set_body_json(answer);
        tenant.answers("GET", &format!("/v1.0/domains/{name}"), answer).await;
        let facts = tenant.graph.domain(&name.parse().unwrap()).await.unwrap().unwrap();
        let expected = DomainFacts { is_verified: verified, is_federated: name == "federated.edu" };
        assert_eq!(facts, expected, "{name}");
    }
}

#[tokio::test]
async fn seats_are_read_from_text_and_numbers() {
    let tenant = Tenant::start().await;
    let answer = json!({ "value": [{
        "skuId": "314c4481-f395-4525-be8b-2ec4bb1e9d91", "skuPartNumber": "STANDARDWOFFPACK_STUDENT",
        "capabilityStatus": "Enabled", "consumedUnits": "4", "prepaidUnits": { "enabled": 10.0, "warning": null },
    }]});
    tenant.answers("GET", "/v1.0/subscribedSkus", ResponseTemplate::new(200).set_body_json(answer)).await;
    assert_eq!(tenant.graph.subscriptions().await.unwrap()[0].free(), 6);
}

#[tokio::test]
async fn seats_in_their_grace_time_count() {
    let tenant = Tenant::start().await;
    let sku = |enabled: i64, warning: i64, consumed: i64| {
        json!({ "value": [{
            "skuId": "314c4481-f395-4525-be8b-2ec4bb1e9d91", "skuPartNumber": "STANDARDWOFFPACK_STUDENT",
            "capabilityStatus": "Warning", "consumedUnits": consumed,
            "prepaidUnits": { "enabled": enabled, "warning": warning, "suspended": 100, "lockedOut": 0 },
        }]})
    };
    for (answer, free) in [(sku(0, 10, 4), 6), (sku(5, 0, 9), 0)] {
        tenant.server.reset().await;
        let token = ResponseTemplate::new(200).set_body_json(token_body("token", 3599));
        tenant.answers("POST", "/tenant/oauth2/v2.0/token", token).await;
        tenant.answers("GET", "/v1.0/subscribedSkus", ResponseTemplate::new(200).set_body_json(answer)).await;
        let subscriptions = tenant.graph.subscriptions().await.unwrap();
        assert_eq!(
            (subscriptions.len(), subscriptions[0].free(), subscriptions[0].is_active),
            (1, free, true)
        );
    }
}

/// The roles of a token whose claims are these.
async fn granted(token: &str) -> Option<Vec<String>> {
    let server = MockServer::start().await;
    let answer = ResponseTemplate::new(200).set_body_json(token_body(token, 3599));
    Mock::given(path("/tenant/oauth2/v2.0/token")).respond_with(answer).mount(&server).await;
    let (graph, _) = client(&server.uri());
    graph.granted().await.unwrap().map(|roles| roles.into_iter().collect())
}

#[tokio::test]
async fn the_permissions_are_read_from_the_token_where_that_can_be_done() {
    let jwt = |claims: Value| format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(claims.to_string()));
    let roles = json!({ "roles": ["User.ReadWrite.All", "Domain.Read.All"] });
    assert_eq!(
        granted(&jwt(roles)).await.unwrap(),
        ["Domain.Read.All".to_owned(), "User.ReadWrite.All".to_owned()]
    );
    assert_eq!(granted(&jwt(json!({}))).await.unwrap(), Vec::<String>::new());
    assert_eq!(granted("opaque").await, None);
    assert_eq!(granted("a.b.c").await, None);
}

#[tokio::test]
async fn the_tenants_time_is_told_by_whatever_it_answers() {
    let server = MockServer::start().await;
    let answer = ResponseTemplate::new(405).insert_header("date", "Sun, 22 Nov 2026 10:25:00 GMT");
    Mock::given(method("GET")).respond_with(answer).mount(&server).await;
    let (graph, _) = client(&server.uri());
    assert_eq!(graph.time_of_tenant().await.unwrap(), Some(NOW.plus(Duration::from_mins(10))));
}
