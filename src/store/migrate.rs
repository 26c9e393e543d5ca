//! The schema: migrations, applied once however many processes start at the same moment, and not while an older version
//! uses the database.

use std::{borrow::Cow, collections::BTreeMap};

use sqlx::{
    Connection as _, Row as _, SqlSafeStr, SqliteConnection,
    migrate::{Migrate as _, MigrateError, Migration, MigrationType, Migrator},
};

use super::{
    Process, Store, StoreError,
    database::{Database, statement},
    postgres::{Pace, PgTransaction},
    row::Row,
};
use crate::domain::Timestamp;

/// A migration that is being applied, or was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppliedMigration {
    /// Its number.
    pub version: i64,
    /// Its name, such as `person_key`.
    pub description: String,
}

/// A migration of this program, and whether the database has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MigrationState {
    /// Its number.
    pub version: i64,
    /// Its name, such as `person_key`.
    pub description: String,
    /// The time at which it was applied, unless it is pending.
    pub applied_at: Option<Timestamp>,
}

/// The table of the applied migrations (sqlx's own name).
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
            migration!($folder, 12, "0012", "process"),
            migration!($folder, 13, "0013", "operations"),
            migration!($folder, 14, "0014", "site_operations"),
            migration!($folder, 15, "0015", "account_checks"),
            migration!($folder, 16, "0016", "requested_events"),
        ]
    };
}
/// The migration that gives each mailbox to the oldest of its accounts.
const PERSON_KEYS: i64 = 2;
/// The migration from which on processes are recorded.
const PROCESSES: i64 = 12;

const SQLITE: &[(i64, &str, &str)] = &migrations!("sqlite");
const POSTGRES: &[(i64, &str, &str)] = &migrations!("postgres");

impl Store {
    /// Applies the pending migrations of a database that no other version uses. Safe to call twice, and by several
    /// processes at once.
    ///
    /// # Errors
    /// [`StoreError::NewerSchema`], [`StoreError::Migration`] or [`StoreError::Unavailable`].
    pub async fn migrate(&self) -> Result<Vec<AppliedMigration>, StoreError> {
        self.apply_pending(None, &|_| {}).await
    }

    /// The same unless an older version uses the database at `now`. `begin` is called before each migration.
    ///
    /// # Errors
    /// As [`Store::migrate`], and [`StoreError::InUse`].
    pub async fn migrate_unused(
        &self,
        now: Timestamp,
        begin: impl Fn(&AppliedMigration) + Sync,
    ) -> Result<Vec<AppliedMigration>, StoreError> {
        self.apply_pending(Some(now), &begin).await
    }

    async fn apply_pending(
        &self,
        now: Option<Timestamp>,
        begin: &(dyn Fn(&AppliedMigration) + Sync),
    ) -> Result<Vec<AppliedMigration>, StoreError> {
        let applied = match &self.database {
            Database::Sqlite { write, .. } => {
                async {
                    // sqlx takes no lock on SQLite: the write lock is held for all migrations together.
                    let mut turn = write.alone().await?;
                    let mut tx = turn.connection()?.begin_with("BEGIN IMMEDIATE").await?;
                    let applied = apply_on_sqlite(&mut tx, now, begin).await?;
                    tx.commit().await?;
                    Ok(applied)
                }
                .await
            }
            Database::Postgres { pool, .. } => {
                async {
                    let mut tx = pool.begin(Pace::Long).await?;
                    let applied = apply_on_postgres(&mut tx, now, begin).await?;
                    tx.commit().await?;
                    Ok(applied)
                }
                .await
            }
        };
        match applied {
            Ok(applied) => Ok(applied),
            Err(error) => Err(self.database.writes().place().explain(error).await),
        }
    }

    /// Returns the number of accounts that share a mailbox with an older one that has the mailbox's key; `None` if
    /// these migrations have not given out the keys, or if no two accounts share a mailbox.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn shared_mailboxes(&self, applied: &[AppliedMigration]) -> Result<Option<u64>, StoreError> {
        const SHARED: &str =
            "SELECT COUNT(*) AS signups FROM account WHERE email_key IS NOT NULL AND person_key IS NULL";
        if !applied.iter().any(|migration| migration.version == PERSON_KEYS) {
            return Ok(None);
        }
        let row = self.database.fetch_optional(SHARED, &[]).await?;
        let shared: u64 = row.map_or(Ok(0), |row| row.count("signups"))?;
        Ok((shared > 0).then_some(shared))
    }

    /// The migrations of this program, as in a database to which no migration was applied.
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

async fn apply_on_sqlite(
    connection: &mut SqliteConnection,
    now: Option<Timestamp>,
    begin: &(dyn Fn(&AppliedMigration) + Sync),
) -> Result<Vec<AppliedMigration>, StoreError> {
    let migrator = migrator(SQLITE);
    // Applies nothing, but finds migrations of a newer version.
    migrator.run_direct(Some(0), connection, false).await?;
    let before = connection.list_applied_migrations(TABLE).await?;
    let is_known = |version: i64| before.iter().any(|one| one.version == version);
    let pending: Vec<&Migration> = migrator.iter().filter(|one| !is_known(one.version)).collect();
    if let (Some(now), false, true) = (now, pending.is_empty(), is_known(PROCESSES)) {
        let args = Process::older(Store::newest_migration(), now);
        let older = statement!(Process::OLDER, args).fetch_all(&mut *connection).await?;
        refuse_older(older.into_iter().map(Row::Sqlite))?;
    }
    for migration in &pending {
        begin(&AppliedMigration::from(*migration));
        migrator.run_direct(Some(migration.version), connection, false).await?;
    }
    // Compares the texts of those that were applied before.
    migrator.run_direct(None, connection, false).await?;
    Ok(pending.into_iter().map(AppliedMigration::from).collect())
}

/// Fails if there is a process of an older version.
fn refuse_older(rows: impl Iterator<Item = Row>) -> Result<(), StoreError> {
    let older = rows.map(|row| Process::read(&row)).collect::<Result<Vec<_>, _>>()?;
    if older.is_empty() { Ok(()) } else { Err(StoreError::InUse(older)) }
}

/// Does what sqlx does, in one transaction: sqlx locks the session and prepares statements by name, which a pooler that
/// gives each transaction another server connection does not allow.
async fn apply_on_postgres(
    tx: &mut PgTransaction,
    now: Option<Timestamp>,
    begin: &(dyn Fn(&AppliedMigration) + Sync),
) -> Result<Vec<AppliedMigration>, StoreError> {
    const CREATE_TABLE: &str = "CREATE TABLE IF NOT EXISTS _sqlx_migrations (\
         version BIGINT PRIMARY KEY, description TEXT NOT NULL, installed_on TIMESTAMPTZ NOT NULL DEFAULT now(), \
         success BOOLEAN NOT NULL, checksum BYTEA NOT NULL, execution_time BIGINT NOT NULL)";
    const NOTE: &str = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         VALUES ($1, $2, TRUE, $3, -1)";
    let migrator = migrator(POSTGRES);
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
    let mut pending = Vec::new();
    for migration in migrator.iter() {
        match before.get(&migration.version) {
            Some(checksum) if *checksum == *migration.checksum => {}
            Some(_) => return Err(MigrateError::VersionMismatch(migration.version).into()),
            None => pending.push(migration),
        }
    }
    if let (Some(now), false, true) = (now, pending.is_empty(), before.contains_key(&PROCESSES)) {
        // A process that registers waits, and then finds the new schema.
        tx.execute_script("LOCK TABLE process IN SHARE ROW EXCLUSIVE MODE".into_sql_str()).await?;
        let args = Process::older(Store::newest_migration(), now);
        let older = tx.fetch_all(statement!(Process::OLDER, args)).await?;
        refuse_older(older.into_iter().map(Row::Postgres))?;
    }
    for migration in &pending {
        begin(&AppliedMigration::from(*migration));
        tx.execute_script(migration.sql.clone()).await?;
        let note = sqlx::query(NOTE).bind(migration.version).bind(&*migration.description);
        tx.execute(note.bind(&*migration.checksum)).await?;
    }
    Ok(pending.into_iter().map(AppliedMigration::from).collect())
}

/// Waits for another process that migrates this database; the number is the one that sqlx locks.
async fn lock(tx: &mut PgTransaction) -> Result<(), sqlx::Error> {
    tx.execute_script("SET LOCAL lock_timeout = 0".into_sql_str()).await?;
    let row = tx.fetch_optional(sqlx::query("SELECT current_database()::TEXT AS name")).await?;
    let name: String = row.ok_or(sqlx::Error::RowNotFound)?.try_get("name")?;
    let number = 0x3d32_ad9e * i64::from(crc32fast::hash(name.as_bytes()));
    tx.execute(sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(number)).await?;
    // A statement that waits for a table keeps all later ones from it.
    tx.execute_script("SET LOCAL lock_timeout = '10s'".into_sql_str()).await
}

impl From<&Migration> for AppliedMigration {
    fn from(migration: &Migration) -> Self {
        Self { version: migration.version, description: migration.description.to_string() }
    }
}
