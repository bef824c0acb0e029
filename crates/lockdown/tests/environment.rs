//! A program that cleans its environment, alone and under the guard. The preloaded library is one of the C library's
//! own that no program needs, so that its presence in memory shows.

mod sandbox;

use sandbox::{Sandbox, pretend};
use std::{fs, process::Command};

const FOREIGN: (&str, &str) = ("LD_PRELOAD", "libanl.so.1");

/// Runs the program without a guard and returns what it saw.
fn look(variables: &[(&str, &str)]) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let mut command = Command::new(pretend());
    command.arg(folder.path()).args(["look", "two words", ""]).envs(variables.iter().copied());
    assert!(command.status().expect("started").success());
    fs::read_to_string(folder.path().join("log")).expect("a log")
}

#[track_caller]
fn check(log: &str, lines: &[&str]) {
    for line in lines {
        assert!(log.lines().any(|l| l == *line), "{line} is not in {log}");
    }
}

#[test]
fn a_clean_environment_stays() {
    let log = look(&[]);
    check(&log, &["removed [] preloaded false", "left [] foreign false", "ends"]);
}

#[test]
fn what_opens_the_window_is_removed_without_a_new_start() {
    let log = look(&[("TAURI_WEBVIEW_AUTOMATION", "true"), ("GTK_MODULES", "x")]);
    check(&log, &["removed [\"GTK_MODULES\", \"TAURI_WEBVIEW_AUTOMATION\"] preloaded false", "left [] foreign false"]);
}

#[test]
fn preloaded_code_is_shaken_off_by_one_new_start() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut command = Command::new(pretend());
    command.arg(folder.path()).args(["look", "two words", ""]).envs([FOREIGN, ("GTK_PATH", "/x")]);
    let mut child = command.spawn().expect("started");
    let own = format!("look {}", child.id());
    assert!(child.wait().expect("ended").success());
    let log = fs::read_to_string(folder.path().join("log")).expect("a log");
    // The same process, the same arguments, nothing foreign in its memory.
    let arguments = "arguments [\"look\", \"two words\", \"\"]";
    check(&log, &[&own, "removed [\"GTK_PATH\", \"LD_PRELOAD\"] preloaded false", "left [] foreign false", arguments]);
}

#[test]
fn a_library_that_will_not_go_is_reported_and_no_loop() {
    let log = look(&[FOREIGN, ("INVIGIL_SCRUBBED", "HOME")]);
    check(&log, &["removed [\"LD_PRELOAD\"] preloaded true", "left [] foreign true"]);
}

#[test]
fn the_guard_cleans_itself_and_tells_the_application() {
    let mut sandbox = Sandbox::start_with("look", &[FOREIGN, ("GTK_PATH", "/x")]);
    assert_eq!(sandbox.guard_status(), Some(0));
    check(&sandbox.log(), &["removed [\"GTK_PATH\", \"LD_PRELOAD\"] preloaded false", "left [] foreign false"]);
    let told = sandbox.end_and_read();
    assert!(!told.contains("foreign code"), "{told}");
}
