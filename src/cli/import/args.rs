//! The arguments of `import`, as clap reads them.

use std::path::PathBuf;

use clap::Subcommand;

/// Subcommands of `import`.
#[derive(Debug, Subcommand)]
pub enum ImportCommand {
    /// Take over addresses, settings and texts of MS365-Accountcreator, which stays as it is
    Original(OriginalArgs),
}

/// Arguments of `import original`.
#[derive(Debug, clap::Args)]
pub struct OriginalArgs {
    /// Its SQLite database: who has an account gets no second one
    #[arg(long, value_name = "FILE")]
    pub database: PathBuf,
    /// Its settings, ms365_accountcreator.conf; none of it is carried out
    // Another id than that of `--config` elsewhere, which names a file of ours.
    #[arg(id = "original-config", long = "config", value_name = "FILE")]
    pub settings: Option<PathBuf>,
    /// Its folder of translations, with <language>/LC_MESSAGES/messages.po
    #[arg(long, value_name = "DIR")]
    pub texts: Option<PathBuf>,
    /// Where the new configuration is written; files of secrets and the folder of texts go beside it
    #[arg(long, value_name = "FILE", default_value = "config.toml")]
    pub output: PathBuf,
    /// Only say what would be done
    #[arg(long)]
    pub dry_run: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Read this configuration file of ours over the others, as --config does elsewhere
    #[arg(id = "config", long = "own-config", value_name = "FILE")]
    pub own: Option<PathBuf>,
}
