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

use lettre::transport::smtp::{
    authentication::{Credentials, DEFAULT_MECHANISMS},
    client::{AsyncSmtpConnection, Certificate, TlsParameters},
    commands::{Data, Mail as MailFrom, Rcpt},
    extension::ClientId,
};
use secrecy::ExposeSecret;
use tokio::{
    sync::Semaphore,
    time::{Instant, timeout},
};

use super::{
    CheckError, Error, Security, SetupError, SmtpSettings,
    message::Rendered,
    reply::{Phase, judge},
};

/// How long an unused connection is trusted; servers and firewalls drop them some minutes later.
const IDLE_LIMIT: Duration = Duration::from_secs(60);

/// How long the goodbye after a refusal may take.
const GOODBYE: Duration = Duration::from_secs(1);

pub(super) struct Smtp {
    host: String,
    port: u16,
    encryption: Encryption,
    login: Option<Credentials>,
    helo: ClientId,
    timeout: Duration,
    slots: Semaphore,
    idle: Mutex<Vec<Idle>>,
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
            tracing::warn!("the password for the mail server is sent unencrypted: choose starttls or tls");
        }
        let helo = match settings.helo {
            Some(name) if is_host_name(&name) => ClientId::Domain(name),
            Some(_) => return Err(SetupError::Helo),
            None => ClientId::default(),
        };
        Ok(Self {
            host: settings.host,
            port: settings.port,
            encryption,
            login: settings
                .login
                .map(|(user, password)| Credentials::new(user, password.expose_secret().to_owned())),
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
            let mut connection = self.open().await.map_err(CheckError::Connection)?;
            self.log_in(&mut connection).await.map_err(CheckError::Login)?;
            // Without a goodbye the trial has succeeded all the same.
            let _ = connection.quit().await;
            Ok(())
        };
        let late = |_| Err(CheckError::Connection(Error::unavailable("timeout")));
        timeout(self.timeout, visit).await.unwrap_or_else(late)
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Error> {
        let mut connection = self.open().await?;
        self.log_in(&mut connection).await?;
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

    async fn log_in(&self, connection: &mut AsyncSmtpConnection) -> Result<(), Error> {
        if let Some(login) = &self.login {
            connection.auth(DEFAULT_MECHANISMS, login).await.map_err(|error| judge(Phase::Login, error))?;
        }
        Ok(())
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
