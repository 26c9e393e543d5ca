//! The database: there, up to date, writable, with space around it.

use std::path::Path;

use rustix::fs::statvfs;

use super::{
    finding::{Area, Finding, told},
    marker,
};
use crate::{
    app::Parts,
    config::{Config, Database},
    domain::TenantAlias,
    store::{KeyUse, Store, StoreError, TRANSPORT_REMEDY},
};

const MIGRATE: &str = "run `accountcreator migrate` as the user the service runs as";

/// Space for a few thousand signups, and for a good while.
const TIGHT: u64 = 100 << 20;
const AMPLE: u64 = 1 << 30;

pub(super) async fn check(config: &Config, parts: &Parts) -> Vec<Finding> {
    let file = config.database.file();
    if let Some(file) = file.as_ref().filter(|file| !file.exists()) {
        // Opening it would make it, and make it ours instead of the service's.
        let what = format!("there is no database yet at {}", file.display());
        return match config.database.creation_fault() {
            Some(fault) => vec![Finding::failure(Area::Database, format!("{what}: {fault}"), MIGRATE)],
            None => vec![unready(config, what)],
        };
    }
    let mut findings = match Store::open(&config.database).await {
        Ok(store) => {
            let mut findings = vec![schema(config, &store, parts).await];
            findings.extend(strays(config, &store).await);
            findings.extend(closed(&store).await);
            findings.extend(failovers(&store).await);
            findings.extend(secret_keys(config, &store, parts).await);
            findings.extend(marker::check(config, &store, parts).await);
            store.close().await;
            findings
        }
        Err(error) => vec![unusable(&error)],
    };
    findings.extend(config.database.other_owner().map(|owner| not_as_root(&owner)));
    findings.extend(file.as_deref().and_then(space));
    findings.extend(transport(&config.database));
    findings
}

async fn schema(config: &Config, store: &Store, parts: &Parts) -> Finding {
    match store.pending_migrations().await {
        Err(error) => unusable(&error),
        Ok(pending) if !pending.is_empty() => match store.check_migratable().await {
            Ok(()) => unready(config, format!("it lacks the migrations {}", pending.join(", "))),
            Err(error) => unusable(&error),
        },
        Ok(_) => match store.check_writable(&parts.entropy, parts.clock.now()).await {
            Ok(()) => Finding::ok(Area::Database, "it is up to date and can be written"),
            Err(error) => unusable(&error),
        },
    }
}

/// Root may write what the service may not.
fn not_as_root(owner: &str) -> Finding {
    let what = format!("it belongs to {owner}, and root may write what {owner} may not");
    Finding::hint(
        Area::Database,
        what,
        format!("run this again by `runuser -u {owner} -- accountcreator doctor`"),
    )
}

/// Signups that will not be carried out, for their tenant is not configured. Where they cannot be counted, the schema
/// has been found at fault.
async fn strays(config: &Config, store: &Store) -> Vec<Finding> {
    let waiting = store.count_waiting_by_tenant().await.unwrap_or_default();
    let strays = waiting.iter().filter(|(alias, _)| !config.tenants.contains_key(*alias));
    let told = |(alias, count): (&TenantAlias, &u64)| {
        let what = format!("{count} signups wait for the tenant `{alias}`, which is not configured");
        Finding::warning(Area::Database, what, "configure it again, until they are done")
    };
    strays.map(told).collect()
}

/// Signups that an operator has closed. Where that cannot be read, the schema has been found at fault.
async fn closed(store: &Store) -> Option<Finding> {
    let at = store.signups_closed_at().await.ok()??;
    let what = format!("signups are closed since {at}");
    Some(Finding::warning(Area::Database, what, "run `accountcreator signups open` to open them again"))
}

/// A PostgreSQL server that does not reveal its timeline. One that cannot be asked has been found at fault.
async fn failovers(store: &Store) -> Option<Finding> {
    if store.notices_failovers().await.unwrap_or(true) {
        return None;
    }
    let what =
        "it does not tell its timeline: a failover to a standby that lacks the last writes is not noticed";
    let remedy = "let its role call pg_walfile_name and pg_current_wal_insert_lsn, or run `accountcreator restored` \
                  after each failover";
    Some(Finding::warning(Area::Database, what, remedy))
}

/// A lesser `sslmode` that was written. An address that cannot be read has been found at fault.
fn transport(database: &Database) -> Option<Finding> {
    let weakness = database.transport_weakness().ok()??;
    Some(Finding::warning(Area::Database, weakness, TRANSPORT_REMEDY))
}

/// Findings on a changed secret key; empty if the database cannot be read, for the schema is at fault then.
async fn secret_keys(config: &Config, store: &Store, parts: &Parts) -> Vec<Finding> {
    let pages_since = parts.clock.now().minus(config.signup.status_page_for);
    let Ok(found) = store.key_use(&config.secret_key, pages_since).await else { return Vec::new() };
    let lost = (found.lost_passwords > 0).then(|| {
        let what =
            format!("no configured secret key opens the passwords of {} signups", found.lost_passwords);
        let remedy = "give the key that they were sealed with as secret_key_previous";
        Finding::failure(Area::Secret, what, remedy)
    });
    let previous = config.secret_key.previous().map(|_| previous_key(config, &found));
    lost.into_iter().chain(previous).collect()
}

fn previous_key(config: &Config, found: &KeyUse) -> Finding {
    if found.is_previous_free() {
        let what = "nothing that is recorded needs secret_key_previous";
        let remedy = "leave secret_key_previous out and restart, unless it is the next secret_key";
        return Finding::hint(Area::Secret, what, remedy);
    }
    let mut needs = Vec::new();
    if found.previous_passwords > 0 {
        needs.push(format!("the sealed passwords of {} waiting signups", found.previous_passwords));
    }
    if found.previous_tombstones {
        needs.push("the key of the tombstones, until `accountcreator serve` starts".to_owned());
    }
    if let Some(changed_at) = found.changed_at.filter(|_| found.previous_pages > 0) {
        needs.push(format!("{} status pages and links from before {changed_at}", found.previous_pages));
    }
    let what = format!("secret_key_previous is needed for {}", needs.join(", "));
    let days = config.signup.status_page_for.as_secs().div_ceil(24 * 60 * 60);
    let remedy = format!(
        "keep it; a status page is open for {days} days after its signup is done, then look again whether it can be \
         left out"
    );
    Finding::hint(Area::Secret, what, remedy)
}

/// With `database.migrate_on_start` the server makes up for it.
fn unready(config: &Config, what: String) -> Finding {
    if config.database.migrate_on_start {
        return Finding::ok(Area::Database, format!("{what}; the server sees to it when it starts"));
    }
    Finding::failure(Area::Database, what, MIGRATE)
}

fn unusable(error: &StoreError) -> Finding {
    let remedy = match error {
        StoreError::NewerSchema(_) => "run the version that migrated it, or a later one",
        _ => "check database.url, that the database runs, and that this user may write there",
    };
    Finding::failure(Area::Database, told(error), remedy)
}

/// The free space of the file system that holds the database.
fn space(file: &Path) -> Option<Finding> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let stat = statvfs(folder).ok()?;
    Some(judge(stat.f_bavail.saturating_mul(stat.f_frsize)))
}

fn judge(free: u64) -> Finding {
    let what = format!("{} MiB are free for it", free >> 20);
    let remedy = "make room on the file system of the database";
    match free {
        ..TIGHT => Finding::failure(Area::Database, what, remedy),
        TIGHT..AMPLE => Finding::warning(Area::Database, what, remedy),
        AMPLE.. => Finding::ok(Area::Database, what),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::finding::Verdict, *};

    #[test]
    fn space_is_judged_before_it_ends() {
        for (free, verdict) in [(0, Verdict::Failure), (200 << 20, Verdict::Warning), (5 << 30, Verdict::Ok)]
        {
            assert_eq!(judge(free).verdict, verdict);
        }
    }
}
