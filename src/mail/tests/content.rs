//! The form of a mail, and the protection of its headers from injection.

use mail_parser::{Message, MessageParser};

use super::{server::Server, *};

fn parsed(raw: &str) -> Message<'_> {
    MessageParser::default().parse(raw).unwrap()
}

fn headers(raw: &str) -> &str {
    raw.split_once("\r\n\r\n").unwrap().0
}

#[tokio::test]
async fn a_mail_is_whole() {
    let server = Server::friendly();
    let mailer = mailer(server.port);
    send_with(
        &mailer,
        "st123456@stud.example.edu",
        "Dein Konto f\u{fc}r Microsoft 365",
        Some("J\u{f6}rg Wei\u{df}"),
    )
    .await
    .unwrap();
    let mails = server.mails();
    let mail = parsed(&mails[0]);
    assert_eq!(mail.subject(), Some("Dein Konto f\u{fc}r Microsoft 365"));
    let to = mail.to().unwrap().first().unwrap();
    assert_eq!((to.name(), to.address()), (Some("J\u{f6}rg Wei\u{df}"), Some("st123456@stud.example.edu")));
    let from = mail.from().unwrap().first().unwrap();
    assert_eq!((from.name(), from.address()), (Some("Accounts at Example"), Some("accounts@example.edu")));
    assert_eq!(mail.reply_to().unwrap().first().unwrap().address(), Some("help@example.edu"));
    assert_eq!(mail.message_id(), Some("07070707-0707-4707-8707-070707070707.password@example.edu"));
    assert_eq!(mail.date().unwrap().to_rfc3339(), "2026-11-22T10:15:00Z");
    let raw = headers(&mails[0]);
    for line in [
        "Auto-Submitted: auto-generated",
        "X-Auto-Response-Suppress: All\r\n",
        "Content-Language: de",
        "X-Accountcreator-Reference: 0W3GE1R7-P1\r\n",
        "MIME-Version: 1.0",
        "multipart/alternative",
    ] {
        assert!(raw.contains(line), "{line} in {raw}");
    }
    let text = mail.body_text(0).unwrap().replace("\r\n", "\n");
    assert!(
        text.contains("dein Passwort: x=y") && text.contains("\n.\n") && text.contains("Gr\u{fc}\u{df}e"),
        "{text}"
    );
    assert!(mail.body_html(0).unwrap().contains("<code>x=y</code>"));
    assert!(mails[0].is_ascii() && mails[0].lines().all(|line| line.len() <= 998));
    let lines = server.lines();
    assert_eq!(lines[0], "EHLO signup.example.edu");
    assert_eq!(lines[1..3], ["MAIL FROM:<accounts@example.edu>", "RCPT TO:<st123456@stud.example.edu>"]);
}

#[tokio::test]
async fn a_mail_sent_again_is_the_same_to_the_byte() {
    let server = Server::friendly();
    let mailer = mailer(server.port);
    send(&mailer).await.unwrap();
    send(&mailer).await.unwrap();
    let mails = server.mails();
    assert_eq!(mails[0], mails[1]);
}

/// Servers differ in what they take for the end of a line, and so of a mail.
#[tokio::test]
async fn every_line_ends_as_mail_demands() {
    let server = Server::friendly();
    let (to, locale) = (Email::parse("st1@stud.example.edu").unwrap(), "en".parse().unwrap());
    let mail = Mail {
        to: &to,
        to_name: None,
        subject: "subject".to_owned(),
        text: "one\n.\ntwo\r.\rthree\r\n".to_owned(),
        html: "<p>one</p>\n.\n<p>two</p>".to_owned(),
        message_id: "id".to_owned(),
        reference: None,
        date: NOW,
        locale: &locale,
    };
    mailer(server.port).send(&mail).await.unwrap();
    let mails = server.mails();
    assert!(!mails[0].replace("\r\n", "").contains(['\r', '\n']), "{:?}", mails[0]);
    assert!(mails[0].contains("two") && mails[0].contains("three") && mails[0].contains("<p>two</p>"));
}

#[tokio::test]
async fn nothing_gets_into_the_headers() {
    let server = Server::friendly();
    let mailer = mailer(server.port);
    for hostile in [
        "a\r\nBcc: thief@example.org",
        "a\nBcc: thief@example.org\n\nbody",
        "a\0\u{2028}Bcc: b",
        "<a@b>, \"c",
    ] {
        send_with(&mailer, "st1@stud.example.edu", hostile, Some(hostile)).await.unwrap();
        let mails = server.mails();
        let raw = mails.last().unwrap();
        let mail = parsed(raw);
        assert!(mail.bcc().is_none(), "{raw}");
        assert!(!headers(raw).lines().any(|line| line.starts_with("Bcc")), "{raw}");
        let recipients: Vec<_> = mail.to().unwrap().iter().map(|to| to.address().unwrap()).collect();
        assert_eq!(recipients, ["st1@stud.example.edu"], "{raw}");
    }
    assert!(server.lines().iter().filter(|line| line.starts_with("RCPT")).all(|line| line.contains("st1@")));
}

#[test]
fn a_mail_and_its_settings_show_no_person_and_no_secret() {
    let (to, locale) = (Email::parse("st1@stud.example.edu").unwrap(), "en".parse().unwrap());
    let mail = Mail {
        to: &to,
        to_name: Some("Anna"),
        subject: "subject".to_owned(),
        text: "hunter2".to_owned(),
        html: "hunter2".to_owned(),
        message_id: "id".to_owned(),
        reference: None,
        date: NOW,
        locale: &locale,
    };
    let login = Some(SmtpLogin::Password("user".to_owned(), "hunter2".to_owned().into()));
    let shown = format!("{mail:?} {:?}", settings(MailTransport::Smtp(Smtp { login, ..smtp(25) })));
    assert!(!shown.contains("hunter2") && !shown.contains("st1@") && !shown.contains("Anna"), "{shown}");
}

#[test]
fn settings_that_cannot_be_are_refused() {
    let refused = |settings: config::Mail| Mailer::new(&settings, None).err().unwrap();
    let with = |change: fn(&mut Smtp)| {
        let mut smtp = smtp(25);
        change(&mut smtp);
        settings(MailTransport::Smtp(smtp))
    };
    assert!(matches!(refused(with(|smtp| smtp.helo = Some("a b\r\n".to_owned()))), SetupError::Helo));
    let missing =
        with(|smtp| (smtp.security, smtp.ca_file) = (SmtpSecurity::Tls, Some("/no/such/file".into())));
    assert!(matches!(refused(missing), SetupError::AuthoritiesUnreadable(..)));
    let empty = tempfile::NamedTempFile::new().unwrap();
    let mut no_certificate = smtp(25);
    (no_certificate.security, no_certificate.ca_file) = (SmtpSecurity::StartTls, Some(empty.path().into()));
    assert!(matches!(refused(settings(MailTransport::Smtp(no_certificate))), SetupError::NoAuthorities(_)));
    let login = SmtpLogin::Xoauth2 {
        tenant: "main".parse().unwrap(),
        mailbox: "accounts@example.edu".to_owned(),
        token_scope: "https://outlook.office365.com/.default".to_owned(),
    };
    let by_token = settings(MailTransport::Smtp(Smtp { login: Some(login), ..smtp(25) }));
    assert!(matches!(refused(by_token), SetupError::NoTenant));
    let blocked = settings(MailTransport::File { dir: empty.path().into() });
    assert!(matches!(refused(blocked), SetupError::Directory(..)));
}

#[tokio::test]
async fn undelivered_mails_come_back_to_the_address_for_them() {
    let server = Server::friendly();
    let bounces = Some("bounces@example.edu".parse().unwrap());
    let settings = config::Mail { bounce_to: bounces, ..settings(MailTransport::Smtp(smtp(server.port))) };
    send(&mailer_of(&settings)).await.unwrap();
    assert!(server.lines().contains(&"MAIL FROM:<bounces@example.edu>".to_owned()), "{:?}", server.lines());
    assert!(server.mails()[0].contains("From: \"Accounts at Example\" <accounts@example.edu>"));
    send(&mailer(server.port)).await.unwrap();
    assert!(server.lines().contains(&"MAIL FROM:<accounts@example.edu>".to_owned()));
}
