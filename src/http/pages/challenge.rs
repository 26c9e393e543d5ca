//! What the form's script asks for when proof of work is on.

use axum::{Json, extract::State};

use super::super::{
    body::Fields,
    error::Error,
    proof::{self, Challenge},
    web::Shared,
};
use crate::domain::Email;

/// The puzzle for a form and an address. Both come in the body: no address stands in a URL.
pub(in crate::http) async fn pose(
    State(web): State<Shared>,
    fields: Fields,
) -> Result<Json<Challenge>, Error> {
    let cost = web.settings.proof_cost.ok_or(Error::NotFound)?;
    let email = Email::parse(fields.one("email")?).map_err(|_| Error::BadRequest("there is no address"))?;
    Ok(Json(proof::challenge(&web.site.key, cost, fields.one("form")?, &email)))
}
