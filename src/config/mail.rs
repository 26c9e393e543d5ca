//! `[mail]`: how mails leave.

use std::{path::PathBuf, time::Duration};

use lettre::message::Mailbox;
use secrecy::SecretString;
use url::Host;

use super::{
    section::{Section, Takes},
    web_address::is_near,
    words::quoted,
};

/// How mails leave.
#[derive(Debug, Clone)]
pub struct Mail {
    /// By which way.
    pub transport: MailTransport,
    /// The sender: an address, or a name with an address in angle brackets.
    pub from: String,
    /// Where answers go, if not to the sender.
    pub reply_to: Option<String>,
    /// How long the mail server may take.
    pub timeout: Duration,
    /// How many connections to it are kept.
    pub pool: u32,
}

/// The way mails leave.
#[derive(Debug, Clone)]
pub enum MailTransport {
    /// To a mail server.
    Smtp(Smtp),
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
    /// Whether and how the connection is encrypted.
    pub security: SmtpSecurity,
    /// User and password.
    pub login: Option<(String, SecretString)>,
    /// Authorities trusted besides the system's; a PEM file.
    pub ca_file: Option<PathBuf>,
    /// The name this machine gives as its own.
    pub helo: Option<String>,
}

/// Whether and how a connection to a mail server is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmtpSecurity {
    /// Not at all.
    Plain,
    /// After STARTTLS, which is required (RFC 3207).
    StartTls,
    /// From the start (RFC 8314).
    Tls,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Smtp,
    File,
}

const FROM: Takes = Takes("a sender", "\"Accounts <accounts@example.edu>\"");
const REPLY_TO: Takes = Takes("an address", "\"Help desk <help@example.edu>\"");
const HOST: Takes = Takes("the mail server's name", "\"smtp.example.edu\"");
const USER: Takes = Takes("the user at the mail server", "\"accounts\"");
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

impl Mail {
    pub(super) fn read(section: &mut Section<'_>) -> Option<Self> {
        let way = section.choice("transport", &[("smtp", Way::Smtp), ("file", Way::File)]);
        let from = section.parse("from", FROM).map(|from: Mailbox| from.to_string());
        let reply_to = section.maybe("reply_to", REPLY_TO).map(|reply_to: Mailbox| reply_to.to_string());
        let smtp = section.section("smtp", |smtp| {
            let timeout = smtp.duration("timeout", Duration::from_secs(1)..=Duration::from_mins(10));
            let pool = smtp.number("pool", 1..=64);
            let server = Smtp::read(smtp, way == Some(Way::Smtp));
            Some((server, timeout?, pool?))
        });
        let dir = section.section("file", |file| file.parse("dir", DIR));
        let (server, timeout, pool) = smtp?;
        let transport = match way? {
            Way::Smtp => MailTransport::Smtp(server?),
            Way::File => MailTransport::File { dir: dir? },
        };
        Some(Self { transport, from: from?, reply_to, timeout, pool })
    }
}

impl Smtp {
    fn read(section: &mut Section<'_>, needed: bool) -> Option<Self> {
        let host = read_host(section, needed);
        let security = section.choice("security", &SmtpSecurity::CHOICES);
        let port = section.number("port", 1..=65535);
        let login = read_login(section);
        let helo = section.text("helo", HELO);
        let ca_file = section.authorities("ca_file").map(|(path, _)| path);
        let (host, security) = (host?, security?);
        if security == SmtpSecurity::Plain && login.is_some() && !is_near(&host) {
            section.fault(
                "security",
                "would send the password in the clear",
                "write \"starttls\" or \"tls\"",
            );
        }
        let port = port.unwrap_or_else(|| security.usual_port());
        Some(Self { host: host.to_string(), port, security, login, ca_file, helo })
    }
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

fn read_login(section: &mut Section<'_>) -> Option<(String, SecretString)> {
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
    Some((user?, password?))
}
