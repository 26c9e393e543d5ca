//! Mails to admins: of signups that need a person, of seats that run out, of certificates that end, of tenants that
//! refuse the application.
//!
//! What has been told stands in the database, and of each kind one process at a time may tell, no more often than
//! configured: neither a restart nor another process tells anything twice.

mod concern;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

pub use self::concern::{Ending, SeatsLeft};
pub(super) use self::concern::{News, Refused};
use super::{SeatCount, Signups, mails::Mails};
use crate::{
    config::Config,
    domain::{AlertKind, LeaseToken, TenantAlias, Timestamp},
    mail::{self, Mailer},
    store::{Store, StoreError},
    texts::CurrentTexts,
};

/// Time in which one process sends a mail before another may: longer than a mail server takes for a reply.
const TURN: Duration = Duration::from_mins(30);
/// The pause after a mail that nobody took.
const AFTER_A_FAILURE: Duration = Duration::from_mins(5);
/// When seats that are still short are told of again.
const SEATS_AGAIN: Duration = Duration::from_hours(24);
/// As many signups as one mail tells of.
const MOST_SIGNUPS: u32 = 1000;

/// Tells admins by mail. Clones are the same.
#[derive(Clone)]
pub struct Alerts(Arc<Inner>);

struct Inner {
    signups: Signups,
    mailer: Mailer,
    texts: CurrentTexts,
    standing: Mutex<Standing>,
}

/// What is to be told for as long as it lasts.
#[derive(Default)]
struct Standing {
    seats: BTreeMap<TenantAlias, Vec<SeatCount>>,
    certificates: Vec<Ending>,
}

/// Why a mail is not out.
#[derive(Debug, thiserror::Error)]
enum Unsent {
    #[error("a mail to admins cannot be rendered")]
    Render(#[from] askama::Error),
    #[error("a mail to admins was taken for none of them")]
    Mail(#[from] mail::Error),
}

impl Alerts {
    /// For these signups, by this mailer, in the texts in force.
    #[must_use]
    pub fn new(signups: Signups, mailer: Mailer, texts: CurrentTexts) -> Self {
        Self(Arc::new(Inner { signups, mailer, texts, standing: Mutex::default() }))
    }

    /// The tenant's seats were counted: of those that are enough again, nothing needs to be known any more.
    ///
    /// # Errors
    /// What the database says.
    pub async fn seats_counted(&self, tenant: &TenantAlias, counts: &[SeatCount]) -> Result<(), StoreError> {
        self.standing().seats.insert(tenant.clone(), counts.to_vec());
        if self.config().alerts.to.is_empty() {
            return Ok(());
        }
        for kind in [AlertKind::SeatsLow, AlertKind::SeatsNone] {
            let told = self.store().told(kind).await?;
            for count in counts.iter().filter(|count| self.config().seats.are_enough(count.free)) {
                let subject = SeatsLeft::subject_of(tenant, count);
                if told.contains_key(&subject) {
                    self.store().forget_told(kind, &subject).await?;
                }
            }
        }
        Ok(())
    }

    /// The tenant's seats cannot be counted any more: what was counted is not told again.
    pub fn seats_unknown(&self, tenant: &TenantAlias) {
        self.standing().seats.remove(tenant);
    }

    /// The certificates that end soon or have ended.
    pub fn set_endings(&self, endings: Vec<Ending>) {
        self.standing().certificates = endings;
    }

    /// Sends what is to be told and may be told now.
    pub async fn send_due(&self) {
        if self.config().alerts.to.is_empty() {
            return;
        }
        if let Err(error) = self.forget_accepted().await {
            let error = &error as &dyn std::error::Error;
            tracing::error!(
                error,
                "the end of a refusal could not be noted; admins may not hear of the next one"
            );
        }
        for kind in AlertKind::ALL {
            if let Err(error) = self.tell(*kind).await {
                let error = &error as &dyn std::error::Error;
                tracing::error!(%kind, error, "whether admins have to be told cannot be looked up");
            }
        }
    }

    /// Of a tenant that accepts the application again, the next refusal is told anew.
    async fn forget_accepted(&self) -> Result<(), StoreError> {
        let (_, accepting) = self.0.signups.0.engine.breakers().refusals();
        if accepting.is_empty() {
            return Ok(());
        }
        let told = self.store().told(AlertKind::ApplicationRefused).await?;
        for tenant in accepting.iter().filter(|tenant| told.contains_key(tenant.as_str())) {
            self.store().forget_told(AlertKind::ApplicationRefused, tenant.as_str()).await?;
        }
        Ok(())
    }

    async fn tell(&self, kind: AlertKind) -> Result<(), StoreError> {
        if self.news(kind).await?.is_none() {
            return Ok(());
        }
        let turn = LeaseToken::random(&self.0.signups.0.entropy);
        let now = self.now();
        if !self.store().take_alert(kind, turn, now, now.plus(TURN)).await? {
            return Ok(());
        }
        // Who had the turn before may just have told it.
        let Some(news) = self.news(kind).await? else {
            return self.store().return_alert(kind, turn, now).await;
        };
        match self.mail(kind, &news).await {
            Ok(()) => {
                tracing::info!(%kind, "admins were told by mail");
                let (signups, subjects) = (news.signups(), news.subjects());
                let due = self.now().plus(self.config().alerts.every);
                self.store().alert_sent(kind, turn, (signups, &subjects), self.now(), due).await
            }
            Err(error) => {
                note_failure(kind, &error);
                self.store().return_alert(kind, turn, self.now().plus(AFTER_A_FAILURE)).await
            }
        }
    }

    /// What has not been told of this kind; `None` where there is nothing.
    async fn news(&self, kind: AlertKind) -> Result<Option<News>, StoreError> {
        let news = match kind {
            AlertKind::NeedsAttention => News::Attention(self.store().untold_attention(MOST_SIGNUPS).await?),
            AlertKind::SeatsLow | AlertKind::SeatsNone => {
                let short = self.short_seats(kind == AlertKind::SeatsNone);
                let told = if short.is_empty() { BTreeMap::new() } else { self.store().told(kind).await? };
                let again = self.now().minus(SEATS_AGAIN);
                let is_new = |left: &SeatsLeft| told.get(&left.subject()).is_none_or(|at| *at <= again);
                News::Seats(short.into_iter().filter(is_new).collect())
            }
            AlertKind::Certificate => {
                let endings = self.standing().certificates.clone();
                let told = if endings.is_empty() { BTreeMap::new() } else { self.store().told(kind).await? };
                let is_new = |ending: &Ending| !told.contains_key(&ending.subject());
                News::Certificates(endings.into_iter().filter(is_new).collect())
            }
            AlertKind::ApplicationRefused => {
                let (refusing, _) = self.0.signups.0.engine.breakers().refusals();
                let told =
                    if refusing.is_empty() { BTreeMap::new() } else { self.store().told(kind).await? };
                let is_new = |(tenant, _): &(TenantAlias, _)| !told.contains_key(tenant.as_str());
                News::Refused(refusing.into_iter().filter(is_new).map(Refused::from).collect())
            }
        };
        Ok(Some(news).filter(|news| !news.is_empty()))
    }

    /// The licences with no seat, or with few.
    fn short_seats(&self, none: bool) -> Vec<SeatsLeft> {
        let config = self.config();
        let is_short = |count: &&SeatCount| !config.seats.are_enough(count.free) && (count.free == 0) == none;
        let left = |tenant: &TenantAlias, count: &SeatCount| SeatsLeft {
            tenant: tenant.clone(),
            count: count.clone(),
        };
        let standing = self.standing();
        let all = standing.seats.iter().flat_map(|(tenant, counts)| counts.iter().map(move |c| (tenant, c)));
        all.filter(|(_, count)| is_short(count)).map(|(tenant, count)| left(tenant, count)).collect()
    }

    /// To each of them; told is who the mail server has taken it for, and one is enough.
    async fn mail(&self, kind: AlertKind, news: &News) -> Result<(), Unsent> {
        let config = self.config();
        let mails = Mails { texts: self.0.texts.get(), config };
        let content = mails.alert(&config.alerts.language, news)?;
        let (mut taken, mut refused) = (false, None);
        for (place, to) in config.alerts.to.iter().enumerate() {
            let mail = mail::Mail {
                to,
                to_name: None,
                subject: content.subject.clone(),
                text: content.text.clone(),
                html: content.html.clone(),
                message_id: format!("alert.{kind}.{}.{place}", self.now().millis()),
                reference: None,
                date: self.now(),
                locale: &config.alerts.language,
            };
            match self.0.mailer.send(&mail).await {
                Ok(()) => taken = true,
                Err(error) => {
                    tracing::warn!(%kind, place, error = &error as &dyn std::error::Error, "one of alerts.to was not told");
                    refused = Some(error);
                }
            }
        }
        refused.filter(|_| !taken).map_or(Ok(()), |error| Err(error.into()))
    }

    fn standing(&self) -> MutexGuard<'_, Standing> {
        self.0.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn config(&self) -> &Config {
        &self.0.signups.0.config
    }

    fn store(&self) -> &Store {
        &self.0.signups.0.store
    }

    fn now(&self) -> Timestamp {
        self.0.signups.0.clock.now()
    }
}

fn note_failure(kind: AlertKind, error: &Unsent) {
    let error = error as &dyn std::error::Error;
    tracing::error!(%kind, error, "admins could not be told by mail; the next try is in five minutes");
}
