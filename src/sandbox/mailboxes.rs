//! Mailboxes of the tenant: which exist, who may send from them, and how much.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};

use super::directory::Key;
use super::lock;
use super::world::World;

/// The span in which messages are counted.
const MINUTE_MS: i64 = 60_000;

/// The limits of one application that sends from one mailbox by Graph. The default is what Microsoft documents.
///
/// <https://learn.microsoft.com/graph/throttling-limits#outlook-service-limits>
/// <https://learn.microsoft.com/office365/servicedescriptions/exchange-online-service-description/exchange-online-limits#sending-limits-1>
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MailboxLimits {
    /// Messages in any minute.
    pub messages_per_minute: usize,
    /// Requests at the same time.
    pub requests_at_once: usize,
}

impl Default for MailboxLimits {
    fn default() -> Self {
        Self { messages_per_minute: 30, requests_at_once: 4 }
    }
}

/// A protocol by which an application sends, with the rights that allow it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Protocol {
    Graph,
    Smtp,
}

impl Protocol {
    /// The permission that is consented to in Entra and holds for every mailbox.
    fn permission(self) -> &'static str {
        match self {
            Self::Graph => "Mail.Send",
            Self::Smtp => "SMTP.SendAsApp",
        }
    }

    /// The role that is assigned in Exchange and holds for the mailboxes of its scope.
    fn role(self) -> &'static str {
        match self {
            Self::Graph => "Application Mail.Send",
            Self::Smtp => "Application SMTP.SendAsApp",
        }
    }
}

/// The reason that there is no mailbox to send from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoMailbox {
    /// No user and no shared mailbox has this name.
    UnknownUser,
    /// The user has no licence, and so no mailbox.
    NoLicense,
}

/// The address of the mailbox that a path or a login names: a shared mailbox, or a user who has a licence.
pub(super) fn find(world: &World, key: &str) -> Result<String, NoMailbox> {
    if is_shared(world, key) {
        return Ok(key.to_ascii_lowercase());
    }
    let directory = lock(&world.directory);
    let user = directory.user(&Key::parse(key), world.clock.now_ms()).ok_or(NoMailbox::UnknownUser)?;
    if user.licenses.is_empty() {
        return Err(NoMailbox::NoLicense);
    }
    Ok(user.mail_key().unwrap_or_else(|| user.name_key()))
}

fn is_shared(world: &World, address: &str) -> bool {
    world.tenant.mailboxes.iter().any(|mailbox| mailbox.eq_ignore_ascii_case(address))
}

/// Returns whether mail from this address may leave a mailbox. The shared mailboxes may send as each other.
pub(super) fn may_send_as(world: &World, mailbox: &str, from: &str) -> bool {
    mailbox.eq_ignore_ascii_case(from) || (is_shared(world, mailbox) && is_shared(world, from))
}

/// Returns whether an application with these permissions may send from a mailbox. The scope of the roles in Exchange is
/// the shared mailboxes.
pub(super) fn may_use(world: &World, permissions: &[String], protocol: Protocol, mailbox: &str) -> bool {
    let has = |names: &[String], name: &str| names.iter().any(|given| given == name);
    has(permissions, protocol.permission())
        || (is_shared(world, mailbox) && has(&lock(&world.directory).exchange_roles, protocol.role()))
}

/// A limit that a request exceeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Over {
    /// Too many requests at the same time.
    Concurrency,
    /// Too many messages in a minute; seconds until the next one may be sent.
    Rate(u32),
}

/// The used part of the limits of all mailboxes.
#[derive(Clone, Debug, Default)]
pub(super) struct Usage(Arc<Mutex<HashMap<String, Used>>>);

#[derive(Debug, Default)]
struct Used {
    requests: usize,
    /// The times at which the messages of the last minute were accepted.
    accepted_ms: VecDeque<i64>,
}

/// A request under way. It counts until it is dropped.
#[derive(Debug)]
pub(super) struct UnderWay {
    usage: Usage,
    mailbox: String,
    /// The number of requests that were under way when it came, itself included.
    pub at_once: usize,
}

impl Usage {
    /// Counts a request to a mailbox, as the path names it.
    pub fn enter(&self, mailbox: &str) -> UnderWay {
        let mailbox = mailbox.to_ascii_lowercase();
        let mut used = lock(&self.0);
        let entry = used.entry(mailbox.clone()).or_default();
        entry.requests += 1;
        let at_once = entry.requests;
        drop(used);
        UnderWay { usage: self.clone(), mailbox, at_once }
    }

    /// The limit that one more message exceeds, if any.
    pub fn over(&self, limits: MailboxLimits, mailbox: &str, at_once: usize, now_ms: i64) -> Option<Over> {
        if at_once > limits.requests_at_once {
            return Some(Over::Concurrency);
        }
        let mut used = lock(&self.0);
        let accepted = &mut used.entry(mailbox.to_owned()).or_default().accepted_ms;
        while accepted.front().is_some_and(|at| now_ms - at >= MINUTE_MS) {
            accepted.pop_front();
        }
        let full = accepted.len() >= limits.messages_per_minute;
        let first = accepted.front().copied().unwrap_or(now_ms);
        full.then(|| Over::Rate(u32::try_from((first + MINUTE_MS - now_ms + 999) / 1000).unwrap_or(60)))
    }

    /// Counts a message that was accepted.
    pub fn accepted(&self, mailbox: &str, now_ms: i64) {
        lock(&self.0).entry(mailbox.to_owned()).or_default().accepted_ms.push_back(now_ms);
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        if let Some(used) = lock(&self.usage.0).get_mut(&self.mailbox) {
            used.requests -= 1;
        }
    }
}
