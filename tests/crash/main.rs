//! Kills the server many times while it carries out operations of all kinds and the tenant and the mail server fail. In the
//! end every student has one complete account with a password that works, of erased students nothing is left, admins were
//! mailed what needs them, and the pages of deleted users say so.
//!
//! `cargo test --test crash -- --kills 1000 --seed 7`

#[path = "../rig/mod.rs"]
mod rig;

#[path = "../support/postgres.rs"]
mod postgres;
#[path = "../support/skipped.rs"]
mod skipped;

mod arguments;
mod database;
mod erasing;
mod faults;
mod killing;
mod mails;
mod students;
mod verdict;
mod visiting;

use std::{
    process::ExitCode,
    sync::atomic::AtomicU32,
    time::{Duration, Instant},
};

use accountcreator::domain::Entropy;
use anyhow::{Context, Result};
use clap::Parser;

use self::{
    arguments::{Arguments, Marker},
    killing::Killing,
    mails::Mails,
    rig::{
        browser::Browser,
        place::{Place, Ports},
        process::Process,
        settings::{LICENCE, MAIL_DOMAIN, Pace, Profile, Settings},
        tenant::{State, Tenant},
        wait::until,
    },
    students::{Role, Stream},
    verdict::{Findings, Signup, Verdict},
    visiting::Visitors,
};

/// The groups of every account: those the simulated tenant has.
const GROUPS: [&str; 2] = ["5a4db0e5-7e4a-4c0e-9b5e-000000000011", "5a4db0e5-7e4a-4c0e-9b5e-000000000012"];
/// How long the server may take to carry out everything once nothing goes wrong any more.
const DRAIN: Duration = Duration::from_secs(120);
/// How long the server may take to end when asked to.
const SHUTDOWN: Duration = Duration::from_secs(20);
/// How long an admin may wait for a mail about a signup.
const ALERT: Duration = Duration::from_secs(30);
/// The address of the admin.
const ADMIN: &str = "admin@example.edu";
/// A licence that the tenant does not have.
const UNKNOWN_LICENCE: &str = "00000000-0000-4000-8000-000000000001";

#[tokio::main]
#[allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the test has no harness that prints its outcome"
)]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if !arguments.is_wanted() {
        println!("\nrunning 0 tests\n");
        return ExitCode::SUCCESS;
    }
    let start = Instant::now();
    println!("\nkilling the server {} times, seed {}", arguments.kills, arguments.seed);
    match run(&arguments).await {
        Ok(verdict) => {
            print!("{verdict}");
            println!("; finished in {:.2}s\n", start.elapsed().as_secs_f64());
            if verdict.is_good() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(error) => {
            eprintln!("the run broke off (--seed {} repeats it): {error:#}", arguments.seed);
            println!("\ntest result: FAILED. 0 passed; 1 failed");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &Arguments) -> Result<Verdict> {
    let place = Place::new()?;
    let outcome = endure(arguments, &place).await;
    if !outcome.as_ref().is_ok_and(Verdict::is_good) {
        let directory = place.keep();
        return outcome.map(|verdict| verdict.with_evidence(directory));
    }
    outcome
}

/// The whole run: kills and faults, then neither, then the checks.
async fn endure(arguments: &Arguments, place: &Place) -> Result<Verdict> {
    let ports = Ports::free()?;
    let refused = arguments.marker.refused_at_creation();
    let (mut sandbox, tenant) = place.start_sandbox_with(&ports, &refused).await?;
    let (url, state) = (new_database(arguments.database).await?, tenant.state().await?);
    place.prepare(&settings(&url, ports, &tenant, &state, UNKNOWN_LICENCE)).await?;
    configure(place, &settings(&url, ports, &tenant, &state, UNKNOWN_LICENCE))?;

    let (entropy, students) = (Entropy::seeded(arguments.seed), arguments.students());
    let browser = Browser::at(&ports.server.to_string())?;
    let home = format!("http://{}", ports.server).parse()?;
    let visitors = Visitors::new((place, &url), (&tenant, &state), (&browser, home))?;
    let stream = Stream::new(0..students, arguments.seed, &browser, &tenant);
    let killing = Killing { place, ports, tenant: &tenant, stream: &stream, visitors: &visitors, students };
    let (choices, erasures) = (Entropy::seeded(arguments.seed ^ 1), AtomicU32::new(0));
    let visits = Entropy::seeded(arguments.seed ^ 2);
    let lives = tokio::select! {
        killed = killing.run(arguments.kills, &entropy) => killed?,
        broken = erasing::keep_erasing(place, students, &choices, &erasures) => match broken? {},
        broken = visitors.keep_visiting(&visits) => match broken? {},
    };

    tenant.set_faults(&faults::none()).await?;
    visitors.pass_time().await?;
    let kinds = verdict::carried_out(place, &url, &Mails::new(&tenant.mails().await?)).await?;
    let server = Server { place, ports, visitors: &visitors, marker: arguments.marker };
    let process = place.start_server(&ports).await?;
    let mut sent = stream.finish().await?;
    let process = server.settle(process, true).await?;

    // Admins are mailed what needs them, once. Erased students sign up again meanwhile.
    let process = server.restart(process).await?;
    let needs_attention: Vec<_> =
        signups(place).await?.into_iter().filter(Signup::needs_attention).map(|signup| signup.id).collect();
    let unreported = unreported(&tenant, &needs_attention).await?;
    erasing::erase_all(place, students).await?;
    let before = erasing::users(students, &tenant.state().await?);
    let again = Stream::new(erasing::numbers(students), arguments.seed ^ 3, &browser, &tenant);
    again.admit(students);
    sent.add(again.finish().await?);
    let process = server.settle(process, true).await?;
    let process = server.restart(process).await?;
    erasing::erase_all(place, students).await?;
    visitors.visit_all().await?;

    // An operator corrects the profile and tries its signups again.
    configure(place, &settings(&url, ports, &tenant, &state, LICENCE))?;
    let process = server.restart(process).await?;
    place.ask::<serde_json::Value>(&["signups", "retry", "--all", "--json"]).await?;
    let process = server.settle(process, false).await?;

    // Long after, students view their pages once more.
    let process = server.restart(process).await?;
    visitors.visit_all().await?;
    let mut process = server.settle(process, false).await?;
    let unaware = visitors.unaware().await;
    let unopened = sent.unopened(&browser).await?;
    let exit = process.stop(SHUTDOWN).await?;
    let findings = Findings {
        students,
        lives,
        marker: arguments.marker,
        unopened,
        sent,
        state: tenant.state().await?,
        mails: tenant.mails().await?,
        requests: tenant.requests().await?,
        signups: signups(place).await?,
        kinds,
        needs_attention,
        unreported,
        visitors: &visitors,
        unaware,
        erasures: erasures.into_inner(),
        before,
        remains: erasing::remains(place, &url, students).await?,
        exit,
    };
    sandbox.check()?;
    Verdict::of(&findings, &tenant).await
}

/// The address of an empty database.
async fn new_database(kind: arguments::Database) -> Result<String> {
    match kind {
        arguments::Database::Sqlite => Ok("sqlite://crash.db".to_owned()),
        arguments::Database::Postgres => {
            let cluster = postgres::Cluster::shared().context("PostgreSQL is not installed")?;
            Ok(cluster.fresh_database().await)
        }
    }
}

/// The settings of the server; `licence` is the one of the students whose profile is to be corrected.
fn settings<'a>(
    database: &'a str,
    ports: Ports,
    tenant: &'a Tenant,
    state: &'a State,
    licence: &str,
) -> Settings<'a> {
    let profile = |name: &str, prefix: &str, licence: &str| Profile {
        name: name.to_owned(),
        email: format!(r"(?<student_id>{prefix}\d{{6}})@{}", MAIL_DOMAIN.replace('.', r"\.")),
        licences: vec![licence.to_owned()],
        groups: GROUPS.map(str::to_owned).to_vec(),
    };
    Settings {
        listen: ports.server,
        database_url: database,
        tenant: tenant.base(),
        smtp: ports.smtp,
        ids: (&state.tenant_id, &state.client_id),
        concurrency: 16,
        pace: Pace::Hasty,
        attribute: verdict::ATTRIBUTE,
        profiles: vec![profile("students", "st", LICENCE), profile("misconfigured", "mc", licence)],
    }
}

/// Writes the settings with what this test needs besides. Forms beyond two each second have to confirm their address.
fn configure(place: &Place, settings: &Settings<'_>) -> Result<()> {
    let settings = settings
        .to_toml()
        .replace("submissions_in_total = \"1000000/1s\"", "submissions_in_total = \"20/1s\"")
        .replace("[tenants.test]", "[tenants.test]\nreset_passwords = true");
    let more = format!("[alerts]\nto = [\"{ADMIN}\"]\nevery = \"1m\"\n[privacy]\nkeep_events = \"1h\"\n");
    place.write("test.toml", &format!("{settings}{more}"))
}

/// The signups that need attention and that no mail to the admin names in time.
async fn unreported(tenant: &Tenant, needs_attention: &[String]) -> Result<Vec<String>> {
    let mails = async || {
        let mails = tenant.mails().await?;
        let alerts: Vec<_> = Mails::new(&mails).alerts().map(|alert| alert.text.clone()).collect();
        let missing = needs_attention.iter().filter(|id| !alerts.iter().any(|text| text.contains(*id)));
        anyhow::Ok(missing.cloned().collect::<Vec<_>>())
    };
    let all = until("every signup that needs attention is reported", ALERT, || async {
        mails().await.ok()?.is_empty().then_some(())
    });
    _ = all.await;
    mails().await
}

/// The server once it is not killed any more.
struct Server<'a> {
    place: &'a Place,
    ports: Ports,
    visitors: &'a Visitors<'a>,
    marker: Marker,
}

impl Server<'_> {
    /// Starts it again after some time.
    async fn restart(&self, mut process: Process) -> Result<Process> {
        process.stop(SHUTDOWN).await?;
        self.visitors.pass_time().await?;
        self.place.start_server(&self.ports).await
    }

    /// Waits until it has nothing more to do, but for signups in doubt, whose last wait is long, and for further requests of
    /// students whose first one may need attention.
    async fn settle(&self, mut process: Process, attention: bool) -> Result<Process> {
        let is_settled = |signup: &Signup| {
            signup.is_in_doubt(self.marker)
                || (signup.is_settled() && (attention || !signup.needs_attention()))
                || (attention
                    && signup.role() == Role::Misconfigured
                    && signup.waits_for_an_earlier_request())
        };
        let outcome = until("every signup is settled", DRAIN, || async {
            signups(self.place).await.ok()?.iter().all(is_settled).then_some(())
        });
        let outcome = outcome.await;
        process.check()?;
        outcome.map(|()| process)
    }
}

async fn signups(place: &Place) -> Result<Vec<Signup>> {
    place.ask(&["signups", "list", "--limit", "10000", "--json"]).await
}
