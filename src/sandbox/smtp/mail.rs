//! A mail as it was received.

use mail_parser::{Address, MessageParser, PartType};
use serde::Serialize;

/// The way by which a mail came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// By SMTP, without a login or with a password.
    Smtp,
    /// By SMTP, after a login with a token.
    SmtpXoauth2,
    /// By Graph's `sendMail`.
    Graph,
}

impl Way {
    /// The name for people.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Smtp => "SMTP",
            Self::SmtpXoauth2 => "SMTP with XOAUTH2",
            Self::Graph => "Graph",
        }
    }
}

/// A mail that was received.
#[derive(Clone, Debug, Serialize)]
pub struct Mail {
    /// Counts mails from 1.
    pub number: u64,
    /// The time at which it came, in milliseconds since 1970.
    pub at_ms: i64,
    /// The way by which it came.
    pub way: Way,
    /// True if a copy is in the Sent Items of the mailbox. Only for mails by Graph.
    pub saved_to_sent_items: bool,
    /// The TCP connection it came on; those to the mail server and those to Graph are counted from 1 each.
    pub connection: u64,
    /// True if it came encrypted.
    pub encrypted: bool,
    /// The sender on the envelope.
    pub sender: String,
    /// The first recipient on the envelope.
    pub recipient: String,
    /// All recipients on the envelope.
    pub recipients: Vec<String>,
    /// The subject, decoded.
    pub subject: String,
    /// The `Message-ID`, without its brackets.
    pub message_id: Option<String>,
    /// The plain text, decoded; empty where it is absent.
    pub text: String,
    /// The HTML, decoded, where there is one.
    pub html: Option<String>,
    /// The mail as it was transferred.
    pub raw: String,
}

/// The details of a mail that are not in its content.
pub(in crate::sandbox) struct Envelope {
    pub way: Way,
    pub saved_to_sent_items: bool,
    pub connection: u64,
    pub encrypted: bool,
    pub sender: String,
    pub recipients: Vec<String>,
}

impl Mail {
    /// Reads the content. Parts that cannot be read are left empty: `raw` has the whole content.
    pub(in crate::sandbox) fn parse(envelope: Envelope, content: &[u8], at_ms: i64) -> Self {
        let message = MessageParser::default().parse(content);
        let part = |html: bool| {
            message.as_ref()?.parts.iter().find_map(|part| match &part.body {
                PartType::Text(text) if !html => Some(text.to_string()),
                PartType::Html(text) if html => Some(text.to_string()),
                _ => None,
            })
        };
        let text = |get: fn(&mail_parser::Message<'_>) -> Option<String>| message.as_ref().and_then(get);
        Self {
            number: 0,
            at_ms,
            way: envelope.way,
            saved_to_sent_items: envelope.saved_to_sent_items,
            connection: envelope.connection,
            encrypted: envelope.encrypted,
            sender: envelope.sender,
            recipient: envelope.recipients.first().cloned().unwrap_or_default(),
            recipients: envelope.recipients,
            subject: text(|m| m.subject().map(str::to_owned)).unwrap_or_default(),
            message_id: text(|m| m.message_id().map(str::to_owned)),
            text: part(false).unwrap_or_default(),
            html: part(true),
            raw: String::from_utf8_lossy(content).into_owned(),
        }
    }

    /// The value of a header as it is written in the mail, with its lines unfolded.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<String> {
        let message = MessageParser::default().parse(self.raw.as_bytes())?;
        let value = message.header_raw(name)?;
        Some(value.split_whitespace().collect::<Vec<_>>().join(" "))
    }

    /// The sender on the envelope and those of the `From` header.
    pub(super) fn senders(&self) -> Vec<String> {
        let message = MessageParser::default().parse(self.raw.as_bytes());
        let from = message.as_ref().and_then(|message| message.from());
        let from = from.into_iter().flat_map(Address::iter).filter_map(|one| one.address());
        let envelope = (!self.sender.is_empty()).then_some(self.sender.as_str());
        envelope.into_iter().chain(from).map(str::to_owned).collect()
    }

    /// Returns whether it was sent to an address.
    #[must_use]
    pub fn is_to(&self, address: &str) -> bool {
        self.recipients.iter().any(|recipient| recipient.eq_ignore_ascii_case(address))
    }
}
