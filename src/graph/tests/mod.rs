//! The client against a server that says what the facts say, and against broken ones.
#![allow(clippy::unwrap_used)]

mod certificates;
mod credential;
mod doubt;
mod entitlements;
mod inspect;
mod names;
mod passwords;
mod secrecy;
mod token;
mod users;

use std::{
    sync::{
        Arc, LazyLock,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use rcgen::{CertificateParams, KeyPair, PKCS_RSA_SHA256, RsaKeySize};
use serde_json::{Value, json};
use wiremock::{
    Mock, MockServer, Request, ResponseTemplate,
    matchers::{method, path},
};

use super::{Graph, Settings};
use crate::domain::{
    AssertionKind, Clock, Entropy, Password, PasswordLength, PrincipalName, SignupId, Timestamp, UpnDomain,
    Username,
};

/// 2026-11-22T10:15:00Z.
const NOW: Timestamp = Timestamp::from_millis(1_795_342_500_000);

const USER: &str = "6ea91a8d-e32e-41a1-b7bd-d2d185eed0e0";

/// An application's key and certificate, in PEM.
struct Identity {
    key: String,
    certificate: String,
}

/// Making RSA keys is slow: one for all tests.
static IDENTITY: LazyLock<Identity> = LazyLock::new(|| Identity::new(2020, 2040));

impl Identity {
    fn new(from_year: i32, to_year: i32) -> Self {
        let key = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048).unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.not_before = rcgen::date_time_ymd(from_year, 1, 1);
        params.not_after = rcgen::date_time_ymd(to_year, 1, 1);
        let certificate = params.self_signed(&key).unwrap().pem();
        Self { key: key.serialize_pem(), certificate }
    }
}

impl Identity {
    /// As the client is given it.
    fn of_app(&self) -> super::Identity {
        super::Identity { key_pem: self.key.clone().into(), certificate_pem: self.certificate.clone() }
    }
}

fn settings(server: &str) -> Settings {
    Settings {
        alias: "main".parse().unwrap(),
        token_url: format!("{server}/tenant/oauth2/v2.0/token"),
        scope: "https://graph.microsoft.com/.default".to_owned(),
        client_id: "0f1e2d3c-0000-4000-8000-000000000001".to_owned(),
        graph_url: format!("{server}/v1.0"),
        identity: IDENTITY.of_app(),
        next_identity: None,
        assertion: AssertionKind::default(),
        assertion_audience: "https://login.microsoftonline.com/tenant/oauth2/v2.0/token".to_owned(),
        marker_attribute: 15,
        employee_id_is_free: true,
        timeout: Duration::from_secs(20),
        connect_timeout: Duration::from_secs(20),
        ca_pem: None,
        dry_run: false,
    }
}

fn client(settings: Settings) -> (Graph, Clock) {
    let clock = Clock::manual(NOW);
    (Graph::new(settings, clock.clone(), Entropy::seeded(1)).unwrap(), clock)
}

/// A tenant whose token endpoint gives `token-1`, `token-2` … for an hour each.
struct Tenant {
    server: MockServer,
    graph: Graph,
    clock: Clock,
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
        let (graph, clock) = client(settings(&server.uri()));
        Self { server, graph, clock, tokens }
    }

    /// What this method and path is answered with.
    async fn answers(&self, verb: &str, at: &str, answer: ResponseTemplate) {
        Mock::given(method(verb)).and(path(at)).respond_with(answer).mount(&self.server).await;
    }

    /// The Graph calls so far, without those for tokens.
    async fn calls(&self) -> Vec<Request> {
        let all = self.server.received_requests().await.unwrap();
        all.into_iter().filter(|request| request.url.path().starts_with("/v1.0/")).collect()
    }

    fn tokens_given(&self) -> usize {
        self.tokens.load(Ordering::SeqCst)
    }
}

fn token_body(token: &str, seconds: u64) -> Value {
    json!({ "token_type": "Bearer", "expires_in": seconds, "ext_expires_in": seconds, "access_token": token })
}

/// A refusal as Graph words it.
fn refusal(status: u16, code: &str, message: &str) -> ResponseTemplate {
    let inner = json!({ "date": "2026-11-22T10:15:00", "request-id": "r", "client-request-id": "c" });
    ResponseTemplate::new(status)
        .insert_header("request-id", "3a7c")
        .set_body_json(json!({ "error": { "code": code, "message": message, "innerError": inner } }))
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
