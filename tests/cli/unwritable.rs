//! A database that the service may not write: every command says why, with the path, the owner and what to do.
//!
//! The commands run as another user, or in a file system of their own: both take root.

use std::{
    fs,
    os::unix::fs::{MetadataExt, PermissionsExt, chown},
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::Value;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

use crate::{
    postgres::Cluster,
    serve::Serving,
    support::{Installation, Ran},
};

/// The user `nobody` of Debian.
const NOBODY: u32 = 65534;

/// Returns whether other users and mounts can be had; a skipped test says so.
#[allow(clippy::print_stderr, reason = "a skipped test should say so")]
fn is_root() -> bool {
    let is_root = fs::metadata("/proc/self").unwrap().uid() == 0;
    if !is_root {
        eprintln!("skipped: it takes root to run as another user and to mount");
    }
    is_root
}

/// An installation whose files everybody may read, and the program as everybody may run it.
fn installation() -> Installation {
    let installation = Installation::migrated();
    fs::copy(env!("CARGO_BIN_EXE_accountcreator"), installation.path("program")).unwrap();
    for name in ["", "program"] {
        fs::set_permissions(installation.path(name), PermissionsExt::from_mode(0o755)).unwrap();
    }
    installation
}

fn as_nobody(installation: &Installation, arguments: &[&str]) -> Ran {
    let mut command = Command::new("/usr/bin/setpriv");
    command.args(["--reuid", "65534", "--regid", "65534", "--clear-groups"]);
    command.arg(installation.path("program")).args(arguments).current_dir(installation.path(""));
    command.env_clear().env("ACCOUNTCREATOR_CONFIG", "config.toml").stdin(Stdio::null());
    Ran::of(&command.output().unwrap())
}

/// Each command that needs to write ends with these words. Where nothing is to be migrated, `migrate` writes nothing.
fn assert_told(installation: &Installation, words: &str) {
    assert_said(installation, &[&["serve"], &["migrate"], &["doctor", "--json"]], words);
}

fn assert_said(installation: &Installation, commands: &[&[&str]], words: &str) {
    for arguments in commands {
        let ran = as_nobody(installation, arguments);
        assert_ne!(ran.code, 0, "{arguments:?}");
        let said = format!("{}{}", ran.out, ran.err);
        assert!(said.contains(words), "{words}\nnot in what {arguments:?} says: {said}");
    }
    let findings = as_nobody(installation, &["doctor", "--json"]).json();
    let of_database = findings.as_array().unwrap().iter().find(|finding| finding["area"] == "database");
    assert_eq!(of_database.unwrap()["verdict"], "failure");
}

#[test]
fn files_and_folders_of_others_are_named_with_the_remedy() {
    if !is_root() {
        return;
    }
    let installation = installation();
    let (file, folder) = (installation.path("accounts.db"), installation.path(""));
    let folder = folder.to_str().unwrap().trim_end_matches('/').to_owned();
    let path = file.display().to_string();
    assert_told(
        &installation,
        &format!(
            "user nobody may not write {path}, which belongs to root (mode 0600); run as root: chown nobody {path}"
        ),
    );
    // SQLite makes files beside the database.
    chown(&file, Some(NOBODY), Some(NOBODY)).unwrap();
    assert_told(
        &installation,
        &format!(
            "user nobody may not write {folder}, which belongs to root (mode 0755); run as root: chown nobody {folder}"
        ),
    );
    chown(installation.path(""), Some(NOBODY), None).unwrap();
    fs::set_permissions(&file, PermissionsExt::from_mode(0o400)).unwrap();
    let words = format!("which belongs to nobody (mode 0400); run chmod u+rw {path}");
    assert_said(&installation, &[&["serve"], &["doctor", "--json"]], &words);
}

#[test]
fn doctor_as_root_names_the_user_whose_rights_count() {
    if !is_root() {
        return;
    }
    let installation = installation();
    let hints = || {
        let ran = installation.run(&["doctor", "--json"]);
        let findings = ran.json();
        let is_hint = |finding: &&Value| finding["verdict"] == "hint" && finding["area"] == "database";
        let hints = findings.as_array().unwrap().iter().filter(is_hint);
        hints.map(|finding| finding["remedy"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let remedy = "run this again by `runuser -u nobody -- accountcreator doctor`".to_owned();
    assert!(!hints().contains(&remedy), "root owns it");
    chown(installation.path("accounts.db"), Some(NOBODY), Some(NOBODY)).unwrap();
    assert!(hints().contains(&remedy), "{:?}", hints());
}

#[test]
fn a_database_that_cannot_be_made_fails_before_it_is_tried() {
    if !is_root() {
        return;
    }
    let installation = installation();
    let missing = installation.valid().replace("accounts.db", "none.db");
    installation.configure(&missing.replace("[database]\n", "[database]\nmigrate_on_start = true\n"));
    let folder = installation.path("").display().to_string();
    assert_told(&installation, &format!("user nobody may not write {}", folder.trim_end_matches('/')));
    let lost = installation.valid().replace("accounts.db", "lost/accounts.db");
    installation.configure(&lost.replace("[database]\n", "[database]\nmigrate_on_start = true\n"));
    assert_told(&installation, "lost of the database does not exist; create it: install -d -o nobody -m 700");
}

/// A shell in a file system of its own, 3 MB large, below `disk`: the database is in it.
fn on_a_small_disk(installation: &Installation, script: &str) -> Command {
    fs::create_dir_all(installation.path("disk")).unwrap();
    installation.configure(&installation.valid().replace("accounts.db", "disk/accounts.db"));
    let mut command = Command::new("/usr/bin/unshare");
    let script = format!("mount -t tmpfs -o size=3m none disk && ./program migrate >&2 && {script}");
    command.args(["-m", "/bin/sh", "-c", &script]).current_dir(installation.path(""));
    command.env_clear().env("PATH", "/usr/bin:/bin").env("ACCOUNTCREATOR_CONFIG", "config.toml");
    command.stdin(Stdio::null()).stdout(Stdio::null());
    command
}

/// The health of the running server, once it is as expected.
fn health(installation: &Installation, code: i32) -> Ran {
    let start = Instant::now();
    loop {
        let ran = installation.run(&["health"]);
        if ran.code == code {
            return ran;
        }
        assert!(start.elapsed() < Duration::from_secs(20), "out: {}\nerr: {}", ran.out, ran.err);
    }
}

#[test]
fn a_full_disk_is_noticed_and_so_is_its_end() {
    if !is_root() {
        return;
    }
    let installation = installation();
    let mut command = on_a_small_disk(&installation, "exec ./program serve");
    let place = format!("127.0.0.1:{}", installation.port);
    let mut serving = Serving::run(&mut command, &place);
    health(&installation, 0);
    let filler = format!("/proc/{}/root{}", serving.id(), installation.path("disk/filler").display());
    fill(Path::new(&filler));
    let ran = health(&installation, 1);
    let words =
        "is not ready (503 Service Unavailable): the database cannot be written: no space is left for";
    assert!(ran.err.contains(words) && ran.err.contains("disk/accounts.db"), "{}", ran.err);
    serving.logged("not ready");
    fs::remove_file(&filler).unwrap();
    health(&installation, 0);
    serving.logged("the database can be written again");
    drop(serving);

    let script = "{ head -c 9m /dev/zero > disk/filler; exec ./program doctor; }";
    let mut command = on_a_small_disk(&installation, script);
    let ran = Ran::of(&command.stdout(Stdio::piped()).output().unwrap());
    assert!(ran.out.contains("no space is left for"), "{}\n{}", ran.out, ran.err);
    assert_eq!(ran.code, 1);
}

/// Writes as long as there is room.
fn fill(file: &Path) {
    use std::io::Write as _;
    let mut filler = fs::File::create(file).unwrap();
    while filler.write_all(&[0; 512]).is_ok() {}
}

#[test]
fn a_disk_that_is_mounted_read_only_is_named() {
    if !is_root() {
        return;
    }
    let installation = installation();
    for command in ["serve", "doctor"] {
        let script = format!("mount -o remount,ro disk && exec ./program {command}");
        let mut command = on_a_small_disk(&installation, &script);
        let ran = Ran::of(&command.stdout(Stdio::piped()).output().unwrap());
        let said = format!("{}{}", ran.out, ran.err);
        assert!(said.contains("is mounted read-only; mount it for writing"), "{said}");
        assert_ne!(ran.code, 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_read_only_fails_the_same_everywhere() {
    let Some(cluster) = Cluster::shared() else { return };
    let url = cluster.fresh_database().await;
    let installation = Installation::new();
    let sqlite = installation.database_url();
    installation.configure(&installation.valid().replace(&sqlite, &url));
    installation.run(&["migrate"]).assert_code(0);
    let mut admin = PgConnection::connect(&url).await.unwrap();
    let name = url.split_once("localhost/").unwrap().1.split_once('?').unwrap().0;
    let statement = format!("ALTER DATABASE {name} SET default_transaction_read_only = on");
    admin.execute(AssertSqlSafe(statement)).await.unwrap();
    admin.close().await.unwrap();
    for arguments in [&["serve"][..], &["doctor"]] {
        let ran = installation.run(arguments);
        let said = format!("{}{}", ran.out, ran.err);
        assert!(said.contains("is read-only (a standby?)"), "{arguments:?}: {said}");
        assert_ne!(ran.code, 0);
    }
}
