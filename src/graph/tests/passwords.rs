//! A new password.

use rstest::rstest;

use super::*;
use crate::graph::{ErrorKind, ResetError};

async fn reset(answer: ResponseTemplate) -> (Result<(), ResetError>, Tenant) {
    let tenant = Tenant::start().await;
    tenant.answers("PATCH", &format!("/v1.0/users/{USER}"), answer).await;
    let result = tenant.graph.reset_password(USER.parse().unwrap(), &password()).await;
    (result, tenant)
}

#[tokio::test]
async fn it_is_for_one_sign_in_and_nothing_else_is_changed() {
    let (result, tenant) = reset(ResponseTemplate::new(204)).await;
    result.unwrap();
    let calls = tenant.calls().await;
    assert_eq!(calls[0].headers["content-type"], "application/json");
    assert_eq!(
        calls[0].body_json::<Value>().unwrap(),
        json!({ "passwordProfile": { "password": password().expose(), "forceChangePasswordNextSignIn": true } })
    );
}

#[tokio::test]
async fn a_password_that_is_not_liked_is_told() {
    let complex = "The specified password does not comply with password complexity requirements. Please provide a different password.";
    assert!(matches!(reset(bad_request(complex)).await.0, Err(ResetError::PasswordRefused)));
}

#[rstest]
#[case(
    refusal(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation."),
    ErrorKind::TargetForbidden
)]
#[case(refusal(404, "Request_ResourceNotFound", "Resource 'x' does not exist."), ErrorKind::Lag)]
#[case(refusal(429, "TooManyRequests", "Please retry again later."), ErrorKind::Throttled)]
#[case(refusal(503, "serviceNotAvailable", "x"), ErrorKind::Unclear)]
#[case(ResponseTemplate::new(200).set_body_string("<html>sign in to the network</html>"), ErrorKind::Unclear)]
#[case(ResponseTemplate::new(403), ErrorKind::Unclear)]
#[tokio::test]
async fn every_other_answer_has_its_kind(#[case] answer: ResponseTemplate, #[case] expected: ErrorKind) {
    let Err(ResetError::Other(error)) = reset(answer).await.0 else {
        panic!("no refusal of the common kind")
    };
    assert_eq!(error.kind, expected);
}
