//! Version 2 of the API: a signup is made and followed, every status, keys of requests that are sent twice, limits, and
//! pages of other sites.

use std::time::Duration;

use accountcreator::domain::Stage;
use serde_json::{Value, json};

use crate::support::{
    Api, Log, Setup, Student, TestApp,
    api::{Answer, but, consenting},
    code_in,
};

const SIGNUPS: &str = "/api/v2/signups";
const KEY: &str = "\"8e03978e-40d5-43dd-bc93-6894a57f9324\"";
const PROBLEM: &str = "application/problem+json";

fn ada() -> Student {
    Student::new(1, "Ada", "Lovelace")
}

async fn made(api: &Api, student: &Student) -> Answer {
    let answer = api.post(SIGNUPS, &consenting(student)).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    assert_eq!(answer.header("location"), answer.text("/status"));
    answer
}

fn states(signup: &Answer) -> Vec<(&str, &str)> {
    let steps = signup.json["steps"].as_array().unwrap().iter();
    steps.map(|step| (step["step"].as_str().unwrap(), step["state"].as_str().unwrap())).collect()
}

#[tokio::test]
async fn a_signup_is_made_and_followed_to_its_end() {
    let app = TestApp::start().await;
    let api = Api::of(&app).await.speaking("de");
    let service = api.get("/api/v2/").await;
    assert_eq!(service.json["consentVersion"], "1");
    assert_eq!(service.json["languages"].as_array().unwrap().len(), 10);
    let answer = made(&api, &ada()).await;
    assert!(answer.text("/status").starts_with(&format!("http://{}{SIGNUPS}/", app.address)));
    assert!(answer.text("/page").starts_with(&format!("http://{}/de/signups/", app.address)));

    let queued = api.get(answer.text("/status")).await;
    assert_eq!((queued.status, queued.text("/stage")), (200, "queued"));
    assert_eq!(queued.text("/mailTo"), "s•••@stud.example.edu");
    assert_eq!(queued.text("/username"), "ada.lovelace@students.example.edu");
    let all = ["create_account", "grant_access", "send_mail"];
    assert_eq!(states(&queued), [(all[0], "running"), (all[1], "waiting"), (all[2], "waiting")]);
    assert!(queued.json.get("openUntil").is_none() && queued.json.get("waiting").is_none());

    app.settle().await;
    let done = api.get(&format!("{}/", answer.text("/status"))).await;
    assert_eq!(done.text("/stage"), "done");
    assert_eq!(states(&done), all.map(|step| (step, "done")));
    assert_eq!(done.text("/createdAt"), queued.text("/createdAt"));
    assert!(!done.text("/openUntil").is_empty());
    app.assert_accounts(&[ada()]).await;
    let signup = app.signup_of(&ada()).await;
    assert_eq!((signup.locale.to_string().as_str(), signup.consent.text_version.as_str()), ("de", "1"));
    let page = app
        .browser()
        .open(done.text("/page").strip_prefix(&format!("http://{}", app.address)).unwrap())
        .await;
    assert_eq!(page.value_of("html", "lang").as_deref(), Some("de"));

    app.advance(Duration::from_hours(15 * 24));
    assert_eq!(api.get(answer.text("/status")).await.status, 404, "its time is over");
}

#[tokio::test]
async fn what_is_in_the_way_is_told() {
    let unknown = "11111111-2222-4333-8444-555555555555".parse().unwrap();
    let app = TestApp::with(Setup { licences: vec![unknown], ..Setup::default() }).await;
    let api = Api::of(&app).await;
    let answer = made(&api, &ada()).await;
    app.work().await;
    let stuck = api.get(answer.text("/status")).await;
    assert_eq!(stuck.text("/stage"), "needs_attention");
    assert!(states(&stuck).contains(&("grant_access", "stuck")), "{}", stuck.body);

    let mut tenant = Setup::default().tenant;
    tenant.skus[0].enabled = 0;
    let app = TestApp::with(Setup { tenant, ..Setup::default() }).await;
    let api = Api::of(&app).await;
    let answer = made(&api, &ada()).await;
    app.work().await;
    assert_eq!(api.get(answer.text("/status")).await.text("/waiting"), "no_seats");
}

#[tokio::test]
async fn with_confirmation_the_page_takes_the_code() {
    for (signup, bots) in [("confirm_email = true", "min_time = \"0s\""), ("", "proof_of_work = true")] {
        let setup = Setup { signup: signup.to_owned(), bots: bots.to_owned(), ..Setup::default() };
        let app = TestApp::with(setup).await;
        let api = Api::of(&app).await;
        let answer = made(&api, &ada()).await;
        app.work().await;
        let awaiting = api.get(answer.text("/status")).await;
        assert_eq!(awaiting.text("/stage"), "awaiting_confirmation");
        assert!(!awaiting.text("/confirmUntil").is_empty() && awaiting.json.get("username").is_none());
        let code = code_in(&app.sandbox.mails_to(&ada().email)[0]);
        let mut browser = app.browser();
        let page = browser.open(answer.text("/page")).await;
        browser.submit(&page, &[("code", &code)]).await;
        app.settle().await;
        assert_eq!(api.get(answer.text("/status")).await.text("/stage"), "done");
    }
}

#[tokio::test]
async fn a_known_address_is_answered_like_any_other() {
    let app = TestApp::start().await;
    let api = Api::of(&app).await;
    let first = made(&api, &ada()).await;
    let second = made(&api, &ada()).await;
    assert_ne!(first.text("/status"), second.text("/status"), "nobody gets at another's signup");
    let seen = |answer: Answer| (answer.text("/stage").to_owned(), answer.json["steps"].clone());
    assert_eq!(
        seen(api.get(second.text("/status")).await),
        seen(api.get(first.text("/status")).await),
        "nor learns that there is one"
    );
    app.settle().await;
    assert_eq!(app.users().len(), 1);

    let signup = "disclose_registered = true".to_owned();
    let app = TestApp::with(Setup { signup, ..Setup::default() }).await;
    let (english, german) = (Api::of(&app).await.speaking("en"), Api::of(&app).await.speaking("de"));
    made(&english, &ada()).await;
    for (api, word) in [(&english, "already"), (&german, "schon")] {
        let told = api.post(SIGNUPS, &consenting(&ada())).await;
        assert_eq!((told.status, told.text("/errors/0/pointer")), (422, "#/email"));
        assert!(told.text("/errors/0/detail").contains(word), "{}", told.body);
    }
}

#[tokio::test]
async fn faults_are_problems_that_name_each_field() {
    let app = TestApp::start().await;
    let english = Api::of(&app).await.speaking("en");
    let german = Api::of(&app).await.speaking("de");
    let body = json!({ "firstName": "", "lastName": 7, "email": "ada@elsewhere.example", "consent": "0", "a/b~c d": 1 });
    let answer = english.post(SIGNUPS, &body).await;
    let id = answer.text("/requestId").to_owned();
    let errors = [
        ("#/lastName", "This field must be text."),
        (
            "#/email",
            "This address cannot be used here. Enter the one your university gave you, or write to support@example.edu \
             if this is it.",
        ),
        (
            "#/consent",
            "Name the version of the consent texts that the person has agreed to. The current one is 1.",
        ),
        ("#/a~1b~0c%20d", "There is no such field."),
    ];
    let expected = json!({
        "type": format!("http://{}/api/redoc#invalid-fields", app.address),
        "title": "The request cannot be used as it is",
        "status": 422,
        "detail": "The list of errors says what to change.",
        "errors": errors.map(|(pointer, detail)| json!({ "pointer": pointer, "detail": detail })),
        "requestId": id,
    });
    assert_eq!(answer.json, expected);
    assert_eq!(answer.header("content-type"), PROBLEM);
    let told = german.post(SIGNUPS, &body).await;
    assert_eq!(
        (told.header("content-language").as_str(), told.text("/title")),
        ("de", "So ist die Anfrage nicht verwendbar")
    );
    assert!(
        told.json["errors"]
            .as_array()
            .unwrap()
            .iter()
            .all(|error| !answer.body.contains(&error["detail"].to_string()))
    );
    for (first, last, pointer) in
        [("", "Lovelace", "#/firstName"), ("Ad", "min", "#/firstName"), ("Ada", "1", "#/lastName")]
    {
        let answer = english.post(SIGNUPS, &consenting(&Student::new(1, first, last))).await;
        assert_eq!((answer.status, answer.text("/errors/0/pointer")), (422, pointer));
    }
    assert!(app.all_signups().await.is_empty());
}

#[tokio::test]
async fn every_other_failure_is_a_problem_in_the_language_asked_for() {
    let app = TestApp::start().await;
    let forged = format!("{SIGNUPS}/{}", "A".repeat(43));
    let cases = [
        ("POST", SIGNUPS, "application/json", b"{".to_vec(), 400, "Bad Request"),
        ("GET", "/api/v2/nothing", "", Vec::new(), 404, "Not Found"),
        ("GET", "/api/v2/signups/x", "", Vec::new(), 404, "Not Found"),
        ("GET", &forged, "", Vec::new(), 404, "Not Found"),
        ("DELETE", &forged, "", Vec::new(), 405, "Method Not Allowed"),
        ("GET", SIGNUPS, "", Vec::new(), 405, "Method Not Allowed"),
        ("OPTIONS", SIGNUPS, "", Vec::new(), 405, "Method Not Allowed"),
        ("POST", SIGNUPS, "application/json", vec![b' '; 70_000], 413, "Payload Too Large"),
        ("POST", SIGNUPS, "", b"{}".to_vec(), 415, "Unsupported Media Type"),
    ];
    let english = Api::of(&app).await.speaking("en");
    let german = Api::of(&app).await.with("accept-language", "de");
    let mut ids = std::collections::BTreeSet::new();
    for (method, path, kind, body, status, title) in cases {
        let mut details = Vec::new();
        for api in [&english, &german] {
            let answer = api.send(method, path, kind, body.clone()).await;
            assert_eq!(
                (answer.status, answer.text("/title"), answer.text("/type")),
                (status, title, "about:blank")
            );
            assert_eq!(answer.json["status"], status);
            assert_eq!(answer.headers.contains_key("allow"), status == 405);
            assert!(ids.insert(answer.text("/requestId").to_owned()), "each request has its own id");
            details.push(answer.text("/detail").to_owned());
        }
        assert_ne!(details[0], details[1]);
    }
    let status = made(&english, &ada()).await;
    app.store.close().await;
    for (api, word) in [(&english, "try again"), (&german, "versuch")] {
        let lost = [api.post(SIGNUPS, &consenting(&ada())).await, api.get(status.text("/status")).await];
        for answer in lost {
            assert_eq!((answer.status, answer.text("/title")), (503, "Service Unavailable"));
            assert!(answer.text("/detail").contains(word) && !answer.header("retry-after").is_empty());
        }
    }
}

#[tokio::test]
async fn a_request_with_a_key_may_be_sent_again() {
    let log = Log::capture();
    let app = TestApp::start().await;
    let api = Api::of(&app).await.with("idempotency-key", KEY).speaking("de");
    let first = made(&api, &ada()).await;
    app.settle().await;
    let again = made(&api.speaking("en"), &ada()).await;
    assert_eq!(again.json, first.json, "the same answer, however far the signup is");
    let bare = Api::of(&app).await.with("idempotency-key", KEY.trim_matches('"'));
    assert_eq!(made(&bare, &ada()).await.json, first.json);
    let spelled = Student { email: ada().email.to_uppercase(), ..ada() };
    assert_eq!(made(&bare, &spelled).await.json, first.json, "the same address, however it is written");

    for (language, word) in [("en", "another"), ("de", "andere")] {
        let api = Api::of(&app).await.with("idempotency-key", KEY).speaking(language);
        for other in [Student::new(2, "Ada", "Lovelace"), Student::new(1, "Ada", "Byron")] {
            let refused = api.post(SIGNUPS, &consenting(&other)).await;
            assert_eq!(refused.status, 422);
            assert!(refused.text("/type").ends_with("/api/redoc#key-of-another-request"));
            assert!(refused.text("/title").contains(word), "{}", refused.body);
        }
    }
    assert_eq!(app.all_signups().await.len(), 1);
    let other = Api::of(&app).await.with("idempotency-key", "another key, with blanks");
    assert_eq!(other.post(SIGNUPS, &consenting(&ada())).await.status, 400);
    let short = Api::of(&app).await.with("idempotency-key", "short").speaking("de");
    let refused = short.post(SIGNUPS, &consenting(&ada())).await;
    assert_eq!((refused.status, refused.header("content-language").as_str()), (400, "de"));
    log.assert_without(&[KEY.trim_matches('"')]);
}

#[tokio::test]
async fn a_key_outlives_the_process_and_holds_for_a_day() {
    let app = TestApp::start().await;
    let keyed = async |app: &TestApp| Api::of(app).await.with("idempotency-key", KEY);
    let status = |answer: &Answer| answer.text("/status").rsplit('/').next().unwrap().to_owned();
    let first = made(&keyed(&app).await, &ada()).await;
    let app = app.restart().await;
    assert_eq!(status(&made(&keyed(&app).await, &ada()).await), status(&first));
    let other = Student::new(2, "Grace", "Hopper");
    assert_eq!(keyed(&app).await.post(SIGNUPS, &consenting(&other)).await.status, 422);
    app.advance(Duration::from_hours(24));
    let second = made(&keyed(&app).await, &other).await;
    assert_ne!(status(&second), status(&first), "it leads to nobody else's signup");
    app.settle().await;
    app.assert_accounts(&[ada(), other]).await;
}

#[tokio::test]
async fn of_many_at_once_with_one_key_all_get_the_same() {
    let app = TestApp::start().await;
    let api = Api::of(&app).await.with("idempotency-key", KEY);
    let body = consenting(&ada());
    let send = || api.post(SIGNUPS, &body);
    let (a, b, c, d) = tokio::join!(send(), send(), send(), send());
    for answer in [&a, &b, &c, &d] {
        assert_eq!((answer.status, &answer.json), (201, &a.json));
    }
    assert_eq!(app.stages().await, [Stage::Queued]);
}

#[tokio::test]
async fn what_is_left_of_the_limit_is_told() {
    let limits = Setup::default()
        .limits
        .replace("submissions_per_network = \"off\"", "submissions_per_network = \"2/1h\"");
    let app = TestApp::with(Setup { limits, ..Setup::default() }).await;
    let (english, german) = (Api::of(&app).await.speaking("en"), Api::of(&app).await.speaking("de"));
    for (number, left) in [(1, "\"submissions\";r=1"), (2, "\"submissions\";r=0")] {
        let answer = made(&english, &Student::new(number, "Ada", "Lovelace")).await;
        assert_eq!(answer.header("ratelimit"), left);
        assert_eq!(answer.header("ratelimit-policy"), "\"submissions\";q=2;w=3600");
    }
    for (api, word) in [(&english, "30\u{A0}minutes"), (&german, "30\u{A0}Minuten")] {
        let refused = api.post(SIGNUPS, &consenting(&Student::new(3, "Ada", "Lovelace"))).await;
        assert_eq!((refused.status, refused.text("/title")), (429, "Too Many Requests"));
        assert_eq!(refused.header("ratelimit"), "\"submissions\";r=0;t=1800");
        assert_eq!(refused.header("retry-after"), "1800");
        assert!(refused.text("/detail").contains(word), "{}", refused.body);
    }
    let unlimited = TestApp::start().await;
    let answer = made(&Api::of(&unlimited).await, &ada()).await;
    assert!(!answer.headers.contains_key("ratelimit"), "what is not limited has no limit to tell");
}

#[tokio::test]
async fn requests_for_one_address_are_taken_beyond_the_limit_on_its_mails() {
    let limits = Setup::default().limits.replace("mails_per_address = []", "mails_per_address = [\"2/1h\"]");
    let setup = Setup { limits, signup: "confirm_email = true".to_owned(), ..Setup::default() };
    let app = TestApp::with(setup).await;
    let api = Api::of(&app).await;
    for _ in 0..8 {
        made(&api, &ada()).await;
    }
    app.work().await;
    assert_eq!(app.sandbox.mails().len(), 2);
}

#[tokio::test]
async fn pages_of_the_sites_that_are_named_may_use_it() {
    let sections = "[api]\nallowed_origins = [\"https://www.example.edu\"]".to_owned();
    let app = TestApp::with(Setup { sections, ..Setup::default() }).await;
    let guest =
        Api::of(&app).await.with("origin", "https://www.example.edu").with("sec-fetch-site", "same-site");
    let answer = made(&guest, &ada()).await;
    assert_eq!(answer.header("access-control-allow-origin"), "https://www.example.edu");
    assert!(answer.header("access-control-expose-headers").contains("location"));
    assert!(answer.header("vary").contains("origin"));
    let refused = guest.post(SIGNUPS, &json!({})).await;
    assert_eq!(
        refused.header("access-control-allow-origin"),
        "https://www.example.edu",
        "errors are readable too"
    );

    let asking = guest.with("access-control-request-method", "POST");
    let allowed = asking.send("OPTIONS", SIGNUPS, "", Vec::new()).await;
    assert_eq!((allowed.status, allowed.body.as_str()), (204, ""));
    assert_eq!(allowed.header("access-control-allow-methods"), "GET, HEAD, POST");
    for name in ["content-type", "lang", "idempotency-key"] {
        assert!(allowed.header("access-control-allow-headers").contains(name), "{name}");
    }
    for origin in
        ["https://example.edu", "http://www.example.edu", "https://www.example.edu.evil.example", "null"]
    {
        let stranger =
            Api::of(&app).await.with("origin", origin).with("access-control-request-method", "POST");
        let refused = stranger.send("OPTIONS", SIGNUPS, "", Vec::new()).await;
        assert_eq!(refused.status, 405, "{origin}");
        assert_eq!(stranger.post(SIGNUPS, &consenting(&ada())).await.status, 403, "{origin}");
        assert!(refused.header("access-control-allow-origin").is_empty());
    }
    let mut lured = app.browser().on_the_site("https://www.example.edu");
    let form = lured.open("/en").await;
    assert_eq!(lured.submit_only(&form, &ada().fields()).await.status, 403, "the form is not the API");
    assert!(!form.headers.contains_key("access-control-allow-origin"));
}

#[tokio::test]
async fn the_description_is_stable() {
    let app = TestApp::start().await;
    let api = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut documents = Vec::new();
    for name in ["openapi.json", "api-spec.json"] {
        let answer = api.get(format!("http://{}/api/{name}", app.address)).send().await.unwrap();
        assert_eq!(answer.headers()["content-type"], "application/json");
        documents.push(answer.json::<Value>().await.unwrap());
    }
    assert_eq!(documents[0], documents[1]);
    let server = documents[0]["servers"][0]["url"].as_str().unwrap();
    let found = api.get(format!("{server}/api/openapi.json")).send().await.unwrap();
    assert_eq!(found.status(), 200, "paths are appended to {server}");
    let document = but(documents.remove(0), "servers", json!([]));
    insta::assert_snapshot!(serde_json::to_string_pretty(&document).unwrap());
}

#[tokio::test]
async fn a_program_passes_on_the_username_that_a_person_has_picked() {
    let app = TestApp::start().await;
    let api = Api::of(&app).await;
    let student = Student::new(1, "محمد", "الأحمد");
    let with = |username: &str| but(consenting(&student), "username", json!(username));
    let refused = api.post(SIGNUPS, &with("rector")).await;
    assert_eq!(refused.status, 422, "{}", refused.body);
    assert_eq!(refused.text("/errors/0/pointer"), "#/username");
    let usernames = "mohammed.alahmed, muhammad.elahmad, mohamed.alahmed";
    assert!(refused.body.contains(usernames), "{}", refused.body);
    let malformed = api.post(SIGNUPS, &but(consenting(&student), "username", json!(1))).await;
    assert_eq!((malformed.status, malformed.text("/errors/0/pointer")), (422, "#/username"));
    let made = api.post(SIGNUPS, &with("mohamed.alahmed")).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let signup = api.get(made.text("/status")).await;
    assert_eq!(signup.text("/username"), "mohamed.alahmed@students.example.edu");
    // Without it, the most usual one is taken.
    let other = Student::new(2, "محمد", "الأحمد");
    let made = api.post(SIGNUPS, &consenting(&other)).await;
    let signup = api.get(made.text("/status")).await;
    assert_eq!(signup.text("/username"), "mohammed.alahmed@students.example.edu");
}
