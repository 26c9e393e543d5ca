//! Batches.

use serde_json::{Value, json};

use super::bed::{Answer, Bed};
use crate::sandbox::{Fault, FaultKind, Faults, Operation, STUDENT_SKU, Tenant};

fn json_headers() -> Value {
    json!({ "Content-Type": "application/json" })
}

/// The requests of a signup: a licence and both groups.
fn signup(id: &str) -> Value {
    let mut requests = vec![json!({
        "id": "licence",
        "method": "POST",
        "url": format!("/users/{id}/assignLicense"),
        "headers": json_headers(),
        "body": { "addLicenses": [{ "skuId": STUDENT_SKU }], "removeLicenses": [] },
    })];
    for (place, group) in Tenant::default().groups.iter().enumerate() {
        requests.push(json!({
            "id": format!("group{place}"),
            "method": "POST",
            "url": format!("/groups/{}/members/$ref", group.id),
            "headers": json_headers(),
            "body": { "@odata.id": format!("https://graph.microsoft.com/v1.0/directoryObjects/{id}") },
        }));
    }
    json!({ "requests": requests })
}

/// The item with an id; their order has no meaning.
fn item<'a>(answer: &'a Answer, id: &str) -> &'a Value {
    let items = answer.body["responses"].as_array().unwrap();
    items.iter().find(|item| item["id"] == id).unwrap()
}

#[tokio::test]
async fn a_batch_does_everything_at_once() {
    let bed = Bed::new().await;
    let id = bed.create("ada").await;
    let answer = bed.post("/$batch", &signup(&id)).await;
    assert_eq!(answer.status, 200);
    assert_eq!(item(&answer, "licence")["status"], 200);
    assert_eq!(item(&answer, "licence")["body"]["id"], id);
    assert_eq!(item(&answer, "group0")["status"], 204);
    assert!(item(&answer, "group1").get("body").is_none());
    let state = bed.sandbox.state();
    assert_eq!((state.users[0].licenses.len(), state.users[0].groups.len()), (1, 2));
    let request = bed.sandbox.requests().pop().unwrap();
    assert_eq!((request.operation, request.status), (Operation::Batch, Some(200)));
    let operations: Vec<_> = request.items.iter().map(|item| (item.operation, item.status)).collect();
    let expected = [
        (Operation::AssignLicense, Some(200)),
        (Operation::AddMember, Some(204)),
        (Operation::AddMember, Some(204)),
    ];
    assert_eq!(operations, expected);
}

#[tokio::test]
async fn items_fail_on_their_own() {
    let bed = Bed::new().await;
    let id = bed.create("ada").await;
    let throttled = Fault::status(429).retry_after(7).times(1);
    bed.sandbox.set_faults(Faults::default().on(Operation::AddMember, throttled));
    let answer = bed.post("/$batch", &signup(&id)).await;
    assert_eq!(item(&answer, "licence")["status"], 200);
    let refused = item(&answer, "group0");
    assert_eq!((&refused["status"], &refused["headers"]["Retry-After"]), (&json!(429), &json!("7")));
    assert_eq!(refused["body"]["error"]["code"], "TooManyRequests");
    assert_eq!(item(&answer, "group1")["status"], 204);
    let again = bed.post("/$batch", &signup(&id)).await;
    assert_eq!(item(&again, "group0")["status"], 204);
    assert_eq!(item(&again, "group1")["status"], 400);
}

#[tokio::test]
async fn what_depends_on_a_failure_fails_too() {
    let bed = Bed::new().await;
    let id = bed.create("ada").await;
    let get = |name: &str, path: &str, depends: Value| json!({ "id": name, "method": "GET", "url": path, "dependsOn": depends });
    let requests = [
        get("1", "/users/nobody@students.example.edu", json!([])),
        get("2", &format!("/users/{id}"), json!(["1"])),
        get("3", &format!("users/{id}?$select=id"), json!([])),
        get("4", &format!("/users/{id}"), json!(["3"])),
    ];
    let answer = bed.post("/$batch", &json!({ "requests": requests })).await;
    let statuses = ["1", "2", "3", "4"].map(|id| item(&answer, id)["status"].as_u64().unwrap());
    assert_eq!(statuses, [404, 424, 200, 200]);
}

#[tokio::test]
async fn bad_batches_are_refused_as_a_whole() {
    let bed = Bed::new().await;
    let get = |id: usize| json!({ "id": id.to_string(), "method": "GET", "url": "/users" });
    let many: Vec<_> = (0..21).map(get).collect();
    let answer = bed.post("/$batch", &json!({ "requests": many })).await;
    assert_eq!(answer.message(), "Number of batch request steps exceeds the max value of 20.");
    let post = json!({ "id": "1", "method": "POST", "url": "/users", "body": {} });
    let unknown = json!({ "id": "1", "method": "GET", "url": "/users", "dependsOn": ["2"] });
    for requests in [json!([get(1), get(1)]), json!([post]), json!([unknown]), json!("x")] {
        let answer = bed.post("/$batch", &json!({ "requests": requests })).await;
        assert_eq!((answer.status, answer.code()), (400, "BadRequest"), "{requests}");
    }
}

#[tokio::test]
async fn a_batch_inside_a_batch_is_refused() {
    let bed = Bed::new().await;
    let inner =
        json!({ "id": "1", "method": "POST", "url": "/$batch", "headers": json_headers(), "body": {} });
    let answer = bed.post("/$batch", &json!({ "requests": [inner] })).await;
    assert_eq!(item(&answer, "1")["status"], 400);
}

#[tokio::test]
async fn a_reset_inside_a_batch_ends_it_there() {
    let bed = Bed::new().await;
    let id = bed.create("ada").await;
    let reset = Fault::new(FaultKind::ResetAfter).times(1);
    bed.sandbox.set_faults(Faults::default().on(Operation::AddMember, reset));
    let request = bed.request(reqwest::Method::POST, "/$batch").json(&signup(&id));
    assert!(request.send().await.is_err());
    let user = &bed.sandbox.state().users[0];
    assert_eq!((user.licenses.len(), user.groups.len()), (1, 1));
}
