//! Files that the operator names, read up to a size: `/dev/zero` has no end.

use std::{
    fs::File,
    io::{self, Read as _},
    path::Path,
};

/// The largest text that is read: configuration, PEM, secrets, translations.
pub const MAX_TEXT_BYTES: u64 = 4 << 20;

/// Reads a file of at most `limit` bytes.
///
/// # Errors
/// Those of the system, and [`io::ErrorKind::FileTooLarge`].
pub fn read_bytes(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    File::open(path)?.take(limit.saturating_add(1)).read_to_end(&mut content)?;
    if content.len() as u64 > limit {
        let problem = format!("it has more than {} kB", limit >> 10);
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, problem));
    }
    Ok(content)
}

/// Reads a file of UTF-8 text of at most [`MAX_TEXT_BYTES`].
///
/// # Errors
/// As [`read_bytes`], and [`io::ErrorKind::InvalidData`] where it is not UTF-8.
pub fn read_text(path: &Path) -> io::Result<String> {
    String::from_utf8(read_bytes(path, MAX_TEXT_BYTES)?)
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it is not UTF-8 text"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_file_without_end_is_refused() {
        assert_eq!(read_text(Path::new("/dev/zero")).unwrap_err().kind(), io::ErrorKind::FileTooLarge);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        std::fs::write(&path, "12345").unwrap();
        assert_eq!(read_bytes(&path, 5).unwrap(), b"12345");
        assert_eq!(read_bytes(&path, 4).unwrap_err().to_string(), "it has more than 0 kB");
        std::fs::write(&path, b"\xff").unwrap();
        assert_eq!(read_text(&path).unwrap_err().kind(), io::ErrorKind::InvalidData);
    }
}
