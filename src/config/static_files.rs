//! The operator's own files for the pages: logo, icon, and a folder of others.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::{file::read_bytes, words::quoted};

/// A file that browsers may ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaticFile {
    /// Its name, without a folder.
    pub name: String,
    /// The content of the file.
    pub content: Vec<u8>,
}

/// The endings of files that are sent to browsers: they can show no others, and no others could be meant.
const KINDS: &[&str] =
    &["avif", "css", "ico", "jpeg", "jpg", "js", "png", "svg", "txt", "webp", "woff", "woff2"];
const LOGOS: &[&str] = &["svg", "png", "webp"];
const ICONS: &[&str] = &["svg", "png", "ico"];

/// The largest logo or icon. Phones load it before anything else.
const LARGEST_LOGO: u64 = 64 * 1024;
/// The largest other file, and the most files: all are kept in memory.
const LARGEST: u64 = 1024 * 1024;
const MOST: usize = 100;

/// The paths of the files.
#[derive(Debug, Clone, Default)]
pub(super) struct StaticPaths {
    pub logo: Option<PathBuf>,
    pub favicon: Option<PathBuf>,
    pub folder: Option<PathBuf>,
}

/// The files that were read: those of the folder first, then logo and icon, whose names are fixed.
#[derive(Debug, Clone, Default)]
pub struct StaticFiles {
    /// Every file; of two of one name, the later one counts.
    pub files: Vec<StaticFile>,
    /// The name of the logo where there is one.
    pub logo: Option<String>,
    /// The name of the icon where there is one.
    pub favicon: Option<String>,
}

/// A fault of the key, with its remedy.
pub(super) struct FileFault {
    pub key: &'static str,
    pub problem: String,
    pub remedy: String,
}

impl StaticPaths {
    /// Reads all of them.
    pub(super) fn read(&self) -> (StaticFiles, Vec<FileFault>) {
        let (mut found, mut faults) = (StaticFiles::default(), Vec::new());
        if let Some(folder) = &self.folder {
            match read_folder(folder) {
                Ok(files) => found.files = files,
                Err(fault) => faults.push(fault),
            }
        }
        for (key, path, name, kinds) in [
            ("logo", &self.logo, &mut found.logo, LOGOS),
            ("favicon", &self.favicon, &mut found.favicon, ICONS),
        ] {
            match path.as_deref().map(|path| read_one(key, path, kinds, LARGEST_LOGO)) {
                Some(Ok((kind, content))) => {
                    let file = StaticFile { name: format!("{key}.{kind}"), content };
                    *name = Some(file.name.clone());
                    found.files.push(file);
                }
                Some(Err(fault)) => faults.push(fault),
                None => {}
            }
        }
        (found, faults)
    }
}

fn read_folder(folder: &Path) -> Result<Vec<StaticFile>, FileFault> {
    let key = "static_dir";
    let read = fs::read_dir(folder).and_then(|entries| {
        entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>()
    });
    let mut paths = read.map_err(|error| unreadable(key, folder, &error))?;
    // Hidden files, and the backups of editors, must not be published.
    paths.retain(|path| {
        let name = file_name(path);
        !name.starts_with('.') && !name.ends_with('~')
    });
    paths.sort();
    if paths.len() > MOST {
        let problem = format!("has {} files in it", paths.len());
        return Err(FileFault { key, problem, remedy: format!("leave at most {MOST}") });
    }
    let read = |path: PathBuf| {
        let content = read_one(key, &path, KINDS, LARGEST)?.1;
        Ok(StaticFile { name: file_name(&path), content })
    };
    paths.into_iter().map(read).collect()
}

/// The kind of the file, by the end of its name, and its content.
fn read_one(
    key: &'static str,
    path: &Path,
    kinds: &[&'static str],
    largest: u64,
) -> Result<(&'static str, Vec<u8>), FileFault> {
    let shown = quoted(&path.display().to_string());
    let name = file_name(path);
    let kind = name.rsplit_once('.').and_then(|(_, end)| kinds.iter().find(|kind| **kind == end));
    let is_plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
    let Some(kind) = kind.filter(|_| is_plain && !path.is_dir()) else {
        let problem = format!("{shown} is not a file that pages can use");
        let remedy = format!("name it in plain letters with one of these ends: {}", kinds.join(", "));
        return Err(FileFault { key, problem, remedy });
    };
    let too_large = |problem: String| FileFault {
        key,
        problem,
        remedy: format!("make it one of at most {} kB", largest / 1024),
    };
    let content = read_bytes(path, largest).map_err(|error| match error.kind() {
        io::ErrorKind::FileTooLarge => too_large(format!("{shown} is too large")),
        _ => unreadable(key, path, &error),
    })?;
    if content.is_empty() {
        return Err(too_large(format!("{shown} is empty")));
    }
    if !is_of_kind(kind, &content) {
        let problem = format!("{shown} is no {kind} file inside");
        return Err(FileFault { key, problem, remedy: "save it in that format again".to_owned() });
    }
    Ok((kind, content))
}

/// Returns whether the content begins as files of the kind do; browsers are instructed not to guess.
fn is_of_kind(kind: &str, content: &[u8]) -> bool {
    match kind {
        "png" => content.starts_with(b"\x89PNG\r\n\x1a\n"),
        "jpg" | "jpeg" => content.starts_with(b"\xff\xd8\xff"),
        "webp" => content.starts_with(b"RIFF") && content.get(8..12) == Some(b"WEBP"),
        "ico" => content.starts_with(&[0, 0, 1, 0]),
        "woff" => content.starts_with(b"wOFF"),
        "woff2" => content.starts_with(b"wOF2"),
        "avif" => content.get(4..8) == Some(b"ftyp"),
        "svg" => std::str::from_utf8(content).is_ok_and(|text| text.contains("<svg")),
        _ => std::str::from_utf8(content).is_ok(),
    }
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn unreadable(key: &'static str, path: &Path, error: &io::Error) -> FileFault {
    let problem = format!("{} cannot be read ({error})", quoted(&path.display().to_string()));
    FileFault { key, problem, remedy: "name what this user may read".to_owned() }
}
