//! The headers that every answer carries, made once.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

/// Nothing from elsewhere, nothing inline, no frames (Content Security Policy Level 3).
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; \
    font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// A year of HTTPS alone, for the host without its subdomains (RFC 6797).
const HSTS: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// The headers for the whole site.
pub(super) struct PageHeaders {
    always: Vec<(HeaderName, HeaderValue)>,
    /// Added to answers over HTTPS.
    hsts: Option<HeaderValue>,
}

impl PageHeaders {
    pub(super) fn new(hsts: bool) -> Self {
        let all = [
            (header::CONTENT_SECURITY_POLICY, POLICY),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            // The address of a status page opens it: no other site may learn it. Ours may, since without a
            // referrer browsers send `Origin: null` with our own forms.
            (header::REFERRER_POLICY, "same-origin"),
            (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
            (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
            (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        ];
        let always = all.into_iter().map(|(name, value)| (name, HeaderValue::from_static(value))).collect();
        Self { always, hsts: hsts.then_some(HSTS) }
    }

    /// Adds the headers that the answer does not have; one without `Cache-Control` gets `no-store`.
    pub(super) fn add(&self, headers: &mut HeaderMap, secure: bool) {
        headers.reserve(self.always.len() + 3);
        if let Some(hsts) = self.hsts.as_ref().filter(|_| secure) {
            headers.insert(header::STRICT_TRANSPORT_SECURITY, hsts.clone());
        }
        for (name, value) in &self.always {
            headers.entry(name).or_insert_with(|| value.clone());
        }
        headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    }
}
