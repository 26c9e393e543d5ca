//! The texts in force.

use std::sync::Arc;

use arc_swap::ArcSwap;

use super::Texts;

/// Texts that may be exchanged while others read them. Cheap to clone; clones share the texts.
#[derive(Clone, Debug)]
pub struct CurrentTexts(Arc<ArcSwap<Texts>>);

impl CurrentTexts {
    /// Holds these texts until others replace them.
    #[must_use]
    pub fn new(texts: Texts) -> Self {
        Self(Arc::new(ArcSwap::from_pointee(texts)))
    }

    /// The texts at this moment. One mail or page should use the result of one call.
    #[must_use]
    pub fn get(&self) -> Texts {
        Texts::clone(&self.0.load())
    }

    /// Replaces the texts by these.
    pub fn set(&self, texts: Texts) {
        self.0.store(Arc::new(texts));
    }
}
