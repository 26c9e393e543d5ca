//! The arguments: our own, and those that `cargo test` passes on to every test.

use clap::Parser;

use crate::rig::harness::Harness;

/// Walks through every page in Chromium
#[derive(Debug, Parser)]
pub struct Arguments {
    /// Every walk in every setting, and Lighthouse; without it each walk once
    #[arg(long)]
    pub all: bool,
    #[command(flatten)]
    harness: Harness,
}

impl Arguments {
    /// Whether this test is among those to run, such as `mistakes-de-phone-noscript`.
    pub fn wants(&self, name: &str) -> bool {
        self.harness.wants(name)
    }
}
