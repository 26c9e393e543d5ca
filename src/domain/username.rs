//! Usernames: from a name to the part of a user principal name before the `@`.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    str::FromStr,
};

use super::{
    EmailRule, PersonName, to_ascii,
    transliterate::{NamePart, is_ambiguous, spellings, without_added_letters},
};

/// The local part of a user principal name: 1 to 64 characters that Entra allows, lower case, without
/// leading, trailing or doubled dots.
///
/// Source: <https://learn.microsoft.com/entra/identity/authentication/concept-sspr-policy>.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Username(String);

/// The reason for which no username was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UsernameError {
    /// Nothing usable is left of the name.
    #[error("no letter of the name can be part of a username")]
    Empty,
    /// A name such as `admin` that no one may have.
    #[error("the username is reserved")]
    Reserved,
    /// Not of the allowed form.
    #[error("a username has 1 to 64 letters, digits, hyphens, underscores, apostrophes and single dots")]
    Malformed,
}

impl Username {
    /// The longest a username may be, in characters.
    pub const MAX_CHARS: usize = 64;

    /// Brings a text to the form of a username: ASCII, lower case, only allowed characters.
    ///
    /// # Errors
    /// [`UsernameError::Empty`] when nothing is left.
    pub fn from_text(text: &str) -> Result<Self, UsernameError> {
        let ascii = to_ascii(text);
        let mut name = String::with_capacity(ascii.len());
        for c in ascii.chars() {
            match c {
                'a'..='z' | '0'..='9' | '-' | '_' => name.push(c),
                '.' | ' ' if !name.is_empty() && !name.ends_with(['.', '-']) => {
                    name.push(if c == ' ' { '-' } else { '.' });
                }
                _ => {}
            }
            // A blank or hyphen before a dot is of no use: "anna- .lee" reads "anna.lee".
            if name.ends_with("-.") {
                name.truncate(name.len() - 2);
                name.push('.');
            }
        }
        name.truncate(Self::MAX_CHARS);
        let name = name.trim_matches(['.', '-', '_']);
        if name.is_empty() { Err(UsernameError::Empty) } else { Ok(Self(name.to_owned())) }
    }

    /// The username as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name of the `number`th person of this name: itself for 1, then `.2`, `.3` …, cut to fit.
    #[must_use]
    pub fn numbered(&self, number: u32) -> Self {
        if number <= 1 {
            return self.clone();
        }
        let suffix = format!(".{number}");
        let stem = &self.0[..self.0.len().min(Self::MAX_CHARS - suffix.len())];
        Self(format!("{}{suffix}", stem.trim_end_matches(['.', '-', '_'])))
    }
}

impl FromStr for Username {
    type Err = UsernameError;

    /// Reads a username that was made before; it is not changed.
    fn from_str(text: &str) -> Result<Self, UsernameError> {
        let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"'.-_!#^~".contains(&b);
        let fits = (1..=Self::MAX_CHARS).contains(&text.len())
            && text.bytes().all(allowed)
            && !text.starts_with('.')
            && !text.ends_with('.')
            && !text.contains("..");
        if fits { Ok(Self(text.to_owned())) } else { Err(UsernameError::Malformed) }
    }
}

/// The smallest number from 2 on whose [`Username::numbered`] form of `base` is not in `taken`; 1 when the
/// bare name is free.
#[must_use]
pub fn smallest_free(base: &Username, taken: &BTreeSet<Username>) -> u32 {
    (1..=u32::MAX).find(|number| !taken.contains(&base.numbered(*number))).unwrap_or(u32::MAX)
}

/// A template of usernames: `{first}`, `{last}`, `{first_initial}`, `{last_initial}`, the named groups of the profile's
/// rule for addresses, and plain text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsernameTemplate(String);

/// Fault of a template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UsernameTemplateError {
    /// A field that nothing fills.
    #[error("`{{{0}}}` is neither a known field nor a named group of the profile's email rule")]
    UnknownField(String),
    /// A field of the name that is a named group of the rule as well.
    #[error("`{{{0}}}` is a field of the name and also a named group of the profile's email rule")]
    FieldAndGroup(String),
    /// A brace without its partner, no field at all, or a character that no username has.
    #[error("a template has fields in braces, small letters, digits and . - _ alone, and at least one field")]
    Malformed,
}

/// The values that fill a template.
#[derive(Clone, Copy, Debug)]
pub struct UsernameFacts<'a> {
    /// The person's name.
    pub name: &'a PersonName,
    /// Matches of the named groups of the profile's rule in the address; `None` where the address is not known.
    pub captures: Option<&'a BTreeMap<String, String>>,
}

/// The people who pick a username from several.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UsernameChoice {
    /// People whose name can be spelled in several ways.
    #[default]
    WhenUnclear,
    /// Everyone.
    Always,
    /// No one.
    Never,
}

/// The operator's rules for usernames.
#[derive(Clone, Debug, Default)]
pub struct UsernameRules {
    /// Usernames that no one gets.
    pub reserved: ReservedNames,
    /// The people who pick a username from several.
    pub choice: UsernameChoice,
}

impl UsernameTemplate {
    /// The fields that a name fills.
    pub const FIELDS: [&'static str; 4] = ["first", "last", "first_initial", "last_initial"];
    /// The most usernames that a person picks from.
    pub const MAX_SUGGESTIONS: usize = 3;

    /// Reads the template of a profile whose rule for addresses is `rule`.
    ///
    /// # Errors
    /// [`UsernameTemplateError`].
    pub fn parse(text: &str, rule: &EmailRule) -> Result<Self, UsernameTemplateError> {
        Self::with_groups(text, &rule.group_names().collect::<Vec<_>>())
    }

    fn with_groups(text: &str, groups: &[&str]) -> Result<Self, UsernameTemplateError> {
        let (mut rest, mut has_field) = (text, false);
        while !rest.is_empty() {
            let (plain, after) =
                rest.split_once('{').map_or((rest, None), |(plain, after)| (plain, Some(after)));
            if !plain.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b".-_".contains(&b)) {
                return Err(UsernameTemplateError::Malformed);
            }
            let Some(after) = after else { break };
            let (field, tail) = after.split_once('}').ok_or(UsernameTemplateError::Malformed)?;
            if !Self::FIELDS.contains(&field) && !groups.contains(&field) {
                return Err(UsernameTemplateError::UnknownField(field.to_owned()));
            }
            if Self::FIELDS.contains(&field) && groups.contains(&field) {
                return Err(UsernameTemplateError::FieldAndGroup(field.to_owned()));
            }
            (rest, has_field) = (tail, true);
        }
        if has_field { Ok(Self(text.to_owned())) } else { Err(UsernameTemplateError::Malformed) }
    }

    /// The username of this person, before the tenant has been asked.
    ///
    /// # Errors
    /// [`UsernameError::Empty`] or [`UsernameError::Reserved`].
    pub fn render(
        &self,
        facts: &UsernameFacts<'_>,
        reserved: &ReservedNames,
    ) -> Result<Username, UsernameError> {
        let never = UsernameRules { reserved: reserved.clone(), choice: UsernameChoice::Never };
        self.suggestions(facts, &never)?.into_iter().next().ok_or(UsernameError::Empty)
    }

    /// The usernames that the person picks from, at most [`Self::MAX_SUGGESTIONS`], the usual one first; one alone
    /// where there is nothing to pick.
    ///
    /// # Errors
    /// Those of the first one: [`UsernameError::Empty`] or [`UsernameError::Reserved`].
    pub fn suggestions(
        &self,
        facts: &UsernameFacts<'_>,
        rules: &UsernameRules,
    ) -> Result<Vec<Username>, UsernameError> {
        let (first, last) = (facts.name.first(), facts.name.last());
        let whole = format!("{first} {last}");
        let firsts = spellings(first, &whole, NamePart::First);
        let lasts = spellings(last, &whole, NamePart::Last);
        let usual = self.fill(&firsts[0], &lasts[0], facts)?;
        if rules.reserved.contains(&usual) {
            return Err(UsernameError::Reserved);
        }
        let mut found = vec![usual];
        let picks = match rules.choice {
            UsernameChoice::Never => false,
            UsernameChoice::WhenUnclear => is_ambiguous(&whole),
            UsernameChoice::Always => true,
        };
        if !picks || !self.has_name() {
            return Ok(found);
        }
        let nth = |n: usize| {
            let pick = |of: &[String]| of.get(n).or(of.first()).cloned().unwrap_or_default();
            self.fill(&pick(&firsts), &pick(&lasts), facts)
        };
        let mut further = vec![nth(1), nth(2)];
        if rules.choice == UsernameChoice::Always {
            let bare = |part| to_ascii(&without_added_letters(part));
            further.push(self.fill(&bare(first), &bare(last), facts));
            let one_word = |part: &str| part.split([' ', '-']).next().unwrap_or_default().to_owned();
            further.push(self.fill(&one_word(&firsts[0]), &lasts[0], facts));
            let others: &[&str] =
                if self.is_name_alone() { &["{last}.{first}", "{first_initial}.{last}"] } else { &[] };
            for other in others {
                further.push(Self((*other).to_owned()).fill(&firsts[0], &lasts[0], facts));
            }
        }
        for username in further.into_iter().flatten() {
            if found.len() < Self::MAX_SUGGESTIONS
                && !found.contains(&username)
                && !rules.reserved.contains(&username)
            {
                found.push(username);
            }
        }
        Ok(found)
    }

    /// Returns whether a part of the name is in the username.
    fn has_name(&self) -> bool {
        Self::FIELDS.iter().any(|field| self.0.contains(&format!("{{{field}}}")))
    }

    /// Returns whether the template is fields of the name and separators, so that another order of the name leaves
    /// nothing out that the operator wants in each username.
    fn is_name_alone(&self) -> bool {
        // Fields and plain text take turns.
        self.0.split(['{', '}']).enumerate().all(|(at, part)| match at % 2 {
            0 => part.bytes().all(|b| b".-_".contains(&b)),
            _ => Self::FIELDS.contains(&part),
        })
    }

    /// Returns whether the username depends on the address.
    #[must_use]
    pub fn needs_address(&self) -> bool {
        let fields = self.0.split('{').skip(1).filter_map(|rest| rest.split_once('}'));
        fields.into_iter().any(|(field, _)| !Self::FIELDS.contains(&field))
    }

    fn fill(&self, first: &str, last: &str, facts: &UsernameFacts<'_>) -> Result<Username, UsernameError> {
        let (first, last) = (plain(first), plain(last));
        let mut text = String::new();
        for (at, part) in self.0.split(['{', '}']).enumerate() {
            // Fields and plain text take turns.
            text.push_str(match (at % 2, part) {
                (0, text) => text,
                (_, "first") => &first,
                (_, "last") => &last,
                (_, "first_initial") => first.get(..1).unwrap_or(""),
                (_, "last_initial") => last.get(..1).unwrap_or(""),
                (_, group) => facts.captures.and_then(|all| all.get(group)).map_or("", String::as_str),
            });
        }
        Username::from_text(&text)
    }

    /// The template as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A name's part in ASCII, without the dots and signs that could be confused with the template's own.
fn plain(part: &str) -> String {
    Username::from_text(&part.replace('.', " ")).map_or_else(|_| String::new(), |name| name.0)
}

impl FromStr for UsernameTemplate {
    type Err = UsernameTemplateError;

    /// Reads a template without groups.
    fn from_str(text: &str) -> Result<Self, UsernameTemplateError> {
        Self::with_groups(text, &[])
    }
}

impl Default for UsernameTemplate {
    fn default() -> Self {
        Self("{first}.{last}".to_owned())
    }
}

/// Usernames that no one gets by signing up.
#[derive(Clone, Debug, Default)]
pub struct ReservedNames(BTreeSet<String>);

impl ReservedNames {
    /// These names, in any case.
    pub fn new<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        Self(names.into_iter().map(str::to_ascii_lowercase).collect())
    }

    /// Returns whether the username is reserved, as it is or without its separators (`ad.min`).
    #[must_use]
    pub fn contains(&self, username: &Username) -> bool {
        let bare: String = username.0.chars().filter(char::is_ascii_alphanumeric).collect();
        self.0.contains(&username.0) || self.0.contains(&bare)
    }
}

/// The domain of a user principal name: at most 48 characters, lower case.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UpnDomain(String);

impl UpnDomain {
    /// The domain as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for UpnDomain {
    type Err = UsernameError;

    fn from_str(text: &str) -> Result<Self, UsernameError> {
        let domain = text.trim().to_ascii_lowercase();
        let is_label = |label: &str| {
            !label.is_empty()
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        };
        let fits = domain.len() <= 48 && domain.contains('.') && domain.split('.').all(is_label);
        if fits { Ok(Self(domain)) } else { Err(UsernameError::Malformed) }
    }
}

/// A user principal name: what a person signs in with.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PrincipalName {
    /// Before the `@`.
    pub username: Username,
    /// After the `@`.
    pub domain: UpnDomain,
}

impl fmt::Display for PrincipalName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.username.0, self.domain.0)
    }
}

impl fmt::Display for Username {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for UpnDomain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for UpnDomain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UpnDomain({})", self.0)
    }
}

/// A username is made of a person's name: it does not belong in a log.
macro_rules! hides_its_inside {
    ($($name:ident),+) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    )+};
}
hides_its_inside!(Username, PrincipalName);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn facts(name: &PersonName) -> UsernameFacts<'_> {
        UsernameFacts { name, captures: None }
    }

    fn username(first: &str, last: &str) -> Result<String, UsernameError> {
        let name = PersonName::parse(first, last).expect("a name");
        let reserved = ReservedNames::new(["admin", "postmaster", "root"]);
        UsernameTemplate::default().render(&facts(&name), &reserved).map(|name| name.0)
    }

    #[rstest]
    #[case("Max", "Mustermann", "max.mustermann")]
    #[case("Jörg", "Weiß", "joerg.weiss")]
    #[case("Łukasz", "Wiśniewski", "lukasz.wisniewski")]
    #[case("Øystein", "Ødegård", "oeystein.oedegaard")]
    #[case("Дмитрий", "Иванов", "dmitriy.ivanov")]
    #[case("Nguyễn Thị", "Hoa", "nguyen-thi.hoa")]
    #[case("Anne-Marie", "O'Neill", "anne-marie.oneill")]
    #[case("J. R.", "R. Tolkien", "j-r.r-tolkien")]
    #[case("José María", "de la Cruz", "jose-maria.de-la-cruz")]
    fn names_become_usernames(#[case] first: &str, #[case] last: &str, #[case] expected: &str) {
        assert_eq!(username(first, last).as_deref(), Ok(expected));
    }

    #[rstest]
    #[case("{first}.{last}", "sukarno")]
    #[case("{last}.{first_initial}", "sukarno")]
    #[case("{first}.{last}.stud", "sukarno.stud")]
    #[case("{first_initial}-{last}", "sukarno")]
    fn one_name_leaves_no_separator(#[case] template: UsernameTemplate, #[case] expected: &str) {
        let first = PersonName::from_stored("Sukarno", "").expect("a name");
        let last = PersonName::from_stored("", "Sukarno").expect("a name");
        let usernames = [first, last].map(|name| template.render(&facts(&name), &ReservedNames::default()));
        assert!(usernames.iter().flatten().any(|username| username.0 == expected), "{usernames:?}");
        assert!(usernames.iter().flatten().all(|username| !username.0.ends_with(['.', '-'])));
    }

    #[rstest]
    #[case("王", "小明")]
    #[case("محمد", "الأحمد")]
    #[case("김", "철수")]
    fn other_scripts_get_a_usable_name(#[case] first: &str, #[case] last: &str) {
        let name = username(first, last).expect("a username");
        assert!(name.parse::<Username>().is_ok() && name.contains('.'), "{name}");
    }

    #[test]
    fn reserved_names_are_refused_in_every_disguise() {
        assert_eq!(username("Ad", "min"), Err(UsernameError::Reserved));
        assert_eq!(username("Post", "Master"), Err(UsernameError::Reserved));
        assert!(username("Admina", "Root").is_ok());
    }

    #[test]
    fn namesakes_are_numbered_and_still_fit() {
        let base = Username::from_text("max.mustermann").expect("a username");
        assert_eq!(base.numbered(1).as_str(), "max.mustermann");
        assert_eq!(base.numbered(12).as_str(), "max.mustermann.12");
        let long = Username::from_text(&"x".repeat(80)).expect("a username");
        assert_eq!(long.numbered(100).as_str().len(), Username::MAX_CHARS);
    }

    #[test]
    fn the_smallest_free_number_fills_gaps() {
        let base = Username::from_text("a.b").expect("a username");
        let taken = |numbers: &[u32]| numbers.iter().map(|n| base.numbered(*n)).collect::<BTreeSet<_>>();
        assert_eq!(smallest_free(&base, &taken(&[])), 1);
        assert_eq!(smallest_free(&base, &taken(&[1, 2, 4])), 3);
        assert_eq!(smallest_free(&base, &taken(&[2, 3])), 1);
    }

    #[test]
    fn templates_take_known_fields_only() {
        assert!("{first_initial}{last}".parse::<UsernameTemplate>().is_ok());
        for bad in [
            "",
            "student",
            "{firstname}.{last}",
            "{first} {last}",
            "{first}@{last}",
            "{first",
            "first}",
            "{}",
        ] {
            assert!(bad.parse::<UsernameTemplate>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn templates_take_the_named_groups_of_the_address() {
        let rule: EmailRule =
            r"(?P<student_id>st\d+)(?:\+(?P<tag>\w+))?@(?P<part>[a-z.]+)".parse().expect("a rule");
        let name = PersonName::parse("Дмитрий", "Иванов").expect("a name");
        let email = crate::domain::Email::parse("ST12@Stud.Example.edu").expect("an address");
        let captures = rule.captures(&email).expect("admitted");
        let render = |template: &str| {
            let template = UsernameTemplate::parse(template, &rule).expect("a template");
            let facts = UsernameFacts { name: &name, captures: Some(&captures) };
            template.render(&facts, &ReservedNames::new(["st12"])).map(|username| username.0)
        };
        assert_eq!(render("{last}.{student_id}").as_deref(), Ok("ivanov.st12"));
        assert_eq!(render("{first_initial}.{tag}.{last}").as_deref(), Ok("d.ivanov"), "not in this address");
        assert_eq!(render("{part}").as_deref(), Ok("stud.example.edu"));
        assert_eq!(render("{tag}"), Err(UsernameError::Empty));
        assert_eq!(render("{student_id}"), Err(UsernameError::Reserved));
        let unknown = UsernameTemplate::parse("{matrikel}", &rule);
        assert_eq!(unknown, Err(UsernameTemplateError::UnknownField("matrikel".to_owned())));
        let needs =
            |template: &str| UsernameTemplate::parse(template, &rule).expect("a template").needs_address();
        assert!(needs("{first}{tag}") && !needs("{first}{last_initial}"));
    }

    #[rstest]
    #[case(UsernameChoice::WhenUnclear, "محمد", "الأحمد", &["mohammed.alahmed", "muhammad.elahmad", "mohamed.alahmed"])]
    #[case(UsernameChoice::WhenUnclear, "志明", "張", &["zhiming.zhang", "chihming.chang"])]
    #[case(UsernameChoice::WhenUnclear, "Ada", "כהן", &["ada.cohen", "ada.kohen"])]
    #[case(UsernameChoice::WhenUnclear, "Jörg", "Weiß", &["joerg.weiss"])]
    #[case(UsernameChoice::Never, "محمد", "الأحمد", &["mohammed.alahmed"])]
    #[case(UsernameChoice::Always, "Jörg", "Müller", &["joerg.mueller", "jorg.muller", "mueller.joerg"])]
    #[case(UsernameChoice::Always, "Nguyễn Thị", "Hoa", &["nguyen-thi.hoa", "nguyen.hoa", "hoa.nguyen-thi"])]
    #[case(UsernameChoice::Always, "Ada", "Lovelace", &["ada.lovelace", "lovelace.ada", "a.lovelace"])]
    #[case(UsernameChoice::Always, "철수", "김", &["cheolsu.kim", "cheolsu.gim", "kim.cheolsu"])]
    fn a_person_picks_from_two_or_three(
        #[case] choice: UsernameChoice,
        #[case] first: &str,
        #[case] last: &str,
        #[case] expected: &[&str],
    ) {
        let name = PersonName::parse(first, last).expect("a name");
        let rules = UsernameRules { reserved: ReservedNames::default(), choice };
        let found = UsernameTemplate::default().suggestions(&facts(&name), &rules).expect("usernames");
        assert_eq!(found.iter().map(Username::as_str).collect::<Vec<_>>(), expected);
    }

    #[rstest]
    #[case("{first}.{last}.stud", &["joerg-jan.mueller.stud", "jorg-jan.muller.stud", "joerg.mueller.stud"])]
    #[case("{last}.stud", &["mueller.stud", "muller.stud"])]
    #[case("{id}.{last}", &["st1.mueller", "st1.muller"])]
    #[case("{last}{first_initial}", &["muellerj", "mullerj", "mueller.joerg-jan"])]
    fn every_suggestion_keeps_what_the_template_adds_to_the_name(
        #[case] template: &str,
        #[case] expected: &[&str],
    ) {
        let rule: EmailRule = r"(?P<id>st\d+)@x\.edu".parse().expect("a rule");
        let template = UsernameTemplate::parse(template, &rule).expect("a template");
        let name = PersonName::parse("Jörg Jan", "Müller").expect("a name");
        let captures = BTreeMap::from([("id".to_owned(), "st1".to_owned())]);
        let facts = UsernameFacts { name: &name, captures: Some(&captures) };
        let rules = UsernameRules { reserved: ReservedNames::default(), choice: UsernameChoice::Always };
        let found = template.suggestions(&facts, &rules).expect("usernames");
        assert_eq!(found.iter().map(Username::as_str).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_field_of_the_name_is_no_group_of_the_rule() {
        let rule: EmailRule = r"(?P<first>[a-z]+)\.[a-z]+@x\.edu".parse().expect("a rule");
        let refused = UsernameTemplate::parse("{first}.{last}", &rule);
        assert_eq!(refused, Err(UsernameTemplateError::FieldAndGroup("first".to_owned())));
        assert!(UsernameTemplate::parse("{first_initial}.{last}", &rule).is_ok());
    }

    #[test]
    fn nobody_picks_a_reserved_name_or_one_without_a_name_in_it() {
        let name = PersonName::parse("محمد", "כהן").expect("a name");
        let suggested = |template: &str, reserved: &[&str]| {
            let rule: EmailRule = r"(?P<id>st\d+)@x\.edu".parse().expect("a rule");
            let template = UsernameTemplate::parse(template, &rule).expect("a template");
            let captures = BTreeMap::from([("id".to_owned(), "st1".to_owned())]);
            let reserved = ReservedNames::new(reserved.iter().copied());
            let rules = UsernameRules { reserved, choice: UsernameChoice::Always };
            let facts = UsernameFacts { name: &name, captures: Some(&captures) };
            template
                .suggestions(&facts, &rules)
                .map(|found| found.iter().map(|name| name.0.clone()).collect::<Vec<_>>())
        };
        assert_eq!(suggested("{id}", &[]), Ok(vec!["st1".to_owned()]));
        let found = suggested("{first}", &["muhammad"]).expect("usernames");
        assert!(
            !found.contains(&"muhammad".to_owned()) && found.contains(&"mohamed".to_owned()),
            "{found:?}"
        );
        assert_eq!(suggested("{first}", &["mohammed"]), Err(UsernameError::Reserved));
    }

    proptest! {
        #[test]
        fn whatever_the_name_the_username_is_one_entra_takes(first in "\\PC{1,64}", last in "\\PC{1,64}", number in 1..100_000_u32) {
            if let Ok(name) = PersonName::parse(&first, &last)
                && let Ok(username) = UsernameTemplate::default().render(&facts(&name), &ReservedNames::default())
            {
                let numbered = username.numbered(number);
                prop_assert!(numbered.as_str().parse::<Username>().is_ok(), "{}", numbered.as_str());
            }
        }
    }
}
