//! `accountcreator signups close|open|status`

use std::process::ExitCode;

use serde::Serialize;

use super::{configured::operator, say::say};
use crate::{
    domain::Clock,
    signup::{close_signups, open_signups},
    store::Store,
};

/// The state of the switch.
#[derive(Serialize)]
struct Status {
    open: bool,
    closed_at: Option<String>,
}

pub(super) async fn close(store: &Store) -> anyhow::Result<ExitCode> {
    let changed = close_signups(store, &operator(), Clock::system().now()).await?;
    if changed {
        say!("signups are closed: every server on this database follows within seconds");
        say!("requests that were made before go on; `accountcreator signups open` opens again");
    } else {
        say!("signups were closed already");
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn open(store: &Store) -> anyhow::Result<ExitCode> {
    let changed = open_signups(store, &operator()).await?;
    if changed {
        say!("signups are open: every server on this database follows within seconds");
    } else {
        say!("signups were open already");
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn status(store: &Store, json: bool) -> anyhow::Result<ExitCode> {
    let closed_at = store.signups_closed_at().await?.map(|at| at.to_string());
    if json {
        say!("{}", serde_json::to_string_pretty(&Status { open: closed_at.is_none(), closed_at })?);
    } else if let Some(at) = closed_at {
        say!("signups are closed since {at}; `accountcreator signups open` opens them");
    } else {
        say!("signups are open");
    }
    Ok(ExitCode::SUCCESS)
}
