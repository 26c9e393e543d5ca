//! The signup: what a visitor can ask for, and the worker that carries it out.
//!
//! Every effect is written down before it happens and its outcome after it, so that any step can be
//! repeated by any worker at any time.

mod account_check;
mod alerts;
mod backoff;
mod confirm;
mod correct;
mod erase;
mod health;
mod mails;
mod once;
mod outcome;
mod pauses;
mod request;
mod resend;
mod retry;
mod seats;
mod status;
mod steps;
mod switch;
mod undelivered;
mod worker;

#[cfg(test)]
pub(crate) mod testing;

use std::sync::Arc;

use tokio::sync::{Notify, broadcast};

pub use alerts::{Alerts, Ending, SeatsLeft};
pub use confirm::{CodeAgain, Confirmation, OpenRequest, OpenedLink};
pub use erase::{Account, EraseError, EraseOrder, Eraser, Erasure, Existence, Found, Subject};
pub use health::{NotReady, Ready};
pub use mails::{Sample, SampleError, samples as sample_mails};
pub use once::KEYS_HOLD;
pub use pauses::{Trouble, TroubleKind};
pub use request::{Consented, Preview, Request, RequestError, Requested};
pub use resend::PasswordAgain;
pub use retry::{Kept, Retrier};
pub use seats::{SeatCount, Seats};
pub use status::{Again, Progress, ProgressState, ProgressStep, Status};
pub use steps::MARKER_REFUSAL_HOLDS;
pub use switch::{close_signups, open_signups};
pub use undelivered::{Marked, UndeliveredError, mark_undelivered, signups_of_mail};
pub use worker::{Tenant, Worker};

pub use crate::store::StoreError;
use crate::{
    config::Config,
    domain::{Clock, Entropy, NameRules, Profiles, SecretKey},
    metrics::Metrics,
    store::Store,
};
use pauses::Pauses;

/// What a visitor can do with a signup. Cheap to clone.
#[derive(Clone)]
pub struct Signups(Arc<Inner>);

struct Inner {
    store: Store,
    config: Arc<Config>,
    key: SecretKey,
    clock: Clock,
    entropy: Entropy,
    /// What rests, as the worker has found.
    pauses: Pauses,
    seats: Seats,
    switch: switch::Switch,
    metrics: Metrics,
    /// Tells the worker that there is something to do at once.
    wake: Notify,
    /// Tells whoever waits for a signup that a worker's turn with it is over.
    turned: broadcast::Sender<outcome::Told>,
}

impl Signups {
    /// The operations on this store.
    #[must_use]
    pub fn new(store: Store, config: Arc<Config>, clock: Clock, entropy: Entropy, metrics: Metrics) -> Self {
        let key = config.secret_key.clone();
        let pauses = Pauses::new(config.worker.retry_base, config.worker.retry_max, metrics.clone());
        let (seats, wake, turned) = (Seats::default(), Notify::new(), outcome::turns());
        let switch = switch::Switch::default();
        Self(Arc::new(Inner {
            store,
            config,
            key,
            clock,
            entropy,
            pauses,
            seats,
            switch,
            metrics,
            wake,
            turned,
        }))
    }

    /// The allowlist.
    #[must_use]
    pub fn profiles(&self) -> &Profiles {
        &self.0.config.profiles
    }

    /// Which names are accepted.
    #[must_use]
    pub fn names(&self) -> &NameRules {
        &self.0.config.signup.names
    }
}
