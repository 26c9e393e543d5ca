//! The sandbox as a program of its own.

use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead, BufReader},
    process::{Child, Stdio},
};

use serde_json::Value;

use crate::support::Installation;

/// A running `sandbox`; killed at the end of the test.
pub struct Running {
    child: Child,
    /// Names and values that it printed.
    pub printed: BTreeMap<String, String>,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Running {
    pub fn start(installation: &Installation, arguments: &[&str]) -> Self {
        let free = ["sandbox", "--listen", "127.0.0.1:0", "--smtp-listen", "127.0.0.1:0"];
        let mut command = installation.command(&[&free, arguments].concat());
        let child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut running = Self { child, printed: BTreeMap::new() };
        let lines = BufReader::new(running.child.stdout.take().unwrap()).lines();
        for line in lines.map(|line| line.unwrap()).take_while(|line| line != "Ctrl-C ends it.") {
            let (name, value) = line.split_once(' ').unwrap();
            running.printed.insert(name.to_owned(), value.trim().to_owned());
        }
        running
    }

    pub fn url(&self, name: &str, path: &str) -> String {
        format!("{}{path}", self.printed[name])
    }
}

/// A client that trusts the certificates of a file and no others.
fn trusting(installation: &Installation, file: &str) -> reqwest::Client {
    let pem = fs::read(installation.path(file)).unwrap();
    let authority = reqwest::Certificate::from_pem(&pem).unwrap();
    reqwest::Client::builder().no_proxy().tls_certs_only([authority]).build().unwrap()
}

async fn token_endpoint(http: &reqwest::Client, sandbox: &Running) -> String {
    let path = format!("/{}/v2.0/.well-known/openid-configuration", sandbox.printed["tenant_id"]);
    let document: Value =
        http.get(sandbox.url("authority", &path)).send().await.unwrap().json().await.unwrap();
    document["token_endpoint"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn it_speaks_https_with_a_certificate_made_on_the_spot() {
    let installation = Installation::new();
    let sandbox = Running::start(&installation, &["--https", "--ca-file", "ca.pem"]);
    for name in ["state", "inbox", "authority", "graph_url"] {
        assert!(sandbox.printed[name].starts_with("https://localhost:"), "{:?}", sandbox.printed);
    }
    assert_eq!(sandbox.printed["ca_file"], "ca.pem");
    let http = trusting(&installation, "ca.pem");
    assert_eq!(http.get(sandbox.url("state", "state")).send().await.unwrap().status(), 200);
    let endpoint = token_endpoint(&http, &sandbox).await;
    assert!(endpoint.starts_with(&sandbox.printed["authority"]), "{endpoint}");
    // The next one has a certificate of its own.
    drop(sandbox);
    let before = fs::read(installation.path("ca.pem")).unwrap();
    let sandbox = Running::start(&installation, &["--https", "--ca-file", "ca.pem"]);
    assert_ne!(fs::read(installation.path("ca.pem")).unwrap(), before);
    assert!(http.get(sandbox.url("state", "state")).send().await.unwrap_err().is_connect());
}

#[tokio::test]
async fn it_speaks_https_with_a_given_certificate() {
    let installation = Installation::new();
    let key = rcgen::KeyPair::generate().unwrap();
    let names = vec!["*.example.edu".to_owned(), "localhost".to_owned()];
    let certificate = rcgen::CertificateParams::new(names).unwrap().self_signed(&key).unwrap();
    fs::write(installation.path("tls.pem"), certificate.pem()).unwrap();
    fs::write(installation.path("tls-key.pem"), key.serialize_pem()).unwrap();
    let flags = ["--tls-certificate", "tls.pem", "--tls-key", "tls-key.pem"];
    let sandbox = Running::start(&installation, &flags);
    assert!(sandbox.printed["authority"].starts_with("https://localhost:"), "{:?}", sandbox.printed);
    assert!(!sandbox.printed.contains_key("ca_file"));
    let http = trusting(&installation, "tls.pem");
    assert!(token_endpoint(&http, &sandbox).await.starts_with("https://localhost:"));
    let ran = installation.run(&["sandbox", "--tls-certificate", "tls.pem"]);
    ran.assert_code(2);
    assert!(ran.err.contains("--tls-key"), "{}", ran.err);
    let ran = installation.run(&[&["sandbox", "--https"][..], &flags].concat());
    ran.assert_code(2);
}

#[tokio::test]
async fn an_assertion_is_accepted_twice_unless_that_is_refused() {
    let installation = Installation::new();
    for (flags, statuses) in [(&[][..], [200, 200]), (&["--refuse-assertion-reuse"][..], [200, 401])] {
        let certificate = ["--certificate", "certificate.pem"];
        let sandbox = Running::start(&installation, &[&certificate, flags].concat());
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let endpoint = token_endpoint(&http, &sandbox).await;
        let assertion = assertion(&installation, &sandbox.printed["client_id"], &endpoint);
        for status in statuses {
            let form = [
                ("grant_type", "client_credentials"),
                ("client_id", &sandbox.printed["client_id"]),
                ("scope", "https://graph.microsoft.com/.default"),
                ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
                ("client_assertion", &assertion),
            ];
            let answer = http.post(&endpoint).form(&form).send().await.unwrap();
            assert_eq!(answer.status(), status, "{flags:?}");
        }
    }
}

fn assertion(installation: &Installation, client: &str, endpoint: &str) -> String {
    let thumbprint =
        installation.run(&["cert", "show", "--json", "--key", "key.pem", "--certificate", "certificate.pem"]);
    let digits = thumbprint.json()[0]["sha256"].as_str().unwrap().replace(':', "");
    let bytes: Vec<u8> = (0..digits.len())
        .step_by(2)
        .map(|place| u8::from_str_radix(&digits[place..place + 2], 16).unwrap())
        .collect();
    let mut header = jsonwebtoken::Header::new(jsonwebtoken::Algorithm::PS256);
    header.x5t_s256 = Some(base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, bytes));
    let claims = serde_json::json!({
        "aud": endpoint, "iss": client, "sub": client, "jti": "1", "exp": 4_000_000_000_u64,
    });
    let key = fs::read(installation.path("key.pem")).unwrap();
    jsonwebtoken::encode(&header, &claims, &jsonwebtoken::EncodingKey::from_rsa_pem(&key).unwrap()).unwrap()
}
