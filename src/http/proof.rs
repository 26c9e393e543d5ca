//! Proof of work, as ALTCHA has it: a browser looks for the number behind a hash, which takes it a moment and
//! a program that sends thousands of forms a long time. See <https://altcha.org/docs/v2/proof-of-work/>.
//!
//! Nothing is stored. The puzzle belongs to one showing of the form and one address, so a solution is good for one
//! signup, and it is checked by making the same puzzle again.

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};

use crate::domain::{Email, Purpose, SecretKey};

const ALGORITHM: &str = "SHA-256";

/// The puzzle that is sent to the browser: it looks for the number from 0 to `maxnumber` for which the hash of salt and
/// number is `challenge`.
#[derive(Serialize)]
pub(super) struct Challenge {
    algorithm: &'static str,
    challenge: String,
    maxnumber: u32,
    salt: String,
    signature: String,
}

/// The solution that it sends back, as base64 of this in JSON.
#[derive(Deserialize, PartialEq, Eq)]
#[cfg_attr(test, derive(Serialize))]
struct Payload {
    algorithm: String,
    challenge: String,
    number: u32,
    salt: String,
    signature: String,
}

/// The puzzle with its solution.
struct Puzzle {
    salt: String,
    number: u32,
    challenge: String,
    signature: String,
}

/// The puzzle for a showing of the form and an address; `cost` is the largest number that has to be tried.
pub(super) fn challenge(key: &SecretKey, cost: u32, token: &str, email: &Email) -> Challenge {
    let Puzzle { salt, challenge, signature, .. } = Puzzle::of(key, cost, token, email);
    Challenge { algorithm: ALGORITHM, challenge, maxnumber: cost, salt, signature }
}

/// Returns whether the proof solves the puzzle of this showing and this address.
pub(super) fn is_solved(key: &SecretKey, cost: u32, token: &str, email: &Email, proof: &str) -> bool {
    let read = || serde_json::from_slice::<Payload>(&STANDARD.decode(proof).ok()?).ok();
    let is_of = |payload: &Payload, key: &SecretKey| *payload == Puzzle::of(key, cost, token, email).solved();
    read().is_some_and(|payload| key.each().any(|key| is_of(&payload, &key)))
}

impl Puzzle {
    fn of(key: &SecretKey, cost: u32, token: &str, email: &Email) -> Self {
        let sign = |parts: &[&[u8]]| key.sign(Purpose::Work, &parts.join(&0));
        // Another address is another salt: one search must not serve two addresses.
        let salt = hex(&sign(&[b"salt", token.as_bytes(), email.key().as_bytes()]));
        let drawn = sign(&[b"number", salt.as_bytes()]);
        let number = u32::from_le_bytes([drawn[0], drawn[1], drawn[2], drawn[3]]) % cost.saturating_add(1);
        let challenge = hex(digest(&SHA256, format!("{salt}{number}").as_bytes()).as_ref());
        let signature = hex(&sign(&[b"challenge", challenge.as_bytes()]));
        Self { salt, number, challenge, signature }
    }

    fn solved(self) -> Payload {
        let Self { salt, number, challenge, signature } = self;
        Payload { algorithm: ALGORITHM.to_owned(), challenge, number, salt, signature }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// For the tests of the form: the work of a browser, done by trying.
#[cfg(test)]
pub(super) fn solve(challenge: &serde_json::Value) -> String {
    let text = |name: &str| challenge[name].as_str().unwrap_or_default().to_owned();
    let hash = |number: &u64| hex(digest(&SHA256, format!("{}{number}", text("salt")).as_bytes()).as_ref());
    let most = challenge["maxnumber"].as_u64().unwrap_or_default();
    let number = (0..=most).find(|number| hash(number) == text("challenge"));
    let number = number.and_then(|number| u32::try_from(number).ok()).unwrap_or_default();
    let payload = Payload {
        algorithm: text("algorithm"),
        challenge: text("challenge"),
        number,
        salt: text("salt"),
        signature: text("signature"),
    };
    STANDARD.encode(serde_json::to_vec(&payload).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::domain::Entropy;

    const COST: u32 = 300;

    fn email(number: u32) -> Email {
        Email::parse(&format!("st{number:06}@example.edu")).unwrap()
    }

    #[test]
    fn a_proof_is_for_one_showing_one_address_and_one_cost() {
        let key = SecretKey::new(&SecretKey::random(&Entropy::seeded(1))).unwrap();
        let other = SecretKey::new(&SecretKey::random(&Entropy::seeded(2))).unwrap();
        let proof = solve(&serde_json::to_value(challenge(&key, COST, "token", &email(1))).unwrap());
        assert!(is_solved(&key, COST, "token", &email(1), &proof));
        assert!(is_solved(&key, COST, "token", &Email::parse("ST000001@example.edu ").unwrap(), &proof));
        assert!(!is_solved(&key, COST, "another", &email(1), &proof));
        assert!(!is_solved(&key, COST, "token", &email(2), &proof));
        assert!(!is_solved(&key, COST + 1, "token", &email(1), &proof));
        assert!(!is_solved(&other, COST, "token", &email(1), &proof));
        assert!(is_solved(&other.with_previous(&key), COST, "token", &email(1), &proof));
    }

    #[test]
    fn what_is_no_proof_is_none() {
        let key = SecretKey::new(&SecretKey::random(&Entropy::seeded(1))).unwrap();
        let puzzle = |number: u32| Puzzle { number, ..Puzzle::of(&key, COST, "token", &email(1)) };
        let right = puzzle(0);
        let number = Puzzle::of(&key, COST, "token", &email(1)).number;
        assert!(number <= COST && right.challenge == puzzle(1).challenge);
        let proof = |number| STANDARD.encode(serde_json::to_vec(&puzzle(number).solved()).unwrap());
        assert!(is_solved(&key, COST, "token", &email(1), &proof(number)));
        for wrong in ["", "x", "e30=", "bnVsbA==", &proof(number + 1), &"A".repeat(60_000)] {
            assert!(!is_solved(&key, COST, "token", &email(1), wrong), "{wrong:.40}");
        }
    }
}
