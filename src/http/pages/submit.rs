//! The form as it is sent, and what becomes of it.

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::Response,
};

use super::{
    super::{
        body::Fields,
        client::Client,
        error::{Error, Page, Raised},
        form_token::{self, Refused},
        limits::TooMany,
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
    client: Client,
    fields: Fields,
) -> Result<Response, Error> {
    let draft = Draft::read(&fields)?;
    let request = match parse(&web, lang, visitor, &draft) {
        Ok(request) => request,
        Err(refusal) => return again(&web, lang, visitor, &draft, refusal),
    };
    if let Err(refused) = web.site.rate_limits.submission(client, &request.email) {
        return again(&web, lang, visitor, &draft, Refusal::TooMany(refused));
    }
    match web.site.signups.request(request).await {
        Ok(requested) => Ok(see_other(&status::address(web.tag(lang), &requested.status))),
        Err(error) => again(&web, lang, visitor, &draft, error.into()),
    }
}

/// Why the form comes back.
enum Refusal {
    Token(Refused),
    Faults(Vec<Fault>),
    TooMany(TooMany),
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
    let notice =
        refusal.notice().map(|id| web.language(lang).text_with(id, &[("minutes", &refusal.minutes())]));
    let shown = FormPage::new(web, lang, draft, &token).refused(refusal.faults(), notice);
    let mut response = page(refusal.status(), &shown)?;
    if let Some(cookie) = cookie {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    let error = match refusal {
        Refusal::NotRecorded(error) => Error::Unavailable(error),
        Refusal::TooMany(refused) => Error::TooMany(refused),
        Refusal::Token(_) | Refusal::Faults(_) => return Ok(response),
    };
    error.add_retry_after(response.headers_mut());
    response.extensions_mut().insert(Raised { error: error.into(), page: Page::Shown });
    Ok(response)
}

impl Refusal {
    const fn status(&self) -> StatusCode {
        match self {
            Self::Token(Refused::Foreign) => StatusCode::FORBIDDEN,
            Self::Token(Refused::Expired) | Self::Faults(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::NotRecorded(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    fn faults(&self) -> &[Fault] {
        match self {
            Self::Faults(faults) => faults,
            _ => &[],
        }
    }

    /// In how many minutes to try again, for the notice.
    fn minutes(&self) -> String {
        if let Self::TooMany(refused) = self { refused.minutes().to_string() } else { String::new() }
    }

    const fn notice(&self) -> Option<&'static str> {
        match self {
            Self::Token(Refused::Expired) => Some("error-form-expired"),
            Self::Token(Refused::Foreign) => Some("error-form-foreign"),
            Self::TooMany(_) => Some("error-too-many-kept"),
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
