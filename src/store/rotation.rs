//! Records that still need the previous secret key after a change.

use super::{Store, StoreError, row::Row, tombstone::FIND_KEY, value::args};
use crate::domain::{Sealed, SecretKey, SignupId, Timestamp, TombstoneKey};

/// Records that depend on each of the secret keys.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct KeyUse {
    /// Passwords of waiting signups that only the previous key opens.
    pub previous_passwords: u64,
    /// Passwords of waiting signups that no configured key opens.
    pub lost_passwords: u64,
    /// True if the key of the tombstones is sealed with the previous key.
    pub previous_tombstones: bool,
    /// Time at which the current key came into force, if the database shows it.
    pub changed_at: Option<Timestamp>,
    /// Signups from before that time whose status pages can be opened: people have addresses under the previous key.
    pub previous_pages: u64,
}

const SEALED: &str = "SELECT signup_id AS id, sealed FROM operation WHERE sealed IS NOT NULL";
/// Erased signups have no page; of the others, those that are settled have one for a time.
const PAGES: &str = "SELECT COUNT(*) AS pages FROM signup WHERE created_at < $1 AND state <> 'erased' \
     AND (state NOT IN ('done', 'voided') OR updated_at >= $2) \
     AND (state <> 'awaiting_confirmation' OR confirm_until >= $2)";

impl Store {
    /// Counts the records that need each of the secret keys. Pages that were settled before `pages_since` cannot be
    /// opened any more.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn key_use(&self, key: &SecretKey, pages_since: Timestamp) -> Result<KeyUse, StoreError> {
        let mut found = KeyUse::default();
        for row in self.database.fetch_all(SEALED, &[]).await? {
            match opened_by(key, &row)? {
                Opens::Current => {}
                Opens::Previous => found.previous_passwords += 1,
                Opens::None => found.lost_passwords += 1,
            }
        }
        if let Some(row) = self.database.fetch_optional(FIND_KEY, &args![TombstoneKey::NAME]).await? {
            let sealed = Sealed::stored(row.text("sealed")?.unwrap_or_default());
            let is_current = key.current().open_site_key(TombstoneKey::NAME, &sealed).is_ok();
            found.previous_tombstones = !is_current && key.open_site_key(TombstoneKey::NAME, &sealed).is_ok();
            // Without a previous secret key nothing is sealed again: the key is replaced, and made at that time.
            found.changed_at = match row.maybe_time("sealed_at")? {
                None if is_current => Some(row.time("created_at")?),
                sealed_at => sealed_at,
            };
        }
        if let Some(changed_at) = found.changed_at {
            let row = self.database.fetch_optional(PAGES, &args![changed_at, pages_since]).await?;
            found.previous_pages = row.map_or(Ok(0), |row| row.count("pages"))?;
        }
        Ok(found)
    }
}

enum Opens {
    Current,
    Previous,
    None,
}

fn opened_by(key: &SecretKey, row: &Row) -> Result<Opens, StoreError> {
    let id: SignupId = row.value("id")?;
    let sealed = Sealed::stored(row.text("sealed")?.unwrap_or_default());
    Ok(if key.current().open(id, &sealed).is_ok() {
        Opens::Current
    } else if key.open(id, &sealed).is_ok() {
        Opens::Previous
    } else {
        Opens::None
    })
}

impl KeyUse {
    /// Returns whether nothing is known to need the previous key.
    #[must_use]
    pub const fn is_previous_free(&self) -> bool {
        self.previous_passwords == 0 && !self.previous_tombstones && self.previous_pages == 0
    }
}
