//! `accountcreator signups list|show|retry|undelivered|close|open|status|erase`

use std::{path::Path, process::ExitCode};

use anyhow::Context;
use lettre::message::Mailbox;
use serde::Serialize;

use super::{
    args::{ListArgs, SignupsCommand},
    configured::{self, operator},
    erase, logging,
    say::{say, say_aside, say_on},
    switch, table,
};
use crate::{
    app::{self, Parts},
    config::Config,
    domain::{
        Attention, Clock, Email, MailReference, Reason, RequestedBy, Requester, SignupId, Stage, Waiting,
    },
    graph, mail,
    signup::{self, Kept, Marked, Retrier},
    store::{After, Event, Filter, Operation, Retried, SentMail, Signup, Step, Store},
};

/// The number of signups that are read, or tried again by `retry --all`, at a time.
const BATCH: u32 = 1000;

/// A signup as admins see it: no password, no name.
#[derive(Serialize)]
struct Row {
    id: String,
    stage: &'static str,
    reason: Option<&'static str>,
    remedy: Option<&'static str>,
    last_error: Option<String>,
    email: Option<String>,
    principal_name: Option<String>,
    profile: String,
    tenant: String,
    duplicate_of: Option<String>,
    attempts: u32,
    created_at: String,
    updated_at: String,
    next_try_at: Option<String>,
    /// The time since which the last mail is known to have come back.
    undelivered_at: Option<String>,
}

#[derive(Serialize)]
struct Detail {
    #[serde(flatten)]
    row: Row,
    mails: Vec<MailRow>,
    operations: Vec<OperationRow>,
    steps: Vec<StepRow>,
    events: Vec<EventRow>,
}

#[derive(Serialize)]
struct OperationRow {
    kind: &'static str,
    /// The first requester.
    requester: Requester,
    /// The reason that was given last.
    reason: Option<String>,
}

#[derive(Serialize)]
struct StepRow {
    kind: &'static str,
    target: String,
    state: &'static str,
    attempts: u32,
    error: Option<String>,
    started_at: String,
    finished_at: Option<String>,
}

#[derive(Serialize)]
struct MailRow {
    reference: String,
    message_id: String,
    sent_at: Option<String>,
}

#[derive(Serialize)]
struct EventRow {
    at: String,
    kind: String,
    detail: String,
    /// The requester, or the worker; absent for events that version 0.1.0 wrote.
    requester: Option<Requester>,
    reason: Option<String>,
}

/// The outcome of one retry.
#[derive(Serialize)]
struct Tried {
    id: String,
    outcome: &'static str,
    /// The values that the configuration in force has changed.
    changes: Vec<Change>,
    /// The reason why it keeps values that differ from the configuration.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'static str>,
}

/// A value of a signup before and after a retry.
#[derive(Serialize)]
struct Change {
    what: &'static str,
    from: String,
    to: String,
}

impl Change {
    fn between(before: &Signup, after: &Signup) -> Vec<Self> {
        let name = |signup: &Signup| signup.username.as_ref().map_or_else(String::new, ToString::to_string);
        let values = [
            ("profile", before.profile.to_string(), after.profile.to_string()),
            ("tenant", before.tenant.to_string(), after.tenant.to_string()),
            ("domain", before.domain.to_string(), after.domain.to_string()),
            ("username", name(before), name(after)),
        ];
        let changed = values.into_iter().filter(|(_, from, to)| from != to);
        changed.map(|(what, from, to)| Self { what, from, to }).collect()
    }
}

impl Tried {
    fn cells(&self) -> Vec<String> {
        let changes: Vec<String> = self
            .changes
            .iter()
            .map(|change| format!("{} {} -> {}", change.what, change.from, change.to))
            .collect();
        let note = self.note.unwrap_or("-").to_owned();
        let changes = if changes.is_empty() { note } else { changes.join(", ") };
        vec![self.id.clone(), self.outcome.to_owned(), changes]
    }
}

pub(super) async fn run(file: Option<&Path>, command: &SignupsCommand) -> anyhow::Result<ExitCode> {
    let config = configured::load(file)?;
    let store = configured::open_store(&config).await?;
    let code = match command {
        SignupsCommand::List(args) => list(&store, args).await,
        SignupsCommand::Show { signup, json } => show(&config, &store, signup, *json).await,
        SignupsCommand::Retry { signups, all, reason, json } => {
            logging::start_audit(&config.log)?;
            let by = RequestedBy { requester: &operator(), reason: reason.as_ref() };
            let wanted = if *all { stuck(&store).await? } else { signups.clone() };
            retry(&config, &store, &wanted, by, *json).await
        }
        SignupsCommand::Undelivered { reference, reason, json } => {
            logging::start_audit(&config.log)?;
            let by = RequestedBy { requester: &operator(), reason: reason.as_ref() };
            undelivered(&store, reference, by, *json).await
        }
        SignupsCommand::Close => {
            logging::start_audit(&config.log)?;
            switch::close(&store).await
        }
        SignupsCommand::Open => {
            logging::start_audit(&config.log)?;
            switch::open(&store).await
        }
        SignupsCommand::Status { json } => switch::status(&store, *json).await,
        SignupsCommand::Erase(args) => {
            logging::start_audit(&config.log)?;
            erase::run(&config, store.clone(), args).await
        }
    };
    store.close().await;
    code
}

async fn list(store: &Store, args: &ListArgs) -> anyhow::Result<ExitCode> {
    let (signups, is_cut) = listed(store, args).await?;
    let rows: Vec<Row> = signups.iter().map(Row::of).collect();
    if args.json {
        say!("{}", serde_json::to_string_pretty(&rows)?);
    } else if rows.is_empty() {
        say!("no signups");
    } else {
        let head = ["ID", "STAGE", "REASON", "PROFILE", "EMAIL", "PRINCIPAL NAME", "CREATED"];
        say_on!("{}", table::render(&head, &rows.iter().map(Row::cells).collect::<Vec<_>>()));
    }
    if let Some(last) = rows.last().filter(|_| is_cut) {
        say_aside!("there are more: `--after {}` goes on, and `--limit` takes up to 10000", last.id);
    }
    Ok(ExitCode::SUCCESS)
}

/// The requested number of signups, and whether there are more.
async fn listed(store: &Store, args: &ListArgs) -> anyhow::Result<(Vec<Signup>, bool)> {
    let mut after = match args.after {
        Some(id) => {
            let last = store.signup(id).await?;
            Some(After::from(&last.with_context(|| format!("there is no signup {id} to go on after"))?))
        }
        None => None,
    };
    let (most, page) = (args.limit as usize, BATCH.min(args.limit + 1));
    let mut found = Vec::new();
    loop {
        let some = store.list(&Filter { stage: args.stage, limit: page, after }).await?;
        let is_last = some.len() < page as usize;
        after = some.last().map(After::from);
        found.extend(some.into_iter().filter(|signup| !(args.without_imported && signup.is_imported())));
        if is_last || found.len() > most {
            let is_cut = found.len() > most;
            found.truncate(most);
            return Ok((found, is_cut));
        }
    }
}

async fn show(config: &Config, store: &Store, wanted: &str, json: bool) -> anyhow::Result<ExitCode> {
    let Some(signup) = find(store, wanted).await? else {
        anyhow::bail!("there is no such signup; `accountcreator signups list` shows those there are");
    };
    let events = store.events(signup.id).await?;
    let mails = SentMail::all(&signup, &events);
    let detail = Detail {
        row: Row::of(&signup),
        mails: mails.iter().map(|sent| MailRow::of(sent, &config.mail.from)).collect(),
        operations: store.operations(signup.id).await?.into_iter().map(OperationRow::of).collect(),
        steps: store.steps(signup.id).await?.iter().map(StepRow::of).collect(),
        events: events.into_iter().map(EventRow::of).collect(),
    };
    if json {
        say!("{}", serde_json::to_string_pretty(&detail)?);
    } else {
        print_detail(&detail);
    }
    Ok(ExitCode::SUCCESS)
}

/// The signup with an id, with an address, or with a mail of a reference.
async fn find(store: &Store, wanted: &str) -> anyhow::Result<Option<Signup>> {
    let id = match wanted.parse::<SignupId>() {
        Ok(id) => return Ok(store.signup(id).await?),
        Err(error) => error,
    };
    if let Ok(reference) = wanted.parse::<MailReference>() {
        let mut found = signup::signups_of_mail(store, &reference).await?;
        let ids: Vec<_> = found.iter().map(|(signup, _)| signup.id.to_string()).collect();
        anyhow::ensure!(ids.len() < 2, "the reference fits several signups: {}", ids.join(", "));
        return Ok(found.pop().map(|(signup, _)| signup));
    }
    match Email::from_stored(wanted) {
        Ok(email) => Ok(store.signup_by_email(&email).await?),
        Err(_) => Err(id.into()),
    }
}

async fn undelivered(
    store: &Store,
    reference: &MailReference,
    by: RequestedBy<'_>,
    json: bool,
) -> anyhow::Result<ExitCode> {
    let now = Clock::system().now();
    let (id, since) = match signup::mark_undelivered(store, reference, by, now).await? {
        Marked::Now(id) => (id, None),
        Marked::Before(id, since) => (id, Some(since)),
    };
    if json {
        let at = since.unwrap_or(now).to_string();
        say!("{}", serde_json::json!({ "id": id.to_string(), "undelivered_at": at }));
        return Ok(ExitCode::SUCCESS);
    }
    match since {
        None => say!("marked: the page of signup {id} says that the mail came back"),
        Some(since) => say!("marked already, at {since}: signup {id}"),
    }
    Ok(ExitCode::SUCCESS)
}

async fn retry(
    config: &Config,
    store: &Store,
    wanted: &[String],
    by: RequestedBy<'_>,
    json: bool,
) -> anyhow::Result<ExitCode> {
    let retrier = app::retrier(config, store.clone(), &Parts::system());
    let (mut results, mut failed) = (Vec::new(), false);
    for wanted in wanted {
        let tried = match find(store, wanted).await? {
            Some(signup) => retry_one(&retrier, &signup, by).await?,
            None => Tried {
                id: wanted.clone(),
                outcome: "there is no such signup",
                changes: Vec::new(),
                note: None,
            },
        };
        failed |= tried.outcome != "queued";
        results.push(tried);
    }
    // Without this the servers find them within a second.
    let _ = store.notify_workers().await;
    if json {
        say!("{}", serde_json::to_string_pretty(&results)?);
    } else if results.is_empty() {
        say!("no signup needs attention");
    } else {
        let cells: Vec<_> = results.iter().map(Tried::cells).collect();
        say_on!("{}", table::render(&["ID", "OUTCOME", "CHANGES"], &cells));
    }
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Tries a signup again.
async fn retry_one(retrier: &Retrier, signup: &Signup, by: RequestedBy<'_>) -> anyhow::Result<Tried> {
    let id = signup.id;
    let (retried, kept) = retrier.retry(signup, by).await?;
    let outcome = match retried {
        Retried::Queued => "queued",
        Retried::NotStuck => "needs no attention",
        Retried::Unknown => "there is no such signup",
    };
    let after = if retried == Retried::Queued { retrier.store.signup(id).await? } else { None };
    let changes = after.iter().flat_map(|after| Change::between(signup, after)).collect();
    Ok(Tried { id: id.to_string(), outcome, changes, note: kept.map(Kept::as_str) })
}

async fn stuck(store: &Store) -> anyhow::Result<Vec<String>> {
    let filter = Filter { stage: Some(Stage::NeedsAttention), limit: BATCH, after: None };
    Ok(store.list(&filter).await?.iter().map(|signup| signup.id.to_string()).collect())
}

impl Row {
    fn of(signup: &Signup) -> Self {
        let attention = signup.attention.filter(|_| signup.stage == Stage::NeedsAttention);
        let waiting = signup.waiting.filter(|_| !signup.stage.is_settled());
        let undelivered = signup.undelivered_at.map(|_| "undelivered");
        let name = signup.username.as_ref().map(|username| format!("{username}@{}", signup.domain));
        Self {
            id: signup.id.to_string(),
            stage: signup.stage.as_str(),
            reason: attention.map(Attention::as_str).or(waiting.map(Waiting::as_str)).or(undelivered),
            remedy: remedy(attention, waiting, signup.last_error.as_deref()),
            last_error: signup.last_error.clone(),
            email: signup.email.as_ref().map(|email| email.as_str().to_owned()),
            principal_name: name,
            profile: signup.profile.to_string(),
            tenant: signup.tenant.to_string(),
            duplicate_of: signup.duplicate_of.map(|id| id.to_string()),
            attempts: signup.attempts,
            created_at: signup.created_at.to_string(),
            updated_at: signup.updated_at.to_string(),
            next_try_at: signup.due_at.map(|due| due.to_string()),
            undelivered_at: signup.undelivered_at.map(|at| at.to_string()),
        }
    }

    fn cells(&self) -> Vec<String> {
        vec![
            self.id.clone(),
            self.stage.to_owned(),
            or_dash(self.reason),
            self.profile.clone(),
            or_dash(self.email.as_deref()),
            or_dash(self.principal_name.as_deref()),
            self.created_at.clone(),
        ]
    }
}

/// The remedy for an admin: by the last error's code if that determines it, else by the reason.
fn remedy(
    attention: Option<Attention>,
    waiting: Option<Waiting>,
    last_error: Option<&str>,
) -> Option<&'static str> {
    let by_reason = attention.map(Attention::remedy).or(waiting.and_then(Waiting::remedy));
    let of_tenant = last_error.filter(|_| by_reason.is_some()).and_then(graph::remedy_for);
    let of_mail = last_error.filter(|_| attention.is_some() || waiting.is_some()).and_then(mail::remedy_for);
    of_tenant.or(of_mail).or(by_reason)
}

impl StepRow {
    fn of(step: &Step) -> Self {
        Self {
            kind: step.kind.as_str(),
            target: step.target.clone(),
            state: step.state.as_str(),
            attempts: step.attempts,
            error: step.error.clone(),
            started_at: step.started_at.to_string(),
            finished_at: step.finished_at.map(|at| at.to_string()),
        }
    }
}

impl MailRow {
    fn of(sent: &SentMail, from: &Mailbox) -> Self {
        Self {
            reference: sent.mail.reference().to_string(),
            message_id: mail::message_id(&sent.mail.message_id(), from),
            sent_at: sent.sent_at.map(|at| at.to_string()),
        }
    }

    fn cells(&self) -> Vec<String> {
        let sent = self.sent_at.clone().unwrap_or_else(|| "-".to_owned());
        vec![self.reference.clone(), sent, self.message_id.clone()]
    }
}

impl OperationRow {
    fn of(Operation { kind, requester, reason, .. }: Operation) -> Self {
        Self { kind: kind.as_str(), requester, reason: reason.as_ref().map(words) }
    }

    fn cells(&self) -> Vec<String> {
        vec![self.kind.to_owned(), self.requester.to_string(), or_dash(self.reason.as_deref())]
    }
}

impl EventRow {
    fn of(Event { at, kind, detail, requester, reason }: Event) -> Self {
        Self { at: at.to_string(), kind, detail, requester, reason: reason.as_ref().map(words) }
    }

    fn cells(&self) -> Vec<String> {
        let requester = or_dash(self.requester.as_ref().map(Requester::to_string).as_deref());
        let reason = or_dash(self.reason.as_deref());
        vec![self.at.clone(), self.kind.clone(), self.detail.clone(), requester, reason]
    }
}

fn words(reason: &Reason) -> String {
    reason.as_str().to_owned()
}

fn or_dash(text: Option<&str>) -> String {
    text.unwrap_or("-").to_owned()
}

fn print_detail(detail: &Detail) {
    let row = &detail.row;
    let line = |name: &str, value: Option<&str>| {
        if let Some(value) = value {
            say!("{name:15} {value}");
        }
    };
    line("id", Some(&row.id));
    line("stage", Some(row.stage));
    line("reason", row.reason);
    line("what to do", row.remedy);
    line("last error", row.last_error.as_deref());
    line("email", row.email.as_deref());
    line("principal name", row.principal_name.as_deref());
    line("profile", Some(&row.profile));
    line("tenant", Some(&row.tenant));
    line("duplicate of", row.duplicate_of.as_deref());
    line("created", Some(&row.created_at));
    line("changed", Some(&row.updated_at));
    line("next try", row.next_try_at.as_deref());
    line("mail came back", row.undelivered_at.as_deref());
    if !detail.mails.is_empty() {
        let mails: Vec<_> = detail.mails.iter().map(MailRow::cells).collect();
        say!("\n{}", table::render(&["MAIL", "SENT", "MESSAGE-ID"], &mails).trim_end());
    }
    if !detail.operations.is_empty() {
        let operations: Vec<_> = detail.operations.iter().map(OperationRow::cells).collect();
        say!("\n{}", table::render(&["OPERATION", "BY", "REASON"], &operations).trim_end());
    }
    let steps: Vec<Vec<String>> = detail
        .steps
        .iter()
        .map(|step| {
            vec![
                step.kind.to_owned(),
                step.target.clone(),
                step.state.to_owned(),
                step.attempts.to_string(),
                or_dash(step.error.as_deref()),
            ]
        })
        .collect();
    say!("\n{}", table::render(&["STEP", "TARGET", "STATE", "ATTEMPTS", "ERROR"], &steps));
    let events: Vec<_> = detail.events.iter().map(EventRow::cells).collect();
    say_on!("{}", table::render(&["AT", "EVENT", "DETAIL", "BY", "REASON"], &events));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_retry_has_changed_is_told_in_one_cell() {
        let change = |what, from: &str, to: &str| Change { what, from: from.to_owned(), to: to.to_owned() };
        let changes = vec![change("domain", "a.edu", "b.edu"), change("username", "max.muster", "muster.m")];
        let tried = |changes, note| Tried { id: "1".to_owned(), outcome: "queued", changes, note }.cells();
        let told = "domain a.edu -> b.edu, username max.muster -> muster.m";
        assert_eq!(tried(changes, None), ["1", "queued", told]);
        assert_eq!(tried(Vec::new(), None), ["1", "queued", "-"]);
        assert_eq!(tried(Vec::new(), Some(Kept::UserMayExist.as_str()))[2], Kept::UserMayExist.as_str());
    }
}
