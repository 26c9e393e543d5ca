//! Writing the files: one that is its owner's stays as it is, one that follows from the configuration is kept current.

use std::{
    fs::{self, Permissions},
    io::{ErrorKind, Write},
    os::unix::fs::{MetadataExt, PermissionsExt, fchown},
    path::{Path, PathBuf},
};

use anyhow::Context;

use crate::{cli::identity::secret_mode, config};

/// The outcome for a file.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Written,
    Kept,
    Updated,
}

/// A file, and what became of it.
pub(super) struct Done {
    pub(super) path: PathBuf,
    pub(super) outcome: Outcome,
    pub(super) what: &'static str,
}

/// Readers of a file. `Owner` makes it a [secret](secret_mode).
#[derive(Clone, Copy)]
pub(super) enum Readers {
    Owner,
    All,
    AllAsProgram,
}

impl Outcome {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Written => "written",
            Self::Kept => "kept",
            Self::Updated => "updated",
        }
    }
}

impl Readers {
    fn mode(self, file: &Path) -> u32 {
        match self {
            Self::Owner => secret_mode(file),
            Self::All => 0o644,
            Self::AllAsProgram => 0o755,
        }
    }
}

/// Makes the folder; only its owner may look into a new one.
pub(super) fn folder(dir: &Path) -> anyhow::Result<PathBuf> {
    let absolute = std::path::absolute(dir)?;
    if !absolute.is_dir() {
        fs::create_dir_all(&absolute)
            .and_then(|()| fs::set_permissions(&absolute, Permissions::from_mode(0o700)))
            .with_context(|| {
                format!("cannot make the folder {}; `--dir` names another one", absolute.display())
            })?;
    }
    Ok(absolute)
}

/// Writes a file unless there is one.
pub(super) fn once(path: &Path, what: &'static str, readers: Readers, text: &str) -> anyhow::Result<Done> {
    let done = |outcome| Done { path: path.to_owned(), outcome, what };
    let file = whole(path, readers, text)?;
    match file.persist_noclobber(path) {
        Ok(_) => Ok(done(Outcome::Written)),
        Err(refused) if refused.error.kind() == ErrorKind::AlreadyExists => Ok(done(Outcome::Kept)),
        Err(refused) => Err(refused.error).with_context(|| cannot_write(path)),
    }
}

/// Gives a file this text; one that has it already is not touched.
pub(super) fn current(path: &Path, what: &'static str, readers: Readers, text: &str) -> anyhow::Result<Done> {
    let done = |outcome| Ok(Done { path: path.to_owned(), outcome, what });
    let before = match config::read_text(path) {
        Ok(before) if before == text => return done(Outcome::Kept),
        Ok(_) => Some(fs::metadata(path)?),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => return Err(error).with_context(|| format!("cannot read {}", path.display())),
    };
    let file = whole(path, readers, text)?;
    if let Some(before) = &before {
        // The accounts that could read it still can.
        file.as_file().set_permissions(before.permissions())?;
        fchown(file.as_file(), Some(before.uid()), Some(before.gid())).with_context(|| cannot_write(path))?;
    }
    file.persist(path).with_context(|| cannot_write(path))?;
    done(if before.is_some() { Outcome::Updated } else { Outcome::Written })
}

/// The text in a temporary file beside its place: the file gets its name only when it is whole and on the disk.
fn whole(path: &Path, readers: Readers, text: &str) -> anyhow::Result<tempfile::NamedTempFile> {
    let folder = path.parent().unwrap_or(Path::new("/"));
    let made = tempfile::Builder::new().prefix(".accountcreator-").tempfile_in(folder);
    let mut file = made.with_context(|| cannot_write(path))?;
    // This sets the mode whatever the umask is.
    file.as_file()
        .set_permissions(Permissions::from_mode(readers.mode(path)))
        .and_then(|()| file.write_all(text.as_bytes()))
        .and_then(|()| file.as_file().sync_all())
        .with_context(|| cannot_write(path))?;
    Ok(file)
}

fn cannot_write(path: &Path) -> String {
    format!("cannot write {}", path.display())
}
