//! Groups and their members.

use serde_json::{Value, json};
use uuid::{Uuid, uuid};

use super::bed::Bed;
use crate::sandbox::{Group, GroupKind, Options, Tenant};

const DYNAMIC: Uuid = uuid!("5a4db0e5-7e4a-4c0e-9b5e-0000000000d1");
const SYNCED: Uuid = uuid!("5a4db0e5-7e4a-4c0e-9b5e-0000000000d2");

fn reference(id: &str) -> Value {
    json!({ "@odata.id": format!("https://graph.microsoft.com/v1.0/directoryObjects/{id}") })
}

async fn bed() -> (Bed, String) {
    let mut options = Options::default();
    for (id, kind) in [(DYNAMIC, GroupKind::Dynamic), (SYNCED, GroupKind::Synced)] {
        let display_name = format!("{kind:?}");
        options.tenant.groups.push(Group { id, display_name, kind });
    }
    (Bed::with(options).await, Tenant::default().groups[0].id.to_string())
}

#[tokio::test]
async fn a_member_joins_once_and_leaves_once() {
    let (bed, group) = bed().await;
    let id = bed.create("ada").await;
    let path = format!("/groups/{group}/members/$ref");
    let answer = bed.post(&path, &reference(&id)).await;
    assert_eq!((answer.status, answer.body), (204, Value::Null));
    let answer = bed.post(&path, &reference(&id)).await;
    assert_eq!((answer.status, answer.code()), (400, "Request_BadRequest"));
    assert_eq!(
        answer.message(),
        "One or more added object references already exist for the following modified properties: 'members'."
    );
    let members = bed.get(&format!("/groups/{group}/members?$select=id")).await;
    assert_eq!(members.body["value"], json!([{ "@odata.type": "#microsoft.graph.user", "id": id }]));
    let groups = bed.get(&format!("/users/{id}/memberOf")).await;
    assert_eq!(groups.body["value"][0]["id"], group);
    assert_eq!(groups.body["value"][0]["@odata.type"], "#microsoft.graph.group");
    let member = format!("/groups/{group}/members/{id}/$ref");
    assert_eq!(bed.delete(&member).await.status, 204);
    assert_eq!(bed.delete(&member).await.status, 404);
}

#[tokio::test]
async fn references_must_lead_somewhere() {
    let (bed, group) = bed().await;
    let id = bed.create("ada").await;
    let path = format!("/groups/{group}/members/$ref");
    let nobody = "00000000-0000-0000-0000-000000000001";
    assert_eq!(bed.post(&path, &reference(nobody)).await.status, 404);
    let nowhere = format!("/groups/{nobody}/members/$ref");
    assert_eq!(bed.post(&nowhere, &reference(&id)).await.status, 404);
    for body in
        [json!({}), json!({ "@odata.id": id }), json!({ "id": id }), reference("ada@students.example.edu")]
    {
        assert_eq!(bed.post(&path, &body).await.status, 400, "{body}");
    }
    let own = json!({ "@odata.id": format!("{}/users/{id}", bed.sandbox.graph_url()) });
    assert_eq!(bed.post(&path, &own).await.status, 204);
}

#[tokio::test]
async fn some_groups_are_decided_about_elsewhere() {
    let (bed, _) = bed().await;
    let id = bed.create("ada").await;
    let answer = bed.post(&format!("/groups/{DYNAMIC}/members/$ref"), &reference(&id)).await;
    assert_eq!((answer.status, answer.code()), (403, "Authorization_RequestDenied"));
    let answer = bed.post(&format!("/groups/{SYNCED}/members/$ref"), &reference(&id)).await;
    assert!(answer.message().contains("on-premises mastered"));
}

#[tokio::test]
async fn groups_tell_what_they_are() {
    let (bed, group) = bed().await;
    let all = bed.get("/groups").await;
    assert_eq!(all.body["value"].as_array().unwrap().len(), 4);
    let one = bed.get(&format!("/groups/{group}")).await;
    assert_eq!(one.body["displayName"], "All students");
    assert_eq!(one.body["groupTypes"], json!([]));
    let dynamic = bed.get(&format!("/groups/{DYNAMIC}?$select=groupTypes")).await;
    assert_eq!(dynamic.body["groupTypes"], json!(["DynamicMembership"]));
    let synced = bed.get(&format!("/groups/{SYNCED}")).await;
    assert_eq!(synced.body["onPremisesSyncEnabled"], true);
    let found = bed.get("/groups?$filter=displayName eq 'computer science'").await;
    assert_eq!(found.body["value"].as_array().unwrap().len(), 1);
}
