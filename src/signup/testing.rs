//! Support for the tests of modules that use signups: signups over a real database, and `Hands`, which take the
//! worker's place and write what a worker would once its effects have happened.

#![allow(clippy::unwrap_used)]

use std::{sync::Arc, time::Duration};

use tempfile::TempDir;

use super::Signups;
use crate::{
    config::{Config, Database},
    domain::{
        Attention, Clock, Entropy, LeaseToken, Needs, SkuId, StepKind, TenantAlias, Timestamp, Waiting,
    },
    metrics::Metrics,
    store::{self, Claim, Effect, Lease, PutBack, Store},
};

/// The time for which the hands hold a signup.
const LEASE: Duration = Duration::from_secs(60);

/// The licence of users that get one.
const LICENCE: &str = "314c4481-f395-4525-be8b-2ec4bb1e9d91";

/// Takes the worker's place at a database, which is removed with it.
pub(crate) struct Hands {
    store: Store,
    tenant: TenantAlias,
    clock: Clock,
    entropy: Entropy,
    _folder: TempDir,
}

/// Signups over a fresh database, and the hands that carry them out.
pub(crate) async fn signups(config: Arc<Config>, clock: Clock, entropy: Entropy) -> (Signups, Hands) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("test.db").display());
    let store = Store::open(&Database::new(url, 2)).await.unwrap();
    store.migrate().await.unwrap();
    let tenant = config.tenants.keys().next().unwrap().clone();
    let hands = Hands {
        store: store.clone(),
        tenant,
        clock: clock.clone(),
        entropy: entropy.clone(),
        _folder: folder,
    };
    (Signups::new(store, config, clock, entropy, Metrics::off()), hands)
}

impl Hands {
    /// Closes signups, or opens them again, as an operator does.
    pub(crate) async fn switch_signups(&self, closed: bool) {
        if closed {
            self.store.close_signups(self.clock.now()).await.unwrap();
        } else {
            self.store.open_signups().await.unwrap();
        }
    }

    fn until(&self) -> Timestamp {
        self.clock.now().plus(LEASE)
    }

    /// Takes the one signup that is due.
    pub(crate) async fn take(&self) -> Lease {
        let claim = Claim {
            tenant: Some(&self.tenant),
            needs: &[Needs::Tenant, Needs::Mail, Needs::Nothing],
            limit: 10,
            lease: LeaseToken::random(&self.entropy),
            now: self.clock.now(),
            until: self.until(),
        };
        let claimed = self.store.claim(&claim).await.unwrap();
        assert_eq!(claimed.len(), 1, "one signup is due");
        Lease::new(&claimed[0], claim.lease)
    }

    /// Asserts that nothing was recorded.
    pub(crate) async fn has_nothing_to_do(&self) {
        let all = store::Filter { stage: None, limit: 1, after: None };
        assert!(self.store.list(&all).await.unwrap().is_empty(), "no signup was recorded");
    }

    /// Records that the code has been mailed.
    pub(crate) async fn send_code(&self, lease: &Lease) {
        self.store.code_sent(lease, self.clock.now()).await.unwrap();
    }

    /// Records that the user exists and is to get a licence.
    pub(crate) async fn create_user(&self, lease: &Lease) -> Lease {
        let user = "6f1a0c52-3a51-4f7c-9a43-0d1d3f0b7c11".parse().unwrap();
        let licence = Effect::intended(StepKind::AssignLicence, sku());
        let (now, until) = (self.clock.now(), self.until());
        self.store.user_created(lease, user, &[licence], StepKind::Entitle, now, until).await.unwrap()
    }

    /// Records that the user has the licence.
    pub(crate) async fn entitle(&self, lease: &Lease) -> Lease {
        let results = [Effect::done(StepKind::AssignLicence, sku())];
        self.record_step(lease, &results, StepKind::SendPassword, "entitled").await
    }

    /// Records that the password has been mailed.
    pub(crate) async fn deliver(&self, lease: &Lease) {
        self.store.delivered(lease, None, self.clock.now()).await.unwrap();
    }

    /// Records that the new password is in the tenant.
    pub(crate) async fn set_password(&self, lease: &Lease) -> Lease {
        let set = [Effect::done(StepKind::ResetPassword, "")];
        self.record_step(lease, &set, StepKind::SendNewPassword, "password_reset").await
    }

    async fn record_step(
        &self,
        lease: &Lease,
        done: &[Effect],
        next: StepKind,
        event: &'static str,
    ) -> Lease {
        let (now, until) = (self.clock.now(), self.until());
        self.store.record_step(lease, done, Some(next), (event, ""), now, until).await.unwrap()
    }

    /// Records that the tenant refuses the new password.
    pub(crate) async fn refuse_password(&self, lease: &Lease) {
        self.store.end_refused(lease, "reset_refused", "test", self.clock.now()).await.unwrap();
    }

    /// Records that the duplicate has nothing more to wait for.
    pub(crate) async fn settle_duplicate(&self, lease: &Lease) {
        self.store.duplicate_settled(lease, false, self.clock.now()).await.unwrap();
    }

    /// Records that the signup has to be tried again later.
    pub(crate) async fn put_back(&self, lease: &Lease, waiting: Waiting) {
        let due_at = self.until();
        let back = PutBack { due_at, waiting, error: "test".to_owned(), undone: false, counted: true };
        self.store.put_back(lease, &back, self.clock.now()).await.unwrap();
    }

    /// Records that a person has to look.
    pub(crate) async fn give_up(&self, lease: &Lease, reason: Attention) {
        self.store.needs_attention(lease, reason, "test", false, self.clock.now()).await.unwrap();
    }

    /// Closes the database, which does not answer from here on.
    pub(crate) async fn close_the_store(&self) {
        self.store.close().await;
    }
}

fn sku() -> SkuId {
    LICENCE.parse().unwrap()
}
