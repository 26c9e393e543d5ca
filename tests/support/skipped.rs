//! Tests that cannot run on this machine. Each says so, and `tests/summary.rs` lists them at the end of `cargo test`.
//!
//! Include it by path: `#[path = "../support/skipped.rs"] mod skipped;`.

use std::{fs::File, io::Write, os::unix::process::parent_id, thread};

/// A line for each skipped test: the process that runs the tests, the target, the test, the reason.
pub const FILE: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/skipped");

/// Notes that the calling test, or a part of it, cannot run without this tool.
///
/// # Panics
/// Where `ACCOUNTCREATOR_REQUIRE_<TOOL>` is `1`.
#[allow(dead_code, clippy::print_stderr, reason = "the summary only reads; a skipped test says so")]
pub fn skip(tool: &str, why: &str) {
    let variable = format!("ACCOUNTCREATOR_REQUIRE_{}", tool.to_uppercase().replace('-', "_"));
    assert!(std::env::var_os(&variable).is_none_or(|value| value != "1"), "{variable} is 1, and {why}");
    let (target, thread) = (env!("CARGO_CRATE_NAME"), thread::current());
    let test = thread.name().unwrap_or("main");
    eprintln!("skipped: {target}::{test}: {why}");
    let line = format!("{}\t{target}\t{test}\t{why}\n", parent_id());
    let file = File::options().create(true).append(true).open(FILE);
    file.and_then(|mut file| file.write_all(line.as_bytes())).expect("the list of skipped tests is written");
}
