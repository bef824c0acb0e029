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
    check(&log, &["removed []", "left [] foreign false", "ends"]);
}

#[test]
fn what_opens_the_window_is_removed() {
    let log = look(&[("TAURI_WEBVIEW_AUTOMATION", "true"), ("GTK_MODULES", "x")]);
    check(&log, &["removed [\"GTK_MODULES\", \"TAURI_WEBVIEW_AUTOMATION\"]", "left [] foreign false"]);
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
    check(&log, &[&own, "removed [\"GTK_PATH\", \"LD_PRELOAD\"]", "left [] foreign false", arguments]);
}

#[test]
fn a_program_whose_environment_stays_open_does_not_start() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut command = Command::new(pretend());
    command.arg(folder.path()).arg("look").envs([FOREIGN, ("INVIGIL_SCRUBBED", "LD_PRELOAD")]);
    let output = command.output().expect("started");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains("could not be removed: LD_PRELOAD"), "{said}");
    assert!(!folder.path().join("log").exists(), "it went on");
}

#[test]
fn a_forged_mark_does_not_stop_the_cleaning() {
    let log = look(&[("WEBKIT_INSPECTOR_SERVER", "127.0.0.1:1"), ("INVIGIL_SCRUBBED", "GTK_PATH")]);
    check(&log, &["removed [\"GTK_PATH\", \"WEBKIT_INSPECTOR_SERVER\"]", "left [] foreign false"]);
}

#[test]
fn the_guard_cleans_itself_and_tells_the_application() {
    let mut sandbox = Sandbox::start_with("look", &[FOREIGN, ("GTK_PATH", "/x")]);
    assert_eq!(sandbox.guard_status(), Some(0));
    check(&sandbox.log(), &["removed [\"GTK_PATH\", \"LD_PRELOAD\"]", "left [] foreign false"]);
    let told = sandbox.end_and_read();
    assert!(!told.contains("foreign code"), "{told}");
}
