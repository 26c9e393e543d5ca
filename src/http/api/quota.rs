//! The rest of the limit of a client's network (draft-ietf-httpapi-ratelimit-headers-10). The rest for an address or
//! for all networks together is not disclosed.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, HeaderValue};

use super::super::{
    limits::{Quota, TooMany},
    state::Web,
};
use crate::config::Rate;

const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const LEFT: HeaderName = HeaderName::from_static("ratelimit");
/// The name of the limit that is reported.
const NAME: &str = "\"submissions\"";

/// Adds the rest after a request that was let through.
pub(super) fn add(quota: Option<Quota>, headers: &mut HeaderMap) {
    if let Some(Quota { rate, left }) = quota {
        add_policy(rate, headers);
        insert(headers, LEFT, &format!("{NAME};r={left}"));
    }
}

/// Adds that nothing is left for some time.
pub(super) fn add_refused(web: &Web, refused: &TooMany, headers: &mut HeaderMap) {
    if let Some(rate) = web.site.rate_limits.submissions_per_network() {
        add_policy(rate, headers);
        insert(headers, LEFT, &format!("{NAME};r=0;t={}", refused.seconds()));
    }
}

fn add_policy(rate: Rate, headers: &mut HeaderMap) {
    let Rate { burst, per } = rate;
    let window = per.max(Duration::from_secs(1)).as_secs();
    insert(headers, POLICY, &format!("{NAME};q={burst};w={window}"));
}

fn insert(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}
