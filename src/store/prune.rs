//! Removal of records whose retention period is over: trails of finished signups, signups that were never confirmed,
//! finished ones.
//!
//! Removable rows are read without a lock, the oldest first. Each is then removed by a statement that checks it again,
//! a bounded number in one transaction, so that no caller waits long for the writer.

use super::{
    After, Store, StoreError, database::Database, error::is_deadlock, operation,
    request::hand_over_person_key, row::Row, value::args,
};
use crate::domain::{SignupId, Timestamp};

/// The kinds of records that may be removed after a time. A signup that waits, is at work or needs attention is not
/// among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prunable {
    /// The steps and events of finished signups.
    Trails,
    /// Signups whose address was not confirmed while the code held.
    Unconfirmed,
    /// Signups that were closed before they were confirmed.
    Voided,
    /// Finished further requests for an address.
    Duplicates,
    /// Finished signups to which no further request belongs any more.
    Finished,
}

/// The times that decide whether a record is old enough to be removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cutoff {
    /// A signup is removable if it was last changed by then; one that waits for its confirmation, if its code was void
    /// by then.
    pub until: Timestamp,
    /// A finished signup's further requests that were last changed by then do not keep it: they are removed before it.
    pub duplicates_until: Timestamp,
}

/// The most signups that one transaction removes.
const BATCH: u32 = 100;

/// Finished by then. Nearly all old signups are: no index by state is to be used, which would need a sort.
macro_rules! settled {
    () => {
        "state || '' IN ('done', 'erased') AND updated_at <= $1"
    };
}

macro_rules! trails {
    () => {
        concat!(settled!(), " AND EXISTS (SELECT 1 FROM event WHERE event.signup_id = signup.id)")
    };
}

/// One that is due waits for a mail, or is at work.
macro_rules! unconfirmed {
    () => {
        "state = 'awaiting_confirmation' AND confirm_until <= $1 AND NOT EXISTS (SELECT 1 FROM operation \
         WHERE operation.signup_id = signup.id AND operation.due_at IS NOT NULL)"
    };
}

macro_rules! voided {
    () => {
        "state = 'voided' AND updated_at <= $1"
    };
}

macro_rules! duplicates {
    () => {
        concat!(settled!(), " AND (is_further = 1 OR declined_at IS NOT NULL)")
    };
}

macro_rules! finished {
    () => {
        concat!(settled!(), " AND is_further = 0 AND declined_at IS NULL")
    };
}

/// No further request is left that is kept.
macro_rules! alone {
    () => {
        " AND NOT EXISTS (SELECT 1 FROM signup AS further WHERE further.account_id = signup.account_id \
         AND further.is_further = 1 AND (further.state NOT IN ('done', 'erased') OR further.updated_at > $2))"
    };
}

/// Nothing changes before it is made, so that the index of that time bounds the search.
macro_rules! search {
    ($($condition:expr),+) => {
        concat!(
            "SELECT id, created_at FROM signup WHERE ", $($condition,)+
            " AND created_at <= $1 AND (created_at, id) > ($3, $4) ORDER BY created_at, id LIMIT $5"
        )
    };
}

macro_rules! count {
    ($($condition:expr),+) => {
        concat!("SELECT COUNT(*) AS signups FROM signup WHERE ", $($condition,)+ " AND created_at <= $1")
    };
}

/// The rows that belong to a removed row are removed with it.
macro_rules! remove {
    ($($condition:expr),+) => {
        concat!("DELETE FROM signup WHERE id = $2 AND ", $($condition,)+ " RETURNING account_id, is_further")
    };
}

/// Changes nothing, but no other transaction can change the row until this one ends.
const HOLD: &str = concat!("UPDATE signup SET state = state WHERE id = $2 AND ", trails!(), " RETURNING id");

impl Prunable {
    /// All kinds, in an order in which the removal of one gives no earlier one more to remove.
    pub const ALL: [Self; 5] =
        [Self::Trails, Self::Unconfirmed, Self::Voided, Self::Duplicates, Self::Finished];

    pub(super) const fn search(self) -> &'static str {
        match self {
            Self::Trails => search!(trails!()),
            Self::Unconfirmed => search!(unconfirmed!()),
            Self::Voided => search!(voided!()),
            Self::Duplicates => search!(duplicates!()),
            Self::Finished => search!(finished!(), alone!()),
        }
    }

    const fn count(self) -> &'static str {
        match self {
            Self::Trails => count!(trails!()),
            Self::Unconfirmed => count!(unconfirmed!()),
            Self::Voided => count!(voided!()),
            Self::Duplicates => count!(duplicates!()),
            Self::Finished => count!(finished!(), alone!()),
        }
    }

    /// The first write for one signup; if it changes nothing, no row of the signup is touched.
    const fn take(self) -> &'static str {
        match self {
            Self::Trails => HOLD,
            Self::Unconfirmed => remove!(unconfirmed!()),
            Self::Voided => remove!(voided!()),
            Self::Duplicates => remove!(duplicates!()),
            Self::Finished => remove!(
                finished!(),
                " AND NOT EXISTS (SELECT 1 FROM signup AS further \
                 WHERE further.account_id = signup.account_id AND further.is_further = 1)"
            ),
        }
    }
}

impl Store {
    /// Returns the number of signups that [`Store::prune`] would concern.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn count_prunable(&self, what: Prunable, cutoff: Cutoff) -> Result<u64, StoreError> {
        let args = args![cutoff.until, cutoff.duplicates_until];
        let rows = self.database.search(what.count(), &args).await?;
        rows.first().map_or(Ok(0), |row| row.count("signups"))
    }

    /// Removes what is old enough and returns the number of signups concerned. Several processes may do so at the same
    /// time; what was not reached because of an error is found the next time.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn prune(&self, what: Prunable, cutoff: Cutoff) -> Result<u64, StoreError> {
        let mut removed = 0;
        let mut next = Some((Timestamp::from_millis(i64::MIN), String::new()));
        while let Some((created_at, id)) = next {
            let args = args![cutoff.until, cutoff.duplicates_until, created_at, id, BATCH];
            let found = self.database.search(what.search(), &args).await?;
            let found = found.iter().map(place).collect::<Result<Vec<_>, _>>()?;
            removed += self.remove(what, &found, cutoff.until).await?;
            let more = found.last().filter(|_| found.len() >= BATCH as usize);
            next = more.map(|last| (last.created_at, last.id.to_string()));
        }
        Ok(removed)
    }

    async fn remove(&self, what: Prunable, found: &[After], until: Timestamp) -> Result<u64, StoreError> {
        loop {
            match self.try_remove(what, found, until).await {
                Err(error) if is_deadlock(&error) => {}
                removed => return removed,
            }
        }
    }

    async fn try_remove(&self, what: Prunable, found: &[After], until: Timestamp) -> Result<u64, StoreError> {
        const TRAIL: [&str; 3] = [
            "DELETE FROM step WHERE operation_id IN (SELECT id FROM operation WHERE signup_id = $1)",
            "DELETE FROM event WHERE signup_id = $1",
            "UPDATE operation SET requester = NULL, reason = NULL WHERE signup_id = $1",
        ];
        const HOLD_ACCOUNT: &str = "UPDATE account SET state = state \
             WHERE id = (SELECT account_id FROM signup WHERE id = $1 AND is_further = 0)";
        const ACCOUNT: &str = "DELETE FROM account WHERE id = $1 RETURNING person_key";
        if found.is_empty() {
            return Ok(0);
        }
        let mut removed = 0;
        let mut tx = self.database.begin_long().await?;
        for After { id, .. } in found {
            if what != Prunable::Trails && !tx.is_sqlite() {
                // In the order in which others lock them.
                operation::hold_all(&mut tx, *id).await?;
                tx.execute(HOLD_ACCOUNT, &args![*id]).await?;
            }
            let Some(row) = tx.fetch_optional(what.take(), &args![until, *id]).await? else { continue };
            removed += 1;
            if what == Prunable::Trails {
                for statement in TRAIL {
                    tx.execute(statement, &args![*id]).await?;
                }
            } else if let (Some(account), false) = (row.text("account_id")?, row.flag("is_further")?) {
                let account = tx.fetch_optional(ACCOUNT, &args![account]).await?;
                if let Some(key) = account.map_or(Ok(None), |row| row.text("person_key"))? {
                    hand_over_person_key(&mut tx, &key).await?;
                }
            }
        }
        tx.commit().await?;
        Ok(removed)
    }

    /// Clears SQLite's file and its log of what removed and wiped rows have left there, which takes a tenth of a second
    /// for some thousand signups. Says whether all is gone: a long read, such as a backup, is not waited for.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn scrub(&self) -> Result<bool, StoreError> {
        match &self.database {
            Database::Sqlite { write, .. } => Ok(write.scrub().await?),
            Database::Postgres { .. } => Ok(true),
        }
    }
}

fn place(row: &Row) -> Result<After, StoreError> {
    let id: SignupId = row.value("id")?;
    Ok(After { created_at: row.time("created_at")?, id })
}
