//! Profiles: who may sign up, and what their accounts get.

use std::{collections::BTreeMap, fmt, str::FromStr};

use super::{
    Attribute, Email, EmailRule, GroupId, PersonName, ProfileName, SkuId, TenantAlias, UpnDomain, Username,
    UsernameError, UsernameFacts, UsernameRules, UsernameTemplate,
};

/// One rule of the allowlist and what it grants.
#[derive(Clone, Debug)]
pub struct Profile {
    /// Its name in the configuration.
    pub name: ProfileName,
    /// The rule for the addresses that it admits.
    pub rule: EmailRule,
    /// The tenant the account is created in.
    pub tenant: TenantAlias,
    /// The domain of the account's principal name.
    pub domain: UpnDomain,
    /// The licences the account gets.
    pub licences: Vec<SkuId>,
    /// The groups the account joins.
    pub groups: Vec<GroupId>,
    /// The country in which the licences are used; needed for licences.
    pub usage_location: Option<Country>,
    /// The other values that are written to the account; nothing more is sent.
    pub attributes: Vec<Attribute>,
    /// The template of the username.
    pub username: UsernameTemplate,
}

/// A country, as ISO 3166-1 alpha-2 in capitals.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Country([u8; 2]);

/// The point of [`Profiles::admit`] in `frames`.
#[cfg(test)]
pub(crate) const ALLOWLIST: &str = "the allowlist";

/// The allowlist: profiles in order, the first that matches wins.
#[derive(Clone, Debug, Default)]
pub struct Profiles(Vec<Profile>);

/// An email and the profile that admits it, as [`Profiles::admit`] finds it.
#[derive(Clone, Debug)]
pub struct AdmittedEmail<'p, 'e> {
    /// The profile.
    pub profile: &'p Profile,
    /// The matches of the rule's named groups.
    pub captures: BTreeMap<String, String>,
    email: &'e Email,
}

/// A person whose email a profile admits. The fields are private, so that each one comes from the allowlist.
#[derive(Clone, Debug)]
pub struct Admission<'p> {
    profile: &'p Profile,
    email: Email,
    name: PersonName,
    usernames: Result<Vec<Username>, UsernameError>,
}

impl Profiles {
    /// The profiles, in the order in which they are tried.
    #[must_use]
    pub const fn new(profiles: Vec<Profile>) -> Self {
        Self(profiles)
    }

    /// The first profile that admits the address.
    #[must_use]
    pub fn admit<'e>(&self, email: &'e Email) -> Option<AdmittedEmail<'_, 'e>> {
        #[cfg(test)]
        crate::frames::record(ALLOWLIST);
        self.0.iter().find_map(|profile| profile.admit(email))
    }

    /// The profile of this name.
    #[must_use]
    pub fn named(&self, name: &ProfileName) -> Option<&Profile> {
        self.0.iter().find(|profile| profile.name == *name)
    }

    /// The template that all profiles have in common, if it needs no address.
    #[must_use]
    pub fn common_template(&self) -> Option<&UsernameTemplate> {
        let first = &self.0.first()?.username;
        let is_common = self.0.iter().all(|profile| profile.username == *first);
        (is_common && !first.needs_address()).then_some(first)
    }

    /// All profiles, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Profile> {
        self.0.iter()
    }

    /// The `pattern` of an HTML input that admits what the profiles together admit of the addresses that
    /// [`Email::parse`] takes, where JavaScript can say it. Blanks around an address pass, and so does input beyond
    /// ASCII, which may be folded. A hint for the visitor: the answer is [`Profiles::admit`]'s.
    #[must_use]
    pub fn browser_pattern(&self) -> Option<String> {
        let patterns: Vec<String> =
            self.iter().map(|profile| profile.rule.browser_pattern()).collect::<Option<_>>()?;
        let admitted = match patterns.as_slice() {
            [] => return None,
            [only] => only.clone(),
            several => format!("(?:{})", several.join(")|(?:")),
        };
        Some(format!(r"\s*(?!-)(?=[A-Za-z0-9._\-+']+@)(?:{admitted})\s*|.*[^\x00-\x7F].*"))
    }
}

impl Profile {
    /// This profile's answer to the address, if it admits it.
    #[must_use]
    pub fn admit<'e>(&self, email: &'e Email) -> Option<AdmittedEmail<'_, 'e>> {
        self.rule.captures(email).map(|captures| AdmittedEmail { profile: self, captures, email })
    }
}

impl<'p> AdmittedEmail<'p, '_> {
    /// The admission of a person of this name.
    #[must_use]
    pub fn of_person(&self, name: PersonName, rules: &UsernameRules) -> Admission<'p> {
        let usernames = self.usernames(&name, rules);
        Admission { profile: self.profile, email: self.email.clone(), name, usernames }
    }

    /// The usernames that a person of this name picks from, the usual one first.
    ///
    /// # Errors
    /// Those of [`UsernameTemplate::suggestions`].
    pub fn usernames(
        &self,
        name: &PersonName,
        rules: &UsernameRules,
    ) -> Result<Vec<Username>, UsernameError> {
        let facts = UsernameFacts { name, captures: Some(&self.captures) };
        self.profile.username.suggestions(&facts, rules)
    }
}

impl<'p> Admission<'p> {
    /// The profile that admits the email.
    #[must_use]
    pub const fn profile(&self) -> &'p Profile {
        self.profile
    }

    /// The email.
    #[must_use]
    pub const fn email(&self) -> &Email {
        &self.email
    }

    /// The person's name.
    #[must_use]
    pub const fn name(&self) -> &PersonName {
        &self.name
    }

    /// The usernames that the person picks from, the usual one first.
    ///
    /// # Errors
    /// Those of [`UsernameTemplate::suggestions`].
    pub fn usernames(&self) -> Result<&[Username], UsernameError> {
        self.usernames.as_deref().map_err(|error| *error)
    }

    /// The email and the name, to be kept.
    #[must_use]
    pub fn into_person(self) -> (Email, PersonName) {
        (self.email, self.name)
    }
}

impl FromStr for Country {
    type Err = super::IdError;

    fn from_str(text: &str) -> Result<Self, super::IdError> {
        match text.as_bytes() {
            [a, b] if a.is_ascii_alphabetic() && b.is_ascii_alphabetic() => {
                Ok(Self([a.to_ascii_uppercase(), b.to_ascii_uppercase()]))
            }
            _ => Err(super::IdError("a country has two letters, like DE (ISO 3166-1 alpha-2)")),
        }
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", char::from(self.0[0]), char::from(self.0[1]))
    }
}

impl fmt::Debug for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Country({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(name: &str, rule: &str) -> Profile {
        Profile {
            name: name.parse().expect("a name"),
            rule: rule.parse().expect("a rule"),
            tenant: "main".parse().expect("an alias"),
            domain: "example.edu".parse().expect("a domain"),
            licences: Vec::new(),
            groups: Vec::new(),
            usage_location: None,
            attributes: Vec::new(),
            username: UsernameTemplate::default(),
        }
    }

    fn profiles() -> Profiles {
        Profiles::new(vec![
            profile("students", r"(?P<id>st\d{6})@stud\.example\.edu"),
            profile("guests", r"st\d+@stud\.example\.edu|.+@guest\.example\.edu"),
        ])
    }

    #[test]
    fn the_first_profile_that_matches_wins() {
        let profiles = profiles();
        let admitted_by = |address: &str| {
            let email = Email::parse(address).expect("an address");
            profiles.admit(&email).map(|admission| admission.profile.name.to_string())
        };
        assert_eq!(admitted_by("ST123456@stud.example.edu").as_deref(), Some("students"));
        assert_eq!(admitted_by("st1@stud.example.edu").as_deref(), Some("guests"));
        assert_eq!(admitted_by("x@guest.example.edu").as_deref(), Some("guests"));
        assert_eq!(admitted_by("x@stud.example.edu"), None);
    }

    #[test]
    fn an_admission_has_what_the_groups_matched() {
        let (profiles, email) = (profiles(), Email::parse("st123456@stud.example.edu").expect("an address"));
        let admission = profiles.admit(&email).expect("admitted");
        assert_eq!(admission.captures.get("id").map(String::as_str), Some("st123456"));
    }

    #[test]
    fn profiles_are_found_by_name() {
        let profiles = profiles();
        let found = |name: &str| profiles.named(&name.parse().expect("a name")).is_some();
        assert!(found("guests") && !found("staff"));
        assert_eq!(profiles.iter().count(), 2);
    }

    #[test]
    fn the_browser_gets_all_rules_or_none() {
        let pattern = |rules: &[&str]| {
            Profiles::new(rules.iter().map(|rule| profile("p", rule)).collect()).browser_pattern()
        };
        let around =
            |rules: &str| Some(format!(r"\s*(?!-)(?=[A-Za-z0-9._\-+']+@)(?:{rules})\s*|.*[^\x00-\x7F].*"));
        assert_eq!(pattern(&["1@2", "3@4"]), around(r"(?:1\x402)|(?:3\x404)"));
        assert_eq!(pattern(&["1@2"]), around(r"1\x402"));
        assert_eq!(pattern(&["1@2", r"\b3@4"]), None);
        assert_eq!(pattern(&[]), None);
    }

    #[test]
    fn a_country_has_two_letters() {
        assert_eq!("de".parse::<Country>().map(|country| country.to_string()).as_deref(), Ok("DE"));
        for bad in ["", "D", "DEU", "D1", "\u{c4}"] {
            assert!(bad.parse::<Country>().is_err(), "{bad:?}");
        }
    }
}
