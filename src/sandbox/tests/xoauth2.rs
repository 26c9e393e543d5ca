//! Logins with a token at the mail server.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};
use serde_json::json;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

use super::bed::{Assertion, Bed, read};
use crate::sandbox::{Fault, Faults, Operation, Options, SmtpOptions, Way, Xoauth2};

const MAILBOX: &str = "accounts@example.edu";
const EXCHANGE: &str = "https://outlook.office365.com/.default";

async fn bed() -> Bed {
    let smtp = SmtpOptions { xoauth2: Xoauth2::Required, ..SmtpOptions::default() };
    let bed = Bed::with(Options { smtp, ..Options::default() }).await;
    bed.sandbox.grant("SMTP.SendAsApp");
    bed
}

async fn token(bed: &Bed, scope: &str) -> String {
    let answer = bed.ask_token(&Assertion::new(bed).sign(), &[("scope", scope)]).await;
    answer.body["access_token"].as_str().unwrap().to_owned()
}

fn response(user: &str, token: &str) -> String {
    STANDARD.encode(format!("user={user}\u{1}auth=Bearer {token}\u{1}\u{1}"))
}

/// Speaks line by line, and returns the last line of each reply.
async fn dialogue(bed: &Bed, lines: &[&str]) -> Vec<String> {
    let mut stream = BufReader::new(TcpStream::connect(bed.sandbox.smtp_addr()).await.unwrap());
    let mut replies = Vec::new();
    for line in [None].into_iter().chain(lines.iter().map(Some)) {
        if let Some(line) = line {
            stream.write_all(format!("{line}\r\n").as_bytes()).await.unwrap();
        }
        loop {
            let mut reply = String::new();
            stream.read_line(&mut reply).await.unwrap();
            if reply.as_bytes().get(3) != Some(&b'-') {
                replies.push(reply.trim_end().to_owned());
                break;
            }
        }
    }
    replies
}

async fn login(bed: &Bed, user: &str, token: &str) -> Vec<String> {
    let auth = format!("AUTH XOAUTH2 {}", response(user, token));
    dialogue(bed, &["EHLO me", &auth, "", "MAIL FROM:<accounts@example.edu>"]).await.split_off(1)
}

/// Returns whether a login is refused with a challenge that an empty line answers.
async fn refused(bed: &Bed, user: &str, token: &str) -> bool {
    let replies = login(bed, user, token).await;
    let challenge = replies[1].strip_prefix("334 ").map(|text| STANDARD.decode(text).unwrap());
    let challenge: Option<serde_json::Value> = challenge.map(|text| serde_json::from_slice(&text).unwrap());
    challenge.is_some_and(|challenge| challenge["status"] == "400" && challenge["schemes"] == "Bearer")
        && replies[2..] == ["535 5.7.3 Authentication unsuccessful", "530 5.7.0 Authentication required"]
}

#[tokio::test]
async fn a_token_for_exchange_lets_in() {
    let bed = bed().await;
    let token = token(&bed, EXCHANGE).await;
    let first = response(MAILBOX, &token);
    let at_once = format!("AUTH XOAUTH2 {first}");
    for lines in [vec![at_once.as_str()], vec!["AUTH XOAUTH2", &first]] {
        let lines = [vec!["EHLO me"], lines, vec!["MAIL FROM:<accounts@example.edu>"]].concat();
        let replies = dialogue(&bed, &lines).await;
        assert_eq!(replies[1], "250 AUTH XOAUTH2");
        let last = &replies[replies.len() - 2..];
        assert_eq!(last, ["235 2.7.0 Authentication successful", "250 2.1.0 OK"]);
    }
}

#[tokio::test]
async fn a_mail_client_sends_by_xoauth2() {
    let bed = bed().await;
    let send = async |from: &str| {
        let transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous("127.0.0.1")
            .port(bed.sandbox.smtp_addr().port())
            .credentials(Credentials::new(MAILBOX.to_owned(), token(&bed, EXCHANGE).await))
            .authentication(vec![Mechanism::Xoauth2])
            .build();
        let message = Message::builder().from(from.parse().unwrap()).to("ada@example.org".parse().unwrap());
        transport.send(message.body("hi".to_owned()).unwrap()).await
    };
    send(MAILBOX).await.unwrap();
    assert_eq!(bed.sandbox.mail_to("ada@example.org").await.way, Way::SmtpXoauth2);
    let denied = send("dean@example.edu").await.unwrap_err();
    assert!(denied.is_permanent() && denied.to_string().contains("SendAsDenied"), "{denied}");
    send("bounces@example.edu").await.unwrap();
    assert_eq!(bed.sandbox.mails().len(), 2);
}

#[tokio::test]
async fn all_of_microsofts_clouds_are_known() {
    let bed = bed().await;
    for scope in [
        EXCHANGE,
        "https://outlook.office.com/.default",
        "https://outlook.office365.us/.default",
        "https://outlook-dod.office365.us/.default",
        "https://partner.outlook.cn/.default",
        "00000002-0000-0ff1-ce00-000000000000/.default",
    ] {
        let token = token(&bed, scope).await;
        assert!(!refused(&bed, MAILBOX, &token).await, "{scope}");
    }
}

#[tokio::test]
async fn everything_else_is_refused() {
    let bed = bed().await;
    let good = token(&bed, EXCHANGE).await;
    assert!(refused(&bed, "nobody@example.edu", &good).await, "no such mailbox");
    assert!(refused(&bed, MAILBOX, "x").await, "no token");
    // The role applies whatever permissions a token has, so that only the audience of these tokens is wrong.
    bed.sandbox.assign_exchange_role("Application SMTP.SendAsApp");
    let graph = token(&bed, "https://graph.microsoft.com/.default").await;
    assert!(refused(&bed, MAILBOX, &graph).await, "a token for Graph");
    let own = format!("{}/.default", bed.sandbox.http_url());
    assert!(refused(&bed, MAILBOX, &token(&bed, &own).await).await, "a token for this Graph");
    assert!(!refused(&bed, MAILBOX, &good).await);
    bed.sandbox.advance(Duration::from_secs(3599));
    assert!(refused(&bed, MAILBOX, &good).await, "an expired token");
}

#[tokio::test]
async fn graph_takes_no_token_for_exchange() {
    let mut bed = bed().await;
    bed.token = token(&bed, EXCHANGE).await;
    let answer = bed.get("/users").await;
    assert_eq!((answer.status, answer.code()), (401, "InvalidAuthenticationToken"));
    assert_eq!(answer.message(), "Access token validation failure. Invalid audience.");
}

#[tokio::test]
async fn the_right_comes_from_entra_or_from_exchange() {
    let bed = bed().await;
    bed.sandbox.revoke("SMTP.SendAsApp");
    let token = token(&bed, EXCHANGE).await;
    assert!(refused(&bed, MAILBOX, &token).await);
    bed.sandbox.assign_exchange_role("Application SMTP.SendAsApp");
    assert!(!refused(&bed, MAILBOX, &token).await);
}

#[tokio::test]
async fn refusals_come_on_demand() {
    let bed = bed().await;
    let token = token(&bed, EXCHANGE).await;
    bed.sandbox.set_faults(Faults::default().on(Operation::SmtpToken, Fault::status(400).times(1)));
    assert!(refused(&bed, MAILBOX, &token).await);
    assert!(!refused(&bed, MAILBOX, &token).await);
    for (status, code, text) in [
        (535, "5.7.3", "Authentication unsuccessful"),
        (
            535,
            "5.7.139",
            "Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox. Visit https://aka.ms/smtp_auth_disabled for more information.",
        ),
        (550, "5.7.30", "Basic authentication is not supported for Client Submission."),
    ] {
        let fault = Fault::status(status).saying(code, text);
        bed.sandbox.set_faults(Faults::default().on(Operation::SmtpAuth, fault));
        assert_eq!(login(&bed, MAILBOX, &token).await[1], format!("{status} {code} {text}"));
    }
}

#[tokio::test]
async fn other_servers_can_ask_about_a_token() {
    let bed = bed().await;
    let token = token(&bed, EXCHANGE).await;
    let ask = async |mailbox: &str, token: &str| {
        let url = format!("{}/sandbox/introspect{mailbox}", bed.sandbox.http_url());
        read(bed.http.post(url).form(&[("token", token)])).await.body
    };
    let answer = ask("", &token).await;
    assert_eq!((&answer["active"], &answer["username"]), (&json!(true), &json!(MAILBOX)));
    assert_eq!(answer["scope"], "SMTP.SendAsApp");
    let other = ask("?mailbox=bounces@example.edu", &token).await;
    assert_eq!(other["username"], "bounces@example.edu");
    for (mailbox, token) in [("?mailbox=nobody@example.edu", token.as_str()), ("", "x")] {
        assert_eq!(ask(mailbox, token).await, json!({ "active": false }));
    }
}
