//! SQLite's one writer. Transactions that wait for it are committed together.
//!
//! A durable commit costs a write to the disk, however little it holds. So a transaction with others waiting behind it
//! leaves the commit to them: each is a savepoint of the group's transaction, and one that is dropped does not undo the
//! others. No commit returns before the group is on the disk. A transaction that is alone does not wait.
//!
//! Each call of the driver is an exchange with its thread, which costs more than most statements: an open group always
//! has a savepoint for the next transaction, so that beginning one within a group needs no call, and ending it needs one.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use sqlx::{AssertSqlSafe, Connection as _, Error, SqliteConnection, sqlite::SqliteConnectOptions};
use tokio::{
    runtime::Handle,
    sync::{Mutex, OwnedMutexGuard, oneshot},
    time::timeout,
};

/// The most transactions in a group, those rolled back among them: the first of them waits for the last.
const MOST: usize = 64;

/// Hands out turns at the one connection that writes. Cheap to clone.
#[derive(Clone)]
pub(super) struct Writer(Arc<Line>);

struct Line {
    group: Arc<Mutex<Group>>,
    /// Number of callers that wait for their turn.
    waiting: AtomicUsize,
    patience: Duration,
}

/// The transactions since the last commit.
struct Group {
    /// `None` once the database is closed.
    connection: Option<SqliteConnection>,
    /// True once SQLite's transaction has begun. It has a savepoint then, to which the next turn can be rolled back.
    open: bool,
    /// Number of turns that have ended in it.
    turns: usize,
    /// The callers whose writes are in it. Each gets the outcome: the cause if the writes are lost.
    members: Vec<oneshot::Sender<Result<(), String>>>,
}

/// One transaction. Dropped without [`Turn::commit`], it is rolled back.
pub(super) struct Turn {
    group: Option<OwnedMutexGuard<Group>>,
    line: Arc<Line>,
}

/// A place in the line, until its turn has come.
struct Place<'a> {
    line: &'a Arc<Line>,
    served: bool,
}

impl Writer {
    pub async fn open(options: &SqliteConnectOptions, patience: Duration) -> Result<Self, Error> {
        let connection = SqliteConnection::connect_with(options).await?;
        Ok(Self::on(Some(connection), patience))
    }

    /// For a database that is only read.
    pub fn closed() -> Self {
        Self::on(None, Duration::ZERO)
    }

    fn on(connection: Option<SqliteConnection>, patience: Duration) -> Self {
        let group = Arc::new(Mutex::new(Group { connection, open: false, turns: 0, members: Vec::new() }));
        Self(Arc::new(Line { group, waiting: AtomicUsize::new(0), patience }))
    }

    /// Waits for the turn and begins a transaction.
    pub async fn begin(&self) -> Result<Turn, Error> {
        let turn = self.turn().await?;
        if turn.group.as_ref().is_some_and(|group| group.open) {
            return Ok(turn);
        }
        uninterrupted(turn.open_group()).await
    }

    /// Waits for the turn and begins nothing: the connection is free for a transaction of its driver's own.
    pub async fn alone(&self) -> Result<Turn, Error> {
        let mut turn = self.turn().await?;
        uninterrupted(async move {
            if let Some(group) = turn.group.as_mut() {
                // Errors of earlier transactions are reported to their owners.
                let _ = group.close().await;
            }
            Ok(turn)
        })
        .await
    }

    /// Rewrites the file, then folds the write-ahead log into it and empties that, unless a reader still uses it. Pages
    /// whose rows were moved have remains of them that `secure_delete` does not reach.
    ///
    /// <https://www.sqlite.org/lang_vacuum.html>, <https://www.sqlite.org/pragma.html#pragma_wal_checkpoint>
    pub async fn scrub(&self) -> Result<bool, Error> {
        let mut turn = self.alone().await?;
        let connection = turn.connection()?;
        sqlx::query("VACUUM").execute(&mut *connection).await?;
        // All other writers wait behind this.
        sqlx::query("PRAGMA busy_timeout = 500").execute(&mut *connection).await?;
        let folded = sqlx::query_scalar("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&mut *connection).await;
        let patience = format!("PRAGMA busy_timeout = {}", self.0.patience.as_millis());
        sqlx::query(AssertSqlSafe(patience)).execute(connection).await?;
        folded.map(|is_busy: i64| is_busy == 0)
    }

    /// Closes the connection once the waiting callers are done. The last to close folds the write-ahead log into the
    /// file.
    pub async fn close(&self) {
        let Ok(mut turn) = self.alone().await else { return };
        if let Some(connection) = turn.group.as_mut().and_then(|group| group.connection.take()) {
            let _ = connection.close().await;
        }
    }

    async fn turn(&self) -> Result<Turn, Error> {
        let mut place = Place::take(&self.0);
        let group = timeout(self.0.patience, Arc::clone(&self.0.group).lock_owned()).await;
        let group = group.map_err(|_| Error::PoolTimedOut)?;
        place.served = true;
        Ok(Turn { group: Some(group), line: Arc::clone(&self.0) })
    }
}

impl Turn {
    /// The connection, for the statements of this transaction.
    pub fn connection(&mut self) -> Result<&mut SqliteConnection, Error> {
        let group = self.group.as_mut().and_then(|group| group.connection.as_mut());
        group.ok_or(Error::PoolClosed)
    }

    async fn open_group(mut self) -> Result<Self, Error> {
        let Some(group) = self.group.as_mut() else { return Err(Error::PoolClosed) };
        // Locked from the start: a transaction that reads first and writes later could fail in between.
        if let Err(error) = group.run("BEGIN IMMEDIATE; SAVEPOINT turn").await {
            // Without effect where it was the first statement that failed.
            let _ = group.run("ROLLBACK").await;
            return Err(error);
        }
        group.open = true;
        Ok(self)
    }

    /// Returns when the transaction is on the disk.
    pub async fn commit(mut self) -> Result<(), Error> {
        let Some(group) = self.group.take() else { return Err(Error::PoolClosed) };
        uninterrupted(Arc::clone(&self.line).commit(group)).await
    }
}

/// Statements that run to their end also when the caller is dropped, as a request is whose visitor hangs up: otherwise a
/// group could have begun or committed without knowing it. What is left of them then runs in a task of its own.
struct Uninterrupted<F: Future + Send + 'static>(Option<Pin<Box<F>>>);

fn uninterrupted<F: Future + Send + 'static>(statements: F) -> Uninterrupted<F> {
    Uninterrupted(Some(Box::pin(statements)))
}

impl<T, F: Future<Output = Result<T, Error>> + Send + 'static> Future for Uninterrupted<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        // One that has ended, by a panic too, is not polled again.
        let Some(mut statements) = self.0.take() else { return Poll::Ready(Err(Error::WorkerCrashed)) };
        let polled = statements.as_mut().poll(context);
        if polled.is_pending() {
            self.0 = Some(statements);
        }
        polled
    }
}

impl<F: Future + Send + 'static> Drop for Uninterrupted<F> {
    fn drop(&mut self) {
        let Some(statements) = self.0.take() else { return };
        // Without a runtime the program ends, and SQLite rolls back what was not committed.
        let Ok(runtime) = Handle::try_current() else { return };
        runtime.spawn(async { drop(statements.await) });
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let Some(group) = self.group.take().filter(|group| group.open) else { return };
        let line = Arc::clone(&self.line);
        // Without a runtime the program ends, and SQLite rolls back what was not committed.
        let Ok(runtime) = Handle::try_current() else { return };
        runtime.spawn(line.roll_back(group));
    }
}

impl Group {
    async fn run(&mut self, sql: &'static str) -> Result<(), Error> {
        let connection = self.connection.as_mut().ok_or(Error::PoolClosed)?;
        sqlx::query(sql).execute(connection).await.map(drop)
    }

    /// Commits and reports the outcome to every member.
    async fn close(&mut self) -> Result<(), Error> {
        if !self.open {
            return Ok(());
        }
        let committed = self.run("COMMIT").await;
        if let Err(error) = &committed {
            self.abandon(error).await;
        }
        self.end(&Ok(()));
        committed
    }

    /// Gives up what was not committed: SQLite has rolled it back already, or does it now.
    async fn abandon(&mut self, cause: &Error) {
        if !self.members.is_empty() {
            let writes = self.members.len();
            tracing::error!(writes, %cause, "writes that were to be committed together are lost");
        }
        let _ = self.run("ROLLBACK").await;
        self.end(&Err(cause.to_string()));
    }

    fn end(&mut self, outcome: &Result<(), String>) {
        (self.open, self.turns) = (false, 0);
        for member in self.members.drain(..) {
            let _ = member.send(outcome.clone());
        }
    }
}

impl Line {
    fn is_awaited(&self) -> bool {
        self.waiting.load(Ordering::SeqCst) > 0
    }

    /// Counts a turn that ends; returns whether the group is to be committed now.
    fn is_last(&self, group: &mut Group) -> bool {
        group.turns += 1;
        group.turns >= MOST || !self.is_awaited()
    }

    /// Makes the turn a member of the group, and commits the group unless a waiting caller will.
    async fn commit(self: Arc<Self>, mut group: OwnedMutexGuard<Group>) -> Result<(), Error> {
        if self.is_last(&mut group) {
            return group.close().await;
        }
        if let Err(error) = group.run("RELEASE turn; SAVEPOINT turn").await {
            self.roll_back(group).await;
            return Err(error);
        }
        let (tell, told) = oneshot::channel();
        group.members.push(tell);
        drop(group);
        told.await.map_err(|_| Error::PoolClosed)?.map_err(|cause| Error::Io(io::Error::other(cause)))
    }

    /// Takes back what the turn has written, and nothing of the others.
    async fn roll_back(self: Arc<Self>, mut group: OwnedMutexGuard<Group>) {
        if let Err(error) = group.run("ROLLBACK TO turn").await {
            group.abandon(&error).await;
        } else if self.is_last(&mut group) {
            let _ = group.close().await;
        }
    }
}

impl<'a> Place<'a> {
    fn take(line: &'a Arc<Line>) -> Self {
        line.waiting.fetch_add(1, Ordering::SeqCst);
        Self { line, served: false }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.line.waiting.fetch_sub(1, Ordering::SeqCst);
        if self.served {
            return;
        }
        // An earlier turn may have left the commit to this place, in which no caller waits any more.
        let line = Arc::clone(self.line);
        let Ok(runtime) = Handle::try_current() else { return };
        runtime.spawn(async move {
            let mut group = Arc::clone(&line.group).lock_owned().await;
            if !line.is_awaited() {
                let _ = group.close().await;
            }
        });
    }
}

#[cfg(test)]
mod tests;
