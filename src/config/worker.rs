//! `[worker]` and `[graph]`: how signups are carried out, and how patiently.

use std::time::Duration;

use super::section::Section;

/// The settings of the worker.
#[derive(Debug, Clone)]
pub struct Worker {
    /// The most operations that are carried out at once.
    pub concurrency: usize,
    /// The time for which a worker holds an operation before another may take it over.
    pub lease: Duration,
    /// The first pause before another try; it doubles each time.
    pub retry_base: Duration,
    /// The longest pause before another try.
    pub retry_max: Duration,
    /// The pause while no licence is free.
    pub seats_retry: Duration,
}

/// The settings of calls to Microsoft Graph.
#[derive(Debug, Clone)]
pub struct Graph {
    /// True if calls are only logged.
    pub dry_run: bool,
    /// The longest time that a call may take.
    pub timeout: Duration,
    /// The longest time that connecting may take.
    pub connect_timeout: Duration,
    /// The extension attribute (1 to 15) that marks users, unless a tenant names another.
    pub marker_attribute: u8,
}

impl Worker {
    pub(super) fn read(section: &mut Section<'_>) -> Option<Self> {
        let second = Duration::from_secs(1);
        let concurrency = section.number("concurrency", 1..=256);
        let lease = section.duration("lease", second * 2..=Duration::from_hours(1));
        let retry_base = section.duration("retry_base", Duration::from_millis(10)..=Duration::from_hours(1));
        let retry_max = section.duration("retry_max", second..=Duration::from_hours(24));
        let seats_retry = section.duration("seats_retry", second..=Duration::from_hours(24));
        if let (Some(base), Some(max)) = (retry_base, retry_max)
            && base > max
        {
            section.fault("retry_base", "is longer than `worker.retry_max`", "write a shorter one");
        }
        Some(Self {
            concurrency: concurrency?,
            lease: lease?,
            retry_base: retry_base?,
            retry_max: retry_max?,
            seats_retry: seats_retry?,
        })
    }
}

impl Graph {
    pub(super) fn read(section: &mut Section<'_>) -> Option<Self> {
        let dry_run = section.flag("dry_run");
        let timeout = section.duration("timeout", Duration::from_secs(1)..=Duration::from_mins(5));
        let connect =
            section.duration("connect_timeout", Duration::from_millis(100)..=Duration::from_mins(1));
        let marker_attribute = section.number("marker_attribute", 1..=15);
        Some(Self {
            dry_run: dry_run?,
            timeout: timeout?,
            connect_timeout: connect?,
            marker_attribute: marker_attribute?,
        })
    }
}
