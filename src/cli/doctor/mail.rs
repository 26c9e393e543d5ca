//! Mail: connection, encryption and login; with an address, a mail that is sent.

use std::time::Duration;

use tokio::time::timeout;

use super::{
    exchange,
    finding::{Area, Finding, Verdict, told},
};
use crate::{
    app::{self, Parts},
    cli::exchange::Exchange,
    config::{Config, MailTransport, Smtp, SmtpLogin},
    domain::{Email, Locale, SignupId},
    mail::{CheckError, Error, Mail, Mailer},
};

/// The servers of Exchange Online, in every cloud.
const EXCHANGE_HOSTS: [&str; 3] = [".office365.com", ".office365.us", ".outlook.cn"];

/// The longest that `--send-to` waits for the server to take the mail.
const SEND_LIMIT: Duration = Duration::from_mins(2);

const TOKEN_FIRST: &str = "first correct what the check of the tenant's token reports";
const LOGIN: &str =
    "correct mail.smtp.user and password, or see whether the server wants another way to log in";

pub(super) async fn check(config: &Config, send_to: Option<&Email>, parts: &Parts) -> Vec<Finding> {
    let mailer = match app::mailer(config, parts) {
        Ok(mailer) => mailer,
        Err(error) => {
            return vec![Finding::failure(Area::Mail, told(&error), "correct the section [mail]")];
        }
    };
    let mut findings = visit(config, &mailer).await;
    let works =
        !findings.iter().any(|finding| matches!(finding.verdict, Verdict::Failure | Verdict::Skipped));
    findings.extend(password_at_exchange(&config.mail.transport));
    findings.extend(kept_in_sent_items(config));
    if let Some(address) = send_to.filter(|_| works) {
        findings.extend(send(config, &mailer, address, parts).await);
    }
    findings
}

async fn visit(config: &Config, mailer: &Mailer) -> Vec<Finding> {
    let server = match &config.mail.transport {
        MailTransport::File { dir } => {
            let what = format!("mails are written to {} and reach nobody", dir.display());
            return vec![Finding::warning(
                Area::Mail,
                what,
                "set mail.transport = \"smtp\" before students come",
            )];
        }
        MailTransport::Smtp(smtp) => format!("{}:{}", smtp.host, smtp.port),
        MailTransport::Graph(graph) => format!("the mailbox {} by Graph", graph.mailbox),
    };
    let what = |error: &CheckError| format!("{server}: {}", told_with_line(error, error.cause()));
    match mailer.check().await {
        Ok(()) => vec![Finding::ok(Area::Mail, reached(config, &server))],
        Err(ref error @ CheckError::Connection(ref cause)) => vec![Finding::failure(
            Area::Mail,
            what(error),
            cause
                .remedy()
                .unwrap_or("check mail.smtp: host, port, security and ca_file, and the firewall on the way"),
        )],
        Err(CheckError::Token(_)) if matches!(config.mail.transport, MailTransport::Graph(_)) => {
            let what = format!("{server} was not looked at");
            vec![Finding::skipped(Area::Mail, what, TOKEN_FIRST)]
        }
        Err(ref error @ CheckError::Token(ref cause)) => {
            let remedy = cause.remedy().unwrap_or(TOKEN_FIRST);
            vec![Finding::failure(Area::Mail, what(error), remedy)]
        }
        Err(ref error @ CheckError::Login(ref cause)) => refused(config, what(error), cause, LOGIN),
    }
}

/// The error with its causes, and the mail server's own words: the admin who runs this knows the address that they may
/// quote.
fn told_with_line(error: &dyn std::error::Error, cause: &Error) -> String {
    let line = cause.server_line().map(|line| format!("; the server says: {line}"));
    format!("{}{}", told(error), line.unwrap_or_default())
}

/// With Graph, only the token has been obtained: whether it may be used shows when a mail is sent.
fn reached(config: &Config, server: &str) -> String {
    match &config.mail.transport {
        MailTransport::Graph(_) => {
            format!(
                "{server}: there is a token; `doctor --send-to ADDRESS` shows whether the mailbox may be used"
            )
        }
        _ => format!("{server} can be reached as configured"),
    }
}

/// The finding for a refusal, and its possible causes.
fn refused(config: &Config, what: String, error: &Error, otherwise: &str) -> Vec<Finding> {
    let from: &str = config.mail.from.email.as_ref();
    let exchange = Exchange::of(config);
    let causes =
        exchange.as_ref().map(|exchange| exchange::causes(exchange, from, error.code())).unwrap_or_default();
    let remedy = match error.remedy() {
        _ if causes.len() > 1 => {
            "check the possible causes that are listed with it, each by its line in Exchange Online PowerShell"
        }
        // By password it says no more than that the login is wrong; `535 5.7.139` says that SMTP AUTH is off.
        Some(_) if exchange.is_none() && is_wrong_login(error.code()) => otherwise,
        remedy => remedy.unwrap_or(otherwise),
    };
    [vec![Finding::failure(Area::Mail, what, remedy)], causes].concat()
}

fn is_wrong_login(code: &str) -> bool {
    code.starts_with("535") && code != "535 5.7.139"
}

/// Exchange Online takes passwords for a limited time only.
fn password_at_exchange(transport: &MailTransport) -> Option<Finding> {
    let MailTransport::Smtp(Smtp { host, login: Some(SmtpLogin::Password(..)), .. }) = transport else {
        return None;
    };
    let host = host.to_ascii_lowercase();
    EXCHANGE_HOSTS.iter().any(|suffix| host.ends_with(suffix)).then(|| {
        Finding::warning(
            Area::Mail,
            format!(
                "{host} is Exchange Online, which takes passwords (basic authentication) until the end of December \
                 2026; then they are off unless an admin of the tenant switches them on, and Microsoft names the end \
                 of that in the second half of 2027"
            ),
            "set mail.smtp.auth = \"xoauth2\", or mail.transport = \"graph\"; `accountcreator setup` then writes what \
             has to be done in Exchange",
        )
    })
}

fn kept_in_sent_items(config: &Config) -> Option<Finding> {
    const CLEAN: &str = "restrict who may read the mailbox and let a retention policy clean the folder";
    const CLEAN_OR_LEAVE_OUT: &str = "restrict who may read the mailbox and let a retention policy clean the folder, \
         or set mail.graph.save_to_sent_items = false";
    let (mailbox, remedy) = match &config.mail.transport {
        MailTransport::Graph(graph) if graph.save_to_sent_items => (&graph.mailbox, CLEAN_OR_LEAVE_OUT),
        MailTransport::Smtp(Smtp { login: Some(SmtpLogin::Xoauth2 { mailbox, .. }), .. }) => (mailbox, CLEAN),
        _ => return None,
    };
    let what = format!("mails stay in Sent Items of {mailbox}, with the passwords in them");
    Some(Finding::hint(Area::Mail, what, remedy))
}

async fn send(config: &Config, mailer: &Mailer, address: &Email, parts: &Parts) -> Vec<Finding> {
    let text =
        "This mail was sent by `accountcreator doctor --send-to`: mails of this installation can arrive.";
    let mail = Mail {
        to: address,
        to_name: None,
        subject: "accountcreator: a mail to try the way".to_owned(),
        text: text.to_owned(),
        html: format!("<p>{text}</p>"),
        message_id: format!("doctor-{}", SignupId::random(&parts.entropy)),
        reference: None,
        date: parts.clock.now(),
        locale: &"en".parse::<Locale>().expect("a language tag"),
    };
    let Ok(sent) = timeout(SEND_LIMIT, mailer.send(&mail)).await else {
        let what = "the mail server has not said within two minutes whether it takes the mail";
        return vec![Finding::warning(
            Area::Mail,
            what,
            "see whether the mail arrives; `serve` waits longer",
        )];
    };
    match sent {
        Ok(()) => {
            vec![Finding::ok(Area::Mail, "a mail to the address was taken; see that it arrives")]
        }
        Err(error @ Error::RecipientRefused { .. }) => vec![Finding::failure(
            Area::Mail,
            told_with_line(&error, &error),
            "try an address that exists; if it does, ask the mail server's people about relaying",
        )],
        Err(error) => refused(
            config,
            told_with_line(&error, &error),
            &error,
            "ask the mail server's people what this reply means",
        ),
    }
}

#[cfg(test)]
mod tests {
    use secrecy::SecretString;

    use super::*;
    use crate::config::SmtpSecurity;

    fn at(host: &str, login: Option<SmtpLogin>) -> MailTransport {
        MailTransport::Smtp(Smtp {
            host: host.to_owned(),
            port: 587,
            security: SmtpSecurity::StartTls,
            login,
            timeout_after_data: Duration::from_mins(10),
            ca_file: None,
            helo: None,
        })
    }

    #[test]
    fn passwords_at_exchange_online_are_warned_of_in_every_cloud() {
        let password = || Some(SmtpLogin::Password("a".to_owned(), SecretString::from("b")));
        for host in [
            "smtp.office365.com",
            "SMTP.Office365.com",
            "smtp.office365.us",
            "outlook-dod.office365.us",
            "smtp.partner.outlook.cn",
        ] {
            let warning = password_at_exchange(&at(host, password())).expect("a warning");
            assert!(warning.what.contains("December 2026"), "{host}");
            assert!(password_at_exchange(&at(host, None)).is_none(), "{host} without a login");
        }
        assert!(password_at_exchange(&at("smtp.example.edu", password())).is_none());
    }
}
