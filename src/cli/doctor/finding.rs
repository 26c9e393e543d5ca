//! The findings of the checks.

use std::{error::Error, fmt::Write as _};

use serde::Serialize;

use crate::domain::TenantAlias;

/// The subject of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Area {
    Configuration,
    Secret,
    Confirmation,
    Database,
    Marker,
    Certificate,
    Clock,
    Token,
    Permissions,
    Domain,
    Group,
    Licence,
    Policy,
    Mail,
    Alerts,
    Proxy,
}

/// The result of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Verdict {
    Ok,
    /// Nothing is amiss, and it could be better.
    Hint,
    Warning,
    Failure,
    /// It could not be looked at.
    Skipped,
}

/// One thing that was looked at, and what to do about it.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Finding {
    pub(super) area: Area,
    pub(super) tenant: Option<String>,
    pub(super) verdict: Verdict,
    pub(super) what: String,
    pub(super) remedy: Option<String>,
}

impl Area {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Configuration => "configuration",
            Self::Secret => "secret",
            Self::Confirmation => "confirmation",
            Self::Database => "database",
            Self::Marker => "marker",
            Self::Certificate => "certificate",
            Self::Clock => "clock",
            Self::Token => "token",
            Self::Permissions => "permissions",
            Self::Domain => "domain",
            Self::Group => "group",
            Self::Licence => "licence",
            Self::Policy => "policy",
            Self::Mail => "mail",
            Self::Alerts => "alerts",
            Self::Proxy => "proxy",
        }
    }
}

impl Verdict {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Hint => "hint",
            Self::Warning => "warning",
            Self::Failure => "failure",
            Self::Skipped => "skipped",
        }
    }
}

impl Finding {
    pub(super) fn ok(area: Area, what: impl Into<String>) -> Self {
        Self { area, tenant: None, verdict: Verdict::Ok, what: what.into(), remedy: None }
    }

    pub(super) fn hint(area: Area, what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::bad(area, Verdict::Hint, what, remedy)
    }

    pub(super) fn warning(area: Area, what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::bad(area, Verdict::Warning, what, remedy)
    }

    pub(super) fn failure(area: Area, what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::bad(area, Verdict::Failure, what, remedy)
    }

    pub(super) fn skipped(area: Area, what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::bad(area, Verdict::Skipped, what, remedy)
    }

    fn bad(area: Area, verdict: Verdict, what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { area, tenant: None, verdict, what: what.into(), remedy: Some(remedy.into()) }
    }

    pub(super) fn of_tenant(self, alias: &TenantAlias) -> Self {
        Self { tenant: Some(alias.to_string()), ..self }
    }

    pub(super) fn is_failure(&self) -> bool {
        self.verdict == Verdict::Failure
    }
}

/// An error with its causes, in one line.
pub(super) fn told(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        // Writing to a string cannot fail.
        let _ = write!(text, ": {inner}");
        cause = inner.source();
    }
    text
}
