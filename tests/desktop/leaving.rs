//! Leaving the exam by keyboard alone, and coming back.

use crate::{
    application::Application,
    desk::{wait, wait_at_most},
    walk::Exam,
};
use std::time::Duration;

/// A candidate who wants to leave must not wait for the machine.
const AT_ONCE: Duration = Duration::from_secs(2);

#[test]
fn leaving_frees_the_machine() {
    let exam = Exam::prepare("moderate");
    let app = Application::start(&[]);
    app.sit_down(&exam.link);
    app.go_to(3);
    let question = exam.question(&app).id.clone();
    let words = app.text("#prompt").expect("the question is on the page");

    // The first step covers the question, the second leaves.
    app.desk.press(&["alt+l"]);
    app.until_seen("heading", "Leave the exam?");
    wait("the question to be covered", || app.is_true("covered").then_some(()));
    app.picture("20-leave");
    app.tab_to("button", "Leave now");
    app.desk.press(&["Return"]);
    wait_at_most(AT_ONCE, "the machine to be free after leaving", || app.screen.is_free().then_some(()));
    app.until_shown("away");
    app.picture("21-away");
    assert!(!app.text("body").unwrap_or_default().contains(&words), "nothing of the exam is on the page");

    app.tab_to("button", "Return to the exam");
    app.desk.press(&["Return"]);
    app.until_shown("exam");
    wait("the exam to hold the machine again", || app.screen.is_held().then_some(()));
    assert_eq!(exam.question(&app).id, question, "the exam goes on where it was");

    // The same two steps by the same key.
    app.desk.press(&["alt+l"]);
    app.until_seen("heading", "Leave the exam?");
    app.desk.press(&["alt+l"]);
    wait_at_most(AT_ONCE, "the machine to be free after leaving again", || app.screen.is_free().then_some(()));
    app.until_shown("away");
}
