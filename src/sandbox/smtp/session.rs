//! One client's session with the mail server. RFC 5321.

use std::io;

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader, BufWriter};

use super::PATIENCE;
use super::commands::Command;
use crate::sandbox::exchange::{Outcome, struck};
use crate::sandbox::faults::Fault;
use crate::sandbox::operation::Operation;
use crate::sandbox::options::Xoauth2;
use crate::sandbox::socket::Socket;
use crate::sandbox::world::World;

/// The longest line, in data as in commands; RFC 5321 asks for 1,000 at least.
const LINE: u64 = 8192;
/// The most recipients of one mail; RFC 5321 asks for 100 at least.
const RECIPIENTS: usize = 100;

/// The step that follows a session.
pub(super) enum Next<S> {
    /// Nothing.
    Closed,
    /// The TLS handshake.
    StartTls(S),
    /// A reset of the connection.
    Reset(S),
}

/// The reason that a session ends.
pub(super) enum End {
    Closed,
    StartTls,
    Reset,
}

impl From<io::Error> for End {
    fn from(_: io::Error) -> Self {
        Self::Closed
    }
}

/// A session: who the client is, and the mail it is about to send.
pub(super) struct Session<'a, S: Socket> {
    pub(super) world: &'a World,
    pub(super) stream: BufReader<BufWriter<S>>,
    pub(super) connection: u64,
    offers_tls: bool,
    greeted: bool,
    pub(super) logged_in: bool,
    /// The mailbox of a login with a token.
    pub(super) mailbox: Option<String>,
    pub(super) sender: Option<String>,
    pub(super) recipients: Vec<String>,
}

impl<'a, S: Socket> Session<'a, S> {
    /// A session on a new connection.
    pub fn new(world: &'a World, stream: S, connection: u64, offers_tls: bool) -> Self {
        Self {
            world,
            stream: BufReader::new(BufWriter::new(stream)),
            connection,
            offers_tls,
            greeted: false,
            logged_in: false,
            mailbox: None,
            sender: None,
            recipients: Vec::new(),
        }
    }

    /// Talks until one side ends the session.
    pub async fn run(mut self, greets: bool) -> Next<S> {
        match self.talk(greets).await {
            End::Closed => Next::Closed,
            // Data that was sent in the clear after STARTTLS must not be treated as encrypted.
            End::StartTls if !self.stream.buffer().is_empty() => Next::Closed,
            End::StartTls => Next::StartTls(self.stream.into_inner().into_inner()),
            End::Reset => Next::Reset(self.stream.into_inner().into_inner()),
        }
    }

    async fn talk(&mut self, greets: bool) -> End {
        if greets && let Err(end) = self.greet().await {
            return end;
        }
        loop {
            if let Err(end) = self.step().await {
                return end;
            }
        }
    }

    async fn greet(&mut self) -> Result<(), End> {
        let greeting = || "220 sandbox ESMTP".to_owned();
        let reply = self.attempt(Operation::SmtpConnect, greeting).await?;
        self.say(&reply).await?;
        if reply.starts_with("220") {
            return Ok(());
        }
        self.stream.flush().await?;
        Err(End::Closed)
    }

    async fn step(&mut self) -> Result<(), End> {
        // Pipelined commands are answered together: replies are sent only when no more commands are buffered.
        if self.stream.buffer().is_empty() {
            self.stream.flush().await?;
        }
        let line = self.line().await?;
        let line = String::from_utf8_lossy(&line);
        match Command::parse(line.trim_end()) {
            Command::Hello { extended } => self.hello(extended).await,
            Command::StartTls => self.start_tls().await,
            Command::Auth { method, response } => self.auth(&method, response).await,
            Command::Mail { from, size } => self.mail(from, size).await,
            Command::Rcpt { to } => self.rcpt(to).await,
            Command::Data => self.data().await,
            Command::Reset => {
                self.forget_mail();
                self.say("250 2.0.0 OK").await
            }
            Command::Noop => self.say("250 2.0.0 OK").await,
            Command::Verify => self.say("252 2.1.5 Send some mail, it will be taken").await,
            Command::Quit => {
                self.say("221 2.0.0 Bye").await?;
                self.stream.flush().await?;
                Err(End::Closed)
            }
            Command::BadArguments => self.say("501 5.5.4 Syntax error in the arguments").await,
            Command::Unknown => self.say("500 5.5.1 Unknown command").await,
        }
    }

    /// One line with its end; the session closes where the end is missing.
    pub(super) async fn line(&mut self) -> Result<Vec<u8>, End> {
        let mut line = Vec::new();
        let mut limited = (&mut self.stream).take(LINE);
        let read = tokio::time::timeout(PATIENCE, limited.read_until(b'\n', &mut line)).await;
        match read {
            Ok(Ok(_)) if line.ends_with(b"\n") => Ok(line),
            _ => Err(End::Closed),
        }
    }

    pub(super) async fn say(&mut self, reply: &str) -> Result<(), End> {
        self.stream.write_all(reply.as_bytes()).await?;
        self.stream.write_all(b"\r\n").await?;
        Ok(())
    }

    /// The reply to a step, unless a fault strikes it.
    pub(super) async fn attempt(
        &mut self,
        operation: Operation,
        effect: impl FnOnce() -> String,
    ) -> Result<String, End> {
        let outcome = struck(self.world.fault(operation), effect, refusal);
        self.world.changed();
        match outcome {
            Outcome::Answered(reply) => Ok(reply),
            Outcome::Garbage(_) => Ok("?? not an SMTP reply".to_owned()),
            Outcome::Half(reply) => {
                let half = &reply.as_bytes()[..reply.len() / 2];
                self.stream.write_all(half).await?;
                self.stream.flush().await?;
                Err(End::Closed)
            }
            Outcome::Reset => Err(End::Reset),
            Outcome::Hung => {
                self.stream.flush().await?;
                self.wait_for_the_client_to_leave().await
            }
        }
    }

    async fn wait_for_the_client_to_leave(&mut self) -> Result<String, End> {
        let mut rest = [0; 512];
        loop {
            if self.stream.read(&mut rest).await? == 0 {
                return Err(End::Closed);
            }
        }
    }

    async fn hello(&mut self, extended: bool) -> Result<(), End> {
        self.greeted = true;
        self.forget_mail();
        if !extended {
            return self.say("250 sandbox").await;
        }
        let mut lines = vec![
            "sandbox".to_owned(),
            "PIPELINING".to_owned(),
            "8BITMIME".to_owned(),
            "ENHANCEDSTATUSCODES".to_owned(),
            format!("SIZE {}", self.world.smtp.size_limit),
        ];
        if self.offers_tls {
            lines.push("STARTTLS".to_owned());
        }
        let smtp = &self.world.smtp;
        let passwords = smtp.login.is_some().then_some("PLAIN LOGIN");
        let tokens = (smtp.xoauth2 != Xoauth2::Off).then_some("XOAUTH2");
        let methods: Vec<&str> = passwords.into_iter().chain(tokens).collect();
        if !methods.is_empty() {
            lines.push(format!("AUTH {}", methods.join(" ")));
        }
        let last = lines.len() - 1;
        for (place, line) in lines.iter().enumerate() {
            let dash = if place == last { ' ' } else { '-' };
            self.say(&format!("250{dash}{line}")).await?;
        }
        Ok(())
    }

    async fn start_tls(&mut self) -> Result<(), End> {
        if !self.offers_tls {
            return self.say("502 5.5.1 STARTTLS is not offered").await;
        }
        self.say("220 2.0.0 Ready to start TLS").await?;
        self.stream.flush().await?;
        Err(End::StartTls)
    }

    async fn mail(&mut self, from: String, size: Option<usize>) -> Result<(), End> {
        let refused = if !self.greeted {
            Some("503 5.5.1 Say EHLO first")
        } else if self.world.smtp.requires_login() && !self.logged_in {
            Some("530 5.7.0 Authentication required")
        } else if self.sender.is_some() {
            Some("503 5.5.1 There is a sender already")
        } else if size.is_some_and(|size| size > self.world.smtp.size_limit) {
            Some("552 5.3.4 The mail is too large")
        } else {
            None
        };
        let reply =
            self.attempt(Operation::SmtpMail, || refused.unwrap_or("250 2.1.0 OK").to_owned()).await?;
        if reply.starts_with('2') {
            self.sender = Some(from);
        }
        self.say(&reply).await
    }

    async fn rcpt(&mut self, to: String) -> Result<(), End> {
        let refused = if self.sender.is_none() {
            Some("503 5.5.1 There is no sender yet")
        } else if self.recipients.len() >= RECIPIENTS {
            Some("452 4.5.3 Too many recipients")
        } else {
            None
        };
        let reply =
            self.attempt(Operation::SmtpRcpt, || refused.unwrap_or("250 2.1.5 OK").to_owned()).await?;
        if reply.starts_with('2') {
            self.recipients.push(to);
        }
        self.say(&reply).await
    }

    fn forget_mail(&mut self) {
        self.sender = None;
        self.recipients.clear();
    }
}

/// The reply that a fault asks for.
fn refusal(fault: &Fault) -> String {
    let code = fault.status.unwrap_or(451);
    let usual = format!("{}.0.0", code / 100);
    let enhanced = fault.code.as_deref().filter(|code| !code.is_empty()).unwrap_or(&usual);
    let text = fault.message.as_deref().unwrap_or("A fault was asked for");
    format!("{code} {enhanced} {text}")
}
