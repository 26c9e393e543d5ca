//! TLS: wanted means wanted, and certificates are verified.

use std::io::Write;

use rstest::rstest;
use tempfile::NamedTempFile;

use super::{
    server::{Act, Encrypts, Server, friendly, private_tls},
    *,
};

fn authorities(pem: &str) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(pem.as_bytes()).unwrap();
    file
}

fn mailer_with(server: &Server, security: Security, ca: Option<&NamedTempFile>) -> Mailer {
    let smtp = SmtpSettings {
        security,
        login: Some(Login::Password("user".to_owned(), "hunter2".to_owned().into())),
        ca_file: ca.map(|file| file.path().into()),
        ..smtp(server.port)
    };
    Mailer::new(settings(Transport::Smtp(smtp))).unwrap()
}

fn serve(security: Security) -> (Server, NamedTempFile) {
    let (pem, tls) = private_tls();
    let encrypts = match security {
        Security::Plain => Encrypts::Never,
        Security::StartTls => Encrypts::AfterStartTls(tls),
        Security::Tls => Encrypts::AtOnce(tls),
    };
    (Server::start(encrypts, |_, line| friendly(line)), authorities(&pem))
}

#[rstest]
#[case(Security::StartTls)]
#[case(Security::Tls)]
#[tokio::test]
async fn a_server_with_a_private_authority_is_trusted_by_its_file(#[case] security: Security) {
    let (server, ca) = serve(security);
    send(&mailer_with(&server, security, Some(&ca))).await.unwrap();
    assert_eq!(server.mails().len(), 1);
    assert!(server.lines().contains(&"AUTH PLAIN AHVzZXIAaHVudGVyMg==".to_owned()));
}

#[rstest]
#[case(Security::StartTls)]
#[case(Security::Tls)]
#[tokio::test]
async fn an_unknown_certificate_gets_neither_password_nor_mail(#[case] security: Security) {
    let (server, _) = serve(security);
    let other = authorities(&private_tls().0);
    for ca in [None, Some(&other)] {
        let error = send(&mailer_with(&server, security, ca)).await.unwrap_err();
        assert_eq!(error.code(), "connection", "{error:?}");
    }
    // Nor one for another name.
    let ca = serve(security).1;
    let elsewhere = SmtpSettings {
        host: "127.0.0.1".to_owned(),
        security,
        ca_file: Some(ca.path().into()),
        ..smtp(server.port)
    };
    assert!(send(&Mailer::new(settings(Transport::Smtp(elsewhere))).unwrap()).await.is_err());
    assert!(server.mails().is_empty());
    assert!(!server.lines().iter().any(|line| line.starts_with("AUTH") || line.starts_with("MAIL")));
}

#[tokio::test]
async fn where_starttls_is_missing_nothing_is_sent_in_the_clear() {
    let server = Server::start(Encrypts::Never, |_, line| {
        if line.starts_with("EHLO") { Act::Reply("250 stub") } else { friendly(line) }
    });
    let error = send(&mailer_with(&server, Security::StartTls, None)).await.unwrap_err();
    assert_eq!(error.code(), "not_offered");
    assert!(!server.lines().iter().any(|line| line.starts_with("AUTH") || line.starts_with("MAIL")));
}
