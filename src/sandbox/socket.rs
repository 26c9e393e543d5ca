//! A connection, in the clear or encrypted.

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

/// A connection that the servers communicate over.
pub(super) trait Socket: AsyncRead + AsyncWrite + Unpin + Sized {
    /// True if it is encrypted.
    const ENCRYPTED: bool;

    /// The TCP connection below.
    fn tcp(&self) -> &TcpStream;

    /// Ends the connection with a reset instead of an orderly end.
    fn reset(self) {
        let _ = self.tcp().set_zero_linger();
    }
}

impl Socket for TcpStream {
    const ENCRYPTED: bool = false;

    fn tcp(&self) -> &TcpStream {
        self
    }
}

impl Socket for TlsStream<TcpStream> {
    const ENCRYPTED: bool = true;

    fn tcp(&self) -> &TcpStream {
        self.get_ref().0
    }
}
