//! The permissions of an application, and the requests that show them to it.

use serde_json::json;

use super::bed::{Bed, user};
use crate::sandbox::{Options, Tenant};

async fn bed(granted: &[&str]) -> Bed {
    let mut options = Options::default();
    options.tenant.granted = granted.iter().map(ToString::to_string).collect();
    Bed::with(options).await
}

#[tokio::test]
async fn without_a_permission_nothing_happens() {
    let bed = bed(&["User.Read.All"]).await;
    let answer = bed.post("/users", &user("ada")).await;
    assert_eq!((answer.status, answer.code()), (403, "Authorization_RequestDenied"));
    assert_eq!(answer.message(), "Insufficient privileges to complete the operation.");
    assert!(bed.sandbox.state().users.is_empty());
    assert_eq!(bed.get("/users").await.status, 200);
    assert_eq!(bed.get("/subscribedSkus").await.status, 403);
    assert_eq!(bed.get("/groups").await.status, 403);
    assert_eq!(bed.get("/domains").await.status, 403);
}

#[tokio::test]
async fn narrow_permissions_allow_narrow_changes() {
    let mut options = Options::default();
    options.tenant.granted = vec!["User.EnableDisableAccount.All".to_owned()];
    options.tenant.users.push(crate::sandbox::ExistingUser {
        user_principal_name: "ada@students.example.edu".to_owned(),
        display_name: "Ada".to_owned(),
        password: "x".to_owned(),
    });
    let bed = Bed::with(options).await;
    let path = "/users/ada@students.example.edu";
    assert_eq!(bed.patch(path, &json!({ "accountEnabled": false })).await.status, 204);
    assert_eq!(bed.patch(path, &json!({ "jobTitle": "x" })).await.status, 403);
    let both = json!({ "accountEnabled": false, "jobTitle": "x" });
    assert_eq!(bed.patch(path, &both).await.status, 403);
}

#[tokio::test]
async fn an_application_can_ask_what_it_may_do() {
    let bed = bed(&["Application.Read.All", "User.ReadWrite.All"]).await;
    let client = Tenant::default().client_id;
    let found = bed.get(&format!("/servicePrincipals?$filter=appId eq '{client}'")).await;
    let id = found.body["value"][0]["id"].as_str().unwrap();
    let roles = bed.get(&format!("/servicePrincipals/{id}/appRoleAssignments")).await;
    let roles = roles.body["value"].as_array().unwrap();
    let ids: Vec<_> = roles.iter().map(|role| role["appRoleId"].as_str().unwrap()).collect();
    let expected = ["741f803b-c850-494e-b5df-cde7c675a1ca", "9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30"];
    assert_eq!(ids, expected);
}

#[tokio::test]
async fn the_tenant_tells_its_name_and_domains() {
    let bed = Bed::new().await;
    let domains = bed.get("/domains").await;
    assert_eq!(domains.body["value"][0]["id"], "students.example.edu");
    assert_eq!(domains.body["value"][0]["isVerified"], true);
    assert_eq!(bed.get("/domains/students.example.edu").await.status, 200);
    assert_eq!(bed.get("/domains/example.com").await.status, 404);
    let organization = bed.get("/organization").await;
    assert_eq!(organization.body["value"][0]["id"], Tenant::default().tenant_id.to_string());
}

#[tokio::test]
async fn to_write_users_is_not_enough_to_set_a_password() {
    let password = json!({ "passwordProfile": { "password": "Another-horse-8" } });
    let with_more = json!({ "passwordProfile": { "password": "Another-horse-8" }, "jobTitle": "x" });
    let (writing, setting) = ("User.ReadWrite.All", "User-PasswordProfile.ReadWrite.All");
    for (granted, statuses) in
        [(vec![writing], [403, 403]), (vec![setting], [204, 403]), (vec![writing, setting], [204, 204])]
    {
        let mut options = Options::default();
        options.tenant.granted = granted.iter().map(ToString::to_string).collect();
        options.tenant.users.push(crate::sandbox::ExistingUser {
            user_principal_name: "ada@students.example.edu".to_owned(),
            display_name: "Ada".to_owned(),
            password: "x".to_owned(),
        });
        let bed = Bed::with(options).await;
        let path = "/users/ada@students.example.edu";
        for (body, status) in [&password, &with_more].into_iter().zip(statuses) {
            let answer = bed.patch(path, body).await;
            assert_eq!(answer.status, status, "{granted:?}");
            if status == 403 {
                assert_eq!(answer.code(), "Authorization_RequestDenied");
            }
        }
        let opens = bed.sandbox.sign_in("ada@students.example.edu", "Another-horse-8").is_right_password();
        assert_eq!(opens, statuses.contains(&204));
    }
}
