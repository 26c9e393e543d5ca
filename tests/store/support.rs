//! A fresh database for each test, and signups to put into it.

use std::{path::Path, time::Duration};

pub use accountcreator::config::Database;
use accountcreator::{domain::*, store::*};
use secrecy::ExposeSecret;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, SqliteConnection, migrate::Migrator};
use tempfile::TempDir;

use crate::postgres::{Cluster, Pooler};

/// The variable that puts PgBouncer before PostgreSQL.
pub const POOLED: &str = "ACCOUNTCREATOR_TEST_POOLED";

/// When each test begins.
pub const START: Timestamp = Timestamp::from_millis(1_800_000_000_000);

/// An operator who gives no reason.
pub const OPERATOR: RequestedBy<'static> = RequestedBy { requester: &Requester::OPERATOR, reason: None };

/// Runs each of these functions on a fresh database of each kind.
macro_rules! on_both {
    ($($test:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $test() {
                super::$test(&$crate::support::Db::sqlite().await).await;
            })+
        }

        mod postgres {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $test() {
                if let Some(db) = $crate::support::Db::postgres().await {
                    super::$test(&db).await;
                }
            })+
        }
    };
}

pub struct Db {
    pub store: Store,
    pub entropy: Entropy,
    pub settings: Database,
    /// Its address past the pooler.
    pub direct: String,
    _folder: Option<TempDir>,
}

impl Db {
    pub async fn sqlite() -> Self {
        let db = Self::empty_sqlite().await;
        db.store.migrate().await.unwrap();
        db
    }

    pub async fn postgres() -> Option<Self> {
        let db = Self::empty_postgres().await?;
        db.store.migrate().await.unwrap();
        Some(db)
    }

    pub async fn empty_sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("test.db").display());
        Self::open(url, Some(folder)).await
    }

    pub async fn empty_postgres() -> Option<Self> {
        let direct = Cluster::shared()?.fresh_database().await;
        let is_pooled = std::env::var_os(POOLED).is_some();
        let url = if is_pooled { Pooler::shared()?.url(&direct) } else { direct.clone() };
        Some(Self { direct, ..Self::open(url, None).await })
    }

    async fn open(url: String, folder: Option<TempDir>) -> Self {
        let settings = Database::new(url.clone(), 16);
        let store = Store::open(&settings).await.unwrap();
        Self { store, entropy: Entropy::system(), settings, direct: url, _folder: folder }
    }

    /// Brings an empty database up to a version and runs statements there.
    pub async fn fill_at(&self, version: i64, statements: &str) {
        let statements = AssertSqlSafe(statements.to_owned());
        if self.direct.starts_with("sqlite") {
            let mut connection = SqliteConnection::connect(&self.direct).await.unwrap();
            migrations("sqlite", version).await.run(&mut connection).await.unwrap();
            connection.execute(statements).await.unwrap();
        } else {
            let mut connection = PgConnection::connect(&self.direct).await.unwrap();
            migrations("postgres", version).await.run(&mut connection).await.unwrap();
            connection.execute(statements).await.unwrap();
        }
    }

    /// The address of the database.
    pub fn url(&self) -> &str {
        self.settings.url.expose_secret()
    }

    /// The first column of what a query answers, past the store.
    pub async fn raw(&self, sql: &str) -> Vec<Option<String>> {
        self.try_raw(sql).await.unwrap()
    }

    /// The same where the database may refuse it.
    pub async fn try_raw(&self, sql: &str) -> Result<Vec<Option<String>>, sqlx::Error> {
        let sql = AssertSqlSafe(sql.to_owned());
        if self.direct.starts_with("sqlite") {
            let mut connection = SqliteConnection::connect(&self.direct).await?;
            sqlx::query_scalar(sql).fetch_all(&mut connection).await
        } else {
            let mut connection = PgConnection::connect(&self.direct).await?;
            sqlx::query_scalar(sql).fetch_all(&mut connection).await
        }
    }

    /// A request of somebody called Max Mustermann.
    pub fn request(&self, email: &str) -> NewSignup {
        NewSignup {
            id: SignupId::random(&self.entropy),
            form: FormNonce::random(&self.entropy),
            email: Email::parse(email).unwrap(),
            name: PersonName::parse("Max", "Mustermann").unwrap(),
            locale: "de".parse().unwrap(),
            profile: "students".parse().unwrap(),
            tenant: tenant(),
            domain: domain(),
            username: username("max.mustermann"),
            sealed: sealed("first"),
            consent: Consent { text_version: "2026-11".to_owned(), given_at: START },
            requester: Requester::Visitor,
            confirm: None,
            now: START,
        }
    }

    /// A request that has to be confirmed within an hour; the mails to its address are not limited.
    pub fn unconfirmed(&self, email: &str) -> NewSignup {
        self.unconfirmed_within(MailLimits::default(), email)
    }

    /// A request that has to be confirmed within an hour, with these limits on mails to its address.
    pub fn unconfirmed_within(&self, limits: MailLimits, email: &str) -> NewSignup {
        let budget = budget(email, limits);
        let confirm = PendingConfirmation { until: later(3600), address: budget.address.clone(), budget };
        NewSignup { confirm: Some(confirm), ..self.request(email) }
    }

    /// A signup of its own, queued.
    pub async fn queued(&self, email: &str) -> SignupId {
        let request = self.request(email);
        assert_eq!(self.store.insert_signup(&request).await.unwrap(), Inserted::New(request.id));
        request.id
    }

    /// All that is due at `now`, under a lease of a minute.
    pub async fn claim_at(&self, now: Timestamp) -> Vec<(Signup, Lease)> {
        let token = LeaseToken::random(&self.entropy);
        let tenant = tenant();
        let claim = Claim {
            tenant: Some(&tenant),
            needs: Needs::ALL,
            limit: 1000,
            lease: token,
            now,
            until: now.plus(MINUTE),
        };
        let claimed = self.store.claim(&claim).await.unwrap();
        claimed.into_iter().map(|claimed| (Lease::new(&claimed, token), claimed)).map(with_signup).collect()
    }

    /// The one signup that is due at `now`.
    pub async fn claim_one(&self, now: Timestamp) -> (Signup, Lease) {
        let mut claimed = self.claim_at(now).await;
        assert_eq!(claimed.len(), 1, "one signup is due");
        claimed.remove(0)
    }

    /// A signup whose user is created and that is to be delivered.
    pub async fn delivering(&self, email: &str) -> Lease {
        self.queued(email).await;
        let (_, lease) = self.claim_one(START).await;
        self.store
            .user_created(&lease, user(), &[], StepKind::SendPassword, START, START.plus(MINUTE))
            .await
            .unwrap()
    }

    /// Results of licences and groups; with `complete` the password is mailed next.
    pub async fn entitled(
        &self,
        lease: &Lease,
        results: &[Effect],
        complete: bool,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Lease, StoreError> {
        let (next, event) = (complete.then_some(StepKind::SendPassword), ("entitled", "1 of 2"));
        self.store.record_step(lease, results, next, event, now, until).await
    }

    /// The tenant has a new password, which is mailed next.
    pub async fn password_set(
        &self,
        lease: &Lease,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Lease, StoreError> {
        let (set, next) = ([Effect::done(StepKind::ResetPassword, "")], Some(StepKind::SendNewPassword));
        self.store.record_step(lease, &set, next, ("password_reset", ""), now, until).await
    }

    pub async fn read(&self, id: SignupId) -> Signup {
        self.store.signup(id).await.unwrap().unwrap()
    }

    pub async fn step(&self, id: SignupId, kind: StepKind) -> Step {
        let steps = self.store.steps(id).await.unwrap();
        steps.into_iter().find(|step| step.kind == kind).unwrap()
    }

    pub async fn last_event(&self, id: SignupId) -> (String, String) {
        let event = self.store.events(id).await.unwrap().pop().unwrap();
        (event.kind, event.detail)
    }
}

pub const MINUTE: Duration = Duration::from_secs(60);

/// The migrations of a database up to a version.
async fn migrations(folder: &str, version: i64) -> Migrator {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(folder);
    let all = Migrator::new(folder).await.unwrap();
    Migrator::with_migrations(all.iter().filter(|migration| migration.version <= version).cloned().collect())
}

fn with_signup((lease, claimed): (Lease, Claimed)) -> (Signup, Lease) {
    (claimed.signup.unwrap(), lease)
}

/// The signup that an operation under a lease is for.
pub fn signup_of(lease: &Lease) -> SignupId {
    lease.signup().unwrap()
}

/// The signups of claimed operations.
pub fn signups_of(claimed: &[Claimed]) -> Vec<SignupId> {
    claimed.iter().map(|claimed| claimed.signup.as_ref().unwrap().id).collect()
}

pub fn later(seconds: u64) -> Timestamp {
    START.plus(Duration::from_secs(seconds))
}

pub fn tenant() -> TenantAlias {
    "uni".parse().unwrap()
}

pub fn domain() -> UpnDomain {
    "stud.example.edu".parse().unwrap()
}

pub fn username(text: &str) -> Username {
    text.parse().unwrap()
}

pub fn sealed(text: &str) -> Sealed {
    Sealed::stored(text.to_owned())
}

pub fn email(text: &str) -> Email {
    Email::parse(text).unwrap()
}

/// An address with these limits on its mails.
pub fn budget(address: &str, limits: MailLimits) -> MailBudget {
    let key = SecretKey::new("a secret for tests, which nothing real is sealed with").unwrap();
    MailBudget { address: key.hash_mailbox(&email(address)), limits }
}

/// An address whose mails are not limited.
pub fn unlimited(address: &str) -> MailBudget {
    budget(address, MailLimits::default())
}

/// A mail to an address.
pub fn mail(id: &str, budget: MailBudget) -> CountedMail {
    CountedMail { budget, id: id.to_owned() }
}

pub fn user() -> ObjectId {
    "6f1a0c52-3a51-4f7c-9a43-0d1d3f0b7c11".parse().unwrap()
}

pub fn sku() -> SkuId {
    "314c4481-f395-4525-be8b-2ec4bb1e9d91".parse().unwrap()
}

pub fn group() -> GroupId {
    "aaaaaaaa-3a51-4f7c-9a43-0d1d3f0b7c11".parse().unwrap()
}

#[allow(clippy::needless_pass_by_value, reason = "reads better at the call")]
pub fn is_lease_lost<T>(result: Result<T, StoreError>) -> bool {
    matches!(result, Err(StoreError::LeaseLost))
}
