//! What a refusal means.
//!
//! Status first, then `error.code` and `error.details`; the message only where nothing else tells two cases
//! apart, which Graph's own rules advise against but its answers demand.
//! Source: <https://learn.microsoft.com/graph/errors>.

use serde::Deserialize;

use super::{ErrorKind, wire::bounded};
use crate::domain::{GroupId, ObjectId};

/// Graph's error object; `innerError` is not looked at.
#[derive(Deserialize)]
pub(super) struct GraphError {
    code: String,
    #[serde(default)]
    message: String,
    #[serde(default)]
    details: Vec<Detail>,
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

/// What the refused request was about.
#[derive(Clone, Copy)]
pub(super) enum About {
    /// A new user, or nothing that the cases below tell.
    User,
    /// The user's licences.
    Licences,
    /// The user's membership in a group.
    Group(GroupId, ObjectId),
}

/// Sentences that alone tell what `Request_BadRequest` means.
const SENTENCES: [(&str, ErrorKind); 6] = [
    ("does not have any available licenses", ErrorKind::NoSeats),
    ("invalid usage location", ErrorKind::UsageLocation),
    ("does not correspond to a valid company license", ErrorKind::LicenceUnknown),
    ("domain portion of the userprincipalname property is invalid", ErrorKind::DomainUnverified),
    // Both come and go shortly after a write.
    ("one or more property values specified are invalid", ErrorKind::Lag),
    ("objects being referenced do not exist", ErrorKind::Lag),
];

impl GraphError {
    /// Reads the error of a body, if it holds one.
    pub(super) fn read(body: &[u8]) -> Option<Self> {
        serde_json::from_slice::<ErrorBody>(body).ok().map(|body| body.error)
    }

    /// The code as it may stand in a log.
    pub(super) fn code(&self) -> String {
        bounded(&self.code)
    }

    /// Whether a new user's principal name belongs to someone already. With `mail_is_sent` a clash of mail
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
                || self.property_in_conflict().is_some_and(is_of)
        } else {
            targets.into_iter().any(is_of)
        }
    }

    fn property_in_conflict(&self) -> Option<&str> {
        let (_, rest) = self.message.split_once("same value for property ")?;
        rest.split([' ', '.']).next()
    }

    /// Whether the tenant wants another password. How it words its list of banned passwords is not known, so
    /// every mention counts: a fresh password is the cheapest thing to try.
    pub(super) fn is_refused_password(&self) -> bool {
        let names_it = |text: &str| text.to_ascii_lowercase().contains("password");
        names_it(&self.message) || self.details.iter().any(|d| d.target.as_deref().is_some_and(names_it))
    }

    /// Whether the user is in the group already.
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
    let message = error.message.to_ascii_lowercase();
    match status {
        403 => ErrorKind::Forbidden,
        404 => not_found(about, &message),
        // Two writes met; the names that are taken were told apart before.
        409 | 412 => ErrorKind::Lag,
        _ => SENTENCES
            .iter()
            .find(|(sentence, _)| message.contains(sentence))
            .map_or_else(|| about.refused(), |(_, kind)| *kind),
    }
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
    const fn refused(self) -> ErrorKind {
        match self {
            Self::User => ErrorKind::UserRefused,
            Self::Licences => ErrorKind::LicenceUnknown,
            Self::Group(..) => ErrorKind::GroupRefused,
        }
    }
}
