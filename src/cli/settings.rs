//! `accountcreator config check|show`

use std::{path::Path, process::ExitCode};

use super::{args::ConfigCommand, configured};

pub(super) fn run(file: Option<&Path>, command: &ConfigCommand) -> anyhow::Result<ExitCode> {
    let config = configured::load(file)?;
    match command {
        ConfigCommand::Check => println!("the configuration is valid"),
        ConfigCommand::Show => print!("{}", config.show()),
    }
    Ok(ExitCode::SUCCESS)
}
