//! What a signup costs, measured in one run on one machine: `cargo bench`, or `cargo bench -- --quick`.
//!
//! Every figure stands beside its goal. Where speed depends on the machine, it is compared with something bare
//! on the same machine in the same minute. A missed goal is reported and is no failure.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a benchmark prints its figures")]

#[path = "../../tests/rig/mod.rs"]
mod rig;

mod bare;
mod calls;
mod delay;
mod directory;
mod drain;
mod flood;
mod footprint;
mod intake;
mod journey;
mod load;
mod mails;
mod page;
mod procfs;
mod report;
mod slow;
mod town;
mod watch;

use std::{net::SocketAddr, path::PathBuf, process::ExitCode, time::Instant};

use anyhow::Result;
use clap::Parser;

use report::Report;

/// Measures what a signup costs
#[derive(Debug, Parser)]
struct Arguments {
    /// Small rounds: the figures are rough
    #[arg(long)]
    quick: bool,
    /// Only these: page, slow, intake, journey, calls, footprint, mails, drain, flood
    only: Vec<String>,
    /// Given by `cargo bench`
    #[arg(long, hide = true)]
    bench: bool,
    /// Be the bare server that answers with this file
    #[arg(long, hide = true, value_name = "FILE")]
    bare: Option<PathBuf>,
    /// Be the simulated tenant with many groups and namesakes
    #[arg(long, hide = true, value_name = "SMTP")]
    directory: Option<SocketAddr>,
    /// Be a slow network before this server
    #[arg(long, hide = true, value_name = "SERVER")]
    delay: Option<SocketAddr>,
    #[arg(long, hide = true, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
}

/// How thoroughly to measure.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Effort {
    /// To see that it works.
    Quick,
    /// To learn something.
    Full,
}

impl Effort {
    /// One of two numbers.
    const fn of(self, quick: usize, full: usize) -> usize {
        match self {
            Self::Quick => quick,
            Self::Full => full,
        }
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let outcome = runtime.map_err(Into::into).and_then(|runtime| runtime.block_on(run(&arguments)));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("the measurement broke off: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &Arguments) -> Result<()> {
    if let Some(answer) = &arguments.bare {
        return bare::serve(arguments.listen, answer).await;
    }
    if let Some(smtp) = arguments.directory {
        return directory::serve(arguments.listen, smtp).await;
    }
    if let Some(server) = arguments.delay {
        return delay::serve(arguments.listen, server).await;
    }
    let effort = if arguments.quick || !arguments.bench { Effort::Quick } else { Effort::Full };
    let wanted = |name: &str| arguments.only.is_empty() || arguments.only.iter().any(|only| only == name);
    let start = Instant::now();
    let mut report = Report::default();
    if wanted("page") {
        page::measure(effort, &mut report).await?;
    }
    if wanted("slow") {
        slow::measure(effort, &mut report).await?;
    }
    if wanted("intake") {
        intake::measure(effort, &mut report).await?;
    }
    if wanted("journey") {
        journey::measure(effort, &mut report).await?;
    }
    if wanted("calls") {
        calls::measure(&mut report).await?;
    }
    if wanted("footprint") {
        footprint::measure(effort, &mut report).await?;
    }
    if wanted("mails") {
        mails::measure(effort, &mut report).await?;
    }
    if wanted("drain") {
        drain::measure(effort, &mut report).await?;
    }
    if wanted("flood") {
        flood::measure(effort, &mut report).await?;
    }
    println!("\n{report}\nmeasured in {:.0} s", start.elapsed().as_secs_f64());
    Ok(())
}
