//! Lighthouse gives the form full marks: <https://developer.chrome.com/docs/lighthouse>.

use std::{path::Path, process::Stdio};

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use tokio::process::Command;

use crate::tools::CHROMIUM;

/// How often the speed is measured at most. The other marks depend on the page alone; this one also on what
/// else the machine does in these seconds, so the best of a few counts.
const TRIES: usize = 3;
const CATEGORIES: [&str; 4] = ["performance", "accessibility", "best-practices", "seo"];
const FLAGS: &str = "--headless=new --no-sandbox --disable-dev-shm-usage --disable-gpu";

/// What keeps a page from full marks on a device (`mobile`, `desktop`).
pub async fn examine(program: &Path, page: &str, device: &str) -> Result<Vec<String>> {
    let mut faults = Vec::new();
    for _ in 0..TRIES {
        let report = report(program, page, device).await?;
        faults = CATEGORIES.iter().flat_map(|category| shortcomings(&report, category)).collect();
        let only_speed = faults.iter().all(|fault: &String| fault.starts_with(CATEGORIES[0]));
        if faults.is_empty() || !only_speed {
            break;
        }
    }
    Ok(faults)
}

async fn report(program: &Path, page: &str, device: &str) -> Result<Value> {
    let mut command = Command::new(program);
    command.arg(page).args(["--output=json", "--quiet", "--no-enable-error-reporting"]);
    command.arg(format!("--only-categories={}", CATEGORIES.join(","))).arg(format!("--chrome-flags={FLAGS}"));
    if device == "desktop" {
        command.arg("--preset=desktop");
    }
    let output =
        command.env("CHROME_PATH", CHROMIUM).stdin(Stdio::null()).kill_on_drop(true).output().await?;
    ensure!(output.status.success(), "Lighthouse fails: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).context("Lighthouse reports in JSON")
}

/// What costs a category some of its marks.
fn shortcomings(report: &Value, category: &str) -> Vec<String> {
    let found = &report["categories"][category];
    if found["score"] == 1.0 {
        return Vec::new();
    }
    let audits = found["auditRefs"].as_array().into_iter().flatten();
    let weighty = audits.filter(|audit| audit["weight"].as_f64().is_some_and(|weight| weight > 0.0));
    let details = weighty.filter_map(|audit| {
        let result = &report["audits"][audit["id"].as_str()?];
        let lost = result["score"].as_f64().is_some_and(|score| score < 1.0);
        lost.then(|| format!("{} ({})", result["title"], result["displayValue"]))
    });
    let details = details.collect::<Vec<_>>().join(", ");
    vec![format!("{category} has {} of 1: {details}", found["score"])]
}
