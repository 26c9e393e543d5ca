//! Groups and their members.

use reqwest::Method;
use serde_json::{Value, json};
use uuid::{Uuid, uuid};

use super::bed::{Bed, read};
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

#[tokio::test]
async fn members_are_cast_to_a_type() {
    let (bed, group) = bed().await;
    let id = bed.create("ada").await;
    bed.post(&format!("/groups/{group}/members/$ref"), &reference(&id)).await;
    for (path, count) in [
        (format!("/groups/{group}/members"), 1),
        (format!("/groups/{group}/members/microsoft.graph.user"), 1),
        (format!("/groups/{group}/members/graph.user"), 1),
        (format!("/groups/{group}/members/graph.group"), 0),
        (format!("/groups/{group}/members/microsoft.graph.device"), 0),
        (format!("/groups/{group}/transitiveMembers"), 1),
        (format!("/groups/{group}/transitiveMembers/microsoft.graph.user"), 1),
        (format!("/users/{id}/memberOf/graph.group"), 1),
        (format!("/users/{id}/memberOf/graph.user"), 0),
        (format!("/users/{id}/transitiveMemberOf"), 1),
        (format!("/users/{id}/transitiveMemberOf/microsoft.graph.group"), 1),
        (format!("/users/{id}/transitiveMemberOf/microsoft.graph.directoryRole"), 0),
    ] {
        let answer = bed.get(&path).await;
        let found = answer.body["value"].as_array().unwrap_or_else(|| panic!("{path}: {answer:?}"));
        assert_eq!(found.len(), count, "{path}");
        let is_cast = path.contains("graph.");
        assert!(
            found.iter().all(|object| object.get("@odata.type").is_none() == is_cast),
            "{path}: {found:?}"
        );
    }
    let cast = bed.get(&format!("/groups/{group}/members/graph.user?$select=id")).await;
    assert_eq!(cast.body["value"], json!([{ "id": id }]));
    assert!(cast.body["@odata.context"].as_str().unwrap().ends_with("#users"));
    assert_eq!(bed.get(&format!("/groups/{group}/members/graph.planet")).await.status, 400);
    // Transitive members are cast to other types by advanced queries alone.
    let path = format!("/groups/{group}/transitiveMembers/microsoft.graph.group");
    let answer = bed.get(&path).await;
    assert_eq!((answer.status, answer.code()), (400, "Request_UnsupportedQuery"));
    let request = bed.request(Method::GET, &format!("{path}?$count=true"));
    assert_eq!(read(request.header("ConsistencyLevel", "eventual")).await.status, 200);
}

#[tokio::test]
async fn members_are_filtered_by_advanced_queries_alone() {
    let (bed, group) = bed().await;
    for name in ["ada", "bob"] {
        let id = bed.create(name).await;
        bed.post(&format!("/groups/{group}/members/$ref"), &reference(&id)).await;
    }
    let path = format!("/groups/{group}/members?$filter=startswith(userPrincipalName,'b')&$count=true");
    let answer = bed.get(&path).await;
    assert_eq!((answer.status, answer.code()), (400, "Request_UnsupportedQuery"));
    let answer = read(bed.request(Method::GET, &path).header("ConsistencyLevel", "eventual")).await;
    assert_eq!(answer.body["@odata.count"], 1);
    assert_eq!(answer.body["value"][0]["userPrincipalName"], "bob@students.example.edu");
}

#[tokio::test]
async fn owners_come_go_and_are_cast_and_the_last_one_stays() {
    let (mut bed, group) = bed().await;
    let (ada, bob) = (bed.create("ada").await, bed.create("bob").await);
    let path = format!("/groups/{group}/owners");
    let add = format!("{path}/$ref");
    assert_eq!(bed.post(&add, &reference(&ada)).await.status, 403);
    bed.sandbox.grant("Group.ReadWrite.All");
    bed.renew().await;
    for id in [&ada, &bob] {
        assert_eq!(bed.post(&add, &reference(id)).await.status, 204);
    }
    let again = bed.post(&add, &reference(&ada)).await;
    assert!(again.status == 400 && again.message().ends_with("properties: 'owners'."), "{again:?}");
    for (cast, count) in [("", 2), ("/$ref", 2), ("/graph.user", 2), ("/microsoft.graph.servicePrincipal", 0)]
    {
        let answer = bed.get(&format!("{path}{cast}")).await;
        assert_eq!(answer.body["value"].as_array().unwrap().len(), count, "{cast}");
    }
    assert!(bed.sandbox.state().groups[0].members.is_empty(), "an owner is no member");
    bed.delete(&format!("/users/{bob}")).await;
    let owners = bed.get(&format!("{path}/graph.user?$select=id")).await;
    assert_eq!(owners.body["value"], json!([{ "id": ada }]));
    let last = bed.delete(&format!("{path}/{ada}/$ref")).await;
    assert!(last.status == 400 && last.message().contains("at least one owner"), "{last:?}");
    assert_eq!(bed.delete(&format!("{path}/{bob}/$ref")).await.status, 404);
}
