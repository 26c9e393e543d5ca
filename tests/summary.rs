//! The tests of this run of `cargo test` that were skipped, by reason. Cargo runs targets in the order of their names,
//! so this one comes last.
#![allow(clippy::print_stdout, reason = "a summary is printed")]

#[path = "support/skipped.rs"]
mod skipped;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    os::unix::process::parent_id,
};

/// A target with more skipped tests than this is named without their names.
const MAX_NAMES: usize = 8;

fn main() {
    let lines = fs::read_to_string(skipped::FILE).unwrap_or_default();
    let run = parent_id().to_string();
    let mut reasons: BTreeMap<_, BTreeMap<_, BTreeSet<_>>> = BTreeMap::new();
    for line in lines.lines() {
        if let [of, target, test, why] = line.splitn(4, '\t').collect::<Vec<_>>()[..]
            && of == run
        {
            reasons.entry(why).or_default().entry(target).or_default().insert(test);
        }
    }
    println!("\nskipped tests: {}", if reasons.is_empty() { "none" } else { "" });
    for (why, targets) in reasons {
        println!("  {why}");
        for (target, tests) in targets {
            if tests.len() > MAX_NAMES {
                println!("    {target}: {} tests", tests.len());
            } else {
                tests.iter().for_each(|test| println!("    {target}::{test}"));
            }
        }
    }
    // Lines of other runs are older, or those of a run of single targets, which has no summary.
    let _ = fs::remove_file(skipped::FILE);
}
