//! `accountcreator restored`

use std::{path::Path, process::ExitCode};

use super::{configured, say::say};

pub(super) async fn run(file: Option<&Path>) -> anyhow::Result<ExitCode> {
    let store = configured::open_store(&configured::load(file)?).await?;
    let count = store.doubt_queued().await;
    store.close().await;
    match count? {
        0 => say!("no signup waits in the queue; the database can be served"),
        1 => say!("the tenant will be asked first for the signup that waits; the database can be served"),
        count => {
            say!("the tenant will be asked first for {count} signups that wait; the database can be served")
        }
    }
    Ok(ExitCode::SUCCESS)
}
