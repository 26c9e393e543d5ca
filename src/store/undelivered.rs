//! Mails that came back: finding a mail by its reference, and the mark on its signup until a further mail is sent.

use std::collections::BTreeMap;

use super::{
    Event, Signup, Store, StoreError, database::Transaction, event, read, record::select_signups, value::args,
};
use crate::domain::{MailKind, MailReference, RequestedBy, SignupId, SignupMail, Timestamp};

/// A mail that a signup has had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SentMail {
    /// The mail.
    pub mail: SignupMail,
    /// The time at which the mail server took it, if that was recorded: it is not for a code that was confirmed at the
    /// same moment.
    pub sent_at: Option<Timestamp>,
}

pub(super) const BY_REFERENCE: &str = select_signups!("WHERE s.id BETWEEN $1 AND $2 ORDER BY s.id");

impl Store {
    /// The signups that a reference fits: nearly always one at most.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn signups_by_reference(&self, reference: &MailReference) -> Result<Vec<Signup>, StoreError> {
        let (least, greatest) = reference.signup_ids();
        Signup::read_all(&self.database.fetch_all(BY_REFERENCE, &args![least, greatest]).await?)
    }

    /// Marks the last mail of a signup as come back, unless the signup has changed since it was read or a further mail
    /// is on its way; returns whether it did.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn mark_undelivered(
        &self,
        signup: &Signup,
        reference: &MailReference,
        by: RequestedBy<'_>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        const MARK: &str = "UPDATE signup SET undelivered_at = $5 WHERE id = $1 AND state = $2 \
             AND confirm_round = $3 AND resets = $4 AND undelivered_at IS NULL AND email IS NOT NULL \
             AND NOT EXISTS (SELECT 1 FROM operation WHERE signup_id = $1 AND due_at IS NOT NULL \
             AND needs <> 'background')";
        let Signup { id, stage, confirm_round, resets, .. } = *signup;
        let mut tx = self.database.begin().await?;
        if tx.execute(MARK, &args![id, read::state(stage), confirm_round, resets, now]).await? == 0 {
            return Ok(false);
        }
        event::write_by(&mut tx, id, None, by, now, "undelivered", &reference.label()).await?;
        tx.commit().await?;
        Ok(true)
    }
}

/// Clears the mark: a further mail was sent.
pub(super) async fn clear(tx: &mut Transaction, id: SignupId) -> Result<(), StoreError> {
    const CLEAR: &str = "UPDATE signup SET undelivered_at = NULL WHERE id = $1";
    tx.execute(CLEAR, &args![id]).await.map(drop)
}

impl SentMail {
    /// The mails of a signup in the order in which they were sent, read from its audit trail.
    #[must_use]
    pub fn all(signup: &Signup, events: &[Event]) -> Vec<Self> {
        let mut codes: BTreeMap<u32, Option<Timestamp>> =
            (1..=signup.confirm_round).map(|round| (round, None)).collect();
        let mut others = Vec::new();
        let (mut round, mut resets) = (1, 0);
        for Event { at, kind, detail, .. } in events {
            let sent = match (kind.as_str(), detail.as_str()) {
                ("code_requested", requested) => {
                    round = requested.parse().unwrap_or(round);
                    continue;
                }
                ("code_sent", _) => {
                    codes.insert(round, Some(*at));
                    continue;
                }
                ("reset_asked", _) => {
                    resets += 1;
                    continue;
                }
                ("delivered", _) => MailKind::Password,
                ("duplicate_settled", "reminded") => MailKind::Reminder,
                ("declined", "noticed") => MailKind::Notice,
                _ => continue,
            };
            others.push(Self {
                mail: SignupMail { signup: signup.id, kind: sent, number: resets + 1 },
                sent_at: Some(*at),
            });
        }
        let code = |(number, sent_at)| Self {
            mail: SignupMail { signup: signup.id, kind: MailKind::Code, number },
            sent_at,
        };
        codes.into_iter().map(code).chain(others).collect()
    }
}
