//! The `accountcreator` command.

fn main() {}
