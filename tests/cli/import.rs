//! `import original`: a database, settings and texts as the original has them.

use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use accountcreator::domain::Attention;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, Executor, SqliteConnection};

use crate::{
    postgres::Cluster,
    signups,
    support::{Installation, Ran},
};

const JWT: &str = "0123456789abcdef0123456789abcdef";
const ALL: [&str; 9] = [
    "import",
    "original",
    "--database",
    "old.db",
    "--config",
    "old.conf",
    "--texts",
    "translations",
    "--json",
];
const DATABASE: [&str; 5] = ["import", "original", "--database", "old.db", "--json"];

/// As SQLAlchemy makes it.
const TABLE: &str = "CREATE TABLE \"RegisteredEmailAddress\" (\n\tid INTEGER NOT NULL, \n\temail VARCHAR(255), \n\t\
     ms365_created BOOLEAN NOT NULL, \n\ttimestamp INTEGER, \n\t\
     CONSTRAINT \"pk_RegisteredEmailAddress\" PRIMARY KEY (id)\n);";

const ROWS: &str = "INSERT INTO RegisteredEmailAddress VALUES \
     (1, 'st000001@stud.example.edu', 1, 1600000000), (2, 'ST000001@Stud.Example.edu', 1, 1600000001), \
     (3, 'st000003@stud.example.edu', 0, 1600000002), (4, NULL, 1, NULL), (5, 'no address', 1, 1600000003), \
     (6, 'old@elsewhere.example', 1, NULL), (7, 'st000003@stud.example.edu', 1, 1600000004)";

/// Settings that would leave a file behind, if anything in them were carried out.
const SETTINGS: &str = r#"# Settings of the department.
import os
MARK = __import__('os').system('touch carried-out')
os.system("touch carried-out")
JWT_SECRET_KEY = '0123456789abcdef' \
    '0123456789abcdef'
SUPPORT_EMAIL = 'help@example.edu'
EMAIL_ADDRESS_FILTER = "st\d{6}@stud.example.edu"
GRAPH_API_AUTH_AUTHORITY = "https://login.microsoftonline.com/6f1a0c52-3a51-4f7c-9a43-0d1d3f0b7c11"
GRAPH_API_AUTH_CLIENT_ID = "0f4f3a0e-61a8-4a0b-8f7e-5d2c6c1b9a77"
GRAPH_API_AUTH_PRIVKEY_PATH = "key.pem"
GRAPH_API_USER_MAIL_DOMAIN = "students.example.edu"
GRAPH_API_GROUPS_FOR_NEW_USERS = [
    "3d9c2b71-5a0e-4a7a-8a55-0f6f6ac0b8d2",  # everyone
]
MAIL_SERVER_HOST = "smtp.example.edu"
MAIL_SERVER_USER = "accounts"
MAIL_SERVER_PW = '''a mail secret'''
MAIL_SENDING_ADDRESS = "accounts@example.edu"
RESTPLUS_JSON = {'indent': None}
"#;

const TEXTS: &str = "msgid \"\"\nmsgstr \"\"\n\"Content-Type: text/plain; charset=utf-8\\n\"\n\n\
     msgid \"Name\"\nmsgstr \"Dein Vorname\"\n\nmsgid \"Next\"\nmsgstr \"Weiter\"\n";

async fn make_database(file: &Path, statements: &str) {
    let url = format!("sqlite://{}?mode=rwc", file.display());
    let mut connection = SqliteConnection::connect(&url).await.unwrap();
    connection.execute(AssertSqlSafe(format!("{TABLE}{statements}"))).await.unwrap();
    connection.close().await.unwrap();
}

/// An installation beside all that the original has.
async fn beside_the_original() -> Installation {
    let installation = Installation::new();
    make_database(&installation.path("old.db"), ROWS).await;
    fs::write(installation.path("old.conf"), SETTINGS).unwrap();
    let german = installation.path("translations/de/LC_MESSAGES");
    fs::create_dir_all(&german).unwrap();
    fs::write(german.join("messages.po"), TEXTS).unwrap();
    installation
}

/// The program where there is no configuration of ours yet.
fn without_configuration(installation: &Installation, arguments: &[&str]) -> Command {
    let mut command = installation.command(arguments);
    command.env_remove("ACCOUNTCREATOR_CONFIG");
    command
}

/// Every file below a folder, with its bytes.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.insert(path.clone(), fs::read(path).unwrap());
        }
    }
    found
}

fn ran(mut command: Command) -> Ran {
    Ran::of(&command.output().unwrap())
}

#[tokio::test]
async fn all_that_the_original_has_comes_along_in_one_run() {
    let installation = beside_the_original().await;
    let old = files(&installation.path(""));
    let arguments = [&ALL[..], &["--output", "new/config.toml"]].concat();
    let first = ran(without_configuration(&installation, &arguments));
    first.assert_code(0);
    let said = first.json();
    let to_do = said["to_do"].as_array().unwrap();
    assert_eq!(to_do.len(), 1, "nothing else is missing: {to_do:?}");
    assert!(to_do[0].as_str().unwrap().starts_with("server.public_url: is missing"), "{to_do:?}");
    assert_eq!((&said["addresses"]["imported"], &said["addresses"]["read"]), (&3.into(), &7.into()));
    let left: Vec<_> =
        said["left_settings"].as_array().unwrap().iter().map(|left| left["line"].as_u64()).collect();
    assert_eq!(left, [2, 3, 4, 20].map(Some));
    assert_eq!(said["left_texts"][0]["id"], "Next");
    assert!(!installation.path("carried-out").exists(), "nothing in the settings is carried out");
    assert!(!first.out.contains(JWT) && !first.out.contains("mail secret"), "{}", first.out);

    let now = files(&installation.path(""));
    assert!(old.iter().all(|(path, bytes)| now[path] == *bytes), "not a byte of what was there is changed");
    let mode = |name: &str| fs::metadata(installation.path(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("new/secret-key"), mode("new/smtp-password")), (0o600, 0o600));
    let written = fs::read_to_string(installation.path("new/config.toml")).unwrap();
    assert!(!written.contains(JWT) && !written.contains("mail secret"), "{written}");

    assert!(written.contains("\nconfirm_email = true\n"), "{written}");
    let in_force = |arguments: &[&str]| {
        let ran = ran({
            let mut command = installation.command(arguments);
            command.env("ACCOUNTCREATOR_CONFIG", "new/config.toml");
            command.env("ACCOUNTCREATOR__SERVER__PUBLIC_URL", "https://signup.example.edu");
            command
        });
        ran.assert_code(0);
        ran.out
    };
    assert_eq!(in_force(&["config", "check"]), "the configuration is valid\n");
    assert!(in_force(&["texts", "check"]).ends_with("the texts are valid\n"));
    assert!(in_force(&["texts", "list", "--lang", "de"]).contains("form-first-name = Dein Vorname\n"));
    assert!(in_force(&["profiles", "test", "st123456@stud.example.edu"]).contains("students"));
    assert_eq!(in_force(&["signups", "list"]).lines().count(), 4);

    let second = ran(without_configuration(&installation, &arguments));
    second.assert_code(0);
    let said = second.json();
    assert_eq!((&said["addresses"]["imported"], &said["addresses"]["already_there"]), (&0.into(), &3.into()));
    let outcomes: Vec<_> =
        said["files"].as_array().unwrap().iter().map(|file| file["outcome"].as_str()).collect();
    assert_eq!(outcomes, [Some("same"); 4]);
}

#[tokio::test]
async fn a_dry_run_says_the_same_and_changes_nothing() {
    let installation = beside_the_original().await;
    let before = files(&installation.path(""));
    let arguments = [&ALL[..], &["--output", "new/config.toml", "--dry-run"]].concat();
    let dry = ran(without_configuration(&installation, &arguments));
    dry.assert_code(0);
    assert!(files(&installation.path("")) == before, "not a byte is changed, and nothing is made");
    let mut said = dry.json();
    assert_eq!(said["addresses"]["imported"], 3);

    let real = ran(without_configuration(&installation, &arguments[..arguments.len() - 1])).json();
    said["dry_run"] = false.into();
    assert_eq!(said, real);

    let before = files(&installation.path(""));
    let dry = ran(without_configuration(&installation, &arguments));
    assert_eq!(dry.json()["addresses"]["already_there"], 3);
    assert!(files(&installation.path("")) == before, "nor where all is there");
}

#[tokio::test]
async fn addresses_go_where_our_configuration_says() {
    let installation = beside_the_original().await;
    let expected = json!({
        "read": 7, "imported": 3, "already_there": 0, "erased": 0, "without_account": 1, "without_address": 1, "repeated": 1,
        "unreadable": [5], "overtaken": [],
    });
    let first = installation.run(&DATABASE);
    first.assert_code(0);
    assert_eq!(first.json()["addresses"], expected);
    assert!(first.json()["database"].as_str().unwrap().ends_with("accounts.db"));

    let shown = installation.run(&["signups", "show", "St000001@stud.example.edu", "--json"]).json();
    assert_eq!((shown["stage"].as_str(), shown["profile"].as_str()), (Some("done"), Some("imported")));
    assert_eq!(
        (&shown["principal_name"], &shown["created_at"]),
        (&json!(null), &json!("2020-09-13T12:26:40Z"))
    );
    assert_eq!(shown["events"][0]["kind"], "imported");

    let people = installation.run(&DATABASE[..4]);
    people.assert_code(0);
    let lines: Vec<_> = people.out.lines().collect();
    assert_eq!(lines[0], "read 7 rows");
    assert!(
        lines[1].starts_with("imported 0 addresses into ") && lines[1].ends_with("accounts.db"),
        "{}",
        lines[1]
    );
    assert_eq!(
        lines[2..],
        [
            "left 3 rows: the address belongs to a signup already",
            "left 1 row: no account was made",
            "left 1 row: there is no address",
            "left 1 row: the address is there more than once, perhaps in other letters",
            "left 1 row: not an email address (id 5)",
        ]
    );
    assert!(
        !people.out.contains("no address\"") && !people.out.contains("stud.example.edu"),
        "{}",
        people.out
    );
}

#[tokio::test]
async fn a_signup_of_ours_without_an_account_is_ended_when_the_original_made_one() {
    let installation = beside_the_original().await;
    installation.run(&["migrate"]).assert_code(0);
    let store = signups::store(&installation).await;
    let stuck = signups::insert(&store, "st000003@stud.example.edu", "Max").await;
    let now = signups::START;
    let lease = signups::claim(&store, now.plus(Duration::from_hours(1))).await;
    let queued = signups::insert(&store, "st000001@stud.example.edu", "Ada").await;

    let outcomes = |said: &Value| {
        let lines = said["addresses"]["overtaken"].as_array().unwrap();
        let pairs = lines.iter().map(|line| (line["id"].clone(), line["outcome"].clone()));
        let mut pairs: Vec<_> = pairs.map(|(id, is)| format!("{id} {is}").replace('"', "")).collect();
        pairs.sort();
        pairs
    };
    let sorted = |mut lines: Vec<String>| {
        lines.sort();
        lines
    };
    let expected = sorted(vec![format!("{stuck} at_work"), format!("{queued} ended")]);
    for further in [&["--dry-run"][..], &[]] {
        let ran = installation.run(&[&DATABASE[..], further].concat());
        ran.assert_code(1);
        let said = ran.json();
        assert_eq!(outcomes(&said), expected);
        assert_eq!(
            (&said["addresses"]["imported"], &said["addresses"]["already_there"]),
            (&2.into(), &1.into())
        );
        assert!(said["to_do"][0].as_str().unwrap().contains("stop the service and run this again"), "{said}");
    }

    store.needs_attention(&lease, Attention::Forbidden, "refused", false, now).await.unwrap();
    store.close().await;
    let people = installation.run(&DATABASE[..4]);
    people.assert_code(0);
    for words in [
        "ended 1 signup that had no account yet",
        "to do: look for max.muster@students.example.edu in the tenant",
        &stuck.to_string(),
    ] {
        assert!(people.out.contains(words), "{words} in {}", people.out);
    }
    let own = installation.run(&["signups", "list", "--without-imported", "--json"]).json();
    assert_eq!(own.as_array().unwrap().len(), 2, "{own}");
    assert_eq!(
        installation.run(&["signups", "list", "--stage", "done", "--without-imported"]).out,
        "no signups\n"
    );
    assert_eq!(installation.run(&["signups", "retry", "--all"]).out, "no signup needs attention\n");
    assert_eq!(installation.run(&[&DATABASE[..], &["--dry-run"]].concat()).json()["to_do"], json!([]));
}

#[tokio::test]
async fn files_that_are_there_stay_as_they_are() {
    let installation = beside_the_original().await;
    let before = fs::read(installation.path("config.toml")).unwrap();
    fs::write(installation.path("secret-key"), "another").unwrap();
    let ran = installation.run(&ALL[..ALL.len() - 1]);
    ran.assert_code(0);
    assert!(fs::read(installation.path("config.toml")).unwrap() == before);
    assert_eq!(fs::read_to_string(installation.path("secret-key")).unwrap(), "another");
    for name in ["config.toml", "secret-key"] {
        let line = ran.out.lines().find(|line| line.contains(&format!("/{name}: ")));
        assert!(line.is_some_and(|line| line.starts_with("left ")), "{}", ran.out);
    }
    assert!(ran.out.contains("left setting line 3: MARK is a call\n"), "{}", ran.out);
    assert!(ran.out.contains("left text de line 8: \"Next\": "), "{}", ran.out);
    let texts = installation.path("texts/de/original.ftl");
    assert!(ran.out.contains(&format!("wrote {}\n", texts.display())), "{}", ran.out);
}

#[tokio::test]
async fn what_only_the_operator_knows_is_to_be_done() {
    let installation = beside_the_original().await;
    fs::write(installation.path("old.conf"), "JWT_SECRET_KEY = 'debug'\nEMAIL_ADDRESS_FILTER = '(?!a).*'\n")
        .unwrap();
    let ran = ran(without_configuration(&installation, &[&ALL[..6], &["--output", "new.toml"]].concat()));
    ran.assert_code(0);
    for line in [
        "left setting line 1: JWT_SECRET_KEY is too weak to seal passwords; write secret_key_file yourself",
        "left setting line 2: EMAIL_ADDRESS_FILTER cannot be said here: it has look-around; write profiles.email yourself",
        "to do: secret_key: is missing; write 32 random bytes",
        "to do: tenants.main.certificate_path: is missing; ",
        "to do: profiles[0].email: is missing; ",
    ] {
        assert!(ran.out.lines().any(|said| said.starts_with(line)), "{line} in {}", ran.out);
    }
    let written = fs::read_to_string(installation.path("new.toml")).unwrap();
    assert!(written.contains("# EMAIL_ADDRESS_FILTER (line 2) cannot be said here"), "{written}");
}

#[tokio::test]
async fn what_cannot_be_imported_is_refused_before_anything_is_made() {
    let installation = beside_the_original().await;
    fs::write(installation.path("other.db"), "").unwrap();
    let before = files(&installation.path(""));
    let refused = |arguments: &[&str], code: i32, part: &str| {
        let ran = installation.run(&[&["import", "original", "--database"], arguments].concat());
        ran.assert_code(code);
        assert!(ran.err.contains(part), "{part} in {}", ran.err);
        assert!(files(&installation.path("")) == before, "{arguments:?} changes nothing");
    };
    refused(&["absent.db"], 1, "the file cannot be read");
    refused(&["old.conf"], 1, "is no SQLite database");
    refused(&["other.db"], 1, "has no table RegisteredEmailAddress");
    refused(&["old.db", "--config", "absent.conf"], 1, "cannot read absent.conf");
    refused(&["old.db", "--texts", "absent"], 1, "cannot read absent");
    refused(&["old.db", "--own-config", "absent.toml"], 78, "absent.toml: the file cannot be read");
    fs::write(installation.path("same.toml"), "[database]\nurl = \"sqlite://old.db\"\n").unwrap();
    let same = installation.run(&["import", "original", "--database", "old.db", "--own-config", "same.toml"]);
    same.assert_code(1);
    assert!(same.err.contains("name another one"), "{}", same.err);
    installation.run(&["import", "original"]).assert_code(2);
}

#[tokio::test]
async fn postgresql_is_a_target_too() {
    let Some(cluster) = Cluster::shared() else { return };
    let installation = beside_the_original().await;
    let url = cluster.fresh_database().await;
    let run = |arguments: &[&str]| {
        let mut command = installation.command(arguments);
        command.env("ACCOUNTCREATOR__DATABASE__URL", &url);
        ran(command).json()
    };
    for (expected, dry) in [(3, true), (3, false), (0, true), (0, false)] {
        let arguments = if dry { [&DATABASE[..], &["--dry-run"]].concat() } else { DATABASE.to_vec() };
        let said = run(&arguments);
        assert_eq!(said["addresses"]["imported"], expected, "{said}");
        assert_eq!(said["database"], "PostgreSQL");
    }
    assert_eq!(run(&["signups", "list", "--json"]).as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn a_hundred_thousand_addresses_are_imported() {
    let installation = Installation::new();
    let many = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) \
         INSERT INTO RegisteredEmailAddress SELECT i, 'st' || i || '@stud.example.edu', 1, 1600000000 + i FROM n";
    make_database(&installation.path("old.db"), many).await;
    for (imported, already_there) in [(100_000, 0), (0, 100_000)] {
        let addresses = &installation.run(&DATABASE).json()["addresses"];
        assert_eq!(
            (&addresses["imported"], &addresses["already_there"]),
            (&imported.into(), &already_there.into())
        );
    }
}

/// What the service logs of the original's variables, before it looks for its database.
#[tokio::test]
async fn the_originals_variables_are_named_with_the_new_keys() {
    let installation = Installation::new();
    let mut command = installation.command(&["serve"]);
    command.env("REVERSE_PROXY_COUNT", "1").env("CONFIG_FILE", "/app-mnt/ms365_accountcreator.conf");
    let serve = ran(command);
    serve.assert_code(1);
    for parts in [["REVERSE_PROXY_COUNT", "server.proxy_hops"], ["CONFIG_FILE", "import original"]] {
        let line = serve.err.lines().find(|line| line.contains(parts[0]));
        assert!(line.is_some_and(|line| line.contains(parts[1])), "{parts:?} in {}", serve.err);
    }
}
