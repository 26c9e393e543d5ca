//! The granted permissions, compared with the needed ones: all needed ones must be granted, and no others should be.

use std::collections::BTreeSet;

use super::finding::{Area, Finding};
use crate::{
    cli::{exchange::Exchange, needs::Need},
    graph::Permission,
};

/// `exchange` is given for the tenant whose application sends the mails.
pub(super) fn check(
    needs: &[Need],
    exchange: Option<&Exchange<'_>>,
    granted: Option<&BTreeSet<String>>,
) -> Vec<Finding> {
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
    let superfluous = granted.iter().filter(|name| !known.contains(name.as_str()));
    findings.extend(superfluous.map(|name| match exchange {
        Some(exchange) if exchange.by_graph_within_scope() && name == Permission::Mail.name() => {
            unscoped(exchange)
        }
        _ => not_needed(name),
    }));
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

/// The scope in Exchange has no effect then: rights add up.
fn unscoped(exchange: &Exchange<'_>) -> Finding {
    let name = Permission::Mail.name();
    Finding::warning(
        Area::Permissions,
        format!(
            "{name} is granted in Entra and is too much with mail.graph.scoped = true: the application can send from \
             every mailbox"
        ),
        format!(
            "remove {name} from the app registration; the role {} in Exchange is enough for {}",
            exchange.role(),
            exchange.mailbox
        ),
    )
}

fn not_needed(name: &str) -> Finding {
    Finding::warning(
        Area::Permissions,
        format!("{name} is granted and not needed"),
        "remove it from the app registration, so that a stolen key can do less",
    )
}
