//! The functions of this crate on the stack of a thread, for the test that counts them.

use std::{backtrace::Backtrace, cell::RefCell, path::Path};

/// A point that was reached.
pub(crate) struct Reached {
    pub point: &'static str,
    stack: Backtrace,
}

thread_local! {
    static REACHED: RefCell<Option<Vec<Reached>>> = const { RefCell::new(None) };
}

/// Records the stack, if a test asks for it on this thread.
pub(crate) fn record(point: &'static str) {
    REACHED.with_borrow_mut(|reached| {
        if let Some(reached) = reached {
            reached.push(Reached { point, stack: Backtrace::force_capture() });
        }
    });
}

/// The points that this thread reaches during the work.
pub(crate) async fn reached_in(work: impl Future) -> Vec<Reached> {
    REACHED.set(Some(Vec::new()));
    work.await;
    REACHED.take().unwrap_or_default()
}

impl Reached {
    /// The functions of this crate that led here, the outermost first. Closures and polls of a function count as it.
    pub(crate) fn functions(&self) -> Vec<String> {
        let stack = self.stack.to_string();
        let mut frames: Vec<(&str, Option<&str>)> = Vec::new();
        for line in stack.lines().map(str::trim_start) {
            match (line.strip_prefix("at "), frames.last_mut()) {
                (Some(place), Some(frame)) => frame.1 = Some(place),
                _ => frames.extend(line.split_once(": ").map(|(_, name)| (name, None))),
            }
        }
        let mut functions: Vec<String> = frames.into_iter().rev().filter_map(own_function).collect();
        functions.dedup();
        functions
    }
}

/// The function of this crate that a frame belongs to; `None` if it belongs to a test or to another crate. With debug
/// information a frame has its place in the source, and its name is without the module and often only `{closure#0}`.
fn own_function((name, place): (&str, Option<&str>)) -> Option<String> {
    let is_of_tests = |text: &str| ["frames", "testing", "tests"].iter().any(|part| text.contains(part));
    let Some(place) = place else {
        let is_own = name.trim_start_matches('<').starts_with(env!("CARGO_CRATE_NAME")) && !is_of_tests(name);
        return is_own.then(|| name.split("::{{closure}}").next().unwrap_or_default().to_owned());
    };
    let mut parts = place.rsplitn(3, ':').skip(1);
    let (line, file) = (parts.next()?.parse::<usize>().ok()?, parts.next()?);
    let file = file.strip_prefix("./").filter(|file| file.starts_with("src/") && !is_of_tests(file))?;
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).ok()?;
    let before: Vec<&str> = text.lines().take(line).collect();
    let function = before.iter().rev().find_map(|line| declared(line)).unwrap_or("a function");
    Some(format!("{file}::{function}"))
}

/// The name of the function that a line declares.
fn declared(line: &str) -> Option<&str> {
    let (before, after) = line.trim_start().split_once("fn ")?;
    // `pub(in a::b)` is two words.
    let is_modifier =
        |word: &str| ["const", "async"].contains(&word) || word.starts_with("pub") || word.ends_with(')');
    before.split_whitespace().all(is_modifier).then(|| after.split(['(', '<']).next()).flatten()
}
