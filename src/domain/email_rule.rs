//! Rules for addresses: regular expressions that are matched against the whole address.

use std::{collections::BTreeMap, fmt, str::FromStr};

use regex::{Regex, RegexBuilder};
use regex_syntax::ast::{self, Ast};

use super::{Email, browser_pattern};

/// A regular expression for whole addresses, in any case; its time is linear in the address.
#[derive(Clone)]
pub struct EmailRule {
    source: String,
    whole: Regex,
}

/// Why a text is no rule for addresses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EmailRuleError {
    /// Not a regular expression.
    #[error("the regular expression cannot be read: {0}")]
    Syntax(String),
    /// Too large once compiled.
    #[error("the regular expression is too large")]
    TooLarge,
    /// `@stud.example.edu` would also admit `@studxexample.edu`, a domain that anyone may own.
    #[error("a bare dot after the @ stands for any character; a dot itself is written `\\.`")]
    BareDot,
}

impl EmailRule {
    /// The expression as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.source
    }

    /// What the named groups match; `None` when the address as a whole does not.
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
        // Read on its own first: `a)|(?:b` would slip out of the anchors around it.
        let read = ast::parse::Parser::new()
            .parse(source)
            .map_err(|error| EmailRuleError::Syntax(error.kind().to_string()))?;
        if has_bare_dot_in_domain(&read, &mut false) {
            return Err(EmailRuleError::BareDot);
        }
        let whole = RegexBuilder::new(&format!("^(?:{source})$"))
            .case_insensitive(true)
            .size_limit(1 << 20)
            .build()
            .map_err(|error| match error {
                regex::Error::CompiledTooBig(_) => EmailRuleError::TooLarge,
                other => EmailRuleError::Syntax(last_line(&other.to_string())),
            })?;
        Ok(Self { source: source.to_owned(), whole })
    }
}

/// The regex crate draws the expression and says what is wrong in the last line.
fn last_line(drawing: &str) -> String {
    let last = drawing.lines().last().unwrap_or_default();
    last.trim_start_matches("error: ").to_owned()
}

/// Whether a dot that no quantifier follows comes after an `@`. `.*` is a choice; a lone `.` is a slip.
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
    #[case("a)|(?:b", "unopened group")]
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
        for rule in [r"a.b@x\.de", r"a@.+\.de", r"a@.{2}\.de", r"(?:a@x|b.c@y)\.de"] {
            assert!(rule.parse::<EmailRule>().is_ok(), "{rule}");
        }
    }
}
