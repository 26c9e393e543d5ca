//! Two certificates: the one that Entra accepts is used.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use wiremock::{Mock, MockServer, Request, matchers::method};

use super::*;
use crate::entra::{Error, ErrorKind};

static NEXT: LazyLock<Identity> = LazyLock::new(|| Identity::new(2020, 2041));

/// A token endpoint that answers by certificate, and an application with two of them.
struct Entra {
    server: MockServer,
    application: Application,
    clock: Clock,
}

/// The answer to the certificate: a token, or a refusal of this kind and number.
type Verdict = Option<(&'static str, u64)>;

impl Entra {
    async fn with(current: &Identity, next: &Identity) -> Self {
        let server = MockServer::start().await;
        let tenant = Tenant {
            identity: current.configured(),
            next_identity: Some(next.configured()),
            ..tenant(&server.uri())
        };
        let (application, clock) = application(&tenant);
        Self { server, application, clock }
    }

    /// From now on.
    async fn judges(&self, current: Verdict, next: Verdict) {
        self.server.reset().await;
        let first = self.application.certificates()[0].thumbprint().to_owned();
        let answer =
            move |request: &Request| match if thumbprint(request) == first { current } else { next } {
                None => ResponseTemplate::new(200).set_body_json(token_body("token", 3599)),
                Some((error, number)) => ResponseTemplate::new(401)
                    .set_body_json(json!({ "error": error, "error_codes": [number] })),
            };
        Mock::given(method("POST")).respond_with(answer).mount(&self.server).await;
    }

    /// Asks for a token, and which certificates were shown for it.
    async fn ask(&self) -> (Result<(), Error>, Vec<&'static str>) {
        let before = self.shown().await.len();
        let outcome = self.application.tokens(SCOPE).get().await.map(drop);
        (outcome, self.shown().await.split_off(before))
    }

    async fn shown(&self) -> Vec<&'static str> {
        let first = self.application.certificates()[0].thumbprint().to_owned();
        let name = |request: &Request| if thumbprint(request) == first { "current" } else { "next" };
        self.server.received_requests().await.unwrap().iter().map(name).collect()
    }
}

/// The thumbprint that the request's assertion names.
fn thumbprint(request: &Request) -> String {
    let form = reqwest::Url::parse(&format!("http://x/?{}", String::from_utf8_lossy(&request.body))).unwrap();
    let assertion = form.query_pairs().find(|(name, _)| name == "client_assertion").unwrap().1;
    let header = URL_SAFE_NO_PAD.decode(assertion.split('.').next().unwrap()).unwrap();
    let header: Value = serde_json::from_slice(&header).unwrap();
    header["x5t#S256"].as_str().unwrap().to_owned()
}

const UNREGISTERED: Verdict = Some(("invalid_client", 700_027));

#[tokio::test]
async fn the_current_one_goes_first_and_the_one_that_was_taken_is_remembered() {
    let entra = Entra::with(&IDENTITY, &NEXT).await;
    entra.judges(None, None).await;
    assert_eq!(entra.ask().await.1, ["current"]);
    for (current, next, shown) in [
        (UNREGISTERED, None, vec!["current", "next"]),
        (UNREGISTERED, None, vec!["next"]),
        (None, None, vec!["next"]),
        (None, UNREGISTERED, vec!["next", "current"]),
        (None, UNREGISTERED, vec!["current"]),
    ] {
        entra.judges(current, next).await;
        entra.clock.advance(Duration::from_hours(1));
        let (outcome, certificates) = entra.ask().await;
        assert!(outcome.is_ok());
        assert_eq!(certificates, shown);
    }
}

#[tokio::test]
async fn one_that_does_not_hold_now_goes_last() {
    for (current, next) in [((2020, 2025), (2020, 2040)), ((2027, 2040), (2020, 2040))] {
        let entra = Entra::with(&Identity::new(current.0, current.1), &Identity::new(next.0, next.1)).await;
        entra.judges(UNREGISTERED, None).await;
        assert_eq!(entra.ask().await.1, ["next"]);
    }
    // The machine's clock may be what is wrong.
    let over = Entra::with(&Identity::new(2020, 2024), &Identity::new(2020, 2025)).await;
    over.judges(UNREGISTERED, None).await;
    assert_eq!(over.ask().await.1, ["current", "next"]);
}

#[tokio::test]
async fn where_none_is_taken_the_first_refusal_is_told() {
    let entra = Entra::with(&IDENTITY, &NEXT).await;
    entra.judges(Some(("invalid_client", 1_000_502)), UNREGISTERED).await;
    let (outcome, certificates) = entra.ask().await;
    let error = outcome.unwrap_err();
    assert_eq!((error.kind, error.code.as_str()), (ErrorKind::Refused, "AADSTS1000502"));
    assert_eq!(certificates, ["current", "next"]);
    entra.judges(UNREGISTERED, Some(("temporarily_unavailable", 90_033))).await;
    assert_eq!(entra.ask().await.0.unwrap_err().kind, ErrorKind::Unavailable, "the other may yet be taken");
}

#[tokio::test]
async fn what_is_not_the_certificates_fault_is_not_tried_with_another() {
    let entra = Entra::with(&IDENTITY, &NEXT).await;
    for refusal in [
        ("invalid_client", 700_024),
        ("unauthorized_client", 700_016),
        ("invalid_request", 90_002),
        ("temporarily_unavailable", 90_033),
    ] {
        entra.judges(Some(refusal), None).await;
        let (outcome, certificates) = entra.ask().await;
        assert!(outcome.is_err());
        assert_eq!(certificates, ["current"], "{refusal:?}");
    }
}

#[test]
fn both_are_known() {
    let tenant = Tenant { next_identity: Some(NEXT.configured()), ..tenant("http://127.0.0.1:9") };
    let application = application(&tenant).0;
    let known: Vec<_> =
        application.certificates().iter().map(|certificate| certificate.not_after().date().0).collect();
    assert_eq!(known, [2040, 2041]);
    let shown = format!("{application:?}");
    assert!(
        application.certificates().iter().all(|certificate| shown.contains(certificate.sha1())),
        "{shown}"
    );
}
