//! PostgreSQL: its connections, and transactions that end in time.
//!
//! Each statement runs in a transaction, under no name, and nothing outlives the transaction: a pooler such as
//! PgBouncer may give each one another server connection. Time limits are set inside each transaction, so that the
//! locks of a process that is frozen or lost are freed by the server; the client has limits of its own, so that a
//! connection that was lost without a message is noticed.

use std::{
    env, io, mem,
    net::IpAddr,
    path::Path,
    str::FromStr as _,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use secrecy::ExposeSecret;
use sqlx::{
    ConnectOptions as _, Connection as _, Error, Executor as _, PgConnection, Postgres, SqlStr,
    postgres::{PgArguments, PgConnectOptions, PgDatabaseError, PgRow, PgSeverity, PgSslMode},
    query::Query,
};
use tokio::{
    runtime::Handle,
    sync::{OwnedSemaphorePermit, Semaphore, oneshot},
    time::{Instant, error::Elapsed, interval, timeout},
};

use super::StoreError;
use crate::config;

/// Time limit for the first connection, while the server is not there yet.
const OPEN_WITHIN: Duration = Duration::from_secs(5);
/// Time limit for a new connection, login included.
const CONNECT_WITHIN: Duration = Duration::from_secs(3);
/// Time in which an idle connection begins a transaction, or else counts as dead. Together with a new connection
/// that is less than five seconds.
const BEGIN_WITHIN: Duration = Duration::from_millis(1500);
/// Time limit for the end of a transaction that nothing waits for.
const END_WITHIN: Duration = Duration::from_secs(2);
/// Time for which an unanswered commit keeps the place of its connection.
const COMMIT_WITHIN: Duration = Duration::from_mins(1);
/// Idle connections are closed after this time, and all after the other: backends grow with their age.
const MAX_IDLE: Duration = Duration::from_mins(10);
const MAX_AGE: Duration = Duration::from_mins(30);

/// Time limits for the statements of a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pace {
    /// For requests and the worker. All limits are below the default lease.
    Short,
    /// For migrations, and for searches of whole tables.
    Long,
}

/// The open connections. Clones share them.
#[derive(Clone)]
pub(super) struct Pool(Arc<Shared>);

struct Shared {
    options: Mutex<PgConnectOptions>,
    /// One for each connection that may be in use.
    places: Arc<Semaphore>,
    max_connections: u32,
    /// Time limit for waiting for a place.
    patience: Duration,
    /// The one used last is at the end.
    idle: Mutex<Vec<Idle>>,
}

struct Open {
    connection: PgConnection,
    since: Instant,
}

struct Idle {
    open: Open,
    since: Instant,
}

/// A transaction. Dropped without [`PgTransaction::commit`], it is rolled back.
pub(super) struct PgTransaction {
    /// `None` once the transaction is over or its connection is lost.
    open: Option<Open>,
    place: Option<OwnedSemaphorePermit>,
    pool: Pool,
    pace: Pace,
}

type Statement<'q> = Query<'q, Postgres, PgArguments>;

impl Pace {
    /// One message, so that the limits cost no round trip.
    const fn begin(self) -> &'static str {
        match self {
            Self::Short => {
                "BEGIN; SET LOCAL statement_timeout = '4s'; SET LOCAL lock_timeout = '3s'; \
                 SET LOCAL idle_in_transaction_session_timeout = '4s'"
            }
            Self::Long => {
                "BEGIN; SET LOCAL statement_timeout = '1h'; SET LOCAL lock_timeout = '1min'; \
                 SET LOCAL idle_in_transaction_session_timeout = '1min'"
            }
        }
    }

    /// Time the client waits for an answer: a little longer than the server works for it.
    const fn answer_within(self) -> Duration {
        match self {
            Self::Short => Duration::from_secs(5),
            Self::Long => Duration::from_secs(60 * 60 + 5),
        }
    }
}

impl Pool {
    /// Connects once. `patience` is how long a transaction waits for one of the connections to be free.
    pub async fn open(url: &str, max_connections: u32, patience: Duration) -> Result<Self, Error> {
        let places = usize::try_from(max_connections).unwrap_or(usize::MAX);
        let pool = Self(Arc::new(Shared {
            options: Mutex::new(connect_options(url)?),
            places: Arc::new(Semaphore::new(places)),
            max_connections,
            patience,
            idle: Mutex::default(),
        }));
        let open = pool.connect(OPEN_WITHIN).await?;
        pool.release(open);
        Ok(pool)
    }

    pub async fn begin(&self, pace: Pace) -> Result<PgTransaction, Error> {
        let waited = timeout(self.0.patience, Arc::clone(&self.0.places).acquire_owned()).await;
        let place = waited.map_err(|_| Error::PoolTimedOut)?.map_err(|_| Error::PoolClosed)?;
        let open = match self.take_idle() {
            Some(idle) => self.begin_on_idle(idle, pace).await,
            None => None,
        };
        let open = match open {
            Some(open) => open,
            None => self.begin_on_new(pace).await?,
        };
        Ok(PgTransaction { open: Some(open), place: Some(place), pool: self.clone(), pace })
    }

    /// The address and login of later connections.
    pub fn options(&self) -> PgConnectOptions {
        self.0.options.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Makes later connections log in by these. Those that are open stay.
    pub fn set_options(&self, options: PgConnectOptions) {
        *self.0.options.lock().unwrap_or_else(PoisonError::into_inner) = options;
    }

    /// Waits for the transactions under way and closes all connections.
    pub async fn close(&self) {
        let all = timeout(self.0.patience, self.0.places.acquire_many(self.0.max_connections)).await;
        self.0.places.close();
        drop(all);
        let idle = mem::take(&mut *self.idle());
        for idle in idle {
            let _ = timeout(END_WITHIN, idle.open.connection.close()).await;
        }
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Idle>> {
        self.0.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The connection that was used last. Those that are idle for too long are closed.
    fn take_idle(&self) -> Option<Open> {
        let mut idle = self.idle();
        idle.retain(|idle| idle.since.elapsed() < MAX_IDLE);
        idle.pop().map(|idle| idle.open)
    }

    fn release(&self, open: Open) {
        if open.since.elapsed() < MAX_AGE && !self.0.places.is_closed() {
            self.idle().push(Idle { open, since: Instant::now() });
        }
    }

    /// A connection that does not answer is thrown away with all that are idle: they have most likely met the same
    /// fault.
    async fn begin_on_idle(&self, mut open: Open, pace: Pace) -> Option<Open> {
        match timeout(BEGIN_WITHIN, open.connection.execute(pace.begin())).await {
            Ok(Ok(_)) => return Some(open),
            Ok(Err(error)) => {
                tracing::info!(%error, "a connection to the database is lost; another is opened");
            }
            Err(_) => {
                tracing::info!("a connection to the database does not answer; another is opened");
            }
        }
        self.idle().clear();
        None
    }

    async fn begin_on_new(&self, pace: Pace) -> Result<Open, Error> {
        let mut open = self.connect(CONNECT_WITHIN).await?;
        // A pooler that has no server connection free lets this wait.
        match timeout(Pace::Short.answer_within(), open.connection.execute(pace.begin())).await {
            Ok(begun) => begun.map(|_| open),
            Err(_) => Err(no_answer()),
        }
    }

    /// Opens a connection; a server that starts is waited for.
    async fn connect(&self, within: Duration) -> Result<Open, Error> {
        let options = self.options();
        let mut pause = interval(Duration::from_millis(100));
        let mut refusal = None;
        let tries = async {
            loop {
                pause.tick().await;
                match options.connect().await {
                    Err(error) if is_starting(&error) => refusal = Some(error),
                    connected => return connected,
                }
            }
        };
        let connection = match timeout(within, tries).await {
            Ok(connected) => connected?,
            Err(_) => return Err(refusal.unwrap_or_else(no_answer)),
        };
        Ok(Open { connection, since: Instant::now() })
    }
}

impl PgTransaction {
    pub async fn execute(&mut self, statement: Statement<'_>) -> Result<u64, Error> {
        let within = self.answer_within();
        let done = timeout(within, statement.persistent(false).execute(self.connection()?)).await;
        self.settle(done).map(|done| done.rows_affected())
    }

    /// The time limit for a statement, whose outcome is to be given to [`PgTransaction::settle`].
    pub const fn answer_within(&self) -> Duration {
        self.pace.answer_within()
    }

    /// Runs the statements of a text that takes no arguments.
    pub async fn execute_script(&mut self, sql: SqlStr) -> Result<(), Error> {
        let within = self.pace.answer_within();
        let done = timeout(within, self.connection()?.execute(sql)).await;
        self.settle(done).map(drop)
    }

    pub async fn fetch_all(&mut self, statement: Statement<'_>) -> Result<Vec<PgRow>, Error> {
        let within = self.pace.answer_within();
        let fetched = timeout(within, statement.persistent(false).fetch_all(self.connection()?)).await;
        self.settle(fetched)
    }

    pub async fn fetch_optional(&mut self, statement: Statement<'_>) -> Result<Option<PgRow>, Error> {
        let within = self.pace.answer_within();
        let fetched = timeout(within, statement.persistent(false).fetch_optional(self.connection()?)).await;
        self.settle(fetched)
    }

    /// Commits in a task of its own. Where the answer is late, or is not waited for, the server may still be at work:
    /// the place stays taken for a time, so that there are never more commits under way than places.
    pub async fn commit(mut self) -> Result<(), Error> {
        let mut open = self.open.take().ok_or(Error::PoolClosed)?;
        let (pool, place, within) = (self.pool.clone(), self.place.take(), self.pace.answer_within());
        let (answer, answered) = oneshot::channel();
        tokio::spawn(async move {
            let done = timeout(within.max(COMMIT_WITHIN), open.connection.execute("COMMIT")).await;
            let done = done.unwrap_or_else(|_| Err(no_answer())).map(drop);
            let is_usable = done.as_ref().err().is_none_or(|error| !ends_connection(error));
            if is_usable {
                pool.release(open);
            } else {
                drop(open);
            }
            drop(place);
            let _ = answer.send(done);
        });
        match timeout(within, answered).await {
            Ok(answer) => answer.unwrap_or(Err(Error::WorkerCrashed)),
            Err(_) => Err(no_answer()),
        }
    }

    /// Ends a transaction that has only read; nothing waits for it.
    pub fn end(mut self) {
        self.end_later("COMMIT");
    }

    pub fn connection(&mut self) -> Result<&mut PgConnection, Error> {
        self.open.as_mut().map(|open| &mut open.connection).ok_or(Error::PoolClosed)
    }

    /// Throws the connection away where it is of no more use. It is not drained: the answer may never come.
    pub fn settle<T>(&mut self, outcome: Result<Result<T, Error>, Elapsed>) -> Result<T, Error> {
        match outcome {
            Ok(Ok(done)) => Ok(done),
            Ok(Err(error)) => {
                if ends_connection(&error) {
                    self.open = None;
                }
                Err(error)
            }
            Err(_) => {
                self.open = None;
                Err(no_answer())
            }
        }
    }

    fn end_later(&mut self, sql: &'static str) {
        let (Some(mut open), Ok(runtime)) = (self.open.take(), Handle::try_current()) else { return };
        let (pool, place) = (self.pool.clone(), self.place.take());
        runtime.spawn(async move {
            if let Ok(Ok(_)) = timeout(END_WITHIN, open.connection.execute(sql)).await {
                pool.release(open);
            }
            drop(place);
        });
    }
}

impl Drop for PgTransaction {
    fn drop(&mut self) {
        self.end_later("ROLLBACK");
    }
}

/// The answer to [`config::Database::transport_weakness`].
pub const TRANSPORT_REMEDY: &str = "leave sslmode out of database.url, and name the CA with sslrootcert=/path/to/ca.pem if it is one of your own";

impl config::Database {
    /// The weakness of the connection to PostgreSQL under the configured `sslmode`; a connection to this host has no
    /// weakness.
    ///
    /// # Errors
    /// [`StoreError::Settings`].
    pub fn transport_weakness(&self) -> Result<Option<&'static str>, StoreError> {
        let url = self.url.expose_secret().trim();
        if url.starts_with("sqlite:") {
            return Ok(None);
        }
        let options = options(url)?;
        Ok(match options.get_ssl_mode() {
            _ if is_local(&options) => None,
            PgSslMode::VerifyFull => None,
            PgSslMode::VerifyCa => Some(
                "sslmode=verify-ca: every server with a certificate of the same CA is taken for the database",
            ),
            PgSslMode::Require => Some(
                "sslmode=require: the certificate of the database is not checked, so that every server that answers \
                 gets the password",
            ),
            PgSslMode::Prefer => Some(
                "sslmode=prefer: the password and all data go unencrypted to every server that answers without TLS",
            ),
            PgSslMode::Disable | PgSslMode::Allow => {
                Some("sslmode=disable or allow: the password and all data cross the network unencrypted")
            }
        })
    }
}

/// Reads the address. Another host must prove its name, unless `sslmode` is written.
fn options(url: &str) -> Result<PgConnectOptions, Error> {
    // PgBouncer refuses a connection that sets extra_float_digits; no column here is a float.
    let options =
        PgConnectOptions::from_str(url)?.application_name("accountcreator").extra_float_digits(None);
    let is_mode = |mode: String| mode.parse::<PgSslMode>().is_ok();
    let is_written = has_parameter(url, &["sslmode", "ssl-mode"]) || env::var("PGSSLMODE").is_ok_and(is_mode);
    if is_written || is_local(&options) {
        return Ok(options);
    }
    Ok(options.ssl_mode(PgSslMode::VerifyFull))
}

/// The same with the certificates that the system trusts in addition to the driver's own, where no CA is named.
pub(super) fn connect_options(url: &str) -> Result<PgConnectOptions, Error> {
    let options = options(url)?;
    let verifies = matches!(options.get_ssl_mode(), PgSslMode::VerifyFull | PgSslMode::VerifyCa);
    let is_named = has_parameter(url, &["sslrootcert", "ssl-root-cert", "ssl-ca"]);
    if !verifies || is_named || env::var_os("PGSSLROOTCERT").is_some() {
        return Ok(options);
    }
    let mut known = rustls::RootCertStore::empty();
    let trusted = rustls_native_certs::load_native_certs().certs.into_iter();
    let usable = trusted.filter(|certificate| known.add(certificate.clone()).is_ok());
    let roots: String =
        usable.map(|root| pem::encode(&pem::Pem::new("CERTIFICATE", root.as_ref()))).collect();
    Ok(if roots.is_empty() { options } else { options.ssl_root_cert_from_pem(roots.into_bytes()) })
}

fn has_parameter(url: &str, names: &[&str]) -> bool {
    url::Url::parse(url).is_ok_and(|url| url.query_pairs().any(|(name, _)| names.contains(&&*name)))
}

/// Returns whether nothing leaves this host.
fn is_local(options: &PgConnectOptions) -> bool {
    let host = options.get_host();
    let address = host.trim_start_matches('[').trim_end_matches(']');
    options.get_socket().is_some()
        || Path::new(host).is_absolute()
        || host.eq_ignore_ascii_case("localhost")
        || address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Returns whether the server may be there in a moment: it starts, or restarts, or has no connection to spare.
fn is_starting(error: &Error) -> bool {
    match error {
        Error::Io(error) => error.kind() == io::ErrorKind::ConnectionRefused,
        Error::Database(error) => error.code().is_some_and(|code| ["57P03", "53300"].contains(&&*code)),
        _ => false,
    }
}

/// Returns whether the connection is of no more use after this.
fn ends_connection(error: &Error) -> bool {
    match error {
        Error::Database(error) => error
            .try_downcast_ref::<PgDatabaseError>()
            .is_none_or(|error| matches!(error.severity(), PgSeverity::Fatal | PgSeverity::Panic)),
        Error::Io(_) | Error::Tls(_) | Error::Protocol(_) | Error::WorkerCrashed => true,
        _ => false,
    }
}

fn no_answer() -> Error {
    Error::Io(io::ErrorKind::TimedOut.into())
}
