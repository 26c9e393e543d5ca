//! `migrate`: what it applies, what it only says, what it leaves alone, and for whom it waits.

use std::{
    fs,
    io::{BufRead, BufReader, Read},
    process::Stdio,
};

use accountcreator::domain::Clock;
use sqlx::{AssertSqlSafe, Connection, Executor, SqliteConnection};

use crate::{
    serve::Serving,
    support::{Installation, Ran},
};

/// The files of the database.
fn files(installation: &Installation) -> Vec<String> {
    let entries = fs::read_dir(installation.path("")).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.starts_with("accounts.db")).collect()
}

#[test]
fn migrating_twice_changes_nothing_the_second_time() {
    let installation = Installation::new();
    let first = installation.run(&["migrate"]);
    first.assert_code(0);
    assert!(first.out.starts_with("applied migration 1 (signups)\n"), "{}", first.out);
    let second = installation.run(&["migrate"]);
    second.assert_code(0);
    assert_eq!(second.out, "the database is up to date\n");
    assert_eq!(installation.run(&["signups", "list"]).out, "no signups\n");
    assert_eq!(installation.run(&["signups", "list", "--json"]).out, "[]\n");
}

#[test]
fn before_the_migration_commands_name_it() {
    let installation = Installation::new();
    for command in [&["signups", "list"][..], &["signups", "retry", "--all"], &["serve"]] {
        let ran = installation.run(command);
        ran.assert_code(1);
        assert!(ran.err.contains("`accountcreator migrate`"), "{}", ran.err);
    }
}

#[test]
fn looking_writes_nothing() {
    let installation = Installation::new();
    let status = installation.run(&["migrate", "--status"]);
    status.assert_code(0);
    let lines: Vec<_> = status.out.lines().map(|line| line.split_whitespace().collect::<Vec<_>>()).collect();
    assert_eq!(
        lines[..2],
        [vec!["MIGRATION", "STATE", "APPLIED", "AT"], vec!["0001_signups", "pending", "-"]]
    );
    let count = lines.len() - 1;
    assert!(lines[1..].iter().all(|line| line[1] == "pending"), "{lines:?}");
    let dry = installation.run(&["migrate", "--dry-run"]);
    dry.assert_code(0);
    assert!(dry.out.starts_with("would apply migration 1 (signups)\n"), "{}", dry.out);
    assert_eq!(dry.out.lines().count(), count);
    assert_eq!(installation.run(&["migrate", "--dry-run", "--json"]).json()[0]["state"], "pending");
    assert_eq!(files(&installation), [""; 0], "not even a file is made");

    let applied = installation.run(&["migrate", "--json"]).json();
    assert_eq!(
        (applied[0]["name"].as_str(), applied.as_array().unwrap().len()),
        (Some("0001_signups"), count)
    );
    let before = fs::read(installation.path("accounts.db")).unwrap();
    let status = installation.run(&["migrate", "--status", "--json"]).json();
    assert_eq!(status, applied);
    assert_eq!(status[0]["state"], "applied");
    assert!(status[0]["applied_at"].as_str().unwrap().ends_with('Z'), "{status}");
    assert_eq!(installation.run(&["migrate", "--dry-run"]).out, "the database is up to date\n");
    assert_eq!(installation.run(&["migrate", "--dry-run", "--json"]).out, "[]\n");
    assert_eq!(files(&installation), ["accounts.db"]);
    assert!(fs::read(installation.path("accounts.db")).unwrap() == before, "not a byte is changed");
    installation.run(&["migrate", "--status", "--dry-run"]).assert_code(2);
}

#[test]
fn several_at_once_apply_each_migration_once() {
    let installation = Installation::new();
    let start = || {
        let mut command = installation.command(&["migrate"]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let running: Vec<_> = (0..4).map(|_| start()).collect();
    let ran = running.into_iter().map(|child| Ran::of(&child.wait_with_output().unwrap()));
    let mut said: Vec<_> = ran
        .map(|ran| {
            ran.assert_code(0);
            ran.out
        })
        .collect();
    said.sort();
    let idle = "the database is up to date\n";
    assert!(said[0].starts_with("applied migration 1 (signups)\n"), "{said:?}");
    assert_eq!(said[1..], [idle; 3]);
}

#[tokio::test]
async fn a_newer_schema_is_refused_by_every_command() {
    let installation = Installation::migrated();
    let mut connection = SqliteConnection::connect(&installation.database_url()).await.unwrap();
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         VALUES (9000, 'more', TRUE, x'00', 1)";
    sqlx::query(newer).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    let is_refused = |command: &[&str]| {
        let ran = installation.run(command);
        ran.assert_code(1);
        assert!(ran.err.contains("migration 9000 of a newer version"), "{command:?}: {}", ran.err);
        assert!(ran.err.contains("restore a backup"), "{}", ran.err);
    };
    let commands: [&[&str]; 8] = [
        &["migrate"],
        &["migrate", "--status"],
        &["migrate", "--dry-run"],
        &["signups", "list"],
        &["signups", "retry", "--all"],
        &["prune"],
        &["backup", "copy.db"],
        &["serve"],
    ];
    commands.into_iter().for_each(is_refused);
    installation
        .configure(&installation.valid().replace("[database]\n", "[database]\nmigrate_on_start = true\n"));
    is_refused(&["serve"]);
}

async fn execute(installation: &Installation, sql: &str) {
    let mut connection = SqliteConnection::connect(&installation.database_url()).await.unwrap();
    connection.execute(AssertSqlSafe(sql.to_owned())).await.unwrap();
    connection.close().await.unwrap();
}

async fn processes(installation: &Installation) -> Vec<(i64, String)> {
    let mut connection = SqliteConnection::connect(&installation.database_url()).await.unwrap();
    let all = "SELECT pid, version FROM process";
    let rows = sqlx::query_as(all).fetch_all(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    rows
}

/// Takes back a migration, and makes the processes that are recorded ones of an older version.
async fn make_older(installation: &Installation) {
    let sql = "DROP TABLE signups_closed; DELETE FROM _sqlx_migrations WHERE description = 'signups_closed'; \
         UPDATE process SET schema = 1, version = '0.0.9'";
    execute(installation, sql).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_is_recorded_until_it_ends_and_for_a_minute_after_it_was_killed() {
    let installation = Installation::migrated();
    let serving = Serving::start(&installation);
    let id = i64::from(serving.id());
    assert_eq!(processes(&installation).await, [(id, env!("CARGO_PKG_VERSION").to_owned())]);
    assert_eq!(serving.end_by("TERM").0, Some(0));
    assert_eq!(processes(&installation).await, []);
    let killed = Serving::start(&installation);
    let id = killed.id();
    killed.end_by_force();
    make_older(&installation).await;

    // It was seen 55 seconds ago: for the rest of the minute `migrate` waits.
    let seen_at = Clock::system().now().millis() - 55_000;
    execute(&installation, &format!("UPDATE process SET seen_at = {seen_at}")).await;
    let waited = installation.run(&["migrate"]);
    waited.assert_code(0);
    assert_eq!(waited.out, "applied migration 6 (signups_closed)\n");
    let lines = waited.err.lines().filter_map(|line| line.strip_prefix("waiting, a minute at most, "));
    let mut seconds = Vec::new();
    for line in lines {
        assert!(line.contains("accountcreator 0.0.9 on host "), "{line}");
        assert!(line.contains(&format!("(process {id}, since ")), "{line}");
        let (_, shown) = line.strip_suffix(" s").and_then(|line| line.rsplit_once(": ")).unwrap();
        seconds.push(shown.parse::<u64>().unwrap());
    }
    assert!(seconds.starts_with(&[1, 2]) && seconds.is_sorted_by(|one, next| one < next), "{}", waited.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_server_that_runs_is_named_and_nothing_is_changed() {
    let installation = Installation::migrated();
    let serving = Serving::start(&installation);
    make_older(&installation).await;
    let mut command = installation.command(&["migrate"]);
    let mut migrating = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut said = BufReader::new(migrating.stderr.take().unwrap());
    let mut waiting = String::new();
    said.read_line(&mut waiting).unwrap();
    assert!(waiting.starts_with("waiting, a minute at most, in case this was killed: "), "{waiting}");
    // What the server does every 15 seconds.
    let now = Clock::system().now().millis();
    execute(&installation, &format!("UPDATE process SET seen_at = {now}")).await;
    let mut rest = String::new();
    said.read_to_string(&mut rest).unwrap();
    assert_eq!(migrating.wait().unwrap().code(), Some(1), "{rest}");
    let named = format!("(process {}, since ", serving.id());
    assert!(rest.contains("error: an older version uses the database") && rest.contains(&named), "{rest}");
    assert!(rest.contains("stop it, then migrate"), "{rest}");
    assert_eq!(installation.run(&["migrate", "--dry-run"]).out, "would apply migration 6 (signups_closed)\n");
}
