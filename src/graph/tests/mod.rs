//! The client against a server that says what the facts say, and against broken ones.
#![allow(clippy::unwrap_used)]

mod doubt;
mod entitlements;
mod inspect;
mod names;
mod passwords;
mod secrecy;
mod users;

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use serde_json::{Value, json};
use wiremock::{
    Mock, MockServer, Request, ResponseTemplate,
    matchers::{method, path},
};

use super::{Graph, SetupError};
use crate::{
    config,
    domain::{
        Clock, Entropy, Password, PasswordLength, PrincipalName, Profiles, SignupId, UpnDomain, Username,
    },
    entra::tests::{NOW, application, application_within, limits, refusal, tenant, token_body},
};

const USER: &str = "6ea91a8d-e32e-41a1-b7bd-d2d185eed0e0";

/// The client of this server.
fn client(server: &str) -> (Graph, Clock) {
    client_of(&tenant(server), &limits())
}

fn client_of(tenant: &config::Tenant, graph: &config::Graph) -> (Graph, Clock) {
    let (application, clock) = application_within(graph, tenant);
    (Graph::new(application, tenant, graph, &Profiles::new(Vec::new())).unwrap(), clock)
}

/// A tenant whose token endpoint gives `token-1`, `token-2` … for an hour each.
struct Tenant {
    server: MockServer,
    graph: Graph,

    tokens: Arc<AtomicUsize>,
}

impl Tenant {
    async fn start() -> Self {
        let server = MockServer::start().await;
        let tokens = Arc::new(AtomicUsize::new(0));
        let given = Arc::clone(&tokens);
        Mock::given(method("POST"))
            .and(path("/tenant/oauth2/v2.0/token"))
            .respond_with(move |_: &Request| {
                let number = given.fetch_add(1, Ordering::SeqCst) + 1;
                ResponseTemplate::new(200).set_body_json(token_body(&format!("token-{number}"), 3599))
            })
            .with_priority(10)
            .mount(&server)
            .await;
        let (graph, _) = client(&server.uri());
        Self { server, graph, tokens }
    }

    /// Sets the answer for this method and path.
    async fn answers(&self, verb: &str, at: &str, answer: ResponseTemplate) {
        Mock::given(method(verb)).and(path(at)).respond_with(answer).mount(&self.server).await;
    }

    /// The Graph calls made until now, without those for tokens.
    async fn calls(&self) -> Vec<Request> {
        let all = self.server.received_requests().await.unwrap();
        all.into_iter().filter(|request| request.url.path().starts_with("/v1.0/")).collect()
    }

    fn tokens_given(&self) -> usize {
        self.tokens.load(Ordering::SeqCst)
    }
}

fn bad_request(message: &str) -> ResponseTemplate {
    refusal(400, "Request_BadRequest", message)
}

fn principal(local: &str) -> PrincipalName {
    PrincipalName { username: username(local), domain: domain() }
}

fn username(local: &str) -> Username {
    local.parse().unwrap()
}

fn domain() -> UpnDomain {
    "example.edu".parse().unwrap()
}

fn signup() -> SignupId {
    SignupId::from_bytes([7; 16])
}

fn password() -> Password {
    Password::generate(&Entropy::seeded(3), PasswordLength::default())
}

#[test]
fn settings_that_cannot_be_are_refused() {
    let base = tenant("http://127.0.0.1:9");
    let application = application(&base).0;
    for bad in ["", "graph.microsoft.com/v1.0", "file:///etc/passwd"] {
        let tenant = config::Tenant { graph_url: bad.to_owned(), ..base.clone() };
        let error = Graph::new(application.clone(), &tenant, &limits(), &Profiles::new(Vec::new())).err();
        assert!(matches!(error, Some(SetupError::Url("graph_url"))), "{bad}");
    }
}
