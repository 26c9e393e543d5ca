//! `accountcreator signups erase`

use std::process::ExitCode;

use serde::Serialize;

use super::{
    configured::operator,
    say::{say, say_aside, say_on},
    table,
};
use crate::{
    app::{self, Parts},
    config::Config,
    domain::{Email, SignupId, Timestamp},
    signup::{Account, EraseOrder, Eraser, Erasure, Existence, Found, Subject},
    store::{Signup, Store},
};

/// Arguments of `signups erase`.
#[derive(Debug, clap::Args)]
pub struct EraseArgs {
    /// The id of a request, or the email address
    #[arg(value_name = "ID|EMAIL", value_parser = parse_subject)]
    pub subject: Subject,
    /// Do it; without this flag the command only says what would happen
    #[arg(long)]
    pub yes: bool,
    /// Leave no tombstone, and remove an earlier one: the person may get another account
    #[arg(long)]
    pub allow_again: bool,
    /// Go on where the tenant cannot be asked for an account that may have been created
    #[arg(long)]
    pub without_tenant: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// The whole answer, as programs read it.
#[derive(Serialize)]
struct Report {
    erased: bool,
    requests: Vec<RequestRow>,
    accounts: Vec<AccountRow>,
    tombstone: Option<TombstoneRow>,
    /// Tombstones that were there before and are removed.
    tombstones_removed: u64,
    /// True if nothing is left in the database file and its log; absent on PostgreSQL and before the erasure.
    #[serde(skip_serializing_if = "Option::is_none")]
    scrubbed: Option<bool>,
    stays: Vec<String>,
}

#[derive(Serialize)]
struct RequestRow {
    id: String,
    stage: &'static str,
    email: Option<String>,
    principal_name: Option<String>,
    kind: &'static str,
}

#[derive(Serialize)]
struct AccountRow {
    request: String,
    tenant: String,
    principal_name: Option<String>,
    object_id: Option<String>,
    existence: &'static str,
}

#[derive(Serialize)]
struct TombstoneRow {
    until: Option<String>,
}

/// An id, or an email address.
fn parse_subject(text: &str) -> Result<Subject, String> {
    if let Ok(id) = text.parse::<SignupId>() {
        return Ok(Subject::Signup(id));
    }
    // Also an address that is not taken any more may have been stored.
    Email::from_stored(text)
        .map(Subject::Address)
        .map_err(|error| format!("it is neither the id of a request nor an address: {error}"))
}

pub(super) async fn run(config: &Config, store: Store, args: &EraseArgs) -> anyhow::Result<ExitCode> {
    let parts = Parts::system();
    let store = app::with_tombstones(store, config, &parts).await?;
    let eraser = app::eraser(config, store, &parts);
    let order = EraseOrder {
        subject: args.subject.clone(),
        allow_again: args.allow_again,
        without_tenant: args.without_tenant,
    };
    let found = if args.yes { eraser.erase(&order, &operator()).await } else { eraser.look(&order).await };
    let mut report = match found? {
        Found::Requests(erasure) => Report::of(&erasure, config, args, parts.clock.now()),
        Found::Erased { tombstone } => erased_before(&eraser, args, tombstone).await?,
    };
    if report.erased && is_sqlite(config) {
        report.scrubbed = Some(scrub(&eraser).await);
    }
    if args.json {
        say!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        report.print(args);
    }
    if report.scrubbed == Some(false) {
        say_aside!(
            "remains of what was erased are still in the database's log, which is being read; \
             `accountcreator prune` clears it, and the service does so daily"
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// The erasure holds even if the file cannot be cleared of the data at once.
async fn scrub(eraser: &Eraser) -> bool {
    match eraser.scrub().await {
        Ok(is_clear) => is_clear,
        Err(error) => {
            say_aside!("the database file cannot be cleared: {error}");
            false
        }
    }
}

/// Nothing is left to erase; an earlier tombstone may be removed.
async fn erased_before(
    eraser: &Eraser,
    args: &EraseArgs,
    tombstone: Option<Timestamp>,
) -> anyhow::Result<Report> {
    let mut removed = 0;
    if let (Subject::Address(email), true, true) = (&args.subject, args.allow_again, args.yes) {
        removed = eraser.allow_again(email, &operator()).await?;
    }
    let mut stays = Vec::new();
    if let Some(since) = tombstone.filter(|_| removed == 0) {
        let lift = if args.allow_again { "--yes" } else { "--allow-again --yes" };
        stays.push(format!(
            "the tombstone of {since}: no account follows for this address; {lift} removes the tombstone"
        ));
    }
    Ok(Report {
        erased: false,
        requests: Vec::new(),
        accounts: Vec::new(),
        tombstone: None,
        tombstones_removed: removed,
        scrubbed: None,
        stays,
    })
}

impl Report {
    fn of(erasure: &Erasure, config: &Config, args: &EraseArgs, now: Timestamp) -> Self {
        let keep = config.privacy.keep_tombstones;
        let until = keep.map(|keep| now.plus(keep).to_string());
        let mut stays: Vec<String> = erasure.accounts.iter().map(stays_in_tenant).collect();
        stays.push(match (erasure.leaves_tombstone, keep) {
            (true, Some(keep)) => format!(
                "a tombstone for {}: a keyed hash of the address, so that no second account follows; \
                 --allow-again leaves none",
                table::duration(keep)
            ),
            (true, None) => "a tombstone for good: a keyed hash of the address, so that no second account \
                             follows; --allow-again leaves none"
                .to_owned(),
            (false, _) if args.allow_again => "no tombstone: the person can sign up again".to_owned(),
            (false, _) => "no tombstone: no account was created, and the person can sign up again".to_owned(),
        });
        stays.push(
            "of each request its id, times, language, profile and tenant, which events it had, and who ran \
             the erasure: nothing of it names the person"
                .to_owned(),
        );
        stays.push(
            "backups made before: delete them, or erase again after you restore one; and mails that were \
             sent, with the mail server's logs of them"
                .to_owned(),
        );
        stays.push(if is_sqlite(config) {
            "snapshots of the disk".to_owned()
        } else {
            "in PostgreSQL dead rows and statistics, until the owner of the database runs `VACUUM (FULL, ANALYZE) \
             signup, account, operation, step, event, idempotency_key` and `VACUUM FULL pg_statistic`; and the \
             write-ahead log and its archive, for as long as you keep them"
                .to_owned()
        });
        Self {
            erased: args.yes,
            requests: erasure.signups.iter().map(RequestRow::of).collect(),
            accounts: erasure.accounts.iter().map(AccountRow::of).collect(),
            tombstone: erasure.leaves_tombstone.then_some(TombstoneRow { until }),
            tombstones_removed: 0,
            scrubbed: None,
            stays,
        }
    }

    fn print(&self, args: &EraseArgs) {
        if self.requests.is_empty() {
            match self.tombstones_removed {
                0 => say!("it is erased already"),
                count => say!("it is erased already; tombstones removed: {count}"),
            }
        } else {
            say!("{} the personal data of:", if args.yes { "erased" } else { "would erase" });
            let head = ["ID", "REQUEST", "STAGE", "EMAIL", "PRINCIPAL NAME"];
            let cells: Vec<_> = self.requests.iter().map(RequestRow::cells).collect();
            say_on!("{}", table::render(&head, &cells));
        }
        if !self.stays.is_empty() {
            say!("what stays:");
        }
        self.stays.iter().for_each(|line| say!("- {line}"));
        if !args.yes && !self.requests.is_empty() {
            say!("nothing was erased; --yes erases");
        }
    }
}

impl RequestRow {
    fn of(signup: &Signup) -> Self {
        let name = signup.username.as_ref().map(|username| format!("{username}@{}", signup.domain));
        Self {
            id: signup.id.to_string(),
            stage: signup.stage.as_str(),
            email: signup.email.as_ref().map(|email| email.as_str().to_owned()),
            principal_name: name,
            kind: kind(signup),
        }
    }

    fn cells(&self) -> Vec<String> {
        let or_dash = |text: Option<&String>| text.cloned().unwrap_or_else(|| "-".to_owned());
        vec![
            self.id.clone(),
            self.kind.to_owned(),
            self.stage.to_owned(),
            or_dash(self.email.as_ref()),
            or_dash(self.principal_name.as_ref()),
        ]
    }
}

/// The kind of a request among those of its address.
fn kind(signup: &Signup) -> &'static str {
    use crate::domain::Stage;
    match signup.stage {
        _ if signup.is_imported() => "imported",
        _ if signup.is_further => "further",
        _ if signup.declined_at.is_some() => "declined",
        Stage::AwaitingConfirmation => "unconfirmed",
        _ => "first",
    }
}

impl AccountRow {
    fn of(account: &Account) -> Self {
        let (object_id, existence) = match account.existence {
            Existence::Created(user) => (Some(user.to_string()), "created"),
            Existence::Imported => (None, "imported"),
            Existence::NotFound => (None, "not_found"),
            Existence::NotAsked => (None, "not_asked"),
        };
        Self {
            request: account.signup.to_string(),
            tenant: account.tenant.to_string(),
            principal_name: account.principal.as_ref().map(|name| name.as_str().to_owned()),
            object_id,
            existence,
        }
    }
}

fn stays_in_tenant(account: &Account) -> String {
    let name = account
        .principal
        .as_ref()
        .map_or_else(|| "without a known name".to_owned(), |name| name.as_str().to_owned());
    let tenant = &account.tenant;
    match account.existence {
        Existence::Created(user) => {
            format!("the account {name} in the tenant `{tenant}`, object id {user}: end it there")
        }
        Existence::Imported => {
            "the account that MS365-Accountcreator created; its name is not known here".to_owned()
        }
        Existence::NotFound => format!(
            "no account of this person was found under {name} in the tenant `{tenant}`; if the last try was \
             some minutes ago, look again: a new user may not be visible yet"
        ),
        Existence::NotAsked => format!(
            "perhaps an account {name} in the tenant `{tenant}`, which was not asked: look for it there"
        ),
    }
}

fn is_sqlite(config: &Config) -> bool {
    config.database.file().is_some()
}
