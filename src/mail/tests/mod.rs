//! Tests of the mailer against a server that acts as a test specifies.
#![allow(clippy::unwrap_used)]

mod content;
mod delivery;
mod encryption;
mod file;
mod graph;
mod server;
mod xoauth2;

use std::time::Duration;

use super::*;
use crate::config::{MailTransport, Smtp, SmtpLogin, SmtpSecurity};

/// 2026-11-22T10:15:00Z.
const NOW: Timestamp = Timestamp::from_millis(1_795_342_500_000);

fn smtp(port: u16) -> Smtp {
    Smtp {
        host: "localhost".to_owned(),
        port,
        security: SmtpSecurity::Plain,
        login: None,
        timeout_after_data: Duration::from_secs(20),
        ca_file: None,
        helo: Some("signup.example.edu".to_owned()),
    }
}

fn settings(transport: MailTransport) -> config::Mail {
    config::Mail {
        transport,
        timeout: Duration::from_secs(20),
        pool: 4,
        from: "Accounts at Example <accounts@example.edu>".parse().unwrap(),
        reply_to: Some("Helpdesk <help@example.edu>".parse().unwrap()),
        bounce_to: None,
        ..config::testing::config().mail
    }
}

/// The mailer for these settings, which need no tenant.
fn mailer_of(settings: &config::Mail) -> Mailer {
    Mailer::new(settings, None).unwrap()
}

/// The mailer that sends to this server.
fn mailer_to(smtp: Smtp) -> Mailer {
    mailer_of(&settings(MailTransport::Smtp(smtp)))
}

fn mailer(port: u16) -> Mailer {
    mailer_to(smtp(port))
}

fn reference() -> MailReference {
    "0W3GE1R7-P1".parse().unwrap()
}

/// A mail to `to` with the subject `subject`.
async fn send_with(mailer: &Mailer, to: &str, subject: &str, name: Option<&str>) -> Result<(), Error> {
    let (to, locale) = (Email::parse(to).unwrap(), "de".parse().unwrap());
    let mail = Mail {
        to: &to,
        to_name: name,
        subject: subject.to_owned(),
        text: "Hallo Anna,\n\ndein Passwort: x=y\n.\nGr\u{fc}\u{df}e\n".to_owned(),
        html: "<p>Hallo Anna, dein Passwort: <code>x=y</code></p>".to_owned(),
        message_id: "07070707-0707-4707-8707-070707070707.password".to_owned(),
        reference: Some(reference()),
        date: NOW,
        locale: &locale,
    };
    mailer.send(&mail).await
}

async fn send(mailer: &Mailer) -> Result<(), Error> {
    send_with(mailer, "st123456@stud.example.edu", "Dein Konto", None).await
}
