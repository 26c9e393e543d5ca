//! TLS: it is never left out where it is required, and certificates are verified.

use std::{
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, Command, Stdio},
    sync::Arc,
};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rstest::rstest;
use rustls::ServerConfig;
use tempfile::NamedTempFile;

use super::{
    server::{Act, Encrypts, Server, friendly, private_tls, server_config},
    *,
};

fn authorities(pem: &str) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(pem.as_bytes()).unwrap();
    file
}

fn mailer_with(server: &Server, security: SmtpSecurity, ca: Option<&NamedTempFile>) -> Mailer {
    let smtp = Smtp {
        security,
        login: Some(SmtpLogin::Password("user".to_owned(), "hunter2".to_owned().into())),
        ca_file: ca.map(|file| file.path().into()),
        ..smtp(server.port)
    };
    mailer_to(smtp)
}

fn serve(security: SmtpSecurity) -> (Server, NamedTempFile) {
    let (pem, tls) = private_tls();
    let encrypts = match security {
        SmtpSecurity::Plain => Encrypts::Never,
        SmtpSecurity::StartTls => Encrypts::AfterStartTls(tls),
        SmtpSecurity::Tls => Encrypts::AtOnce(tls),
    };
    (Server::start(encrypts, |_, line| friendly(line)), authorities(&pem))
}

#[rstest]
#[case(SmtpSecurity::StartTls)]
#[case(SmtpSecurity::Tls)]
#[tokio::test]
async fn a_server_with_a_private_authority_is_trusted_by_its_file(#[case] security: SmtpSecurity) {
    let (server, ca) = serve(security);
    send(&mailer_with(&server, security, Some(&ca))).await.unwrap();
    assert_eq!(server.mails().len(), 1);
    assert!(server.lines().contains(&"AUTH PLAIN AHVzZXIAaHVudGVyMg==".to_owned()));
}

#[rstest]
#[case(SmtpSecurity::StartTls)]
#[case(SmtpSecurity::Tls)]
#[tokio::test]
async fn an_unknown_certificate_gets_neither_password_nor_mail(#[case] security: SmtpSecurity) {
    let (server, _) = serve(security);
    let other = authorities(&private_tls().0);
    for ca in [None, Some(&other)] {
        let error = send(&mailer_with(&server, security, ca)).await.unwrap_err();
        assert_eq!(error.code(), "tls_self_signed", "{error:?}");
    }
    // A certificate for another name is not accepted either.
    let ca = serve(security).1;
    let elsewhere =
        Smtp { host: "127.0.0.1".to_owned(), security, ca_file: Some(ca.path().into()), ..smtp(server.port) };
    assert!(send(&mailer_to(elsewhere)).await.is_err());
    assert!(server.mails().is_empty());
    assert!(!server.lines().iter().any(|line| line.starts_with("AUTH") || line.starts_with("MAIL")));
}

#[tokio::test]
async fn where_starttls_is_missing_nothing_is_sent_in_the_clear() {
    let server = Server::start(Encrypts::Never, |_, line| {
        if line.starts_with("EHLO") { Act::Reply("250 stub") } else { friendly(line) }
    });
    let error = send(&mailer_with(&server, SmtpSecurity::StartTls, None)).await.unwrap_err();
    assert_eq!(error.code(), "no_starttls");
    assert!(!server.lines().iter().any(|line| line.starts_with("AUTH") || line.starts_with("MAIL")));
}

/// An attacker on the way sends, after the reply to STARTTLS and in the clear, the answers to all commands that will
/// come. The server itself accepts no mail.
#[tokio::test]
async fn replies_in_the_clear_before_the_handshake_are_not_believed() {
    const INJECTED: &str = "220 go ahead\r\n250-stub\r\n250 AUTH PLAIN\r\n235 2.7.0 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n\
         250 2.0.0 queued";
    let (pem, tls) = private_tls();
    let server = Server::start(Encrypts::AfterStartTls(tls), |_, line| match line {
        "STARTTLS" => Act::Reply(INJECTED),
        line if line.starts_with("MAIL") || line.starts_with("AUTH") => Act::Reply("550 5.7.1 no"),
        line => friendly(line),
    });
    let error =
        send(&mailer_with(&server, SmtpSecurity::StartTls, Some(&authorities(&pem)))).await.unwrap_err();
    assert_eq!(error.code(), "early_reply", "{error:?}");
    assert!(server.mails().is_empty());
    assert!(!server.lines().iter().any(|line| line.starts_with("AUTH") || line.starts_with("MAIL")));
}

/// Bytes sent before a command are no reply to it, encrypted or not.
#[tokio::test]
async fn replies_that_come_before_their_command_are_not_believed() {
    let server = Server::start(Encrypts::Never, |_, line| match line {
        line if line.starts_with("RCPT") => Act::Reply("250 ok\r\n354 go\r\n250 2.0.0 queued"),
        line => friendly(line),
    });
    let error = send(&mailer_with(&server, SmtpSecurity::Plain, None)).await.unwrap_err();
    assert_eq!(error.code(), "early_reply");
    assert!(server.mails().is_empty());
}

/// Properties of a certificate of a test.
struct Made {
    names: &'static [&'static str],
    is_authority: bool,
    years: (i32, i32),
}

const GOOD: Made = Made { names: &["localhost"], is_authority: false, years: (2020, 2060) };

impl Made {
    fn params(&self) -> CertificateParams {
        let names: Vec<_> = self.names.iter().map(ToString::to_string).collect();
        let mut params = CertificateParams::new(names).unwrap();
        params.not_before = rcgen::date_time_ymd(self.years.0, 1, 1);
        params.not_after = rcgen::date_time_ymd(self.years.1, 1, 1);
        if self.is_authority {
            params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        }
        params
    }

    /// Signed by itself.
    fn self_signed(&self) -> (String, Arc<ServerConfig>) {
        let key = KeyPair::generate().unwrap();
        let made = self.params().self_signed(&key).unwrap();
        (made.pem(), server_config(made.der().clone(), &key))
    }

    /// Signed by an authority, whose certificate is returned.
    fn issued(&self) -> (String, Arc<ServerConfig>) {
        let (authority_key, key) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
        let mut authority = Self { names: &[], is_authority: true, ..GOOD }.params();
        authority.distinguished_name.push(DnType::CommonName, "An authority");
        let pem = authority.self_signed(&authority_key).unwrap().pem();
        let made = self.params().signed_by(&key, &Issuer::new(authority, authority_key)).unwrap();
        (pem, server_config(made.der().clone(), &key))
    }
}

async fn error_with(made: (String, Arc<ServerConfig>), is_named: bool) -> Option<Error> {
    let (pem, tls) = made;
    let server = Server::start(Encrypts::AfterStartTls(tls), |_, line| friendly(line));
    let ca = authorities(&pem);
    let mailer = mailer_with(&server, SmtpSecurity::StartTls, is_named.then_some(&ca));
    let error = send(&mailer).await.err();
    let is_told = server.lines().iter().any(|line| line.starts_with("AUTH") || line.starts_with("MAIL"));
    assert_eq!(is_told, error.is_none(), "{:?}", server.lines());
    error
}

/// A certificate made by `openssl req -x509` is one of an authority.
#[tokio::test]
async fn the_servers_own_certificate_is_trusted_by_its_file() {
    for is_authority in [false, true] {
        let made = Made { is_authority, ..GOOD };
        assert!(error_with(made.self_signed(), true).await.is_none(), "{is_authority}");
    }
    assert!(error_with(GOOD.issued(), true).await.is_none(), "by way of its authority");
}

#[tokio::test]
async fn each_fault_of_a_certificate_has_its_code_and_its_remedy() {
    let other = Made { names: &["mail.example.org"], ..GOOD };
    let (old, new) = (Made { years: (2019, 2020), ..GOOD }, Made { years: (2050, 2051), ..GOOD });
    let authority = |made: Made| Made { is_authority: true, ..made };
    for (made, is_named, code) in [
        (GOOD.self_signed(), false, "tls_self_signed"),
        (authority(GOOD).self_signed(), false, "tls_self_signed"),
        (GOOD.issued(), false, "tls_unknown_issuer"),
        (other.issued(), true, "tls_other_name"),
        (other.self_signed(), true, "tls_other_name"),
        (authority(other).self_signed(), true, "tls_other_name"),
        (old.issued(), true, "tls_expired"),
        (old.self_signed(), true, "tls_expired"),
        (authority(old).self_signed(), true, "tls_expired"),
        (new.issued(), true, "tls_not_valid_yet"),
        (authority(new).self_signed(), true, "tls_not_valid_yet"),
    ] {
        let error = error_with(made, is_named).await.expect(code);
        assert_eq!(error.code(), code, "{error:?}");
        assert!(error.remedy().is_some(), "{code}");
    }
}

/// A real server: OpenSSL's, with keys, signatures and versions that Rustls does not even serve.
struct OpenSsl {
    process: Child,
    port: u16,
}

impl OpenSsl {
    /// Makes the certificates of `make` in a folder and serves TLS there.
    fn serve(folder: &Path, make: &[&str], arguments: &str) -> Self {
        for command in make {
            let mut openssl = Command::new("openssl");
            let made = openssl.args(command.split(' ')).current_dir(folder).output().unwrap();
            assert!(made.status.success(), "{command}: {}", String::from_utf8_lossy(&made.stderr));
        }
        let mut openssl = Command::new("openssl");
        openssl.args(["s_server", "-accept", "127.0.0.1:0", "-www", "-cert", "own.pem", "-key", "own.key"]);
        openssl.args(arguments.split(' ')).current_dir(folder);
        let streams = openssl.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = streams.spawn().unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines().map_while(Result::ok);
        let port =
            lines.into_iter().find_map(|line| line.strip_prefix("ACCEPT")?.rsplit_once(':')?.1.parse().ok());
        Self { process, port: port.expect("it says where it listens") }
    }
}

impl Drop for OpenSsl {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

const SELF_SIGNED: &str = "req -x509 -newkey rsa:2048 -nodes -keyout own.key -out own.pem -subj /CN=localhost -addext subjectAltName=DNS:localhost";
const SHORT_KEY: &str = "req -x509 -newkey rsa:1024 -nodes -keyout own.key -out own.pem -subj /CN=localhost -addext subjectAltName=DNS:localhost";
const AUTHORITY: &str = "req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -subj /CN=authority";
const WANTED: &str = "req -new -newkey rsa:2048 -nodes -keyout own.key -out own.csr -subj /CN=localhost";
const ISSUED_WITH_SHA1: &str =
    "x509 -req -in own.csr -CA ca.pem -CAkey ca.key -CAcreateserial -sha1 -out own.pem";

#[allow(clippy::print_stderr, reason = "a skipped test says so")]
fn has_openssl() -> bool {
    let is_there = Command::new("openssl").arg("version").output().is_ok();
    if !is_there {
        eprintln!("skipped: there is no openssl");
    }
    is_there
}

#[rstest]
#[case(&[SELF_SIGNED], "-tls1_1 -cipher ALL@SECLEVEL=0", "own.pem", "tls_old_version")]
#[case(&[SELF_SIGNED], "-tls1_2 -cipher AES256-SHA", "own.pem", "tls_no_common_cipher")]
#[case(&[SHORT_KEY], "-cipher DEFAULT@SECLEVEL=0", "own.pem", "tls_short_key")]
#[case(&[AUTHORITY, WANTED, ISSUED_WITH_SHA1], "-cipher DEFAULT@SECLEVEL=0", "ca.pem", "tls_sha1")]
#[tokio::test]
async fn each_fault_of_a_real_server_has_its_code_and_its_remedy(
    #[case] make: &[&str],
    #[case] arguments: &str,
    #[case] ca: &str,
    #[case] code: &str,
) {
    if !has_openssl() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let server = OpenSsl::serve(folder.path(), make, arguments);
    let smtp =
        Smtp { security: SmtpSecurity::Tls, ca_file: Some(folder.path().join(ca)), ..smtp(server.port) };
    let error = send(&mailer_to(smtp)).await.unwrap_err();
    assert_eq!(error.code(), code, "{error:?}");
    assert!(error.remedy().is_some(), "{code}");
}

#[tokio::test]
async fn a_server_without_tls_is_told_apart() {
    let server = Server::friendly();
    let error = send(&mailer_with(&server, SmtpSecurity::Tls, None)).await.unwrap_err();
    assert_eq!(error.code(), "tls_not_spoken");
}
