//! Where log lines go: standard error, as text for people or as JSON for machines.

use std::io::IsTerminal;

use anyhow::Context;
use tracing_subscriber::{EnvFilter, reload};

use crate::config::{Log, LogFormat};

/// What is logged, and how that is changed.
pub(super) struct Filter(Box<dyn Fn(EnvFilter) -> Result<(), reload::Error> + Send + Sync>);

/// Starts logging for the rest of the process.
pub(super) fn start(log: &Log) -> anyhow::Result<Filter> {
    let builder = tracing_subscriber::fmt().with_env_filter(parse(&log.filter)?).with_writer(std::io::stderr);
    let (started, filter) = match log.format {
        LogFormat::Text => {
            let builder = builder.with_ansi(std::io::stderr().is_terminal()).with_filter_reloading();
            let handle = builder.reload_handle();
            (builder.try_init(), Filter(Box::new(move |filter| handle.reload(filter))))
        }
        LogFormat::Json => {
            let builder = builder.json().flatten_event(true).with_filter_reloading();
            let handle = builder.reload_handle();
            (builder.try_init(), Filter(Box::new(move |filter| handle.reload(filter))))
        }
    };
    started.map_err(|error| anyhow::anyhow!(error)).context("logging cannot be started")?;
    Ok(filter)
}

impl Filter {
    /// Puts another filter into force.
    pub(super) fn set(&self, filter: &str) -> anyhow::Result<()> {
        self.0(parse(filter)?).context("log.filter cannot be changed")
    }
}

fn parse(filter: &str) -> anyhow::Result<EnvFilter> {
    EnvFilter::try_new(filter).context("log.filter cannot be read")
}
