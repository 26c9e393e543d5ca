//! The hidden token of the form: it proves that we showed this form to this browser, not long ago, and makes
//! sending it twice one request. Nothing is stored for it.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::domain::{Email, Entropy, FormNonce, PersonName, Purpose, SecretKey, Timestamp, Username};

/// The random bytes of the cookie that ties a form to the browser it was shown in.
pub(super) type Secret = [u8; 16];

/// The time for which a form may stay open.
pub(super) const GOOD_FOR: Duration = Duration::from_secs(24 * 60 * 60);

/// The length of a token in its page: 40 bytes as unpadded base64url.
pub(super) const CHARS: usize = 54;

/// One showing of the form, with its signature checked.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Shown {
    nonce: [u8; 16],
    at: Timestamp,
    /// True if its token is signed with the previous secret: so is the mark of what is sent by it.
    by_previous: bool,
}

/// The reason why a token is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// The form was open for longer than a day.
    Expired,
    /// Missing, damaged, or shown to another browser.
    Foreign,
}

/// A fresh token of a form that was shown at `issued`, written to the end of `page`.
pub(super) fn write(
    page: &mut String,
    key: &SecretKey,
    issued: Timestamp,
    entropy: &Entropy,
    visitor: &Secret,
) {
    let (nonce, issued) = (entropy.bytes::<16>(), issued.millis().to_be_bytes());
    let mut token = [0; 40];
    token[..16].copy_from_slice(&nonce);
    token[16..24].copy_from_slice(&issued);
    token[24..].copy_from_slice(&key.sign(Purpose::Form, &message(&nonce, &issued, visitor)));
    URL_SAFE_NO_PAD.encode_string(token, page);
}

/// Checks a token and returns the showing of the form that it belongs to.
pub(super) fn check(
    token: &str,
    key: &SecretKey,
    now: Timestamp,
    visitor: Option<&Secret>,
) -> Result<Shown, Refused> {
    let visitor = visitor.ok_or(Refused::Foreign)?;
    let bytes = (token.len() == CHARS).then(|| URL_SAFE_NO_PAD.decode(token).ok()).flatten();
    let bytes: [u8; 40] = bytes.and_then(|bytes| bytes.try_into().ok()).ok_or(Refused::Foreign)?;
    let (mut nonce, mut issued) = ([0; 16], [0; 8]);
    nonce.copy_from_slice(&bytes[..16]);
    issued.copy_from_slice(&bytes[16..24]);
    let message = message(&nonce, &issued, visitor);
    if !key.verify(Purpose::Form, &message, &bytes[24..]) {
        return Err(Refused::Foreign);
    }
    let by_previous = !key.current().verify(Purpose::Form, &message, &bytes[24..]);
    let issued = Timestamp::from_millis(i64::from_be_bytes(issued));
    if now.since(issued) > GOOD_FOR {
        Err(Refused::Expired)
    } else {
        Ok(Shown { nonce, at: issued, by_previous })
    }
}

fn message(nonce: &[u8; 16], issued: &[u8; 8], visitor: &Secret) -> [u8; 40] {
    let mut message = [0; 40];
    message[..16].copy_from_slice(nonce);
    message[16..24].copy_from_slice(issued);
    message[24..].copy_from_slice(visitor);
    message
}

impl Shown {
    /// Returns whether it was first shown less than `least` ago. A time in the future does not count: it comes from
    /// another machine, whose clock is ahead.
    pub(super) fn is_too_fast(self, now: Timestamp, least: Duration) -> bool {
        self.at <= now && now.since(self.at) < least
    }

    /// The mark of what was sent: the same form with the same content, by a double click or after going back,
    /// is the same request; with a corrected address or name, or another username picked, it is another.
    pub(super) fn nonce(
        self,
        email: &Email,
        name: &PersonName,
        picked: Option<&Username>,
        key: &SecretKey,
    ) -> FormNonce {
        // Neither address nor name has a control character, so zeros keep the parts apart.
        let mut parts = vec![
            self.nonce.as_slice(),
            email.key().as_bytes(),
            name.first().as_bytes(),
            name.last().as_bytes(),
        ];
        parts.extend(picked.map(|username| username.as_str().as_bytes()));
        let previous = key.previous().filter(|_| self.by_previous);
        FormNonce::from_bytes(previous.as_ref().unwrap_or(key).sign(Purpose::Form, &parts.join(&0)))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::domain::Clock;

    const SECRET: &str = "a secret of the tests, long enough to be taken";

    fn token(clock: &Clock, visitor: &Secret) -> String {
        let mut token = String::new();
        write(&mut token, &SecretKey::new(SECRET).unwrap(), clock.now(), &Entropy::seeded(1), visitor);
        assert_eq!(token.len(), CHARS);
        token
    }

    #[test]
    fn a_token_is_for_one_browser_and_one_day() {
        let key = SecretKey::new(SECRET).unwrap();
        let clock = Clock::manual(Timestamp::from_millis(1_000_000));
        let token = token(&clock, &[1; 16]);
        let ask = |text: &str, visitor: Option<&Secret>| check(text, &key, clock.now(), visitor).err();
        assert_eq!(ask(&token, Some(&[1; 16])), None);
        assert_eq!(ask(&token, Some(&[2; 16])), Some(Refused::Foreign));
        assert_eq!(ask(&token, None), Some(Refused::Foreign));
        clock.advance(GOOD_FOR);
        assert_eq!(ask(&token, Some(&[1; 16])), None);
        clock.advance(Duration::from_millis(1));
        assert_eq!(ask(&token, Some(&[1; 16])), Some(Refused::Expired));
    }

    /// The same form is the same request, whichever secret is the current one.
    #[test]
    fn a_token_of_the_previous_secret_is_taken_and_stays_one_request() {
        let clock = Clock::manual(Timestamp::from_millis(1_000_000));
        let (old, new) = (SecretKey::new(SECRET).unwrap(), SecretKey::new(&SECRET.repeat(2)).unwrap());
        let token = token(&clock, &[1; 16]);
        let (email, name) =
            (Email::parse("st1@example.edu").unwrap(), PersonName::parse("Ada", "Lovelace").unwrap());
        let nonce = |key: &SecretKey| {
            let shown = check(&token, key, clock.now(), Some(&[1; 16])).ok()?;
            Some(shown.nonce(&email, &name, None, key).encoded())
        };
        assert!(nonce(&old).is_some());
        assert_eq!(nonce(&new.clone().with_previous(&old)), nonce(&old));
        assert_eq!(nonce(&old.clone().with_previous(&new)), nonce(&old));
        assert_eq!(nonce(&new), None);
    }

    #[test]
    fn no_character_of_it_can_be_changed() {
        let key = SecretKey::new(SECRET).unwrap();
        let clock = Clock::manual(Timestamp::from_millis(1_000_000));
        let token = token(&clock, &[1; 16]);
        for at in 0..token.len() {
            let mut changed = token.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert_eq!(
                check(&changed, &key, clock.now(), Some(&[1; 16])).err(),
                Some(Refused::Foreign),
                "{at}"
            );
        }
        assert_eq!(check("", &key, clock.now(), Some(&[1; 16])).err(), Some(Refused::Foreign));
    }

    #[test]
    fn it_tells_how_long_it_was_shown_whatever_the_clock_of_another_machine() {
        let at = Timestamp::from_millis(10_000);
        let shown = Shown { nonce: [0; 16], at, by_previous: false };
        let least = Duration::from_secs(2);
        assert!(shown.is_too_fast(at, least));
        assert!(shown.is_too_fast(at.plus(Duration::from_millis(1999)), least));
        assert!(!shown.is_too_fast(at.plus(least), least));
        assert!(!shown.is_too_fast(at.minus(Duration::from_millis(1)), least));
        assert!(!shown.is_too_fast(at, Duration::ZERO));
    }

    #[test]
    fn a_correction_is_another_request() {
        let key = SecretKey::new(SECRET).unwrap();
        let nonce = |email: &str, first: &str, last: &str| {
            let shown = Shown { nonce: [3; 16], at: Timestamp::from_millis(0), by_previous: false };
            shown.nonce(&Email::parse(email).unwrap(), &PersonName::parse(first, last).unwrap(), None, &key)
        };
        let sent = nonce("st1@example.edu", "Ada", "Lovelace");
        assert!(sent == nonce(" ST1@example.edu", "Ada ", "Lovelace"));
        assert!(sent != nonce("st2@example.edu", "Ada", "Lovelace"));
        assert!(sent != nonce("st1@example.edu", "Ad", "aLovelace"));
        let picked = |username: &str| {
            let shown = Shown { nonce: [3; 16], at: Timestamp::from_millis(0), by_previous: false };
            let (email, name) = (Email::parse("st1@example.edu"), PersonName::parse("Ada", "Lovelace"));
            shown.nonce(&email.unwrap(), &name.unwrap(), Some(&username.parse().unwrap()), &key)
        };
        assert!(picked("a.l") == picked("a.l") && picked("a.l") != picked("l.a") && picked("a.l") != sent);
    }
}
