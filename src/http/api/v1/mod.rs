//! The interface of MS365-Accountcreator: the same addresses, fields, statuses and shapes, for the programs that are
//! written for it.
//!
//! Differences: the request is safe before anything is created, so `account_creation` answers 204 also when the account
//! takes longer than `api.wait`, or when a person has to look at it (there, a failure of Microsoft's is a 500 and the
//! request is lost). A body that is not JSON is refused (there, it counts as empty). A body that is not valid JSON gets
//! a `message` with its 400.

use axum::{Json, extract::State, http::StatusCode};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    super::{
        client::Client,
        error::Error,
        refusal::Refusal,
        state::{Lang, Shared},
    },
    at,
    body::Object,
    error::{self, Refusals},
    intake,
};
use crate::{
    domain::{Admission, FormNonce},
    signup::Consented,
};

/// The versions of the API.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct Versions {
    /// The name of the API.
    title: &'static str,
    /// Where version 1 is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = "uri-reference")]
    v1: Option<String>,
}

/// What version 1 has.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(in crate::http) struct Operations {
    /// Where an account is asked for.
    #[schema(format = "uri-reference")]
    account_creation: String,
    /// Where an address is checked.
    #[schema(format = "uri-reference")]
    email_verification: String,
}

/// An address to check.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct EmailVerification {
    /// The university address.
    #[schema(example = "st123456@example.edu", max_length = 254)]
    email: String,
}

/// Whether an account may be asked for with an address.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct Verified {
    /// Whether it may.
    valid: bool,
    /// Why not, in the language of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    reason: Option<String>,
}

/// An account to create.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct AccountCreation {
    /// The first name, as Microsoft 365 shows it.
    #[schema(example = "Ada", max_length = 64)]
    first_name: String,
    /// The family name.
    #[schema(example = "Lovelace", max_length = 64)]
    last_name: String,
    /// The university address; the password goes there.
    #[schema(example = "st123456@example.edu", max_length = 254)]
    email: String,
}

/// The versions of the API
///
/// The newer version 2 is described here as well.
#[utoipa::path(
    get,
    path = "/api/",
    tag = "version 1",
    responses((status = 200, description = "The addresses of the versions.", body = Versions), Refusals)
)]
pub(in crate::http) async fn versions(State(web): State<Shared>) -> Json<Versions> {
    let v1 = web.config().api.v1.then(|| at(&web, "/api/v1/"));
    Json(Versions { title: "accountcreator API", v1 })
}

/// What version 1 has
#[utoipa::path(
    get,
    path = "/api/v1/",
    tag = "version 1",
    responses((status = 200, description = "The addresses of its operations.", body = Operations), Refusals)
)]
pub(in crate::http) async fn operations(State(web): State<Shared>) -> Json<Operations> {
    Json(Operations {
        account_creation: at(&web, "/api/v1/account_creation"),
        email_verification: at(&web, "/api/v1/email-verification"),
    })
}

/// Check an address
///
/// Says whether an account may be asked for with this address. Whether it has one already is told only where the site
/// discloses that.
#[utoipa::path(
    post,
    path = "/api/v1/email-verification",
    tag = "version 1",
    request_body = EmailVerification,
    params(("lang" = Option<String>, Header, description = "The language of messages, before that of Accept-Language.", example = "de")),
    responses((status = 200, description = "Whether the address is admitted.", body = Verified), error::BodyRefusals)
)]
pub(in crate::http) async fn verify_email(
    State(web): State<Shared>,
    lang: Lang,
    client: Client,
    mut object: Object,
) -> Result<Json<Verified>, Error> {
    let email = intake::email(&mut object);
    let email = object.finish(email)?;
    let mut fault = intake::admit(&web, &email).err();
    if fault.is_none() && web.site.config.signup.disclose_registered {
        // A client that asks for many addresses wants to find out who has an account.
        web.site.rate_limits.code(client)?;
        fault = web.site.signups.is_registered(&email).await?.then(intake::registered);
    }
    let reason = fault.map(|fault| error::say(&web, web.language(lang), &fault));
    Ok(Json(Verified { valid: reason.is_none(), reason }))
}

/// Ask for an account
///
/// Answers as soon as the account is created and its password is mailed, or after some seconds as soon as the request
/// is safe: then the account follows. The same request sent again within some minutes is the same request.
///
/// There is no field for the consents: whoever calls this has asked the person for them.
#[utoipa::path(
    post,
    path = "/api/v1/account_creation",
    tag = "version 1",
    request_body = AccountCreation,
    params(("lang" = Option<String>, Header, description = "The language of messages and of the mail, before that of Accept-Language.", example = "de")),
    responses(
        (status = 204, description = "The account is created, or will be. Where addresses are confirmed: the request is safe and a code was mailed to the address, unless it has had as many mails as it gets in this time; the account follows once the code is entered."),
        (status = 409, description = "Signups are closed, or no licence is free and the site lets nobody wait for one.", body = error::Message),
        error::BodyRefusals,
    )
)]
pub(in crate::http) async fn create_account(
    State(web): State<Shared>,
    lang: Lang,
    client: Client,
    object: Object,
) -> Result<StatusCode, Error> {
    let (admission, form) = read(&web, object).await?;
    let slowed = intake::submission(&web, client)?.slowed;
    let request = intake::request(&web, lang, (admission, None), form, Consented::Elsewhere, slowed);
    let requested = web.site.signups.request(request).await;
    let requested = requested.map_err(|error| intake::refused(error, Refusal::Unusable))?;
    // The request is recorded: a failure from here on changes nothing for the caller.
    if let Err(error) = web.site.signups.outcome(&requested.status, web.config().api.wait).await {
        tracing::warn!(
            error = &error as &dyn std::error::Error,
            "the outcome of a signup could not be waited for"
        );
    }
    Ok(StatusCode::NO_CONTENT)
}

/// The person of a request without fault, and the mark by which the same request sent again is recognised.
async fn read(web: &Shared, mut object: Object) -> Result<(Admission<'_>, FormNonce), Error> {
    let (first, last) = intake::names(&mut object);
    let email = intake::email(&mut object);
    let (email, (first, last)) = object.finish(email.zip(first.zip(last)))?;
    let admitted = intake::admit(web, &email).map_err(Refusal::Unusable)?;
    let name =
        intake::person(web, &first, &last).map_err(|mut faults| Refusal::Unusable(faults.swap_remove(0)))?;
    let form = web.site.signups.once_for_a_while(&email, &name).await?;
    Ok((admitted.of_person(name, web.site.signups.username_rules()), form))
}
