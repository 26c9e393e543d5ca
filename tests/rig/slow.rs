//! Clients that take their time: each sends a byte now and then, and never ends.

use std::net::SocketAddr;

use anyhow::Result;
use tokio::{io::AsyncWriteExt, net::TcpStream};

/// A connection whose request does not get on.
pub struct Slow {
    server: SocketAddr,
    begins: &'static [u8],
    stream: TcpStream,
    /// How often the server had enough of it.
    pub cut_off: usize,
}

const HEAD: &[u8] = b"GET /en HTTP/1.1\r\nhost: localhost\r\nx-slow: ";
const BODY: &[u8] = b"POST /en HTTP/1.1\r\nhost: localhost\r\n\
    content-type: application/x-www-form-urlencoded\r\ncontent-length: 60000\r\n\r\nemail=";

impl Slow {
    /// So many of them, one half with a head that does not end, the other with a body.
    pub async fn clients(server: SocketAddr, count: usize) -> Result<Vec<Self>> {
        let mut clients = Vec::with_capacity(count);
        for number in 0..count {
            let begins = if number % 2 == 0 { HEAD } else { BODY };
            clients.push(Self { server, begins, stream: begin(server, begins).await?, cut_off: 0 });
        }
        Ok(clients)
    }

    /// Sends one more byte; who was cut off comes again.
    pub async fn dribble(&mut self) -> Result<()> {
        if self.stream.write_all(b"x").await.is_err() {
            self.cut_off += 1;
            self.stream = begin(self.server, self.begins).await?;
        }
        Ok(())
    }
}

async fn begin(server: SocketAddr, begins: &[u8]) -> Result<TcpStream> {
    let mut stream = TcpStream::connect(server).await?;
    stream.set_nodelay(true)?;
    stream.write_all(begins).await?;
    Ok(stream)
}
