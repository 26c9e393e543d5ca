//! One interface to both databases. Elsewhere they differ in migrations, locks, wake-ups, the claim, and the rows of a
//! request.

use std::{path::Path, str::FromStr, time::Duration};

use secrecy::ExposeSecret;
use sqlx::{
    SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use tokio::time::timeout;

use super::{
    StoreError,
    error::unusable_file,
    place::Place,
    postgres::{Pace, PgTransaction, Pool, connect_options},
    row::Row,
    value::Value,
    writable::WriteState,
    writer::{Turn, Writer},
};
use crate::config;

/// The longest that a caller waits for a connection, and SQLite for another process's write.
const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Clone)]
pub(super) enum Database {
    /// One connection writes, as SQLite allows one writer; the others only read and never wait for it.
    Sqlite {
        write: Writer,
        read: SqlitePool,
        writes: WriteState,
    },
    Postgres {
        pool: Pool,
        writes: WriteState,
    },
}

/// A transaction that writes. Dropped without [`Transaction::commit`], it is rolled back.
pub(super) struct Transaction {
    connection: Connection,
    /// Records each write that fails.
    writes: WriteState,
}

enum Connection {
    Sqlite(Turn),
    Postgres(PgTransaction),
}

/// A statement with its arguments, for whichever database the place asks for.
macro_rules! statement {
    ($sql:expr, $args:expr) => {
        $args.iter().fold(sqlx::query($sql), |query, value| match value {
            $crate::store::value::Value::Text(text) => {
                query.bind(text.as_ref().map(::std::borrow::Cow::as_ref))
            }
            $crate::store::value::Value::Number(number) => query.bind(*number),
        })
    };
}
pub(super) use statement;

impl Database {
    pub async fn open(config: &config::Database) -> Result<Self, StoreError> {
        let url = config.url.expose_secret().trim();
        let connections = config.max_connections.max(1);
        if url.starts_with("sqlite:") {
            open_sqlite(url, connections, state(config)).await
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            let pool = Pool::open(url, connections, PATIENCE).await?;
            Ok(Self::Postgres { pool, writes: state(config) })
        } else {
            Err(StoreError::UnknownDatabase)
        }
    }

    /// Opens an existing database without leaving a trace. The SQLite file is read as it is, so this is not for long
    /// reads.
    pub async fn open_to_read(config: &config::Database) -> Result<Option<Self>, StoreError> {
        let url = config.url.expose_secret().trim();
        if !url.starts_with("sqlite:") {
            return Self::open(config).await.map(Some);
        }
        let options = SqliteConnectOptions::from_str(url)?.busy_timeout(PATIENCE).read_only(true);
        let mut log = options.get_filename().as_os_str().to_owned();
        log.push("-wal");
        let exists = async |file: &Path| tokio::fs::try_exists(file).await.map_err(unusable_file);
        if !exists(options.get_filename()).await? {
            return Ok(None);
        }
        // Without a log no process has it open, and `immutable` keeps SQLite from making one.
        let options = options.immutable(!exists(Path::new(&log)).await?);
        let read = SqlitePoolOptions::new().max_connections(1).connect_with(options).await?;
        Ok(Some(Self::Sqlite { write: Writer::closed(), read, writes: state(config) }))
    }

    /// Makes later connections log in as this address says.
    pub fn renew_login(&self, config: &config::Database) -> Result<(), StoreError> {
        if let Self::Postgres { pool, writes } = self {
            let options = connect_options(config.url.expose_secret().trim())?;
            writes.set_place(Place::Server(Box::new(options.clone())));
            pool.set_options(options);
        }
        Ok(())
    }

    pub async fn close(&self) {
        match self {
            Self::Sqlite { write, read, .. } => {
                read.close().await;
                write.close().await;
            }
            Self::Postgres { pool, .. } => pool.close().await,
        }
    }

    pub async fn begin(&self) -> Result<Transaction, StoreError> {
        self.begin_at(Pace::Short).await
    }

    /// The same for statements that may change a great part of a table.
    pub async fn begin_long(&self) -> Result<Transaction, StoreError> {
        self.begin_at(Pace::Long).await
    }

    /// Runs a statement that is a transaction of its own; returns the number of rows that it changed. On SQLite that is one
    /// call of the driver instead of three, but no commit is shared with others.
    pub async fn execute(&self, sql: &'static str, args: &[Value<'_>]) -> Result<u64, StoreError> {
        match self {
            Self::Sqlite { write, writes, .. } => {
                let executed = async {
                    let mut turn = write.alone().await?;
                    Ok(statement!(sql, args).execute(turn.connection()?).await?.rows_affected())
                };
                writes.watch(executed.await)
            }
            Self::Postgres { .. } => {
                let mut tx = self.begin().await?;
                let changed = tx.execute(sql, args).await?;
                tx.commit().await?;
                Ok(changed)
            }
        }
    }

    async fn begin_at(&self, pace: Pace) -> Result<Transaction, StoreError> {
        let writes = self.writes();
        let begun = match self {
            Self::Sqlite { write, .. } => write.begin().await.map(Connection::Sqlite),
            Self::Postgres { pool, .. } => pool.begin(pace).await.map(Connection::Postgres),
        };
        let connection = writes.watch(begun)?;
        Ok(Transaction { connection, writes: writes.clone() })
    }

    /// Returns whether writes succeed at present.
    pub const fn writes(&self) -> &WriteState {
        match self {
            Self::Sqlite { writes, .. } | Self::Postgres { writes, .. } => writes,
        }
    }

    pub async fn fetch_all(&self, sql: &'static str, args: &[Value<'_>]) -> Result<Vec<Row>, StoreError> {
        self.fetch_all_at(Pace::Short, sql, args).await
    }

    /// The same for a statement that may read whole tables.
    pub async fn search(&self, sql: &'static str, args: &[Value<'_>]) -> Result<Vec<Row>, StoreError> {
        self.fetch_all_at(Pace::Long, sql, args).await
    }

    async fn fetch_all_at(
        &self,
        pace: Pace,
        sql: &'static str,
        args: &[Value<'_>],
    ) -> Result<Vec<Row>, StoreError> {
        Ok(match self {
            Self::Sqlite { read, .. } => rows(statement!(sql, args).fetch_all(read).await?, Row::Sqlite),
            Self::Postgres { pool, .. } => {
                let mut tx = pool.begin(pace).await?;
                let fetched = tx.fetch_all(statement!(sql, args)).await?;
                tx.end();
                rows(fetched, Row::Postgres)
            }
        })
    }

    pub async fn fetch_optional(
        &self,
        sql: &'static str,
        args: &[Value<'_>],
    ) -> Result<Option<Row>, StoreError> {
        Ok(match self {
            Self::Sqlite { read, .. } => statement!(sql, args).fetch_optional(read).await?.map(Row::Sqlite),
            Self::Postgres { pool, .. } => {
                let mut tx = pool.begin(Pace::Short).await?;
                let fetched = tx.fetch_optional(statement!(sql, args)).await?;
                tx.end();
                fetched.map(Row::Postgres)
            }
        })
    }
}

impl Transaction {
    /// Runs a statement; returns the number of rows that it changed.
    pub async fn execute(&mut self, sql: &'static str, args: &[Value<'_>]) -> Result<u64, StoreError> {
        let executed = async {
            #[cfg(test)]
            crate::frames::record(sql);
            Ok(match &mut self.connection {
                Connection::Sqlite(turn) => {
                    statement!(sql, args).execute(turn.connection()?).await?.rows_affected()
                }
                Connection::Postgres(tx) => {
                    let (within, connection) = (tx.answer_within(), tx.connection()?);
                    let done = statement!(sql, args).persistent(false).execute(connection);
                    let done = timeout(within, done).await;
                    tx.settle(done)?.rows_affected()
                }
            })
        };
        let executed = executed.await;
        self.writes.watch(executed)
    }

    pub async fn fetch_all(&mut self, sql: &'static str, args: &[Value<'_>]) -> Result<Vec<Row>, StoreError> {
        let fetched = self.connection.fetch_all(sql, args).await;
        self.writes.watch(fetched)
    }

    pub async fn fetch_optional(
        &mut self,
        sql: &'static str,
        args: &[Value<'_>],
    ) -> Result<Option<Row>, StoreError> {
        #[cfg(test)]
        crate::frames::record(sql);
        let fetched = self.connection.fetch_optional(sql, args).await;
        self.writes.watch(fetched)
    }

    /// The same for a query that calls functions of the server: if it lacks one of them, or the role may not call it,
    /// the error says nothing about writes.
    pub async fn ask_server(&mut self, sql: &'static str) -> Result<Option<Row>, StoreError> {
        let fetched = self.connection.fetch_optional(sql, &[]).await;
        self.writes.watch_query(fetched)
    }

    pub async fn commit(self) -> Result<(), StoreError> {
        let committed = match self.connection {
            Connection::Sqlite(turn) => turn.commit().await,
            Connection::Postgres(tx) => tx.commit().await,
        };
        self.writes.watch(committed)
    }

    pub const fn is_sqlite(&self) -> bool {
        matches!(self.connection, Connection::Sqlite(_))
    }
}

impl Connection {
    async fn fetch_all(&mut self, sql: &'static str, args: &[Value<'_>]) -> Result<Vec<Row>, sqlx::Error> {
        Ok(match self {
            Self::Sqlite(turn) => {
                rows(statement!(sql, args).fetch_all(turn.connection()?).await?, Row::Sqlite)
            }
            Self::Postgres(tx) => rows(tx.fetch_all(statement!(sql, args)).await?, Row::Postgres),
        })
    }

    async fn fetch_optional(
        &mut self,
        sql: &'static str,
        args: &[Value<'_>],
    ) -> Result<Option<Row>, sqlx::Error> {
        Ok(match self {
            Self::Sqlite(turn) => {
                statement!(sql, args).fetch_optional(turn.connection()?).await?.map(Row::Sqlite)
            }
            Self::Postgres(tx) => tx.fetch_optional(statement!(sql, args)).await?.map(Row::Postgres),
        })
    }
}

fn rows<R>(rows: Vec<R>, wrap: fn(R) -> Row) -> Vec<Row> {
    rows.into_iter().map(wrap).collect()
}

async fn open_sqlite(url: &str, readers: u32, writes: WriteState) -> Result<Database, StoreError> {
    let options = SqliteConnectOptions::from_str(url)?
        .busy_timeout(PATIENCE)
        .foreign_keys(true)
        .synchronous(SqliteSynchronous::Full);
    create_private(options.get_filename()).await.map_err(unusable_file)?;
    // Wiped names are overwritten in the file, not only unlinked, and are copied to no other.
    let writing = options.clone().journal_mode(SqliteJournalMode::Wal);
    let writing = writing.pragma("secure_delete", "ON").pragma("temp_store", "MEMORY");
    // A page that several commits changed is copied from the log to the file once: after 16 MB of log instead of 4, that
    // is less to copy.
    let writing = writing.pragma("wal_autocheckpoint", "4000");
    let write = open_writer(&writing).await?;
    let read = SqlitePoolOptions::new()
        .max_connections(readers)
        .test_before_acquire(false)
        .acquire_timeout(PATIENCE)
        .connect_with(options.read_only(true))
        .await?;
    Ok(Database::Sqlite { write, read, writes })
}

/// Of two that turn the log of a new file on at the same moment, SQLite lets one fail instead of wait.
async fn open_writer(options: &SqliteConnectOptions) -> Result<Writer, StoreError> {
    const FOR: Duration = Duration::from_secs(1);
    let mut pause = tokio::time::interval(Duration::from_millis(50));
    let tries = async {
        loop {
            pause.tick().await;
            match Writer::open(options, PATIENCE).await.map_err(StoreError::from) {
                Err(error) if error.is_transient() => {}
                opened => return opened,
            }
        }
    };
    match timeout(FOR, tries).await {
        Ok(opened) => opened,
        Err(_) => Ok(Writer::open(options, PATIENCE).await?),
    }
}

/// The file holds personal data: a new one is its owner's alone, and SQLite gives its companions the same mode.
async fn create_private(file: &Path) -> std::io::Result<()> {
    let mut options = tokio::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    options.mode(0o600);
    match options.open(file).await {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

/// State of writes to a database that was just opened.
fn state(config: &config::Database) -> WriteState {
    WriteState::new(Place::new(config))
}
