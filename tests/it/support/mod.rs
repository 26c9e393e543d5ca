//! The service under test, and a browser to use it with.

pub mod api;
mod browser;
mod checks;
mod contract;
pub mod database;
pub mod hostile;
mod identity;
mod log;
mod mails;
mod setup;

use std::{net::SocketAddr, path::Path, sync::Arc, time::Duration};

use accountcreator::{
    app::{self, Parts, Reload, Watch},
    config,
    domain::{Attention, Clock, Email, Entropy, RequestedBy, Requester, Stage, Timestamp},
    engine::Worker,
    sandbox::{Fault, Faults, Operation, Options, Sandbox, UserState},
    signup::{Kept, Signups},
    store::{Filter, Retried, Signup, Store},
};
use tempfile::TempDir;
use tokio::{net::TcpListener, sync::OnceCell, task::JoinHandle};
use tokio_util::sync::CancellationToken;

pub use api::Api;
pub use browser::{Browser, Page, Student};
use contract::Contract;
use database::Database;
pub use identity::{IDENTITY, Identity};
pub use log::Log;
pub use mails::{MessageId, code_in, password_in, principal_in};
pub use setup::{MailWay, Setup, TAGGED_PROFILE, group};

/// An operator who gives no reason.
pub const OPERATOR: RequestedBy<'static> = RequestedBy { requester: &Requester::OPERATOR, reason: None };

/// The production service on its own database and tenant, its clock in the test's hand.
pub struct TestApp {
    pub sandbox: Arc<Sandbox>,
    pub store: Store,
    pub signups: Signups,
    pub worker: Worker,
    pub reload: Reload,
    pub watch: Watch,
    pub clock: Clock,
    pub address: SocketAddr,
    /// Where the metrics are.
    pub metrics: Option<SocketAddr>,
    /// How many groups the profile has at the start.
    groups: usize,
    settings: String,
    server: JoinHandle<()>,
    stop: CancellationToken,
    files: Arc<Files>,
}

/// What the processes of one test have in common besides the tenant.
struct Files {
    directory: TempDir,
    database: Database,
    neighbour: OnceCell<Database>,
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
        tenant.groups = (0..setup.groups).map(group).chain(setup.other_groups.clone()).collect();
        let options = Options { tenant, smtp: setup.smtp_server.clone(), ..Options::default() };
        let sandbox = Sandbox::start(options).await.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let database = Database::new(directory.path(), "test.db").await;
        let settings = setup.configuration(&sandbox, address, directory.path(), &database.url);
        let clock = Clock::manual(Clock::system().now());
        let files = Files { directory, database, neighbour: OnceCell::new() };
        let world = (Arc::new(sandbox), Arc::new(files));
        Self::process(world, clock, setup.groups, settings, listener).await
    }

    async fn process(
        (sandbox, files): (Arc<Sandbox>, Arc<Files>),
        clock: Clock,
        groups: usize,
        settings: String,
        listener: TcpListener,
    ) -> Self {
        let config = config::from_toml(&settings).unwrap_or_else(|faults| panic!("{faults}"));
        let parts = Parts { clock: clock.clone(), entropy: Entropy::system() };
        let app = app::build(config, parts).await.unwrap();
        let (store, worker, reload) = (app.store.clone(), app.worker.clone(), app.reload.clone());
        let (signups, watch) = (app.signups.clone(), app.watch.clone());
        let (address, metrics, stop) =
            (listener.local_addr().unwrap(), app.metrics_address(), CancellationToken::new());
        let server = tokio::spawn(app.serve(listener, stop.clone()));
        Self {
            sandbox,
            store,
            signups,
            worker,
            reload,
            watch,
            clock,
            address,
            metrics,
            groups,
            settings,
            server,
            stop,
            files,
        }
    }

    /// A further process of the same service: same database, tenant and clock.
    pub async fn another(&self) -> Self {
        self.another_with(&self.settings).await
    }

    /// Another process of the same service with this configuration.
    pub async fn another_with(&self, settings: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let world = (Arc::clone(&self.sandbox), Arc::clone(&self.files));
        Self::process(world, self.clock.clone(), self.groups, settings.to_owned(), listener).await
    }

    /// The process dies and a new one starts on the same database. What was under way is lost, as by
    /// SIGKILL: nothing is released and nothing finished.
    pub async fn restart(self) -> Self {
        self.server.abort();
        self.another().await
    }

    /// The same, and the new process finds `now` in its configuration where `before` stood.
    pub async fn restart_with(self, before: &str, now: &str) -> Self {
        assert!(self.settings.contains(before), "{before} is not in the configuration");
        self.server.abort();
        self.another_with(&self.settings.replace(before, now)).await
    }

    /// Another service that creates accounts in the same tenant, from a database of its own.
    pub async fn neighbour(&self) -> Self {
        let database = || Database::new(self.directory(), "neighbour.db");
        let url = self.files.neighbour.get_or_init(database).await.url.clone();
        self.on_database(&url).await
    }

    /// The same service on another database.
    pub async fn on_database(&self, url: &str) -> Self {
        self.another_with(&self.settings.replace(self.database_url(), url)).await
    }

    /// The address of its database.
    pub fn database_url(&self) -> &str {
        &self.files.database.url
    }

    /// The configuration it was started with.
    pub fn settings(&self) -> &str {
        &self.settings
    }

    /// The folder of its files.
    pub fn directory(&self) -> &Path {
        self.files.directory.path()
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

    /// Lets the schedules make mails to admins due, and sends them.
    pub async fn look(&self) {
        self.watch.look().await;
        self.work().await;
    }

    /// Moves our clock and the tenant's.
    pub fn advance(&self, by: Duration) {
        self.clock.advance(by);
        self.sandbox.advance(by);
    }

    /// Works through so much time, whatever is waiting at its end.
    pub async fn live_through(&self, span: Duration) {
        let end = self.clock.now().plus(span);
        loop {
            self.work().await;
            let next = self.next_moment().await.unwrap_or(end);
            self.advance(next.min(end).since(self.clock.now()));
            if next >= end {
                return;
            }
        }
    }

    /// Works, and lets time pass, until nothing is waiting; fails when that takes longer than `limit`.
    pub async fn settle_within(&self, limit: Duration) {
        let end = self.clock.now().plus(limit);
        loop {
            self.work().await;
            let Some(next) = self.next_moment().await else { return };
            if next > end {
                // Schedules, such as the daily retention, are never over.
                let waiting = self.store.count_waiting_by_tenant().await.unwrap();
                assert!(waiting.is_empty(), "signups still wait after {limit:?}: {:?}", self.stages().await);
                return;
            }
            self.advance(next.since(self.clock.now()));
        }
    }

    /// When to look again. What is due but was not taken up waits until the tenant or the mail server has
    /// rested, and only the worker knows how long that is.
    async fn next_moment(&self) -> Option<Timestamp> {
        const REST: Duration = Duration::from_secs(10);
        let (now, due) = (self.clock.now(), self.store.next_due().await.unwrap()?);
        Some(if due > now { due } else { now.plus(REST) })
    }

    /// Until everything is carried out, retries included.
    pub async fn settle(&self) {
        self.settle_within(Duration::from_secs(3600)).await;
    }

    pub fn fault(&self, operation: Operation, faults: impl IntoIterator<Item = Fault>) {
        let operations = [(operation, faults.into_iter().collect())].into();
        self.sandbox.set_faults(Faults { operations, ..Faults::default() });
    }

    /// Waits until every fault has struck as often as it was to.
    pub async fn faults_are_spent(&self) {
        let spent = |sandbox: &Sandbox| {
            let faults = sandbox.faults();
            faults.operations.values().flatten().all(|fault| fault.count == Some(0)).then_some(())
        };
        soon(self.sandbox.until(spent)).await;
    }

    pub fn no_faults(&self) {
        self.sandbox.set_faults(Faults::default());
    }

    pub async fn signup_of(&self, student: &Student) -> Signup {
        let email = Email::parse(&student.email).unwrap();
        self.store.signup_by_email(&email).await.unwrap().expect("the address has a signup")
    }

    pub async fn attention(&self, student: &Student) -> Option<Attention> {
        let signup = self.signup_of(student).await;
        signup.attention.filter(|_| signup.stage == Stage::NeedsAttention)
    }

    /// What an admin does once the cause is mended.
    pub async fn retry(&self, student: &Student) {
        let id = self.signup_of(student).await.id;
        assert_eq!(self.store.retry(id, OPERATOR, self.clock.now()).await.unwrap(), Retried::Queued);
    }

    /// The same by the command's way: what has no user yet follows the configuration.
    pub async fn retry_as_configured(&self, student: &Student) -> Option<Kept> {
        let config = config::from_toml(&self.settings).unwrap_or_else(|faults| panic!("{faults}"));
        let parts = Parts { clock: self.clock.clone(), entropy: Entropy::system() };
        let retrier = app::retrier(&config, self.store.clone(), &parts);
        let signup = self.signup_of(student).await;
        let (retried, kept) = retrier.retry(&signup, OPERATOR).await.unwrap();
        assert_eq!(retried, Retried::Queued);
        kept
    }

    /// Brings a signup to its end once nothing goes wrong any more: an admin looks at the user whose marker is missing,
    /// if there is one, and has the signup tried again.
    pub async fn bring_to_an_end(&self, student: &Student) {
        self.no_faults();
        for _ in 0..3 {
            self.settle_within(Duration::from_hours(12)).await;
            match self.attention(student).await {
                None => return,
                Some(Attention::NameInDoubt) => self.mark_user_of(student).await,
                Some(_) => {}
            }
            self.retry(student).await;
        }
    }

    async fn mark_user_of(&self, student: &Student) {
        let signup = self.signup_of(student).await;
        let name = format!("{}@{}", signup.username.unwrap(), signup.domain);
        let marker = serde_json::json!({ "extensionAttribute15": format!("accountcreator:{}", signup.id) });
        // Without a user of this name there is nothing to mark, and the retry creates it.
        _ = self.sandbox.change_user(&name, "onPremisesExtensionAttributes", marker);
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
}

/// What must come by itself and soon: a test that waits for it in vain fails instead of hanging.
pub async fn soon<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(60), what).await.expect("it comes within a minute")
}

impl Drop for TestApp {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}
