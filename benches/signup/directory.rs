//! A simulated tenant with more in it than the usual one: many groups, and people whose names are taken.

use std::net::SocketAddr;

use accountcreator::sandbox::{ExistingUser, Group, GroupKind, Options, Sandbox, Tenant};
use anyhow::Result;
use uuid::Uuid;

use crate::rig::settings::DOMAIN;

/// How many groups there are.
pub const GROUPS: u128 = 20;
/// How many users have a name already, for each of these names.
pub const NAMESAKES: [(&str, usize); 3] = [("rare", 1), ("frequent", 10), ("common", 100)];

/// The object id of a group.
pub fn group_id(number: u128) -> Uuid {
    Uuid::from_u128(0x6f1a_0c52_3a51_4f7c_9a43_0000_0000_0000 + number)
}

/// Serves the tenant until the process ends. Its certificate is the one of the working directory.
pub async fn serve(listen: SocketAddr, smtp_listen: SocketAddr) -> Result<()> {
    let groups = (0..GROUPS).map(|number| Group {
        id: group_id(number),
        display_name: format!("Group {number}"),
        kind: GroupKind::Assigned,
    });
    let tenant = Tenant {
        certificates: vec![std::fs::read_to_string("app.crt")?],
        groups: groups.collect(),
        users: NAMESAKES.iter().flat_map(|(name, count)| (1..=*count).map(|n| namesake(name, n))).collect(),
        ..Tenant::default()
    };
    let _sandbox = Sandbox::start(Options { listen, smtp_listen, tenant, ..Options::default() }).await?;
    std::future::pending().await
}

fn namesake(name: &str, number: usize) -> ExistingUser {
    let suffix = if number == 1 { String::new() } else { format!(".{number}") };
    ExistingUser {
        user_principal_name: format!("max.{name}{suffix}@{DOMAIN}"),
        display_name: format!("Max {name}"),
        password: "Not-Asked-For-2".to_owned(),
    }
}
