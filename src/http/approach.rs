//! How a request has come: from whom, by which scheme, for which host. It is found out once, at the door.

use axum::http::Extensions;

use super::{client::Client, request_id::RequestId, web::Web};

/// What is known of a request before it is looked at. Every request has it among its extensions.
#[derive(Clone, Debug)]
pub(super) struct Approach {
    /// Who sends it.
    pub client: Client,
    /// Whether the visitor's browser speaks HTTPS.
    pub secure: bool,
    /// The host and port that the browser asked, where a proxy tells and nothing is configured.
    pub authority: Option<String>,
    /// The number that a proxy has given it.
    pub id: Option<RequestId>,
}

impl Approach {
    /// Who sends a request.
    pub(super) fn client(extensions: &Extensions) -> Client {
        extensions.get::<Self>().map(|approach| approach.client).unwrap_or_default()
    }

    /// Whether a request comes by HTTPS.
    pub(super) fn is_secure(web: &Web, extensions: &Extensions) -> bool {
        extensions.get::<Self>().map_or_else(|| web.settings.secure(), |approach| approach.secure)
    }
}
