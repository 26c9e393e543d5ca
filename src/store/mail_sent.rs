//! The mails that were sent to each address, over all its requests. They are counted in the database, so that
//! restarts and several processes share one count.
//!
//! A mail is known by its Message-ID: one that is sent again counts once. Each mail takes the next number of its
//! address; of two that are counted at the same moment, the constraint lets one through and the other counts again.

use super::{Store, StoreError, database::Transaction, row::Row, value::args};
use crate::domain::{AddressHash, MailKind, MailLimits, SignupId, SignupMail, Timestamp};

/// The attempts to get a number while other processes count mails to the same address.
const TRIES: u32 = 20;

/// An address and the limits on its mails.
#[derive(Debug, Clone)]
pub struct MailBudget {
    /// The address.
    pub address: AddressHash,
    /// Its limits.
    pub limits: MailLimits,
}

/// A mail that counts for its address.
#[derive(Debug, Clone)]
pub struct CountedMail {
    /// The address and its limits.
    pub budget: MailBudget,
    /// The mail's Message-ID.
    pub id: String,
}

/// The outcome of counting a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MailCount {
    /// The mail is counted and may be sent.
    Counted,
    /// A limit is reached; the next mail may be counted from this time on.
    Withheld(Timestamp),
}

pub(super) const NEWEST_MAILS: &str =
    "SELECT number, sent_at FROM mail_sent WHERE address_hash = $1 ORDER BY number DESC LIMIT $2";

impl Store {
    /// The time from which the next mail to this address may be sent; `None` when it may be sent now.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn next_mail(
        &self,
        budget: &MailBudget,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError> {
        if budget.limits.is_empty() {
            return Ok(None);
        }
        let limit = budget.limits.counted();
        let mut sent = Vec::new();
        for address in hashes(&budget.address) {
            sent.extend(times(&self.database.fetch_all(NEWEST_MAILS, &args![address, limit]).await?)?);
        }
        Ok(budget.limits.next(&newest_first(sent), now))
    }

    /// Removes the mails that were sent by then; returns their number.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn forget_mails(&self, until: Timestamp) -> Result<u64, StoreError> {
        const FORGET: &str = "DELETE FROM mail_sent WHERE sent_at <= $1";
        let mut tx = self.database.begin_long().await?;
        let forgotten = tx.execute(FORGET, &args![until]).await?;
        tx.commit().await?;
        Ok(forgotten)
    }
}

/// The Message-ID of the mail with the code of this round.
pub(super) fn code_mail(id: SignupId, round: u32) -> String {
    SignupMail { signup: id, kind: MailKind::Code, number: round }.message_id()
}

/// Counts a mail unless a limit is reached.
pub(super) async fn count_within_limits(
    tx: &mut Transaction,
    budget: &MailBudget,
    mail: &str,
    now: Timestamp,
) -> Result<MailCount, StoreError> {
    if budget.limits.is_empty() {
        return Ok(MailCount::Counted);
    }
    for _ in 0..TRIES {
        let limit = budget.limits.counted();
        let rows = tx.fetch_all(NEWEST_MAILS, &args![&budget.address, limit]).await?;
        let mut sent = times(&rows)?;
        if let Some(previous) = budget.address.previous() {
            sent.extend(times(&tx.fetch_all(NEWEST_MAILS, &args![previous, limit]).await?)?);
        }
        if let Some(from) = budget.limits.next(&newest_first(sent), now) {
            let counted = is_counted(tx, &budget.address, mail).await?;
            return Ok(if counted { MailCount::Counted } else { MailCount::Withheld(from) });
        }
        let last: u32 = rows.first().map_or(Ok(0), |row| row.count("number"))?;
        if insert(tx, &budget.address, last + 1, mail, now).await? {
            return Ok(MailCount::Counted);
        }
    }
    Err(StoreError::Contended)
}

/// Counts a mail that is sent whatever the limits say.
pub(super) async fn count(
    tx: &mut Transaction,
    mail: &CountedMail,
    now: Timestamp,
) -> Result<(), StoreError> {
    const LAST: u32 = 1;
    let CountedMail { budget, id } = mail;
    if budget.limits.is_empty() {
        return Ok(());
    }
    for _ in 0..TRIES {
        let rows = tx.fetch_all(NEWEST_MAILS, &args![&budget.address, LAST]).await?;
        let last: u32 = rows.first().map_or(Ok(0), |row| row.count("number"))?;
        if insert(tx, &budget.address, last + 1, id, now).await? {
            return Ok(());
        }
    }
    Err(StoreError::Contended)
}

/// Returns whether the mail is counted now; not when another mail has taken the number.
async fn insert(
    tx: &mut Transaction,
    address: &AddressHash,
    number: u32,
    mail: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    const INSERT: &str = "INSERT INTO mail_sent (address_hash, number, mail, sent_at) \
         VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
    let inserted = tx.execute(INSERT, &args![address, number, mail, now]).await? == 1;
    Ok(inserted || is_counted(tx, address, mail).await?)
}

async fn is_counted(tx: &mut Transaction, address: &AddressHash, mail: &str) -> Result<bool, StoreError> {
    const COUNTED: &str = "SELECT mail FROM mail_sent WHERE address_hash = $1 AND mail = $2";
    for address in hashes(address) {
        if tx.fetch_optional(COUNTED, &args![address, mail]).await?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Hashes of an address, that of the previous secret included: mails counted under it still count.
fn hashes(address: &AddressHash) -> impl Iterator<Item = &str> {
    [address.as_str()].into_iter().chain(address.previous())
}

fn times(rows: &[Row]) -> Result<Vec<Timestamp>, StoreError> {
    rows.iter().map(|row| row.time("sent_at")).collect()
}

fn newest_first(mut sent: Vec<Timestamp>) -> Vec<Timestamp> {
    sent.sort_unstable_by(|one, other| other.cmp(one));
    sent
}
