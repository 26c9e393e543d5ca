//! Lists of users: filters, pages, counts.

use reqwest::Method;
use serde_json::Value;

use super::bed::{Answer, Bed, read};

/// The local parts of the sign-in names in an answer.
fn names(answer: &Answer) -> Vec<&str> {
    let users = answer.body["value"].as_array().unwrap().iter();
    users.map(|user| user["userPrincipalName"].as_str().unwrap().split('@').next().unwrap()).collect()
}

async fn bed() -> Bed {
    let bed = Bed::new().await;
    for name in ["ada", "ada.2", "ada.3", "adam", "bob", "o'neil"] {
        bed.create(name).await;
    }
    bed
}

async fn filtered(bed: &Bed, filter: &str) -> Answer {
    read(bed.request(Method::GET, "/users").query(&[("$filter", filter)])).await
}

#[tokio::test]
async fn a_prefix_finds_the_namesakes() {
    let bed = bed().await;
    let answer = filtered(&bed, "startswith(userPrincipalName,'ada')").await;
    assert_eq!(names(&answer), ["ada.2", "ada.3", "ada", "adam"]);
    let answer = filtered(&bed, "startsWith(userPrincipalName, 'ADA.')").await;
    assert_eq!(names(&answer), ["ada.2", "ada.3"]);
    let answer = filtered(&bed, "startswith(userPrincipalName,'o''n')").await;
    assert_eq!(names(&answer), ["o'neil"]);
    for path in
        ["/subscribedSkus?$filter=skuId eq 'x'", "/domains?$orderby=id", "/groups?$filter=colour eq 'x'"]
    {
        assert_eq!(bed.get(path).await.status, 400, "{path}");
    }
    let groups = bed.get("/groups?$orderby=displayName desc&$select=id").await;
    let ids: Vec<_> =
        groups.body["value"].as_array().unwrap().iter().map(|group| group["id"].clone()).collect();
    let tenant = crate::sandbox::Tenant::default();
    assert_eq!(ids, [serde_json::json!(tenant.groups[1].id), serde_json::json!(tenant.groups[0].id)]);
}

#[tokio::test]
async fn equality_finds_one() {
    let bed = bed().await;
    for filter in [
        "userPrincipalName eq 'bob@students.example.edu'",
        "onPremisesExtensionAttributes/extensionAttribute1 eq 'signup-bob'",
        "mailNickname eq 'bob' and accountEnabled eq true",
        "userPrincipalName in ('bob@students.example.edu','x')",
        "(mailNickname eq 'x') or (mailNickname eq 'bob')",
    ] {
        assert_eq!(names(&filtered(&bed, filter).await), ["bob"], "{filter}");
    }
}

#[tokio::test]
async fn what_is_no_filter_is_refused() {
    let bed = bed().await;
    for filter in ["userPrincipalName eq", "colour eq 'blue'", "startswith(", "'x'", "a b c", "()"] {
        assert_eq!(filtered(&bed, filter).await.status, 400, "{filter}");
    }
}

#[tokio::test]
async fn advanced_filters_need_eventual_consistency() {
    let bed = bed().await;
    let filter = "endswith(userPrincipalName,'adam@students.example.edu')";
    let answer = filtered(&bed, filter).await;
    assert_eq!((answer.status, answer.code()), (400, "Request_UnsupportedQuery"));
    let query = [("$filter", filter), ("$count", "true")];
    let request = bed.request(Method::GET, "/users").query(&query);
    let answer = read(request.header("ConsistencyLevel", "eventual")).await;
    assert_eq!(names(&answer), ["adam"]);
    assert_eq!(answer.body["@odata.count"], 1);
}

#[tokio::test]
async fn a_count_without_eventual_consistency_is_ignored() {
    let bed = bed().await;
    for path in ["/users?$count=true&$top=2", "/groups?$count=true"] {
        let answer = bed.get(path).await;
        assert_eq!((answer.status, answer.body.get("@odata.count")), (200, None), "{path}");
        let counted = read(bed.request(Method::GET, path).header("ConsistencyLevel", "eventual")).await;
        assert!(counted.body["@odata.count"].is_u64(), "{path}");
    }
}

#[tokio::test]
async fn to_filter_and_sort_at_once_needs_eventual_consistency_and_a_count() {
    let mut bed = bed().await;
    bed.sandbox.grant("Application.Read.All");
    bed.renew().await;
    let plain = "$filter=startswith(displayName,'a')&$orderby=displayName";
    for collection in ["/users", "/groups", "/servicePrincipals"] {
        for query in [plain.to_owned(), format!("{plain}&$count=true")] {
            let answer = bed.get(&format!("{collection}?{query}")).await;
            assert_eq!(
                (answer.status, answer.code()),
                (400, "Request_UnsupportedQuery"),
                "{collection}?{query}"
            );
            assert_eq!(answer.message(), "Sorting not supported for current query.");
        }
        let path = format!("{collection}?{plain}");
        let uncounted = read(bed.request(Method::GET, &path).header("ConsistencyLevel", "eventual")).await;
        assert_eq!(uncounted.status, 400, "{collection}");
        let path = format!("{path}&$count=true");
        let sorted = read(bed.request(Method::GET, &path).header("ConsistencyLevel", "eventual")).await;
        assert_eq!(sorted.status, 200, "{collection}");
    }
    let query = [
        ("$filter", "startswith(userPrincipalName,'ada')"),
        ("$orderby", "userPrincipalName desc"),
        ("$count", "true"),
    ];
    let request = bed.request(Method::GET, "/users").query(&query);
    let answer = read(request.header("ConsistencyLevel", "eventual")).await;
    assert_eq!(names(&answer), ["adam", "ada", "ada.3", "ada.2"]);
}

#[tokio::test]
async fn pages_are_linked() {
    let bed = bed().await;
    let mut found: Vec<String> = Vec::new();
    let query =
        [("$top", "2"), ("$select", "userPrincipalName"), ("$filter", "startswith(userPrincipalName,'a')")];
    let mut answer = read(bed.request(Method::GET, "/users").query(&query)).await;
    loop {
        let page = names(&answer);
        assert!(page.len() <= 2);
        found.extend(page.into_iter().map(str::to_owned));
        let Value::String(next) = &answer.body["@odata.nextLink"] else {
            break;
        };
        answer = read(bed.http.get(next).bearer_auth(&bed.token)).await;
    }
    assert_eq!(found, ["ada.2", "ada.3", "ada", "adam"]);
}

#[tokio::test]
async fn counts_need_eventual_consistency() {
    let bed = bed().await;
    assert_eq!(bed.get("/users/$count").await.status, 400);
    let request = bed.request(Method::GET, "/users/$count");
    let answer = read(request.header("ConsistencyLevel", "eventual")).await;
    assert_eq!(answer.body, 6);
}

#[tokio::test]
async fn options_that_would_change_the_answer_are_not_ignored() {
    let bed = bed().await;
    for query in ["$skip=1", "$expand=memberOf", "$search=x", "$top=0", "$top=1000", "$orderby=colour"] {
        assert_eq!(bed.get(&format!("/users?{query}")).await.status, 400, "{query}");
    }
    let answer = bed.get("/users?$orderby=userPrincipalName desc&$top=1").await;
    assert_eq!(names(&answer), ["o'neil"]);
    for path in
        ["/subscribedSkus?$filter=skuId eq 'x'", "/domains?$orderby=id", "/groups?$filter=colour eq 'x'"]
    {
        assert_eq!(bed.get(path).await.status, 400, "{path}");
    }
    let groups = bed.get("/groups?$orderby=displayName desc&$select=id").await;
    let ids: Vec<_> =
        groups.body["value"].as_array().unwrap().iter().map(|group| group["id"].clone()).collect();
    let tenant = crate::sandbox::Tenant::default();
    assert_eq!(ids, [serde_json::json!(tenant.groups[1].id), serde_json::json!(tenant.groups[0].id)]);
}
