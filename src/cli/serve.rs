//! `accountcreator serve`

use std::{path::Path, process::ExitCode};

use listenfd::ListenFd;

use super::{configured, hangup, logging, manager, shutdown};
use crate::{
    app::{self, Parts},
    config::Inherited,
    http::Listener,
    store,
};

/// Serves, on the socket that was passed on to us if there is one.
pub(super) async fn run(file: Option<&Path>, mut passed: ListenFd) -> anyhow::Result<ExitCode> {
    let config = configured::load(file)?;
    let filter = logging::start(&config.log)?;
    config.inherited.iter().for_each(tell);
    let warnings = config.warnings();
    let weakness = config.database.transport_weakness()?;
    let (listen, mode) = (config.server.listen.clone(), config.server.socket_mode);
    let stop = shutdown::on_signal()?;
    let hangups = hangup::signals()?;
    let app = app::build(config, Parts::system()).await?;
    let changing = hangup::Changing { reload: app.reload.clone(), filter, file: file.map(Path::to_owned) };
    hangup::reload_on(hangups, changing);
    let listener = match Listener::passed(&mut passed)? {
        Some(listener) => listener,
        None => Listener::at(&listen, mode).await?,
    };
    tracing::info!(address = %listener, "serving");
    for (danger, remedy) in warnings {
        tracing::warn!(remedy, "{danger}");
    }
    if let Some(weakness) = weakness {
        tracing::warn!(remedy = store::TRANSPORT_REMEDY, "{weakness}");
    }
    manager::attend(stop.clone());
    app.run(listener, stop).await;
    tracing::info!("stopped");
    Ok(ExitCode::SUCCESS)
}

fn tell(old: &Inherited) {
    let Inherited { variable, instead, in_force } = *old;
    if in_force {
        tracing::warn!(
            variable,
            instead,
            "a variable of MS365-Accountcreator is in force; write the key instead"
        );
    } else {
        tracing::warn!(variable, instead, "a variable of MS365-Accountcreator is set and has no effect here");
    }
}
