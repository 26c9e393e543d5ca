//! A browser that sends requests to the router: it keeps cookies and says where its requests come from.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use axum::{
    Router,
    body::Body,
    http::{Request, header},
};
use tower::ServiceExt;

use super::{
    super::{client::Peer, router, state::Web},
    Answer, House, STUDENT, read,
};

/// The browser of one visitor.
pub(in crate::http) struct Browser {
    router: Router,
    headers: Vec<(String, String)>,
    cookies: BTreeMap<String, String>,
    peer: Option<Peer>,
    /// The state of the router, to look at pages with.
    pub web: Web,
    /// The site behind the pages.
    pub house: House,
}

impl Browser {
    /// A browser at a site with the usual settings.
    pub(in crate::http) async fn new() -> Self {
        Self::at(House::new().await)
    }

    pub(in crate::http) fn at(house: House) -> Self {
        let headers = vec![("sec-fetch-site".to_owned(), "same-origin".to_owned())];
        let (router, web) = (router(house.site.clone()), house.web());
        Self { router, headers, cookies: BTreeMap::new(), peer: None, web, house }
    }

    /// Sends this header with every request.
    pub(in crate::http) fn with(&mut self, name: &str, value: &str) -> &mut Self {
        self.headers.retain(|(key, _)| key != name);
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Sends this header no more.
    pub(in crate::http) fn without(&mut self, name: &str) -> &mut Self {
        self.headers.retain(|(key, _)| key != name);
        self
    }

    /// Sends requests by a connection from this peer.
    pub(in crate::http) fn coming_from(&mut self, peer: Peer) {
        self.peer = Some(peer);
    }

    pub(in crate::http) fn forget_cookies(&mut self) {
        self.cookies.clear();
    }

    pub(in crate::http) async fn get(&mut self, address: &str) -> Answer {
        self.send("GET", address, "").await
    }

    /// Sends a form's fields.
    pub(in crate::http) async fn post(&mut self, address: &str, fields: &[(&str, &str)]) -> Answer {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.send("POST", address, body).await
    }

    /// Sends any body as a form.
    pub(in crate::http) async fn send(
        &mut self,
        method: &str,
        address: &str,
        body: impl Into<Body>,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(address);
        if method == "POST" && !self.headers.iter().any(|(name, _)| name == "content-type") {
            request = request.header("content-type", "application/x-www-form-urlencoded");
        }
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let cookies: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request = request.header(header::COOKIE, cookies.join("; ")).body(body.into()).unwrap();
        if let Some(peer) = self.peer {
            request.extensions_mut().insert(peer);
        }
        let answer = read(self.router.clone().oneshot(request).await.unwrap()).await;
        for cookie in answer.headers.get_all(header::SET_COOKIE) {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        answer
    }

    /// Opens the form and sends it with these fields, over a form that is filled in without fault.
    pub(in crate::http) async fn sign_up(&mut self, fields: &[(&str, &str)]) -> Answer {
        let form = self.get("/en").await;
        self.submit(&form, fields).await
    }

    /// Sends a form that was shown, with these fields over one that is filled in without fault.
    pub(in crate::http) async fn submit(&mut self, form: &Answer, fields: &[(&str, &str)]) -> Answer {
        let token = form.attribute("input[name=form]", "value");
        let mut filled = BTreeMap::from([
            ("form", token.as_str()),
            ("email", STUDENT),
            ("first_name", "Ada"),
            ("last_name", "Lovelace"),
            ("consent_microsoft", "yes"),
            ("consent_terms", "yes"),
        ]);
        filled.extend(fields.iter().copied());
        self.post("/en", &filled.into_iter().collect::<Vec<_>>()).await
    }
}
