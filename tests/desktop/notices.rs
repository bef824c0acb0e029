//! Desktop notifications: there while nobody is sitting, and never in somebody's exam.

use crate::{
    application::Application,
    bus::Notifications,
    desk::{stays, wait, wait_at_most},
    walk::Exam,
};
use serde_json::json;
use std::time::Duration;

/// An issuer that was out of reach is asked again after a minute at the latest.
const ASKED_AGAIN: Duration = Duration::from_secs(150);

#[test]
fn a_result_is_announced_unless_somebody_is_sitting() {
    let (mut first, second) = (Exam::prepare("moderate"), Exam::prepare("moderate"));
    let mut app = Application::empty();
    let notifications = Notifications::on(&app.desk);
    app.start_again(&[]);

    // Handed in while its issuer is away, so that the result comes in the middle of the next exam.
    app.sit_down(&first.link);
    first.stage.stop();
    app.hand_in();
    app.press("button", "To the start page");
    app.until_shown("home");
    app.admit_by(&second.link);
    app.press("button", "I have read this and accept it");
    app.until_shown("checking");
    app.press("button", "Begin the exam");
    app.until_shown("exam");
    // That its window is open may have been announced while nobody sat.
    let before = notifications.shown().len();
    first.stage.serve().expect("the service comes up again");
    wait_at_most(ASKED_AGAIN, "the result of the first exam", || {
        let home = app.driver.invoke("lobby", &json!({"ask": {"ask": "home"}})).ok()?;
        home.to_string().contains("\"graded\"").then_some(())
    });
    stays("nobody is disturbed in the exam", Duration::from_secs(2), || notifications.shown().len() == before);

    app.hand_in();
    let shown = wait("a notification", || notifications.shown().get(before).cloned());
    assert_eq!(shown.0, "Your result is there");
    assert!(shown.1.contains("First Steps with Invigil"), "{shown:?}");
    stays("it is shown once", Duration::from_secs(2), || notifications.shown().len() == before + 1);
}
