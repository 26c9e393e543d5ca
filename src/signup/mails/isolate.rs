//! A sentence with addresses and names in it, whose direction is independent of the sentence around them.
//!
//! Addresses read from left to right. A name has the direction of its own letters, and it was typed by a visitor:
//! isolated, it cannot change the direction of the sentence.

use askama::Template;

use crate::texts::Language;

/// The marks around an address and around a name until the sentence is filled in: code points that no text has
/// (Unicode, section 23.7). They are removed from what is filled in.
const ADDRESS: char = '\u{FDD0}';
const NAME: char = '\u{FDD1}';
const END: char = '\u{FDD2}';

/// A sentence in pieces.
#[derive(Template)]
#[template(path = "mail/isolated.html")]
pub(super) struct Isolated {
    pieces: Vec<Piece>,
    is_rtl: bool,
}

struct Piece {
    text: String,
    kind: PieceKind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum PieceKind {
    Words,
    Address,
    Name,
}

impl Isolated {
    /// The message of this id, with addresses and other words filled in.
    pub(super) fn of(t: &Language, id: &str, addresses: &[(&str, &str)], words: &[(&str, &str)]) -> Self {
        Self::with_names(t, id, &[], addresses, words)
    }

    /// The message of this id, with names of people, addresses and other words filled in.
    pub(super) fn with_names(
        t: &Language,
        id: &str,
        names: &[(&str, &str)],
        addresses: &[(&str, &str)],
        words: &[(&str, &str)],
    ) -> Self {
        let marked = marked(names, NAME).chain(marked(addresses, ADDRESS));
        let marked: Vec<(&str, String)> = marked.collect();
        let marked = marked.iter().map(|(name, text)| (*name, text.as_str()));
        let args: Vec<(&str, &str)> = marked.chain(words.iter().copied()).collect();
        Self { pieces: pieces(&t.text_with(id, &args)), is_rtl: t.dir() == "rtl" }
    }

    /// A text that reads from left to right, without a sentence around it.
    pub(super) fn alone(text: String) -> Self {
        Self { pieces: vec![Piece { text, kind: PieceKind::Address }], is_rtl: false }
    }

    /// The sentence for a text without markup, with isolating marks (Unicode Standard Annex 9, section 2.4) around
    /// addresses in a script from right to left, and around names that may have another direction than the sentence.
    pub(super) fn plain(&self) -> String {
        let write = |piece: &Piece| match piece.kind {
            PieceKind::Address if self.is_rtl => format!("\u{2066}{}\u{2069}", piece.text),
            PieceKind::Name if self.is_rtl || !piece.text.is_ascii() => {
                format!("\u{2068}{}\u{2069}", piece.text)
            }
            _ => piece.text.clone(),
        };
        self.pieces.iter().map(write).collect()
    }
}

fn marked<'a>(values: &'a [(&'a str, &'a str)], mark: char) -> impl Iterator<Item = (&'a str, String)> {
    values.iter().map(move |(name, text)| {
        let text: String = text.chars().filter(|c| ![ADDRESS, NAME, END].contains(c)).collect();
        (*name, format!("{mark}{text}{END}"))
    })
}

/// A sentence, cut at its marks.
fn pieces(sentence: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut kind = PieceKind::Words;
    for part in sentence.split_inclusive([ADDRESS, NAME, END]) {
        let mark = part.chars().next_back().filter(|c| [ADDRESS, NAME, END].contains(c));
        let text = part.trim_end_matches([ADDRESS, NAME, END]);
        if !text.is_empty() {
            pieces.push(Piece { text: text.to_owned(), kind });
        }
        kind = match mark {
            Some(ADDRESS) => PieceKind::Address,
            Some(NAME) => PieceKind::Name,
            _ => PieceKind::Words,
        };
    }
    pieces
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
        assert!(!plain.contains(['\u{2066}', '\u{2069}', ADDRESS, NAME, END]), "{plain}");
        assert!(plain.ends_with("write to help@example.edu."), "{plain}");
        assert!(!html.contains([ADDRESS, NAME, END]), "{html}");
    }
    #[test]
    fn a_name_keeps_its_direction_and_cannot_leave_its_place() {
        let texts = Texts::embedded().unwrap();
        let sentence = |tag: &str, name: &str| {
            let t = texts.language(&tag.parse().unwrap());
            let address = [("username", "ada@example.edu")];
            let sentence = Isolated::with_names(t, "mail-code-who", &[("name", name)], &address, &[]);
            (sentence.plain(), sentence.render().unwrap())
        };
        let (plain, html) = sentence("en", "Ada Lovelace");
        assert!(plain.starts_with("Ada Lovelace "), "{plain}");
        assert!(html.starts_with("<bdi>Ada Lovelace</bdi> "), "{html}");
        let (plain, html) = sentence("en", "محمد & <b>\u{FDD2}\u{FDD0}");
        assert!(plain.starts_with("\u{2068}محمد & <b>\u{2069} "), "{plain}");
        assert!(html.starts_with("<bdi>محمد &#38; &#60;b&#62;</bdi> "), "{html}");
        let (plain, _) = sentence("ar", "Ada Lovelace");
        assert!(plain.contains("\u{2068}Ada Lovelace\u{2069}"), "{plain}");
        assert!(plain.contains("\u{2066}ada@example.edu\u{2069}"), "{plain}");
    }
}
