//! A program that uses the API. Whatever it is answered is checked against the description of the API.

use std::net::SocketAddr;

use reqwest::{Client, Method, header};
use serde_json::{Value, json};

use super::{Contract, Student, TestApp};

/// A program that speaks to one site.
pub struct Api {
    client: Client,
    address: SocketAddr,
    headers: Vec<(&'static str, String)>,
    contract: Contract,
}

/// An answer as it arrived.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: header::HeaderMap,
    pub body: String,
    /// The body, where it is JSON.
    pub json: Value,
}

impl Api {
    pub async fn of(app: &TestApp) -> Self {
        let client = Client::builder().no_proxy().build().unwrap();
        let url = format!("http://{}/api/openapi.json", app.address);
        let document: Value = client.get(url).send().await.unwrap().json().await.unwrap();
        Self { client, address: app.address, headers: Vec::new(), contract: Contract::new(document) }
    }

    /// Sends this header with every request from now on.
    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.retain(|(other, _)| *other != name);
        self.headers.push((name, value.to_owned()));
        self
    }

    /// Speaks this language.
    pub fn speaking(self, language: &str) -> Self {
        self.with("lang", language)
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, "", Vec::new()).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send("POST", path, "application/json", body.to_string().into_bytes()).await
    }

    /// Sends any body as anything.
    pub async fn send(&self, method: &str, path: &str, kind: &str, body: Vec<u8>) -> Answer {
        let path = path.strip_prefix(&format!("http://{}", self.address)).unwrap_or(path);
        let method: Method = method.parse().unwrap();
        let mut request = self.client.request(method.clone(), format!("http://{}{path}", self.address));
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        if !kind.is_empty() {
            request = request.header(header::CONTENT_TYPE, kind);
        }
        let answer = request.body(body).send().await.unwrap();
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let body = answer.text().await.unwrap();
        let json = serde_json::from_str(&body).unwrap_or_default();
        let answer = Answer { status, headers, body, json };
        if method != Method::HEAD && method != Method::OPTIONS {
            self.contract.check(method.as_str(), path, &answer);
        }
        answer
    }
}

impl Answer {
    pub fn header(&self, name: &str) -> String {
        self.headers.get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
    }

    /// A text in the body.
    pub fn text(&self, pointer: &str) -> &str {
        let found = self.json.pointer(pointer).and_then(Value::as_str);
        found.unwrap_or_else(|| panic!("no {pointer} in {}", self.body))
    }
}

/// The fields of a student as both versions name them.
pub fn account(student: &Student) -> Value {
    json!({ "firstName": student.first, "lastName": student.last, "email": student.email })
}

/// The same with the consent that version 2 wants.
pub fn consenting(student: &Student) -> Value {
    let mut body = account(student);
    body["consent"] = json!("1");
    body
}

/// The body with one member changed.
pub fn but(mut body: Value, name: &str, value: Value) -> Value {
    body[name] = value;
    body
}
