//! The messages of a file, reduced to what can be checked: their names and their references.

use std::collections::BTreeSet;

use fluent_syntax::{
    ast::{Entry, Expression, InlineExpression, Message as Ast, Pattern, PatternElement, Resource, Term},
    parser,
    serializer::serialize,
};

/// One message, or one term, whose name begins with `-`.
#[derive(Debug)]
pub(super) struct Message {
    pub id: String,
    pub line: usize,
    /// The message as a file would have it.
    pub entry: String,
    pub has_text: bool,
    pub refers: References,
}

/// The references of a message.
#[derive(Debug, Default)]
pub(super) struct References {
    pub variables: BTreeSet<String>,
    /// Messages, and terms with their `-`.
    pub messages: BTreeSet<String>,
    pub functions: BTreeSet<String>,
}

/// A line that is not Fluent's syntax.
pub(super) struct Fault {
    pub line: usize,
    pub problem: String,
}

/// The messages of a text in their order, and the faults of its syntax.
pub(super) fn read(text: &str) -> (Vec<Message>, Vec<Fault>) {
    let (resource, errors) = match parser::parse(text) {
        Ok(resource) => (resource, Vec::new()),
        Err((resource, errors)) => (resource, errors),
    };
    // An error at the end is reported in the last line that is not blank.
    let last = text.trim_end().len();
    let fault = |error: parser::ParserError| Fault {
        line: line_at(text, error.pos.start.min(last)),
        problem: error.to_string(),
    };
    let messages = resource.body.iter().filter_map(|entry| message(text, entry)).collect();
    (messages, errors.into_iter().map(fault).collect())
}

fn message(text: &str, entry: &Entry<&str>) -> Option<Message> {
    let (name, sign, pattern) = match entry {
        Entry::Message(Ast { id, value, .. }) => (id.name, "", value.as_ref()),
        Entry::Term(Term { id, value, .. }) => (id.name, "-", Some(value)),
        _ => return None,
    };
    let mut refers = References::default();
    pattern.into_iter().for_each(|pattern| refers.of_pattern(pattern));
    Some(Message {
        id: format!("{sign}{name}"),
        // The parser keeps no positions, but a name is a slice of the text.
        line: line_at(text, name.as_ptr().addr().saturating_sub(text.as_ptr().addr())),
        entry: serialize(&Resource { body: vec![without_comment(entry.clone())] }),
        has_text: pattern.is_some(),
        refers,
    })
}

fn without_comment(entry: Entry<&str>) -> Entry<&str> {
    match entry {
        Entry::Message(message) => Entry::Message(Ast { comment: None, ..message }),
        Entry::Term(term) => Entry::Term(Term { comment: None, ..term }),
        other => other,
    }
}

fn line_at(text: &str, at: usize) -> usize {
    let before = &text.as_bytes()[..at.min(text.len())];
    before.iter().filter(|byte| **byte == b'\n').count() + 1
}

impl References {
    fn of_pattern(&mut self, pattern: &Pattern<&str>) {
        for element in &pattern.elements {
            if let PatternElement::Placeable { expression } = element {
                self.of_expression(expression);
            }
        }
    }

    fn of_expression(&mut self, expression: &Expression<&str>) {
        match expression {
            Expression::Inline(inline) => self.of_inline(inline),
            Expression::Select { selector, variants } => {
                self.of_inline(selector);
                variants.iter().for_each(|variant| self.of_pattern(&variant.value));
            }
        }
    }

    fn of_inline(&mut self, inline: &InlineExpression<&str>) {
        match inline {
            InlineExpression::VariableReference { id } => drop(self.variables.insert(id.name.to_owned())),
            InlineExpression::FunctionReference { id, .. } => drop(self.functions.insert(id.name.to_owned())),
            InlineExpression::MessageReference { id, .. } => drop(self.messages.insert(id.name.to_owned())),
            InlineExpression::TermReference { id, .. } => drop(self.messages.insert(format!("-{}", id.name))),
            InlineExpression::Placeable { expression } => self.of_expression(expression),
            InlineExpression::StringLiteral { .. } | InlineExpression::NumberLiteral { .. } => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_found_with_its_line_and_what_it_refers_to() {
        let text = "# one = not this\none =\n    { $left ->\n        [one] { two } one = x\n       *[other] { NUMBER($b) } { -t }\n    }\n-t = T\none = again\nempty =\n    .title = x\n";
        let (messages, faults) = read(text);
        assert!(faults.is_empty());
        let seen: Vec<_> = messages.iter().map(|m| (m.id.as_str(), m.line, m.has_text)).collect();
        assert_eq!(seen, [("one", 2, true), ("-t", 7, true), ("one", 8, true), ("empty", 9, false)]);
        let refers = &messages[0].refers;
        assert_eq!(refers.variables.iter().collect::<Vec<_>>(), ["left"]);
        assert_eq!(refers.messages.iter().collect::<Vec<_>>(), ["-t", "two"]);
        assert_eq!(refers.functions.iter().collect::<Vec<_>>(), ["NUMBER"]);
        assert_eq!(messages[2].entry, "one = again\n");
    }

    #[test]
    fn every_line_that_is_no_syntax_is_found() {
        let lines = |text: &str| read(text).1.iter().map(|fault| fault.line).collect::<Vec<_>>();
        assert_eq!(lines("one = { $a b }\ntwo = Two\n\nthree\n"), [1, 4]);
        assert_eq!(lines("one = One\ntwo = {\n\n"), [2]);
        assert_eq!(read("one = { $a b }\ntwo = Two\n").0.len(), 1, "the rest is read all the same");
    }
}
