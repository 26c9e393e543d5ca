//! Subjects of mails to admins, recorded once they are reported, so that neither a restart nor another process reports
//! it again.

use std::collections::BTreeMap;

use super::{Lease, Store, StoreError, value::args};
use crate::domain::{AlertKind, Attention, SignupId, Timestamp};

/// A signup that needs an admin and was not reported yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Untold {
    /// The signup.
    pub id: SignupId,
    /// The reason for which it needs an admin.
    pub reason: Attention,
    /// The time since which it needs one.
    pub since: Timestamp,
}

pub(super) const UNTOLD: &str = "SELECT signup_id AS id, attention, updated_at FROM operation \
     WHERE attention IS NOT NULL AND alerted_at IS NULL AND signup_id IS NOT NULL \
     ORDER BY operation.created_at, operation.id LIMIT $1";

impl Store {
    /// The mail is out, and reports these signups and these other subjects. A signup that has continued since, and
    /// needs an admin again, is reported again.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] when another worker has taken the mail over.
    pub async fn alert_sent(
        &self,
        lease: &Lease,
        kind: AlertKind,
        (signups, subjects): (&[Untold], &[String]),
        now: Timestamp,
    ) -> Result<(), StoreError> {
        const SIGNUP: &str = "UPDATE operation SET alerted_at = $3 \
             WHERE signup_id = $1 AND attention IS NOT NULL AND updated_at = $2";
        const SUBJECT: &str = "INSERT INTO alert_told (kind, subject, told_at) VALUES ($1, $2, $3) \
             ON CONFLICT (kind, subject) DO UPDATE SET told_at = excluded.told_at";
        let mut tx = self.database.begin().await?;
        lease.end_run(&mut tx, None, Some(now), now).await?;
        for Untold { id, since, .. } in signups {
            tx.execute(SIGNUP, &args![*id, *since, now]).await?;
        }
        for subject in subjects {
            tx.execute(SUBJECT, &args![kind, subject.as_str(), now]).await?;
        }
        tx.commit().await
    }

    /// The oldest signups that need an admin and were not reported.
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

    /// The other subjects of this kind that were reported, each with the time.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn told(&self, kind: AlertKind) -> Result<BTreeMap<String, Timestamp>, StoreError> {
        const TOLD: &str = "SELECT subject, told_at FROM alert_told WHERE kind = $1";
        let rows = self.database.fetch_all(TOLD, &args![kind]).await?;
        rows.iter().map(|row| Ok((row.value("subject")?, row.time("told_at")?))).collect()
    }

    /// A subject is over: if it comes again, it is reported again.
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
