//! Profiles: who may sign up, and what their accounts get.

use std::{collections::BTreeMap, fmt, str::FromStr};

use regex::{Regex, RegexBuilder};

use super::{
    Email, GroupId, PersonName, PrincipalName, ProfileName, SkuId, TenantAlias, UpnDomain, UsernameTemplate,
};

/// One rule of the allowlist and what it grants.
#[derive(Clone, Debug)]
pub struct Profile {
    /// Its name in the configuration.
    pub name: ProfileName,
    /// Whose addresses it admits.
    pub rule: EmailRule,
    /// The tenant the account is created in.
    pub tenant: TenantAlias,
    /// The domain of the account's principal name.
    pub domain: UpnDomain,
    /// The licences the account gets.
    pub licences: Vec<SkuId>,
    /// The groups the account joins.
    pub groups: Vec<GroupId>,
    /// Where the licences are used; needed for licences.
    pub usage_location: Option<Country>,
    /// What else is written to the account; nothing besides is sent.
    pub attributes: Vec<Attribute>,
    /// How the username is made.
    pub username: UsernameTemplate,
}

/// A country, as ISO 3166-1 alpha-2 in capitals.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Country([u8; 2]);

/// The allowlist: profiles in order, the first that matches wins.
#[derive(Clone, Debug, Default)]
pub struct Profiles(Vec<Profile>);

/// A profile's answer to an address it admits.
#[derive(Clone, Debug)]
pub struct Admission<'a> {
    /// The profile.
    pub profile: &'a Profile,
    /// What the rule's named groups matched.
    pub captures: BTreeMap<String, String>,
}

impl Profiles {
    /// The profiles, in the order in which they are asked.
    #[must_use]
    pub const fn new(profiles: Vec<Profile>) -> Self {
        Self(profiles)
    }

    /// The first profile that admits the address.
    #[must_use]
    pub fn admit(&self, email: &Email) -> Option<Admission<'_>> {
        self.0.iter().find_map(|profile| profile.admit(email))
    }

    /// The profile of this name.
    #[must_use]
    pub fn named(&self, name: &ProfileName) -> Option<&Profile> {
        self.0.iter().find(|profile| profile.name == *name)
    }

    /// All profiles, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Profile> {
        self.0.iter()
    }
}

impl Profile {
    /// This profile's answer to the address, if it admits it.
    #[must_use]
    pub fn admit(&self, email: &Email) -> Option<Admission<'_>> {
        self.rule.captures(email).map(|captures| Admission { profile: self, captures })
    }
}

/// A regular expression for whole addresses, in any case; its time is linear in the address.
#[derive(Clone)]
pub struct EmailRule {
    source: String,
    whole: Regex,
}

/// The rule is no regular expression, or too large a one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct EmailRuleError(String);

impl EmailRule {
    /// The expression as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.source
    }

    /// What the named groups match; `None` when the address as a whole does not.
    #[must_use]
    pub fn captures(&self, email: &Email) -> Option<BTreeMap<String, String>> {
        let found = self.whole.captures(email.key())?;
        let named = self.whole.capture_names().flatten();
        Some(
            named.filter_map(|name| Some((name.to_owned(), found.name(name)?.as_str().to_owned()))).collect(),
        )
    }

    /// The names of the rule's groups.
    pub fn group_names(&self) -> impl Iterator<Item = &str> {
        self.whole.capture_names().flatten()
    }
}

impl FromStr for EmailRule {
    type Err = EmailRuleError;

    fn from_str(source: &str) -> Result<Self, EmailRuleError> {
        let whole = RegexBuilder::new(&format!("^(?:{source})$"))
            .case_insensitive(true)
            .size_limit(1 << 20)
            .build()
            .map_err(|error| EmailRuleError(error.to_string()))?;
        Ok(Self { source: source.to_owned(), whole })
    }
}

/// One attribute of the account and how its value is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// Graph's name of it, such as `department` or `extensionAttribute3`.
    pub name: &'static str,
    /// The longest value Graph takes, in characters.
    pub max_chars: usize,
    /// How the value is made.
    pub value: AttributeTemplate,
}

/// A text with fields: `{first_name}`, `{last_name}`, `{email}`, `{username}`, `{principal_name}`, `{random}`,
/// or a named group of the profile's rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttributeTemplate(Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Field(String),
}

/// Why an attribute is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AttributeError {
    /// Not an attribute that may be set.
    #[error("`{0}` is no attribute that can be set on an account")]
    UnknownName(String),
    /// A field that nothing fills.
    #[error("`{{{0}}}` is neither a known field nor a named group of the profile's email rule")]
    UnknownField(String),
    /// A brace without its partner.
    #[error("a `{{` has no `}}`")]
    Unbalanced,
}

/// What an account's attributes are made of.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// The person's name.
    pub name: &'a PersonName,
    /// The person's address.
    pub email: &'a Email,
    /// What the rule's named groups matched.
    pub captures: &'a BTreeMap<String, String>,
    /// What the account is called.
    pub principal: &'a PrincipalName,
    /// An anonymous value, the same at every attempt.
    pub random: &'a str,
}

impl Attribute {
    /// What may be set at creation, with Graph's limits in characters.
    ///
    /// Source: <https://learn.microsoft.com/graph/api/resources/user>.
    pub const ALLOWED: &'static [(&'static str, usize)] = &[
        ("displayName", 256),
        ("givenName", 64),
        ("surname", 64),
        ("jobTitle", 128),
        ("department", 64),
        ("companyName", 64),
        ("employeeId", 16),
        ("employeeType", 64),
        ("officeLocation", 128),
        ("city", 128),
        ("state", 128),
        ("country", 128),
        ("streetAddress", 1024),
        ("postalCode", 40),
        ("mobilePhone", 64),
        ("preferredLanguage", 64),
        ("mail", 113),
        ("extensionAttribute1", 1024),
        ("extensionAttribute2", 1024),
        ("extensionAttribute3", 1024),
        ("extensionAttribute4", 1024),
        ("extensionAttribute5", 1024),
        ("extensionAttribute6", 1024),
        ("extensionAttribute7", 1024),
        ("extensionAttribute8", 1024),
        ("extensionAttribute9", 1024),
        ("extensionAttribute10", 1024),
        ("extensionAttribute11", 1024),
        ("extensionAttribute12", 1024),
        ("extensionAttribute13", 1024),
        ("extensionAttribute14", 1024),
        ("extensionAttribute15", 1024),
    ];

    const FIELDS: [&'static str; 6] =
        ["first_name", "last_name", "email", "username", "principal_name", "random"];

    /// Reads an attribute of a profile whose rule is `rule`.
    ///
    /// # Errors
    /// [`AttributeError`].
    pub fn parse(name: &str, value: &str, rule: &EmailRule) -> Result<Self, AttributeError> {
        let (name, max_chars) = *Self::ALLOWED
            .iter()
            .find(|(allowed, _)| *allowed == name)
            .ok_or_else(|| AttributeError::UnknownName(name.to_owned()))?;
        let parts = split_fields(value)?;
        for part in &parts {
            if let Part::Field(field) = part
                && !Self::FIELDS.contains(&field.as_str())
                && !rule.group_names().any(|group| group == field)
            {
                return Err(AttributeError::UnknownField(field.clone()));
            }
        }
        Ok(Self { name, max_chars, value: AttributeTemplate(parts) })
    }

    /// The value for one account, cut to what Graph takes.
    #[must_use]
    pub fn render(&self, facts: &Facts<'_>) -> String {
        let text: String = self.value.0.iter().map(|part| part.render(facts)).collect();
        text.chars().take(self.max_chars).collect()
    }
}

impl Part {
    fn render(&self, facts: &Facts<'_>) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Field(field) => match field.as_str() {
                "first_name" => facts.name.first().to_owned(),
                "last_name" => facts.name.last().to_owned(),
                "email" => facts.email.as_str().to_owned(),
                "username" => facts.principal.username.to_string(),
                "principal_name" => facts.principal.to_string(),
                "random" => facts.random.to_owned(),
                group => facts.captures.get(group).cloned().unwrap_or_default(),
            },
        }
    }
}

fn split_fields(text: &str) -> Result<Vec<Part>, AttributeError> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let (field, tail) = after.split_once('}').ok_or(AttributeError::Unbalanced)?;
        if !before.is_empty() {
            parts.push(Part::Text(before.to_owned()));
        }
        parts.push(Part::Field(field.to_owned()));
        rest = tail;
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest.to_owned()));
    }
    Ok(parts)
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

impl fmt::Debug for EmailRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EmailRule({})", self.source)
    }
}
