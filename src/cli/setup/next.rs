//! The report on what was done, and the next steps.

use std::path::Path;

use super::{answers::NO_CLIENT_ID, args::USUAL_DIR, file, write::Done};
use crate::{
    cli::{
        identity::hands_its_group_on,
        say::{say, say_on},
        table,
    },
    config::Config,
    domain::TenantAlias,
};

/// The flag by which `setup` finds this folder again; empty for the usual one.
pub(in crate::cli) fn dir_flag(dir: &Path) -> String {
    if dir == Path::new(USUAL_DIR) { String::new() } else { format!(" --dir {}", dir.display()) }
}

pub(super) fn say(config: &Config, alias: &TenantAlias, dir: &Path, done: &[Done]) {
    let row = |done: &Done| {
        vec![done.outcome.as_str().to_owned(), done.path.display().to_string(), done.what.to_owned()]
    };
    say_on!("\n{}", table::render(&["", "FILE", "WHAT IT IS"], &done.iter().map(row).collect::<Vec<_>>()));
    let known = config.tenants.get(alias).is_some_and(|tenant| tenant.client_id != NO_CLIENT_ID);
    let has_exchange = done.iter().any(|done| done.path.ends_with(file::EXCHANGE));
    steps(dir, known, has_exchange);
}

fn steps(dir: &Path, known: bool, has_exchange: bool) {
    let shown = dir.display();
    let folder = dir_flag(dir);
    let config = if folder.is_empty() { String::new() } else { format!(" --config {shown}/config.toml") };
    let mut steps = vec![format!(
        "register the application, as Privileged Role Administrator, by one of\n     \
         bash {shown}/entra-setup.sh     where you have az; it can be run elsewhere, and again\n     \
         {shown}/entra-portal.md         step by step in the portal"
    )];
    if !known {
        steps.push(format!("accountcreator setup{folder} --client-id CLIENT-ID, as it was told there"));
    }
    if has_exchange {
        steps.push(format!(
            "let the application send from the mailbox, as Exchange Administrator\n     \
             pwsh {shown}/{} -ObjectId OBJECT-ID     as entra-setup.sh told it; it can be run elsewhere, and again\n     \
             Exchange may need up to 2 hours to apply it",
            file::EXCHANGE
        ));
    }
    steps.push(format!("accountcreator doctor{config}"));
    steps.push(format!("accountcreator serve{config}"));
    say!("\nwhat to do next:\n");
    for (number, step) in steps.iter().enumerate() {
        say!("{}. {step}", number + 1);
    }
    if hands_its_group_on(dir) {
        say!("\nthe group of {shown} can read its secrets: run the service as a user of this group");
    } else {
        say!("\nonly you can read the folder's secrets: give {shown} to the user the service runs as");
    }
}
