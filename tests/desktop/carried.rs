//! What is carried in or out by the clipboard of a Wayland desktop. Whose it is, is asked by a program of its own.

use crate::{
    application::Application,
    desk::{Desk, stays, wait},
    lockdown::{probed, reported},
    nested::Compositor,
    walk::Exam,
};
use invigil_core::{Value, policy::Control, value::Base};
use invigil_tests::matrix;
use std::{process::Stdio, time::Duration};

impl Desk {
    /// Has another program own the clipboard.
    fn wl_copy(&self, text: &str) {
        // It goes to the background once the text is its own, and ends when another program's is there instead.
        let status = self.command("timeout").args(["10", "wl-copy", text]).status();
        assert!(status.expect("it runs").success(), "wl-copy: install the package `wl-clipboard`: {}", self.said());
    }

    /// What another program is given when it pastes.
    fn wl_paste(&self) -> String {
        let output = self.command("timeout").args(["10", "wl-paste", "--no-newline"]).stdout(Stdio::piped()).output();
        String::from_utf8_lossy(&output.expect("it runs").stdout).into_owned()
    }
}

impl Application {
    /// Goes to a question with a field.
    fn go_to_a_field(&self, exam: &Exam) {
        for number in 1..=exam.items.len() {
            self.go_to(number);
            if matches!(exam.answer_to(exam.question(self)), Value::Base(Base::String(_))) {
                let field = self.until_seen("article input, article textarea", "*");
                return self.click(&field).expect("the field takes the focus");
            }
        }
        panic!("the sample has a question with a field");
    }
}

/// Where another program can ask for the clipboard, and give it something, without being in front.
const DESKTOPS: [&str; 2] = ["sway", "KWin"];

/// Copies something elsewhere and sits down.
fn sit_down(desktop: &str, exam: &Exam) -> Application {
    let mut app = Application::at(if desktop == "sway" { Desk::under_sway() } else { Desk::under(Compositor::Kwin) });
    app.start_again(&[]);
    if desktop == "KWin" {
        app.desk.point_at_it();
    }
    app.desk.wl_copy("from before");
    app.give_passphrase("Set passphrase");
    app.admit_by(&exam.link);
    // A compositor gives the clipboard to nobody who has had no key or click since it was filled.
    app.key("ctrl", "j");
    app.press("button", "I have read this and accept it");
    app.until_shown("checking");
    app.press("button", "Begin the exam");
    app.until_shown("exam");
    app
}

#[test]
fn nothing_is_carried_into_an_exam_by_a_wayland_desktops_clipboard() {
    for desktop in DESKTOPS {
        let exam = Exam::prepare("moderate");
        let app = sit_down(desktop, &exam);
        wait("an empty clipboard", || app.desk.wl_paste().is_empty().then_some(()));
        app.go_to_a_field(&exam);
        app.desk.wl_copy("carried in");
        if desktop == "KWin" {
            wait("it to be thrown away", || app.desk.wl_paste().is_empty().then_some(()));
            stays("nothing can be pasted", Duration::from_secs(2), || {
                app.key("ctrl", "v");
                app.answer() == ""
            });
        }
        wait("it to be on record", || {
            probed(&exam, &app, "clipboard").contains(&vec!["another program".to_owned()]).then_some(())
        });
        assert_eq!(reported(&exam, &app, ["clipboard"]), ["requested"]);
        app.press("button", "Review answers");
        app.until_shown("review");
        app.press("button", "Hand in …");
        app.until_seen("heading", "Hand in your exam?");
        app.key("ctrl", "j");
        app.press("button", "Hand in now");
        app.until_shown("closed");
        wait("the candidate's own text", || (app.desk.wl_paste() == "from before").then_some(()));
        matrix::with(
            Control::Clipboard,
            desktop,
            match desktop {
                "KWin" => "requested; what others put there is gone at once, the candidate's text comes back",
                _ => "requested; what was there is gone, the candidate's text comes back",
            },
        );
    }
}

#[test]
fn an_exam_that_does_not_ask_for_the_clipboard_leaves_a_wayland_desktops() {
    for desktop in DESKTOPS {
        let exam = Exam::prepare_without("moderate", "clipboard");
        let app = sit_down(desktop, &exam);
        app.go_to_a_field(&exam);
        stays("it is the candidate's", Duration::from_secs(2), || app.desk.wl_paste() == "from before");
        if desktop == "KWin" {
            app.key("ctrl", "v");
            wait("it to be pasted", || (app.answer() == "from before").then_some(()));
        }
        matrix::without(Control::Clipboard, desktop, "it stays the candidate's");
    }
}

impl Application {
    /// Presses a key together with another one, on a keyboard of this desktop.
    pub fn key(&self, with: &str, key: &str) {
        if self.desk.sway().is_none() {
            return self.desk.outside(&["key", &format!("{with}+{key}")]);
        }
        let mut command = self.desk.command("wtype");
        command.args(["-s", "500", "-M", with, "-k", key, "-m", with, "-s", "200"]);
        assert!(command.status().expect("wtype: install the package `wtype`").success());
    }
}
