//! HTTPS, for clients that speak nothing else.

use serde_json::Value;

use super::bed::{CLIENT, read};
use crate::sandbox::{Fault, FaultKind, Faults, Operation, Options, Sandbox, Tenant, TlsIdentity};

async fn sandbox() -> (Sandbox, reqwest::Client, String) {
    let options = Options {
        tls: Some(TlsIdentity {
            certificate_pem: CLIENT.certificate_pem.clone(),
            key_pem: CLIENT.key_pem.clone(),
        }),
        ..Options::default()
    };
    let sandbox = Sandbox::start(options).await.unwrap();
    let authority = reqwest::Certificate::from_pem(CLIENT.certificate_pem.as_bytes()).unwrap();
    let http = reqwest::Client::builder().no_proxy().tls_certs_only([authority]).build().unwrap();
    let url = sandbox.http_url().replace("127.0.0.1", "localhost");
    (sandbox, http, url)
}

#[tokio::test]
async fn the_endpoints_that_discovery_names_are_https() {
    let (_sandbox, http, url) = sandbox().await;
    assert!(url.starts_with("https://"));
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
