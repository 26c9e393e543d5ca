//! The permissions that are granted beside those that are needed: none may be missing, none should be over.

use std::collections::BTreeSet;

use super::finding::{Area, Finding};
use crate::{cli::needs::Need, graph::Permission};

pub(super) fn check(needs: &[Need], granted: Option<&BTreeSet<String>>) -> Vec<Finding> {
    let Some(granted) = granted else {
        return vec![Finding::skipped(
            Area::Permissions,
            "the token does not tell what is granted",
            "compare `accountcreator manifest` with the app registration's page of API permissions",
        )];
    };
    let mut findings: Vec<Finding> = needs.iter().map(|need| judge(need, granted)).collect();
    let known = needs.iter().map(|need| need.permission).chain(Permission::READING);
    let known: BTreeSet<&str> = known.map(Permission::name).collect();
    findings
        .extend(granted.iter().filter(|name| !known.contains(name.as_str())).map(|name| superfluous(name)));
    findings
}

fn judge(Need { permission, because }: &Need, granted: &BTreeSet<String>) -> Finding {
    let name = permission.name();
    if granted.contains(name) {
        return Finding::ok(Area::Permissions, format!("{name} is granted"));
    }
    Finding::failure(
        Area::Permissions,
        format!("{name} is not granted ({because}: {})", permission.purpose()),
        format!(
            "add it to the app registration under API permissions (application permission {}), then grant \
             admin consent there; the next token has it",
            permission.app_role()
        ),
    )
}

fn superfluous(name: &str) -> Finding {
    Finding::warning(
        Area::Permissions,
        format!("{name} is granted and not needed"),
        "remove it from the app registration, so that a stolen key can do less",
    )
}
