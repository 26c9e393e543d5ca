//! The faults of texts: the program's own have no faults, and all those of an operator's are reported at once.

use std::fmt;

/// The reason for which texts cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TextsError {
    /// A file outside a language's folder, a folder in one, or a folder not named by a language tag.
    #[error("{0} does not belong to a language: texts are kept as `<language tag>/<name>.ftl`")]
    Misplaced(String),
    /// A folder whose tag has another spelling than the one that pages use.
    #[error("{folder} is not how the tag is written: name the folder `{tag}`")]
    Spelling {
        /// The folder.
        folder: String,
        /// The tag in canonical form.
        tag: String,
    },
    /// A file or folder that cannot be read.
    #[error("{path} cannot be read ({problem})")]
    Unreadable {
        /// The file or folder.
        path: String,
        /// The error of the system.
        problem: String,
    },
    /// Not UTF-8.
    #[error("{0} is not UTF-8")]
    NotUtf8(String),
    /// A line that has a fault.
    #[error("{file}, line {line}: {problem}")]
    Line {
        /// The file.
        file: String,
        /// Its line.
        line: usize,
        /// The fault.
        problem: String,
    },
    /// A further language without a name for the switcher.
    #[error("{0} is a further language and needs the message `language-name`, its name in itself")]
    Unnamed(String),
    /// A language that has no texts.
    #[error(
        "there are no texts in the language `{0}`: take it out of site.languages, or write a folder `{0}` in texts.dir"
    )]
    Unknown(String),
}

impl TextsError {
    /// The file or folder, and the line in it.
    pub(super) fn place(&self) -> (&str, usize) {
        match self {
            Self::Line { file, line, .. } => (file, *line),
            Self::Misplaced(path) | Self::NotUtf8(path) | Self::Unnamed(path) | Self::Unknown(path) => {
                (path, 0)
            }
            Self::Spelling { folder: path, .. } | Self::Unreadable { path, .. } => (path, 0),
        }
    }
}

/// All faults of an operator's texts, one line each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextsFaults(pub(super) Vec<TextsError>);

impl TextsFaults {
    /// The faults, file by file.
    pub fn iter(&self) -> impl Iterator<Item = &TextsError> {
        self.0.iter()
    }
}

impl From<TextsError> for TextsFaults {
    fn from(fault: TextsError) -> Self {
        Self(vec![fault])
    }
}

impl fmt::Display for TextsFaults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.0.iter().enumerate() {
            write!(f, "{}{fault}", if index > 0 { "\n" } else { "" })?;
        }
        Ok(())
    }
}

impl std::error::Error for TextsFaults {}
