//! What the directory takes as a user's properties, and what it says to the rest.
//!
//! <https://learn.microsoft.com/graph/api/user-post-users>

use serde_json::{Map, Value};

use super::errors::GraphError;
use super::schema::{Kind, REQUIRED, kind};
use crate::sandbox::world::World;

/// A password and when it must be changed.
#[derive(Debug, PartialEq)]
pub(super) struct PasswordProfile {
    pub password: Option<String>,
    pub must_change: Option<bool>,
}

/// The properties that are kept as they are, and the password.
pub(super) type Checked = (Map<String, Value>, Option<PasswordProfile>);

/// Checks the body of `POST /users`.
pub(super) fn new_user(world: &World, body: &Map<String, Value>) -> Result<Checked, GraphError> {
    for property in REQUIRED {
        if body.get(property).is_none_or(Value::is_null) {
            return Err(required(property));
        }
    }
    let (properties, profile) = properties(world, body)?;
    if profile.as_ref().is_none_or(|profile| profile.password.is_none()) {
        return Err(required("passwordProfile"));
    }
    let domain =
        properties.get("userPrincipalName").and_then(Value::as_str).and_then(|name| name.rsplit_once('@'));
    let is_anchored = properties.get("onPremisesImmutableId").is_some_and(Value::is_string);
    if !is_anchored && domain.is_some_and(|(_, domain)| world.is_federated(domain)) {
        return Err(GraphError::federated());
    }
    Ok((properties, profile))
}

fn required(property: &str) -> GraphError {
    if property == "passwordProfile" {
        return GraphError::bad_request("A password must be specified to create a new user.");
    }
    let text = format!("A value is required for property '{property}' of resource 'User'.");
    GraphError::bad_request(text)
}

/// Checks the properties of a new user or of a change.
pub(super) fn properties(world: &World, body: &Map<String, Value>) -> Result<Checked, GraphError> {
    let strong = !body
        .get("passwordPolicies")
        .and_then(Value::as_str)
        .is_some_and(|policies| policies.contains("DisableStrongPassword"));
    let mut kept = Map::new();
    let mut profile = None;
    for (name, value) in body {
        if name == "@odata.type" {
            continue;
        }
        let kind = kind(name).ok_or_else(|| unknown(name))?;
        if kind == Kind::Password {
            profile = Some(password_profile(value, strong)?);
            continue;
        }
        check(world, name, kind, value)?;
        kept.insert(name.clone(), value.clone());
    }
    Ok((kept, profile))
}

fn unknown(name: &str) -> GraphError {
    GraphError::bad_request(format!(
        "The property '{name}' does not exist on type 'microsoft.graph.user'. Make sure to only use property names that are defined by the type."
    ))
}

fn check(world: &World, name: &str, kind: Kind, value: &Value) -> Result<(), GraphError> {
    match kind {
        Kind::ReadOnly | Kind::ReadOnlyList => {
            let text = format!("Property '{name}' is read-only and cannot be set.");
            Err(GraphError::bad_request(text))
        }
        Kind::Name(_) | Kind::Upn if value.is_null() => Err(GraphError::invalid_value(name)),
        Kind::Object => Ok(()),
        _ if value.is_null() => Ok(()),
        Kind::Flag => expect(value.is_boolean(), "Edm.Boolean"),
        Kind::Number => expect(value.is_i64(), "Edm.Int32"),
        Kind::Texts => texts(value).map(drop),
        Kind::Mails => valid(name, texts(value)?.iter().all(|mail| is_mail(mail))),
        Kind::Extensions => extensions(value),
        _ => check_text(world, name, kind, text(value)?),
    }
}

fn check_text(world: &World, name: &str, kind: Kind, text: &str) -> Result<(), GraphError> {
    let length = text.chars().count();
    match kind {
        Kind::Upn => upn(world, text),
        Kind::Mail => valid(name, is_mail(text)),
        Kind::Country => valid(name, is_country(text)),
        Kind::Name(most) if name == "mailNickname" => {
            valid(name, (1..=most).contains(&length) && is_nickname(text))
        }
        Kind::Name(most) => valid(name, (1..=most).contains(&length)),
        Kind::Text(most) => valid(name, length <= most),
        _ => Ok(()),
    }
}

fn valid(name: &str, is_valid: bool) -> Result<(), GraphError> {
    if is_valid { Ok(()) } else { Err(GraphError::invalid_value(name)) }
}

fn expect(is_expected: bool, edm: &str) -> Result<(), GraphError> {
    if is_expected { Ok(()) } else { Err(GraphError::wrong_type(edm)) }
}

fn text(value: &Value) -> Result<&str, GraphError> {
    value.as_str().ok_or_else(|| GraphError::wrong_type("Edm.String"))
}

fn texts(value: &Value) -> Result<Vec<&str>, GraphError> {
    let list = value.as_array().ok_or_else(|| GraphError::wrong_type("Collection(Edm.String)"))?;
    list.iter().map(text).collect()
}

fn extensions(value: &Value) -> Result<(), GraphError> {
    let name = "onPremisesExtensionAttributes";
    let object = value.as_object().ok_or_else(|| GraphError::invalid_value(name))?;
    for (key, value) in object {
        let number = key.strip_prefix("extensionAttribute").and_then(|n| n.parse::<u8>().ok());
        if !number.is_some_and(|n| (1..=15).contains(&n)) {
            return Err(unknown(key));
        }
        if !value.is_null() {
            valid(name, text(value)?.chars().count() <= 1024)?;
        }
    }
    Ok(())
}

/// The sign-in name: its characters, its lengths, and a domain of the tenant.
/// <https://learn.microsoft.com/entra/identity/authentication/concept-sspr-policy#username-policies>
fn upn(world: &World, name: &str) -> Result<(), GraphError> {
    let invalid = || {
        let mut error = GraphError::invalid_value("userPrincipalName");
        error.say("Property userPrincipalName is invalid.");
        error
    };
    let (local, domain) = name.rsplit_once('@').ok_or_else(invalid)?;
    let allowed = |c: char| c.is_ascii_alphanumeric() || "'.-_!#^~".contains(c);
    let is_valid = (1..=64).contains(&local.len())
        && (1..=48).contains(&domain.len())
        && local.chars().all(allowed)
        && !local.ends_with('.');
    if !is_valid {
        return Err(invalid());
    }
    if world.is_domain(domain) {
        return Ok(());
    }
    let mut error = GraphError::invalid_value("userPrincipalName");
    error.say(
        "The domain portion of the userPrincipalName property is invalid. You must use one of the verified domain names in your organization.",
    );
    Err(error)
}

fn is_mail(text: &str) -> bool {
    text.is_ascii()
        && text.len() <= 254
        && !text.contains(|c: char| c.is_ascii_whitespace() || c.is_ascii_control())
        && text
            .split_once('@')
            .is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty() && !domain.contains('@'))
}

fn is_country(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase())
}

fn is_nickname(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_graphic() && !"@()\\[]\";:<>,".contains(c))
}

fn password_profile(value: &Value, strong: bool) -> Result<PasswordProfile, GraphError> {
    let invalid = || GraphError::invalid_value("passwordProfile");
    let object = value.as_object().ok_or_else(invalid)?;
    let mut profile = PasswordProfile { password: None, must_change: None };
    for (name, value) in object {
        match name.as_str() {
            "password" => profile.password = Some(text(value)?.to_owned()),
            "forceChangePasswordNextSignIn" => {
                expect(value.is_boolean(), "Edm.Boolean")?;
                profile.must_change = value.as_bool();
            }
            "forceChangePasswordNextSignInWithMfa" => expect(value.is_boolean(), "Edm.Boolean")?,
            "@odata.type" => {}
            _ => return Err(unknown(name)),
        }
    }
    if profile.password.as_ref().is_some_and(|p| !is_password(p, strong)) {
        return Err(weak_password());
    }
    Ok(profile)
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
        // Shorter names are not looked for.
        name.chars().count() >= 4 && normalised.contains(&name)
    });
    if is_named || points(&normalised) < 5 { Err(weak_password()) } else { Ok(()) }
}

/// Each banned word counts one point, and each character that is in none of them.
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

/// 8 to 256 printable ASCII characters, of three of four classes unless weak ones are allowed.
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
