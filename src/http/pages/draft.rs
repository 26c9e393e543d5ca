//! The form as it was typed.

use serde::{Deserialize, Deserializer};

use super::super::refusal::{Field, FieldError};
use crate::{
    domain::{Admission, Email, Username},
    signup::Signups,
};

/// The form as it was sent, under the names of its fields.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(in crate::http) struct Draft {
    #[serde(rename = "form")]
    pub token: String,
    pub email: String,
    pub first_name: String,
    pub last_name: String,
    /// The username that was picked, with or without its domain.
    pub username: String,
    #[serde(deserialize_with = "is_yes")]
    pub consent_microsoft: bool,
    #[serde(deserialize_with = "is_yes")]
    pub consent_terms: bool,
    /// The browser's proof of work.
    #[serde(rename = "altcha")]
    pub proof: String,
    /// True if the field that people do not see was filled in. Its content is not kept.
    #[serde(rename = "website", deserialize_with = "is_filled")]
    pub trapped: bool,
    /// True if it corrects the request that this browser has sent before.
    #[serde(deserialize_with = "is_filled")]
    pub corrects: bool,
    /// True if the form is not sent, but shown in another language.
    #[serde(rename = "switch", deserialize_with = "is_filled")]
    pub switches: bool,
}

/// The field that people do not see. Programs often leave an address there; no browser fills it in by itself.
pub(super) const TRAP: &str = "website";

/// Longer input is not given back in full.
const ECHO_CHARS: usize = 256;

fn is_yes<'de, D: Deserializer<'de>>(text: D) -> Result<bool, D::Error> {
    String::deserialize(text).map(|text| text == "yes")
}

fn is_filled<'de, D: Deserializer<'de>>(text: D) -> Result<bool, D::Error> {
    String::deserialize(text).map(|text| !text.is_empty())
}

impl Draft {
    /// Admits the person, or returns every fault in the order of the fields.
    pub(super) fn parse<'a>(&self, signups: &'a Signups) -> Result<Admission<'a>, Vec<FieldError>> {
        let mut faults = Vec::new();
        let email = Email::parse(&self.email).map_err(FieldError::of_email);
        let admitted = email
            .as_ref()
            .map_err(|fault| *fault)
            .and_then(|email| signups.profiles().admit(email).ok_or(FieldError::not_admitted()));
        let admitted = admitted.map_err(|fault| faults.push(fault));
        let name = signups.names().parse(&self.first_name, &self.last_name).map_err(|(first, last)| {
            faults.extend(first.map(FieldError::of_first_name));
            faults.extend(last.map(FieldError::of_last_name));
        });
        if !self.consent_microsoft {
            faults.push(FieldError::new(Field::ConsentMicrosoft, "error-consent-microsoft"));
        }
        if !self.consent_terms {
            faults.push(FieldError::new(Field::ConsentTerms, "error-consent-terms"));
        }
        match (admitted, name) {
            (Ok(admitted), Ok(name)) if faults.is_empty() => {
                Ok(admitted.of_person(name, signups.username_rules()))
            }
            _ => Err(faults),
        }
    }

    /// The usernames to pick from, as they are shown; empty where there is nothing to pick.
    pub(super) fn choices(&self, signups: &Signups) -> Vec<String> {
        let email = Email::parse(&self.email).ok();
        let Ok(name) = signups.names().parse(&self.first_name, &self.last_name) else { return Vec::new() };
        match signups.preview(email.as_ref(), &name) {
            Ok(Some(preview)) if preview.usernames.len() > 1 => preview.shown(),
            _ => Vec::new(),
        }
    }

    /// Returns whether this is the choice that was picked. Its domain may have become known since.
    pub(super) fn has_picked(&self, choice: &str) -> bool {
        let bare = |text: &str| text.split('@').next().unwrap_or_default().to_owned();
        !self.username.is_empty() && bare(&self.username) == bare(choice)
    }

    /// The username that was picked; `None` where there is nothing to pick.
    pub(super) fn picked(&self, admission: &Admission<'_>) -> Result<Option<Username>, FieldError> {
        // Other faults of the name are found when the request is recorded.
        let suggested = admission.usernames().unwrap_or_default();
        if suggested.len() < 2 {
            return Ok(None);
        }
        let picked = suggested.iter().find(|username| self.has_picked(username.as_str()));
        picked.cloned().map(Some).ok_or(FieldError::new(Field::Username, "error-username-choose"))
    }

    /// A text as it may be shown in a field again: without what cannot be seen or turns the reading direction.
    pub(super) fn echo(text: &str) -> String {
        let unseen =
            |c: char| c.is_control() || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
        text.chars().filter(|c| !unseen(*c)).take(ECHO_CHARS).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::testing::{House, STUDENT};

    #[tokio::test]
    async fn every_fault_is_named_at_once_in_the_order_of_the_fields() {
        let house = House::new().await;
        let texts = |draft: &Draft| {
            draft.parse(&house.site.signups).err().map(|faults| faults.iter().map(|f| f.text).collect())
        };
        let empty: Option<Vec<_>> = texts(&Draft::default());
        let expected = [
            "error-email-empty",
            "error-first-name-empty",
            "error-last-name-empty",
            "error-consent-microsoft",
            "error-consent-terms",
        ];
        assert_eq!(empty.as_deref(), Some(expected.as_slice()));

        let draft = Draft {
            email: STUDENT.into(),
            first_name: "a".repeat(65),
            last_name: "ev\u{202e}il".into(),
            consent_microsoft: true,
            ..Draft::default()
        };
        let expected = ["error-first-name-too-long", "error-last-name-forbidden", "error-consent-terms"];
        assert_eq!(texts(&draft).as_deref(), Some(expected.as_slice()));

        let draft = Draft { email: "someone@example.com".into(), ..draft };
        assert_eq!(texts(&draft).map(|texts: Vec<_>| texts[0]), Some("error-email-not-admitted"));
    }

    #[test]
    fn what_is_given_back_is_readable_and_short() {
        assert_eq!(Draft::echo("Zoë\0\u{202e} <b>\r\n"), "Zoë <b>");
        assert_eq!(Draft::echo(&"x".repeat(10_000)).len(), ECHO_CHARS);
    }
}
