//! `accountcreator config check|show`

use std::{path::Path, process::ExitCode};

use super::{
    args::ConfigCommand,
    configured,
    say::{say, say_on},
};

pub(super) fn run(file: Option<&Path>, command: &ConfigCommand) -> anyhow::Result<ExitCode> {
    let config = configured::load(file)?;
    match command {
        ConfigCommand::Check => say!("the configuration is valid"),
        ConfigCommand::Show => say_on!("{}", config.show()),
    }
    Ok(ExitCode::SUCCESS)
}
