//! The rehearsal of a failure: a real kill and a real cut before the candidate's eyes, and the answers afterwards.

use crate::{
    application::{Application, NAME},
    desk::{alive, kill, wait},
    walk::Exam,
};
use serde_json::{Value as Json, json};
use std::{fs, path::Path, process::Command};

/// Puts a practice pack where the application looks for its own.
fn build_pack(home: &Path) {
    let folder = home.join(".local/state/invigil/practice-packs");
    fs::create_dir_all(&folder).expect("a folder");
    let sample = invigil_tests::root().join("exams/sample/first-steps/first-steps.md");
    let mut command = Command::new(invigil::stage::binary("invigil").unwrap_or_else(|error| panic!("{error}")));
    command.args(["pack", "build", "--practice", "--out"]).arg(folder.join("first-steps.invigil")).arg(sample);
    assert!(command.output().expect("it runs").status.success());
}

/// Answers the first questions of the practice on the screen; all of the sample's begin with a choice.
fn answer(app: &Application, questions: usize) {
    for number in 1..=questions {
        app.go_to(number);
        let field = app.until_seen("article input, article textarea", "*");
        match app.attribute("article input", "type").as_deref() {
            Some("radio" | "checkbox") => app.click(&field).expect("a choice can be made"),
            _ => app.fill("article input, article textarea", "an answer"),
        }
        wait("the answer to be saved", || (app.attribute("[data-saved]", "data-saved")? == "saved").then_some(()));
    }
}

fn found(app: &Application) -> Option<Json> {
    let left: Json = serde_json::from_str(&app.desk.kept("rehearsal.json")?).ok()?;
    left["outcome"].is_object().then(|| left["outcome"].clone())
}

#[test]
fn a_failure_is_rehearsed_before_the_candidates_eyes() {
    let exam = Exam::prepare("moderate");
    let mut app = Application::empty();
    build_pack(app.desk.home());
    app.start_guarded(&[]);
    app.give_passphrase("Set passphrase");
    app.admit_by(&exam.link);
    app.press("button", "Decide later");
    app.until_shown("home");
    app.press("button", "Practise First Steps*");
    app.until_shown("exam");

    // Without an answer there is nothing to rehearse with.
    app.press("button", "Rehearse a failure");
    app.until_seen("dialog", "Rehearse a failure");
    let begin = "return [...document.querySelectorAll('dialog button.main')].every((button) => button.disabled)";
    assert_eq!(app.driver.run(begin, &[]), Ok(json!(true)));
    app.press("button", "Not now");
    answer(&app, 3);

    // It is explained, begins by keys, and can be called off by keys.
    let first = app.process();
    app.tab_to("button", "Rehearse a failure");
    app.desk.press(&["Return"]);
    app.until_seen("dialog", "Rehearse a failure");
    app.picture("50-rehearse");
    app.tab_to("button", "Begin the rehearsal");
    app.desk.press(&["Return"]);
    app.until_shown("rehearsal");
    app.tab_to("button", "Call it off");
    app.desk.press(&["Return"]);
    app.until_shown("exam");
    assert!(alive(first) && app.desk.kept("rehearsal.json").is_none(), "nothing has happened");

    app.press("button", "Rehearse a failure");
    app.press("button", "Begin the rehearsal");
    app.until_shown("rehearsal");
    wait("the cut to be told", || {
        app.text("main").filter(|text| text.contains("Cut off: Test issuer did not answer."))
    });
    app.picture("51-rehearsal-cut");
    wait("the kill", || (!alive(first)).then_some(()));
    let second =
        wait("the guard to start it again", || app.desk.processes(NAME).into_iter().find(|process| *process != first));
    // By itself, without a passphrase: as in an exam the guard has the key.
    let outcome = wait("what was found", || found(&app));
    let answers = outcome["answers"].as_array().cloned().unwrap_or_default();
    assert_eq!(answers.len(), 3, "{outcome:#}");
    assert!(answers.iter().all(|answer| answer["after"].is_string() && answer["before"] == answer["after"]));
    let network = &outcome["network"];
    let told = ["before", "during", "still", "after"].map(|when| network[when].as_bool());
    assert_eq!(told, [true, false, false, true].map(Some), "{outcome:#}");
    assert!(outcome["awayMs"].as_u64().is_some_and(|ms| ms < 60_000), "within a minute: {outcome:#}");
    let window = app.screen.x11().window();
    wait("the page that says so", || app.screen.x11().is_painted(window).then_some(()));
    std::thread::sleep(std::time::Duration::from_secs(2));
    app.screen.x11().picture(&app.desk, window, "52-rehearsal-back-by-itself");

    // From here on it can be driven again, without the guard.
    app.desk.processes("invigil-guard").into_iter().for_each(kill);
    kill(second);
    wait("it to be gone", || app.desk.processes(NAME).is_empty().then_some(()));
    app.driver.forget();
    app.start_again(&[]);
    app.until_shown("rehearsal");
    app.until_seen("heading", "Nothing was lost");
    app.picture("53-rehearsal-back");
    let rows = app.driver.run("return document.querySelectorAll('tr[data-kept=true]').length", &[]);
    assert_eq!(rows, Ok(json!(3)));
    app.tab_to("button", "Go on practising");
    app.desk.press(&["Return"]);
    app.until_shown("home");
    assert!(app.desk.kept("rehearsal.json").is_none(), "nothing is left behind");

    // What the page shows is in the practice as well.
    app.give_passphrase("Open");
    app.until_shown("exam");
    for number in 1..=3 {
        app.go_to(number);
        wait("the answer", || (![json!([]), json!(""), json!(null)].contains(&app.answer())).then_some(()));
    }
}

#[test]
fn no_failure_is_rehearsed_beside_an_exam_that_counts() {
    let exam = Exam::prepare("moderate");
    let mut app = Application::empty();
    build_pack(app.desk.home());
    app.start_again(&[]);
    app.sit_down(&exam.link);
    let rehearse = || app.driver.invoke("lobby", &json!({"ask": {"ask": "rehearse"}}));
    let process = app.process();
    assert_eq!(rehearse().expect_err("it is refused")["code"], "not-practice");
    // A candidate who left may practise, and the exam counts all the same.
    let left = app.driver.invoke("dispatch", &json!({"act": {"act": "leave"}})).expect("they leave");
    assert_eq!(left["sitting"]["phase"], "away");
    app.driver.invoke("lobby", &json!({"ask": {"ask": "leave"}})).expect("to the start page");
    let home = app.driver.invoke("lobby", &json!({"ask": {"ask": "home"}})).expect("home");
    let pack = home["practice"][0]["pack"].clone();
    let view = app.driver.invoke("lobby", &json!({"ask": {"ask": "practice", "pack": pack}})).expect("practice");
    let item = view["sitting"]["items"][0]["id"].clone();
    let content = app.driver.invoke("lobby", &json!({"ask": {"ask": "item", "item": item}})).expect("an item");
    let choice = content["item"]["interaction"]["choices"][0]["id"].clone();
    let one = content["item"]["interaction"]["maxChoices"] == 1;
    let value = match (choice.is_null(), one) {
        (true, _) => json!({"base": {"string": "an answer"}}),
        (false, true) => json!({"base": {"identifier": choice}}),
        (false, false) => json!({"list": {"identifier": [choice]}}),
    };
    let act = json!({"act": {"act": "respond", "item": item, "value": value}});
    app.driver.invoke("dispatch", &act).expect("the answer is taken");
    assert_eq!(rehearse().expect_err("it is refused")["code"], "rehearsal-exam");
    assert!(alive(process) && app.desk.kept("rehearsal.json").is_none());
}
