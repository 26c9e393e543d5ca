#![allow(clippy::unwrap_used)]

use std::time::Duration;

use super::*;
use crate::{
    domain::{Attention, ConfirmationCode, Email, Entropy, SignupId, Waiting},
    http::testing::{Answer, Browser, House, STUDENT},
    signup::{Again, Progress, ProgressState, ProgressStep},
};

const MINUTE: Duration = Duration::from_mins(1);

fn sample(web: &Web, stage: Stage, waiting: Option<Waiting>) -> Status {
    let state = match stage {
        Stage::AwaitingConfirmation => ProgressState::Waiting,
        Stage::Done => ProgressState::Done,
        Stage::NeedsAttention => ProgressState::Stuck,
        _ => ProgressState::Running,
    };
    let steps = [
        ProgressStep::ConfirmAddress,
        ProgressStep::CreateAccount,
        ProgressStep::GrantAccess,
        ProgressStep::SendMail,
    ];
    let now = web.site.clock.now();
    Status {
        stage,
        progress: steps.map(|step| Progress { step, state }).to_vec(),
        waiting,
        masked_email: (stage != Stage::Erased).then(|| "s•••@example.edu".to_owned()),
        email: Email::parse(STUDENT).ok(),
        correctable: false,
        gone: false,
        checking: false,
        undelivered: false,
        renewing: stage == Stage::Resetting,
        renewed: false,
        again: None,
        open_until: stage.is_settled().then(|| now.plus(Duration::from_hours(24))),
        principal: (stage == Stage::Done).then(|| "ada.lovelace@students.example.edu".to_owned()),
        sign_in_url: "https://www.microsoft365.com".to_owned(),
        confirm_until: (stage == Stage::AwaitingConfirmation).then(|| now.plus(Duration::from_secs(30 * 60))),
        mail_withheld: false,
        locale: "en".parse().unwrap(),
        created_at: now,
    }
}

fn show_sample(web: &Web, lang: Lang, status: &Status, remarks: Remarks) -> Answer {
    let token = StatusToken::of(SignupId::random(&Entropy::seeded(1)), &web.site.key);
    let answer = Answer::of(render(web, lang, &token, status, remarks).render().unwrap());
    answer.assert_sound(web, lang);
    answer
}

#[tokio::test]
async fn every_stage_renders_in_every_language() {
    let web = House::new().await.web();
    for lang in web.langs() {
        for stage in Stage::ALL {
            let answer = show_sample(&web, lang, &sample(&web, *stage, None), Remarks::default());
            let live = !answer.attribute("main", "data-live").is_empty();
            assert_eq!(live, !stage.is_settled(), "{stage}");
            assert_eq!(answer.all("script[src*=status]").len(), usize::from(live));
            assert_eq!(answer.all(".success").len(), usize::from(*stage == Stage::Done));
            let is_yours = *stage == Stage::AwaitingConfirmation;
            assert_eq!(answer.all(".steps .yours").len(), usize::from(is_yours), "{stage}");
            assert!(
                !is_yours || answer.all(".steps .running").is_empty(),
                "nothing turns that waits for a person"
            );
            assert_eq!(answer.all("#code").len(), usize::from(*stage == Stage::AwaitingConfirmation));
            assert_eq!(answer.all(".steps li").len(), 4);
        }
        let withheld = Status { mail_withheld: true, ..sample(&web, Stage::AwaitingConfirmation, None) };
        let answer = show_sample(&web, lang, &withheld, Remarks::default());
        assert!(answer.all("#code").is_empty(), "there is no code to type");
        let mut titles = Vec::new();
        for (stage, again) in [(Stage::AwaitingConfirmation, 3), (Stage::Done, 3), (Stage::Done, 0)] {
            let from = web.site.clock.now();
            let again = Some(Again { left: again, from, until: None }).filter(|again| again.left > 0);
            let undelivered = Status { undelivered: true, again, ..sample(&web, stage, None) };
            let answer = show_sample(&web, lang, &undelivered, Remarks::default());
            let lead = answer.one(".lead");
            assert!(lead.contains("s•••@example.edu") && lead.contains("help@example.edu"), "{lead}");
            assert!(answer.all("#code, a.button, main details, .steps").is_empty(), "{}", answer.text);
            assert_eq!(answer.all(".again button").len(), usize::from(again.is_some()));
            titles.push(answer.one("h1"));
        }
        titles.dedup();
        assert_eq!(titles.len(), 1, "{titles:?}");
        for waiting in Waiting::ALL {
            let status = sample(&web, Stage::Provisioning, Some(*waiting));
            let answer = show_sample(&web, lang, &status, Remarks::default());
            assert!(!answer.one(".notice").is_empty());
        }
    }
}

#[tokio::test]
async fn it_says_what_matters_at_each_stage() {
    let web = House::new().await.web();
    let show = |stage| show_sample(&web, Lang(0), &sample(&web, stage, None), Remarks::default());
    let working = show(Stage::Queued);
    assert!(working.one(".lead").contains("s•••@example.edu"));
    assert_eq!(working.all(".state"), ["in progress"; 4]);
    assert!(working.text.contains(r#"<noscript><meta http-equiv="refresh" content="2"></noscript>"#));
    let done = show(Stage::Done);
    assert_eq!(done.one("dd .copy"), "ada.lovelace@students.example.edu");
    assert!(!done.text.contains("http-equiv"));
    for part in ["private window", "Authenticator app", "The sender of the email is <bdi>"] {
        assert!(done.text.contains(part), "{part}");
    }
    let confirming = show(Stage::AwaitingConfirmation);
    assert!(confirming.one("#code-hint").contains("30 more minutes"));
    assert!(!confirming.text.contains("http-equiv"), "nothing reloads while a code is typed");
    assert!(show(Stage::NeedsAttention).one(".lead").contains("help@example.edu"));
}

#[tokio::test]
async fn a_page_whose_account_is_read_waits_for_the_outcome() {
    let web = House::new().await.web();
    for lang in web.langs() {
        for gone in [false, true] {
            let settled = Status { gone, ..sample(&web, Stage::Done, None) };
            let checking = Status { checking: true, ..settled.clone() };
            let opens_in =
                [None, Some(Again { left: 1, from: web.site.clock.now().plus(MINUTE), until: None })];
            for again in opens_in.map(|again| again.filter(|_| !gone)) {
                let checking = Status { again, ..checking.clone() };
                let [before, after] = [checking, Status { again, ..settled.clone() }]
                    .map(|status| show_sample(&web, lang, &status, Remarks::default()));
                assert!(!before.attribute("main", "data-live").is_empty());
                assert!(
                    before.text.contains(r#"<noscript><meta http-equiv="refresh" content="5"></noscript>"#)
                );
                assert_eq!(after.attribute("main", "data-live"), "");
                let version = |answer: &Answer| answer.attribute("main", "data-version");
                assert_eq!(version(&before), version(&after), "nothing has changed for the reader");
                assert_eq!(before.one("main"), after.one("main"));
            }
        }
        let status = sample(&web, Stage::Done, None);
        let renamed =
            Status { principal: Some("ada.king@students.example.edu".to_owned()), ..status.clone() };
        let version = |status| {
            let answer = show_sample(&web, lang, status, Remarks::default());
            answer.attribute("main", "data-version")
        };
        assert_ne!(version(&status), version(&renamed));
    }
}

#[tokio::test]
async fn an_account_that_is_gone_is_not_offered() {
    let web = House::new().await.web();
    for lang in web.langs() {
        let status = Status { gone: true, ..sample(&web, Stage::Done, None) };
        let answer = show_sample(&web, lang, &status, Remarks::default());
        assert_eq!(answer.all("main :is(h2, form, button, .button, .copy)"), [""; 0]);
        assert!(answer.one(".lead").contains("help@example.edu"));
    }
}

#[tokio::test]
async fn a_wrong_code_is_told_at_its_field() {
    let web = House::new().await.web();
    let status = sample(&web, Stage::AwaitingConfirmation, None);
    let remarks = Remarks { fault: Some("That is not the code.".to_owned()), ..Remarks::default() };
    let answer = show_sample(&web, Lang(0), &status, remarks);
    assert!(answer.one("title").starts_with("Error: "));
    assert_eq!(answer.attribute("#code", "aria-describedby"), "code-hint code-error");
    assert_eq!(answer.one("#code-error"), "Error: That is not the code.");
}

#[tokio::test]
async fn the_page_is_for_who_has_its_address() {
    let mut browser = Browser::new().await;
    let address = browser.sign_up(&[]).await.header("location");
    let page = browser.get(&address).await;
    assert_eq!((page.status, page.header("cache-control").as_str()), (200, "no-store"));
    assert_eq!(page.attribute("nav a[lang=de]", "href"), address.replace("/en/", "/de/") + "?language");
    assert_eq!(browser.get(&address.replace("/en/", "/de/")).await.status, 200);

    let last = if address.ends_with('A') { "B" } else { "A" };
    let forged = format!("{}{last}", &address[..address.len() - 1]);
    for wrong in [forged.as_str(), &address[..address.len() - 1], "/en/signups/x", "/en/signups/%FF"] {
        assert_eq!(browser.get(wrong).await.status, 404, "{wrong}");
    }
}

#[tokio::test]
async fn it_follows_the_signup_to_its_end() {
    let mut browser = Browser::new().await;
    let address = browser.sign_up(&[]).await.header("location");
    let working = |page: &Answer| (page.one("h1"), page.all(".state"));
    let on_its_way = "Your account is on its way".to_owned();
    let (to_come, running, done) = ("still to come", "in progress", "done");
    let first = browser.get(&address).await;
    assert_eq!(
        working(&first),
        (on_its_way.clone(), [running, to_come, to_come].map(str::to_owned).to_vec())
    );

    let worker = &browser.house.worker;
    let held = worker.take().await;
    let held = worker.create_user(&held).await;
    let second = browser.get(&address).await;
    assert_eq!(working(&second).1, [done, running, to_come]);
    assert_ne!(first.attribute("main", "data-version"), second.attribute("main", "data-version"));

    let held = browser.house.worker.entitle(&held).await;
    assert_eq!(working(&browser.get(&address).await).1, [done, done, running]);

    browser.house.worker.deliver(&held).await;
    let end = browser.get(&address).await;
    end.assert_sound(&browser.web, Lang(0));
    assert_eq!(working(&end), ("Your account is ready".to_owned(), [done; 3].map(str::to_owned).to_vec()));
    assert_eq!(end.one("dd .copy"), "ada.lovelace@students.example.edu");
    assert_eq!(end.one("dd bdi:not(.copy)"), "https://www.microsoft365.com");
    let link = "https://www.microsoft365.com/login?login_hint=ada.lovelace%40students.example.edu";
    assert_eq!(
        (end.one("a.button"), end.attribute("a.button", "href")),
        ("Sign in".to_owned(), link.to_owned())
    );
    assert!(end.one(".lead").contains(STUDENT), "this browser has typed the address");
    browser.forget_cookies();
    assert!(!browser.get(&address).await.text.contains(STUDENT), "another sees nothing of it");
}

#[tokio::test]
async fn it_says_what_a_signup_waits_for() {
    let mut browser = Browser::new().await;
    let address = browser.sign_up(&[]).await.header("location");
    let worker = &browser.house.worker;
    let held = worker.take().await;
    let held = worker.create_user(&held).await;
    worker.put_back(&held, Waiting::NoSeats).await;
    let page = browser.get(&address).await;
    page.assert_sound(&browser.web, Lang(0));
    assert!(page.one(".notice").starts_with("All licences are in use"));
    assert!(page.text.contains(r#"http-equiv="refresh" content="20""#));
}

#[tokio::test]
async fn it_says_when_a_person_has_to_look() {
    let mut browser = Browser::new().await;
    let address = browser.sign_up(&[]).await.header("location");
    let held = browser.house.worker.take().await;
    browser.house.worker.give_up(&held, Attention::Forbidden).await;
    let page = browser.get(&address).await;
    page.assert_sound(&browser.web, Lang(0));
    assert_eq!(page.one("h1"), "Someone has to look at this");
    assert_eq!(page.all(".state"), ["held up", "still to come", "still to come"]);
    assert_eq!(page.attribute("main", "data-live"), "");
}

#[tokio::test]
async fn a_store_that_does_not_answer_asks_to_come_back() {
    let mut browser = Browser::new().await;
    let address = browser.sign_up(&[]).await.header("location");
    browser.house.worker.close_the_store().await;
    let page = browser.get(&address).await;
    page.assert_sound(&browser.web, Lang(0));
    assert_eq!((page.status, page.one("h1").as_str()), (503, "We need a moment"));
    assert_eq!(page.header("retry-after"), "10");
}

/// A signup that waits for its code, which has been mailed.
async fn awaiting() -> (Browser, String) {
    let mut browser = Browser::at(House::with("confirm_email = true").await);
    let address = browser.sign_up(&[]).await.header("location");
    let held = browser.house.worker.take().await;
    browser.house.worker.send_code(&held).await;
    (browser, address)
}

/// The code that the mail of this round has.
fn code(browser: &Browser, address: &str, round: u32) -> String {
    let key = &browser.house.site.key;
    let token: StatusToken = address.rsplit('/').next().unwrap().parse().unwrap();
    ConfirmationCode::of(token.verify(key).unwrap(), round, key).expose()
}

#[tokio::test]
async fn a_code_is_asked_for_and_checked() {
    let (mut browser, address) = awaiting().await;
    let (typed, again) = (format!("{address}/code"), format!("{address}/code/again"));
    assert_eq!(browser.get(&address).await.one("h1"), "Confirm your address");
    assert_eq!(browser.get(&typed).await.header("location"), address);
    assert_eq!(browser.get(&again).await.header("location"), address);

    let malformed = browser.post(&typed, &[("code", "12 34")]).await;
    assert_eq!(malformed.status, 422);
    assert!(malformed.one("#code-error").contains("six digits"));

    let right = code(&browser, &address, 1);
    let wrong = if right == "000000" { "000001" } else { "000000" };
    let refused = browser.post(&typed, &[("code", wrong)]).await;
    refused.assert_sound(&browser.web, Lang(0));
    assert!(refused.one("#code-error").contains("4 more tries"));

    assert_eq!(browser.post(&typed, &[("code", &right)]).await.header("location"), address);
    let page = browser.get(&address).await;
    assert_eq!(page.one("h1"), "Your account is on its way");
    assert_eq!(page.all(".state"), ["done", "in progress", "still to come", "still to come"]);
    assert_eq!(browser.post(&typed, &[("code", &right)]).await.header("location"), address);
}

#[tokio::test]
async fn after_too_many_wrong_codes_the_right_one_is_refused_too() {
    let (mut browser, address) = awaiting().await;
    let (typed, right) = (format!("{address}/code"), code(&browser, &address, 1));
    let wrong = if right == "000000" { "000001" } else { "000000" };
    for _ in 0..5 {
        assert_eq!(browser.post(&typed, &[("code", wrong)]).await.status, 422);
    }
    let refused = browser.post(&typed, &[("code", &right)]).await;
    assert_eq!(refused.status, 422);
    assert!(refused.one("#code-error").contains("too many wrong codes"));
}

#[tokio::test]
async fn a_code_is_sent_again_though_not_at_once_and_not_for_ever() {
    let (mut browser, address) = awaiting().await;
    let again = format!("{address}/code/again");
    let sent = browser.post(&again, &[]).await;
    assert_eq!((sent.status, sent.header("location")), (303, format!("{address}?mail=later")));
    let mut answers = Vec::new();
    for _ in 0..10 {
        browser.house.site.clock.advance(Duration::from_secs(61));
        answers.push(browser.post(&again, &[]).await.header("location"));
    }
    assert_eq!(answers[..9], vec![format!("{address}?mail=sent"); 9]);
    assert_eq!(answers[9], format!("{address}?mail=never"));
    for (query, said) in [
        ("mail=sent", "A new email is on its way"),
        ("mail=later", "An email was sent a moment ago"),
        ("mail=never", "So many codes were sent"),
    ] {
        let page = browser.get(&format!("{address}?{query}")).await;
        assert!(page.one(".notice").starts_with(said), "{}", page.one(".notice"));
    }
    assert_eq!(
        browser.post(&format!("{address}/code"), &[("code", &code(&browser, &address, 10))]).await.status,
        303
    );
    assert_eq!(browser.post(&again, &[]).await.header("location"), address, "nothing is awaited any more");
}

#[tokio::test]
async fn the_username_stands_there_from_when_it_is_chosen() {
    let mut browser = Browser::new().await;
    let address = browser.sign_up(&[]).await.header("location");
    let first = browser.get(&address).await;
    assert_eq!(first.one("dt"), "Your username will be");
    assert_eq!(first.one("dd .copy"), "ada.lovelace@students.example.edu");
    let held = browser.house.worker.take().await;
    let held = browser.house.worker.create_user(&held).await;
    browser.house.worker.entitle(&held).await;
    assert_eq!(browser.get(&address).await.all("dt"), ["Your username"], "no sign-in before the mail is out");

    let namesake = browser.sign_up(&[("email", "st000002@example.edu")]).await.header("location");
    let known = browser.sign_up(&[("first_name", "Augusta")]).await.header("location");
    let fresh = browser
        .sign_up(&[("email", "st000003@example.edu"), ("first_name", "Augusta")])
        .await
        .header("location");
    for (address, name) in
        [(namesake, "ada.lovelace.2@"), (known, "augusta.lovelace@"), (fresh, "augusta.lovelace@")]
    {
        assert_eq!(browser.get(&address).await.one("dd .copy"), format!("{name}students.example.edu"));
    }
    let curious = browser.sign_up(&[("first_name", "Augusta"), ("last_name", "Lovelace")]).await;
    let shown = browser.get(&curious.header("location")).await.one("dd .copy");
    assert_eq!(shown, "augusta.lovelace.2@students.example.edu", "as if the address were new");
}

#[tokio::test]
async fn an_unconfirmed_page_shows_no_name_and_tells_its_limits() {
    let (mut browser, address) = awaiting().await;
    let page = browser.get(&address).await;
    assert!(page.all("dd .copy").is_empty());
    assert_eq!(
        page.all(".again .hint"),
        ["You can ask for it 9 more times.", "You can ask for the next email in one minute."]
    );
    assert!(page.text.contains("The page can be opened until"), "nobody confirms after weeks");
    for _ in 0..9 {
        browser.house.site.clock.advance(Duration::from_secs(60));
        browser.post(&format!("{address}/code/again"), &[]).await;
    }
    let page = browser.get(&address).await;
    assert!(page.all(".again").is_empty());
    assert!(page.text.contains("So many codes were sent"));
    assert_eq!(page.attribute("main a.button", "href"), "/en", "there is a way on");
    assert_eq!(page.all("#code").len(), 1, "the last code can still be typed");
}

#[tokio::test]
async fn a_finished_page_says_until_when_it_can_be_opened() {
    let web = House::new().await.web();
    for lang in web.langs() {
        for stage in [Stage::Done, Stage::NeedsAttention] {
            let status = sample(&web, stage, None);
            let day = view::date(web.language(lang), status.open_until.unwrap()).replace('\u{a0}', " ");
            assert!(show_sample(&web, lang, &status, Remarks::default()).one("main > .note").contains(&day));
        }
    }
}
