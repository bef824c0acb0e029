//! Chinese by an input method, while the exam holds the keyboard.

use crate::{
    application::Application,
    desk::{Desk, wait},
    walk::Exam,
};
use std::{process::Stdio, thread, time::Duration};

const FIELD: &str = "article input[type=text]";

impl Desk {
    /// Starts ibus. What is started afterwards writes by it.
    fn start_input_method(&mut self) {
        for (name, value) in [("GTK_IM_MODULE", "ibus"), ("XMODIFIERS", "@im=ibus")] {
            self.variable(name, value.to_owned());
        }
        let mut command = self.command("ibus-daemon");
        command.args(["--xim", "--panel=disable", "--config=default"]);
        self.keep(&mut command, "ibus");
    }

    /// Turns an engine on, and waits until it is.
    fn write_by(&self, engine: &str) {
        wait(&format!("the engine {engine}"), || {
            // It also asks for a keyboard layout. Where it gets none it says that it failed, with the engine turned on.
            self.ibus(&[engine]);
            (self.ibus(&[]).trim() == engine).then_some(())
        });
    }

    fn ibus(&self, arguments: &[&str]) -> String {
        let mut command = self.command("ibus");
        let output = command.arg("engine").args(arguments).stdout(Stdio::piped()).output();
        String::from_utf8_lossy(&output.expect("ibus: install the package `ibus`").stdout).into_owned()
    }

    /// Presses keys one by one, as slowly as a person.
    fn compose(&self, keys: &[&str]) {
        for key in keys {
            self.outside(&["key", key]);
            thread::sleep(Duration::from_millis(300));
        }
    }
}

#[test]
fn what_is_composed_under_the_grab_is_the_answer() {
    let exam = Exam::prepare_part("moderate", &["09"], 30);
    let mut desk = Desk::with_keyboard();
    desk.start_input_method();
    let mut app = Application::start_on(desk, &[]);
    app.sit_down(&exam.link);
    let field = app.until_seen(FIELD, "*");
    app.click(&field).expect("the field takes the focus");
    app.desk.write_by("libpinyin");

    // The page is written to while the word is composed, and longer than an answer waits to be saved.
    app.desk.compose(&["n", "i", "h", "a", "o"]);
    thread::sleep(Duration::from_secs(2));
    let underway = app.value(FIELD).unwrap_or_default();
    app.desk.compose(&["space"]);
    wait("the composed word to be saved", || {
        let saved = app.attribute("[data-saved]", "data-saved")? == "saved";
        (saved && app.value(FIELD)? == "你好").then_some(())
    });
    assert!(!underway.contains("nihao"), "the keys themselves are no answer: {underway}");
    assert!(app.screen.is_held(), "all of it under the grab");
    // A second word stands behind the first.
    app.desk.compose(&["z", "h", "o", "n", "g", "g", "u", "o", "space"]);
    wait("the second word to be saved", || {
        let saved = app.attribute("[data-saved]", "data-saved")? == "saved";
        (saved && app.value(FIELD)? == "你好中国").then_some(())
    });

    app.kill();
    app.start_again(&[]);
    app.give_passphrase("Open");
    app.until_shown("exam");
    wait("the answer after the restart", || (app.value(FIELD)? == "你好中国").then_some(()));
}
