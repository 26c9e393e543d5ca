//! `[alerts]`: the mails to admins when something needs a person.

use std::time::Duration;

use super::{
    Address,
    section::{Section, Takes},
};
use crate::domain::{Email, Locale};

/// The settings of the mails to admins when something needs a person.
#[derive(Debug, Clone)]
pub struct Alerts {
    /// The addresses of the admins; no mail is sent if the list is empty.
    pub to: Vec<Email>,
    /// The language of the mails.
    pub language: Locale,
    /// The shortest time between two mails of the same kind.
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
