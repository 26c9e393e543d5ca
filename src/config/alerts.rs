//! `[alerts]`: who is told by mail when something needs a person.

use std::time::Duration;

use super::{
    Address,
    section::{Section, Takes},
};
use crate::domain::{Email, Locale};

/// Who is told by mail when something needs a person.
#[derive(Debug, Clone)]
pub struct Alerts {
    /// Their addresses; nobody is told where there is none.
    pub to: Vec<Email>,
    /// In which language.
    pub language: Locale,
    /// How often at most, for each kind of mail.
    pub every: Duration,
}

const TO: Takes = Takes("an email address", "\"it@example.edu\"");
const LANGUAGE: Takes = Takes("a language tag", "\"de\"");

impl Alerts {
    pub(super) fn read(section: &mut Section<'_>) -> Option<Self> {
        let to = section.list::<Address>("to", TO);
        let language = section.parse("language", LANGUAGE);
        let every = section.duration("every", Duration::from_mins(1)..=Duration::from_hours(7 * 24));
        Some(Self {
            to: to?.into_iter().map(|Address(email)| email).collect(),
            language: language?,
            every: every?,
        })
    }
}
