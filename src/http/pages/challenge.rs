//! The puzzle that the form's script asks for when proof of work is on.

use axum::{Json, extract::State};
use serde::Deserialize;

use super::super::{
    body::Form,
    error::Error,
    proof::{self, Challenge},
    state::Shared,
};
use crate::domain::Email;

#[derive(Default, Deserialize)]
#[serde(default)]
pub(in crate::http) struct Fields {
    form: String,
    email: String,
}

/// The puzzle for a form and an address. Both come in the body: a URL has no address in it.
pub(in crate::http) async fn pose(
    State(web): State<Shared>,
    Form(fields): Form<Fields>,
) -> Result<Json<Challenge>, Error> {
    let cost = web.proof_cost().ok_or(Error::NotFound)?;
    let email = Email::parse(&fields.email).map_err(|_| Error::BadRequest("there is no address"))?;
    Ok(Json(proof::challenge(&web.site.key, cost, &fields.form, &email)))
}
