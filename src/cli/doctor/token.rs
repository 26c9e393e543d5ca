//! The access token: whether Entra takes the application for what it says it is.

use super::finding::{Area, Finding, told};
use crate::{
    config::{Identity, Tenant},
    entra::Certificate,
    graph::{Error, ErrorKind},
};
use secrecy::ExposeSecret;

/// Entra's number for an assertion outside its time.
const OUT_OF_TIME: &str = "AADSTS700024";

pub(super) fn obtained(role: &str) -> Finding {
    Finding::ok(Area::Token, format!("Entra accepts the application by its {role} certificate"))
}

/// One of two certificates is refused, which stops nothing as long as the other one is accepted.
pub(super) fn one_refused(tenant: &Tenant, role: &str, identity: &Identity, error: &Error) -> Finding {
    let what = format!("the {role} certificate is of no use: {}", told(error));
    Finding::warning(Area::Token, what, remedy(tenant, identity, error))
}

/// The reason why there is no token. A wrong clock, which was reported already, is enough to be refused.
pub(super) fn refused(tenant: &Tenant, error: &Error, clock_is_wrong: bool) -> Finding {
    if clock_is_wrong && error.code == OUT_OF_TIME {
        return Finding::skipped(Area::Token, told(error), "set the machine's clock first");
    }
    Finding::failure(Area::Token, told(error), remedy(tenant, &tenant.identity, error))
}

fn remedy(tenant: &Tenant, identity: &Identity, error: &Error) -> String {
    let certificate = Certificate::of(identity.key_pem.expose_secret(), &identity.certificate_pem).ok();
    let thumbprint = certificate.as_ref().map(Certificate::sha1).unwrap_or_default();
    match (error.remedy(), error.kind) {
        (Some(remedy), _) if error.code == "AADSTS700027" => {
            format!("{remedy}; its thumbprint is {thumbprint}, the client id {}", tenant.client_id)
        }
        (Some(remedy), _) => remedy.to_owned(),
        (None, ErrorKind::Unavailable) => {
            format!("see that this machine reaches {}, through a proxy by HTTPS_PROXY", tenant.token_url)
        }
        (None, _) => "try again in a while".to_owned(),
    }
}
