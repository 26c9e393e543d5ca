//! Usernames: from a name to the part of a user principal name before the `@`.

use std::{collections::BTreeSet, fmt, str::FromStr};

use super::{PersonName, to_ascii};

/// The local part of a user principal name: 1 to 64 characters that Entra allows, lower case, without
/// leading, trailing or doubled dots.
///
/// Source: <https://learn.microsoft.com/entra/identity/authentication/concept-sspr-policy>.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Username(String);

/// Why no username came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UsernameError {
    /// Nothing usable is left of the name.
    #[error("no letter of the name can be part of a username")]
    Empty,
    /// A name such as `admin` that nobody may have.
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
        let ascii = to_ascii(text).to_ascii_lowercase();
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

/// How a username is made of a name: `{first}`, `{last}`, `{first_initial}`, `{last_initial}` and plain text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsernameTemplate(String);

impl UsernameTemplate {
    const FIELDS: [&'static str; 4] = ["{first}", "{last}", "{first_initial}", "{last_initial}"];

    /// The username of this person, before the tenant has been asked.
    ///
    /// # Errors
    /// [`UsernameError::Empty`] or [`UsernameError::Reserved`].
    pub fn render(&self, name: &PersonName, reserved: &ReservedNames) -> Result<Username, UsernameError> {
        let first = plain(name.first());
        let last = plain(name.last());
        let text = self
            .0
            .replace("{first}", &first)
            .replace("{last}", &last)
            .replace("{first_initial}", first.get(..1).unwrap_or(""))
            .replace("{last_initial}", last.get(..1).unwrap_or(""));
        let username = Username::from_text(&text)?;
        if reserved.contains(&username) { Err(UsernameError::Reserved) } else { Ok(username) }
    }

    /// The template as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A name's part in ASCII with the dots and signs taken out that would blur the template's own.
fn plain(part: &str) -> String {
    Username::from_text(&to_ascii(part).replace('.', " ")).map_or_else(|_| String::new(), |name| name.0)
}

impl FromStr for UsernameTemplate {
    type Err = UsernameError;

    fn from_str(text: &str) -> Result<Self, UsernameError> {
        let rest = Self::FIELDS.iter().fold(text.to_owned(), |rest, field| rest.replace(field, ""));
        let has_field = rest != text;
        let plain = rest.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b".-_".contains(&b));
        if has_field && plain { Ok(Self(text.to_owned())) } else { Err(UsernameError::Malformed) }
    }
}

impl Default for UsernameTemplate {
    fn default() -> Self {
        Self("{first}.{last}".to_owned())
    }
}

/// Usernames nobody gets by signing up.
#[derive(Clone, Debug, Default)]
pub struct ReservedNames(BTreeSet<String>);

impl ReservedNames {
    /// These names, in any case.
    pub fn new<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        Self(names.into_iter().map(str::to_ascii_lowercase).collect())
    }

    /// Whether the username is reserved, as it stands or without its separators (`ad.min`).
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

    fn username(first: &str, last: &str) -> Result<String, UsernameError> {
        let name = PersonName::parse(first, last).expect("a name");
        let reserved = ReservedNames::new(["admin", "postmaster", "root"]);
        UsernameTemplate::default().render(&name, &reserved).map(|name| name.0)
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
        let usernames = [first, last].map(|name| template.render(&name, &ReservedNames::default()));
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
        for bad in ["", "student", "{firstname}.{last}", "{first} {last}", "{first}@{last}"] {
            assert!(bad.parse::<UsernameTemplate>().is_err(), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn whatever_the_name_the_username_is_one_entra_takes(first in "\\PC{1,64}", last in "\\PC{1,64}", number in 1..100_000_u32) {
            if let Ok(name) = PersonName::parse(&first, &last)
                && let Ok(username) = UsernameTemplate::default().render(&name, &ReservedNames::default())
            {
                let numbered = username.numbered(number);
                prop_assert!(numbered.as_str().parse::<Username>().is_ok(), "{}", numbered.as_str());
            }
        }
    }
}
