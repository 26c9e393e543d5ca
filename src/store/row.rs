//! One row of an answer, read column by column into domain values.

use std::str::FromStr;

use sqlx::{Row as _, postgres::PgRow, sqlite::SqliteRow};

use super::StoreError;
use crate::domain::Timestamp;

pub(super) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

impl Row {
    /// A text, if there is one.
    pub fn text(&self, column: &'static str) -> Result<Option<String>, StoreError> {
        match self {
            Self::Sqlite(row) => row.try_get(column),
            Self::Postgres(row) => row.try_get(column),
        }
        .map_err(|_| StoreError::Unreadable(column))
    }

    /// A number, if there is one.
    pub fn number(&self, column: &'static str) -> Result<Option<i64>, StoreError> {
        match self {
            Self::Sqlite(row) => row.try_get(column),
            Self::Postgres(row) => row.try_get(column),
        }
        .map_err(|_| StoreError::Unreadable(column))
    }

    /// A value that must be there.
    pub fn value<T: FromStr>(&self, column: &'static str) -> Result<T, StoreError> {
        self.maybe(column)?.ok_or(StoreError::Unreadable(column))
    }

    /// A value that may be missing.
    pub fn maybe<T: FromStr>(&self, column: &'static str) -> Result<Option<T>, StoreError> {
        self.read(column, |text| text.parse().ok())
    }

    /// A value that may be missing and is read by `parse`.
    pub fn read<T>(
        &self,
        column: &'static str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, StoreError> {
        match self.text(column)? {
            Some(text) => parse(&text).map(Some).ok_or(StoreError::Unreadable(column)),
            None => Ok(None),
        }
    }

    /// A point in time that must be there.
    pub fn time(&self, column: &'static str) -> Result<Timestamp, StoreError> {
        self.maybe_time(column)?.ok_or(StoreError::Unreadable(column))
    }

    /// A point in time, if there is one.
    pub fn maybe_time(&self, column: &'static str) -> Result<Option<Timestamp>, StoreError> {
        Ok(self.number(column)?.map(Timestamp::from_millis))
    }

    /// A truth value, stored as 0 or 1.
    pub fn flag(&self, column: &'static str) -> Result<bool, StoreError> {
        Ok(self.count::<u8>(column)? == 1)
    }

    /// A count that must be there.
    pub fn count<T: TryFrom<i64>>(&self, column: &'static str) -> Result<T, StoreError> {
        self.number(column)?.and_then(|count| count.try_into().ok()).ok_or(StoreError::Unreadable(column))
    }
}
