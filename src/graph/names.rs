//! The numbers of a name that are taken, in one query however many namesakes there are.
//!
//! Source: <https://learn.microsoft.com/graph/api/user-list> and <https://learn.microsoft.com/graph/paging>.

use std::collections::BTreeSet;

use reqwest::Url;
use serde::Deserialize;

use super::{
    Error, ErrorKind, FoundUser, Graph, Owner,
    classify::About,
    users::{OF_OWNER, OwnerBody},
};
use crate::{
    domain::{ObjectId, SignupId, Timestamp, UpnDomain, Username},
    entra::{Call, Operation},
};

/// The maximum number of pages. More would hold more users whose names begin alike than a tenant can have students: the
/// tenant's links lead in a circle.
const MOST_PAGES: usize = 100;

/// Users per page: with fifteen attributes of 1024 characters each, a page stays below the longest answer.
const PAGE: &str = "200";

/// The length of the longest suffix that numbers a name: a dot and six digits.
const SUFFIX: usize = 7;

/// The users whose name is a given one or a numbered form of it, according to the tenant's list. A user created just
/// now may be missing.
#[derive(Debug, Default)]
pub struct Namesakes {
    /// Their names.
    pub taken: BTreeSet<Username>,
    /// The one that was created for the signup that asks.
    pub own: Option<(Username, ObjectId)>,
    /// Those that carry no marker, with their age by the tenant's own clock.
    pub unmarked: Vec<(Username, FoundUser)>,
}

#[derive(Deserialize)]
struct Page {
    value: Vec<Named>,
    #[serde(rename = "@odata.nextLink")]
    next: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Named {
    user_principal_name: String,
    #[serde(flatten)]
    owner: OwnerBody,
}

impl Graph {
    /// The users named `base`, `base.2`, `base.3` … in the domain, seen from this signup (`GET /users` with one
    /// `startswith` filter).
    ///
    /// # Errors
    /// [`Error`]; nothing is changed by asking.
    pub async fn namesakes(
        &self,
        base: &Username,
        domain: &UpnDomain,
        signup: SignupId,
    ) -> Result<Namesakes, Error> {
        if self.is_dry() {
            tracing::info!("dry run: the tenant would be asked for taken names");
            return Ok(Namesakes::default());
        }
        let first = self.list_url(prefix_of(base));
        let mut found = Namesakes::default();
        let mut next = Some(first.clone());
        for _ in 0..MOST_PAGES {
            let Some(url) = next else { return Ok(found) };
            let (page, now) = self.page(url).await?;
            for user in page.value {
                if let Some(name) = number_of(&user.user_principal_name, base, domain) {
                    found.add(name, user.owner.read(self.marker_attribute(), now), signup);
                }
            }
            next = page.next.map(|link| follow(&first, &link)).transpose()?;
        }
        Err(Error::new(ErrorKind::Unclear, "endless_list"))
    }

    fn list_url(&self, prefix: &str) -> Url {
        let mut url = self.http().url(&["users"]);
        // OData doubles the quotes inside a string literal.
        let filter = format!("startswith(userPrincipalName,'{}')", prefix.replace('\'', "''"));
        url.query_pairs_mut()
            .append_pair("$filter", &filter)
            .append_pair("$select", &format!("userPrincipalName,{OF_OWNER}"))
            .append_pair("$top", PAGE);
        url
    }

    /// A page, and the tenant's time when it answered.
    async fn page(&self, url: Url) -> Result<(Page, Timestamp), Error> {
        let reply = self.http().call(&Call::get(Operation::ListNames, url)).await?;
        if reply.status.is_success() {
            return Ok((reply.read()?, self.time_of(&reply)));
        }
        Err(reply.refusal(About::User, reply.graph_error().as_ref()))
    }
}

impl Namesakes {
    fn add(&mut self, name: Username, user: Option<FoundUser>, signup: SignupId) {
        self.taken.insert(name.clone());
        let Some(user) = user else { return };
        match user.owner(signup) {
            Owner::ThisSignup => self.own = Some((name, user.id)),
            Owner::AnotherSignup => {}
            Owner::Unmarked => self.unmarked.push((name, user)),
        }
    }
}

/// The common prefix of the numbered forms of a name; a long name is cut to leave space for its number.
fn prefix_of(base: &Username) -> &str {
    let text = base.as_str();
    text[..text.len().min(Username::MAX_CHARS - SUFFIX)].trim_end_matches(['.', '-', '_'])
}

/// The username of a listed principal name, if it is `base` or a numbered form of it in the domain.
fn number_of(principal: &str, base: &Username, domain: &UpnDomain) -> Option<Username> {
    let principal = principal.to_ascii_lowercase();
    let (local, found_domain) = principal.rsplit_once('@')?;
    if found_domain != domain.as_str() {
        return None;
    }
    let name: Username = local.parse().ok()?;
    let is_numbered = || {
        let number = local.rsplit_once('.').and_then(|(_, number)| number.parse().ok());
        number.is_some_and(|number| base.numbered(number) == name)
    };
    (name == *base || is_numbered()).then_some(name)
}

/// The next page; our token is sent only to Graph.
fn follow(first: &Url, link: &str) -> Result<Url, Error> {
    match Url::parse(link) {
        Ok(url) if url.origin() == first.origin() => Ok(url),
        _ => Err(Error::new(ErrorKind::Unclear, "foreign_link")),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn name(text: &str) -> Username {
        text.parse().unwrap()
    }

    #[test]
    fn only_the_name_and_its_numbers_in_the_domain_count() {
        let domain: UpnDomain = "example.edu".parse().unwrap();
        let counts = |principal| number_of(principal, &name("max.muster"), &domain).is_some();
        assert!(counts("max.muster@example.edu") && counts("Max.Muster.2@Example.edu"));
        for other in [
            "max.mustermann@example.edu",
            "max.muster.02@example.edu",
            "max.muster.1@example.edu",
            "max.muster.x@example.edu",
            "max.muster.2@other.edu",
            "max.muster",
            "max.muster.2.3@example.edu",
        ] {
            assert!(!counts(other), "{other}");
        }
    }

    #[test]
    fn a_long_name_and_its_numbered_forms_share_the_prefix() {
        for base in [name(&"x".repeat(64)), name(&format!("{}-yyyyyyy", "x".repeat(56))), name("a.b")] {
            for number in [1, 2, 99, 999_999] {
                assert!(base.numbered(number).as_str().starts_with(prefix_of(&base)), "{number}");
            }
        }
        assert_eq!(prefix_of(&name("a.b")), "a.b");
    }

    #[test]
    fn a_link_to_another_origin_is_not_followed() {
        let first = Url::parse("https://graph.example/v1.0/users").unwrap();
        assert!(follow(&first, "https://graph.example/v1.0/users?$skiptoken=x").is_ok());
        for foreign in ["https://evil.example/v1.0/users", "http://graph.example/v1.0/users", "/v1.0/users"] {
            assert_eq!(follow(&first, foreign).unwrap_err().code, "foreign_link");
        }
    }
}
