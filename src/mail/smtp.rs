//! Sending over SMTP (RFC 5321), on connections that are kept for the next mail.
//!
//! The conversation is lettre's; the pool is our own, for two reasons. A send that is given up after its time
//! leaves a connection on which late replies would be taken for those of the next mail: it must not be used
//! again. And only who sends the commands knows which one was refused.

use std::{
    fmt,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use lettre::transport::smtp::{
    authentication::{Credentials, DEFAULT_MECHANISMS},
    client::{AsyncSmtpConnection, Certificate, TlsParameters},
    commands::{Data, Mail as MailFrom, Rcpt},
    extension::ClientId,
};
use secrecy::ExposeSecret;
use serde::Deserialize;
use tokio::{
    sync::Semaphore,
    time::{Instant, timeout},
};
use zeroize::Zeroizing;

use super::{
    CheckError, Error, Security, SetupError, SmtpSettings,
    message::Rendered,
    reply::{Phase, judge},
};
use crate::entra::{Token, Tokens, bounded, lenient};

/// How long an unused connection is trusted; servers and firewalls drop them some minutes later.
const IDLE_LIMIT: Duration = Duration::from_secs(60);

/// The most connections that Exchange Online takes at once from a mailbox; it answers `432 4.3.2` on all beyond.
///
/// <https://learn.microsoft.com/exchange/troubleshoot/send-emails/smtp-submission-improvements>
const MAX_CONNECTIONS_BY_TOKEN: u32 = 3;

/// How long the goodbye after a refusal may take.
const GOODBYE: Duration = Duration::from_secs(1);

pub(super) struct Smtp {
    host: String,
    port: u16,
    encryption: Encryption,
    login: Option<Login>,
    helo: ClientId,
    timeout: Duration,
    slots: Semaphore,
    idle: Mutex<Vec<Idle>>,
}

/// The login at the server.
enum Login {
    Password(Credentials),
    Token { mailbox: String, tokens: Tokens },
}

enum Encryption {
    None,
    StartTls(TlsParameters),
    Implicit(TlsParameters),
}

struct Idle {
    connection: AsyncSmtpConnection,
    since: Instant,
}

impl Smtp {
    pub(super) fn new(settings: SmtpSettings, limit: Duration, pool: u32) -> Result<Self, SetupError> {
        let encryption = encryption_of(&settings)?;
        if settings.login.is_some() && matches!(encryption, Encryption::None) {
            tracing::warn!("the login at the mail server is sent unencrypted: choose starttls or tls");
        }
        let helo = match settings.helo {
            Some(name) if is_host_name(&name) => ClientId::Domain(name),
            Some(_) => return Err(SetupError::Helo),
            None => ClientId::default(),
        };
        let login = settings.login.map(Login::new);
        let pool = if matches!(login, Some(Login::Token { .. })) {
            pool.min(MAX_CONNECTIONS_BY_TOKEN)
        } else {
            pool
        };
        Ok(Self {
            host: settings.host,
            port: settings.port,
            encryption,
            login,
            helo,
            timeout: limit,
            slots: Semaphore::new(
                usize::try_from(pool.max(1)).unwrap_or(usize::MAX).min(Semaphore::MAX_PERMITS),
            ),
            idle: Mutex::default(),
        })
    }

    /// Sends a mail within the time limit, waiting for a free connection included.
    pub(super) async fn send(&self, mail: &Rendered) -> Result<(), Error> {
        timeout(self.timeout, self.converse(mail))
            .await
            .unwrap_or_else(|_| Err(Error::unavailable("timeout")))
    }

    async fn converse(&self, mail: &Rendered) -> Result<(), Error> {
        let _slot = self.slots.acquire().await.map_err(|error| Error::caused("closed", error))?;
        let mut connection = self.begin(mail).await?;
        let outcome = finish(&mut connection, mail).await;
        match outcome {
            Ok(()) => self.keep(connection),
            Err(_) => {
                let _ = timeout(GOODBYE, connection.abort()).await;
            }
        }
        outcome
    }

    /// A connection on which the server has taken the sender. One that was kept may be dead or worn out, which
    /// shows at the first command, when nothing is lost yet.
    async fn begin(&self, mail: &Rendered) -> Result<AsyncSmtpConnection, Error> {
        while let Some(mut connection) = self.take() {
            if greet(&mut connection, mail).await.is_ok() {
                return Ok(connection);
            }
        }
        let mut connection = self.connect().await?;
        greet(&mut connection, mail).await?;
        Ok(connection)
    }

    /// Connects, encrypts, logs in and leaves, within the time limit.
    pub(super) async fn check(&self) -> Result<(), CheckError> {
        let visit = async {
            let mut connection = self.connect().await?;
            // Without a goodbye the trial has succeeded all the same.
            let _ = connection.quit().await;
            Ok(())
        };
        let late = |_| Err(CheckError::Connection(Error::unavailable("timeout")));
        timeout(self.timeout, visit).await.unwrap_or_else(late)
    }

    /// Returns whether the login is by an access token.
    pub(super) const fn is_by_token(&self) -> bool {
        matches!(self.login, Some(Login::Token { .. }))
    }

    /// A connection that is logged in.
    async fn connect(&self) -> Result<AsyncSmtpConnection, CheckError> {
        let connection = self.open().await.map_err(CheckError::Connection)?;
        match &self.login {
            None => Ok(connection),
            Some(Login::Password(credentials)) => log_in(connection, credentials).await,
            Some(Login::Token { mailbox, tokens }) => self.log_in_by_token(connection, mailbox, tokens).await,
        }
    }

    /// Logs in by an access token. One that is refused is replaced once, on another connection, for servers may close
    /// one on which a login was refused.
    async fn log_in_by_token(
        &self,
        mut connection: AsyncSmtpConnection,
        mailbox: &str,
        tokens: &Tokens,
    ) -> Result<AsyncSmtpConnection, CheckError> {
        let get = async || tokens.get().await.map_err(|error| CheckError::Token(error.into()));
        let token = get().await?;
        match authenticate(&mut connection, mailbox, &token).await {
            Ok(()) => return Ok(connection),
            Err(error) if is_of_token(&error) => tokens.forget(&token),
            Err(error) => return Err(CheckError::Login(error)),
        }
        let _ = timeout(GOODBYE, connection.abort()).await;
        let token = get().await?;
        let mut connection = self.open().await.map_err(CheckError::Connection)?;
        authenticate(&mut connection, mailbox, &token).await.map_err(CheckError::Login)?;
        Ok(connection)
    }

    /// A connection, encrypted where it is to be.
    async fn open(&self) -> Result<AsyncSmtpConnection, Error> {
        let implicit = match &self.encryption {
            Encryption::Implicit(tls) => Some(tls.clone()),
            Encryption::None | Encryption::StartTls(_) => None,
        };
        let server = (self.host.as_str(), self.port);
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(server, Some(self.timeout), &self.helo, implicit, None)
                .await
                .map_err(|error| judge(Phase::Connect, error))?;
        if let Encryption::StartTls(tls) = &self.encryption {
            // Fails where the server offers none: nothing is ever sent in the clear instead.
            connection
                .starttls(tls.clone(), &self.helo)
                .await
                .map_err(|error| judge(Phase::Connect, error))?;
        }
        Ok(connection)
    }

    fn take(&self) -> Option<AsyncSmtpConnection> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|idle| idle.since.elapsed() < IDLE_LIMIT);
        idle.pop().map(|idle| idle.connection)
    }

    fn keep(&self, connection: AsyncSmtpConnection) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.push(Idle { connection, since: Instant::now() });
    }
}

impl Login {
    fn new(login: super::Login) -> Self {
        match login {
            super::Login::Password(user, password) => {
                Self::Password(Credentials::new(user, password.expose_secret().to_owned()))
            }
            super::Login::Xoauth2 { mailbox, tokens } => Self::Token { mailbox, tokens },
        }
    }
}

async fn log_in(
    mut connection: AsyncSmtpConnection,
    credentials: &Credentials,
) -> Result<AsyncSmtpConnection, CheckError> {
    let answer = connection.auth(DEFAULT_MECHANISMS, credentials).await;
    answer.map_err(|error| CheckError::Login(judge(Phase::Login, error)))?;
    Ok(connection)
}

/// Logs in by SASL XOAUTH2. lettre's own way does not answer a challenge, which tells why a token is refused.
///
/// Source: <https://learn.microsoft.com/exchange/client-developer/legacy-protocols/how-to-authenticate-an-imap-pop-smtp-application-by-using-oauth>.
async fn authenticate(
    connection: &mut AsyncSmtpConnection,
    mailbox: &str,
    token: &Token,
) -> Result<(), Error> {
    let plain = Zeroizing::new(format!("user={mailbox}\u{1}auth=Bearer {}\u{1}\u{1}", token.secret()));
    let encoded = Zeroizing::new(STANDARD.encode(plain.as_bytes()));
    let reply = connection.command(Xoauth2(&encoded)).await.map_err(|error| judge(Phase::Login, error))?;
    if !reply.has_code(334) {
        return Ok(());
    }
    let status = reply.first_word().and_then(challenge_status);
    tracing::info!(status, "the mail server refuses the access token by a challenge");
    // An empty line asks for the refusal itself.
    match connection.command("\r\n").await {
        Ok(_) => Err(Error::Refused { code: with_status("334", status.as_deref()) }),
        Err(error) => Err(match judge(Phase::Login, error) {
            Error::Refused { code } => Error::Refused { code: with_status(&code, status.as_deref()) },
            error => error,
        }),
    }
}

/// Returns whether another token might be accepted. `5.7.139` is about the mailbox.
fn is_of_token(error: &Error) -> bool {
    matches!(error, Error::Refused { code } if code.starts_with("535") && !code.starts_with("535 5.7.139"))
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

/// The command `AUTH XOAUTH2` with its response.
struct Xoauth2<'a>(&'a str);

impl fmt::Display for Xoauth2<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AUTH XOAUTH2 {}\r\n", self.0)
    }
}

async fn greet(connection: &mut AsyncSmtpConnection, mail: &Rendered) -> Result<(), Error> {
    let command = MailFrom::new(mail.envelope.from().cloned(), Vec::new());
    connection.command(command).await.map(drop).map_err(|error| judge(Phase::Sender, error))
}

async fn finish(connection: &mut AsyncSmtpConnection, mail: &Rendered) -> Result<(), Error> {
    for recipient in mail.envelope.to() {
        let command = Rcpt::new(recipient.clone(), Vec::new());
        connection.command(command).await.map_err(|error| judge(Phase::Recipient, error))?;
    }
    connection.command(Data).await.map_err(|error| judge(Phase::Content, error))?;
    connection.command(Content(&mail.text)).await.map(drop).map_err(|error| judge(Phase::Content, error))
}

/// A mail's text as it follows DATA: dots at the beginning of a line doubled, a dot alone at the end (RFC 5321,
/// section 4.5.2). As one command it is written at once: lettre's own way writes the end apart, which then
/// waits 40 ms for the server's delayed acknowledgement.
struct Content<'a>(&'a str);

impl fmt::Display for Content<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in self.0.split_inclusive("\r\n") {
            if line.starts_with('.') {
                f.write_str(".")?;
            }
            f.write_str(line)?;
        }
        f.write_str(if self.0.ends_with("\r\n") { ".\r\n" } else { "\r\n.\r\n" })
    }
}

fn encryption_of(settings: &SmtpSettings) -> Result<Encryption, SetupError> {
    let make = match settings.security {
        Security::Plain => return Ok(Encryption::None),
        Security::StartTls => Encryption::StartTls,
        Security::Tls => Encryption::Implicit,
    };
    let mut tls = TlsParameters::builder(settings.host.clone());
    if let Some(file) = &settings.ca_file {
        let pem =
            std::fs::read(file).map_err(|error| SetupError::AuthoritiesUnreadable(file.clone(), error))?;
        let blocks = pem::parse_many(&pem).unwrap_or_default();
        if !blocks.iter().any(|block| block.tag() == "CERTIFICATE") {
            return Err(SetupError::NoAuthorities(file.clone()));
        }
        tls = tls.add_root_certificate(Certificate::from_pem(&pem).map_err(SetupError::Tls)?);
    }
    tls.build().map(make).map_err(SetupError::Tls)
}

fn is_host_name(text: &str) -> bool {
    (1..=255).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.[]:".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_of_a_mail_ends_it() {
        for (text, sent) in [
            ("a\r\n.\r\nb\r\n", "a\r\n..\r\nb\r\n.\r\n"),
            (".a", "..a\r\n.\r\n"),
            ("a\n.\nb", "a\n.\nb\r\n.\r\n"),
            ("", "\r\n.\r\n"),
        ] {
            assert_eq!(Content(text).to_string(), sent);
        }
    }
}
