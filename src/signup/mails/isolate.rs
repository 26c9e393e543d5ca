//! A sentence with addresses in it, which read from left to right whatever the sentence does.

use askama::Template;

use crate::texts::Language;

/// Around an address, until the sentence is filled in: two code points that no text has (Unicode, section 23.7).
const OPEN: char = '\u{FDD0}';
const CLOSE: char = '\u{FDD1}';

/// A sentence in pieces.
#[derive(Template)]
#[template(path = "mail/isolated.html")]
pub(super) struct Isolated {
    pieces: Vec<Piece>,
    is_rtl: bool,
}

struct Piece {
    text: String,
    is_address: bool,
}

impl Isolated {
    /// The message of this id, with addresses and other words filled in.
    pub(super) fn of(t: &Language, id: &str, addresses: &[(&str, &str)], words: &[(&str, &str)]) -> Self {
        let marked: Vec<(&str, String)> =
            addresses.iter().map(|(name, address)| (*name, format!("{OPEN}{address}{CLOSE}"))).collect();
        let marked = marked.iter().map(|(name, text)| (*name, text.as_str()));
        let args: Vec<(&str, &str)> = marked.chain(words.iter().copied()).collect();
        let sentence = t.text_with(id, &args);
        let pieces = sentence
            .split(OPEN)
            .enumerate()
            .flat_map(|(place, part)| match part.split_once(CLOSE) {
                Some((address, rest)) if place > 0 => [piece(address, true), piece(rest, false)],
                _ => [piece(part, false), piece("", false)],
            })
            .filter(|piece| !piece.text.is_empty())
            .collect();
        Self { pieces, is_rtl: t.dir() == "rtl" }
    }

    /// What reads from left to right, and no sentence around it.
    pub(super) fn alone(text: String) -> Self {
        Self { pieces: vec![Piece { text, is_address: true }], is_rtl: false }
    }

    /// The sentence for a text without markup: in a script from right to left, the addresses between isolating
    /// marks (Unicode Standard Annex 9, section 2.4).
    pub(super) fn plain(&self) -> String {
        let write = |piece: &Piece| match piece.is_address && self.is_rtl {
            true => format!("\u{2066}{}\u{2069}", piece.text),
            false => piece.text.clone(),
        };
        self.pieces.iter().map(write).collect()
    }
}

fn piece(text: &str, is_address: bool) -> Piece {
    Piece { text: text.to_owned(), is_address }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::texts::Texts;

    #[test]
    fn addresses_are_kept_apart_where_the_script_reads_from_the_right() {
        let texts = Texts::embedded().unwrap();
        let sentence = |tag: &str| {
            let t = texts.language(&tag.parse().unwrap());
            let addresses = [("url", "https://a.example/?b&c"), ("support", "help@example.edu")];
            let sentence = Isolated::of(t, "mail-reminder-password", &addresses, &[]);
            (sentence.plain(), sentence.render().unwrap())
        };
        let (plain, html) = sentence("ar");
        assert!(plain.contains("\u{2066}https://a.example/?b&c\u{2069}"), "{plain}");
        assert!(plain.contains("\u{2066}help@example.edu\u{2069}"), "{plain}");
        assert!(html.contains("<bdi dir=\"ltr\">https://a.example/?b&#38;c</bdi>"), "{html}");
        let (plain, html) = sentence("en");
        assert!(!plain.contains(['\u{2066}', '\u{2069}', OPEN, CLOSE]), "{plain}");
        assert!(plain.ends_with("write to help@example.edu."), "{plain}");
        assert!(!html.contains([OPEN, CLOSE]), "{html}");
    }
}
