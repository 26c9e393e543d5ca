//! `accountcreator config check|show|reference`

use std::{path::Path, process::ExitCode};

use super::{
    args::ConfigCommand,
    configured,
    say::{say, say_aside, say_on},
};
use crate::{app, config, store};

pub(super) fn run(file: Option<&Path>, command: &ConfigCommand) -> anyhow::Result<ExitCode> {
    match command {
        ConfigCommand::Check => {
            let config = configured::load(file)?;
            app::check_files(&config)?;
            say!("the configuration is valid");
            for (danger, remedy) in config.warnings() {
                say_aside!("warning: {danger}\n  {remedy}");
            }
            if let Some(weakness) = config.database.transport_weakness()? {
                say_aside!("warning: {weakness}\n  {}", store::TRANSPORT_REMEDY);
            }
        }
        ConfigCommand::Show => say_on!("{}", configured::load(file)?.show()),
        ConfigCommand::Reference => say_on!("{}", config::reference()),
    }
    Ok(ExitCode::SUCCESS)
}
