//! `mail.transport = "file"`: each mail becomes a file, for debugging.

use std::{
    io,
    path::{Path, PathBuf},
};

use tokio::{
    fs::{self, OpenOptions},
    io::AsyncWriteExt,
};

use super::{Error, SetupError};

pub(super) struct Files {
    dir: PathBuf,
}

impl Files {
    pub(super) fn new(dir: PathBuf) -> Result<Self, SetupError> {
        std::fs::create_dir_all(&dir).map_err(|error| SetupError::Directory(dir.clone(), error))?;
        Ok(Self { dir })
    }

    /// Writes `<id>.eml`, whole or not at all. A mail that is sent again replaces itself.
    pub(super) async fn write(&self, id: &str, mail: &[u8]) -> Result<(), Error> {
        let unfinished = self.dir.join(format!("{id}.eml.tmp"));
        let finished = self.dir.join(format!("{id}.eml"));
        let written = async {
            write_whole(&unfinished, mail).await?;
            fs::rename(&unfinished, &finished).await
        };
        written.await.map_err(|error| Error::caused("unwritable_file", error))
    }
}

/// Writes a file that only its owner can read, since it holds a password.
async fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    options.mode(0o600);
    let mut file = options.open(path).await?;
    file.write_all(bytes).await?;
    file.sync_all().await
}
