//! The numbers of a name, and names that would break out of an address.

use std::collections::BTreeSet;

use wiremock::matchers::query_param;

use super::*;
use crate::graph::{ErrorKind, marker::employee_id_of};

fn page(names: &[&str], next: Option<String>) -> ResponseTemplate {
    let users: Vec<_> = names.iter().map(|name| json!({ "id": USER, "userPrincipalName": name })).collect();
    page_of(&users, next)
}

fn page_of(users: &[Value], next: Option<String>) -> ResponseTemplate {
    let mut body = json!({ "@odata.context": "c", "value": users });
    if let Some(next) = next {
        body["@odata.nextLink"] = json!(next);
    }
    ResponseTemplate::new(200).set_body_json(body)
}

async fn taken(tenant: &Tenant, base: &str) -> Result<BTreeSet<String>, crate::graph::Error> {
    let found = tenant.graph.namesakes(&username(base), &domain(), signup()).await?;
    Ok(found.taken.iter().map(ToString::to_string).collect())
}

#[tokio::test]
async fn ones_own_user_is_recognised_under_any_number() {
    let other = SignupId::from_bytes([8; 16]);
    let user = |name: &str, more: Value| {
        let mut user = json!({ "id": USER, "userPrincipalName": format!("{name}@example.edu") });
        user.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        user
    };
    let marked = |signup: SignupId| json!({ "onPremisesExtensionAttributes": { "extensionAttribute15": format!("accountcreator:{signup}") } });
    for own in [marked(signup()), json!({ "employeeId": employee_id_of(signup()) })] {
        let tenant = Tenant::start().await;
        let users = vec![
            user("a.b", json!({ "createdDateTime": "2026-11-22T10:05:00Z" })),
            user("a.b.2", marked(other)),
            user("a.b.3", own),
            user("a.b.4", json!({ "employeeId": employee_id_of(other) })),
        ];
        let answer = page_of(&users, None).insert_header("date", "Sun, 22 Nov 2026 10:20:00 GMT");
        tenant.answers("GET", "/v1.0/users", answer).await;
        let found = tenant.graph.namesakes(&username("a.b"), &domain(), signup()).await.unwrap();
        assert_eq!(found.own, Some((username("a.b.3"), USER.parse().unwrap())));
        assert_eq!(found.taken.len(), 4);
        let [(name, unmarked)] = found.unmarked.as_slice() else { panic!("one has no marker") };
        assert_eq!((name, unmarked.age), (&username("a.b"), Some(Duration::from_mins(15))));
    }
}

#[tokio::test]
async fn all_pages_of_namesakes_are_read() {
    let tenant = Tenant::start().await;
    let next = format!("{}/v1.0/users?$skiptoken=two", tenant.server.uri());
    Mock::given(path("/v1.0/users"))
        .and(query_param("$skiptoken", "two"))
        .respond_with(page(&["max.muster.3@example.edu"], None))
        .with_priority(1)
        .mount(&tenant.server)
        .await;
    let first =
        page(&["Max.Muster@example.edu", "max.mustermann@example.edu", "max.muster.9@other.edu"], Some(next));
    tenant.answers("GET", "/v1.0/users", first).await;
    let expected: BTreeSet<String> = ["max.muster", "max.muster.3"].map(str::to_owned).into();
    assert_eq!(taken(&tenant, "max.muster").await.unwrap(), expected);
    let calls = tenant.calls().await;
    assert_eq!(calls.len(), 2);
    assert_eq!(calls[1].headers["authorization"], "Bearer token-1");
}

#[tokio::test]
async fn our_token_goes_to_nobody_else() {
    let (tenant, thief) = (Tenant::start().await, MockServer::start().await);
    let link = format!("{}/v1.0/users?$skiptoken=x", thief.uri());
    tenant.answers("GET", "/v1.0/users", page(&[], Some(link))).await;
    assert_eq!(taken(&tenant, "a.b").await.unwrap_err().code, "foreign_link");
    assert!(thief.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_list_without_end_is_left() {
    let tenant = Tenant::start().await;
    let link = format!("{}/v1.0/users?$skiptoken=again", tenant.server.uri());
    tenant.answers("GET", "/v1.0/users", page(&[], Some(link))).await;
    let error = taken(&tenant, "a.b").await.unwrap_err();
    assert_eq!((error.kind, error.code.as_str()), (ErrorKind::Unclear, "endless_list"));
}

#[tokio::test]
async fn hostile_names_stay_names() {
    let tenant = Tenant::start().await;
    Mock::given(method("GET"))
        .respond_with(|request: &Request| match request.url.path() {
            "/v1.0/users" => page(&[], None),
            _ => ResponseTemplate::new(200).set_body_json(json!({ "id": USER })),
        })
        .mount(&tenant.server)
        .await;
    for (local, in_path, in_filter) in
        [("o'neill", "o'neill", "o''neill"), ("a#b", "a%23b", "a#b"), ("x!~^_-y", "x!~^_-y", "x!~^_-y")]
    {
        let name = principal(local);
        assert!(tenant.graph.find_user(&name).await.unwrap().is_some());
        tenant.graph.namesakes(&name.username, &name.domain, signup()).await.unwrap();
        let calls = tenant.calls().await;
        let [.., found, listed] = calls.as_slice() else { panic!("two calls") };
        assert_eq!(found.url.path().to_owned(), format!("/v1.0/users/{in_path}@example.edu"));
        let query: Vec<(String, String)> =
            listed.url.query_pairs().map(|(k, v)| (k.into_owned(), v.into_owned())).collect();
        assert_eq!(
            query,
            [
                ("$filter".to_owned(), format!("startswith(userPrincipalName,'{in_filter}')")),
                (
                    "$select".to_owned(),
                    "userPrincipalName,id,createdDateTime,employeeId,onPremisesExtensionAttributes"
                        .to_owned()
                ),
                ("$top".to_owned(), "200".to_owned()),
            ]
        );
    }
}

#[test]
fn whatever_a_segment_holds_it_is_one_segment() {
    let (graph, _) = client("http://127.0.0.1:9");
    let url = graph.http().url(&["users", "o'neill#x?&/../..%2f\\@example.edu"]);
    assert_eq!(url.as_str(), "http://127.0.0.1:9/v1.0/users/o'neill%23x%3F&%2F..%2F..%252f%5C@example.edu");
    assert_eq!((url.query(), url.fragment()), (None, None));
}
