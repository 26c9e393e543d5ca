//! From the fields of a request to a signup: the part that both versions share.

use super::{
    super::{
        client::Client,
        error::Error,
        limits::Admitted,
        refusal::{BodyError, Field, FieldError, Refusal, json_name},
        state::{Lang, Web},
    },
    body::Object,
};
use crate::{
    domain::{
        Admission, AdmittedEmail, Email, EmailError, FormNonce, NameError, PersonName, Requester, Username,
    },
    signup::{Consented, Request, RequestError},
};

/// An address, if the field has one.
pub(super) fn email(fields: &mut Object) -> Option<Email> {
    let name = json_name(Field::Email);
    let text = fields.text(name, FieldError::of_email(EmailError::Empty))?;
    Email::parse(&text).map_err(|error| fields.fault(FieldError::of_email(error))).ok()
}

/// A first and a last name as they were sent.
pub(super) fn names(fields: &mut Object) -> (Option<String>, Option<String>) {
    let first = FieldError::of_first_name(NameError::Empty);
    let last = FieldError::of_last_name(NameError::Empty);
    (fields.text(json_name(Field::FirstName), first), fields.text(json_name(Field::LastName), last))
}

/// The person of both names, or the faults of each.
pub(super) fn person(web: &Web, first: &str, last: &str) -> Result<PersonName, Vec<BodyError>> {
    web.site.signups.names().parse(first, last).map_err(|(first, last)| {
        let first = first.map(FieldError::of_first_name);
        first.into_iter().chain(last.map(FieldError::of_last_name)).map(BodyError::from).collect()
    })
}

/// The address with the profile that admits it.
pub(super) fn admit<'p, 'e>(web: &'p Web, email: &'e Email) -> Result<AdmittedEmail<'p, 'e>, BodyError> {
    web.site.signups.profiles().admit(email).ok_or_else(|| FieldError::not_admitted().into())
}

/// The username of this text, if it is one of those that the person may pick; a fault names them otherwise.
pub(super) fn username(admission: &Admission<'_>, text: &str) -> Result<Username, BodyError> {
    let suggested = admission.usernames().map_err(|error| {
        let fault = FieldError::of_request(&error.into());
        fault.map_or_else(|| BodyError::username(Vec::new()), BodyError::from)
    })?;
    let picked = suggested.iter().find(|username| username.as_str() == text);
    picked.cloned().ok_or_else(|| BodyError::username(suggested.iter().map(ToString::to_string).collect()))
}

/// The fault of an address that has an account.
pub(super) fn registered() -> BodyError {
    FieldError::new(Field::Email, "error-email-registered").into()
}

/// A request of a program; `slowed` is set where the limits demand that its address is confirmed.
///
/// Programs do no proof of work: where a form would need it, the address is confirmed first.
pub(super) fn request<'a>(
    web: &Web,
    lang: Lang,
    (admission, username): (Admission<'a>, Option<Username>),
    form: FormNonce,
    consented: Consented,
    slowed: bool,
) -> Request<'a> {
    let locale = web.language(lang).locale().clone();
    let confirm = slowed || web.config().bots.proof_of_work;
    Request { form, admission, username, locale, consented, confirm, by: Requester::Program }
}

/// The answer to a request that is not accepted; `refuse` makes it of a fault of the fields.
pub(super) fn refused(error: RequestError, refuse: impl FnOnce(BodyError) -> Refusal) -> Error {
    match error {
        RequestError::Store(error) => error.into(),
        RequestError::NoSeats => Refusal::NoSeats.into(),
        RequestError::Closed => Refusal::Closed.into(),
        error => match FieldError::of_request(&error) {
            Some(fault) => refuse(fault.into()).into(),
            None => Error::BadRequest("no account can come of it"),
        },
    }
}

/// Counts a request without fault against the limits of the form.
pub(super) fn submission(web: &Web, client: Client) -> Result<Admitted, Error> {
    Ok(web.site.rate_limits.submission(client)?)
}
