//! What admins are told of by mail: who may tell it now, and what has been told, so that neither a restart nor another
//! process tells it again.

use std::collections::BTreeMap;

use super::{Store, StoreError, value::args};
use crate::domain::{AlertKind, Attention, LeaseToken, SignupId, Timestamp};

/// A signup that needs a person, whom nobody has told of it yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Untold {
    /// Which signup.
    pub id: SignupId,
    /// Why it needs a person.
    pub reason: Attention,
    /// Since when.
    pub since: Timestamp,
}

pub(super) const UNTOLD: &str = "SELECT signup_id AS id, attention, updated_at FROM operation \
     WHERE attention IS NOT NULL AND alerted_at IS NULL AND signup_id IS NOT NULL ORDER BY created_at, id LIMIT $1";

impl Store {
    /// Takes the right to mail about this kind, which one at a time has, until `until` at the latest.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn take_alert(
        &self,
        kind: AlertKind,
        turn: LeaseToken,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<bool, StoreError> {
        const TAKE: &str = "INSERT INTO alert (kind, due_at, turn_token) VALUES ($1, $2, $3) \
             ON CONFLICT (kind) DO UPDATE SET due_at = excluded.due_at, turn_token = excluded.turn_token \
             WHERE alert.due_at <= $4";
        let mut tx = self.database.begin().await?;
        let taken = tx.execute(TAKE, &args![kind, until, turn, now]).await? == 1;
        tx.commit().await?;
        Ok(taken)
    }

    /// Gives the right back unused; it can be taken again from `due` on.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] when it has run out and somebody else has taken it.
    pub async fn return_alert(
        &self,
        kind: AlertKind,
        turn: LeaseToken,
        due: Timestamp,
    ) -> Result<(), StoreError> {
        self.alert_sent(kind, turn, (&[], &[]), Timestamp::default(), due).await
    }

    /// The mail is out, and told of these signups and these other subjects. The next may go from `due` on. A signup
    /// that has gone on since, and needs a person anew, is told of again.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] when the right has run out and somebody else has taken it.
    pub async fn alert_sent(
        &self,
        kind: AlertKind,
        turn: LeaseToken,
        (signups, subjects): (&[Untold], &[String]),
        now: Timestamp,
        due: Timestamp,
    ) -> Result<(), StoreError> {
        const END: &str =
            "UPDATE alert SET due_at = $3, turn_token = NULL WHERE kind = $1 AND turn_token = $2";
        const SIGNUP: &str = "UPDATE operation SET alerted_at = $3 \
             WHERE signup_id = $1 AND attention IS NOT NULL AND updated_at = $2";
        const SUBJECT: &str = "INSERT INTO alert_told (kind, subject, told_at) VALUES ($1, $2, $3) \
             ON CONFLICT (kind, subject) DO UPDATE SET told_at = excluded.told_at";
        let mut tx = self.database.begin().await?;
        if tx.execute(END, &args![kind, turn, due]).await? == 0 {
            return Err(StoreError::LeaseLost);
        }
        for Untold { id, since, .. } in signups {
            tx.execute(SIGNUP, &args![*id, *since, now]).await?;
        }
        for subject in subjects {
            tx.execute(SUBJECT, &args![kind, subject.as_str(), now]).await?;
        }
        tx.commit().await
    }

    /// The oldest signups that need a person and were not told of.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn untold_attention(&self, limit: u32) -> Result<Vec<Untold>, StoreError> {
        let rows = self.database.fetch_all(UNTOLD, &args![limit]).await?;
        let read = rows.iter().map(|row| {
            let (id, reason) = (row.value("id")?, row.value("attention")?);
            Ok(Untold { id, reason, since: row.time("updated_at")? })
        });
        read.collect()
    }

    /// What else was told of this kind, and when.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn told(&self, kind: AlertKind) -> Result<BTreeMap<String, Timestamp>, StoreError> {
        const TOLD: &str = "SELECT subject, told_at FROM alert_told WHERE kind = $1";
        let rows = self.database.fetch_all(TOLD, &args![kind]).await?;
        rows.iter().map(|row| Ok((row.value("subject")?, row.time("told_at")?))).collect()
    }

    /// It is over: should it come again, it is told again.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn forget_told(&self, kind: AlertKind, subject: &str) -> Result<(), StoreError> {
        const FORGET: &str = "DELETE FROM alert_told WHERE kind = $1 AND subject = $2";
        let mut tx = self.database.begin().await?;
        tx.execute(FORGET, &args![kind, subject]).await?;
        tx.commit().await
    }
}
