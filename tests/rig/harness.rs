//! The arguments that `cargo test` passes on to every test, for tests with a `main` of their own.

/// What cargo's own test harness takes; only the choice of tests means something to ours.
#[derive(Debug, clap::Args)]
#[allow(clippy::struct_excessive_bools, reason = "these are flags")]
pub struct Harness {
    /// Which tests to run
    #[arg(hide = true)]
    filter: Vec<String>,
    #[arg(long, hide = true)]
    list: bool,
    #[arg(long, hide = true)]
    ignored: bool,
    #[arg(long, hide = true)]
    exact: bool,
    #[arg(long, hide = true)]
    include_ignored: bool,
    #[arg(long, hide = true)]
    nocapture: bool,
    #[arg(long, hide = true)]
    show_output: bool,
    #[arg(long, short, hide = true)]
    quiet: bool,
    #[arg(long, hide = true)]
    test_threads: Option<u32>,
    #[arg(long, hide = true)]
    skip: Vec<String>,
    #[arg(long, hide = true)]
    color: Option<String>,
    #[arg(long, hide = true)]
    format: Option<String>,
}

impl Harness {
    /// Whether the test of this name is among those to run.
    pub fn wants(&self, name: &str) -> bool {
        let names = |filter: &String| name.contains(filter.as_str());
        let chosen = self.filter.is_empty() || self.filter.iter().any(names);
        chosen && !self.skip.iter().any(names) && !self.list && !self.ignored
    }
}
