//! The texts in force.

use std::sync::Arc;

use arc_swap::ArcSwap;

use super::Texts;

/// Texts that may be exchanged while others read them. Cheap to clone; all clones are the same.
#[derive(Clone, Debug)]
pub struct CurrentTexts(Arc<ArcSwap<Texts>>);

impl CurrentTexts {
    /// These, until others take their place.
    #[must_use]
    pub fn new(texts: Texts) -> Self {
        Self(Arc::new(ArcSwap::from_pointee(texts)))
    }

    /// The texts at this moment. What one mail or page says should come from one look.
    #[must_use]
    pub fn get(&self) -> Texts {
        Texts::clone(&self.0.load())
    }

    /// Puts these in their place.
    pub fn set(&self, texts: Texts) {
        self.0.store(Arc::new(texts));
    }
}
