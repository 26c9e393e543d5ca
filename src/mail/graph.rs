//! Sending by a mailbox of Exchange Online, through Microsoft Graph.
//!
//! Sources: <https://learn.microsoft.com/graph/api/user-sendmail> and
//! <https://learn.microsoft.com/office365/servicedescriptions/exchange-online-service-description/exchange-online-limits>.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use lettre::message::Mailbox;
use reqwest::{StatusCode, Url};
use serde::{Deserialize, Serialize};
use tokio::{sync::Semaphore, time::timeout};
use zeroize::Zeroizing;

use super::{
    CheckError, Error, Mail, Scope, SetupError,
    error::ServerLine,
    message::{REFERENCE, Rendered, Sender, one_line, safe_id},
};
use crate::config;
use crate::entra::{self, Application, Call, Operation, Reply, Service, bounded, lenient, url_below};

/// The most requests to one mailbox that may be under way at once.
const AT_ONCE: usize = 4;

/// The most mails that a mailbox may send within [`WINDOW`].
const MAILS_PER_WINDOW: usize = 30;

const WINDOW: Duration = Duration::from_mins(1);

pub(super) struct Graph {
    service: Service,
    url: Url,
    save_to_sent_items: bool,
    timeout: Duration,
    slots: Semaphore,
    /// The times of the last mails, the oldest first, by the steady clock.
    recent: Mutex<VecDeque<Duration>>,
}

impl Graph {
    pub(super) fn new(
        graph: &config::GraphMail,
        tenant: &config::Tenant,
        application: &Application,
        limit: Duration,
    ) -> Result<Self, SetupError> {
        let base = entra::parse_url(&tenant.graph_url, "graph_url")?;
        Ok(Self {
            service: application.service(&tenant.scope),
            url: url_below(&base, &["users", &graph.mailbox, "sendMail"]),
            save_to_sent_items: graph.save_to_sent_items,
            timeout: limit,
            slots: Semaphore::new(AT_ONCE),
            recent: Mutex::default(),
        })
    }

    /// Asks for a token. Only sending a mail shows whether the application may send by the mailbox.
    pub(super) async fn check(&self) -> Result<(), CheckError> {
        match timeout(self.timeout, self.service.tokens.get()).await {
            Ok(token) => token.map(drop).map_err(|error| CheckError::Token(error.into())),
            Err(_) => Err(CheckError::Token(Error::unavailable("timeout"))),
        }
    }

    /// Sends a mail within the time limit, waiting for one of the places at the mailbox included.
    pub(super) async fn send(
        &self,
        mail: &Mail<'_>,
        rendered: &Rendered,
        sender: &Sender,
    ) -> Result<(), Error> {
        let call = self.call(mail, rendered, sender)?;
        timeout(self.timeout, self.post(&call)).await.unwrap_or_else(|_| Err(Error::unavailable("timeout")))
    }

    async fn post(&self, call: &Call) -> Result<(), Error> {
        let _slot = self.slots.acquire().await.map_err(|error| Error::caused("closed", error))?;
        // Without a token no mail is sent, so that it is not counted.
        self.service.tokens.get().await?;
        self.count(self.service.wire.clock.steady())?;
        let (reply, _) = self.service.call(call).await?;
        judge(&reply)
    }

    /// Counts a mail that is sent at `now`, unless the mailbox has sent as many as it may.
    fn count(&self, now: Duration) -> Result<(), Error> {
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        while recent.front().is_some_and(|sent| now.saturating_sub(*sent) >= WINDOW) {
            recent.pop_front();
        }
        match recent.front() {
            Some(oldest) if recent.len() >= MAILS_PER_WINDOW => {
                Err(Error::paused("mailbox_limit", Some((*oldest + WINDOW).saturating_sub(now))))
            }
            _ => {
                recent.push_back(now);
                Ok(())
            }
        }
    }

    fn call(&self, mail: &Mail<'_>, rendered: &Rendered, sender: &Sender) -> Result<Call, Error> {
        let url = self.url.clone();
        if self.save_to_sent_items {
            let mime = Zeroizing::new(STANDARD.encode(rendered.text.as_bytes()).into_bytes());
            return Ok(Call::post_as(Operation::SendMail, url, "text/plain", Bytes::from_owner(mime)));
        }
        let body = Body::new(mail, sender);
        let mut json = Zeroizing::new(Vec::with_capacity(2 * mail.html.len() + 1024));
        serde_json::to_writer(&mut *json, &body).map_err(|error| Error::caused("unwritable_mail", error))?;
        Ok(Call::post(Operation::SendMail, url, Bytes::from_owner(json)))
    }
}

/// Judges an answer. 202 says that the mail is accepted, and nothing about its delivery.
fn judge(reply: &Reply) -> Result<(), Error> {
    if reply.status.is_success() {
        return Ok(());
    }
    let error = serde_json::from_slice::<ErrorBody>(&reply.body).ok();
    let code = error.map_or_else(
        || format!("http_{}", reply.status.as_u16()),
        |ErrorBody { error: Code { code } }| bounded(&code),
    );
    Err(match reply.status {
        StatusCode::TOO_MANY_REQUESTS => Error::paused(code, reply.retry_after),
        _ if reply.status.is_server_error() => match reply.retry_after {
            Some(pause) => Error::paused(code, Some(pause)),
            None => Error::unavailable(code),
        },
        _ if code == "ErrorInvalidRecipients" => {
            Error::RecipientRefused { code, line: ServerLine::default() }
        }
        _ if code == "ErrorSendAsDenied" => Error::refused(code, Scope::Sender),
        _ if reply.status.is_client_error() => Error::refused(code, Scope::Server),
        _ => Error::unavailable(code),
    })
}

#[derive(Deserialize)]
struct ErrorBody {
    error: Code,
}

#[derive(Deserialize)]
struct Code {
    #[serde(deserialize_with = "lenient::text")]
    code: String,
}

/// A mail in Graph's own format: the only one that can leave no copy in Sent Items.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    message: Message<'a>,
    save_to_sent_items: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Message<'a> {
    subject: String,
    body: Content<'a>,
    from: Recipient<'a>,
    to_recipients: [Recipient<'a>; 1],
    reply_to: Vec<Recipient<'a>>,
    internet_message_headers: Vec<Header>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Content<'a> {
    content_type: &'static str,
    content: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Recipient<'a> {
    email_address: EmailAddress<'a>,
}

#[derive(Serialize)]
struct EmailAddress<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    address: &'a str,
}

/// Only headers that begin with `x-` can be set.
#[derive(Serialize)]
struct Header {
    name: &'static str,
    value: String,
}

impl<'a> Body<'a> {
    fn new(mail: &'a Mail<'_>, sender: &'a Sender) -> Self {
        let id = Header { name: "x-accountcreator-mail", value: safe_id(&mail.message_id) };
        // Replaces `Auto-Submitted`: vacation notices do not answer.
        let no_answers = Header { name: "x-auto-response-suppress", value: "All".to_owned() };
        let reference =
            mail.reference.map(|reference| Header { name: REFERENCE, value: reference.to_string() });
        let message = Message {
            subject: one_line(&mail.subject),
            body: Content { content_type: "HTML", content: &mail.html },
            from: Recipient::of(&sender.from),
            to_recipients: [Recipient::new(mail.to_name, mail.to.as_str())],
            reply_to: sender.reply_to.iter().map(Recipient::of).collect(),
            internet_message_headers: reference.into_iter().chain([id, no_answers]).collect(),
        };
        Self { message, save_to_sent_items: false }
    }
}

impl<'a> Recipient<'a> {
    fn new(name: Option<&str>, address: &'a str) -> Self {
        Self { email_address: EmailAddress { name: name.map(one_line), address } }
    }

    fn of(mailbox: &'a Mailbox) -> Self {
        Self::new(mailbox.name.as_deref(), mailbox.email.as_ref())
    }
}
