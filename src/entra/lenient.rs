//! Reads what Microsoft's services write in more than one way: numbers as text, text as numbers, `null` for nothing.
//!
//! Source: `Retry-After: 2.542` and `"expires_in": "3599"` are seen in public issues.

use std::time::Duration;

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, Error as _},
};
use serde_json::Value;

/// A whole number: `3599`, `3599.0` or `"3599"`. A fraction is cut off.
pub(crate) fn integer<'de, D: Deserializer<'de>, T: TryFrom<i64>>(deserializer: D) -> Result<T, D::Error> {
    let value = Value::deserialize(deserializer)?;
    let whole = text_of(&value).as_deref().and_then(whole);
    whole.and_then(|whole| T::try_from(whole).ok()).ok_or_else(|| D::Error::custom("not a whole number"))
}

/// The same; zero for `null`. Use with `#[serde(default)]`.
pub(crate) fn integer_or_zero<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::Null => Ok(0),
        value => integer(value).map_err(D::Error::custom),
    }
}

/// Text, also if it is given as a number.
pub(crate) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let value = Value::deserialize(deserializer)?;
    text_of(&value).ok_or_else(|| D::Error::custom("neither text nor a number"))
}

/// The default for `null` and for anything of another type. Use with `#[serde(default)]`.
pub(crate) fn or_default<'de, D: Deserializer<'de>, T: Default + DeserializeOwned>(
    deserializer: D,
) -> Result<T, D::Error> {
    let value = Value::deserialize(deserializer)?;
    Ok(T::deserialize(value).unwrap_or_default())
}

/// The whole numbers of a list, or a single one without a list; values that are not numbers are left out.
pub(crate) fn integers<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<i64>, D::Error> {
    let values = match Value::deserialize(deserializer)? {
        Value::Array(values) => values,
        value => vec![value],
    };
    Ok(values.iter().filter_map(text_of).filter_map(|text| whole(&text)).collect())
}

/// Seconds, whole or with a fraction; negative values are not accepted. A value longer than a duration can be becomes
/// the longest one.
pub(crate) fn seconds(text: &str) -> Option<Duration> {
    let text = text.trim();
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let is_number = |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(whole) || !is_number(fraction) {
        return None;
    }
    let seconds: f64 = text.parse().ok()?;
    Some(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX))
}

fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn whole(text: &str) -> Option<i64> {
    let text = text.trim();
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    fraction.bytes().all(|byte| byte.is_ascii_digit()).then(|| whole.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    #[rstest]
    #[case(json!(3599), Some(3599))]
    #[case(json!(3599.9), Some(3599))]
    #[case(json!("3599"), Some(3599))]
    #[case(json!(" 3599.0 "), Some(3599))]
    #[case(json!("-3"), Some(-3))]
    #[case(json!("3599s"), None)]
    #[case(json!("1.x"), None)]
    #[case(json!(""), None)]
    #[case(json!(null), None)]
    #[case(json!(true), None)]
    fn whole_numbers_come_as_numbers_or_text(#[case] value: Value, #[case] expected: Option<i64>) {
        assert_eq!(integer::<_, i64>(value.clone()).ok(), expected, "{value}");
    }

    #[test]
    fn a_number_that_does_not_fit_is_refused() {
        assert!(integer::<_, u16>(json!("70000")).is_err());
        assert!(integer::<_, u64>(json!("-1")).is_err());
    }

    #[test]
    fn ids_come_as_text_or_numbers() {
        assert_eq!(text(json!(7)).unwrap(), "7");
        assert_eq!(text(json!("7")).unwrap(), "7");
        assert!(text(json!(null)).is_err());
    }

    #[test]
    fn lists_come_alone_and_mixed() {
        assert_eq!(integers(json!([700_016, "90002", null, "x"])).unwrap(), [700_016, 90_002]);
        assert_eq!(integers(json!("700016")).unwrap(), [700_016]);
        assert_eq!(integers(json!(null)).unwrap(), [] as [i64; 0]);
    }

    #[test]
    fn nothing_is_the_default() {
        assert_eq!(or_default::<_, String>(json!(null)).unwrap(), "");
        assert_eq!(or_default::<_, Vec<String>>(json!("x")).unwrap(), [] as [String; 0]);
        assert_eq!(integer_or_zero(json!(null)).unwrap(), 0);
        assert_eq!(integer_or_zero(json!("4")).unwrap(), 4);
    }
}
