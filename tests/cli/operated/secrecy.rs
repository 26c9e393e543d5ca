//! Everything happens, everything is logged that can be, and nothing of it is about a person or a secret.

use accountcreator::sandbox::{Fault, FaultKind, Faults, Mail, Operation};
use base64::{Engine, engine::general_purpose::STANDARD};
use sqlx::{Connection, Executor, SqliteConnection};

use super::{
    Service,
    mails::{MessageId, code_in, password_in, principal_in},
};
use crate::{
    browser::{Browser, Page, Student},
    support::{SECRET, SMTP_PASSWORD},
};

const SIGNUP: &str = "confirm_email = true";
/// What may not be logged, and what it is.
type Secrets = Vec<(&'static str, String)>;

/// A run with its secrets, as they become known.
struct Run {
    service: Service,
    secrets: Secrets,
}

impl Run {
    async fn start(format: &str) -> Self {
        let sections = format!(
            "[limits]\nmails_per_address = [\"4/1h\"]\n[log]\nformat = \"{format}\"\nfilter = \"trace\"\n"
        );
        let service = Service::start(SIGNUP, &sections).await;
        let key = std::fs::read_to_string(service.installation.path("key.pem")).unwrap();
        let login = STANDARD.encode(format!("\0accounts\0{SMTP_PASSWORD}"));
        let secrets = vec![
            ("the secret key", SECRET.to_owned()),
            ("the mail server's password", SMTP_PASSWORD.to_owned()),
            ("the same as it is sent", login),
            ("the same as it is sent otherwise", STANDARD.encode(SMTP_PASSWORD)),
            ("the private key", key.lines().nth(3).unwrap().to_owned()),
            // A token or an assertion, whichever: both are JWTs, whose first part begins like this (RFC 7519).
            ("a token", "eyJ".to_owned()),
            ("an authorization", "Bearer ".to_owned()),
            ("a form's password field", "client_assertion=".to_owned()),
        ];
        Self { service, secrets }
    }

    fn knows(&mut self, what: &'static str, secret: impl Into<String>) {
        self.secrets.push((what, secret.into()));
    }

    fn knows_person(&mut self, student: &Student) {
        self.knows("an address", &student.email);
        self.knows("the beginning of an address", student.email.split('@').next().unwrap());
        self.knows("a first name", &student.first);
        self.knows("a last name", &student.last);
    }

    /// What is in a page that only its visitor has.
    fn knows_page(&mut self, page: &Page) {
        for field in ["form", "token", "ticket"] {
            if let Some(token) = page.value_of(&format!("input[name={field}]"), "value") {
                self.knows("a form's token", token);
            }
        }
        for cookie in page.headers.get_all("set-cookie") {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            self.knows("a cookie", pair.split_once('=').unwrap().1);
        }
        if let Some((_, token)) = page.path.split_once("/signups/") {
            self.knows("a status page's token", token.split('/').next().unwrap());
        }
    }

    fn knows_mail(&mut self, mail: &Mail) {
        if mail.message_id_says("send-code") {
            self.knows("a code", code_in(mail));
            self.knows("a link", link_in(mail).rsplit_once('/').unwrap().1);
        } else if mail.message_id_says("password") {
            let principal = principal_in(mail);
            self.knows("a password", password_in(mail));
            self.knows("a username", principal.split('@').next().unwrap());
        }
    }

    /// Fills in the form; the page that waits for the code comes back.
    async fn signs_up(&mut self, student: &Student) -> (Browser, Page) {
        self.knows_person(student);
        let mut browser = self.service.browser();
        let form = browser.open("/en").await;
        self.knows_page(&form);
        let page = browser.submit(&form, &student.fields()).await;
        self.knows_page(&page);
        (browser, page)
    }

    /// The mails to the student, once there are so many; all are read.
    async fn mailed(&mut self, student: &Student, count: usize) -> Vec<Mail> {
        let mails = self.service.mails(student, count).await;
        mails.iter().for_each(|mail| self.knows_mail(mail));
        mails
    }
}

/// Not one of the secrets is in the text, in whatever case.
fn assert_secret(secrets: &Secrets, text: &str) {
    let lower = text.to_lowercase();
    for (what, secret) in secrets {
        assert!(secret.len() >= 3, "{secret} is too short to look for");
        let secret = secret.to_lowercase();
        let digits = secret.bytes().all(|byte| byte.is_ascii_digit());
        // Digits alone count as a whole word: ids are full of them.
        let tells = |line: &&str| match digits {
            true => line.split(|c: char| !c.is_alphanumeric()).any(|word| word == secret),
            false => line.contains(&secret),
        };
        assert_eq!(lower.lines().find(tells), None, "{what} is in the text: {secret}");
    }
}

fn link_in(mail: &Mail) -> String {
    mail.text.lines().find(|line| line.contains("/confirm/")).unwrap().trim().to_owned()
}

/// What goes wrong at every call, once.
fn everything_once() -> Faults {
    let unclear = || {
        [
            Fault::new(FaultKind::ResetAfter).times(1),
            Fault::new(FaultKind::Garbage).times(1),
            Fault::status(500).times(1),
        ]
    };
    let mut faults = Faults::default().on(Operation::SmtpData, Fault::status(451).times(1));
    for operation in [Operation::Token, Operation::CreateUser, Operation::GetUser, Operation::Batch] {
        faults = unclear().into_iter().fold(faults, |faults, fault| faults.on(operation, fault));
    }
    faults.on(Operation::SmtpRcpt, Fault::status(450).times(1))
}

/// A form with faults, twice the same form, a wrong code, every call failing once, then an account.
async fn an_account_comes_about(run: &mut Run) -> (Student, Page) {
    let wilhelmine = Student::new(654_321, "Wilhelmine", "Żółkiewska");
    let mut browser = run.service.browser();
    let form = browser.open("/en").await;
    run.knows_page(&form);
    run.knows("a refused address", "quaddelbeck");
    run.knows("a refused name", "Eulalia");
    let faulty =
        browser.submit_only(&form, &[("email", "Quaddelbeck@else.example"), ("first_name", "Eulalia")]).await;
    assert_eq!(faulty.status, 422);
    run.service.sandbox.set_faults(everything_once());
    let (mut browser, page) = run.signs_up(&wilhelmine).await;
    let mail = run.mailed(&wilhelmine, 1).await.remove(0);
    let wrong = format!("{:06}", (code_in(&mail).parse::<u32>().unwrap() + 1) % 1_000_000);
    browser.submit(&page, &[("code", &wrong)]).await;
    run.knows("a wrong code", wrong);
    browser.submit(&page, &[("code", &code_in(&mail))]).await;
    run.mailed(&wilhelmine, 2).await;
    run.service.sandbox.set_faults(Faults::default());
    (wilhelmine, page)
}

/// One of the same name, by the link of the mail.
async fn a_namesake_confirms_by_the_link(run: &mut Run) {
    let namesake = Student::new(765_432, "Wilhelmine", "Żółkiewska");
    let (mut browser, _) = run.signs_up(&namesake).await;
    let link = link_in(&run.mailed(&namesake, 1).await[0]);
    let page = browser.open(&link).await;
    run.knows_page(&page);
    browser.submit(&page, &[]).await;
    let mails = run.mailed(&namesake, 2).await;
    assert!(principal_in(&mails[1]).contains('2'), "the name was taken");
}

/// The mail server refuses the address: an admin is needed, and retries.
async fn an_admin_mends_a_failure(run: &mut Run) {
    let unlucky = Student::new(876_543, "Hildegunde", "Brömmelkamp");
    let (mut browser, page) = run.signs_up(&unlucky).await;
    let code = code_in(&run.mailed(&unlucky, 1).await[0]);
    let refused = Fault::status(550).saying("", "5.1.1 <st876543@stud.example.edu>: no such user");
    run.service.sandbox.set_faults(Faults::default().on(Operation::SmtpRcpt, refused));
    browser.submit(&page, &[("code", &code)]).await;
    run.service.logged("an operation needs attention").await;
    run.service.sandbox.set_faults(Faults::default());
    let installation = &run.service.installation;
    installation.run(&["signups", "list", "--stage", "needs_attention"]).assert_code(0);
    installation.run(&["signups", "show", &unlucky.email, "--json"]).assert_code(0);
    let retried = installation.run(&["signups", "retry", "--all"]);
    retried.assert_code(0);
    assert!(
        retried.err.contains("act=\"signup_retried\"") || retried.err.contains("\"act\":\"signup_retried\""),
        "{}",
        retried.err
    );
    assert_secret(&run.secrets, &retried.err);
    run.mailed(&unlucky, 2).await;
}

/// The first mail was lost: a new password, six minutes later.
async fn a_new_password_is_asked_for(run: &mut Run, student: &Student, page: &Page) {
    let database = format!("sqlite://{}", run.service.installation.path("accounts.db").display());
    let mut database = SqliteConnection::connect(&database).await.unwrap();
    database
        .execute(
            "UPDATE signup SET updated_at = updated_at - 360000 WHERE state = 'done'; \
             UPDATE operation SET updated_at = updated_at - 360000 WHERE finished_at IS NOT NULL",
        )
        .await
        .unwrap();
    database.close().await.unwrap();
    let mut browser = run.service.browser();
    let done = browser.open(&page.path).await;
    browser.submit_form(&done, "form.again", &[]).await;
    let mails = run.mailed(student, 3).await;
    assert!(mails[2].message_id_says("send-new-password"), "{}", mails[2].subject);
}

/// Further requests, more than the address gets mails, and addresses of nothing.
async fn strangers_try(run: &mut Run, student: &Student) {
    let stranger = Student { first: "Kunigunde".to_owned(), ..student.clone() };
    let mut withheld = false;
    for _ in 0..5 {
        let mut browser = run.service.browser();
        let form = browser.open("/en").await;
        run.knows_page(&form);
        let page = browser.submit(&form, &stranger.fields()).await;
        run.knows_page(&page);
        withheld |= !page.has("#code");
    }
    assert!(withheld, "the limit is met");
    run.knows_person(&stranger);
    let mut browser = run.service.browser();
    for nothing in
        ["/en/signups/Unguessable0but0wrong0", "/Schnurpselhausen?x=Schnurpsel", "/en/confirm/Unguessable"]
    {
        browser.open(nothing).await;
    }
    browser.post("/en", &[("email", "Schnurpsel"), ("email", "Schnurpsel")]).await;
    browser.post_raw("/en", "application/json", b"{\"Schnurpsel\":1}".to_vec()).await;
    run.knows("a typed address", "Schnurpsel");
    run.knows("a wrong token", "Unguessable");
}

/// What those do who run it.
async fn the_operator_looks(run: &mut Run) {
    let installation = &run.service.installation;
    for command in [
        &["health"][..],
        &["doctor", "--json"],
        &["prune"],
        &["backup", "copy.db"],
        &["signups", "list", "--json"],
    ] {
        let ran = installation.run(command);
        assert!(ran.code <= 1, "{command:?}: {}", ran.err);
        assert_secret(&run.secrets, &ran.err);
    }
    let metrics = reqwest::get(format!("http://{}/metrics", run.service.metrics)).await.unwrap();
    assert_secret(&run.secrets, &metrics.text().await.unwrap());
    run.service.signal("HUP");
    run.service.logged("were put into force").await;
}

async fn nothing_is_told(format: &str) -> String {
    let mut run = Run::start(format).await;
    let (student, page) = an_account_comes_about(&mut run).await;
    a_namesake_confirms_by_the_link(&mut run).await;
    an_admin_mends_a_failure(&mut run).await;
    a_new_password_is_asked_for(&mut run, &student, &page).await;
    strangers_try(&mut run, &student).await;
    the_operator_looks(&mut run).await;
    let Run { service, secrets } = run;
    assert!(secrets.len() > 40, "the secrets are known: {secrets:?}");
    let log = service.end();
    let told = [
        "the tenant answered",
        "a signup was recorded",
        "was confirmed",
        "an account was created",
        "a request was refused",
        "needs attention",
        "a new password was set in the tenant",
        "a new password was mailed",
        "is tried again",
        "a confirmation code was not mailed",
        "stopped",
    ];
    for line in told {
        assert!(log.contains(line), "`{line}` is not in the log: {log}");
    }
    assert_secret(&secrets, &log);
    log
}

#[tokio::test(flavor = "multi_thread")]
async fn the_text_log_at_its_most_talkative_names_nobody_and_nothing_secret() {
    let log = nothing_is_told("text").await;
    assert!(log.contains("DEBUG accountcreator::entra"), "our own lines are all there");
    for library in ["hyper", "reqwest", "sqlx", "rustls", "tokio", "mio", "lettre", "h2", "axum"] {
        for level in ["DEBUG", "TRACE"] {
            assert!(!log.contains(&format!("{level} {library}")), "{library} speaks at {level}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_json_log_at_its_most_talkative_names_nobody_and_nothing_secret() {
    let log = nothing_is_told("json").await;
    for line in log.lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"));
        let (target, level) = (line["target"].as_str().unwrap(), line["level"].as_str().unwrap());
        let is_ours = target == "audit" || target.starts_with("accountcreator");
        assert!(is_ours || ["INFO", "WARN", "ERROR"].contains(&level), "{line}");
    }
}
