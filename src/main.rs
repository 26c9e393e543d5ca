//! The `accountcreator` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    accountcreator::cli::run()
}
