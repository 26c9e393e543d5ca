//! Kills the server again and again under a stream of signups, while the tenant and the mail server misbehave,
//! and looks at the end whether every student has one account, complete, with a password that works. Some students are
//! erased meanwhile: of them nothing may be left, and they have no second account.
//!
//! `cargo test --test crash -- --kills 1000 --seed 7`

#[path = "../rig/mod.rs"]
mod rig;

#[path = "../support/postgres.rs"]
mod postgres;
#[path = "../support/skipped.rs"]
mod skipped;

mod arguments;
mod erasing;
mod killing;
mod letters;
mod students;
mod verdict;
mod weather;

use std::{
    process::ExitCode,
    sync::atomic::AtomicU32,
    time::{Duration, Instant},
};

use accountcreator::domain::Entropy;
use anyhow::{Context, Result};
use clap::Parser;

use self::{
    arguments::{Arguments, Database, Marker},
    killing::Scene,
    rig::{
        browser::Browser,
        place::{Place, Ports},
        process::Process,
        settings::{LICENCE, MAIL_DOMAIN, Pace, Profile, Settings},
        tenant::{State, Tenant},
        wait::until,
    },
    students::Stream,
    verdict::{Findings, Verdict},
};

/// The groups of every account: those the simulated tenant has.
const GROUPS: [&str; 2] = ["5a4db0e5-7e4a-4c0e-9b5e-000000000011", "5a4db0e5-7e4a-4c0e-9b5e-000000000012"];
/// How long the server may take to carry out everything once nothing goes wrong any more.
const DRAIN: Duration = Duration::from_secs(120);
/// How long the server may take to end when asked to.
const FAREWELL: Duration = Duration::from_secs(20);

#[tokio::main]
#[allow(clippy::print_stdout, clippy::print_stderr, reason = "a test tells how it went")]
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

/// The whole run: bad weather with kills, then calm, then the reckoning.
async fn endure(arguments: &Arguments, place: &Place) -> Result<Verdict> {
    let ports = Ports::free()?;
    let refused = arguments.marker.refused_at_creation();
    let (mut sandbox, tenant) = place.start_sandbox_with(&ports, &refused).await?;
    let database = database(arguments.database).await?;
    place.prepare(&settings(&database, ports, &tenant, &tenant.state().await?)).await?;

    let entropy = Entropy::seeded(arguments.seed);
    let browser = Browser::at(&ports.server.to_string())?;
    let students = arguments.students();
    let stream = Stream::of(students, arguments.seed, &browser);
    let scene = Scene { place, ports, tenant: &tenant, stream: &stream, students };
    let (choices, erasures) = (Entropy::seeded(arguments.seed ^ 1), AtomicU32::new(0));
    tokio::select! {
        killed = scene.kill_again_and_again(arguments.kills, &entropy) => killed?,
        broken = erasing::keep_erasing(place, students, &choices, &erasures) => match broken? {},
    }

    tenant.set_faults(&weather::calm()).await?;
    let mut server = place.start_server(&ports).await?;
    let mut sent = stream.finish().await?;
    settle(place, arguments.marker, &mut server).await?;
    erasing::erase_all(place, students).await?;
    let before = erasing::users(students, &tenant.state().await?);
    sent.add(students::come_again(students, arguments.seed, &browser).await?);
    settle(place, arguments.marker, &mut server).await?;
    erasing::erase_all(place, students).await?;
    let unopened = sent.unopened(&browser).await?;
    let goodbye = server.stop(FAREWELL).await?;
    let findings = Findings {
        students,
        kills: arguments.kills,
        marker: arguments.marker,
        unopened,
        sent,
        state: tenant.state().await?,
        mails: tenant.mails().await?,
        requests: tenant.requests().await?,
        signups: signups(place).await?,
        erasures: erasures.into_inner(),
        before,
        remains: erasing::remains(place, &database, students).await?,
        goodbye,
    };
    sandbox.check()?;
    Verdict::of(&findings, &tenant).await
}

/// The address of an empty database.
async fn database(kind: Database) -> Result<String> {
    match kind {
        Database::Sqlite => Ok("sqlite://crash.db".to_owned()),
        Database::Postgres => {
            let cluster = postgres::Cluster::shared().context("PostgreSQL is not installed")?;
            Ok(cluster.fresh_database().await)
        }
    }
}

fn settings<'a>(database: &'a str, ports: Ports, tenant: &'a Tenant, state: &'a State) -> Settings<'a> {
    Settings {
        listen: ports.server,
        database_url: database,
        tenant: tenant.base(),
        smtp: ports.smtp,
        ids: (&state.tenant_id, &state.client_id),
        concurrency: 16,
        pace: Pace::Hasty,
        attribute: verdict::ATTRIBUTE,
        profiles: vec![Profile {
            name: "students".to_owned(),
            email: format!(r"(?<student_id>st\d{{6}})@{}", MAIL_DOMAIN.replace('.', r"\.")),
            licences: vec![LICENCE.to_owned()],
            groups: GROUPS.map(str::to_owned).to_vec(),
        }],
    }
}

/// Waits until the server has nothing more to do, but for signups in doubt, whose last wait is long.
async fn settle(place: &Place, marker: Marker, server: &mut Process) -> Result<()> {
    let outcome = until("every signup is settled", DRAIN, || async {
        let signups = signups(place).await.ok()?;
        signups.iter().all(|signup| signup.is_settled() || signup.is_in_doubt(marker)).then_some(())
    });
    let outcome = outcome.await;
    server.check()?;
    outcome
}

async fn signups(place: &Place) -> Result<Vec<verdict::Signup>> {
    place.ask(&["signups", "list", "--limit", "10000", "--json"]).await
}
