//! `accountcreator setup`: from a few answers to all that the service and its app registration need.
//!
//! Running it again changes nothing it need not: keys and `config.toml` are their owner's from the first time on, and
//! only what follows from the configuration is written again.

mod answers;
mod args;
mod ask;
mod existing;
mod file;
mod next;
mod question;
mod registration;
mod rule;
mod write;

use std::{
    io::{ErrorKind, stdin},
    path::Path,
    process::ExitCode,
    time::Duration,
};

use anyhow::Context;
use clap::{CommandFactory, error::ErrorKind as Usage};
use secrecy::ExposeSecret;

pub use args::SetupArgs;

use super::{args::Args, configured::Misconfigured, identity::Identity};
use crate::{
    config::{self, Config},
    domain::{Clock, Entropy, SecretKey, TenantAlias},
    entra::Certificate,
};
use answers::Answers;
use ask::{Dialogue, Ended};
use existing::Existing;
use file::Secrets;
pub(super) use next::dir_flag;
use question::{CLIENT_ID, DATABASE, DATABASE_FILE, PASSWORD_FILE, Question};
use registration::Registration;
use write::{Done, Outcome, Readers, current, once};

/// The lifetime of the certificate.
const LIFE: Duration = Duration::from_hours(24 * 730);

pub(super) fn run(args: &SetupArgs) -> anyhow::Result<ExitCode> {
    let dir = std::path::absolute(&args.dir)?;
    let given = args.answers()?.at(&dir);
    refuse_passwords(&given)?;
    let path = dir.join(file::CONFIG);
    match config::read_text(&path) {
        Ok(text) => again(&Existing::read(text)?, given, args.non_interactive)?,
        Err(error) if error.kind() == ErrorKind::NotFound => first(given, args.non_interactive)?,
        Err(error) => return Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
    Ok(ExitCode::SUCCESS)
}

/// There is no configuration yet.
fn first(mut answers: Answers, non_interactive: bool) -> anyhow::Result<()> {
    // Wrong flags are reported before anything is asked.
    refuse_faults(&answers)?;
    if non_interactive {
        answers.take_suggestions();
        require(&answers)?;
        ask::say_preview(&answers);
    } else {
        let asked = Dialogue::new(stdin().lock()).complete(&mut answers);
        asked.map_err(|error| if error.is::<Ended>() { unanswered(&answers) } else { error })?;
    }
    let dir = write::folder(&answers.dir)?;
    let mut done = vec![pair(&dir)?, secret_key(&dir)?];
    done.extend(typed_secrets(&answers, &dir)?);
    if let Some(data) = answers.data_folder() {
        write::folder(data)?;
    }
    // If anything fails from here on, the next run finds what is written already, and keeps it.
    let config = config::from_toml(&answers.loadable()).map_err(Misconfigured)?;
    let text = file::render(&answers, Secrets::InFiles);
    done.push(once(&dir.join(file::CONFIG), CONFIG_IS, Readers::All, &text)?);
    finish(&config, &"main".parse()?, &answers.dir, done)
}

/// There is a configuration, which stays as it is except for a client id that was to come.
fn again(existing: &Existing, mut given: Answers, non_interactive: bool) -> anyhow::Result<()> {
    let differences = existing.differences(&given);
    anyhow::ensure!(
        differences.is_empty(),
        "config.toml is there already and says something else, so nothing was changed\n  {}\n\
         change it in the file, or leave the flag out",
        differences.join("\n  ")
    );
    if existing.lacks_client_id() && given.get(CLIENT_ID).is_none() && !non_interactive {
        match Dialogue::new(stdin().lock()).client_id(&mut given) {
            Err(error) if !error.is::<Ended>() => return Err(error),
            _ => {}
        }
    }
    refuse_faults(&given)?;
    let path = given.dir.join(file::CONFIG);
    let filled = given.get(CLIENT_ID).map(|id| existing.filled(id)).transpose()?.flatten();
    let text = filled.as_deref().unwrap_or(existing.text());
    let config = existing.load(text)?;
    let done = vec![current(&path, CONFIG_IS, Readers::All, text)?];
    finish(&config, &existing.tenant()?, &given.dir, done)
}

const CONFIG_IS: &str = "the configuration";

/// Writes what follows from the configuration, and prints the next steps.
fn finish(config: &Config, alias: &TenantAlias, dir: &Path, mut done: Vec<Done>) -> anyhow::Result<()> {
    let registration = Registration::of(config, alias, &dir.display().to_string())?;
    let script = dir.join("entra-setup.sh");
    done.push(current(
        &script,
        "registers the application, with az",
        Readers::AllAsProgram,
        &registration.script,
    )?);
    let portal = dir.join("entra-portal.md");
    done.push(current(&portal, "the same by hand, in the portal", Readers::All, &registration.portal)?);
    if let Some(text) = &registration.exchange {
        let what = "lets it send from the mailbox, with PowerShell";
        done.push(current(&dir.join(file::EXCHANGE), what, Readers::All, text)?);
    }
    next::say(config, alias, dir, &done);
    Ok(())
}

/// The key and its certificate: they are made if both are missing, and kept if both exist.
fn pair(dir: &Path) -> anyhow::Result<Done> {
    let (key, certificate) = (dir.join(file::KEY), dir.join(file::CERTIFICATE));
    let outcome = match (key.exists(), certificate.exists()) {
        (false, false) => {
            let identity = Identity::lasting("accountcreator", Clock::system().now(), LIFE)?;
            identity.write(&key, &certificate)?;
            Outcome::Written
        }
        (true, true) => {
            let read = |file: &Path| {
                config::read_text(file).with_context(|| format!("cannot read {}", file.display()))
            };
            Certificate::of(&zeroize::Zeroizing::new(read(&key)?), &read(&certificate)?)?;
            Outcome::Kept
        }
        (true, false) => anyhow::bail!(lonely(&key, &certificate)),
        (false, true) => anyhow::bail!(lonely(&certificate, &key)),
    };
    Ok(Done { path: key, outcome, what: "the private key, and certificate.pem beside it" })
}

fn lonely(one: &Path, other: &Path) -> String {
    format!(
        "{} is there without {}; put back the other of the pair, or move this one away",
        one.display(),
        other.display()
    )
}

fn secret_key(dir: &Path) -> anyhow::Result<Done> {
    let secret = zeroize::Zeroizing::new(SecretKey::random(&Entropy::system()) + "\n");
    once(&dir.join(file::SECRET_KEY), "seals passwords until they are mailed", Readers::Owner, &secret)
}

/// Each secret that was typed, in a file that its owner alone may read.
fn typed_secrets(answers: &Answers, dir: &Path) -> anyhow::Result<Vec<Done>> {
    let kinds = [
        (PASSWORD_FILE, file::SMTP_PASSWORD, "the password for the mail server"),
        (DATABASE_FILE, file::DATABASE_URL, "the address of the database, with its password"),
    ];
    let typed =
        kinds.into_iter().filter_map(|(key, name, what)| Some((answers.secrets.get(key)?, name, what)));
    typed
        .map(|(secret, name, what)| {
            let (path, secret) = (dir.join(name), secret.expose_secret());
            let done = once(&path, what, Readers::Owner, secret)?;
            let same = || config::read_text(&path).is_ok_and(|found| found.trim_end() == secret);
            anyhow::ensure!(
                done.outcome == Outcome::Written || same(),
                "{} is there already and says something else; move it away, and answer again",
                path.display()
            );
            Ok(done)
        })
        .collect()
}

/// All that is missing, and all that is wrong, at once.
fn require(answers: &Answers) -> anyhow::Result<()> {
    if !answers.missing().is_empty() {
        return Err(unanswered(answers));
    }
    refuse_faults(answers)
}

fn unanswered(answers: &Answers) -> anyhow::Error {
    if answers.missing().is_empty() {
        let remedy = "the answers ended before the last question; --non-interactive takes what is suggested";
        return wrong_usage(Usage::MissingRequiredArgument, remedy);
    }
    let line = |question: &&Question| format!("\n  {}", question.flag);
    let flags: String = answers.missing().iter().map(line).collect();
    wrong_usage(Usage::MissingRequiredArgument, &format!("these flags are missing:{flags}"))
}

fn refuse_faults(answers: &Answers) -> anyhow::Result<()> {
    let faults: Vec<String> = answers
        .faults()
        .iter()
        .filter_map(|fault| {
            let question = question::of(&fault.key)?;
            Some(format!("{}: {}; {}", question.flag, fault.problem, fault.remedy))
        })
        .collect();
    if faults.is_empty() {
        Ok(())
    } else {
        Err(wrong_usage(
            Usage::InvalidValue,
            &format!("these answers are at fault:\n  {}", faults.join("\n  ")),
        ))
    }
}

fn refuse_passwords(given: &Answers) -> anyhow::Result<()> {
    if given.get(DATABASE).is_some_and(question::holds_password) {
        let remedy = "--database-url: it holds a password, which the shell's history keeps; \
                      write it into a file and name that by --database-url-file";
        return Err(wrong_usage(Usage::InvalidValue, remedy));
    }
    Ok(())
}

/// An error in the form that clap gives it.
fn wrong_usage(kind: Usage, message: &str) -> anyhow::Error {
    let mut command = Args::command();
    command.build();
    let found = command.find_subcommand_mut("setup").map(|setup| setup.error(kind, message));
    found.unwrap_or_else(|| command.error(kind, message)).into()
}
