//! Faults: what is answered, and whether the effect happened.

use std::time::Duration;

use reqwest::{Method, RequestBuilder};
use serde_json::json;

use super::bed::{Assertion, Bed, read, user};
use crate::sandbox::{Ending, Fault, FaultKind, Faults, Operation, Options, Sandbox};

fn on_create(fault: Fault) -> Faults {
    Faults::default().on(Operation::CreateUser, fault)
}

fn creation(bed: &Bed) -> RequestBuilder {
    bed.request(Method::POST, "/users").json(&user("ada"))
}

fn users(bed: &Bed) -> usize {
    bed.sandbox.state().users.len()
}

fn last_ending(bed: &Bed) -> Ending {
    bed.sandbox.requests().pop().unwrap().ending
}

#[tokio::test]
async fn a_status_comes_instead_of_the_effect_and_so_often() {
    let bed = Bed::with_faults(on_create(Fault::status(503).retry_after(3).times(2))).await;
    for _ in 0..2 {
        let answer = read(creation(&bed)).await;
        assert_eq!((answer.status, answer.header("retry-after")), (503, "3"));
        assert_eq!(users(&bed), 0);
    }
    assert_eq!(read(creation(&bed)).await.status, 201);
}

#[tokio::test]
async fn a_status_may_come_after_the_effect() {
    let fault = Fault { status: Some(504), ..Fault::new(FaultKind::StatusAfter) };
    let bed = Bed::with_faults(on_create(fault.times(1))).await;
    let answer = read(creation(&bed)).await;
    assert_eq!((answer.status, answer.header("retry-after")), (504, ""));
    assert_eq!(users(&bed), 1);
}

#[tokio::test]
async fn a_fault_may_say_anything() {
    let text = "One or more property values specified are invalid.";
    let fault = Fault::status(400).saying("Request_BadRequest", text);
    let bed = Bed::with_faults(on_create(fault)).await;
    let answer = read(creation(&bed)).await;
    assert_eq!((answer.status, answer.message()), (400, text));
}

#[tokio::test]
async fn resets_come_before_or_after_the_effect() {
    let bed = Bed::with_faults(on_create(Fault::new(FaultKind::ResetBefore).times(1))).await;
    let error = creation(&bed).send().await.unwrap_err();
    assert!(format!("{error:?}").contains("ConnectionReset"), "{error:?}");
    assert_eq!((users(&bed), last_ending(&bed)), (0, Ending::Reset));
    bed.sandbox.set_faults(on_create(Fault::new(FaultKind::ResetAfter).times(1)));
    creation(&bed).send().await.unwrap_err();
    assert_eq!((users(&bed), last_ending(&bed)), (1, Ending::Reset));
}

#[tokio::test]
async fn hanging_lasts_until_the_client_gives_up() {
    for (kind, effects) in [(FaultKind::Hang, 0), (FaultKind::HangAfter, 1)] {
        let bed = Bed::with_faults(on_create(Fault::new(kind).times(1))).await;
        let request = creation(&bed).timeout(Duration::from_millis(200));
        assert!(request.send().await.unwrap_err().is_timeout());
        assert_eq!((users(&bed), last_ending(&bed)), (effects, Ending::Hung));
    }
}

#[tokio::test]
async fn a_hanging_request_does_not_keep_the_sandbox_from_stopping() {
    let bed = Bed::with_faults(on_create(Fault::new(FaultKind::Hang))).await;
    let request = tokio::spawn(creation(&bed).send());
    bed.sandbox.until(|sandbox| sandbox.requests().pop().filter(|r| r.ending == Ending::Hung)).await;
    let address = bed.sandbox.http_url();
    bed.sandbox.stop().await;
    assert!(request.await.unwrap().is_err());
    assert!(bed.http.get(address).send().await.unwrap_err().is_connect());
}

#[tokio::test]
async fn half_an_answer_breaks_off() {
    let bed = Bed::with_faults(on_create(Fault::new(FaultKind::HalfBody).times(1))).await;
    let mut response = creation(&bed).send().await.unwrap();
    assert_eq!(response.status().as_u16(), 201);
    let announced = response.content_length().unwrap();
    let mut got = 0;
    let broken = loop {
        match response.chunk().await {
            Ok(Some(chunk)) => got += chunk.len() as u64,
            Ok(None) => break false,
            Err(_) => break true,
        }
    };
    assert!(broken && got == announced / 2, "{got} of {announced}");
    assert_eq!(users(&bed), 1);
}

#[tokio::test]
async fn garbage_is_not_json() {
    let bed = Bed::with_faults(on_create(Fault::new(FaultKind::Garbage).times(1))).await;
    let response = creation(&bed).send().await.unwrap();
    assert_eq!(response.status().as_u16(), 201);
    assert!(response.json::<serde_json::Value>().await.is_err());
    assert_eq!(users(&bed), 1);
}

#[tokio::test]
async fn the_token_endpoint_has_faults_too() {
    let fault = Fault::status(503).times(1);
    let bed = Bed::with_faults(Faults::default().on(Operation::Token, fault)).await;
    let answer = bed.ask_token(&Assertion::new(&bed).sign(), &[]).await;
    assert_eq!((answer.status, &answer.body["error"]), (503, &json!("temporarily_unavailable")));
    assert_eq!(bed.ask_token(&Assertion::new(&bed).sign(), &[]).await.status, 200);
}

#[tokio::test]
async fn one_fault_may_stand_for_all_of_graph() {
    let faults = Faults::default().on(Operation::AnyGraph, Fault::status(500));
    let mut bed = Bed::with_faults(faults).await;
    assert_eq!(bed.get("/users").await.status, 500);
    assert_eq!(bed.get("/groups").await.status, 500);
    bed.renew().await;
}

#[tokio::test]
async fn a_fault_may_wait_for_its_turn() {
    let bed = Bed::with_faults(on_create(Fault::status(503).after(1).times(1))).await;
    let mut statuses = Vec::new();
    for name in ["a", "b", "c"] {
        statuses.push(bed.post("/users", &user(name)).await.status);
    }
    assert_eq!(statuses, [201, 503, 201]);
}

#[tokio::test]
async fn chances_repeat_themselves_with_a_seed() {
    async fn statuses() -> Vec<u16> {
        let bed = Bed::with(Options { seed: Some(7), ..Options::default() }).await;
        let fault = Fault::status(503).with_probability(0.5);
        bed.sandbox.set_faults(Faults::default().on(Operation::ListUsers, fault));
        let mut statuses = Vec::new();
        for _ in 0..40 {
            statuses.push(bed.get("/users").await.status);
        }
        statuses
    }
    let (first, second) = (statuses().await, statuses().await);
    assert_eq!(first, second);
    assert!(first.contains(&200) && first.contains(&503));
}

#[tokio::test]
async fn latency_is_felt() {
    let bed = Bed::with_faults(Faults::default().latency(Duration::from_millis(60))).await;
    let start = std::time::Instant::now();
    bed.get("/users").await;
    assert!(start.elapsed() >= Duration::from_millis(60));
}

#[tokio::test]
async fn connections_are_counted() {
    let bed = Bed::with_faults(on_create(Fault::new(FaultKind::ResetBefore).times(1))).await;
    bed.get("/users").await;
    bed.get("/users").await;
    creation(&bed).send().await.unwrap_err();
    bed.get("/users").await;
    let connections: Vec<_> = bed.sandbox.requests().iter().map(|r| r.connection).collect();
    assert_eq!(connections, [1, 1, 1, 2]);
}

#[tokio::test]
async fn bad_faults_keep_it_from_starting() {
    let fault = Fault::status(200).with_probability(1.5);
    let options = Options { faults: Faults::default().on(Operation::Token, fault), ..Options::default() };
    assert!(Sandbox::start(options).await.is_err());
}

#[tokio::test]
async fn a_token_is_refused_by_any_of_entras_numbers() {
    for (number, status, error) in [
        (700_016, 400, "unauthorized_client"),
        (700_027, 401, "invalid_client"),
        (90_002, 400, "invalid_request"),
        (50_087, 400, "invalid_grant"),
        (70_011, 400, "invalid_scope"),
    ] {
        let bed = Bed::new().await;
        bed.sandbox
            .set_faults(Faults::default().on(Operation::Token, Fault::aadsts(number).retry_after(2.542)));
        let answer = bed.ask_token(&Assertion::new(&bed).sign(), &[]).await;
        assert_eq!((answer.status, &answer.body["error"]), (status, &json!(error)));
        assert_eq!((&answer.body["error_codes"], answer.header("retry-after")), (&json!([number]), "2.542"));
    }
}

#[tokio::test]
async fn numbers_may_be_odd() {
    let bed = Bed::new().await;
    bed.sandbox.set_faults(Faults { odd_numbers: true, ..Faults::default() });
    let token = bed.ask_token(&Assertion::new(&bed).sign(), &[]).await;
    assert_eq!(token.body["expires_in"], json!("3599"));
    let skus = bed.get("/subscribedSkus").await;
    assert_eq!(skus.body["value"][0]["consumedUnits"], json!("0"));
    let requests = json!([{ "id": "7", "method": "GET", "url": "/subscribedSkus" }]);
    let batch = bed.post("/$batch", &json!({ "requests": requests })).await;
    let item = &batch.body["responses"][0];
    assert_eq!((&item["id"], &item["status"]), (&json!(7), &json!("200")));
}

#[tokio::test]
async fn a_refusal_may_name_a_property() {
    let fault = Fault::status(400).saying("Request_BadRequest", "No.").naming("jobTitle");
    let bed = Bed::with_faults(on_create(fault)).await;
    let answer = read(creation(&bed)).await;
    assert_eq!(answer.body["error"]["details"][0]["target"], json!("jobTitle"));
}

#[tokio::test]
async fn codes_come_as_they_were_asked_for_and_others_are_refused() {
    let bed = Bed::new().await;
    let faults = format!("{}/sandbox/faults", bed.sandbox.http_url());
    let set = async |operation: &str, code: &str| {
        let fault = json!({ "kind": "status", "status": 403, "code": code });
        let body = json!({ "operations": { operation: [fault] } });
        bed.http.put(&faults).json(&body).send().await.unwrap()
    };
    assert_eq!(set("create_user", "Directory_QuotaExceeded").await.status(), 204);
    let answer = read(creation(&bed)).await;
    assert_eq!((answer.status, answer.code()), (403, "Directory_QuotaExceeded"));
    assert_eq!(set("token", "AADSTS7000112").await.status(), 204);
    let answer = bed.ask_token(&Assertion::new(&bed).sign(), &[]).await;
    assert_eq!(answer.body["error_codes"], json!([7_000_112]));
    for (operation, code) in [
        ("token", "invalid_client"),
        ("keys", ""),
        ("smtp_rcpt", "55"),
        ("smtp_auth", "5.7.x"),
        ("get_user", ""),
    ] {
        let answer = set(operation, code).await;
        assert_eq!(answer.status(), 400, "{operation} {code}");
        let said = answer.text().await.unwrap();
        assert!(said.contains(&format!("{operation}: code must")), "{said}");
    }
}

#[test]
fn the_description_of_the_format_is_complete_and_its_examples_are_valid() {
    let text = Faults::format();
    let examples = text.lines().filter_map(|line| Some(&line[line.find("{\"")?..]));
    let mut count = 0;
    for example in examples {
        let operations = if example.contains("operations") {
            example.to_owned()
        } else {
            format!("{{\"operations\":{example}}}")
        };
        let faults: Faults = serde_json::from_str(&operations).unwrap_or_else(|e| panic!("{example}: {e}"));
        assert_eq!(faults.problem(), None, "{example}");
        count += 1;
    }
    assert_eq!(count, 13);
    let words: Vec<&str> = text.split(|c: char| c != '_' && !c.is_alphanumeric()).collect();
    let fault = serde_json::to_value(Fault {
        retry_after: Some(1.0),
        count: Some(1),
        probability: Some(0.5),
        ..Fault::status(400).saying("a", "b").naming("c")
    });
    let fields = fault.unwrap().as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let named = Operation::ALL.iter().map(|operation| operation.name().to_owned());
    for name in named.chain(fields) {
        assert!(words.contains(&name.as_str()), "{name}");
    }
}
