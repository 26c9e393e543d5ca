//! The students: each fills in the form and does not give up until it was taken. Some do more than that.

use std::{
    collections::BTreeSet,
    sync::Arc,
    time::{Duration, Instant},
};

use accountcreator::domain::Entropy;
use anyhow::{Result, bail};
use reqwest::{StatusCode, Url};
use tokio::{sync::Semaphore, task::JoinSet};

use crate::rig::{
    browser::{Answer, Browser, Entry, Form},
    settings::MAIL_DOMAIN,
};

/// How long a student waits before the next try.
const BREATH: Duration = Duration::from_millis(25);
/// How long a student tries.
const PATIENCE: Duration = Duration::from_secs(90);

const FIRST_NAMES: [&str; 8] = ["Anna", "Łukasz", "Max", "Øystein", "Дмитрий", "小明", "Nguyễn", "Zoë"];
const LAST_NAMES: [&str; 6] = ["Müller", "Lee", "García", "Иванов", "O'Neill", "Schmidt-Groß"];

/// The name of all students that are erased.
pub const ERASED_NAME: (&str, &str) = ("Wilhelmine", "Vergissmeinnicht");

/// Students on their way to the form.
pub struct Stream {
    turns: Arc<Semaphore>,
    students: JoinSet<Result<Sent>>,
}

/// What students have sent.
#[derive(Default)]
pub struct Sent {
    /// The status pages of all forms that were taken.
    pub pages: BTreeSet<Url>,
    /// How many forms were sent, with and without an answer.
    pub tries: u32,
    /// How many forms were taken.
    pub taken: u32,
}

/// A student at a browser.
struct Student {
    number: u32,
    browser: Browser,
    entropy: Entropy,
    sent: Sent,
}

/// The university's id of a student; it is part of the address and of the tenant's user.
pub fn student_id(number: u32) -> String {
    format!("st{number:06}")
}

/// True for one student in ten.
pub const fn is_erased(number: u32) -> bool {
    number % 10 == 4
}

/// The address that belongs to a student's id.
pub fn email_of(student: &str) -> String {
    format!("{student}@{MAIL_DOMAIN}")
}

impl Stream {
    /// So many students, who wait for their turn.
    pub fn of(count: u32, seed: u64, browser: &Browser) -> Self {
        let turns = Arc::new(Semaphore::new(0));
        let mut students = JoinSet::new();
        for number in 0..count {
            let entropy = Entropy::seeded(seed ^ (u64::from(number + 1) << 32));
            let student = Student { number, browser: browser.clone(), entropy, sent: Sent::default() };
            let turns = Arc::clone(&turns);
            students.spawn(async move {
                turns.acquire().await?.forget();
                student.sign_up().await
            });
        }
        Self { turns, students }
    }

    /// It is the turn of so many more.
    pub fn admit(&self, count: u32) {
        self.turns.add_permits(count as usize);
    }

    /// Waits until all are through.
    pub async fn finish(mut self) -> Result<Sent> {
        let mut all = Sent::default();
        while let Some(student) = self.students.join_next().await {
            all.add(student??);
        }
        Ok(all)
    }
}

/// The students that were erased send the form once more.
pub async fn come_again(count: u32, seed: u64, browser: &Browser) -> Result<Sent> {
    let mut all = Sent::default();
    for number in (0..count).filter(|number| is_erased(*number)) {
        let (browser, entropy) = (browser.clone(), Entropy::seeded(seed ^ u64::from(number)));
        let mut student = Student { number, browser, entropy, sent: Sent::default() };
        student.insist(None, &student.entry()).await?;
        all.add(student.sent);
    }
    Ok(all)
}

impl Student {
    async fn sign_up(mut self) -> Result<Sent> {
        let entry = self.entry();
        let form = self.insist(None, &entry).await?;
        match self.entropy.below(6) {
            0 => _ = self.insist(Some(form), &entry).await?,
            1 => _ = self.insist(None, &self.variant(&entry)).await?,
            _ => {}
        }
        Ok(self.sent)
    }

    fn entry(&self) -> Entry {
        let pick = |names: &[&str]| {
            let count = u32::try_from(names.len()).unwrap_or(1);
            names[self.entropy.below(count) as usize].to_owned()
        };
        let (first_name, last_name) = (pick(&FIRST_NAMES), pick(&LAST_NAMES));
        let (first_name, last_name) = if is_erased(self.number) {
            (ERASED_NAME.0.to_owned(), ERASED_NAME.1.to_owned())
        } else {
            (first_name, last_name)
        };
        Entry { email: email_of(&student_id(self.number)), first_name, last_name }
    }

    /// The same address in another spelling, with another name.
    fn variant(&self, entry: &Entry) -> Entry {
        let spelled = |letter: char| match self.entropy.below(2) {
            0 => letter.to_ascii_uppercase(),
            _ => letter,
        };
        Entry { email: entry.email.chars().map(spelled).collect(), ..self.entry() }
    }

    /// Sends the form until it is taken. Without an answer, the same form is sent again or a new one opened.
    async fn insist(&mut self, mut form: Option<Form>, entry: &Entry) -> Result<Form> {
        let mut breath = tokio::time::interval(BREATH);
        let start = Instant::now();
        loop {
            breath.tick().await;
            let shown = match form.take() {
                Some(form) => Ok(form),
                None => self.browser.open().await,
            };
            match shown {
                Ok(shown) if self.send(&shown, entry).await? => return Ok(shown),
                Ok(shown) => form = (self.entropy.below(2) == 0).then_some(shown),
                Err(error) if start.elapsed() > PATIENCE => {
                    return Err(error.context(format!("student {} was not served", self.number)));
                }
                Err(_) => {}
            }
        }
    }

    /// Whether the form was taken. A server that does not answer, or answers that it can't now, is to be
    /// tried again; any other answer is wrong.
    async fn send(&mut self, form: &Form, entry: &Entry) -> Result<bool> {
        self.sent.tries += 1;
        match self.browser.send(form, entry).await {
            Ok(Answer::Taken(page)) => {
                self.sent.taken += 1;
                self.sent.pages.insert(page);
                Ok(true)
            }
            Ok(Answer::Refused(StatusCode::SERVICE_UNAVAILABLE)) | Err(_) => Ok(false),
            Ok(Answer::Refused(status)) => bail!("the form of student {} got {status}", self.number),
        }
    }
}

impl Sent {
    /// Both together.
    pub fn add(&mut self, other: Self) {
        self.pages.extend(other.pages);
        self.tries += other.tries;
        self.taken += other.taken;
    }

    /// The status pages that do not open.
    pub async fn unopened(&self, browser: &Browser) -> Result<Vec<String>> {
        let mut unopened = Vec::new();
        for page in &self.pages {
            let status = browser.look(page).await?;
            if status != StatusCode::OK {
                unopened.push(format!("a status page answers {status}"));
            }
        }
        Ok(unopened)
    }
}
