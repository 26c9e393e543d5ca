//! Secrets that must never be shown, and the run that sends nothing.

use super::*;
use crate::{
    domain::ObjectId,
    graph::{Item, NewUser},
};

fn user<'a>(principal: &'a PrincipalName, password: &'a Password) -> NewUser<'a> {
    NewUser {
        signup: signup(),
        principal,
        password,
        display_name: "Anna Lee",
        usage_location: None,
        attributes: &[],
    }
}

/// An error with all its causes, as a log shows it.
fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(|cause| format!("{cause} {cause:?}")).collect()
}

#[tokio::test]
async fn errors_and_settings_show_no_person_and_no_secret() {
    let (principal, password) = (principal("anna.lee"), password());
    // Unreachable after the token was given: the HTTP client's error would name the URL.
    let server = Tenant::start().await.server;
    let tenant = config::Tenant { graph_url: "http://127.0.0.1:1/v1.0".to_owned(), ..tenant(&server.uri()) };
    let graph = client_of(&tenant, &limits()).0;
    let shown = [
        chain(&graph.find_user(&principal).await.unwrap_err()),
        chain(&graph.create_user(&user(&principal, &password)).await.unwrap_err()),
        format!("{graph:?} {tenant:?}"),
    ]
    .concat();
    for secret in ["anna.lee", "Anna", password.expose(), "token-1", "BEGIN PRIVATE", "PRIVATE KEY"] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
}

#[tokio::test]
async fn codes_of_the_tenant_are_bounded_before_they_reach_a_log() {
    let tenant = Tenant::start().await;
    let code = format!("Bad\r\nCode {}", "x".repeat(10_000));
    tenant
        .answers("GET", "/v1.0/users/anna.lee@example.edu", refusal(400, &code, "anna.lee is refused"))
        .await;
    let error = tenant.graph.find_user(&principal("anna.lee")).await.unwrap_err();
    assert!(error.code.len() <= 64 && error.code.starts_with("BadCodexxx"), "{}", error.code);
    assert!(!chain(&error).contains("anna"));
}

#[tokio::test]
async fn a_dry_run_sends_nothing_and_always_succeeds() {
    let server = MockServer::start().await;
    let dry = config::Graph { dry_run: true, ..limits() };
    let (graph, _) = client_of(&tenant(&server.uri()), &dry);
    let (principal, password) = (principal("anna.lee"), password());
    let id = graph.create_user(&user(&principal, &password)).await.unwrap();
    assert_eq!(id, signup().to_string().parse::<ObjectId>().unwrap());
    assert_eq!(graph.find_user(&principal).await.unwrap(), None);
    let namesakes = graph.namesakes(&principal.username, &principal.domain, signup()).await.unwrap();
    assert!(namesakes.taken.is_empty());
    let group = "6f1a0c52-3a51-4f7c-9a43-0d1d3f0b7c11".parse().unwrap();
    let results = graph
        .entitle(id, &["314c4481-f395-4525-be8b-2ec4bb1e9d91".parse().unwrap()], &[group])
        .await
        .unwrap();
    assert_eq!(results.iter().map(|r| r.item).collect::<Vec<_>>(), [Item::Licences, Item::Group(group)]);
    assert!(results.iter().all(|result| result.result.is_ok()));
    assert!(server.received_requests().await.unwrap().is_empty());
}
