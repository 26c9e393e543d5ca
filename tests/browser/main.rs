//! Drives the real binary in Chromium, the way people with all kinds of devices do, and looks at every page they
//! see: axe-core, the layout, the console, the requests. Pictures of the pages go to `screenshots`.
//!
//! `cargo test --test browser` takes each walk once, where Chromium and the programs of `package.json` are there
//! (`npm ci` in this folder); `-- --all` takes each in every setting and asks Lighthouse; `-- mistakes-de` only
//! those. With `ACCOUNTCREATOR_REQUIRE_BROWSER=1` it is a failure if something is missing.

#[path = "../rig/mod.rs"]
mod rig;
#[path = "../support/skipped.rs"]
mod skipped;

mod arguments;
mod chromium;
mod crew;
mod lighthouse;
mod look;
mod pseudo;
mod record;
mod setting;
mod stage;
mod student;
mod tab;
mod tools;
mod visitor;
mod walks;
mod wording;

use std::{process::ExitCode, time::Instant};

use anyhow::Result;
use clap::Parser;

use self::{
    arguments::Arguments,
    chromium::Chromium,
    crew::{Job, Work, report},
    setting::Setting,
    stage::Stage,
    tools::Tools,
};

#[tokio::main]
#[allow(clippy::print_stdout, clippy::print_stderr, reason = "a test tells how it went")]
async fn main() -> ExitCode {
    let start = Instant::now();
    match run(&Arguments::parse()).await {
        Ok(failed) => {
            let verdict = if failed == 0 { "ok" } else { "FAILED" };
            let took = start.elapsed().as_secs_f64();
            println!("\ntest result: {verdict}. {failed} failed; finished in {took:.2}s\n");
            ExitCode::from(u8::from(failed > 0))
        }
        Err(error) => {
            eprintln!("the run broke off: {error:#}");
            println!("\ntest result: FAILED");
            ExitCode::FAILURE
        }
    }
}

/// How many walks and examinations were at fault.
#[allow(clippy::print_stdout, reason = "a test tells how it went")]
async fn run(arguments: &Arguments) -> Result<usize> {
    let settings: Vec<_> = match arguments.all {
        true => Setting::all().collect(),
        false => vec![Setting::ORDINARY],
    };
    let jobs: Vec<_> =
        Job::all(settings.into_iter()).filter(|job| arguments.wants(&job.to_string())).collect();
    let devices = ["mobile", "desktop"].map(|device| (device, format!("lighthouse-{device}")));
    let devices: Vec<_> =
        devices.into_iter().filter(|(_, name)| arguments.all && arguments.wants(name)).collect();
    println!("\nrunning {} tests", jobs.len() + devices.len());
    if jobs.is_empty() && devices.is_empty() {
        return Ok(0);
    }
    let tools = match Tools::find() {
        Ok(tools) => tools,
        Err(missing) => {
            skipped::skip("BROWSER", &format!("there is {missing}"));
            return Ok(0);
        }
    };
    let mut failed = walk(jobs, tools.axe).await?;
    // Afterwards, so that nothing else takes the machine's time.
    if !devices.is_empty() {
        let stage = Stage::build().await?;
        for (device, name) in devices {
            let start = Instant::now();
            let page = format!("{}/en", stage.open.home);
            let faults = lighthouse::examine(&tools.lighthouse, &page, device).await?;
            report(&name, start.elapsed(), &faults);
            failed += usize::from(!faults.is_empty());
        }
    }
    Ok(failed)
}

/// Two at a time, which is what two processors can do.
async fn walk(jobs: Vec<Job>, axe: String) -> Result<usize> {
    if jobs.is_empty() {
        return Ok(0);
    }
    let chromium = Chromium::start().await?;
    let work = Work::new(jobs.into_iter(), axe);
    let (one, other) = tokio::join!(work.carry_out(&chromium), work.carry_out(&chromium));
    Ok(one? + other?)
}
