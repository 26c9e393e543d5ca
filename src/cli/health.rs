//! `accountcreator health`

use std::{path::Path, process::ExitCode};

use anyhow::Context;

use super::{configured, say::say_on, server};

/// Asks `/readyz` of the server on this machine; the exit code says whether it is ready.
pub(super) async fn run(file: Option<&Path>) -> anyhow::Result<ExitCode> {
    let config = configured::load(file)?;
    let listen = &config.server.listen;
    let answer = server::ask(listen, "/readyz")
        .await
        .with_context(|| format!("nothing answers at {listen}; is `accountcreator serve` running?"))?;
    let status = answer.status();
    let text = answer.text().await?;
    anyhow::ensure!(status.is_success(), "the server is not ready ({status}): {}", text.trim_end());
    say_on!("{text}");
    Ok(ExitCode::SUCCESS)
}
