//! Wake-ups between the processes on one PostgreSQL database.
//!
//! A process that leaves work to others notifies them, and each process with a worker listens on a connection of its
//! own. A notification is a hint: what is missed is found by the reads of the workers. `NOTIFY` locks out all other
//! notifying commits of the server, so it has a transaction of its own and is never part of one that records work.
//!
//! A pooler such as PgBouncer in transaction mode takes the server connection back after each transaction: a `LISTEN`
//! would stay on that connection, and its notifications would go to other clients. So the connection sets a parameter at
//! its start that only a session of its own keeps. PgBouncer refuses it or drops it; then this process does not listen.

use std::{io, mem, time::Duration};

use sqlx::{
    ConnectOptions as _, Connection as _, Error, Executor as _, Row as _,
    postgres::{PgConnectOptions, PgListener, PgPoolOptions},
};
use tokio::time::timeout;

use super::{Store, StoreError, database::Database};
use crate::domain::Clock;

const CHANNEL: &str = "accountcreator_work";

/// Parameter of the session that listens. A server takes any name with a point.
const PARAMETER: &str = "accountcreator.listens";

/// Time limit for a new connection.
const CONNECT_WITHIN: Duration = Duration::from_secs(5);
/// Interval at which the silent connection is checked: a host that is lost sends no message, and proxies end what is
/// silent for half a minute.
const CHECK_AGAIN: Duration = Duration::from_secs(20);
/// Time limit for the answer to such a check.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);
/// The pause before another connection. It doubles with each that fails or is soon lost, up to the longest.
const RECONNECT_AFTER: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_mins(1);
/// A connection that lasted for so long was a good one.
const LASTS: Duration = Duration::from_mins(10);

impl Store {
    /// Wakes the workers of all processes on this PostgreSQL database. With SQLite, and through a pooler, they find work
    /// by their own reads alone.
    ///
    /// # Errors
    /// [`StoreError`]. The workers find the work by their own reads then.
    pub async fn notify_workers(&self) -> Result<(), StoreError> {
        if matches!(self.database, Database::Sqlite { .. }) {
            return Ok(());
        }
        let mut tx = self.database.begin().await?;
        tx.execute("SELECT pg_notify('accountcreator_work', '')", &[]).await?;
        tx.commit().await
    }

    /// Calls `wake` for each [`Store::notify_workers`] of any process, and where one may have been missed. Connects again
    /// when the connection is lost. Returns where there are no notifications: with SQLite, and through a pooler.
    pub async fn listen_for_work(&self, clock: &Clock, wake: impl Fn()) {
        let Database::Postgres { pool, .. } = &self.database else { return };
        let mut pause = RECONNECT_AFTER;
        // Reported once, until a connection has lasted.
        let (mut loss_is_known, mut failure_is_known) = (false, false);
        loop {
            match connect(pool.options()).await {
                Ok(Some(listener)) => {
                    let since = clock.now();
                    wake();
                    let error = StoreError::from(follow(listener, &wake).await);
                    if since.plus(LASTS) <= clock.now() {
                        pause = RECONNECT_AFTER;
                        (loss_is_known, failure_is_known) = (false, false);
                    }
                    if !mem::replace(&mut loss_is_known, true) {
                        let error = &error as &dyn std::error::Error;
                        tracing::info!(
                            error,
                            "the connection that listens for work is lost; another is opened"
                        );
                    }
                }
                Ok(None) => {
                    tracing::info!(
                        "a pooler is in front of the database: work of other processes is found within a second, and \
                         not at once"
                    );
                    return;
                }
                Err(error) => {
                    let error = StoreError::from(error);
                    if !mem::replace(&mut failure_is_known, true) {
                        let error = &error as &dyn std::error::Error;
                        tracing::warn!(
                            error,
                            "the connection that listens for work cannot be opened; until it can, work of other \
                             processes is found within a second"
                        );
                    }
                }
            }
            clock.sleep_until(clock.now().plus(pause)).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }
}

/// Opens the connection and has it listen; `None` where there is a pooler.
async fn connect(options: PgConnectOptions) -> Result<Option<PgListener>, Error> {
    let options = options.options([(PARAMETER, "1")]);
    // A pool tries again by itself and then reports only that the time is over; the first connection reports the cause.
    let mut probe = match answered(options.connect()).await {
        Err(error) if is_refused_parameter(&error) => return Ok(None),
        connected => connected?,
    };
    let setting = sqlx::query("SELECT current_setting($1, true)").bind(PARAMETER).persistent(false);
    let row = answered(probe.fetch_one(setting)).await?;
    if row.try_get::<Option<String>, _>(0)?.is_none() {
        return Ok(None);
    }
    answered(probe.close()).await?;
    // The driver listens on a connection of a pool.
    let pool = PgPoolOptions::new()
        .max_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .acquire_timeout(CONNECT_WITHIN)
        .connect_lazy_with(options);
    let mut listener = PgListener::connect_with(&pool).await?;
    listener.eager_reconnect(false);
    answered(listener.listen(CHANNEL)).await?;
    Ok(Some(listener))
}

/// Calls `wake` for each notification until the connection is lost.
async fn follow(mut listener: PgListener, wake: &impl Fn()) -> Error {
    loop {
        match timeout(CHECK_AGAIN, listener.try_recv()).await {
            Ok(Ok(Some(_))) => wake(),
            Ok(Ok(None)) => return Error::Io(io::ErrorKind::ConnectionAborted.into()),
            Ok(Err(error)) => return error,
            Err(_) => {
                if let Err(error) = answered(listener.execute("SELECT 1")).await {
                    return error;
                }
            }
        }
    }
}

async fn answered<T>(answer: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    timeout(ANSWER_WITHIN, answer).await.unwrap_or_else(|_| Err(Error::Io(io::ErrorKind::TimedOut.into())))
}

/// Returns whether a pooler has refused the parameter of the session, as a violation of the protocol (PgBouncer) or as
/// not supported: PostgreSQL takes it.
fn is_refused_parameter(error: &Error) -> bool {
    matches!(error, Error::Database(error) if matches!(error.code().as_deref(), Some("08P01" | "0A000")))
}
