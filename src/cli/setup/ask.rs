//! Asking for what the flags leave open, line by line: at a terminal, or from whatever is piped in.

use std::{
    io::{self, BufRead, IsTerminal, Write, stdin, stdout},
    path::Path,
};

use anyhow::Context;
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use secrecy::SecretString;
use zeroize::Zeroizing;

use super::{
    answers::Answers,
    file,
    question::{
        self, CLIENT_ID, DATABASE, DATABASE_FILE, EXAMPLE, PASSWORD_FILE, QUESTIONS, Question, RULE, USER,
    },
    rule,
};
use crate::{
    cli::say::{say, say_on},
    config::Fault,
};

/// A dialogue with the person who answers.
pub(super) struct Dialogue<R> {
    input: R,
}

/// The input ended before the last answer.
#[derive(Debug, thiserror::Error)]
#[error("the answers ended")]
pub(super) struct Ended;

impl<R: BufRead> Dialogue<R> {
    pub(super) const fn new(input: R) -> Self {
        Self { input }
    }

    /// Asks for all that is open, until the configuration finds no fault in the answers.
    pub(super) fn complete(&mut self, answers: &mut Answers) -> anyhow::Result<()> {
        say!(
            "Enter takes what stands in brackets, `none` leaves it out. Nothing is written before the last answer.\n"
        );
        for question in &QUESTIONS {
            self.put(question, answers)?;
        }
        while let Some((fault, question)) = first_fault(answers) {
            complain(&fault);
            self.ask(question, answers)?;
        }
        Ok(())
    }

    /// Asks for the client id, which may still be unknown.
    pub(super) fn client_id(&mut self, answers: &mut Answers) -> anyhow::Result<()> {
        question::of(CLIENT_ID).map_or(Ok(()), |question| self.ask(question, answers))
    }

    /// Asks unless the flags or an answer before have settled it.
    fn put(&mut self, question: &Question, answers: &mut Answers) -> anyhow::Result<()> {
        let settled = question.key == DATABASE && answers.get(DATABASE_FILE).is_some();
        if !question.applies(answers) || settled || answers.get(question.key).is_some() {
            return Ok(());
        }
        match question.key {
            PASSWORD_FILE => self.password(answers),
            _ if question.ask.is_empty() => Ok(()),
            _ => self.ask(question, answers),
        }
    }

    /// Asks until there is an answer without a fault.
    fn ask(&mut self, question: &Question, answers: &mut Answers) -> anyhow::Result<()> {
        if question.key == PASSWORD_FILE || question.ask.is_empty() {
            return self.password_again(question, answers);
        }
        loop {
            let kept = answers.get(question.key).map(ToOwned::to_owned);
            let offered = kept.or_else(|| question.suggestion(answers));
            say_on!("{}{}: ", question.asked(answers), bracketed(question, answers, offered.as_deref()));
            let typed = self.line()?;
            let answer = if typed.is_empty() { offered } else { Some(typed) };
            answers.set(question.key, answer.filter(|answer| answer != "none"));
            let Some(fault) = fault_of(question, answers) else { break };
            complain(&fault);
            if question.key == EXAMPLE && answers.is_address(EXAMPLE) {
                // It may be right, and the rule wrong.
                question::of(RULE).map_or(Ok(()), |rule| self.ask(rule, answers))?;
            } else {
                answers.set(question.key, None);
            }
        }
        after(question, answers);
        Ok(())
    }

    /// The password is not shown while it is typed, and is written into a file of its own.
    fn password(&mut self, answers: &mut Answers) -> anyhow::Result<()> {
        let path = answers.dir.join(file::SMTP_PASSWORD);
        if !path.exists() {
            let password = loop {
                say_on!("The user's password, for {}: ", path.display());
                let password = self.hidden()?;
                if !password.is_empty() {
                    break password;
                }
                say!("  this is needed");
            };
            answers.secrets.insert(PASSWORD_FILE, SecretString::from(password.as_str()));
        }
        answers.set(PASSWORD_FILE, Some(path.display().to_string()));
        Ok(())
    }

    /// A value that has only a flag cannot be corrected by an answer, except for the user's password.
    fn password_again(&mut self, question: &Question, answers: &mut Answers) -> anyhow::Result<()> {
        anyhow::ensure!(question.key == PASSWORD_FILE, "give {} another value", question.flag);
        let path = answers.dir.join(file::SMTP_PASSWORD);
        anyhow::ensure!(!path.exists(), "write the user's password into {}", path.display());
        answers.set(PASSWORD_FILE, None);
        self.password(answers)
    }

    fn line(&mut self) -> anyhow::Result<String> {
        stdout().flush()?;
        let mut line = String::new();
        if self.input.read_line(&mut line).context("the answer cannot be read")? == 0 {
            say!("");
            return Err(Ended.into());
        }
        Ok(line.trim().to_owned())
    }

    fn hidden(&mut self) -> anyhow::Result<Zeroizing<String>> {
        let _unseen = Unseen::begin()?;
        let line = self.line().map(Zeroizing::new);
        if stdin().is_terminal() {
            say!("");
        }
        line
    }
}

/// Acts on an answer: shows which addresses are admitted; writes a database's password into a file.
fn after(question: &Question, answers: &mut Answers) {
    match question.key {
        RULE | EXAMPLE => say_preview(answers),
        DATABASE => hide_password(answers),
        USER if answers.get(USER).is_none() => answers.set(PASSWORD_FILE, None),
        _ => {}
    }
}

/// Shows which addresses the rule admits.
pub(super) fn say_preview(answers: &Answers) {
    let (Some(rule), Some(answer)) = (answers.rule(), answers.get(RULE)) else { return };
    for line in rule::preview(&rule, answer, answers.get(EXAMPLE)) {
        say!("  {line}");
    }
}

fn hide_password(answers: &mut Answers) {
    let Some(url) = answers.get(DATABASE).filter(|url| question::holds_password(url)) else { return };
    let url = SecretString::from(url);
    let path: &Path = &answers.dir.join(file::DATABASE_URL);
    answers.secrets.insert(DATABASE_FILE, url);
    answers.set(DATABASE, None);
    answers.set(DATABASE_FILE, Some(path.display().to_string()));
}

/// The fault of the answer to this question.
fn fault_of(question: &Question, answers: &Answers) -> Option<Fault> {
    if question.is_needed(answers) && answers.get(question.key).is_none() {
        return Some(Fault {
            key: question.key.to_owned(),
            problem: "this is needed".to_owned(),
            remedy: "it has no default".to_owned(),
            origin: None,
        });
    }
    answers.faults().into_iter().find(|fault| question.is_of(&fault.key))
}

/// A fault that shows only when the answers are seen together, and what to ask again.
fn first_fault(answers: &Answers) -> Option<(Fault, &'static Question)> {
    answers.faults().into_iter().find_map(|fault| {
        let question = question::of(&fault.key)?;
        Some((fault, question))
    })
}

fn complain(fault: &Fault) {
    say!("  {}; {}", fault.problem, fault.remedy);
}

fn bracketed(question: &Question, answers: &Answers, offered: Option<&str>) -> String {
    match offered {
        Some(offered) => format!(" [{offered}]"),
        None if question.is_needed(answers) => String::new(),
        None => " [none]".to_owned(),
    }
}

/// While this lives, a terminal does not show what is typed.
struct Unseen(Option<Termios>);

impl Unseen {
    fn begin() -> io::Result<Self> {
        let stdin = stdin();
        if !stdin.is_terminal() {
            return Ok(Self(None));
        }
        let before = tcgetattr(&stdin)?;
        let mut silent = before.clone();
        silent.local_modes.remove(LocalModes::ECHO);
        tcsetattr(&stdin, OptionalActions::Flush, &silent)?;
        Ok(Self(Some(before)))
    }
}

impl Drop for Unseen {
    fn drop(&mut self) {
        if let Some(before) = &self.0 {
            // The terminal may have gone: then there is nothing to restore.
            let _ = tcsetattr(stdin(), OptionalActions::Now, before);
        }
    }
}
