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
    sync::Arc,
    time::{Duration, Instant},
};

use arc_swap::ArcSwap;

pub use self::{
    error::{CheckError, Error, Scope, ServerLine, SetupError},
    message::message_id,
    remedy::remedy_for,
};
use self::{file::Files, graph::Graph, message::Sender, smtp::Smtp};
use crate::{
    config,
    domain::{Email, Locale, MailReference, Timestamp},
    entra::Application,
    metrics::{MailEnd, MailTransport, Metrics},
};

/// The longest that sending a mail through Graph may take.
const GRAPH_LIMIT: Duration = Duration::from_secs(30);

/// A mail, rendered.
pub struct Mail<'a> {
    /// The recipient.
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
    /// Creates a mailer. `sender` is the tenant that [`config::Mail::tenant`] names, with its application. No
    /// connection is made yet.
    ///
    /// # Errors
    /// [`SetupError`] says what to change.
    pub fn new(
        mail: &config::Mail,
        sender: Option<(&config::Tenant, &Application)>,
    ) -> Result<Self, SetupError> {
        let route = match &mail.transport {
            config::MailTransport::Smtp(smtp) => {
                let application = sender.map(|(_, application)| application);
                Route::Smtp(Box::new(Smtp::new(smtp, application, mail.timeout, mail.pool)?))
            }
            config::MailTransport::Graph(graph) => {
                let (tenant, application) = sender.ok_or(SetupError::NoTenant)?;
                let limit = mail.timeout.min(GRAPH_LIMIT);
                Route::Graph(Box::new(Graph::new(graph, tenant, application, limit)?))
            }
            config::MailTransport::File { dir } => Route::Files(Files::new(dir.clone())?),
        };
        let inner = Inner { sender: Sender::new(mail), route };
        Ok(Self { inner: Arc::new(ArcSwap::from_pointee(inner)), metrics: Metrics::off() })
    }

    /// The same mailer, with its mails counted.
    #[must_use]
    pub fn counted(self, metrics: Metrics) -> Self {
        metrics.mails_go_by(self.inner.load().route.transport());
        Self { metrics, ..self }
    }

    /// Has later mails sent as by `new`, for all clones. A mail that is on its way is sent to its end.
    pub fn exchange(&self, new: &Self) {
        self.inner.store(new.inner.load_full());
    }

    /// Connects and logs in as for a mail, but sends no mail. Of Graph only the token is asked for.
    ///
    /// # Errors
    /// [`CheckError`] names the step that failed.
    pub async fn check(&self) -> Result<(), CheckError> {
        match &self.inner.load_full().route {
            Route::Smtp(smtp) => smtp.check().await,
            Route::Graph(graph) => graph.check().await,
            Route::Files(_) => Ok(()),
        }
    }

    /// Sends a mail. After an error the server may have it nevertheless: sending it again is safe, since both carry the
    /// same `Message-ID`, or the same reference where Exchange makes that id itself.
    ///
    /// # Errors
    /// [`Error::RecipientRefused`] is final; other errors may pass.
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

/// Shows neither address nor texts.
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
