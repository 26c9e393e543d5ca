//! The mail server: accepts every mail, delivers no mail, and shows them in an inbox.

mod commands;
mod data;
pub(super) mod inbox;
mod login;
mod mail;
mod session;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub(super) use login::check_token;
pub(super) use mail::Envelope;
pub use mail::{Mail, Way};

use self::session::{Next, Session};
use super::StartError;
use super::clock::pause;
use super::socket::Socket as _;
use super::tls::acceptor;
use super::world::World;

/// The longest time that a client may take for a line or a piece of data.
const PATIENCE: Duration = Duration::from_secs(300);

/// The state that all sessions of the mail server share.
#[derive(Clone)]
pub(super) struct Server {
    world: Arc<World>,
    tls: Option<TlsAcceptor>,
    connections: Arc<AtomicU64>,
    stop: CancellationToken,
}

impl Server {
    /// A server with the world's options.
    pub fn new(world: Arc<World>, stop: CancellationToken) -> Result<Self, StartError> {
        let tls = world.smtp.tls.as_ref().map(acceptor).transpose()?;
        if world.smtp.implicit_tls_listen.is_some() && tls.is_none() {
            return Err(StartError::NoTlsCertificate);
        }
        Ok(Self { world, tls, connections: Arc::default(), stop })
    }

    /// Accepts connections until it is stopped; with `implicit`, TLS begins at once.
    pub async fn serve(self, listener: TcpListener, implicit: bool, tasks: TaskTracker) {
        loop {
            let stream = tokio::select! {
                () = self.stop.cancelled() => return,
                stream = listener.accept() => stream,
            };
            let Ok((stream, _)) = stream else {
                pause(Duration::from_millis(50)).await;
                continue;
            };
            let server = self.clone();
            tasks.spawn(async move {
                let stop = server.stop.clone();
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = server.connection(stream, implicit) => {}
                }
            });
        }
    }

    async fn connection(self, stream: TcpStream, implicit: bool) {
        let number = self.connections.fetch_add(1, Ordering::Relaxed) + 1;
        let _ = stream.set_nodelay(true);
        let offers_tls = self.tls.is_some() && !implicit;
        if implicit {
            self.encrypted(stream, number, true).await;
            return;
        }
        let session = Session::new(&self.world, stream, number, offers_tls);
        match session.run(true).await {
            Next::StartTls(stream) => self.encrypted(stream, number, false).await,
            Next::Closed => {}
            Next::Reset(stream) => stream.reset(),
        }
    }

    async fn encrypted(&self, stream: TcpStream, number: u64, greets: bool) {
        let Some(acceptor) = &self.tls else { return };
        let Ok(stream) = acceptor.accept(stream).await else {
            return;
        };
        let session = Session::new(&self.world, stream, number, false);
        if let Next::Reset(stream) = session.run(greets).await {
            stream.reset();
        }
    }
}
