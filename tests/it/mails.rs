//! Mails as they arrive, by every way they can take.

use std::{
    fs,
    net::SocketAddr,
    process::{Command, Stdio},
    time::Duration,
};

use accountcreator::{
    domain::Stage,
    sandbox::{Fault, FaultKind, Faults, Login, Mail, Operation, SmtpOptions, TlsIdentity, Way},
};
use mail_parser::{MessageParser, MimeHeaders};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rstest::rstest;
use tempfile::TempDir;

use crate::support::{Setup, Student, TestApp, database::run_sql, password_in, principal_in};

async fn password_mail(app: &TestApp, path: &str, student: &Student) -> Mail {
    let mut browser = app.browser();
    let form = browser.open(path).await;
    browser.submit(&form, &student.fields()).await;
    app.settle().await;
    app.sandbox.mails_to(&student.email).pop().expect("a password was mailed")
}

#[tokio::test]
async fn the_password_mail_is_whole_and_in_the_language_of_the_form() {
    let mail = "reply_to = \"Help desk <help@example.edu>\"".to_owned();
    let app = TestApp::with(Setup { mail, ..Setup::default() }).await;
    for (number, language, subject, greeting, label) in [
        (1, "en", "Your Microsoft 365 account – Example University", "Hello Zoë", "Password:"),
        (2, "de", "Dein Microsoft-365-Konto – Example University", "Hallo Zoë", "Passwort:"),
    ] {
        let student = Student::new(number, "Zoë", "Groß");
        let mail = password_mail(&app, &format!("/{language}"), &student).await;
        app.assert_one_account(&student);
        assert_eq!(mail.subject, subject);
        assert!(mail.text.starts_with(greeting) && mail.text.contains(label), "{}", mail.text);
        let html = mail.html.as_ref().unwrap();
        // Webmail leaves out the body and its attributes.
        let inner = html.split_once("<body>").unwrap().1;
        assert!(
            inner.contains(greeting) && inner.contains(&format!("lang=\"{language}\" dir=\"ltr\"")),
            "{html}"
        );
        // A narrow screen breaks the name before its `@`.
        assert!(html.contains(&principal_in(&mail).replace('@', "<wbr>@")), "{html}");
        let header = |name| mail.header(name).unwrap_or_else(|| panic!("no {name} in {}", mail.raw));
        assert_eq!(header("Content-Language"), language);
        assert_eq!(header("From"), "\"Example University\" <accounts@example.edu>");
        assert_eq!(header("Reply-To"), "\"Help desk\" <help@example.edu>");
        assert_eq!(header("To"), student.email);
        assert_eq!(header("Auto-Submitted"), "auto-generated");
        assert_eq!(
            (mail.sender.as_str(), mail.recipients.as_slice()),
            ("accounts@example.edu", [student.email].as_slice())
        );
        let message = MessageParser::default().parse(mail.raw.as_bytes()).unwrap();
        assert_eq!(message.content_type().unwrap().subtype(), Some("alternative"));
        let sent = message.date().unwrap().to_timestamp();
        assert!((sent - app.clock.now().millis() / 1000).abs() <= 60, "{sent}");
    }
}

#[tokio::test]
async fn a_mail_that_goes_out_twice_shows_as_one() {
    let app = TestApp::start().await;
    let student = Student::new(1, "Ada", "Lovelace");
    app.fault(Operation::SmtpData, [Fault::new(FaultKind::ResetAfter).times(2)]);
    password_mail(&app, "/en", &student).await;
    let mails = app.sandbox.mails_to(&student.email);
    assert_eq!(mails.len(), 3, "a lost answer is a mail that may be lost");
    let first = &mails[0];
    assert!(
        first.message_id.as_ref().unwrap().ends_with(".send-password@example.edu"),
        "{:?}",
        first.message_id
    );
    let reference = first.header("X-Accountcreator-Reference").unwrap();
    assert!(reference.ends_with("-P1") && first.text.trim_end().ends_with(&reference), "{}", first.text);
    for mail in &mails {
        assert_eq!(mail.header("X-Accountcreator-Reference").as_ref(), Some(&reference));
        assert_eq!((&mail.message_id, &mail.text, &mail.html), (&first.message_id, &first.text, &first.html));
    }
    app.assert_one_account(&student);
}

#[tokio::test]
async fn a_name_is_text_in_a_mail_and_nothing_else() {
    let app = TestApp::start().await;
    for (number, name) in [
        (1, "Ada\" <thief@example.org>, \"x".replace(['<', '>'], "")),
        (2, "Ada & Co; Bcc: thief@example.org".to_owned()),
        (3, "=?utf-8?Q?Ada=0D=0ABcc:_thief@example.org?=".to_owned()),
        (4, "Ada. { $name } {{ site }} %s".to_owned()),
    ] {
        // Rows of earlier versions have such names; no form takes them.
        let student = Student::new(number, "Ada", "Lovelace");
        let mut browser = app.browser();
        let form = browser.open("/en").await;
        browser.submit(&form, &student.fields()).await;
        let first = name.replace('\'', "''");
        let rename = format!(
            "UPDATE signup SET first_name = '{first}', last_name = 'O''Neill & \"Sons\"' WHERE email = '{}'",
            student.email
        );
        run_sql(app.database_url(), &rename).await;
        app.settle().await;
        let mail = app.sandbox.mails_to(&student.email).pop().expect("a password was mailed");
        let (head, _) = mail.raw.split_once("\r\n\r\n").unwrap();
        assert!(!head.contains("Ada") && !head.contains("thief"), "{head}");
        assert_eq!(mail.recipients, std::slice::from_ref(&student.email));
        assert_eq!(
            mail.text.lines().next().map(|line| line.replace(['\u{2068}', '\u{2069}'], "")),
            Some(format!("Hello {name},"))
        );
        let html = mail.html.as_ref().unwrap();
        assert!(
            !html.contains("& ") && !html.contains("Ada\""),
            "what means something in HTML is escaped: {html}"
        );
        assert_eq!(app.assert_one_account(&student).display_name, format!("{name} O'Neill & \"Sons\""));
    }
}

#[tokio::test]
async fn many_mails_go_over_few_connections() {
    let app = TestApp::start().await;
    for number in 0..10 {
        app.sign_up(&Student::new(number, "Ada", "Lovelace")).await;
        app.work().await;
    }
    let connections: Vec<u64> = app.sandbox.mails().iter().map(|mail| mail.connection).collect();
    assert_eq!(connections, [1; 10]);
}

#[tokio::test]
async fn mails_become_files_where_it_is_configured() {
    let folder = tempfile::tempdir().unwrap();
    let to_files = Setup {
        mail: "transport = \"file\"".to_owned(),
        sections: format!("[mail.file]\ndir = {:?}", folder.path()),
        ..Setup::default()
    };
    let app = TestApp::with(to_files).await;
    let student = Student::new(1, "Ada", "Lovelace");
    app.sign_up(&student).await;
    app.settle().await;
    assert!(app.sandbox.mails().is_empty());
    let files: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(files.len(), 1);
    let id = app.signup_of(&student).await.id;
    assert_eq!(files[0].file_name().unwrap().to_str().unwrap(), format!("{id}.send-password.eml"));
    let raw = fs::read(&files[0]).unwrap();
    let message = MessageParser::default().parse(&raw).unwrap();
    assert_eq!(message.to().unwrap().first().unwrap().address(), Some(student.email.as_str()));
    assert!(message.body_text(0).unwrap().contains("ada.lovelace@students.example.edu"));
}

#[tokio::test]
async fn a_dry_run_asks_nothing_of_the_tenant() {
    let app = TestApp::with(Setup { graph: "dry_run = true".to_owned(), ..Setup::default() }).await;
    let student = Student::new(1, "Ada", "Lovelace");
    password_mail(&app, "/en", &student).await;
    assert_eq!(app.signup_of(&student).await.stage, Stage::Done);
    assert!(app.sandbox.requests().is_empty());
    assert!(app.users().is_empty());
}

/// A mail server with a certificate of a private authority and a login, and a folder with that authority.
struct Private {
    server: SmtpOptions,
    folder: TempDir,
}

impl Private {
    fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let authority = params.self_signed(&key).unwrap();
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("ca.pem"), authority.pem()).unwrap();
        let server_key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new(vec!["127.0.0.1".to_owned()])
            .unwrap()
            .signed_by(&server_key, &Issuer::new(params, key))
            .unwrap();
        let server = SmtpOptions {
            login: Some(Login { user: "accounts".to_owned(), password: "a mail secret".to_owned() }),
            tls: Some(TlsIdentity {
                certificate_pem: certificate.pem(),
                key_pem: server_key.serialize_pem(),
            }),
            implicit_tls_listen: Some(SocketAddr::from(([127, 0, 0, 1], 0))),
            ..SmtpOptions::default()
        };
        Self { server, folder }
    }

    fn setup(&self, security: &'static str, trusts: bool, password: &str) -> Setup {
        let authority = self.folder.path().join("ca.pem");
        let ca = if trusts { format!("ca_file = {authority:?}") } else { String::new() };
        Setup {
            smtp: format!("user = \"accounts\"\npassword = \"{password}\"\n{ca}"),
            smtp_security: security,
            smtp_server: self.server.clone(),
            ..Setup::default()
        }
    }
}

#[rstest]
#[case("starttls")]
#[case("tls")]
#[tokio::test]
async fn a_private_mail_server_is_used_encrypted_and_with_a_login(#[case] security: &'static str) {
    let app = TestApp::with(Private::new().setup(security, true, "a mail secret")).await;
    let student = Student::new(1, "Ada", "Lovelace");
    let mail = password_mail(&app, "/en", &student).await;
    assert!(mail.encrypted);
    assert!(app.sandbox.sign_in(&principal_in(&mail), &password_in(&mail)).is_right_password());
}

#[rstest]
#[case("starttls", false, "a mail secret")]
#[case("tls", false, "a mail secret")]
#[case("tls", true, "another secret")]
#[tokio::test]
async fn without_trust_or_login_the_mail_waits(
    #[case] security: &'static str,
    #[case] trusts: bool,
    #[case] password: &str,
) {
    let app = TestApp::with(Private::new().setup(security, trusts, password)).await;
    let student = Student::new(1, "Ada", "Lovelace");
    app.sign_up(&student).await;
    for _ in 0..3 {
        app.work().await;
        app.advance(Duration::from_secs(300));
    }
    assert_eq!(app.signup_of(&student).await.stage, Stage::Delivering);
    assert!(app.sandbox.mails().is_empty());
    assert_eq!(app.users().len(), 1);
}

/// Prints what Python's `email` reads in mails, as JSON: headers but the date of sending, parts, and what is wrong with
/// them.
const READER: &str = r#"
import email, email.policy, json, sys
def read(raw):
    mail = email.message_from_bytes(raw.encode(), policy=email.policy.default)
    part = lambda kind: mail.get_body(preferencelist=(kind,)).get_content()
    return {
        "headers": [[name, str(value)] for name, value in mail.items() if name != "Date"],
        "types": [one.get_content_type() for one in mail.walk()],
        "text": part("plain"),
        "html": part("html"),
        "defects": [str(defect) for one in mail.walk() for defect in one.defects],
    }
json.dump([read(raw) for raw in json.load(sys.stdin)], sys.stdout)
"#;

/// What Python reads in mails; `None` where there is no Python.
fn read_by_python(raw: &[String]) -> Option<Vec<serde_json::Value>> {
    let mut python = Command::new("python3");
    let python = python.args(["-c", READER]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = python.spawn().ok()?;
    serde_json::to_writer(child.stdin.take().unwrap(), raw).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", output.status);
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

#[tokio::test]
async fn graph_is_given_the_mail_that_smtp_is_given() {
    let mut setup = Setup::default();
    setup.tenant.granted.push("Mail.Send".to_owned());
    let app = TestApp::with(setup).await;
    // The mail is taken, and that is not known: it is sent again, by the other way.
    let lost = Fault::new(FaultKind::ResetAfter).times(1);
    app.sandbox.set_faults(Faults::default().on(Operation::SmtpData, lost));
    let student = Student::new(1, "Zoë", "O'Brien-Łukaszewska");
    app.sign_up(&student).await;
    app.work().await;
    let before = "from = \"Example University";
    let app = app.restart_with(before, &format!("transport = \"graph\"\n{before}")).await;
    app.advance(Duration::from_secs(300));
    app.work().await;
    let mails = app.sandbox.mails_to(&student.email);
    let ways: Vec<_> = mails.iter().map(|mail| mail.way).collect();
    assert_eq!(ways, [Way::Smtp, Way::Graph]);
    let raw: Vec<_> = mails.iter().map(|mail| mail.raw.clone()).collect();
    let Some(read) = read_by_python(&raw) else {
        crate::skipped::skip("PYTHON3", "there is no python3");
        return;
    };
    assert_eq!(read[0], read[1]);
    assert_eq!(read[1]["defects"], serde_json::json!([]));
    for part in ["text", "html"] {
        assert!(read[1][part].as_str().unwrap().contains(&password_in(&mails[1])), "{part}");
    }
}
