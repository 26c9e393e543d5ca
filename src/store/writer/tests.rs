#![allow(clippy::unwrap_used)]

use std::{
    future::Future,
    pin::pin,
    sync::atomic::AtomicUsize,
    task::{Context, Poll, Waker},
};

use sqlx::{Row as _, sqlite::SqliteJournalMode};
use tempfile::TempDir;

use super::*;

struct Bench {
    writer: Writer,
    options: SqliteConnectOptions,
    commits: Arc<AtomicUsize>,
    _directory: TempDir,
}

impl Bench {
    async fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let options = SqliteConnectOptions::new()
            .filename(directory.path().join("writer.db"))
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .foreign_keys(true);
        let writer = Writer::open(&options, Duration::from_secs(10)).await.unwrap();
        let mut turn = writer.begin().await.unwrap();
        write(&mut turn, "CREATE TABLE a (n INTEGER PRIMARY KEY)").await.unwrap();
        write(&mut turn, "CREATE TABLE b (n INTEGER REFERENCES a (n) DEFERRABLE INITIALLY DEFERRED)")
            .await
            .unwrap();
        turn.commit().await.unwrap();
        let commits = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&commits);
        let mut turn = writer.begin().await.unwrap();
        let mut handle = turn.connection().unwrap().lock_handle().await.unwrap();
        handle.set_commit_hook(move || {
            count.fetch_add(1, Ordering::SeqCst);
            true
        });
        drop(handle);
        drop(turn);
        Self { writer, options, commits, _directory: directory }
    }

    /// The numbers that a reader sees.
    async fn numbers(&self) -> Vec<i64> {
        let mut reader = SqliteConnection::connect_with(&self.options).await.unwrap();
        let rows = sqlx::query("SELECT n FROM a ORDER BY n").fetch_all(&mut reader).await.unwrap();
        rows.iter().map(|row| row.get(0)).collect()
    }

    /// Takes the turn, and has so many more wait behind it.
    async fn with_line<F: Future<Output = ()> + Send + 'static>(
        &self,
        behind: Vec<F>,
    ) -> (Turn, Vec<tokio::task::JoinHandle<()>>) {
        let first = self.writer.begin().await.unwrap();
        let count = behind.len();
        let tasks = behind.into_iter().map(tokio::spawn).collect();
        while self.writer.0.waiting.load(Ordering::SeqCst) < count {
            tokio::task::yield_now().await;
        }
        (first, tasks)
    }
}

async fn write(turn: &mut Turn, sql: &'static str) -> Result<(), Error> {
    sqlx::query(sql).execute(turn.connection()?).await.map(drop)
}

async fn add(turn: &mut Turn, number: i64) -> Result<(), Error> {
    sqlx::query("INSERT INTO a (n) VALUES ($1)").bind(number).execute(turn.connection()?).await.map(drop)
}

async fn add_alone(writer: Writer, number: i64) {
    let mut turn = writer.begin().await.unwrap();
    add(&mut turn, number).await.unwrap();
    turn.commit().await.unwrap();
}

#[tokio::test]
async fn who_waits_in_line_is_committed_with_the_first() {
    let bench = Bench::new().await;
    let behind = (1..20).map(|number| add_alone(bench.writer.clone(), number)).collect();
    let (mut first, tasks) = bench.with_line(behind).await;
    add(&mut first, 0).await.unwrap();
    first.commit().await.unwrap();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(bench.numbers().await, (0..20).collect::<Vec<_>>());
    assert_eq!(bench.commits.load(Ordering::SeqCst), 1, "one write to the disk for all");
}

#[tokio::test]
async fn alone_nobody_waits_and_each_commit_is_durable() {
    let bench = Bench::new().await;
    for number in 0..3 {
        add_alone(bench.writer.clone(), number).await;
        assert_eq!(bench.numbers().await.len() as i64, number + 1);
    }
    assert_eq!(bench.commits.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn a_commit_returns_when_a_reader_sees_it_and_not_before() {
    let bench = Bench::new().await;
    let (mut first, tasks) = bench.with_line(vec![add_alone(bench.writer.clone(), 2)]).await;
    add(&mut first, 1).await.unwrap();
    assert_eq!(bench.numbers().await, Vec::<i64>::new());
    first.commit().await.unwrap();
    assert_eq!(bench.numbers().await, [1, 2]);
    for task in tasks {
        task.await.unwrap();
    }
}

#[tokio::test]
async fn one_that_fails_or_is_dropped_takes_nothing_of_the_others_with_it() {
    let bench = Bench::new().await;
    let writer = bench.writer.clone();
    let fails = async move {
        let mut turn = writer.begin().await.unwrap();
        add(&mut turn, 5).await.unwrap();
        assert!(add(&mut turn, 1).await.is_err(), "there is a 1 already, in this very group");
    };
    let (mut first, tasks) = bench.with_line(vec![fails]).await;
    add(&mut first, 1).await.unwrap();
    first.commit().await.unwrap();
    for task in tasks {
        task.await.unwrap();
    }
    add_alone(bench.writer.clone(), 2).await;
    assert_eq!(bench.numbers().await, [1, 2]);
}

#[tokio::test]
async fn after_one_that_fails_others_go_on_in_the_same_group() {
    let bench = Bench::new().await;
    let of = |number, goes_wrong| {
        let writer = bench.writer.clone();
        async move {
            let mut turn = writer.begin().await.unwrap();
            add(&mut turn, number).await.unwrap();
            if goes_wrong {
                add(&mut turn, 1).await.unwrap_err();
            } else {
                turn.commit().await.unwrap();
            }
        }
    };
    let behind = vec![of(5, true), of(2, false), of(6, true), of(3, false)];
    let (mut first, tasks) = bench.with_line(behind).await;
    add(&mut first, 1).await.unwrap();
    first.commit().await.unwrap();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(bench.numbers().await, [1, 2, 3]);
    assert_eq!(bench.commits.load(Ordering::SeqCst), 1);
}

/// Those that are rolled back count as well: the first of a group waits for them.
#[tokio::test]
async fn a_long_line_is_committed_in_groups() {
    let bench = Bench::new().await;
    let of = |number| {
        let writer = bench.writer.clone();
        async move {
            let mut turn = writer.begin().await.unwrap();
            add(&mut turn, number).await.unwrap();
            if number % 2 == 0 {
                turn.commit().await.unwrap();
            }
        }
    };
    let count = 2 * MOST as i64;
    let (mut first, tasks) = bench.with_line((1..=count).map(of).collect()).await;
    add(&mut first, 0).await.unwrap();
    first.commit().await.unwrap();
    for task in tasks {
        task.await.unwrap();
    }
    add_alone(bench.writer.clone(), count + 2).await;
    assert_eq!(bench.numbers().await, (0..=count + 2).step_by(2).collect::<Vec<_>>());
    assert_eq!(
        bench.commits.load(Ordering::SeqCst),
        4,
        "two full groups, the last of the line, and one alone"
    );
}

/// SQLite may roll the whole group back then.
#[tokio::test]
async fn a_full_disk_is_told_to_all_whose_writes_are_lost() {
    let bench = Bench::new().await;
    let writer = bench.writer.clone();
    let fills_it = async move {
        let mut turn = writer.begin().await.unwrap();
        write(&mut turn, "PRAGMA max_page_count = 8").await.unwrap();
        write(&mut turn, "CREATE TABLE c (x BLOB)").await.unwrap();
        let error = write(&mut turn, "INSERT INTO c VALUES (zeroblob(1000000))").await.unwrap_err();
        assert!(error.to_string().contains("full"), "{error}");
    };
    let (mut first, tasks) = bench.with_line(vec![fills_it]).await;
    add(&mut first, 1).await.unwrap();
    let told = first.commit().await;
    for task in tasks {
        task.await.unwrap();
    }
    add_alone(bench.writer.clone(), 2).await;
    assert_eq!(bench.numbers().await, if told.is_ok() { vec![1, 2] } else { vec![2] });
}

#[tokio::test]
async fn a_place_that_is_left_holds_up_nobody() {
    let bench = Bench::new().await;
    let mut first = bench.writer.begin().await.unwrap();
    add(&mut first, 1).await.unwrap();
    let mut commit = {
        let mut waits = Box::pin(bench.writer.begin());
        assert!(waits.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        let mut commit = Box::pin(first.commit());
        // The writer, the place and the turn know the group, until the turn is over.
        while Arc::strong_count(&bench.writer.0.group) > 2 {
            assert!(commit.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
            tokio::task::yield_now().await;
        }
        commit
    };
    assert!(pin!(&mut commit).await.is_ok());
    assert_eq!(bench.numbers().await, [1]);
}

#[tokio::test]
async fn who_gives_up_waiting_for_a_commit_takes_nothing_of_the_others_with_it() {
    let bench = Bench::new().await;
    let writer = bench.writer.clone();
    let gives_up = async move {
        let mut turn = writer.begin().await.unwrap();
        add(&mut turn, 2).await.unwrap();
        let mut commit = Box::pin(turn.commit());
        assert!(commit.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    };
    let (mut first, tasks) = bench.with_line(vec![gives_up]).await;
    add(&mut first, 1).await.unwrap();
    first.commit().await.unwrap();
    for task in tasks {
        task.await.unwrap();
    }
    add_alone(bench.writer.clone(), 3).await;
    assert_eq!(bench.numbers().await, [1, 2, 3], "what was to be committed is, heard of or not");
}

#[tokio::test]
async fn a_commit_that_fails_is_told_to_everyone() {
    let bench = Bench::new().await;
    let writer = bench.writer.clone();
    let lacks_its_parent = async move {
        let mut turn = writer.begin().await.unwrap();
        write(&mut turn, "INSERT INTO b (n) VALUES (99)").await.unwrap();
        assert!(turn.commit().await.is_err());
    };
    let (mut first, tasks) = bench.with_line(vec![lacks_its_parent]).await;
    add(&mut first, 1).await.unwrap();
    let told = first.commit().await.unwrap_err();
    assert!(told.to_string().contains("FOREIGN KEY"), "the cause is told: {told}");
    for task in tasks {
        task.await.unwrap();
    }
    add_alone(bench.writer.clone(), 2).await;
    assert_eq!(bench.numbers().await, [2]);
}

/// Collects the log lines of level `ERROR` until the guard is dropped.
fn errors() -> (Arc<std::sync::Mutex<Vec<u8>>>, tracing::subscriber::DefaultGuard) {
    struct Lines(Arc<std::sync::Mutex<Vec<u8>>>);
    impl io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let lines = Arc::default();
    let written = Arc::clone(&lines);
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::ERROR)
        .with_writer(move || Lines(Arc::clone(&written)))
        .finish();
    (lines, tracing::subscriber::set_default(subscriber))
}

/// Drops a future when it waits for the so-many-th time; returns whether it had ended before.
async fn dropped_at(wait: usize, future: impl Future) -> bool {
    let (mut future, mut waits) = (Box::pin(future), 0);
    std::future::poll_fn(|context| match future.as_mut().poll(context) {
        Poll::Ready(_) => Poll::Ready(true),
        Poll::Pending => {
            waits += 1;
            if waits == wait { Poll::Ready(false) } else { Poll::Pending }
        }
    })
    .await
}

#[tokio::test]
async fn a_transaction_dropped_at_any_statement_loses_nothing_and_logs_no_error() {
    let bench = Bench::new().await;
    let (errors, _guard) = errors();
    let mut wait = 1;
    while !dropped_at(wait, add_alone(bench.writer.clone(), 1000 + wait as i64)).await {
        add_alone(bench.writer.clone(), wait as i64).await;
        wait += 1;
    }
    assert!(wait > 2, "begin and commit are waited for");
    let numbers = bench.numbers().await;
    assert_eq!(numbers.into_iter().filter(|number| *number < 1000).count(), wait - 1);
    let errors = String::from_utf8(errors.lock().unwrap().clone()).unwrap();
    assert_eq!(errors, "");
}

#[tokio::test]
async fn a_turn_alone_that_is_dropped_at_the_commit_of_others_loses_none_of_their_writes() {
    let bench = Bench::new().await;
    let (errors, _guard) = errors();
    let mut first = bench.writer.begin().await.unwrap();
    add(&mut first, 1).await.unwrap();
    let mut alone = Box::pin(bench.writer.alone());
    assert!(alone.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending(), "it waits in line");
    let mut commit = Box::pin(first.commit());
    while Arc::strong_count(&bench.writer.0.group) > 2 {
        assert!(commit.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        tokio::task::yield_now().await;
    }
    assert!(alone.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending(), "it commits");
    drop(alone);
    commit.await.unwrap();
    add_alone(bench.writer.clone(), 2).await;
    assert_eq!(bench.numbers().await, [1, 2]);
    let errors = String::from_utf8(errors.lock().unwrap().clone()).unwrap();
    assert_eq!(errors, "");
}

#[tokio::test]
async fn after_the_end_there_is_no_turn() {
    let bench = Bench::new().await;
    add_alone(bench.writer.clone(), 1).await;
    bench.writer.close().await;
    assert!(matches!(bench.writer.begin().await, Err(Error::PoolClosed)));
    assert_eq!(bench.numbers().await, [1]);
}
