//! PostgreSQL over a network: servers that do not prove who they are, and connections that die without a word.

use std::{
    io::{Read as _, Write as _},
    net::SocketAddr,
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use accountcreator::store::*;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream, UnixStream},
    sync::watch,
    task::JoinSet,
};

use crate::{
    postgres::{Cluster, Tls, database_of},
    support::*,
};

/// The time within which every call has an answer, whatever the network does.
const NOTICED: Duration = Duration::from_secs(6);

/// A network between a store and the server's socket.
struct Network {
    address: SocketAddr,
    state: Arc<watch::Sender<State>>,
}

#[derive(Clone, Copy, Default)]
struct State {
    /// Connections that are younger than this carry bytes; the older ones carry none and stay open.
    alive_from: usize,
}

impl Network {
    async fn before(cluster: &Cluster) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let socket = PathBuf::from(cluster.directory()).join(".s.PGSQL.5432");
        let state = Arc::new(watch::Sender::new(State::default()));
        let states = Arc::clone(&state);
        tokio::spawn(async move {
            for number in 0.. {
                let (near, _) = listener.accept().await.unwrap();
                let far = UnixStream::connect(&socket).await.unwrap();
                tokio::spawn(carry(near, far, number, states.subscribe()));
                states.send_modify(|_| {});
            }
        });
        Self { address, state }
    }

    /// From now on only connections with this number and later ones carry anything.
    fn keep_from(&self, alive_from: usize) {
        self.state.send_replace(State { alive_from });
    }

    fn url(&self, direct: &str) -> String {
        format!("postgres://postgres@{}/{}", self.address, database_of(direct))
    }
}

async fn carry(mut near: TcpStream, mut far: UnixStream, number: usize, mut state: watch::Receiver<State>) {
    let (mut out, mut back) = (vec![0; 16 * 1024], vec![0; 16 * 1024]);
    loop {
        let _ = state.wait_for(|state| number >= state.alive_from).await;
        tokio::select! {
            biased;
            _ = state.changed() => {}
            read = near.read(&mut out) => match read {
                Ok(count @ 1..) => far.write_all(&out[..count]).await.unwrap(),
                _ => return,
            },
            read = far.read(&mut back) => match read {
                Ok(count @ 1..) => if near.write_all(&back[..count]).await.is_err() { return },
                _ => return,
            },
        }
    }
}

/// Writes so many signups at once; how many were taken, and the longest that one took.
async fn write(db: &Db, store: &Store, count: usize) -> (usize, Duration) {
    let mut writes = JoinSet::new();
    for _ in 0..count {
        let request =
            db.request(&format!("{}@uni.edu", accountcreator::domain::SignupId::random(&db.entropy)));
        let store = store.clone();
        writes.spawn(async move {
            let start = Instant::now();
            let written = store.insert_signup(&request).await;
            assert!(written.as_ref().err().is_none_or(StoreError::is_transient), "{written:?}");
            (written.is_ok(), start.elapsed())
        });
    }
    let all = writes.join_all().await;
    (
        all.iter().filter(|(is_written, _)| *is_written).count(),
        all.iter().map(|(_, took)| *took).max().unwrap(),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_that_die_silently_are_replaced_within_seconds() {
    let Some(db) = Db::postgres().await else { return };
    let network = Network::before(Cluster::shared().unwrap()).await;
    let settings = Database::new(network.url(&db.direct), 8);
    let store = Store::open(&settings).await.unwrap();
    assert_eq!(write(&db, &store, 20).await.0, 20);

    network.keep_from(1000);
    let (written, longest) = write(&db, &store, 8).await;
    assert_eq!(written, 0, "nothing gets through");
    assert!(longest < NOTICED, "{longest:?}");

    network.keep_from(0);
    assert_eq!(write(&db, &store, 20).await.0, 20);
    // The idle connections are dead, new ones are not.
    network.keep_from(8);
    let (written, longest) = write(&db, &store, 20).await;
    assert_eq!(written, 20);
    assert!(longest < NOTICED, "{longest:?}");
    assert_eq!(write(&db, &store, 20).await.0, 20);
}

/// The answer to a statement is lost: the caller is told, and the connection is not used again.
#[tokio::test(flavor = "multi_thread")]
async fn a_statement_whose_answer_is_lost_is_given_up() {
    let Some(db) = Db::postgres().await else { return };
    let network = Network::before(Cluster::shared().unwrap()).await;
    let settings = Database::new(network.url(&db.direct), 1);
    let store = Store::open(&settings).await.unwrap();
    let mut other = PgConnection::connect(&db.direct).await.unwrap();
    let mut lock = other.begin().await.unwrap();
    lock.execute("LOCK TABLE signup").await.unwrap();
    let (writing, start) = (write(&db, &store, 1), Instant::now());
    let cut = async {
        until(&db, "SELECT pid::TEXT FROM pg_locks WHERE NOT granted AND relation = 'signup'::regclass")
            .await;
        network.keep_from(1);
        lock.commit().await.unwrap();
    };
    let ((written, _), ()) = tokio::join!(writing, cut);
    assert_eq!(written, 0);
    assert!(start.elapsed() < NOTICED, "{:?}", start.elapsed());
    assert_eq!(write(&db, &store, 5).await.0, 5, "the only place is free again");
}

/// A commit that nobody waits for any more keeps its place while the server is at work on it.
#[tokio::test(flavor = "multi_thread")]
async fn a_commit_under_way_keeps_its_place() {
    const WAIT: &str = "CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS \
         'BEGIN PERFORM pg_advisory_xact_lock(7); RETURN NULL; END'";
    const AT_COMMIT: &str = "CREATE CONSTRAINT TRIGGER wait AFTER INSERT ON signup DEFERRABLE INITIALLY DEFERRED \
         FOR EACH ROW EXECUTE FUNCTION wait()";
    const WAITING: &str = "SELECT pid::TEXT FROM pg_locks WHERE NOT granted AND locktype = 'advisory' \
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    let Some(db) = Db::postgres().await else { return };
    let store = Store::open(&Database::new(db.direct.clone(), 1)).await.unwrap();
    let mut other = PgConnection::connect(&db.direct).await.unwrap();
    for sql in [WAIT, AT_COMMIT, "SELECT pg_advisory_lock(7)"] {
        other.execute(sql).await.unwrap();
    }
    tokio::select! {
        _ = write(&db, &store, 1) => panic!("the commit waits"),
        () = until(&db, WAITING) => {}
    }
    let early = tokio::time::timeout(Duration::from_millis(500), store.ping()).await;
    assert!(early.is_err(), "the only place is taken");
    other.execute("SELECT pg_advisory_unlock(7)").await.unwrap();
    store.ping().await.unwrap();
    assert_eq!(db.raw("SELECT COUNT(*)::TEXT FROM signup").await, [Some("1".to_owned())]);
}

/// Waits until a query answers with a row.
async fn until(db: &Db, sql: &str) {
    let answered = async {
        while db.raw(sql).await.is_empty() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), answered).await.expect(sql);
}

#[tokio::test]
async fn a_server_that_is_not_there_is_named() {
    let address = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let url = format!("postgres://u:secret@{address}/name");
    let error = Store::open(&Database::new(url, 1)).await.unwrap_err();
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert!(cause.contains(&format!("connection refused at {address}")), "{cause}");
}

/// Returns whether an error says that the server does not prove its name, and what to do.
fn is_untrusted(error: &StoreError) -> bool {
    let cause = std::error::Error::source(error).unwrap().to_string();
    error.is_transient()
        && ["does not prove", "sslrootcert", "sslmode"].iter().all(|word| cause.contains(word))
}

/// Linux takes 0.0.0.0 for this host, but it is no loopback address.
fn elsewhere(port: u16, user: &str, query: &str) -> Database {
    Database::new(format!("postgres://{user}@0.0.0.0:{port}/postgres{query}"), 1)
}

/// Answers one client that it has no TLS, and returns all that the client sent.
fn without_tls() -> (u16, std::thread::JoinHandle<Vec<u8>>) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = std::thread::spawn(move || {
        let (mut client, _) = listener.accept().unwrap();
        let mut request = [0; 8];
        client.read_exact(&mut request).unwrap();
        client.write_all(b"N").unwrap();
        let mut further = [0; 1024];
        let count = client.read(&mut further).unwrap_or(0);
        [&request[..], &further[..count]].concat()
    });
    (port, server)
}

#[tokio::test]
async fn a_server_without_tls_learns_nothing_unless_that_is_written() {
    let ask_for_tls = [0, 0, 0, 8, 4, 210, 22, 47];
    let (port, server) = without_tls();
    let error = Store::open(&elsewhere(port, "signup:hush", "")).await.unwrap_err();
    assert!(is_untrusted(&error), "{error:?}");
    assert_eq!(server.join().unwrap(), ask_for_tls);

    let (port, server) = without_tls();
    Store::open(&elsewhere(port, "signup:hush", "?sslmode=prefer")).await.unwrap_err();
    let sent = server.join().unwrap();
    assert!(sent.len() > 8 && sent.windows(6).any(|bytes| bytes == b"signup"), "what was written is obeyed");
}

#[test]
fn what_a_written_sslmode_means_is_told() {
    let weakness = |host: &str, query: &str| {
        let url = format!("postgres://u:secret@{host}/name{query}");
        Database::new(url, 1).transport_weakness().unwrap()
    };
    for mode in ["disable", "allow", "prefer", "require", "verify-ca"] {
        let told = weakness("db.example.edu", &format!("?sslmode={mode}")).unwrap();
        assert!(told.contains(mode) && !told.contains("secret"), "{told}");
    }
    for (host, query) in [
        ("db.example.edu", ""),
        ("db.example.edu", "?sslmode=verify-full"),
        ("localhost", "?sslmode=disable"),
        ("[::1]", ""),
        ("127.0.0.2", "?sslmode=prefer"),
        ("localhost", "?host=/var/run/postgresql&sslmode=disable"),
    ] {
        assert_eq!(weakness(host, query), None, "{host} {query}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_proves_its_name_by_a_certificate_of_the_ca_that_is_named() {
    let mut ca = CertificateParams::default();
    ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let ca = CertifiedIssuer::self_signed(ca, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec!["0.0.0.0".to_owned()]).unwrap();
    let certificate = params.signed_by(&key, &ca).unwrap().pem();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let Some(server) = Cluster::with_tls(&Tls { key: key.serialize_pem(), certificate, port }) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ca.pem");
    std::fs::write(&file, ca.pem()).unwrap();
    let (named, root) = (format!("?sslrootcert={}", file.display()), file.display());

    let store = Store::open(&elsewhere(port, "postgres", &named)).await.unwrap();
    let encrypted = "SELECT ssl::TEXT FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) \
                     WHERE application_name = 'accountcreator'";
    let mut admin = PgConnection::connect(&server.socket_url(port)).await.unwrap();
    let answer: Vec<String> =
        sqlx::query_scalar(AssertSqlSafe(encrypted)).fetch_all(&mut admin).await.unwrap();
    assert_eq!(answer, ["true"]);
    store.close().await;

    let refused = async |settings: Database| {
        let error = Store::open(&settings).await.unwrap_err();
        assert!(is_untrusted(&error), "{error:?}");
    };
    refused(elsewhere(port, "postgres", "")).await;
    let other_name =
        format!("postgres://postgres@127.0.0.1:{port}/postgres?sslmode=verify-full&sslrootcert={root}");
    refused(Database::new(other_name, 1)).await;

    for (host, query) in [("0.0.0.0", "?sslmode=require"), ("127.0.0.1", "")] {
        let url = format!("postgres://postgres@{host}:{port}/postgres{query}");
        Store::open(&Database::new(url, 1)).await.unwrap().close().await;
    }
}
