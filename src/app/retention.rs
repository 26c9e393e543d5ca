//! Retention: what is past its retention period is removed, once after the start and then daily.

use std::time::Duration;

use crate::{
    audit::{self, Act},
    config::Privacy,
    domain::{Clock, MailLimits, Requester, StepKind, Timestamp},
    engine::{Done, OperationRun, Step, StepResult},
    signup::KEYS_HOLD,
    store::{Cutoff, Prunable, Store, StoreError},
};

const EVERY: Duration = Duration::from_hours(24);
const AFTER_A_FAILURE: Duration = Duration::from_hours(1);

/// Removes records whose retention period is over. Several may do so on one database.
#[derive(Clone)]
pub struct Retention {
    store: Store,
    privacy: Privacy,
    clock: Clock,
}

/// The outcome of one setting, or the expected outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pruned {
    /// The setting's key in `[privacy]`.
    pub setting: &'static str,
    /// The time for which it keeps records; `None` if it keeps them for good.
    pub keep: Option<Duration>,
    /// The number of signups that it concerned; of `keep_tombstones`, the number of tombstones.
    pub signups: u64,
}

impl Retention {
    /// For the signups of this store.
    #[must_use]
    pub const fn new(store: Store, privacy: Privacy, clock: Clock) -> Self {
        Self { store, privacy, clock }
    }

    /// Removes records whose retention period is over, one setting after the other.
    ///
    /// # Errors
    /// The error of the database; what was removed before stays removed.
    pub async fn apply(&self) -> Result<Vec<Pruned>, StoreError> {
        let mut all = Vec::new();
        for what in Prunable::ALL {
            let (mut pruned, cutoff) = self.nothing_yet(what);
            if let Some(cutoff) = cutoff {
                pruned.signups = self.store.prune(what, cutoff).await?;
            }
            add(&mut all, pruned);
        }
        let mut tombstones = self.tombstones();
        if let Some(until) = self.until(tombstones.keep) {
            tombstones.signups = self.store.prune_tombstones(until).await?;
        }
        all.push(tombstones);
        self.store.forget_keys(self.clock.now().minus(KEYS_HOLD)).await?;
        self.store.forget_mails(self.clock.now().minus(MailLimits::MAX_SPAN)).await?;
        if !self.store.scrub().await? {
            tracing::warn!(
                "what was removed is still in the database's log, which is being read; the next time clears it"
            );
        }
        Ok(all)
    }

    /// Returns what [`Retention::apply`] would remove; nothing is written.
    ///
    /// # Errors
    /// The error of the database.
    pub async fn preview(&self) -> Result<Vec<Pruned>, StoreError> {
        let mut all = Vec::new();
        for what in Prunable::ALL {
            let (mut pruned, cutoff) = self.nothing_yet(what);
            if let Some(cutoff) = cutoff {
                pruned.signups = self.store.count_prunable(what, cutoff).await?;
            }
            add(&mut all, pruned);
        }
        let mut tombstones = self.tombstones();
        if let Some(until) = self.until(tombstones.keep) {
            tombstones.signups = self.store.count_tombstones(until).await?;
        }
        all.push(tombstones);
        Ok(all)
    }

    /// The step that applies it, for the registry.
    #[must_use]
    pub fn step(&self) -> Step {
        let retention = self.clone();
        Step::new(StepKind::Prune, move |run| {
            let retention = retention.clone();
            Box::pin(async move { retention.run(run).await })
        })
    }

    /// Applies it once and makes it due again: the next day, or sooner after a failure. A transaction that is under way at
    /// the end of the process is rolled back.
    async fn run(&self, run: &OperationRun) -> StepResult {
        let apply = run.shutdown.run_until_cancelled(self.apply());
        match run.keeping_the_lease(apply).await? {
            Some(Ok(all)) => {
                for Pruned { setting, signups, .. } in all.iter().filter(|pruned| pruned.signups > 0) {
                    audit::of_service(&Requester::Service, Act::Pruned, &format!("{setting}: {signups}"));
                }
                let next = run.now().plus(EVERY);
                run.store().recurring_done(&run.lease, Some(next), run.now()).await?;
                return Ok(Done::Finished);
            }
            Some(Err(error)) => {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "what has had its time could not be removed; the next try is in an hour"
                );
                let next = run.now().plus(AFTER_A_FAILURE);
                run.store().recurring_postponed(&run.lease, Some(next), run.now()).await?;
            }
            None => run.store().recurring_postponed(&run.lease, Some(run.now()), run.now()).await?,
        }
        Ok(Done::NothingToDo)
    }

    /// The setting, and the cutoff that it means, if any.
    fn nothing_yet(&self, what: Prunable) -> (Pruned, Option<Cutoff>) {
        let Privacy { keep_events, keep_unconfirmed, keep_duplicates, keep_finished, .. } = self.privacy;
        // A further request is a finished signup too: it is removed with the others at the latest.
        let duplicates = keep_duplicates.into_iter().chain(keep_finished).min();
        let (setting, keep) = match what {
            Prunable::Trails => ("keep_events", keep_events),
            Prunable::Unconfirmed | Prunable::Voided => ("keep_unconfirmed", keep_unconfirmed),
            Prunable::Duplicates => ("keep_duplicates", duplicates),
            Prunable::Finished => ("keep_finished", keep_finished),
        };
        let now = self.clock.now();
        let cutoff = keep.map(|keep| Cutoff {
            until: now.minus(keep),
            duplicates_until: now.minus(duplicates.unwrap_or(keep)),
        });
        (Pruned { setting, keep, signups: 0 }, cutoff)
    }

    const fn tombstones(&self) -> Pruned {
        Pruned { setting: "keep_tombstones", keep: self.privacy.keep_tombstones, signups: 0 }
    }

    fn until(&self, keep: Option<Duration>) -> Option<Timestamp> {
        keep.map(|keep| self.clock.now().minus(keep))
    }
}

/// Adds the outcome of a setting; one that governs two kinds of rows is reported once.
fn add(all: &mut Vec<Pruned>, pruned: Pruned) {
    match all.last_mut().filter(|last| last.setting == pruned.setting) {
        Some(last) => last.signups += pruned.signups,
        None => all.push(pruned),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::config;

    const DAY: Duration = Duration::from_hours(24);

    async fn retention() -> (Retention, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("test.db").display());
        let store = Store::open(&config::Database::new(url, 2)).await.unwrap();
        store.migrate().await.unwrap();
        let privacy = Privacy {
            keep_events: None,
            keep_unconfirmed: Some(DAY * 7),
            keep_duplicates: Some(DAY * 30),
            keep_finished: None,
            keep_tombstones: None,
        };
        let clock = Clock::manual(Timestamp::from_millis(1_800_000_000_000));
        (Retention::new(store, privacy, clock), folder)
    }

    #[tokio::test]
    async fn further_requests_go_with_finished_signups_at_the_latest() {
        let (mut retention, _folder) = retention().await;
        let keep = |retention: &Retention| retention.nothing_yet(Prunable::Duplicates).0.keep;
        assert_eq!(keep(&retention), Some(DAY * 30));
        retention.privacy.keep_finished = Some(DAY * 20);
        assert_eq!(keep(&retention), Some(DAY * 20));
        retention.privacy.keep_duplicates = None;
        assert_eq!(keep(&retention), Some(DAY * 20));
        retention.privacy.keep_finished = None;
        assert_eq!(retention.nothing_yet(Prunable::Duplicates).1, None);
    }
}
