//! What may be wrong with a request to the API.

use axum::http::StatusCode;

use super::super::{
    pages::faults::{Fault as FormFault, Field},
    web::Web,
};
use crate::{signup::Consented, texts::Language};

/// Why a request to the API is refused. The `Display` is for the log: it names no part of the request.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// The body is no JSON.
    #[error("the body is not JSON")]
    NotJson,
    /// Fields are missing, unknown, or not what they should be.
    #[error("the request has fields that cannot be used")]
    Fields(Vec<Fault>),
    /// The fields are there, but no account can come of them.
    #[error("no account can come of the request")]
    Unusable(Fault),
    /// No licence is free, and nobody is to wait for one.
    #[error("no licence is free for the request")]
    NoSeats,
    /// An operator has closed signups.
    #[error("signups are closed")]
    Closed,
    /// The idempotency key is no such key.
    #[error("the idempotency key is malformed")]
    BadKey,
    /// The idempotency key was used for another request.
    #[error("the idempotency key stands for another request")]
    OtherRequest,
}

/// One fault: where, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault(Kind);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    /// The same as in the form.
    Form(FormFault),
    NotText(&'static str),
    Unknown(String),
    NotAnObject,
    Consent,
    /// Those to pick from.
    Username(Vec<String>),
}

impl Refusal {
    pub(in crate::http) const fn status(&self) -> StatusCode {
        match self {
            Self::NotJson | Self::Unusable(_) | Self::BadKey => StatusCode::BAD_REQUEST,
            Self::Fields(_) | Self::OtherRequest => StatusCode::UNPROCESSABLE_ENTITY,
            Self::NoSeats | Self::Closed => StatusCode::CONFLICT,
        }
    }

    /// The faults it names.
    pub(super) fn faults(&self) -> &[Fault] {
        match self {
            Self::Fields(faults) => faults,
            Self::Unusable(fault) => std::slice::from_ref(fault),
            Self::NotJson | Self::NoSeats | Self::Closed | Self::BadKey | Self::OtherRequest => &[],
        }
    }

    /// What to do about it as a whole.
    pub(in crate::http) const fn text(&self) -> &'static str {
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

impl Fault {
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

    /// The username is none of those to pick from.
    pub(super) const fn username(suggested: Vec<String>) -> Self {
        Self(Kind::Username(suggested))
    }

    /// The name of the field in JSON; none when it is the body as a whole.
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

    /// The sentence for whoever sends the request.
    pub(super) fn say(&self, web: &Web, t: &Language) -> String {
        match &self.0 {
            Kind::Form(fault) => fault.say(t, web.settings.support.as_str()),
            Kind::NotText(_) => t.text("api-not-text"),
            Kind::Unknown(_) => t.text("api-unknown-field"),
            Kind::NotAnObject => t.text("api-not-object"),
            Kind::Username(suggested) => t.text_with("api-username", &[("usernames", &suggested.join(", "))]),
            Kind::Consent => {
                let version = web.site.signups.consent_version(Consented::Here);
                t.text_with("api-consent", &[("version", &version)])
            }
        }
    }
}

impl From<FormFault> for Fault {
    fn from(fault: FormFault) -> Self {
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
