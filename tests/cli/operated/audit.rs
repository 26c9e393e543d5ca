//! The audit trail, and levels by target.

use serde_json::Value;

use super::{Service, Student};

async fn an_account_is_made(filter: &str) -> (Vec<Value>, Vec<Value>) {
    let log = format!("[log]\nformat = \"json\"\nfilter = \"{filter}\"\n");
    let service = Service::start("", &log).await;
    let mut browser = service.browser();
    let student = Student::new(1, "Ada", "Lovelace");
    let form = browser.open("/en").await;
    browser.submit(&form, &student.fields()).await;
    service.mails(&student, 1).await;
    // It ends once what is under way is written down.
    let lines = service.end();
    let lines =
        lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap_or_else(|_| panic!("{line}")));
    lines.partition(|line| line["target"] == "audit")
}

#[tokio::test(flavor = "multi_thread")]
async fn it_tells_who_did_what_to_which_signup_and_for_which_request() {
    let (audit, others) = an_account_is_made("off,audit=info").await;
    assert!(others.is_empty(), "{others:?}");
    let acts: Vec<_> =
        audit.iter().map(|line| (line["act"].as_str().unwrap(), line["actor"].as_str().unwrap())).collect();
    assert_eq!(
        acts,
        [
            ("signup_recorded", "visitor"),
            ("account_created", "worker"),
            ("account_entitled", "worker"),
            ("password_mailed", "worker"),
        ]
    );
    assert!(audit.iter().all(|line| line["signup"] == audit[0]["signup"] && line["signup"].is_string()));
    let requests: Vec<_> = audit.iter().map(|line| line["request"].as_str().map(str::len)).collect();
    assert_eq!(requests, [Some(16), None, None, None]);
    assert_eq!(audit[0]["detail"], "profile students, language en");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_can_be_left_out_and_each_target_has_its_level() {
    let (audit, others) =
        an_account_is_made("warn,accountcreator::http=info,accountcreator::entra=debug,audit=off").await;
    assert!(audit.is_empty(), "{audit:?}");
    let of = |target: &str, level: &str| {
        let is =
            |line: &&Value| line["target"].as_str().unwrap().starts_with(target) && line["level"] == level;
        others.iter().filter(is).count()
    };
    assert!(of("accountcreator::http", "INFO") >= 3, "{others:?}");
    assert!(of("accountcreator::entra", "DEBUG") >= 3, "{others:?}");
    assert_eq!(of("accountcreator::cli", "INFO") + of("accountcreator::http", "DEBUG"), 0);
}

#[test]
fn commands_that_change_something_are_in_it() {
    let installation = crate::support::Installation::new();
    let migrated = installation.run(&["migrate"]);
    assert!(
        migrated
            .err
            .contains("INFO audit: a migration was applied act=\"migration_applied\" actor=\"operator\""),
        "{}",
        migrated.err
    );
    let backed_up = installation.run(&["backup", "copy.db"]);
    assert!(backed_up.err.contains("act=\"backed_up\""), "{}", backed_up.err);
    let pruned = installation.run(&["prune"]);
    assert!(
        pruned.err.contains("act=\"pruned\" actor=\"operator\" detail=\"keep_events: 0\""),
        "{}",
        pruned.err
    );
    installation.configure(&(installation.valid() + "[log]\nfilter = \"trace,audit=off\"\n"));
    for quiet in [&["prune"][..], &["migrate"], &["signups", "retry", "--all"]] {
        assert_eq!(installation.run(quiet).err, "", "{quiet:?}");
    }
    installation.configure(&installation.valid());
    for reading in [&["prune", "--dry-run"][..], &["migrate", "--status"], &["signups", "list"]] {
        assert_eq!(installation.run(reading).err, "", "{reading:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_server_follows_the_switch_by_itself() {
    let service = Service::start("", "").await;
    let headline = async || service.browser().open("/en").await.texts("h1").concat();
    let open = headline().await;
    service.installation.run(&["signups", "close"]).assert_code(0);
    service.logged("signups are closed").await;
    assert_eq!(headline().await, "Signing up is paused");
    service.installation.run(&["signups", "open"]).assert_code(0);
    service.logged("signups are open again").await;
    assert_eq!(headline().await, open);
}
