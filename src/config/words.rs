//! The words of faults.

use ::config::ValueKind;

/// The reason for which a text can be no value at all.
pub(super) fn unfit(text: &str) -> Option<&'static str> {
    if text.trim().is_empty() {
        Some("is empty")
    } else if text.chars().any(char::is_control) {
        Some("has a line break or another control character")
    } else {
        None
    }
}

/// A value in a fault: short, and without signs that would break the line.
pub(super) fn quoted(text: &str) -> String {
    let shown: String = text.chars().take(60).flat_map(char::escape_debug).collect();
    format!("`{shown}{}`", if text.chars().count() > 60 { "…" } else { "" })
}

/// The text with its domain in ASCII (IDNA), where that differs: `a@münchen.example` is `a@xn--mnchen-3ya.example`.
pub(super) fn in_ascii(text: &str) -> Option<String> {
    let (before, domain) = text.rfind('@').map_or(("", text), |at| text.split_at(at + 1));
    if domain.is_ascii() || domain.contains('%') {
        return None;
    }
    match url::Host::parse(domain).ok()? {
        url::Host::Domain(ascii) => Some(format!("{before}{ascii}")),
        _ => None,
    }
}

/// The known word that was probably meant.
pub(super) fn closest<'w>(given: &str, known: impl Iterator<Item = &'w str>) -> Option<&'w str> {
    let given = given.to_ascii_lowercase();
    let far = |word: &&str| strsim::damerau_levenshtein(&given, &word.to_ascii_lowercase());
    let best = known.min_by_key(far)?;
    (far(&best) <= (best.len() / 3).max(1)).then_some(best)
}

/// The kind of a value, for people.
pub(super) const fn kind(value: &ValueKind) -> &'static str {
    match value {
        ValueKind::Nil => "nothing",
        ValueKind::Boolean(_) => "true or false",
        ValueKind::I64(_) | ValueKind::I128(_) | ValueKind::U64(_) | ValueKind::U128(_) => "a number",
        ValueKind::Float(_) => "a decimal number",
        ValueKind::String(_) => "text",
        ValueKind::Table(_) => "a table",
        ValueKind::Array(_) => "a list",
    }
}
