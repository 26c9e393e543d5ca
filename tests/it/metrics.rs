//! The metrics as Prometheus reads them: over HTTP, from an address of their own.

use std::{collections::BTreeMap, time::Duration};

use accountcreator::{
    app::{self, BuildError, Parts},
    config,
};

use accountcreator::sandbox::{Fault, Faults, Operation};

use crate::support::{Setup, Student, TestApp};

/// Every sample by its name and labels, once the text has been found well-formed.
struct Scrape(BTreeMap<String, f64>);

impl Scrape {
    async fn of(app: &TestApp) -> Self {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let address = app.metrics.expect("metrics are on");
        let asked = client.get(format!("http://{address}/metrics"));
        let answer = asked.header("accept", "application/openmetrics-text").send().await.unwrap();
        assert_eq!(answer.status(), 200);
        let kind = answer.headers()["content-type"].to_str().unwrap().to_owned();
        assert_eq!(kind, "application/openmetrics-text; version=1.0.0; charset=utf-8");
        Self::parse(&answer.text().await.unwrap())
    }

    /// OpenMetrics 1.0: each family has its type before its samples, each sample a value, and an end.
    fn parse(text: &str) -> Self {
        let body = text.strip_suffix("# EOF\n").expect("the text is whole");
        let (mut samples, mut families) = (BTreeMap::new(), Vec::new());
        for line in body.lines() {
            if let Some(family) = line.strip_prefix("# TYPE ") {
                families.push(family.split(' ').next().unwrap().to_owned());
            } else if !line.starts_with("# ") {
                let (series, value) = line.rsplit_once(' ').unwrap();
                let family = families.last().expect("a family comes before its samples");
                assert!(series.starts_with(family.as_str()), "{series} is not of {family}");
                let value = value.parse().unwrap_or_else(|_| panic!("{line}"));
                assert!(samples.insert(series.to_owned(), value).is_none(), "{series} is there twice");
            }
        }
        Self(samples)
    }

    fn value(&self, series: &str) -> f64 {
        let found = self.0.get(&format!("accountcreator_{series}"));
        *found.unwrap_or_else(|| panic!("{series} in {:#?}", self.0))
    }
}

async fn watched() -> TestApp {
    let limits = Setup::default()
        .limits
        .replace("submissions_per_network = \"off\"", "submissions_per_network = \"2/1h\"");
    let sections = "[metrics]\nlisten = \"127.0.0.1:0\"".to_owned();
    TestApp::with(Setup { limits, sections, ..Setup::default() }).await
}

#[tokio::test]
async fn what_happens_is_counted() {
    let app = watched().await;
    let student = Student::new(1, "Ada", "Lovelace");
    app.sign_up(&student).await;
    app.sign_up(&student).await;
    app.sign_up(&Student::new(2, "Eve", "Adams")).await;
    app.browser().open("/nowhere").await;
    let mut program = app.browser();
    let form = program.open("/en").await;
    let (token, eager) = (form.value_of("input[name=form]", "value").unwrap(), Student::new(3, "Bo", "Bot"));
    let mut fields = eager.fields();
    fields.extend([("form", token.as_str()), ("website", "https://example.com")]);
    program.post("/en", &fields).await;

    let scrape = Scrape::of(&app).await;
    assert_eq!(scrape.value("limit_hits_total{limit=\"submissions_per_network\",network=\"ipv4\"}"), 1.0);
    assert_eq!(scrape.value("limit_hits_total{limit=\"pages_per_network\",network=\"ipv4\"}"), 0.0);
    assert_eq!(scrape.value("limit_hits_total{limit=\"honeypot\",network=\"\"}"), 1.0);
    assert_eq!(scrape.value("limit_burst{limit=\"submissions_per_network\"}"), 2.0);
    assert_eq!(scrape.value("limit_period_seconds{limit=\"submissions_per_network\"}"), 3600.0);
    assert!(!scrape.0.contains_key("accountcreator_limit_burst{limit=\"pages_per_network\"}"), "it is off");
    assert_eq!(scrape.value("signups{stage=\"queued\"}"), 2.0);
    assert_eq!(scrape.value("signups{stage=\"done\"}"), 0.0);
    let requests = |route: &str, method: &str, status: &str| {
        let labels = format!("route=\"{route}\",method=\"{method}\",status=\"{status}\"");
        scrape.value(&format!("http_request_duration_seconds_count{{{labels}}}"))
    };
    assert_eq!(requests("/{language}", "GET", "2xx"), 4.0);
    assert_eq!(requests("/{language}", "POST", "3xx"), 2.0);
    assert_eq!(requests("/{language}", "POST", "4xx"), 2.0);
    assert_eq!(requests("/{language}/signups/{token}", "GET", "2xx"), 2.0);
    assert_eq!(requests("none", "GET", "4xx"), 1.0);
    assert!(scrape.value("http_connections") >= 0.0);
    let all: String = scrape.0.into_keys().collect();
    for personal in ["stud.example.edu", "Ada", "nowhere"] {
        assert!(!all.contains(personal), "{personal}");
    }
}

#[tokio::test]
async fn what_the_worker_does_is_counted() {
    let app = watched().await;
    app.sandbox.set_faults(
        Faults::default()
            .on(Operation::CreateUser, Fault::status(429).retry_after(30).times(1))
            .on(Operation::Batch, Fault::status(503).times(1))
            .on(Operation::SmtpRcpt, Fault::status(451).times(1))
            .on(Operation::SmtpRcpt, Fault::status(550).saying("", "5.1.1 unknown").times(1)),
    );
    app.sign_up(&Student::new(1, "Ada", "Lovelace")).await;
    let started = app.clock.now().millis() as f64 / 1e3;
    app.work().await;
    app.advance(Duration::from_secs(5));
    let scrape = Scrape::of(&app).await;
    assert_eq!(scrape.value("graph_throttled_total{tenant=\"main\"}"), 1.0);
    assert_eq!(scrape.value("pause_end_timestamp_seconds{lane=\"tenant\",tenant=\"main\"}"), started + 30.0);
    assert_eq!(scrape.value("oldest_waiting_seconds"), 5.0);
    assert_eq!(scrape.0["process_start_time_seconds"], started);
    assert_eq!(scrape.value(concat!("build_info{version=\"", env!("CARGO_PKG_VERSION"), "\"}")), 1.0);

    app.settle().await;
    app.retry(&Student::new(1, "Ada", "Lovelace")).await;
    app.settle().await;
    app.advance(Duration::from_secs(5));
    let scrape = Scrape::of(&app).await;
    let graph = |operation: &str, status: &str| {
        let labels = format!("tenant=\"main\",operation=\"{operation}\",status=\"{status}\"");
        scrape.value(&format!("graph_request_duration_seconds_count{{{labels}}}"))
    };
    assert_eq!((graph("fetch_token", "2xx"), graph("create_user", "4xx")), (1.0, 1.0));
    assert_eq!(
        (graph("create_user", "2xx"), graph("entitle", "5xx"), graph("entitle", "2xx")),
        (1.0, 1.0, 1.0)
    );
    let step = |step: &str, outcome: &str| {
        scrape.value(&format!("step_duration_seconds_count{{step=\"{step}\",outcome=\"{outcome}\"}}"))
    };
    assert_eq!((step("create_user", "put_back"), step("create_user", "done")), (1.0, 1.0));
    assert_eq!((step("entitle", "put_back"), step("entitle", "done")), (1.0, 1.0));
    assert_eq!((step("send_password", "put_back"), step("send_password", "refused")), (1.0, 1.0));
    let mails = |result: &str| {
        scrape.value(&format!("mail_duration_seconds_count{{transport=\"smtp\",result=\"{result}\"}}"))
    };
    assert_eq!((mails("deferred"), mails("recipient_refused"), mails("sent")), (1.0, 1.0, 1.0));
    let ended = |outcome: &str, reason: &str| {
        scrape.value(&format!("signups_finished_total{{outcome=\"{outcome}\",reason=\"{reason}\"}}"))
    };
    assert_eq!((ended("needs_attention", "recipient_refused"), ended("done", "")), (1.0, 1.0));
    assert_eq!(ended("needs_attention", "gave_up"), 0.0);
    assert_eq!(scrape.value("oldest_waiting_seconds"), 0.0);
}

#[tokio::test]
async fn a_tenant_that_refuses_the_application_is_shown() {
    const REFUSED: &str = "application_refused{tenant=\"main\"}";
    let app = watched().await;
    app.sign_up(&Student::new(1, "Ada", "Lovelace")).await;
    app.fault(Operation::Token, [Fault::aadsts(7_000_222)]);
    app.work().await;
    let scrape = Scrape::of(&app).await;
    assert_eq!(scrape.value(REFUSED), 1.0);
    let until = scrape.value("pause_end_timestamp_seconds{lane=\"tenant\",tenant=\"main\"}");
    assert!(until > app.clock.now().millis() as f64 / 1e3, "its queue rests");
    app.no_faults();
    app.settle().await;
    assert_eq!(Scrape::of(&app).await.value(REFUSED), 0.0);
}

#[tokio::test]
async fn who_does_not_ask_for_openmetrics_gets_what_every_tool_reads() {
    let app = watched().await;
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let answer = client.get(format!("http://{}/metrics", app.metrics.unwrap())).send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "text/plain; version=0.0.4; charset=utf-8");
    let text = answer.text().await.unwrap();
    assert!(text.contains("\n# TYPE accountcreator_limit_hits_total counter\n"), "{text}");
    assert!(!text.contains("# EOF") && !text.contains("# UNIT"), "{text}");
}

#[tokio::test]
async fn signups_are_counted_again_after_some_seconds() {
    let app = watched().await;
    let queued = "signups{stage=\"queued\"}";
    assert_eq!(Scrape::of(&app).await.value(queued), 0.0);
    app.sign_up(&Student::new(1, "Ada", "Lovelace")).await;
    assert_eq!(Scrape::of(&app).await.value(queued), 0.0, "the table is not read with every scrape");
    app.advance(Duration::from_secs(5));
    assert_eq!(Scrape::of(&app).await.value(queued), 1.0);
}

#[tokio::test]
async fn there_is_nothing_but_metrics_and_only_where_they_are_wanted() {
    let app = watched().await;
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    for path in ["/", "/en", "/livez", "/metrics/"] {
        let address = format!("http://{}{path}", app.metrics.unwrap());
        assert_eq!(client.get(address).send().await.unwrap().status(), 404, "{path}");
    }
    assert_eq!(app.browser().open("/metrics").await.status, 404, "the pages have none");
    assert_eq!(TestApp::start().await.metrics, None);
}

#[tokio::test]
async fn an_address_that_is_taken_is_named() {
    let app = watched().await;
    let taken = app.metrics.unwrap();
    let settings = app.settings().replace("127.0.0.1:0", &taken.to_string());
    let config = config::from_toml(&settings).unwrap();
    let refused = app::build(config, Parts::system()).await.err().expect("the address is taken");
    assert!(matches!(refused, BuildError::Metrics { address, .. } if address == taken), "{refused}");
    let said = format!("cannot listen on {taken} for metrics; is it taken? metrics.listen names another");
    assert_eq!(refused.to_string(), said);
}
