//! Every text on every screen comes from the files of texts. In the pseudo language all of those stand in ⟦…⟧, so any
//! other is seen.

use crate::{application::Application, walk::Exam};
use reqwest::Method;
use serde_json::json;

#[test]
fn the_page_has_no_stray_text() {
    let exam = Exam::prepare("moderate");
    let mut app = Application::start(&[]);
    let page = json!({"url": "tauri://localhost/index.html?lang=pseudo"});
    app.driver.call(Method::POST, "/url", Some(&page)).expect("the page speaks the pseudo language");
    app.pseudo = true;
    let mut strays = Vec::new();
    let mut look = |app: &Application, screen: &str| {
        let found = app.ask("strays", &[]).expect("the page can be searched");
        let found = found.as_array().into_iter().flatten().filter_map(|text| text.as_str());
        strays.extend(found.map(|text| format!("{screen}: {text}")));
    };

    app.until_shown("home");
    app.until_seen("button", "Set passphrase");
    look(&app, "home without keys");
    app.give_passphrase("Set passphrase");
    app.fill("#link", "nowhere");
    app.press("button", "Look it up");
    app.until_seen("[data-problem]", "*");
    look(&app, "home with a problem");
    app.until_seen("#link", "*");
    app.wipe("#link");
    app.fill("#link", &exam.link);
    app.press("button", "Look it up");
    app.until_shown("offer");
    look(&app, "offer");
    app.press("button", "Yes, get my admission");
    app.until_shown("admitted");
    app.until_seen("button", "I have read this and accept it");
    look(&app, "notice");
    app.press("button", "I do not accept");
    app.until_seen("button", "Keep reading");
    look(&app, "declining");
    app.press("button", "Keep reading");
    app.press("button", "I have read this and accept it");
    app.until_shown("checking");
    app.until_seen("button", "Begin the exam");
    look(&app, "readiness");
    app.press("button", "Begin the exam");
    app.until_shown("exam");

    for number in 1..=exam.items.len() {
        app.go_to(number);
        let item = exam.question(&app);
        look(&app, &format!("question {}", item.id));
        app.give(exam.answer_to(item));
        look(&app, &format!("question {} answered", item.id));
    }
    app.press("button", "Flag");
    app.until_seen("button", "Flagged");
    look(&app, "flagged");
    app.press("button", "Keys");
    app.until_seen("button", "Close");
    look(&app, "keys");
    app.press("button", "Close");
    app.press("button", "Appearance");
    look(&app, "appearance");
    app.press("button", "Leave the exam");
    app.until_seen("button", "Leave now");
    look(&app, "leaving");
    app.press("button", "Leave now");
    app.until_shown("away");
    look(&app, "away");
    app.press("button", "Return to the exam");
    app.until_shown("exam");
    app.press("button", "Review answers");
    app.until_shown("review");
    look(&app, "review");
    app.press("button", "Hand in …");
    app.until_seen("button", "Hand in now");
    look(&app, "handing in");
    app.press("button", "Hand in now");
    app.until_shown("closed");
    app.until_seen("heading", "Passed");
    look(&app, "result");
    app.picture("30-result-in-the-pseudo-language");
    app.press("button", "What was recorded");
    app.until_shown("record");
    look(&app, "record");
    app.press("button", "Back");
    app.press("button", "To the start page");
    app.until_shown("home");
    look(&app, "home with a result");

    strays.sort();
    strays.dedup();
    assert!(strays.is_empty(), "these texts are in no file of texts:\n{}", strays.join("\n"));
}
