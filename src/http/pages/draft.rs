//! What was typed into the form, before it is more than text.

use super::{
    super::{body::Fields, error::Error},
    faults::{Fault, Field},
};
use crate::{
    domain::{Email, NameRules, PersonName, Profiles, Username},
    signup::Signups,
};

/// The form as it was sent.
#[derive(Default)]
pub(super) struct Draft {
    pub token: String,
    pub email: String,
    pub first_name: String,
    pub last_name: String,
    /// The username that was picked, with or without its domain.
    pub username: String,
    pub consent_microsoft: bool,
    pub consent_terms: bool,
    /// The browser's proof of work.
    pub proof: String,
    /// Whether the field that people do not see was filled in. What stood there is not kept.
    pub trapped: bool,
    /// Whether it corrects the request that this browser has sent before.
    pub corrects: bool,
    /// Whether the form is not sent, but shown in another language.
    pub switches: bool,
}

/// The field that people do not see. Programs like to leave an address there; no browser fills it in by itself.
pub(super) const TRAP: &str = "website";

/// Longer input is not given back in full.
const ECHO_CHARS: usize = 256;

impl Draft {
    pub(super) fn read(fields: &Fields) -> Result<Self, Error> {
        Ok(Self {
            token: fields.one("form")?.to_owned(),
            email: fields.one(Field::Email.name())?.to_owned(),
            first_name: fields.one(Field::FirstName.name())?.to_owned(),
            last_name: fields.one(Field::LastName.name())?.to_owned(),
            username: fields.one(Field::Username.name())?.to_owned(),
            consent_microsoft: fields.one(Field::ConsentMicrosoft.name())? == "yes",
            consent_terms: fields.one(Field::ConsentTerms.name())? == "yes",
            proof: fields.one("altcha")?.to_owned(),
            trapped: !fields.one(TRAP)?.is_empty(),
            corrects: !fields.one("corrects")?.is_empty(),
            switches: !fields.one("switch")?.is_empty(),
        })
    }

    /// The address and the name, or every fault in the order of the fields.
    pub(super) fn parse(
        &self,
        allowlist: &Profiles,
        names: &NameRules,
    ) -> Result<(Email, PersonName), Vec<Fault>> {
        let mut faults = Vec::new();
        let email = self.admitted(allowlist).map_err(|fault| faults.push(fault));
        let name = names.parse(&self.first_name, &self.last_name).map_err(|(first, last)| {
            faults.extend(first.map(Fault::of_first_name));
            faults.extend(last.map(Fault::of_last_name));
        });
        if !self.consent_microsoft {
            faults.push(Fault::new(Field::ConsentMicrosoft, "error-consent-microsoft"));
        }
        if !self.consent_terms {
            faults.push(Fault::new(Field::ConsentTerms, "error-consent-terms"));
        }
        match (email, name) {
            (Ok(email), Ok(name)) if faults.is_empty() => Ok((email, name)),
            _ => Err(faults),
        }
    }

    /// The usernames to pick from, as they are shown; none where there is nothing to pick.
    pub(super) fn choices(&self, signups: &Signups) -> Vec<String> {
        let email = Email::parse(&self.email).ok();
        let Ok(name) = signups.names().parse(&self.first_name, &self.last_name) else { return Vec::new() };
        match signups.preview(email.as_ref(), &name) {
            Ok(Some(preview)) if preview.usernames.len() > 1 => preview.shown(),
            _ => Vec::new(),
        }
    }

    /// Returns whether this is the choice that was picked. Its domain may have come with the address since.
    pub(super) fn has_picked(&self, choice: &str) -> bool {
        let bare = |text: &str| text.split('@').next().unwrap_or_default().to_owned();
        !self.username.is_empty() && bare(&self.username) == bare(choice)
    }

    /// The username that was picked; none where there is nothing to pick.
    pub(super) fn picked(
        &self,
        signups: &Signups,
        email: &Email,
        name: &PersonName,
    ) -> Result<Option<Username>, Fault> {
        // Other faults of the name are found when the request is recorded.
        let Ok(Some(preview)) = signups.preview(Some(email), name) else { return Ok(None) };
        if preview.usernames.len() < 2 {
            return Ok(None);
        }
        let picked = preview.usernames.into_iter().find(|username| self.has_picked(username.as_str()));
        picked.map(Some).ok_or(Fault::new(Field::Username, "error-username-choose"))
    }

    fn admitted(&self, allowlist: &Profiles) -> Result<Email, Fault> {
        let email = Email::parse(&self.email).map_err(Fault::of_email)?;
        match allowlist.admit(&email) {
            Some(_) => Ok(email),
            None => Err(Fault::new(Field::Email, "error-email-not-admitted")),
        }
    }

    /// A text as it may stand in a field again: without what cannot be seen or turns the reading direction.
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
        let signups = &house.site.signups;
        let (allowlist, names) = (signups.profiles(), signups.names());
        let texts = |draft: &Draft| {
            draft.parse(allowlist, names).err().map(|faults| faults.iter().map(|f| f.text).collect())
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
