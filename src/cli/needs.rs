//! The permissions that a configuration needs in a tenant, and the reasons for them: no more than that is asked for.

use super::exchange::Exchange;
use crate::{
    config::Config,
    domain::{Profile, TenantAlias},
    graph::Permission,
};

/// A permission, and what asks for it.
pub(super) struct Need {
    pub(super) permission: Permission,
    pub(super) because: String,
}

/// All needs in one tenant.
pub(super) fn of(config: &Config, alias: &TenantAlias) -> Vec<Need> {
    let because = |permission| because(config, alias, permission).map(|because| Need { permission, because });
    Permission::WORKING.into_iter().filter_map(because).collect()
}

fn because(config: &Config, alias: &TenantAlias, permission: Permission) -> Option<String> {
    let profiles = |wants: fn(&Profile) -> bool| {
        let wanting = config.profiles.iter().filter(|profile| profile.tenant == *alias && wants(profile));
        let names: Vec<String> = wanting.map(|profile| profile.name.to_string()).collect();
        match names.as_slice() {
            [] => None,
            [name] => Some(format!("profile {name}")),
            names => Some(format!("profiles {}", names.join(", "))),
        }
    };
    match permission {
        Permission::Users => Some("every signup".to_owned()),
        Permission::Licences => profiles(|profile| !profile.licences.is_empty()),
        Permission::Groups => profiles(|profile| !profile.groups.is_empty()),
        Permission::Passwords => {
            let resets = config.tenants.get(alias).is_some_and(|tenant| tenant.reset_passwords);
            resets.then(|| "reset_passwords = true".to_owned())
        }
        Permission::Seats if config.seats.watch => {
            profiles(|profile| !profile.licences.is_empty()).map(|_| "seats.watch = true".to_owned())
        }
        Permission::Mail => {
            let exchange = Exchange::of(config)?;
            let is_granted_in_entra = exchange.alias == alias && !exchange.by_smtp && !exchange.is_scoped;
            is_granted_in_entra.then(|| "mail.transport = \"graph\"".to_owned())
        }
        Permission::Seats | Permission::Domains | Permission::Policies => None,
    }
}
