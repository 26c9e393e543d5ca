//! A mail server that acts as a test specifies, on threads of its own.

use std::{
    io::{self, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

use rcgen::KeyPair;
use rustls::{
    ServerConfig, ServerConnection, StreamOwned,
    pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer},
};

/// The server's action on a line of the client.
pub enum Act {
    /// Replies with these lines.
    Reply(&'static str),
    /// Sends nothing more, and waits until the client is gone.
    Stall,
    /// Replies, then hangs up.
    ReplyAndHangUp(&'static str),
}

/// Decides by the number of the connection, from 1 on, and the line.
type Script = Arc<dyn Fn(usize, &str) -> Act + Send + Sync>;

/// The moment at which the server encrypts.
#[derive(Clone)]
pub enum Encrypts {
    Never,
    AfterStartTls(Arc<ServerConfig>),
    AtOnce(Arc<ServerConfig>),
}

#[derive(Default)]
struct Seen {
    lines: Vec<(usize, String)>,
    mails: Vec<String>,
    connections: usize,
    open: usize,
    most_open: usize,
}

/// A running server.
pub struct Server {
    pub port: u16,
    seen: Arc<Mutex<Seen>>,
}

trait Stream: Read + Write + Send {}
impl<T: Read + Write + Send> Stream for T {}

/// The action of a friendly server on a line.
pub fn friendly(line: &str) -> Act {
    match line.split([' ', ':']).next().unwrap() {
        "EHLO" => Act::Reply("250-stub\r\n250-STARTTLS\r\n250-AUTH PLAIN LOGIN\r\n250 8BITMIME"),
        "STARTTLS" => Act::Reply("220 go ahead"),
        "AUTH" => Act::Reply("235 2.7.0 welcome"),
        "DATA" => Act::Reply("354 go ahead"),
        "QUIT" => Act::ReplyAndHangUp("221 2.0.0 bye"),
        "" => Act::Reply("220 stub"),
        "." => Act::Reply("250 2.0.0 queued"),
        _ => Act::Reply("250 2.1.0 ok"),
    }
}

impl Server {
    /// A server with this script. The greeting is asked for by an empty line, the end of a mail by a dot.
    pub fn start(encrypts: Encrypts, script: impl Fn(usize, &str) -> Act + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Mutex::new(Seen::default()));
        let script: Script = Arc::new(script);
        let noted = Arc::clone(&seen);
        thread::spawn(move || {
            while let Ok((stream, _)) = listener.accept() {
                let (seen, script, encrypts) = (Arc::clone(&noted), Arc::clone(&script), encrypts.clone());
                thread::spawn(move || {
                    let number = {
                        let mut seen = seen.lock().unwrap();
                        seen.connections += 1;
                        seen.open += 1;
                        seen.most_open = seen.most_open.max(seen.open);
                        seen.connections
                    };
                    let _ = converse(&stream, number, &encrypts, &script, &seen);
                    seen.lock().unwrap().open -= 1;
                });
            }
        });
        Self { port, seen }
    }

    /// A server that accepts everything.
    pub fn friendly() -> Self {
        Self::start(Encrypts::Never, |_, line| friendly(line))
    }

    pub fn mails(&self) -> Vec<String> {
        self.seen.lock().unwrap().mails.clone()
    }

    pub fn connections(&self) -> usize {
        self.seen.lock().unwrap().connections
    }

    pub fn most_open(&self) -> usize {
        self.seen.lock().unwrap().most_open
    }

    /// The lines of the clients except for the mails.
    pub fn lines(&self) -> Vec<String> {
        self.seen.lock().unwrap().lines.iter().map(|(_, line)| line.clone()).collect()
    }
}

fn converse(
    tcp: &TcpStream,
    number: usize,
    encrypts: &Encrypts,
    script: &Script,
    seen: &Mutex<Seen>,
) -> io::Result<()> {
    let mut stream: Box<dyn Stream> = match encrypts {
        Encrypts::AtOnce(tls) => Box::new(encrypted(tcp.try_clone()?, tls)),
        _ => Box::new(tcp.try_clone()?),
    };
    let mut line = String::new();
    loop {
        match script(number, &line) {
            Act::Reply(text) => say(&mut stream, text)?,
            Act::Stall => return io::copy(&mut stream, &mut io::sink()).map(drop),
            Act::ReplyAndHangUp(text) => return say(&mut stream, text),
        }
        if let Encrypts::AfterStartTls(tls) = encrypts
            && line == "STARTTLS"
        {
            stream = Box::new(encrypted(tcp.try_clone()?, tls));
        }
        line = if line == "DATA" {
            let mail = read_mail(&mut stream)?;
            seen.lock().unwrap().mails.push(mail);
            ".".to_owned()
        } else {
            let line = read_line(&mut stream)?;
            seen.lock().unwrap().lines.push((number, line.clone()));
            line
        };
    }
}

/// Sends a line in one piece, as servers do.
fn say(stream: &mut Box<dyn Stream>, text: &str) -> io::Result<()> {
    stream.write_all(format!("{text}\r\n").as_bytes())?;
    stream.flush()
}

fn read_mail(stream: &mut Box<dyn Stream>) -> io::Result<String> {
    let mut mail = String::new();
    loop {
        match read_line(stream)?.as_str() {
            "." => return Ok(mail),
            line => mail.push_str(&format!("{}\r\n", line.strip_prefix('.').unwrap_or(line))),
        }
    }
}

/// Reads byte by byte, so that nothing of what comes after STARTTLS is read too early.
fn read_line(stream: &mut Box<dyn Stream>) -> io::Result<String> {
    let mut line = Vec::new();
    let mut byte = [0];
    while !line.ends_with(b"\r\n") {
        stream.read_exact(&mut byte)?;
        line.push(byte[0]);
    }
    Ok(String::from_utf8_lossy(&line[..line.len() - 2]).into_owned())
}

fn encrypted(tcp: TcpStream, tls: &Arc<ServerConfig>) -> StreamOwned<ServerConnection, TcpStream> {
    StreamOwned::new(ServerConnection::new(Arc::clone(tls)).unwrap(), tcp)
}

/// A certificate for `localhost` in PEM, and a server's configuration with it.
pub fn private_tls() -> (String, Arc<ServerConfig>) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    (made.cert.pem(), server_config(made.cert.der().clone(), &made.signing_key))
}

pub fn server_config(certificate: CertificateDer<'static>, key: &KeyPair) -> Arc<ServerConfig> {
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    Arc::new(config)
}
