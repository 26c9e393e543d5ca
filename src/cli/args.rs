//! The arguments, as clap reads them.

use std::{net::SocketAddr, path::PathBuf};

use clap::{
    ArgMatches, CommandFactory, FromArgMatches, Parser, Subcommand, error::ErrorKind, parser::ValueSource,
};
use uuid::Uuid;

use super::erase::EraseArgs;
use super::import::args::ImportCommand;
use super::setup::SetupArgs;
use crate::{
    domain::{Email, Locale, MailReference, Reason, SignupId, Stage, TenantAlias},
    sandbox::{Faults, Tenant},
};

/// Exit code of a command that fails; its message says why and what to do.
pub(super) const FAILURE: u8 = 1;
/// Exit code of a wrong command line, as clap has it.
pub(super) const USAGE: u8 = 2;
/// Exit code of a faulty configuration (`EX_CONFIG` of sysexits.h).
pub(super) const CONFIGURATION: u8 = 78;

/// Self-service signup for Microsoft 365
#[derive(Debug, Parser)]
#[command(name = "accountcreator", version, about, max_term_width = 100)]
pub struct Args {
    /// Read this configuration file over the others
    #[arg(long, global = true, env = "ACCOUNTCREATOR_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

impl Args {
    /// Reads the arguments of this process. Wrong usage ends it with 2.
    pub fn read() -> Self {
        let mut matches = Self::command().get_matches();
        Self::from_checked_matches(&mut matches).unwrap_or_else(|error| error.exit())
    }

    /// The arguments, unless `--config` is given to a command that reads no configuration. The variable is for all
    /// commands of a machine.
    fn from_checked_matches(matches: &mut ArgMatches) -> Result<Self, clap::Error> {
        let is_given = matches.value_source("config") == Some(ValueSource::CommandLine);
        let args = Self::from_arg_matches_mut(matches)?;
        match args.command.instead_of_config() {
            Some(instead) if is_given => Err(Self::command()
                .error(ErrorKind::ArgumentConflict, format!("--config has no effect: {instead}"))),
            _ => Ok(args),
        }
    }
}

impl Command {
    /// Says what a command that reads no configuration takes instead of `--config`.
    const fn instead_of_config(&self) -> Option<&'static str> {
        match self {
            Self::Demo(_) => Some(
                "the demo makes its own configuration and takes --listen and --confirm-email; `accountcreator serve \
                 --config FILE` serves yours",
            ),
            Self::Sandbox(_) => {
                Some("the sandbox is set by its own options, which `accountcreator sandbox --help` lists")
            }
            Self::Setup(_) => Some("setup writes the configuration into the folder of --dir"),
            Self::Completions { .. } | Self::Man { .. } => Some("this command reads no configuration"),
            _ => None,
        }
    }
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Ask for what is needed, and write configuration, keys and the app registration's script
    Setup(Box<SetupArgs>),
    /// Serve the pages and carry out signups
    Serve,
    /// Bring the database to the schema of this version
    Migrate(MigrateArgs),
    /// Try everything out: pages, a simulated tenant and a mail inbox in one process
    Demo(DemoArgs),
    /// Run the simulated tenant alone, for any Graph client
    #[command(after_long_help = Faults::format())]
    Sandbox(SandboxArgs),
    /// Print the permissions that the configuration needs in Entra
    Manifest {
        /// Only this tenant's, by its alias
        #[arg(long, value_name = "ALIAS")]
        tenant: Option<TenantAlias>,
        /// Print the `requiredResourceAccess` of one tenant's app registration
        #[arg(long)]
        json: bool,
    },
    /// Make, show and renew the certificate that the application signs in with
    Cert {
        /// What to do
        #[command(subcommand)]
        command: CertCommand,
    },
    /// Check from here all that signups need: database, clock, certificate, tenant, mail
    Doctor(DoctorArgs),
    /// Check, show or explain the configuration
    Config {
        /// What to do with it
        #[command(subcommand)]
        command: ConfigCommand,
    },
    /// Ask the allowlist
    Profiles {
        /// What to ask
        #[command(subcommand)]
        command: ProfilesCommand,
    },
    /// List the addresses of the site
    Routes {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Check and list the texts of pages and mails
    Texts {
        /// What to do with them
        #[command(subcommand)]
        command: TextsCommand,
    },
    /// See what happened to requests, try again, close and open
    Signups {
        /// What to do
        #[command(subcommand)]
        command: SignupsCommand,
    },
    /// Copy the SQLite database, also while it is being served
    Backup {
        /// The copy, which must not exist
        file: PathBuf,
    },
    /// Tell a database that was restored by pg_restore or from a snapshot, before it is served
    Restored,
    /// Take over what another program has left behind
    Import {
        /// Which one
        #[command(subcommand)]
        command: ImportCommand,
    },
    /// Remove what is kept no longer than [privacy] says; the running service does so daily
    Prune(PruneArgs),
    /// Ask the running server whether it lives (for containers)
    Health,
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    Man {
        /// Write it into this folder instead, with a page for each command
        #[arg(long, value_name = "DIR")]
        dir: Option<PathBuf>,
    },
}

/// Arguments of `migrate`.
#[derive(Debug, clap::Args)]
pub struct MigrateArgs {
    /// Only list all migrations, applied and pending
    #[arg(long, conflicts_with = "dry_run")]
    pub status: bool,
    /// Only say what would be applied
    #[arg(long)]
    pub dry_run: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `prune`.
#[derive(Debug, clap::Args)]
pub struct PruneArgs {
    /// Only say how much would be removed
    #[arg(long)]
    pub dry_run: bool,
    /// Only remove all tombstones of erased people, when the secret_key they depend on is lost
    #[arg(long)]
    pub drop_tombstones: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `demo`.
#[derive(Debug, clap::Args)]
pub struct DemoArgs {
    /// Where the signup page listens; the simulated tenant takes the next port
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDR")]
    pub listen: SocketAddr,
    /// Require the mailed code before an account is created
    #[arg(
        long,
        value_name = "BOOL",
        num_args = 0..=1,
        require_equals = true,
        default_value_t = true,
        default_missing_value = "true",
        action = clap::ArgAction::Set
    )]
    pub confirm_email: bool,
}

/// Arguments of `sandbox`.
#[derive(Debug, clap::Args)]
pub struct SandboxArgs {
    /// Where token endpoint, Graph and the state pages listen
    #[arg(long, default_value = "127.0.0.1:8365", value_name = "ADDR")]
    pub listen: SocketAddr,
    /// Where the mail inbox takes mails by SMTP
    #[arg(long, default_value = "127.0.0.1:8325", value_name = "ADDR")]
    pub smtp_listen: SocketAddr,
    /// Speak HTTPS, with a certificate made at each start. The address is a proxy as well, for clients that know only
    /// Microsoft's addresses: with HTTPS_PROXY=http://ADDR they reach the sandbox by these
    #[arg(long)]
    pub https: bool,
    /// Where the authority of that certificate is written (PEM), for clients to trust; an older one is replaced
    #[arg(long, value_name = "FILE", default_value = "sandbox-ca.pem")]
    pub ca_file: PathBuf,
    /// Speak HTTPS with this certificate (PEM) and those between it and its authority
    #[arg(long, value_name = "FILE", requires = "tls_key", conflicts_with = "https")]
    pub tls_certificate: Option<PathBuf>,
    /// The private key (PEM) of --tls-certificate
    #[arg(long, value_name = "FILE", requires = "tls_certificate")]
    pub tls_key: Option<PathBuf>,
    /// A certificate (PEM) the tenant accepts; may be given again. Without one, a key and a certificate are made
    #[arg(long, value_name = "FILE")]
    pub certificate: Vec<PathBuf>,
    /// Where a made key and certificate are written
    #[arg(long, value_name = "DIR", default_value = ".", conflicts_with = "certificate")]
    pub identity: PathBuf,
    /// The tenant's id
    #[arg(long, value_name = "GUID", default_value_t = Tenant::default().tenant_id)]
    pub tenant_id: Uuid,
    /// The application's client id
    #[arg(long, value_name = "GUID", default_value_t = Tenant::default().client_id)]
    pub client_id: Uuid,
    /// How many licences there are of each kind
    #[arg(long, value_name = "N")]
    pub seats: Option<u32>,
    /// A property of users that POST /users refuses and PATCH takes, as some tenants do; may be given again
    #[arg(long, value_name = "PROPERTY")]
    pub refuse_at_creation: Vec<String>,
    /// A permission that is consented to besides those for accounts, such as Mail.Send or SMTP.SendAsApp; may be given
    /// again
    #[arg(long, value_name = "NAME")]
    pub grant: Vec<String>,
    /// A role in Exchange for the shared mailboxes, such as "Application Mail.Send" or "Application SMTP.SendAsApp"; may
    /// be given again
    #[arg(long, value_name = "NAME")]
    pub exchange_role: Vec<String>,
    /// The address of a shared mailbox besides accounts@example.edu, bounces@example.edu and
    /// accounts@students.example.edu; may be given again
    #[arg(long, value_name = "ADDRESS")]
    pub mailbox: Vec<String>,
    /// Take mails by SMTP only after a login with a token (XOAUTH2)
    #[arg(long)]
    pub require_xoauth2: bool,
    /// Refuse a client assertion that was presented before; Entra accepts it
    #[arg(long)]
    pub refuse_assertion_reuse: bool,
    /// Let the application delete users for good, which Graph's documentation reserves to persons
    #[arg(long)]
    pub allow_permanent_deletion: bool,
    /// Take any number of mails by Graph, not 30 a minute and 4 at once from each mailbox
    #[arg(long)]
    pub no_mailbox_limits: bool,
}

/// Arguments of `doctor`.
#[derive(Debug, clap::Args)]
pub struct DoctorArgs {
    /// Also send a mail to this address
    #[arg(long, value_name = "ADDRESS", value_parser = parse_email)]
    pub send_to: Option<Email>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Subcommands of `cert`.
#[derive(Debug, Subcommand)]
pub enum CertCommand {
    /// Write a new key (key.pem) and a self-signed certificate of it (certificate.pem)
    New {
        /// Into this folder
        #[arg(long, value_name = "DIR", default_value = ".")]
        dir: PathBuf,
        /// Whom the certificate names
        #[arg(long, default_value = "accountcreator")]
        name: String,
        /// For how many days it holds
        #[arg(long, value_name = "N", default_value_t = 730, value_parser = clap::value_parser!(u32).range(1..=3650))]
        days: u32,
    },
    /// Show thumbprints and dates, and whether key and certificate belong together
    Show {
        /// Of this certificate instead of the configured ones
        #[arg(long, value_name = "FILE", requires = "key")]
        certificate: Option<PathBuf>,
        /// With this key
        #[arg(long, value_name = "FILE", requires = "certificate")]
        key: Option<PathBuf>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Write a new pair beside the configured one, and say how to change over without a gap
    Rotate {
        /// Of this tenant, by its alias
        #[arg(long, value_name = "ALIAS")]
        tenant: Option<TenantAlias>,
        /// For how many days the new certificate holds
        #[arg(long, value_name = "N", default_value_t = 730, value_parser = clap::value_parser!(u32).range(1..=3650))]
        days: u32,
    },
}

/// Subcommands of `config`.
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Report every fault at once
    Check,
    /// Show the settings in force, secrets masked
    Show,
    /// Print what every key is, takes and defaults to, and its variable (Markdown)
    Reference,
}

/// Subcommands of `profiles`.
#[derive(Debug, Subcommand)]
pub enum ProfilesCommand {
    /// Say which profile admits an address and what its account would get
    Test {
        /// The address
        #[arg(value_parser = parse_email)]
        email: Email,
        /// Given name of the example
        #[arg(long, default_value = "Maxi")]
        first_name: String,
        /// Family name of the example
        #[arg(long, default_value = "Muster")]
        last_name: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

/// Subcommands of `texts`.
#[derive(Debug, Subcommand)]
pub enum TextsCommand {
    /// Report every fault of the folder texts.dir at once, and what it leaves untranslated
    Check {
        /// Check this folder instead of the configured one
        #[arg(long, value_name = "DIR")]
        dir: Option<PathBuf>,
    },
    /// Print every text as it is in force, in the form in which a file may change it
    List {
        /// In this language
        #[arg(long, value_name = "TAG", default_value = "en")]
        lang: Locale,
        /// With this folder instead of the configured one
        #[arg(long, value_name = "DIR")]
        dir: Option<PathBuf>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

/// Subcommands of `signups`.
#[derive(Debug, Subcommand)]
pub enum SignupsCommand {
    /// List signups, the newest first
    List(ListArgs),
    /// Show one signup with its steps and events
    Show {
        /// Its id, the email address, or the reference of one of its mails
        #[arg(value_name = "ID|EMAIL|REFERENCE")]
        signup: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Try signups that need attention again, by the configuration in force
    Retry {
        /// Their ids, the email addresses, or references of their mails
        #[arg(value_name = "ID|EMAIL|REFERENCE", required_unless_present = "all", conflicts_with = "all", value_parser = signup_key)]
        signups: Vec<String>,
        /// All that need attention
        #[arg(long)]
        all: bool,
        /// Record this reason: `signups show` prints it, an erasure removes it
        #[arg(long, value_name = "TEXT")]
        reason: Option<Reason>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Mark a mail that came back: the person's page says so and offers another
    Undelivered {
        /// The reference of the mail: the last line of its text, or its header X-Accountcreator-Reference
        reference: MailReference,
        /// Record this reason: `signups show` prints it, an erasure removes it
        #[arg(long, value_name = "TEXT")]
        reason: Option<Reason>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Take no new signups, by the form or the API, until `signups open`
    Close,
    /// Take new signups again
    Open,
    /// Say whether new signups are taken
    Status {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Erase a person: remove all personal data of the requests of one address
    Erase(EraseArgs),
}

/// Arguments of `signups list`.
#[derive(Debug, clap::Args)]
pub struct ListArgs {
    /// Only those in this stage
    #[arg(long, value_parser = parse_stage)]
    pub stage: Option<Stage>,
    /// Without the addresses that were taken over by `import`
    #[arg(long)]
    pub without_imported: bool,
    /// At most so many; standard error says if there are more
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub limit: u32,
    /// Only those after this one, the last of the list before
    #[arg(long, value_name = "ID")]
    pub after: Option<SignupId>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

fn parse_email(text: &str) -> Result<Email, String> {
    Email::parse(text).map_err(|error| error.to_string())
}

fn parse_stage(text: &str) -> Result<Stage, String> {
    let known = || Stage::ALL.iter().map(|stage| stage.as_str()).collect::<Vec<_>>().join(", ");
    text.parse().map_err(|_| format!("the stages are {}", known()))
}

/// Checks that a text is the id, the address or a mail's reference of a signup.
fn signup_key(text: &str) -> Result<String, String> {
    let names_one = text.parse::<SignupId>().is_ok()
        || text.parse::<MailReference>().is_ok()
        || Email::from_stored(text).is_ok();
    if names_one {
        return Ok(text.to_owned());
    }
    Err("is no id, no email address and no reference of a mail; `signups list` shows the ids".to_owned())
}
