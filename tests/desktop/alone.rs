//! The application keeps to itself: one copy at a time, and the shipped one obeys no other program.

use crate::{
    application::{Application, NAME, driven, shipped},
    desk::{Desk, PATIENCE, alive, kill, stays, wait},
    driver::Driver,
    outside::X11,
};
use std::{
    collections::BTreeSet,
    fs,
    process::{Command, Output, Stdio},
    time::Duration,
};

/// Part of the application only where it can be driven.
const MARK: &[u8] = b"INVIGIL_E2E_GUARD";

#[test]
fn a_second_copy_is_turned_away() {
    let app = Application::start(&[]);
    let (process, window) = (app.process(), app.screen.x11().window());
    for program in [driven(), shipped()] {
        let second = ended(app.desk.command(&program).stderr(Stdio::piped()));
        let said = String::from_utf8_lossy(&second.stderr).into_owned();
        assert!(said.contains("already-running"), "{} says why it ends: {said}", program.display());
        assert_eq!(second.status.code(), Some(0), "{said}");
        stays("the first copy is open", Duration::from_secs(1), || {
            alive(process) && app.screen.x11().windows() == [window]
        });
        assert_eq!(app.shown(), "home", "the first copy still answers");
    }
}

/// Runs a program to its end, which must come by itself.
fn ended(command: &mut Command) -> Output {
    let mut child = command.spawn().expect("the second copy starts");
    wait("the second copy to end", || child.try_wait().expect("it can be asked"));
    child.wait_with_output().expect("its words can be read")
}

#[test]
fn the_shipped_application_cannot_be_driven() {
    const LONG_ENOUGH: Duration = Duration::from_secs(10);
    let mut desk = Desk::new();
    let screen = X11::of(&desk);
    // The same driver opens the other build in about a second.
    let mut driver = Driver::start(&mut desk);
    driver.open(&driven(), &[], PATIENCE).expect("the build for tests can be driven");
    driver.forget();
    wait("the build for tests to be gone", || desk.processes(NAME).is_empty().then_some(()));

    let mut driver = Driver::start(&mut desk);
    let refused = driver.open(&shipped(), &[], LONG_ENOUGH);
    assert!(refused.is_err(), "the shipped application let itself be driven");
    let processes = desk.processes(NAME);
    assert_eq!(processes.len(), 1, "it runs all the same");
    assert_eq!(listening(processes[0]), 0, "it listens to other programs");
    wait("its page to be shown", || screen.is_painted(screen.window()).then_some(()));
}

/// The mark by which a cleaned start tells the next one can be set by anybody.
#[test]
fn a_forged_mark_of_cleanliness_opens_no_door() {
    let mut desk = Desk::new();
    let screen = X11::of(&desk);
    let port = invigil::stage::free_port().expect("a free port");
    for forged in ["LD_PRELOAD", "TAURI_WEBVIEW_AUTOMATION,WEBKIT_INSPECTOR_SERVER"] {
        let mut command = desk.command(shipped());
        command.env("TAURI_WEBVIEW_AUTOMATION", "true").env("INVIGIL_SCRUBBED", forged);
        command.env("WEBKIT_INSPECTOR_SERVER", format!("127.0.0.1:{port}"));
        let started = desk.keep(&mut command, NAME);
        // Either it starts clean, or it does not start.
        let window = wait("the application to show its page or to refuse", || {
            let window = screen.windows().first().copied().filter(|window| screen.is_painted(*window));
            (window.is_some() || !alive(started)).then_some(window)
        });
        for process in desk.processes(NAME) {
            assert_eq!(listening(process), 0, "it listens to other programs, because INVIGIL_SCRUBBED is {forged}");
        }
        if window.is_some() {
            kill(started);
            desk.processes(NAME).into_iter().for_each(kill);
            wait("the application to be gone", || desk.processes(NAME).is_empty().then_some(()));
        }
    }
}

#[test]
fn the_shipped_program_holds_no_door_for_tests() {
    let holds_mark = |path| fs::read(path).expect("the program").windows(MARK.len()).any(|bytes| bytes == MARK);
    assert!(holds_mark(driven()), "the mark can be seen where it is");
    assert!(!holds_mark(shipped()), "the shipped program was built with the feature `e2e`");
}

/// How many TCP ports a process listens on.
fn listening(process: u32) -> usize {
    const LISTEN: &str = "0A";
    let tables =
        ["tcp", "tcp6"].map(|name| fs::read_to_string(format!("/proc/{process}/net/{name}")).unwrap_or_default());
    let sockets: BTreeSet<String> = tables
        .iter()
        .flat_map(|table| table.lines())
        .map(|line| line.split_whitespace().collect::<Vec<_>>())
        .filter(|fields| fields.get(3) == Some(&LISTEN))
        .filter_map(|fields| fields.get(9).map(|inode| format!("socket:[{inode}]")))
        .collect();
    let open = fs::read_dir(format!("/proc/{process}/fd")).into_iter().flatten().flatten();
    let open = open.filter_map(|file| fs::read_link(file.path()).ok());
    open.filter(|target| sockets.contains(target.to_string_lossy().as_ref())).count()
}
