//! The answers, and the faults that the configuration finds in them: there is no second validation.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use secrecy::SecretString;
use toml::Value;

use super::{
    file::{self, Secrets},
    question::{self, CLIENT_ID, DATABASE, EXAMPLE, Form, Question, RULE},
    rule,
};
use crate::{
    config::{self, Fault},
    domain::{Email, EmailRule},
};

/// The client id while it is unknown, for a configuration that has to be loaded nevertheless.
pub(super) const NO_CLIENT_ID: &str = "00000000-0000-0000-0000-000000000000";

/// The answers as they were typed, by the key of the configuration.
#[derive(Clone, Default)]
pub(super) struct Answers {
    given: BTreeMap<&'static str, String>,
    /// The folder of the files.
    pub(super) dir: PathBuf,
    /// The path of the database, if nothing else is said.
    pub(super) own_database: PathBuf,
    /// The mail server's password and the database's address, where they were typed: each is written into its own file.
    pub(super) secrets: BTreeMap<&'static str, SecretString>,
}

impl FromIterator<(&'static str, String)> for Answers {
    fn from_iter<T: IntoIterator<Item = (&'static str, String)>>(answers: T) -> Self {
        Self { given: answers.into_iter().collect(), ..Self::default() }
    }
}

impl Answers {
    /// The answers for files in this folder.
    pub(super) fn at(self, dir: &Path) -> Self {
        let usual = dir == Path::new(super::args::USUAL_DIR);
        let data = if usual { Path::new("/var/lib/accountcreator") } else { dir };
        Self { own_database: data.join("accountcreator.db"), dir: dir.to_owned(), ..self }
    }

    /// The folder of the database, where it is ours to choose.
    pub(super) fn data_folder(&self) -> Option<&Path> {
        let suggested = question::of(DATABASE)?.suggestion(self)?;
        if self.get(DATABASE) == Some(&suggested) { self.own_database.parent() } else { None }
    }

    pub(super) fn get(&self, key: &str) -> Option<&str> {
        self.given.get(key).map(String::as_str)
    }

    /// Sets an answer, or removes it if there is no answer.
    pub(super) fn set(&mut self, key: &'static str, answer: Option<String>) {
        match answer {
            Some(answer) => self.given.insert(key, answer),
            None => self.given.remove(key),
        };
    }

    /// All answers.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.given.iter().map(|(key, answer)| (*key, answer.as_str()))
    }

    /// The answer as it is written in the file; absent if it says what holds anyway.
    pub(super) fn value(&self, question: &Question) -> Option<Value> {
        let answer = self.get(question.key)?;
        (question.built_in != Some(answer)).then(|| written(question.form, answer))
    }

    /// Takes what is suggested for whatever is not answered.
    pub(super) fn take_suggestions(&mut self) {
        for question in &question::QUESTIONS {
            if self.get(question.key).is_none()
                && let Some(suggestion) = question.suggestion(self)
            {
                self.set(question.key, Some(suggestion));
            }
        }
    }

    /// The questions that must be answered and are not.
    pub(super) fn missing(&self) -> Vec<&'static Question> {
        let all = question::QUESTIONS.iter();
        all.filter(|question| question.is_needed(self) && self.get(question.key).is_none()).collect()
    }

    /// The faults of the answers, in the words of the configuration.
    pub(super) fn faults(&self) -> Vec<Fault> {
        let rule = self.get(RULE).and_then(rule::refusal).map(|problem| Fault {
            key: RULE.to_owned(),
            problem,
            remedy:
                r"write domains such as stud.example.edu, or an expression such as st\d{6}@stud\.example\.edu"
                    .to_owned(),
            origin: None,
        });
        let read = config::from_toml(&file::render(self, Secrets::InPlace)).err();
        let read =
            read.iter().flat_map(config::Faults::iter).filter(|fault| self.is_answered(fault)).cloned();
        rule.into_iter().chain(read).chain(self.wrong_example()).collect()
    }

    /// Returns whether the answer is an address at all.
    pub(super) fn is_address(&self, key: &str) -> bool {
        self.get(key).is_some_and(|answer| Email::parse(answer).is_ok())
    }

    /// Returns whether the fault is one of an answer. What setup itself makes is not there yet, and what is missing is
    /// asked for elsewhere.
    fn is_answered(&self, fault: &Fault) -> bool {
        question::of(&fault.key).is_some_and(|question| {
            self.get(question.key).is_some() && !self.secrets.contains_key(question.key)
        })
    }

    fn wrong_example(&self) -> Option<Fault> {
        let example = Email::parse(self.get(EXAMPLE)?).ok()?;
        let admitted = self.rule()?.captures(&example).is_some();
        (!admitted).then(|| Fault {
            key: EXAMPLE.to_owned(),
            problem: "the email rule does not admit it".to_owned(),
            remedy: "write an address that it admits, or another rule".to_owned(),
            origin: None,
        })
    }

    /// The rule for addresses.
    pub(super) fn rule(&self) -> Option<EmailRule> {
        rule::expression(self.get(RULE)?).parse().ok()
    }

    /// The file's text with some client id in any case.
    pub(super) fn loadable(&self) -> String {
        let mut complete = self.clone();
        if self.get(CLIENT_ID).is_none() {
            complete.set(CLIENT_ID, Some(NO_CLIENT_ID.to_owned()));
        }
        file::render(&complete, Secrets::InFiles)
    }
}

/// An answer as TOML has it.
pub(super) fn written(form: Form, answer: &str) -> Value {
    match form {
        Form::Text => Value::from(answer),
        Form::Rule => Value::from(rule::expression(answer)),
        Form::Number => answer.parse::<i64>().map_or_else(|_| Value::from(answer), Value::from),
        Form::Flag => match answer {
            "yes" | "y" | "true" => Value::from(true),
            "no" | "n" | "false" => Value::from(false),
            _ => Value::from(answer),
        },
        Form::List => Value::Array(items(answer).map(Value::from).collect()),
    }
}

/// The items of a list that was typed with commas or blanks between.
pub(super) fn items(answer: &str) -> impl Iterator<Item = &str> {
    answer.split([',', ' ']).map(str::trim).filter(|item| !item.is_empty())
}
