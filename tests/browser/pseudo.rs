//! A language made for tests: English with accents, in brackets, and 40 % longer. Where it breaks the layout,
//! a real language will; where a text stands without brackets, it is not in the files of texts.

use std::{fs, path::Path};

use anyhow::{Context, Result, ensure};
use fluent_syntax::{
    ast::{Entry, Expression, Pattern, PatternElement, Resource},
    parser,
    serializer::serialize,
};

/// Its tag: the language tag that is reserved for accented English.
pub const TAG: &str = "en-XA";

/// What stands around each text.
const OPEN: &str = "\u{27E6}";
pub const CLOSE: &str = "\u{27E7}";

/// How much longer than English it is at least.
const STRETCH: f64 = 1.4;

/// Writes the language into a folder for `texts.dir`.
pub fn write(folder: &Path) -> Result<()> {
    let english = Path::new(env!("CARGO_MANIFEST_DIR")).join("locales/en");
    fs::create_dir_all(folder.join(TAG))?;
    for file in fs::read_dir(english)? {
        let path = file?.path();
        let name = path.file_name().context("a file has a name")?;
        fs::write(folder.join(TAG).join(name), stretched(&fs::read_to_string(&path)?)?)?;
    }
    Ok(())
}

/// The texts of a file, stretched.
fn stretched(file: &str) -> Result<String> {
    let mut resource = parse(file)?;
    let before = length(&resource);
    for entry in &mut resource.body {
        if let Entry::Message(message) = entry
            && let Some(pattern) = &mut message.value
        {
            stretch(pattern);
            pattern.elements.insert(0, text(OPEN));
            pattern.elements.push(text(CLOSE));
        }
    }
    let after = length(&resource);
    #[allow(clippy::cast_precision_loss, reason = "a file has not that many letters")]
    let ratio = after as f64 / before as f64;
    ensure!(ratio >= STRETCH, "the stretched texts are only {ratio:.2} times as long");
    Ok(serialize(&resource))
}

pub fn parse(file: &str) -> Result<Resource<String>> {
    parser::parse(file.to_owned()).ok().context("the texts of a language can be read")
}

fn text(value: &str) -> PatternElement<String> {
    PatternElement::TextElement { value: value.to_owned() }
}

/// Stretches what people read, and leaves variables and choices as they are.
fn stretch(pattern: &mut Pattern<String>) {
    for element in &mut pattern.elements {
        match element {
            PatternElement::TextElement { value } => *value = value.chars().map(accented).collect::<String>(),
            PatternElement::Placeable { expression: Expression::Select { variants, .. } } => {
                variants.iter_mut().for_each(|variant| stretch(&mut variant.value));
            }
            PatternElement::Placeable { .. } => {}
        }
    }
}

/// The letter with an accent. Vowels and some consonants are doubled, so that every single word grows: long
/// words are hardest to fit in.
fn accented(letter: char) -> String {
    let Some(at) = PLAIN.find(letter) else { return letter.to_string() };
    let accented = ACCENTED.chars().nth(at).unwrap_or(letter);
    let times = if "aeiounst".contains(letter) { 2 } else { 1 };
    accented.to_string().repeat(times)
}

const PLAIN: &str = "acdeghiklnorstuwyzACDEGHIKLNORSTUWYZ";
const ACCENTED: &str = "àçđéĝħïķļñöŕšťüŵýžÀÇĐÉĜĦÏĶĻÑÖŔŠŤÜŴÝŽ";

/// How many characters people read.
fn length(resource: &Resource<String>) -> usize {
    resource
        .body
        .iter()
        .map(|entry| match entry {
            Entry::Message(message) => message.value.as_ref().map_or(0, length_of),
            _ => 0,
        })
        .sum()
}

fn length_of(pattern: &Pattern<String>) -> usize {
    let count = |element: &PatternElement<String>| match element {
        PatternElement::TextElement { value } => value.chars().count(),
        PatternElement::Placeable { expression: Expression::Select { variants, .. } } => {
            variants.iter().map(|variant| length_of(&variant.value)).sum()
        }
        PatternElement::Placeable { .. } => 0,
    };
    pattern.elements.iter().map(count).sum()
}
