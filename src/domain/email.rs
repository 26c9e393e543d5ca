//! An email address, parsed once when it is received.

use std::{borrow::Cow, fmt};

use super::typed;

/// A mailbox address: ASCII, at most 190 characters, dot-atom local part and a domain of at least two
/// labels (RFC 5321, section 4.1.2, without quoted strings and address literals, which no university uses).
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Email {
    address: String,
    key: String,
}

/// The reason for which a text is not taken as an email address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EmailError {
    /// Nothing but blanks.
    #[error("the address is empty")]
    Empty,
    /// More than 190 characters.
    #[error("the address has more than {} characters", Email::MAX_CHARS)]
    TooLong,
    /// Not of the form `name@example.edu`.
    #[error("the address is not of the form name@example.edu")]
    Malformed,
    /// A local part that a mail server may read as the way to another mailbox.
    #[error(
        "before the @ an address may have letters, digits and . _ - + ' only, and it may not begin with a hyphen"
    )]
    UnsafeLocalPart,
}

impl Email {
    /// The longest an address may be, in characters.
    pub const MAX_CHARS: usize = 190;

    /// Reads an address that is typed or sent. Full-width characters become ASCII, an international domain becomes its
    /// ASCII form, and blanks and hidden characters around the address are dropped.
    ///
    /// # Errors
    /// [`EmailError`] says what is wrong.
    pub fn parse(text: &str) -> Result<Self, EmailError> {
        if text.len() > typed::MAX_BYTES {
            return Err(EmailError::TooLong);
        }
        let email = Self::from_stored(&folded(typed::trim(text)))?;
        if is_safe_local_part(email.local_part()) { Ok(email) } else { Err(EmailError::UnsafeLocalPart) }
    }

    /// Reads an address that was taken before: of a row, an import or the configuration. It may have every character
    /// that RFC 5322 allows in an atom, so that what was once accepted stays readable.
    ///
    /// # Errors
    /// [`EmailError`] says what is wrong.
    pub fn from_stored(text: &str) -> Result<Self, EmailError> {
        let address = text.trim_matches([' ', '\t', '\r', '\n']);
        if address.is_empty() {
            return Err(EmailError::Empty);
        }
        if address.len() > Self::MAX_CHARS {
            return Err(EmailError::TooLong);
        }
        let (local, domain) = address.rsplit_once('@').ok_or(EmailError::Malformed)?;
        if !is_local_part(local) || !is_domain(domain) {
            return Err(EmailError::Malformed);
        }
        Ok(Self { address: address.to_owned(), key: address.to_ascii_lowercase() })
    }

    /// The address as it was typed, for the envelope of a mail.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.address
    }

    /// The canonical form that is unique per person: lower case.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The mailbox that the address belongs to, in lower case: `st1+news@example.edu` and `st1@example.edu` have the
    /// same key (RFC 5233 calls what follows the plus sign the detail). An address that starts with a plus sign has
    /// no detail.
    #[must_use]
    pub fn person_key(&self) -> String {
        let (local, domain) = self.key.split_at(self.local_part().len());
        let user = local.split_once('+').map_or(local, |(user, _)| user);
        format!("{}{domain}", if user.is_empty() { local } else { user })
    }

    /// The address with all but its first character and its domain hidden: `s•••@example.edu`.
    #[must_use]
    pub fn masked(&self) -> String {
        let (local, domain) = self.key.split_at(self.local_part().len());
        format!("{}•••{domain}", &local[..local.len().min(1)])
    }

    /// The part before the `@`, of which there is one.
    fn local_part(&self) -> &str {
        self.key.split_once('@').map_or(&*self.key, |(local, _)| local)
    }
}

/// The address in ASCII where its characters have such a form: full-width forms, the full stops of East Asian
/// keyboards, the curly apostrophe of telephones, and domains of any script (IDNA).
fn folded(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return text.into();
    }
    let fold = |c: char| match typed::narrow(c) {
        '\u{3002}' | '\u{FF61}' => '.',
        '\u{FE6B}' => '@',
        '\u{2019}' => '\'',
        other => other,
    };
    let text: String = text.chars().map(fold).collect();
    match text.rsplit_once('@') {
        Some((local, domain)) if !domain.is_ascii() => match ascii_domain(domain) {
            Some(domain) => format!("{local}@{domain}").into(),
            None => text.into(),
        },
        _ => text.into(),
    }
}

/// The ASCII form of an international domain. The parser decodes percent signs, which no domain has.
fn ascii_domain(domain: &str) -> Option<String> {
    match url::Host::parse(domain).ok()? {
        url::Host::Domain(ascii) if !domain.contains('%') => Some(ascii),
        _ => None,
    }
}

/// Returns whether no mail server reads the local part as the way to another mailbox, a file, a program or an option.
///
/// Postfix and sendmail follow `user%domain` and `domain!user`; `/` and `|` begin files and programs in aliases; `$`,
/// `{` and backticks are expanded by some; `=` separates the parts of senders that a forwarder has rewritten (SRS,
/// BATV) and by which it delivers to the original one. So only the characters that have no such meaning are allowed.
/// SRS knows `+` and `-` as separators too.
fn is_safe_local_part(local: &str) -> bool {
    let is_safe = |b: u8| b.is_ascii_alphanumeric() || b"._-+'".contains(&b);
    let is_rewritten = ["srs0", "srs1"]
        .iter()
        .filter_map(|scheme| local.strip_prefix(scheme))
        .any(|rest| rest.starts_with(['+', '-']));
    local.bytes().all(is_safe) && !local.starts_with('-') && !is_rewritten
}

fn is_local_part(text: &str) -> bool {
    let is_atom_char = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b);
    text.len() <= 64 && text.split('.').all(|atom| !atom.is_empty() && atom.bytes().all(is_atom_char))
}

fn is_domain(text: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    text.contains('.') && text.split('.').all(is_label)
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Email(…)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[test]
    fn the_key_is_the_same_for_every_spelling() {
        let typed = Email::parse("  St123456@Stud.Uni-X.DE\n").expect("an address");
        assert_eq!(typed.as_str(), "St123456@Stud.Uni-X.DE");
        assert_eq!(typed.key(), "st123456@stud.uni-x.de");
        assert_eq!(typed.masked(), "s•••@stud.uni-x.de");
    }

    #[rstest]
    #[case("St1+News@Example.EDU", "st1@example.edu")]
    #[case("st1+a+b@example.edu", "st1@example.edu")]
    #[case("st1+@example.edu", "st1@example.edu")]
    #[case("st1@example.edu", "st1@example.edu")]
    #[case("st.1-a@example.edu", "st.1-a@example.edu")]
    #[case("+st1@example.edu", "+st1@example.edu")]
    fn sub_addresses_have_the_key_of_their_mailbox(#[case] address: &str, #[case] key: &str) {
        assert_eq!(Email::parse(address).expect("an address").person_key(), key);
    }

    #[test]
    fn what_is_no_address_is_refused_with_its_reason() {
        assert_eq!(Email::parse("  "), Err(EmailError::Empty));
        assert_eq!(Email::parse(&format!("{}@example.edu", "a".repeat(10_000))), Err(EmailError::TooLong));
        for bad in [
            "st",
            "@example.edu",
            "st@",
            "st@example",
            "a..b@example.edu",
            ".a@example.edu",
            "a.@example.edu",
            "a b@example.edu",
            "a@exa mple.edu",
            "a@-x.edu",
            "a@x-.edu",
            "a@x..edu",
            "ä@example.edu",
            "a@example.edu\r\nBcc: b@example.edu",
            "a\0@example.edu",
            "\"a b\"@example.edu",
            "a@[127.0.0.1]",
            "a,b@example.edu",
            "<a@example.edu>",
            "a@b@example.edu",
        ] {
            assert_eq!(Email::parse(bad), Err(EmailError::Malformed), "{bad:?}");
        }
    }

    #[test]
    fn a_way_to_another_mailbox_is_refused_in_new_input_and_readable_in_rows() {
        for address in [
            "eve%attacker.net@students.example.edu",
            "attacker.net!eve@students.example.edu",
            "eve/attacker.net@students.example.edu",
            "/var/tmp/eve@students.example.edu",
            "|id@students.example.edu",
            "`id`@students.example.edu",
            "${run{id}}@students.example.edu",
            "-oQ/tmp@students.example.edu",
            "-bs@students.example.edu",
            "SRS0=hash=tt=attacker.net=eve@students.example.edu",
            "prvs=1234567890=eve@students.example.edu",
            "eve％attacker.net@students.example.edu",
        ] {
            assert_eq!(Email::parse(address), Err(EmailError::UnsafeLocalPart), "{address}");
            if address.is_ascii() {
                assert_eq!(Email::from_stored(address).expect("readable").as_str(), address);
            }
        }
        for address in ["SRS0+hash+tt+attacker.net+eve@example.edu", "srs1-x@example.edu"] {
            assert_eq!(Email::parse(address), Err(EmailError::UnsafeLocalPart), "{address}");
        }
        for address in [
            "\"eve@attacker.net\"@example.edu",
            "eve(a comment)@example.edu",
            "@attacker.net:eve@example.edu",
        ] {
            assert_eq!(Email::parse(address), Err(EmailError::Malformed), "{address}");
        }
    }

    #[rstest]
    #[case("patrick.o'brien@example.edu", "patrick.o'brien@example.edu")]
    #[case("Patrick.O’Brien@example.edu", "Patrick.O'Brien@example.edu")]
    #[case("_st-1_a+b.c@example.edu", "_st-1_a+b.c@example.edu")]
    #[case("srs0x@example.edu", "srs0x@example.edu")]
    #[case("st123456＠example.edu", "st123456@example.edu")]
    #[case("ｓｔ１２３４５６＠ｅｘａｍｐｌｅ．ｅｄｕ", "st123456@example.edu")]
    #[case("st123456@example。edu", "st123456@example.edu")]
    #[case("\u{200B}\u{FEFF}st123456@example.edu\u{200E}\u{A0}", "st123456@example.edu")]
    #[case("\u{3000}st123456@example.edu\u{3164}", "st123456@example.edu")]
    #[case("st1@bücher.example", "st1@xn--bcher-kva.example")]
    fn what_keyboards_add_is_folded(#[case] typed: &str, #[case] address: &str) {
        assert_eq!(Email::parse(typed).expect("an address").as_str(), address);
    }

    #[rstest]
    #[case("st\u{200B}1@example.edu")]
    #[case("ｓтudent@example.edu")]
    #[case("st1@exa%mple。edu")]
    #[case("st1@127.0.0.1。")]
    #[case("st1\0@example.edu")]
    fn nothing_else_is_folded(#[case] typed: &str) {
        assert_eq!(Email::parse(typed), Err(EmailError::Malformed));
    }

    proptest! {
        #[test]
        fn an_accepted_address_is_short_plain_ascii(text in any::<String>()) {
            if let Ok(email) = Email::parse(&text) {
                prop_assert!(email.as_str().len() <= Email::MAX_CHARS);
                prop_assert!(email.as_str().bytes().all(|b| b.is_ascii_graphic()));
                prop_assert_eq!(Email::parse(email.as_str()), Ok(email.clone()), "parsing again changes nothing");
                prop_assert_eq!(Email::from_stored(email.as_str()), Ok(email), "its row is readable");
            }
        }

        #[test]
        fn ordinary_addresses_are_accepted(text in "[a-z][a-z0-9]{0,20}([.+_-][a-z0-9]{1,10}){0,2}@([a-z]{2,10}\\.){1,3}[a-z]{2,6}") {
            let email = Email::parse(&text);
            prop_assert!(email.is_ok());
        }
    }
}
