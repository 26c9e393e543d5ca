//! Sending over SMTP (RFC 5321), on connections that are kept for the next mail.
//!
//! A send that is given up after its time leaves a connection on which late replies would be taken for those of the
//! next mail: it is not used again.

use std::{
    pin::pin,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use lettre::transport::smtp::extension::ClientId;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::{Instant, timeout},
};
use zeroize::Zeroizing;

use super::{
    CheckError, Error, Scope, SetupError,
    connection::{Connection, Encryption, Server},
    message::Rendered,
    reply::Phase,
    tls,
};
use crate::{
    config::{self, SmtpLogin, SmtpSecurity},
    entra::{Application, Token, Tokens, bounded, lenient},
};

/// The longest time for which an unused connection is trusted; servers and firewalls drop them some minutes later.
const IDLE_LIMIT: Duration = Duration::from_secs(60);

/// The longest wait for a sign of life on a connection that was kept, before another one is made.
const SIGN_OF_LIFE: Duration = Duration::from_secs(30);

/// The longest wait for a connection while no connection becomes free.
const SLOT_LIMIT: Duration = Duration::from_secs(5);

/// The pause of mails after that wait: longer, so that mails hold the places of signups for a small part of the time.
const ALL_IN_USE_PAUSE: Duration = Duration::from_secs(15);

/// The longest that a check may take, since a person waits for it.
const CHECK_LIMIT: Duration = Duration::from_mins(1);

/// The most connections that Exchange Online takes at once from a mailbox; it answers `432 4.3.2` on all beyond.
///
/// <https://learn.microsoft.com/exchange/troubleshoot/send-emails/smtp-submission-improvements>
const MAX_CONNECTIONS_BY_TOKEN: u32 = 3;

/// The longest wait for the reply to `QUIT`.
const GOODBYE: Duration = Duration::from_secs(1);

pub(super) struct Smtp {
    server: Server,
    login: Option<Login>,
    timeout_after_data: Duration,
    slots: Semaphore,
    /// Time at which a connection was last given to a mail.
    given: Mutex<Instant>,
    idle: Mutex<Vec<Idle>>,
}

/// The login at the server.
enum Login {
    Password { user: String, password: SecretString },
    Token { mailbox: String, tokens: Tokens },
}

struct Idle {
    connection: Connection,
    since: Instant,
}

impl Smtp {
    pub(super) fn new(
        smtp: &config::Smtp,
        application: Option<&Application>,
        limit: Duration,
        pool: u32,
    ) -> Result<Self, SetupError> {
        let encryption = encryption_of(smtp)?;
        if smtp.login.is_some() && matches!(encryption, Encryption::None) {
            tracing::warn!("the login at the mail server is sent unencrypted: choose starttls or tls");
        }
        let helo = match &smtp.helo {
            Some(name) if is_host_name(name) => ClientId::Domain(name.clone()),
            Some(_) => return Err(SetupError::Helo),
            None => ClientId::default(),
        };
        let login = match &smtp.login {
            None => None,
            Some(SmtpLogin::Password(user, password)) => {
                Some(Login::Password { user: user.clone(), password: password.clone() })
            }
            Some(SmtpLogin::Xoauth2 { mailbox, token_scope, .. }) => {
                let tokens = application.ok_or(SetupError::NoTenant)?.tokens(token_scope);
                Some(Login::Token { mailbox: mailbox.clone(), tokens })
            }
        };
        let pool = if matches!(login, Some(Login::Token { .. })) {
            pool.min(MAX_CONNECTIONS_BY_TOKEN)
        } else {
            pool
        };
        let (host, port, last) = (smtp.host.clone(), smtp.port, Mutex::default());
        Ok(Self {
            server: Server { host, port, encryption, helo, timeout: limit, last },
            login,
            timeout_after_data: smtp.timeout_after_data,
            slots: Semaphore::new(
                usize::try_from(pool.max(1)).unwrap_or(usize::MAX).min(Semaphore::MAX_PERMITS),
            ),
            given: Mutex::new(Instant::now()),
            idle: Mutex::default(),
        })
    }

    /// Sends a mail. Each reply has a time limit, that of the last one being the longest.
    pub(super) async fn send(&self, mail: &Rendered) -> Result<(), Error> {
        let _slot = self.slot().await?;
        let mut connection = self.begin(mail).await?;
        let outcome = self.finish(&mut connection, mail).await;
        match &outcome {
            Ok(()) => self.keep(connection),
            Err(error) => leave(connection, error).await,
        }
        outcome
    }

    /// The right to use a connection. Where all are in use and no connection becomes free, mails pause, so that they do
    /// not hold the places of signups that need no mail. Where they become free, each mail has its turn.
    async fn slot(&self) -> Result<SemaphorePermit<'_>, Error> {
        let limit = SLOT_LIMIT.min(self.server.timeout);
        let mut slot = pin!(self.slots.acquire());
        loop {
            if let Ok(slot) = timeout(limit, &mut slot).await {
                *self.given() = Instant::now();
                return slot.map_err(|error| Error::caused("closed", error));
            }
            if self.given().elapsed() >= limit {
                return Err(Error::paused("all_connections_in_use", Some(ALL_IN_USE_PAUSE)));
            }
        }
    }

    fn given(&self) -> MutexGuard<'_, Instant> {
        self.given.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A connection on which the server has accepted the sender. A kept connection may be dead or used up, which shows
    /// at the first command, when nothing is lost yet.
    async fn begin(&self, mail: &Rendered) -> Result<Connection, Error> {
        let sender = mail.envelope.from().map_or("", AsRef::as_ref);
        let command = format!("MAIL FROM:<{sender}>");
        while let Some(mut connection) = self.take() {
            let limit = SIGN_OF_LIFE.min(self.server.timeout);
            let reply = connection.command_within(&command, limit).await;
            if reply.and_then(|reply| reply.accepted(Phase::Sender)).is_ok() {
                return Ok(connection);
            }
        }
        let mut connection = self.connect().await.inspect_err(|_| self.server.prefer_none())?;
        match connection.command(&command).await.and_then(|reply| reply.accepted(Phase::Sender)) {
            Ok(_) => Ok(connection),
            Err(error) => {
                self.server.prefer_none();
                leave(connection, &error).await;
                Err(error)
            }
        }
    }

    async fn finish(&self, connection: &mut Connection, mail: &Rendered) -> Result<(), Error> {
        for recipient in mail.envelope.to() {
            connection.command(&format!("RCPT TO:<{recipient}>")).await?.accepted_as(2, Phase::Recipient)?;
        }
        connection.command("DATA").await?.accepted_as(3, Phase::Content)?;
        let limit = self.timeout_after_data;
        connection.content(&mail.text, limit).await?.accepted_as(2, Phase::Content).map(drop)
    }

    /// Connects, encrypts, logs in and leaves, within the time limit.
    pub(super) async fn check(&self) -> Result<(), CheckError> {
        let visit = async {
            let mut connection = self.connect().await?;
            // Without a reply to `QUIT` the check has succeeded all the same.
            let _ = timeout(GOODBYE, connection.command("QUIT")).await;
            Ok(())
        };
        let late = |_| Err(CheckError::Connection(Error::unavailable("timeout")));
        timeout(CHECK_LIMIT.min(self.server.timeout), visit).await.unwrap_or_else(late)
    }

    /// Returns whether the login is by an access token.
    pub(super) const fn is_by_token(&self) -> bool {
        matches!(self.login, Some(Login::Token { .. }))
    }

    /// A connection that is logged in.
    async fn connect(&self) -> Result<Connection, CheckError> {
        let mut connection = self.server.open().await.map_err(CheckError::Connection)?;
        match &self.login {
            None => Ok(connection),
            Some(Login::Password { user, password }) => match log_in(&mut connection, user, password).await {
                Ok(()) => Ok(connection),
                Err(error) => {
                    leave(connection, &error).await;
                    Err(CheckError::Login(error))
                }
            },
            Some(Login::Token { mailbox, tokens }) => self.log_in_by_token(connection, mailbox, tokens).await,
        }
    }

    /// Logs in by an access token. One that is refused is replaced once, on another connection, since servers may close
    /// one on which a login was refused.
    async fn log_in_by_token(
        &self,
        mut connection: Connection,
        mailbox: &str,
        tokens: &Tokens,
    ) -> Result<Connection, CheckError> {
        let get = async || tokens.get().await.map_err(|error| CheckError::Token(error.into()));
        let token = get().await?;
        match authenticate(&mut connection, mailbox, &token).await {
            Ok(()) => return Ok(connection),
            Err(error) if is_of_token(&error) => {
                tokens.forget(&token);
                leave(connection, &error).await;
            }
            Err(error) => return Err(CheckError::Login(error)),
        }
        let token = get().await?;
        let mut connection = self.server.open().await.map_err(CheckError::Connection)?;
        authenticate(&mut connection, mailbox, &token).await.map_err(CheckError::Login)?;
        Ok(connection)
    }

    fn take(&self) -> Option<Connection> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|idle| idle.since.elapsed() < IDLE_LIMIT);
        idle.pop().map(|idle| idle.connection)
    }

    fn keep(&self, connection: Connection) {
        self.server.prefer(&connection);
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.push(Idle { connection, since: Instant::now() });
    }
}

/// Ends a connection after an error, with a goodbye where the error was a reply: after any other error, the next reply
/// may be that to an earlier command.
async fn leave(mut connection: Connection, error: &Error) {
    if error.server_line().is_some() {
        let _ = timeout(GOODBYE, connection.command("QUIT")).await;
    }
}

/// Logs in by SASL PLAIN (RFC 4616), or by LOGIN where the server offers that alone.
async fn log_in(connection: &mut Connection, user: &str, password: &SecretString) -> Result<(), Error> {
    let password = password.expose_secret();
    let encoded = |text: &str| Zeroizing::new(STANDARD.encode(text));
    if connection.offers_login("PLAIN") {
        let response = encoded(&Zeroizing::new(format!("\0{user}\0{password}")));
        let command = Zeroizing::new(format!("AUTH PLAIN {}", *response));
        connection.command(&command).await?.accepted(Phase::Login)?;
        return Ok(());
    }
    if !connection.offers_login("LOGIN") {
        return Err(Error::unavailable("no_login_offered"));
    }
    // The server asks for the user first, in any words.
    connection.command("AUTH LOGIN").await?.accepted(Phase::Login)?;
    connection.command(&encoded(user)).await?.accepted(Phase::Login)?;
    connection.command(&encoded(password)).await?.accepted(Phase::Login)?;
    Ok(())
}

/// Logs in by SASL XOAUTH2.
///
/// Source:
/// <https://learn.microsoft.com/exchange/client-developer/legacy-protocols/how-to-authenticate-an-imap-pop-smtp-application-by-using-oauth>.
async fn authenticate(connection: &mut Connection, mailbox: &str, token: &Token) -> Result<(), Error> {
    let plain = Zeroizing::new(format!("user={mailbox}\u{1}auth=Bearer {}\u{1}\u{1}", token.secret()));
    let encoded = Zeroizing::new(STANDARD.encode(plain.as_bytes()));
    let command = Zeroizing::new(format!("AUTH XOAUTH2 {}", *encoded));
    let reply = connection.command(&command).await?.accepted(Phase::Login)?;
    if reply.code() != 334 {
        return Ok(());
    }
    let status = reply.lines().first().and_then(|challenge| challenge_status(challenge.trim()));
    tracing::info!(status, "the mail server refuses the access token by a challenge");
    // An empty line asks for the refusal itself.
    match connection.command("").await?.accepted(Phase::Login) {
        Ok(_) => Err(Error::refused(with_status("334", status.as_deref()), Scope::Server)),
        Err(Error::Refused { code, scope, line }) => {
            Err(Error::Refused { code: with_status(&code, status.as_deref()), scope, line })
        }
        Err(error) => Err(error),
    }
}

/// Returns whether another token might be accepted. `5.7.139` is about the mailbox.
fn is_of_token(error: &Error) -> bool {
    matches!(error, Error::Refused { code, .. } if code.starts_with("535") && !code.starts_with("535 5.7.139"))
}

/// The status in the challenge that refuses a token: `{"status":"401","schemes":"bearer","scope":"…"}` in base64.
fn challenge_status(challenge: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Challenge {
        #[serde(deserialize_with = "lenient::text")]
        status: String,
    }
    let json = STANDARD.decode(challenge).ok()?;
    let challenge: Challenge = serde_json::from_slice(&json).ok()?;
    Some(bounded(&challenge.status))
}

fn with_status(reply: &str, status: Option<&str>) -> String {
    status.map_or_else(|| reply.to_owned(), |status| format!("{reply}, status {status}"))
}

fn encryption_of(smtp: &config::Smtp) -> Result<Encryption, SetupError> {
    let config = || tls::config(smtp.ca_file.as_deref());
    Ok(match smtp.security {
        SmtpSecurity::Plain => Encryption::None,
        SmtpSecurity::StartTls => Encryption::StartTls(config()?),
        SmtpSecurity::Tls => Encryption::Implicit(config()?),
    })
}

fn is_host_name(text: &str) -> bool {
    (1..=255).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.[]:".contains(&b))
}
