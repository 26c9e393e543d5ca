//! The server under the router: connections, their number and their patience.

use std::{io, sync::Arc, time::Duration};

use axum::extract::Request;
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
    Proxies, RateLimits, Served,
    client::Peer,
    limits::HeldPlace,
    listener::{Listener, Stream},
};
use crate::{
    config,
    metrics::{Connection, Metrics},
};

/// What a client may ask of the server.
#[derive(Clone)]
pub struct Limits {
    /// How long a request's head may take to arrive; also how long an idle connection is kept.
    pub header_read_timeout: Duration,
    /// How long a client may leave untouched what it is sent.
    pub send_timeout: Duration,
    /// How many connections are served at once; others wait to be accepted.
    pub max_connections: usize,
    /// How long requests in flight may go on once shutdown was asked for.
    pub shutdown_timeout: Duration,
    /// Share of the connections that one network may hold, and the proxies that it is not for; `None` for no limit.
    pub shares: Option<(Arc<RateLimits>, Arc<Proxies>)>,
}

impl Limits {
    /// The configured limits.
    #[must_use]
    pub fn new(server: &config::Server, rate_limits: Arc<RateLimits>, proxies: Arc<Proxies>) -> Self {
        Self {
            header_read_timeout: server.header_timeout,
            send_timeout: server.request_timeout,
            max_connections: server.max_connections,
            shutdown_timeout: server.shutdown_timeout,
            shares: Some((rate_limits, proxies)),
        }
    }
}

impl Limits {
    /// A place in the share of the client's network, where it needs one; `None` when the network holds all of it.
    fn share(&self, peer: Peer) -> Option<Option<HeldPlace>> {
        let Some((rate_limits, proxies)) = &self.shares else { return Some(None) };
        rate_limits.connection(peer, proxies)
    }
}

/// After a failed accept, when file descriptors have run out.
const PAUSE: Duration = Duration::from_millis(100);

/// The largest head of a request, in bytes.
const HEAD_BYTES: usize = 32 * 1024;

/// Serves on the listener until `shutdown` is cancelled and requests in flight are answered.
///
/// `axum::serve` limits neither the number of connections nor the time for a request's head.
pub async fn serve(
    listener: Listener,
    served: Served,
    limits: Limits,
    metrics: Metrics,
    shutdown: CancellationToken,
) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(limits.header_read_timeout);
    http.max_header_size(HEAD_BYTES).max_buf_size(2 * HEAD_BYTES);
    let places = Arc::new(Semaphore::new(limits.max_connections));
    let graceful = GracefulShutdown::new();
    let accept = || listener.accept(limits.send_timeout);
    while let Some((accepted, place)) = next_connection(accept, &places, &shutdown).await {
        let Some(share) = limits.share(accepted.1) else { continue };
        let held = (place, share, metrics.connection());
        tokio::spawn(answer(http.clone(), accepted, served.clone(), graceful.watcher(), held));
    }
    drop(listener);
    if timeout(limits.shutdown_timeout, graceful.shutdown()).await.is_err() {
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

/// A client that hung up before it was accepted is no trouble of the server.
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

    use axum::{Router, routing::get};
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::{TcpListener, TcpStream},
        sync::Notify,
        task::JoinHandle,
    };

    use super::*;

    const PATIENT: Limits = Limits {
        header_read_timeout: Duration::from_secs(30),
        send_timeout: Duration::from_secs(30),
        max_connections: 100,
        shutdown_timeout: Duration::from_secs(30),
        shares: None,
    };

    struct Running {
        address: SocketAddr,
        shutdown: CancellationToken,
        task: JoinHandle<()>,
    }

    async fn start(router: Router, limits: Limits) -> Running {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shutdown = CancellationToken::new();
        let task = tokio::spawn(serve(
            listener.into(),
            Served::new(router),
            limits,
            Metrics::off(),
            shutdown.clone(),
        ));
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
        let limits = Limits { header_read_timeout: Duration::from_millis(50), ..PATIENT };
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
        let limits = Limits { send_timeout: Duration::from_millis(50), max_connections: 1, ..PATIENT };
        let large = || async { vec![b'x'; 16 << 20] };
        let server = start(hello().route("/large", get(large)), limits).await;
        let asked = server.connect("GET /large HTTP/1.1\r\nhost: x\r\n\r\n").await;
        assert!(server.ask().await.ends_with("hello"), "its place is free again");
        drop(asked);
    }

    #[tokio::test]
    async fn an_endless_head_is_refused() {
        let server = start(hello(), PATIENT).await;
        let endless = format!("GET / HTTP/1.1\r\nhost: {}\r\n\r\n", "x".repeat(HEAD_BYTES));
        let answer = read(server.connect(&endless).await).await;
        assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
    }

    #[tokio::test]
    async fn more_connections_than_places_wait_for_one() {
        let server = start(hello(), Limits { max_connections: 1, ..PATIENT }).await;
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
        let server = start(Router::new().route("/", get(slow)), PATIENT).await;
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
        let limits = Limits { shutdown_timeout: Duration::from_millis(50), ..PATIENT };
        let server = start(Router::new().route("/", get(endless)), limits).await;
        let _asking = server.connect("GET / HTTP/1.1\r\nhost: x\r\n\r\n").await;
        entered.notified().await;
        server.shutdown.cancel();
        server.task.await.unwrap();
    }
}
