//! Wake-ups between processes on one database.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use accountcreator::{domain::Clock, store::Store};
use tokio::task::JoinHandle;

use crate::{
    postgres::Pooler,
    support::{Database, Db, START},
};

/// The sessions that listen.
const LISTENING: &str = "FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN %'";

/// A process that listens. The test moves its clock.
struct Process {
    wakes: Arc<AtomicUsize>,
    clock: Clock,
    task: JoinHandle<()>,
}

impl Process {
    fn listen(store: &Store) -> Self {
        let (wakes, clock, store) = (Arc::<AtomicUsize>::default(), Clock::manual(START), store.clone());
        let task = tokio::spawn({
            let (wakes, clock) = (Arc::clone(&wakes), clock.clone());
            async move {
                let wake = || {
                    wakes.fetch_add(1, SeqCst);
                };
                store.listen_for_work(&clock, wake).await;
            }
        });
        Self { wakes, clock, task }
    }

    fn wakes(&self) -> usize {
        self.wakes.load(SeqCst)
    }

    /// Waits for a number of wakes while the clock goes on by this much again and again.
    async fn woken(&self, times: usize, step: Duration) {
        let woken = async {
            while self.wakes() < times {
                self.clock.advance(step);
                tokio::task::yield_now().await;
            }
        };
        soon(woken).await;
        assert_eq!(self.wakes(), times);
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn soon<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_mins(1), what).await.expect("it comes within a minute")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notification_reaches_every_process_of_the_database() {
    let Some(db) = Db::postgres().await else { return };
    let elsewhere = Db::postgres().await.unwrap();
    let others = [&db.store, &Store::open(&db.settings).await.unwrap()].map(Process::listen);
    let stranger = Process::listen(&elsewhere.store);
    for process in others.iter().chain([&stranger]) {
        process.woken(1, Duration::ZERO).await;
    }
    for times in 2..5 {
        Store::open(&db.settings).await.unwrap().notify_workers().await.unwrap();
        for process in &others {
            process.woken(times, Duration::ZERO).await;
        }
    }
    assert_eq!(stranger.wakes(), 1, "it has another database");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_connection_is_opened_again_with_the_login_of_now() {
    let Some(db) = Db::postgres().await else { return };
    db.raw("CREATE ROLE listening LOGIN SUPERUSER").await;
    let process = Process::listen(&db.store);
    process.woken(1, Duration::ZERO).await;
    let url = db.url().replacen("postgres@", "listening@", 1);
    db.store.renew_login(&Database { url: url.into(), ..db.settings.clone() }).unwrap();
    let who = format!("SELECT usename::text {LISTENING}");
    assert_eq!(db.raw(&who).await, [Some("postgres".to_owned())]);
    for times in [2, 4] {
        assert_eq!(db.raw(&format!("SELECT pg_terminate_backend(pid)::text {LISTENING}")).await.len(), 1);
        // A notification in between would be lost, so the worker has to look.
        process.woken(times, Duration::from_millis(100)).await;
        assert_eq!(db.raw(&who).await, [Some("listening".to_owned())]);
        db.store.notify_workers().await.unwrap();
        process.woken(times + 1, Duration::ZERO).await;
    }
}

/// The server refuses connections for a while, as it does during a failover.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_away_is_connected_to_once_it_is_back() {
    let Some(db) = Db::postgres().await else { return };
    let process = Process::listen(&db.store);
    process.woken(1, Duration::ZERO).await;
    let absent = db.url().replacen("postgres@", "absent@", 1);
    db.store.renew_login(&Database { url: absent.into(), ..db.settings.clone() }).unwrap();
    db.raw(&format!("SELECT pg_terminate_backend(pid)::text {LISTENING}")).await;
    let away = async {
        while process.clock.now().since(START) < Duration::from_mins(2) {
            process.clock.advance(Duration::from_secs(1));
            // Leaves the time to connect.
            db.raw("SELECT 'a moment'").await;
        }
    };
    soon(away).await;
    assert_eq!(process.wakes(), 1);
    db.store.renew_login(&db.settings).unwrap();
    process.woken(2, Duration::from_secs(10)).await;
    db.store.notify_workers().await.unwrap();
    process.woken(3, Duration::ZERO).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn through_a_pooler_a_process_notifies_and_does_not_listen() {
    let Some(db) = Db::postgres().await else { return };
    let direct = Process::listen(&Store::open(&Database::new(db.direct.clone(), 2)).await.unwrap());
    direct.woken(1, Duration::ZERO).await;
    let Some(strict) = Pooler::shared() else { return };
    let lenient = Pooler::that_ignores("options").unwrap();
    for (pooler, times) in [(strict, 2), (&lenient, 3)] {
        let store = Store::open(&Database::new(pooler.url(&db.direct), 2)).await.unwrap();
        let mut pooled = Process::listen(&store);
        soon(&mut pooled.task).await.unwrap();
        assert_eq!(pooled.wakes(), 0);
        assert_eq!(db.raw(&format!("SELECT pid::text {LISTENING}")).await.len(), 1, "only the direct one");
        store.notify_workers().await.unwrap();
        direct.woken(times, Duration::ZERO).await;
    }
}

#[tokio::test]
async fn sqlite_has_no_notifications() {
    let db = Db::sqlite().await;
    db.store.notify_workers().await.unwrap();
    let mut process = Process::listen(&db.store);
    soon(&mut process.task).await.unwrap();
    assert_eq!(process.wakes(), 0);
}
