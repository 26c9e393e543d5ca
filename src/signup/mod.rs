//! The signup: what a visitor can ask for, and the steps that carry it out.
//!
//! Every effect is written down before it happens and its outcome after it, so that any step can be
//! repeated by any worker at any time.

mod account_check;
mod alerts;
mod confirm;
mod correct;
mod erase;
mod health;
mod mails;
mod once;
mod outcome;
mod request;
mod resend;
mod retry;
mod seats;
mod status;
mod steps;
mod switch;
mod undelivered;

#[cfg(test)]
pub(crate) mod testing;

use std::sync::Arc;

pub use alerts::{Alerts, Ending, SeatsLeft};
pub use confirm::{CodeAgain, Confirmation, OpenRequest, OpenedLink};
pub use erase::{Account, EraseError, EraseOrder, Eraser, Erasure, Existence, Found, Subject};
pub use health::{NotReady, Ready};
pub use mails::{Sample, SampleError, samples as sample_mails};
pub use once::KEYS_HOLD;
pub use request::{Consented, Preview, Request, RequestError, Requested};
pub use resend::PasswordAgain;
pub use retry::{Kept, Retrier};
pub use seats::{SeatCount, Seats};
pub use status::{Again, Progress, ProgressState, ProgressStep, Status};
pub use steps::{MARKER_REFUSAL_HOLDS, steps};
pub use switch::{close_signups, open_signups};
pub use undelivered::{Marked, UndeliveredError, mark_undelivered, signups_of_mail};

use crate::{
    config::Config,
    domain::{Clock, Entropy, NameRules, Profiles, SecretKey},
    engine::Engine,
    metrics::Metrics,
    store::Store,
};
pub use crate::{
    engine::{Trouble, TroubleKind},
    store::StoreError,
};

/// The operations on signups that a visitor can ask for. Cheap to clone.
#[derive(Clone)]
pub struct Signups(Arc<Inner>);

struct Inner {
    store: Store,
    config: Arc<Config>,
    key: SecretKey,
    clock: Clock,
    entropy: Entropy,
    seats: Seats,
    switch: switch::Switch,
    metrics: Metrics,
    /// Carries out the requests.
    engine: Engine,
}

impl Signups {
    /// The operations on this store.
    #[must_use]
    pub fn new(store: Store, config: Arc<Config>, clock: Clock, entropy: Entropy, metrics: Metrics) -> Self {
        let key = config.secret_key.clone();
        let engine =
            Engine::new(store.clone(), Arc::clone(&config), clock.clone(), entropy.clone(), metrics.clone());
        let seats = Seats::default();
        let switch = switch::Switch::default();
        Self(Arc::new(Inner { store, config, key, clock, entropy, seats, switch, metrics, engine }))
    }

    /// The engine that carries out the operations on signups.
    pub(crate) fn engine(&self) -> Engine {
        self.0.engine.clone()
    }

    /// The allowlist.
    #[must_use]
    pub fn profiles(&self) -> &Profiles {
        &self.0.config.profiles
    }

    /// The rules for the names that are accepted.
    #[must_use]
    pub fn names(&self) -> &NameRules {
        &self.0.config.signup.names
    }
}
