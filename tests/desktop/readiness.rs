//! Readiness, days ahead and at the start: the doctor without the application, the trial on its page, and the report that
//! the proctor has. Each with a machine on which an exam could not begin.

use crate::{
    application::Application,
    desk::{Desk, kill, stays, wait},
    screen::Screen,
    walk::Exam,
};
use invigil_client::view::{Check, CheckState, Report};
use invigil_core::{
    policy::{Control, Holding, Level, Probe},
    readiness::Seeing,
    sitting::ControlReport,
};
use serde_json::{Value as Json, json};
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::{Output, Stdio},
    time::Duration,
};
use x11rb::{
    connection::Connection,
    protocol::xproto::{ConnectionExt as _, GrabMode, GrabStatus},
    rust_connection::RustConnection,
};

impl Desk {
    fn doctor(&self, arguments: &[&str]) -> Output {
        let [_, program] = ["invigil-desktop", "invigil"].map(|name| self.program(&built(name)));
        let mut command = self.command(program);
        command.arg("doctor").args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.output().expect("the command line runs")
    }

    fn report(&self, arguments: &[&str]) -> (Report, Option<i32>) {
        let output = self.doctor(&[&["--json"], arguments].concat());
        let report = serde_json::from_slice(&output.stdout);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        (report.unwrap_or_else(|error| panic!("{error}: {said}")), output.status.code())
    }
}

fn built(name: &str) -> PathBuf {
    invigil::stage::binary(name).unwrap_or_else(|error| panic!("{error}: run `make window`"))
}

/// Every file below a folder, but what the desk's own programs write.
fn files(folder: &Path) -> BTreeSet<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let own = |path: &PathBuf| !["journal", "run", "openbox"].iter().any(|name| path.ends_with(name));
    entries.filter(own).flat_map(|path| if path.is_dir() { files(&path) } else { BTreeSet::from([path]) }).collect()
}

/// Another program that holds the keyboard of a desk until it is dropped.
struct Holder(RustConnection);

impl Holder {
    fn at(desk: &Desk) -> Self {
        let (connection, screen) = x11rb::connect(Some(&desk.display)).expect("the X server answers");
        let root = connection.setup().roots[screen].root;
        let mode = GrabMode::ASYNC;
        let grab = connection.grab_keyboard(false, root, x11rb::CURRENT_TIME, mode, mode).expect("it asks");
        assert_eq!(grab.reply().expect("the X server answers").status, GrabStatus::SUCCESS);
        Self(connection)
    }

    fn lets_go(self) {
        self.0.ungrab_keyboard(x11rb::CURRENT_TIME).expect("it asks").check().expect("it is done");
    }
}

fn holding(report: &Report, control: Control) -> &'static str {
    match ControlReport::of(&report.controls, control) {
        Some(Holding::Enforced) => "enforced",
        Some(Holding::Requested { .. }) => "requested",
        Some(Holding::Denied { .. }) => "denied",
        Some(Holding::Unsupported { .. }) => "unsupported",
        Some(Holding::Released) | None => "released",
    }
}

fn check<'a>(report: &'a Report, id: &str) -> &'a Check {
    report.checks.iter().find(|check| check.id == id).unwrap_or_else(|| panic!("no check of {id}: {report:?}"))
}

#[test]
fn the_doctor_tries_the_machine_and_gives_it_back() {
    let desk = Desk::new();
    let screen = Screen::of(&desk);
    let before = files(desk.home());
    let (report, status) = desk.report(&[]);
    assert_eq!((status, report.may_begin, report.level, report.released), (Some(0), true, Level::L1, true));
    assert_eq!((report.policy.as_str(), report.desktop.to_string().as_str()), ("strict", "X11, Openbox"));
    for control in [Control::Keyboard, Control::Fullscreen, Control::Covers, Control::Clipboard] {
        assert_eq!(holding(&report, control), "enforced", "{control}");
    }
    let focus = report.probes.iter().find(|probe| probe.probe == Probe::Focus).expect("it is asked for");
    assert_eq!(focus.state, Seeing::Nothing, "{focus:?}");
    stays("the machine is free", Duration::from_millis(500), || screen.is_free());

    let holder = Holder::at(&desk);
    let (report, status) = desk.report(&["--policy", "strict"]);
    assert_eq!((status, report.may_begin, report.level), (Some(1), false, Level::L0));
    assert_eq!(holding(&report, Control::Keyboard), "denied");
    assert_eq!(check(&report, "keyboard").state, CheckState::Missing);
    let (report, status) = desk.report(&["--policy", "open"]);
    assert_eq!((status, report.may_begin, holding(&report, Control::Keyboard)), (Some(0), true, "denied"));
    let output = desk.doctor(&[]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(1), "{text}");
    for said in
        ["MEND  Desktop shortcuts", "The desktop refused", "→ Allow it when the desktop asks", "could not begin"]
    {
        assert!(text.contains(said), "{said}: {text}");
    }
    holder.lets_go();
    for wrong in [&["--policy", "lax"][..], &["--sitting", "sit-none"], &["--policy"], &["now"]] {
        assert_eq!(desk.doctor(wrong).status.code(), Some(2), "{wrong:?}");
    }
    assert_eq!(files(desk.home()), before, "nothing is left behind");
}

#[test]
fn a_doctor_that_is_killed_leaves_the_machine_free() {
    let mut desk = Desk::new();
    let screen = Screen::of(&desk);
    let mut command = desk.command(built("invigil-desktop"));
    command.args(["--doctor", "--json"]);
    let doctor = desk.keep(&mut command, "invigil-desktop");
    wait("the trial to hold the machine", || screen.is_held().then_some(()));
    kill(doctor);
    wait("the machine to be free", || screen.is_free().then_some(()));
}

#[test]
fn the_doctor_says_what_sway_does_not_tell() {
    let desk = Desk::under_sway();
    let (report, status) = desk.report(&[]);
    assert_eq!((status, report.may_begin, report.released), (Some(0), true, true), "{report:?}");
    assert_eq!(report.desktop.shown_by, "sway");
    assert_eq!((holding(&report, Control::Keyboard), holding(&report, Control::Covers)), ("enforced", "requested"));
    for probe in [Probe::InjectedInput, Probe::Clipboard] {
        let looked = report.probes.iter().find(|report| report.probe == probe).expect("it is asked for");
        assert_eq!(looked.state, Seeing::Blind, "{looked:?}");
        assert_eq!(check(&report, &format!("probe-{probe}")).code, "blind");
    }
}

#[test]
fn a_candidate_tries_the_computer_days_before() {
    let exam = Exam::prepare("moderate");
    let mut app = Application::start(&[]);
    app.give_passphrase("Set passphrase");
    app.admit_by(&exam.link);
    app.press("button", "Decide later");
    app.until_shown("home");
    app.press("button", "Check this computer First*");
    app.until_shown("trial");
    app.picture("40-trial-before");
    app.press("button", "Begin the trial");
    app.until_seen("heading", "An exam could begin on this computer.");
    wait("the machine to be free", || app.screen.is_free().then_some(()));
    app.picture("41-trial-over");
    assert_eq!(app.line("li[data-check=keyboard]", "Desktop"), Some("Desktop shortcuts Ready".to_owned()));
    assert!(app.text("main").is_some_and(|text| text.contains("Everything that was held was given back.")));

    // An aid can be tried while everything holds, and the trial ends at a key.
    let known = app.desk.home().join("magnus");
    fs::copy("/usr/bin/sleep", &known).expect("a copy");
    let mut aid = app.desk.command(&known);
    app.desk.keep(aid.arg("600"), "coreutils");
    app.press("button", "To the start page");
    app.press("button", "Check this computer First*");
    app.press("radio", "Yes: hold on*");
    app.press("button", "Begin the trial");
    wait("the trial to hold the machine", || app.screen.is_held().then_some(()));
    stays("it holds on", Duration::from_secs(3), || app.screen.is_held());
    app.tab_to("button", "End it now and give everything back");
    app.desk.press(&["Return"]);
    let aids = wait("the aids", || app.attribute("[data-aids]", "data-aids"));
    assert!(aids.split(' ').any(|name| name == "magnus"), "{aids}");
    wait("the machine to be free", || app.screen.is_free().then_some(()));

    let holder = Holder::at(&app.desk);
    app.press("button", "Try again");
    app.press("button", "Begin the trial");
    wait("the second trial", || app.text("main").filter(|text| text.contains("could not begin")));
    let keyboard = app.line("li[data-check=keyboard]", "Desktop").expect("the check of the keyboard");
    assert!(keyboard.starts_with("Desktop shortcuts To be mended The desktop refused"), "{keyboard}");
    app.picture("42-trial-not-ready");
    holder.lets_go();
    app.press("button", "To the start page");
    app.until_shown("home");

    // Nobody has heard of any of it.
    let (sitting, records) = exam.seen_by_proctor(&app.driver);
    let kinds: Vec<_> = records.iter().filter_map(|record| record["kind"].as_str()).collect();
    assert_eq!((kinds, &sitting["phase"]), (vec!["admitted"], &json!("admitted")));

    // The doctor knows the exam as well, without its key.
    let id = sitting["id"].as_str().expect("an identifier").to_owned();
    assert_eq!(app.desk.doctor(&["--sitting", &id]).status.code(), Some(2), "the application is open");
    app.kill();
    let (report, status) = app.desk.report(&["--sitting", &id]);
    assert_eq!((status, report.sitting.as_ref().map(ToString::to_string)), (Some(0), Some(id)));
    assert_eq!(["issuer", "window", "keys"].map(|id| check(&report, id).code.as_str()), ["", "", "passphrase"]);
    assert_eq!(check(&report, "pack").state, CheckState::Fine, "the trial on the page has fetched it");
}

#[test]
fn the_proctor_has_the_report_that_the_candidate_had() {
    let exam = Exam::prepare("moderate");
    let app = Application::start(&[]);
    app.get_ready(&exam.link);
    let found = |what: &str| {
        let (_, records) = exam.seen_by_proctor(&app.driver);
        let of = |record: &Json| record["args"]["observation"].clone();
        records.iter().map(of).find(|observation| observation["what"] == what)
    };
    let survey = wait("the report at the issuer", || found("surveyed"));
    assert_eq!(survey["desktop"], "X11, Openbox");
    // The candidate was told of both.
    assert_eq!(survey["checks"], json!(["guard-absent", "keys-passphrase"]));
    for (id, words) in [("guard", "It is not running."), ("keys", "They are sealed by your passphrase.")] {
        assert!(app.text(&format!("li[data-check={id}]")).is_some_and(|text| text.contains(words)), "{id}");
    }
    assert!(wait("a probe that cannot look", || found("blind"))["why"].is_string());
}
