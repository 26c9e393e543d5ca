//! Mail by Graph.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use super::bed::{Answer, Bed, DOMAIN, read};
use crate::sandbox::{Fault, FaultKind, Faults, MailboxLimits, Operation, Options, STUDENT_SKU, Way};

const MAILBOX: &str = "accounts@example.edu";

fn mime(from: &str) -> String {
    format!(
        "From: Accounts <{from}>\r\nTo: Ada <ada@example.org>\r\nBcc: log@example.org\r\nSubject: Hello\r\nMessage-ID: <1@x>\r\n\r\nhi\r\n"
    )
}

fn request(bed: &Bed, mailbox: &str, body: String) -> RequestBuilder {
    let request = bed.request(Method::POST, &format!("/users/{mailbox}/sendMail"));
    request.header("content-type", "text/plain").body(body)
}

async fn send(bed: &Bed, mailbox: &str, mime: &str) -> Answer {
    read(request(bed, mailbox, STANDARD.encode(mime))).await
}

async fn with(options: Options) -> Bed {
    let mut bed = Bed::with(options).await;
    bed.sandbox.grant("Mail.Send");
    bed.renew().await;
    bed
}

fn message() -> Value {
    json!({
        "subject": "Hello",
        "body": { "contentType": "HTML", "content": "<p>hi <b>you</b></p>" },
        "toRecipients": [{ "emailAddress": { "address": "ada@example.org", "name": "Ada" } }],
        "bccRecipients": [{ "emailAddress": { "address": "log@example.org" } }],
        "internetMessageHeaders": [{ "name": "x-test", "value": "7" }],
    })
}

async fn send_json(bed: &Bed, message: Value) -> Answer {
    let body = json!({ "message": message, "saveToSentItems": false });
    bed.post(&format!("/users/{MAILBOX}/sendMail"), &body).await
}

#[tokio::test]
async fn a_mime_message_arrives_as_it_is() {
    let bed = with(Options::default()).await;
    let answer = send(&bed, MAILBOX, &mime(MAILBOX)).await;
    assert_eq!((answer.status, &answer.body), (202, &Value::Null));
    let mail = bed.sandbox.mail_to("ada@example.org").await;
    assert_eq!((mail.raw.as_str(), mail.way), (mime(MAILBOX).as_str(), Way::Graph));
    assert_eq!(mail.recipients, ["ada@example.org", "log@example.org"]);
    assert_eq!((mail.sender.as_str(), mail.saved_to_sent_items), (MAILBOX, true));
    send(&bed, MAILBOX, &mime(MAILBOX)).await;
    let ids: Vec<_> = bed.sandbox.mails().into_iter().map(|mail| mail.message_id.unwrap()).collect();
    assert_eq!(ids, ["1@x", "1@x"]);
    assert_eq!(bed.sandbox.requests().pop().unwrap().operation, Operation::SendMail);
}

#[tokio::test]
async fn a_message_in_json_becomes_mime() {
    let bed = with(Options::default()).await;
    assert_eq!(send_json(&bed, message()).await.status, 202);
    let mail = bed.sandbox.mail_to("ada@example.org").await;
    assert_eq!((mail.subject.as_str(), mail.text.trim()), ("Hello", "hi you"));
    assert_eq!(mail.html.as_deref().unwrap().trim(), "<p>hi <b>you</b></p>");
    assert_eq!(mail.header("x-test").unwrap(), "7");
    assert_eq!(mail.header("From").unwrap(), MAILBOX);
    assert_eq!((mail.saved_to_sent_items, mail.recipients.len()), (false, 2));
    for (property, value, code) in [
        ("fly", json!(1), "RequestBodyRead"),
        ("internetMessageHeaders", json!([{ "name": "Foo", "value": "7" }]), "InvalidInternetMessageHeader"),
        (
            "internetMessageHeaders",
            Value::Array(vec![json!({ "name": "x-a", "value": "7" }); 6]),
            "InvalidInternetMessageHeaderCollection",
        ),
        ("toRecipients", json!([{ "emailAddress": { "address": "ada" } }]), "ErrorInvalidRecipients"),
    ] {
        let mut message = message();
        message[property] = value;
        let answer = send_json(&bed, message).await;
        assert_eq!((answer.status, answer.code()), (400, code));
    }
    let mut foreign = message();
    foreign["from"] = json!({ "emailAddress": { "address": "dean@example.edu" } });
    let answer = send_json(&bed, foreign).await;
    assert_eq!((answer.status, answer.code()), (403, "ErrorSendAsDenied"));
}

#[tokio::test]
async fn mime_must_be_base64_and_name_a_sender_who_may() {
    let bed = with(Options::default()).await;
    for body in [mime(MAILBOX), "%%%".to_owned()] {
        let answer = read(request(&bed, MAILBOX, body)).await;
        assert_eq!((answer.status, answer.code()), (400, "ErrorMimeContentInvalidBase64String"));
        assert_eq!(answer.message(), "Invalid base64 string for MIME content.");
    }
    let answer = send(&bed, MAILBOX, &mime("dean@example.edu")).await;
    assert_eq!((answer.status, answer.code()), (403, "ErrorSendAsDenied"));
    let nobody = send(&bed, MAILBOX, "Subject: x\r\n\r\nhi").await;
    assert_eq!((nobody.status, nobody.code()), (400, "ErrorInvalidRecipients"));
    assert!(bed.sandbox.mails().is_empty());
    assert_eq!(send(&bed, MAILBOX, &mime("bounces@example.edu")).await.status, 202);
}

#[tokio::test]
async fn a_mailbox_needs_a_user_with_a_licence() {
    let bed = with(Options::default()).await;
    let answer = send(&bed, "nobody@example.edu", &mime(MAILBOX)).await;
    assert_eq!((answer.status, answer.code()), (404, "ErrorInvalidUser"));
    let id = bed.create("ada").await;
    let own = format!("ada@{DOMAIN}");
    let answer = send(&bed, &own, &mime(&own)).await;
    assert_eq!((answer.status, answer.code()), (404, "MailboxNotEnabledForRESTAPI"));
    let licence = json!({ "addLicenses": [{ "skuId": STUDENT_SKU }], "removeLicenses": [] });
    assert_eq!(bed.post(&format!("/users/{id}/assignLicense"), &licence).await.status, 200);
    for key in [&own, &id] {
        assert_eq!(send(&bed, key, &mime(&own)).await.status, 202, "{key}");
    }
}

#[tokio::test]
async fn the_right_to_send_comes_from_entra_or_from_exchange() {
    let mut bed = Bed::new().await;
    let answer = send(&bed, MAILBOX, &mime(MAILBOX)).await;
    assert_eq!((answer.status, answer.code()), (403, "ErrorAccessDenied"));
    bed.sandbox.assign_exchange_role("Application Mail.Send");
    assert_eq!(send(&bed, MAILBOX, &mime(MAILBOX)).await.status, 202, "no new token is needed");
    let beyond = send(&bed, "ada@example.edu", &mime("ada@example.edu")).await;
    assert_eq!((beyond.status, beyond.code()), (403, "ErrorAccessDenied"), "beyond the scope of the role");
    bed.sandbox.revoke("Application Mail.Send");
    assert_eq!(send(&bed, MAILBOX, &mime(MAILBOX)).await.status, 403);
    bed.sandbox.grant("Mail.Send");
    assert_eq!(send(&bed, MAILBOX, &mime(MAILBOX)).await.status, 403, "the token is older");
    bed.renew().await;
    assert_eq!(send(&bed, MAILBOX, &mime(MAILBOX)).await.status, 202);
}

#[tokio::test]
async fn a_mailbox_sends_thirty_messages_a_minute() {
    let bed = with(Options::default()).await;
    for _ in 0..30 {
        assert_eq!(send(&bed, MAILBOX, &mime(MAILBOX)).await.status, 202);
    }
    let refused = send(&bed, MAILBOX, &mime(MAILBOX)).await;
    assert_eq!((refused.status, refused.code()), (429, "ApplicationThrottled"));
    assert!((1..=60).contains(&refused.header("retry-after").parse::<u64>().unwrap()));
    let other = "bounces@example.edu";
    assert_eq!(send(&bed, other, &mime(other)).await.status, 202, "another mailbox has its own limit");
    bed.sandbox.advance(Duration::from_secs(60));
    assert_eq!(send(&bed, MAILBOX, &mime(MAILBOX)).await.status, 202);
    assert_eq!(bed.sandbox.mails().len(), 32);
}

#[tokio::test]
async fn a_mailbox_takes_four_requests_at_once() {
    let bed = with(Options::default()).await;
    let hang = Fault::new(FaultKind::Hang).times(4);
    bed.sandbox.set_faults(Faults::default().on(Operation::SendMail, hang));
    let hanging: Vec<_> =
        (0..4).map(|_| tokio::spawn(request(&bed, MAILBOX, STANDARD.encode(mime(MAILBOX))).send())).collect();
    bed.sandbox
        .until(|sandbox| {
            (sandbox.requests().iter().filter(|r| r.status.is_none()).count() >= 4).then_some(())
        })
        .await;
    bed.sandbox
        .until(|sandbox| {
            (sandbox.faults().operations[&Operation::SendMail][0].count == Some(0)).then_some(())
        })
        .await;
    let fifth = send(&bed, MAILBOX, &mime(MAILBOX)).await;
    assert_eq!((fifth.status, fifth.code(), fifth.header("retry-after")), (429, "ApplicationThrottled", "1"));
    assert_eq!(fifth.message(), "Application is over its MailboxConcurrency limit.");
    hanging.iter().for_each(tokio::task::JoinHandle::abort);
    // The server notices that the clients are gone when it next looks at their connections.
    loop {
        let answer = send(&bed, MAILBOX, &mime(MAILBOX)).await;
        if answer.status == 202 {
            break;
        }
        assert_eq!(answer.status, 429);
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn limits_can_be_changed_and_switched_off() {
    let off = with(Options { mailbox_limits: None, ..Options::default() }).await;
    for _ in 0..31 {
        assert_eq!(send(&off, MAILBOX, &mime(MAILBOX)).await.status, 202);
    }
    let limits = MailboxLimits { messages_per_minute: 1, ..MailboxLimits::default() };
    let bed = with(Options { mailbox_limits: Some(limits), ..Options::default() }).await;
    assert_eq!(send(&bed, MAILBOX, &mime(MAILBOX)).await.status, 202);
    assert_eq!(send(&bed, MAILBOX, &mime(MAILBOX)).await.status, 429);
}

#[tokio::test]
async fn faults_speak_as_mailboxes_do() {
    let bed = with(Options::default()).await;
    for (status, code) in [
        (400, "ErrorMimeContentInvalidBase64String"),
        (403, "ErrorAccessDenied"),
        (404, "MailboxNotEnabledForRESTAPI"),
        (429, "ApplicationThrottled"),
    ] {
        bed.sandbox
            .set_faults(Faults::default().on(Operation::SendMail, Fault::status(status).retry_after(2)));
        let answer = send(&bed, MAILBOX, &mime(MAILBOX)).await;
        assert_eq!((answer.status, answer.code(), answer.header("retry-after")), (status, code, "2"));
    }
    assert!(bed.sandbox.mails().is_empty());
    let lost = Faults::default().on(Operation::SendMail, Fault::new(FaultKind::ResetAfter));
    bed.sandbox.set_faults(lost);
    request(&bed, MAILBOX, STANDARD.encode(mime(MAILBOX))).send().await.unwrap_err();
    assert_eq!(bed.sandbox.mails().len(), 1);
}
