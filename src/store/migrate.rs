//! The schema, and how it is brought up to date: once, however many start at the same moment.

use std::{borrow::Cow, collections::BTreeMap};

use sqlx::{
    Connection as _, Row as _, SqlSafeStr,
    migrate::{Migrate, MigrateError, Migration, MigrationType, Migrator},
};

use super::{
    Store, StoreError,
    database::Database,
    postgres::{Pace, PgTransaction},
};
use crate::domain::Timestamp;

/// A migration that was just applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppliedMigration {
    /// Its number.
    pub version: i64,
    /// What it does, in a word or two.
    pub description: String,
}

/// A migration of this program, and whether the database has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MigrationState {
    /// Its number.
    pub version: i64,
    /// What it does, in a word or two.
    pub description: String,
    /// When it was applied; none while it is pending.
    pub applied_at: Option<Timestamp>,
}

/// Where the applied migrations are recorded (sqlx's own name).
const TABLE: &str = "_sqlx_migrations";

macro_rules! migration {
    ($folder:literal, $version:literal, $digits:literal, $description:literal) => {
        (
            $version,
            $description,
            include_str!(concat!("../../migrations/", $folder, "/", $digits, "_", $description, ".sql")),
        )
    };
}
/// The migrations of a database: number, description and text of each file in its folder.
macro_rules! migrations {
    ($folder:literal) => {
        [
            migration!($folder, 1, "0001", "signups"),
            migration!($folder, 2, "0002", "person_key"),
            migration!($folder, 3, "0003", "markers"),
            migration!($folder, 4, "0004", "erasure"),
            migration!($folder, 5, "0005", "mails_per_address"),
            migration!($folder, 6, "0006", "signups_closed"),
            migration!($folder, 7, "0007", "account_now"),
            migration!($folder, 8, "0008", "account_check"),
            migration!($folder, 9, "0009", "undelivered"),
            migration!($folder, 10, "0010", "second_accounts"),
            migration!($folder, 11, "0011", "write_probe"),
        ]
    };
}
/// The migration that gives each mailbox to the oldest of its accounts.
const PERSON_KEYS: i64 = 2;

const SQLITE: &[(i64, &str, &str)] = &migrations!("sqlite");
const POSTGRES: &[(i64, &str, &str)] = &migrations!("postgres");

impl Store {
    /// Applies what is missing and says what that was. Safe to call twice, and by several at once.
    ///
    /// # Errors
    /// [`StoreError::NewerSchema`], [`StoreError::Migration`] or [`StoreError::Unavailable`].
    pub async fn migrate(&self) -> Result<Vec<AppliedMigration>, StoreError> {
        match self.apply_missing().await {
            Ok(applied) => Ok(applied),
            Err(error) => Err(self.database.writes().place().explain(error).await),
        }
    }

    async fn apply_missing(&self) -> Result<Vec<AppliedMigration>, StoreError> {
        match &self.database {
            Database::Sqlite { write, .. } => {
                // sqlx takes no lock on SQLite: the write lock is ours for all migrations together.
                let mut turn = write.alone().await?;
                let mut tx = turn.connection()?.begin_with("BEGIN IMMEDIATE").await?;
                let applied = apply(&mut *tx, &migrator(SQLITE)).await?;
                tx.commit().await?;
                Ok(applied)
            }
            Database::Postgres { pool, .. } => {
                let mut tx = pool.begin(Pace::Long).await?;
                let applied = apply_on_postgres(&mut tx, &migrator(POSTGRES)).await?;
                tx.commit().await?;
                Ok(applied)
            }
        }
    }

    /// How many accounts share a mailbox with an older one that has the mailbox's key, where these migrations have
    /// given out the keys; none where they have not, or where no two accounts share a mailbox.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn shared_mailboxes(&self, applied: &[AppliedMigration]) -> Result<Option<u64>, StoreError> {
        const SHARED: &str =
            "SELECT COUNT(*) AS signups FROM signup WHERE email_key IS NOT NULL AND person_key IS NULL";
        if !applied.iter().any(|migration| migration.version == PERSON_KEYS) {
            return Ok(None);
        }
        let row = self.database.fetch_optional(SHARED, &[]).await?;
        let shared: u64 = row.map_or(Ok(0), |row| row.count("signups"))?;
        Ok((shared > 0).then_some(shared))
    }

    /// The migrations of this program, as of a database that has none of them.
    #[must_use]
    pub fn known_migrations() -> Vec<MigrationState> {
        let pending = |(version, name, _): &(i64, &str, &str)| MigrationState {
            version: *version,
            description: (*name).to_owned(),
            applied_at: None,
        };
        // Both databases have the same ones.
        SQLITE.iter().map(pending).collect()
    }

    /// The migrations of this program, applied and pending; nothing is written.
    ///
    /// # Errors
    /// [`StoreError::NewerSchema`] when the database has a migration this program does not know.
    pub async fn migrations(&self) -> Result<Vec<MigrationState>, StoreError> {
        let mut migrations = Self::known_migrations();
        for (version, applied_at) in self.applied().await? {
            let known = migrations.iter_mut().find(|known| known.version == version);
            known.ok_or(StoreError::NewerSchema(version))?.applied_at = Some(applied_at);
        }
        Ok(migrations)
    }

    /// The migrations that [`Store::migrate`] would apply, by number and name; nothing is written.
    ///
    /// # Errors
    /// As [`Store::migrations`].
    pub async fn pending_migrations(&self) -> Result<Vec<String>, StoreError> {
        let migrations = self.migrations().await?;
        Ok(migrations.iter().filter(|one| one.applied_at.is_none()).map(MigrationState::name).collect())
    }

    async fn applied(&self) -> Result<Vec<(i64, Timestamp)>, StoreError> {
        let (table_exists, applied) = match self.database {
            Database::Sqlite { .. } => (
                "SELECT name FROM sqlite_schema WHERE name = '_sqlx_migrations'",
                "SELECT version, CAST(strftime('%s', installed_on) AS INTEGER) * 1000 AS applied_at \
                 FROM _sqlx_migrations",
            ),
            Database::Postgres { .. } => (
                "SELECT relname FROM pg_class WHERE oid = to_regclass('_sqlx_migrations')",
                "SELECT version, (EXTRACT(EPOCH FROM installed_on) * 1000)::BIGINT AS applied_at \
                 FROM _sqlx_migrations",
            ),
        };
        if self.database.fetch_optional(table_exists, &[]).await?.is_none() {
            return Ok(Vec::new());
        }
        let rows = self.database.fetch_all(applied, &[]).await?;
        rows.iter().map(|row| Ok((row.count("version")?, row.time("applied_at")?))).collect()
    }
}

impl MigrationState {
    /// Number and description, as its file is called.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{:04}_{}", self.version, self.description)
    }
}

fn migrator(known: &[(i64, &'static str, &'static str)]) -> Migrator {
    let migration = |(version, name, sql): &(i64, &'static str, &'static str)| {
        Migration::new(*version, Cow::Borrowed(*name), MigrationType::Simple, (*sql).into_sql_str(), false)
    };
    Migrator::with_migrations(known.iter().map(migration).collect())
}

/// Applies under the write lock, so that what is reported is what this call did.
async fn apply<C: Migrate>(
    connection: &mut C,
    migrator: &Migrator,
) -> Result<Vec<AppliedMigration>, MigrateError> {
    connection.ensure_migrations_table(TABLE).await?;
    let before = connection.list_applied_migrations(TABLE).await?;
    migrator.run_direct(None, connection, false).await?;
    let is_missing = |migration: &&Migration| before.iter().all(|one| one.version != migration.version);
    Ok(migrator.iter().filter(is_missing).map(AppliedMigration::from).collect())
}

/// Does what sqlx does, in one transaction: sqlx locks the session and prepares statements by name, which a pooler that
/// gives each transaction another server connection does not allow.
async fn apply_on_postgres(
    tx: &mut PgTransaction,
    migrator: &Migrator,
) -> Result<Vec<AppliedMigration>, StoreError> {
    const CREATE_TABLE: &str = "CREATE TABLE IF NOT EXISTS _sqlx_migrations (\
         version BIGINT PRIMARY KEY, description TEXT NOT NULL, installed_on TIMESTAMPTZ NOT NULL DEFAULT now(), \
         success BOOLEAN NOT NULL, checksum BYTEA NOT NULL, execution_time BIGINT NOT NULL)";
    const NOTE: &str = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         VALUES ($1, $2, TRUE, $3, -1)";
    lock(tx).await?;
    tx.execute_script(CREATE_TABLE.into_sql_str()).await?;
    let applied =
        tx.fetch_all(sqlx::query("SELECT version, checksum, success FROM _sqlx_migrations")).await?;
    let mut before = BTreeMap::new();
    for row in applied {
        let (version, checksum): (i64, Vec<u8>) = (row.try_get("version")?, row.try_get("checksum")?);
        if !row.try_get::<bool, _>("success")? {
            return Err(MigrateError::Dirty(version).into());
        }
        if !migrator.version_exists(version) {
            return Err(MigrateError::VersionMissing(version).into());
        }
        before.insert(version, checksum);
    }
    let mut now = Vec::new();
    for migration in migrator.iter() {
        match before.get(&migration.version) {
            Some(checksum) if *checksum == *migration.checksum => continue,
            Some(_) => return Err(MigrateError::VersionMismatch(migration.version).into()),
            None => {}
        }
        tx.execute_script(migration.sql.clone()).await?;
        let note = sqlx::query(NOTE).bind(migration.version).bind(&*migration.description);
        tx.execute(note.bind(&*migration.checksum)).await?;
        now.push(migration.into());
    }
    Ok(now)
}

/// Waits for whoever else migrates this database; the number is the one that sqlx locks.
async fn lock(tx: &mut PgTransaction) -> Result<(), sqlx::Error> {
    tx.execute_script("SET LOCAL lock_timeout = 0".into_sql_str()).await?;
    let row = tx.fetch_optional(sqlx::query("SELECT current_database()::TEXT AS name")).await?;
    let name: String = row.ok_or(sqlx::Error::RowNotFound)?.try_get("name")?;
    let number = 0x3d32_ad9e * i64::from(crc32fast::hash(name.as_bytes()));
    tx.execute(sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(number)).await?;
    // A statement that waits for a table keeps all who come later from it.
    tx.execute_script("SET LOCAL lock_timeout = '10s'".into_sql_str()).await
}

impl From<&Migration> for AppliedMigration {
    fn from(migration: &Migration) -> Self {
        Self { version: migration.version, description: migration.description.to_string() }
    }
}
