//! A whole exam by keys alone. WebDriver only looks.

use crate::{application::Application, desk::wait, walk::Exam};
use invigil_core::{
    Value,
    value::{Base, List},
};

/// More stops than any screen has.
const TABS_MAX: usize = 60;

impl Application {
    /// What has the focus: kind, name and value.
    pub fn focused(&self) -> [String; 3] {
        let list = self.ask("focused", &[]).unwrap_or_default();
        [0, 1, 2].map(|index| list[index].as_str().unwrap_or_default().to_owned())
    }

    /// Moves the focus on by Tab until it is where it should be.
    #[track_caller]
    pub fn tab_to(&self, role: &str, name: &str) {
        self.tab_until(&format!("the {role} “{name}”"), |[kind, called, _]| kind == role && called == name);
    }

    #[track_caller]
    fn tab_until(&self, what: &str, there: impl Fn(&[String; 3]) -> bool) {
        let mut passed = Vec::new();
        for _ in 0..TABS_MAX {
            let before = self.focused();
            if there(&before) {
                return;
            }
            self.desk.press(&["Tab"]);
            wait("the focus to move on", || (self.focused() != before).then_some(()));
            passed.push(before);
        }
        panic!("Tab never reached {what}; it passed {passed:?}");
    }

    /// Answers the question on the page by keys.
    fn give_by_keys(&self, value: &Value) {
        match value {
            Value::Base(Base::Identifier(id)) => {
                self.tab_until("the choices", |[kind, ..]| kind == "radio");
                self.desk.press(&["space"]);
                // Arrows go round, so a few of them reach every choice.
                while self.focused()[2] != *id {
                    let before = self.focused();
                    self.desk.press(&["Down"]);
                    wait("the next choice", || (self.focused() != before).then_some(()));
                }
            }
            Value::List(List::Identifier(ids)) => {
                for id in ids {
                    self.tab_until(&format!("the choice {id}"), |[kind, _, value]| kind == "checkbox" && value == id);
                    self.desk.press(&["space"]);
                }
            }
            Value::Base(Base::String(text)) => {
                self.tab_until("the field", |[kind, ..]| kind == "field");
                self.desk.write(text);
            }
        }
        self.until_saved(value);
    }
}

#[test]
fn a_whole_exam_by_keys_alone() {
    let exam = Exam::prepare("moderate");
    let app = Application::start(&[]);
    app.get_ready(&exam.link);
    app.tab_to("button", "Begin the exam");
    app.desk.press(&["Return"]);
    app.until_shown("exam");
    wait("the exam to hold the machine", || app.screen.is_held().then_some(()));
    around_the_window(&app);

    for number in 1..=exam.items.len() {
        let begin = format!("Question {number} of");
        wait(&begin, || app.text("#question")?.starts_with(&begin).then_some(()));
        app.give_by_keys(exam.answer_to(exam.question(&app)));
        if number == 4 {
            app.desk.press(&["alt+f"]);
            app.until_seen("button", "Flagged");
        }
        app.desk.press(&["alt+n"]);
    }
    app.until_shown("review");
    app.desk.press(&["alt+p"]);
    app.until_shown("exam");
    app.desk.press(&["alt+r"]);
    app.until_shown("review");
    app.until_seen("heading", "One you flagged");
    app.tab_to("button", "Hand in …");
    app.desk.press(&["Return"]);
    app.until_seen("heading", "Hand in your exam?");
    app.tab_to("button", "Hand in now");
    app.desk.press(&["space"]);
    app.until_shown("closed");
    wait("the machine to be free", || app.screen.is_free().then_some(()));
    app.until_seen("heading", "Passed");
}

/// The keys that belong to the window itself.
fn around_the_window(app: &Application) {
    app.desk.press(&["F1"]);
    app.until_seen("dialog", "Keys");
    app.desk.press(&["Escape"]);
    wait("the list of keys to close", || (!app.sees("dialog", "Keys")).then_some(()));
    app.desk.press(&["ctrl+plus"]);
    wait("a larger page", || (app.attribute("html", "data-zoom")? == "110").then_some(()));
    app.desk.press(&["ctrl+0"]);
    wait("a page of normal size", || (app.attribute("html", "data-zoom")? == "100").then_some(()));
    app.desk.press(&["alt+t"]);
    wait("the time left in words", || app.text(".said").filter(|text| text.contains("second")));
    // And back again by the way one came.
    app.tab_to("button", "Hide time");
    let before = app.focused();
    app.desk.press(&["Tab", "shift+Tab"]);
    wait("the focus to be back", || (app.focused() == before).then_some(()));
}
