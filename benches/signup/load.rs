//! A load generator that costs little itself: prepared requests over kept connections, answers only counted.

use std::{
    cell::RefCell,
    net::SocketAddr,
    rc::Rc,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use bytes::Bytes;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::{LocalSet, spawn_local},
};

/// The longest head of an answer that is understood.
const HEAD: usize = 16 * 1024;

/// A request, ready to be sent.
pub type Prepared = Bytes;

/// How it went.
pub struct Outcome {
    pub requests: usize,
    pub elapsed: Duration,
}

impl Outcome {
    /// Requests in a second.
    #[allow(clippy::cast_precision_loss, reason = "far below 2^52")]
    pub fn rate(&self) -> f64 {
        self.requests as f64 / self.elapsed.as_secs_f64()
    }

    /// A request's share of what all have taken.
    pub fn share(&self, of: Duration) -> Duration {
        of / u32::try_from(self.requests.max(1)).unwrap_or(u32::MAX)
    }
}

/// A GET of a page.
pub fn get(server: SocketAddr, path: &str) -> Prepared {
    format!("GET {path} HTTP/1.1\r\nhost: {server}\r\n\r\n").into()
}

/// A form.
pub fn post(server: SocketAddr, path: &str, cookies: &str, body: &str) -> Prepared {
    post_from(server, "", path, cookies, body)
}

/// A form that a proxy passes on from a client with this address.
pub fn post_from(server: SocketAddr, client: &str, path: &str, cookies: &str, body: &str) -> Prepared {
    let length = body.len();
    let forwarded = if client.is_empty() { String::new() } else { format!("x-forwarded-for: {client}\r\n") };
    format!(
        "POST {path} HTTP/1.1\r\nhost: {server}\r\n{forwarded}cookie: {cookies}\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {length}\r\n\r\n{body}"
    )
    .into()
}

/// Sends the same request over so many connections for so long.
pub async fn repeat(
    server: SocketAddr,
    connections: usize,
    request: &Prepared,
    time: Duration,
    status: u16,
) -> Result<Outcome> {
    let (request, end) = (request.clone(), Instant::now() + time);
    drive(server, connections, status, move || (Instant::now() < end).then(|| request.clone())).await
}

/// Sends each of these requests once.
pub async fn each(
    server: SocketAddr,
    connections: usize,
    requests: Vec<Prepared>,
    status: u16,
) -> Result<Outcome> {
    let mut requests = requests.into_iter();
    drive(server, connections, status, move || requests.next()).await
}

/// All connections take what is next until nothing is. They share one thread, so that the server has the rest.
async fn drive(
    server: SocketAddr,
    connections: usize,
    status: u16,
    next: impl FnMut() -> Option<Prepared> + Send + 'static,
) -> Result<Outcome> {
    let thread = tokio::task::spawn_blocking(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        LocalSet::new().block_on(&runtime, drive_here(server, connections, status, next))
    });
    thread.await?
}

async fn drive_here(
    server: SocketAddr,
    connections: usize,
    status: u16,
    next: impl FnMut() -> Option<Prepared> + 'static,
) -> Result<Outcome> {
    let mut lines = Vec::with_capacity(connections);
    for _ in 0..connections {
        lines.push(Connection::open(server).await?);
    }
    let next = Rc::new(RefCell::new(next));
    let start = Instant::now();
    let work = lines.into_iter().map(|line| {
        let next = Rc::clone(&next);
        spawn_local(line.work(move || (*next.borrow_mut())(), status))
    });
    let mut requests = 0;
    for line in work.collect::<Vec<_>>() {
        requests += line.await??;
    }
    Ok(Outcome { requests, elapsed: start.elapsed() })
}

/// A connection that is kept.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    pub async fn open(server: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(server).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(HEAD) })
    }

    async fn work(mut self, take: impl Fn() -> Option<Prepared>, status: u16) -> Result<usize> {
        let mut done = 0;
        while let Some(request) = take() {
            self.ask(&request, status).await?;
            done += 1;
        }
        Ok(done)
    }

    /// Sends a request and reads its answer, which has this status.
    pub async fn ask(&mut self, request: &Prepared, status: u16) -> Result<()> {
        let answered = self.exchange(request).await?;
        if answered != status {
            bail!("the answer has the status {answered}");
        }
        Ok(())
    }

    /// Sends a request and reads its answer; returns its status.
    pub async fn exchange(&mut self, request: &Prepared) -> Result<u16> {
        self.stream.write_all(request).await?;
        self.answer().await
    }

    /// Reads one answer, by its `content-length` (RFC 9112, section 6.3).
    async fn answer(&mut self) -> Result<u16> {
        self.buffer.clear();
        let head = loop {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                bail!("the server closed the connection");
            }
            if let Some(end) = find(&self.buffer, b"\r\n\r\n") {
                break end + 4;
            }
            if self.buffer.len() > HEAD {
                bail!("the head of the answer does not end");
            }
        };
        let line = self.buffer.split(|byte| *byte == b'\r').next().unwrap_or_default();
        let status =
            status_of(line).with_context(|| format!("the answer is `{}`", String::from_utf8_lossy(line)))?;
        let whole = head + content_length(&self.buffer[..head])?;
        while self.buffer.len() < whole {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                bail!("the answer breaks off");
            }
        }
        Ok(status)
    }
}

/// The status of a status line (RFC 9112, section 4).
fn status_of(line: &[u8]) -> Option<u16> {
    let digits = line.strip_prefix(b"HTTP/1.1 ")?.first_chunk::<3>()?;
    std::str::from_utf8(digits).ok()?.parse().ok()
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

fn content_length(head: &[u8]) -> Result<usize> {
    const NAME: &[u8] = b"\r\ncontent-length: ";
    let start = find(head, NAME).context("the answer has no length")? + NAME.len();
    let digits = head[start..].iter().take_while(|byte| byte.is_ascii_digit());
    Ok(digits.fold(0, |length, digit| length * 10 + usize::from(digit - b'0')))
}
