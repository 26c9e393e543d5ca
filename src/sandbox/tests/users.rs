//! Users: created, read, changed, deleted, restored; and what is refused.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use super::bed::{Bed, DOMAIN, PASSWORD, read, user};
use crate::sandbox::{Faults, Operation, Options, SignIn};

#[tokio::test]
async fn a_created_user_is_answered_with_the_default_properties() {
    let bed = Bed::new().await;
    let id = "11111111-2222-3333-4444-555555555555";
    let request = bed.request(Method::POST, "/users").header("client-request-id", id);
    let answer = read(request.json(&user("ada"))).await;
    assert_eq!(answer.status, 201);
    let mut names: Vec<_> = answer.body.as_object().unwrap().keys().collect();
    names.sort();
    assert_eq!(
        names,
        [
            "@odata.context",
            "businessPhones",
            "displayName",
            "givenName",
            "id",
            "jobTitle",
            "mail",
            "mobilePhone",
            "officeLocation",
            "preferredLanguage",
            "surname",
            "userPrincipalName",
        ]
    );
    assert_eq!(answer.body["mail"], Value::Null);
    assert_eq!(answer.body["businessPhones"], json!([]));
    let user_id = answer.body["id"].as_str().unwrap();
    assert!(answer.header("location").contains(user_id));
    assert_eq!(answer.header("client-request-id"), id);
    assert_eq!(answer.header("request-id").len(), 36);
    assert_eq!(answer.header("odata-version"), "4.0");
    assert_eq!(answer.header("x-ms-resource-unit"), "1");
    assert!(answer.header("content-type").starts_with("application/json;odata.metadata=minimal"));
}

#[tokio::test]
async fn a_sign_in_name_is_taken_once_whatever_its_case() {
    let bed = Bed::new().await;
    let id = bed.create("ada").await;
    let answer = bed.post("/users", &user("ADA")).await;
    assert_eq!((answer.status, answer.code()), (400, "Request_BadRequest"));
    assert_eq!(
        answer.message(),
        "Another object with the same value for property userPrincipalName already exists."
    );
    let details = &answer.body["error"]["details"];
    assert_eq!(details[0]["code"], "ObjectConflict");
    assert_eq!(details[0]["target"], "userPrincipalName");
    assert_eq!(details[1]["target"], format!("User_{id}"));
    let inner = &answer.body["error"]["innerError"];
    assert_eq!(inner["request-id"], answer.header("request-id"));
    assert!(inner["date"].is_string() && inner["client-request-id"].is_string());
    assert_eq!(bed.sandbox.state().users.len(), 1);
}

#[tokio::test]
async fn a_mail_address_is_taken_once() {
    let bed = Bed::new().await;
    let mut ada = user("ada");
    ada["mail"] = json!("ada@example.org");
    assert_eq!(bed.post("/users", &ada).await.status, 201);
    let mut bob = user("bob");
    bob["mail"] = json!("Ada@example.org");
    let answer = bed.post("/users", &bob).await;
    assert_eq!(answer.status, 400);
    assert_eq!(answer.body["error"]["details"][0]["target"], "proxyAddresses");
}

#[tokio::test]
async fn what_is_required_is_required() {
    let bed = Bed::new().await;
    for name in ["accountEnabled", "displayName", "mailNickname", "userPrincipalName", "passwordProfile"] {
        let mut ada = user("ada");
        ada.as_object_mut().unwrap().remove(name);
        let answer = bed.post("/users", &ada).await;
        assert_eq!((answer.status, answer.code()), (400, "Request_BadRequest"), "{name}");
    }
    assert!(bed.sandbox.state().users.is_empty());
}

#[tokio::test]
async fn values_that_break_the_rules_are_refused() {
    let bed = Bed::new().await;
    let long = |length: usize| json!("a".repeat(length));
    let upn = |local: &str| json!(format!("{local}@{DOMAIN}"));
    let cases = [
        ("displayName", long(257)),
        ("displayName", json!("")),
        ("givenName", long(65)),
        ("surname", long(65)),
        ("mailNickname", long(65)),
        ("mailNickname", json!("ada lovelace")),
        ("mailNickname", json!("ada@x")),
        ("jobTitle", long(129)),
        ("employeeId", long(17)),
        ("employeeId", json!(7)),
        ("usageLocation", json!("Germany")),
        ("usageLocation", json!("de")),
        ("mail", json!("ädä@example.org")),
        ("otherMails", json!(["nobody"])),
        ("otherMails", json!("ada@example.org")),
        ("accountEnabled", json!("true")),
        ("userPrincipalName", upn("ada.")),
        ("userPrincipalName", upn("ädä")),
        ("userPrincipalName", upn("ada lovelace")),
        ("userPrincipalName", upn("ada+x")),
        ("userPrincipalName", upn(&"a".repeat(65))),
        ("userPrincipalName", json!("ada")),
        ("userPrincipalName", json!("ada@elsewhere.example.com")),
        ("onPremisesExtensionAttributes", json!({ "extensionAttribute16": "x" })),
        ("createdDateTime", json!("2026-01-01T00:00:00Z")),
        ("proxyAddresses", json!(["SMTP:ada@example.org"])),
        ("favouriteColour", json!("blue")),
        ("memberOf", json!([])),
    ];
    for (name, value) in cases {
        let mut ada = user("ada");
        ada[name] = value.clone();
        let answer = bed.post("/users", &ada).await;
        assert_eq!(answer.status, 400, "{name}: {value}");
        assert!(answer.code().ends_with("BadRequest"));
    }
    assert!(bed.sandbox.state().users.is_empty());
}

#[tokio::test]
async fn the_texts_for_bad_names_are_those_of_the_cloud() {
    let bed = Bed::new().await;
    let mut ada = user("ada");
    ada["userPrincipalName"] = json!("ada@elsewhere.example.com");
    assert_eq!(
        bed.post("/users", &ada).await.message(),
        "The domain portion of the userPrincipalName property is invalid. You must use one of the verified domain names in your organization."
    );
    ada["userPrincipalName"] = json!("ä@students.example.edu");
    let answer = bed.post("/users", &ada).await;
    assert_eq!(answer.message(), "Property userPrincipalName is invalid.");
    assert_eq!(answer.body["error"]["details"][0]["code"], "InvalidValue");
    ada = user("ada");
    ada["mailNickname"] = json!("a b");
    assert_eq!(
        bed.post("/users", &ada).await.message(),
        "Invalid value specified for property 'mailNickname' of resource 'User'."
    );
}

#[tokio::test]
async fn passwords_must_be_strong_unless_a_policy_says_otherwise() {
    let bed = Bed::new().await;
    let long = "aB3-".repeat(65);
    for weak in ["Ab3-xyz", "abcdefgh1", "ABCDEFGH1", "abcdefghij", "Pässwörter-9", long.as_str()] {
        let mut ada = user("ada");
        ada["passwordProfile"]["password"] = json!(weak);
        let answer = bed.post("/users", &ada).await;
        assert_eq!(
            answer.message(),
            "The specified password does not comply with password complexity requirements. Please provide a different password.",
            "{weak}"
        );
    }
    let mut ada = user("ada");
    ada["passwordProfile"]["password"] = json!("abcdefghij");
    ada["passwordPolicies"] = json!("DisablePasswordExpiration, DisableStrongPassword");
    assert_eq!(bed.post("/users", &ada).await.status, 201);
}

#[tokio::test]
async fn banned_passwords_are_refused() {
    let bed = Bed::new().await;
    // Little more than banned words; the names of the person and of the tenant.
    for banned in
        ["Password1!", "P@$$w0rd12", "Qwerty-12", "Ada.Lovelace.7", "L0vel@ce-9zx", "Example University 1"]
    {
        let mut ada = user("ada");
        ada["passwordProfile"]["password"] = json!(banned);
        let answer = bed.post("/users", &ada).await;
        assert_eq!((answer.status, answer.code()), (400, "Request_BadRequest"), "{banned}");
    }
    assert!(bed.sandbox.state().users.is_empty());
    let id = bed.create("ada").await;
    for (password, status) in
        [("Password1!", 400), ("Lovelace-2031x", 400), ("Password-2031x", 204), ("Adagio-9-xyz", 204)]
    {
        let change = json!({ "passwordProfile": { "password": password } });
        assert_eq!(bed.patch(&format!("/users/{id}"), &change).await.status, status, "{password}");
        let opens = bed.sandbox.sign_in("ada@students.example.edu", password).is_right_password();
        assert_eq!(opens, status == 204, "{password}");
    }
}

#[tokio::test]
async fn a_body_that_is_not_json_is_refused() {
    let bed = Bed::new().await;
    let answer = read(bed.request(Method::POST, "/users").body("{")).await;
    assert_eq!((answer.status, answer.code()), (400, "BadRequest"));
    let answer = read(bed.request(Method::POST, "/users").body("[]")).await;
    assert_eq!(answer.status, 400);
    let answer = read(bed.request(Method::POST, "/users")).await;
    assert_eq!(answer.status, 400);
}

#[tokio::test]
async fn a_user_is_found_by_id_and_by_name() {
    let bed = Bed::new().await;
    let id = bed.create("o'neil#1").await;
    for key in
        [&id, &id.to_uppercase(), "o'neil%231@students.example.edu", "O%27NEIL%231@Students.example.edu"]
    {
        let answer = bed.get(&format!("/users/{key}")).await;
        assert_eq!((answer.status, answer.body["id"].as_str()), (200, Some(id.as_str())), "{key}");
    }
    let answer = bed.get(&format!("/users('{id}')")).await;
    assert_eq!(answer.status, 200);
    let answer = bed.get("/users/nobody@students.example.edu").await;
    assert_eq!((answer.status, answer.code()), (404, "Request_ResourceNotFound"));
    assert_eq!(
        answer.message(),
        "Resource 'nobody@students.example.edu' does not exist or one of its queried reference-property objects are not present."
    );
}

#[tokio::test]
async fn only_what_is_selected_is_answered() {
    let bed = Bed::new().await;
    let id = bed.create("ada").await;
    let select =
        "id,accountEnabled,onPremisesExtensionAttributes,usageLocation,passwordProfile,assignedLicenses";
    let answer = bed.get(&format!("/users/{id}?$select={select}")).await;
    assert_eq!(answer.body.as_object().unwrap().len(), 7);
    assert_eq!(answer.body["accountEnabled"], true);
    assert_eq!(answer.body["usageLocation"], "DE");
    assert_eq!(answer.body["passwordProfile"], Value::Null);
    assert_eq!(answer.body["assignedLicenses"], json!([]));
    let extensions = &answer.body["onPremisesExtensionAttributes"];
    assert_eq!(extensions["extensionAttribute1"], "signup-ada");
    assert_eq!(extensions["extensionAttribute15"], Value::Null);
    assert_eq!(bed.get(&format!("/users/{id}?$select=colour")).await.status, 400);
}

#[tokio::test]
async fn changes_are_checked_like_creations() {
    let bed = Bed::new().await;
    let (ada, _) = (bed.create("ada").await, bed.create("bob").await);
    let path = format!("/users/{ada}");
    let change = json!({
        "displayName": "Ada King",
        "onPremisesExtensionAttributes": { "extensionAttribute2": "x" },
        "passwordProfile": { "password": "Another-horse-8", "forceChangePasswordNextSignIn": false },
    });
    assert_eq!(bed.patch(&path, &change).await.status, 204);
    let state = bed.sandbox.state();
    let properties = &state.user("ada@students.example.edu").unwrap().properties;
    assert_eq!(properties["displayName"], "Ada King");
    let extensions = &properties["onPremisesExtensionAttributes"];
    assert_eq!(extensions["extensionAttribute1"], "signup-ada");
    assert_eq!(extensions["extensionAttribute2"], "x");
    let name = "ada@students.example.edu";
    assert_eq!(bed.sandbox.sign_in(name, PASSWORD), SignIn::WrongPassword);
    assert_eq!(bed.sandbox.sign_in(name, "Another-horse-8"), SignIn::Welcome);
    let taken = json!({ "userPrincipalName": "bob@students.example.edu" });
    let answer = bed.patch(&path, &taken).await;
    assert_eq!(answer.body["error"]["details"][0]["code"], "ObjectConflict");
    assert_eq!(bed.patch(&path, &json!({ "id": "x" })).await.status, 400);
    let renamed = json!({ "userPrincipalName": "ada.king@students.example.edu" });
    assert_eq!(bed.patch(&path, &renamed).await.status, 204);
    assert_eq!(bed.get(&format!("/users/{name}")).await.status, 404);
}

#[tokio::test]
async fn a_deleted_user_can_be_restored_unless_the_name_is_taken() {
    let bed = Bed::with(Options { allow_permanent_deletion: true, ..Options::default() }).await;
    let id = bed.create("ada").await;
    let deleted = format!("/directory/deletedItems/{id}");
    assert_eq!(bed.delete(&format!("/users/{id}")).await.status, 204);
    assert_eq!(bed.get(&format!("/users/{id}")).await.status, 404);
    let answer = bed.get(&deleted).await;
    assert!(answer.body["deletedDateTime"].is_string());
    let second = bed.create("ada").await;
    let answer = bed.post(&format!("{deleted}/restore"), &json!({})).await;
    assert_eq!(answer.body["error"]["details"][0]["code"], "ObjectConflict");
    let renamed = json!({ "newUserPrincipalName": "ada.2@students.example.edu" });
    let answer = bed.post(&format!("{deleted}/restore"), &renamed).await;
    assert_eq!((answer.status, answer.body["id"].as_str()), (200, Some(id.as_str())));
    assert_eq!(bed.get(&format!("/users/{id}")).await.status, 200);
    bed.delete(&format!("/users/{second}")).await;
    let list = bed.get("/directory/deletedItems/microsoft.graph.user").await;
    assert_eq!(list.body["value"].as_array().unwrap().len(), 1);
    let second = format!("/directory/deletedItems/{second}");
    assert_eq!(bed.delete(&second).await.status, 204);
    assert_eq!(bed.get(&second).await.status, 404);
}

#[tokio::test]
async fn an_application_may_not_delete_for_good_unless_the_tenant_lets_it() {
    let bed = Bed::new().await;
    let id = bed.create("ada").await;
    bed.delete(&format!("/users/{id}")).await;
    let deleted = format!("/directory/deletedItems/{id}");
    let answer = bed.delete(&deleted).await;
    assert_eq!((answer.status, answer.code()), (403, "Authorization_RequestDenied"));
    assert_eq!(bed.get(&deleted).await.status, 200);
}

#[tokio::test]
async fn a_new_user_is_unknown_until_the_lag_is_over() {
    let bed = Bed::with_faults(Faults::default().lag(Duration::from_secs(120))).await;
    let id = bed.create("ada").await;
    let path = format!("/users/{id}");
    assert_eq!(bed.get(&path).await.status, 404);
    assert_eq!(bed.get("/users/ada@students.example.edu").await.status, 404);
    assert_eq!(bed.patch(&path, &json!({ "jobTitle": "x" })).await.status, 404);
    assert_eq!(bed.get("/users").await.body["value"], json!([]));
    // The name is taken nevertheless.
    assert_eq!(bed.post("/users", &user("ada")).await.status, 400);
    assert_eq!(bed.sandbox.state().users.len(), 1);
    bed.sandbox.advance(Duration::from_secs(121));
    assert_eq!(bed.get(&path).await.status, 200);
}

#[tokio::test]
async fn sessions_can_be_revoked() {
    let bed = Bed::new().await;
    let id = bed.create("ada").await;
    let answer = bed.post(&format!("/users/{id}/revokeSignInSessions"), &json!({})).await;
    assert_eq!((answer.status, &answer.body["value"]), (200, &json!(true)));
}

#[tokio::test]
async fn a_path_that_leads_nowhere_is_a_bad_request() {
    let bed = Bed::new().await;
    let answer = bed.get("/planets").await;
    assert_eq!((answer.status, answer.code()), (400, "BadRequest"));
    assert_eq!(answer.message(), "Resource not found for the segment 'planets'.");
}

#[tokio::test]
async fn what_graph_serves_and_the_sandbox_does_not_is_named() {
    let bed = Bed::new().await;
    let answer = bed.post("/teams/5a4db0e5-7e4a-4c0e-9b5e-000000000011/archive", &json!({})).await;
    assert_eq!((answer.status, answer.code()), (501, "NotImplemented"));
    assert_eq!(
        answer.message(),
        "The sandbox does not serve POST /teams/{team-id}/archive, which Microsoft Graph does."
    );
    // The path is not read as a user of this name.
    let answer = bed.get("/users/delta?$select=id").await;
    assert_eq!(answer.status, 501, "{answer:?}");
    let answer = bed.get("/groups(uniqueName='physics')").await;
    assert_eq!(answer.status, 501, "{answer:?}");
    let requests = json!([{ "id": "1", "method": "GET", "url": "/users/x/manager" }]);
    let batch = bed.post("/$batch", &json!({ "requests": requests })).await;
    assert_eq!(batch.body["responses"][0]["status"], 501);
    assert!(bed.sandbox.requests().iter().take(3).all(|request| request.operation == Operation::Unknown));
}
