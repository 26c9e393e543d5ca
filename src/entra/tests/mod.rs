//! The application against a token endpoint that says what the facts say, and against broken ones.
#![allow(clippy::unwrap_used)]

mod certificate;
mod rotation;
mod token;

use std::{sync::LazyLock, time::Duration};

use rcgen::{CertificateParams, KeyPair, PKCS_RSA_SHA256, RsaKeySize};
use serde_json::{Value, json};
use wiremock::ResponseTemplate;

use super::{Application, Settings};
use crate::{
    domain::{AssertionKind, Clock, Entropy, Timestamp},
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

    /// As the application is given it.
    pub(crate) fn of_app(&self) -> super::Identity {
        super::Identity { key_pem: self.key.clone().into(), certificate_pem: self.certificate.clone() }
    }
}

pub(crate) fn settings(server: &str) -> Settings {
    Settings {
        alias: "main".parse().unwrap(),
        token_url: format!("{server}/tenant/oauth2/v2.0/token"),
        client_id: "0f1e2d3c-0000-4000-8000-000000000001".to_owned(),
        identity: IDENTITY.of_app(),
        next_identity: None,
        assertion: AssertionKind::default(),
        assertion_audience: "https://login.microsoftonline.com/tenant/oauth2/v2.0/token".to_owned(),
        timeout: Duration::from_secs(20),
        connect_timeout: Duration::from_secs(20),
        ca_pem: None,
    }
}

pub(crate) fn application(settings: &Settings) -> (Application, Clock) {
    let clock = Clock::manual(NOW);
    (Application::new(settings, clock.clone(), Entropy::seeded(1), &Metrics::off()).unwrap(), clock)
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
