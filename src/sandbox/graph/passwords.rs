//! Passwords that the directory accepts.

use serde_json::Value;

use super::entity::{Kind, LONG, Property};
use super::errors::GraphError;
use crate::sandbox::directory::Properties;

/// The properties of `passwordProfile`.
pub(super) const PASSWORD_PROFILE: [Property; 3] = [
    Property::shown("password", Kind::Text(LONG)),
    Property::shown("forceChangePasswordNextSignIn", Kind::Flag),
    Property::shown("forceChangePasswordNextSignInWithMfa", Kind::Flag),
];

/// A password and when it must be changed.
pub(super) struct PasswordProfile {
    pub password: Option<String>,
    pub must_change: Option<bool>,
}

impl PasswordProfile {
    /// Takes the profile out of the checked properties of a user.
    pub fn take(properties: &mut Properties) -> Result<Self, GraphError> {
        let profile = properties.remove("passwordProfile").unwrap_or_default();
        let password = profile["password"].as_str().map(str::to_owned);
        let policies = properties.get("passwordPolicies").and_then(Value::as_str);
        let is_strong = !policies.is_some_and(|policies| policies.contains("DisableStrongPassword"));
        if password.as_ref().is_some_and(|password| !is_password(password, is_strong)) {
            return Err(weak_password());
        }
        Ok(Self { password, must_change: profile["forceChangePasswordNextSignIn"].as_bool() })
    }
}

fn weak_password() -> GraphError {
    GraphError::bad_request(
        "The specified password does not comply with password complexity requirements. Please provide a different password.",
    )
}

/// Words that no password may mainly consist of, normalised. Microsoft's own list is not published.
const BANNED_WORDS: [&str; 18] = [
    "password",
    "passwort",
    "qwerty",
    "qwertz",
    "welcome",
    "willkommen",
    "letmein",
    "iloveyou",
    "changeme",
    "admin",
    "login",
    "monkey",
    "dragon",
    "football",
    "l23456789",
    "l2345678",
    "l23456",
    "abcl23",
];

/// Refuses a password that contains the person's or the tenant's name, or that is little more than banned words. The
/// error of Graph for this is not documented; this is the one for a weak password.
///
/// <https://learn.microsoft.com/entra/identity/authentication/concept-password-ban-bad#how-are-passwords-evaluated>
pub(super) fn not_banned(password: &str, names: &[&str]) -> Result<(), GraphError> {
    let normalised = normalise(password);
    let is_named = names.iter().map(|name| normalise(name)).any(|name| {
        // Shorter names are allowed in passwords.
        name.chars().count() >= 4 && normalised.contains(&name)
    });
    if is_named || points(&normalised) < 5 { Err(weak_password()) } else { Ok(()) }
}

/// The points of a password: one for each banned word, and one for each character outside of them.
fn points(normalised: &str) -> usize {
    let mut rest = normalised.to_owned();
    let mut words = 0;
    for word in BANNED_WORDS {
        words += rest.matches(word).count();
        rest = rest.replace(word, "");
    }
    words + rest.chars().count()
}

fn normalise(text: &str) -> String {
    let plain = |c| match c {
        '0' => 'o',
        '1' => 'l',
        '$' => 's',
        '@' => 'a',
        other => other,
    };
    text.to_lowercase().chars().map(plain).collect()
}

/// Returns whether these are 8 to 256 printable ASCII characters, of three of four classes unless weak ones are allowed.
///
/// <https://learn.microsoft.com/entra/identity/authentication/concept-sspr-policy#password-policies-that-only-apply-to-cloud-user-accounts>
fn is_password(password: &str, strong: bool) -> bool {
    let printable = password.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    let classes: [fn(&u8) -> bool; 4] =
        [u8::is_ascii_lowercase, u8::is_ascii_uppercase, u8::is_ascii_digit, |byte| {
            !byte.is_ascii_alphanumeric()
        }];
    let used = classes.iter().filter(|class| password.as_bytes().iter().any(class)).count();
    (8..=256).contains(&password.len()) && printable && (used >= 3 || !strong)
}
