//! Rules for addresses: regular expressions that are matched against the whole address.

use std::{collections::BTreeMap, fmt, str::FromStr};

use regex::{Regex, RegexBuilder};
use regex_syntax::{
    ast::{self, Ast, Span},
    hir::{Class, Hir, HirKind, translate::TranslatorBuilder},
};

use super::{Email, browser_pattern};

/// A regular expression for whole addresses, in any case; its time is linear in the address.
#[derive(Clone)]
pub struct EmailRule {
    source: String,
    whole: Regex,
}

/// The reason for which a text is no rule for addresses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EmailRuleError {
    /// Not a regular expression.
    #[error("the regular expression cannot be read: {problem} at character {column}")]
    Syntax {
        /// The words of the parser.
        problem: String,
        /// The place, counted from 1.
        column: usize,
    },
    /// The end of the text as Python, PCRE and .NET write it.
    #[error(
        "`\\Z` at character {0} is not known here; write `\\z`, or leave it out: the whole address is matched"
    )]
    EndOfText(usize),
    /// Too large once compiled.
    #[error("the regular expression is too large")]
    TooLarge,
    /// `@stud.example.edu` would also admit `@studxexample.edu`, a domain that anyone may own.
    #[error("a bare dot after the @ stands for any character; a dot itself is written `\\.`")]
    BareDot,
    /// No address has what the expression asks for.
    #[error("no address can match: {0}")]
    MatchesNothing(Unmatchable),
    /// A rule that admits every domain: anyone could sign up.
    #[error("it admits addresses of every domain, so anybody could sign up")]
    EveryDomain,
}

/// Reason for which a rule matches no address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unmatchable {
    /// No part of it matches an `@`.
    #[error("the expression has no @")]
    NoAt,
    /// A blank.
    #[error("it asks for a blank")]
    Blank,
    /// A letter outside of ASCII, which domains have in their `xn--` form.
    #[error("it asks for `{0}`, and addresses are in ASCII, with domains such as xn--mnchen-3ya.example")]
    NotAscii(char),
    /// Anything else.
    #[error("it asks for what no address has")]
    Other,
}

impl EmailRule {
    /// The expression as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.source
    }

    /// The matches of the named groups; `None` when the address as a whole does not match.
    #[must_use]
    pub fn captures(&self, email: &Email) -> Option<BTreeMap<String, String>> {
        let found = self.whole.captures(email.key())?;
        let named = self.whole.capture_names().flatten();
        Some(
            named.filter_map(|name| Some((name.to_owned(), found.name(name)?.as_str().to_owned()))).collect(),
        )
    }

    /// The names of the rule's groups.
    pub fn group_names(&self) -> impl Iterator<Item = &str> {
        self.whole.capture_names().flatten()
    }

    /// The same rule for the `pattern` of an HTML input, where JavaScript's syntax can say it.
    #[must_use]
    pub fn browser_pattern(&self) -> Option<String> {
        browser_pattern::of(&self.source)
    }
}

impl FromStr for EmailRule {
    type Err = EmailRuleError;

    fn from_str(source: &str) -> Result<Self, EmailRuleError> {
        // Read on its own first: `a)|(?:b` would not be bound by the anchors around it.
        let read = ast::parse::Parser::new().parse(source).map_err(|error| {
            let is_end = matches!(error.kind(), ast::ErrorKind::EscapeUnrecognized);
            match source.get(error.span().start.offset..error.span().end.offset) {
                Some("\\Z") if is_end => EmailRuleError::EndOfText(error.span().start.column),
                _ => syntax(error.kind(), error.span()),
            }
        })?;
        if has_bare_dot_in_domain(&read, &mut false) {
            return Err(EmailRuleError::BareDot);
        }
        let mut translator = TranslatorBuilder::new().case_insensitive(true).build();
        let meaning =
            translator.translate(source, &read).map_err(|error| syntax(error.kind(), error.span()))?;
        if let Some(reason) = unmatchable(&meaning) {
            return Err(EmailRuleError::MatchesNothing(reason));
        }
        if !can_have(&meaning, '@') {
            return Err(EmailRuleError::MatchesNothing(Unmatchable::NoAt));
        }
        let whole = RegexBuilder::new(&format!("^(?:{source})$"))
            .case_insensitive(true)
            .size_limit(1 << 20)
            .build()
            .map_err(|error| match error {
                regex::Error::CompiledTooBig(_) => EmailRuleError::TooLarge,
                other => EmailRuleError::Syntax { problem: last_line(&other.to_string()), column: 1 },
            })?;
        if FOREIGN_ADDRESSES.iter().any(|address| whole.is_match(address)) {
            return Err(EmailRuleError::EveryDomain);
        }
        Ok(Self { source: source.to_owned(), whole })
    }
}

/// Addresses of domains that no one owns (RFC 2606), of several forms: a rule that admits one names no domain.
const FOREIGN_ADDRESSES: [&str; 5] =
    ["q7w@zjx.invalid", "qw@zjx.invalid", "a.b@q.invalid", "123456@z9.invalid", "kv.m-2@mail.b4.invalid"];

fn syntax(problem: &impl fmt::Display, place: &Span) -> EmailRuleError {
    EmailRuleError::Syntax { problem: problem.to_string(), column: place.start.column }
}

/// The regex crate draws the expression and says what is wrong in the last line.
fn last_line(drawing: &str) -> String {
    let last = drawing.lines().last().unwrap_or_default();
    last.trim_start_matches("error: ").to_owned()
}

/// Finds the part for which no text in the characters of addresses matches. Anchors are ignored.
fn unmatchable(node: &Hir) -> Option<Unmatchable> {
    match node.kind() {
        HirKind::Literal(literal) => {
            let text = String::from_utf8_lossy(&literal.0);
            text.chars().find(|c| !c.is_ascii_graphic()).map(reason)
        }
        HirKind::Class(class) => {
            let mut ranges: Vec<(char, char)> = match class {
                Class::Unicode(class) => class.iter().map(|r| (r.start(), r.end())).collect(),
                Class::Bytes(class) => {
                    class.iter().map(|r| (char::from(r.start()), char::from(r.end()))).collect()
                }
            };
            if ranges.iter().any(|(start, end)| *start <= '~' && *end >= '!') {
                return None;
            }
            ranges.pop().map_or(Some(Unmatchable::Other), |(start, _)| Some(reason(start)))
        }
        HirKind::Repetition(repeated) if repeated.min == 0 => None,
        HirKind::Repetition(repeated) => unmatchable(&repeated.sub),
        HirKind::Capture(group) => unmatchable(&group.sub),
        HirKind::Concat(parts) => parts.iter().find_map(unmatchable),
        HirKind::Alternation(branches) => {
            let reasons: Vec<_> = branches.iter().map_while(unmatchable).collect();
            reasons.into_iter().nth(branches.len() - 1)
        }
        HirKind::Empty | HirKind::Look(_) => None,
    }
}

fn reason(c: char) -> Unmatchable {
    match c {
        c if c.is_whitespace() => Unmatchable::Blank,
        c if !c.is_ascii() => Unmatchable::NotAscii(c),
        _ => Unmatchable::Other,
    }
}

/// Returns whether a text that matches can have the character in it.
fn can_have(node: &Hir, wanted: char) -> bool {
    match node.kind() {
        HirKind::Literal(literal) => String::from_utf8_lossy(&literal.0).contains(wanted),
        HirKind::Class(Class::Unicode(class)) => {
            class.iter().any(|range| (range.start()..=range.end()).contains(&wanted))
        }
        HirKind::Class(Class::Bytes(class)) => {
            class.iter().any(|range| (char::from(range.start())..=char::from(range.end())).contains(&wanted))
        }
        HirKind::Repetition(repeated) => repeated.max != Some(0) && can_have(&repeated.sub, wanted),
        HirKind::Capture(group) => can_have(&group.sub, wanted),
        HirKind::Concat(parts) => parts.iter().any(|part| can_have(part, wanted)),
        HirKind::Alternation(branches) => branches.iter().any(|branch| can_have(branch, wanted)),
        HirKind::Empty | HirKind::Look(_) => false,
    }
}

/// Returns whether a dot that no quantifier follows comes after an `@`. `.*` is intended; a single `.` is a mistake.
fn has_bare_dot_in_domain(node: &Ast, after_at: &mut bool) -> bool {
    match node {
        Ast::Dot(_) => *after_at,
        Ast::Literal(literal) => {
            *after_at |= literal.c == '@';
            false
        }
        Ast::Repetition(repeated) => {
            !matches!(*repeated.ast, Ast::Dot(_)) && has_bare_dot_in_domain(&repeated.ast, after_at)
        }
        Ast::Group(group) => has_bare_dot_in_domain(&group.ast, after_at),
        Ast::Concat(all) => all.asts.iter().any(|part| has_bare_dot_in_domain(part, after_at)),
        Ast::Alternation(either) => {
            let before = *after_at;
            either.asts.iter().any(|branch| {
                let mut after_here = before;
                let found = has_bare_dot_in_domain(branch, &mut after_here);
                *after_at |= after_here;
                found
            })
        }
        _ => false,
    }
}

impl fmt::Debug for EmailRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EmailRule({})", self.source)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn admits(rule: &str, address: &str) -> bool {
        let rule: EmailRule = rule.parse().expect("a rule");
        rule.captures(&Email::parse(address).expect("an address")).is_some()
    }

    #[rstest]
    #[case(r"st\d{6}@stud\.example\.edu", "ST123456@Stud.Example.EDU", true)]
    #[case(r"st\d{6}@stud\.example\.edu", "xst123456@stud.example.edu", false)]
    #[case(r"st\d{6}@stud\.example\.edu", "st123456@stud.example.edu.evil.net", false)]
    #[case(r"a@x\.de|b@x\.de", "b@x.de", true)]
    #[case(r"a@x\.de|b@x\.de", "a@x.de.net", false)]
    #[case(r"a@x\.d|a@x\.de", "a@x.de", true)]
    #[case(r"(?m)a@x\.de$", "a@x.de", true)]
    #[case(r"^a@x\.de$", "a@x.de", true)]
    #[case(r".+@(?:.+\.)?example\.edu", "a@b.example.edu", true)]
    fn a_rule_is_matched_against_the_whole_address_in_any_case(
        #[case] rule: &str,
        #[case] address: &str,
        #[case] admitted: bool,
    ) {
        assert_eq!(admits(rule, address), admitted);
    }

    #[test]
    fn named_groups_are_captured() {
        let rule: EmailRule =
            r"(?P<student_id>st\d{6})@(?:(?<part>\w+)\.)?example\.edu".parse().expect("a rule");
        let email = Email::parse("St123456@example.edu").expect("an address");
        let captures = rule.captures(&email).expect("admitted");
        assert_eq!(
            captures.into_iter().collect::<Vec<_>>(),
            [("student_id".to_owned(), "st123456".to_owned())]
        );
        assert_eq!(rule.group_names().collect::<Vec<_>>(), ["student_id", "part"]);
    }

    #[rstest]
    #[case("a)|(?:b", "unopened group at character 2")]
    #[case(r"st\Z@x\.de", r"`\Z` at character 3 is not known here; write `\z`")]
    #[case(".*", "every domain")]
    #[case(r".+@.+", "every domain")]
    #[case(r"[^@]+@[a-z0-9.-]+\.[a-z]{2,}", "every domain")]
    #[case(r"\w+@\w+\.\w+", "every domain")]
    #[case(r"[a-z]+@[a-z]+\.[a-z]+", "every domain")]
    #[case(r"[a-z0-9]+@[a-z0-9-]+\.[a-z]{2,}", "every domain")]
    #[case(r"[a-z]+\.[a-z]+@[^@.]+\.[^@.]+", "every domain")]
    #[case(r"\d{6}@.+", "every domain")]
    #[case(r"st[0-9]{6}", "the expression has no @")]
    #[case(r"st1@x\.de ", "it asks for a blank")]
    #[case(r"st1\s+@x\.de", "it asks for a blank")]
    #[case("st1@münchen\\.de", "it asks for `")]
    #[case(r"(?:ä@x\.de|ö@x\.de)", "it asks for `")]
    #[case(r"[\x00-\x1f]@x\.de", "what no address has")]
    #[case("(", "unclosed group")]
    #[case(r"(?=x)a@x\.de", "look-around")]
    #[case(r"(a)\1@x\.de", "backreferences")]
    #[case(r"(?x)a@x\.de # all", "unclosed group")]
    #[case(r"\w{1000}{100}@x\.de", "too large")]
    #[case(r"a@stud.example\.edu", "bare dot")]
    #[case(r"a@(?:x|stud.y)\.edu", "bare dot")]
    #[case(r"(?:a@|b@)stud.y", "bare dot")]
    fn what_is_no_safe_rule_is_refused_in_one_line(#[case] rule: &str, #[case] reason: &str) {
        let error = rule.parse::<EmailRule>().expect_err("no rule").to_string();
        assert!(error.contains(reason) && !error.contains('\n'), "{error}");
    }

    #[test]
    fn dots_before_the_at_and_quantified_ones_are_choices() {
        let rules = [r"a.b@x\.de", r"a@.+\.de", r"a@.{2}\.de", r"(?:a@x|b.c@y)\.de"];
        for rule in
            rules.into_iter().chain([r"[a-zä]+@x\.de", r"(?:a@x\.de|ä@x\.de)", r"ä?a@x\.de", r".+@.+\.edu"])
        {
            assert!(rule.parse::<EmailRule>().is_ok(), "{rule}");
        }
    }
}
