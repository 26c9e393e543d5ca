//! What is read again while the service runs: texts and static files.

use crate::{
    config::{Config, Faults},
    http::{self, Assets, Served, Site},
    texts::{CurrentTexts, Texts, TextsFaults},
};

/// Puts changed texts and files into force. What requests and mails are under way end with what they began with.
#[derive(Clone)]
pub struct Reload {
    site: Site,
    served: Served,
    texts: CurrentTexts,
}

/// Why what is there now cannot be put into force.
#[derive(Debug, thiserror::Error)]
pub enum ReloadError {
    /// Texts at fault.
    #[error("the texts are at fault\n{0}")]
    Texts(TextsFaults),
    /// Static files at fault.
    #[error("the static files are at fault\n{0}")]
    Files(Faults),
}

impl Reload {
    pub(super) fn new(site: Site) -> Self {
        let served = Served::new(http::router(site.clone()));
        let texts = CurrentTexts::new(site.texts.clone());
        Self { site, served, texts }
    }

    /// The router in force.
    pub(super) fn served(&self) -> Served {
        self.served.clone()
    }

    /// The texts in force.
    pub(super) fn texts(&self) -> CurrentTexts {
        self.texts.clone()
    }

    /// Reads texts and static files as they are now. All are put into force, or none.
    ///
    /// # Errors
    /// [`ReloadError`] has every fault; then all stays as it was.
    pub fn now(&self) -> Result<(), ReloadError> {
        let (texts, assets) = read(&self.site.config)?;
        self.served.exchange(http::router(Site { texts: texts.clone(), assets, ..self.site.clone() }));
        self.texts.set(texts);
        Ok(())
    }
}

/// Reads what an operator may change: at the start, and again whenever it is asked for.
pub(super) fn read(config: &Config) -> Result<(Texts, Assets), ReloadError> {
    let texts = Texts::read(config.texts.dir.as_deref()).map_err(ReloadError::Texts)?;
    let texts = texts.offering(&config.site.languages).map_err(|fault| ReloadError::Texts(fault.into()))?;
    let assets = Assets::read(&config.site).map_err(ReloadError::Files)?;
    Ok((texts, assets))
}
