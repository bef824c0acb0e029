//! Probes of running programs, against programs that really run.

mod running;

use invigil_core::{digest::Digest, policy::Program};
use invigil_lockdown::{
    Address, Probe,
    probes::{Debugger, Programs, RemoteLogin},
};
use running::{Running, wait_until};
use std::{
    collections::BTreeSet,
    fs,
    net::TcpStream,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::Command,
};

fn sought(name: &str, file: &str, sha256: Option<Digest>) -> Program {
    Program { name: name.to_owned(), file: file.to_owned(), sha256 }
}

fn named(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn copy_of_sleep(folder: &Path, name: &str) -> PathBuf {
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
    wait_until("nothing is left to read", || probe.look() == Ok(named(&["Cheat"])) && probe.missing().is_none());
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

#[test]
fn a_remote_desktop_counts_when_it_runs_or_is_connected() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut probe = RemoteLogin::new(Address::At("unix:path=/nonexistent/bus".to_owned()));
    let mut sees = |name: &str| probe.look().expect("it can look").contains(name);
    assert!(!sees("x11vnc") && !sees("krfb"));
    let by_hand = Running::start(Command::new(copy_of_sleep(folder.path(), "x11vnc")).arg("600"));
    assert!(sees("x11vnc"));
    drop(by_hand);
    assert!(!sees("x11vnc"));

    // One that many machines start with the desktop: an interpreter under its name that waits for somebody.
    let (server, port) = (folder.path().join("krfb"), folder.path().join("port"));
    fs::copy("/usr/bin/perl", &server).expect("copied");
    let waits = "use IO::Socket::INET; my $l = IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1') or die;
                 open(my $f, '>', \"$ARGV[0].half\"); print $f $l->sockport; close $f;
                 rename(\"$ARGV[0].half\", $ARGV[0]); my $c = $l->accept; sleep 600;";
    let _running = Running::start(Command::new(&server).args(["-e", waits]).arg(&port));
    wait_until("it listens", || port.exists());
    assert!(!sees("krfb"), "nobody is connected");
    let number: u16 = fs::read_to_string(&port).expect("read").parse().expect("a port");
    let connection = TcpStream::connect(("127.0.0.1", number)).expect("connected");
    wait_until("a connected one is seen", || sees("krfb"));
    drop(connection);
    wait_until("it waits again", || !sees("krfb"));
    assert!(probe.missing().is_some(), "there is no login service at that address");
}
