//! A running sandbox with a client that has a certificate of its own.

use std::sync::LazyLock;

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use rcgen::{CertificateParams, KeyPair, PKCS_RSA_SHA256, RsaKeySize};
use reqwest::Method;
use reqwest::header::HeaderMap;
use serde_json::{Value, json};

use crate::sandbox::clock::Clock;
use crate::sandbox::{Faults, Options, Sandbox, Tenant};

/// A certificate with its key.
pub(super) struct Identity {
    pub certificate_pem: String,
    pub der: Vec<u8>,
    pub key_pem: String,
}

impl Identity {
    pub fn generate() -> Self {
        let key = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048).unwrap();
        let parameters = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        let certificate = parameters.self_signed(&key).unwrap();
        Self {
            certificate_pem: certificate.pem(),
            der: certificate.der().to_vec(),
            key_pem: key.serialize_pem(),
        }
    }

    pub fn sha256(&self) -> Vec<u8> {
        digest::digest(&digest::SHA256, &self.der).as_ref().to_vec()
    }

    pub fn sha1(&self) -> Vec<u8> {
        let algorithm = &digest::SHA1_FOR_LEGACY_USE_ONLY;
        digest::digest(algorithm, &self.der).as_ref().to_vec()
    }
}

/// The client's certificate; generating one takes its time.
pub(super) static CLIENT: LazyLock<Identity> = LazyLock::new(Identity::generate);
/// The certificate of another client.
pub(super) static STRANGER: LazyLock<Identity> = LazyLock::new(Identity::generate);

/// The contents of an assertion; the default is what the documentation asks for.
pub(super) struct Assertion {
    pub identity: &'static Identity,
    pub algorithm: Algorithm,
    pub x5t: Option<String>,
    pub x5t_s256: Option<String>,
    pub claims: Value,
}

impl Assertion {
    pub fn new(bed: &Bed) -> Self {
        let client = Tenant::default().client_id;
        let now = Clock::default().now_seconds();
        Self {
            identity: &CLIENT,
            algorithm: Algorithm::PS256,
            x5t: None,
            x5t_s256: Some(URL_SAFE_NO_PAD.encode(CLIENT.sha256())),
            claims: json!({
                "aud": bed.sandbox.token_url(),
                "iss": client,
                "sub": client,
                "jti": fastrand::u128(..).to_string(),
                "nbf": now,
                "iat": now,
                "exp": now + 600,
            }),
        }
    }

    pub fn claim(mut self, name: &str, value: Value) -> Self {
        self.claims[name] = value;
        self
    }

    pub fn sign(&self) -> String {
        let mut header = Header::new(self.algorithm);
        header.x5t.clone_from(&self.x5t);
        header.x5t_s256.clone_from(&self.x5t_s256);
        let key = EncodingKey::from_rsa_pem(self.identity.key_pem.as_bytes()).unwrap();
        jsonwebtoken::encode(&header, &self.claims, &key).unwrap()
    }
}

pub(super) fn padded(thumbprint: &[u8]) -> String {
    URL_SAFE.encode(thumbprint)
}

pub(super) fn standard(thumbprint: &[u8]) -> String {
    STANDARD.encode(thumbprint)
}

/// An answer, read to its end.
#[derive(Debug)]
pub(super) struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Value,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// `error.code`
    pub fn code(&self) -> &str {
        self.body["error"]["code"].as_str().unwrap()
    }

    /// `error.message`
    pub fn message(&self) -> &str {
        self.body["error"]["message"].as_str().unwrap()
    }
}

pub(super) struct Bed {
    pub sandbox: Sandbox,
    pub http: reqwest::Client,
    pub token: String,
}

impl Bed {
    pub async fn new() -> Self {
        Self::with(Options::default()).await
    }

    /// A sandbox of these options that knows the client's certificate, and a token for it.
    pub async fn with(mut options: Options) -> Self {
        options.tenant.certificates.push(CLIENT.certificate_pem.clone());
        let sandbox = Sandbox::start(options).await.unwrap();
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let mut bed = Self { sandbox, http, token: String::new() };
        bed.renew().await;
        bed.sandbox.clear_requests();
        bed
    }

    /// A sandbox with these faults, which begin after the first token.
    pub async fn with_faults(faults: Faults) -> Self {
        let bed = Self::new().await;
        bed.sandbox.set_faults(faults);
        bed
    }

    pub async fn renew(&mut self) {
        let answer = self.ask_token(&Assertion::new(self).sign(), &[]).await;
        self.token = answer.body["access_token"].as_str().unwrap().to_owned();
    }

    /// Asks for a token, with fields that replace the usual ones; an empty value removes a field.
    pub async fn ask_token(&self, assertion: &str, other: &[(&str, &str)]) -> Answer {
        let client = Tenant::default().client_id.to_string();
        let usual = [
            ("grant_type", "client_credentials"),
            ("client_id", client.as_str()),
            ("scope", "https://graph.microsoft.com/.default"),
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
            ("client_assertion", assertion),
        ];
        let is_usual = |(name, _): &&(&str, &str)| other.iter().all(|(other, _)| other != name);
        let form: Vec<_> = usual.iter().filter(is_usual).chain(other).collect();
        let form: Vec<_> = form.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        let request = self.http.post(self.sandbox.token_url()).form(&form);
        read(request).await
    }

    /// A request to Graph.
    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let url = self.sandbox.graph_url() + path;
        self.http.request(method, url).bearer_auth(&self.token)
    }

    pub async fn get(&self, path: &str) -> Answer {
        read(self.request(Method::GET, path)).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        read(self.request(Method::POST, path).json(body)).await
    }

    pub async fn patch(&self, path: &str, body: &Value) -> Answer {
        read(self.request(Method::PATCH, path).json(body)).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        read(self.request(Method::DELETE, path)).await
    }

    /// Creates a user who must not exist yet, and returns the id.
    pub async fn create(&self, name: &str) -> String {
        let answer = self.post("/users", &user(name)).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        answer.body["id"].as_str().unwrap().to_owned()
    }
}

pub(super) async fn read(request: reqwest::RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let bytes = response.bytes().await.unwrap();
    let body = if bytes.is_empty() { Value::Null } else { serde_json::from_slice(&bytes).unwrap() };
    Answer { status, headers, body }
}

pub(super) const DOMAIN: &str = "students.example.edu";
pub(super) const PASSWORD: &str = "Correct-horse-9";

/// The body of a user who can be created.
pub(super) fn user(name: &str) -> Value {
    json!({
        "accountEnabled": true,
        "displayName": "Ada Lovelace",
        "givenName": "Ada",
        "surname": "Lovelace",
        "mailNickname": name,
        "userPrincipalName": format!("{name}@{DOMAIN}"),
        "usageLocation": "DE",
        "passwordProfile": { "password": PASSWORD, "forceChangePasswordNextSignIn": false },
        "onPremisesExtensionAttributes": { "extensionAttribute1": format!("signup-{name}") },
    })
}
