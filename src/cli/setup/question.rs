//! The questions, in the order in which they are asked.

use lettre::{Address, message::Mailbox};
use url::Url;

use super::answers::Answers;

/// The question for one key of the configuration.
pub(super) struct Question {
    /// The key, as faults of the configuration name it.
    pub(super) key: &'static str,
    /// The flag that answers it.
    pub(super) flag: &'static str,
    /// The text of the question; empty if people are not asked.
    pub(super) ask: &'static str,
    pub(super) form: Form,
    need: Need,
    /// Returns whether it applies after the answers before; otherwise it is not asked, only taken from its flag.
    applies: fn(&Answers) -> bool,
    /// The value that holds without a line in the file.
    pub(super) built_in: Option<&'static str>,
}

/// The form of an answer in TOML.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Text,
    Number,
    /// Yes or no.
    Flag,
    List,
    /// Domains with commas between, or a regular expression.
    Rule,
}

/// The need for an answer.
enum Need {
    Always,
    /// This, if nothing else is said.
    Suggested(fn(&Answers) -> Option<String>),
    Maybe,
}

pub(super) const RULE: &str = "profiles[0].email";
pub(super) const EXAMPLE: &str = "site.email_example";
pub(super) const CLIENT_ID: &str = "tenants.main.client_id";
pub(super) const DATABASE: &str = "database.url";
pub(super) const DATABASE_FILE: &str = "database.url_file";
pub(super) const TRANSPORT: &str = "mail.transport";
pub(super) const AUTH: &str = "mail.smtp.auth";
pub(super) const USER: &str = "mail.smtp.user";
pub(super) const MAILBOX: &str = "mail.graph.mailbox";
pub(super) const PASSWORD_FILE: &str = "mail.smtp.password_file";

/// All of them.
pub(super) const QUESTIONS: [Question; 31] = [
    text("tenants.main.cloud", "--cloud", "Microsoft's cloud: global, us-gov-l4, us-gov-l5 or china")
        .suggests(|_| Some("global".to_owned()))
        .unless("global"),
    text("tenants.main.tenant_id", "--tenant", "The directory (tenant) id, or one of its domains").always(),
    text(CLIENT_ID, "--client-id", "The application (client) id, if the app registration is made already"),
    text("tenants.main.authority", "--authority", ""),
    text("tenants.main.graph_url", "--graph-url", ""),
    text("tenants.main.ca_file", "--ca-file", ""),
    text(
        RULE,
        "--email-rule",
        "Who may sign up: domains of addresses with commas between, or a regular expression with an @",
    )
    .of(Form::Rule)
    .always(),
    text(EXAMPLE, "--email-example", "An address that this admits; the form shows it"),
    text("profiles[0].domain", "--domain", "The domain of the new accounts, verified in the tenant").always(),
    text("profiles[0].licences", "--licence", "The licences they get, by SKU ids with commas between")
        .of(Form::List),
    text(
        "profiles[0].usage_location",
        "--usage-location",
        "The country in which the licences are used, as DE",
    )
    .always()
    .when(|answers| answers.get("profiles[0].licences").is_some()),
    text("profiles[0].groups", "--group", "The groups they join, by object ids with commas between")
        .of(Form::List),
    text("support_email", "--support-email", "The address where people turn for help").always(),
    text("site.name", "--site-name", "What pages and mails call the site")
        .suggests(|_| Some("Account signup".to_owned()))
        .unless("Account signup"),
    text("server.public_url", "--public-url", "The address people use, as https://signup.example.edu")
        .always(),
    text("server.listen", "--listen", "The address and port to listen on, behind the proxy")
        .suggests(|_| Some("127.0.0.1:8080".to_owned()))
        .unless("127.0.0.1:8080"),
    text(
        "server.trusted_proxies",
        "--trusted-proxy",
        "The proxies that are believed when they say who sends a request, by address or network",
    )
    .of(Form::List)
    .suggests(near_proxy),
    text(DATABASE, "--database-url", "The database: sqlite://FILE or postgres://USER:PASSWORD@HOST/NAME")
        .suggests(own_database),
    text(DATABASE_FILE, "--database-url-file", ""),
    text(
        TRANSPORT,
        "--mail-transport",
        "How mails leave: smtp (by a mail server), graph (by Exchange Online, through Microsoft Graph) or file",
    )
    .suggests(|_| Some("smtp".to_owned()))
    .unless("smtp"),
    text(AUTH, "--smtp-auth", "How to log in: password (if at all), or xoauth2 (Exchange Online)")
        .when(by_smtp)
        .suggests(|_| Some("password".to_owned()))
        .unless("password"),
    text("mail.smtp.host", "--smtp-host", "The mail server").when(by_own_server).always(),
    text("mail.smtp.security", "--smtp-security", "How to talk to it: starttls, tls or plain")
        .when(by_own_server)
        .suggests(|_| Some("starttls".to_owned()))
        .unless("starttls"),
    text("mail.smtp.port", "--smtp-port", "Its port, if not the usual one")
        .when(by_own_server)
        .of(Form::Number),
    text(USER, "--smtp-user", "The user there, if it asks for one").when(by_smtp),
    text(PASSWORD_FILE, "--smtp-password-file", "")
        .when(|answers| by_own_server(answers) && answers.get(USER).is_some())
        .always(),
    text(MAILBOX, "--graph-mailbox", THE_MAILBOX).when(by_graph).always(),
    text(
        "mail.graph.scoped",
        "--graph-scoped",
        "Let Exchange restrict the application to this mailbox (recommended)",
    )
    .when(by_graph)
    .of(Form::Flag)
    .suggests(|_| Some("yes".to_owned())),
    text("mail.file.dir", "--mail-dir", "The folder for the mails")
        .when(|answers| answers.get(TRANSPORT) == Some("file"))
        .suggests(|answers| Some(answers.dir.join("mails").display().to_string())),
    text("mail.from", "--mail-from", "The sender of the mails").suggests(sender),
    text(
        "signup.confirm_email",
        "--confirm-email",
        "Confirm addresses by a mailed code before anything is created (recommended)",
    )
    .of(Form::Flag)
    .suggests(|_| Some("yes".to_owned())),
];

const THE_MAILBOX: &str = "The mailbox that sends, as accounts@example.edu";

/// The question of this key, or of the list that the key is an entry of.
pub(super) fn of(key: &str) -> Option<&'static Question> {
    QUESTIONS.iter().find(|question| question.is_of(key))
}

const fn text(key: &'static str, flag: &'static str, ask: &'static str) -> Question {
    Question { key, flag, ask, form: Form::Text, need: Need::Maybe, applies: |_| true, built_in: None }
}

impl Question {
    const fn of(self, form: Form) -> Self {
        Self { form, ..self }
    }

    const fn always(self) -> Self {
        Self { need: Need::Always, ..self }
    }

    const fn suggests(self, suggestion: fn(&Answers) -> Option<String>) -> Self {
        Self { need: Need::Suggested(suggestion), ..self }
    }

    const fn when(self, applies: fn(&Answers) -> bool) -> Self {
        Self { applies, ..self }
    }

    const fn unless(self, built_in: &'static str) -> Self {
        Self { built_in: Some(built_in), ..self }
    }

    /// Returns whether a fault of the key is a fault of this answer.
    pub(super) fn is_of(&self, key: &str) -> bool {
        let rest = key.strip_prefix(self.key);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('['))
    }

    /// Returns whether it applies after the previous answers.
    pub(super) fn applies(&self, answers: &Answers) -> bool {
        (self.applies)(answers)
    }

    /// Returns whether the previous answers call for this one. For XOAUTH2 the user is the mailbox, and must be known.
    pub(super) fn is_needed(&self, answers: &Answers) -> bool {
        let must_be = matches!(self.need, Need::Always) || (self.key == USER && by_xoauth2(answers));
        must_be && self.applies(answers)
    }

    /// The text of the question, after the previous answers.
    pub(super) fn asked(&self, answers: &Answers) -> &'static str {
        if self.key == USER && by_xoauth2(answers) { THE_MAILBOX } else { self.ask }
    }

    /// The suggestion in brackets.
    pub(super) fn suggestion(&self, answers: &Answers) -> Option<String> {
        match self.need {
            Need::Suggested(suggestion) if self.applies(answers) => suggestion(answers),
            _ => None,
        }
    }
}

/// If the service listens on this machine alone, the proxy is there, too.
fn near_proxy(answers: &Answers) -> Option<String> {
    let listen: std::net::SocketAddr = answers.get("server.listen")?.parse().ok()?;
    listen.ip().is_loopback().then(|| listen.ip().to_string())
}

fn own_database(answers: &Answers) -> Option<String> {
    if answers.get(DATABASE_FILE).is_some() {
        return None;
    }
    Some(format!("sqlite://{}", answers.own_database.display()))
}

fn by_smtp(answers: &Answers) -> bool {
    answers.get(TRANSPORT).is_none_or(|transport| transport == "smtp")
}

fn by_xoauth2(answers: &Answers) -> bool {
    by_smtp(answers) && answers.get(AUTH) == Some("xoauth2")
}

/// Exchange Online's server follows from the cloud, any other has to be named.
fn by_own_server(answers: &Answers) -> bool {
    by_smtp(answers) && !by_xoauth2(answers)
}

fn by_graph(answers: &Answers) -> bool {
    answers.get(TRANSPORT) == Some("graph")
}

/// The site by its name, from the mailbox that sends, or else from the address of those who help.
fn sender(answers: &Answers) -> Option<String> {
    let mailbox = match () {
        () if by_graph(answers) => answers.get(MAILBOX),
        () if by_xoauth2(answers) => answers.get(USER),
        () => None,
    };
    let address: Address = mailbox.or_else(|| answers.get("support_email"))?.parse().ok()?;
    let name = answers.get("site.name").map(ToOwned::to_owned);
    Some(Mailbox::new(name, address).to_string())
}

/// Returns whether an address of a database holds a password, which does not belong into a file that everybody may
/// read.
pub(super) fn holds_password(database: &str) -> bool {
    database.parse::<Url>().is_ok_and(|url| url.password().is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_asked_for_once() {
        for (place, question) in QUESTIONS.iter().enumerate() {
            assert!(
                QUESTIONS[..place]
                    .iter()
                    .all(|other| other.key != question.key && other.flag != question.flag)
            );
            assert_eq!(of(question.key).map(|found| found.flag), Some(question.flag));
        }
        assert_eq!(of("profiles[0].licences[3]").map(|found| found.flag), Some("--licence"));
        assert!(of("worker.lease").is_none());
    }

    #[test]
    fn a_database_with_a_password_is_known() {
        assert!(holds_password("postgres://user:secret@host/name"));
        assert!(!holds_password("postgres://user@host/name") && !holds_password("sqlite:///x.db"));
    }
}
