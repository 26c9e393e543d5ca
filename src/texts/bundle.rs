//! The messages of one language.

use std::borrow::Cow;

use fluent::{FluentArgs, FluentError, FluentResource, FluentValue, concurrent::FluentBundle};

use super::{File, TextsError, message};
use crate::domain::Locale;

/// One language's messages, without those of any other.
pub(super) struct Bundle(FluentBundle<FluentResource>);

impl Bundle {
    /// Reads the files of one language: the built-in ones, and the operator's, which take precedence.
    pub(super) fn read<'f>(
        locale: &Locale,
        built_in: impl Iterator<Item = &'f File>,
        own: impl Iterator<Item = &'f File>,
    ) -> Result<Self, TextsError> {
        let mut bundle = FluentBundle::new_concurrent(vec![locale.identifier().clone()]);
        // Isolating marks would end up in attributes, subjects and copied usernames; the pages isolate
        // foreign text by markup (`bdi`).
        bundle.set_use_isolating(false);
        for file in built_in {
            bundle.add_resource(resource(file)?).map_err(|errors| doubled(file, &errors))?;
        }
        for file in own {
            bundle.add_resource_overriding(resource(file)?);
        }
        Ok(Self(bundle))
    }

    /// The message with its variables filled, if there is such a message.
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

/// A plain count is a number, so that plurals work; any other value, such as a code with leading zeros, is text.
fn fluent_value(text: &str) -> FluentValue<'_> {
    let is_count = text == "0" || (!text.starts_with('0') && text.len() <= 9);
    if is_count && !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
        FluentValue::try_number(text)
    } else {
        FluentValue::from(text)
    }
}

fn resource(file: &File) -> Result<FluentResource, TextsError> {
    FluentResource::try_new(file.text.clone()).map_err(|_| {
        let fault = message::read(&file.text).1.into_iter().next();
        let (line, problem) = fault.map_or((1, String::new()), |fault| (fault.line, fault.problem));
        TextsError::Line { file: file.name.clone(), line, problem }
    })
}

fn doubled(file: &File, errors: &[FluentError]) -> TextsError {
    let id = errors.iter().find_map(|error| match error {
        FluentError::Overriding { id, .. } => Some(id.as_str()),
        _ => None,
    });
    let id = id.unwrap_or_default();
    let last = message::read(&file.text).0.into_iter().rfind(|message| message.id == id);
    let line = last.map_or(1, |message| message.line);
    TextsError::Line { file: file.name.clone(), line, problem: format!("the message `{id}` is there twice") }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn counts_choose_plurals_and_codes_keep_their_zeros() {
        let text =
            "tries = { $left -> \n    [one] one try\n   *[other] { $left } tries\n }\ncode = { $code }";
        let file = File { locale: "en".parse().unwrap(), name: "x".to_owned(), text: text.to_owned() };
        let bundle = Bundle::read(&file.locale, [&file].into_iter(), [].into_iter()).unwrap();
        assert_eq!(bundle.format("tries", &[("left", "1")]).unwrap(), "one try");
        assert_eq!(bundle.format("tries", &[("left", "0")]).unwrap(), "0 tries");
        assert_eq!(bundle.format("code", &[("code", "012345")]).unwrap(), "012345");
        assert_eq!(bundle.format("code", &[("code", "123456789")]).unwrap(), "123456789");
        assert_eq!(bundle.format("code", &[("code", "\u{202e}{ $x }")]).unwrap(), "\u{202e}{ $x }");
    }
}
