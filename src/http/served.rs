//! The router in service.

use std::sync::Arc;

use arc_swap::ArcSwap;
use axum::Router;

/// A router that may be exchanged while requests are answered: each is answered by the one that was there when it
/// came. Cheap to clone; all clones are the same.
#[derive(Clone)]
pub struct Served(Arc<ArcSwap<Router>>);

impl Served {
    /// This router, until another takes its place.
    #[must_use]
    pub fn new(router: Router) -> Self {
        Self(Arc::new(ArcSwap::from_pointee(router)))
    }

    /// The router at this moment.
    pub fn now(&self) -> Router {
        Router::clone(&self.0.load())
    }

    /// Puts this router in its place.
    pub fn exchange(&self, router: Router) {
        self.0.store(Arc::new(router));
    }
}
