//! The application against a token endpoint that says what the facts say, and against broken ones.
#![allow(clippy::unwrap_used)]

mod certificate;
mod rotation;
mod token;

use std::{path::PathBuf, sync::LazyLock, time::Duration};

use rcgen::{CertificateParams, KeyPair, PKCS_RSA_SHA256, RsaKeySize};
use serde_json::{Value, json};
use wiremock::ResponseTemplate;

use super::Application;
use crate::{
    config::{self, Tenant},
    domain::{Clock, Entropy, Timestamp},
    metrics::Metrics,
};

/// 2026-11-22T10:15:00Z.
pub(crate) const NOW: Timestamp = Timestamp::from_millis(1_795_342_500_000);

/// Graph's scope.
pub(crate) const SCOPE: &str = "https://graph.microsoft.com/.default";

/// An application's key and certificate, in PEM.
pub(crate) struct Identity {
    pub(crate) key: String,
    pub(crate) certificate: String,
}

/// Making RSA keys is slow: one for all tests.
pub(crate) static IDENTITY: LazyLock<Identity> = LazyLock::new(|| Identity::new(2020, 2040));

impl Identity {
    pub(crate) fn new(from_year: i32, to_year: i32) -> Self {
        let key = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048).unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.not_before = rcgen::date_time_ymd(from_year, 1, 1);
        params.not_after = rcgen::date_time_ymd(to_year, 1, 1);
        let certificate = params.self_signed(&key).unwrap().pem();
        Self { key: key.serialize_pem(), certificate }
    }

    /// The same as the configuration has it.
    pub(crate) fn configured(&self) -> config::Identity {
        config::Identity {
            certificate_path: PathBuf::new(),
            certificate_pem: self.certificate.clone(),
            key_path: PathBuf::new(),
            key_pem: self.key.clone().into(),
        }
    }
}

/// The tenant `main` whose token endpoint and Graph are at this server.
pub(crate) fn tenant(server: &str) -> Tenant {
    let (_, tenant) = config::testing::config().tenants.pop_first().unwrap();
    Tenant {
        token_url: format!("{server}/tenant/oauth2/v2.0/token"),
        graph_url: format!("{server}/v1.0"),
        identity: IDENTITY.configured(),
        ..tenant
    }
}

/// Limits of calls that allow for a slow machine.
pub(crate) fn limits() -> config::Graph {
    let wait = Duration::from_secs(20);
    config::Graph { timeout: wait, connect_timeout: wait, ..config::testing::config().graph }
}

pub(crate) fn application(tenant: &Tenant) -> (Application, Clock) {
    application_within(&limits(), tenant)
}

/// The application of a tenant with other limits of calls.
pub(crate) fn application_within(limits: &config::Graph, tenant: &Tenant) -> (Application, Clock) {
    let (clock, entropy) = (Clock::manual(NOW), Entropy::seeded(1));
    let alias = "main".parse().unwrap();
    (Application::new(&alias, tenant, limits, clock.clone(), entropy, &Metrics::off()).unwrap(), clock)
}

pub(crate) fn token_body(token: &str, seconds: u64) -> Value {
    json!({ "token_type": "Bearer", "expires_in": seconds, "ext_expires_in": seconds, "access_token": token })
}

/// A refusal as Graph words it.
pub(crate) fn refusal(status: u16, code: &str, message: &str) -> ResponseTemplate {
    let inner = json!({ "date": "2026-11-22T10:15:00", "request-id": "r", "client-request-id": "c" });
    ResponseTemplate::new(status)
        .insert_header("request-id", "3a7c")
        .set_body_json(json!({ "error": { "code": code, "message": message, "innerError": inner } }))
}
