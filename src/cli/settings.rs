//! `accountcreator config check|show`

use std::{path::Path, process::ExitCode};

use super::{
    args::ConfigCommand,
    configured,
    say::{say, say_on},
};
use crate::app;

pub(super) fn run(file: Option<&Path>, command: &ConfigCommand) -> anyhow::Result<ExitCode> {
    let config = configured::load(file)?;
    match command {
        ConfigCommand::Check => {
            app::check_files(&config)?;
            say!("the configuration is valid");
        }
        ConfigCommand::Show => say_on!("{}", config.show()),
    }
    Ok(ExitCode::SUCCESS)
}
