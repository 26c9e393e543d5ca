//! The interfaces that observe and control the sandbox.

use std::time::Duration;

use lettre::message::SinglePart;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};
use reqwest::Method;
use scraper::{Html, Selector};
use serde_json::{Value, json};

use super::bed::{Bed, read};
use crate::sandbox::Sandbox;

async fn send(sandbox: &Sandbox, html: &str) {
    let address = sandbox.smtp_addr();
    let transport =
        AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous("127.0.0.1").port(address.port()).build();
    let message = Message::builder()
        .from("a@example.edu".parse().unwrap())
        .to("ada@example.org".parse().unwrap())
        .subject("<script>alert(1)</script>")
        .singlepart(SinglePart::html(html.to_owned()))
        .unwrap();
    transport.send(message).await.unwrap();
}

async fn page(bed: &Bed, path: &str) -> (reqwest::header::HeaderMap, String) {
    let response = bed.http.get(bed.sandbox.http_url() + path).send().await.unwrap();
    assert_eq!(response.status().as_u16(), 200, "{path}");
    (response.headers().clone(), response.text().await.unwrap())
}

fn texts(page: &str, selector: &str) -> Vec<String> {
    let selector = Selector::parse(selector).unwrap();
    let page = Html::parse_document(page);
    page.select(&selector).map(|element| element.text().collect()).collect()
}

async fn json_of(bed: &Bed, path: &str) -> Value {
    read(bed.http.get(bed.sandbox.http_url() + path)).await.body
}

#[tokio::test]
async fn state_and_requests_are_told_as_json() {
    let bed = Bed::new().await;
    let id = bed.create("ada").await;
    let state = json_of(&bed, "/sandbox/state").await;
    assert_eq!(state["users"][0]["id"], id);
    assert_eq!(state["users"][0]["user_principal_name"], "ada@students.example.edu");
    assert!(!state.to_string().contains(super::bed::PASSWORD));
    let requests = json_of(&bed, "/sandbox/requests").await;
    let request = &requests[0];
    assert_eq!((&request["method"], &request["path"]), (&json!("POST"), &json!("/v1.0/users")));
    assert_eq!((&request["status"], &request["connection"]), (&json!(201), &json!(1)));
    assert_eq!((&request["operation"], &request["ending"]), (&json!("create_user"), &json!("answered")));
    let url = bed.sandbox.http_url() + "/sandbox/requests";
    assert_eq!(read(bed.http.delete(url)).await.status, 204);
    assert_eq!(json_of(&bed, "/sandbox/requests").await, json!([]));
}

#[tokio::test]
async fn faults_are_set_shown_and_cleared() {
    let bed = Bed::new().await;
    let url = bed.sandbox.http_url() + "/sandbox/faults";
    let faults = json!({
        "latency_ms": 1,
        "lag_ms": 0,
        "throttle": {},
        "operations": {
            "create_user": [{ "kind": "status", "status": 429, "retry_after": 2, "count": 1 }],
            "smtp_rcpt": [{ "kind": "status", "status": 550, "probability": 0.5 }],
        },
    });
    assert_eq!(read(bed.http.put(&url).json(&faults)).await.status, 204);
    assert_eq!(bed.post("/users", &super::bed::user("ada")).await.status, 429);
    bed.create("ada").await;
    let shown = json_of(&bed, "/sandbox/faults").await;
    assert_eq!(shown["operations"]["create_user"][0]["count"], 0);
    assert_eq!(shown["throttle"]["writes"], 3000);
    for bad in [
        json!({ "latency": 1 }),
        json!({ "operations": { "fly": [] } }),
        json!({ "operations": { "token": [{ "kind": "status", "cuont": 1 }] } }),
        json!({ "operations": { "token": [{ "kind": "status", "status": 99 }] } }),
        json!({ "operations": { "token": [{ "kind": "status", "probability": 2 }] } }),
    ] {
        let answer = read(bed.http.put(&url).json(&bad)).await;
        assert_eq!(answer.status, 400, "{bad}");
        assert!(answer.body["error"].is_string());
    }
    assert_eq!(read(bed.http.delete(&url)).await.status, 204);
    assert_eq!(json_of(&bed, "/sandbox/faults").await["operations"], json!({}));
}

#[tokio::test]
async fn mails_can_be_waited_for_from_outside() {
    let bed = Bed::new().await;
    let url = bed.sandbox.http_url() + "/sandbox/mails?to=ada@example.org&wait_ms=20000";
    let (answer, ()) = tokio::join!(read(bed.http.get(url)), send(&bed.sandbox, "<p>hi</p>"));
    assert_eq!(answer.body[0]["recipient"], "ada@example.org");
    assert_eq!(answer.body[0]["html"].as_str().unwrap().trim(), "<p>hi</p>");
    assert!(answer.body[0]["raw"].as_str().unwrap().contains("Subject:"));
    assert_eq!(json_of(&bed, "/sandbox/mails?to=bob@example.org").await, json!([]));
    let url = bed.sandbox.http_url() + "/sandbox/mails";
    bed.http.request(Method::DELETE, url).send().await.unwrap();
    assert!(bed.sandbox.mails().is_empty());
}

#[tokio::test]
async fn the_tenants_page_shows_who_is_there() {
    let bed = Bed::new().await;
    bed.create("ada").await;
    let (headers, page) = page(&bed, "/").await;
    let policy = headers["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'"));
    assert!(texts(&page, "td").iter().any(|text| text == "ada@students.example.edu"));
    assert!(texts(&page, "td").iter().any(|text| text == "create_user"));
    assert_eq!(texts(&page, "h1"), ["Example University"]);
    assert!(!page.contains("<script"));
}

#[tokio::test]
async fn a_mails_html_is_shown_without_power() {
    let bed = Bed::new().await;
    send(&bed.sandbox, "<script>alert(2)</script><p>hi</p>").await;
    let (_, inbox) = page(&bed, "/sandbox/inbox").await;
    assert_eq!(texts(&inbox, ".mails a"), ["<script>alert(1)</script>"]);
    assert!(texts(&inbox, ".mails small")[0].starts_with("to ada@example.org by SMTP, "));
    assert!(!inbox.contains("<script"));
    let (_, mail) = page(&bed, "/sandbox/inbox/1").await;
    assert!(!mail.contains("<script"));
    let frames = Selector::parse("iframe[sandbox='']").unwrap();
    assert_eq!(Html::parse_document(&mail).select(&frames).count(), 1);
    let (headers, html) = page(&bed, "/sandbox/inbox/1/html").await;
    let policy = headers["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("sandbox; default-src 'none'") && html.contains("<p>hi</p>"));
    let (headers, _) = page(&bed, "/sandbox/inbox/1/raw").await;
    assert!(headers["content-type"].to_str().unwrap().starts_with("text/plain"));
    let (headers, _) = page(&bed, "/sandbox/style.css").await;
    assert!(headers["content-type"].to_str().unwrap().starts_with("text/css"));
    let missing = bed.sandbox.http_url() + "/sandbox/inbox/2";
    assert_eq!(bed.http.get(missing).send().await.unwrap().status().as_u16(), 404);
}

#[tokio::test]
async fn looking_does_not_show_in_the_log() {
    let bed = Bed::new().await;
    for path in ["/sandbox/state", "/sandbox/requests", "/sandbox/mails"] {
        json_of(&bed, path).await;
    }
    page(&bed, "/sandbox/").await;
    assert!(bed.sandbox.requests().is_empty());
}

#[tokio::test]
async fn a_burst_on_many_connections_is_taken() {
    let bed = Bed::new().await;
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..200 {
        let body = super::bed::user(&format!("user{number}"));
        tasks.spawn(bed.request(Method::POST, "/users").json(&body).send());
    }
    let answers = tokio::time::timeout(Duration::from_secs(30), tasks.join_all()).await.unwrap();
    assert!(answers.into_iter().all(|answer| answer.unwrap().status().as_u16() == 201));
    assert_eq!(bed.sandbox.state().users.len(), 200);
    assert_eq!(bed.sandbox.requests().len(), 200);
}

#[tokio::test]
async fn previews_are_shown_where_some_were_handed_over() {
    let bed = Bed::new().await;
    let page = async |path: &str| {
        let answer = bed.http.get(format!("{}{path}", bed.sandbox.http_url())).send().await.unwrap();
        let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
        (answer.status().as_u16(), policy, answer.text().await.unwrap())
    };
    assert_eq!(page("/sandbox/previews").await.0, 404);
    assert!(!page("/sandbox/").await.2.contains("/sandbox/previews"));
    let preview = |language: &str| crate::sandbox::Preview {
        title: "Password".to_owned(),
        language: language.to_owned(),
        subject: format!("A subject in {language}"),
        text: "text & more".to_owned(),
        html: "<p>html</p>".to_owned(),
    };
    bed.sandbox.show_previews(vec![preview("en"), preview("ar")]);
    assert!(page("/sandbox/").await.2.contains("/sandbox/previews"));
    let list = page("/sandbox/previews").await.2;
    assert!(list.contains("A subject in en") && list.contains("/sandbox/previews/1"), "{list}");
    let one = page("/sandbox/previews/1").await.2;
    assert!(one.contains("text &#38; more") && one.contains("/sandbox/previews/1/html"), "{one}");
    let (status, policy, html) = page("/sandbox/previews/1/html").await;
    assert_eq!((status, html.as_str()), (200, "<p>html</p>"));
    assert!(policy.starts_with("sandbox; default-src 'none'"), "{policy}");
    assert_eq!(page("/sandbox/previews/2").await.0, 404);
}
