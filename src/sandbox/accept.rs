//! The accept loop: counts connections, and can break them the way networks do. With TLS it is also a proxy, which
//! serves a `CONNECT` to any host itself.

use std::future::pending;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, header};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt as _;

use super::clock::pause;
use super::socket::Socket;

/// The longest time that a client may take for a handshake or for the head of a request.
const HEAD_TIMEOUT: Duration = Duration::from_secs(60);
/// The longest time that requests under way may take when the sandbox stops.
const GRACE: Duration = Duration::from_secs(2);

/// The connection a request came on; requests carry it as an extension.
#[derive(Clone)]
pub(super) struct Peer {
    /// Counts TCP connections from 1.
    pub connection: u64,
    scheme: &'static str,
    reset: Arc<Notify>,
    stop: CancellationToken,
}

impl Peer {
    /// Origin of this server as the client reaches it: `https://host`. A proxy gives the scheme in `X-Forwarded-Proto`.
    pub fn origin(&self, headers: &HeaderMap) -> String {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let forwarded = text("x-forwarded-proto").split(',').next().unwrap_or_default().trim();
        let scheme = match forwarded {
            _ if forwarded.eq_ignore_ascii_case("https") => "https",
            _ if forwarded.eq_ignore_ascii_case("http") => "http",
            _ => self.scheme,
        };
        format!("{scheme}://{}", text(header::HOST.as_str()))
    }

    /// Resets the connection. Never returns, so that no code after it runs.
    pub async fn reset(&self) -> ! {
        self.reset.notify_one();
        pending().await
    }

    /// Leaves the client without an answer until it gives up or the sandbox stops.
    pub async fn hang(&self) -> ! {
        self.stop.cancelled().await;
        self.reset().await
    }
}

/// The HTTP server.
#[derive(Clone)]
pub(super) struct Server {
    router: Router,
    tls: Option<TlsAcceptor>,
    accepted: Arc<AtomicU64>,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Server {
    /// A server of these routes; with `tls`, it speaks HTTPS.
    pub fn new(
        router: Router,
        tls: Option<TlsAcceptor>,
        stop: CancellationToken,
        tasks: TaskTracker,
    ) -> Self {
        Self { router, tls, accepted: Arc::default(), stop, tasks }
    }

    /// Accepts connections until it is stopped.
    pub async fn serve(self, listener: TcpListener) {
        loop {
            let stream = tokio::select! {
                () = self.stop.cancelled() => return,
                stream = listener.accept() => stream,
            };
            let Ok((stream, _)) = stream else {
                // Out of file descriptors: lets other connections end before the next attempt.
                pause(Duration::from_millis(50)).await;
                continue;
            };
            self.tasks.spawn(self.clone().accepted(stream));
        }
    }

    async fn accepted(self, mut stream: TcpStream) {
        let _ = stream.set_nodelay(true);
        let peer = Peer {
            connection: self.accepted.fetch_add(1, Ordering::Relaxed) + 1,
            scheme: if self.tls.is_some() { "https" } else { "http" },
            reset: Arc::default(),
            stop: self.stop.clone(),
        };
        let Some(acceptor) = &self.tls else {
            return connection(stream, self.router, peer).await;
        };
        let handshake = tokio::time::timeout(HEAD_TIMEOUT, async {
            if tunnel(&mut stream).await? { acceptor.accept(stream).await.map(Some) } else { Ok(None) }
        });
        tokio::select! {
            () = self.stop.cancelled() => {}
            stream = handshake => if let Ok(Ok(Some(stream))) = stream {
                connection(stream, self.router, peer).await;
            },
        }
    }
}

/// The first byte of a TLS handshake.
const HANDSHAKE: u8 = 22;
/// The longest head of a request in the clear.
const HEAD_LIMIT: usize = 8 * 1024;

/// Accepts a proxy's `CONNECT` to any host, if one comes before the TLS handshake. Returns false after another request
/// in the clear, which it answers with 400.
async fn tunnel(stream: &mut TcpStream) -> std::io::Result<bool> {
    let mut first = [0];
    stream.peek(&mut first).await?;
    if first == [HANDSHAKE] {
        return Ok(true);
    }
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") && head.len() < HEAD_LIMIT {
        head.push(stream.read_u8().await?);
    }
    let is_connect = head.starts_with(b"CONNECT ");
    let answer: &[u8] = if is_connect {
        b"HTTP/1.1 200 Connection established\r\n\r\n"
    } else {
        b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: 31\r\nConnection: close\r\n\r\nThis address speaks https only\n"
    };
    stream.write_all(answer).await?;
    Ok(is_connect)
}

/// Serves one connection until it ends, is reset by a fault, or the sandbox stops.
async fn connection<S: Socket + Send + 'static>(stream: S, router: Router, peer: Peer) {
    let Peer { reset, stop, .. } = peer.clone();
    let service = service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(peer.clone());
        router.clone().oneshot(request)
    });
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .serve_connection(TokioIo::new(stream), service);
    tokio::select! {
        _ = &mut connection => return,
        () = reset.notified() => {
            // Without lingering, closing sends a reset instead of an orderly end.
            return connection.into_parts().io.into_inner().reset();
        }
        () = stop.cancelled() => {}
    }
    Pin::new(&mut connection).graceful_shutdown();
    tokio::select! {
        _ = tokio::time::timeout(GRACE, connection) => {}
        () = reset.notified() => {}
    }
}
