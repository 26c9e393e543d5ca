//! The functions of this crate on the stack of a thread, for the test that counts them.

use std::{backtrace::Backtrace, cell::RefCell};

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
        let names = stack.lines().filter_map(|line| line.split_once(": ").map(|(_, name)| name));
        let own = names.filter(|name| name.trim_start_matches('<').starts_with(env!("CARGO_CRATE_NAME")));
        let is_of_tests =
            |name: &&str| ["::frames::", "::testing::", "::tests::"].iter().any(|part| name.contains(part));
        let mut functions: Vec<String> = own
            .filter(|name| !is_of_tests(name))
            .map(|name| name.split("::{{closure}}").next().unwrap_or_default().to_owned())
            .collect();
        functions.reverse();
        functions.dedup();
        functions
    }
}
