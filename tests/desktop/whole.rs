//! A whole exam by the window, with a kill in the middle, as the candidate and as the proctor see it.

use crate::{
    application::Application,
    desk::{alive, stays, wait},
    walk::{Exam, written},
};
use invigil_core::item::{Interaction, Item};
use reqwest::Method;
use serde_json::json;
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

/// Answered before the kill.
const HALF: usize = 5;

#[test]
fn a_whole_exam_by_the_window() {
    let exam = Exam::prepare("moderate");
    let mut app = Application::start(&[&exam.link]);
    arrive(&app);
    app.press("button", "Begin the exam");
    app.until_shown("exam");
    wait("the exam to hold the machine", || app.screen.is_held().then_some(()));
    app.picture("05-question");
    nothing_closes_it(&app);

    let paper = read_through(&app, &exam);
    let chosen = half_of_every_kind(&paper);
    for number in &chosen {
        app.go_to(*number);
        app.give(exam.answer_to(paper[number - 1]));
        app.picture(&format!("06-question-{number}-answered"));
    }
    let flagged = chosen[0];
    app.go_to(flagged);
    app.press("button", "Flag");
    app.until_seen("button", "Flagged");
    app.picture("07-flagged");
    let shown_before = app.text("#question");
    let before = app.seconds_left();
    app.press("button", "Hide time");
    app.until_seen("button", "Show time");
    wait("the folded timer to be kept", || app.desk.kept("settings.json")?.contains("\"timer\": false").then_some(()));
    app.picture("08-timer-folded");

    let killed = Instant::now();
    app.kill();
    wait("the desktop to be free after the kill", || app.screen.is_free().then_some(()));
    app.start_again(&[]);
    app.picture("09-locked-after-the-kill");
    app.give_passphrase("Open");
    app.until_shown("exam");
    wait("the exam to hold the machine again", || app.screen.is_held().then_some(()));
    app.picture("10-after-the-kill");
    wait("the same question", || (app.text("#question") == shown_before).then_some(()));
    app.press("button", "Show time");
    let after = app.seconds_left();
    let gone = killed.elapsed().as_secs();
    assert!(after <= before, "the time shown grew from {before} s to {after} s");
    assert!(before <= after + gone + 3, "{before} s became {after} s, but only {gone} s had passed");
    everything_is_there(&app, &exam, &paper, &chosen, flagged);

    let rest: Vec<_> = (1..=paper.len()).filter(|number| !chosen.contains(number)).collect();
    let (last, others) = rest.split_last().expect("half of the questions are left");
    for number in others {
        app.go_to(*number);
        app.give(exam.answer_to(paper[number - 1]));
    }
    review(&app, &exam, paper[last - 1], *last, flagged);
    hand_in(&app);
    result(&app);
    as_the_proctor_sees_it(&app, &exam);
}

/// From the link that the desktop hands over to the checks of this machine.
fn arrive(app: &Application) {
    app.until_shown("offer");
    app.until_seen("heading", "Test issuer");
    app.picture("01-offer");
    // Keys have to be kept somewhere before there is anything to keep. After that the link goes on by itself.
    app.press("button", "Go back");
    app.until_shown("home");
    app.picture("02-home");
    app.give_passphrase("Set passphrase");
    app.accept_offer();
    app.picture("03-notice");
    app.press("button", "I have read this and accept it");
    app.until_shown("checking");
    app.until_seen("button", "Begin the exam");
    app.picture("04-readiness");
    for check in ["Desktop shortcuts", "Full screen"] {
        assert_eq!(app.line("[data-ready] li", check), Some(format!("{check} Ready")), "X11 and openbox can do this");
    }
}

/// What closes any other window leaves this one open.
fn nothing_closes_it(app: &Application) {
    let (process, window) = (app.process(), app.screen.x11().window());
    assert!(app.screen.x11().is_active(window), "the exam has the focus");
    app.desk.press(&["alt+F4"]);
    app.screen.x11().ask_to_close(window);
    stays("the exam is open and holds the machine", Duration::from_secs(2), || {
        alive(process) && app.screen.x11().windows() == [window] && app.screen.is_held()
    });
    assert_eq!(app.shown(), "exam");
}

/// Looks at every question once, in the order of this try.
fn read_through<'a>(app: &Application, exam: &'a Exam) -> Vec<&'a Item> {
    let mut paper = vec![exam.question(app)];
    while paper.len() < exam.items.len() {
        let begin = format!("Question {} of", paper.len() + 1);
        app.press("button", "Next");
        wait(&begin, || app.text("#question")?.starts_with(&begin).then_some(()));
        paper.push(exam.question(app));
    }
    paper
}

/// The numbers of half of the questions, one of every kind among them.
fn half_of_every_kind(paper: &[&Item]) -> Vec<usize> {
    let kind = |item: &Item| match item.interaction {
        Interaction::Choice { max_choices: 1, .. } => "one choice",
        Interaction::Choice { .. } => "several choices",
        Interaction::TextEntry { .. } | Interaction::ExtendedText { .. } => "text",
    };
    let mut first: BTreeMap<&str, usize> = BTreeMap::new();
    for (index, item) in paper.iter().enumerate() {
        first.entry(kind(item)).or_insert(index + 1);
    }
    assert_eq!(first.len(), 3, "the sample has questions of every kind");
    let mut chosen: Vec<_> = first.into_values().collect();
    let more = (1..=paper.len()).filter(|number| !chosen.contains(number)).take(HALF - chosen.len());
    chosen.extend(more.collect::<Vec<_>>());
    chosen.sort_unstable();
    chosen
}

fn everything_is_there(app: &Application, exam: &Exam, paper: &[&Item], answered: &[usize], flagged: usize) {
    for (index, item) in paper.iter().enumerate() {
        let number = index + 1;
        app.go_to(number);
        assert_eq!(exam.question(app).id, item.id, "the order is the same");
        let expected = if answered.contains(&number) { written(exam.answer_to(item)) } else { json!([]) };
        let empty_field = json!("");
        wait(&format!("the answer to question {number} to be as it was"), || {
            let held = app.answer();
            (held == expected || (expected == json!([]) && held == empty_field)).then_some(())
        });
        assert_eq!(app.sees("button", "Flagged"), number == flagged, "the flag of question {number}");
    }
}

/// The review names what is open and what is flagged, and leads there.
fn review(app: &Application, exam: &Exam, open: &Item, number: usize, flagged: usize) {
    app.press("button", "Review answers");
    app.until_shown("review");
    app.until_seen("heading", "One without an answer");
    app.until_seen("heading", "One you flagged");
    app.until_seen("button", &format!("Question {flagged} *"));
    app.picture("11-review");
    app.press("button", &format!("Question {number} *"));
    app.until_shown("exam");
    assert_eq!(exam.question(app).id, open.id, "the review leads to the open question");
    app.give(exam.answer_to(open));
    app.press("button", "Review answers");
    app.until_shown("review");
    wait("the review to be complete", || {
        let complete = "All 10 questions have an answer.";
        app.text("main")?.contains(complete).then_some(())
    });
    assert!(!app.sees("heading", "One without an answer"), "nothing is open any more");
}

fn hand_in(app: &Application) {
    app.press("button", "Hand in …");
    app.until_seen("heading", "Hand in your exam?");
    app.picture("12-hand-in");
    app.press("button", "Hand in now");
    app.until_shown("closed");
    wait("the desktop to be free after handing in", || app.screen.is_free().then_some(()));
    app.picture("13-handed-in");
}

fn result(app: &Application) {
    app.until_seen("heading", "Passed");
    app.until_seen("heading", "Handed in");
    let credential = wait("the address of the credential", || app.value("input[readonly]"));
    app.picture("14-result");
    let (status, _, text) = app.driver.fetch(Method::GET, &credential, None, "");
    assert_eq!(status, 200, "{credential}: {text}");
    assert!(text.contains("First Steps with Invigil"), "the credential says what it is for: {text}");
    stays("the machine is free", Duration::from_secs(1), || app.screen.is_free());
}

fn as_the_proctor_sees_it(app: &Application, exam: &Exam) {
    let (sitting, records) = exam.seen_by_proctor(&app.driver);
    assert_eq!(sitting["verdict"]["kind"], "proven", "{sitting:#}");
    assert_eq!(sitting["phase"], "closed", "{sitting:#}");
    assert_eq!(sitting["result"], "passed", "{sitting:#}");
    assert_eq!(sitting["level"], "L1", "the controls were never lost: {sitting:#}");
    let restarts = records.iter().filter(|record| record.to_string().contains("\"resumed\"")).count();
    assert_eq!(restarts, 1, "the record shows one restart: {records:#?}");
}
