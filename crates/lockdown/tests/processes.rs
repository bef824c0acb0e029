//! Probes of running programs, against programs that really run.

mod running;

use invigil_core::{digest::Digest, policy::Program};
use invigil_lockdown::{
    Probe,
    probes::{Debugger, Programs},
};
use running::{Running, wait_until};
use std::{collections::BTreeSet, fs, path::Path, process::Command};

fn sought(name: &str, file: &str, sha256: Option<Digest>) -> Program {
    Program { name: name.to_owned(), file: file.to_owned(), sha256 }
}

fn named(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn copy_of_sleep(folder: &Path, name: &str) -> std::path::PathBuf {
    let copy = folder.join(name);
    fs::copy("/bin/sleep", &copy).expect("copied");
    copy
}

#[test]
fn a_program_is_known_by_its_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let cheat = copy_of_sleep(folder.path(), "cheat-and-go");
    let mut probe = Programs::new(|| vec![sought("Cheat", "cheat-and-go", None), sought("Other", "other", None)]);
    assert_eq!(probe.look(), Ok(named(&[])));
    let running = Running::start(Command::new(&cheat).arg("600"));
    assert_eq!(probe.look(), Ok(named(&["Cheat"])));
    fs::remove_file(&cheat).expect("removed");
    assert_eq!(probe.look(), Ok(named(&["Cheat"])), "its file is gone, the program is not");
    drop(running);
    assert_eq!(probe.look(), Ok(named(&[])));
}

#[test]
fn what_a_program_calls_itself_proves_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let honest = copy_of_sleep(folder.path(), "honest-program");
    let mut probe = Programs::new(|| vec![sought("Cheat", "cheat-and-go", None)]);
    use std::os::unix::process::CommandExt;
    let _running = Running::start(Command::new(&honest).arg0("/usr/bin/cheat-and-go").arg("600"));
    assert_eq!(probe.look(), Ok(named(&[])));
}

#[test]
fn a_renamed_copy_is_known_by_its_content() {
    let folder = tempfile::tempdir().expect("a folder");
    let renamed = copy_of_sleep(folder.path(), "homework");
    // Something that only this test runs.
    let mut content = fs::read(&renamed).expect("read");
    content.extend(folder.path().as_os_str().as_encoded_bytes());
    fs::write(&renamed, &content).expect("written");
    let digest = Digest::of(&content);
    let mut probe = Programs::new(move || vec![sought("Cheat", "cheat", Some(digest))]);
    let mut other = Programs::new(|| vec![sought("Cheat", "cheat", Some(Digest::of("another")))]);
    assert_eq!(probe.look(), Ok(named(&[])));
    let _running = Running::start(Command::new(&renamed).arg("600"));
    wait_until("every file was read", || probe.look() == Ok(named(&["Cheat"])));
    assert_eq!(probe.missing(), None);
    assert_eq!(other.look(), Ok(named(&[])));
}

#[test]
fn an_unknown_sight_is_read_once() {
    let mut probe = Programs::new(|| vec![sought("Cheat", "cheat", Some(Digest::of("another")))]);
    wait_until("every file was read", || probe.look().is_ok() && probe.missing().is_none());
    let began = invigil_lockdown::guard::monotonic();
    probe.look().expect("it can look");
    let again = invigil_lockdown::guard::monotonic() - began;
    println!("a look over known files took {again:?}");
    assert!(again.as_millis() < 500, "{again:?}");
}

#[test]
fn a_tracer_is_seen_while_it_traces() {
    let traced = Running::start(Command::new("/bin/sleep").arg("600"));
    let pid = traced.pid();
    let mut probe = Debugger::new(move || vec![pid, u32::MAX]);
    assert_eq!(probe.look(), Ok(named(&[])));
    let tracer = Running::start(Command::new("strace").args(["-qq", "-o", "/dev/null", "-p", &pid.to_string()]));
    wait_until("strace is seen", || probe.look() == Ok(named(&["strace"])));
    // What it is not told to watch it does not see.
    assert_eq!(Debugger::new(Vec::new).look(), Ok(named(&[])));
    drop(tracer);
    wait_until("it is gone", || probe.look() == Ok(named(&[])));
}
