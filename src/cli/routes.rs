//! `accountcreator routes`

use std::{path::Path, process::ExitCode};

use super::{
    configured,
    say::{say, say_on},
    table,
};
use crate::http;

pub(super) fn run(file: Option<&Path>, json: bool) -> anyhow::Result<ExitCode> {
    let routes = http::routes(&configured::load(file)?);
    if json {
        say!("{}", serde_json::to_string_pretty(&routes)?);
    } else {
        let row =
            |route: &http::Route| vec![route.method.to_owned(), route.path.to_owned(), route.what.to_owned()];
        let rows: Vec<_> = routes.iter().map(row).collect();
        say_on!("{}", table::render(&["METHOD", "ADDRESS", "WHAT"], &rows));
    }
    Ok(ExitCode::SUCCESS)
}
