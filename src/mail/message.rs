//! From a mail's texts to the bytes that are sent (RFC 5322, RFC 2045).

use std::time::{Duration, UNIX_EPOCH};

use lettre::{
    Address, Message,
    address::Envelope,
    message::{
        Mailbox, MultiPart, MultiPartKind, SinglePart,
        header::{Header, HeaderName, HeaderValue},
    },
};
use zeroize::Zeroizing;

use super::{Error, Mail, error::ServerLine};
use crate::{
    config,
    domain::{MailReference, Timestamp},
};

/// The last second that a `Date` can show: the end of the year 9999.
const LAST_DATE: Duration = Duration::from_secs(253_402_300_799);

/// The sender of the mails.
pub(super) struct Sender {
    pub(super) from: Mailbox,
    pub(super) reply_to: Option<Mailbox>,
    /// The envelope sender.
    bounce_to: Address,
}

/// A mail ready to be sent; it holds a password and is wiped when dropped.
pub(super) struct Rendered {
    pub(super) envelope: Envelope,
    pub(super) text: Zeroizing<String>,
}

impl Sender {
    pub(super) fn new(mail: &config::Mail) -> Self {
        Self {
            from: mail.from.clone(),
            reply_to: mail.reply_to.clone(),
            bounce_to: mail.bounce_to.as_ref().unwrap_or(&mail.from.email).clone(),
        }
    }

    pub(super) fn render(&self, mail: &Mail<'_>) -> Result<Rendered, Error> {
        let address: Address = mail.to.as_str().parse().map_err(|_| Error::RecipientRefused {
            code: "malformed".to_owned(),
            line: ServerLine::default(),
        })?;
        let envelope = Envelope::new(Some(self.bounce_to.clone()), vec![address.clone()])
            .map_err(|error| Error::caused("no_envelope", error))?;
        let id = safe_id(&mail.message_id);
        let mut builder = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(mail.to_name.map(one_line), address))
            .subject(one_line(&mail.subject))
            .date(UNIX_EPOCH + mail.date.since(Timestamp::from_millis(0)).min(LAST_DATE))
            .message_id(Some(message_id(&mail.message_id, &self.from)))
            .header(AutoSubmitted)
            .header(SuppressReplies)
            .header(ContentLanguage(mail.locale.to_string()));
        if let Some(reference) = mail.reference {
            builder = builder.header(Reference(reference));
        }
        if let Some(reply_to) = &self.reply_to {
            builder = builder.reply_to(reply_to.clone());
        }
        // The boundary is made of the id, so that a mail that is sent again is the same to the byte.
        let parts = MultiPart::builder()
            .kind(MultiPartKind::Alternative)
            .boundary(format!("=_{id}"))
            .singlepart(SinglePart::plain(body(&mail.text)))
            .singlepart(SinglePart::html(body(&mail.html)));
        let message = builder.multipart(parts).map_err(|error| Error::caused("no_message", error))?;
        // All of it is ASCII: other characters were encoded.
        let text = String::from_utf8(message.formatted())
            .map_err(|error| Error::caused("no_text", error.utf8_error()))?;
        Ok(Rendered { envelope, text: Zeroizing::new(text) })
    }
}

/// Replaces control characters, which are not allowed in a header, by blanks.
pub(super) fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// A lone carriage return ends a line for some servers only; lettre handles the lone line feeds.
fn body(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

/// The Message-ID of a mail with this id, as servers and mail programs show it.
#[must_use]
pub fn message_id(id: &str, from: &Mailbox) -> String {
    format!("<{}@{}>", safe_id(id), from.email.domain())
}

/// An id that can be used in a `Message-ID`, a boundary and a file's name.
pub(super) fn safe_id(text: &str) -> String {
    let safe = |c: char| if c.is_ascii_alphanumeric() || c == '-' || c == '.' { c } else { '-' };
    text.trim_matches('.').chars().take(64).map(safe).collect()
}

/// The header of mails that a program wrote, which vacation notices need not answer (RFC 3834, section 5).
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// Asks Exchange and Outlook for no automatic replies and no receipts, which do not look at `Auto-Submitted` (\[MS-OXCMAIL\],
/// section 2.2.3.2.14).
#[derive(Clone)]
struct SuppressReplies;

impl Header for SuppressReplies {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("X-Auto-Response-Suppress")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "All".to_owned())
    }
}

/// The mail's language (RFC 3282).
#[derive(Clone)]
struct ContentLanguage(String);

impl Header for ContentLanguage {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Content-Language")
    }

    fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self(text.to_owned()))
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), self.0.clone())
    }
}

/// The header of a mail's reference.
pub(super) const REFERENCE: &str = "X-Accountcreator-Reference";

/// The mail's reference, which stays where a server replaces the Message-ID.
#[derive(Clone)]
struct Reference(MailReference);

impl Header for Reference {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str(REFERENCE)
    }

    fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self(text.parse()?))
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), self.0.to_string())
    }
}
