//! Who asked for operations and events, and why.

use accountcreator::{domain::*, store::*};

use crate::support::*;

on_both!(
    an_operation_keeps_who_asked_for_it,
    a_retry_leaves_the_first_requester_and_tells_its_own,
    events_tell_who_asked,
    reasons_go_with_the_trail,
);

const ADDRESS: &str = "max@uni.edu";

/// An operator who has called `sudo`.
pub fn root() -> Requester {
    Requester::Operator { login: Some("root".to_owned()), sudo_user: Some("ada".to_owned()) }
}

pub fn reason(text: &str) -> Reason {
    Reason::parse(text).unwrap()
}

impl Db {
    /// The events of a signup: what happened, who asked for it, and why.
    async fn asked(&self, id: SignupId) -> Vec<(String, Option<Requester>, Option<Reason>)> {
        let events = self.store.events(id).await.unwrap();
        events.into_iter().map(|event| (event.kind, event.requester, event.reason)).collect()
    }

    /// The last event of a kind: who asked for it.
    async fn requester_of(&self, id: SignupId, kind: &str) -> Option<Requester> {
        let asked = self.asked(id).await.into_iter().rev().find(|(of, ..)| of == kind);
        asked.unwrap_or_else(|| panic!("there is an event {kind}")).1
    }
}

async fn an_operation_keeps_who_asked_for_it(db: &Db) {
    let request = NewSignup { requester: Requester::Program, ..db.unconfirmed(ADDRESS) };
    db.store.insert_signup(&request).await.unwrap();
    db.store.confirm(request.id, None, &sealed("x"), &Requester::Visitor, START).await.unwrap();
    db.finish_all(START).await;
    let limits = ResetLimits { most: 1, done_since: later(1), done_after: START.minus(MINUTE) };
    assert!(db.store.ask_reset(request.id, &sealed("y"), limits, (&root()).into(), later(1)).await.unwrap());
    let operations = db.store.operations(request.id).await.unwrap();
    let asked: Vec<_> =
        operations.into_iter().map(|operation| (operation.kind, operation.requester)).collect();
    let expected = [
        (OperationKind::ConfirmAddress, Requester::Program),
        (OperationKind::Provision, Requester::Visitor),
        (OperationKind::ResetPassword, root()),
    ];
    assert_eq!(asked, expected);
    assert_eq!(db.requester_of(request.id, "reset_asked").await, Some(root()));
}

async fn a_retry_leaves_the_first_requester_and_tells_its_own(db: &Db) {
    let request = NewSignup { requester: Requester::Program, ..db.request(ADDRESS) };
    let id = request.id;
    db.store.insert_signup(&request).await.unwrap();
    let (_, lease) = db.claim_one(START).await;
    db.store.needs_attention(&lease, Attention::DomainUnverified, "400", true, later(1)).await.unwrap();
    let because = reason("the domain is verified, ticket 4711");
    let by = RequestedBy { requester: &root(), reason: Some(&because) };
    let plan = Plan {
        profile: "staff".parse().unwrap(),
        tenant: tenant(),
        domain: "staff.example.edu".parse().unwrap(),
        username: username("max.muster"),
    };
    assert_eq!(db.store.retry_as_planned(id, &plan, by, later(2)).await.unwrap(), Retried::Queued);

    let operation = db.store.operations(id).await.unwrap().remove(0);
    assert_eq!((&operation.requester, operation.reason.as_ref()), (&Requester::Program, Some(&because)));
    let events = db.asked(id).await;
    assert_eq!(events[0], ("received".to_owned(), Some(Requester::Program), None));
    assert!(
        events[1..events.len() - 2].iter().all(|(_, by, _)| *by == Some(Requester::Worker)),
        "{events:?}"
    );
    for (event, kind) in events[events.len() - 2..].iter().zip(["retried", "replanned"]) {
        assert_eq!(*event, (kind.to_owned(), Some(root()), Some(because.clone())));
    }
    let of_operation = format!(
        "SELECT kind FROM event WHERE kind IN ('retried', 'replanned') AND operation_id = {} ORDER BY seq",
        operation.id.number()
    );
    assert_eq!(db.raw(&of_operation).await.len(), 2, "the events are of the operation");

    // One without a reason leaves the earlier one to the operation, and has none itself.
    let (_, lease) = db.claim_one(later(3)).await;
    db.store.needs_attention(&lease, Attention::RecipientRefused, "550", false, later(4)).await.unwrap();
    assert_eq!(db.store.retry(id, RequestedBy::VISITOR, later(5)).await.unwrap(), Retried::Queued);
    let operation = db.store.operations(id).await.unwrap().remove(0);
    assert_eq!((operation.requester, operation.reason), (Requester::Program, Some(because)));
    assert_eq!(db.asked(id).await.pop(), Some(("retried".to_owned(), Some(Requester::Visitor), None)));
    // Nothing is written where nothing is retried.
    let before = db.asked(id).await;
    let other = reason("once more");
    let by = RequestedBy { requester: &root(), reason: Some(&other) };
    assert_eq!(db.store.retry(id, by, later(6)).await.unwrap(), Retried::NotStuck);
    assert_eq!(db.asked(id).await, before);
    assert_ne!(db.store.operations(id).await.unwrap()[0].reason, Some(other));
}

async fn events_tell_who_asked(db: &Db) {
    // Two requests for one address: one is confirmed, which closes the other.
    let closed = NewSignup { requester: Requester::Program, ..db.unconfirmed(ADDRESS) };
    let confirmed = db.unconfirmed(ADDRESS);
    for request in [&closed, &confirmed] {
        db.store.insert_signup(request).await.unwrap();
    }
    db.store.count_wrong_code(closed.id, START).await.unwrap();
    let budget = unlimited(ADDRESS);
    db.store.new_confirmation_round(closed.id, 1, &budget, later(3600), START).await.unwrap();
    db.store.confirm(confirmed.id, None, &sealed("x"), &root(), START).await.unwrap();
    assert_eq!(db.requester_of(closed.id, "received").await, Some(Requester::Program));
    for kind in ["code_tried", "code_requested"] {
        assert_eq!(db.requester_of(closed.id, kind).await, Some(Requester::Visitor), "{kind}");
    }
    assert_eq!(db.requester_of(closed.id, "voided").await, Some(root()));
    assert_eq!(db.requester_of(confirmed.id, "confirmed").await, Some(root()));
    assert_eq!(db.requester_of(confirmed.id, "received").await, Some(Requester::Visitor));
    let refused = db.unconfirmed("refused@uni.edu");
    db.store.insert_signup(&refused).await.unwrap();
    assert_eq!(db.store.refuse(refused.id, START).await.unwrap(), 1);
    assert_eq!(db.requester_of(refused.id, "voided").await, Some(Requester::Visitor));

    // A further request, at once and after its confirmation.
    let further = NewSignup { requester: Requester::Program, ..db.request(ADDRESS) };
    let later_further = db.unconfirmed(ADDRESS);
    for request in [&further, &later_further] {
        db.store.insert_signup(request).await.unwrap();
    }
    db.store.confirm(later_further.id, None, &sealed("x"), &root(), START).await.unwrap();
    assert_eq!(db.requester_of(further.id, "duplicate").await, Some(Requester::Program));
    assert_eq!(db.requester_of(later_further.id, "duplicate").await, Some(root()));

    // An import, and what it overtakes.
    let overtaken = db.queued("overtaken@uni.edu").await;
    let known = ["overtaken@uni.edu", "imported@uni.edu"].map(|address| KnownAddress {
        id: SignupId::random(&db.entropy),
        form: FormNonce::random(&db.entropy),
        email: email(address),
        since: START,
    });
    assert_eq!(db.store.import_addresses(&known, &root(), later(1)).await.unwrap().new, 2);
    assert_eq!(db.requester_of(overtaken, "overtaken").await, Some(root()));
    for imported in known {
        assert_eq!(db.requester_of(imported.id, "imported").await, Some(root()));
    }

    // A mail that came back.
    let limited = db.unconfirmed("bounced@uni.edu");
    db.store.insert_signup(&limited).await.unwrap();
    for (signup, lease) in db.claim_at(START).await {
        if signup.id == limited.id {
            db.store.code_sent(&lease, START).await.unwrap();
        }
    }
    let signup = db.read(limited.id).await;
    let bounce = reason("the bounce says that the mailbox is full");
    let by = RequestedBy { requester: &root(), reason: Some(&bounce) };
    let reference = signup.mail(MailKind::Code).reference();
    assert!(db.store.mark_undelivered(&signup, &reference, by, later(60)).await.unwrap());
    let told = ("undelivered".to_owned(), Some(root()), Some(bounce));
    assert_eq!(db.asked(limited.id).await.pop(), Some(told));
}

async fn reasons_go_with_the_trail(db: &Db) {
    let id = db.queued(ADDRESS).await;
    let (_, lease) = db.claim_one(START).await;
    db.store.needs_attention(&lease, Attention::GaveUp, "timeout", false, START).await.unwrap();
    let because = reason("she called");
    let by = RequestedBy { requester: &root(), reason: Some(&because) };
    db.store.retry(id, by, START).await.unwrap();
    db.finish_all(START).await;
    let stored = "SELECT COALESCE(requester, '') || COALESCE(reason, '') FROM operation \
         WHERE requester IS NOT NULL OR reason IS NOT NULL UNION ALL \
         SELECT COALESCE(requester, '') || COALESCE(reason, '') FROM event \
         WHERE requester IS NOT NULL OR reason IS NOT NULL";
    assert_eq!(db.raw(stored).await.len(), 2);
    let cutoff = Cutoff { until: later(1), duplicates_until: later(1) };
    assert_eq!(db.store.prune(Prunable::Trails, cutoff).await.unwrap(), 1);
    assert_eq!(db.raw(stored).await, []);
    assert_eq!(db.read(id).await.stage, Stage::Done, "the signup stays");
}
