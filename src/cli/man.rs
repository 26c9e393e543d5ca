//! `accountcreator man`

use std::{
    fs,
    io::{self, Write},
    path::Path,
    process::ExitCode,
};

use anyhow::Context;
use clap::{Command, CommandFactory};
use clap_mangen::{
    Man,
    roff::{Roff, bold, roman},
};

use super::{
    args::{Args, CONFIGURATION, FAILURE},
    say::{say, say_on},
};

/// A chapter that does not follow from the arguments: title, and each item with its text.
type Chapter<'a> = (&'a str, &'a [(&'a str, &'a str)]);

const FILES: Chapter<'_> = (
    "FILES",
    &[
        ("/etc/accountcreator/config.toml", "The configuration of this machine."),
        ("config/local.toml", "The configuration of the working directory, over the machine's."),
    ],
);
const ENVIRONMENT: Chapter<'_> = (
    "ENVIRONMENT",
    &[
        ("ACCOUNTCREATOR_CONFIG", "A configuration file over the others, where --config names none."),
        (
            "ACCOUNTCREATOR__SECTION__KEY",
            "The key of the section, over all files. accountcreator config reference prints every one.",
        ),
    ],
);

/// Prints the page of the program, or writes it and those of all commands.
pub(super) fn run(dir: Option<&Path>) -> anyhow::Result<ExitCode> {
    let mut program = Args::command().disable_help_subcommand(true);
    program.build();
    let page = page(&program)?;
    let Some(dir) = dir else {
        say_on!("{page}");
        return Ok(ExitCode::SUCCESS);
    };
    let write = || {
        fs::create_dir_all(dir)?;
        write_below(&program, dir)?;
        fs::write(dir.join("accountcreator.1"), &page)
    };
    write().with_context(|| format!("the manual cannot be written into {}", dir.display()))?;
    say!("wrote the manual into {}", dir.display());
    Ok(ExitCode::SUCCESS)
}

/// The pages of the commands below one.
fn write_below(command: &Command, dir: &Path) -> io::Result<()> {
    for below in command.get_subcommands() {
        manual(below).generate_to(dir)?;
        write_below(below, dir)?;
    }
    Ok(())
}

/// A page without a date, which would differ with every build. An empty date would be left out, and the next field
/// would take its place.
fn manual(command: &Command) -> Man {
    Man::new(command.clone()).date(" ").source(concat!("accountcreator ", env!("CARGO_PKG_VERSION")))
}

/// The page of the program (roff, man(7)).
fn page(program: &Command) -> anyhow::Result<String> {
    let man = manual(program);
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    man.render_subcommands_section(&mut page)?;
    let (failure, configuration) = (FAILURE.to_string(), CONFIGURATION.to_string());
    let statuses = [
        ("0", "It is done."),
        (&*failure, "It cannot be done; the message says why and what to do."),
        ("2", "The arguments are wrong."),
        (&*configuration, "The configuration is at fault; every fault is listed."),
    ];
    for chapter in [FILES, ENVIRONMENT, ("EXIT STATUS", &statuses)] {
        write_chapter(&mut page, chapter)?;
    }
    man.render_version_section(&mut page)?;
    Ok(String::from_utf8(page)?)
}

fn write_chapter(page: &mut dyn Write, (title, items): Chapter<'_>) -> io::Result<()> {
    let mut roff = Roff::new();
    roff.control("SH", [title]);
    for (name, text) in items {
        roff.control("TP", []).text([bold(*name)]).text([roman(*text)]);
    }
    roff.to_writer(page)
}
