//! The name that an account signs in with, chosen by this program or by an admin.

use std::{fmt, str::FromStr};

use super::{IdError, PrincipalName};

/// A user principal name as the tenant reports it: an admin may have chosen one that this program would not make.
#[derive(Clone, PartialEq, Eq)]
pub struct SignInName(String);

impl SignInName {
    /// The longest name that is accepted: more than Entra allows, in case it allows longer ones.
    const MAX_CHARS: usize = 256;

    /// The parts before and after the last `@`.
    #[must_use]
    pub fn parts(&self) -> (&str, &str) {
        self.0.rsplit_once('@').unwrap_or((&self.0, ""))
    }

    /// The whole name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns whether both are the same to the tenant, which ignores case.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}

impl FromStr for SignInName {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let is_name =
            text.rsplit_once('@').is_some_and(|(user, domain)| !user.is_empty() && !domain.is_empty());
        let is_plain = text.len() <= Self::MAX_CHARS && text.chars().all(|c| c.is_ascii_graphic());
        if is_name && is_plain {
            Ok(Self(text.to_owned()))
        } else {
            Err(IdError("a sign-in name is of the form user@domain"))
        }
    }
}

impl From<PrincipalName> for SignInName {
    fn from(name: PrincipalName) -> Self {
        Self(name.to_string())
    }
}

/// Hides the name: it is personal data.
impl fmt::Debug for SignInName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SignInName(…)")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn names_of_the_tenant_are_taken_and_other_texts_are_not() {
        let name: SignInName = "Ada.King#EXT#@Students.example.edu".parse().unwrap();
        assert_eq!(name.parts(), ("Ada.King#EXT#", "Students.example.edu"));
        assert!(name.is_same(&"ada.king#ext#@students.example.edu".parse().unwrap()));
        assert!(!format!("{name:?}").contains("Ada"));
        for text in
            ["", "ada", "@example.edu", "ada@", "ada king@example.edu", "ada@example.edu\n", "ädä@x.edu"]
        {
            assert!(text.parse::<SignInName>().is_err(), "{text:?}");
        }
        assert!(format!("{}@example.edu", "a".repeat(256)).parse::<SignInName>().is_err());
    }
}
