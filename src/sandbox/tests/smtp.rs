//! The mail server, with a mail client and line by line.

use std::time::Duration;

use lettre::message::{MultiPart, header};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

use super::bed::CLIENT;
use crate::sandbox::{
    Fault, FaultKind, Faults, Login, Operation, Options, Sandbox, SmtpOptions, TlsIdentity,
};

type Transport = AsyncSmtpTransport<Tokio1Executor>;

fn message(to: &str) -> Message {
    Message::builder()
        .from("Accounts <accounts@example.edu>".parse().unwrap())
        .to(to.parse().unwrap())
        .subject("Zugang für Ådá")
        .header(header::ContentTransferEncoding::EightBit)
        .multipart(MultiPart::alternative_plain_html(
            "Passwort: x\n.\n..punkt\nÄÖÜ".to_owned(),
            "<p>Passwort: <b>x</b></p>".to_owned(),
        ))
        .unwrap()
}

fn plain(sandbox: &Sandbox) -> Transport {
    let address = sandbox.smtp_addr();
    Transport::builder_dangerous(address.ip().to_string())
        .port(address.port())
        .timeout(Some(Duration::from_secs(5)))
        .build()
}

async fn with_faults(faults: Faults) -> Sandbox {
    let options = Options { faults, ..Options::default() };
    Sandbox::start(options).await.unwrap()
}

fn secure() -> SmtpOptions {
    SmtpOptions {
        login: Some(Login { user: "accounts".to_owned(), password: "s3cret".to_owned() }),
        tls: Some(TlsIdentity {
            certificate_pem: CLIENT.certificate_pem.clone(),
            key_pem: CLIENT.key_pem.clone(),
        }),
        implicit_tls_listen: Some(([127, 0, 0, 1], 0).into()),
        ..SmtpOptions::default()
    }
}

#[tokio::test]
async fn a_mail_arrives_whole() {
    let sandbox = with_faults(Faults::default()).await;
    plain(&sandbox).send(message("Ada <ada@example.org>")).await.unwrap();
    let mail = sandbox.mail_to("ADA@example.org").await;
    assert_eq!(mail.subject, "Zugang für Ådá");
    assert_eq!(mail.text.replace("\r\n", "\n").trim_end(), "Passwort: x\n.\n..punkt\nÄÖÜ");
    assert_eq!(mail.html.as_deref().unwrap().trim_end(), "<p>Passwort: <b>x</b></p>");
    assert_eq!((mail.sender.as_str(), mail.encrypted), ("accounts@example.edu", false));
    assert_eq!(mail.header("From").unwrap(), "Accounts <accounts@example.edu>");
    assert!(mail.raw.contains("multipart/alternative"));
}

#[tokio::test]
async fn waiting_for_a_mail_ends_when_it_comes() {
    let sandbox = with_faults(Faults::default()).await;
    let transport = plain(&sandbox);
    let (mail, sent) = tokio::join!(sandbox.mail_to("bob@example.org"), async {
        transport.send(message("ada@example.org")).await.unwrap();
        transport.send(message("bob@example.org")).await
    });
    sent.unwrap();
    assert_eq!(mail.number, 2);
}

#[tokio::test]
async fn encryption_and_login_work_both_ways() {
    let options = Options { smtp: secure(), ..Options::default() };
    let sandbox = Sandbox::start(options).await.unwrap();
    let authority = Certificate::from_pem(CLIENT.certificate_pem.as_bytes()).unwrap();
    let parameters = TlsParameters::builder("localhost".to_owned())
        .add_root_certificate(authority)
        .build_rustls()
        .unwrap();
    let ways = [
        (sandbox.smtp_addr().port(), Tls::Required(parameters.clone())),
        (sandbox.smtps_addr().unwrap().port(), Tls::Wrapper(parameters)),
    ];
    for (port, tls) in ways {
        let transport = Transport::builder_dangerous("127.0.0.1")
            .port(port)
            .tls(tls)
            .credentials(Credentials::new("accounts".to_owned(), "s3cret".to_owned()))
            .build();
        transport.send(message("ada@example.org")).await.unwrap();
    }
    let encrypted: Vec<_> = sandbox.mails().iter().map(|mail| mail.encrypted).collect();
    assert_eq!(encrypted, [true, true]);
}

#[tokio::test]
async fn without_the_right_login_nothing_is_taken() {
    let options = Options {
        smtp: SmtpOptions { tls: None, implicit_tls_listen: None, ..secure() },
        ..Options::default()
    };
    let sandbox = Sandbox::start(options).await.unwrap();
    let refused = plain(&sandbox).send(message("ada@example.org")).await.unwrap_err();
    assert!(refused.is_permanent());
    let address = sandbox.smtp_addr();
    let transport = Transport::builder_dangerous("127.0.0.1")
        .port(address.port())
        .credentials(Credentials::new("accounts".to_owned(), "wrong".to_owned()))
        .build();
    assert!(transport.send(message("ada@example.org")).await.unwrap_err().is_permanent());
    assert!(sandbox.mails().is_empty());
}

#[tokio::test]
async fn faults_strike_each_step() {
    for operation in [Operation::SmtpConnect, Operation::SmtpMail, Operation::SmtpRcpt, Operation::SmtpData] {
        let sandbox = with_faults(Faults::default().on(operation, Fault::status(451).times(1))).await;
        let refused = plain(&sandbox).send(message("ada@example.org")).await.unwrap_err();
        assert!(refused.is_transient(), "{operation:?}: {refused:?}");
        assert!(sandbox.mails().is_empty());
        plain(&sandbox).send(message("ada@example.org")).await.unwrap();
    }
    let fault = Fault::status(550).saying("", "No such mailbox");
    let sandbox = with_faults(Faults::default().on(Operation::SmtpRcpt, fault)).await;
    let refused = plain(&sandbox).send(message("ada@example.org")).await.unwrap_err();
    assert!(refused.is_permanent() && refused.to_string().contains("No such mailbox"));
}

#[tokio::test]
async fn connections_break_before_or_after_a_mail_is_taken() {
    for (kind, taken) in [(FaultKind::ResetBefore, 0), (FaultKind::ResetAfter, 1), (FaultKind::HalfBody, 1)] {
        let sandbox = with_faults(Faults::default().on(Operation::SmtpData, Fault::new(kind))).await;
        plain(&sandbox).send(message("ada@example.org")).await.unwrap_err();
        assert_eq!(sandbox.mails().len(), taken, "{kind:?}");
    }
    let refusal = Faults::default().on(Operation::SmtpConnect, Fault::new(FaultKind::ResetBefore));
    let sandbox = with_faults(refusal).await;
    plain(&sandbox).send(message("ada@example.org")).await.unwrap_err();
}

#[tokio::test]
async fn the_server_may_hang_after_a_mail_is_taken() {
    let hang = Faults::default().on(Operation::SmtpData, Fault::new(FaultKind::HangAfter));
    let sandbox = with_faults(hang).await;
    let transport = plain(&sandbox);
    tokio::select! {
        answer = transport.send(message("ada@example.org")) => panic!("answered: {answer:?}"),
        mail = sandbox.mail_to("ada@example.org") => assert_eq!(mail.number, 1),
    }
}

/// Speaks line by line, and returns the codes of the replies.
async fn dialogue(sandbox: &Sandbox, lines: &[&str]) -> Vec<String> {
    let mut stream = BufReader::new(TcpStream::connect(sandbox.smtp_addr()).await.unwrap());
    let mut codes = Vec::new();
    for line in [None].into_iter().chain(lines.iter().map(Some)) {
        if let Some(line) = line {
            stream.write_all(format!("{line}\r\n").as_bytes()).await.unwrap();
        }
        loop {
            let mut reply = String::new();
            stream.read_line(&mut reply).await.unwrap();
            if reply.as_bytes().get(3) != Some(&b'-') {
                codes.push(reply.chars().take(3).collect());
                break;
            }
        }
    }
    codes
}

#[tokio::test]
async fn commands_come_in_their_order() {
    let options =
        Options { smtp: SmtpOptions { size_limit: 100, ..SmtpOptions::default() }, ..Options::default() };
    let sandbox = Sandbox::start(options).await.unwrap();
    let lines = [
        "MAIL FROM:<a@x>",
        "EHLO me",
        "RCPT TO:<b@x>",
        "DATA",
        "MAIL FROM:<a@x> SIZE=101",
        "MAIL FROM:<a@x> SIZE=99 BODY=8BITMIME",
        "MAIL FROM:<a@x>",
        "RCPT TO:b@x",
        "RCPT TO:<b>",
        "RCPT TO:<b@x>",
        "STARTTLS",
        "AUTH PLAIN x",
        "FLY",
        "NOOP",
        "RSET",
        "DATA",
        "QUIT",
    ];
    let codes = dialogue(&sandbox, &lines).await;
    let expected = [
        "220", "503", "250", "503", "503", "552", "250", "503", "501", "501", "250", "502", "504", "500",
        "250", "250", "503", "221",
    ];
    assert_eq!(codes, expected);
}

#[tokio::test]
async fn pipelined_commands_and_null_senders_are_taken() {
    let sandbox = with_faults(Faults::default()).await;
    let lines = ["EHLO me\r\nMAIL FROM:<>\r\nRCPT TO:<b@x>\r\nDATA", "Subject: x\r\n\r\nhi\r\n.\r\nQUIT"];
    let mut stream = TcpStream::connect(sandbox.smtp_addr()).await.unwrap();
    for line in lines {
        stream.write_all(format!("{line}\r\n").as_bytes()).await.unwrap();
    }
    let mail = sandbox.mail_to("b@x").await;
    assert_eq!((mail.sender.as_str(), mail.text.trim()), ("", "hi"));
}
