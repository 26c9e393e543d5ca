//! The meaning of a refusal.
//!
//! Status first, then `error.code` and `error.details`; the message only where nothing else distinguishes two cases,
//! which Graph's own rules advise against but its answers demand.
//! Source: <https://learn.microsoft.com/graph/errors>.

use serde::Deserialize;
use serde_json::Value;

use super::ErrorKind;
use crate::{
    domain::{GroupId, ObjectId},
    entra::{bounded, lenient},
};

/// Graph's error object.
#[derive(Deserialize)]
pub(super) struct GraphError {
    #[serde(deserialize_with = "lenient::text")]
    code: String,
    #[serde(default, deserialize_with = "lenient::or_default")]
    message: String,
    #[serde(default, deserialize_with = "lenient::or_default")]
    details: Vec<Detail>,
    /// Only the request's id is of use in it.
    #[serde(default, rename = "innerError", alias = "innererror")]
    inner: Value,
}

#[derive(Deserialize)]
struct Detail {
    #[serde(default)]
    code: Option<String>,
    #[serde(default)]
    target: Option<String>,
}

/// The body of a refusal.
#[derive(Deserialize)]
pub(super) struct ErrorBody {
    pub(super) error: GraphError,
}

/// The object that the refused request was about.
#[derive(Clone, Copy)]
pub(super) enum About {
    /// A new user, or anything that the cases below do not cover.
    User,
    /// A user that is there.
    OneUser,
    /// The user's licences.
    Licences,
    /// The user's membership in a group.
    Group(GroupId, ObjectId),
}

/// Codes of the error, or of one of its details, that determine the kind. Those of licences are the words of
/// `licenseAssignmentStates`.
/// Source: <https://learn.microsoft.com/graph/api/resources/licenseassignmentstate>.
const CODES: [(&str, ErrorKind); 6] = [
    ("Directory_QuotaExceeded", ErrorKind::QuotaExceeded),
    ("CountViolation", ErrorKind::NoSeats),
    ("MutuallyExclusiveViolation", ErrorKind::LicenceConflict),
    ("DependencyViolation", ErrorKind::LicenceDependency),
    ("ProhibitedInUsageLocationViolation", ErrorKind::UsageLocation),
    ("UniquenessViolation", ErrorKind::AddressTaken),
];

/// Part of the codes of two writes that met: `Directory_ConcurrencyViolation`,
/// `LicenseAssignmentAttributeConcurrencyException`.
const CONCURRENCY: &str = "Concurrency";

/// Sentences that alone determine the meaning of `Request_BadRequest`.
const SENTENCES: [(&str, ErrorKind); 14] = [
    ("does not have any available licenses", ErrorKind::NoSeats),
    ("invalid usage location", ErrorKind::UsageLocation),
    ("does not correspond to a valid company license", ErrorKind::LicenceUnknown),
    ("domain portion of the userprincipalname property is invalid", ErrorKind::DomainUnverified),
    // Both occur for a short while after a write.
    ("one or more property values specified are invalid", ErrorKind::Lag),
    ("objects being referenced do not exist", ErrorKind::Lag),
    ("not a valid reference update", ErrorKind::Lag),
    ("concurrent requests", ErrorKind::Busy),
    ("another update", ErrorKind::Busy),
    ("cannot be assigned to a user", ErrorKind::LicenceUnassignable),
    ("mutually exclusive", ErrorKind::LicenceConflict),
    ("depends on the service plan", ErrorKind::LicenceDependency),
    // "SourceAnchor is a required property for creation of a federated user."
    ("sourceanchor", ErrorKind::DomainFederated),
    ("federated", ErrorKind::DomainFederated),
];

/// A name is taken, in the words of some of Graph's servers.
const CONFLICTING_OBJECT: &str = "conflicting object with one or more of the specified property values";

impl GraphError {
    /// Reads the error of a body, if it holds one.
    pub(super) fn read(body: &[u8]) -> Option<Self> {
        serde_json::from_slice::<ErrorBody>(body).ok().map(|body| body.error)
    }

    /// The code in the form in which it may be logged.
    pub(super) fn code(&self) -> String {
        bounded(&self.code)
    }

    /// Returns whether a new user's principal name belongs to someone already. With `mail_is_sent` a clash of mail
    /// addresses has another cause than the name, and another name would not help.
    pub(super) fn is_taken_name(&self, mail_is_sent: bool) -> bool {
        let is_of = |property: &str| {
            property.eq_ignore_ascii_case("userPrincipalName")
                || (!mail_is_sent && property.eq_ignore_ascii_case("proxyAddresses"))
        };
        let conflicts = self.details.iter().filter(|detail| detail.code.as_deref() == Some("ObjectConflict"));
        let targets: Vec<&str> = conflicts.filter_map(|detail| detail.target.as_deref()).collect();
        if targets.is_empty() {
            self.code == "Request_MultipleObjectsWithSameKeyValue"
                || self.message.to_ascii_lowercase().contains(CONFLICTING_OBJECT)
                || self.property_in_conflict().is_some_and(is_of)
        } else {
            targets.into_iter().any(is_of)
        }
    }

    /// Returns whether a conflict is about a mail address alone, which is no user's principal name.
    pub(super) fn is_of_address(&self) -> bool {
        let conflicts = self.details.iter().filter(|detail| detail.code.as_deref() == Some("ObjectConflict"));
        let mut targets = conflicts.filter_map(|detail| detail.target.as_deref()).peekable();
        let is_address = |property: &str| property.eq_ignore_ascii_case("proxyAddresses");
        match targets.peek() {
            Some(_) => targets.all(is_address),
            None => self.property_in_conflict().is_some_and(is_address),
        }
    }

    /// Returns whether the message or a detail names this property.
    pub(super) fn names(&self, property: &str) -> bool {
        self.words().any(|word| word.eq_ignore_ascii_case(property))
    }

    /// Returns whether the message or a detail names a property that begins so and ends with a number.
    pub(super) fn names_start_of(&self, property: &str) -> bool {
        self.words().any(|word| {
            let number = word.trim_end_matches(|c: char| c.is_ascii_digit());
            number.len() < word.len() && number.eq_ignore_ascii_case(property)
        })
    }

    /// The words of the message and of what the details are about.
    fn words(&self) -> impl Iterator<Item = &str> {
        let targets = self.details.iter().filter_map(|detail| detail.target.as_deref());
        let texts = std::iter::once(self.message.as_str()).chain(targets);
        texts.flat_map(|text| text.split(|c: char| !c.is_ascii_alphanumeric()))
    }

    fn property_in_conflict(&self) -> Option<&str> {
        let (_, rest) = self.message.split_once("same value for property ")?;
        rest.split([' ', '.']).next()
    }

    /// Returns whether the tenant wants another password. Its wording for the list of banned passwords is not known, so
    /// every mention counts: a fresh password is the cheapest thing to try.
    pub(super) fn is_refused_password(&self) -> bool {
        let names_it = |text: &str| text.to_ascii_lowercase().contains("password");
        names_it(&self.message) || self.details.iter().any(|d| d.target.as_deref().is_some_and(names_it))
    }

    /// The property that is refused, where the error names one: never a value, nor the name of another object.
    pub(super) fn target(&self) -> Option<String> {
        let is_of_property = |detail: &&Detail| detail.code.as_deref() != Some("ConflictingObjects");
        let targets =
            self.details.iter().filter(is_of_property).filter_map(|detail| detail.target.as_deref());
        let quoted = self.message.split_once("property '").and_then(|(_, rest)| rest.split('\'').next());
        let mut named = targets.chain(quoted).chain(self.property_in_conflict());
        named.find(|name| is_property(name)).map(str::to_owned)
    }

    /// The id that Graph gave the request.
    pub(super) fn request_id(&self) -> Option<String> {
        self.inner.get("request-id").and_then(Value::as_str).map(bounded)
    }

    /// The kind that follows from a code alone, whatever the status.
    fn kind_by_code(&self) -> Option<ErrorKind> {
        let mut codes =
            [self.code.as_str()].into_iter().chain(self.details.iter().filter_map(|d| d.code.as_deref()));
        codes.find_map(|code| {
            let listed = CODES.iter().find(|(listed, _)| *listed == code).map(|(_, kind)| *kind);
            listed.or_else(|| code.contains(CONCURRENCY).then_some(ErrorKind::Busy))
        })
    }

    /// Returns whether the user is in the group already.
    pub(super) fn is_membership_already(&self) -> bool {
        self.message.contains("added object references already exist")
    }
}

/// The kind of a refusal. Without a readable error object the refusal may come from something on the way.
pub(super) fn kind_of(about: About, status: u16, error: Option<&GraphError>) -> ErrorKind {
    match (status, error) {
        (429, _) => ErrorKind::Throttled,
        (401, _) => ErrorKind::IdentityRefused,
        // Locked for the moment; an item it depends on failed.
        (423 | 424, _) => ErrorKind::Unavailable,
        (400..=407 | 409..=499, Some(error)) => refused(about, status, error),
        _ => ErrorKind::Unclear,
    }
}

fn refused(about: About, status: u16, error: &GraphError) -> ErrorKind {
    if let Some(kind) = error.kind_by_code() {
        return kind;
    }
    let message = error.message.to_ascii_lowercase();
    match status {
        403 => about.forbidden(),
        404 => not_found(about, &message),
        _ => about.by_sentence(&message).unwrap_or_else(|| match status {
            // Two writes conflict; taken names were recognized before.
            409 | 412 => ErrorKind::Lag,
            _ => about.refused(),
        }),
    }
}

/// A property's name, as `userPrincipalName` or `passwordProfile.password`.
fn is_property(name: &str) -> bool {
    (1..=64).contains(&name.len())
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.')
}

/// A user that was just created is not known everywhere at once; a group that is not there was not configured well.
fn not_found(about: About, message: &str) -> ErrorKind {
    match about {
        About::Group(group, user)
            if message.contains(&group.to_string()) && !message.contains(&user.to_string()) =>
        {
            ErrorKind::GroupRefused
        }
        _ => ErrorKind::Lag,
    }
}

impl About {
    fn by_sentence(self, message: &str) -> Option<ErrorKind> {
        // The licence makes a mailbox, whose address another object has.
        let is_address = message.contains("proxyaddresses") || message.contains("proxy address");
        if matches!(self, Self::Licences) && is_address {
            return Some(ErrorKind::AddressTaken);
        }
        SENTENCES.iter().find(|(sentence, _)| message.contains(sentence)).map(|(_, kind)| *kind)
    }

    /// A missing permission refuses all such calls; of a user or group that is there, it may be the only one that
    /// is refused, as role-assignable groups are.
    const fn forbidden(self) -> ErrorKind {
        match self {
            Self::User => ErrorKind::Forbidden,
            Self::OneUser | Self::Licences | Self::Group(..) => ErrorKind::TargetForbidden,
        }
    }

    const fn refused(self) -> ErrorKind {
        match self {
            Self::User | Self::OneUser => ErrorKind::UserRefused,
            Self::Licences => ErrorKind::LicenceUnknown,
            Self::Group(..) => ErrorKind::GroupRefused,
        }
    }
}
