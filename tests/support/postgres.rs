//! A PostgreSQL server of the tests' own: made in a temporary directory, reached by a socket in it, gone
//! with the process that started it.
//!
//! Include it by path, and `skipped.rs` beside it: `#[path = "../support/postgres.rs"] mod postgres;`.

use std::{
    fs,
    io::{BufRead, BufReader},
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

use super::skipped::skip;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

const NONE: &str = "there is no PostgreSQL in /usr/lib/postgresql";

/// A running server. It stops when this is dropped, and also when the test process ends in any way: a
/// keeper process waits for the end of its standard input.
pub struct Cluster {
    directory: String,
    keeper: Child,
    /// Closing it stops the server.
    leash: Option<ChildStdin>,
}

/// The collation rules of a language show what would break without byte order on the keys.
const KEEPER: &str = r#"
set -eu
trap '' INT
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
make() { "$0/initdb" -D "$directory/data" -U postgres -A trust -E UTF8 --no-sync "$@" >"$directory/log" 2>&1; }
copy() { "$0/pg_basebackup" -h "$1" -U postgres -D "$directory/data" -c fast --no-sync >"$directory/log" 2>&1; }
if [ "$#" -gt 0 ]; then
    copy "$1" && touch "$directory/data/standby.signal" || { cat "$directory/log" >&2; exit 1; }
else
    make --locale-provider=icu --icu-locale=en || make --no-locale || { cat "$directory/log" >&2; exit 1; }
fi
network="-c listen_addresses="
if [ -n "${TLS_PORT:-}" ]; then
    (umask 077; printf %s "$TLS_KEY" >"$directory/key.pem"; printf %s "$TLS_CERTIFICATE" >"$directory/cert.pem")
    network="-c listen_addresses=127.0.0.1 -c port=$TLS_PORT -c ssl=on"
    network="$network -c ssl_cert_file=$directory/cert.pem -c ssl_key_file=$directory/key.pem"
fi
"$0/pg_ctl" start -w -D "$directory/data" -l "$directory/log" \
    -o "-k $directory $network -c fsync=off -c max_connections=300" >/dev/null \
    || { cat "$directory/log" >&2; exit 1; }
echo "$directory"
cat >/dev/null
"$0/pg_ctl" stop -m immediate -w -D "$directory/data" >/dev/null
"#;

/// Few server connections for many clients: transactions of all of them take turns on each. `auth_type=trust` wants
/// every name in a file.
const POOLER_KEEPER: &str = r#"
set -eu
trap '' INT
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
echo '"postgres" ""' >"$directory/users"
cat >"$directory/pgbouncer.ini" <<END
[databases]
* = host=$1
[pgbouncer]
listen_port = 6432
unix_socket_dir = $directory
auth_type = trust
auth_file = $directory/users
pool_mode = transaction
ignore_startup_parameters = $IGNORED
default_pool_size = 3
max_client_conn = 1000
END
"$0" -q "$directory/pgbouncer.ini" >"$directory/log" 2>&1 &
pooler=$!
until [ -S "$directory/.s.PGSQL.6432" ]; do
    kill -0 "$pooler" 2>/dev/null || { cat "$directory/log" >&2; exit 1; }
    sleep 0.05
done
echo "$directory"
cat >/dev/null
kill "$pooler"
wait "$pooler" || true
"#;

/// A running PgBouncer in transaction mode before a server. It stops as a [`Cluster`] does.
pub struct Pooler {
    directory: String,
    keeper: Child,
    leash: Option<ChildStdin>,
}

impl Pooler {
    /// The pooler before the server that all tests of this binary share, where both are installed.
    ///
    /// # Panics
    /// As [`Cluster::shared`].
    #[allow(dead_code, reason = "not every test binary has a pooler")]
    pub fn shared() -> Option<&'static Self> {
        static SHARED: OnceLock<Option<Pooler>> = OnceLock::new();
        SHARED.get_or_init(|| Self::that_ignores("")).as_ref()
    }

    /// A pooler that ignores these parameters at the start of a connection.
    ///
    /// # Panics
    /// As [`Cluster::shared`].
    #[allow(dead_code, reason = "not every test binary has a pooler")]
    pub fn that_ignores(parameters: &str) -> Option<Self> {
        let (program, server) = (Path::new("/usr/sbin/pgbouncer"), Cluster::shared()?);
        if !program.exists() {
            skip("PGBOUNCER", "there is no PgBouncer in /usr/sbin");
            return None;
        }
        let variables = [("IGNORED", parameters)];
        let (directory, keeper, leash) = keep(POOLER_KEEPER, program, Some(server.directory()), &variables);
        Some(Self { directory, keeper, leash })
    }

    /// The address of the same database through the pooler.
    #[allow(dead_code, reason = "not every test binary has a pooler")]
    pub fn url(&self, direct: &str) -> String {
        let database = database_of(direct);
        format!("postgres://postgres@localhost:6432/{database}?host={}", self.directory)
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        drop(self.leash.take());
        let _ = self.keeper.wait();
    }
}

/// A key, the certificate for it, and the port to serve it on.
#[allow(dead_code, reason = "not every test binary has TLS")]
pub struct Tls {
    pub key: String,
    pub certificate: String,
    pub port: u16,
}

impl Cluster {
    /// The server that all tests of this binary share, if there is PostgreSQL on this machine.
    ///
    /// # Panics
    /// Where there is none although `ACCOUNTCREATOR_REQUIRE_POSTGRES` is `1`, or where it does not start.
    pub fn shared() -> Option<&'static Self> {
        static SHARED: OnceLock<Option<Cluster>> = OnceLock::new();
        let start = || programs().map(|programs| Self::launch(&programs, None, &[]));
        let shared = SHARED.get_or_init(start).as_ref();
        if shared.is_none() {
            skip("POSTGRES", NONE);
        }
        shared
    }

    /// A server of its own, for tests that stop it.
    ///
    /// # Panics
    /// As [`Cluster::shared`].
    #[allow(dead_code, reason = "not every test binary stops one")]
    pub fn start() -> Option<Self> {
        let Some(programs) = programs() else {
            skip("POSTGRES", NONE);
            return None;
        };
        Some(Self::launch(&programs, None, &[]))
    }

    /// A server of its own that serves TLS on 127.0.0.1, besides its socket.
    ///
    /// # Panics
    /// Where it does not start.
    #[allow(dead_code, reason = "not every test binary has TLS")]
    pub fn with_tls(tls: &Tls) -> Option<Self> {
        let port = tls.port.to_string();
        let variables = [("TLS_KEY", &*tls.key), ("TLS_CERTIFICATE", &tls.certificate), ("TLS_PORT", &port)];
        Cluster::shared()?;
        Some(Self::launch(&programs()?, None, &variables))
    }

    /// A standby with everything that this server has by now. Nothing later reaches it.
    #[allow(dead_code, reason = "not every test binary has a failover")]
    pub fn standby(&self) -> Self {
        Self::launch(&programs().expect("this server runs"), Some(&self.directory), &[])
    }

    /// Makes this standby a server that is written to.
    #[allow(dead_code, reason = "not every test binary has a failover")]
    pub async fn promote(&self) {
        let mut admin = PgConnection::connect(&self.url("postgres")).await.expect("the server answers");
        admin.execute("SELECT pg_promote()").await.expect("the standby is promoted");
        admin.close().await.expect("the connection closes");
    }

    /// Where clients find its socket.
    #[allow(dead_code, reason = "not every test binary has a failover")]
    pub fn directory(&self) -> &str {
        &self.directory
    }

    fn launch(programs: &Path, primary: Option<&str>, variables: &[(&str, &str)]) -> Self {
        let (directory, keeper, leash) = keep(KEEPER, programs, primary, variables);
        Self { directory, keeper, leash }
    }

    /// The address of a database on this server.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://postgres@localhost/{database}?host={}", self.directory)
    }

    /// The address of the database of a server with a port of its own, past TLS.
    #[allow(dead_code, reason = "not every test binary has TLS")]
    pub fn socket_url(&self, port: u16) -> String {
        format!("postgres://postgres@localhost:{port}/postgres?host={}", self.directory)
    }

    /// The address of a new, empty database.
    pub async fn fresh_database(&self) -> String {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("test_{}", COUNT.fetch_add(1, Ordering::Relaxed));
        let mut admin = PgConnection::connect(&self.url("postgres")).await.expect("the server answers");
        let create = AssertSqlSafe(format!("CREATE DATABASE {name}"));
        admin.execute(create).await.expect("a database is made");
        admin.close().await.expect("the connection closes");
        self.url(&name)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.leash.take());
        let _ = self.keeper.wait();
    }
}

/// The name of the database in an address of this file's making.
#[allow(dead_code, reason = "not every test binary has a pooler")]
pub fn database_of(url: &str) -> &str {
    let path = url.split_once('?').map_or(url, |(path, _)| path);
    path.rsplit_once('/').expect("the address names a database").1
}

/// Starts a script that starts a server; says its directory once the server answers.
fn keep(
    script: &str,
    program: &Path,
    argument: Option<&str>,
    variables: &[(&str, &str)],
) -> (String, Child, Option<ChildStdin>) {
    let mut command = unprivileged();
    command.arg("-c").arg(script).arg(program).args(argument).current_dir("/").env_remove("TMPDIR");
    command.envs(variables.iter().copied());
    let mut keeper = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("a shell starts");
    let directory = first_line(keeper.stdout.take().expect("a pipe"));
    assert!(!directory.is_empty(), "the server does not start; its log is above");
    let leash = keeper.stdin.take();
    (directory, keeper, leash)
}

/// The programs of the newest PostgreSQL where Debian puts it.
fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").ok()?;
    versions
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let version: u32 = entry.file_name().to_str()?.parse().ok()?;
            let programs = entry.path().join("bin");
            programs.join("initdb").exists().then_some((version, programs))
        })
        .max()
        .map(|(_, programs)| programs)
}

/// A shell. PostgreSQL refuses to run as root: there it is one of the user that its package made.
fn unprivileged() -> Command {
    let id = |arguments: &[&str]| {
        let said = Command::new("id").args(arguments).output().expect("id answers").stdout;
        String::from_utf8_lossy(&said).trim().parse::<u32>().expect("an id is a number")
    };
    let mut shell = Command::new("sh");
    if id(&["-u"]) == 0 {
        shell.uid(id(&["-u", "postgres"])).gid(id(&["-g", "postgres"]));
    }
    shell
}

fn first_line(output: ChildStdout) -> String {
    let mut line = String::new();
    BufReader::new(output).read_line(&mut line).expect("the keeper's output is text");
    line.trim_end().to_owned()
}
