//! Requesters: who asked for an operation or did an audited act, and why.

use std::fmt;

use serde::Serialize;

use super::{IdError, Reason};

/// The requester of an operation. Stored as a kind and, for operators, their logins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Requester {
    /// A visitor of the pages.
    Visitor,
    /// Another program, by the API.
    Program,
    /// The worker that carries out operations.
    Worker,
    /// The service by itself, such as its schedules.
    Service,
    /// The person who runs a command.
    Operator {
        /// The login that the command runs under, where it is known.
        #[serde(skip_serializing_if = "Option::is_none")]
        login: Option<String>,
        /// The login that called `sudo` for it.
        #[serde(skip_serializing_if = "Option::is_none")]
        sudo_user: Option<String>,
    },
}

/// The requester of an act and the reason for it, as operations and events store them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestedBy<'a> {
    /// The requester.
    pub requester: &'a Requester,
    /// The reason, where one is given.
    pub reason: Option<&'a Reason>,
}

impl RequestedBy<'static> {
    /// A visitor of the pages, who gives no reason.
    pub const VISITOR: Self = Self { requester: &Requester::Visitor, reason: None };
}

impl<'a> From<&'a Requester> for RequestedBy<'a> {
    fn from(requester: &'a Requester) -> Self {
        Self { requester, reason: None }
    }
}

/// Separates the logins of an operator; neither contains a space.
const SUDO: &str = " by sudo of ";

impl Requester {
    /// An operator whose login is not known, as for a signal.
    pub const OPERATOR: Self = Self::Operator { login: None, sudo_user: None };

    /// An operator by the environment of their command.
    pub fn operator(variable: impl Fn(&str) -> Option<String>) -> Self {
        let login = |name: &str| variable(name).filter(|text| is_login(text));
        Self::Operator { login: login("LOGNAME").or_else(|| login("USER")), sudo_user: login("SUDO_USER") }
    }

    /// The kind, as it is stored and shown to machines.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Visitor => "visitor",
            Self::Program => "program",
            Self::Worker => "worker",
            Self::Service => "service",
            Self::Operator { .. } => "operator",
        }
    }

    /// The logins of an operator, as they are stored.
    #[must_use]
    pub fn logins(&self) -> Option<String> {
        let Self::Operator { login, sudo_user } = self else { return None };
        match (login, sudo_user) {
            (login, Some(by)) => Some(format!("{}{SUDO}{by}", login.as_deref().unwrap_or_default())),
            (login, None) => login.clone(),
        }
    }

    /// Reads what [`Requester::kind`] and [`Requester::logins`] have written.
    ///
    /// # Errors
    /// [`IdError`] for an unknown kind.
    pub fn parse(kind: &str, logins: Option<&str>) -> Result<Self, IdError> {
        Ok(match kind {
            "visitor" => Self::Visitor,
            "program" => Self::Program,
            "worker" => Self::Worker,
            "service" => Self::Service,
            "operator" => {
                let owned = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
                let (login, sudo_user) = match logins.and_then(|text| text.split_once(SUDO)) {
                    Some((login, by)) => (owned(login), owned(by)),
                    None => (logins.and_then(owned), None),
                };
                Self::Operator { login, sudo_user }
            }
            _ => return Err(IdError("no such kind of requester")),
        })
    }
}

/// For people: the kind and, of an operator, the logins.
impl fmt::Display for Requester {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind())?;
        let Self::Operator { login, sudo_user } = self else { return Ok(()) };
        if let Some(login) = login {
            write!(f, " {login}")?;
        }
        sudo_user.as_ref().map_or(Ok(()), |user| write!(f, " (sudo: {user})"))
    }
}

/// Returns whether a text can be a login: variables of the environment hold anything.
fn is_login(text: &str) -> bool {
    let is_allowed = |c: char| !c.is_whitespace() && !c.is_control();
    !text.is_empty() && text.len() <= 256 && text.chars().all(is_allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn operator(variables: &[(&str, &str)]) -> Requester {
        let value = |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| *value);
        Requester::operator(|name| value(name).map(str::to_owned))
    }

    #[test]
    fn stored_requesters_read_back() {
        let all = [
            Requester::Visitor,
            Requester::Program,
            Requester::Worker,
            Requester::Service,
            Requester::OPERATOR,
            operator(&[("LOGNAME", "ada")]),
            operator(&[("LOGNAME", "root"), ("SUDO_USER", "ada")]),
            operator(&[("SUDO_USER", "ada")]),
        ];
        for requester in all {
            let read = Requester::parse(requester.kind(), requester.logins().as_deref());
            assert_eq!(read, Ok(requester));
        }
        assert!(Requester::parse("nobody", None).is_err());
    }

    #[test]
    fn an_operator_is_named_by_the_environment() {
        let root = operator(&[("LOGNAME", "root"), ("USER", "other"), ("SUDO_USER", "ada")]);
        assert_eq!(root.logins().as_deref(), Some("root by sudo of ada"));
        assert_eq!(operator(&[("USER", "ada")]).logins().as_deref(), Some("ada"));
        assert_eq!(operator(&[("LOGNAME", "a b"), ("USER", "")]), Requester::OPERATOR);
    }

    #[test]
    fn people_and_machines_read_the_kind_and_the_logins() {
        for (requester, shown, json) in [
            (Requester::Visitor, "visitor", r#"{"kind":"visitor"}"#),
            (Requester::OPERATOR, "operator", r#"{"kind":"operator"}"#),
            (operator(&[("LOGNAME", "ada")]), "operator ada", r#"{"kind":"operator","login":"ada"}"#),
            (
                operator(&[("LOGNAME", "root"), ("SUDO_USER", "ada")]),
                "operator root (sudo: ada)",
                r#"{"kind":"operator","login":"root","sudo_user":"ada"}"#,
            ),
        ] {
            assert_eq!(requester.to_string(), shown);
            assert_eq!(serde_json::to_string(&requester).ok().as_deref(), Some(json));
        }
    }
}
