//! Confirming the address on the status page: the code, and asking for another.

use axum::{extract::State, http::StatusCode, response::Response};
use serde::Deserialize;

use super::{
    super::{
        body::Form,
        client::Client,
        error::Error,
        sender::Sender,
        state::{Lang, Shared},
    },
    Capability, see_other,
    status::{Remarks, address, show_refused, show_with},
};
use crate::{
    domain::{ConfirmationCode, StatusToken},
    signup::{CodeAgain, Confirmation},
    texts::Language,
};

#[derive(Default, Deserialize)]
#[serde(default)]
pub(in crate::http) struct Typed {
    code: String,
}

/// Takes the code that was typed.
pub(in crate::http) async fn by_code(
    State(web): State<Shared>,
    lang: Lang,
    Capability(token): Capability<StatusToken>,
    client: Client,
    sender: Sender,
    Form(typed): Form<Typed>,
) -> Result<Response, Error> {
    if let Err(refused) = web.site.rate_limits.code(client) {
        return show_refused(&web, lang, &token, sender, refused).await;
    }
    let t = web.language(lang);
    let fault = match typed.code.parse::<ConfirmationCode>() {
        Err(_) => t.text("error-code-malformed"),
        Ok(code) => match web.site.signups.confirm_by_code(&token, &code).await? {
            Confirmation::Confirmed(token)
            | Confirmation::AlreadyConfirmed(token)
            | Confirmation::Voided(token) => {
                return Ok(see_other(&address(&web, lang, &token)));
            }
            Confirmation::Unknown => return Err(Error::NotFound),
            refused => explain(t, &refused),
        },
    };
    let remarks = Remarks { fault: Some(fault), notice: None, sender };
    show_with(&web, lang, &token, StatusCode::UNPROCESSABLE_ENTITY, remarks).await
}

fn explain(t: &Language, refused: &Confirmation) -> String {
    match refused {
        Confirmation::WrongCode { left } if *left > 0 => {
            t.text_with("error-code-wrong", &[("left", &left.to_string())])
        }
        Confirmation::Expired(_) => t.text("error-code-expired"),
        _ => t.text("error-code-too-many"),
    }
}

/// Has the code mailed again.
pub(in crate::http) async fn send_again(
    State(web): State<Shared>,
    lang: Lang,
    Capability(token): Capability<StatusToken>,
    client: Client,
    sender: Sender,
) -> Result<Response, Error> {
    if let Err(refused) = web.site.rate_limits.code(client) {
        return show_refused(&web, lang, &token, sender, refused).await;
    }
    let address = address(&web, lang, &token);
    match web.site.signups.send_code_again(&token).await? {
        CodeAgain::Sent => Ok(see_other(&format!("{address}?mail=sent"))),
        CodeAgain::TooSoon => Ok(see_other(&format!("{address}?mail=later"))),
        CodeAgain::Withheld => Ok(see_other(&format!("{address}?mail=withheld"))),
        CodeAgain::TooMany => Ok(see_other(&format!("{address}?mail=never"))),
        CodeAgain::NotWaiting => Ok(see_other(&address)),
        CodeAgain::Unknown => Err(Error::NotFound),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{Entropy, SignupId},
        http::testing::House,
    };

    #[tokio::test]
    async fn every_refusal_says_what_to_do() {
        let web = House::new().await.web();
        for lang in web.langs() {
            let t = web.language(lang);
            let signup = StatusToken::of(SignupId::random(&Entropy::seeded(1)), &web.site.key);
            let refusals = [
                Confirmation::WrongCode { left: 1 },
                Confirmation::WrongCode { left: 4 },
                Confirmation::WrongCode { left: 0 },
                Confirmation::TooManyWrong,
                Confirmation::Expired(signup),
            ];
            let said = refusals.map(|refused| explain(t, &refused));
            assert!(said[1].contains('4'), "{}", said[1]);
            assert_ne!(said[0], said[1]);
            assert_eq!(said[2], said[3]);
            assert_ne!(said[3], said[4]);
        }
    }
}
