//! Why a mail was not accepted, and what can be wrong with the settings.

use std::{fmt, path::PathBuf};

use crate::metrics::MailEnd;

/// A mail that the server did not accept. Its texts hold codes only, for servers quote addresses.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The server refuses the recipient for good; sending again is of no use.
    #[error("the mail server refuses the recipient ({code})")]
    RecipientRefused {
        /// The reply: `550` or `550 5.1.1`.
        code: String,
    },
    /// Not accepted now, or for a reason that the recipient has no part in.
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
            Self::RecipientRefused { code } | Self::Unavailable { code, .. } => code,
        }
    }

    /// How the mail ended, for the metrics: by the first digit of the reply (RFC 5321, section 4.2.1).
    pub(super) fn end(&self) -> MailEnd {
        match self {
            Self::RecipientRefused { .. } => MailEnd::RecipientRefused,
            Self::Unavailable { code, .. } => match code.as_bytes().first() {
                Some(b'4') => MailEnd::Deferred,
                Some(b'5') => MailEnd::Refused,
                _ => MailEnd::Unreachable,
            },
        }
    }

    pub(super) fn unavailable(code: impl Into<String>) -> Self {
        Self::Unavailable { code: code.into(), source: None }
    }

    pub(super) fn caused(code: &str, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Unavailable { code: code.to_owned(), source: Some(source.into()) }
    }
}

/// How far a trial of the mail server came.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// There is no connection, or not the encryption that the settings ask for.
    #[error("the mail server cannot be reached as configured")]
    Connection(#[source] Error),
    /// It does not take the user and password.
    #[error("the mail server refuses the login")]
    Login(#[source] Error),
}

/// Why no mailer can be made of the settings.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The sender or the reply address cannot be read.
    #[error("{0} is no mail address: write `Name <name@example.edu>`")]
    Address(Setting, #[source] lettre::address::AddressError),
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
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::From => "mail.from",
            Self::ReplyTo => "mail.reply_to",
        })
    }
}
