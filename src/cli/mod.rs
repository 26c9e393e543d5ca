//! The command line: one file per subcommand.
#![allow(clippy::print_stderr, reason = "a command speaks on its standard streams")]

mod args;
mod backup;
mod cert;
mod configured;
mod demo;
mod doctor;
mod erase;
mod exchange;
mod hangup;
mod health;
mod identity;
mod import;
mod logging;
mod man;
mod manager;
mod manifest;
mod migrate;
mod needs;
mod profiles;
mod prune;
mod restored;
mod routes;
mod sandbox;
mod say;
mod serve;
mod server;
mod settings;
mod setup;
mod shutdown;
mod signups;
mod switch;
mod table;
mod texts;

use std::{error::Error, process::ExitCode};

use clap::CommandFactory;
use listenfd::ListenFd;

pub use args::Args;
use args::{CONFIGURATION, Command, FAILURE, USAGE};
use configured::Misconfigured;

use crate::app::BuildError;

/// Runs the command of this process. Wrong usage ends the process with 2, as clap does.
#[must_use]
pub fn run() -> ExitCode {
    let args = Args::read();
    // Taking the sockets changes the environment, so it is done while there is one thread.
    let passed = ListenFd::from_env();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let outcome = runtime.map_err(anyhow::Error::from).and_then(|runtime| {
        let outcome = runtime.block_on(execute(args, passed));
        // Tasks that still run are abandoned, such as a look-up of an address.
        runtime.shutdown_background();
        outcome
    });
    match outcome {
        Ok(code) => code,
        Err(error) => report(&error),
    }
}

async fn execute(args: Args, passed: ListenFd) -> anyhow::Result<ExitCode> {
    let file = args.config.as_deref();
    match args.command {
        Command::Setup(setup) => setup::run(&setup),
        Command::Serve => serve::run(file, passed).await,
        Command::Migrate(migrate) => migrate::run(file, &migrate).await,
        Command::Demo(demo) => demo::run(&demo).await,
        Command::Sandbox(sandbox) => sandbox::run(&sandbox).await,
        Command::Manifest { tenant, json } => manifest::run(file, tenant.as_ref(), json),
        Command::Cert { command } => cert::run(file, &command),
        Command::Doctor(doctor) => doctor::run(file, &doctor).await,
        Command::Config { command } => settings::run(file, &command),
        Command::Profiles { command } => profiles::run(file, &command),
        Command::Routes { json } => routes::run(file, json),
        Command::Signups { command } => signups::run(file, &command).await,
        Command::Texts { command } => texts::run(file, &command),
        Command::Backup { file: target } => backup::run(file, &target).await,
        Command::Restored => restored::run(file).await,
        Command::Import { command } => import::run(file, &command).await,
        Command::Prune(prune) => prune::run(file, &prune).await,
        Command::Health => health::run(file).await,
        Command::Completions { shell } => {
            clap_complete::generate(shell, &mut Args::command(), "accountcreator", &mut std::io::stdout());
            Ok(ExitCode::SUCCESS)
        }
        Command::Man { dir } => man::run(dir.as_deref()),
    }
}

/// One line for the error and one for each cause that adds something.
fn report(error: &anyhow::Error) -> ExitCode {
    if let Some(usage) = error.downcast_ref::<clap::Error>() {
        // If standard error is closed, the error cannot be shown anywhere.
        let _ = usage.print();
        return ExitCode::from(USAGE);
    }
    eprintln!("error: {error}");
    let mut cause: Option<&(dyn Error + 'static)> = error.source();
    while let Some(inner) = cause {
        eprintln!("  cause: {inner}");
        cause = inner.source();
    }
    let misconfigured =
        error.is::<Misconfigured>() || matches!(error.downcast_ref(), Some(BuildError::Files(_)));
    ExitCode::from(if misconfigured { CONFIGURATION } else { FAILURE })
}
