//! From the fields of a request to a signup: what both versions have in common.

use super::{
    super::{
        client::Client,
        error::Error,
        limits::Admitted,
        pages::faults::{Fault as FormFault, Field},
        web::{Lang, Web},
    },
    Fault, Refusal,
    body::Fields,
    fault::json_name,
};
use crate::{
    domain::{Email, EmailError, FormNonce, NameError, PersonName, Requester, Username},
    signup::{Consented, Request, RequestError, Requested},
};

/// An address, if the field has one.
pub(super) fn email(fields: &mut Fields<'_>) -> Option<Email> {
    let name = json_name(Field::Email);
    let text = fields.text(name, FormFault::of_email(EmailError::Empty))?;
    Email::parse(text).map_err(|error| fields.fault(FormFault::of_email(error))).ok()
}

/// A first and a last name as they were sent.
pub(super) fn names<'a>(fields: &mut Fields<'a>) -> (Option<&'a str>, Option<&'a str>) {
    let first = FormFault::of_first_name(NameError::Empty);
    let last = FormFault::of_last_name(NameError::Empty);
    (fields.text(json_name(Field::FirstName), first), fields.text(json_name(Field::LastName), last))
}

/// Both names as a person's, or what is wrong with each.
pub(super) fn person(web: &Web, first: &str, last: &str) -> Result<PersonName, Vec<Fault>> {
    web.site.signups.names().parse(first, last).map_err(|(first, last)| {
        let first = first.map(FormFault::of_first_name);
        first.into_iter().chain(last.map(FormFault::of_last_name)).map(Fault::from).collect()
    })
}

/// The fault of an address that nobody admits.
pub(super) fn not_admitted(web: &Web, email: &Email) -> Option<Fault> {
    let fault = FormFault::new(Field::Email, "error-email-not-admitted");
    web.site.signups.profiles().admit(email).is_none().then(|| fault.into())
}

/// The username of this text, if it is one of those that the person may pick; a fault names them otherwise.
pub(super) fn username(web: &Web, email: &Email, name: &PersonName, text: &str) -> Result<Username, Fault> {
    let preview = web.site.signups.preview(Some(email), name);
    let suggested = match preview {
        Ok(preview) => preview.map(|preview| preview.usernames).unwrap_or_default(),
        Err(error) => {
            return Err(
                FormFault::of_request(&error).map_or_else(|| Fault::username(Vec::new()), Fault::from)
            );
        }
    };
    let named = suggested.iter().map(ToString::to_string).collect();
    suggested.into_iter().find(|username| username.as_str() == text).ok_or_else(|| Fault::username(named))
}

/// The fault of an address that has an account.
pub(super) fn registered() -> Fault {
    FormFault::new(Field::Email, "error-email-registered").into()
}

/// A signup as a program asks for it.
pub(super) struct Wish {
    pub email: Email,
    pub name: PersonName,
    /// The username that was picked.
    pub username: Option<Username>,
    pub consented: Consented,
    /// What makes it the same as another.
    pub form: FormNonce,
    /// Whether the limits want its address confirmed.
    pub slowed: bool,
}

/// Records a signup. What no account can come of is told as a fault by `refuse`.
///
/// No program does the work that browsers may be asked for: where a form would need it, the address is confirmed
/// first.
pub(super) async fn request(
    web: &Web,
    lang: Lang,
    wish: Wish,
    refuse: impl FnOnce(Fault) -> Refusal,
) -> Result<Requested, Error> {
    let Wish { email, name, username, consented, form, slowed } = wish;
    let locale = web.language(lang).locale().clone();
    let confirm = slowed || web.settings.proof_always;
    let request = Request { form, email, name, username, locale, consented, confirm, by: Requester::Program };
    web.site.signups.request(request).await.map_err(|error| match error {
        RequestError::Store(error) => error.into(),
        RequestError::NoSeats => Refusal::NoSeats.into(),
        RequestError::Closed => Refusal::Closed.into(),
        error => match FormFault::of_request(&error) {
            Some(fault) => refuse(fault.into()).into(),
            None => Error::BadRequest("no account can come of it"),
        },
    })
}

/// Lets a request without fault through, as the form's limits have it.
pub(super) fn admit(web: &Web, client: Client) -> Result<Admitted, Error> {
    Ok(web.site.rate_limits.submission(client)?)
}
