//! `accountcreator restored`

use std::{path::Path, process::ExitCode};

use super::{configured, say::say};

pub(super) async fn run(file: Option<&Path>) -> anyhow::Result<ExitCode> {
    let store = configured::open_store(&configured::load(file)?).await?;
    let count = store.doubt_queued().await;
    store.close().await;
    let count = count?;
    if count == 0 {
        say!("no signup waits in the queue; the database can be served");
    } else {
        say!(
            "signups that wait: {count}; the tenant is asked first for each, and the database can be served"
        );
    }
    Ok(ExitCode::SUCCESS)
}
