//! `accountcreator config check|show|reference`

use std::{path::Path, process::ExitCode};

use super::{
    args::ConfigCommand,
    configured,
    say::{say, say_on},
};
use crate::{app, config};

pub(super) fn run(file: Option<&Path>, command: &ConfigCommand) -> anyhow::Result<ExitCode> {
    match command {
        ConfigCommand::Check => {
            app::check_files(&configured::load(file)?)?;
            say!("the configuration is valid");
        }
        ConfigCommand::Show => say_on!("{}", configured::load(file)?.show()),
        ConfigCommand::Reference => say_on!("{}", config::reference()),
    }
    Ok(ExitCode::SUCCESS)
}
