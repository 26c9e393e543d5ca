//! `accountcreator prune`

use std::{path::Path, process::ExitCode};

use serde::Serialize;

use super::{
    args::PruneArgs,
    configured::{self, operator},
    logging,
    say::{say, say_on},
    table,
};
use crate::{
    app::{Pruned, Retention},
    audit::{self, Act},
    domain::Clock,
    store::Store,
};

/// The result of one setting, as programs read it.
#[derive(Serialize)]
struct Row {
    setting: String,
    kept_for: Option<String>,
    signups: u64,
    removed: bool,
}

pub(super) async fn run(file: Option<&Path>, args: &PruneArgs) -> anyhow::Result<ExitCode> {
    let config = configured::load(file)?;
    logging::start_audit(&config.log)?;
    let store = configured::open_store(&config).await?;
    if args.drop_tombstones {
        return drop_tombstones(&store, args).await;
    }
    let retention = Retention::new(store.clone(), config.privacy, Clock::system());
    let pruned = if args.dry_run { retention.preview().await } else { retention.apply().await };
    store.close().await;
    let pruned = pruned?;
    if !args.dry_run {
        for Pruned { setting, signups, .. } in &pruned {
            audit::of_service(&operator(), Act::Pruned, &format!("{setting}: {signups}"));
        }
    }
    let rows: Vec<Row> = pruned.iter().map(|pruned| Row::of(pruned, !args.dry_run)).collect();
    if args.json {
        say!("{}", serde_json::to_string_pretty(&rows)?);
    } else {
        let head = ["SETTING", "KEPT FOR", if args.dry_run { "TO REMOVE" } else { "REMOVED" }];
        say_on!("{}", table::render(&head, &rows.iter().map(Row::cells).collect::<Vec<_>>()));
    }
    Ok(ExitCode::SUCCESS)
}

/// Removes the tombstones, for when their key cannot be opened any more: erased people can sign up again then.
async fn drop_tombstones(store: &Store, args: &PruneArgs) -> anyhow::Result<ExitCode> {
    let tombstones = if args.dry_run {
        store.count_tombstones(Clock::system().now()).await?
    } else {
        store.drop_tombstones().await?
    };
    store.close().await;
    if !args.dry_run {
        audit::of_service(&operator(), Act::TombstonesLifted, &tombstones);
    }
    let removed = !args.dry_run;
    if args.json {
        say!("{}", serde_json::json!({ "tombstones": tombstones, "removed": removed }));
    } else {
        say!("tombstones {}: {tombstones}", if removed { "removed" } else { "to remove" });
    }
    Ok(ExitCode::SUCCESS)
}

impl Row {
    fn of(pruned: &Pruned, removed: bool) -> Self {
        Self {
            setting: format!("privacy.{}", pruned.setting),
            kept_for: pruned.keep.map(table::duration),
            signups: pruned.signups,
            removed,
        }
    }

    fn cells(&self) -> Vec<String> {
        let kept_for = self.kept_for.clone().unwrap_or_else(|| "good".to_owned());
        vec![self.setting.clone(), kept_for, self.signups.to_string()]
    }
}
