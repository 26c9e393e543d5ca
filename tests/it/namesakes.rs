//! Names: namesakes, other scripts, and signs that mean something in a URL.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use accountcreator::{
    domain::Stage,
    sandbox::{ExistingUser, Fault, FaultKind, Faults, Operation, Tenant},
};
use tokio::{sync::Barrier, task::JoinSet};

use crate::support::{Setup, Student, TestApp};

const DOMAIN: &str = "students.example.edu";

/// A tenant where `max.muster` has these numbers already; 1 is the bare name.
fn with_namesakes(numbers: impl IntoIterator<Item = u32>) -> Setup {
    let name = |number| match number {
        1 => format!("Max.Muster@{DOMAIN}"),
        _ => format!("max.muster.{number}@{DOMAIN}"),
    };
    let others =
        ["max.mustermann", "max.muster.x", "max.musterfrau.2"].map(|name| format!("{name}@{DOMAIN}"));
    let users = numbers.into_iter().map(name).chain(others).map(|user_principal_name| ExistingUser {
        user_principal_name,
        display_name: "Max Muster".to_owned(),
        password: "their own secret 1".to_owned(),
    });
    Setup { tenant: Tenant { users: users.collect(), ..Tenant::default() }, ..Setup::default() }
}

fn name_of(app: &TestApp, student: &Student) -> String {
    let name = app.assert_one_account(student).user_principal_name;
    name.strip_suffix(&format!("@{DOMAIN}")).unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_namesakes_at_once_are_fifty_accounts() {
    let app = TestApp::start().await;
    let (ready, mut sending) = (Arc::new(Barrier::new(50)), JoinSet::new());
    let browser = app.browser();
    for number in 0..50 {
        let (mut browser, ready) = (browser.clone(), Arc::clone(&ready));
        sending.spawn(async move {
            let form = browser.open("/en").await;
            ready.wait().await;
            browser.submit(&form, &Student::new(number, "Max", "Muster").fields()).await.path
        });
    }
    assert_eq!(sending.join_all().await.into_iter().collect::<BTreeSet<_>>().len(), 50);
    app.settle().await;
    let names: BTreeSet<_> =
        (0..50).map(|number| name_of(&app, &Student::new(number, "Max", "Muster"))).collect();
    let numbered = (2..=50).map(|number| format!("max.muster.{number}"));
    assert_eq!(names, numbered.chain(["max.muster".to_owned()]).collect());
    assert_eq!(app.users().len(), 50);
    assert_eq!(app.graph_requests().len(), 100, "our own namesakes cost nothing");
}

#[tokio::test]
async fn namesakes_in_the_tenant_cost_one_look_one_query_and_one_post_however_many() {
    for (there, free) in [
        ((1..=1).collect::<Vec<_>>(), "max.muster.2"),
        ((1..=130).collect(), "max.muster.131"),
        ((1..=130).filter(|number| *number != 57).collect(), "max.muster.57"),
        (vec![1, 3, 1_000_000], "max.muster.2"),
    ] {
        let app = TestApp::with(with_namesakes(there)).await;
        let student = Student::new(1, "Max", "Muster");
        app.sign_up(&student).await;
        app.work().await;
        assert_eq!(name_of(&app, &student), free);
        let cost = [
            Operation::CreateUser,
            Operation::GetUser,
            Operation::ListUsers,
            Operation::CreateUser,
            Operation::Batch,
        ];
        assert_eq!(app.graph_requests(), cost, "{free}");
        assert!(app.sandbox.mails_to(&student.email)[0].text.contains(free));
    }
}

#[tokio::test]
async fn a_free_bare_name_is_taken_whatever_numbers_there_are() {
    let app = TestApp::with(with_namesakes(2..=5)).await;
    let student = Student::new(1, "Max", "Muster");
    app.sign_up(&student).await;
    app.work().await;
    assert_eq!(name_of(&app, &student), "max.muster");
    assert_eq!(app.graph_requests(), [Operation::CreateUser, Operation::Batch]);
}

#[tokio::test]
async fn a_name_that_is_taken_between_query_and_post_leads_to_the_next() {
    let app = TestApp::with(with_namesakes([1])).await;
    let other = app.neighbour().await;
    app.advance(Duration::from_secs(600));
    // As long as the news of a user travels, a query does not list it, and yet its name is taken.
    app.sandbox.set_faults(Faults::default().lag(Duration::from_secs(120)));
    let (theirs, ours) = (Student::new(1, "Max", "Muster"), Student::new(2, "Max", "Muster"));
    other.sign_up(&theirs).await;
    other.work().await;
    app.sandbox.clear_requests();
    app.sign_up(&ours).await;
    app.work().await;
    let looks = [Operation::CreateUser, Operation::GetUser];
    assert_eq!(app.graph_requests(), [&looks[..], &[Operation::ListUsers], &looks].concat());
    assert_eq!(app.users().len(), 5, "whose the second name is cannot be seen yet");

    other.settle().await;
    app.settle().await;
    assert_eq!(name_of(&app, &theirs), "max.muster.2");
    assert_eq!(name_of(&app, &ours), "max.muster.3");
    assert_eq!(app.users().len(), 6);
}

#[tokio::test]
async fn two_services_share_a_tenant_without_sharing_a_name() {
    let app = TestApp::start().await;
    let other = app.neighbour().await;
    for number in 0..10 {
        let service = if number % 2 == 0 { &app } else { &other };
        service.sign_up(&Student::new(number, "Max", "Muster")).await;
    }
    let (first, second) = tokio::join!(app.worker.run_due(), other.worker.run_due());
    assert_eq!((first.unwrap(), second.unwrap()), (5, 5));
    app.settle().await;
    other.settle().await;
    let names: BTreeSet<_> =
        (0..10).map(|number| name_of(&app, &Student::new(number, "Max", "Muster"))).collect();
    assert_eq!(names.len(), 10);
    assert_eq!(app.users().len(), 10);
}

#[tokio::test]
async fn every_script_gets_a_usable_name() {
    let signup = "username_choice = \"never\"".to_owned();
    let app = TestApp::with(Setup { signup, ..Setup::default() }).await;
    for (number, (first, last, name)) in [
        ("小明", "王", "xiaoming.wang"),
        ("Дмитрий", "Иванов", "dmitriy.ivanov"),
        ("Thị Hoa", "Nguyễn", "thi-hoa.nguyen"),
        ("Łukasz", "Wiśniewski", "lukasz.wisniewski"),
        ("Øystein", "Ødegård", "oeystein.oedegaard"),
        ("محمد", "الأحمد", "mohammed.alahmed"),
        ("ธนกร", "สุดารัตน์", "thanakon.sudarat"),
        ("Λουκάς", "Παπαδόπουλος", "loukas.papadopoulos"),
        ("Олексій", "Гончаренко", "oleksii.honcharenko"),
        ("Jürgen", "Groß", "juergen.gross"),
    ]
    .into_iter()
    .enumerate()
    {
        let student = Student::new(number.try_into().unwrap(), first, last);
        app.sign_up(&student).await;
        app.work().await;
        assert_eq!(name_of(&app, &student), name);
        let display = app.assert_one_account(&student).display_name;
        let shown = if last == "王" { format!("{last}{first}") } else { format!("{first} {last}") };
        assert_eq!(display, shown, "the name itself is kept");
    }
}

const SELECT_OWNERS: &str = "%24select=userPrincipalName%2Cid%2CcreatedDateTime%2CemployeeId%2ConPremisesExtensionAttributes&%24top=200";

/// The forms that a URL of ours can have: nothing of a name in them but letters, digits and `. - _`.
fn is_known(path: &str) -> bool {
    let path = path.strip_prefix("/v1.0").unwrap_or(path);
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let is_plain = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b));
    let is_query = |query: &str| match query.strip_prefix("%24filter=startswith%28userPrincipalName%2C%27") {
        Some(rest) => {
            rest.split_once("%27%29&").is_some_and(|(name, rest)| is_plain(name) && rest == SELECT_OWNERS)
        }
        None => query.is_empty() || query.bytes().all(|b| b.is_ascii_alphanumeric() || b"$%=,_".contains(&b)),
    };
    let is_path = match path.split('/').collect::<Vec<_>>()[..] {
        ["", "users"] | ["", "$batch"] => true,
        ["", "users", user] => is_plain(&user.replace("%40", "").replace('@', "")),
        ["", "users", user, "assignLicense"] => is_plain(user),
        ["", "groups", group, "members", "$ref"] => is_plain(group),
        _ => path.ends_with("/oauth2/v2.0/token"),
    };
    is_path && is_query(query)
}

#[tokio::test]
async fn no_sign_of_a_name_means_anything_in_a_url() {
    let hostile = [
        "O'Neill",
        "c' or 'a' eq 'a",
        "' or a eq b",
        "a'), (b eq 'c",
        "d''Arc",
        "! ' \" (x)",
        ".. a.. .b",
        "null) or not(x",
        "a, b",
    ];
    let app = TestApp::start().await;
    for (number, name) in hostile.iter().enumerate() {
        // Each name twice, so that a number is looked for; the first answer is lost, so that the name is looked up.
        app.fault(Operation::CreateUser, [Fault::new(FaultKind::ResetAfter).times(1)]);
        for (again, service) in [&app, &app.neighbour().await].into_iter().enumerate() {
            let number = u32::try_from(number * 2 + again).unwrap();
            let student = Student::new(number, name, hostile[(number as usize * 5 + 1) % hostile.len()]);
            let page = service.sign_up(&student).await;
            assert!(page.path.contains("/signups/"), "{name}: {}", page.body);
            service.settle().await;
            assert_eq!(service.signup_of(&student).await.stage, Stage::Done, "{name}");
        }
    }
    assert_eq!(app.users().len(), hostile.len() * 2);
    let asked: BTreeSet<Operation> = app.graph_requests().into_iter().collect();
    assert!(
        asked.is_superset(&[Operation::GetUser, Operation::CreateUser, Operation::Batch].into()),
        "{asked:?}"
    );
    for request in app.sandbox.requests() {
        let inner = request.items.iter().map(|item| item.path.as_str());
        for path in inner.chain([request.path.as_str()]) {
            assert!(is_known(path), "{path}");
        }
    }
}
