//! Licences and memberships in batches.

use rstest::rstest;

use super::*;
use crate::{
    domain::{GroupId, ObjectId, SkuId},
    graph::{ErrorKind, Item, ItemResult},
};

const SKU: &str = "314c4481-f395-4525-be8b-2ec4bb1e9d91";

fn group(number: usize) -> GroupId {
    format!("6f1a0c52-3a51-4f7c-9a43-{number:012}").parse().unwrap()
}

fn groups(count: usize) -> Vec<GroupId> {
    (0..count).map(group).collect()
}

fn user() -> ObjectId {
    USER.parse().unwrap()
}

/// Answers each item of a batch by its URL, in reverse order as Graph may.
async fn answer_items(tenant: &Tenant, answer: impl Fn(&str) -> Option<Value> + Send + Sync + 'static) {
    let batch = move |request: &Request| {
        let body: Value = request.body_json().unwrap();
        let items = body["requests"].as_array().unwrap().iter().rev();
        let responses: Vec<Value> = items
            .filter_map(|item| {
                let mut response = answer(item["url"].as_str().unwrap())?;
                response["id"] = item["id"].clone();
                Some(response)
            })
            .collect();
        ResponseTemplate::new(200).set_body_json(json!({ "responses": responses }))
    };
    Mock::given(method("POST")).and(path("/v1.0/$batch")).respond_with(batch).mount(&tenant.server).await;
}

fn item(status: u16, code: &str, message: &str) -> Value {
    json!({ "status": status, "headers": {}, "body": { "error": { "code": code, "message": message } } })
}

fn given() -> Value {
    json!({ "status": 204, "headers": { "request-id": "x" }, "body": null })
}

async fn entitle(tenant: &Tenant, skus: usize, groups: &[GroupId]) -> Vec<ItemResult> {
    let sku: SkuId = SKU.parse().unwrap();
    tenant.graph.entitle(user(), &vec![sku; skus], groups).await.unwrap()
}

#[tokio::test]
async fn one_round_trip_gives_everything() {
    let tenant = Tenant::start().await;
    answer_items(&tenant, |_| Some(given())).await;
    let results = entitle(&tenant, 1, &groups(19)).await;
    assert_eq!(results.len(), 20);
    assert_eq!(results[0].item, Item::Licences);
    assert!(results.iter().all(|result| result.result.is_ok()));
    let calls = tenant.calls().await;
    assert_eq!(calls.len(), 1);
    let requests = &calls[0].body_json::<Value>().unwrap()["requests"];
    let json_type = json!({ "Content-Type": "application/json" });
    assert_eq!(
        requests[0],
        json!({
            "id": "0", "method": "POST", "url": format!("/users/{USER}/assignLicense"), "headers": json_type,
            "body": { "addLicenses": [{ "skuId": SKU, "disabledPlans": [] }], "removeLicenses": [] },
        })
    );
    let reference = format!("{}/v1.0/directoryObjects/{USER}", tenant.server.uri());
    assert_eq!(
        requests[19],
        json!({
            "id": "19", "method": "POST", "url": format!("/groups/{}/members/$ref", group(18)),
            "headers": json_type, "body": { "@odata.id": reference },
        })
    );
}

#[tokio::test]
async fn forty_five_groups_take_three_round_trips() {
    let tenant = Tenant::start().await;
    answer_items(&tenant, |_| Some(given())).await;
    let results = entitle(&tenant, 0, &groups(45)).await;
    let expected: Vec<Item> = groups(45).into_iter().map(Item::Group).collect();
    assert_eq!(results.iter().map(|result| result.item).collect::<Vec<_>>(), expected);
    let sizes: Vec<usize> = tenant
        .calls()
        .await
        .iter()
        .map(|call| call.body_json::<Value>().unwrap()["requests"].as_array().unwrap().len())
        .collect();
    assert_eq!(sizes, [20, 20, 5]);
}

#[tokio::test]
async fn nothing_to_give_is_no_call() {
    let tenant = Tenant::start().await;
    assert!(entitle(&tenant, 0, &[]).await.is_empty());
    assert!(tenant.calls().await.is_empty());
}

#[tokio::test]
async fn each_item_has_its_own_outcome() {
    let tenant = Tenant::start().await;
    answer_items(&tenant, |url| match url {
        url if url.ends_with("assignLicense") => {
            Some(item(400, "Request_BadRequest", "Subscription with SKU 314c4481 does not have any available licenses."))
        }
        url if url.contains("000000000000/") => Some(item(
            400,
            "Request_BadRequest",
            "One or more added object references already exist for the following modified properties: 'members'.",
        )),
        url if url.contains("000000000001/") => {
            let mut throttled = item(429, "TooManyRequests", "Please retry again later.");
            throttled["headers"] = json!({ "retry-after": "9" });
            Some(throttled)
        }
        url if url.contains("000000000002/") => None,
        _ => Some(given()),
    })
    .await;
    let results = entitle(&tenant, 1, &groups(4)).await;
    let kinds: Vec<Option<ErrorKind>> =
        results.iter().map(|r| r.result.as_ref().err().map(|e| e.kind)).collect();
    let expected =
        [Some(ErrorKind::NoSeats), None, Some(ErrorKind::Throttled), Some(ErrorKind::Unclear), None];
    assert_eq!(kinds, expected);
    let throttled = results[2].result.as_ref().unwrap_err();
    assert_eq!(throttled.retry_after, Some(Duration::from_secs(9)));
}

#[rstest]
#[case(
    400,
    "License assignment cannot be done for user with invalid usage location.",
    ErrorKind::UsageLocation
)]
#[case(400, "License 314c4481 does not correspond to a valid company License.", ErrorKind::LicenceUnknown)]
#[case(400, "Something about a licence that nobody has seen yet.", ErrorKind::LicenceUnknown)]
#[case(403, "Insufficient privileges to complete the operation.", ErrorKind::TargetForbidden)]
#[case(400, "License 314c4481 cannot be assigned to a user.", ErrorKind::LicenceUnassignable)]
#[case(
    400,
    "License assignment failed because service plans 4fa4026d,57ff2da0 are mutually exclusive",
    ErrorKind::LicenceConflict
)]
#[case(
    400,
    "License assignment failed because service plan fe71d6c3 depends on the service plan(s) 5dbe027f",
    ErrorKind::LicenceDependency
)]
#[case(
    400,
    "Another object with the same value for property proxyAddresses already exists.",
    ErrorKind::AddressTaken
)]
#[case(
    409,
    "Error due to concurrent requests being made to the tenant. Please wait briefly and retry.",
    ErrorKind::Busy
)]
#[case(
    404,
    "Resource '6ea91a8d-e32e-41a1-b7bd-d2d185eed0e0' does not exist or one of its queried reference-property objects are not present.",
    ErrorKind::Lag
)]
#[case(409, "Another update is in progress.", ErrorKind::Busy)]
#[case(409, "x", ErrorKind::Lag)]
#[case(424, "Failed dependency.", ErrorKind::Unavailable)]
#[case(500, "x", ErrorKind::Unclear)]
#[case(503, "x", ErrorKind::Unclear)]
#[case(504, "x", ErrorKind::Unclear)]
#[tokio::test]
async fn a_refused_licence_has_its_kind(
    #[case] status: u16,
    #[case] message: &'static str,
    #[case] kind: ErrorKind,
) {
    let tenant = Tenant::start().await;
    answer_items(&tenant, move |_| Some(item(status, "Request_BadRequest", message))).await;
    let results = entitle(&tenant, 1, &[]).await;
    assert_eq!(results[0].result.as_ref().unwrap_err().kind, kind);
}

#[rstest]
#[case(
    400,
    "The source resource object or one of the objects being referenced do not exist.",
    ErrorKind::Lag
)]
#[case(400, "Insufficient privileges: the group is mail-enabled.", ErrorKind::GroupRefused)]
#[case(
    404,
    "Resource '6ea91a8d-e32e-41a1-b7bd-d2d185eed0e0' does not exist or one of its queried reference-property objects are not present.",
    ErrorKind::Lag
)]
#[case(
    404,
    "Resource '6f1a0c52-3a51-4f7c-9a43-000000000000' does not exist or one of its queried reference-property objects are not present.",
    ErrorKind::GroupRefused
)]
#[case(403, "Insufficient privileges to complete the operation.", ErrorKind::TargetForbidden)]
#[case(400, "Not a valid reference update", ErrorKind::Lag)]
#[tokio::test]
async fn a_refused_membership_has_its_kind(
    #[case] status: u16,
    #[case] message: &'static str,
    #[case] kind: ErrorKind,
) {
    let tenant = Tenant::start().await;
    answer_items(&tenant, move |_| Some(item(status, "x", message))).await;
    let results = entitle(&tenant, 0, &groups(1)).await;
    assert_eq!(results[0].result.as_ref().unwrap_err().kind, kind);
}

#[rstest]
#[case("CountViolation", ErrorKind::NoSeats)]
#[case("MutuallyExclusiveViolation", ErrorKind::LicenceConflict)]
#[case("DependencyViolation", ErrorKind::LicenceDependency)]
#[case("ProhibitedInUsageLocationViolation", ErrorKind::UsageLocation)]
#[case("UniquenessViolation", ErrorKind::AddressTaken)]
#[case("LicenseAssignmentAttributeConcurrencyException", ErrorKind::Busy)]
#[case("Directory_QuotaExceeded", ErrorKind::QuotaExceeded)]
#[tokio::test]
async fn a_code_of_the_error_or_of_its_details_tells_the_kind(
    #[case] code: &'static str,
    #[case] kind: ErrorKind,
) {
    let in_details = json!([{ "code": code, "message": "m", "target": null }]);
    for (code, details) in [(code, Value::Null), ("Request_BadRequest", in_details)] {
        let tenant = Tenant::start().await;
        let body = json!({ "error": { "code": code, "message": "x", "details": details } });
        answer_items(&tenant, move |_| Some(json!({ "status": 400, "body": body }))).await;
        assert_eq!(entitle(&tenant, 1, &[]).await[0].result.as_ref().unwrap_err().kind, kind);
    }
}

/// Numbers as text and ids as numbers, as some of Graph's servers write them.
#[tokio::test]
async fn answers_are_matched_however_their_numbers_are_written() {
    let tenant = Tenant::start().await;
    let batch = |request: &Request| {
        let body: Value = request.body_json().unwrap();
        let items = body["requests"].as_array().unwrap().iter().rev();
        let odd = |item: &Value| {
            let id: u64 = item["id"].as_str().unwrap().parse().unwrap();
            match id {
                0 => json!({ "id": 0, "status": "429", "headers": { "Retry-After": 2.542 } }),
                _ => json!({ "id": id, "status": "204", "headers": null }),
            }
        };
        ResponseTemplate::new(200).set_body_json(json!({ "responses": items.map(odd).collect::<Vec<_>>() }))
    };
    Mock::given(path("/v1.0/$batch")).respond_with(batch).mount(&tenant.server).await;
    let results = entitle(&tenant, 0, &groups(3)).await;
    let throttled = results[0].result.as_ref().unwrap_err();
    assert_eq!(
        (throttled.kind, throttled.retry_after),
        (ErrorKind::Throttled, Some(Duration::from_millis(2542)))
    );
    assert!(results[1..].iter().all(|result| result.result.is_ok()));
}

/// Answers items with 401 as long as the batch's token is one of the first `refused`.
async fn refuse_tokens(tenant: &Tenant, refused: usize) {
    let batch = move |request: &Request| {
        let token = request.headers["authorization"].to_str().unwrap().to_owned();
        let is_refused = (1..=refused).any(|number| token == format!("Bearer token-{number}"));
        let body: Value = request.body_json().unwrap();
        let answer = |item: &Value| {
            let is_first = item["url"].as_str().unwrap().contains("000000000000/");
            let status = if is_refused && is_first { 401 } else { 204 };
            json!({ "id": item["id"], "status": status })
        };
        let responses: Vec<_> = body["requests"].as_array().unwrap().iter().map(answer).collect();
        ResponseTemplate::new(200).set_body_json(json!({ "responses": responses }))
    };
    Mock::given(path("/v1.0/$batch")).respond_with(batch).mount(&tenant.server).await;
}

#[tokio::test]
async fn an_item_whose_token_is_refused_is_sent_again_alone_with_a_fresh_one() {
    let tenant = Tenant::start().await;
    refuse_tokens(&tenant, 1).await;
    let results = entitle(&tenant, 0, &groups(3)).await;
    assert!(results.iter().all(|result| result.result.is_ok()));
    let calls = tenant.calls().await;
    let sizes: Vec<usize> = calls
        .iter()
        .map(|call| call.body_json::<Value>().unwrap()["requests"].as_array().unwrap().len())
        .collect();
    assert_eq!((sizes, tenant.tokens_given()), (vec![3, 1], 2));

    let tenant = Tenant::start().await;
    refuse_tokens(&tenant, 9).await;
    let results = entitle(&tenant, 0, &groups(3)).await;
    assert_eq!(results[0].result.as_ref().unwrap_err().kind, ErrorKind::IdentityRefused);
    assert_eq!(tenant.calls().await.len(), 2, "once more, and no further");
}

#[tokio::test]
async fn an_item_has_the_request_id_of_its_own() {
    let tenant = Tenant::start().await;
    answer_items(&tenant, |_| {
        let mut refused = item(400, "Request_BadRequest", "Something new.");
        refused["headers"] = json!({ "request-id": "7c0d-1" });
        Some(refused)
    })
    .await;
    let results = entitle(&tenant, 0, &groups(1)).await;
    assert_eq!(
        results[0].result.as_ref().unwrap_err().detail(),
        "Request_BadRequest (400), request-id 7c0d-1"
    );
}

#[tokio::test]
async fn a_body_that_is_no_error_object_leaves_the_item_unclear() {
    let tenant = Tenant::start().await;
    answer_items(&tenant, |_| Some(json!({ "status": 400, "body": "PGh0bWw+" }))).await;
    let results = entitle(&tenant, 0, &groups(1)).await;
    assert_eq!(results[0].result.as_ref().unwrap_err().kind, ErrorKind::Unclear);
}

#[tokio::test]
async fn a_batch_that_fails_as_a_whole_is_one_error_and_a_later_one_its_items() {
    let tenant = Tenant::start().await;
    let throttled =
        refusal(429, "TooManyRequests", "Please retry again later.").insert_header("Retry-After", "30");
    tenant.answers("POST", "/v1.0/$batch", throttled.clone()).await;
    let error = tenant.graph.entitle(user(), &[], &groups(2)).await.unwrap_err();
    assert_eq!((error.kind, error.retry_after), (ErrorKind::Throttled, Some(Duration::from_secs(30))));

    let tenant = Tenant::start().await;
    let calls = AtomicUsize::new(0);
    let second_fails = move |request: &Request| {
        if calls.fetch_add(1, Ordering::SeqCst) > 0 {
            return throttled.clone();
        }
        let body: Value = request.body_json().unwrap();
        let all: Vec<Value> = body["requests"]
            .as_array()
            .unwrap()
            .iter()
            .map(|r| json!({ "id": r["id"], "status": 204 }))
            .collect();
        ResponseTemplate::new(200).set_body_json(json!({ "responses": all }))
    };
    Mock::given(path("/v1.0/$batch")).respond_with(second_fails).mount(&tenant.server).await;
    let results = entitle(&tenant, 0, &groups(45)).await;
    assert_eq!(results.len(), 45);
    assert!(results[..20].iter().all(|result| result.result.is_ok()));
    assert!(results[20..].iter().all(|r| r.result.as_ref().unwrap_err().kind == ErrorKind::Throttled));
    assert_eq!(tenant.calls().await.len(), 2, "nothing more is sent into a throttled tenant");
}
