//! Writing to standard output. `println!` would panic when the reader has gone, as in `signups list | head`.

use std::{
    fmt::Arguments,
    io::{ErrorKind, Write, stderr, stdout},
};

/// Writes the text; if the reader has gone, the command has done its work.
pub(super) fn write(text: Arguments<'_>) {
    if let Err(error) = stdout().write_fmt(text)
        && error.kind() == ErrorKind::BrokenPipe
    {
        std::process::exit(0);
    }
}

/// Writes the text to standard error, apart from the output; it does not matter if no one reads it.
pub(super) fn write_aside(text: Arguments<'_>) {
    let _ = stderr().write_fmt(text);
}

/// A line on standard output.
macro_rules! say {
    ($($text:tt)+) => {{
        $crate::cli::say::write(format_args!($($text)+));
        $crate::cli::say::write(format_args!("\n"));
    }};
}

/// Text on standard output that ends its lines itself.
macro_rules! say_on {
    ($($text:tt)+) => { $crate::cli::say::write(format_args!($($text)+)) };
}

/// A line on standard error, beside an output that a program may read.
macro_rules! say_aside {
    ($($text:tt)+) => {{
        $crate::cli::say::write_aside(format_args!($($text)+));
        $crate::cli::say::write_aside(format_args!("\n"));
    }};
}

pub(super) use {say, say_aside, say_on};
