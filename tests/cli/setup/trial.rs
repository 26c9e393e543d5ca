//! As a new operator: an empty folder, `setup`, `doctor`, `serve`, and a first signup.

use std::{
    io::{BufRead, BufReader},
    net::TcpListener,
    process::{Child, Stdio},
};

use accountcreator::sandbox::{Options, STUDENT_SKU, Sandbox, Tenant, Way};
use rstest::rstest;

use super::{Desk, NEEDED};
use crate::browser::{Browser, Student};

/// A running `serve`; killed should the test end early.
struct Serving(Child);

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn serve(desk: &Desk) -> Serving {
    let mut command = desk.command(&["serve", "--config", "config.toml"]);
    command.env("ACCOUNTCREATOR__BOTS__MIN_TIME", "0s").stderr(Stdio::piped());
    let mut serving = Serving(command.spawn().unwrap());
    let mut log = BufReader::new(serving.0.stderr.take().unwrap());
    let mut seen = String::new();
    while !seen.contains("serving") {
        assert_ne!(log.read_line(&mut seen).unwrap(), 0, "it ended: {seen}");
    }
    // Whoever writes into a pipe that nobody reads has to wait in the end.
    std::thread::spawn(move || log.lines().count());
    serving
}

#[tokio::test(flavor = "multi_thread")]
async fn three_commands_lead_to_the_first_account() {
    let sandbox = Sandbox::start(Options::default()).await.unwrap();
    let tenant = Tenant::default();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let desk = Desk::new();
    let answers = [
        ("--tenant", tenant.tenant_id.to_string()),
        ("--client-id", tenant.client_id.to_string()),
        ("--authority", sandbox.http_url()),
        ("--graph-url", sandbox.graph_url()),
        ("--email-rule", "stud.example.edu".to_owned()),
        ("--domain", tenant.domains[0].clone()),
        ("--licence", STUDENT_SKU.to_string()),
        ("--usage-location", "DE".to_owned()),
        ("--group", tenant.groups[0].id.to_string()),
        ("--support-email", "help@example.edu".to_owned()),
        ("--public-url", format!("http://127.0.0.1:{port}")),
        ("--listen", format!("127.0.0.1:{port}")),
        ("--smtp-host", sandbox.smtp_addr().ip().to_string()),
        ("--smtp-port", sandbox.smtp_addr().port().to_string()),
        ("--smtp-security", "plain".to_owned()),
    ];
    let flags: Vec<&str> = answers.iter().flat_map(|(flag, value)| [*flag, value.as_str()]).collect();
    desk.setup(&flags).assert_code(0);
    sandbox.register_certificate(&desk.read("certificate.pem")).unwrap();

    let doctor = desk.run(&["doctor", "--config", "config.toml", "--send-to", "operator@example.edu"]);
    doctor.assert_code(0);
    assert!(doctor.out.contains("\nfailures: 0, "), "{}", doctor.out);

    let _serving = serve(&desk);
    let student = Student::new(123_456, "Maxi", "Muster");
    let mut visitor = Browser::new(([127, 0, 0, 1], port).into());
    let form = visitor.open("/en").await;
    let page = visitor.submit(&form, &student.fields()).await;
    assert!(page.status.is_success() && page.path.starts_with("/en/signups/"), "{} {}", page.path, page.body);
    // `setup` has the address confirmed.
    let subject = sandbox.mail_to(&student.email).await.subject;
    let code = subject.split_whitespace().next().unwrap().to_owned();
    let page = visitor.submit_form(&page, "form.panel", &[("code", &code)]).await;
    assert!(page.status.is_success() || page.status.is_redirection(), "{} {}", page.path, page.body);
    let mail = sandbox.until(|sandbox| sandbox.mails_to(&student.email).into_iter().nth(1)).await;
    let state = sandbox.state();
    let user = &state.users[0];
    assert_eq!(user.user_principal_name, format!("maxi.muster@{}", tenant.domains[0]));
    assert_eq!((user.licenses.len(), user.groups.len()), (1, 1));
    let words = mail.text.split_whitespace();
    let accepted = words.filter(|word| sandbox.sign_in(&user.user_principal_name, word).is_right_password());
    assert_eq!(accepted.count(), 1, "one word of the mail is the password: {}", mail.text);
}

#[rstest]
#[case(Way::SmtpXoauth2, "Application SMTP.SendAsApp")]
#[case(Way::Graph, "Application Mail.Send")]
#[tokio::test(flavor = "multi_thread")]
async fn mails_leave_through_exchange_online_as_set_up(#[case] way: Way, #[case] role: &str) {
    let tenant = Tenant { exchange_roles: vec![role.to_owned()], ..Tenant::default() };
    let sandbox = Sandbox::start(Options { tenant: tenant.clone(), ..Options::default() }).await.unwrap();
    let (tenant_id, client_id) = (tenant.tenant_id.to_string(), tenant.client_id.to_string());
    let (authority, graph_url, smtp) = (sandbox.http_url(), sandbox.graph_url(), sandbox.smtp_addr());
    let (host, port) = (smtp.ip().to_string(), smtp.port().to_string());
    let mut flags = NEEDED[2..10].to_vec();
    flags.extend(["--tenant", &tenant_id, "--client-id", &client_id]);
    flags.extend(["--authority", &authority, "--graph-url", &graph_url]);
    flags.extend(match way {
        Way::Graph => vec!["--mail-transport", "graph", "--graph-mailbox", "accounts@example.edu"],
        _ => vec!["--smtp-auth", "xoauth2", "--smtp-user", "accounts@example.edu", "--smtp-host", &host],
    });
    if way == Way::SmtpXoauth2 {
        flags.extend(["--smtp-port", &port, "--smtp-security", "plain"]);
    }
    let desk = Desk::with_pair();
    desk.setup(&flags).assert_code(0);
    sandbox.register_certificate(&desk.read("certificate.pem")).unwrap();
    let ran = desk.run(&["doctor", "--config", "config.toml", "--send-to", "operator@example.edu", "--json"]);
    let said = ran.json();
    let of_mail = said.as_array().unwrap().iter().filter(|finding| finding["area"] == "mail");
    assert!(of_mail.clone().all(|finding| finding["verdict"] != "failure"), "{said:#}");
    assert_eq!(of_mail.filter(|finding| finding["verdict"] == "ok").count(), 2, "{said:#}");
    let mail = sandbox.mail_to("operator@example.edu").await;
    assert_eq!(mail.way, way);
}
