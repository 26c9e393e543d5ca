//! The token endpoint: requests as real clients send them are accepted, and those that Entra refuses are refused.

use std::time::Duration;

use jsonwebtoken::Algorithm;
use serde_json::{Value, json};

use super::bed::{Assertion, Bed, CLIENT, STRANGER, padded, standard};
use crate::sandbox::clock::Clock;
use crate::sandbox::{Options, Tenant};

fn now() -> i64 {
    Clock::default().now_seconds()
}

async fn accepted(bed: &Bed, assertion: &Assertion) {
    let answer = bed.ask_token(&assertion.sign(), &[]).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
}

async fn refused(bed: &Bed, assertion: &Assertion, status: u16, error: &str, code: u32) {
    let answer = bed.ask_token(&assertion.sign(), &[]).await;
    assert_eq!(
        (answer.status, &answer.body["error"], &answer.body["error_codes"]),
        (status, &json!(error), &json!([code])),
        "{}",
        answer.body
    );
    let description = answer.body["error_description"].as_str().unwrap();
    assert!(description.starts_with(&format!("AADSTS{code}: ")), "{description}");
}

#[tokio::test]
async fn a_token_has_the_shape_of_the_real_ones() {
    let bed = Bed::new().await;
    let answer = bed.ask_token(&Assertion::new(&bed).sign(), &[]).await;
    assert_eq!(answer.body["token_type"], "Bearer");
    assert_eq!(answer.body["expires_in"], 3599);
    assert_eq!(answer.body["ext_expires_in"], 3599);
    assert!(answer.body["access_token"].is_string());
    assert!(answer.body.get("refresh_token").is_none());
    assert_eq!(answer.header("cache-control"), "no-store, no-cache");
    assert_eq!(answer.header("x-ms-request-id").len(), 36);
}

#[tokio::test]
async fn what_the_known_clients_send_is_taken() {
    let bed = Bed::new().await;
    // MSAL for Python: padded thumbprint, dates as floats, no nbf.
    let mut msal_python = Assertion::new(&bed);
    msal_python.x5t_s256 = Some(padded(&CLIENT.sha256()));
    msal_python.claims["exp"] = json!(now() as f64 + 600.25);
    msal_python.claims["iat"] = json!(now() as f64 + 0.25);
    msal_python.claims.as_object_mut().unwrap().remove("nbf");
    accepted(&bed, &msal_python).await;
    // MSAL for Go: standard alphabet; no iat.
    let mut msal_go = Assertion::new(&bed);
    msal_go.x5t_s256 = Some(standard(&CLIENT.sha256()));
    msal_go.claims.as_object_mut().unwrap().remove("iat");
    accepted(&bed, &msal_go).await;
    // Older clients: RS256 and SHA-1, even with a line end behind the thumbprint.
    let mut older = Assertion::new(&bed);
    older.algorithm = Algorithm::RS256;
    older.x5t_s256 = None;
    older.x5t = Some(standard(&CLIENT.sha1()) + "\n");
    accepted(&bed, &older).await;
}

#[tokio::test]
async fn a_thumbprint_is_taken_as_what_its_name_says() {
    let bed = Bed::new().await;
    let (sha1, sha256) = (padded(&CLIENT.sha1()), padded(&CLIENT.sha256()));
    for (x5t, x5t_s256) in [(Some(&sha256), None), (None, Some(&sha1)), (Some(&sha1), Some(&sha1))] {
        let (x5t, x5t_s256) = (x5t.cloned(), x5t_s256.cloned());
        let confused = Assertion { x5t, x5t_s256, ..Assertion::new(&bed) };
        refused(&bed, &confused, 401, "invalid_client", 700_027).await;
    }
    let older = Assertion { x5t: Some(sha1), x5t_s256: None, ..Assertion::new(&bed) };
    accepted(&bed, &older).await;
    let nameless = Assertion { x5t: None, x5t_s256: None, ..Assertion::new(&bed) };
    refused(&bed, &nameless, 401, "invalid_client", 5_002_723).await;
}

#[tokio::test]
async fn fields_that_are_unknown_do_no_harm() {
    let bed = Bed::new().await;
    let assertion = Assertion::new(&bed).sign();
    let answer = bed.ask_token(&assertion, &[("client_info", "1"), ("x-client-SKU", "msal.js")]).await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn the_audience_may_have_microsofts_name_or_the_sandboxs() {
    let bed = Bed::new().await;
    let tenant = Tenant::default().tenant_id;
    for audience in [
        format!("https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token"),
        format!("https://login.microsoftonline.com/{tenant}/v2.0"),
        format!("https://login.microsoftonline.us/{tenant}/oauth2/v2.0/token"),
        bed.sandbox.token_url(),
        bed.sandbox.authority(),
    ] {
        accepted(&bed, &Assertion::new(&bed).claim("aud", json!(audience))).await;
    }
    for audience in [
        json!("https://login.microsoftonline.com/common/oauth2/v2.0/token"),
        json!(format!("https://login.example.com/{tenant}/oauth2/v2.0/token")),
        json!("https://graph.microsoft.com"),
    ] {
        let assertion = Assertion::new(&bed).claim("aud", audience);
        refused(&bed, &assertion, 401, "invalid_client", 700_023).await;
    }
    let two = Assertion::new(&bed).claim("aud", json!([bed.sandbox.token_url(), "x"]));
    refused(&bed, &two, 401, "invalid_client", 5_002_741).await;
}

#[tokio::test]
async fn a_certificate_that_is_not_registered_is_refused() {
    let bed = Bed::new().await;
    let mut assertion = Assertion::new(&bed);
    assertion.identity = &STRANGER;
    assertion.x5t_s256 = Some(padded(&STRANGER.sha256()));
    refused(&bed, &assertion, 401, "invalid_client", 700_027).await;
    // With the thumbprint of a registered certificate, it is refused too.
    assertion.x5t_s256 = Some(padded(&CLIENT.sha256()));
    refused(&bed, &assertion, 401, "invalid_client", 700_027).await;
}

#[tokio::test]
async fn certificates_can_be_registered_and_removed_at_any_time() {
    let bed = Bed::new().await;
    bed.sandbox.remove_certificates();
    refused(&bed, &Assertion::new(&bed), 401, "invalid_client", 700_027).await;
    bed.sandbox.register_certificate(&CLIENT.certificate_pem).unwrap();
    accepted(&bed, &Assertion::new(&bed)).await;
}

#[tokio::test]
async fn an_assertion_is_good_in_its_time_only() {
    let bed = Bed::new().await;
    let past = Assertion::new(&bed).claim("exp", json!(now() - 301));
    refused(&bed, &past, 401, "invalid_client", 700_024).await;
    let future = Assertion::new(&bed).claim("nbf", json!(now() + 400));
    refused(&bed, &future, 401, "invalid_client", 700_024).await;
    let skewed = Assertion::new(&bed).claim("nbf", json!(now() + 200));
    accepted(&bed, &skewed).await;
    let endless = Assertion::new(&bed).claim("exp", Value::Null);
    refused(&bed, &endless, 400, "invalid_request", 50_027).await;
}

#[tokio::test]
async fn an_assertion_is_good_once_where_reuse_is_refused() {
    let bed = Bed::with(Options { refuse_assertion_reuse: true, ..Options::default() }).await;
    let assertion = Assertion::new(&bed);
    accepted(&bed, &assertion).await;
    refused(&bed, &assertion, 401, "invalid_client", 50_027).await;
}

#[tokio::test]
async fn an_assertion_is_good_twice_as_microsofts_libraries_use_it() {
    let bed = Bed::new().await;
    let assertion = Assertion::new(&bed);
    accepted(&bed, &assertion).await;
    accepted(&bed, &assertion).await;
}

#[tokio::test]
async fn an_assertion_speaks_for_the_client_only() {
    let bed = Bed::new().await;
    let other = "00000000-0000-0000-0000-00000000000f";
    for name in ["iss", "sub"] {
        let assertion = Assertion::new(&bed).claim(name, json!(other));
        refused(&bed, &assertion, 401, "invalid_client", 700_021).await;
    }
}

#[tokio::test]
async fn a_missing_claim_is_named() {
    let bed = Bed::new().await;
    for claim in ["aud", "iss", "sub"] {
        let mut assertion = Assertion::new(&bed);
        assertion.claims.as_object_mut().unwrap().remove(claim);
        let answer = bed.ask_token(&assertion.sign(), &[]).await;
        let found = (answer.status, &answer.body["error"], &answer.body["error_codes"]);
        assert_eq!(found, (400, &json!("invalid_request"), &json!([90_014])), "{claim}");
        let description = answer.body["error_description"].as_str().unwrap();
        assert!(description.contains(&format!("The required field '{claim}' is missing")), "{description}");
    }
}

#[tokio::test]
async fn what_is_no_assertion_is_refused() {
    let bed = Bed::new().await;
    for assertion in ["x", "a.b.c", "...", "äöü"] {
        let answer = bed.ask_token(assertion, &[]).await;
        assert_eq!((answer.status, &answer.body["error_codes"]), (400, &json!([50_027])));
    }
    let mut rs512 = Assertion::new(&bed);
    rs512.algorithm = Algorithm::RS512;
    refused(&bed, &rs512, 401, "invalid_client", 5_002_738).await;
}

#[tokio::test]
async fn wrong_fields_are_refused() {
    let bed = Bed::new().await;
    type Fields = &'static [(&'static str, &'static str)];
    let cases: [(Fields, u16, &str, u32); 11] = [
        (&[("grant_type", "")], 400, "invalid_request", 900_144),
        (&[("grant_type", "implicit")], 400, "unsupported_grant_type", 70_003),
        (&[("client_id", "")], 400, "invalid_request", 900_144),
        (&[("client_id", "someone")], 400, "unauthorized_client", 700_016),
        (&[("scope", "")], 400, "invalid_request", 900_144),
        (&[("scope", "https://graph.microsoft.com/User.Read")], 400, "invalid_scope", 1_002_012),
        (&[("scope", "https://graph.microsoft.com")], 400, "invalid_scope", 1_002_012),
        (&[("scope", "openid profile")], 400, "invalid_scope", 1_002_012),
        (&[("scope", "https://example.com/.default")], 400, "invalid_resource", 500_011),
        (&[("client_assertion", ""), ("client_secret", "x")], 401, "invalid_client", 7_000_215),
        (&[("client_assertion", "")], 401, "invalid_client", 7_000_218),
    ];
    for (fields, status, error, code) in cases {
        let answer = bed.ask_token(&Assertion::new(&bed).sign(), fields).await;
        let found = (answer.status, &answer.body["error"], &answer.body["error_codes"]);
        assert_eq!(found, (status, &json!(error), &json!([code])), "{fields:?}");
        assert_eq!(answer.body["trace_id"].as_str().unwrap().len(), 36);
        assert!(answer.body["timestamp"].as_str().unwrap().ends_with('Z'));
        let uri = format!("https://login.microsoftonline.com/error?code={code}");
        assert_eq!(answer.body["error_uri"], uri);
    }
}

#[tokio::test]
async fn a_tenant_is_found_by_its_id_and_its_domain_and_no_other_is() {
    let bed = Bed::new().await;
    let url = |tenant: &str| format!("{}/{tenant}/oauth2/v2.0/token", bed.sandbox.http_url());
    let request = |url: String| bed.http.post(url).form(&[("grant_type", "x")]);
    let answer = super::bed::read(request(url("nowhere.example.com"))).await;
    assert_eq!(answer.status, 400);
    assert_eq!(answer.body["error"], "invalid_request");
    assert_eq!(answer.body["error_codes"], json!([90_002]));
    let answer = super::bed::read(request(url("students.example.edu"))).await;
    assert_eq!(answer.body["error_codes"], json!([900_144]));
}

#[tokio::test]
async fn discovery_leads_to_the_token_endpoint() {
    let bed = Bed::new().await;
    let url = bed.sandbox.authority() + "/v2.0/.well-known/openid-configuration";
    let answer = super::bed::read(bed.http.get(url)).await;
    assert_eq!(answer.body["token_endpoint"], bed.sandbox.token_url());
    let url = bed.sandbox.http_url() + "/nowhere/v2.0/.well-known/openid-configuration";
    let answer = super::bed::read(bed.http.get(url)).await;
    assert_eq!((answer.status, &answer.body["error"]), (400, &json!("invalid_tenant")));
}

#[tokio::test]
async fn graph_wants_a_token_of_this_tenant_in_its_time() {
    let mut bed = Bed::new().await;
    let token = std::mem::take(&mut bed.token);
    let answer = bed.get("/users").await;
    assert_eq!((answer.status, answer.code()), (401, "InvalidAuthenticationToken"));
    assert!(answer.header("www-authenticate").starts_with("Bearer realm="));
    bed.token = format!("{}x", &token[..token.len() - 1]);
    let answer = bed.get("/users").await;
    assert_eq!((answer.status, answer.code()), (401, "InvalidAuthenticationToken"));
    bed.token = token;
    assert_eq!(bed.get("/users").await.status, 200);
    bed.sandbox.advance(Duration::from_secs(3600));
    let answer = bed.get("/users").await;
    assert_eq!(answer.message(), "Lifetime validation failed, the token is expired.");
}

#[tokio::test]
async fn what_entra_serves_beside_the_token_endpoint_is_named() {
    let bed = Bed::new().await;
    let url = bed.sandbox.authority() + "/oauth2/v2.0/authorize?client_id=x";
    let answer = super::bed::read(bed.http.get(url)).await;
    assert_eq!((answer.status, &answer.body["error"]), (501, &json!("not_implemented")));
    let path = format!("GET /{}/oauth2/v2.0/authorize,", Tenant::default().tenant_id);
    assert!(answer.body["error_description"].as_str().unwrap().contains(&path), "{}", answer.body);
}
