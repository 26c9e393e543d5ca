//! Place of the database, and remedies for when it cannot be used.

use std::{
    fs,
    io::ErrorKind,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    time::Duration,
};

use rustix::{
    fs::{Access, AtFlags, CWD, StatVfsMountFlags, accessat, statvfs},
    process::geteuid,
};
use secrecy::ExposeSecret;
use sqlx::{Connection as _, Error, PgConnection, postgres::PgConnectOptions, sqlite::SqliteConnectOptions};

use super::{StoreError, postgres};
use crate::config;

/// Time limit for asking PostgreSQL why it gives no connection.
const ASK_FOR: Duration = Duration::from_secs(2);

/// Place of a database. `Server` holds the password, and is not shown.
pub(super) enum Place {
    File(PathBuf),
    Server(Box<PgConnectOptions>),
    Unknown,
}

impl config::Database {
    /// The file of an SQLite database; [`super::Store::open`] makes it where it is missing.
    #[must_use]
    pub fn file(&self) -> Option<PathBuf> {
        let url = self.url.expose_secret().trim();
        let options: SqliteConnectOptions = url.starts_with("sqlite:").then(|| url.parse().ok())??;
        Some(options.get_filename().to_owned())
    }

    /// Returns the reason for which this process cannot make the missing SQLite file; `None` where it can be made.
    #[must_use]
    pub fn creation_fault(&self) -> Option<String> {
        let folder = folder_of(&self.file()?);
        folder_fault(&folder).or_else(|| read_only_fault(&folder))
    }

    /// The owner of the SQLite file, if this process runs as root and the file belongs to another user.
    #[must_use]
    pub fn other_owner(&self) -> Option<String> {
        let owner = fs::metadata(self.file()?).ok()?.uid();
        (geteuid().is_root() && owner != 0).then(|| user_name(owner))
    }
}

impl Place {
    pub fn new(config: &config::Database) -> Self {
        if let Some(file) = config.file() {
            return Self::File(file);
        }
        match postgres::connect_options(config.url.expose_secret().trim()) {
            Ok(options) => Self::Server(Box::new(options)),
            Err(_) => Self::Unknown,
        }
    }

    /// Adds the cause of an error and what to do, if that can be found out. If no connection was free in time,
    /// PostgreSQL is asked for one to learn why.
    pub async fn explain(&self, error: StoreError) -> StoreError {
        let Self::Server(options) = self else { return self.explain_by_looking(error) };
        if !error.cause().is_some_and(|cause| is_late(cause.error())) {
            return self.explain_by_looking(error);
        }
        match tokio::time::timeout(ASK_FOR, PgConnection::connect_with(options)).await {
            Ok(Ok(connection)) => {
                let _ = connection.close_hard().await;
                self.explain_by_looking(error)
            }
            Ok(Err(reason)) => self.explain_by_looking(reason.into()),
            Err(_) => self.explain_by_looking(Error::Io(ErrorKind::TimedOut.into()).into()),
        }
    }

    /// The same without asking the server.
    pub fn explain_by_looking(&self, error: StoreError) -> StoreError {
        let Some(cause) = error.cause() else { return error };
        let words = match self {
            Self::File(file) => file_fault(file, cause.error(), error.code().as_deref()),
            Self::Server(options) => server_fault(options, cause.error()),
            Self::Unknown => None,
        };
        match words {
            Some(words) => error.explained(words),
            None => error,
        }
    }
}

/// Returns whether an error says no more than that it took too long.
fn is_late(error: &Error) -> bool {
    matches!(error, Error::PoolTimedOut)
        || matches!(error, Error::Io(error) if error.kind() == ErrorKind::TimedOut)
}

/// Returns whether a connection failed because TLS is not offered, or because of the certificate.
fn is_tls_fault(error: &Error) -> bool {
    match error {
        Error::Tls(_) => true,
        Error::Io(error) => {
            error.get_ref().is_some_and(|cause| cause.downcast_ref::<rustls::Error>().is_some())
        }
        _ => false,
    }
}

fn server_fault(options: &PgConnectOptions, error: &Error) -> Option<String> {
    let user = options.get_username();
    let name = options.get_database().unwrap_or(user);
    let (host, port) = (options.get_host(), options.get_port());
    let is_socket = host.starts_with('/') || options.get_socket().is_some();
    let folder = options.get_socket().map_or(host.into(), |folder| folder.to_string_lossy());
    let server = if is_socket { format!("{folder}/.s.PGSQL.{port}") } else { format!("{host}:{port}") };
    Some(match error {
        error if is_tls_fault(error) => format!(
            "{server} does not prove who it is ({error}); name the CA of its certificate in database.url with \
             sslrootcert=/path/to/ca.pem, write the host name that the certificate has, or choose a lesser sslmode there \
             on purpose"
        ),
        Error::Io(error) if !is_socket && error.kind() == ErrorKind::NotFound => format!(
            "a file that sslrootcert, sslcert or sslkey names cannot be read ({error}); correct database.url"
        ),
        Error::Io(error) if error.kind() == ErrorKind::ConnectionRefused => {
            format!("connection refused at {server}; start PostgreSQL there, or correct database.url")
        }
        Error::Io(error) if is_socket && error.kind() == ErrorKind::NotFound => {
            format!("there is no socket {server}; start PostgreSQL, or correct database.url")
        }
        Error::Io(error) if error.to_string().contains("failed to lookup address") => {
            format!(
                "the host name {host} of the database is unknown; correct database.url, or the name server"
            )
        }
        error if is_late(error) => format!(
            "no answer from {server} in time; check that PostgreSQL is reachable there, not overloaded, and that no \
             firewall is in between"
        ),
        Error::Io(error) => {
            format!("the connection to {server} is lost ({error}); check that PostgreSQL runs there")
        }
        Error::Database(fault) => {
            let said = fault.message();
            match fault.code()?.as_ref() {
                "28P01" => format!(
                    "password authentication failed for user {user} at {server}; correct the password in database.url"
                ),
                "28000" => format!(
                    "{server} does not admit user {user} ({said}); allow it in pg_hba.conf, or correct database.url"
                ),
                "3D000" => {
                    format!("there is no database {name} at {server}; create it: createdb -O {user} {name}")
                }
                "25006" => format!(
                    "the server {server} is read-only (a standby?); name the primary in database.url, or end \
                     default_transaction_read_only"
                ),
                "42501" => format!(
                    "user {user} may not do this in the database {name} at {server} ({said}); make it the owner: ALTER \
                     DATABASE {name} OWNER TO {user}, and of its tables"
                ),
                "55P03" => format!(
                    "another session at {server} holds a lock ({said}); wait until it is done, as a pg_dump is in the \
                     end, and try again"
                ),
                "53100" => format!("the disk of the server {server} is full; free space there"),
                "53300" => format!(
                    "{server} has no connection left; lower database.max_connections, or raise the server's \
                     max_connections"
                ),
                "57P01" | "57P02" | "57P03" => {
                    format!("{server} is starting or stopping ({said}); wait for it")
                }
                _ => return None,
            }
        }
        _ => return None,
    })
}

/// Describes the fault of the file as this process sees it.
fn file_fault(file: &Path, error: &Error, code: Option<&str>) -> Option<String> {
    const BUSY: i32 = 5;
    const FULL: i32 = 13;
    const NOT_A_DATABASE: i32 = 26;
    let is = |primary: i32| {
        code.and_then(|code| code.parse::<i32>().ok()).is_some_and(|code| code & 0xff == primary)
    };
    let is_full = |error: &Error| matches!(error, Error::Io(error) if error.kind() == ErrorKind::StorageFull);
    if is(BUSY) {
        let path = file.display();
        return Some(format!("another process keeps {path} locked; end it, or wait until it is done"));
    }
    if is(NOT_A_DATABASE) {
        let path = file.display();
        return Some(format!("{path} is no SQLite database; correct database.url, or move the file away"));
    }
    if matches!(error, Error::PoolTimedOut) {
        let path = file.display();
        return Some(format!(
            "other writes to {path} take too long; free its disk of other work, or use PostgreSQL"
        ));
    }
    let folder = folder_of(file);
    if is(FULL) || is_full(error) || has_no_space(&folder) {
        return Some(format!("no space is left for {}; free some on its file system", file.display()));
    }
    folder_missing(&folder)
        .or_else(|| read_only_fault(&folder))
        .or_else(|| files_of(file).iter().find_map(|file| permission_fault(file)))
        .or_else(|| folder_fault(&folder))
}

fn folder_of(file: &Path) -> PathBuf {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// The database and the files that SQLite keeps beside it.
fn files_of(file: &Path) -> [PathBuf; 3] {
    ["", "-wal", "-shm"].map(|suffix| {
        let mut name = file.as_os_str().to_owned();
        name.push(suffix);
        PathBuf::from(name)
    })
}

fn folder_missing(folder: &Path) -> Option<String> {
    let is_missing = fs::metadata(folder).is_err_and(|error| error.kind() == ErrorKind::NotFound);
    let (us, path) = (user_name(geteuid().as_raw()), folder.display());
    is_missing.then(|| {
        format!(
            "the folder {path} of the database does not exist; create it: install -d -o {us} -m 700 {path}"
        )
    })
}

/// SQLite makes files beside the database: the folder must be writable too.
fn folder_fault(folder: &Path) -> Option<String> {
    folder_missing(folder).or_else(|| permission_fault_of(folder, Access::WRITE_OK | Access::EXEC_OK, "rwx"))
}

fn permission_fault(file: &Path) -> Option<String> {
    permission_fault_of(file, Access::READ_OK | Access::WRITE_OK, "rw")
}

fn permission_fault_of(path: &Path, access: Access, bits: &str) -> Option<String> {
    // A file that is missing, or in a folder that may not be entered, has no owner to name.
    let metadata = fs::metadata(path).ok()?;
    if accessat(CWD, path, access, AtFlags::EACCESS).is_ok() {
        return None;
    }
    let (uid, owner, mode) = (geteuid().as_raw(), metadata.uid(), metadata.mode() & 0o7777);
    let (us, path) = (user_name(uid), path.display());
    let remedy =
        if owner == uid { format!("chmod u+{bits} {path}") } else { format!("as root: chown {us} {path}") };
    let owner = user_name(owner);
    Some(format!("user {us} may not write {path}, which belongs to {owner} (mode {mode:04o}); run {remedy}"))
}

fn read_only_fault(folder: &Path) -> Option<String> {
    let is_read_only = statvfs(folder).ok()?.f_flag.contains(StatVfsMountFlags::RDONLY);
    let path = folder.display();
    is_read_only.then(|| format!("the file system of {path} is mounted read-only; mount it for writing"))
}

fn has_no_space(folder: &Path) -> bool {
    statvfs(folder).is_ok_and(|stat| stat.f_bavail == 0)
}

/// The name of a user in `/etc/passwd`, else the number.
fn user_name(uid: u32) -> String {
    let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let named = users.lines().find_map(|line| {
        let mut fields = line.split(':');
        let (name, number) = (fields.next()?, fields.nth(1)?);
        (number.parse() == Ok(uid)).then(|| name.to_owned())
    });
    named.unwrap_or_else(|| uid.to_string())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn told(url: &str, error: Error) -> String {
        let error = Place::new(&config::Database::new(url, 1)).explain_by_looking(error.into());
        error.cause().unwrap().to_string()
    }

    #[test]
    fn a_server_is_named_without_its_password() {
        let url = "postgres://ada:hush@db.example.edu:5433/accounts";
        let refused = told(url, Error::Io(ErrorKind::ConnectionRefused.into()));
        assert!(refused.starts_with("connection refused at db.example.edu:5433;"), "{refused}");
        let late = told(url, Error::PoolTimedOut);
        assert!(late.starts_with("no answer from db.example.edu:5433 in time;"), "{late}");
        let socket =
            told("postgres://ada:hush@x/accounts?host=/run/pg", Error::Io(ErrorKind::NotFound.into()));
        assert!(socket.starts_with("there is no socket /run/pg/.s.PGSQL.5432;"), "{socket}");
        assert!(![refused, late, socket].concat().contains("hush"));
    }

    #[test]
    fn a_folder_that_is_missing_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/missing/a.db", folder.path().display());
        let words = told(&url, Error::Io(ErrorKind::NotFound.into()));
        let start = format!("the folder {}/missing of the database does not exist;", folder.path().display());
        assert!(words.starts_with(&start), "{words}");
    }

    #[test]
    fn users_have_names_or_numbers() {
        assert_eq!(user_name(0), "root");
        assert_eq!(user_name(3_999_999_999), "3999999999");
    }
}
