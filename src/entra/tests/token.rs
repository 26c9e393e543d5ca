//! The token: cached, renewed early, fetched once for all, dropped once when refused.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use reqwest::StatusCode;
use tokio::sync::Notify;
use wiremock::{
    Mock, MockServer, Request,
    matchers::{header, method, path},
};

use super::*;
use crate::entra::{Call, Error, ErrorKind, Operation, Service, Tokens};

/// A token endpoint that gives `token-1`, `token-2` … for an hour each, and a service that takes them.
struct Tenant {
    server: MockServer,
    application: Application,
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
        Mock::given(path("/v1.0/service"))
            .respond_with(ResponseTemplate::new(200))
            .with_priority(10)
            .mount(&server)
            .await;
        let (application, clock) = application(&tenant(&server.uri()));
        Self { server, application, clock, tokens }
    }

    fn service(&self) -> Service {
        self.application.service(SCOPE)
    }

    /// Calls the service once; says whether it took the token.
    async fn call(&self) -> Result<bool, Error> {
        call(&self.service(), &self.server.uri()).await
    }

    /// The calls made until now, without those for tokens.
    async fn calls(&self) -> Vec<Request> {
        let all = self.server.received_requests().await.unwrap();
        all.into_iter().filter(|request| request.url.path().starts_with("/v1.0/")).collect()
    }

    fn tokens_given(&self) -> usize {
        self.tokens.load(Ordering::SeqCst)
    }
}

async fn call(service: &Service, server: &str) -> Result<bool, Error> {
    let url = format!("{server}/v1.0/service").parse().unwrap();
    let (reply, _) = service.call(&Call::get(Operation::Inspect, url)).await?;
    Ok(reply.status != StatusCode::UNAUTHORIZED)
}

/// A server whose token endpoint answers this.
async fn token_answer(answer: ResponseTemplate) -> (MockServer, Tokens) {
    let server = MockServer::start().await;
    Mock::given(path("/tenant/oauth2/v2.0/token")).respond_with(answer).mount(&server).await;
    let tokens = application(&tenant(&server.uri())).0.tokens(SCOPE);
    (server, tokens)
}

#[tokio::test]
async fn the_request_is_the_one_entra_documents() {
    let tenant = Tenant::start().await;
    tenant.call().await.unwrap();
    let requests = tenant.server.received_requests().await.unwrap();
    let form =
        reqwest::Url::parse(&format!("http://x/?{}", String::from_utf8_lossy(&requests[0].body))).unwrap();
    let fields: Vec<_> =
        form.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
    let value = |name: &str| fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str());
    assert_eq!(value("grant_type"), Some("client_credentials"));
    assert_eq!(value("client_id"), Some("0f4f3a0e-61a8-4a0b-8f7e-5d2c6c1b9a77"));
    assert_eq!(value("scope"), Some("https://graph.microsoft.com/.default"));
    assert_eq!(
        value("client_assertion_type"),
        Some("urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
    );
    assert_eq!(value("client_assertion").unwrap().split('.').count(), 3);
    assert_eq!(requests[1].headers["authorization"], "Bearer token-1");
    let ids: Vec<_> =
        requests.iter().map(|r| r.headers["client-request-id"].to_str().unwrap().to_owned()).collect();
    assert!(ids.iter().all(|id| uuid::Uuid::try_parse(id).is_ok()) && ids[0] != ids[1]);
}

#[tokio::test]
async fn a_token_serves_until_five_minutes_before_its_end() {
    let tenant = Tenant::start().await;
    tenant.call().await.unwrap();
    tenant.clock.advance(Duration::from_secs(3599 - 301));
    tenant.call().await.unwrap();
    assert_eq!(tenant.tokens_given(), 1);
    tenant.clock.advance(Duration::from_secs(1));
    tenant.call().await.unwrap();
    tenant.call().await.unwrap();
    assert_eq!(tenant.tokens_given(), 2);
}

#[tokio::test]
async fn fifty_calls_at_once_fetch_one_token() {
    let tenant = Tenant::start().await;
    let calls: Vec<_> = (0..50)
        .map(|_| {
            let (service, server) = (tenant.service(), tenant.server.uri());
            tokio::spawn(async move { call(&service, &server).await })
        })
        .collect();
    for call in calls {
        assert!(call.await.unwrap().unwrap());
    }
    assert_eq!((tenant.tokens_given(), tenant.calls().await.len()), (1, 50));
}

#[tokio::test]
async fn fifty_calls_at_once_share_one_failure() {
    let (server, tokens) =
        token_answer(ResponseTemplate::new(503).set_delay(Duration::from_millis(200))).await;
    let calls: Vec<_> = (0..50)
        .map(|_| {
            let tokens = tokens.clone();
            tokio::spawn(async move { tokens.get().await.map(drop) })
        })
        .collect();
    for call in calls {
        assert_eq!(call.await.unwrap().unwrap_err().kind, ErrorKind::Unavailable);
    }
    assert_eq!(server.received_requests().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_renewal_that_fails_leaves_the_token_in_use_until_its_end() {
    let tenant = Tenant::start().await;
    tenant.call().await.unwrap();
    Mock::given(path("/tenant/oauth2/v2.0/token"))
        .respond_with(ResponseTemplate::new(503))
        .with_priority(1)
        .mount(&tenant.server)
        .await;
    tenant.clock.advance(Duration::from_secs(3400));
    let asked = async || tenant.server.received_requests().await.unwrap().len() - tenant.calls().await.len();
    for _ in 0..3 {
        assert!(tenant.call().await.is_ok());
    }
    assert_eq!(asked().await, 2, "an endpoint that fails is not asked at every call");
    tenant.clock.advance(Duration::from_secs(30));
    assert!(tenant.call().await.is_ok());
    assert_eq!(asked().await, 3);
    tenant.clock.advance(Duration::from_secs(169));
    assert_eq!(tenant.call().await.unwrap_err().kind, ErrorKind::Unavailable);
}

#[tokio::test]
async fn a_refused_token_is_dropped_once_for_all_who_had_it() {
    let tenant = Tenant::start().await;
    Mock::given(header("authorization", "Bearer token-1"))
        .respond_with(refusal(
            401,
            "InvalidAuthenticationToken",
            "Lifetime validation failed, the token is expired.",
        ))
        .with_priority(1)
        .mount(&tenant.server)
        .await;
    let (one, two) = tokio::join!(tenant.call(), tenant.call());
    assert!(one.is_ok() && two.is_ok());
    assert_eq!(tenant.tokens_given(), 2);
}

#[tokio::test]
async fn a_second_refusal_is_final() {
    let tenant = Tenant::start().await;
    let no = refusal(401, "InvalidAuthenticationToken", "Access token validation failure.");
    Mock::given(path("/v1.0/service")).respond_with(no).with_priority(1).mount(&tenant.server).await;
    let body = bytes::Bytes::from_static(b"{}");
    let url = format!("{}/v1.0/service", tenant.server.uri()).parse().unwrap();
    let (reply, _) = tenant.service().call(&Call::post(Operation::CreateUser, url, body)).await.unwrap();
    assert_eq!(reply.status, StatusCode::UNAUTHORIZED);
    let calls = tenant.calls().await;
    assert_eq!(calls.len(), 2);
    assert_eq!(calls[0].body, calls[1].body);
}

#[tokio::test]
async fn each_service_has_a_token_of_its_own() {
    let tenant = Tenant::start().await;
    let (graph, exchange) =
        (tenant.application.tokens(SCOPE), tenant.application.tokens("https://other/.default"));
    let first = graph.get().await.unwrap();
    assert_eq!((first.secret(), exchange.get().await.unwrap().secret()), ("token-1", "token-2"));
    exchange.forget(&exchange.get().await.unwrap());
    assert_eq!(tenant.application.tokens(SCOPE).get().await.unwrap().secret(), "token-1", "it is kept");
    assert_eq!(exchange.get().await.unwrap().secret(), "token-3");
    let asked = tenant.server.received_requests().await.unwrap();
    let scopes: Vec<_> =
        asked.iter().map(|request| String::from_utf8_lossy(&request.body).contains("other")).collect();
    assert_eq!(scopes, [false, true, true]);
}

#[tokio::test]
async fn a_refused_identity_is_told_by_entras_number() {
    for (status, error, number) in [
        (401, "invalid_client", 700_027),
        (401, "invalid_client", 7_000_215),
        (401, "invalid_client", 7_000_222),
        (400, "unauthorized_client", 700_016),
        (400, "invalid_request", 90_002),
        (401, "invalid_client", 700_024),
        (400, "invalid_request", 50_027),
        (400, "invalid_scope", 70_011),
    ] {
        let body = json!({
            "error": error, "error_codes": [number], "error_description": format!("AADSTS{number}: no\r\nTrace ID: t"),
            "timestamp": "2026-11-22 10:15:00Z", "trace_id": "t", "correlation_id": "c",
        });
        let (_server, tokens) = token_answer(ResponseTemplate::new(status).set_body_json(body)).await;
        let error = tokens.get().await.err().unwrap();
        assert_eq!(
            (error.kind, error.code.as_str()),
            (ErrorKind::Refused, format!("AADSTS{number}").as_str())
        );
        assert!(error.remedy().is_some());
    }
}

/// Entra's numbers are read wherever they are: as text, alone, or only in the description.
#[tokio::test]
async fn a_refusal_is_read_however_its_numbers_are_written() {
    for body in [
        json!({ "error": "unauthorized_client", "error_codes": ["700016"] }),
        json!({ "error": "unauthorized_client", "error_codes": 700_016 }),
        json!({ "error": "unauthorized_client", "error_description": "AADSTS700016: Application with identifier" }),
        json!({ "error": "unauthorized_client", "error_codes": null, "error_description": "AADSTS700016: x" }),
    ] {
        let (_server, tokens) = token_answer(ResponseTemplate::new(400).set_body_json(body)).await;
        let error = tokens.get().await.err().unwrap();
        assert_eq!((error.kind, error.code.as_str()), (ErrorKind::Refused, "AADSTS700016"));
    }
}

#[tokio::test]
async fn a_tokens_life_is_read_from_text_and_numbers() {
    for life in [json!("3599"), json!(3599.0), json!(3599)] {
        let server = MockServer::start().await;
        let body = json!({ "token_type": "Bearer", "expires_in": life, "access_token": "token" });
        let answer = ResponseTemplate::new(200).set_body_json(body);
        Mock::given(path("/tenant/oauth2/v2.0/token")).respond_with(answer).expect(1).mount(&server).await;
        let (application, clock) = application(&tenant(&server.uri()));
        application.tokens(SCOPE).get().await.unwrap();
        clock.advance(Duration::from_secs(3599 - 301));
        application.tokens(SCOPE).get().await.unwrap();
    }
}

#[tokio::test]
async fn whatever_else_goes_wrong_with_a_token_passes_and_leaves_no_doubt() {
    let throttled = ResponseTemplate::new(429).insert_header("Retry-After", "17");
    let (_server, tokens) = token_answer(throttled).await;
    let error = tokens.get().await.err().unwrap();
    assert_eq!((error.kind, error.retry_after), (ErrorKind::Throttled, Some(Duration::from_secs(17))));
    for answer in [
        ResponseTemplate::new(500),
        ResponseTemplate::new(504).set_body_string("<html>gateway</html>"),
        ResponseTemplate::new(400).set_body_string("not json"),
        ResponseTemplate::new(503)
            .set_body_json(json!({ "error": "temporarily_unavailable", "error_codes": [90033] })),
        ResponseTemplate::new(302).insert_header("location", "https://login.example/"),
        ResponseTemplate::new(200).set_body_string("half an ans"),
        ResponseTemplate::new(200).set_body_json(json!({ "token_type": "Bearer" })),
        ResponseTemplate::new(200).set_body_json(token_body("line\nbreak", 3599)),
    ] {
        let (_server, tokens) = token_answer(answer).await;
        let error = tokens.get().await.err().unwrap();
        assert_eq!(error.kind, ErrorKind::Unavailable, "{error:?}");
    }
}

#[tokio::test]
async fn a_token_that_does_not_come_in_time_is_no_doubt_about_the_call() {
    let server = MockServer::start().await;
    let late = ResponseTemplate::new(200).set_delay(Duration::from_secs(60));
    Mock::given(path("/tenant/oauth2/v2.0/token")).respond_with(late).mount(&server).await;
    let impatient = config::Graph { timeout: Duration::from_millis(100), ..limits() };
    let error =
        application_within(&impatient, &tenant(&server.uri())).0.tokens(SCOPE).get().await.err().unwrap();
    assert_eq!((error.kind, error.code.as_str()), (ErrorKind::Unavailable, "timeout"));
}

#[tokio::test]
async fn a_call_that_is_given_up_does_not_block_the_next() {
    let server = MockServer::start().await;
    let (first, asked) = (AtomicBool::new(true), Arc::new(Notify::new()));
    let ask = Arc::clone(&asked);
    Mock::given(path("/tenant/oauth2/v2.0/token"))
        .respond_with(move |_: &Request| {
            let delay = if first.swap(false, Ordering::SeqCst) { 60 } else { 0 };
            ask.notify_one();
            let answer = ResponseTemplate::new(200).set_body_json(token_body("token", 3599));
            answer.set_delay(Duration::from_secs(delay))
        })
        .mount(&server)
        .await;
    let tokens = application(&tenant(&server.uri())).0.tokens(SCOPE);
    tokio::select! {
        _ = tokens.get() => panic!("there is no token yet"),
        () = asked.notified() => {}
    }
    assert!(tokens.get().await.is_ok());
}
