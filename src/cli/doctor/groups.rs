//! The groups of new accounts: there, and open to members by Graph.

use std::collections::BTreeSet;

use super::{
    finding::{Area, Finding},
    tenant::unseen,
};
use crate::{
    domain::{GroupId, Profile},
    graph::{Graph, Obstacle, Permission},
};

pub(super) async fn check(graph: &Graph, profiles: &[&Profile]) -> Vec<Finding> {
    let groups: BTreeSet<GroupId> = profiles.iter().flat_map(|profile| profile.groups.clone()).collect();
    let mut findings = Vec::new();
    for group in groups {
        findings.push(look(graph, group).await);
    }
    findings
}

async fn look(graph: &Graph, id: GroupId) -> Finding {
    match graph.group(id).await {
        Ok(Some(group)) => match group.obstacle {
            None => Finding::ok(Area::Group, format!("{} ({id}) can be joined", group.name)),
            Some(obstacle) => {
                let (reason, remedy) = explained(obstacle);
                let what = format!("{} ({id}) cannot be joined: {reason}", group.name);
                Finding::failure(Area::Group, what, remedy)
            }
        },
        Ok(None) => Finding::failure(
            Area::Group,
            format!("there is no group {id}"),
            "correct the profile's groups: each is named by its object id",
        ),
        Err(error) => unseen(Area::Group, &format!("the group {id}"), &error, Permission::Groups),
    }
}

const fn explained(obstacle: Obstacle) -> (&'static str, &'static str) {
    match obstacle {
        Obstacle::Dynamic => (
            "a rule decides who is in it",
            "take it out of the profile, and let its rule admit the new accounts, by an attribute for example",
        ),
        Obstacle::Synced => (
            "it is kept in a directory on premises",
            "take a group that is kept in Entra, and make it a member where it is needed",
        ),
        Obstacle::RoleAssignable => (
            "it can be given admin roles, which takes RoleManagement.ReadWrite.Directory",
            "take another group: self-service accounts should not be near admin roles",
        ),
        Obstacle::MailEnabled => (
            "Exchange keeps distribution lists and mail-enabled security groups",
            "take a security group or a Microsoft 365 group",
        ),
    }
}
