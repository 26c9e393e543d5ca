//! The form as it is sent, and its outcome.

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::Response,
};

use super::{
    super::{
        body::Form,
        client::Client,
        error::Error,
        form_token::{self, Refused},
        limits::{Admitted, TooMany},
        proof,
        refusal::FieldError,
        sender::Sender,
        state::{Lang, Shared, Web},
        suspicion::Suspicion,
        visitor::Visitor,
    },
    closed::{Closed, closed},
    draft::Draft,
    form::{FormPage, renew},
    page, see_other, status,
    switch::switch,
};
use crate::{
    domain::{Email, Requester, SignupId},
    signup::{Consented, Request, RequestError, Requested, StoreError},
};

/// Takes the form: leads to the status page, or shows the form again with what was typed.
pub(in crate::http) async fn submit(
    State(web): State<Shared>,
    lang: Lang,
    visitor: Visitor,
    client: Client,
    sender: Sender,
    Form(draft): Form<Draft>,
) -> Result<Response, Error> {
    let works = web.asks_for_proof(client);
    if draft.switches {
        return switch(&web, lang, visitor, works, &draft);
    }
    let again = |refusal| again(&web, lang, visitor, works, &draft, refusal);
    let mut request = match parse(&web, lang, visitor, &draft) {
        Ok(request) => request,
        Err(refusal) => return again(refusal),
    };
    match web.site.rate_limits.submission(client) {
        Ok(admitted) => request.confirm = must_confirm(&web, admitted, &draft, request.admission.email()),
        Err(refused) => return again(Refusal::TooMany(refused)),
    }
    match web.site.signups.request(request).await {
        Ok(requested) => {
            Ok(accepted(&web, lang, visitor, sender.signup().filter(|_| draft.corrects), requested).await)
        }
        Err(RequestError::NoSeats) => closed(&web, lang, Closed::NoSeats, StatusCode::CONFLICT),
        Err(error) => again(error.into()),
    }
}

/// Leads to the signup's page, which this browser may see more of. The former request that this one corrects is
/// withdrawn.
async fn accepted(
    web: &Web,
    lang: Lang,
    visitor: Visitor,
    former: Option<SignupId>,
    requested: Requested,
) -> Response {
    let id = requested.status.verify(&web.site.key);
    if let Some(former) = former.filter(|former| Some(*former) != id) {
        web.site.signups.withdraw(former).await;
    }
    let mut response = see_other(&status::address(web, lang, &requested.status));
    if let Some(cookie) = Sender::cookie(web, &requested.status, visitor.secure) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

/// The reason why the form comes back.
enum Refusal {
    Token(Refused),
    Faults(Vec<FieldError>),
    TooMany(TooMany),
    Suspicion(Suspicion),
    /// An operator has closed signups since the form was shown.
    Closed,
    NotRecorded(StoreError),
}

fn parse<'a>(web: &'a Web, lang: Lang, visitor: Visitor, draft: &Draft) -> Result<Request<'a>, Refusal> {
    let (key, now) = (&web.site.key, web.site.clock.now());
    let shown = form_token::check(&draft.token, key, now, visitor.secret.as_ref()).map_err(Refusal::Token)?;
    let admission = draft.parse(&web.site.signups).map_err(Refusal::Faults)?;
    if draft.trapped {
        return Err(Refusal::Suspicion(Suspicion::HiddenField));
    }
    if shown.is_too_fast(now, web.config().bots.min_time) {
        return Err(Refusal::Suspicion(Suspicion::TooFast));
    }
    let username = draft.picked(&admission).map_err(|fault| Refusal::Faults(vec![fault]))?;
    let locale = web.language(lang).locale().clone();
    let form = shown.nonce(admission.email(), admission.name(), username.as_ref(), key);
    Ok(Request {
        form,
        admission,
        username,
        locale,
        consented: Consented::Here,
        confirm: false,
        by: Requester::Visitor,
    })
}

/// Returns whether the form needs a proof of work and lacks it. It is taken, but its address has to be confirmed.
fn must_confirm(web: &Web, admitted: Admitted, draft: &Draft, email: &Email) -> bool {
    if !admitted.slowed && !web.config().bots.proof_of_work {
        return false;
    }
    let is_solved = |cost| proof::is_solved(&web.site.key, cost, &draft.token, email, &draft.proof);
    let lacks_proof = !web.proof_cost().is_some_and(is_solved);
    // If every address is confirmed, no browser is asked for work.
    if lacks_proof && web.config().bots.proof_of_work && web.proof_cost().is_some() {
        Suspicion::NoProof.note(&web.site.metrics);
    }
    lacks_proof
}

/// The form with what was typed and what to do about it.
fn again(
    web: &Web,
    lang: Lang,
    visitor: Visitor,
    works: bool,
    draft: &Draft,
    refusal: Refusal,
) -> Result<Response, Error> {
    let (token, cookie) = match refusal {
        Refusal::Token(_) => {
            let (token, cookie) = renew(web, visitor);
            (token, Some(cookie))
        }
        _ => (draft.token.clone(), None),
    };
    let notice =
        refusal.notice().map(|id| web.language(lang).text_with(id, &[("minutes", &refusal.minutes())]));
    let mut shown = FormPage::new(web, lang, works, draft, &token).refused(refusal.faults(), notice);
    if let Refusal::Suspicion(suspicion) = refusal {
        suspicion.note(&web.site.metrics);
        shown = if suspicion == Suspicion::HiddenField { shown.without_trap() } else { shown };
    }
    let mut response = page(refusal.status(), &shown)?;
    if let Some(cookie) = cookie {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    let error = match refusal {
        Refusal::NotRecorded(error) => Error::Unavailable(error),
        Refusal::TooMany(refused) => Error::TooMany(refused),
        Refusal::Token(_) | Refusal::Faults(_) | Refusal::Suspicion(_) | Refusal::Closed => {
            return Ok(response);
        }
    };
    Ok(error.shown_in(response))
}

impl Refusal {
    const fn status(&self) -> StatusCode {
        match self {
            Self::Token(Refused::Foreign) => StatusCode::FORBIDDEN,
            Self::Token(Refused::Expired) | Self::Faults(_) | Self::Suspicion(_) => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Closed => StatusCode::CONFLICT,
            Self::NotRecorded(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    fn faults(&self) -> &[FieldError] {
        match self {
            Self::Faults(faults) => faults,
            _ => &[],
        }
    }

    /// The minutes after which to try again, for the notice.
    fn minutes(&self) -> String {
        if let Self::TooMany(refused) = self { refused.minutes().to_string() } else { String::new() }
    }

    const fn notice(&self) -> Option<&'static str> {
        match self {
            Self::Token(Refused::Expired) => Some("error-form-expired"),
            Self::Token(Refused::Foreign) => Some("error-form-foreign"),
            Self::TooMany(_) => Some("error-too-many-kept"),
            Self::Closed => Some("error-closed-kept"),
            Self::NotRecorded(_) => Some("error-not-recorded"),
            Self::Suspicion(Suspicion::HiddenField) => Some("error-hidden-field"),
            Self::Suspicion(Suspicion::TooFast) => Some("error-too-fast"),
            Self::Suspicion(Suspicion::NoProof) | Self::Faults(_) => None,
        }
    }
}

impl From<RequestError> for Refusal {
    fn from(error: RequestError) -> Self {
        match error {
            RequestError::Store(error) => Self::NotRecorded(error),
            RequestError::Closed => Self::Closed,
            error => Self::Faults(FieldError::of_request(&error).into_iter().collect()),
        }
    }
}

#[cfg(test)]
mod tests;
