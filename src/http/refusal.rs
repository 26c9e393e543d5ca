//! Reasons for which a form, or a request to the API, is refused.

use axum::http::StatusCode;

use crate::{
    domain::{Email, EmailError, NameError, PersonName},
    signup::RequestError,
    texts::Language,
};

/// A field of the form. Its name in the page is also the anchor that the summary leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    Email,
    FirstName,
    LastName,
    Username,
    ConsentMicrosoft,
    ConsentTerms,
}

impl Field {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::FirstName => "first_name",
            Self::LastName => "last_name",
            Self::Username => "username",
            Self::ConsentMicrosoft => "consent_microsoft",
            Self::ConsentTerms => "consent_terms",
        }
    }

    /// The form's label for the field of a name.
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

/// Texts that contain the label of the field of a name.
const ONE_NAME: &str = "error-name-one";
const SIGN: &str = "error-name-sign";
const DIGIT: &str = "error-name-digit";
const WEB_ADDRESS: &str = "error-name-web-address";
const REFUSED_WORD: &str = "error-name-word";

/// One fault: the field and the text that says what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FieldError {
    pub field: Field,
    pub text: &'static str,
}

impl FieldError {
    pub(super) const fn new(field: Field, text: &'static str) -> Self {
        Self { field, text }
    }

    pub(super) const fn of_email(error: EmailError) -> Self {
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

    pub(super) const fn of_first_name(error: NameError) -> Self {
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

    pub(super) const fn of_last_name(error: NameError) -> Self {
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
    pub(super) const fn not_admitted() -> Self {
        Self::new(Field::Email, "error-email-not-admitted")
    }

    /// The fault of the form for which a request is refused, if it is one.
    pub(super) const fn of_request(error: &RequestError) -> Option<Self> {
        Some(match error {
            RequestError::AlreadyRegistered => Self::new(Field::Email, "error-email-registered"),
            RequestError::NoUsername => Self::new(Field::FirstName, "error-name-no-username"),
            RequestError::ReservedName => Self::new(Field::FirstName, "error-name-reserved"),
            RequestError::NotSuggested => Self::new(Field::Username, "error-username-choose"),
            RequestError::NoSeats | RequestError::Closed | RequestError::Store(_) => return None,
        })
    }

    /// The sentence for the visitor.
    pub(super) fn say(&self, t: &Language, support: &str) -> String {
        let (max, field) = (self.field.max().to_string(), self.field.label(t));
        t.text_with(self.text, &[("max", &max), ("support", support), ("field", &field)])
    }
}

/// The reason why a request to the API is refused. The `Display` is for the log: it names no part of the request.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// The body is no JSON.
    #[error("the body is not JSON")]
    NotJson,
    /// Fields are missing, unknown, or not what they should be.
    #[error("the request has fields that cannot be used")]
    Fields(Vec<BodyError>),
    /// The fields are there, but no account can come of them.
    #[error("no account can come of the request")]
    Unusable(BodyError),
    /// No licence is free, and the request is not to wait for one.
    #[error("no licence is free for the request")]
    NoSeats,
    /// An operator has closed signups.
    #[error("signups are closed")]
    Closed,
    /// The idempotency key is malformed.
    #[error("the idempotency key is malformed")]
    BadKey,
    /// The idempotency key was used for another request.
    #[error("the idempotency key stands for another request")]
    OtherRequest,
}

/// One fault: where, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BodyError(Kind);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    /// The same as in the form.
    Form(FieldError),
    NotText(&'static str),
    Unknown(String),
    NotAnObject,
    Consent,
    /// The usernames to pick from.
    Username(Vec<String>),
}

impl Refusal {
    pub(super) const fn status(&self) -> StatusCode {
        match self {
            Self::NotJson | Self::Unusable(_) | Self::BadKey => StatusCode::BAD_REQUEST,
            Self::Fields(_) | Self::OtherRequest => StatusCode::UNPROCESSABLE_ENTITY,
            Self::NoSeats | Self::Closed => StatusCode::CONFLICT,
        }
    }

    /// The faults it names.
    pub(super) fn faults(&self) -> &[BodyError] {
        match self {
            Self::Fields(faults) => faults,
            Self::Unusable(fault) => std::slice::from_ref(fault),
            Self::NotJson | Self::NoSeats | Self::Closed | Self::BadKey | Self::OtherRequest => &[],
        }
    }

    /// The text on what to do about it as a whole.
    pub(super) const fn text(&self) -> &'static str {
        match self {
            Self::NotJson => "api-not-json",
            Self::Fields(_) | Self::Unusable(_) => "api-invalid-text",
            Self::NoSeats => "closed-lead",
            Self::Closed => "closed-off-lead",
            Self::BadKey => "api-key-malformed",
            Self::OtherRequest => "api-key-other-text",
        }
    }
}

impl BodyError {
    pub(super) const fn not_text(field: &'static str) -> Self {
        Self(Kind::NotText(field))
    }

    pub(super) const fn unknown(field: String) -> Self {
        Self(Kind::Unknown(field))
    }

    pub(super) const fn not_an_object() -> Self {
        Self(Kind::NotAnObject)
    }

    /// The field for the consents is missing or names another version.
    pub(super) const fn consent() -> Self {
        Self(Kind::Consent)
    }

    /// The username is not one of those to pick from.
    pub(super) const fn username(suggested: Vec<String>) -> Self {
        Self(Kind::Username(suggested))
    }

    /// The name of the field in JSON; `None` when it is the body as a whole.
    pub(super) fn field(&self) -> Option<&str> {
        match &self.0 {
            Kind::Form(fault) => Some(json_name(fault.field)),
            Kind::NotText(field) => Some(field),
            Kind::Unknown(field) => Some(field),
            Kind::NotAnObject => None,
            Kind::Consent => Some(CONSENT),
            Kind::Username(_) => Some(json_name(Field::Username)),
        }
    }

    /// The sentence for the sender of the request.
    pub(super) fn say(&self, t: &Language, support: &str, consent_version: &str) -> String {
        match &self.0 {
            Kind::Form(fault) => fault.say(t, support),
            Kind::NotText(_) => t.text("api-not-text"),
            Kind::Unknown(_) => t.text("api-unknown-field"),
            Kind::NotAnObject => t.text("api-not-object"),
            Kind::Username(suggested) => t.text_with("api-username", &[("usernames", &suggested.join(", "))]),
            Kind::Consent => t.text_with("api-consent", &[("version", consent_version)]),
        }
    }
}

impl From<FieldError> for BodyError {
    fn from(fault: FieldError) -> Self {
        Self(Kind::Form(fault))
    }
}

/// The field for the consents.
pub(super) const CONSENT: &str = "consent";

/// A field's name in JSON.
pub(super) const fn json_name(field: Field) -> &'static str {
    match field {
        Field::Email => "email",
        Field::FirstName => "firstName",
        Field::LastName => "lastName",
        Field::Username => "username",
        Field::ConsentMicrosoft | Field::ConsentTerms => CONSENT,
    }
}
