//! Pages for people: the tenant at a glance, the inbox, a mail.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{Html, IntoResponse as _, Response};

use super::previews;
use crate::sandbox::clock::entra_time;
use crate::sandbox::directory::{Directory, Group, GroupState, SkuState, User};
use crate::sandbox::lock;
use crate::sandbox::log::{Ending, RequestRecord};
use crate::sandbox::smtp::Mail;
use crate::sandbox::world::World;

/// The largest number of rows of each list on a page.
const ROWS: usize = 25;

/// A mail's own HTML may show itself and nothing else: no scripts, no forms, no requests.
pub(super) const MAIL_POLICY: &str =
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'";

const STYLE: &str = include_str!("../../../templates/sandbox/style.css");

#[derive(Template)]
#[template(path = "sandbox/overview.html")]
struct Overview {
    tenant: Named,
    users: Vec<UserRow>,
    user_count: usize,
    deleted_count: usize,
    groups: Vec<GroupState>,
    skus: Vec<SkuState>,
    requests: Vec<RequestRow>,
    request_count: u64,
    mail_count: usize,
    has_previews: bool,
    faults: String,
}

struct Named {
    name: String,
    id: String,
    client: String,
    domains: String,
    granted: String,
    roles: String,
    mailboxes: String,
}

struct UserRow {
    name: String,
    display_name: String,
    licenses: String,
    groups: String,
    created: String,
}

struct RequestRow {
    at: String,
    connection: u64,
    line: String,
    operation: &'static str,
    items: String,
    outcome: String,
}

#[derive(Template)]
#[template(path = "sandbox/inbox.html")]
struct InboxPage {
    mails: Vec<MailRow>,
    count: usize,
}

struct MailRow {
    number: u64,
    at: String,
    recipient: String,
    subject: String,
    way: &'static str,
}

#[derive(Template)]
#[template(path = "sandbox/mail.html")]
struct MailPage<'a> {
    mail: &'a Mail,
    at: String,
    recipients: String,
}

/// `GET /sandbox/`
pub(super) async fn overview(State(world): State<Arc<World>>) -> Response {
    let (requests, request_count) = world.log.latest(ROWS);
    let faults = lock(&world.faults).clone();
    let tenant = &world.tenant;
    let directory = lock(&world.directory);
    let (user_count, deleted_count) = directory.counts();
    let page = Overview {
        tenant: Named {
            name: tenant.display_name.clone(),
            id: tenant.tenant_id.to_string(),
            client: tenant.client_id.to_string(),
            domains: tenant.domains.join(", "),
            granted: directory.granted(tenant).join(", "),
            roles: directory.exchange_roles.join(", "),
            mailboxes: tenant.mailboxes.join(", "),
        },
        users: directory.newest(ROWS).into_iter().map(|user| row(&directory, user)).collect(),
        user_count,
        deleted_count,
        groups: directory.group_states(),
        skus: directory.sku_states(),
        requests: requests.iter().map(request_row).collect(),
        request_count,
        mail_count: world.inbox.latest(0).1,
        has_previews: previews::has_some(&world),
        faults: serde_json::to_string_pretty(&faults).unwrap_or_default(),
    };
    drop(directory);
    html(&page)
}

fn row(directory: &Directory, user: &User) -> UserRow {
    let skus = directory.skus.iter().filter(|s| user.licenses.iter().any(|l| l.sku == s.id));
    let groups = directory.groups.iter().filter(|group| user.groups.contains(&group.id));
    UserRow {
        name: user.name().to_owned(),
        display_name: user.text("displayName").unwrap_or_default().to_owned(),
        licenses: skus.map(|sku| sku.part_number.as_str()).collect::<Vec<_>>().join(", "),
        groups: groups.map(Group::name).collect::<Vec<_>>().join(", "),
        created: entra_time(user.created_ms),
    }
}

fn request_row(record: &RequestRecord) -> RequestRow {
    let items: Vec<String> = record
        .items
        .iter()
        .map(|item| match item.status {
            Some(status) => format!("{} {status}", item.operation.name()),
            None => item.operation.name().to_owned(),
        })
        .collect();
    let ending = match record.ending {
        Ending::Pending => "pending",
        Ending::Answered => "",
        Ending::Reset => "reset",
        Ending::Hung => "hangs",
        Ending::HalfBody => "half an answer",
        Ending::Garbage => "garbage",
    };
    let status = record.status.map(|status| status.to_string()).unwrap_or_default();
    RequestRow {
        at: entra_time(record.at_ms),
        connection: record.connection,
        line: format!("{} {}", record.method, record.path),
        operation: record.operation.name(),
        items: items.join(", "),
        outcome: format!("{status} {ending}").trim().to_owned(),
    }
}

/// `GET /sandbox/inbox`
pub(super) async fn inbox(State(world): State<Arc<World>>) -> Response {
    let (mails, count) = world.inbox.latest(ROWS);
    let mails = mails.iter().map(|mail| MailRow {
        number: mail.number,
        at: entra_time(mail.at_ms),
        recipient: mail.recipient.clone(),
        subject: subject(mail),
        way: mail.way.label(),
    });
    html(&InboxPage { mails: mails.collect(), count })
}

fn subject(mail: &Mail) -> String {
    if mail.subject.is_empty() { "(no subject)".to_owned() } else { mail.subject.clone() }
}

/// `GET /sandbox/inbox/{number}`
pub(super) async fn mail(State(world): State<Arc<World>>, Path(number): Path<u64>) -> Response {
    let Some(mail) = world.inbox.get(number) else {
        return gone();
    };
    html(&MailPage { at: entra_time(mail.at_ms), recipients: mail.recipients.join(", "), mail: &mail })
}

/// `GET /sandbox/inbox/{number}/html`: for the frame on the mail's page.
pub(super) async fn mail_html(State(world): State<Arc<World>>, Path(number): Path<u64>) -> Response {
    let Some(content) = world.inbox.get(number).and_then(|mail| mail.html.clone()) else {
        return gone();
    };
    ([(CONTENT_SECURITY_POLICY, MAIL_POLICY)], Html(content)).into_response()
}

/// `GET /sandbox/inbox/{number}/raw`
pub(super) async fn mail_raw(State(world): State<Arc<World>>, Path(number): Path<u64>) -> Response {
    match world.inbox.get(number) {
        Some(mail) => mail.raw.clone().into_response(),
        None => gone(),
    }
}

fn gone() -> Response {
    (StatusCode::NOT_FOUND, "There is no such mail in the inbox.").into_response()
}

/// `GET /sandbox/style.css`
pub(super) async fn style() -> Response {
    let headers = [(CONTENT_TYPE, "text/css; charset=utf-8"), (CACHE_CONTROL, "max-age=300")];
    (headers, STYLE).into_response()
}

pub(super) fn html(page: &impl Template) -> Response {
    match page.render() {
        Ok(page) => Html(page).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page of the sandbox could not be rendered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
