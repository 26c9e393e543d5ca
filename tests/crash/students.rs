//! The students: each fills in the form until it is accepted, and confirms the address where the page asks for that. Some
//! send it again.

use std::{
    collections::BTreeSet,
    sync::Arc,
    time::{Duration, Instant},
};

use accountcreator::domain::Entropy;
use anyhow::{Context, Result, bail};
use reqwest::{StatusCode, Url};
use tokio::{sync::Semaphore, task::JoinSet, time::interval};

use crate::rig::{
    browser::{Answer, Browser, Entry, Form, Press},
    settings::MAIL_DOMAIN,
    tenant::{Mail, Tenant},
};

/// The time between two tries of a student with the form.
const RETRY: Duration = Duration::from_millis(25);
/// The time between two looks for a code.
const LOOK_AGAIN: Duration = Duration::from_millis(150);
/// How long a student tries to send the form.
const PATIENCE: Duration = Duration::from_mins(5);
/// The most students under way at once. They ask for their pages again and again: more of them than a slow machine serves
/// would keep others, and then all, from being served.
const UNDER_WAY: usize = 60;
/// How long a student waits for a code.
const CODE: Duration = Duration::from_secs(300);

const FIRST_NAMES: [&str; 8] = ["Anna", "Łukasz", "Max", "Øystein", "Дмитрий", "小明", "Nguyễn", "Zoë"];
const LAST_NAMES: [&str; 6] = ["Müller", "Lee", "García", "Иванов", "O'Neill", "Schmidt-Groß"];

/// The name of all students that are erased.
pub const ERASED_NAME: (&str, &str) = ("Wilhelmine", "Vergissmeinnicht");

/// What happens to a student after the signup.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Nothing more.
    Plain,
    /// An operator erases the student, who signs up again in the end.
    Erased,
    /// The student asks for new passwords.
    AsksForPasswords,
    /// An admin deletes the user in the tenant.
    Deleted,
    /// The profile has a licence that the tenant does not know, until an operator corrects it.
    Misconfigured,
}

impl Role {
    pub const fn of(number: u32) -> Self {
        match number % 50 {
            7 => Self::Deleted,
            17 => Self::Misconfigured,
            _ if number % 10 == 4 => Self::Erased,
            _ if number % 10 == 2 => Self::AsksForPasswords,
            _ => Self::Plain,
        }
    }
}

/// Students on their way to the form.
pub struct Stream {
    admitted: Arc<Semaphore>,
    students: JoinSet<Result<Sent>>,
}

/// What students have sent, and what came of it.
#[derive(Default)]
pub struct Sent {
    /// The status pages of all forms that were accepted.
    pub pages: BTreeSet<Url>,
    /// The number of forms that were sent, with and without an answer.
    pub tries: u32,
    /// The number of forms that were accepted.
    pub accepted: u32,
    /// The ids of the students who have confirmed their address.
    pub confirmed: BTreeSet<String>,
    /// Students who got no code that confirms their address, or whose confirmation is lost.
    pub unconfirmed: Vec<String>,
}

/// A student at a browser.
struct Student {
    number: u32,
    browser: Browser,
    tenant: Tenant,
    entropy: Entropy,
    sent: Sent,
}

/// The university's id of a student; it is part of the address and of the tenant's user.
pub fn student_id(number: u32) -> String {
    let prefix = if Role::of(number) == Role::Misconfigured { "mc" } else { "st" };
    format!("{prefix}{number:06}")
}

/// The number in a student's id or address.
pub fn number_of(student: &str) -> Option<u32> {
    student.get(2..8)?.parse().ok()
}

/// The address that belongs to a student's id.
pub fn email_of(student: &str) -> String {
    format!("{student}@{MAIL_DOMAIN}")
}

impl Stream {
    /// Students who wait until they are admitted.
    pub fn new(numbers: impl Iterator<Item = u32>, seed: u64, browser: &Browser, tenant: &Tenant) -> Self {
        let (admitted, places) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(UNDER_WAY)));
        let mut students = JoinSet::new();
        for number in numbers {
            let entropy = Entropy::seeded(seed ^ (u64::from(number + 1) << 32));
            let (browser, tenant) = (browser.clone(), tenant.clone());
            let student = Student { number, browser, tenant, entropy, sent: Sent::default() };
            let (admitted, places) = (Arc::clone(&admitted), Arc::clone(&places));
            students.spawn(async move {
                admitted.acquire().await?.forget();
                let _place = places.acquire().await?;
                student.sign_up().await
            });
        }
        Self { admitted, students }
    }

    /// Admits so many more students.
    pub fn admit(&self, count: u32) {
        self.admitted.add_permits(count as usize);
    }

    /// Waits until all have signed up.
    pub async fn finish(mut self) -> Result<Sent> {
        let mut all = Sent::default();
        while let Some(student) = self.students.join_next().await {
            all.add(student??);
        }
        Ok(all)
    }
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
        let (first_name, last_name) = if Role::of(self.number) == Role::Erased {
            (ERASED_NAME.0.to_owned(), ERASED_NAME.1.to_owned())
        } else {
            (first_name, last_name)
        };
        Entry { email: self.email(), first_name, last_name }
    }

    fn email(&self) -> String {
        email_of(&student_id(self.number))
    }

    /// The same address in another spelling, with another name.
    fn variant(&self, entry: &Entry) -> Entry {
        let spelled = |letter: char| match self.entropy.below(2) {
            0 => letter.to_ascii_uppercase(),
            _ => letter,
        };
        Entry { email: entry.email.chars().map(spelled).collect(), ..self.entry() }
    }

    /// Sends the form until it is accepted, and confirms the address. Without an answer, the same form is sent again or a
    /// new one opened.
    async fn insist(&mut self, mut form: Option<Form>, entry: &Entry) -> Result<Form> {
        let mut retry = interval(RETRY);
        let start = Instant::now();
        loop {
            retry.tick().await;
            let shown = match form.take() {
                Some(form) => Ok(form),
                None => self.browser.open().await,
            };
            match shown {
                Ok(shown) => match self.send(&shown, entry).await? {
                    Some(page) => {
                        self.confirm(&page).await?;
                        return Ok(shown);
                    }
                    None => form = (self.entropy.below(2) == 0).then_some(shown),
                },
                Err(error) if start.elapsed() > PATIENCE => {
                    return Err(error.context(format!("student {} was not served", self.number)));
                }
                Err(_) => {}
            }
        }
    }

    /// Sends the form once. Returns the status page if it was accepted. A server that does not answer, or answers that it
    /// is not available, is to be tried again; any other answer is wrong.
    async fn send(&mut self, form: &Form, entry: &Entry) -> Result<Option<Url>> {
        self.sent.tries += 1;
        match self.browser.send(form, entry).await {
            Ok(Answer::Taken(page)) => {
                self.sent.accepted += 1;
                self.sent.pages.insert(page.clone());
                Ok(Some(page))
            }
            Ok(Answer::Refused(StatusCode::SERVICE_UNAVAILABLE)) | Err(_) => Ok(None),
            Ok(Answer::Refused(status)) => bail!("the form of student {} got {status}", self.number),
        }
    }

    /// Confirms the address with the mailed codes and links until the status page asks for no code.
    async fn confirm(&mut self, page: &Url) -> Result<()> {
        let id = student_id(self.number);
        let (mut look, start) = (interval(LOOK_AGAIN), Instant::now());
        let (mut wrong, mut is_confirmed) = (BTreeSet::new(), false);
        while start.elapsed() < CODE {
            look.tick().await;
            let Ok(shown) = self.browser.show(page).await else { continue };
            if shown.status.is_server_error() {
                continue;
            }
            let Some(form) = shown.form_to("/code") else { return Ok(()) };
            if is_confirmed {
                self.sent.unconfirmed.push(format!("{id} has confirmed the address and is asked again"));
                return Ok(());
            }
            let mails = self.tenant.mails_to(&self.email()).await?;
            let mut codes = mails.iter().rev().filter_map(|mail| Some((mail, mail.code().ok()?)));
            let Some((mail, code)) = codes.find(|(_, code)| !wrong.contains(code)) else { continue };
            let form = match self.entropy.below(2) {
                0 => Ok(Some(form.with("code", code.clone()))),
                _ => self.form_of_link(mail).await,
            };
            // Without an answer, the page tells whether the address is confirmed.
            let answer = match form {
                Ok(Some(form)) => self.browser.press(&form).await.map(|(status, _)| status),
                Ok(None) => Ok(StatusCode::GONE),
                Err(error) => Err(error),
            };
            match answer {
                Ok(StatusCode::SEE_OTHER) => {
                    is_confirmed = true;
                    self.sent.confirmed.insert(id.clone());
                }
                Ok(StatusCode::UNPROCESSABLE_ENTITY | StatusCode::GONE) => _ = wrong.insert(code),
                Ok(status) if !status.is_server_error() => bail!("a code of {id} got {status}"),
                Ok(_) | Err(_) => {}
            }
        }
        self.sent.unconfirmed.push(format!("{id} got no code that confirms the address"));
        Ok(())
    }

    /// Opens the link of a mail. Returns the first form there, if the link is of an open request.
    async fn form_of_link(&self, mail: &Mail) -> Result<Option<Press>> {
        let link: Url = mail.link()?.parse()?;
        let opened = self.browser.show(&link).await?;
        if opened.status.is_server_error() {
            bail!("the link got {}", opened.status);
        }
        let token = link.path().rsplit('/').next().context("a link has a path")?;
        Ok(opened.form_to(token))
    }
}

impl Sent {
    /// Adds the other's.
    pub fn add(&mut self, other: Self) {
        self.pages.extend(other.pages);
        self.tries += other.tries;
        self.accepted += other.accepted;
        self.confirmed.extend(other.confirmed);
        self.unconfirmed.extend(other.unconfirmed);
    }

    /// The status pages that do not open, or still ask for a code.
    pub async fn unopened(&self, browser: &Browser) -> Result<Vec<String>> {
        let mut unopened = Vec::new();
        for page in &self.pages {
            let shown = browser.show(page).await?;
            if shown.status != StatusCode::OK {
                unopened.push(format!("a status page answers {}", shown.status));
            } else if shown.form_to("/code").is_some() {
                unopened.push("a status page still asks for a code".to_owned());
            }
        }
        Ok(unopened)
    }
}
