//! Tests of what is a literal and what is not, and that nothing is lost track of.

#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use rstest::rstest;

use super::*;

/// The value of `X`, which must be the only one.
fn value(written: &str) -> Value {
    let mut module = read(&format!("X = {written}\n"));
    assert!(module.left.is_empty(), "{written}: {:?}", module.left);
    module.values.remove("X").unwrap().value
}

fn text(written: &str) -> String {
    match value(written) {
        Value::Text(text) => text,
        _ => panic!("{written} is text"),
    }
}

/// The reason why `X` has no value.
fn because(written: &str) -> &'static str {
    let module = read(&format!("X = {written}\n"));
    assert!(module.values.is_empty() && module.left.len() == 1, "{written}: {:?}", module.left);
    assert_eq!(module.left[0].names, ["X"], "{written}");
    module.left[0].because
}

#[rstest]
#[case(r#""a""#, "a")]
#[case("'it\"s'", "it\"s")]
#[case(r"'\'\\\n\t\x41\u00e4\U0001F600\101\0'", "'\\\n\tAä😀A\0")]
#[case(r"'st\d{6}@stud\.example\.edu'", r"st\d{6}@stud\.example\.edu")]
#[case(r"r'\n\''", r"\n\'")]
#[case(r#"R"st\d""#, r"st\d")]
#[case("u'ü'", "ü")]
#[case("'''one\ntwo \"x\" '' '''", "one\ntwo \"x\" '' ")]
#[case("\"\"\"a\\\nb\"\"\"", "ab")]
#[case("'one ' \"two\"  r'\\three'", "one two\\three")]
#[case("('one '\n     # why\n     'two')", "one two")]
#[case("'one' \\\n    'two'", "onetwo")]
#[case("'#no comment'  # a comment", "#no comment")]
#[case("''", "")]
#[case("'a\\\r\nb'", "ab")]
fn texts_are_read_as_python_does(#[case] written: &str, #[case] read: &str) {
    assert_eq!(text(written), read);
}

#[test]
fn other_values_are_read_as_python_does() {
    let int = |number| Value::Int(number);
    assert!(value("25") == int(25) && value("-1_000") == int(-1000) && value("+0") == int(0));
    assert!(value("0xFF") == int(255) && value("0o17") == int(15) && value("0b101") == int(5));
    assert!(value("1.5") == Value::Float(1.5) && value("-.5e-3") == Value::Float(-0.000_5));
    assert!(value("True") == Value::Bool(true) && value("False") == Value::Bool(false));
    assert!(value("None") == Value::None);
    let list = |items: &[i64]| Value::List(items.iter().copied().map(Value::Int).collect());
    assert!(value("[]") == list(&[]) && value("[1, 2,]") == list(&[1, 2]) && value("()") == list(&[]));
    assert!(value("(1,)") == list(&[1]) && value("(1)") == int(1) && value("1, 2") == list(&[1, 2]));
    assert!(value("[\n 1, # one\n\n 2\n]") == list(&[1, 2]));
    let dict = Value::Dict(vec![(Value::Text("indent".to_owned()), Value::None), (int(1), list(&[2]))]);
    assert!(value("{'indent': None, 1: [2]}") == dict);
}

#[rstest]
#[case("__import__('os').system('touch x')", "is a call")]
#[case("os.environ['X']", "looks something up")]
#[case("OTHER", "is another name's value")]
#[case("'a' + 'b'", "calculates something")]
#[case("'a' % 1", "calculates something")]
#[case("2 * 3", "calculates something")]
#[case("-OTHER", "calculates something")]
#[case("'a'.lower()", "looks something up")]
#[case("'a'[0]", "looks something up")]
#[case("'a'('b')", "is a call")]
#[case("f'{x}'", "has a text with values to be filled in")]
#[case("b'x'", "has bytes instead of text")]
#[case("'a", "has a text without its closing quote")]
#[case("'''a", "has a text without its closing quote")]
#[case("'\\N{DIGIT ONE}'", "has an escape that cannot be read")]
#[case("'\\xg1'", "has an escape that cannot be read")]
#[case("'\\ud800'", "has an escape that cannot be read")]
#[case("[1, x]", "is another name's value")]
#[case("[x for x in y]", "is another name's value")]
#[case("{1, 2}", "is a set")]
#[case("1 if True else 2", "decides something")]
#[case("", "has no whole value")]
#[case("[1", "has no whole value")]
#[case("007", "has a number that cannot be read")]
#[case("1j", "has a number that cannot be read")]
#[case("99999999999999999999", "has a number that cannot be read")]
fn what_is_no_literal_is_left(#[case] written: &str, #[case] reason: &str) {
    assert_eq!(because(written), reason);
}

#[test]
fn every_line_that_is_left_is_named_and_the_rest_is_read() {
    let source = "\u{feff}\"\"\"Settings.\"\"\"\nimport os\nfrom x import (\n    y)\nA = 1; B = 'b'\r\n\nif A:\n    C = 1\n    D = 2\nprint(A)\nE: str = 'e'\n@x\ndef f(a=1): pass\nF = 3 # last\n";
    let module = read(source);
    let left: Vec<_> = module.left.iter().map(|left| (left.line, left.names.join(" "))).collect();
    let expected =
        [(2, ""), (3, ""), (7, ""), (8, "C"), (9, "D"), (10, "print"), (11, "E"), (12, ""), (13, "")];
    assert_eq!(left, expected.map(|(line, names)| (line, names.to_owned())));
    let read: Vec<_> = module.values.iter().map(|(name, assigned)| (name.as_str(), assigned.line)).collect();
    assert_eq!(read, [("A", 5), ("B", 5), ("F", 14)]);
}

#[rstest]
#[case("X = 1\nX = 2", Some(2))]
#[case("X = f()\nX = 2", Some(2))]
#[case("X = 1\nX = f()", None)]
#[case("X = 1\nX += 1", None)]
#[case("X = [1]\nX.append(f())", None)]
#[case("X = 1\nif a:\n    X = 2", None)]
#[case("X = 1\nif a: y = 1; X = 2", None)]
#[case("X = 1\nelse: X = 2", None)]
#[case("X = 1\nX: int = f()", None)]
#[case("X = 1\nY = X = f()", None)]
#[case("X = 1\nY, X = f()", None)]
#[case("X = 1\ndel X", None)]
#[case("X = 1\nf(X, y=1)", Some(1))]
#[case("X = 1\nif X: pass", Some(1))]
fn a_value_holds_only_where_nothing_may_have_changed_it(#[case] source: &str, #[case] expected: Option<i64>) {
    let module = read(source);
    let found = module.values.get("X").map(|assigned| &assigned.value);
    assert!(found == expected.map(Value::Int).as_ref(), "{source}");
}

#[test]
fn deep_nesting_ends() {
    assert_eq!(because(&("[".repeat(5000) + &"]".repeat(5000))), "is nested too deeply");
}

proptest! {
    #[test]
    fn nothing_makes_it_fail(source in any::<String>()) {
        read(&source);
    }

    #[test]
    fn nothing_like_python_makes_it_fail(source in "([A-C]| |=|'|\"|\\\\|\\(|\\)|\\[|\\{|\\}|:|,|1|e|-|f|\n|#|;|ä){0,40}") {
        read(&source);
    }
}
