//! Debian's on-screen keyboard over the exam: it types, and nothing is held against anybody.

use crate::{
    application::Application,
    desk::{Desk, wait},
    lockdown::probed,
    walk::Exam,
};
use std::{fs, thread, time::Duration};

const FIELD: &str = "article input[type=text]";

/// Always on top, also of what is full-screen, as people set it who can use no other.
const SETTINGS: &str = "[org/onboard/window]\nforce-to-top=true\n";
/// Where the keyboard lies, and where these keys lie on it.
const PLACE: [&str; 4] = ["--size=1200x260", "--layout=Compact", "-x40", "-y500"];
const KEYS: [(&str, &str, &str); 3] = [("t", "487", "580"), ("a", "214", "630"), ("b", "551", "680")];

impl Desk {
    fn start_onboard(&mut self) {
        let folder = self.home().join(".config/glib-2.0/settings");
        fs::create_dir_all(&folder).expect("a folder for settings");
        fs::write(folder.join("keyfile"), SETTINGS).expect("the settings are written");
        let mut command = self.command("onboard");
        command.args(PLACE).env("GSETTINGS_BACKEND", "keyfile");
        self.keep(&mut command, "onboard");
        wait("the on-screen keyboard", || {
            let mut command = self.command("xdotool");
            command.args(["search", "--onlyvisible", "--class", "onboard"]);
            command.status().expect("it runs").success().then_some(())
        });
    }
}

#[test]
fn an_on_screen_keyboard_types_and_is_held_against_nobody() {
    let exam = Exam::prepare_part("moderate", &["09"], 30);
    let mut desk = Desk::with_keyboard();
    desk.start_onboard();
    let app = Application::start_on(desk, &[]);
    app.sit_down(&exam.link);
    let field = app.until_seen(FIELD, "*");
    app.click(&field).expect("the field takes the focus");
    let mut typed = String::new();
    for (letter, x, y) in KEYS {
        app.desk.outside(&["mousemove", x, y]);
        // The pointer rests before it presses, as a hand does.
        thread::sleep(Duration::from_millis(500));
        app.desk.outside(&["click", "1"]);
        typed += letter;
        wait(&format!("“{typed}” in the field"), || (app.value(FIELD)? == typed).then_some(()));
    }
    wait("it to be saved", || (app.attribute("[data-saved]", "data-saved")? == "saved").then_some(()));
    assert!(app.screen.is_held(), "all of it under the controls");
    app.screen.x11().picture_all(&app.desk, "31-on-screen-keyboard");
    for probe in ["injected-input", "programs", "focus", "debugger", "clipboard", "screen-share", "keyboards"] {
        let seen = probed(&exam, &app, probe);
        assert!(seen.iter().all(Vec::is_empty), "the on-screen keyboard trips {probe}: {seen:?}");
    }
}

/// The negative control: the same keys from a program that is no aid.
#[test]
fn a_program_that_types_without_one_is_seen() {
    let exam = Exam::prepare_part("moderate", &["09"], 30);
    let app = Application::start_on(Desk::with_keyboard(), &[]);
    app.sit_down(&exam.link);
    // From inside, by the server's test extension.
    app.desk.press(&["t", "a", "b"]);
    wait("the program's keys to be on record", || {
        probed(&exam, &app, "injected-input").iter().any(|sees| !sees.is_empty()).then_some(())
    });
}
