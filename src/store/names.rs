//! Usernames reserved in our own rows: UNIQUE (domain, username) decides which account has a name.

use std::collections::BTreeSet;

use super::{
    Lease, Store, StoreError,
    database::Transaction,
    error::is_unique_violation,
    row::Row,
    value::{Value, args},
};
use crate::domain::{StepKind, Timestamp, UpnDomain, Username, smallest_free};

/// The most tries to take a name, in each of which another signup may take it first.
pub(super) const NAME_TRIES: usize = 200;

/// The outcome of reserving a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameTaken {
    /// It is reserved for this signup.
    Reserved,
    /// Another signup has it.
    Taken,
}

/// Two exact ranges of the unique index, never a scan.
pub(super) const RESERVED: &str = "SELECT username FROM account WHERE domain = $1 AND username = $2 \
     UNION ALL SELECT username FROM account WHERE domain = $1 AND username >= $3 AND username < $4";

impl Store {
    /// The names in our rows that are `base` or a numbered form of it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn reserved_names(
        &self,
        domain: &UpnDomain,
        base: &Username,
    ) -> Result<BTreeSet<Username>, StoreError> {
        let (from, to) = range(base);
        namesakes(&self.database.fetch_all(RESERVED, &args![domain, base, from, to]).await?, base)
    }

    /// Reserves another name before it is posted to the tenant: the intent of that POST.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`].
    pub async fn take_name(
        &self,
        lease: &Lease,
        username: &Username,
        now: Timestamp,
    ) -> Result<NameTaken, StoreError> {
        const TAKE: &str = "UPDATE account SET username = $2, updated_at = $3 \
             WHERE id = (SELECT account_id FROM signup WHERE id = $1 AND is_further = 0)";
        const SHOW: &str = "UPDATE signup SET shown_username = $2 WHERE id = $1";
        lease.expect(&[StepKind::CreateUser])?;
        let mut tx = self.database.begin().await?;
        lease.hold(&mut tx, now).await?;
        match tx.execute(TAKE, &args![lease.signup(), username, now]).await {
            Err(error) if is_unique_violation(&error) => return Ok(NameTaken::Taken),
            written => drop(written?),
        }
        tx.execute(SHOW, &args![lease.signup(), username]).await?;
        lease.note(&mut tx, now, "name_changed", "").await?;
        tx.commit().await?;
        Ok(NameTaken::Reserved)
    }
}

/// The first form of `base` that no row of ours has, as this transaction sees them.
pub(super) async fn free_name(
    tx: &mut Transaction,
    domain: &UpnDomain,
    base: &Username,
) -> Result<Username, StoreError> {
    let (from, to) = range(base);
    let args: [Value<'_>; 4] = args![domain, base, from, to];
    let taken = namesakes(&tx.fetch_all(RESERVED, &args).await?, base)?;
    Ok(base.numbered(smallest_free(base, &taken)))
}

/// The range that holds every numbered form of `base`: `base.0` up to `base.9…`, or, where a long name is cut to make
/// space for its number, all names that begin alike.
fn range(base: &Username) -> (String, String) {
    const LONGEST_SUFFIX: usize = ".4294967295".len();
    let base = base.as_str();
    if base.len() + LONGEST_SUFFIX <= Username::MAX_CHARS {
        // ':' comes after '9' in ASCII.
        (format!("{base}.0"), format!("{base}.:"))
    } else {
        // Cutting also drops separators at the end; '~' comes after them all.
        let stem = base[..Username::MAX_CHARS - LONGEST_SUFFIX].trim_end_matches(['.', '-', '_']);
        (stem.to_owned(), format!("{stem}~"))
    }
}

fn namesakes(rows: &[Row], base: &Username) -> Result<BTreeSet<Username>, StoreError> {
    let mut names = BTreeSet::new();
    for row in rows {
        let name: Username = row.value("username")?;
        if is_namesake(&name, base) {
            names.insert(name);
        }
    }
    Ok(names)
}

fn is_namesake(name: &Username, base: &Username) -> bool {
    let number = name.as_str().rsplit_once('.').and_then(|(_, number)| number.parse().ok());
    name == base || number.is_some_and(|number: u32| base.numbered(number) == *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Username {
        text.parse().expect("a username")
    }

    #[test]
    fn every_numbered_form_lies_in_the_range() {
        let long = "x".repeat(64);
        let dotted = format!("{}.{}", "x".repeat(52), "y".repeat(11));
        for base in ["a.b", "anna", &"x".repeat(53), &"x".repeat(54), &long, &dotted] {
            let base = name(base);
            let (from, to) = range(&base);
            for number in [2, 9, 10, 99, 100_000, u32::MAX] {
                let numbered = base.numbered(number);
                assert!(from.as_str() <= numbered.as_str() && numbered.as_str() < to.as_str());
                assert!(is_namesake(&numbered, &base));
            }
        }
    }

    #[test]
    fn a_longer_name_is_no_namesake() {
        for other in ["anna.lee", "anna.2.lee", "anna.02", "anna2", "anna.0"] {
            assert!(!is_namesake(&name(other), &name("anna")), "{other}");
        }
        assert!(is_namesake(&name("anna"), &name("anna")));
    }
}
