//! The errors of mails that were not accepted, and of settings that are wrong.

use std::{fmt, path::PathBuf, time::Duration};

use super::{message::one_line, remedy::CHANGE_SENDER, remedy_for};
use crate::{entra, metrics::MailEnd};

/// The pause of mails where the service asks for one and does not give its length.
const USUAL_PAUSE: Duration = Duration::from_secs(30);

/// A mail that the server did not accept. Its texts hold codes only, since servers quote addresses.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The server refuses the recipient permanently; sending again is of no use.
    #[error("the mail server refuses the recipient ({code})")]
    RecipientRefused {
        /// The reply: `550` or `550 5.1.1`.
        code: String,
        /// The whole reply.
        line: ServerLine,
    },
    /// The service asks for a pause, or the mailbox has sent as many mails as it may for now. The mail was not taken.
    #[error("the mail was not accepted ({code})")]
    Paused {
        /// A short code.
        code: String,
        /// The time in which no mail can be sent.
        pause: Duration,
    },
    /// Refused for a reason that the recipient has no part in, such as the login: an admin has to act.
    #[error("the mail was not accepted ({code})")]
    Refused {
        /// The reply such as `535 5.7.3`, Graph's `error.code`, or Entra's `AADSTS` number.
        code: String,
        /// The mails that it concerns.
        scope: Scope,
        /// The whole reply.
        line: ServerLine,
    },
    /// Not accepted now, or without an answer that makes sense.
    #[error("the mail was not accepted ({code})")]
    Unavailable {
        /// The reply such as `451 4.7.1`, or a short code of our own.
        code: String,
        /// The mails that it concerns.
        scope: Scope,
        /// The whole reply, where there was one.
        line: ServerLine,
        /// The error of the network or the file system.
        #[source]
        source: Option<Box<dyn std::error::Error + Send + Sync>>,
    },
}

/// The mails that an error concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// All mails: there is no connection, no login, or no reply that makes sense.
    Server,
    /// All mails of this sender: the server does not accept `mail.from`.
    Sender,
    /// A refusal by policy, of this recipient or of all: of all if another recipient is refused in the same way.
    Policy,
    /// This mail or all.
    Mail,
    /// This recipient alone, such as one whose mailbox is full.
    Recipient,
}

/// A mail server's reply in its own words, which may quote addresses: `Debug` does not show it.
#[derive(Clone, Default)]
pub struct ServerLine(Option<String>);

impl ServerLine {
    pub(super) fn new(text: String) -> Self {
        Self(Some(text))
    }
}

impl fmt::Debug for ServerLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ServerLine")
    }
}

impl Error {
    /// The reply or code, for a log or an audit trail.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::RecipientRefused { code, .. }
            | Self::Paused { code, .. }
            | Self::Refused { code, .. }
            | Self::Unavailable { code, .. } => code,
        }
    }

    /// The mails that the error concerns.
    #[must_use]
    pub const fn scope(&self) -> Scope {
        match self {
            Self::RecipientRefused { .. } => Scope::Recipient,
            Self::Paused { .. } => Scope::Server,
            Self::Refused { scope, .. } | Self::Unavailable { scope, .. } => *scope,
        }
    }

    /// The mail server's reply in its own words, on one line. It may quote addresses: it is shown to the admin who
    /// sends the mail, and never logged.
    #[must_use]
    pub fn server_line(&self) -> Option<String> {
        match self {
            Self::RecipientRefused { line, .. }
            | Self::Refused { line, .. }
            | Self::Unavailable { line, .. } => line.0.as_deref().map(one_line),
            Self::Paused { .. } => None,
        }
    }

    /// The remedy for admins, where the code shows it or the sender is refused.
    #[must_use]
    pub fn remedy(&self) -> Option<&'static str> {
        let otherwise = || (self.scope() == Scope::Sender).then_some(CHANGE_SENDER);
        remedy_for(&self.to_string()).or_else(otherwise)
    }

    /// The outcome for the metrics.
    pub(super) fn end(&self) -> MailEnd {
        match self {
            Self::RecipientRefused { .. } => MailEnd::RecipientRefused,
            Self::Paused { .. } => MailEnd::Deferred,
            Self::Refused { .. } => MailEnd::Refused,
            // A reply that begins with 4 asks for another try (RFC 5321, section 4.2.1).
            Self::Unavailable { code, .. } if code.starts_with('4') => MailEnd::Deferred,
            Self::Unavailable { .. } => MailEnd::Unreachable,
        }
    }

    /// The service asks for a pause.
    pub(super) fn paused(code: impl Into<String>, asked_for: Option<Duration>) -> Self {
        Self::Paused { code: code.into(), pause: asked_for.unwrap_or(USUAL_PAUSE) }
    }

    pub(super) fn refused(code: impl Into<String>, scope: Scope) -> Self {
        Self::Refused { code: code.into(), scope, line: ServerLine::default() }
    }

    pub(super) fn unavailable(code: impl Into<String>) -> Self {
        Self::broken(code.into(), None)
    }

    pub(super) fn caused(code: &str, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::broken(code.to_owned(), Some(source.into()))
    }

    fn broken(code: String, source: Option<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Unavailable { code, scope: Scope::Server, line: ServerLine::default(), source }
    }
}

/// No token, or no answer.
impl From<entra::Error> for Error {
    fn from(error: entra::Error) -> Self {
        match error.kind {
            entra::ErrorKind::Throttled => Self::paused(error.code, error.retry_after),
            entra::ErrorKind::Refused => Self::refused(error.code, Scope::Server),
            entra::ErrorKind::Unavailable | entra::ErrorKind::Unclear => {
                Self::broken(error.code.clone(), Some(error.into()))
            }
        }
    }
}

/// An error of [`Mailer::check`](super::Mailer::check).
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// There is no connection, or not the encryption that the settings ask for.
    #[error("the mail server cannot be reached as configured")]
    Connection(#[source] Error),
    /// There is no access token to log in with.
    #[error("there is no access token for sending mails")]
    Token(#[source] Error),
    /// It does not take the user and password, or the token.
    #[error("the mail server refuses the login")]
    Login(#[source] Error),
}

impl CheckError {
    /// The error of the mail server or of the token.
    #[must_use]
    pub const fn cause(&self) -> &Error {
        match self {
            Self::Connection(error) | Self::Token(error) | Self::Login(error) => error,
        }
    }
}

impl From<CheckError> for Error {
    fn from(error: CheckError) -> Self {
        match error {
            CheckError::Connection(error) | CheckError::Token(error) | CheckError::Login(error) => error,
        }
    }
}

/// The reason for which no mailer can be made of the settings.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// No tenant is given, but its application is to send the mails.
    #[error("there is no tenant whose application sends the mails; set mail.tenant")]
    NoTenant,
    /// The tenant whose application sends the mails, or Graph's address, cannot be used.
    #[error("the tenant that mails are sent by cannot be used")]
    Application(#[from] entra::SetupError),
    /// The name for the greeting cannot be one.
    #[error("mail.helo is no host name")]
    Helo,
    /// The file of certificate authorities cannot be read.
    #[error("the file of certificate authorities {0:?} cannot be read")]
    AuthoritiesUnreadable(PathBuf, #[source] std::io::Error),
    /// The file of certificate authorities holds no certificate.
    #[error("the file of certificate authorities {0:?} holds no certificate in PEM format")]
    NoAuthorities(PathBuf),
    /// TLS cannot be set up.
    #[error("TLS to the mail server cannot be set up")]
    Tls(#[source] rustls::Error),
    /// The directory for mails cannot be made.
    #[error("the directory {0:?} for mails cannot be made")]
    Directory(PathBuf, #[source] std::io::Error),
}
