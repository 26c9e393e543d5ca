//! `[api]`: the interface for other programs.

use std::{str::FromStr, time::Duration};

use url::Url;

use super::{
    Server,
    section::{Section, Takes},
};

/// The API for other programs.
#[derive(Debug, Clone)]
pub struct Api {
    /// True if the API is available.
    pub enabled: bool,
    /// True if the addresses of the first version are available.
    pub v1: bool,
    /// The other sites whose pages may use it, as browsers write an origin.
    pub allowed_origins: Vec<String>,
    /// The longest time that `account_creation` waits for the account.
    pub wait: Duration,
}

/// An origin as browsers send it (RFC 6454, section 6.2): scheme, host, and the port where it is not the usual one.
#[derive(PartialEq)]
struct Origin(String);

const ORIGIN: Takes = Takes("scheme and host of a site", "\"https://www.example.edu\"");

impl Api {
    pub(super) fn read(section: &mut Section<'_>) -> Option<Self> {
        let enabled = section.flag("enabled");
        let v1 = section.flag("v1");
        let allowed_origins = section.list("allowed_origins", ORIGIN);
        let wait = section.duration("wait", Duration::ZERO..=Duration::from_mins(5));
        Some(Self {
            enabled: enabled?,
            v1: v1?,
            allowed_origins: allowed_origins?.into_iter().map(|Origin(origin)| origin).collect(),
            wait: wait?,
        })
    }

    /// Refuses a wait that is longer than requests may take: it would end in an error though the request is recorded.
    pub(super) fn check(&self, root: &mut Section<'_>, server: &Server) {
        if self.enabled && self.v1 && self.wait >= server.request_timeout {
            let remedy = "write a shorter time, or make that one longer";
            root.fault("api.wait", "is no shorter than server.request_timeout", remedy);
        }
    }
}

impl FromStr for Origin {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let url: Url = text.parse().map_err(|_| ())?;
        let origin = url.origin().ascii_serialization();
        let is_web = matches!(url.scheme(), "http" | "https");
        // Nothing may follow the host: a path would look as if it had a meaning.
        let is_bare = url.path() == "/" && !text.ends_with('/') && url.query().is_none();
        let is_bare = is_bare && url.fragment().is_none() && url.username().is_empty();
        if is_web && is_bare { Ok(Self(origin)) } else { Err(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_read_as_browsers_write_it() {
        let read = |text: &str| text.parse::<Origin>().map(|Origin(origin)| origin);
        for (text, origin) in [
            ("https://www.example.edu", "https://www.example.edu"),
            ("HTTPS://WWW.Example.edu:443", "https://www.example.edu"),
            ("http://localhost:3000", "http://localhost:3000"),
            ("https://bücher.example", "https://xn--bcher-kva.example"),
        ] {
            assert_eq!(read(text).as_deref(), Ok(origin));
        }
        for wrong in [
            "*",
            "null",
            "www.example.edu",
            "https://www.example.edu/",
            "https://www.example.edu/a",
            "https://a@example.edu",
            "https://example.edu?x",
            "ftp://example.edu",
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
