//! `accountcreator manifest`

use std::{path::Path, process::ExitCode};

use anyhow::Context;
use serde::Serialize;

use super::{
    configured,
    needs::{self, Need},
    say::{say, say_on},
    table,
};
use crate::{config::Config, domain::TenantAlias, graph::GRAPH_APP_ID};

/// An entry of `requiredResourceAccess`.
///
/// <https://learn.microsoft.com/graph/api/resources/requiredresourceaccess>
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Resource {
    resource_app_id: &'static str,
    resource_access: Vec<Access>,
}

#[derive(Serialize)]
struct Access {
    id: &'static str,
    #[serde(rename = "type")]
    kind: &'static str,
}

pub(super) fn run(file: Option<&Path>, tenant: Option<&TenantAlias>, json: bool) -> anyhow::Result<ExitCode> {
    let config = configured::load(file)?;
    let tenants = chosen(&config, tenant)?;
    if json {
        let [alias] = tenants.as_slice() else {
            let names: Vec<String> = tenants.iter().map(ToString::to_string).collect();
            anyhow::bail!("a manifest is of one tenant: choose one by --tenant ({})", names.join(", "));
        };
        say!("{}", serde_json::to_string_pretty(&[resource(&needs::of(&config, alias))])?);
    } else {
        tenants.iter().for_each(|alias| show(alias, &needs::of(&config, alias)));
        say!("grant nothing else, and remove User.Read, which new registrations have by default");
        say!("`--json` prints this for `az ad app create --required-resource-accesses @FILE`");
    }
    Ok(ExitCode::SUCCESS)
}

/// The named tenant, or all of them.
fn chosen<'a>(config: &'a Config, named: Option<&'a TenantAlias>) -> anyhow::Result<Vec<&'a TenantAlias>> {
    match named {
        None => Ok(config.tenants.keys().collect()),
        Some(alias) => {
            config.tenants.get(alias).with_context(|| format!("there is no tenant {alias}"))?;
            Ok(vec![alias])
        }
    }
}

/// The permissions that the registration has to ask for.
pub(super) fn resource(needs: &[Need]) -> Resource {
    let access = |need: &Need| Access { id: need.permission.app_role(), kind: "Role" };
    Resource { resource_app_id: GRAPH_APP_ID, resource_access: needs.iter().map(access).collect() }
}

fn show(alias: &TenantAlias, needs: &[Need]) {
    let row = |need: &Need| {
        let Need { permission, because } = need;
        vec![
            permission.name().to_owned(),
            permission.purpose().to_owned(),
            because.clone(),
            permission.app_role().to_owned(),
        ]
    };
    let rows: Vec<_> = needs.iter().map(row).collect();
    say!("tenant {alias}: application permissions of Microsoft Graph\n");
    say_on!("{}", table::render(&["PERMISSION", "WHAT FOR", "BECAUSE OF", "ID"], &rows));
    say!("");
}
