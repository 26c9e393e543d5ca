//! The form as it is sent, and what becomes of it.

use axum::{
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::Response,
};

use super::{
    super::{
        body::Fields,
        error::{Error, Page, Raised},
        form_token::{self, Refused},
        visitor::Visitor,
        web::{Lang, Shared, Web},
    },
    draft::Draft,
    faults::{Fault, Field},
    form::FormPage,
    page, see_other, status,
};
use crate::signup::{Request, RequestError, StoreError};

/// Takes the form: on to the status page, or the form again with what was typed.
pub(in crate::http) async fn submit(
    State(web): State<Shared>,
    lang: Lang,
    visitor: Visitor,
    fields: Fields,
) -> Result<Response, Error> {
    let draft = Draft::read(&fields)?;
    let request = match parse(&web, lang, visitor, &draft) {
        Ok(request) => request,
        Err(refusal) => return again(&web, lang, visitor, &draft, refusal),
    };
    match web.site.signups.request(request).await {
        Ok(requested) => Ok(see_other(&status::address(web.tag(lang), &requested.status))),
        Err(error) => again(&web, lang, visitor, &draft, error.into()),
    }
}

/// Why the form comes back.
enum Refusal {
    Token(Refused),
    Faults(Vec<Fault>),
    NotRecorded(StoreError),
}

fn parse(web: &Web, lang: Lang, visitor: Visitor, draft: &Draft) -> Result<Request, Refusal> {
    let key = &web.site.key;
    let shown = form_token::check(&draft.token, key, web.site.clock.now(), visitor.0.as_ref())
        .map_err(Refusal::Token)?;
    let (email, name) = draft.parse(web.site.signups.profiles()).map_err(Refusal::Faults)?;
    let locale = web.language(lang).locale().clone();
    Ok(Request { form: shown.nonce(&email, &name, key), email, name, locale })
}

/// The form with what was typed and what to do about it.
fn again(
    web: &Web,
    lang: Lang,
    visitor: Visitor,
    draft: &Draft,
    refusal: Refusal,
) -> Result<Response, Error> {
    let site = &web.site;
    let (secret, cookie) = visitor.or_new(web, &site.entropy);
    let mut token = String::new();
    if matches!(refusal, Refusal::Token(_)) {
        form_token::write(&mut token, &site.key, &site.clock, &site.entropy, &secret);
    } else {
        token.push_str(&draft.token);
    }
    let shown = FormPage::new(web, lang, draft, &token).refused(refusal.faults(), refusal.notice());
    let mut response = page(refusal.status(), &shown)?;
    if let Some(cookie) = cookie {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    if let Refusal::NotRecorded(error) = refusal {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("10"));
        let error = Error::Unavailable(error).into();
        response.extensions_mut().insert(Raised { error, page: Page::Shown });
    }
    Ok(response)
}

impl Refusal {
    const fn status(&self) -> StatusCode {
        match self {
            Self::Token(Refused::Foreign) => StatusCode::FORBIDDEN,
            Self::Token(Refused::Expired) | Self::Faults(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::NotRecorded(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    fn faults(&self) -> &[Fault] {
        match self {
            Self::Faults(faults) => faults,
            _ => &[],
        }
    }

    const fn notice(&self) -> Option<&'static str> {
        match self {
            Self::Token(Refused::Expired) => Some("error-form-expired"),
            Self::Token(Refused::Foreign) => Some("error-form-foreign"),
            Self::NotRecorded(_) => Some("error-not-recorded"),
            Self::Faults(_) => None,
        }
    }
}

impl From<RequestError> for Refusal {
    fn from(error: RequestError) -> Self {
        let fault = match error {
            RequestError::NotAdmitted => Fault::new(Field::Email, "error-email-not-admitted"),
            RequestError::AlreadyRegistered => Fault::new(Field::Email, "error-email-registered"),
            RequestError::NoUsername => Fault::new(Field::FirstName, "error-name-no-username"),
            RequestError::ReservedName => Fault::new(Field::FirstName, "error-name-reserved"),
            RequestError::Store(error) => return Self::NotRecorded(error),
        };
        Self::Faults(vec![fault])
    }
}

#[cfg(test)]
mod tests;
