//! Sending by a mailbox through Graph.

use std::sync::atomic::{AtomicUsize, Ordering};

use base64::{Engine, engine::general_purpose::STANDARD};
use rstest::rstest;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::{Notify, mpsc},
};
use wiremock::{
    Mock, MockServer, Request, ResponseTemplate,
    matchers::{header, method, path},
};

use super::{server::Server, *};
use crate::{
    config::GraphMail,
    domain::Clock,
    entra::tests::{application, refusal, tenant, token_body},
};

const SEND_MAIL: &str = "/v1.0/users/accounts@example.edu/sendMail";

/// A tenant whose token endpoint gives `token-1`, `token-2` …, and a mailer that sends by its Graph.
struct Tenant {
    server: MockServer,
    mailer: Mailer,
    clock: Clock,
}

/// A mailer that sends by the tenant at this server.
fn mailer_at(server: &str, save_to_sent_items: bool) -> (Mailer, Clock) {
    let tenant = tenant(server);
    let (application, clock) = application(&tenant);
    let graph = GraphMail {
        tenant: "main".parse().unwrap(),
        mailbox: "accounts@example.edu".to_owned(),
        save_to_sent_items,
        scoped: false,
    };
    let settings = settings(MailTransport::Graph(graph));
    (Mailer::new(&settings, Some((&tenant, &application))).unwrap(), clock)
}

/// The head of a request in lower case, once it was read whole; `None` when the client is gone.
async fn read_request(stream: &mut TcpStream) -> Option<String> {
    let (mut read, mut buffer) = (Vec::new(), [0; 4096]);
    loop {
        let count = stream.read(&mut buffer).await.ok().filter(|count| *count > 0)?;
        read.extend_from_slice(&buffer[..count]);
        let text = String::from_utf8_lossy(&read).to_lowercase();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length =
            head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok());
        if body.len() >= length.unwrap_or(0) {
            return Some(head.to_owned());
        }
    }
}

impl Tenant {
    async fn start(save_to_sent_items: bool) -> Self {
        let server = MockServer::start().await;
        let given = AtomicUsize::new(0);
        Mock::given(path("/tenant/oauth2/v2.0/token"))
            .respond_with(move |_: &Request| {
                let number = given.fetch_add(1, Ordering::SeqCst) + 1;
                ResponseTemplate::new(200).set_body_json(token_body(&format!("token-{number}"), 3599))
            })
            .mount(&server)
            .await;
        let (mailer, clock) = mailer_at(&server.uri(), save_to_sent_items);
        Self { server, mailer, clock }
    }

    async fn answers(&self, answer: ResponseTemplate) {
        Mock::given(method("POST")).and(path(SEND_MAIL)).respond_with(answer).mount(&self.server).await;
    }

    async fn accepting() -> Self {
        let tenant = Self::start(true).await;
        tenant.answers(ResponseTemplate::new(202)).await;
        tenant
    }

    async fn calls(&self) -> Vec<Request> {
        let all = self.server.received_requests().await.unwrap();
        all.into_iter().filter(|request| request.url.path() == SEND_MAIL).collect()
    }
}

#[tokio::test]
async fn the_mail_is_the_one_that_smtp_sends() {
    let tenant = Tenant::accepting().await;
    send(&tenant.mailer).await.unwrap();
    let call = tenant.calls().await.remove(0);
    assert_eq!(call.headers["content-type"], "text/plain");
    assert_eq!(call.headers["authorization"], "Bearer token-1");
    let mime = String::from_utf8(STANDARD.decode(&call.body).unwrap()).unwrap();
    let smtp = Server::friendly();
    send(&mailer(smtp.port)).await.unwrap();
    assert_eq!(mime, smtp.mails()[0]);
    assert!(mime.contains("X-Accountcreator-Reference: 0W3GE1R7-P1\r\n"), "{mime}");
    // Sending it again sends the same.
    send(&tenant.mailer).await.unwrap();
    assert_eq!(tenant.calls().await[1].body, call.body);
}

#[tokio::test]
async fn a_mail_without_a_copy_is_in_graphs_own_format() {
    let tenant = Tenant::start(false).await;
    tenant.answers(ResponseTemplate::new(202)).await;
    send_with(&tenant.mailer, "st123456@stud.example.edu", "Dein\r\nKonto", Some("Anna Lee")).await.unwrap();
    let call = tenant.calls().await.remove(0);
    assert_eq!(call.headers["content-type"], "application/json");
    let person = |name: &str, address: &str| json!({ "emailAddress": { "name": name, "address": address } });
    assert_eq!(
        serde_json::from_slice::<Value>(&call.body).unwrap(),
        json!({
            "message": {
                "subject": "Dein  Konto",
                "body": {
                    "contentType": "HTML",
                    "content": "<p>Hallo Anna, dein Passwort: <code>x=y</code></p>",
                },
                "from": person("Accounts at Example", "accounts@example.edu"),
                "toRecipients": [person("Anna Lee", "st123456@stud.example.edu")],
                "replyTo": [person("Helpdesk", "help@example.edu")],
                "internetMessageHeaders": [
                    { "name": "X-Accountcreator-Reference", "value": "0W3GE1R7-P1" },
                    { "name": "x-accountcreator-mail", "value": "07070707-0707-4707-8707-070707070707.password" },
                    { "name": "x-auto-response-suppress", "value": "All" },
                ],
            },
            "saveToSentItems": false,
        })
    );
}

/// The meaning of an error for the queue.
fn kind_of(error: &Error) -> &'static str {
    match error {
        Error::RecipientRefused { .. } => "recipient",
        Error::Paused { .. } => "paused",
        Error::Refused { .. } => "refused",
        Error::Unavailable { .. } => "unavailable",
    }
}

#[rstest]
#[case(403, "ErrorAccessDenied", "refused", true)]
#[case(403, "ErrorSendAsDenied", "refused", true)]
#[case(404, "MailboxNotEnabledForRESTAPI", "refused", true)]
#[case(400, "ErrorMimeContentInvalidBase64String", "refused", true)]
#[case(400, "ErrorInvalidRecipients", "recipient", false)]
#[case(401, "InvalidAuthenticationToken", "refused", true)]
#[case(500, "ErrorInternalServerError", "unavailable", false)]
#[case(503, "ErrorServerBusy", "unavailable", false)]
#[tokio::test]
async fn each_refusal_has_its_meaning_and_remedy(
    #[case] status: u16,
    #[case] code: &str,
    #[case] kind: &str,
    #[case] has_remedy: bool,
) {
    let tenant = Tenant::start(true).await;
    tenant.answers(refusal(status, code, "st123456@stud.example.edu is refused")).await;
    let error = send(&tenant.mailer).await.unwrap_err();
    assert_eq!((error.code(), kind_of(&error), error.remedy().is_some()), (code, kind, has_remedy));
    assert!(!format!("{error} {error:?}").contains("st123456"));
}

#[tokio::test]
async fn an_answer_of_something_in_between_is_told_by_its_status() {
    for (status, kind) in [(407, "refused"), (502, "unavailable"), (302, "unavailable")] {
        let tenant = Tenant::start(true).await;
        tenant.answers(ResponseTemplate::new(status).set_body_string("<html>gateway</html>")).await;
        let error = send(&tenant.mailer).await.unwrap_err();
        assert_eq!((error.code(), kind_of(&error)), (format!("http_{status}").as_str(), kind));
    }
}

#[tokio::test]
async fn a_pause_that_graph_asks_for_is_told() {
    for (status, retry_after, pause) in [(429, Some("17"), 17), (429, None, 30), (503, Some("2.5"), 2)] {
        let tenant = Tenant::start(true).await;
        let mut answer = refusal(status, "ApplicationThrottled", "slow down");
        if let Some(seconds) = retry_after {
            answer = answer.insert_header("Retry-After", seconds);
        }
        tenant.answers(answer).await;
        let error = send(&tenant.mailer).await.unwrap_err();
        let Error::Paused { pause: told, .. } = &error else { panic!("{error:?}") };
        assert_eq!((told.as_secs(), error.end()), (pause, MailEnd::Deferred));
    }
}

#[tokio::test]
async fn a_refused_token_is_replaced_once() {
    let tenant = Tenant::accepting().await;
    Mock::given(header("authorization", "Bearer token-1"))
        .respond_with(refusal(401, "InvalidAuthenticationToken", "expired"))
        .with_priority(1)
        .mount(&tenant.server)
        .await;
    send(&tenant.mailer).await.unwrap();
    let calls = tenant.calls().await;
    assert_eq!(calls.len(), 2);
    assert_eq!(calls[0].body, calls[1].body);
}

#[tokio::test]
async fn the_31st_mail_within_a_minute_is_not_sent_and_waits_for_the_rest_of_it() {
    let tenant = Tenant::accepting().await;
    for _ in 0..15 {
        send(&tenant.mailer).await.unwrap();
    }
    tenant.clock.advance(Duration::from_secs(20));
    for _ in 0..15 {
        send(&tenant.mailer).await.unwrap();
    }
    let paused = async || match send(&tenant.mailer).await {
        Err(Error::Paused { pause, code }) => (pause.as_secs(), code),
        other => panic!("{other:?}"),
    };
    assert_eq!(paused().await, (40, "mailbox_limit".to_owned()));
    assert_eq!(tenant.calls().await.len(), 30);
    tenant.clock.advance(Duration::from_secs(40));
    for _ in 0..15 {
        send(&tenant.mailer).await.unwrap();
    }
    assert_eq!(paused().await.0, 20, "the other half was sent later");
}

#[tokio::test]
async fn four_mails_at_most_are_under_way_at_once() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (mut arrived, open) = (0, Arc::new(Notify::new()));
    let (sender, mut receiver) = mpsc::unbounded_channel();
    let opened = Arc::clone(&open);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let (sender, opened) = (sender.clone(), Arc::clone(&opened));
            tokio::spawn(async move {
                while let Some(head) = read_request(&mut stream).await {
                    let token = token_body("token", 3599).to_string();
                    let answer = if head.starts_with("post /tenant") {
                        format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{token}", token.len())
                    } else {
                        sender.send(()).unwrap();
                        opened.notified().await;
                        "HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n".to_owned()
                    };
                    stream.write_all(answer.as_bytes()).await.unwrap();
                }
            });
        }
    });
    let mailer = mailer_at(&address, true).0;
    let sends: Vec<_> = (0..12)
        .map(|_| {
            let mailer = mailer.clone();
            tokio::spawn(async move { send(&mailer).await })
        })
        .collect();
    // Each answer lets one more begin; there are never more than four without an answer.
    for answered in 0..12 {
        while arrived < 12 && arrived - answered < 4 {
            receiver.recv().await.unwrap();
            arrived += 1;
        }
        tokio::task::yield_now().await;
        assert!(receiver.try_recv().is_err(), "a fifth one is under way");
        open.notify_one();
    }
    for one in sends {
        one.await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn a_check_asks_for_a_token_and_sends_nothing() {
    let tenant = Tenant::accepting().await;
    tenant.mailer.check().await.unwrap();
    assert!(tenant.calls().await.is_empty());
    tenant.server.reset().await;
    let refused = json!({ "error": "unauthorized_client", "error_codes": [700_016] });
    let answer = ResponseTemplate::new(400).set_body_json(refused);
    Mock::given(path("/tenant/oauth2/v2.0/token")).respond_with(answer).mount(&tenant.server).await;
    tenant.clock.advance(Duration::from_hours(2));
    let Err(CheckError::Token(error)) = tenant.mailer.check().await else { panic!("no token") };
    assert_eq!(error.code(), "AADSTS700016");
    assert!(error.remedy().is_some_and(|remedy| remedy.contains("client_id")));
}
