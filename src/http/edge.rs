//! The one middleware: a request's id, its time limit, its log line, the headers of its answer, and the page for an
//! error.

use std::{future::poll_fn, panic::AssertUnwindSafe, pin::pin, task::Poll, time::Instant};

use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderMap, Method, StatusCode},
    middleware::Next,
    response::{IntoResponse, Response},
};
use tokio::time::timeout;

use super::{
    api::{self, Dialect, cors::Guest},
    client::{Client, ConnectionInfo},
    compress::compress,
    encoding::Accepted,
    error::{Error, Page, Raised},
    health, language,
    limits::{HeldPlace, TooMany},
    origin,
    pages::error::error_page,
    request_id::{RequestId, X_REQUEST_ID},
    state::{Lang, Shared},
};
use crate::audit;

/// The properties of a request that are known before it is handled. It holds nothing a visitor typed: the route is our
/// own pattern, never the address, which may open a signup.
struct Visit {
    id: RequestId,
    method: &'static str,
    route: Option<MatchedPath>,
    lang: Lang,
    client: Client,
    secure: bool,
    /// The form in which a program gets errors; `None` where people read.
    dialect: Option<Dialect>,
    started: Instant,
}

/// Passes a request on and completes its answer.
pub(super) async fn edge(State(web): State<Shared>, request: Request, next: Next) -> Response {
    let visit = Visit::begin(&web, &request);
    let accepted = Accepted::of(request.headers());
    let guest = Guest::of(&web, visit.dialect, request.headers());
    let held = visit.hold(&web);
    let early = held.as_ref().map_err(|error| Error::from(*error)).and_then(|_| {
        admit(&web, &visit, guest.as_ref(), &request)?;
        let preflight = guest.as_ref().and_then(|guest| guest.preflight(&request));
        Ok(preflight.or_else(|| language::switched(&web, request.method(), request.uri(), visit.secure)))
    });
    let answer = match early.transpose() {
        Some(early) => early,
        None => {
            let mut answer = pin!(audit::during(visit.id.to_string(), next.run(request)));
            let caught = poll_fn(|context| {
                std::panic::catch_unwind(AssertUnwindSafe(|| answer.as_mut().poll(context)))
                    .map_or(Poll::Ready(Err(Error::Panicked)), |poll| poll.map(Ok))
            });
            timeout(web.config().server.request_timeout, caught).await.unwrap_or(Err(Error::TimedOut))
        }
    };
    let mut response = answer.unwrap_or_else(IntoResponse::into_response);
    let raised = response.extensions_mut().remove::<Raised>();
    if let Some(Raised { error, page: Page::Wanted }) = &raised {
        response = visit.tell(&web, error, response);
    }
    if let Some(guest) = guest {
        guest.admit(response.headers_mut());
    }
    response = compress(accepted, response).await;
    web.headers.add(response.headers_mut(), visit.secure);
    response.headers_mut().insert(X_REQUEST_ID, visit.id.header());
    visit.count(&web, response.status());
    visit.log(&web, response.status(), raised.as_ref().map(|raised| raised.error.as_ref()));
    response
}

/// Admits the request to be handled, or returns the error that answers it.
fn admit(web: &Shared, visit: &Visit, guest: Option<&Guest>, request: &Request) -> Result<(), Error> {
    if !visit.is_aside() {
        web.site.rate_limits.page(visit.client)?;
    }
    let is_foreign =
        guest.is_none() && origin::is_foreign(web, request.method(), request.headers(), request.extensions());
    if is_foreign { Err(Error::CrossSite) } else { Ok(()) }
}

impl Visit {
    fn begin(web: &Shared, request: &Request) -> Self {
        let extensions = request.extensions();
        let secure = web.is_secure(extensions);
        let given = extensions.get::<ConnectionInfo>().and_then(|info| info.id.clone());
        Self {
            id: given.unwrap_or_else(|| web.request_ids.next()),
            method: known_method(request.method()),
            route: extensions.get::<MatchedPath>().cloned(),
            lang: language_of(web, request.uri().path(), request.headers(), secure),
            client: ConnectionInfo::client(extensions),
            secure,
            dialect: api::dialect(web, request.uri().path()),
            started: Instant::now(),
        }
    }

    /// The answer that reports the error: as a page, or as a program understands it.
    fn tell(&self, web: &Shared, error: &Error, response: Response) -> Response {
        match self.dialect {
            None => error_page(web, self.lang, &self.id, error, response),
            Some(dialect) => api::error::answer(web, dialect, self.lang, &self.id, error, response),
        }
    }

    fn route(&self) -> &str {
        self.route.as_ref().map_or("none", MatchedPath::as_str)
    }

    /// Takes a place in the share of its network, which is held until the request is answered.
    fn hold(&self, web: &Shared) -> Result<Option<HeldPlace>, TooMany> {
        if self.is_aside() { Ok(None) } else { web.site.rate_limits.request(self.client) }
    }

    /// Returns whether it asks for a static file or a probe, which are of little interest next to pages.
    fn is_aside(&self) -> bool {
        let route = self.route();
        route.starts_with("/static/") || health::is_probe(route)
    }

    /// Counts the request in the metrics. All languages of a page are one route.
    fn count(&self, web: &Shared, status: StatusCode) {
        let label = || match language::by_path(web, self.route()) {
            Some(lang) => self.route().replacen(web.tag(lang), "{language}", 1),
            None => self.route().to_owned(),
        };
        web.site.metrics.request(self.route(), label, self.method, status.as_u16(), self.started.elapsed());
    }

    /// Writes one log line for the request.
    fn log(&self, web: &Shared, status: StatusCode, error: Option<&Error>) {
        let client = web.site.rate_limits.name(self.client);
        let client = client.as_deref();
        let (request, method, status) = (&self.id, self.method, status.as_u16());
        let route = self.route();
        let micros = self.started.elapsed().as_micros();
        match error {
            Some(error) if error.status().is_server_error() => {
                let cause = chain(error);
                tracing::error!(%request, client, method, route, status, micros, cause, "a request failed");
            }
            Some(error) => {
                tracing::info!(
                    %request, client, method, route, status, micros, cause = %error, "a request was refused"
                );
            }
            // Previews are requested while people type, and are of as little interest.
            None if self.is_aside() || route.ends_with("/preview") => {
                tracing::debug!(%request, client, method, route, status, micros, "a request was answered");
            }
            None => tracing::info!(%request, client, method, route, status, micros, "a request was answered"),
        }
    }
}

/// The language for an error page. Probes and static files take the first one: their headers are not read for it.
fn language_of(web: &Shared, path: &str, headers: &HeaderMap, secure: bool) -> Lang {
    let is_aside = health::is_probe(path) || path.starts_with("/static/");
    if is_aside { Lang(0) } else { language::of_request(web, path, headers, secure) }
}

/// The name of a method in the log: a client may send any word as its method.
fn known_method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// The error and what caused it, in one line.
fn chain(error: &Error) -> String {
    let causes = std::iter::successors(std::error::Error::source(error), |error| error.source());
    std::iter::once(error.to_string()).chain(causes.map(ToString::to_string)).collect::<Vec<_>>().join(": ")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::{
        io,
        sync::{Arc, Mutex},
        time::Duration,
    };

    use axum::{Router, middleware::from_fn_with_state, routing::get};
    use tower::ServiceExt;

    use super::*;
    use crate::http::testing::{self, Browser, House};

    #[tokio::test]
    async fn a_handler_that_panics_or_hangs_is_answered_for() {
        let mut web = House::new().await.web();
        Arc::make_mut(&mut web.site.config).server.request_timeout = Duration::from_millis(20);
        let web = Arc::new(web);
        let panics = || async {
            if true {
                panic!("a defect")
            }
        };
        let router: Router = Router::new()
            .route("/de/panics", get(panics))
            .route("/de/hangs", get(std::future::pending::<()>))
            .route("/api/v1/panics", get(panics))
            .route("/api/v1/hangs", get(std::future::pending::<()>))
            .route("/api/v2/panics", get(panics))
            .route("/api/v2/hangs", get(std::future::pending::<()>))
            .layer(from_fn_with_state(Arc::clone(&web), edge));
        for (address, status) in [("/de/panics", 500), ("/de/hangs", 503)] {
            let request = Request::builder().uri(address).body(axum::body::Body::empty()).unwrap();
            let answer = testing::read(router.clone().oneshot(request).await.unwrap()).await;
            answer.assert_sound(&web, language::by_path(&web, address).unwrap());
            assert_eq!(answer.status, status);
            assert_eq!(answer.one("code").len(), 16, "the reference for the log");
            assert_eq!(answer.header("retry-after").is_empty(), status == 500);
        }
        for (address, status, kind) in [
            ("/api/v1/panics", 500, "application/json"),
            ("/api/v1/hangs", 503, "application/json"),
            ("/api/v2/panics", 500, "application/problem+json"),
            ("/api/v2/hangs", 503, "application/problem+json"),
        ] {
            for (language, word) in [("en", "try"), ("de", "versuch")] {
                let request = Request::builder().uri(address).header("lang", language);
                let request = request.body(axum::body::Body::empty()).unwrap();
                let answer = testing::read(router.clone().oneshot(request).await.unwrap()).await;
                assert_eq!((answer.status, answer.header("content-type").as_str()), (status, kind));
                assert_eq!(answer.header("content-language"), language);
                assert_eq!(answer.header("retry-after").is_empty(), status == 500);
                let told: serde_json::Value = serde_json::from_str(&answer.text).unwrap();
                let (number, text) =
                    if kind == "application/json" { ("code", "message") } else { ("status", "detail") };
                assert_eq!(told[number], status);
                assert!(told[text].as_str().unwrap().to_lowercase().contains(word), "{told}");
            }
        }
    }

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[tokio::test]
    async fn nothing_a_visitor_sends_is_logged() {
        let lines = Lines::default();
        let writer = lines.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .finish();
        let guard = tracing::subscriber::set_default(subscriber);
        let mut browser = Browser::new().await;
        browser.with("user-agent", "Marker/1");
        let address = browser.sign_up(&[("last_name", "Marker")]).await.header("location");
        browser.get(&format!("{address}?Marker")).await;
        browser.get("/Marker").await;
        browser.send("MARKER", "/en", "Marker").await;
        browser.post("/en", &[("email", "Marker"), ("email", "Marker")]).await;
        browser.sign_up(&[("email", "Marker@example.edu")]).await;
        drop(guard);

        let log = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
        assert!(log.contains("/en/signups/{token}") && log.contains("status=303"), "{log}");
        assert!(log.contains("a field was sent twice") && log.contains("method=\"other\""), "{log}");
        let token = address.rsplit('/').next().unwrap();
        for secret in [token, "arker", "Ada", "MARKER"] {
            assert!(!log.contains(secret), "{secret} in {log}");
        }
    }
}
