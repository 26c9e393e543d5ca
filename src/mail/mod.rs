//! Mails, sent over SMTP or through Microsoft Graph, or written to files. The texts come rendered; certificates are
//! always verified.

mod connection;
mod error;
mod file;
mod graph;
mod message;
mod remedy;
mod reply;
mod smtp;
mod tls;

#[cfg(test)]
mod tests;

use std::{
    fmt,
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use arc_swap::ArcSwap;
use secrecy::SecretString;

pub use self::{
    error::{CheckError, Error, Scope, ServerLine, Setting, SetupError},
    message::message_id,
    remedy::remedy_for,
};
use self::{file::Files, graph::Graph, message::Sender, smtp::Smtp};
use crate::{
    domain::{Email, Locale, MailReference, Timestamp},
    entra::{Application, Tokens},
    metrics::{MailEnd, MailTransport, Metrics},
};

/// The longest that sending a mail through Graph may take.
const GRAPH_LIMIT: Duration = Duration::from_secs(30);

/// How mails leave, and in whose name.
#[derive(Debug)]
pub struct Settings {
    /// Where mails go.
    pub transport: Transport,
    /// The longest wait for a reply up to the final dot of a mail; sending one through Graph takes no longer.
    pub timeout: Duration,
    /// The most connections at once.
    pub pool: u32,
    /// The sender: `Name <name@example.edu>`.
    pub from: String,
    /// Where answers go, when not to the sender.
    pub reply_to: Option<String>,
    /// The envelope sender, when not the sender.
    pub bounce_to: Option<String>,
}

/// Where mails go.
#[derive(Debug)]
pub enum Transport {
    /// To a mail server.
    Smtp(SmtpSettings),
    /// To a mailbox of Exchange Online, through Microsoft Graph.
    Graph(GraphSettings),
    /// To a directory, one file each, for debugging.
    File {
        /// The directory; it is made when it is not there.
        dir: PathBuf,
    },
}

/// How the mail server is reached.
#[derive(Debug)]
pub struct SmtpSettings {
    /// Its host name; its certificate must be for this name.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Whether and how the connection is encrypted.
    pub security: Security,
    /// The login, if there is one.
    pub login: Option<Login>,
    /// The longest wait for the reply to the final dot of a mail.
    pub timeout_after_data: Duration,
    /// Certificates that are trusted beside those of the system's authorities, in PEM: of authorities, or of the server.
    pub ca_file: Option<PathBuf>,
    /// The name we greet with; the machine's when there is none.
    pub helo: Option<String>,
}

/// The login at a mail server.
#[derive(Debug)]
pub enum Login {
    /// By user and password.
    Password(String, SecretString),
    /// By an access token (SASL XOAUTH2).
    Xoauth2 {
        /// The address of the mailbox that sends.
        mailbox: String,
        /// The tokens for the server.
        tokens: Tokens,
    },
}

/// The mailbox that sends, and how Graph is reached.
#[derive(Debug)]
pub struct GraphSettings {
    /// The application that calls Graph.
    pub application: Application,
    /// Graph's address, up to and including `/v1.0`.
    pub graph_url: String,
    /// The scope of Graph's tokens.
    pub scope: String,
    /// The address of the mailbox.
    pub mailbox: String,
    /// Keep mails in its folder Sent Items.
    pub save_to_sent_items: bool,
}

/// Whether and how the connection is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// Not at all.
    Plain,
    /// From the STARTTLS command on, which the server must offer (RFC 3207).
    StartTls,
    /// From the first byte on (RFC 8314).
    Tls,
}

/// A mail, rendered.
pub struct Mail<'a> {
    /// To whom.
    pub to: &'a Email,
    /// The person's name for the `To` header.
    pub to_name: Option<&'a str>,
    /// The subject.
    pub subject: String,
    /// The text part.
    pub text: String,
    /// The HTML part.
    pub html: String,
    /// The `Message-ID` without brackets and domain, the same whenever this mail is sent again.
    pub message_id: String,
    /// The reference for support, for a mail to a person.
    pub reference: Option<MailReference>,
    /// The `Date`.
    pub date: Timestamp,
    /// The language.
    pub locale: &'a Locale,
}

/// Sends mails. Clones share the connections.
#[derive(Clone)]
pub struct Mailer {
    inner: Arc<ArcSwap<Inner>>,
    metrics: Metrics,
}

struct Inner {
    sender: Sender,
    route: Route,
}

enum Route {
    Smtp(Box<Smtp>),
    Graph(Box<Graph>),
    Files(Files),
}

impl Route {
    const fn transport(&self) -> MailTransport {
        match self {
            Self::Smtp(smtp) if smtp.is_by_token() => MailTransport::SmtpXoauth2,
            Self::Smtp(_) => MailTransport::Smtp,
            Self::Graph(_) => MailTransport::Graph,
            Self::Files(_) => MailTransport::File,
        }
    }
}

impl Mailer {
    /// A mailer for these settings. No connection is made yet.
    ///
    /// # Errors
    /// [`SetupError`] says what to change.
    pub fn new(settings: Settings) -> Result<Self, SetupError> {
        let sender = Sender::new(&settings)?;
        let route = match settings.transport {
            Transport::Smtp(smtp) => Route::Smtp(Box::new(Smtp::new(smtp, settings.timeout, settings.pool)?)),
            Transport::Graph(graph) => {
                Route::Graph(Box::new(Graph::new(&graph, settings.timeout.min(GRAPH_LIMIT))?))
            }
            Transport::File { dir } => Route::Files(Files::new(dir)?),
        };
        Ok(Self { inner: Arc::new(ArcSwap::from_pointee(Inner { sender, route })), metrics: Metrics::off() })
    }

    /// The same, and its mails are counted.
    #[must_use]
    pub fn counted(self, metrics: Metrics) -> Self {
        metrics.mails_go_by(self.inner.load().route.transport());
        Self { metrics, ..self }
    }

    /// Has mails to come sent as by this mailer, for all clones. A mail that is on its way is sent to its end.
    pub fn exchange(&self, new: &Self) {
        self.inner.store(new.inner.load_full());
    }

    /// Connects and logs in as for a mail, and sends none. Of Graph only the token is asked for.
    ///
    /// # Errors
    /// [`CheckError`] says how far it came.
    pub async fn check(&self) -> Result<(), CheckError> {
        match &self.inner.load_full().route {
            Route::Smtp(smtp) => smtp.check().await,
            Route::Graph(graph) => graph.check().await,
            Route::Files(_) => Ok(()),
        }
    }

    /// Sends a mail. After an error the server may have it nevertheless: sending it again is safe, for both
    /// carry the same `Message-ID`, or the same reference where Exchange makes that id itself.
    ///
    /// # Errors
    /// [`Error::RecipientRefused`] is final; all else may pass.
    pub async fn send(&self, mail: &Mail<'_>) -> Result<(), Error> {
        let started = Instant::now();
        let inner = self.inner.load_full();
        let result = inner.hand_over(mail).await;
        let end = result.as_ref().map_or_else(Error::end, |()| MailEnd::Sent);
        self.metrics.mail(inner.route.transport(), end, started.elapsed());
        result
    }
}

impl Inner {
    async fn hand_over(&self, mail: &Mail<'_>) -> Result<(), Error> {
        let rendered = self.sender.render(mail)?;
        match &self.route {
            Route::Smtp(smtp) => smtp.send(&rendered).await,
            Route::Graph(graph) => graph.send(mail, &rendered, &self.sender).await,
            Route::Files(files) => {
                files.write(&message::safe_id(&mail.message_id), rendered.text.as_bytes()).await
            }
        }
    }
}

/// Neither address nor texts.
impl fmt::Debug for Mail<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mail").field("message_id", &self.message_id).finish_non_exhaustive()
    }
}

impl fmt::Debug for Mailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.inner.load().route {
            Route::Smtp(_) => "Mailer(smtp)",
            Route::Graph(_) => "Mailer(graph)",
            Route::Files(_) => "Mailer(file)",
        })
    }
}
