//! Files that are made, and never replaced.

use std::{
    fs::{self, OpenOptions},
    io::{ErrorKind, Write},
    os::unix::fs::OpenOptionsExt,
    path::PathBuf,
};

use anyhow::Context;
use zeroize::Zeroizing;

use crate::config;

/// A file to be made.
pub(super) struct NewFile {
    pub(super) path: PathBuf,
    pub(super) text: Zeroizing<String>,
    /// True if only its owner may read it.
    pub(super) secret: bool,
}

/// The outcome for a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It was made.
    Written,
    /// It was there with the same text.
    Same,
    /// It was there with another text, and stays.
    Kept,
}

impl NewFile {
    /// The outcome that [`NewFile::write`] would have.
    pub(super) fn look(&self) -> anyhow::Result<Outcome> {
        match config::read_bytes(&self.path, config::MAX_TEXT_BYTES) {
            Ok(bytes) if bytes == self.text.as_bytes() => Ok(Outcome::Same),
            Ok(_) => Ok(Outcome::Kept),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Outcome::Written),
            Err(error) => Err(error).with_context(|| format!("cannot read {}", self.path.display())),
        }
    }

    /// Makes the file, unless there is one.
    pub(super) fn write(&self) -> anyhow::Result<Outcome> {
        let outcome = self.look()?;
        if outcome == Outcome::Written {
            self.make().with_context(|| format!("cannot write {}", self.path.display()))?;
        }
        Ok(outcome)
    }

    fn make(&self) -> std::io::Result<()> {
        if let Some(folder) = self.path.parent() {
            fs::create_dir_all(folder)?;
        }
        let mode = if self.secret { 0o600 } else { 0o644 };
        let mut file = OpenOptions::new().write(true).create_new(true).mode(mode).open(&self.path)?;
        file.write_all(self.text.as_bytes())?;
        file.sync_all()
    }
}
