//! The messages of one language.

use std::borrow::Cow;

use fluent::{FluentArgs, FluentError, FluentResource, FluentValue, concurrent::FluentBundle};

use crate::domain::Locale;

/// Why the texts cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TextsError {
    /// A file outside a language's folder, or a folder not named by a language tag.
    #[error("{0} does not belong to a language: texts are kept as `<language tag>/<name>.ftl`")]
    Misplaced(String),
    /// A language nobody has written texts in.
    #[error("there are no texts in the language `{0}`: take it out of site.languages")]
    Unknown(String),
    /// Not UTF-8.
    #[error("{0} is not UTF-8")]
    NotUtf8(String),
    /// Not Fluent's syntax.
    #[error("{file}, line {line}: {problem}")]
    Syntax {
        /// The file.
        file: String,
        /// Its line.
        line: usize,
        /// What Fluent says.
        problem: String,
    },
    /// Two messages of one name.
    #[error("{file}: the message `{id}` is there twice")]
    Doubled {
        /// The file that has it the second time.
        file: String,
        /// The message.
        id: String,
    },
}

/// One language's messages, without those of any other.
pub(super) struct Bundle(FluentBundle<FluentResource>);

impl Bundle {
    /// Reads the files of one language, each given with its path.
    pub(super) fn read(locale: &Locale, files: &[(String, String)]) -> Result<Self, TextsError> {
        let mut bundle = FluentBundle::new_concurrent(vec![locale.identifier().clone()]);
        // Isolating marks would end up in attributes, subjects and copied usernames; the pages isolate
        // foreign text by markup (`bdi`).
        bundle.set_use_isolating(false);
        for (file, text) in files {
            let resource = FluentResource::try_new(text.clone()).map_err(|(_, errors)| {
                let first = errors.first();
                let before = first.map_or("", |error| &text[..error.pos.start.min(text.len())]);
                TextsError::Syntax {
                    file: file.clone(),
                    line: before.matches('\n').count() + 1,
                    problem: first.map(ToString::to_string).unwrap_or_default(),
                }
            })?;
            bundle.add_resource(resource).map_err(|errors| doubled(file, &errors))?;
        }
        Ok(Self(bundle))
    }

    /// The message with its variables filled; `None` when there is no such message.
    pub(super) fn format(&self, id: &str, args: &[(&str, &str)]) -> Option<String> {
        let pattern = self.0.get_message(id)?.value()?;
        let mut faults = Vec::new();
        let args = (!args.is_empty()).then(|| fluent_args(args));
        let text = self.0.format_pattern(pattern, args.as_ref(), &mut faults);
        for fault in &faults {
            tracing::warn!(id, %fault, "a text could not be filled in as it should");
        }
        Some(match text {
            Cow::Borrowed(text) => text.to_owned(),
            Cow::Owned(text) => text,
        })
    }
}

fn fluent_args<'a>(args: &[(&'a str, &'a str)]) -> FluentArgs<'a> {
    args.iter().map(|(name, value)| (*name, fluent_value(value))).collect()
}

/// A plain count is a number, so that plurals work; all else, such as a code with leading zeros, is text.
fn fluent_value(text: &str) -> FluentValue<'_> {
    let is_count = text == "0" || (!text.starts_with('0') && text.len() <= 9);
    if is_count && !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
        FluentValue::try_number(text)
    } else {
        FluentValue::from(text)
    }
}

fn doubled(file: &str, errors: &[FluentError]) -> TextsError {
    let id = errors.iter().find_map(|error| match error {
        FluentError::Overriding { id, .. } => Some(id.clone()),
        _ => None,
    });
    TextsError::Doubled { file: file.to_owned(), id: id.unwrap_or_default() }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn counts_choose_plurals_and_codes_keep_their_zeros() {
        let text =
            "tries = { $left -> \n    [one] one try\n   *[other] { $left } tries\n }\ncode = { $code }";
        let bundle = Bundle::read(&"en".parse().unwrap(), &[("x".to_owned(), text.to_owned())]).unwrap();
        assert_eq!(bundle.format("tries", &[("left", "1")]).unwrap(), "one try");
        assert_eq!(bundle.format("tries", &[("left", "0")]).unwrap(), "0 tries");
        assert_eq!(bundle.format("code", &[("code", "012345")]).unwrap(), "012345");
        assert_eq!(bundle.format("code", &[("code", "123456789")]).unwrap(), "123456789");
        assert_eq!(bundle.format("code", &[("code", "\u{202e}{ $x }")]).unwrap(), "\u{202e}{ $x }");
    }
}
