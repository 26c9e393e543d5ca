//! All addresses of the site: one list, of which the router is made and which `accountcreator routes` prints.

use axum::{
    Router,
    handler::Handler,
    routing::{MethodRouter, get, post},
};
use serde::Serialize;

use super::{
    api::{docs, openapi, v1, v2},
    assets,
    client::SEEN_AT,
    health,
    pages::{challenge, confirm, correct, form, link, preview, resend, start, status, submit},
    state::Shared,
};
use crate::config::{self, Config};

/// One address, one method, and what it is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Route {
    /// The method; `GET` includes `HEAD`.
    pub method: &'static str,
    /// The address. `{language}` is a placeholder for the tag of each of the site's languages.
    pub path: &'static str,
    /// A description of the address.
    pub what: &'static str,
}

/// All addresses that a configuration makes reachable.
#[must_use]
pub fn routes(config: &Config) -> Vec<Route> {
    Table::new(&config.api, Vec::new()).routes
}

/// The list while it is being written, and the router that is made of it.
pub(super) struct Table {
    tags: Vec<String>,
    pub(super) routes: Vec<Route>,
    pub(super) router: Router<Shared>,
}

impl Table {
    /// The addresses that a configuration makes reachable, in languages with these tags.
    pub(super) fn new(api: &config::Api, tags: Vec<String>) -> Self {
        let mut table = Self { tags, routes: Vec::new(), router: Router::new() };
        table.pages();
        if api.enabled {
            table.api();
        }
        if api.enabled && api.v1 {
            table.api_v1();
        }
        table
    }

    fn pages(&mut self) {
        self.get("/", "on to the form in the visitor's language", start::choose_language);
        self.get("/{language}", "the form", form::show);
        self.post("/{language}", "takes the form", submit::submit);
        self.get("/{language}/", "on to the form", start::to_form);
        self.post("/{language}/preview", "the username a name would give", preview::username);
        self.get("/{language}/signups/{token}", "how far a signup is", status::show);
        self.post("/{language}/signups/{token}/code", "confirms the address by its code", confirm::by_code);
        self.get("/{language}/signups/{token}/code", "back to the signup", status::back);
        self.post("/{language}/signups/{token}/code/again", "mails a new code", confirm::send_again);
        self.get("/{language}/signups/{token}/code/again", "back to the signup", status::back);
        self.post("/{language}/signups/{token}/password", "mails a new password", resend::send_again);
        self.get("/{language}/signups/{token}/password", "back to the signup", status::back);
        self.post(
            "/{language}/signups/{token}/correct",
            "the form again, to correct the address",
            correct::correct,
        );
        self.get("/{language}/signups/{token}/correct", "back to the signup", status::back);
        self.get("/{language}/confirm/{link}", "the requests that the link of a mail confirms", link::show);
        self.post("/{language}/confirm/{link}", "confirms a request by the link", link::confirm);
        self.post("/{language}/confirm/{link}/refuse", "refuses all requests for the address", link::refuse);
        self.get("/{language}/confirm/{link}/refuse", "back to the requests", link::back);
        self.post("/challenge", "the work a browser has to do, where it has to", challenge::pose);
        self.get("/static/{file}", "style sheets, scripts and pictures", assets::serve);
        self.get("/livez", "whether the process answers", health::live);
        self.get("/readyz", "whether signups can be taken", health::ready);
        self.get(SEEN_AT, "which proxies were seen, for this machine alone", health::report);
    }

    fn api(&mut self) {
        self.get("/api/v2", "API, version 2: what it has", v2::service);
        self.get("/api/v2/", "the same", v2::service);
        self.post("/api/v2/signups", "makes a signup", v2::create);
        self.post("/api/v2/signups/", "the same", v2::create);
        self.get("/api/v2/signups/{token}", "how far a signup is", v2::show);
        self.get("/api/v2/signups/{token}/", "the same", v2::show);
        self.get("/api", "the versions of the API", v1::versions);
        self.get("/api/", "the same", v1::versions);
        self.get("/api/openapi.json", "its description for programs (OpenAPI 3.1)", openapi::serve);
        self.get("/api/api-spec.json", "the same", openapi::serve);
        self.get("/api/redoc", "its description for people", docs::show);
        self.get("/api/redoc/", "the same", docs::show);
        self.get("/api/swagger-ui", "the same", docs::show);
        self.get("/api/swagger-ui/", "the same", docs::show);
    }

    fn api_v1(&mut self) {
        self.get("/api/v1", "API, version 1: what it has", v1::operations);
        self.get("/api/v1/", "the same", v1::operations);
        self.post("/api/v1/email-verification", "checks an address", v1::verify_email);
        self.post("/api/v1/email-verification/", "the same", v1::verify_email);
        self.post("/api/v1/account_creation", "asks for an account", v1::create_account);
        self.post("/api/v1/account_creation/", "the same", v1::create_account);
    }

    fn get<H: Handler<T, Shared>, T: 'static>(&mut self, path: &'static str, what: &'static str, handler: H) {
        self.add(Route { method: "GET", path, what }, &get(handler));
    }

    fn post<H: Handler<T, Shared>, T: 'static>(
        &mut self,
        path: &'static str,
        what: &'static str,
        handler: H,
    ) {
        self.add(Route { method: "POST", path, what }, &post(handler));
    }

    fn add(&mut self, route: Route, handler: &MethodRouter<Shared>) {
        let router = std::mem::take(&mut self.router);
        self.router = match route.path.strip_prefix("/{language}") {
            None => router.route(route.path, handler.clone()),
            Some(rest) => self
                .tags
                .iter()
                .fold(router, |router, tag| router.route(&format!("/{tag}{rest}"), handler.clone())),
        };
        self.routes.push(route);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::collections::BTreeSet;

    use crate::{
        domain::{ConfirmationLink, StatusToken},
        http::{
            SEEN_AT, routes,
            testing::{Browser, House},
        },
    };

    const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

    /// A site on which nothing is switched off, and the values for the placeholders of its addresses.
    async fn site() -> (Browser, Vec<(&'static str, String)>) {
        let mut browser = Browser::at(House::guarded("", "min_time = \"0s\"\nproof_of_work = true").await);
        let signup = browser.sign_up(&[]).await.header("location");
        let token = signup.rsplit('/').next().unwrap().to_owned();
        let key = &browser.house.site.key;
        let id = token.parse::<StatusToken>().unwrap().verify(key).unwrap();
        let link = ConfirmationLink::of(id, 1, key).encoded();
        let file = browser.web.site.assets.address("style.css").rsplit('/').next().unwrap().to_owned();
        let language = "de".to_owned();
        (browser, vec![("{language}", language), ("{token}", token), ("{link}", link), ("{file}", file)])
    }

    #[tokio::test]
    async fn what_is_listed_is_there_with_its_methods_and_no_other() {
        let (mut browser, places) = site().await;
        let mut all = routes(&browser.house.site.config);
        // It answers only this machine itself, and no request of this test has a connection from there.
        all.retain(|route| route.path != SEEN_AT);
        let paths: BTreeSet<_> = all.iter().map(|route| route.path).collect();
        assert!(paths.len() > 20);
        for path in paths {
            let listed: Vec<_> =
                all.iter().filter(|route| route.path == path).map(|route| route.method).collect();
            let address =
                places.iter().fold(path.to_owned(), |path, (place, value)| path.replace(place, value));
            for method in METHODS {
                let answer = browser.send(method, &address, "").await;
                assert_ne!(answer.status, 404, "{method} {path}");
                assert_eq!(
                    answer.status == 405,
                    !listed.contains(&method),
                    "{method} {path}: {}",
                    answer.status
                );
                if answer.status == 405 {
                    let allowed = listed.join(",").replace("GET", "GET,HEAD");
                    let sorted = |list: &str| list.split(',').map(str::to_owned).collect::<BTreeSet<_>>();
                    assert_eq!(sorted(&answer.header("allow")), sorted(&allowed), "{path}");
                }
            }
        }
    }

    #[tokio::test]
    async fn what_is_not_listed_is_not_there() {
        let (mut browser, _) = site().await;
        for address in [
            "/en/x",
            "/x",
            "/api/x",
            "/api/v1/x",
            "/api/v1/vouchers",
            "/api/v2/x",
            "/api/v2/signups/a/b",
            "/api/v3",
            "/apis",
            "/api//",
            "/metrics",
            "/en/signups",
            "/static/",
            "/livez/",
        ] {
            assert_eq!(browser.get(address).await.status, 404, "{address}");
        }
    }

    #[tokio::test]
    async fn each_route_is_listed_once() {
        let all = routes(&House::new().await.site.config);
        let once: BTreeSet<_> = all.iter().map(|route| (route.method, route.path)).collect();
        assert_eq!(once.len(), all.len());
        assert!(all.iter().all(|route| !route.what.is_empty()));
    }
}
