//! The key under which a request may be sent again (draft-ietf-httpapi-idempotency-key-header-07).

use std::ops::RangeInclusive;

use axum::{extract::FromRequestParts, http::request::Parts};

use super::super::super::{error::Error, refusal::Refusal, state::Shared};

/// The key of a request, if it has one.
pub(in crate::http) struct IdempotencyKey(Option<String>);

const NAME: &str = "idempotency-key";
/// The lengths that are taken. A client that guesses a key and its request gets access to the signup: shorter keys are
/// no secret.
const CHARS: RangeInclusive<usize> = 16..=255;

impl IdempotencyKey {
    pub(super) fn as_str(&self) -> Option<&str> {
        self.0.as_deref()
    }
}

/// A key in quotes, as the draft has it, or without, as many programs send it.
fn read(value: &str) -> Option<&str> {
    let value = value.trim();
    let quoted = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let key = quoted.unwrap_or(value);
    let is_plain = key.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\'));
    (is_plain && CHARS.contains(&key.len())).then_some(key)
}

impl FromRequestParts<Shared> for IdempotencyKey {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _web: &Shared) -> Result<Self, Error> {
        let mut values = parts.headers.get_all(NAME).iter();
        match (values.next(), values.next()) {
            (None, _) => Ok(Self(None)),
            (Some(value), None) => {
                let key = value.to_str().ok().and_then(read).ok_or(Error::Refused(Refusal::BadKey))?;
                Ok(Self(Some(key.to_owned())))
            }
            (Some(_), Some(_)) => Err(Error::Refused(Refusal::BadKey)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_stands_in_quotes_or_without() {
        let key = "8e03978e-40d5-43dd-bc93-6894a57f9324";
        assert_eq!(read(key), Some(key));
        assert_eq!(read(&format!(" \"{key}\" ")), Some(key));
        assert_eq!(read(&"x".repeat(255)).map(str::len), Some(255));
        for wrong in
            ["", "\"\"", "fifteen-letters", "sixteen letters x", "\"sixteen-letters-x", "sixteen\\letters-x"]
        {
            assert_eq!(read(wrong), None, "{wrong}");
        }
        assert_eq!(read(&"x".repeat(256)), None);
    }
}
