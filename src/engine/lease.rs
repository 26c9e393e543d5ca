//! Leases while a step is run: kept during an effect that takes long, and used to record its outcome.

use std::{pin::pin, time::Duration};

use super::run::OperationRun;
use crate::{
    domain::{Clock, Timestamp},
    store::StoreError,
};

/// The pause before a write that failed for the moment is tried again.
const WRITE_AGAIN: Duration = Duration::from_secs(1);

/// The pause before a renewal of the lease that failed is tried again.
const RENEW_AGAIN: Duration = Duration::from_secs(5);

impl OperationRun {
    /// The end of the lease when it is renewed now.
    pub(crate) fn lease_end(&self) -> Timestamp {
        self.now().plus(self.config().worker.lease)
    }

    /// Waits for an effect that may take longer than the lease, which is renewed until then. Ends early, and abandons
    /// the effect, only where the lease is lost: then another worker has the operation. The effect begins under a lease
    /// of full length.
    pub(crate) async fn keeping_the_lease<T>(
        &self,
        effect: impl Future<Output = T>,
    ) -> Result<T, StoreError> {
        let mut effect = pin!(effect);
        let lease = self.config().worker.lease;
        let between = lease / 3;
        // The lease runs from the time that the write names, however long the write takes.
        let renew = async |now: Timestamp| {
            self.store().renew_lease(&self.lease, now, now.plus(lease)).await?;
            Ok::<_, StoreError>(now.plus(between))
        };
        let mut renewal = renew(self.now()).await?;
        loop {
            // The effect continues during the renewal: it may hold the connection that the renewal waits for.
            let renewed = async {
                self.clock().sleep_until(renewal).await;
                renew(self.now()).await
            };
            let renewed = tokio::select! {
                biased;
                result = &mut effect => return Ok(result),
                renewed = renewed => renewed,
            };
            renewal = match renewed {
                Ok(next) => next,
                Err(StoreError::LeaseLost) => return Err(StoreError::LeaseLost),
                Err(error) => {
                    let error = &error as &dyn std::error::Error;
                    tracing::warn!(
                        subject = self.subject(),
                        error,
                        "the lease could not be renewed; it is tried again"
                    );
                    self.now().plus(RENEW_AGAIN.min(between))
                }
            };
        }
    }

    /// Records the outcome of an effect that must not be repeated. While the database is away the write is repeated, for
    /// without it the effect is repeated when the lease has ended.
    pub(crate) async fn record<W>(&self, write: impl Fn() -> W) -> Result<(), StoreError>
    where
        W: Future<Output = Result<(), StoreError>>,
    {
        repeated(self.clock(), self.lease_end(), write).await
    }
}

/// Repeats a write until `until` while its error may pass. A write that took effect although its answer was lost ends
/// with [`StoreError::LeaseLost`].
async fn repeated<W>(clock: &Clock, until: Timestamp, write: impl Fn() -> W) -> Result<(), StoreError>
where
    W: Future<Output = Result<(), StoreError>>,
{
    loop {
        match write().await {
            Err(error) if error.is_transient() && clock.now() < until => {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(error, "it could not be recorded that a mail was sent; it is tried again");
            }
            result => return result,
        }
        clock.sleep_until(clock.now().plus(WRITE_AGAIN)).await;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::{cell::Cell, collections::BTreeMap, sync::Arc};

    use tempfile::TempDir;

    use super::*;
    use crate::{
        config,
        domain::{Entropy, LeaseToken, Needs},
        engine::{Engine, Registry, run::Shared},
        mail::Mailer,
        metrics::Metrics,
        store::{Claim, SiteOperation, Store},
    };

    /// A run of the retention under its lease, on SQLite.
    async fn claimed_retention() -> (OperationRun, TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("test.db").display());
        let store = Store::open(&config::Database::new(url, 2)).await.unwrap();
        store.migrate().await.unwrap();
        let config = Arc::new(config::testing::config());
        let (clock, entropy) = (Clock::manual(Timestamp::from_millis(1_800_000_000_000)), Entropy::system());
        let (now, lease) = (clock.now(), LeaseToken::random(&entropy));
        store.request_site(SiteOperation::Retention, now, now).await.unwrap();
        let until = now.plus(config.worker.lease);
        let claim = Claim { tenant: None, needs: Needs::ALL, limit: 1, lease, now, until };
        let claimed = store.claim(&claim).await.unwrap().remove(0);
        let mailer = Mailer::new(&config.mail, None).unwrap();
        let engine = Engine::new(store, config, clock, entropy, Metrics::off());
        let (registry, tenants) = (Registry::default(), BTreeMap::new());
        let shared = Arc::new(Shared { engine, registry, tenants, mailer });
        (OperationRun::new(shared, claimed, lease, None), folder)
    }

    #[tokio::test]
    async fn a_lease_is_renewed_beside_an_effect_that_holds_the_connection_that_writes() {
        let (run, _folder) = claimed_retention().await;
        let (store, clock) = (run.store(), run.clock());
        let end_of_lease = async || store.next_due().await.unwrap().unwrap();
        let first = end_of_lease().await;
        assert_eq!(first, run.lease_end());
        let effect = async {
            // The renewal becomes due while this has the connection or waits for it.
            clock.advance(run.config().worker.lease / 3);
            store.forget_keys(clock.now()).await.unwrap();
            while end_of_lease().await == first {
                tokio::task::yield_now().await;
            }
        };
        let kept = run.keeping_the_lease(effect);
        let kept = tokio::time::timeout(Duration::from_secs(30), kept).await;
        kept.expect("the effect and the renewal do not wait for each other").unwrap();
        assert_eq!(end_of_lease().await, run.lease_end());
    }

    /// Runs a write that fails `failures` times at first. Returns its result and the number of tries.
    async fn repeated_after(failures: u32, error: fn() -> StoreError) -> (Result<(), StoreError>, u32) {
        let (clock, tries) = (Clock::manual(Timestamp::from_millis(0)), Cell::new(0));
        let write = || {
            tries.set(tries.get() + 1);
            std::future::ready(if tries.get() > failures { Ok(()) } else { Err(error()) })
        };
        let until = clock.now().plus(WRITE_AGAIN * 20);
        let write = repeated(&clock, until, write);
        let advanced = async {
            loop {
                tokio::task::yield_now().await;
                clock.advance(WRITE_AGAIN);
            }
        };
        let result = tokio::select! {
            result = write => result,
            () = advanced => unreachable!("it has no end"),
        };
        (result, tries.get())
    }

    #[tokio::test]
    async fn an_outcome_is_recorded_although_the_database_is_away_for_a_while() {
        let (result, tries) = repeated_after(3, || StoreError::Contended).await;
        assert!(result.is_ok() && tries == 4, "{result:?} after {tries} tries");
        let (result, tries) = repeated_after(u32::MAX, || StoreError::Contended).await;
        assert!(
            matches!(result, Err(StoreError::Contended)) && (5..=20).contains(&tries),
            "{result:?}, {tries}"
        );
        let (result, tries) = repeated_after(3, || StoreError::LeaseLost).await;
        assert!(matches!(result, Err(StoreError::LeaseLost)) && tries == 1, "{result:?}, {tries}");
    }
}
