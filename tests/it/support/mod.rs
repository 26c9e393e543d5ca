//! The service under test, and a browser to use it with.

mod browser;
mod identity;
mod log;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use accountcreator::{
    app::{self, App, Parts},
    config,
    domain::{Clock, Email, Entropy, Stage},
    sandbox::{
        Fault, Faults, Group, GroupKind, Mail, Operation, Options, STUDENT_SKU, Sandbox, SmtpOptions, Tenant,
        UserState,
    },
    signup::{Signups, Worker},
    store::{Filter, Signup, Store},
};
use tempfile::TempDir;
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

pub use browser::{Browser, Page, Student};
use identity::IDENTITY;
pub use log::Log;

/// How a test wants its service. The default is the ordinary one.
pub struct Setup {
    /// Lines of the configuration that come last, so they can open any section.
    pub sections: String,
    /// Lines of `[signup]`.
    pub signup: String,
    /// Further lines of the profile.
    pub profile: String,
    /// Lines of `[graph]`.
    pub graph: String,
    /// Lines of `[mail]`.
    pub mail: String,
    /// Further lines of `[mail.smtp]`.
    pub smtp: String,
    /// `plain`, `starttls` or `tls`.
    pub smtp_security: &'static str,
    /// The manners of the tenant's mail server.
    pub smtp_server: SmtpOptions,
    pub tenant: Tenant,
    pub groups: usize,
    pub licences: Vec<Uuid>,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            sections: String::new(),
            signup: String::new(),
            profile: String::new(),
            graph: String::new(),
            mail: String::new(),
            smtp: String::new(),
            smtp_security: "plain",
            smtp_server: SmtpOptions::default(),
            tenant: Tenant::default(),
            groups: 2,
            licences: vec![STUDENT_SKU],
        }
    }
}

/// The production service on its own database and tenant, its clock in the test's hand.
pub struct TestApp {
    pub sandbox: Arc<Sandbox>,
    pub store: Store,
    pub signups: Signups,
    pub worker: Worker,
    pub clock: Clock,
    pub address: SocketAddr,
    settings: String,
    server: JoinHandle<()>,
    stop: CancellationToken,
    directory: Arc<TempDir>,
}

impl TestApp {
    pub async fn start() -> Self {
        Self::with(Setup::default()).await
    }

    pub async fn with(setup: Setup) -> Self {
        let directory = tempfile::tempdir().unwrap();
        IDENTITY.write(directory.path());
        let mut tenant = setup.tenant.clone();
        tenant.certificates = vec![IDENTITY.certificate.clone()];
        tenant.groups = (0..setup.groups).map(group).collect();
        let options = Options { tenant, smtp: setup.smtp_server.clone(), ..Options::default() };
        let sandbox = Sandbox::start(options).await.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let settings = settings(&setup, &sandbox, address, directory.path());
        let clock = Clock::manual(Clock::system().now());
        let app = build(&settings, &clock).await;
        Self::around(app, listener, Arc::new(sandbox), clock, settings, Arc::new(directory))
    }

    fn around(
        app: App,
        listener: TcpListener,
        sandbox: Arc<Sandbox>,
        clock: Clock,
        settings: String,
        directory: Arc<TempDir>,
    ) -> Self {
        let (store, signups, worker) = (app.store.clone(), app.signups.clone(), app.worker.clone());
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        let server = tokio::spawn(app.serve(listener, stop.clone()));
        Self { sandbox, store, signups, worker, clock, address, settings, server, stop, directory }
    }

    /// The process dies and a new one starts on the same database. What was under way is lost, as by
    /// SIGKILL: nothing is released and nothing finished.
    pub async fn restart(self) -> Self {
        self.server.abort();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let app = build(&self.settings, &self.clock).await;
        let (sandbox, directory) = (Arc::clone(&self.sandbox), Arc::clone(&self.directory));
        Self::around(app, listener, sandbox, self.clock.clone(), self.settings.clone(), directory)
    }

    /// Another service that creates accounts in the same tenant, from a database of its own.
    pub async fn neighbour(&self) -> Self {
        let settings = self.settings.replace("/test.db", "/neighbour.db");
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let app = build(&settings, &self.clock).await;
        let (sandbox, directory) = (Arc::clone(&self.sandbox), Arc::clone(&self.directory));
        Self::around(app, listener, sandbox, self.clock.clone(), settings, directory)
    }

    /// The folder of the database.
    pub fn directory(&self) -> &std::path::Path {
        self.directory.path()
    }

    pub fn browser(&self) -> Browser {
        Browser::new(self.address)
    }

    /// Fills in the form and sends it, as a new visitor.
    pub async fn sign_up(&self, student: &Student) -> Page {
        let mut browser = self.browser();
        let form = browser.open("/en").await;
        browser.submit(&form, &student.fields()).await
    }

    /// Carries out all that is due now.
    pub async fn work(&self) -> usize {
        self.worker.run_due().await.unwrap()
    }

    /// Moves our clock and the tenant's.
    pub fn advance(&self, by: Duration) {
        self.clock.advance(by);
        self.sandbox.advance(by);
    }

    /// Works, and lets time pass, until nothing is waiting; fails when that takes longer than `limit`.
    pub async fn settle_within(&self, limit: Duration) {
        let end = self.clock.now().plus(limit);
        loop {
            self.work().await;
            let Some(due) = self.store.next_due().await.unwrap() else { return };
            let now = self.clock.now();
            assert!(due <= end, "signups still wait after {limit:?}: {:?}", self.stages().await);
            self.advance(due.since(now).max(Duration::from_secs(1)));
        }
    }

    /// Until everything is carried out, retries included.
    pub async fn settle(&self) {
        self.settle_within(Duration::from_secs(3600)).await;
    }

    pub fn fault(&self, operation: Operation, faults: impl IntoIterator<Item = Fault>) {
        let operations = [(operation, faults.into_iter().collect())].into();
        self.sandbox.set_faults(Faults { operations, ..Faults::default() });
    }

    pub fn no_faults(&self) {
        self.sandbox.set_faults(Faults::default());
    }

    pub async fn signup_of(&self, student: &Student) -> Signup {
        let email = Email::parse(&student.email).unwrap();
        self.store.signup_by_email(&email).await.unwrap().expect("the address has a signup")
    }

    pub async fn all_signups(&self) -> Vec<Signup> {
        self.store.list(&Filter { stage: None, limit: 10_000, after: None }).await.unwrap()
    }

    pub async fn stages(&self) -> Vec<Stage> {
        self.all_signups().await.iter().map(|signup| signup.stage).collect()
    }

    pub fn users(&self) -> Vec<UserState> {
        self.sandbox.state().users
    }

    /// The counted requests to Graph and, apart, to the token endpoint.
    pub fn graph_requests(&self) -> Vec<Operation> {
        let requests = self.sandbox.requests();
        requests
            .iter()
            .map(|request| request.operation)
            .filter(|operation| *operation != Operation::Token)
            .collect()
    }

    /// Exactly one complete account for this student, and the password that was mailed opens it.
    pub fn assert_one_account(&self, student: &Student) -> UserState {
        let mails = self.sandbox.mails_to(&student.email);
        let password_mails: Vec<&Mail> =
            mails.iter().filter(|mail| mail.message_id_says("send-password")).collect();
        assert!(!password_mails.is_empty(), "{} was mailed no password", student.email);
        let name = principal_in(password_mails[0]);
        let state = self.sandbox.state();
        let user = state.user(&name).unwrap_or_else(|| panic!("there is no user {name}")).clone();
        assert_eq!(user.licenses, vec![STUDENT_SKU], "licences of {name}");
        for group in &state.groups {
            let times = group.members.iter().filter(|member| **member == user.id).count();
            assert_eq!(times, 1, "memberships of {name} in {}", group.display_name);
        }
        for mail in password_mails {
            assert_eq!(principal_in(mail), name);
            let password = password_in(mail);
            assert!(
                self.sandbox.sign_in(&name, &password).is_right_password(),
                "a mailed password does not open {name}"
            );
        }
        user
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

async fn build(settings: &str, clock: &Clock) -> App {
    let config = config::from_toml(settings).unwrap_or_else(|faults| panic!("{faults}"));
    app::build(config, Parts { clock: clock.clone(), entropy: Entropy::system() }).await.unwrap()
}

pub fn group(number: usize) -> Group {
    Group {
        id: Uuid::from_u128(0x5a4d_b0e5_7e4a_4c0e_9b5e_0000_0000_0100 + number as u128),
        display_name: format!("Group {number}"),
        kind: GroupKind::Assigned,
    }
}

fn settings(setup: &Setup, sandbox: &Sandbox, address: SocketAddr, directory: &std::path::Path) -> String {
    let directory = directory.display();
    let groups: Vec<String> = (0..setup.groups).map(|number| group(number).id.to_string()).collect();
    let licences: Vec<String> = setup.licences.iter().map(ToString::to_string).collect();
    let implicit = sandbox.smtps_addr().filter(|_| setup.smtp_security == "tls");
    let smtp = implicit.unwrap_or_else(|| sandbox.smtp_addr());
    format!(
        r#"
secret_key = "a secret key for tests that is long enough 0123456789"
support_email = "support@example.edu"
[server]
listen = "{address}"
public_url = "http://{address}"
[site]
name = "Example University"
[database]
url = "sqlite://{directory}/test.db"
migrate_on_start = true
[tenants.main]
tenant_id = "{tenant_id}"
client_id = "{client_id}"
authority = "{authority}"
graph_url = "{graph_url}"
certificate_path = "{directory}/certificate.pem"
key_path = "{directory}/key.pem"
[[profiles]]
name = "students"
email = 'st(?<student_id>[0-9]{{6}})@stud\.example\.edu'
tenant = "main"
domain = "students.example.edu"
usage_location = "DE"
licences = {licences:?}
groups = {groups:?}
{profile}
[mail]
from = "Example University <accounts@example.edu>"
{mail}
[mail.smtp]
host = "{smtp_host}"
port = {smtp_port}
security = "{security}"
timeout = "2s"
{smtp_lines}
[graph]
{graph}
timeout = "2s"
connect_timeout = "1s"
[signup]
{signup}
{sections}
"#,
        tenant_id = setup.tenant.tenant_id,
        client_id = setup.tenant.client_id,
        authority = sandbox.http_url(),
        graph_url = sandbox.graph_url(),
        profile = setup.profile,
        mail = setup.mail,
        security = setup.smtp_security,
        smtp_lines = setup.smtp,
        graph = setup.graph,
        smtp_host = smtp.ip(),
        smtp_port = smtp.port(),
        signup = setup.signup,
        sections = setup.sections,
    )
}

/// What a mail is, by its stable message id.
pub trait MessageId {
    fn message_id_says(&self, kind: &str) -> bool;
}

impl MessageId for Mail {
    fn message_id_says(&self, kind: &str) -> bool {
        self.message_id.as_deref().is_some_and(|id| id.contains(kind))
    }
}

/// The indented line after the label that begins with `label`.
fn value_after(mail: &Mail, labels: &[&str]) -> String {
    let mut lines = mail.text.lines();
    let label = |line: &str| labels.iter().any(|label| line.trim_end().trim_end_matches(':') == *label);
    lines.by_ref().find(|line| label(line)).unwrap_or_else(|| panic!("no {labels:?} in {}", mail.text));
    lines.next().unwrap().trim().to_owned()
}

pub fn principal_in(mail: &Mail) -> String {
    value_after(mail, &["Username", "Benutzername"])
}

pub fn password_in(mail: &Mail) -> String {
    value_after(mail, &["Password", "Passwort"])
}

pub fn code_in(mail: &Mail) -> String {
    value_after(mail, &["Confirmation code", "Bestätigungscode"])
}
