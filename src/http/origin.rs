//! The check whether a request that changes something comes from our own pages.

use axum::http::{Extensions, HeaderMap, Method, header};

use super::{client::ConnectionInfo, state::Web};

/// Returns whether another site sends this. Browsers report it by `Sec-Fetch-Site` (Fetch Metadata Request Headers) or,
/// older ones, by `Origin`; a client that sends neither is no browser that could be misled. The form's token is the
/// second protection.
pub(super) fn is_foreign(web: &Web, method: &Method, headers: &HeaderMap, extensions: &Extensions) -> bool {
    if method.is_safe() {
        return false;
    }
    if let Some(site) = headers.get("sec-fetch-site") {
        return site != "same-origin" && site != "none";
    }
    let Some(origin) = headers.get(header::ORIGIN).map(|value| value.as_bytes().to_ascii_lowercase()) else {
        return false;
    };
    let configured = web.origin.as_deref().map(str::as_bytes);
    if configured == Some(origin.as_slice()) {
        return false;
    }
    let authority = origin.windows(3).position(|at| at == b"://").map(|at| &origin[at + 3..]);
    // A proxy may ask this server for another host than the browser asked the proxy for.
    let told = extensions.get::<ConnectionInfo>().and_then(|info| info.authority.as_deref());
    let host = || headers.get(header::HOST).map(|value| value.as_bytes().to_ascii_lowercase());
    let host = told.map(|told| told.as_bytes().to_vec()).or_else(host);
    authority.is_none() || authority != host.as_deref()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::http::testing::House;

    #[tokio::test]
    async fn only_our_own_pages_may_post() {
        let web = House::new().await.web();
        let foreign = |headers: &[(&'static str, &'static str)]| {
            let headers =
                headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
            is_foreign(&web, &Method::POST, &headers, &Extensions::new())
        };
        assert!(!foreign(&[]));
        assert!(!foreign(&[("sec-fetch-site", "same-origin"), ("origin", "null")]));
        assert!(!foreign(&[("sec-fetch-site", "none")]));
        assert!(foreign(&[("sec-fetch-site", "cross-site")]));
        assert!(foreign(&[("sec-fetch-site", "same-site")]));
        assert!(!foreign(&[("origin", "https://accounts.example.edu")]));
        assert!(!foreign(&[("origin", "http://127.0.0.1:8080"), ("host", "127.0.0.1:8080")]));
        assert!(foreign(&[("origin", "https://evil.example"), ("host", "127.0.0.1:8080")]));
        assert!(foreign(&[("origin", "null"), ("host", "127.0.0.1:8080")]));
        assert!(!is_foreign(&web, &Method::GET, &HeaderMap::new(), &Extensions::new()));
    }
}
