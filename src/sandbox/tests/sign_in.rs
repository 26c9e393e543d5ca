//! Users who sign in with a password.

use serde_json::json;

use super::bed::{Answer, Bed, PASSWORD, user};
use crate::sandbox::SignIn;

async fn sign_in(bed: &Bed, name: &str, password: &str) -> Answer {
    let fields = [
        ("grant_type", "password"),
        ("username", name),
        ("password", password),
        ("scope", "https://graph.microsoft.com/User.Read"),
        ("client_assertion", ""),
        ("client_assertion_type", ""),
    ];
    bed.ask_token("", &fields).await
}

#[tokio::test]
async fn the_right_password_signs_in() {
    let bed = Bed::new().await;
    bed.create("ada").await;
    let answer = sign_in(&bed, "Ada@Students.Example.edu", PASSWORD).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.body["scope"], "User.Read");
}

#[tokio::test]
async fn everything_else_does_not() {
    let bed = Bed::new().await;
    let id = bed.create("ada").await;
    let name = "ada@students.example.edu";
    let refused = |answer: Answer, code: u32| {
        assert_eq!((answer.status, &answer.body["error"]), (400, &json!("invalid_grant")));
        assert_eq!(answer.body["error_codes"], json!([code]));
    };
    refused(sign_in(&bed, "bob@students.example.edu", PASSWORD).await, 50_034);
    refused(sign_in(&bed, name, "another").await, 50_126);
    bed.patch(&format!("/users/{id}"), &json!({ "accountEnabled": false })).await;
    refused(sign_in(&bed, name, PASSWORD).await, 50_057);
}

#[tokio::test]
async fn a_password_for_one_sign_in_is_right_but_does_not_let_in() {
    let bed = Bed::new().await;
    let mut ada = user("ada");
    ada["passwordProfile"]["forceChangePasswordNextSignIn"] = json!(true);
    assert_eq!(bed.post("/users", &ada).await.status, 201);
    let name = "ada@students.example.edu";
    let answer = sign_in(&bed, name, PASSWORD).await;
    assert_eq!((answer.status, &answer.body["error_codes"]), (400, &json!([50_055])));
    assert_eq!(bed.sandbox.sign_in(name, PASSWORD), SignIn::MustChangePassword);
    assert!(bed.sandbox.sign_in(name, PASSWORD).is_right_password());
    assert!(!bed.sandbox.sign_in(name, "another").is_right_password());
}
