//! What has had its time goes, and nothing else; nothing of it is left in the file.

use std::time::Duration;

use accountcreator::{domain::*, store::*};

use crate::support::*;

on_both!(
    a_signup_nobody_confirms_goes_with_its_trail,
    an_unconfirmed_signup_that_may_have_a_user_is_not_taken_back,
    what_waits_works_or_needs_attention_stays,
    trails_go_and_their_signups_stay,
    further_requests_go_before_the_first_one,
    a_first_request_stays_while_a_further_one_does,
    many_are_removed_in_one_go,
    closed_requests_go_after_their_time,
    several_prune_at_once,
    an_address_is_free_again,
);

const DAY: Duration = Duration::from_hours(24);

/// All that was last changed before this moment.
fn before(moment: Timestamp) -> Cutoff {
    Cutoff { until: moment, duplicates_until: moment }
}

/// A time at which all there is has become old.
fn at_last() -> Cutoff {
    before(START.plus(DAY * 1000))
}

impl Db {
    pub async fn done(&self, email: &str, at: Timestamp) -> SignupId {
        let lease = self.delivering(email).await;
        self.store.delivered(&lease, None, at).await.unwrap();
        signup_of(&lease)
    }

    /// A further request for an address that has a finished signup, answered at this time.
    async fn further(&self, email: &str, at: Timestamp) -> SignupId {
        let request = self.request(email);
        assert!(matches!(self.store.insert_signup(&request).await.unwrap(), Inserted::Duplicate { .. }));
        let (_, lease) = self.claim_one(at).await;
        self.store.duplicate_settled(&lease, false, at).await.unwrap();
        request.id
    }

    /// A signup whose code was mailed and holds for an hour.
    async fn waiting(&self, email: &str) -> SignupId {
        self.store.insert_signup(&self.unconfirmed(email)).await.unwrap();
        let (_, lease) = self.claim_one(START).await;
        self.store.code_sent(&lease, START).await.unwrap();
        signup_of(&lease)
    }

    /// What pruning removes, after a look says the same.
    async fn prune(&self, what: Prunable, cutoff: Cutoff) -> u64 {
        let expected = self.store.count_prunable(what, cutoff).await.unwrap();
        let removed = self.store.prune(what, cutoff).await.unwrap();
        assert_eq!(removed, expected, "{what:?}");
        assert_eq!(self.store.count_prunable(what, cutoff).await.unwrap(), 0);
        removed
    }

    async fn prune_all(&self, cutoff: Cutoff) -> Vec<u64> {
        let mut removed = Vec::new();
        for what in Prunable::ALL {
            removed.push(self.prune(what, cutoff).await);
        }
        removed
    }

    async fn exists(&self, id: SignupId) -> bool {
        self.store.signup(id).await.unwrap().is_some()
    }

    async fn rows(&self, table: &str) -> usize {
        self.raw(&format!("SELECT kind FROM {table}")).await.len()
    }
}

async fn a_signup_nobody_confirms_goes_with_its_trail(db: &Db) {
    let id = db.waiting("max@uni.edu").await;
    assert_eq!(db.prune(Prunable::Unconfirmed, before(later(3599))).await, 0, "the code still holds");
    assert!(db.exists(id).await);
    assert_eq!(db.prune(Prunable::Unconfirmed, before(later(3600))).await, 1);
    assert!(!db.exists(id).await);
    assert_eq!((db.rows("event").await, db.rows("step").await), (0, 0));
    let confirmed =
        db.store.confirm(id, None, &sealed("late"), &Requester::Visitor, later(3600)).await.unwrap();
    assert_eq!(confirmed, Confirmed::Unknown);
}

async fn an_unconfirmed_signup_that_may_have_a_user_is_not_taken_back(db: &Db) {
    let doubted = db.waiting("doubted@uni.edu").await;
    db.store.doubt_queued().await.unwrap();
    let other = db.waiting("other@uni.edu").await;
    assert!(!db.store.withdraw(doubted).await.unwrap());
    assert!(db.store.withdraw(other).await.unwrap());
    assert_eq!(db.prune(Prunable::Unconfirmed, at_last()).await, 1, "it goes after its time like any other");
    assert!(!db.exists(doubted).await);
}

async fn what_waits_works_or_needs_attention_stays(db: &Db) {
    let mail_down = db.unconfirmed("mail@uni.edu");
    db.store.insert_signup(&mail_down).await.unwrap();
    db.queued("queued@uni.edu").await;
    assert_eq!(db.claim_at(START).await.len(), 2, "a code is to be mailed, a user to be created");
    db.queued("stuck@uni.edu").await;
    let (_, stuck) = db.claim_one(START).await;
    db.store.needs_attention(&stuck, Attention::Forbidden, "403", false, START).await.unwrap();
    db.delivering("delivering@uni.edu").await;
    db.queued("new@uni.edu").await;
    let (events, steps) = (db.rows("event").await, db.rows("step").await);
    assert_eq!(db.prune_all(at_last()).await, [0; 5]);
    assert_eq!((db.rows("event").await, db.rows("step").await), (events, steps));
    assert_eq!(db.raw("SELECT id FROM signup").await.len(), 5);
}

async fn trails_go_and_their_signups_stay(db: &Db) {
    let old = db.done("old@uni.edu", later(10)).await;
    let new = db.done("new@uni.edu", later(20)).await;
    assert_eq!(db.prune(Prunable::Trails, before(later(19))).await, 1);
    assert_eq!(db.store.events(old).await.unwrap(), []);
    assert_eq!(db.store.steps(old).await.unwrap(), []);
    assert!(!db.store.events(new).await.unwrap().is_empty());
    assert!(!db.store.steps(new).await.unwrap().is_empty());
    assert_eq!(db.read(old).await.email, Some(email("old@uni.edu")));

    let limits = ResetLimits { most: 3, done_since: later(100), done_after: START };
    assert!(
        db.store
            .ask_reset(old, &sealed("new"), limits, (&Requester::Visitor).into(), later(100))
            .await
            .unwrap()
    );
    let (signup, _) = db.claim_one(later(100)).await;
    assert!(!signup.in_doubt, "a new password is set as for any other");
    assert_eq!(db.prune(Prunable::Trails, at_last()).await, 1, "only of the one that is done");
    assert_eq!(db.step(old, StepKind::ResetPassword).await.state, StepState::Intended);
}

async fn further_requests_go_before_the_first_one(db: &Db) {
    let first = db.done("max@uni.edu", later(10)).await;
    let further = db.further("max@uni.edu", later(100)).await;
    let other = db.done("other@uni.edu", later(10)).await;
    let cutoff = Cutoff { until: later(50), duplicates_until: later(200) };
    assert_eq!(db.store.count_prunable(Prunable::Finished, cutoff).await.unwrap(), 2, "as if it had gone");
    assert_eq!(db.prune(Prunable::Duplicates, before(later(200))).await, 1);
    assert!(db.exists(first).await && !db.exists(further).await);
    assert_eq!(db.prune(Prunable::Finished, cutoff).await, 2);
    assert!(!db.exists(first).await && !db.exists(other).await);
}

async fn a_first_request_stays_while_a_further_one_does(db: &Db) {
    let first = db.done("max@uni.edu", later(10)).await;
    db.further("max@uni.edu", later(100)).await;
    let waits = db.request("max@uni.edu");
    db.store.insert_signup(&waits).await.unwrap();
    assert_eq!(db.prune(Prunable::Finished, before(later(50))).await, 0, "one is younger");
    assert_eq!(db.prune_all(at_last()).await, [2, 0, 0, 1, 0], "one still waits");
    assert!(db.exists(first).await && db.exists(waits.id).await);
    let (_, lease) = db.claim_one(later(100)).await;
    db.store.duplicate_settled(&lease, false, later(200)).await.unwrap();
    assert_eq!(db.prune_all(at_last()).await, [1, 0, 0, 1, 1]);
    assert!(!db.exists(first).await);
}

async fn many_are_removed_in_one_go(db: &Db) {
    let mut kept = Vec::new();
    for n in 0..250 {
        db.store.insert_signup(&db.unconfirmed(&format!("st{n}@uni.edu"))).await.unwrap();
        if n % 50 == 0 {
            kept.push(db.queued(&format!("other{n}@uni.edu")).await);
        }
    }
    for (signup, lease) in db.claim_at(START).await {
        if signup.stage == Stage::AwaitingConfirmation {
            db.store.code_sent(&lease, START).await.unwrap();
        }
    }
    assert_eq!(db.prune_all(at_last()).await, [0, 250, 0, 0, 0]);
    let mut left: Vec<_> = db.raw("SELECT id FROM signup").await.into_iter().flatten().collect();
    left.sort();
    kept.sort_by_key(ToString::to_string);
    assert_eq!(left, kept.iter().map(ToString::to_string).collect::<Vec<_>>());
}

async fn several_prune_at_once(db: &Db) {
    for n in 0..120 {
        db.store.insert_signup(&db.unconfirmed(&format!("st{n}@uni.edu"))).await.unwrap();
    }
    for (_, lease) in db.claim_at(START).await {
        db.store.code_sent(&lease, START).await.unwrap();
    }
    let mut replicas = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let settings = db.settings.clone();
        replicas.spawn(async move {
            let store = Store::open(&settings).await.unwrap();
            store.prune(Prunable::Unconfirmed, at_last()).await.unwrap()
        });
    }
    assert_eq!(replicas.join_all().await.iter().sum::<u64>(), 120, "each is removed by one of them");
    assert_eq!(db.rows("event").await, 0);
}

async fn an_address_is_free_again(db: &Db) {
    db.done("max@uni.edu", later(10)).await;
    assert_eq!(db.prune(Prunable::Finished, at_last()).await, 1);
    let again = db.queued("max@uni.edu").await;
    assert_eq!(db.read(again).await.username, Some(username("max.mustermann")));
    assert!(db.store.scrub().await.unwrap());
}

/// Neither in the file nor in its log, beside rows that stay and while others have it open.
#[tokio::test]
async fn what_is_pruned_is_gone_from_the_file() {
    let db = Db::sqlite().await;
    let other = Store::open(&db.settings).await.unwrap();
    let file = db.url().strip_prefix("sqlite://").unwrap();
    let found = |part: &str| {
        let files = ["", "-wal"].map(|end| std::fs::read(format!("{file}{end}")).unwrap_or_default());
        let holds = |bytes: &[u8]| bytes.windows(part.len()).any(|window| window == part.as_bytes());
        files.iter().any(|bytes| holds(bytes))
    };
    for n in 0..300 {
        // Every third one stays, so that pages are joined and emptied in part.
        match n % 3 {
            0 => drop(db.done(&format!("stays{n}@uni.edu"), later(1000)).await),
            1 => drop(db.done(&format!("finished{n}@uni.edu"), later(10)).await),
            _ => drop(db.waiting(&format!("abandoned{n}@uni.edu")).await),
        }
    }
    assert!(["stays", "finished", "abandoned"].into_iter().all(found));
    assert_eq!(db.prune(Prunable::Unconfirmed, at_last()).await, 100);
    assert_eq!(db.prune(Prunable::Finished, before(later(500))).await, 100);
    assert!(other.ping().await.is_ok(), "somebody else reads");
    assert!(db.store.scrub().await.unwrap());
    assert!(found("stays297@uni.edu"));
    assert!(!found("Mustermann"), "names that were wiped before are cleared as well");
    for n in 0..300 {
        for name in ["finished", "abandoned"] {
            assert!(!found(&format!("{name}{n}@")), "{name}{n} is left");
        }
    }
}

async fn closed_requests_go_after_their_time(db: &Db) {
    let waiting = db.waiting("max@uni.edu").await;
    assert_eq!(db.store.refuse(waiting, later(60)).await.unwrap(), 1);
    assert_eq!(db.prune(Prunable::Voided, before(later(59))).await, 0);
    assert!(db.exists(waiting).await);
    assert_eq!(db.prune(Prunable::Voided, before(later(60))).await, 1);
    assert!(!db.exists(waiting).await);
}
