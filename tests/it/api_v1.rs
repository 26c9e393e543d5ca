//! Version 1 of the API, as the front end of MS365-Accountcreator uses it: its calls, and every status they can get.

use std::{pin::pin, time::Duration};

use accountcreator::{
    domain::{Attention, Stage},
    sandbox::{Fault, Operation},
};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::support::{
    Api, Setup, Student, TestApp,
    api::{Answer, account, but},
};

const CREATE: &str = "/api/v1/account_creation";
const VERIFY: &str = "/api/v1/email-verification";

fn ada() -> Student {
    Student::new(1, "Ada", "Lovelace")
}

fn strange(student: &Student) -> Student {
    Student { email: "ada@elsewhere.example".to_owned(), ..student.clone() }
}

/// Asks for an account while the worker works.
async fn create(app: &TestApp, api: &Api, student: &Student) -> Answer {
    let body = account(student);
    let mut answer = pin!(api.post(CREATE, &body));
    loop {
        tokio::select! {
            biased;
            answer = &mut answer => return answer,
            () = tokio::task::yield_now() => {}
        }
        app.work().await;
    }
}

/// The same while nothing happens but that time passes: how long until the answer.
async fn create_while_time_passes(app: &TestApp, api: &Api, student: &Student) -> (Answer, Duration) {
    let (body, start) = (account(student), app.clock.now());
    let mut answer = pin!(api.post(CREATE, &body));
    loop {
        tokio::select! {
            biased;
            answer = &mut answer => return (answer, app.clock.now().since(start)),
            () = tokio::task::yield_now() => {}
        }
        if !app.all_signups().await.is_empty() {
            app.clock.advance(Duration::from_millis(100));
        }
    }
}

#[tokio::test]
async fn the_front_end_of_the_original_gets_an_account() {
    let app = TestApp::start().await;
    for (language, student) in
        [("de", Student::new(1, "Jörg", "Groß")), ("en", ada())].into_iter().enumerate()
    {
        let (number, (language, student)) = (language, student);
        let student = Student { email: format!("st00000{number}@stud.example.edu"), ..student };
        let api = Api::of(&app).await.speaking(language).with("accept-language", "fr");
        let versions = api.get("/api/").await;
        let operations = api.get(versions.text("/v1")).await;
        let verified =
            api.post(operations.text("/emailVerification"), &json!({ "email": student.email })).await;
        assert_eq!((verified.status, verified.json), (200, json!({ "valid": true })));

        assert_eq!(operations.text("/accountCreation"), format!("http://{}{CREATE}", app.address));
        let created = create(&app, &api, &student).await;
        assert_eq!((created.status, created.body.as_str()), (204, ""));
        app.assert_one_account(&student);
        assert_eq!(app.signup_of(&student).await.locale.to_string(), language);
        assert_eq!(app.signup_of(&student).await.consent.text_version, "asked by the calling program");
    }
}

#[tokio::test]
async fn the_addresses_are_those_of_the_original_with_and_without_a_slash() {
    let app = TestApp::start().await;
    let api = Api::of(&app).await;
    let at = |path: &str| format!("http://{}{path}", app.address);
    for path in ["/api", "/api/"] {
        let versions = api.get(path).await;
        assert_eq!(versions.json, json!({ "title": "accountcreator API", "v1": at("/api/v1/") }));
    }
    for path in ["/api/v1", "/api/v1/"] {
        let expected = json!({ "accountCreation": at(CREATE), "emailVerification": at(VERIFY) });
        assert_eq!(api.get(path).await.json, expected);
    }
    for path in [VERIFY, "/api/v1/email-verification/"] {
        assert_eq!(api.post(path, &json!({ "email": ada().email })).await.json, json!({ "valid": true }));
    }
    for path in [CREATE, "/api/v1/account_creation/"] {
        assert_eq!(api.post(path, &account(&strange(&ada()))).await.status, 400);
    }
    assert!(app.all_signups().await.is_empty());
}

#[tokio::test]
async fn it_answers_when_the_account_is_there_and_not_before() {
    let app = TestApp::start().await;
    let api = Api::of(&app).await;
    assert_eq!(create(&app, &api, &ada()).await.status, 204);
    assert_eq!(app.signup_of(&ada()).await.stage, Stage::Done);
    assert_eq!(app.sandbox.mails_to(&ada().email).len(), 1, "the mail is out");
}

#[tokio::test]
async fn a_worker_elsewhere_is_noticed_too() {
    let app = TestApp::start().await;
    let other = app.another().await;
    let api = Api::of(&app).await;
    let body = account(&ada());
    let mut answer = pin!(api.post(CREATE, &body));
    let answer = loop {
        tokio::select! {
            biased;
            answer = &mut answer => break answer,
            () = tokio::task::yield_now() => {}
        }
        if other.work().await > 0 {
            assert_eq!(app.signup_of(&ada()).await.stage, Stage::Done);
        }
        app.clock.advance(Duration::from_millis(10));
    };
    assert_eq!(answer.status, 204);
    app.assert_one_account(&ada());
}

/// No time passes here: but for the end of the worker, nothing would end the waiting.
#[tokio::test]
async fn nobody_waits_for_a_worker_that_ends() {
    let app = TestApp::start().await;
    let api = Api::of(&app).await;
    let (body, shutdown) = (account(&ada()), CancellationToken::new());
    shutdown.cancel();
    let mut answer = pin!(api.post(CREATE, &body));
    let answer = loop {
        tokio::select! {
            biased;
            answer = &mut answer => break answer,
            () = tokio::task::yield_now() => {}
        }
        app.worker.clone().run(shutdown.clone()).await;
    };
    assert_eq!(answer.status, 204);
    assert_eq!(app.stages().await, [Stage::Queued], "it is safe, and the next worker's");
}

#[tokio::test]
async fn what_takes_longer_is_safe_and_follows() {
    let setup = Setup { sections: "[api]\nwait = \"3s\"".to_owned(), ..Setup::default() };
    let app = TestApp::with(setup).await;
    let (answer, took) = create_while_time_passes(&app, &Api::of(&app).await, &ada()).await;
    assert_eq!((answer.status, answer.body.as_str()), (204, ""));
    assert!(took >= Duration::from_secs(3), "{took:?}");
    assert_eq!(app.stages().await, [Stage::Queued]);
    app.settle().await;
    app.assert_accounts(&[ada()]).await;
}

#[tokio::test]
async fn what_needs_a_person_is_safe_and_need_not_be_waited_for() {
    let unknown = "11111111-2222-4333-8444-555555555555".parse().unwrap();
    let app = TestApp::with(Setup { licences: vec![unknown], ..Setup::default() }).await;
    let before = app.clock.now();
    assert_eq!(create(&app, &Api::of(&app).await, &ada()).await.status, 204);
    assert_eq!(app.attention(&ada()).await, Some(Attention::LicenceUnknown));
    assert_eq!(app.clock.now(), before, "nothing more happens by itself");
}

#[tokio::test]
async fn a_tenant_that_is_down_loses_no_request() {
    let setup = Setup { sections: "[api]\nwait = \"1s\"".to_owned(), ..Setup::default() };
    let app = TestApp::with(setup).await;
    app.fault(Operation::CreateUser, [Fault::status(503).times(2)]);
    let (answer, _) = create_while_time_passes(&app, &Api::of(&app).await, &ada()).await;
    assert_eq!(answer.status, 204);
    app.settle().await;
    app.assert_accounts(&[ada()]).await;
}

#[tokio::test]
async fn the_same_request_sent_again_is_one() {
    let app = TestApp::start().await;
    let api = Api::of(&app).await;
    for _ in 0..3 {
        assert_eq!(create(&app, &api, &ada()).await.status, 204);
    }
    app.assert_accounts(&[ada()]).await;
    assert_eq!(app.all_signups().await.len(), 1);

    app.advance(Duration::from_hours(1));
    assert_eq!(create(&app, &api, &ada()).await.status, 204, "who asks later learns nothing");
    app.settle().await;
    assert_eq!(app.all_signups().await.len(), 2);
    let reminders = app.sandbox.mails_to(&ada().email);
    assert_eq!(reminders.len(), 2, "but the owner of the address is told");
    assert_eq!(app.users().len(), 1);
}

#[tokio::test]
async fn with_confirmation_the_mail_asks() {
    for (signup, bots) in [("confirm_email = true", "min_time = \"0s\""), ("", "proof_of_work = true")] {
        let setup = Setup { signup: signup.to_owned(), bots: bots.to_owned(), ..Setup::default() };
        let app = TestApp::with(setup).await;
        let api = Api::of(&app).await;
        assert_eq!(api.post(CREATE, &account(&ada())).await.status, 204, "nobody works, and it answers");
        assert_eq!(app.stages().await, [Stage::AwaitingConfirmation]);
        app.work().await;
        assert_eq!(app.sandbox.mails_to(&ada().email).len(), 1);
        assert!(app.users().is_empty());
    }
}

fn failure(code: u16, status: &str, message: &str) -> Value {
    json!({ "code": code, "status": status, "message": message })
}

#[tokio::test]
async fn what_no_account_can_come_of_is_400_with_a_message() {
    let setup = Setup { signup: "disclose_registered = true".to_owned(), ..Setup::default() };
    let app = TestApp::with(setup).await;
    let used = Student::new(7, "Grace", "Hopper");
    app.sign_up(&used).await;
    app.settle().await;
    let contact = "support@example.edu";
    let admitted = [
        format!(
            "This address cannot be used here. Enter the one your university gave you, or write to {contact} if this \
             is it."
        ),
        format!(
            "There is an account for this address already. If you can no longer sign in, write to {contact}."
        ),
        format!("No username can be made from this name. Write it in Latin letters, or write to {contact}."),
        format!("The username made from this name is reserved. Please write to {contact}."),
        "First name: fill in this field as well. If you have only one name, write it in both fields."
            .to_owned(),
        "Enter a family name of at most 64\u{A0}characters.".to_owned(),
    ];
    let students = [
        strange(&ada()),
        Student { first: "Ada".to_owned(), ..used.clone() },
        Student::new(2, "\u{44c}", "\u{44c}"),
        Student::new(2, "Ad", "min"),
        Student::new(2, "", "Lovelace"),
        Student::new(2, "Ada", &"x".repeat(65)),
    ];
    let english = Api::of(&app).await.speaking("en");
    let german = Api::of(&app).await.speaking("de");
    for (student, message) in students.iter().zip(&admitted) {
        let answer = english.post(CREATE, &account(student)).await;
        assert_eq!(answer.json, failure(400, "Bad Request", message));
        let told = german.post(CREATE, &account(student)).await;
        assert_eq!((told.status, told.header("content-language")), (400, "de".to_owned()));
        assert_ne!(told.text("/message"), answer.text("/message"));
    }
    let reasons = [(strange(&ada()).email, &admitted[0]), (used.email.clone(), &admitted[1])];
    for (email, reason) in reasons {
        let answer = english.post(VERIFY, &json!({ "email": email })).await;
        assert_eq!(answer.json, json!({ "valid": false, "reason": reason }));
        let told = german.post(VERIFY, &json!({ "email": email })).await;
        assert!(told.json["valid"] == false && told.text("/reason") != reason);
    }
    assert_eq!(app.all_signups().await.len(), 1);
}

#[tokio::test]
async fn whether_an_address_is_used_is_not_told_by_default() {
    let app = TestApp::start().await;
    app.sign_up(&ada()).await;
    app.settle().await;
    let api = Api::of(&app).await;
    let answer = api.post(VERIFY, &json!({ "email": ada().email.to_uppercase() })).await;
    assert_eq!(answer.json, json!({ "valid": true }));
    assert_eq!(create(&app, &api, &ada()).await.status, 204);
    assert_eq!(app.users().len(), 1);
}

#[tokio::test]
async fn missing_and_malformed_fields_are_422_by_field() {
    let app = TestApp::start().await;
    let english = Api::of(&app).await.with("accept-language", "en");
    let german = Api::of(&app).await.with("accept-language", "de-AT, en;q=0.5");
    let shape = |errors: Value| json!({ "code": 422, "status": "Unprocessable Entity", "errors": { "json": errors } });
    let cases = [
        (
            json!({}),
            json!({
                "email": ["Enter your university email address."],
                "firstName": ["Enter your first name."],
                "lastName": ["Enter your family name."],
            }),
        ),
        (
            but(account(&ada()), "email", json!("ada")),
            json!({ "email": ["Enter an address like name@example.edu."] }),
        ),
        (but(account(&ada()), "firstName", json!(1)), json!({ "firstName": ["This field must be text."] })),
        (but(account(&ada()), "lastName", json!(null)), json!({ "lastName": ["Enter your family name."] })),
        (but(account(&ada()), "voucher", json!("x")), json!({ "voucher": ["There is no such field."] })),
        (json!([]), json!({ "_schema": ["The body must be a JSON object."] })),
    ];
    for (body, errors) in cases {
        let answer = english.post(CREATE, &body).await;
        assert_eq!(answer.json, shape(errors));
        let told = german.post(CREATE, &body).await;
        assert_eq!((told.status, told.header("content-language").as_str()), (422, "de"));
        let fields = |answer: &Answer| answer.json["errors"]["json"].as_object().unwrap().clone();
        assert!(fields(&told).keys().eq(fields(&answer).keys()));
        assert!(fields(&told).iter().all(|(field, told)| *told != fields(&answer)[field]));
    }
    let answer = english.post(VERIFY, &json!({ "email": 5, "x": 1 })).await;
    let errors = json!({ "email": ["This field must be text."], "x": ["There is no such field."] });
    assert_eq!(answer.json, shape(errors));
}

#[tokio::test]
async fn every_other_failure_has_the_same_shape_in_the_language_asked_for() {
    let app = TestApp::start().await;
    let large = vec![b' '; 70_000];
    let cases = [
        ("POST", CREATE, "application/json", b"{".to_vec(), 400, "Bad Request"),
        ("GET", "/api/v1/vouchers", "", Vec::new(), 404, "Not Found"),
        ("PUT", CREATE, "application/json", Vec::new(), 405, "Method Not Allowed"),
        ("POST", "/api/", "application/json", Vec::new(), 405, "Method Not Allowed"),
        ("POST", CREATE, "application/json", large, 413, "Payload Too Large"),
        ("POST", VERIFY, "text/plain", b"{}".to_vec(), 415, "Unsupported Media Type"),
    ];
    let english = Api::of(&app).await.speaking("en");
    let german = Api::of(&app).await.speaking("de");
    for (method, path, kind, body, code, status) in cases {
        let mut messages = Vec::new();
        for api in [&english, &german] {
            let answer = api.send(method, path, kind, body.clone()).await;
            messages.push(answer.text("/message").to_owned());
            assert_eq!(answer.json, failure(code, status, &messages[messages.len() - 1]));
            assert_eq!(answer.headers.contains_key("allow"), code == 405);
        }
        assert_ne!(messages[0], messages[1]);
    }
    app.store.close().await;
    for (api, word) in [(&english, "try again"), (&german, "versuch")] {
        let answer = api.post(CREATE, &account(&ada())).await;
        let message = answer.text("/message").to_owned();
        assert_eq!(answer.json, failure(503, "Service Unavailable", &message));
        assert!(message.contains(word) && !answer.header("retry-after").is_empty(), "{message}");
    }
}

#[tokio::test]
async fn the_limits_are_those_of_the_form() {
    let limits = Setup::default().limits.replace("per_network = \"off\"", "per_network = \"2/1h\"");
    let limits = limits.replace("pages_per_network = \"2/1h\"", "pages_per_network = \"off\"");
    let signup = "disclose_registered = true\nconfirm_email = true".to_owned();
    let app = TestApp::with(Setup { limits, signup, ..Setup::default() }).await;
    let (english, german) = (Api::of(&app).await.speaking("en"), Api::of(&app).await.speaking("de"));
    for number in 1..=2 {
        assert_eq!(
            english.post(CREATE, &account(&strange(&ada()))).await.status,
            400,
            "a fault takes nothing"
        );
        assert_eq!(
            english.post(CREATE, &account(&Student::new(number, "Ada", "Lovelace"))).await.status,
            204
        );
        assert_eq!(english.post(VERIFY, &json!({ "email": ada().email })).await.status, 200);
    }
    for (api, word) in [(&english, "30\u{a0}minutes"), (&german, "30\u{a0}Minuten")] {
        for (path, body) in
            [(CREATE, account(&Student::new(3, "Ada", "L"))), (VERIFY, json!({ "email": ada().email }))]
        {
            let answer = api.post(path, &body).await;
            let message = answer.text("/message").to_owned();
            assert_eq!(answer.json, failure(429, "Too Many Requests", &message));
            assert_eq!(answer.header("retry-after"), "1800");
            assert!(message.contains(word), "{message}");
        }
    }
    app.advance(Duration::from_mins(30));
    assert_eq!(english.post(VERIFY, &json!({ "email": ada().email })).await.status, 200);
}

#[tokio::test]
async fn it_can_be_off() {
    let app = TestApp::with(Setup { sections: "[api]\nv1 = false".to_owned(), ..Setup::default() }).await;
    let api = Api::of(&app).await;
    assert_eq!(api.get("/api/").await.json, json!({ "title": "accountcreator API" }));
    let gone = api.post(CREATE, &account(&ada())).await;
    assert_eq!((gone.status, gone.header("content-type").as_str()), (404, "application/problem+json"));

    let app =
        TestApp::with(Setup { sections: "[api]\nenabled = false".to_owned(), ..Setup::default() }).await;
    for path in ["/api/", CREATE, "/api/v2/", "/api/openapi.json", "/api/redoc"] {
        let page = app.browser().open(path).await;
        assert_eq!(
            (page.status.as_u16(), page.headers["content-type"].to_str().unwrap()),
            (404, "text/html; charset=utf-8")
        );
    }
}
