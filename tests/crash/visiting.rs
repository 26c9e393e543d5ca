//! Visits of finished signups, long after: the students view their status pages, and some ask for a new password there. An
//! admin deletes some users in the tenant meanwhile.

use std::{
    collections::{BTreeMap, BTreeSet},
    convert::Infallible,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use accountcreator::domain::{Entropy, SecretKey, StatusToken};
use anyhow::Result;
use reqwest::{StatusCode, Url};

use crate::{
    database::Database,
    rig::{
        browser::Browser,
        place::Place,
        tenant::{State, Tenant},
        wait::until,
    },
    students::{Role, number_of},
};

/// The time between two visits.
const PAUSE: Duration = Duration::from_millis(50);
/// How long a page may take to say that its account is gone.
const CHECKED_WITHIN: Duration = Duration::from_secs(20);
/// The heading of the page of an account that was deleted in the tenant.
const GONE: &str = "This account no longer exists";

/// The visitors of status pages.
pub struct Visitors<'a> {
    pub place: &'a Place,
    pub database: &'a str,
    pub tenant: &'a Tenant,
    /// The tenant at the start, for its ids.
    pub state: &'a State,
    pub browser: &'a Browser,
    pub home: Url,
    key: SecretKey,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    pages: Vec<Visited>,
    /// What was asked for, by the student's address.
    asked: BTreeMap<String, Asked>,
    /// The ids of the users that were deleted.
    deleted: BTreeSet<String>,
}

/// A status page of a finished signup.
#[derive(Clone)]
struct Visited {
    page: Url,
    email: String,
    role: Role,
    /// False for a further request of an address.
    is_own: bool,
}

/// The new passwords that a student has asked for.
#[derive(Clone, Copy, Default)]
pub struct Asked {
    /// With and without an answer.
    pub times: usize,
    /// Those on the page of the first request that the server has accepted.
    pub accepted: usize,
}

impl<'a> Visitors<'a> {
    pub fn new(
        (place, database): (&'a Place, &'a str),
        (tenant, state): (&'a Tenant, &'a State),
        (browser, home): (&'a Browser, Url),
    ) -> Result<Self> {
        let key = SecretKey::new(&std::fs::read_to_string(place.file("secret.key"))?)?;
        Ok(Self { place, database, tenant, state, browser, home, key, known: Mutex::default() })
    }

    /// Lets time pass while no server runs, and deletes users in the tenant. From then on the pages of all signups that
    /// are finished are visited.
    pub async fn pass_time(&self) -> Result<()> {
        const DONE: &str = "SELECT id, email, CASE WHEN is_further = 0 THEN 'own' ELSE 'further' END FROM signup \
             WHERE state = 'done' AND email IS NOT NULL ORDER BY id";
        const USERS: &str = "SELECT s.id, s.email, a.object_id FROM signup AS s JOIN account AS a ON a.id = s.account_id \
             WHERE s.state = 'done' AND s.is_further = 0 AND s.email IS NOT NULL AND a.object_id IS NOT NULL";
        let mut database = Database::open(self.place, self.database).await?;
        database.pass_time().await?;
        let (done, users) = (database.rows(DONE).await?, database.rows(USERS).await?);
        database.close().await?;
        for (_, email, user) in users {
            if role_of(&email) == Role::Deleted && !self.known().deleted.contains(&user) {
                self.tenant.delete_user(self.place, self.state, &user).await?;
                self.known().deleted.insert(user);
            }
        }
        let visited = done.into_iter().map(|(id, email, kind)| {
            let token = StatusToken::of(id.parse()?, &self.key).encoded();
            let page = self.home.join(&format!("/en/signups/{token}"))?;
            Ok(Visited { page, role: role_of(&email), email, is_own: kind == "own" })
        });
        self.known().pages = visited.collect::<Result<_>>()?;
        Ok(())
    }

    /// Visits one page after the other until this is dropped. The server may not answer.
    pub async fn keep_visiting(&self, entropy: &Entropy) -> Result<Infallible> {
        let mut pause = tokio::time::interval(PAUSE);
        loop {
            pause.tick().await;
            if let Some(visited) = self.any_page(entropy) {
                _ = self.visit(&visited).await;
            }
        }
    }

    fn any_page(&self, entropy: &Entropy) -> Option<Visited> {
        let known = self.known();
        let count = u32::try_from(known.pages.len()).ok().filter(|count| *count > 0)?;
        known.pages.get(entropy.below(count) as usize).cloned()
    }

    /// Visits each page once.
    pub async fn visit_all(&self) -> Result<()> {
        let pages = self.known().pages.clone();
        for visited in &pages {
            self.visit(visited).await?;
        }
        Ok(())
    }

    /// The pages of deleted users that do not say so in time.
    pub async fn unaware(&self) -> Vec<String> {
        let pages = self.known().pages.clone();
        let mut unaware = Vec::new();
        for visited in pages.iter().filter(|visited| visited.role == Role::Deleted && visited.is_own) {
            let gone = until("the page says that the account is gone", CHECKED_WITHIN, || async {
                (self.visit(visited).await.ok()? == GONE).then_some(())
            });
            if gone.await.is_err() {
                unaware.push(format!("the page of {} does not say that the account is gone", visited.email));
            }
        }
        unaware
    }

    /// What the student of this address has asked for.
    pub fn asked(&self, email: &str) -> Asked {
        self.known().asked.get(email).copied().unwrap_or_default()
    }

    /// The users that were deleted.
    pub fn deleted(&self) -> BTreeSet<String> {
        self.known().deleted.clone()
    }

    /// Views a page, and asks for a new password where the student wants one and the page offers it. Returns the heading.
    async fn visit(&self, visited: &Visited) -> Result<String> {
        let shown = self.browser.show(&visited.page).await?;
        if visited.role == Role::AsksForPasswords
            && let Some(form) = shown.form_to("/password")
        {
            let email = visited.email.to_lowercase();
            self.known().asked.entry(email.clone()).or_default().times += 1;
            let (status, location) = self.browser.press(&form).await?;
            if status == StatusCode::SEE_OTHER && location.as_ref() == Some(&visited.page) && visited.is_own {
                self.known().asked.entry(email).or_default().accepted += 1;
            }
        }
        Ok(shown.heading())
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn role_of(email: &str) -> Role {
    number_of(email).map_or(Role::Plain, Role::of)
}
