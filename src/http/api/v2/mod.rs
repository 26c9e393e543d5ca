//! The newer API: a signup is made, has an address, and can be followed there. Errors are problem details (RFC 9457).
//!
//! It discloses no more than the pages do: whether an address has an account is shown only where the site discloses it,
//! and a signup is opened by nothing but the address that its request was answered with.

mod key;
pub(super) mod signup;

use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::ToSchema;

use self::{key::IdempotencyKey, signup::Signup};
use super::{
    super::{
        client::Client,
        error::Error,
        limits::Admitted,
        pages::{Capability, status},
        refusal::{BodyError, CONSENT, Field, Refusal, json_name},
        state::{Lang, Shared, Web},
    },
    at,
    body::Object,
    error::{BodyFailures, Failures},
    intake, quota,
};
use crate::{
    domain::{Admission, FormNonce, StatusToken, Username},
    signup::Consented,
};

/// What version 2 has, and what a program has to know before it asks for a signup.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(in crate::http) struct Service {
    /// Where signups are asked for.
    #[schema(format = "uri-reference")]
    signups: String,
    /// Whether signups are taken at the moment.
    #[schema(example = true)]
    open: bool,
    /// The version of the consent texts that `consent` has to name.
    #[schema(example = "1")]
    consent_version: String,
    /// The languages that answers and mails can have.
    #[schema(example = json!(["en", "de"]))]
    languages: Vec<String>,
}

/// A signup to make.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct NewSignup {
    /// The first name, as Microsoft 365 shows it.
    #[schema(example = "Ada", min_length = 1, max_length = 64)]
    first_name: String,
    /// The family name.
    #[schema(example = "Lovelace", min_length = 1, max_length = 64)]
    last_name: String,
    /// The university address; the password goes there.
    #[schema(example = "st123456@example.edu", min_length = 3, max_length = 254)]
    email: String,
    /// The username that the person has picked. Without it, it is made of the name. One that is not offered for the name
    /// is refused, and the error names those that are; a number is added where it is taken.
    #[schema(example = "ada.lovelace", max_length = 64)]
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<String>,
    /// The version of the consent texts that the person has agreed to: the current one is at `/api/v2/`.
    #[schema(example = "1")]
    consent: String,
}

/// A signup that is safe: whatever fails from here on, it is carried out.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(in crate::http) struct Accepted {
    /// Where it can be followed. Whoever has this address sees the signup: keep it between you and the person.
    #[schema(format = "uri-reference")]
    status: String,
    /// The page for the person, who may have to enter a code there first.
    #[schema(format = "uri-reference")]
    page: String,
}

/// What version 2 has
#[utoipa::path(
    get,
    path = "/api/v2/",
    tag = "version 2",
    responses((status = 200, description = "Its addresses, and what to know before a request.", body = Service), Failures)
)]
pub(in crate::http) async fn service(State(web): State<Shared>) -> Json<Service> {
    Json(Service {
        signups: at(&web, "/api/v2/signups"),
        open: !web.site.signups.are_switched_off() && !web.site.signups.lack_seats(),
        consent_version: web.site.signups.consent_version(Consented::Here),
        languages: web.tags().map(str::to_owned).collect(),
    })
}

/// Make a signup
///
/// Answers as soon as the request is safe. The account follows, mostly within seconds; the answer names the address
/// where that can be seen. Where addresses are confirmed, which they are everywhere beyond the limit for all networks
/// together, the stage is `awaiting_confirmation` until the person has entered the mailed code on the page, or confirmed
/// by the link in the mail; `voided` means that the owner of the address confirmed another request, or refused this one.
/// An address that has an account already is answered alike, unless the site discloses that,
/// and its owner is told by mail.
#[utoipa::path(
    post,
    path = "/api/v2/signups",
    tag = "version 2",
    request_body = NewSignup,
    params(
        ("Idempotency-Key" = Option<String>, Header, description = "Any random text of your own, such as a UUID: the same request sent again with the same key within a day is the same signup, and gets the same answer. Keep it to yourself.", min_length = 16, max_length = 255, pattern = r"^[!#-\[\]-~]*$", example = "8e03978e-40d5-43dd-bc93-6894a57f9324"),
        ("lang" = Option<String>, Header, description = "The language of messages, mails and the page, before that of Accept-Language.", example = "de"),
    ),
    responses(
        (status = 201, description = "The signup is safe.", body = Accepted, headers(
            ("Location" = String, description = "The same address as `status`."),
            ("RateLimit" = Option<String>, description = "How many more signups this network may ask for."),
            ("RateLimit-Policy" = Option<String>, description = "How many it may at most, in how many seconds."),
        )),
        (status = 409, description = "Signups are closed, or no licence is free and the site lets nobody wait for one.", body = super::error::Problem, content_type = "application/problem+json"),
        BodyFailures,
    )
)]
pub(in crate::http) async fn create(
    State(web): State<Shared>,
    lang: Lang,
    client: Client,
    key: IdempotencyKey,
    object: Object,
) -> Result<Response, Error> {
    let picked = read(&web, object)?;
    let Admitted { quota, slowed } = intake::submission(&web, client)?;
    let form = once(&web, &key, &picked).await?;
    let request = intake::request(&web, lang, picked, form, Consented::Here, slowed);
    let requested = web.site.signups.request(request).await;
    let requested =
        requested.map_err(|error| intake::refused(error, |fault| Refusal::Fields(vec![fault])))?;
    let accepted = accepted(&web, lang, &requested.status).await;
    let location = [(header::LOCATION, accepted.status.clone())];
    let mut response = (StatusCode::CREATED, location, Json(accepted)).into_response();
    quota::add(quota, response.headers_mut());
    Ok(response)
}

/// Follow a signup
///
/// How far it is. The address is to be asked no more than once a second; once the signup is `done`,
/// `needs_attention` or `voided`, nothing changes by itself any more.
#[utoipa::path(
    get,
    path = "/api/v2/signups/{token}",
    tag = "version 2",
    params(("token" = String, Path, description = "The end of the address that the request was answered with.")),
    responses(
        (status = 200, description = "The signup.", body = Signup),
        (status = 404, description = "There is no such signup, or its time is over.", body = super::error::Problem, content_type = "application/problem+json"),
        Failures,
    )
)]
pub(in crate::http) async fn show(
    State(web): State<Shared>,
    Capability(token): Capability<StatusToken>,
) -> Result<Json<Signup>, Error> {
    let status = web.site.signups.status(&token).await?.ok_or(Error::NotFound)?;
    let page = page(&web, &status, &token);
    Ok(Json(Signup::of(&status, page)))
}

/// The person of a request without fault and the username that was picked, or every fault of the request.
fn read(web: &Web, mut object: Object) -> Result<(Admission<'_>, Option<Username>), Refusal> {
    let (first, last) = intake::names(&mut object);
    let person = first.zip(last).and_then(|(first, last)| {
        intake::person(web, &first, &last)
            .map_err(|faults| faults.into_iter().for_each(|fault| object.fault(fault)))
            .ok()
    });
    let email = intake::email(&mut object);
    let admitted =
        email.as_ref().and_then(|email| intake::admit(web, email).map_err(|fault| object.fault(fault)).ok());
    let rules = web.site.signups.username_rules();
    let admission = admitted.zip(person).map(|(admitted, name)| admitted.of_person(name, rules));
    let mut username = None;
    if let Some(text) = object.optional_text(json_name(Field::Username))
        && let Some(admission) = &admission
    {
        match intake::username(admission, &text) {
            Ok(picked) => username = Some(picked),
            Err(fault) => object.fault(fault),
        }
    }
    let consent = object.text(CONSENT, BodyError::consent());
    if consent.is_some_and(|version| version != web.site.signups.consent_version(Consented::Here)) {
        object.fault(BodyError::consent());
    }
    object.finish(admission.map(|admission| (admission, username)))
}

/// The mark by which the same request sent again is recognised: made from its key, if it has one.
async fn once(
    web: &Web,
    key: &IdempotencyKey,
    (admission, username): &(Admission<'_>, Option<Username>),
) -> Result<FormNonce, Error> {
    match key.as_str() {
        None => Ok(web.site.signups.never_again()),
        Some(key) => {
            let (email, name) = (admission.email(), admission.name());
            let form = web.site.signups.once(key, email, name, username.as_ref()).await?;
            form.ok_or(Error::Refused(Refusal::OtherRequest))
        }
    }
}

/// The answer to a request, the same whenever it is sent again. The request is safe, even if the language in which it
/// was first sent cannot be looked up any more.
async fn accepted(web: &Web, lang: Lang, token: &StatusToken) -> Accepted {
    let address = format!("/api/v2/signups/{}", token.encoded());
    let page = match web.site.signups.status(token).await {
        Ok(Some(status)) => page(web, &status, token),
        Ok(None) | Err(_) => at(web, &status::path(web.tag(lang), token)),
    };
    Accepted { status: at(web, &address), page }
}

/// The person's page, in the language of the request it came from.
fn page(web: &Web, status: &crate::signup::Status, token: &StatusToken) -> String {
    let language = web.site.texts.language(&status.locale);
    at(web, &status::path(&language.locale().to_string(), token))
}
