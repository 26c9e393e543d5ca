//! For the tests of the floor above: signups over a real database, and a pair of hands in the worker's place,
//! which write what a worker would once its effects have happened.

#![allow(clippy::unwrap_used)]

use std::{sync::Arc, time::Duration};

use tempfile::TempDir;

use super::Signups;
use crate::{
    config::Config,
    domain::{
        Attention, Clock, Entropy, LeaseToken, SkuId, Stage, StepKind, StepState, TenantAlias, Timestamp,
        Waiting,
    },
    metrics::Metrics,
    store::{self, Claim, Held, PutBack, Store},
};

/// How long the hands hold a signup.
const LEASE: Duration = Duration::from_secs(60);

/// A licence for those who get one.
const LICENCE: &str = "314c4481-f395-4525-be8b-2ec4bb1e9d91";

/// The worker's place at a database that goes with it.
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
    let store = Store::open(&store::Settings { url, max_connections: 2 }).await.unwrap();
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
    pub(crate) async fn take(&self) -> Held {
        let (lease, now) = (LeaseToken::random(&self.entropy), self.clock.now());
        let stages = [
            Stage::AwaitingConfirmation,
            Stage::Queued,
            Stage::Provisioning,
            Stage::Resetting,
            Stage::Delivering,
        ];
        let claim =
            Claim { tenant: &self.tenant, stages: &stages, limit: 10, lease, now, until: self.until() };
        let claimed = self.store.claim(&claim).await.unwrap();
        assert_eq!(claimed.len(), 1, "one signup is due");
        Held { id: claimed[0].id, lease, stage: claimed[0].stage }
    }

    /// Nothing was recorded.
    pub(crate) async fn has_nothing_to_do(&self) {
        let all = store::Filter { stage: None, limit: 1, after: None };
        assert!(self.store.list(&all).await.unwrap().is_empty(), "no signup was recorded");
    }

    /// The code has been mailed.
    pub(crate) async fn send_code(&self, held: &Held) {
        self.store.code_sent(held, self.clock.now()).await.unwrap();
    }

    /// The user exists and is to get a licence.
    pub(crate) async fn create_user(&self, held: &Held) -> Held {
        let (user, licence) = ("6f1a0c52-3a51-4f7c-9a43-0d1d3f0b7c11".parse().unwrap(), sku());
        let (now, until) = (self.clock.now(), self.until());
        self.store.user_created(held, user, &[licence], &[], now, until).await.unwrap()
    }

    /// The user has the licence.
    pub(crate) async fn entitle(&self, held: &Held) -> Held {
        let results = [(StepKind::AssignLicence, sku().to_string(), StepState::Done, None)];
        self.store.entitled(held, &results, true, self.clock.now(), self.until()).await.unwrap()
    }

    /// The password has been mailed.
    pub(crate) async fn deliver(&self, held: &Held) {
        self.store.delivered(held, None, self.clock.now()).await.unwrap();
    }

    /// The new password is in the tenant.
    pub(crate) async fn set_password(&self, held: &Held) -> Held {
        let now = self.clock.now();
        assert!(!self.store.begin_reset(held, now).await.unwrap());
        self.store.password_reset(held, now, self.until()).await.unwrap()
    }

    /// The tenant refuses the new password.
    pub(crate) async fn refuse_password(&self, held: &Held) {
        self.store.reset_refused(held, "test", self.clock.now()).await.unwrap();
    }

    /// The duplicate has nothing more to wait for.
    pub(crate) async fn settle_duplicate(&self, held: &Held) {
        self.store.duplicate_settled(held, false, self.clock.now()).await.unwrap();
    }

    /// It has to be tried again later.
    pub(crate) async fn put_back(&self, held: &Held, waiting: Waiting) {
        let due_at = self.until();
        let back = PutBack {
            stage: held.stage,
            due_at,
            waiting,
            error: "test".to_owned(),
            undone: false,
            counted: true,
        };
        self.store.put_back(held, &back, self.clock.now()).await.unwrap();
    }

    /// A person has to look.
    pub(crate) async fn give_up(&self, held: &Held, reason: Attention) {
        self.store.needs_attention(held, reason, "test", self.clock.now()).await.unwrap();
    }

    /// From here on the database does not answer.
    pub(crate) async fn close_the_store(&self) {
        self.store.close().await;
    }
}

fn sku() -> SkuId {
    LICENCE.parse().unwrap()
}
