//! Attributes of an account, and the templates that fill them.

use std::collections::BTreeMap;

use super::{Email, EmailRule, PersonName, PrincipalName};

/// One attribute of the account and how its value is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// Graph's name of it, such as `department` or `extensionAttribute3`.
    pub name: &'static str,
    /// The longest value Graph takes, in characters.
    pub max_chars: usize,
    /// The template of the value.
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

/// The reason for which an attribute is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AttributeError {
    /// Not an attribute that may be set.
    #[error("`{0}` is no attribute that can be set on an account")]
    UnknownName(String),
    /// A field that nothing fills.
    #[error("`{{{0}}}` is neither a known field nor a named group of the profile's email rule")]
    UnknownField(String),
    /// A field of the account that is a named group of the rule as well.
    #[error("`{{{0}}}` is a field of the account and also a named group of the profile's email rule")]
    FieldAndGroup(String),
    /// A brace without its partner.
    #[error("a `{{` has no `}}`")]
    Unbalanced,
    /// Nothing to send.
    #[error("the value is empty")]
    Empty,
    /// Plain text beyond what Graph takes.
    #[error("the text has more than {0} characters")]
    TooLong(usize),
}

/// The facts of which an account's attributes are made.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// The person's name.
    pub name: &'a PersonName,
    /// The person's address.
    pub email: &'a Email,
    /// The matches of the rule's named groups.
    pub captures: &'a BTreeMap<String, String>,
    /// The principal name of the account.
    pub principal: &'a PrincipalName,
    /// An anonymous value, the same at every attempt.
    pub random: &'a str,
}

impl Attribute {
    /// The attributes that may be set at creation, with Graph's limits in characters.
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

    /// The fields of a template, apart from the named groups of the profile's rule.
    pub const FIELDS: [&'static str; 6] =
        ["first_name", "last_name", "email", "username", "principal_name", "random"];

    /// Reads an attribute of a profile whose rule is `rule`; its name in any case.
    ///
    /// # Errors
    /// [`AttributeError`].
    pub fn parse(name: &str, value: &str, rule: &EmailRule) -> Result<Self, AttributeError> {
        let (name, max_chars) = *Self::ALLOWED
            .iter()
            .find(|(allowed, _)| allowed.eq_ignore_ascii_case(name))
            .ok_or_else(|| AttributeError::UnknownName(name.to_owned()))?;
        let parts = split_fields(value)?;
        let plain: usize = parts.iter().map(Part::plain_chars).sum();
        if parts.is_empty() {
            return Err(AttributeError::Empty);
        }
        if plain > max_chars {
            return Err(AttributeError::TooLong(max_chars));
        }
        for part in &parts {
            let Part::Field(field) = part else { continue };
            match (Self::FIELDS.contains(&field.as_str()), rule.group_names().any(|group| group == field)) {
                (true, true) => return Err(AttributeError::FieldAndGroup(field.clone())),
                (false, false) => return Err(AttributeError::UnknownField(field.clone())),
                _ => {}
            }
        }
        Ok(Self { name, max_chars, value: AttributeTemplate(parts) })
    }

    /// The value for one account, cut to what Graph takes. Where one part of the name is empty, nothing is left of the
    /// separator between both.
    #[must_use]
    pub fn render(&self, facts: &Facts<'_>) -> String {
        let text: String = self.value.0.iter().map(|part| part.render(facts)).collect();
        let has_one_name = facts.name.first().is_empty() || facts.name.last().is_empty();
        let text = if has_one_name { text.trim_matches([' ', ',', ';']) } else { text.as_str() };
        text.chars().take(self.max_chars).collect()
    }
}

impl Part {
    fn plain_chars(&self) -> usize {
        match self {
            Self::Text(text) => text.chars().count(),
            Self::Field(_) => 0,
        }
    }

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

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const RULE: &str = r"(?P<student_id>st\d{6})@(?:(?P<faculty>\w+)\.)?example\.edu";

    fn parse(name: &str, value: &str) -> Result<Attribute, AttributeError> {
        Attribute::parse(name, value, &RULE.parse().expect("a rule"))
    }

    fn rendered(name: &str, value: &str) -> String {
        let email = Email::parse("St123456@example.edu").expect("an address");
        let rule: EmailRule = RULE.parse().expect("a rule");
        let facts = Facts {
            name: &PersonName::parse("Max", "Mustermann").expect("a name"),
            email: &email,
            captures: &rule.captures(&email).expect("admitted"),
            principal: &PrincipalName {
                username: "max.mustermann.2".parse().expect("a username"),
                domain: "example.edu".parse().expect("a domain"),
            },
            random: "4f1c",
        };
        parse(name, value).expect("an attribute").render(&facts)
    }

    #[rstest]
    #[case("Student", "Student")]
    #[case("{first_name} {last_name}", "Max Mustermann")]
    #[case("{email}", "St123456@example.edu")]
    #[case("{student_id}/{username}", "st123456/max.mustermann.2")]
    #[case("{principal_name}", "max.mustermann.2@example.edu")]
    #[case("x-{random}", "x-4f1c")]
    #[case("[{faculty}]", "[]")]
    fn fields_are_filled(#[case] template: &str, #[case] value: &str) {
        assert_eq!(rendered("jobTitle", template), value);
    }

    #[test]
    fn one_name_leaves_no_separator() {
        let one = PersonName::from_stored("", "Sukarno").expect("a name");
        let email = Email::parse("St123456@example.edu").expect("an address");
        let principal = PrincipalName {
            username: "sukarno".parse().expect("a username"),
            domain: "example.edu".parse().expect("a domain"),
        };
        let facts = Facts {
            name: &one,
            email: &email,
            captures: &BTreeMap::new(),
            principal: &principal,
            random: "",
        };
        let value = |template| parse("displayName", template).expect("an attribute").render(&facts);
        assert_eq!(value("{first_name} {last_name}"), "Sukarno");
        assert_eq!(value("{last_name}, {first_name}"), "Sukarno");
        assert_eq!(value("{first_name}"), "", "and is not sent");
    }

    #[test]
    fn a_value_is_cut_to_what_graph_takes() {
        assert_eq!(rendered("employeeId", "{first_name} {last_name} {student_id}"), "Max Mustermann s");
    }

    #[test]
    fn names_are_known_in_any_case() {
        assert_eq!(
            parse("EXTENSIONATTRIBUTE3", "x").map(|attribute| attribute.name),
            Ok("extensionAttribute3")
        );
        assert_eq!(
            parse("proxyAddresses", "x"),
            Err(AttributeError::UnknownName("proxyAddresses".to_owned()))
        );
    }

    #[rstest]
    #[case("{nickname}", AttributeError::UnknownField("nickname".to_owned()))]
    #[case("{first_name", AttributeError::Unbalanced)]
    #[case("", AttributeError::Empty)]
    #[case("more than sixteen", AttributeError::TooLong(16))]
    fn templates_that_cannot_be_filled_are_refused(#[case] template: &str, #[case] error: AttributeError) {
        assert_eq!(parse("employeeId", template), Err(error));
    }
}
