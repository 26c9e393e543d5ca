//! The schema, and how it is brought up to date: once, however many start at the same moment.

use std::borrow::Cow;

use sqlx::{
    Connection as _, SqlSafeStr,
    migrate::{Migrate, MigrateError, Migration, MigrationType, Migrator},
};

use super::{Store, StoreError, database::Database};

/// A migration that was just applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppliedMigration {
    /// Its number.
    pub version: i64,
    /// What it does, in a word or two.
    pub description: String,
}

/// Where the applied migrations are recorded (sqlx's own name).
const TABLE: &str = "_sqlx_migrations";

macro_rules! migrations {
    ($folder:literal) => {
        [(1, "signups", include_str!(concat!("../../migrations/", $folder, "/0001_signups.sql")))]
    };
}
const SQLITE: &[(i64, &str, &str)] = &migrations!("sqlite");
const POSTGRES: &[(i64, &str, &str)] = &migrations!("postgres");

impl Store {
    /// Applies what is missing and says what that was. Safe to call twice, and by several at once.
    ///
    /// # Errors
    /// [`StoreError::NewerSchema`], [`StoreError::Migration`] or [`StoreError::Unavailable`].
    pub async fn migrate(&self) -> Result<Vec<AppliedMigration>, StoreError> {
        match &self.database {
            Database::Sqlite { write, .. } => {
                // sqlx takes no lock on SQLite: the write lock is ours for all migrations together.
                let mut turn = write.alone().await?;
                let mut tx = turn.connection()?.begin_with("BEGIN IMMEDIATE").await?;
                let applied = apply(&mut *tx, &migrator(SQLITE)).await?;
                tx.commit().await?;
                Ok(applied)
            }
            Database::Postgres(pool) => {
                // A connection of its own: it takes the advisory lock with it when a migration fails.
                let mut connection = pool.acquire().await?.detach();
                let applied = apply(&mut connection, &migrator(POSTGRES)).await;
                let closed = connection.close().await;
                let applied = applied?;
                closed?;
                Ok(applied)
            }
        }
    }

    /// The migrations that [`Store::migrate`] would apply, by number and name; nothing is written.
    ///
    /// # Errors
    /// [`StoreError::NewerSchema`] when the database knows a migration this program does not.
    pub async fn pending_migrations(&self) -> Result<Vec<String>, StoreError> {
        let (known, table_exists) = match self.database {
            Database::Sqlite { .. } => {
                (SQLITE, "SELECT name FROM sqlite_schema WHERE name = '_sqlx_migrations'")
            }
            Database::Postgres(_) => {
                (POSTGRES, "SELECT relname FROM pg_class WHERE oid = to_regclass('_sqlx_migrations')")
            }
        };
        let mut applied: Vec<i64> = Vec::new();
        if self.database.fetch_optional(table_exists, &[]).await?.is_some() {
            for row in self.database.fetch_all("SELECT version FROM _sqlx_migrations", &[]).await? {
                applied.push(row.count("version")?);
            }
        }
        if let Some(newer) = applied.iter().find(|version| known.iter().all(|known| known.0 != **version)) {
            return Err(StoreError::NewerSchema(*newer));
        }
        Ok(known
            .iter()
            .filter(|known| !applied.contains(&known.0))
            .map(|(version, name, _)| format!("{version:04}_{name}"))
            .collect())
    }
}

fn migrator(known: &[(i64, &'static str, &'static str)]) -> Migrator {
    let migration = |(version, name, sql): &(i64, &'static str, &'static str)| {
        Migration::new(*version, Cow::Borrowed(*name), MigrationType::Simple, (*sql).into_sql_str(), false)
    };
    Migrator::with_migrations(known.iter().map(migration).collect())
}

/// Applies under the lock, so that what is reported is what this call did.
async fn apply<C: Migrate>(
    connection: &mut C,
    migrator: &Migrator,
) -> Result<Vec<AppliedMigration>, MigrateError> {
    connection.lock().await?;
    connection.ensure_migrations_table(TABLE).await?;
    let before = connection.list_applied_migrations(TABLE).await?;
    migrator.run_direct(None, connection, false).await?;
    connection.unlock().await?;
    Ok(migrator
        .iter()
        .filter(|migration| before.iter().all(|applied| applied.version != migration.version))
        .map(|migration| AppliedMigration {
            version: migration.version,
            description: migration.description.to_string(),
        })
        .collect())
}
