//! What the kernel counts for a process: proc(5).

use std::time::Duration;

use anyhow::{Context, Result};

/// Ticks of `utime` and `stime` in a second: `USER_HZ`, the same on every architecture of ours.
const TICKS: u64 = 100;

/// The memory a process occupies, in MB.
pub fn resident_mb(pid: u32) -> Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
    let kilobytes: f64 = line.trim().trim_end_matches(" kB").parse()?;
    Ok(kilobytes / 1024.0)
}

/// The time a process has spent on a processor, in user and in system mode.
pub fn cpu_time(pid: u32) -> Result<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The name in parentheses may contain blanks; `utime` is the 12th field after it.
    let (_, fields) = stat.rsplit_once(") ").context("no name in parentheses")?;
    let mut ticks = fields.split(' ').skip(11).map(str::parse::<u64>);
    let mut next = || ticks.next().context("too few fields")?.context("no number");
    Ok(Duration::from_millis((next()? + next()?) * 1000 / TICKS))
}
