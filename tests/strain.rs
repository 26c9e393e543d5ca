//! The real binary under strain: clients that hold it up, and an end in the middle of the work.
#![allow(clippy::unwrap_used, missing_docs)]

#[path = "rig/mod.rs"]
mod rig;

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use anyhow::Result;
use serde::Deserialize;
use serde_json::json;
use tokio::task::JoinSet;

use rig::{
    browser::{Answer, Browser, Entry, in_letters},
    place::{Place, Ports},
    process::Process,
    settings::{LICENCE, MAIL_DOMAIN, Pace, Profile, Settings},
    slow::Slow,
    tenant::Tenant,
    wait::until,
};

/// As long as `server.shutdown_timeout` lasts.
const FAREWELL: Duration = Duration::from_secs(20);
/// How long all that is left may take, much less than a lease of [`LEASE`].
const DRAIN: Duration = Duration::from_secs(120);
const LEASE: &str = "lease = \"30m\"";

/// A place with a tenant and our server's settings.
struct Scene {
    place: Place,
    ports: Ports,
    tenant: Tenant,
    _sandbox: Process,
}

/// A signup as `accountcreator signups list --json` shows it.
#[derive(Deserialize)]
struct Signup {
    stage: String,
    email: Option<String>,
}

impl Scene {
    /// With these settings of `[server]`.
    async fn new(server: &str) -> Result<Self> {
        let (place, ports) = (Place::new()?, Ports::free()?);
        let (sandbox, tenant) = place.start_sandbox(&ports).await?;
        let state = tenant.state().await?;
        let settings = Settings {
            listen: ports.server,
            database_url: "sqlite://strain.db",
            tenant: tenant.base(),
            smtp: ports.smtp,
            ids: (&state.tenant_id, &state.client_id),
            concurrency: 8,
            pace: Pace::Default,
            attribute: "employeeId",
            profiles: vec![Profile {
                name: "students".to_owned(),
                email: format!(r"(?<student_id>st\d{{6}})@{}", MAIL_DOMAIN.replace('.', r"\.")),
                licences: vec![LICENCE.to_owned()],
                groups: Vec::new(),
            }],
        };
        place.prepare(&settings).await?;
        let text = settings.to_toml().replace("concurrency = 8\n", &format!("concurrency = 8\n{LEASE}\n"));
        place.write("test.toml", &text.replace("[server]\n", &format!("[server]\n{server}\n")))?;
        Ok(Self { place, ports, tenant, _sandbox: sandbox })
    }

    fn browser(&self) -> Result<Browser> {
        Browser::at(&self.ports.server.to_string())
    }

    async fn signups(&self) -> Result<Vec<Signup>> {
        self.place.ask(&["signups", "list", "--limit", "10000", "--json"]).await
    }
}

fn student(number: usize) -> Entry {
    Entry {
        email: format!("st{number:06}@{MAIL_DOMAIN}"),
        first_name: "Ada".to_owned(),
        last_name: format!("Lovelace{}", in_letters(&number)),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_slow_clients_hold_up_nobody() {
    let scene = Scene::new("shutdown_timeout = \"1s\"").await.unwrap();
    let mut server = scene.place.start_server(&scene.ports).await.unwrap();
    let browser = scene.browser().unwrap();
    let mut slow = Slow::clients(scene.ports.server, 200).await.unwrap();
    for number in 0..20 {
        for client in &mut slow {
            client.dribble().await.unwrap();
        }
        let form = browser.open().await.unwrap();
        let answer = browser.send(&form, &student(number)).await.unwrap();
        assert!(matches!(answer, Answer::Taken(_)), "{answer:?}");
    }
    assert!(scene.tenant.wait_for_mail(&student(19).email).await.unwrap().is_some());
    let end = server.stop(FAREWELL).await;
    assert!(end.unwrap().success(), "nor do they hold up its end for longer than is configured");
}

/// Signs up one student after the other until the server is gone; who was told that the form was taken.
async fn keep_coming(
    browser: Browser,
    next: Arc<AtomicUsize>,
    taken: Arc<AtomicUsize>,
) -> Result<Vec<String>> {
    let mut told = Vec::new();
    while let Ok(form) = browser.open().await {
        let entry = student(next.fetch_add(1, Ordering::Relaxed));
        match browser.send(&form, &entry).await {
            Ok(Answer::Taken(_)) => told.push(entry.email),
            Ok(Answer::Refused(status)) => anyhow::bail!("the form of {} got {status}", entry.email),
            // Nobody knows what became of this one; whoever sent it would send it again.
            Err(_) => break,
        }
        taken.fetch_add(1, Ordering::Relaxed);
    }
    Ok(told)
}

/// Asks the server to end while students keep coming and their accounts are being made, and starts it again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_end_under_load_loses_nothing_and_leaves_nothing_held() {
    let scene = Scene::new("").await.unwrap();
    // Calls take their time, so that there are always some under way.
    scene.tenant.set_faults(&json!({"latency_ms": 150, "smtp_latency_ms": 50})).await.unwrap();
    let mut server = scene.place.start_server(&scene.ports).await.unwrap();
    let (next, taken) = (Arc::<AtomicUsize>::default(), Arc::<AtomicUsize>::default());
    let mut students = JoinSet::new();
    for _ in 0..6 {
        students.spawn(keep_coming(scene.browser().unwrap(), Arc::clone(&next), Arc::clone(&taken)));
    }
    let many = || async { (taken.load(Ordering::Relaxed) >= 60).then_some(()) };
    until("many have signed up", DRAIN, many).await.unwrap();
    assert!(server.stop(FAREWELL).await.unwrap().success(), "{}", server.last_words());
    let told: Vec<String> = students.join_all().await.into_iter().flat_map(Result::unwrap).collect();

    let left = scene.signups().await.unwrap();
    let recorded: Vec<_> = left.iter().filter_map(|signup| signup.email.as_deref()).collect();
    for email in &told {
        assert!(recorded.contains(&email.as_str()), "{email} was told that the form was taken");
    }
    assert!(left.iter().any(|signup| signup.stage != "done"), "it ended in the middle of the work");

    scene.tenant.set_faults(&json!({})).await.unwrap();
    let mut server = scene.place.start_server(&scene.ports).await.unwrap();
    let done = || async {
        let signups = scene.signups().await.ok()?;
        signups.iter().all(|signup| signup.stage == "done").then_some(())
    };
    until("everything is done without waiting for a lease", DRAIN, done).await.unwrap();
    let users = scene.tenant.state().await.unwrap().users;
    assert_eq!(users.len(), recorded.len(), "everybody has one account");
    assert!(server.stop(FAREWELL).await.unwrap().success());
}
