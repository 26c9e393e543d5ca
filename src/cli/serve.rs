//! `accountcreator serve`

use std::{path::Path, process::ExitCode};

use anyhow::Context;
use tokio::net::TcpListener;

use super::{configured, hangup, logging, shutdown};
use crate::app::{self, Parts};

pub(super) async fn run(file: Option<&Path>) -> anyhow::Result<ExitCode> {
    let config = configured::load(file)?;
    let filter = logging::start(&config.log)?;
    let listen = config.server.listen;
    let stop = shutdown::on_signal()?;
    let hangups = hangup::signals()?;
    let app = app::build(config, Parts::system()).await?;
    let changing = hangup::Changing { reload: app.reload.clone(), filter, file: file.map(Path::to_owned) };
    hangup::reload_on(hangups, changing);
    let listener = TcpListener::bind(listen)
        .await
        .with_context(|| format!("cannot listen on {listen}; is it taken? server.listen names another"))?;
    tracing::info!(address = %listener.local_addr()?, "serving");
    app.run(listener, stop).await;
    tracing::info!("stopped");
    Ok(ExitCode::SUCCESS)
}
