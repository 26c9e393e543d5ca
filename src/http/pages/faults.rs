//! What is wrong with a form, and where.

use crate::{
    domain::{Email, EmailError, NameError, PersonName},
    signup::RequestError,
    texts::Language,
};

/// A field of the form. Its name in the page is also the anchor that the summary leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::http) enum Field {
    Email,
    FirstName,
    LastName,
    Username,
    ConsentMicrosoft,
    ConsentTerms,
}

impl Field {
    pub(in crate::http) const fn name(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::FirstName => "first_name",
            Self::LastName => "last_name",
            Self::Username => "username",
            Self::ConsentMicrosoft => "consent_microsoft",
            Self::ConsentTerms => "consent_terms",
        }
    }

    /// What the form calls the field of a name.
    fn label(self, t: &Language) -> String {
        match self {
            Self::FirstName => t.text("form-first-name"),
            Self::LastName => t.text("form-last-name"),
            Self::Email | Self::Username | Self::ConsentMicrosoft | Self::ConsentTerms => String::new(),
        }
    }

    /// The most characters the field takes.
    const fn max(self) -> usize {
        match self {
            Self::Email => Email::MAX_CHARS,
            _ => PersonName::MAX_CHARS,
        }
    }
}

/// Texts that name the field of a name themselves.
const ONE_NAME: &str = "error-name-one";
const SIGN: &str = "error-name-sign";
const DIGIT: &str = "error-name-digit";
const WEB_ADDRESS: &str = "error-name-web-address";
const REFUSED_WORD: &str = "error-name-word";

/// One fault: the field and the text that says what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::http) struct Fault {
    pub field: Field,
    pub text: &'static str,
}

impl Fault {
    pub(in crate::http) const fn new(field: Field, text: &'static str) -> Self {
        Self { field, text }
    }

    pub(in crate::http) const fn of_email(error: EmailError) -> Self {
        Self::new(
            Field::Email,
            match error {
                EmailError::Empty => "error-email-empty",
                EmailError::TooLong => "error-email-too-long",
                EmailError::Malformed => "error-email-malformed",
                EmailError::UnsafeLocalPart => "error-email-unsafe",
            },
        )
    }

    pub(in crate::http) const fn of_first_name(error: NameError) -> Self {
        Self::new(
            Field::FirstName,
            match error {
                NameError::Empty => "error-first-name-empty",
                NameError::TooLong => "error-first-name-too-long",
                NameError::Forbidden => "error-first-name-forbidden",
                NameError::NoLetter => "error-first-name-no-letter",
                NameError::OneName => ONE_NAME,
                NameError::Sign => SIGN,
                NameError::Digit => DIGIT,
                NameError::WebAddress => WEB_ADDRESS,
                NameError::RefusedWord => REFUSED_WORD,
            },
        )
    }

    pub(in crate::http) const fn of_last_name(error: NameError) -> Self {
        Self::new(
            Field::LastName,
            match error {
                NameError::Empty => "error-last-name-empty",
                NameError::TooLong => "error-last-name-too-long",
                NameError::Forbidden => "error-last-name-forbidden",
                NameError::NoLetter => "error-last-name-no-letter",
                NameError::OneName => ONE_NAME,
                NameError::Sign => SIGN,
                NameError::Digit => DIGIT,
                NameError::WebAddress => WEB_ADDRESS,
                NameError::RefusedWord => REFUSED_WORD,
            },
        )
    }

    /// The fault of an email that no profile admits.
    pub(in crate::http) const fn not_admitted() -> Self {
        Self::new(Field::Email, "error-email-not-admitted")
    }

    /// The fault of the form for which a request is refused, if it is one.
    pub(in crate::http) const fn of_request(error: &RequestError) -> Option<Self> {
        Some(match error {
            RequestError::AlreadyRegistered => Self::new(Field::Email, "error-email-registered"),
            RequestError::NoUsername => Self::new(Field::FirstName, "error-name-no-username"),
            RequestError::ReservedName => Self::new(Field::FirstName, "error-name-reserved"),
            RequestError::NotSuggested => Self::new(Field::Username, "error-username-choose"),
            RequestError::NoSeats | RequestError::Closed | RequestError::Store(_) => return None,
        })
    }

    /// The sentence for the visitor.
    pub(in crate::http) fn say(&self, t: &Language, support: &str) -> String {
        let (max, field) = (self.field.max().to_string(), self.field.label(t));
        t.text_with(self.text, &[("max", &max), ("support", support), ("field", &field)])
    }
}
