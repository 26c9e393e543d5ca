//! HTTPS, for clients that speak nothing else.

use serde_json::Value;

use reqwest::Method;

use super::bed::{Bed, CLIENT, read};
use crate::sandbox::{Fault, FaultKind, Faults, Operation, Options, Sandbox, Tenant, TlsIdentity};

async fn sandbox() -> (Sandbox, reqwest::Client, String) {
    let (tls, authority) = TlsIdentity::generate([]).unwrap();
    let sandbox = Sandbox::start(Options { tls: Some(tls), ..Options::default() }).await.unwrap();
    let http = trusting(&authority).build().unwrap();
    let url = sandbox.http_url();
    (sandbox, http, url)
}

fn trusting(authority: &str) -> reqwest::ClientBuilder {
    let authority = reqwest::Certificate::from_pem(authority.as_bytes()).unwrap();
    reqwest::Client::builder().no_proxy().tls_certs_only([authority])
}

#[tokio::test]
async fn the_endpoints_that_discovery_names_are_https() {
    let (_sandbox, http, url) = sandbox().await;
    assert!(url.starts_with("https://localhost:"));
    let tenant = Tenant::default().tenant_id;
    let path = format!("/{tenant}/v2.0/.well-known/openid-configuration");
    let answer = read(http.get(format!("{url}{path}"))).await;
    let Value::String(token_url) = &answer.body["token_endpoint"] else {
        panic!("{answer:?}");
    };
    assert_eq!(*token_url, format!("{url}/{tenant}/oauth2/v2.0/token"));
    let answer = read(http.post(token_url).form(&[("grant_type", "")])).await;
    assert_eq!(answer.body["error_codes"][0], 900_144);
}

#[tokio::test]
async fn encrypted_connections_are_reset_too() {
    let (sandbox, http, url) = sandbox().await;
    let reset = Fault::new(FaultKind::ResetBefore);
    sandbox.set_faults(Faults::default().on(Operation::Keys, reset));
    let path = format!("/{}/discovery/v2.0/keys", Tenant::default().tenant_id);
    assert!(http.get(format!("{url}{path}")).send().await.is_err());
}

#[tokio::test]
async fn addresses_are_those_that_a_proxy_is_reached_by() {
    let bed = Bed::new().await;
    for name in ["ada", "bob"] {
        bed.create(name).await;
    }
    for (forwarded, scheme) in [("https", "https"), ("HTTPS, http", "https"), ("ftp", "http"), ("", "http")] {
        let behind = |request: reqwest::RequestBuilder| {
            request.header("Host", "sandbox.example.edu").header("X-Forwarded-Proto", forwarded)
        };
        let page = read(behind(bed.request(Method::GET, "/users?$top=1"))).await;
        for name in ["@odata.context", "@odata.nextLink"] {
            let address = page.body[name].as_str().unwrap();
            assert!(
                address.starts_with(&format!("{scheme}://sandbox.example.edu/v1.0/")),
                "{forwarded}: {address}"
            );
        }
        let url = bed.sandbox.authority() + "/v2.0/.well-known/openid-configuration";
        let document = read(behind(bed.http.get(url))).await;
        for name in ["token_endpoint", "jwks_uri", "authorization_endpoint"] {
            let address = document.body[name].as_str().unwrap();
            assert!(
                address.starts_with(&format!("{scheme}://sandbox.example.edu/")),
                "{forwarded}: {address}"
            );
        }
    }
}

#[tokio::test]
async fn a_given_certificate_is_used_under_its_name() {
    let tls =
        TlsIdentity { certificate_pem: CLIENT.certificate_pem.clone(), key_pem: CLIENT.key_pem.clone() };
    let sandbox = Sandbox::start(Options { tls: Some(tls), ..Options::default() }).await.unwrap();
    let url = sandbox.http_url();
    assert!(url.starts_with("https://localhost:") && sandbox.graph_url().starts_with(&url), "{url}");
    let http = trusting(&CLIENT.certificate_pem).build().unwrap();
    assert_eq!(http.get(format!("{url}/sandbox/state")).send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn by_a_proxys_connect_microsofts_addresses_lead_here() {
    let (tls, authority) = TlsIdentity::generate([]).unwrap();
    let sandbox = Sandbox::start(Options { tls: Some(tls), ..Options::default() }).await.unwrap();
    let address = sandbox.http_url().replace("https://localhost", "http://127.0.0.1");
    let proxy = reqwest::Proxy::https(&address).unwrap();
    let http = trusting(&authority).proxy(proxy).build().unwrap();
    let tenant = Tenant::default().tenant_id;
    let path = format!("{tenant}/v2.0/.well-known/openid-configuration");
    let document = read(http.get(format!("https://login.microsoftonline.com/{path}"))).await;
    let endpoint = format!("https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token");
    assert_eq!(document.body["token_endpoint"], endpoint);
    let answer = read(http.get("https://graph.microsoft.com/v1.0/users")).await;
    assert_eq!((answer.status, answer.code()), (401, "InvalidAuthenticationToken"));
    // A request in the clear that is not a `CONNECT` gets an answer that names HTTPS.
    let answer = reqwest::Client::builder().no_proxy().build().unwrap().get(&address).send().await.unwrap();
    assert_eq!(answer.status(), 400);
    assert_eq!(answer.text().await.unwrap(), "This address speaks https only\n");
}
