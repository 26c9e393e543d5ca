//! The two formats in which metrics are read.

use axum::http::{HeaderMap, HeaderValue, header};

/// OpenMetrics 1.0, or the older format of Prometheus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    OpenMetrics,
    Prometheus,
}

impl Format {
    /// The format that a reader asks for (RFC 9110, section 12.5.1): OpenMetrics only if the reader names it, as
    /// Prometheus does. Every tool reads the older format.
    pub(super) fn accepted(headers: &HeaderMap) -> Self {
        let all = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
        let is_named = all.flat_map(|value| value.split(',')).any(|range| {
            let mut parts = range.split(';').map(str::trim);
            let named =
                parts.next().is_some_and(|kind| kind.eq_ignore_ascii_case("application/openmetrics-text"));
            named && !parts.any(|part| matches!(part, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
        });
        if is_named { Self::OpenMetrics } else { Self::Prometheus }
    }

    /// The media type: OpenMetrics 1.0, section "Overall Structure", or
    /// <https://prometheus.io/docs/instrumenting/exposition_formats/>.
    pub(super) const fn media_type(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::OpenMetrics => "application/openmetrics-text; version=1.0.0; charset=utf-8",
            Self::Prometheus => "text/plain; version=0.0.4; charset=utf-8",
        })
    }

    /// The text in this format, made of OpenMetrics.
    pub(super) fn of(self, open: String) -> String {
        match self {
            Self::OpenMetrics => open,
            Self::Prometheus => older(&open),
        }
    }
}

/// The text in the older format: a counter is described by the name of its samples, and neither units nor the end are
/// given.
fn older(open: &str) -> String {
    let (mut text, mut help) = (String::with_capacity(open.len()), None);
    let describe = |text: &mut String, what: &str, name: &str, suffix: &str, words: &str| {
        text.extend(["# ", what, " ", name, suffix, " ", words, "\n"]);
    };
    for line in open.lines() {
        if let Some(described) = line.strip_prefix("# HELP ") {
            help = described.split_once(' ');
        } else if let Some((name, kind)) = line.strip_prefix("# TYPE ").and_then(|rest| rest.split_once(' '))
        {
            let suffix = if kind == "counter" { "_total" } else { "" };
            if let Some((_, words)) = help.take() {
                describe(&mut text, "HELP", name, suffix, words);
            }
            describe(&mut text, "TYPE", name, suffix, kind);
        } else if !line.starts_with('#') {
            text.extend([line, "\n"]);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use rstest::rstest;

    use super::*;

    /// The header that Prometheus sends, and those of others.
    #[rstest]
    #[case(
        "application/openmetrics-text;version=1.0.0;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
        true
    )]
    #[case("text/plain, application/OpenMetrics-Text ; version=0.0.1", true)]
    #[case("application/openmetrics-text;q=0, text/plain", false)]
    #[case("text/plain", false)]
    #[case("*/*", false)]
    #[case("", false)]
    fn the_reader_chooses(#[case] accept: &'static str, #[case] open: bool) {
        let headers = HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_static(accept))]);
        assert_eq!(Format::accepted(&headers) == Format::OpenMetrics, open);
        assert_eq!(Format::accepted(&HeaderMap::new()), Format::Prometheus);
    }

    #[test]
    fn the_older_format_differs_in_what_describes() {
        let open = "# HELP hits How often.\n# TYPE hits counter\nhits_total{a=\"b\"} 2\n\
                    # HELP age_seconds Age.\n# TYPE age_seconds gauge\n# UNIT age_seconds seconds\nage_seconds 1.5\n# EOF\n";
        let older = "# HELP hits_total How often.\n# TYPE hits_total counter\nhits_total{a=\"b\"} 2\n\
                     # HELP age_seconds Age.\n# TYPE age_seconds gauge\nage_seconds 1.5\n";
        assert_eq!(Format::Prometheus.of(open.to_owned()), older);
        assert_eq!(Format::OpenMetrics.of(open.to_owned()), open);
    }
}
