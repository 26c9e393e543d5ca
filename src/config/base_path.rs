//! `server.base_path`: the path of its host below which the site is.

use std::{fmt, str::FromStr};

/// Nothing, or a path such as `/signup` that ends without a slash.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct BasePath(String);

/// The text is no path that a site can be below.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is no plain path")]
pub struct NoBasePath;

/// The longest path, in bytes; no one means a longer one.
const MOST_BYTES: usize = 100;

impl BasePath {
    /// Returns whether the path is empty: the site is the only one of its host.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The address of a path of the site, which begins with a slash.
    #[must_use]
    pub fn join(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }

    /// The path of the site that an address leads to; `None` when it leads elsewhere.
    #[must_use]
    pub fn below<'a>(&self, address: &'a str) -> Option<&'a str> {
        match address.strip_prefix(&self.0)? {
            "" => Some("/"),
            rest => rest.starts_with('/').then_some(rest),
        }
    }
}

impl fmt::Display for BasePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_empty() { "/" } else { &self.0 })
    }
}

impl FromStr for BasePath {
    type Err = NoBasePath;

    /// Reads a path without anything that a browser or a proxy would read in its own way: unreserved characters alone
    /// (RFC 3986, section 2.3), no empty segments and no segments of dots.
    fn from_str(text: &str) -> Result<Self, NoBasePath> {
        let path = text.strip_suffix('/').unwrap_or(text);
        let is_plain = |c: u8| c.is_ascii_alphanumeric() || b"._~-".contains(&c);
        let is_segment = |segment: &str| {
            !segment.is_empty() && segment != "." && segment != ".." && segment.bytes().all(is_plain)
        };
        let is_path = path.strip_prefix('/').is_some_and(|rest| rest.split('/').all(is_segment));
        let fits = text == "/" || (is_path && path.len() <= MOST_BYTES);
        if fits { Ok(Self(path.to_owned())) } else { Err(NoBasePath) }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn only_what_everybody_reads_alike_is_a_base_path() {
        for (text, path) in [("/", ""), ("/signup", ""), ("/signup/", ""), ("/a/B.c_~-9", "")] {
            let base: BasePath = text.parse().unwrap();
            assert_eq!(base.join(path), text.trim_end_matches('/'));
        }
        let long = format!("/{}", "x".repeat(MOST_BYTES));
        for wrong in [
            "",
            "signup",
            "//",
            "//evil.example",
            "/a//b",
            "/a/../b",
            "/.",
            "/a b",
            "/ä",
            "/a%2f",
            "/a?b",
            &long,
        ] {
            assert_eq!(wrong.parse::<BasePath>(), Err(NoBasePath), "{wrong}");
        }
    }

    #[test]
    fn what_is_below_it_is_the_sites() {
        let base: BasePath = "/signup".parse().unwrap();
        assert_eq!(base.join("/en"), "/signup/en");
        assert_eq!(base.below("/signup/en"), Some("/en"));
        assert_eq!((base.below("/signup"), base.below("/signup/")), (Some("/"), Some("/")));
        assert_eq!((base.below("/signups"), base.below("/en")), (None, None));
        assert_eq!(BasePath::default().below("/en"), Some("/en"));
    }
}
