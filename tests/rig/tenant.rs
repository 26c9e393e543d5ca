//! The simulated tenant, seen from outside: its state, its log, its mails, its faults.

use accountcreator::domain::{Clock, Entropy};
use anyhow::{Context, Result};
use aws_lc_rs::digest::{SHA256, digest};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};

use super::place::Place;

/// A running sandbox.
#[derive(Clone)]
pub struct Tenant {
    http: reqwest::Client,
    base: String,
}

/// The directory.
#[derive(Deserialize)]
pub struct State {
    pub tenant_id: String,
    pub client_id: String,
    pub users: Vec<User>,
    pub groups: Vec<Group>,
    pub skus: Vec<Sku>,
    pub deleted: Vec<User>,
}

/// A user of the tenant.
#[derive(Clone, Deserialize)]
pub struct User {
    pub id: String,
    pub user_principal_name: String,
    pub licenses: Vec<String>,
    pub groups: Vec<String>,
    pub properties: Map<String, Value>,
}

/// A group of the tenant.
#[derive(Deserialize)]
pub struct Group {
    pub id: String,
    pub members: Vec<String>,
}

/// A subscription of the tenant.
#[derive(Deserialize)]
pub struct Sku {
    pub sku_id: String,
    pub consumed: usize,
}

/// A request to the token endpoint or to Graph.
#[derive(Deserialize)]
pub struct Request {
    pub connection: u64,
    pub operation: String,
    pub ending: String,
}

/// A mail the sink has taken.
#[derive(Clone, Deserialize)]
pub struct Mail {
    pub at_ms: i64,
    pub recipient: String,
    /// By which way it came: `smtp`, `smtp_xoauth2` or `graph`.
    pub way: String,
    pub subject: String,
    pub message_id: Option<String>,
    pub text: String,
}

impl User {
    /// A property as text; empty if it is not set.
    pub fn text(&self, property: &str) -> &str {
        self.properties.get(property).and_then(Value::as_str).unwrap_or_default()
    }
}

impl Mail {
    /// The code that confirms an address: the six digits of the subject.
    pub fn code(&self) -> Result<String> {
        let numbers = self.subject.split(|c: char| !c.is_ascii_digit());
        let code = numbers.into_iter().find(|number| number.len() == 6);
        code.map(str::to_owned).context("no code is in the subject")
    }

    /// The link that does the same.
    pub fn link(&self) -> Result<String> {
        let link = self.text.split_whitespace().find(|word| word.contains("/confirm/"));
        link.map(str::to_owned).context("no link is in the mail")
    }
}

impl Tenant {
    /// The sandbox at this address.
    pub fn at(address: &str) -> Result<Self> {
        let http = reqwest::Client::builder().no_proxy().build()?;
        Ok(Self { http, base: format!("http://{address}") })
    }

    /// Where the token endpoint and Graph are.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The whole directory.
    pub async fn state(&self) -> Result<State> {
        self.get("state").await
    }

    /// All requests, oldest first.
    pub async fn requests(&self) -> Result<Vec<Request>> {
        self.get("requests").await
    }

    /// All mails, oldest first.
    pub async fn mails(&self) -> Result<Vec<Mail>> {
        self.get("mails").await
    }

    /// All mails to this address, oldest first.
    pub async fn mails_to(&self, address: &str) -> Result<Vec<Mail>> {
        let url = format!("{}/sandbox/mails", self.base);
        let answer = self.http.get(url).query(&[("to", address)]).send().await?.error_for_status()?;
        Ok(answer.json().await?)
    }

    /// A mail to this address, once there is one; none after half a minute.
    pub async fn wait_for_mail(&self, address: &str) -> Result<Option<Mail>> {
        let url = format!("{}/sandbox/mails", self.base);
        let wanted = [("to", address), ("wait_ms", "30000")];
        let answer = self.http.get(url).query(&wanted).send().await?.error_for_status()?;
        Ok(answer.json::<Vec<Mail>>().await?.pop())
    }

    async fn get<T: DeserializeOwned>(&self, what: &str) -> Result<T> {
        let url = format!("{}/sandbox/{what}", self.base);
        let answer = self.http.get(&url).send().await?.error_for_status()?;
        answer.json().await.with_context(|| format!("{url} says something else than expected"))
    }

    /// Sets what goes wrong from now on.
    pub async fn set_faults(&self, faults: &Value) -> Result<()> {
        let url = format!("{}/sandbox/faults", self.base);
        self.http.put(url).json(faults).send().await?.error_for_status()?;
        Ok(())
    }

    /// Whether the tenant lets this user in with this password.
    ///
    /// <https://learn.microsoft.com/entra/identity-platform/v2-oauth-ropc>. A password that must be changed
    /// at the first sign-in is right, too: AADSTS50055.
    pub async fn lets_in(&self, state: &State, user: &str, password: &str) -> Result<bool> {
        let url = format!("{}/{}/oauth2/v2.0/token", self.base, state.tenant_id);
        let form = [
            ("grant_type", "password"),
            ("client_id", &state.client_id),
            ("scope", "https://graph.microsoft.com/.default"),
            ("username", user),
            ("password", password),
        ];
        let answer: Value = self.http.post(url).form(&form).send().await?.json().await?;
        let must_change =
            answer["error_codes"].as_array().is_some_and(|codes| codes.contains(&50_055.into()));
        Ok(answer["access_token"].is_string() || must_change)
    }

    /// Deletes a user, as an admin does.
    pub async fn delete_user(&self, place: &Place, state: &State, user: &str) -> Result<()> {
        let token = self.token(place, state).await?;
        let request = self.http.delete(format!("{}/v1.0/users/{user}", self.base)).bearer_auth(token);
        request.send().await?.error_for_status()?;
        Ok(())
    }

    /// An access token of the application.
    ///
    /// <https://learn.microsoft.com/entra/identity-platform/certificate-credentials>
    async fn token(&self, place: &Place, state: &State) -> Result<String> {
        let url = format!("{}/{}/oauth2/v2.0/token", self.base, state.tenant_id);
        let (key, certificate) =
            (std::fs::read(place.file("app.key"))?, std::fs::read_to_string(place.file("app.crt"))?);
        let lines = certificate.lines().filter(|line| !line.starts_with("-----"));
        let certificate = STANDARD.decode(lines.collect::<String>())?;
        let thumbprint = URL_SAFE_NO_PAD.encode(digest(&SHA256, &certificate));
        let header = Header { x5t_s256: Some(thumbprint), ..Header::new(Algorithm::RS256) };
        let (now, id) =
            (Clock::system().now().seconds(), URL_SAFE_NO_PAD.encode(Entropy::system().bytes::<16>()));
        let claims = json!({
            "aud": url, "iss": state.client_id, "sub": state.client_id, "jti": id, "nbf": now, "exp": now + 300,
        });
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", &state.client_id),
            ("scope", "https://graph.microsoft.com/.default"),
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
            ("client_assertion", &jsonwebtoken::encode(&header, &claims, &EncodingKey::from_rsa_pem(&key)?)?),
        ];
        let answer: Value = self.http.post(url).form(&form).send().await?.json().await?;
        answer["access_token"]
            .as_str()
            .map(str::to_owned)
            .with_context(|| format!("there is no token: {answer}"))
    }
}
