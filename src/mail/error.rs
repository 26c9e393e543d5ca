//! Why a mail was not accepted, and what can be wrong with the settings.

use std::{fmt, path::PathBuf, time::Duration};

use super::remedy_for;
use crate::{entra, metrics::MailEnd};

/// The pause of mails where the service asks for one and does not give its length.
const USUAL_PAUSE: Duration = Duration::from_secs(30);

/// A mail that the server did not accept. Its texts hold codes only, for servers quote addresses.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The server refuses the recipient for good; sending again is of no use.
    #[error("the mail server refuses the recipient ({code})")]
    RecipientRefused {
        /// The reply: `550` or `550 5.1.1`.
        code: String,
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
    },
    /// Not accepted now, or without an answer that makes sense.
    #[error("the mail was not accepted ({code})")]
    Unavailable {
        /// The reply such as `451 4.7.1`, or a short code of our own.
        code: String,
        /// What the network or the file system said.
        #[source]
        source: Option<Box<dyn std::error::Error + Send + Sync>>,
    },
}

impl Error {
    /// The reply or code, for a log or an audit trail.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::RecipientRefused { code }
            | Self::Paused { code, .. }
            | Self::Refused { code }
            | Self::Unavailable { code, .. } => code,
        }
    }

    /// The remedy for admins, where the code tells.
    #[must_use]
    pub fn remedy(&self) -> Option<&'static str> {
        remedy_for(&self.to_string())
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

    pub(super) fn unavailable(code: impl Into<String>) -> Self {
        Self::Unavailable { code: code.into(), source: None }
    }

    pub(super) fn caused(code: &str, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Unavailable { code: code.to_owned(), source: Some(source.into()) }
    }
}

/// No token, or no answer.
impl From<entra::Error> for Error {
    fn from(error: entra::Error) -> Self {
        match error.kind {
            entra::ErrorKind::Throttled => Self::paused(error.code, error.retry_after),
            entra::ErrorKind::Refused => Self::Refused { code: error.code },
            entra::ErrorKind::Unavailable | entra::ErrorKind::Unclear => {
                Self::Unavailable { code: error.code.clone(), source: Some(error.into()) }
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

impl From<CheckError> for Error {
    fn from(error: CheckError) -> Self {
        match error {
            CheckError::Connection(error) | CheckError::Token(error) | CheckError::Login(error) => error,
        }
    }
}

/// Why no mailer can be made of the settings.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The sender or the reply address cannot be read.
    #[error("{0} is no mail address: write `Name <name@example.edu>`")]
    Address(Setting, #[source] lettre::address::AddressError),
    /// The tenant whose application sends the mails, or Graph's address, cannot be used.
    #[error("the tenant that mails are sent by cannot be used")]
    Application(#[from] entra::SetupError),
    /// The name for the greeting cannot be one.
    #[error("mail.helo is no host name")]
    Helo,
    /// The file of certificate authorities cannot be read.
    #[error("the file of certificate authorities {0:?} cannot be read")]
    AuthoritiesUnreadable(PathBuf, #[source] std::io::Error),
    /// The file of certificate authorities holds none.
    #[error("the file of certificate authorities {0:?} holds no certificate in PEM format")]
    NoAuthorities(PathBuf),
    /// TLS cannot be set up.
    #[error("TLS to the mail server cannot be set up")]
    Tls(#[source] lettre::transport::smtp::Error),
    /// The directory for mails cannot be made.
    #[error("the directory {0:?} for mails cannot be made")]
    Directory(PathBuf, #[source] std::io::Error),
}

/// A setting that holds an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting {
    /// `mail.from`
    From,
    /// `mail.reply_to`
    ReplyTo,
    /// `mail.bounce_to`
    BounceTo,
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::From => "mail.from",
            Self::ReplyTo => "mail.reply_to",
            Self::BounceTo => "mail.bounce_to",
        })
    }
}
