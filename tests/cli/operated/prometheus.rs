//! The metrics, the alert rules and the tests of those, as Prometheus' own tool judges them.
//!
//! Without `promtool` (Debian's package `prometheus`) this is skipped.

use std::{
    io::Write as _,
    path::Path,
    process::{Command, Stdio},
};

use super::{Service, Student};

/// A run of promtool with this on its standard input; `None` where there is none.
fn promtool(arguments: &[&str], input: &str) -> Option<String> {
    let mut command = Command::new("promtool");
    command.args(arguments).current_dir(env!("CARGO_MANIFEST_DIR"));
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => {
            crate::skipped::skip("PROMTOOL", &format!("promtool does not start: {error}"));
            return None;
        }
    };
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    assert!(output.status.success(), "promtool {arguments:?}: {said}\n{input}");
    Some(said)
}

async fn scrape(service: &Service) -> String {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let asked = client.get(format!("http://{}/metrics", service.metrics));
    asked.header("accept", "text/plain;version=0.0.4").send().await.unwrap().text().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_are_sound_before_during_and_after_a_signup() {
    let service = Service::start("", "").await;
    let (mut browser, student) = (service.browser(), Student::new(1, "Ada", "Lovelace"));
    let mut scrapes = vec![scrape(&service).await];
    let form = browser.open("/en").await;
    browser.submit(&form, &student.fields()).await;
    scrapes.push(scrape(&service).await);
    service.mails(&student, 1).await;
    service.logged("act=\"password_mailed\"").await;
    scrapes.push(scrape(&service).await);
    for text in &scrapes {
        // Its advice about names would fail it too.
        promtool(&["check", "metrics"], text);
    }
    let done = "accountcreator_signups_finished_total{outcome=\"done\",reason=\"\"} 1\n";
    assert!(scrapes[2].contains(done) && !scrapes[0].contains(done), "{}", scrapes[2]);
    assert!(
        scrapes[2]
            .contains("accountcreator_mail_duration_seconds_count{transport=\"smtp\",result=\"sent\"} 1\n")
    );
}

#[test]
fn the_alert_rules_are_sound() {
    promtool(&["check", "rules", "config/deploy/prometheus-rules.yaml"], "");
}

#[test]
fn alerts_fire_when_they_should_and_only_then() {
    let tests = "tests/deploy/prometheus-rules.test.yaml";
    assert!(Path::new(env!("CARGO_MANIFEST_DIR")).join(tests).exists());
    promtool(&["test", "rules", tests], "");
}
