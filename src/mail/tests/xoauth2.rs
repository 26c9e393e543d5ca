//! The login by an access token.

use std::sync::atomic::{AtomicUsize, Ordering};

use base64::{Engine, engine::general_purpose::STANDARD};
use wiremock::{Mock, MockServer, Request, ResponseTemplate, matchers::path};

use super::{
    server::{Act, Encrypts, Server, friendly},
    *,
};
use crate::entra::tests::{application, tenant, token_body};

const SCOPE: &str = "https://outlook.office365.com/.default";

/// A token endpoint that gives `token-1`, `token-2` …, and a mailer that logs in by them at a mail server.
struct Scene {
    entra: MockServer,
    smtp: Server,
    mailer: Mailer,
}

/// A mailer that logs in at the mail server of this port by a token of this server.
fn mailer_by_token(entra: &str, port: u16) -> Mailer {
    let tenant = tenant(entra);
    let login = SmtpLogin::Xoauth2 {
        tenant: "main".parse().unwrap(),
        mailbox: "accounts@example.edu".to_owned(),
        token_scope: SCOPE.to_owned(),
    };
    let settings = settings(MailTransport::Smtp(Smtp { login: Some(login), ..smtp(port) }));
    Mailer::new(&settings, Some((&tenant, &application(&tenant).0))).unwrap()
}

impl Scene {
    /// The mail server replies to a login by what `answer` makes of the number of the token.
    async fn start(answer: impl Fn(usize) -> Act + Send + Sync + 'static) -> Self {
        let entra = MockServer::start().await;
        let given = AtomicUsize::new(0);
        Mock::given(path("/tenant/oauth2/v2.0/token"))
            .respond_with(move |_: &Request| {
                let number = given.fetch_add(1, Ordering::SeqCst) + 1;
                ResponseTemplate::new(200).set_body_json(token_body(&format!("token-{number}"), 3599))
            })
            .mount(&entra)
            .await;
        let smtp = Server::start(Encrypts::Never, move |_, line| match line.strip_prefix("AUTH XOAUTH2 ") {
            Some(response) => answer(token_of(response)),
            // The empty line that follows a challenge; a greeting is asked for by one too, but has no answer before it.
            None => friendly(line),
        });
        let mailer = mailer_by_token(&entra.uri(), smtp.port);
        Self { entra, smtp, mailer }
    }

    async fn tokens_given(&self) -> usize {
        self.entra.received_requests().await.unwrap().len()
    }

    fn logins(&self) -> usize {
        self.smtp.lines().iter().filter(|line| line.starts_with("AUTH ")).count()
    }
}

/// The number of the token in a response, which is what the protocol says.
fn token_of(response: &str) -> usize {
    let plain = String::from_utf8(STANDARD.decode(response).unwrap()).unwrap();
    let rest = plain.strip_prefix("user=accounts@example.edu\u{1}auth=Bearer token-").unwrap();
    rest.strip_suffix("\u{1}\u{1}").unwrap().parse().unwrap()
}

#[tokio::test]
async fn mails_share_a_login_and_a_token() {
    let scene = Scene::start(|_| Act::Reply("235 2.7.0 welcome")).await;
    for _ in 0..3 {
        send(&scene.mailer).await.unwrap();
    }
    scene.mailer.check().await.unwrap();
    assert_eq!((scene.smtp.mails().len(), scene.logins(), scene.tokens_given().await), (3, 2, 1));
    let asked = scene.entra.received_requests().await.unwrap();
    assert!(
        String::from_utf8_lossy(&asked[0].body)
            .contains("scope=https%3A%2F%2Foutlook.office365.com%2F.default")
    );
}

#[tokio::test]
async fn a_refused_token_is_replaced_once() {
    let answer =
        |token| Act::Reply(if token == 1 { "535 5.7.3 Authentication unsuccessful" } else { "235 2.7.0 ok" });
    let scene = Scene::start(answer).await;
    send(&scene.mailer).await.unwrap();
    assert_eq!((scene.smtp.connections(), scene.logins(), scene.tokens_given().await), (2, 2, 2));
}

#[tokio::test]
async fn a_second_refusal_is_told_with_its_remedy() {
    let scene = Scene::start(|_| Act::Reply("535 5.7.3 Authentication unsuccessful")).await;
    let error = send(&scene.mailer).await.unwrap_err();
    assert!(matches!(&error, Error::Refused { code, .. } if code == "535 5.7.3"), "{error:?}");
    assert!(error.remedy().is_some_and(|remedy| remedy.contains("service principal")));
    assert_eq!((scene.logins(), scene.tokens_given().await, error.end()), (2, 2, MailEnd::Refused));
    assert!(matches!(scene.mailer.check().await, Err(CheckError::Login(_))));
}

#[tokio::test]
async fn what_is_not_the_tokens_fault_is_not_tried_with_another() {
    for (reply, code) in [
        (
            "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox",
            "535 5.7.139",
        ),
        ("504 5.7.4 Unrecognized authentication type", "504 5.7.4"),
        ("454 4.7.0 Temporary authentication failure", "454 4.7.0"),
    ] {
        let scene = Scene::start(move |_| Act::Reply(reply)).await;
        let error = send(&scene.mailer).await.unwrap_err();
        assert_eq!((error.code(), scene.logins(), scene.tokens_given().await), (code, 1, 1));
        assert_eq!(error.remedy().is_some(), code.starts_with('5'), "{code}");
    }
}

/// A challenge that refuses a token is answered by an empty line, and the refusal that follows has its status.
#[tokio::test]
async fn a_challenge_is_answered_by_an_empty_line() {
    let json = r#"{"status":"401","schemes":"bearer","scope":"https://mail.example/"}"#;
    let challenge: &'static str = Box::leak(format!("334 {}", STANDARD.encode(json)).into_boxed_str());
    let greeted = AtomicUsize::new(0);
    let entra = MockServer::start().await;
    let answer = ResponseTemplate::new(200).set_body_json(token_body("token-1", 3599));
    Mock::given(path("/tenant/oauth2/v2.0/token")).respond_with(answer).mount(&entra).await;
    let smtp = Server::start(Encrypts::Never, move |connection, line| match line {
        line if line.starts_with("AUTH XOAUTH2 ") => Act::Reply(challenge),
        // The first empty line of each connection asks for the greeting.
        "" if greeted.fetch_max(connection, Ordering::SeqCst) >= connection => Act::Reply("535 5.7.8 no"),
        line => friendly(line),
    });
    let mailer = mailer_by_token(&entra.uri(), smtp.port);
    let error = send(&mailer).await.unwrap_err();
    assert_eq!(error.code(), "535 5.7.8, status 401");
    assert!(error.remedy().is_some_and(|remedy| remedy.contains("token_scope")), "{:?}", error.remedy());
    assert_eq!(smtp.lines().iter().filter(|line| line.is_empty()).count(), 2, "one for each of two tokens");
}

#[tokio::test]
async fn without_a_token_no_login_is_tried_and_the_queue_pauses_where_entra_asks_for_it() {
    let scene = Scene::start(|_| Act::Reply("235 2.7.0 welcome")).await;
    scene.entra.reset().await;
    let throttled = ResponseTemplate::new(429).insert_header("Retry-After", "7");
    Mock::given(path("/tenant/oauth2/v2.0/token")).respond_with(throttled).mount(&scene.entra).await;
    let error = send(&scene.mailer).await.unwrap_err();
    assert!(matches!(&error, Error::Paused { pause, .. } if pause.as_secs() == 7), "{error:?}");
    assert!(matches!(scene.mailer.check().await, Err(CheckError::Token(_))));
    assert_eq!(scene.logins(), 0);
}

/// Exchange Online takes three connections of a mailbox at once.
#[tokio::test]
async fn too_many_connections_are_a_pause() {
    let smtp = Server::start(Encrypts::Never, |_, line| match line {
        line if line.starts_with("MAIL FROM") => {
            Act::Reply("432 4.3.2 Concurrent connections limit exceeded")
        }
        line => friendly(line),
    });
    let mailer = mailer_to(super::smtp(smtp.port));
    let error = send(&mailer).await.unwrap_err();
    assert!(matches!(error, Error::Paused { .. }), "{error:?}");
}
