//! `POST /users/{id}/sendMail`: a whole MIME message, or a message as JSON.
//!
//! <https://learn.microsoft.com/graph/api/user-sendmail>

use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, MultiPart, SinglePart};
use mail_parser::{Address, MessageParser};
use serde::Deserialize;

use super::answer::Answer;
use super::call::{Body, Call};
use super::errors::GraphError;
use crate::sandbox::mailboxes::{self, NoMailbox, Over};
use crate::sandbox::smtp::{Envelope, Mail, Way};
use crate::sandbox::world::World;

/// The largest number of headers of a message in JSON.
const MAX_HEADERS: usize = 5;

/// `POST /users/{id}/sendMail`
pub(super) fn send(world: &World, call: &Call<'_>) -> Result<Answer, GraphError> {
    let mailbox = mailboxes::find(world, call.key(0))
        .map_err(|missing| GraphError::no_mailbox(missing, call.key(0)))?;
    let now = world.clock.now_ms();
    let over = world.mailbox_limits.and_then(|limits| world.usage.over(limits, &mailbox, call.at_once, now));
    if let Some(over) = over {
        return Err(GraphError::mailbox_throttled(over));
    }
    let message = match &call.body {
        Body::Text(text) => mime(text)?,
        _ => written(world, &mailbox, call)?,
    };
    check_sender(world, &mailbox, &message)?;
    if message.recipients.is_empty() {
        return Err(GraphError::new(
            StatusCode::BAD_REQUEST,
            "ErrorInvalidRecipients",
            "At least one recipient is not valid., A message can't be sent because it contains no recipients.",
        ));
    }
    let envelope = Envelope {
        connection: call.connection,
        encrypted: call.base.starts_with("https:"),
        sender: mailbox.clone(),
        recipients: message.recipients,
        way: Way::Graph,
        saved_to_sent_items: message.saved,
    };
    world.inbox.take(Mail::parse(envelope, &message.content, now));
    world.usage.accepted(&mailbox, now);
    world.changed();
    Ok(Answer::new(StatusCode::ACCEPTED, None))
}

/// A message that is ready to be sent.
struct Outgoing {
    content: Vec<u8>,
    /// The addresses of `From`; empty where the mailbox is to be filled in.
    from: Vec<String>,
    recipients: Vec<String>,
    saved: bool,
}

fn check_sender(world: &World, mailbox: &str, message: &Outgoing) -> Result<(), GraphError> {
    let may = message.from.iter().all(|from| mailboxes::may_send_as(world, mailbox, from));
    if may { Ok(()) } else { Err(GraphError::send_as_denied()) }
}

/// Reads a MIME message. A copy of it is always saved.
fn mime(text: &[u8]) -> Result<Outgoing, GraphError> {
    let text: Vec<u8> = text.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let content = STANDARD.decode(text).ok().filter(|content| !content.is_empty());
    let content = content.ok_or_else(GraphError::not_base64)?;
    let message = MessageParser::default().parse(&content).ok_or_else(GraphError::not_base64)?;
    let recipients = [message.to(), message.cc(), message.bcc()].into_iter().flat_map(addresses).collect();
    let from = addresses(message.from());
    Ok(Outgoing { recipients, from, saved: true, content })
}

fn addresses(header: Option<&Address<'_>>) -> Vec<String> {
    let all = header.into_iter().flat_map(Address::iter);
    all.filter_map(|one| one.address().map(str::to_owned)).collect()
}

/// The body of the JSON form.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Request {
    message: Written,
    #[serde(default = "saved_by_default")]
    save_to_sent_items: bool,
}

fn saved_by_default() -> bool {
    true
}

/// The part of a message resource that can be sent here.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Written {
    subject: String,
    body: Content,
    to_recipients: Vec<Recipient>,
    #[serde(default)]
    cc_recipients: Vec<Recipient>,
    #[serde(default)]
    bcc_recipients: Vec<Recipient>,
    #[serde(default)]
    reply_to: Vec<Recipient>,
    from: Option<Recipient>,
    sender: Option<Recipient>,
    #[serde(default)]
    internet_message_headers: Vec<Header>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Content {
    content_type: String,
    content: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Recipient {
    email_address: EmailAddress,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EmailAddress {
    address: String,
    name: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    name: String,
    value: String,
}

impl Recipient {
    fn mailbox(&self) -> Result<Mailbox, GraphError> {
        let address = self.email_address.address.parse();
        let address = address.map_err(|_| {
            GraphError::new(
                StatusCode::BAD_REQUEST,
                "ErrorInvalidRecipients",
                format!("Recipient '{}' is not resolved.", self.email_address.address),
            )
        })?;
        Ok(Mailbox::new(self.email_address.name.clone(), address))
    }
}

/// Makes a MIME message of the JSON form, as Exchange does: the text part is made of the HTML.
fn written(world: &World, mailbox: &str, call: &Call<'_>) -> Result<Outgoing, GraphError> {
    let body = call.object()?;
    let request = Request::deserialize(serde_json::Value::Object(body.clone()))
        .map_err(|error| GraphError::new(StatusCode::BAD_REQUEST, "RequestBodyRead", error.to_string()))?;
    let Request { message, save_to_sent_items } = request;
    check_headers(&message.internet_message_headers)?;
    let senders: Vec<&Recipient> = message.from.iter().chain(&message.sender).collect();
    let from = match senders.first() {
        Some(from) => from.mailbox()?,
        None => mailbox.parse().map_err(|_| GraphError::send_as_denied())?,
    };
    let id = format!("<{}@sandbox>", world.random.uuid());
    let mut builder = Message::builder().from(from).subject(message.subject).message_id(Some(id)).keep_bcc();
    let mut recipients = Vec::new();
    for recipient in &message.to_recipients {
        builder = builder.to(recipient.mailbox()?);
        recipients.push(recipient.email_address.address.clone());
    }
    for recipient in &message.cc_recipients {
        builder = builder.cc(recipient.mailbox()?);
        recipients.push(recipient.email_address.address.clone());
    }
    recipients.extend(message.bcc_recipients.iter().map(|bcc| bcc.email_address.address.clone()));
    for address in &message.reply_to {
        builder = builder.reply_to(address.mailbox()?);
    }
    for Header { name, value } in message.internet_message_headers {
        let name = HeaderName::new_from_ascii(name).map_err(|_| GraphError::bad_header("x-"))?;
        builder = builder.raw_header(HeaderValue::new(name, value));
    }
    let content = message.body.content;
    let built = if message.body.content_type.eq_ignore_ascii_case("html") {
        builder.multipart(MultiPart::alternative_plain_html(text_of(&content), content))
    } else {
        builder.singlepart(SinglePart::plain(content))
    };
    let content = built.map_err(|error| GraphError::malformed(error.to_string()))?.formatted();
    let from = senders.iter().map(|sender| sender.email_address.address.clone()).collect();
    Ok(Outgoing { content, from, recipients, saved: save_to_sent_items })
}

fn check_headers(headers: &[Header]) -> Result<(), GraphError> {
    if headers.len() > MAX_HEADERS {
        return Err(GraphError::new(
            StatusCode::BAD_REQUEST,
            "InvalidInternetMessageHeaderCollection",
            format!(
                "Maximum number of headers in one message should be less than or equal to {MAX_HEADERS}."
            ),
        ));
    }
    let bad = headers.iter().find(|header| !header.name.to_ascii_lowercase().starts_with("x-"));
    bad.map_or(Ok(()), |header| Err(GraphError::bad_header(&header.name)))
}

/// The text of HTML: the characters outside of its tags.
fn text_of(html: &str) -> String {
    let mut in_tag = false;
    let outside = html.chars().filter(|character| {
        let was_in_tag = in_tag;
        in_tag = *character == '<' || (in_tag && *character != '>');
        !was_in_tag && !in_tag
    });
    outside.collect::<String>().trim().to_owned()
}

impl GraphError {
    /// 404 for a mailbox that does not exist.
    fn no_mailbox(missing: NoMailbox, key: &str) -> Self {
        match missing {
            NoMailbox::UnknownUser => Self::new(
                StatusCode::NOT_FOUND,
                "ErrorInvalidUser",
                format!("The requested user '{key}' is invalid."),
            ),
            NoMailbox::NoLicense => Self::new(
                StatusCode::NOT_FOUND,
                "MailboxNotEnabledForRESTAPI",
                "The mailbox is either inactive, soft-deleted, or is hosted on-premise.",
            ),
        }
    }

    /// 429 for a mailbox, with nothing but `Retry-After`.
    fn mailbox_throttled(over: Over) -> Self {
        let (limit, seconds) = match over {
            Over::Concurrency => ("MailboxConcurrency", 1),
            Over::Rate(seconds) => ("RequestRate", seconds),
        };
        let message = format!("Application is over its {limit} limit.");
        let mut error = Self::new(StatusCode::TOO_MANY_REQUESTS, "ApplicationThrottled", message);
        error.retry_after(Some(f64::from(seconds)));
        error
    }

    /// 400 for a body that is not the base64 of a message.
    fn not_base64() -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "ErrorMimeContentInvalidBase64String",
            "Invalid base64 string for MIME content.",
        )
    }

    /// 403 for a sender that the mailbox may not send as.
    fn send_as_denied() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "ErrorSendAsDenied",
            "The user account which was used to submit this request does not have the right to send mail on behalf of the specified sending account., Cannot submit message.",
        )
    }

    /// 400 for a header that JSON may not set.
    fn bad_header(name: &str) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "InvalidInternetMessageHeader",
            format!("The internet message header name '{name}' should start with 'x-' or 'X-'."),
        )
    }

    /// The usual error of a status, where it comes from a mailbox.
    pub(super) fn of_mailbox(status: StatusCode) -> Option<Self> {
        match status.as_u16() {
            400 => Some(Self::not_base64()),
            403 => Some(Self::access_denied()),
            404 => Some(Self::no_mailbox(NoMailbox::NoLicense, "")),
            429 => Some(Self::new(
                status,
                "ApplicationThrottled",
                "Application is over its MailboxConcurrency limit.",
            )),
            _ => None,
        }
    }
}
