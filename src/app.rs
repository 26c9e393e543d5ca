//! The service built from a valid configuration: pages, worker and schedules. Production, demo and tests use the same
//! code.

mod erasure;
mod heartbeat;
mod observe;
mod reload;
mod retention;
mod tenants;
mod watch;

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use tokio::{
    task::JoinHandle,
    time::{Instant, timeout, timeout_at},
};
use tokio_util::sync::CancellationToken;

use crate::{
    audit::{self, Act},
    config::{self, Config},
    domain::{Clock, Entropy, Requester, TenantAlias},
    engine::{Registry, Worker},
    entra,
    http::{self, Listener, Proxies, RateLimits, Site},
    mail::{self, Mailer},
    metrics::Metrics,
    signup::{self, Alerts, Signups},
    store::{Store, StoreError},
};
pub use erasure::{eraser, retrier, with_tombstones};
use heartbeat::Heartbeat;
pub use heartbeat::{Progress, migrate};
use observe::Observed;
use reload::Clients;
pub use reload::{Reload, ReloadError};
pub use retention::{Pruned, Retention};
use tenants::Applications;
pub use tenants::tenant_graph;
pub use watch::Watch;

/// The longest that closing the connections to the database may take at the end: a host that is lost does not answer.
const CLOSING: Duration = Duration::from_secs(2);

/// The sources of time and randomness.
#[derive(Clone, Debug)]
pub struct Parts {
    /// The time.
    pub clock: Clock,
    /// Randomness.
    pub entropy: Entropy,
}

impl Parts {
    /// The clock and the randomness of the machine.
    #[must_use]
    pub const fn system() -> Self {
        Self { clock: Clock::system(), entropy: Entropy::system() }
    }
}

/// The whole service, not yet running.
pub struct App {
    /// Carries out signups.
    pub worker: Worker,
    /// The operations behind the pages.
    pub signups: Signups,
    /// The record.
    pub store: Store,
    /// Puts changed texts and static files into force.
    pub reload: Reload,
    /// Notifies admins of what needs them.
    pub watch: Watch,
    server: config::Server,
    shares: http::Shares,
    metrics: Metrics,
    observed: Option<Observed>,
    heartbeat: Heartbeat,
}

/// A reason why the service cannot be built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The database cannot be opened or migrated.
    #[error("the database cannot be used")]
    Store(#[from] StoreError),
    /// The schema is older than this version.
    #[error("the database lacks {} of this version's migrations: run `accountcreator migrate`, or set database.migrate_on_start = true", .0.len())]
    MigrationsPending(Vec<String>),
    /// A tenant's key or certificate cannot be used.
    #[error("the tenant `{alias}` cannot be used")]
    Tenant {
        /// The alias.
        alias: TenantAlias,
        /// The cause.
        #[source]
        source: entra::SetupError,
    },
    /// The mail settings cannot be used.
    #[error("the mail settings cannot be used")]
    Mail(#[from] mail::SetupError),
    /// Texts or static files are at fault.
    #[error(transparent)]
    Files(#[from] ReloadError),
    /// A template of a mail is damaged.
    #[error("the sample mails cannot be rendered")]
    Samples(#[from] signup::SampleError),
    /// The address for Prometheus cannot be listened on.
    #[error("cannot listen on {address} for metrics; is it taken? metrics.listen names another")]
    Metrics {
        /// The address.
        address: SocketAddr,
        /// The cause.
        #[source]
        source: io::Error,
    },
}

/// Builds the service on its database.
///
/// # Errors
/// [`BuildError`] says what to do.
pub async fn build(config: Config, parts: Parts) -> Result<App, BuildError> {
    let metrics = if config.metrics.listen.is_some() { Metrics::on() } else { Metrics::off() };
    metrics.started(parts.clock.now());
    let (texts, assets) = reload::read(&config)?;
    let applications = tenants::applications(&config, &parts, &metrics)?;
    let tenants = tenants::build(&config, &applications)?;
    let Parts { clock, entropy } = parts;
    let mailer = mailer_by(&config, &applications)?.counted(metrics.clone());
    let store = open_store(&config, &clock).await?;
    let parts = Parts { clock: clock.clone(), entropy: entropy.clone() };
    let store = with_tombstones(store, &config, &parts).await?;
    let config = Arc::new(config);
    let key = config.secret_key.clone();
    let signups =
        Signups::new(store.clone(), Arc::clone(&config), clock.clone(), entropy.clone(), metrics.clone());
    signups.read_switch().await?;
    let retention = Retention::new(store.clone(), config.privacy, clock.clone());
    let observed = observe(&config, &store, &metrics, &clock).await?;
    let heartbeat = Heartbeat::start(&store, &parts);
    let rest = async {
        let rate_limits = Arc::new(RateLimits::new(&config, &clock, &metrics));
        let proxies = Arc::new(Proxies::of(&config.server));
        let (server, shares) = (config.server.clone(), (Arc::clone(&rate_limits), Arc::clone(&proxies)));
        let site = Site {
            signups: signups.clone(),
            texts,
            assets,
            config: Arc::clone(&config),
            key,
            clock: clock.clone(),
            entropy,
            rate_limits,
            proxies,
            metrics: metrics.clone(),
        };
        let clients = Clients { applications, mailer: mailer.clone(), store: store.clone() };
        let reload = Reload::new(site, clients);
        let alerts = Alerts::new(signups.clone(), reload.texts());
        let steps = signup::steps(&signups, &reload.texts());
        let registry = Registry::new(steps.into_iter().chain([alerts.step(), retention.step()]));
        let watch = Watch::new(&config, &signups, &tenants, alerts, &store, &metrics, &clock);
        let worker = Worker::new(signups.engine(), registry, tenants, mailer);
        (server, shares, reload, watch, worker)
    };
    // The row is written while the rest is built.
    let (heartbeat, (server, shares, reload, watch, worker)) = tokio::join!(heartbeat, rest);
    let heartbeat = heartbeat?;
    Ok(App { worker, signups, store, reload, watch, server, shares, metrics, observed, heartbeat })
}

/// Checks the operator's texts and static files without building anything on them.
///
/// # Errors
/// [`BuildError::Files`] has every fault.
pub fn check_files(config: &Config) -> Result<(), BuildError> {
    reload::read(config)?;
    Ok(())
}

impl App {
    /// Serves and works until `shutdown`, then finishes what has begun, within `server.shutdown_timeout` after it. What
    /// is not finished then is abandoned, as when the process is killed: the record says what was begun.
    pub async fn run(self, listener: impl Into<Listener>, shutdown: CancellationToken) {
        let tasks = [
            ("the worker", tokio::spawn(self.worker.clone().run(shutdown.clone()))),
            ("the watch", tokio::spawn(self.watch.clone().run(shutdown.clone()))),
        ];
        let (store, end) = (self.store.clone(), CancellationToken::new());
        let heartbeat = tokio::spawn(self.heartbeat.clone().run(end.clone()));
        let patience = self.server.shutdown_timeout;
        let deadline = async {
            shutdown.cancelled().await;
            Instant::now() + patience
        };
        let ((), deadline) = tokio::join!(self.serve(listener, shutdown.clone()), deadline);
        for (name, task) in tasks {
            finish(name, task, deadline).await;
        }
        let closing = async {
            end.cancel();
            let _ = heartbeat.await;
            store.close().await;
        };
        if timeout(CLOSING, closing).await.is_err() {
            tracing::warn!("the database did not answer while its connections were closed");
        }
    }

    /// Serves the pages alone until `shutdown`; for tests that step the worker by hand.
    pub async fn serve(self, listener: impl Into<Listener>, shutdown: CancellationToken) {
        let server = &self.server;
        let served = self.reload.served();
        let pages =
            http::serve(listener.into(), served, server, Some(self.shares), self.metrics, shutdown.clone());
        let switch = self.signups.follow_switch(shutdown.clone());
        let observed = async {
            if let Some(observed) = self.observed {
                observed.serve(server, shutdown.clone()).await;
            }
        };
        tokio::join!(pages, switch, observed);
    }

    /// The address of the metrics for Prometheus, if they are served.
    #[must_use]
    pub fn metrics_address(&self) -> Option<SocketAddr> {
        self.observed.as_ref().and_then(|observed| observed.address().ok())
    }
}

/// Waits for a task until the deadline, then aborts it.
async fn finish(name: &'static str, mut task: JoinHandle<()>, deadline: Instant) {
    match timeout_at(deadline, &mut task).await {
        Ok(Ok(())) => {}
        Ok(Err(_)) => tracing::error!("{name} has ended by a defect"),
        Err(_) => {
            task.abort();
            let _ = task.await;
            tracing::warn!(
                "{name} was not done within server.shutdown_timeout; what it had begun is taken up again when its \
                 lease ends"
            );
        }
    }
}

/// The address where the metrics are read, where there is one.
async fn observe(
    config: &Config,
    store: &Store,
    metrics: &Metrics,
    clock: &Clock,
) -> Result<Option<Observed>, BuildError> {
    let Some(address) = config.metrics.listen else { return Ok(None) };
    let observed = Observed::at(address, store.clone(), metrics.clone(), clock.clone()).await?;
    tracing::info!(address = %observed.address().unwrap_or(address), "metrics can be read");
    Ok(Some(observed))
}

async fn open_store(config: &Config, clock: &Clock) -> Result<Store, BuildError> {
    let store = open_unmigrated(config).await?;
    if config.database.migrate_on_start {
        let applied = migrate(&store, clock, heartbeat::log).await?;
        for migration in &applied {
            audit::of_service(&Requester::Service, Act::MigrationApplied, &migration.version);
        }
        if let Some(shared) = store.shared_mailboxes(&applied).await? {
            tracing::warn!(shared, "{}", told_shared_mailboxes(shared));
        }
        return Ok(store);
    }
    match store.pending_migrations().await? {
        pending if pending.is_empty() => Ok(store),
        pending => Err(BuildError::MigrationsPending(pending)),
    }
}

/// Opens the database as the configuration has it, whatever its schema.
///
/// # Errors
/// As [`Store::open`].
pub async fn open_unmigrated(config: &Config) -> Result<Store, StoreError> {
    let store = Store::open(&config.database).await?;
    Ok(store.fold_subaddresses(config.signup.fold_subaddresses))
}

/// The warning about so many accounts that share a mailbox with an older one.
pub fn told_shared_mailboxes(shared: u64) -> String {
    format!(
        "{shared} {} with an older account, such as st1+a@example.edu with st1@example.edu: all accounts stay as \
         they are, and further requests for the mailbox count for the older one",
        if shared == 1 { "account shares its mailbox" } else { "accounts share their mailboxes" }
    )
}

/// The mailer of a configuration. No connection is made yet.
///
/// # Errors
/// [`mail::SetupError`] says what to change.
pub fn mailer(config: &Config, parts: &Parts) -> Result<Mailer, mail::SetupError> {
    let tenant = config.mail.tenant().and_then(|alias| config.tenants.get_key_value(alias));
    let application = tenant
        .map(|(alias, tenant)| tenants::application(config, alias, tenant, parts, &Metrics::off()))
        .transpose()?;
    let applications = application.into_iter().map(|one| (one.tenant().clone(), one)).collect();
    mailer_by(config, &applications)
}

fn mailer_by(config: &Config, applications: &Applications) -> Result<Mailer, mail::SetupError> {
    let sender =
        config.mail.tenant().and_then(|alias| config.tenants.get(alias).zip(applications.get(alias)));
    Mailer::new(&config.mail, sender)
}

/// Every mail in every language, about an invented person, as this configuration has them sent.
///
/// # Errors
/// [`BuildError::Files`] or [`BuildError::Samples`].
pub fn sample_mails(config: &Config) -> Result<Vec<signup::Sample>, BuildError> {
    let (texts, _) = reload::read(config)?;
    Ok(signup::sample_mails(&texts, config)?)
}
