//! Files of translations as gettext has them.
//!
//! <https://www.gnu.org/software/gettext/manual/html_node/PO-Files.html>

/// A message and its translation.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Entry {
    /// The line of its `msgid`.
    pub(super) line: usize,
    pub(super) id: String,
    /// The translation; of a plural, the first form.
    pub(super) text: String,
    /// Marked as unsure: gettext's programs leave it out.
    pub(super) fuzzy: bool,
}

/// A line that is not as it should be.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line} {problem}")]
pub(super) struct Fault {
    line: usize,
    problem: &'static str,
}

/// The part of an entry that a string in the next line continues.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    None,
    Id,
    Text,
    /// A part that is not needed: a context, a plural.
    Other,
}

#[derive(Default)]
struct Reader {
    entries: Vec<Entry>,
    entry: Option<Entry>,
    fuzzy: bool,
    in_context: bool,
}

/// The messages of a file, without its head.
pub(super) fn read(source: &str) -> Result<Vec<Entry>, Fault> {
    let mut reader = Reader::default();
    let mut part = Part::None;
    for (at, line) in source.strip_prefix('\u{feff}').unwrap_or(source).lines().enumerate() {
        let fault = |problem| Fault { line: at + 1, problem };
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        if let Some(comment) = line.strip_prefix('#') {
            reader.comment(comment);
            continue;
        }
        let string = if line.starts_with('"') {
            if part == Part::None {
                return Err(fault("has a text that belongs to nothing"));
            }
            line
        } else {
            let (keyword, string) = line.split_at(line.find([' ', '\t', '"']).unwrap_or(line.len()));
            part = reader.begin(keyword, at + 1).ok_or_else(|| fault("has a word that is not known"))?;
            string.trim_start()
        };
        let text = unquote(string).ok_or_else(|| fault("has no text in double quotes"))?;
        reader.add(part, &text).map_err(fault)?;
    }
    reader.finish_entry();
    Ok(reader.entries)
}

impl Reader {
    /// A comment ends the entry before it; `#,` has the flags of the next one.
    fn comment(&mut self, comment: &str) {
        if self.entry.as_ref().is_some_and(|entry| !entry.text.is_empty()) {
            self.finish_entry();
        }
        if let Some(flags) = comment.strip_prefix(',') {
            self.fuzzy |= flags.split(',').any(|flag| flag.trim() == "fuzzy");
        }
    }

    fn begin(&mut self, keyword: &str, line: usize) -> Option<Part> {
        Some(match keyword {
            "msgctxt" => {
                self.finish_entry();
                self.in_context = true;
                Part::Other
            }
            "msgid" => {
                self.finish_entry();
                let fuzzy = std::mem::take(&mut self.fuzzy);
                self.entry = Some(Entry { line, fuzzy, ..Entry::default() });
                Part::Id
            }
            "msgstr" | "msgstr[0]" => Part::Text,
            "msgid_plural" => Part::Other,
            _ if keyword.starts_with("msgstr[") && keyword.ends_with(']') => Part::Other,
            _ => return None,
        })
    }

    fn add(&mut self, part: Part, text: &str) -> Result<(), &'static str> {
        if part == Part::Other {
            return Ok(());
        }
        let entry = self.entry.as_mut().ok_or("has a translation of nothing")?;
        if part == Part::Id { &mut entry.id } else { &mut entry.text }.push_str(text);
        Ok(())
    }

    /// The head has no id; an entry with a context is a message of its own, and the original has no such messages.
    fn finish_entry(&mut self) {
        let in_context = self.entry.is_some() && std::mem::take(&mut self.in_context);
        self.entries.extend(self.entry.take().filter(|entry| !entry.id.is_empty() && !in_context));
    }
}

/// A string as in C, without its quotes.
fn unquote(quoted: &str) -> Option<String> {
    let inside = quoted.strip_prefix('"')?.strip_suffix('"').filter(|_| quoted.len() >= 2)?;
    let mut text = String::with_capacity(inside.len());
    let mut signs = inside.chars();
    while let Some(sign) = signs.next() {
        match sign {
            '"' => return None,
            '\\' => text.push(match signs.next()? {
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                sign @ ('"' | '\\') => sign,
                _ => return None,
            }),
            sign => text.push(sign),
        }
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[test]
    fn messages_are_read_with_all_that_gettext_writes_beside_them() {
        let source = "# German.\nmsgid \"\"\nmsgstr \"\"\n\"Content-Type: text/plain; charset=utf-8\\n\"\n\n\
            #: templates/index.html:6\nmsgid \"Next\"\nmsgstr \"Weiter\"\n\n\
            #, python-format\nmsgid \"\"\n\"Hello \"\n\"%(name)s\"\nmsgstr \"\"\n\"Hallo \\\"%(name)s\\\"\\n\"\n\"du\"\n\
            #, fuzzy, python-format\n#| msgid \"Old\"\nmsgid \"Name\"\nmsgstr \"Vorname\"\n\
            msgctxt \"menu\"\nmsgid \"Open\"\nmsgstr \"Offen\"\n\
            msgid \"one\"\nmsgid_plural \"many\"\nmsgstr[0] \"eins\"\nmsgstr[1] \"viele\"\n\
            msgid \"Empty\"\nmsgstr \"\"\n\n#~ msgid \"Gone\"\n#~ msgstr \"Weg\"\n";
        let entry =
            |line, id: &str, text: &str, fuzzy| Entry { line, id: id.into(), text: text.into(), fuzzy };
        assert_eq!(
            read(source).unwrap(),
            [
                entry(7, "Next", "Weiter", false),
                entry(11, "Hello %(name)s", "Hallo \"%(name)s\"\ndu", false),
                entry(19, "Name", "Vorname", true),
                entry(24, "one", "eins", false),
                entry(28, "Empty", "", false),
            ]
        );
        assert_eq!(read(&source.replace('\n', "\r\n")).unwrap(), read(source).unwrap());
    }

    #[rstest]
    #[case("msgid \"a\"\nmsgtsr \"b\"\n", "line 2 has a word that is not known")]
    #[case("\n\"a\"\n", "line 2 has a text that belongs to nothing")]
    #[case("msgstr \"a\"\n", "line 1 has a translation of nothing")]
    #[case("msgid a\n", "line 1 has no text in double quotes")]
    #[case("msgid \"a\n", "line 1 has no text in double quotes")]
    #[case("msgid \"\n", "line 1 has no text in double quotes")]
    #[case("msgid \"a\"b\"\n", "line 1 has no text in double quotes")]
    fn a_broken_line_is_named(#[case] source: &str, #[case] fault: &str) {
        assert_eq!(read(source).unwrap_err().to_string(), fault);
    }

    proptest! {
        #[test]
        fn nothing_makes_it_fail(source in "((msgid|msgstr|msgctxt|#,| |\"|\\\\|a|ä|\n|\\[0\\]){0,30})") {
            let _ = read(&source);
        }
    }
}
