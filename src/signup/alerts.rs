//! Mails to admins: of signups that need a person, of seats that run out, of certificates that end, of tenants that
//! refuse the application.
//!
//! Each kind of mail is an operation of the site, which is made due when there is something to report, no more often than
//! configured. What was reported is in the database: neither a restart nor another process reports anything twice.

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
    domain::{AlertKind, StepKind, TenantAlias, Timestamp},
    engine::{Done, OperationRun, Step, StepFailure, StepResult},
    mail,
    store::{SiteOperation, Store, StoreError},
    texts::CurrentTexts,
};

/// The pause after a mail that was accepted for no admin.
const AFTER_A_FAILURE: Duration = Duration::from_mins(5);
/// The time after which seats that are still short are reported again.
const SEATS_AGAIN: Duration = Duration::from_hours(24);
/// The most signups that one mail reports.
const MOST_SIGNUPS: u32 = 1000;

/// Mails to admins. Clones share their state.
#[derive(Clone)]
pub struct Alerts(Arc<Inner>);

struct Inner {
    signups: Signups,
    texts: CurrentTexts,
    standing: Mutex<Standing>,
}

/// States that are to be reported while they last.
#[derive(Default)]
struct Standing {
    seats: BTreeMap<TenantAlias, Vec<SeatCount>>,
    certificates: Vec<Ending>,
}

/// The reason for which a mail was not sent.
#[derive(Debug, thiserror::Error)]
enum Unsent {
    #[error("a mail to admins cannot be rendered")]
    Render(#[from] askama::Error),
    #[error("a mail to admins was accepted for none of them: {0}")]
    Mail(String),
    #[error("the lease of a mail to admins is lost, or the database is away")]
    Store(#[from] StoreError),
}

impl Alerts {
    /// Alerts of these signups, in the texts in force.
    #[must_use]
    pub fn new(signups: Signups, texts: CurrentTexts) -> Self {
        Self(Arc::new(Inner { signups, texts, standing: Mutex::default() }))
    }

    /// The step that sends one mail, for the registry.
    #[must_use]
    pub fn step(&self) -> Step {
        let alerts = self.clone();
        Step::new(StepKind::SendAlert, move |run| {
            let alerts = alerts.clone();
            Box::pin(async move { alerts.send(run).await })
        })
    }

    /// Records the counts of the tenant's seats. Shortages that have ended are forgotten, so that the next one is
    /// reported.
    ///
    /// # Errors
    /// The error of the database.
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

    /// Forgets the counts of a tenant whose seats can no longer be counted: they are not reported again.
    pub fn seats_unknown(&self, tenant: &TenantAlias) {
        self.standing().seats.remove(tenant);
    }

    /// Sets the certificates that end soon or have ended.
    pub fn set_endings(&self, endings: Vec<Ending>) {
        self.standing().certificates = endings;
    }

    /// Makes the mails due for which there is something to report, no more often than configured.
    pub async fn request_due(&self) {
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
            if let Err(error) = self.request(*kind).await {
                let error = &error as &dyn std::error::Error;
                tracing::error!(%kind, error, "whether admins have to be told cannot be looked up");
            }
        }
    }

    async fn request(&self, kind: AlertKind) -> Result<(), StoreError> {
        if self.news(kind).await?.is_none() {
            return Ok(());
        }
        let (now, every) = (self.now(), self.config().alerts.every);
        if self.store().request_site(SiteOperation::Alert(kind), now.minus(every), now).await? {
            self.0.signups.0.engine.wake();
        }
        Ok(())
    }

    /// Forgets the reported refusals of tenants that accept the application again: the next refusal is reported.
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

    /// Sends the mail of an operation, if there still is something to report.
    async fn send(&self, run: &OperationRun) -> StepResult {
        let kind = run.operation.target.parse::<AlertKind>().ok();
        let news = match kind.filter(|_| !self.config().alerts.to.is_empty()) {
            Some(kind) => self.news(kind).await?.map(|news| (kind, news)),
            None => None,
        };
        let Some((kind, news)) = news else {
            run.store().recurring_postponed(&run.lease, None, run.now()).await?;
            return Ok(Done::NothingToDo);
        };
        match self.mail(run, kind, &news).await {
            Ok(()) => {
                tracing::info!(%kind, "admins were told by mail");
                let (signups, subjects) = (news.signups(), news.subjects());
                let store = run.store();
                run.record(|| store.alert_sent(&run.lease, kind, (signups, &subjects), run.now())).await?;
                Ok(Done::Finished)
            }
            Err(Unsent::Store(error)) => Err(error.into()),
            Err(error) => {
                note_failure(kind, &error);
                let again_at = run.now().plus(AFTER_A_FAILURE);
                run.store().recurring_postponed(&run.lease, Some(again_at), run.now()).await?;
                Ok(Done::NothingToDo)
            }
        }
    }

    /// The news of this kind that was not reported yet, if there is any.
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

    /// Sends the mail to each of `alerts.to`. One that is accepted is enough.
    async fn mail(&self, run: &OperationRun, kind: AlertKind, news: &News) -> Result<(), Unsent> {
        let config = self.config();
        let mails = Mails { texts: self.0.texts.get(), config };
        let content = mails.alert(&config.alerts.language, news)?;
        let (mut accepted, mut refused) = (false, None);
        for (place, to) in config.alerts.to.iter().enumerate() {
            let mail = mail::Mail {
                to,
                to_name: None,
                subject: content.subject.clone(),
                text: content.text.clone(),
                html: content.html.clone(),
                // The same when it is sent again.
                message_id: format!("alert.{kind}.{}.{place}", run.operation.trying_since.millis()),
                reference: None,
                date: run.now(),
                locale: &config.alerts.language,
            };
            match run.send_mail(run.mailer(), &mail).await {
                Ok(()) => accepted = true,
                Err(StepFailure::Store(error)) => return Err(error.into()),
                Err(StepFailure::Retry { detail, .. } | StepFailure::NeedsAttention { detail, .. }) => {
                    tracing::warn!(%kind, place, detail, "one of alerts.to was not told");
                    refused = Some(detail);
                }
            }
        }
        refused.filter(|_| !accepted).map_or(Ok(()), |detail| Err(Unsent::Mail(detail)))
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
