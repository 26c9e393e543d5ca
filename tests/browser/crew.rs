//! Who carries out the walks: each with a stage and a browser of its own, one walk after the other.

use std::{
    collections::VecDeque,
    fmt,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use thirtyfour::WebDriver;

use crate::{
    chromium::Chromium,
    look,
    setting::Setting,
    stage::Stage,
    tab::{Scheme, Tab},
    visitor::Visitor,
    walks::Walk,
};

/// The longest that a walk may take.
const LONGEST: Duration = Duration::from_secs(120);

/// A walk in a setting.
#[derive(Clone, Copy)]
pub struct Job {
    pub walk: Walk,
    pub setting: Setting,
}

impl Job {
    /// The walks that make sense in these settings, those of one setting together.
    pub fn all(settings: impl Iterator<Item = Setting>) -> impl Iterator<Item = Self> {
        settings.flat_map(|setting| {
            let walks = Walk::ALL.into_iter().filter(move |walk| walk.suits(setting));
            walks.map(move |walk| Self { walk, setting })
        })
    }
}

impl fmt::Display for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.walk.name(), self.setting)
    }
}

/// What there is to do, and what has come of it.
pub struct Work {
    queue: Mutex<VecDeque<Job>>,
    /// axe-core.
    axe: String,
}

impl Work {
    pub fn new(jobs: impl Iterator<Item = Job>, axe: String) -> Self {
        Self { queue: Mutex::new(jobs.collect()), axe }
    }

    fn next(&self) -> Option<Job> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }

    /// Does what there is to do until nothing is left. Tells how many walks were at fault.
    pub async fn carry_out(&self, chromium: &Chromium) -> Result<usize> {
        let stage = Stage::build().await?;
        let mut failed = 0;
        let mut tab = Tab { driver: chromium.open().await? };
        while let Some(job) = self.next() {
            let start = Instant::now();
            let (faults, broken) = self.perform(job, &stage, &tab).await;
            report(job, start.elapsed(), &faults);
            failed += usize::from(!faults.is_empty());
            if broken {
                // Nothing of a broken walk may reach the next one.
                quit(tab.driver).await;
                tab = Tab { driver: chromium.open().await? };
            }
        }
        quit(tab.driver).await;
        Ok(failed)
    }

    /// What was found on a walk, and whether it broke off.
    async fn perform(&self, job: Job, stage: &Stage, tab: &Tab) -> (Vec<String>, bool) {
        let Job { walk, setting } = job;
        let visitor = self.prepare(job, stage, tab).await;
        let mut visitor = match visitor {
            Ok(visitor) => visitor,
            Err(error) => return (vec![format!("{error:#}")], true),
        };
        let walked = tokio::time::timeout(LONGEST, walk.go(&mut visitor)).await;
        let walked = walked.with_context(|| format!("not done after {LONGEST:?}")).flatten();
        let outcome = match walked {
            Ok(()) => visitor.listen().await,
            Err(error) => Err(error),
        };
        let Err(error) = outcome else { return (visitor.faults, false) };
        let mut faults = visitor.faults;
        let place = tab.driver.current_url().await.map(|url| url.path().to_owned()).unwrap_or_default();
        faults.push(format!("{error:#} (on {place})"));
        faults.extend(stage.last_words().lines().map(str::to_owned));
        if let Ok(picture) = tab.picture().await {
            // The picture only helps to find the cause.
            let _ = look::keep(&picture, &format!("broken-{}-{setting}", walk.name()));
        }
        (faults, true)
    }

    async fn prepare<'a>(&'a self, job: Job, stage: &'a Stage, tab: &'a Tab) -> Result<Visitor<'a>> {
        let Job { walk, setting } = job;
        stage.calm().await?;
        tab.renew().await?;
        tab.set_view(setting.device.view()).await?;
        tab.set_scheme(Scheme::Light).await?;
        tab.allow_scripts(setting.script).await?;
        let (server, wording) = (walk.server(stage), stage.wording(setting.language)?);
        let walk = walk.name();
        Ok(Visitor { tab, stage, server, setting, wording, axe: &self.axe, walk, faults: Vec::new() })
    }
}

async fn quit(driver: WebDriver) {
    // A browser that does not answer ends with its driver.
    let _ = driver.quit().await;
}

/// One line for a walk, and one for each fault.
#[allow(clippy::print_stdout, reason = "a test tells how it went")]
pub fn report(name: impl fmt::Display, took: Duration, faults: &[String]) {
    let outcome = if faults.is_empty() { "ok" } else { "FAILED" };
    println!("test {name} ... {outcome} ({:.1} s)", took.as_secs_f64());
    for fault in faults {
        println!("    {fault}");
    }
}
