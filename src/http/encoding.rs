//! The encodings of a body that a browser accepts: `Accept-Encoding` (RFC 9110, section 12.5.3).

use std::convert::Infallible;

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, HeaderValue, header, request::Parts},
};

/// The encoding of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    /// As it is.
    Identity,
    /// GZIP (RFC 1952).
    Gzip,
    /// Brotli (RFC 7932).
    Brotli,
}

impl Encoding {
    /// The value of `Content-Encoding`, where there is one.
    pub(super) fn header(self) -> Option<HeaderValue> {
        match self {
            Self::Identity => None,
            Self::Gzip => Some(HeaderValue::from_static("gzip")),
            Self::Brotli => Some(HeaderValue::from_static("br")),
        }
    }
}

/// Notes on an answer the encoding of its body, and that other clients might get another one.
pub(super) fn mark(headers: &mut HeaderMap, encoding: Encoding) {
    headers.append(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Some(value) = encoding.header() {
        headers.insert(header::CONTENT_ENCODING, value);
        headers.remove(header::CONTENT_LENGTH);
    }
}

/// The weights that a request gives, in thousandths.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Accepted {
    brotli: u16,
    gzip: u16,
    identity: u16,
}

impl Accepted {
    /// The weights in the headers. A client that sends no such header gets bodies as they are.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let (mut brotli, mut gzip, mut identity, mut others) = (None, None, None, 0);
        for value in headers.get_all(header::ACCEPT_ENCODING) {
            for item in value.to_str().unwrap_or_default().split(',') {
                let (coding, parameters) = item.split_once(';').unwrap_or((item, ""));
                let weight = weight(parameters);
                match coding.trim() {
                    coding if coding.eq_ignore_ascii_case("br") => brotli = Some(weight),
                    coding if coding.eq_ignore_ascii_case("gzip") => gzip = Some(weight),
                    coding if coding.eq_ignore_ascii_case("x-gzip") => gzip = Some(weight),
                    coding if coding.eq_ignore_ascii_case("identity") => identity = Some(weight),
                    "*" => others = weight,
                    _ => {}
                }
            }
        }
        Self {
            brotli: brotli.unwrap_or(others),
            gzip: gzip.unwrap_or(others),
            identity: identity.unwrap_or(0),
        }
    }

    /// The encoding that is wanted most of those available; of equals, the smaller one. If no available one is wanted,
    /// the body is sent as it is, as the section allows.
    pub(super) fn best(self, brotli: bool, gzip: bool) -> Encoding {
        let offers = [
            (Encoding::Identity, self.identity, true),
            (Encoding::Gzip, self.gzip, gzip),
            (Encoding::Brotli, self.brotli, brotli),
        ];
        let wanted = offers.into_iter().filter(|(_, weight, there)| *there && *weight > 0);
        wanted.max_by_key(|(_, weight, _)| *weight).map_or(Encoding::Identity, |(encoding, ..)| encoding)
    }
}

/// The weight in thousandths; one that cannot be read refuses.
fn weight(parameters: &str) -> u16 {
    let value = parameters.split(';').map(str::trim).find_map(|part| part.strip_prefix(['q', 'Q']));
    let Some(value) = value.and_then(|value| value.trim_start().strip_prefix('=')) else { return 1000 };
    let (whole, part) = value.trim().split_once('.').unwrap_or((value.trim(), ""));
    if part.len() > 3 || !part.bytes().all(|digit| digit.is_ascii_digit()) {
        return 0;
    }
    match whole {
        "1" => 1000,
        "0" => format!("{part:0<3}").parse().unwrap_or(0),
        _ => 0,
    }
}

impl<S: Sync> FromRequestParts<S> for Accepted {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.headers))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn the_weights_decide_and_the_smaller_settles_ties() {
        use Encoding::{Brotli, Gzip, Identity};
        for (accepts, expected) in [
            ("gzip, deflate, br, zstd", Brotli),
            ("gzip, deflate", Gzip),
            ("GZIP;q=1.0 , br; Q=0.9", Gzip),
            ("br;q=0, *", Gzip),
            ("*", Brotli),
            ("*;q=0", Identity),
            ("identity, gzip;q=0.5", Identity),
            ("identity;q=0.4, gzip;q=0.5", Gzip),
            ("gzip;q=0.0001", Identity),
            ("gzip;q=2", Identity),
            ("gzip;q=0", Identity),
            ("deflate", Identity),
            ("", Identity),
        ] {
            let headers = [(header::ACCEPT_ENCODING, accepts.parse().unwrap())].into_iter().collect();
            assert_eq!(Accepted::of(&headers).best(true, true), expected, "{accepts}");
        }
        assert_eq!(Accepted::of(&HeaderMap::new()).best(true, true), Identity);
        let two = HeaderMap::from_iter([(header::ACCEPT_ENCODING, "br".parse().unwrap())]);
        assert_eq!(Accepted::of(&two).best(false, true), Identity);
    }
}
