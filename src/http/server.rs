//! The server under the router: connections, their number and their time limits.

use std::{io, sync::Arc, time::Duration};

use arc_swap::ArcSwap;
use axum::{Router, extract::Request};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::{GracefulShutdown, Watcher},
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use super::{
    client::{Peer, Proxies},
    limits::{HeldPlace, RateLimits},
    listener::{Listener, Stream},
};
use crate::{
    config,
    metrics::{Connection, Metrics},
};

/// A router that may be exchanged while requests are answered: each is answered by the one that was there when it
/// came. Cheap to clone; all clones are the same.
#[derive(Clone)]
pub struct Served(Arc<ArcSwap<Router>>);

impl Served {
    /// This router, until another takes its place.
    #[must_use]
    pub fn new(router: Router) -> Self {
        Self(Arc::new(ArcSwap::from_pointee(router)))
    }

    /// The router at this moment.
    pub fn now(&self) -> Router {
        Router::clone(&self.0.load())
    }

    /// Puts this router in its place.
    pub fn exchange(&self, router: Router) {
        self.0.store(Arc::new(router));
    }
}

/// The share of the connections that one network may hold, and the proxies that it does not apply to.
pub type Shares = (Arc<RateLimits>, Arc<Proxies>);

/// The pause after a failed accept, when file descriptors have run out.
const PAUSE: Duration = Duration::from_millis(100);

/// The largest head of a request, in bytes.
const HEAD_BYTES: usize = 32 * 1024;

/// Serves on the listener until `shutdown` is cancelled and requests in flight are answered.
///
/// `axum::serve` limits neither the number of connections nor the time for a request's head.
pub async fn serve(
    listener: Listener,
    served: Served,
    config: &config::Server,
    shares: Option<Shares>,
    metrics: Metrics,
    shutdown: CancellationToken,
) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(config.header_timeout);
    http.max_header_size(HEAD_BYTES).max_buf_size(2 * HEAD_BYTES);
    let places = Arc::new(Semaphore::new(config.max_connections));
    let graceful = GracefulShutdown::new();
    let accept = || listener.accept(config.request_timeout);
    while let Some((accepted, place)) = next_connection(accept, &places, &shutdown).await {
        let share = match &shares {
            Some((rate_limits, proxies)) => rate_limits.connection(accepted.1, proxies),
            None => Some(None),
        };
        // The network holds all of its share.
        let Some(share) = share else { continue };
        let held = (place, share, metrics.connection());
        tokio::spawn(answer(http.clone(), accepted, served.clone(), graceful.watcher(), held));
    }
    drop(listener);
    if timeout(config.shutdown_timeout, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests were still in flight when the server stopped");
    }
}

/// The next connection once there is a place for it; `None` when the server shall stop.
async fn next_connection<Accepted: Future<Output = io::Result<(Stream, Peer)>>>(
    accept: impl Fn() -> Accepted,
    places: &Arc<Semaphore>,
    shutdown: &CancellationToken,
) -> Option<((Stream, Peer), OwnedSemaphorePermit)> {
    let next = async {
        let place = Arc::clone(places).acquire_owned().await.ok()?;
        loop {
            match accept().await {
                Ok(accepted) => return Some((accepted, place)),
                Err(error) if is_of_one_connection(&error) => {}
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    let _ = timeout(PAUSE, std::future::pending::<()>()).await;
                }
            }
        }
    };
    shutdown.run_until_cancelled(next).await.flatten()
}

/// Returns whether the client hung up before it was accepted, which is no fault of the server.
fn is_of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

/// Answers the requests of one connection.
async fn answer(
    http: http1::Builder,
    (stream, peer): (Stream, Peer),
    served: Served,
    watcher: Watcher,
    _held: (OwnedSemaphorePermit, Option<HeldPlace>, Connection),
) {
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(peer);
        served.now().oneshot(request)
    });
    let connection = http.serve_connection(TokioIo::new(stream), service);
    if let Err(error) = watcher.watch(connection).await {
        tracing::debug!(%error, "a connection ended early");
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::net::SocketAddr;

    use axum::routing::get;
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::{TcpListener, TcpStream},
        sync::Notify,
        task::JoinHandle,
    };

    use super::*;

    fn patient() -> config::Server {
        let server = config::testing::config().server;
        config::Server { max_connections: 100, ..server }
    }

    struct Running {
        address: SocketAddr,
        shutdown: CancellationToken,
        task: JoinHandle<()>,
    }

    async fn start(router: Router, config: config::Server) -> Running {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shutdown = CancellationToken::new();
        let (served, stop) = (Served::new(router), shutdown.clone());
        let task = tokio::spawn(async move {
            serve(listener.into(), served, &config, None, Metrics::off(), stop).await;
        });
        Running { address, shutdown, task }
    }

    impl Running {
        async fn connect(&self, send: &str) -> TcpStream {
            let mut stream = TcpStream::connect(self.address).await.unwrap();
            stream.write_all(send.as_bytes()).await.unwrap();
            stream
        }

        async fn ask(&self) -> String {
            read(self.connect("GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await).await
        }
    }

    async fn read(mut stream: TcpStream) -> String {
        let mut text = String::new();
        stream.read_to_string(&mut text).await.unwrap();
        text
    }

    fn hello() -> Router {
        Router::new().route("/", get(|| async { "hello" }))
    }

    #[tokio::test]
    async fn half_a_request_is_not_held() {
        let limits = config::Server { header_timeout: Duration::from_millis(50), ..patient() };
        let server = start(hello(), limits).await;
        let half = server.connect("GET / HTTP/1.1\r\nhost:").await;
        assert!(!read(half).await.contains("hello"), "the server hangs up");
        let silent = server.connect("").await;
        assert_eq!(read(silent).await, "");
        assert!(server.ask().await.ends_with("hello"));
    }

    #[tokio::test]
    #[cfg(target_os = "linux")]
    async fn who_asks_and_does_not_read_is_cut_off() {
        let limits =
            config::Server { request_timeout: Duration::from_millis(50), max_connections: 1, ..patient() };
        let large = || async { vec![b'x'; 16 << 20] };
        let server = start(hello().route("/large", get(large)), limits).await;
        let asked = server.connect("GET /large HTTP/1.1\r\nhost: x\r\n\r\n").await;
        assert!(server.ask().await.ends_with("hello"), "its place is free again");
        drop(asked);
    }

    #[tokio::test]
    async fn an_endless_head_is_refused() {
        let server = start(hello(), patient()).await;
        let endless = format!("GET / HTTP/1.1\r\nhost: {}\r\n\r\n", "x".repeat(HEAD_BYTES));
        let answer = read(server.connect(&endless).await).await;
        assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
    }

    #[tokio::test]
    async fn more_connections_than_places_wait_for_one() {
        let server = start(hello(), config::Server { max_connections: 1, ..patient() }).await;
        let mut first = server.connect("GET / HTTP/1.1\r\nhost: x\r\n\r\n").await;
        first.readable().await.unwrap();
        let mut second = std::pin::pin!(server.ask());
        assert!(timeout(Duration::from_millis(50), &mut second).await.is_err(), "there is no place");
        first.shutdown().await.unwrap();
        drop(first);
        assert!(second.await.ends_with("hello"));
    }

    #[tokio::test]
    async fn requests_in_flight_are_answered_before_the_end() {
        let (entered, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let (enter, wait) = (Arc::clone(&entered), Arc::clone(&go_on));
        let slow = move || async move {
            enter.notify_one();
            wait.notified().await;
            "at last"
        };
        let server = start(Router::new().route("/", get(slow)), patient()).await;
        let idle = server.connect("").await;
        let asking = server.connect("GET / HTTP/1.1\r\nhost: x\r\n\r\n").await;
        entered.notified().await;
        server.shutdown.cancel();
        go_on.notify_one();
        assert!(read(asking).await.ends_with("at last"));
        assert_eq!(read(idle).await, "", "an idle connection is closed");
        server.task.await.unwrap();
        assert!(TcpStream::connect(server.address).await.is_err(), "nobody listens any more");
    }

    #[tokio::test]
    async fn a_request_that_does_not_end_holds_up_the_end_only_so_long() {
        let entered = Arc::new(Notify::new());
        let enter = Arc::clone(&entered);
        let endless = move || async move {
            enter.notify_one();
            std::future::pending::<()>().await;
        };
        let limits = config::Server { shutdown_timeout: Duration::from_millis(50), ..patient() };
        let server = start(Router::new().route("/", get(endless)), limits).await;
        let _asking = server.connect("GET / HTTP/1.1\r\nhost: x\r\n\r\n").await;
        entered.notified().await;
        server.shutdown.cancel();
        server.task.await.unwrap();
    }
}
