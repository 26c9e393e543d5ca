//! A regular expression of Python's becomes a rule for addresses.
//!
//! <https://docs.python.org/3/library/re.html#regular-expression-syntax> and <https://docs.rs/regex/1/#syntax>. Both are
//! matched against the whole address.

use regex_syntax::ast::{self, Ast, Visitor};

use crate::domain::{EmailRule, EmailRuleError};

/// A rule, and whether unescaped dots in its domain were taken for literal ones.
pub(super) struct Rule {
    pub(super) text: String,
    pub(super) dots_escaped: bool,
}

/// Converts an expression, or names the construct in it that has no counterpart here.
pub(super) fn convert(python: &str) -> Result<Rule, String> {
    let text = Translation::of(python)?;
    match text.parse::<EmailRule>() {
        Ok(_) => Ok(Rule { text, dots_escaped: false }),
        Err(EmailRuleError::BareDot) => {
            let text = with_dots_escaped(&text).unwrap_or(text);
            text.parse::<EmailRule>().map_err(|error| error.to_string())?;
            Ok(Rule { text, dots_escaped: true })
        }
        Err(error) => Err(error.to_string()),
    }
}

/// A translation in progress: the rest of the expression, and the part that is made.
struct Translation<'p> {
    rest: &'p str,
    made: String,
}

impl<'p> Translation<'p> {
    fn of(python: &'p str) -> Result<String, String> {
        let mut translation = Self { rest: python, made: String::new() };
        while let Some(sign) = translation.take() {
            match sign {
                '\\' => translation.escape(false)?,
                '[' => translation.class()?,
                '(' => translation.group()?,
                '{' => translation.brace(),
                sign => translation.made.push(sign),
            }
            if matches!(sign, '*' | '+' | '?' | '{') && translation.rest.starts_with('+') {
                return Err("it has a possessive quantifier".to_owned());
            }
        }
        Ok(translation.made)
    }

    fn take(&mut self) -> Option<char> {
        let sign = self.rest.chars().next()?;
        self.rest = &self.rest[sign.len_utf8()..];
        Some(sign)
    }

    /// Takes this sign over, if it is the next.
    fn keep(&mut self, sign: char) {
        if let Some(rest) = self.rest.strip_prefix(sign) {
            self.made.push(sign);
            self.rest = rest;
        }
    }

    fn escape(&mut self, in_class: bool) -> Result<(), String> {
        match self.take() {
            None => return Err("it ends with a backslash".to_owned()),
            Some('Z') if !in_class => self.made += r"\z",
            Some('b') if in_class => self.made += r"\x08",
            Some('1'..='9') if !in_class => return Err("it has a backreference".to_owned()),
            // Behind a backslash these have another meaning here, or no meaning.
            Some(sign @ ('<' | '>' | ' ')) => self.made.push(sign),
            Some(sign) if !sign.is_ascii() => self.made.push(sign),
            Some(sign) => self.made.extend(['\\', sign]),
        }
        Ok(())
    }

    /// In brackets, where Python knows no classes inside and no operators.
    fn class(&mut self) -> Result<(), String> {
        self.made.push('[');
        self.keep('^');
        let mut first = true;
        loop {
            match self.take() {
                None => return Err("it has a bracket that is not closed".to_owned()),
                Some(']') if !first => break,
                Some('\\') => self.escape(true)?,
                Some('-') if self.rest.starts_with('-') => {
                    return Err("it has two hyphens in brackets".to_owned());
                }
                Some(sign @ (']' | '[' | '&' | '~')) => self.made.extend(['\\', sign]),
                Some(sign) => self.made.push(sign),
            }
            first = false;
        }
        self.made.push(']');
        Ok(())
    }

    fn group(&mut self) -> Result<(), String> {
        let refused = [
            ("?P=", "a backreference"),
            ("?=", "look-around"),
            ("?!", "look-around"),
            ("?<=", "look-around"),
            ("?<!", "look-around"),
            ("?>", "an atomic group"),
            ("?(", "a condition"),
        ];
        if let Some((_, what)) = refused.into_iter().find(|(start, _)| self.rest.starts_with(start)) {
            return Err(format!("it has {what}"));
        }
        if let Some(comment) = self.rest.strip_prefix("?#") {
            let end = comment.find(')').ok_or("it has a comment that is not closed")?;
            self.rest = &comment[end + 1..];
        } else {
            self.made.push('(');
            // Otherwise the question mark would be taken for a quantifier.
            self.keep('?');
        }
        Ok(())
    }

    /// A brace is a sign like any other where it is no number of repetitions.
    fn brace(&mut self) {
        let inside = self.rest.split_once('}').map(|(inside, _)| inside);
        let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let bounds = inside.map(|inside| inside.split_once(',').unwrap_or((inside, inside)));
        match bounds {
            Some((least, most)) if is_number(least) && is_number(most) && inside != Some("") => {
                let inside = inside.unwrap_or_default();
                self.made.push('{');
                if least.is_empty() {
                    self.made.push('0');
                }
                self.made += inside;
                self.made.push('}');
                self.rest = &self.rest[inside.len() + 1..];
            }
            _ => self.made += r"\{",
        }
    }
}

/// Each dot behind the @ that no quantifier follows becomes a dot itself.
fn with_dots_escaped(rule: &str) -> Option<String> {
    let read = ast::parse::Parser::new().parse(rule).ok()?;
    let found = ast::visit(&read, Dots::default()).ok()?;
    let mut escaped = rule.to_owned();
    for at in found.into_iter().rev() {
        escaped.insert(at, '\\');
    }
    Some(escaped)
}

/// The places of such dots.
#[derive(Default)]
struct Dots {
    at: Vec<usize>,
    after_at_sign: bool,
    repeated: usize,
}

impl Visitor for Dots {
    type Output = Vec<usize>;
    type Err = ();

    fn finish(self) -> Result<Vec<usize>, ()> {
        Ok(self.at)
    }

    fn visit_pre(&mut self, node: &Ast) -> Result<(), ()> {
        match node {
            Ast::Literal(literal) => self.after_at_sign |= literal.c == '@',
            Ast::Repetition(repetition) if matches!(*repetition.ast, Ast::Dot(_)) => self.repeated += 1,
            Ast::Dot(span) if self.repeated == 0 && self.after_at_sign => self.at.push(span.start.offset),
            _ => {}
        }
        Ok(())
    }

    fn visit_post(&mut self, node: &Ast) -> Result<(), ()> {
        if matches!(node, Ast::Repetition(repetition) if matches!(*repetition.ast, Ast::Dot(_))) {
            self.repeated -= 1;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;
    use crate::domain::Email;

    #[rstest]
    #[case(r"st\d{6}@stud\.uni-stuttgart\.de", r"st\d{6}@stud\.uni-stuttgart\.de")]
    #[case(r"^(?P<id>st\d{,6})@x\.de\Z", r"^(?P<id>st\d{0,6})@x\.de\z")]
    #[case(r"(?#any)[^]a[&~-]@x\.de|a{b\<\ ", r"[^\]a\[\&\~-]@x\.de|a\{b< ")]
    #[case(r"(?:a|b)+?@[\w.-]+", r"(?:a|b)+?@[\w.-]+")]
    #[case(r".*@x\.de", r".*@x\.de")]
    fn an_expression_is_said_in_our_syntax(#[case] python: &str, #[case] ours: &str) {
        let rule = convert(python).unwrap();
        assert_eq!((rule.text.as_str(), rule.dots_escaped), (ours, false));
    }

    #[rstest]
    #[case("st.*@stud.uni-x.de", r"st.*@stud\.uni-x\.de")]
    #[case("(?:a.b@x|c@y).de|d@.+.z", r"(?:a.b@x|c@y)\.de|d@.+\.z")]
    fn a_bare_dot_in_the_domain_is_taken_for_a_dot(#[case] python: &str, #[case] ours: &str) {
        let rule = convert(python).unwrap();
        assert_eq!((rule.text.as_str(), rule.dots_escaped), (ours, true));
    }

    #[rstest]
    #[case(r"(?!admin).*@x\.de", "look-around")]
    #[case(r"(?<=a)b@x\.de", "look-around")]
    #[case(r"(a)\1@x\.de", "backreference")]
    #[case(r"(?P<a>a)(?P=a)@x\.de", "backreference")]
    #[case(r"a*+@x\.de", "possessive")]
    #[case(r"a{2}+@x\.de", "possessive")]
    #[case(r"(?>a)@x\.de", "atomic")]
    #[case(r"(a)?(?(1)b|c)@x\.de", "condition")]
    #[case(r"[+--]@x\.de", "hyphens")]
    #[case(r"[a@x\.de", "not closed")]
    #[case(r"a\", "backslash")]
    #[case("(a", "unclosed group")]
    fn what_cannot_be_said_is_named(#[case] python: &str, #[case] what: &str) {
        let because = convert(python).err().unwrap();
        assert!(because.contains(what), "{because}");
    }

    #[test]
    fn a_converted_rule_admits_the_same() {
        let rule: EmailRule = convert("[a-z.]+@(?:stud.)?example.edu").unwrap().text.parse().unwrap();
        let admits = |address| rule.captures(&Email::parse(address).unwrap()).is_some();
        assert!(
            admits("ada.l@example.edu") && admits("ada@stud.example.edu") && !admits("ada@studxexample.edu")
        );
    }

    proptest! {
        #[test]
        fn nothing_makes_it_fail(python in "([(?*+{},\\[\\]\\\\^a1.@<=!#)|:P&~-]|ä){0,24}") {
            let _ = convert(&python);
        }
    }
}
