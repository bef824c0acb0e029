//! The shipped guard with its shipped patience, beside an application that crashes, hangs and ends as told.

mod sandbox;

use invigil_lockdown::guard::monotonic;
use rustix::process::{Signal, test_kill_process};
use sandbox::{Sandbox, kill, pid, wait_until};
use std::{fs, io::ErrorKind, os::unix::fs::MetadataExt, process::Command, time::Duration};

#[test]
fn a_killed_application_is_started_again() {
    let mut sandbox = Sandbox::start("beat");
    let first = sandbox.number_after("beat ", 0);
    kill(first, Signal::KILL);
    let second = sandbox.number_after("beat ", 1);
    assert_ne!(first, second);
    sandbox.expect("restarted 1");
    kill(second, Signal::KILL);
    sandbox.number_after("beat ", 2);
    sandbox.expect("restarted 2");
    assert!(sandbox.guard_runs());
}

#[test]
fn a_silent_application_is_killed_with_its_children_and_started_again() {
    let mut sandbox = Sandbox::start("hush,beat");
    let began = monotonic();
    let stuck = sandbox.number_after("hush ", 0);
    let child = sandbox.number_after("child ", 0);
    // What the application starts must not be able to ask the guard for keys.
    let descriptors = fs::read_dir(format!("/proc/{child}/fd")).expect("descriptors");
    let sockets = descriptors.filter_map(|fd| fs::read_link(fd.ok()?.path()).ok());
    assert_eq!(sockets.filter(|target| target.to_string_lossy().starts_with("socket:")).count(), 0);

    sandbox.number_after("beat ", 0);
    let took = monotonic() - began;
    println!("from the last beat to the new start: about {took:?}");
    assert!((Duration::from_millis(4900)..Duration::from_millis(7500)).contains(&took), "{took:?}");
    assert!(test_kill_process(pid(stuck)).is_err(), "the stuck process lives");
    wait_until("the child is gone", || is_gone(child));
    assert!(sandbox.guard_runs());
}

/// A killed process whose parent died too may wait to be noticed for as long as the system likes.
fn is_gone(process: i32) -> bool {
    fs::read_to_string(format!("/proc/{process}/stat")).map_or(true, |stat| stat.contains(") Z "))
}

#[test]
fn a_clean_end_ends_the_guard() {
    let mut sandbox = Sandbox::start("done");
    assert_eq!(sandbox.guard_status(), Some(0));
    assert_eq!(sandbox.count("done "), 1);
    sandbox.expect("restarted never");
}

#[test]
fn a_fourth_crash_in_a_minute_leads_to_recovery() {
    let mut sandbox = Sandbox::start("crash");
    assert_eq!(sandbox.guard_status(), Some(0));
    assert_eq!((sandbox.count("crash "), sandbox.count("recovered ")), (4, 1));
    for restarted in ["restarted never", "restarted 1", "restarted 2", "restarted 3"] {
        sandbox.expect(restarted);
    }
}

#[test]
fn a_key_survives_the_application_and_shows_nowhere() {
    let mut sandbox = Sandbox::start("keep,give");
    let first = sandbox.number_after("keep ", 0);
    sandbox.expect("kept");
    kill(first, Signal::KILL);
    let second = sandbox.number_after("give ", 0);
    sandbox.expect("given true other false");

    for process in [sandbox.guard_pid(), second] {
        for place in ["cmdline", "environ"] {
            match fs::read(format!("/proc/{process}/{place}")) {
                Ok(text) => assert!(!contains_key(&text), "{place} of {process}"),
                // Only root may look into the guard.
                Err(error) => assert_eq!((error.kind(), process), (ErrorKind::PermissionDenied, sandbox.guard_pid())),
            }
        }
    }
    let told = sandbox.end_and_read();
    assert!(told.contains("Killed(9)"), "{told}");
    assert!(!contains_key(told.as_bytes()), "{told}");
}

/// The pretended application's key, raw or in hexadecimal of either case.
fn contains_key(text: &[u8]) -> bool {
    let lower = text.to_ascii_lowercase();
    text.windows(8).any(|part| part == [0xA7; 8]) || lower.windows(8).any(|part| part == b"a7a7a7a7")
}

#[test]
fn the_application_outlives_its_guard_and_knows() {
    let sandbox = Sandbox::start("orphan");
    let application = sandbox.number_after("orphan ", 0);
    kill(sandbox.guard_pid(), Signal::KILL);
    sandbox.expect("gone");
    sandbox.expect("went on");
    wait_until("it has ended by itself", || is_gone(application));
}

#[test]
fn a_guard_that_stood_still_does_not_take_it_for_silence() {
    let sandbox = Sandbox::start("beat");
    let application = sandbox.number_after("beat ", 0);
    for process in [application, sandbox.guard_pid()] {
        kill(process, Signal::STOP);
    }
    std::thread::sleep(Duration::from_secs(6));
    // The guard is awake first and finds nothing new to hear.
    kill(sandbox.guard_pid(), Signal::CONT);
    std::thread::sleep(Duration::from_millis(500));
    kill(application, Signal::CONT);
    std::thread::sleep(Duration::from_millis(1500));
    assert!(test_kill_process(pid(application)).is_ok(), "the application was killed");
    assert_eq!(sandbox.count("beat "), 1);
}

#[test]
fn an_application_that_closes_its_link_may_take_its_time() {
    let mut sandbox = Sandbox::start("leave");
    sandbox.expect("left");
    assert_eq!(sandbox.guard_status(), Some(0));
    sandbox.expect("ends");
    assert_eq!(sandbox.count("leave "), 1);
}

#[test]
fn told_to_stop_it_passes_it_on_and_starts_nothing_again() {
    for (signal, status) in [(Signal::TERM, 143), (Signal::INT, 130)] {
        let mut sandbox = Sandbox::start("beat");
        let application = sandbox.number_after("beat ", 0);
        kill(sandbox.guard_pid(), signal);
        assert_eq!(sandbox.guard_status(), Some(status));
        assert!(test_kill_process(pid(application)).is_err(), "the application lives");
        assert_eq!(sandbox.count("beat "), 1);
    }
}

#[test]
fn a_closed_terminal_ends_no_exam() {
    let mut sandbox = Sandbox::start("beat");
    let application = sandbox.number_after("beat ", 0);
    // Nobody reads any more what the guard says.
    sandbox.hang_up();
    kill(application, Signal::KILL);
    let second = sandbox.number_after("beat ", 1);
    assert!(test_kill_process(pid(second)).is_ok());
    assert!(sandbox.guard_runs());
}

#[test]
fn what_cannot_be_started_is_said() {
    let mut nothing = Sandbox::run(&["--", "/nonexistent/application"], &[]);
    assert_eq!(nothing.guard_status(), Some(127));
    assert!(nothing.end_and_read().contains("/nonexistent/application could not be started"));
    for wrong in [&["--"][..], &["ls"], &[]] {
        let mut guard = Sandbox::run(wrong, &[]);
        assert_eq!(guard.guard_status(), Some(2), "{wrong:?}");
    }
}

#[test]
fn what_a_former_guard_left_in_the_environment_is_not_believed() {
    let sandbox = Sandbox::start_with("beat", &[("INVIGIL_RESTARTED", "7"), ("INVIGIL_GUARD_FD", "0")]);
    sandbox.expect("restarted never");
    sandbox.expect("link true");
    // Without a guard the number names a file, nothing, or nonsense.
    for number in ["5", "999", "-1", "2", "five"] {
        let folder = tempfile::tempdir().expect("a folder");
        let mut shell = Command::new("sh");
        shell.args(["-c", "exec 5</dev/null; exec \"$@\"", "sh"]).arg(sandbox::pretend()).arg(folder.path());
        assert!(shell.arg("look").env("INVIGIL_GUARD_FD", number).status().expect("started").success());
        let log = fs::read_to_string(folder.path().join("log")).expect("a log");
        assert!(log.contains("link false\n"), "{number}: {log}");
    }
}

#[test]
fn other_programs_of_the_user_cannot_read_its_memory() {
    let sandbox = Sandbox::as_nobody();
    let mem = format!("/proc/{}/mem", sandbox.guard_pid());
    // The kernel gives what belongs to a process to root where others must not look into it.
    wait_until("its memory is root's", || fs::metadata(&mem).is_ok_and(|meta| meta.uid() == 0));
    // The process itself is not root's, so the line above shows something.
    let status = fs::read_to_string(format!("/proc/{}/status", sandbox.guard_pid())).expect("a process");
    let uid = status.lines().find(|line| line.starts_with("Uid:")).expect("a user");
    assert!(!uid.contains("\t0\t"), "{uid}");
}
