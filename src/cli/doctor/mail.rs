//! The mail server: reached, encrypted, logged in to; with an address, a mail on its way.

use super::finding::{Area, Finding, told};
use crate::{
    app::{self, Parts},
    config::{Config, MailTransport},
    domain::{Email, Locale, SignupId},
    mail::{CheckError, Error, Mail, Mailer},
};

pub(super) async fn check(config: &Config, send_to: Option<&Email>, parts: &Parts) -> Vec<Finding> {
    let mailer = match app::mailer(config, parts) {
        Ok(mailer) => mailer,
        Err(error) => {
            return vec![Finding::failure(Area::Mail, told(&error), "correct the section [mail]")];
        }
    };
    let visit = visit(config, &mailer).await;
    let sends = send_to.filter(|_| !visit.is_failure());
    let mut findings = vec![visit];
    if let Some(address) = sends {
        findings.push(send(&mailer, address, parts).await);
    }
    findings
}

async fn visit(config: &Config, mailer: &Mailer) -> Finding {
    let server = match &config.mail.transport {
        MailTransport::File { dir } => {
            let what = format!("mails are written to {} and reach nobody", dir.display());
            return Finding::warning(Area::Mail, what, "set mail.transport = \"smtp\" before students come");
        }
        MailTransport::Smtp(smtp) => format!("{}:{}", smtp.host, smtp.port),
        MailTransport::Graph(graph) => format!("the mailbox {} by Graph", graph.mailbox),
    };
    match mailer.check().await {
        Ok(()) => Finding::ok(Area::Mail, format!("{server} can be reached as configured")),
        Err(error @ CheckError::Login(_)) => Finding::failure(
            Area::Mail,
            format!("{server}: {}", told(&error)),
            "correct mail.smtp.user and password, or see whether the server wants another way to log in",
        ),
        Err(error @ CheckError::Token(_)) => Finding::failure(
            Area::Mail,
            format!("{server}: {}", told(&error)),
            "mend what is said of the tenant's token first",
        ),
        Err(error @ CheckError::Connection(_)) => Finding::failure(
            Area::Mail,
            format!("{server}: {}", told(&error)),
            "check mail.smtp: host, port, security and ca_file, and the firewall on the way",
        ),
    }
}

async fn send(mailer: &Mailer, address: &Email, parts: &Parts) -> Finding {
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
    match mailer.send(&mail).await {
        Ok(()) => Finding::ok(Area::Mail, "the server has taken a mail to the address; see that it arrives"),
        Err(error @ Error::RecipientRefused { .. }) => Finding::failure(
            Area::Mail,
            told(&error),
            "try an address that exists; if it does, ask the mail server's people about relaying",
        ),
        Err(error) => {
            Finding::failure(Area::Mail, told(&error), "ask the mail server's people what this reply means")
        }
    }
}
