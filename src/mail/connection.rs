//! One connection to a mail server: its addresses, its encryption, commands and replies (RFC 5321, RFC 3207).
//!
//! The conversation is our own, since lettre's believes replies that come in the clear before the TLS handshake, tries
//! the addresses of a host one after the other without sharing the time, and has one time limit for everything.

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use lettre::transport::smtp::extension::ClientId;
use rustls::{ClientConfig, pki_types::ServerName};
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader},
    net::{TcpStream, lookup_host},
    task::JoinSet,
    time::timeout,
};
use tokio_rustls::TlsConnector;

use super::{
    Error,
    reply::{Phase, Reply},
    tls,
};

/// The longest wait for a TCP connection to one of the addresses.
const CONNECT_LIMIT: Duration = Duration::from_secs(30);

/// The time after which the next address is tried as well (RFC 8305, section 5).
const NEXT_ADDRESS_AFTER: Duration = Duration::from_millis(250);

/// The longest wait for the greeting from an address while others are left.
const GREETING_LIMIT: Duration = Duration::from_secs(30);

/// The longest reply, all lines together.
const MAX_REPLY: u64 = 64 * 1024;

/// Address, encryption and time limits of a mail server.
pub(super) struct Server {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) encryption: Encryption,
    pub(super) helo: ClientId,
    /// The longest wait for each reply up to the final dot.
    pub(super) timeout: Duration,
    /// The address at which a mail was accepted last, which is tried first.
    pub(super) last: Mutex<Option<SocketAddr>>,
}

pub(super) enum Encryption {
    None,
    StartTls(Arc<ClientConfig>),
    Implicit(Arc<ClientConfig>),
}

/// A connection after its greeting and EHLO, encrypted where the settings ask for it.
pub(super) struct Connection {
    address: SocketAddr,
    stream: BufReader<Box<dyn Stream>>,
    offers: Offers,
    timeout: Duration,
}

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

/// The keywords of a reply to EHLO, in upper case (RFC 5321, section 2.4: case has no meaning in them).
#[derive(Debug, Default, PartialEq, Eq)]
struct Offers {
    starttls: bool,
    logins: Vec<String>,
}

impl Server {
    /// Connects to one of the host's addresses and encrypts.
    pub(super) async fn open(&self) -> Result<Connection, Error> {
        let found = timeout(CONNECT_LIMIT, lookup_host((self.host.as_str(), self.port))).await;
        let addresses = found.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into())).map_err(connection)?;
        self.open_one_of(addresses.collect()).await
    }

    /// Connects to the first address that greets. The one at which a mail was accepted last comes first.
    pub(super) async fn open_one_of(&self, mut addresses: Vec<SocketAddr>) -> Result<Connection, Error> {
        let last = *self.last();
        addresses.sort_by_key(|address| Some(*address) != last);
        loop {
            let tcp = timeout(CONNECT_LIMIT.min(self.timeout), connect_to_any(&addresses)).await;
            let tcp = tcp.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into())).map_err(connection)?;
            let address = tcp.peer_addr().map_err(connection)?;
            addresses.retain(|other| *other != address);
            let limit = if addresses.is_empty() { self.timeout } else { self.timeout.min(GREETING_LIMIT) };
            match timeout(limit, self.greeted(tcp, address)).await {
                Ok(Ok(connection)) => return self.encrypted(connection).await,
                // A host may work at another of its addresses (RFC 5321, section 5.1).
                Ok(Err(error)) if addresses.is_empty() => return Err(error),
                Err(_) if addresses.is_empty() => return Err(Error::unavailable("timeout")),
                Ok(Err(_)) | Err(_) => {}
            }
        }
    }

    /// Makes the address of a connection the one that is tried first: a mail was accepted there.
    pub(super) fn prefer(&self, connection: &Connection) {
        *self.last() = Some(connection.address);
    }

    /// Makes no address the one that is tried first: the connection, the login or `MAIL FROM` failed.
    pub(super) fn prefer_none(&self) {
        *self.last() = None;
    }

    fn last(&self) -> MutexGuard<'_, Option<SocketAddr>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn greeted(&self, tcp: TcpStream, address: SocketAddr) -> Result<Connection, Error> {
        tcp.set_nodelay(true).map_err(connection)?;
        let stream: Box<dyn Stream> = match &self.encryption {
            Encryption::Implicit(config) => self.handshake(Box::new(tcp), config).await?,
            Encryption::None | Encryption::StartTls(_) => Box::new(tcp),
        };
        let mut connection = Connection::new(address, stream, self.timeout);
        connection.reply().await?.accepted(Phase::Connect)?;
        Ok(connection)
    }

    async fn encrypted(&self, mut connection: Connection) -> Result<Connection, Error> {
        connection.say_hello(&self.helo).await?;
        let Encryption::StartTls(config) = &self.encryption else { return Ok(connection) };
        // Nothing is ever sent in the clear instead.
        if !connection.offers.starttls {
            return Err(Error::unavailable("no_starttls"));
        }
        connection.command("STARTTLS").await?.accepted(Phase::Connect)?;
        // Bytes in the clear after this reply may come from anyone: they are no replies to what is sent encrypted.
        connection.expect_nothing()?;
        let address = connection.address;
        let stream = timeout(self.timeout, self.handshake(connection.stream.into_inner(), config)).await;
        let stream = stream.unwrap_or_else(|_| Err(Error::unavailable("timeout")))?;
        let mut connection = Connection::new(address, stream, self.timeout);
        connection.say_hello(&self.helo).await?;
        Ok(connection)
    }

    async fn handshake(
        &self,
        stream: Box<dyn Stream>,
        config: &Arc<ClientConfig>,
    ) -> Result<Box<dyn Stream>, Error> {
        let name =
            ServerName::try_from(self.host.clone()).map_err(|error| Error::caused("connection", error))?;
        let stream = TlsConnector::from(Arc::clone(config)).connect(name, stream).await;
        stream.map(|stream| Box::new(stream) as Box<dyn Stream>).map_err(tls::judge)
    }
}

impl Connection {
    fn new(address: SocketAddr, stream: Box<dyn Stream>, timeout: Duration) -> Self {
        Self { address, stream: BufReader::new(stream), offers: Offers::default(), timeout }
    }

    /// Returns whether the server offers this way to log in.
    pub(super) fn offers_login(&self, mechanism: &str) -> bool {
        self.offers.logins.iter().any(|offered| offered == mechanism)
    }

    /// Sends a command, and returns the reply to it.
    pub(super) async fn command(&mut self, command: &str) -> Result<Reply, Error> {
        self.command_within(command, self.timeout).await
    }

    /// Sends a command, and returns the reply to it, if it comes in time.
    pub(super) async fn command_within(&mut self, command: &str, limit: Duration) -> Result<Reply, Error> {
        self.expect_nothing()?;
        let exchange = async {
            self.write(command, "\r\n").await?;
            self.reply().await
        };
        timeout(limit, exchange).await.unwrap_or_else(|_| Err(Error::unavailable("timeout")))
    }

    /// Sends the text of a mail with its end, and returns the reply.
    ///
    /// Dots at the beginning of a line are doubled (RFC 5321, section 4.5.2).
    pub(super) async fn content(&mut self, text: &str, reply_within: Duration) -> Result<Reply, Error> {
        self.expect_nothing()?;
        let late = |_| Err(Error::unavailable("timeout"));
        let (text, end) = (dots_doubled(text), if text.ends_with("\r\n") { ".\r\n" } else { "\r\n.\r\n" });
        timeout(self.timeout, self.write(&text, end)).await.unwrap_or_else(late)?;
        let late = |_| Err(Error::unavailable("timeout"));
        timeout(reply_within, self.reply()).await.unwrap_or_else(late)
    }

    async fn say_hello(&mut self, name: &ClientId) -> Result<(), Error> {
        let reply = self.command(&format!("EHLO {name}")).await?.accepted(Phase::Connect)?;
        self.offers = Offers::read(reply.lines());
        Ok(())
    }

    /// Returns an error where the server has sent something that no command asked for.
    fn expect_nothing(&self) -> Result<(), Error> {
        if self.stream.buffer().is_empty() { Ok(()) } else { Err(Error::unavailable("early_reply")) }
    }

    /// Writes both at once: a small second segment would wait for the acknowledgement of the first.
    async fn write(&mut self, text: &str, end: &str) -> Result<(), Error> {
        let whole = zeroize::Zeroizing::new([text, end].concat());
        self.stream.write_all(whole.as_bytes()).await.map_err(connection)?;
        self.stream.flush().await.map_err(connection)
    }

    async fn reply(&mut self) -> Result<Reply, Error> {
        let (mut reply, mut room) = (Reply::default(), MAX_REPLY);
        loop {
            let mut line = Vec::new();
            let read =
                (&mut self.stream).take(room).read_until(b'\n', &mut line).await.map_err(connection)?;
            room = room.saturating_sub(u64::try_from(read).unwrap_or(u64::MAX));
            match line.strip_suffix(b"\n") {
                Some(line) if reply.push(&String::from_utf8_lossy(line))? => return Ok(reply),
                Some(_) => {}
                None if room == 0 => return Err(Error::unavailable("unreadable_reply")),
                None => return Err(connection(io::ErrorKind::UnexpectedEof.into())),
            }
        }
    }
}

impl Offers {
    fn read(lines: &[String]) -> Self {
        let mut offers = Self::default();
        for line in lines.iter().skip(1) {
            let line = line.to_ascii_uppercase();
            // Old servers write `AUTH=LOGIN`.
            let mut words = line.split([' ', '=']).filter(|word| !word.is_empty());
            match words.next() {
                Some("STARTTLS") => offers.starttls = true,
                Some("AUTH") => offers.logins.extend(words.map(ToOwned::to_owned)),
                _ => {}
            }
        }
        offers
    }
}

/// Connects to the addresses in their order, the next one a moment later or when one has failed; the first connection
/// is used. An address that does not answer costs no more than that moment.
async fn connect_to_any(addresses: &[SocketAddr]) -> io::Result<TcpStream> {
    let mut left = addresses.iter().copied();
    let (mut tries, mut failure) = (JoinSet::new(), io::ErrorKind::AddrNotAvailable.into());
    loop {
        let next = left.next();
        if let Some(address) = next {
            tries.spawn(TcpStream::connect(address));
        }
        let wait = if next.is_some() { NEXT_ADDRESS_AFTER } else { CONNECT_LIMIT };
        match timeout(wait, tries.join_next()).await {
            Ok(Some(Ok(Ok(stream)))) => return Ok(stream),
            Ok(Some(Ok(Err(error)))) => failure = error,
            Ok(Some(Err(error))) => failure = error.into(),
            Ok(None) => return Err(failure),
            Err(_) if next.is_none() => return Err(io::ErrorKind::TimedOut.into()),
            Err(_) => {}
        }
    }
}

fn connection(error: io::Error) -> Error {
    Error::caused("connection", error)
}

fn dots_doubled(text: &str) -> zeroize::Zeroizing<String> {
    let mut doubled = String::with_capacity(text.len() + 64);
    for line in text.split_inclusive("\r\n") {
        if line.starts_with('.') {
            doubled.push('.');
        }
        doubled.push_str(line);
    }
    zeroize::Zeroizing::new(doubled)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::net::{Ipv4Addr, TcpListener as Listener};

    use tokio::net::{TcpListener, TcpSocket};

    use super::*;

    fn server(limit: Duration) -> Server {
        Server {
            host: "localhost".to_owned(),
            port: 25,
            encryption: Encryption::None,
            helo: ClientId::default(),
            timeout: limit,
            last: Mutex::default(),
        }
    }

    /// A server that greets every client.
    async fn greeter() -> SocketAddr {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                stream.write_all(b"220 stub\r\n").await.unwrap();
                let mut line = String::new();
                BufReader::new(&mut stream).read_line(&mut line).await.unwrap();
                stream.write_all(b"250 stub\r\n").await.unwrap();
            }
        });
        address
    }

    /// An address where connections are made and nothing is ever said.
    fn silent() -> (Listener, SocketAddr) {
        let listener = Listener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        (listener, address)
    }

    #[tokio::test]
    async fn a_silent_address_leaves_time_for_the_next() {
        let (_listener, silent) = silent();
        let (server, greeter) = (server(Duration::from_secs(1)), greeter().await);
        let connection = server.open_one_of(vec![silent, greeter]).await.unwrap();
        assert_eq!(*server.last(), None, "no mail was accepted there");
        server.prefer(&connection);
        // From now on it comes first: the connection is there long before the silent address has had its time.
        let again = timeout(Duration::from_millis(900), server.open_one_of(vec![silent, greeter])).await;
        again.unwrap().unwrap();
    }

    /// The queue of the first address is full, so that it drops requests for a connection, as a firewall does.
    #[tokio::test]
    async fn an_address_that_drops_connections_costs_a_moment_only() {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
        let listener = socket.listen(0).unwrap();
        let dropping = listener.local_addr().unwrap();
        let mut waiting = Vec::new();
        while let Ok(Ok(stream)) = timeout(Duration::from_millis(200), TcpStream::connect(dropping)).await {
            waiting.push(stream);
        }
        let (server, greeter) = (server(Duration::from_mins(5)), greeter().await);
        let opened = timeout(Duration::from_secs(20), server.open_one_of(vec![dropping, greeter])).await;
        opened.expect("the first address does not hold it up").unwrap();
    }

    #[tokio::test]
    async fn a_refused_address_is_followed_by_the_next_and_the_last_error_is_told() {
        let (listener, refusing) = silent();
        drop(listener);
        let server = server(Duration::from_secs(20));
        server.open_one_of(vec![refusing, greeter().await]).await.unwrap();
        let error = server.open_one_of(vec![refusing]).await.err().unwrap();
        assert_eq!(error.code(), "connection");
        let source = std::error::Error::source(&error).unwrap().to_string();
        assert!(source.contains("refused"), "{source}");
    }

    #[test]
    fn no_line_of_a_mail_ends_it() {
        for (text, sent) in
            [("a\r\n.\r\nb\r\n", "a\r\n..\r\nb\r\n"), (".a", "..a"), ("a\n.\nb", "a\n.\nb"), ("", "")]
        {
            assert_eq!(*dots_doubled(text), sent);
        }
    }

    #[test]
    fn keywords_have_no_case() {
        let offers =
            |lines: &[&str]| Offers::read(&lines.iter().map(ToString::to_string).collect::<Vec<_>>());
        let lower = offers(&["mail.example.edu", "starttls", "auth plain Login"]);
        assert_eq!(lower, Offers { starttls: true, logins: vec!["PLAIN".to_owned(), "LOGIN".to_owned()] });
        assert_eq!(offers(&["x", "STARTTLS", "AUTH=PLAIN LOGIN"]), lower);
        assert_eq!(offers(&["auth plain"]), Offers::default(), "the first line is the server's name");
    }
}
