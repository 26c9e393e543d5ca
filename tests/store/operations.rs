//! Accounts and operations apart from signups: what the schema allows, and how rows of earlier versions become them.

use std::collections::BTreeMap;

use accountcreator::{domain::*, store::*};

use crate::support::*;

on_both!(
    an_account_without_a_signup_owns_its_address_and_its_username,
    of_two_accounts_of_one_person_the_form_counts_one,
    an_operation_of_an_account_has_no_signup_and_goes_with_it,
    an_operation_of_the_site_is_there_once_and_in_no_queue_of_a_tenant,
);

const ADDRESS: &str = "max@uni.edu";

impl Db {
    /// An account that no signup has made. With `key`, the form counts it for its address.
    async fn account(&self, tenant: &str, key: Option<&str>) -> AccountId {
        let id = AccountId::from(SignupId::random(&self.entropy));
        let key = key.map_or("NULL".to_owned(), |key| format!("'{key}'"));
        self.raw(&format!(
            "INSERT INTO account (id, state, origin, email, email_key, person_key, tenant, domain, username, object_id, \
             created_at, updated_at) \
             VALUES ('{id}', 'active', 'import', '{ADDRESS}', {key}, {key}, '{tenant}', '{tenant}.example.edu', \
             'max.mustermann', '{}', 1, 1) RETURNING id",
            user()
        ))
        .await;
        id
    }

    /// An operation that is due at the start.
    async fn operation(&self, values: &str) -> Result<(), sqlx::Error> {
        let now = START.millis();
        let insert = format!(
            "INSERT INTO operation (kind, target, account_id, tenant, step, needs, due_at, trying_since, \
             requester_kind, created_at, updated_at) VALUES ({values}, {now}, {now}, 'service', {now}, {now}) \
             RETURNING kind"
        );
        self.try_raw(&insert).await.map(drop)
    }

    async fn claim_of(&self, tenant: Option<&TenantAlias>, now: Timestamp) -> Vec<(Claimed, Lease)> {
        let lease = LeaseToken::random(&self.entropy);
        let claim = Claim { tenant, needs: Needs::ALL, limit: 10, lease, now, until: now.plus(MINUTE) };
        let claimed = self.store.claim(&claim).await.unwrap();
        claimed.into_iter().map(|claimed| (claimed.clone(), Lease::new(&claimed, lease))).collect()
    }
}

async fn an_account_without_a_signup_owns_its_address_and_its_username(db: &Db) {
    let of = db.account("stud", Some(ADDRESS)).await;
    assert_eq!(db.store.count_owned(&[email(ADDRESS)]).await.unwrap(), 1);
    assert_eq!(db.store.signup_by_email(&email(ADDRESS)).await.unwrap(), None);
    let mut further = Vec::new();
    for address in ["MAX@uni.edu", "max+news@uni.edu"] {
        let request = db.request(address);
        let inserted = db.store.insert_signup(&request).await.unwrap();
        assert_eq!(inserted, Inserted::Duplicate { id: request.id, of }, "{address}");
        further.push(request.id);
    }
    let signup = db.read(further[0]).await;
    assert_eq!((signup.is_further, signup.duplicate_of), (true, None), "no signup has made the account");
    assert_eq!((signup.username, signup.object_id), (None, None));
    assert_eq!(
        signup.shown_username,
        Some(username("max.mustermann.2")),
        "its page shows a name that is free"
    );
    let other = db.queued("erika@uni.edu").await;
    assert_eq!(db.read(other).await.username, Some(username("max.mustermann.2")));

    let mut reminded = Vec::new();
    for (signup, lease) in db.claim_at(START).await {
        if signup.id == other {
            continue;
        }
        assert_eq!(lease.step, StepKind::SendReminder);
        let reminder = mail(&signup.id.to_string(), unlimited(ADDRESS));
        reminded.push(db.store.take_reminder(&lease, &reminder, START, later(1)).await.unwrap());
        db.store.duplicate_settled(&lease, false, later(2)).await.unwrap();
        assert_eq!(db.read(signup.id).await.stage, Stage::Done);
    }
    assert_eq!(reminded, [true, false], "its owner is reminded once");
    let known = [KnownAddress {
        id: SignupId::random(&db.entropy),
        form: FormNonce::random(&db.entropy),
        email: email(ADDRESS),
        since: START,
    }];
    assert_eq!(db.store.import_addresses(&known, &Requester::OPERATOR, later(3)).await.unwrap().new, 0);
}

async fn of_two_accounts_of_one_person_the_form_counts_one(db: &Db) {
    let first = db.queued(ADDRESS).await;
    db.finish_all(later(1)).await;
    let second = db.account("staff", None).await;
    let further = db.request(ADDRESS);
    let inserted = db.store.insert_signup(&further).await.unwrap();
    assert_eq!(inserted, Inserted::Duplicate { id: further.id, of: first.into() });
    assert_eq!(db.store.signup_by_email(&email(ADDRESS)).await.unwrap().unwrap().id, first);
    assert_eq!(db.store.count_owned(&[email(ADDRESS)]).await.unwrap(), 1);
    db.finish_all(later(2)).await;

    // Constraints: one account that is counted for each address and mailbox, and one for each username of a domain.
    for column in ["email_key", "person_key"] {
        let take = format!("UPDATE account SET {column} = '{ADDRESS}' WHERE id = '{second}' RETURNING id");
        assert!(db.try_raw(&take).await.is_err(), "{column}");
    }
    let take = format!("UPDATE account SET domain = 'stud.example.edu' WHERE id = '{second}' RETURNING id");
    assert!(db.try_raw(&take).await.is_err(), "the name is taken in that domain");

    db.prune_all_by(later(2)).await;
    assert_eq!(db.raw("SELECT id FROM account").await, [Some(second.to_string())], "the other one stays");
    let again = db.queued(ADDRESS).await;
    assert_eq!(db.holder(ADDRESS).await, Some(again), "the address is free");
}

async fn an_operation_of_an_account_has_no_signup_and_goes_with_it(db: &Db) {
    let account = db.account("stud", Some(ADDRESS)).await;
    for _ in 0..2 {
        db.operation(&format!("'check_account', '', '{account}', 'uni', 'read_account', 'background'"))
            .await
            .unwrap();
    }
    let tenant = tenant();
    let claimed = db.claim_of(Some(&tenant), START).await;
    assert_eq!(claimed.len(), 2, "an account may have several");
    for (claimed, lease) in &claimed {
        assert_eq!((claimed.operation.kind, &claimed.signup), (OperationKind::CheckAccount, &None));
        assert_eq!((claimed.operation.tenant.as_ref(), lease.signup()), (Some(&tenant), None));
        db.store.release(lease, later(1)).await.unwrap();
    }
    assert_eq!(db.store.count_waiting_by_tenant().await.unwrap(), BTreeMap::new(), "no signup waits");
    db.raw(&format!("DELETE FROM account WHERE id = '{account}' RETURNING id")).await;
    assert_eq!(db.raw("SELECT kind FROM operation").await, []);
}

async fn an_operation_of_the_site_is_there_once_and_in_no_queue_of_a_tenant(db: &Db) {
    let alert = |target: &str| format!("'send_alert', '{target}', NULL, '', 'send_alert', 'mail'");
    db.operation(&alert("seats_low")).await.unwrap();
    assert!(db.operation(&alert("seats_low")).await.is_err(), "one for each kind and target");
    assert_eq!(db.store.next_due().await.unwrap(), Some(START));
    assert!(db.claim_of(Some(&tenant()), START).await.is_empty());

    let (claimed, lease) = db.claim_of(None, START).await.remove(0);
    let Operation { kind, step, in_doubt, attempts, .. } = claimed.operation;
    assert_eq!((kind, step), (OperationKind::SendAlert, StepKind::SendAlert));
    assert_eq!((in_doubt, attempts), (false, 1));
    assert_eq!((claimed.operation.target.as_str(), claimed.operation.tenant), ("seats_low", None));
    assert_eq!((claimed.signup, lease.signup()), (None, None));
    db.store.renew_lease(&lease, later(1), later(90)).await.unwrap();
    assert!(db.claim_of(None, later(89)).await.is_empty(), "the lease holds");
    let back = PutBack {
        due_at: later(100),
        waiting: Waiting::MailUnavailable,
        error: "421".to_owned(),
        undone: false,
        counted: true,
    };
    db.store.put_back(&lease, &back, later(2)).await.unwrap();
    assert!(is_lease_lost(db.store.put_back(&lease, &back, later(3)).await));

    db.operation(&alert("seats_none")).await.unwrap();
    let claimed = db.claim_of(None, later(100)).await;
    let tried: Vec<_> = claimed
        .iter()
        .map(|(claimed, _)| (claimed.operation.target.as_str(), claimed.operation.in_doubt))
        .collect();
    assert_eq!(tried, [("seats_low", true), ("seats_none", false)]);
    assert_eq!(claimed[0].0.operation.waiting, Some(Waiting::MailUnavailable));
    assert_eq!(claimed[0].0.operation.last_error.as_deref(), Some("421"));
    db.store.release(&claimed[1].1, later(101)).await.unwrap();
    assert!(!db.claim_of(None, later(101)).await.remove(0).0.operation.in_doubt);
    db.store.needs_attention(&claimed[0].1, Attention::GaveUp, "421", false, later(102)).await.unwrap();
    assert_eq!(db.claim_of(None, later(9999)).await.len(), 1, "what needs a person rests");
    assert_eq!(db.store.untold_attention(9).await.unwrap(), [], "no signup needs a person");
    assert_eq!(db.store.oldest_waiting().await.unwrap(), None, "no signup waits");
}

/// A signup as the version before left it, and what becomes of it.
struct Old {
    /// Values other than those of [`columns`], as SQL.
    set: &'static [(&'static str, &'static str)],
    /// Kind, target and state of each step.
    steps: &'static [(&'static str, &'static str, &'static str)],
    stage: Stage,
    step: Option<StepKind>,
    /// Whether the next claim, after a retry where it needs a person, is in doubt; none where nothing is to be done.
    in_doubt: Option<bool>,
    /// State of its own account, where it has one.
    account: Option<&'static str>,
}

const USER: (&str, &str) = ("object_id", "'6f1a0c52-3a51-4f7c-9a43-0d1d3f0b7c11'");
const DUE: (&str, &str) = ("due_at", "1800000000000");
const RESET: (&str, &str) = ("resets", "1");
const STUCK: [(&str, &str); 2] = [("stage", "'needs_attention'"), ("attention", "'gave_up'")];
/// The row of a request that owns neither an address nor a username.
const NO_OWNER: [(&str, &str); 4] =
    [("email_key", "NULL"), ("person_key", "NULL"), ("username", "NULL"), ("sealed", "NULL")];
const FIRST: (&str, &str) = ("duplicate_of", "'00000000-0000-4000-8000-000000000000'");
const CREATED: (&str, &str, &str) = ("create_user", "", "done");
const MAILED: (&str, &str, &str) = ("send_password", "", "done");

macro_rules! old {
    ($stage:ident, $step:expr, $in_doubt:expr, $account:expr, [$($set:expr),*], [$($done:expr),*]) => {
        Old {
            set: &[$($set),*],
            steps: &[$($done),*],
            stage: Stage::$stage,
            step: $step,
            in_doubt: $in_doubt,
            account: $account,
        }
    };
}

/// The first is the one that the further requests are for.
const OLD: &[Old] = &[
    // Queued: never posted, or posted and clearly refused.
    old!(Queued, Some(StepKind::CreateUser), Some(false), Some("provisioning"), [DUE], []),
    old!(
        Queued,
        Some(StepKind::CreateUser),
        Some(false),
        Some("provisioning"),
        [DUE, ("attempts", "3"), ("waiting", "'throttled'"), ("last_error", "'429'")],
        [("create_user", "", "failed")]
    ),
    // Provisioning: posted, under a lease that has ended; created, with a licence to come.
    old!(
        Provisioning,
        Some(StepKind::CreateUser),
        Some(true),
        Some("provisioning"),
        [("stage", "'provisioning'"), DUE, ("lease_token", "'token'")],
        [("create_user", "", "intended")]
    ),
    old!(
        Provisioning,
        Some(StepKind::Entitle),
        Some(true),
        Some("active"),
        [("stage", "'provisioning'"), DUE, USER],
        [CREATED, ("assign_licence", "sku", "intended"), ("join_group", "group", "done")]
    ),
    // Delivering, the first password and a new one.
    old!(
        Delivering,
        Some(StepKind::SendPassword),
        Some(true),
        Some("active"),
        [("stage", "'delivering'"), DUE, USER],
        [CREATED, ("send_password", "", "intended")]
    ),
    old!(
        Delivering,
        Some(StepKind::SendNewPassword),
        Some(true),
        Some("active"),
        [("stage", "'delivering'"), DUE, USER, RESET],
        [CREATED, MAILED, ("reset_password", "", "done"), ("send_new_password", "", "intended")]
    ),
    // Resetting: not begun, perhaps set, clearly refused.
    old!(
        Resetting,
        Some(StepKind::ResetPassword),
        Some(false),
        Some("active"),
        [("stage", "'resetting'"), DUE, USER, RESET],
        [CREATED, MAILED]
    ),
    old!(
        Resetting,
        Some(StepKind::ResetPassword),
        Some(true),
        Some("active"),
        [("stage", "'resetting'"), DUE, USER, RESET],
        [CREATED, MAILED, ("reset_password", "", "intended")]
    ),
    old!(
        Resetting,
        Some(StepKind::ResetPassword),
        Some(false),
        Some("active"),
        [("stage", "'resetting'"), DUE, USER, ("resets", "2")],
        [CREATED, MAILED, ("reset_password", "", "failed"), ("send_new_password", "", "done")]
    ),
    // In need of a person, at each step.
    old!(
        NeedsAttention,
        Some(StepKind::CreateUser),
        Some(true),
        Some("provisioning"),
        [STUCK[0], STUCK[1]],
        [("create_user", "", "intended")]
    ),
    old!(
        NeedsAttention,
        Some(StepKind::CreateUser),
        Some(false),
        Some("provisioning"),
        [STUCK[0], STUCK[1], ("alerted_at", "1")],
        [("create_user", "", "failed")]
    ),
    old!(
        NeedsAttention,
        Some(StepKind::CreateUser),
        Some(false),
        Some("provisioning"),
        [STUCK[0], STUCK[1]],
        []
    ),
    old!(
        NeedsAttention,
        Some(StepKind::Entitle),
        Some(true),
        Some("active"),
        [STUCK[0], STUCK[1], USER],
        [CREATED, ("assign_licence", "sku", "failed"), ("send_password", "", "intended")]
    ),
    old!(
        NeedsAttention,
        Some(StepKind::Entitle),
        Some(true),
        Some("active"),
        [STUCK[0], STUCK[1], USER],
        [CREATED]
    ),
    old!(
        NeedsAttention,
        Some(StepKind::SendPassword),
        Some(true),
        Some("active"),
        [STUCK[0], STUCK[1], USER],
        [CREATED, ("join_group", "group", "done"), ("send_password", "", "failed")]
    ),
    old!(
        NeedsAttention,
        Some(StepKind::ResetPassword),
        Some(true),
        Some("active"),
        [STUCK[0], STUCK[1], USER, RESET],
        [CREATED, MAILED, ("reset_password", "", "intended")]
    ),
    old!(
        NeedsAttention,
        Some(StepKind::SendNewPassword),
        Some(true),
        Some("active"),
        [STUCK[0], STUCK[1], USER, RESET],
        [CREATED, MAILED, ("reset_password", "", "done"), ("send_new_password", "", "failed")]
    ),
    old!(
        NeedsAttention,
        Some(StepKind::SendReminder),
        Some(true),
        None,
        [STUCK[0], STUCK[1], FIRST, NO_OWNER[0], NO_OWNER[1], NO_OWNER[2], NO_OWNER[3]],
        []
    ),
    // Waiting for a confirmation: a code to be mailed, a mailed one, a user of an earlier confirmation, a withheld code.
    old!(
        AwaitingConfirmation,
        Some(StepKind::SendCode),
        Some(true),
        None,
        [("stage", "'awaiting_confirmation'"), DUE, NO_OWNER[0], NO_OWNER[1], NO_OWNER[2], NO_OWNER[3]],
        []
    ),
    old!(
        AwaitingConfirmation,
        Some(StepKind::SendCode),
        None,
        None,
        [("stage", "'awaiting_confirmation'"), NO_OWNER[0], NO_OWNER[1], NO_OWNER[2], NO_OWNER[3]],
        [("send_code", "", "done")]
    ),
    old!(
        AwaitingConfirmation,
        Some(StepKind::SendCode),
        None,
        None,
        [("stage", "'awaiting_confirmation'"), NO_OWNER[0], NO_OWNER[1], NO_OWNER[2], NO_OWNER[3]],
        [("send_code", "", "done"), ("create_user", "", "intended")]
    ),
    old!(
        AwaitingConfirmation,
        Some(StepKind::SendCode),
        None,
        None,
        [("stage", "'awaiting_confirmation'"), NO_OWNER[0], NO_OWNER[1], NO_OWNER[2], NO_OWNER[3]],
        []
    ),
    // Done, with its trail, after its trail was removed, and imported.
    old!(
        Done,
        Some(StepKind::SendPassword),
        None,
        Some("active"),
        [
            ("stage", "'done'"),
            ("done_at", "1800000000000"),
            USER,
            ("sealed", "NULL"),
            ("principal", "'m@uni.edu'"),
            ("gone_at", "7"),
            ("reminded_at", "8")
        ],
        [CREATED, MAILED]
    ),
    old!(Done, None, None, Some("active"), [("stage", "'done'"), USER, ("sealed", "NULL")], []),
    old!(
        Done,
        None,
        None,
        Some("active"),
        [
            ("stage", "'done'"),
            ("profile", "'imported'"),
            ("tenant", "'imported'"),
            ("username", "NULL"),
            ("domain", "'imported.invalid'"),
            ("sealed", "NULL")
        ],
        []
    ),
    // Further requests: to be answered, answered, asked for once more.
    old!(
        Queued,
        Some(StepKind::SendReminder),
        Some(true),
        None,
        [DUE, FIRST, NO_OWNER[0], NO_OWNER[1], NO_OWNER[2], NO_OWNER[3]],
        []
    ),
    old!(
        Done,
        Some(StepKind::SendReminder),
        None,
        None,
        [("stage", "'done'"), ("gone_at", "9"), FIRST, NO_OWNER[0], NO_OWNER[1], NO_OWNER[2], NO_OWNER[3]],
        [("send_reminder", "", "done")]
    ),
    old!(
        Resetting,
        Some(StepKind::SendReminder),
        Some(true),
        None,
        [("stage", "'resetting'"), DUE, RESET, FIRST, NO_OWNER[0], NO_OWNER[1], NO_OWNER[2], NO_OWNER[3]],
        [("send_reminder", "", "done")]
    ),
    // For an erased address: to be answered, answered.
    old!(
        Queued,
        Some(StepKind::SendNotice),
        Some(true),
        None,
        [DUE, ("declined_at", "5"), NO_OWNER[0], NO_OWNER[1], NO_OWNER[2], NO_OWNER[3]],
        []
    ),
    old!(
        Done,
        Some(StepKind::SendNotice),
        None,
        None,
        [
            ("stage", "'done'"),
            ("declined_at", "5"),
            ("email", "NULL"),
            NO_OWNER[0],
            NO_OWNER[1],
            NO_OWNER[2],
            NO_OWNER[3]
        ],
        [("send_notice", "", "done")]
    ),
    // Closed and erased.
    old!(
        Voided,
        Some(StepKind::SendCode),
        None,
        None,
        [("stage", "'voided'"), ("email", "NULL"), NO_OWNER[0], NO_OWNER[1], NO_OWNER[2], NO_OWNER[3]],
        [("send_code", "", "done")]
    ),
    old!(
        Erased,
        None,
        None,
        Some("erased"),
        [("stage", "'erased'"), ("email", "NULL"), NO_OWNER[0], NO_OWNER[1], NO_OWNER[2], NO_OWNER[3]],
        []
    ),
];

fn old_id(number: usize) -> SignupId {
    format!("{number:08x}-0000-4000-8000-000000000000").parse().unwrap()
}

fn insert_old(number: usize, old: &Old) -> String {
    let (id, now) = (old_id(number), START.millis());
    let text = |text: String| format!("'{text}'");
    let mut columns = BTreeMap::from([
        ("id", text(id.to_string())),
        ("form_nonce", text(format!("form{number}"))),
        ("stage", text("queued".to_owned())),
        ("claimed_from", text("queued".to_owned())),
        ("email", text(format!("St{number}@uni.edu"))),
        ("email_key", text(format!("st{number}@uni.edu"))),
        ("person_key", text(format!("st{number}@uni.edu"))),
        ("locale", text("de".to_owned())),
        ("profile", text("students".to_owned())),
        ("tenant", text("uni".to_owned())),
        ("domain", text("stud.example.edu".to_owned())),
        ("username", text(format!("st{number}"))),
        ("username_base", text(format!("st{number}"))),
        ("shown_username", text(format!("st{number}"))),
        ("sealed", text(format!("sealed {number}"))),
        ("consent_version", text("1".to_owned())),
        ("trying_since", "77".to_owned()),
    ]);
    for time in ["consent_at", "created_at", "updated_at"] {
        columns.insert(time, now.to_string());
    }
    columns.extend(old.set.iter().map(|(column, value)| (*column, (*value).to_owned())));
    let (names, values): (Vec<_>, Vec<_>) = columns.into_iter().unzip();
    let mut sql = format!("INSERT INTO signup ({}) VALUES ({});", names.join(", "), values.join(", "));
    for (kind, target, state) in old.steps {
        sql += &format!(
            "INSERT INTO step (signup_id, kind, target, state, attempts, error, started_at, finished_at) \
             VALUES ('{id}', '{kind}', '{target}', '{state}', 2, 'code', 3, 4);"
        );
    }
    sql += &format!(
        "INSERT INTO event (signup_id, at, kind, detail) VALUES ('{id}', 5, 'received', 'queued'), \
         ('{id}', 6, 'claimed', 'queued');"
    );
    sql
}

async fn old_rows_become_signups_accounts_and_operations(db: Db) {
    let mut rows: String = OLD.iter().enumerate().map(|(number, old)| insert_old(number, old)).collect();
    let index = |wanted: &dyn Fn(&Old) -> bool| OLD.iter().position(wanted).unwrap();
    let done = index(&|old| old.stage == Stage::Done && !old.steps.is_empty());
    let awaiting = index(&|old| old.stage == Stage::AwaitingConfirmation);
    let further = index(&|old| old.stage == Stage::Done && old.set.contains(&FIRST));
    rows += &format!(
        "INSERT INTO account_check (signup_id, asked_at, due_at, misses) VALUES ('{}', 1, NULL, 2), ('{}', 1, 5, 2);\
         INSERT INTO confirmation_round (signup_id, round, expires_at) VALUES ('{}', 1, 9);",
        old_id(done),
        old_id(further),
        old_id(awaiting)
    );
    db.fill_at(11, &rows).await;
    db.store.migrate().await.unwrap();

    for (number, old) in OLD.iter().enumerate() {
        let (id, signup) = (old_id(number), db.read(old_id(number)).await);
        assert_eq!((signup.stage, signup.step), (old.stage, old.step), "row {number}");
        let state = db.raw(&format!("SELECT state FROM account WHERE id = '{id}'")).await;
        assert_eq!(state.into_iter().flatten().next().as_deref(), old.account, "row {number}");
        let is_further = old.set.contains(&FIRST);
        assert_eq!(signup.is_further, is_further, "row {number}");
        assert_eq!(signup.duplicate_of, is_further.then(|| old_id(0)), "row {number}");
        let of_form = db.raw(&format!("SELECT id FROM signup WHERE form_nonce = 'form{number}'")).await;
        assert_eq!(of_form, [Some(id.to_string())]);
        let is_kept = old.step.is_some() && !old.set.contains(&NO_OWNER[3]);
        assert_eq!(signup.sealed, is_kept.then(|| sealed(&format!("sealed {number}"))), "row {number}");
        let since = if old.step.is_some() { 77 } else { START.millis() };
        assert_eq!(signup.trying_since.millis(), since, "row {number}");
        let mut expected = old.steps.to_vec();
        expected.sort_by_key(|(kind, target, _)| (kind.parse::<StepKind>().unwrap(), *target));
        let steps = db.store.steps(id).await.unwrap();
        let kept: Vec<_> = steps
            .iter()
            .map(|step| (step.kind.as_str(), step.target.as_str(), step.state.as_str()))
            .collect();
        assert_eq!(kept, expected, "row {number}");
        for step in steps {
            let times = (step.started_at.millis(), step.finished_at.map(Timestamp::millis));
            assert_eq!((step.attempts, step.error.as_deref(), times), (2, Some("code"), (3, Some(4))));
        }
        let events = db.store.events(id).await.unwrap();
        let events: Vec<_> = events.iter().map(|event| (event.at.millis(), event.kind.as_str())).collect();
        assert_eq!(events, [(5, "received"), (6, "claimed")], "row {number}");
    }
    let signup = db.read(old_id(1)).await;
    assert_eq!((signup.attempts, signup.waiting), (3, Some(Waiting::Throttled)));
    assert_eq!(signup.last_error.as_deref(), Some("429"));
    let signup = db.read(old_id(done)).await;
    assert_eq!((signup.principal(), signup.gone_at), (Some("m@uni.edu".parse().unwrap()), Some(at(7))));
    assert_eq!((signup.object_id, signup.done_at), (Some(user()), Some(START)));
    let reminded = format!("SELECT CAST(reminded_at AS TEXT) FROM account WHERE id = '{}'", signup.id);
    assert_eq!(db.raw(&reminded).await, [Some("8".to_owned())]);
    for (number, is_due) in [(done, false), (further, true)] {
        let check = db.store.account_check(old_id(number)).await.unwrap().unwrap();
        assert_eq!((check.asked_at, check.is_due), (at(1), is_due));
    }
    let (reads, tenant) = (&[Needs::Background], tenant());
    let (lease, now, until) = (LeaseToken::random(&db.entropy), at(5), at(6));
    let claim = Claim { tenant: Some(&tenant), needs: reads, limit: 9, lease, now, until };
    let read = db.store.claim(&claim).await.unwrap().remove(0);
    db.store.recurring_done(&Lease::new(&read, lease), None, until).await.unwrap();
    let read = read.operation;
    let found = (read.kind, read.subject, read.step, read.attempts);
    assert_eq!(
        found,
        (OperationKind::CheckAccount, Subject::Signup(old_id(further)), StepKind::ReadAccount, 3)
    );
    assert_eq!(db.store.link_expires_at(old_id(awaiting), 1).await.unwrap(), Some(at(9)));
    assert_eq!(db.read(old_id(further)).await.gone_at, Some(at(9)));
    let imported = db.raw("SELECT domain FROM account WHERE origin = 'import'").await;
    assert_eq!(imported, [Some("imported.invalid".to_owned())]);
    let is_stuck = |old: &&Old| old.stage == Stage::NeedsAttention;
    let stuck = OLD.iter().filter(is_stuck).count();
    assert_eq!(db.store.untold_attention(99).await.unwrap().len(), stuck - 1, "of one, admins know");

    each_old_row_is_carried_on(&db).await;
}

const fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

async fn each_old_row_is_carried_on(db: &Db) {
    for (number, _) in OLD.iter().enumerate().filter(|(_, old)| old.stage == Stage::NeedsAttention) {
        assert_eq!(
            db.store.retry(old_id(number), OPERATOR, START).await.unwrap(),
            Retried::Queued,
            "row {number}"
        );
    }
    let claimed = db.claim_at(later(10)).await;
    let in_doubt: BTreeMap<_, _> = claimed.iter().map(|(signup, _)| (signup.id, signup.in_doubt)).collect();
    for (number, old) in OLD.iter().enumerate() {
        assert_eq!(in_doubt.get(&old_id(number)).copied(), old.in_doubt, "row {number}");
    }
    let until = later(70);
    for (signup, lease) in claimed {
        assert_eq!(Some(lease.step), signup.step);
        let done = finish(db, lease, until).await;
        let expected =
            if signup.step == Some(StepKind::SendCode) { Stage::AwaitingConfirmation } else { Stage::Done };
        assert!(done.is_ok(), "{:?}: {done:?}", signup.step);
        assert_eq!(db.read(signup.id).await.stage, expected, "{:?}", signup.step);
    }

    let awaits = |steps: usize| {
        let is_it = |old: &Old| {
            old.stage == Stage::AwaitingConfirmation && old.in_doubt.is_none() && old.steps.len() == steps
        };
        old_id(OLD.iter().position(is_it).unwrap())
    };
    let (withheld, with_user) = (awaits(0), awaits(2));
    let budget = unlimited("withheld@uni.edu");
    let round = db.store.new_confirmation_round(withheld, 0, &budget, later(3600), later(80)).await.unwrap();
    assert_eq!(round, NewRound::Begun(1));
    assert_eq!(signup_of(&db.claim_one(later(80)).await.1), withheld, "its code is to be mailed");
    assert!(db.read(with_user).await.may_have_user);
    let confirmed =
        db.store.confirm(with_user, None, &sealed("new"), &Requester::Visitor, later(80)).await.unwrap();
    assert_eq!(confirmed, Confirmed::Queued);
    let claimed = db.claim_at(later(300)).await;
    let (signup, _) = claimed.iter().find(|(signup, _)| signup.id == with_user).unwrap();
    assert_eq!((signup.stage, signup.in_doubt), (Stage::Provisioning, true));
}

/// Brings an operation to its end, as a worker would.
async fn finish(db: &Db, lease: Lease, until: Timestamp) -> Result<(), StoreError> {
    let (store, now) = (&db.store, later(11));
    match lease.step {
        StepKind::CreateUser => {
            let lease = store.user_created(&lease, user(), &[], StepKind::SendPassword, now, until).await?;
            store.delivered(&lease, None, now).await
        }
        StepKind::Entitle => {
            let lease = db.entitled(&lease, &[], true, now, until).await?;
            store.delivered(&lease, None, now).await
        }
        StepKind::ResetPassword => {
            let lease = db.password_set(&lease, now, until).await?;
            store.delivered(&lease, None, now).await
        }
        StepKind::SendReminder => store.duplicate_settled(&lease, false, now).await,
        StepKind::SendNotice => store.decline_settled(&lease, false, now).await,
        StepKind::SendCode => store.code_sent(&lease, now).await,
        _ => store.delivered(&lease, None, now).await,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn old_rows_become_signups_accounts_and_operations_on_sqlite() {
    old_rows_become_signups_accounts_and_operations(Db::empty_sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn old_rows_become_signups_accounts_and_operations_on_postgres() {
    if let Some(db) = Db::empty_postgres().await {
        old_rows_become_signups_accounts_and_operations(db).await;
    }
}
