//! What the exam takes from the desk and gives back, seen from outside: other screens, what was copied.
//! Each with its negative control: an exam that does not ask for the control leaves the way open.

use crate::{
    application::{Application, NAME},
    desk::{Desk, stays, wait, wait_at_most},
    outside::X11,
    walk::Exam,
};
use invigil_core::policy::Control;
use invigil_tests::matrix;
use std::{process::Stdio, thread, time::Duration};

const OPENBOX: &str = "X11, openbox";
const SWAY: &str = "sway";
const AT_ONCE: Duration = Duration::from_secs(2);

impl Desk {
    /// Splits the screen into two monitors, as if another one were plugged in.
    pub fn plug_in(&self) {
        let half = X11::of(self).width() / 2;
        for (name, x, output) in [("left", 0, "screen"), ("right", half, "none")] {
            let place = format!("{half}/{}x800/400+{x}+0", half / 2);
            let status = self.command("xrandr").args(["--setmonitor", name, &place, output]).status();
            assert!(status.expect("xrandr: install the package `x11-xserver-utils`").success(), "{}", self.said());
        }
    }

    pub fn unplug(&self) {
        for monitor in ["right", "left"] {
            assert!(self.command("xrandr").args(["--delmonitor", monitor]).status().expect("it runs").success());
        }
    }

    /// Has another program own a selection: `clipboard` or `primary`.
    pub fn copy_elsewhere(&self, selection: &str, text: &str) {
        let file = self.home().join("copied");
        std::fs::write(&file, text).expect("a file");
        // In the foreground it is the process that the X server knows. It ends when another one takes the selection.
        let mut command = self.command("sh");
        command.args(["-c", "xclip -quiet -selection \"$0\" \"$1\" &", selection]).arg(&file).stderr(Stdio::null());
        assert!(command.status().expect("a shell").success());
        thread::sleep(Duration::from_millis(300));
    }

    /// What another program is given when it pastes.
    pub fn paste_elsewhere(&self, selection: &str) -> String {
        let mut command = self.command("timeout");
        let output = command.args(["2", "xclip", "-o", "-selection", selection]).stdout(Stdio::piped()).output();
        String::from_utf8_lossy(&output.expect("it runs").stdout).into_owned()
    }
}

fn sit_down(exam: &Exam, before: impl Fn(&Desk)) -> Application {
    let app = Application::start(&[]);
    before(&app.desk);
    app.sit_down(&exam.link);
    app
}

/// What the log says of these controls at the end.
pub fn reported<const N: usize>(exam: &Exam, app: &Application, controls: [&str; N]) -> [String; N] {
    let reports = wait("the controls to be on record", || {
        let (_, records) = exam.seen_by_proctor(&app.driver);
        records.iter().rev().find(|record| record["kind"] == "checked")?["args"]["controls"].as_array().cloned()
    });
    controls.map(|name| {
        let report = reports.iter().find(|report| report["control"] == name);
        let state = report.and_then(|report| report["holding"]["state"].as_str().map(str::to_owned));
        state.unwrap_or_else(|| panic!("nothing is said of {name}: {reports:?}"))
    })
}

/// What a probe saw, one list after the other.
pub fn probed(exam: &Exam, app: &Application, probe: &str) -> Vec<Vec<String>> {
    let (_, records) = exam.seen_by_proctor(&app.driver);
    let observations = records.iter().map(|record| &record["args"]["observation"]);
    let of_this = observations.filter(|observation| observation["probe"] == probe);
    of_this.filter_map(|observation| serde_json::from_value(observation["sees"].clone()).ok()).collect()
}

#[test]
fn every_screen_is_covered_also_one_that_is_plugged_in() {
    let exam = Exam::prepare("moderate");
    let app = sit_down(&exam, |_| {});
    assert_eq!(app.screen.bare(), [""; 0]);
    app.desk.plug_in();
    wait_at_most(AT_ONCE, "the second screen to be covered", || {
        (app.screen.monitors() == 2 && app.screen.bare().is_empty()).then_some(())
    });
    app.screen.x11().picture_all(&app.desk, "30-covered");
    app.desk.unplug();
    app.desk.plug_in();
    wait_at_most(AT_ONCE, "it to be covered once more", || app.screen.bare().is_empty().then_some(()));
    app.desk.press(&["alt+l"]);
    app.until_seen("heading", "Leave the exam?");
    app.desk.press(&["alt+l"]);
    wait_at_most(AT_ONCE, "both screens to be free", || app.screen.bare().contains(&"right".to_owned()).then_some(()));
    matrix::with(Control::Covers, OPENBOX, "enforced; a screen that is plugged in is covered within 2 s, twice");
}

#[test]
fn an_exam_that_does_not_ask_for_covers_leaves_the_second_screen() {
    let exam = Exam::prepare_without("moderate", "covers");
    let app = sit_down(&exam, |_| {});
    app.desk.plug_in();
    stays("the second screen is nobody's", AT_ONCE, || app.screen.bare().contains(&"right".to_owned()));
    matrix::without(Control::Covers, OPENBOX, "the second screen stays as it is");
}

#[test]
fn nothing_is_carried_in_or_out_by_the_clipboard() {
    let exam = Exam::prepare("moderate");
    let app = sit_down(&exam, |desk| {
        desk.copy_elsewhere("clipboard", "from before");
        desk.copy_elsewhere("primary", "marked before");
    });
    for selection in ["clipboard", "primary"] {
        wait("an empty selection", || app.desk.paste_elsewhere(selection).is_empty().then_some(()));
        app.desk.copy_elsewhere(selection, "carried in");
        wait_at_most(AT_ONCE, "it to be thrown away", || app.desk.paste_elsewhere(selection).is_empty().then_some(()));
    }
    wait("the program to be on record", || {
        probed(&exam, &app, "clipboard").contains(&vec!["xclip".to_owned()]).then_some(())
    });
    app.hand_in();
    assert_eq!(app.desk.paste_elsewhere("clipboard"), "from before", "the candidate's own text is given back");
    matrix::with(
        Control::Clipboard,
        OPENBOX,
        "enforced; what others put there is gone and named, the candidate's text comes back",
    );
}

#[test]
fn an_exam_that_does_not_ask_for_the_clipboard_leaves_it() {
    let exam = Exam::prepare_without("moderate", "clipboard");
    let app = sit_down(&exam, |desk| desk.copy_elsewhere("clipboard", "from before"));
    stays("the clipboard is the candidate's", AT_ONCE, || app.desk.paste_elsewhere("clipboard") == "from before");
    matrix::without(Control::Clipboard, OPENBOX, "it stays the candidate's");
}

#[test]
fn sway_holds_its_shortcuts_back_for_the_exam_alone() {
    let exam = Exam::prepare("moderate");
    let app = Application::start_on(Desk::under_sway(), &[]);
    assert!(app.screen.is_free(), "before the exam its shortcuts work");
    app.sit_down(&exam.link);
    stays("its shortcuts do nothing", AT_ONCE, || app.screen.is_held());
    app.hand_in();
    assert_eq!(reported(&exam, &app, ["keyboard", "fullscreen"]), ["enforced", "enforced"]);
    matrix::with(Control::Keyboard, SWAY, "enforced; its shortcut does nothing");
    matrix::with(Control::Fullscreen, SWAY, "enforced; sway calls the window fullscreen");
}

#[test]
fn an_exam_that_does_not_ask_for_the_keyboard_leaves_sway_its_shortcuts() {
    let exam = Exam::prepare_without("open", "keyboard");
    let app = Application::start_on(Desk::under_sway(), &[]);
    app.begin(&exam.link);
    wait("the exam to cover the screen", || app.screen.is_covered().then_some(()));
    assert!(!app.screen.is_grabbed(), "its shortcuts work");
    matrix::without(Control::Keyboard, SWAY, "its shortcut works");
}

#[test]
fn an_output_that_sway_plugs_in_is_covered() {
    let exam = Exam::prepare("moderate");
    let app = Application::start_on(Desk::under_sway(), &[]);
    app.sit_down(&exam.link);
    app.desk.sway().expect("it runs").tell("create_output");
    wait_at_most(AT_ONCE * 2, "the second output to be covered", || {
        (app.screen.monitors() == 2 && app.screen.bare().is_empty()).then_some(())
    });
    stays("the exam keeps the keyboard", AT_ONCE, || app.screen.is_held());
    matrix::with(Control::Covers, SWAY, "requested; an output that is plugged in is covered");
}

/// Keys that openbox keeps for itself, unless somebody holds the keyboard.
const KEPT: [&str; 6] = ["alt+Tab", "alt+Escape", "alt+space", "super+d", "ctrl+alt+Right", "super+F2"];

#[test]
fn openboxs_keys_go_to_the_exam() {
    let exam = Exam::prepare("moderate");
    let app = sit_down(&exam, |_| {});
    let kept: Vec<_> = KEPT.iter().filter(|key| !app.is_given(key)).collect();
    assert!(kept.is_empty(), "openbox keeps {kept:?}");
    assert!(app.screen.is_held() && app.shown() == "exam", "and none of them leads out of it");
    matrix::with(Control::Keyboard, OPENBOX, "enforced; its keys reach the page");
    matrix::with(Control::Fullscreen, OPENBOX, "enforced; it covers the screen");
}

#[test]
fn an_exam_that_does_not_ask_for_the_keyboard_leaves_openbox_its_keys() {
    let exam = Exam::prepare_without("open", "keyboard");
    let app = Application::start(&[]);
    app.begin(&exam.link);
    wait("the exam to cover the screen", || app.screen.is_covered().then_some(()));
    let given: Vec<_> = KEPT.iter().rev().filter(|key| app.is_given(key)).collect();
    assert!(given.is_empty(), "openbox hands on {given:?}");
    matrix::without(Control::Keyboard, OPENBOX, "its keys do what they do");
}

#[test]
fn an_exam_that_does_not_ask_for_it_can_be_closed() {
    let exam = Exam::prepare_without("open", "close");
    let app = sit_down(&exam, |_| {});
    app.screen.x11().ask_to_close(app.screen.x11().window());
    wait("the application to be gone", || app.desk.processes(NAME).is_empty().then_some(()));
    matrix::without(Control::Close, OPENBOX, "it closes");
}

#[test]
fn an_exam_that_does_not_ask_for_the_whole_screen_leaves_the_rest() {
    let exam = Exam::prepare_without("open", "fullscreen");
    let app = Application::start(&[]);
    app.begin(&exam.link);
    wait("the exam to hold the keyboard", || app.screen.is_grabbed().then_some(()));
    stays("the window is one among others", AT_ONCE, || !app.screen.is_covered());
    matrix::without(Control::Fullscreen, OPENBOX, "a window among others");
}

/// What opens, leaves or saves the page of an ordinary browser, as xdotool does it.
pub const WAYS_OUT: [[&str; 2]; 12] = [
    ["click", "3"],
    ["key", "Menu"],
    ["key", "ctrl+p"],
    ["key", "ctrl+f"],
    ["key", "ctrl+s"],
    ["key", "ctrl+n"],
    ["key", "ctrl+t"],
    ["key", "F5"],
    ["key", "ctrl+r"],
    ["key", "alt+Left"],
    ["key", "F12"],
    ["key", "ctrl+u"],
];

#[test]
fn nothing_of_the_page_or_the_desktop_leads_out() {
    let exam = Exam::prepare("moderate");
    let app = sit_down(&exam, |_| {});
    let window = app.screen.x11().window();
    let prompt = app.text("#prompt");
    for act in WAYS_OUT {
        app.desk.outside(&act);
        thread::sleep(Duration::from_millis(300));
        assert_eq!(app.screen.x11().windows(), [window], "{act:?} opens nothing");
        assert_eq!((app.shown().as_str(), &app.text("#prompt")), ("exam", &prompt), "{act:?} leads nowhere");
    }
    matrix::with(
        Control::Page,
        OPENBOX,
        "requested; no menu, print, search, saving, new window, reload or inspector opens",
    );
    app.screen.x11().ask_to_close(window);
    app.desk.press(&["alt+F4"]);
    stays("the exam stays open", AT_ONCE, || app.screen.x11().windows() == [window] && app.screen.is_held());
    matrix::with(Control::Close, OPENBOX, "requested; closing does nothing");
}

#[test]
fn sway_closes_nothing_that_the_exam_keeps_open() {
    let exam = Exam::prepare("moderate");
    let app = Application::start_on(Desk::under_sway(), &[]);
    app.sit_down(&exam.link);
    app.desk.sway().expect("it runs").tell("[app_id=\".*\"] kill");
    stays("the exam stays open", AT_ONCE, || app.screen.is_covered());
    matrix::with(Control::Close, SWAY, "requested; sway's kill does nothing");
}

#[test]
fn sway_closes_an_exam_that_does_not_ask_to_stay_open() {
    let exam = Exam::prepare_without("open", "close");
    let app = Application::start_on(Desk::under_sway(), &[]);
    app.sit_down(&exam.link);
    app.desk.sway().expect("it runs").tell("[app_id=\".*\"] kill");
    wait("the application to be gone", || app.desk.processes(NAME).is_empty().then_some(()));
    matrix::without(Control::Close, SWAY, "it closes");
}

#[test]
fn sway_shows_an_exam_that_does_not_ask_for_the_whole_screen_as_any_window() {
    let exam = Exam::prepare_without("open", "fullscreen,covers");
    let app = Application::start_on(Desk::under_sway(), &[]);
    app.begin(&exam.link);
    wait("the exam to hold the keyboard", || app.screen.is_grabbed().then_some(()));
    assert!(!app.screen.is_covered(), "it is a window among others");
    matrix::without(Control::Fullscreen, SWAY, "a window among others");
    app.desk.sway().expect("it runs").tell("create_output");
    stays("the second output is nobody's", AT_ONCE, || app.screen.bare().len() == 2);
    matrix::without(Control::Covers, SWAY, "the second output stays as it is");
}
