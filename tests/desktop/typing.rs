//! A candidate who never stops typing, and a kill.

use crate::{
    application::Application,
    desk::wait,
    walk::{Exam, written},
};
use invigil_core::Value;
use std::{
    thread,
    time::{Duration, Instant},
};

/// How long is typed. Five minutes would show nothing more: what decides when a change is sent is only when the change
/// that waits began. Nothing in that rule counts what went before, so the second minute is like the first second.
const SPAN: Duration = Duration::from_secs(20);
/// Between two keys. Shorter than the quiet after which a change is sent, so that only the other half of the rule,
/// "at the latest 1 s after it began", ever saves anything.
const PACE: Duration = Duration::from_millis(60);
/// What may be lost.
const LOSS_MAX: Duration = Duration::from_secs(1);
/// The way of a key from the test to the page, and of the answer from the page to the disk.
const WAY: Duration = Duration::from_millis(400);
const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";
/// The field takes 500 characters.
const CHARS_MAX: usize = 480;

#[test]
fn typing_without_a_pause_loses_at_most_a_second() {
    let exam = Exam::prepare("moderate");
    let mut app = Application::start(&[]);
    app.sit_down(&exam.link);
    let number = (1..=exam.items.len())
        .find(|number| {
            app.go_to(*number);
            matches!(written(exam.answer_to(exam.question(&app))), serde_json::Value::String(_))
        })
        .expect("a question that is answered by writing");
    let field = app.until_seen("article input, article textarea", "*");
    app.click(&field).expect("the field takes the focus");

    let mut typed: Vec<(Instant, char)> = Vec::new();
    let began = Instant::now();
    while began.elapsed() < SPAN && typed.len() < CHARS_MAX {
        let letter = char::from(LETTERS[typed.len() % LETTERS.len()]);
        typed.push((Instant::now(), letter));
        app.desk.press_at_once(&letter.to_string());
        // The candidate's pace, not a wait for anything.
        thread::sleep(PACE);
    }
    let killed = Instant::now();
    app.kill();
    assert!(SPAN <= killed - began, "the field was full before {} s had passed", SPAN.as_secs());

    app.start_again(&[]);
    app.give_passphrase("Open");
    app.until_shown("exam");
    wait("the same question", || app.text("#question")?.starts_with(&format!("Question {number} of")).then_some(()));
    let kept = wait("the text that was saved", || app.answer().as_str().map(str::to_owned).filter(|t| !t.is_empty()));

    let all: String = typed.iter().map(|(_, letter)| letter).collect();
    let due = typed.iter().filter(|(at, _)| *at + LOSS_MAX + WAY <= killed).count();
    println!("{} characters typed, {} kept, {due} had to be", all.len(), kept.len());
    assert!(all.starts_with(&kept), "what is kept is what was typed:\n{kept}\n{all}");
    assert!(
        due <= kept.len(),
        "of {} characters {} were kept, but {due} were older than a second",
        all.len(),
        kept.len()
    );
    // The exam goes on from there.
    app.wipe("article input, article textarea");
    app.give(&Value::text("Tab"));
}
