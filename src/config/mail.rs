//! `[mail]`: the sending of mails.

use std::{path::PathBuf, time::Duration};

use lettre::{Address, message::Mailbox};
use secrecy::SecretString;
use url::Host;

use super::{
    profile::Tenants,
    section::{Section, Takes},
    tenant::Cloud,
    web_address::is_near,
    words::{closest, quoted},
};
use crate::domain::TenantAlias;

/// The settings for sending mails.
#[derive(Debug, Clone)]
pub struct Mail {
    /// The way in which mails are sent.
    pub transport: MailTransport,
    /// The sender.
    pub from: Mailbox,
    /// The sender as mail programs show it: `Accounts (accounts@example.edu)`, or the address alone.
    pub shown_sender: String,
    /// The address for answers, if it is not the sender's.
    pub reply_to: Option<Mailbox>,
    /// The envelope sender, to which mails that cannot be delivered come back; the address of `from` if not set.
    pub bounce_to: Option<Address>,
    /// True if the confirmation code is in the subject of its mail.
    pub code_in_subject: bool,
    /// The longest wait for a reply up to the final dot of a mail.
    pub timeout: Duration,
    /// The number of connections to the mail server that are kept.
    pub pool: u32,
}

/// The way in which mails are sent.
#[derive(Debug, Clone)]
pub enum MailTransport {
    /// To a mail server.
    Smtp(Smtp),
    /// To a mailbox of Exchange Online, which sends them, through Microsoft Graph.
    Graph(GraphMail),
    /// Into files of a folder, for debugging.
    File {
        /// The folder.
        dir: PathBuf,
    },
}

/// A mail server.
#[derive(Debug, Clone)]
pub struct Smtp {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// The encryption of the connection.
    pub security: SmtpSecurity,
    /// The login, if there is one.
    pub login: Option<SmtpLogin>,
    /// The longest wait for the reply to the final dot of a mail.
    pub timeout_after_data: Duration,
    /// Certificates trusted in addition to those of the system's authorities; a PEM file.
    pub ca_file: Option<PathBuf>,
    /// The name this machine gives as its own.
    pub helo: Option<String>,
}

/// The login at a mail server.
#[derive(Debug, Clone)]
pub enum SmtpLogin {
    /// By user and password.
    Password(String, SecretString),
    /// By an access token of a tenant's application (SASL XOAUTH2).
    Xoauth2 {
        /// The tenant.
        tenant: TenantAlias,
        /// The address of the mailbox that sends.
        mailbox: String,
        /// The scope of the token.
        token_scope: String,
    },
}

/// A mailbox that sends through Microsoft Graph.
#[derive(Debug, Clone)]
pub struct GraphMail {
    /// The tenant whose application calls Graph.
    pub tenant: TenantAlias,
    /// The address of the mailbox.
    pub mailbox: String,
    /// True if mails are kept in its folder Sent Items.
    pub save_to_sent_items: bool,
    /// True if the application's access is limited to mailboxes by RBAC for Applications, and not granted in Entra.
    pub scoped: bool,
}

/// The encryption of the connection to a mail server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmtpSecurity {
    /// No encryption.
    Plain,
    /// After STARTTLS, which is required (RFC 3207).
    StartTls,
    /// From the start (RFC 8314).
    Tls,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Smtp,
    Graph,
    File,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Auth {
    Password,
    Xoauth2,
}

const FROM: Takes = Takes("a sender", "\"Accounts <accounts@example.edu>\"");
const REPLY_TO: Takes = Takes("an address", "\"Help desk <help@example.edu>\"");
const BOUNCE_TO: Takes = Takes("an address without a name", "\"bounces@example.edu\"");
const TENANT: Takes = Takes("the alias of a tenant", "\"main\"");
const HOST: Takes = Takes("the mail server's name", "\"smtp.example.edu\"");
const USER: Takes = Takes("the user at the mail server", "\"accounts\"");
const MAILBOX: Takes = Takes("the address of a mailbox", "\"accounts@example.edu\"");
const TOKEN_SCOPE: Takes =
    Takes("a scope that ends in /.default", "\"https://outlook.office365.com/.default\"");
const HELO: Takes = Takes("the name of this machine", "\"signup.example.edu\"");
const DIR: Takes = Takes("the path of a folder", "\"mails\"");

impl SmtpSecurity {
    const CHOICES: [(&'static str, Self); 3] =
        [("plain", Self::Plain), ("starttls", Self::StartTls), ("tls", Self::Tls)];

    const fn usual_port(self) -> u16 {
        match self {
            Self::Plain => 25,
            Self::StartTls => 587,
            Self::Tls => 465,
        }
    }
}

/// The tenant whose application signs in for mails.
struct Chosen {
    alias: TenantAlias,
    cloud: Cloud,
}

/// Values around the section of a mail server.
struct Around<'a> {
    /// True if mails are sent to a mail server.
    is_used: bool,
    tenant: Option<&'a Chosen>,
    sender: Option<&'a str>,
}

impl Mail {
    pub(super) fn read(section: &mut Section<'_>, tenants: &Tenants) -> Option<Self> {
        let ways = [("smtp", Way::Smtp), ("graph", Way::Graph), ("file", Way::File)];
        let way = section.choice("transport", &ways);
        let is_named = section.has("tenant");
        let tenant = read_tenant(section, tenants);
        let from = section.parse("from", FROM);
        let from = from.and_then(|from| ascii_mailbox(section, "from", from));
        let sender = from.as_ref().map(|from: &Mailbox| from.email.to_string());
        let reply_to = section.maybe("reply_to", REPLY_TO);
        let reply_to = reply_to.and_then(|reply_to| ascii_mailbox(section, "reply_to", reply_to));
        let bounce_to = section.maybe("bounce_to", BOUNCE_TO);
        let bounce_to = bounce_to.and_then(|bounce_to| ascii(section, "bounce_to", &bounce_to));
        let code_in_subject = section.flag("code_in_subject");
        let around =
            Around { is_used: way == Some(Way::Smtp), tenant: tenant.as_ref(), sender: sender.as_deref() };
        let mut by_token = false;
        let smtp = section.section("smtp", |smtp| {
            let timeout = smtp.duration("timeout", Duration::from_secs(1)..=Duration::from_mins(10));
            let pool = smtp.number("pool", 1..=64);
            let auth = smtp.choice("auth", &[("password", Auth::Password), ("xoauth2", Auth::Xoauth2)]);
            by_token = auth == Some(Auth::Xoauth2);
            let server = Smtp::read(smtp, auth, &around);
            Some((server, timeout?, pool?))
        });
        let graph = section.section("graph", |graph| GraphMail::read(graph, &around));
        let dir = section.section("file", |file| file.parse("dir", DIR));
        let needs_tenant = way == Some(Way::Graph) || (way == Some(Way::Smtp) && by_token);
        if needs_tenant && !is_named && tenants.len() > 1 {
            let problem = "is missing, and there are several tenants";
            section.fault("tenant", problem, "write the alias of the one whose application sends the mails");
        }
        if way == Some(Way::Graph) && bounce_to.is_some() {
            section.fault(
                "bounce_to",
                "has no effect with transport = \"graph\": bounces go to the mailbox",
                "leave it out",
            );
        }
        let (server, timeout, pool) = smtp?;
        let transport = match way? {
            Way::Smtp => MailTransport::Smtp(server?),
            Way::Graph => MailTransport::Graph(graph?),
            Way::File => MailTransport::File { dir: dir? },
        };
        let from = from?;
        Some(Self {
            transport,
            shown_sender: match &from.name {
                Some(name) => format!("{name} ({})", from.email),
                None => from.email.to_string(),
            },
            from,
            reply_to,
            bounce_to,
            code_in_subject: code_in_subject?,
            timeout,
            pool,
        })
    }

    /// The tenant whose application sends the mails, or signs in to send them; `None` if no tenant's does.
    #[must_use]
    pub const fn tenant(&self) -> Option<&TenantAlias> {
        match &self.transport {
            MailTransport::Graph(GraphMail { tenant, .. })
            | MailTransport::Smtp(Smtp { login: Some(SmtpLogin::Xoauth2 { tenant, .. }), .. }) => {
                Some(tenant)
            }
            MailTransport::Smtp(_) | MailTransport::File { .. } => None,
        }
    }
}

/// The tenant that is named, or the only one there is.
fn read_tenant(section: &mut Section<'_>, tenants: &Tenants) -> Option<Chosen> {
    let named: Option<TenantAlias> = section.maybe("tenant", TENANT);
    if let Some(alias) = &named
        && !tenants.contains_key(alias.as_str())
    {
        let meant = closest(alias.as_str(), tenants.keys().map(String::as_str));
        let meant = meant.map_or_else(String::new, |alias| format!("; did you mean \"{alias}\"?"));
        let problem = format!("there is no tenant {}", quoted(alias.as_str()));
        section.fault("tenant", problem, format!("write the alias of a section [tenants.…]{meant}"));
        return None;
    }
    let alias =
        named.or_else(|| if tenants.len() == 1 { tenants.keys().next()?.parse().ok() } else { None })?;
    let cloud = tenants.get(alias.as_str())?.as_ref()?.cloud;
    Some(Chosen { alias, cloud })
}

fn ascii_mailbox(section: &mut Section<'_>, key: &str, mailbox: Mailbox) -> Option<Mailbox> {
    let email = ascii(section, key, &mailbox.email)?;
    Some(Mailbox::new(mailbox.name, email))
}

/// The address as every mail server takes it: its domain in ASCII (RFC 5890). For the part before the @ there is no such
/// form, and only some servers take it as it is (RFC 6531).
fn ascii(section: &mut Section<'_>, key: &str, address: &Address) -> Option<Address> {
    let domain = if address.domain().is_ascii() {
        address.domain().to_owned()
    } else {
        // The address could be parsed, and so can its domain.
        Host::parse(address.domain()).ok()?.to_string()
    };
    if !address.user().is_ascii() {
        let problem = "the part before the @ has letters that are not ASCII, which most mail servers refuse";
        section.fault(key, problem, "write another address of the mailbox");
        return None;
    }
    Address::new(address.user(), domain).ok()
}

impl Smtp {
    fn read(section: &mut Section<'_>, auth: Option<Auth>, around: &Around<'_>) -> Option<Self> {
        let by_token = auth == Some(Auth::Xoauth2);
        let host = read_host(section, around.is_used && !by_token);
        let security = section.choice("security", &SmtpSecurity::CHOICES);
        let port = section.number("port", 1..=65535);
        let token_scope = read_token_scope(section);
        let login = if by_token {
            read_token_login(section, token_scope, around)
        } else {
            read_password_login(section)
        };
        let helo = section.text("helo", HELO);
        let timeout_after_data =
            section.duration("timeout_after_data", Duration::from_secs(1)..=Duration::from_hours(1));
        let ca_file = section.authorities("ca_file").map(|(path, _)| path);
        let (host, security) = (host.or_else(|| default_host(by_token, around.tenant))?, security?);
        let sends_secret = by_token || login.is_some();
        if security == SmtpSecurity::Plain && sends_secret && !is_near(&host) {
            let problem = if by_token {
                "would send the access token in the clear"
            } else {
                "would send the password in the clear"
            };
            section.fault("security", problem, "write \"starttls\" or \"tls\"");
        }
        if by_token && login.is_none() {
            return None;
        }
        let port = port.unwrap_or_else(|| security.usual_port());
        let timeout_after_data = timeout_after_data?;
        Some(Self { host: host.to_string(), port, security, login, timeout_after_data, ca_file, helo })
    }
}

impl GraphMail {
    fn read(section: &mut Section<'_>, around: &Around<'_>) -> Option<Self> {
        let mailbox = section.maybe("mailbox", MAILBOX);
        let mailbox = mailbox
            .and_then(|mailbox| ascii(section, "mailbox", &mailbox))
            .map(|mailbox| mailbox.to_string());
        let save_to_sent_items = section.flag("save_to_sent_items");
        let scoped = section.flag("scoped");
        Some(Self {
            tenant: around.tenant?.alias.clone(),
            mailbox: mailbox.or_else(|| around.sender.map(ToOwned::to_owned))?,
            save_to_sent_items: save_to_sent_items?,
            scoped: scoped?,
        })
    }
}

/// The mail server of the tenant's cloud.
fn default_host(by_token: bool, tenant: Option<&Chosen>) -> Option<Host> {
    let tenant = tenant.filter(|_| by_token)?;
    Host::parse(tenant.cloud.smtp_host()).ok()
}

fn read_host(section: &mut Section<'_>, needed: bool) -> Option<Host> {
    if needed {
        section.require("host", HOST);
    }
    let text = section.text("host", HOST)?;
    let host = Host::parse(&text).ok();
    if host.is_none() {
        let problem = format!("{} is not the name of a host", quoted(&text));
        section.fault("host", problem, "write it without scheme and port, such as \"smtp.example.edu\"");
    }
    host
}

fn read_token_scope(section: &mut Section<'_>) -> Option<String> {
    let scope = section.text("token_scope", TOKEN_SCOPE)?;
    if scope.starts_with("https://") && scope.ends_with("/.default") {
        return Some(scope);
    }
    let problem = format!("{} is not the scope of a service", quoted(&scope));
    section.fault("token_scope", problem, format!("write {}, such as {}", TOKEN_SCOPE.0, TOKEN_SCOPE.1));
    None
}

fn read_token_login(
    section: &mut Section<'_>,
    token_scope: Option<String>,
    around: &Around<'_>,
) -> Option<SmtpLogin> {
    if section.has("password") || section.has("password_file") {
        let problem = "is given, but auth = \"xoauth2\" signs in by the tenant's certificate";
        let key = if section.has("password") { "password" } else { "password_file" };
        section.fault(key, problem, "remove it");
    }
    section.secret("password", "password_file");
    let mailbox = section.maybe("user", MAILBOX);
    let mailbox =
        mailbox.and_then(|mailbox| ascii(section, "user", &mailbox)).map(|mailbox| mailbox.to_string());
    let tenant = around.tenant?;
    Some(SmtpLogin::Xoauth2 {
        tenant: tenant.alias.clone(),
        mailbox: mailbox.or_else(|| around.sender.map(ToOwned::to_owned))?,
        token_scope: token_scope.unwrap_or_else(|| tenant.cloud.exchange_scope().to_owned()),
    })
}

fn read_password_login(section: &mut Section<'_>) -> Option<SmtpLogin> {
    let user_given = section.has("user");
    let password_given = section.has("password") || section.has("password_file");
    let user = section.text("user", USER);
    let password = section.secret("password", "password_file");
    if user_given && !password_given {
        section.fault(
            "password",
            "is missing, but `user` is given",
            "write it, or its file as `password_file`",
        );
    }
    if password_given && !user_given {
        section.fault("user", "is missing, but a password is given", "write the user at the mail server");
    }
    Some(SmtpLogin::Password(user?, password?))
}
