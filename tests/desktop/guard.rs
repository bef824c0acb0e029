//! The guard, seen from outside: it starts a dead or frozen application again, and whoever dies, nothing stays locked.

use crate::{
    application::{Application, NAME, shipped},
    desk::{Desk, alive, freeze, kill, stays, thaw, wait, wait_at_most},
    guarded::Guarded,
    walk::{Exam, PASSPHRASE},
};
use serde_json::Value as Json;
use std::{
    fs,
    time::{Duration, Instant},
};

/// Five seconds of silence, and a moment to look and to start.
const FROZEN_MAX: Duration = Duration::from_secs(10);

#[test]
fn the_guard_restarts_and_frees() {
    let exam = Exam::prepare("moderate");
    let mut app = Application::start(&[]);
    app.sit_down(&exam.link);
    app.kill();
    wait("the window to be gone", || app.screen.x11().windows().is_empty().then_some(()));

    // From here on the shipped programs: no WebDriver, only keys, windows and processes.
    let mut command = app.desk.command(shipped());
    // The application starts the guard in its own place, and the guard the application.
    let guard = app.desk.keep(&mut command, "invigil-desktop");
    let first = running(&app, guard);
    assert_eq!(app.desk.processes("invigil-guard"), [guard], "the guard is there");
    give_passphrase(&app);

    kill(first);
    let second = running(&app, first);
    held_again(&app);

    freeze(second);
    let frozen = Instant::now();
    wait_at_most(FROZEN_MAX, "the frozen application to be killed", || (!alive(second)).then_some(()));
    let left = FROZEN_MAX.saturating_sub(frozen.elapsed());
    let third = wait_at_most(left, "it to be started again", || {
        app.desk.processes(NAME).into_iter().find(|process| *process != second)
    });
    wait("a window of the new application", || (!app.screen.x11().windows().is_empty()).then_some(()));
    held_again(&app);

    kill(guard);
    wait("the guard to be gone", || (!alive(guard)).then_some(()));
    stays("the exam goes on without its guard", Duration::from_secs(4), || alive(third) && app.screen.is_held());

    kill(third);
    wait_at_most(Duration::from_secs(2), "the machine to be free", || {
        (app.screen.x11().windows().is_empty() && app.screen.is_free()).then_some(())
    });
    stays("nothing starts again without the guard", Duration::from_secs(2), || app.desk.processes(NAME).is_empty());
}

/// The keys are with the guard, so that nobody types a passphrase with the clock running.
#[test]
fn the_guard_gives_the_keys_back() {
    let exam = Exam::prepare("moderate");
    let mut app = Application::empty();
    app.start_guarded(&[]);
    app.sit_down(&exam.link);
    let first = app.process();
    kill(first);
    running(&app, first);
    held_again(&app);

    // The issuer hears of the restart and of the controls after it.
    let records = wait("the controls after the restart at the issuer", || {
        let (_, records) = exam.seen_by_proctor(&app.driver);
        let resumed = records.iter().position(|record| record.to_string().contains("\"resumed\""))?;
        let checked = |record: &Json| record.to_string().contains("\"checked\"");
        records[resumed..].iter().any(checked).then_some(records)
    });
    let (sitting, _) = exam.seen_by_proctor(&app.driver);
    assert_eq!(sitting["level"], "L1", "a restart is no loss of a control: {records:#?}");
    assert_eq!(sitting["phase"], "underway", "{sitting:#}");
}

#[test]
fn a_frozen_exam_lets_go_of_sway_too() {
    let exam = Exam::prepare("moderate");
    let mut guarded = Guarded::start(Desk::under_sway(), false);
    guarded.app.sit_down(&exam.link);
    let frozen = guarded.app.process();
    freeze(frozen);
    wait_at_most(FROZEN_MAX, "the frozen application to be killed", || (!alive(frozen)).then_some(()));
    // The next one would hold the machine again before anybody has looked, so it has to wait.
    let next = wait("it to be started again", || {
        guarded.app.desk.processes(NAME).into_iter().find(|process| *process != frozen)
    });
    freeze(next);
    wait("sway to be free", || guarded.app.screen.is_free().then_some(()));
    thaw(next);
    guarded.take_over();
    guarded.app.until_shown("exam");
    held_again(&guarded.app);
}

/// The fourth time within a minute.
#[test]
fn an_exam_that_keeps_failing_ends_in_a_plain_window() {
    let exam = Exam::prepare("moderate");
    let guarded = Guarded::start(Desk::new(), false);
    let (desk, screen) = (&guarded.app.desk, guarded.app.screen.x11());
    guarded.app.sit_down(&exam.link);
    let mut process = guarded.app.process();
    for _ in 0..4 {
        kill(process);
        process = wait("it to be started again", || desk.processes(NAME).into_iter().find(|other| *other != process));
    }
    let window = wait("a window that says why", || {
        let window = screen.windows().first().copied()?;
        let told = fs::read(format!("/proc/{process}/cmdline")).ok()?;
        (told.ends_with(b"--recovery\0") && screen.is_painted(window)).then_some(window)
    });
    screen.picture(desk, window, "22-recovery");
    stays("the window is there and the machine is free", Duration::from_secs(2), || {
        screen.windows() == [window] && guarded.app.screen.is_free()
    });
    desk.press(&["Return"]);
    wait("application and guard to end", || {
        (desk.processes(NAME).is_empty() && desk.processes("invigil-guard").is_empty()).then_some(())
    });
}

/// Waits until the exam is back by itself: nobody types a passphrase.
#[track_caller]
fn held_again(app: &Application) {
    wait("the exam to hold the machine again, without a passphrase", || app.screen.is_held().then_some(()));
}

/// The application's process, once it is another than `before` and its window shows a page.
fn running(app: &Application, before: u32) -> u32 {
    let process =
        wait("the application to run", || app.desk.processes(NAME).into_iter().find(|process| *process != before));
    wait("its window to show a page", || {
        let window = app.screen.x11().windows().first().copied()?;
        (app.screen.x11().is_active(window) && app.screen.x11().is_painted(window)).then_some(())
    });
    process
}

/// By keys alone: the start page begins at its heading, and the first thing after it is the passphrase.
fn give_passphrase(app: &Application) {
    app.desk.press(&["Tab"]);
    app.desk.write(PASSPHRASE);
    app.desk.press(&["Return"]);
    wait("the exam to hold the machine", || app.screen.is_held().then_some(()));
}
