//! An email address, parsed once at the edge.

use std::fmt;

/// A mailbox address: ASCII, at most 190 characters, dot-atom local part and a domain of at least two
/// labels (RFC 5321, section 4.1.2, without quoted strings and address literals, which no university uses).
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Email {
    address: String,
    key: String,
}

/// Why a text is not taken as an email address.
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
}

impl Email {
    /// The longest an address may be, in characters.
    pub const MAX_CHARS: usize = 190;

    /// Reads an address; blanks around it are dropped.
    ///
    /// # Errors
    /// [`EmailError`] says what is wrong.
    pub fn parse(text: &str) -> Result<Self, EmailError> {
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
        let (local, domain) = self.key.split_at(self.key.find('@').unwrap_or(self.key.len()));
        let user = local.split_once('+').map_or(local, |(user, _)| user);
        format!("{}{domain}", if user.is_empty() { local } else { user })
    }

    /// The address with all but its first character and its domain hidden: `s•••@example.edu`.
    #[must_use]
    pub fn masked(&self) -> String {
        let (local, domain) = self.key.split_at(self.key.find('@').unwrap_or(self.key.len()));
        format!("{}•••{domain}", &local[..local.len().min(1)])
    }
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

    proptest! {
        #[test]
        fn an_accepted_address_is_short_plain_ascii(text in any::<String>()) {
            if let Ok(email) = Email::parse(&text) {
                prop_assert!(email.as_str().len() <= Email::MAX_CHARS);
                prop_assert!(email.as_str().bytes().all(|b| b.is_ascii_graphic()));
            }
        }

        #[test]
        fn ordinary_addresses_are_accepted(text in "[a-z][a-z0-9]{0,20}([.+_-][a-z0-9]{1,10}){0,2}@([a-z]{2,10}\\.){1,3}[a-z]{2,6}") {
            let email = Email::parse(&text);
            prop_assert!(email.is_ok());
        }
    }
}
