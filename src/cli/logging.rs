//! Log lines on standard error, as text for people or as JSON for machines.

use std::io::{IsTerminal, stderr};

use anyhow::Context;
use tracing::{Level, Metadata};
use tracing_subscriber::{
    EnvFilter, Registry,
    filter::filter_fn,
    fmt,
    layer::SubscriberExt,
    reload::{self, Handle},
    util::SubscriberInitExt,
};

use crate::config::{Log, LogFormat};

/// The filter for log lines, which can be changed while the process runs.
pub(super) struct Filter(Handle<EnvFilter, Registry>);

/// Starts logging for the rest of the process.
pub(super) fn start(log: &Log) -> anyhow::Result<Filter> {
    start_for(log, |metadata| is_ours(metadata) || *metadata.level() <= Level::INFO)
}

/// Starts the audit trail of a command, and no other logging: the command prints its own output. On a terminal there is
/// no audit trail, for no one keeps what is shown there.
pub(super) fn start_audit(log: &Log) -> anyhow::Result<()> {
    if stderr().is_terminal() {
        return Ok(());
    }
    start_for(log, is_audit).map(drop)
}

/// Starts logging of the events that pass both `log.filter` and `may_be_logged`.
fn start_for(log: &Log, may_be_logged: fn(&Metadata<'_>) -> bool) -> anyhow::Result<Filter> {
    let (filter, handle) = reload::Layer::new(parse(&log.filter)?);
    let registry = tracing_subscriber::registry().with(filter).with(filter_fn(may_be_logged));
    let lines = fmt::layer().with_writer(stderr);
    match log.format {
        LogFormat::Text => registry.with(lines.with_ansi(stderr().is_terminal())).try_init(),
        LogFormat::Json => registry.with(lines.json().flatten_event(true)).try_init(),
    }
    .map_err(|error| anyhow::anyhow!(error))
    .context("logging cannot be started")?;
    Ok(Filter(handle))
}

/// Our own lines name no person and no secret. What the libraries under us say below `info` may: they log what they
/// carry, such as addresses with tokens in them. No filter lets that through.
fn is_ours(metadata: &Metadata<'_>) -> bool {
    let ours = metadata.target().strip_prefix(env!("CARGO_CRATE_NAME"));
    is_audit(metadata) || ours.is_some_and(|path| path.is_empty() || path.starts_with("::"))
}

fn is_audit(metadata: &Metadata<'_>) -> bool {
    metadata.target() == "audit"
}

impl Filter {
    /// Puts another filter into force.
    pub(super) fn set(&self, filter: &str) -> anyhow::Result<()> {
        self.0.reload(parse(filter)?).context("log.filter cannot be changed")
    }
}

fn parse(filter: &str) -> anyhow::Result<EnvFilter> {
    EnvFilter::try_new(filter).context("log.filter cannot be read")
}
