//! The application keeps to itself: one copy at a time, and the shipped one obeys no other program.

use crate::{
    application::{Application, NAME, driven, shipped},
    desk::{Desk, PATIENCE, alive, stays, wait},
    driver::Driver,
    outside::Screen,
};
use std::{
    fs,
    process::{Command, Output, Stdio},
    time::Duration,
};

/// Part of the application only where it can be driven.
const MARK: &[u8] = b"INVIGIL_E2E_GUARD";

#[test]
fn a_second_copy_is_turned_away() {
    let app = Application::start(&[]);
    let (process, window) = (app.process(), app.screen.window());
    for program in [driven(), shipped()] {
        let second = ended(app.desk.command(&program).stderr(Stdio::piped()));
        let said = String::from_utf8_lossy(&second.stderr).into_owned();
        assert!(said.contains("already-running"), "{} says why it ends: {said}", program.display());
        assert_eq!(second.status.code(), Some(0), "{said}");
        stays("the first copy is open", Duration::from_secs(1), || alive(process) && app.screen.windows() == [window]);
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
    let screen = Screen::of(&desk);
    // The same driver opens the other build in about a second.
    let mut driver = Driver::start(&mut desk);
    driver.open(&driven(), &[], PATIENCE).expect("the build for tests can be driven");
    driver.forget();
    wait("the build for tests to be gone", || desk.processes(NAME).is_empty().then_some(()));

    let mut driver = Driver::start(&mut desk);
    let refused = driver.open(&shipped(), &[], LONG_ENOUGH);
    println!("{refused:?}");
    assert!(refused.is_err(), "the shipped application let itself be driven");
    assert_eq!(desk.processes(NAME).len(), 1, "it runs all the same");
    wait("its page to be shown", || screen.is_painted(screen.window()).then_some(()));
}

#[test]
fn the_shipped_program_holds_no_door_for_tests() {
    let holds_mark = |path| fs::read(path).expect("the program").windows(MARK.len()).any(|bytes| bytes == MARK);
    assert!(holds_mark(driven()), "the mark can be seen where it is");
    assert!(!holds_mark(shipped()), "the shipped program was built with the feature `e2e`");
}
