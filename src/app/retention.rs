//! Retention: what is kept no longer than configured is removed, once after the start and then daily.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::{
    audit::{self, Act},
    config::Privacy,
    domain::{Clock, MailLimits, Requester, Timestamp},
    signup::KEYS_HOLD,
    store::{Cutoff, Prunable, Store, StoreError},
};

const EVERY: Duration = Duration::from_hours(24);
const AFTER_A_FAILURE: Duration = Duration::from_hours(1);

/// Removes what has had its time. Several may do so on one database.
#[derive(Clone)]
pub struct Retention {
    store: Store,
    privacy: Privacy,
    clock: Clock,
}

/// What one setting has led to, or would.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pruned {
    /// The setting's key in `[privacy]`.
    pub setting: &'static str,
    /// How long it keeps; `None` for good.
    pub keep: Option<Duration>,
    /// How many signups it concerned; of `keep_tombstones`, how many tombstones.
    pub signups: u64,
}

impl Retention {
    /// For the signups of this store.
    #[must_use]
    pub const fn new(store: Store, privacy: Privacy, clock: Clock) -> Self {
        Self { store, privacy, clock }
    }

    /// Removes what is to go now, each setting's after the other's.
    ///
    /// # Errors
    /// What the database says; what was removed before stays so.
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

    /// What [`Retention::apply`] would remove; nothing is written.
    ///
    /// # Errors
    /// What the database says.
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

    /// Applies it now and daily until `shutdown`. A transaction that is under way then is rolled back.
    pub async fn run(self, shutdown: CancellationToken) {
        let daily = async {
            loop {
                let pause = self.turn().await;
                self.clock.sleep_until(self.clock.now().plus(pause)).await;
            }
        };
        shutdown.run_until_cancelled(daily).await;
    }

    /// Applies it once and says how long to wait for the next time.
    async fn turn(&self) -> Duration {
        match self.apply().await {
            Ok(all) => {
                for Pruned { setting, signups, .. } in all.iter().filter(|pruned| pruned.signups > 0) {
                    audit::of_service(&Requester::Service, Act::Pruned, &format!("{setting}: {signups}"));
                }
                EVERY
            }
            Err(error) => {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "what has had its time could not be removed; the next try is in an hour"
                );
                AFTER_A_FAILURE
            }
        }
    }

    /// The setting, and which moment it means, if any.
    fn nothing_yet(&self, what: Prunable) -> (Pruned, Option<Cutoff>) {
        let Privacy { keep_events, keep_unconfirmed, keep_duplicates, keep_finished, .. } = self.privacy;
        // A further request is a finished signup too: it goes with the others at the latest.
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

/// Adds what a setting has led to; one that governs two kinds of rows is reported once.
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
    use crate::{
        config,
        domain::{
            Consent, Email, Entropy, FormNonce, LeaseToken, MailLimits, Needs, PersonName, Requester, Sealed,
            SecretKey, SignupId,
        },
        store::{Claim, Lease, MailBudget, NewSignup, PendingConfirmation},
    };

    const DAY: Duration = Duration::from_hours(24);

    async fn house() -> (Retention, tempfile::TempDir) {
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

    /// One whose code is mailed, and holds for a day.
    async fn unconfirmed(retention: &Retention) -> SignupId {
        let Retention { store, clock, .. } = retention;
        let (entropy, now) = (Entropy::system(), clock.now());
        let email = Email::parse("st000001@uni.edu").unwrap();
        let key = SecretKey::new(&SecretKey::random(&entropy)).unwrap();
        let new = NewSignup {
            id: SignupId::random(&entropy),
            form: FormNonce::random(&entropy),
            email: email.clone(),
            name: PersonName::parse("Ada", "Lovelace").unwrap(),
            locale: "en".parse().unwrap(),
            profile: "students".parse().unwrap(),
            tenant: "main".parse().unwrap(),
            domain: "students.example.edu".parse().unwrap(),
            username: "ada.lovelace".parse().unwrap(),
            sealed: Sealed::stored("sealed".to_owned()),
            consent: Consent { text_version: "1".to_owned(), given_at: now },
            requester: Requester::Visitor,
            confirm: Some(PendingConfirmation {
                until: now.plus(DAY),
                budget: MailBudget { address: key.hash_mailbox(&email), limits: MailLimits::default() },
                address: key.hash_mailbox(&email),
            }),
            now,
        };
        store.insert_signup(&new).await.unwrap();
        let claim = Claim {
            tenant: Some(&new.tenant),
            needs: &[Needs::Mail],
            limit: 1,
            lease: LeaseToken::random(&entropy),
            now,
            until: now.plus(DAY),
        };
        let claimed = store.claim(&claim).await.unwrap().remove(0);
        store.code_sent(&Lease::new(&claimed, claim.lease), now).await.unwrap();
        new.id
    }

    #[tokio::test]
    async fn it_is_applied_after_the_start_and_then_daily() {
        let (retention, _folder) = house().await;
        let old = unconfirmed(&retention).await;
        retention.clock.advance(DAY * 8);
        let young = unconfirmed(&retention).await;
        let (store, clock) = (retention.store.clone(), retention.clock.clone());
        let gone = async |id| {
            let looking = async {
                while store.signup(id).await.unwrap().is_some() {
                    clock.advance(Duration::from_hours(6));
                    tokio::task::yield_now().await;
                }
            };
            tokio::time::timeout(Duration::from_secs(60), looking).await.unwrap();
        };
        let stop = CancellationToken::new();
        let running = tokio::spawn(retention.run(stop.clone()));
        gone(old).await;
        gone(young).await;
        stop.cancel();
        running.await.unwrap();
    }

    #[tokio::test]
    async fn a_failure_is_tried_again_sooner() {
        let (retention, _folder) = house().await;
        assert_eq!(retention.turn().await, EVERY);
        retention.store.close().await;
        assert_eq!(retention.turn().await, AFTER_A_FAILURE);
    }

    #[tokio::test]
    async fn further_requests_go_with_finished_signups_at_the_latest() {
        let (mut retention, _folder) = house().await;
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
