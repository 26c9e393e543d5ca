//! `Accept-Language`, with the weights that the negotiation library leaves out.

use unic_langid::LanguageIdentifier;

/// The most languages that are read, which is more than a person speaks.
const MOST: usize = 32;

/// The languages a browser asks for, most wanted first (RFC 9110, section 12.5.4). Entries that are malformed, have the
/// weight 0 or are the wildcard are left out.
pub(super) fn wanted(header: &str) -> Vec<LanguageIdentifier> {
    let mut wanted: Vec<(u16, LanguageIdentifier)> = header.split(',').take(MOST).filter_map(range).collect();
    wanted.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
    wanted.into_iter().map(|(_, tag)| tag).collect()
}

fn range(text: &str) -> Option<(u16, LanguageIdentifier)> {
    let mut parts = text.split(';').map(str::trim);
    let tag = parts.next()?.parse::<LanguageIdentifier>().ok()?;
    let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
    let weight = weight.map_or(Some(1000), thousandths)?;
    (weight > 0 && !tag.language.is_empty()).then_some((weight, tag))
}

fn thousandths(text: &str) -> Option<u16> {
    let value: f32 = text.parse().ok().filter(|value| (0.0..=1.0).contains(value))?;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 1000")]
    Some((value * 1000.0).round() as u16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weights_decide_and_the_order_settles_ties() {
        let tags = |header| wanted(header).iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(tags("en;q=0.8, de, fr;q=0.9"), ["de", "fr", "en"]);
        assert_eq!(tags("pl , tr"), ["pl", "tr"]);
        assert_eq!(tags("de;q=0, en;q=2, fr;q=x, *, uk;Q=0.001"), ["uk"]);
        assert_eq!(tags(&"en,".repeat(10_000)).len(), MOST);
    }
}
