//! A guard with a pretended application in a folder of its own. Both end with the test.

#![allow(dead_code, clippy::allow_attributes, reason = "each test program uses its own part of it")]

use invigil_lockdown::guard::monotonic;
use rustix::process::{Pid, Signal, kill_process};
use std::{
    fs,
    io::Read,
    os::unix::{fs::PermissionsExt, process::CommandExt},
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::Duration,
};

/// A user that owns nothing.
pub const NOBODY: u32 = 65534;

const GUARD: &str = env!("CARGO_BIN_EXE_invigil-guard");

/// Nothing that is waited for takes this long.
const LIMIT: Duration = Duration::from_secs(20);

pub struct Sandbox {
    folder: tempfile::TempDir,
    guard: Child,
}

/// The pretended application. Cargo builds it with the tests.
pub fn pretend() -> PathBuf {
    let path = PathBuf::from(GUARD).with_file_name("examples").join("pretend");
    assert!(path.exists(), "{path:?} is missing: run `cargo test -p invigil-lockdown`, which builds examples too");
    path
}

pub fn pid(number: i32) -> Pid {
    Pid::from_raw(number).expect("a process id")
}

pub fn kill(process: i32, signal: Signal) {
    kill_process(pid(process), signal).expect("signalled");
}

#[track_caller]
pub fn wait_until(what: &str, holds: impl Fn() -> bool) {
    let began = monotonic();
    while !holds() {
        assert!(monotonic() - began < LIMIT, "never seen: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

impl Sandbox {
    /// A guard beside an application that follows this plan.
    pub fn start(plan: &str) -> Self {
        Self::start_with(plan, &[])
    }

    pub fn start_with(plan: &str, variables: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut command = Command::new(GUARD);
        command.arg("--").arg(pretend()).arg(folder.path()).arg(plan).args(["two words", ""]);
        Self::spawn(folder, command, variables)
    }

    /// A guard with these arguments.
    pub fn run(arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let mut command = Command::new(GUARD);
        command.args(arguments);
        Self::spawn(tempfile::tempdir().expect("a folder"), command, variables)
    }

    /// A guard that runs as another user, which only root can start.
    pub fn as_nobody() -> Self {
        let folder =
            tempfile::Builder::new().permissions(PermissionsExt::from_mode(0o755)).tempdir().expect("a folder");
        let copy = folder.path().join("guard");
        fs::copy(GUARD, &copy).expect("copied");
        let mut command = Command::new(copy);
        command.args(["--", "sleep", "600"]);
        if rustix::process::geteuid().is_root() {
            command.uid(NOBODY).gid(NOBODY);
        }
        Self::spawn(folder, command, &[])
    }

    fn spawn(folder: tempfile::TempDir, mut command: Command, variables: &[(&str, &str)]) -> Self {
        command.envs(variables.iter().copied()).stderr(Stdio::piped());
        let guard = command.spawn().expect("the guard starts");
        Self { folder, guard }
    }

    pub fn guard_pid(&self) -> i32 {
        self.guard.id().try_into().expect("a small number")
    }

    pub fn guard_runs(&mut self) -> bool {
        self.guard.try_wait().expect("its state").is_none()
    }

    /// Waits for the guard's end.
    #[track_caller]
    pub fn guard_status(&mut self) -> Option<i32> {
        let began = monotonic();
        loop {
            if let Some(status) = self.guard.try_wait().expect("its state") {
                return status.code();
            }
            assert!(monotonic() - began < LIMIT, "the guard does not end; {}", self.log());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Ends the guard and returns what it has said.
    pub fn end_and_read(&mut self) -> String {
        let _ended = kill_process(pid(self.guard_pid()), Signal::TERM);
        self.guard_status();
        let mut told = String::new();
        self.guard.stderr.take().expect("not hung up").read_to_string(&mut told).expect("text");
        told
    }

    /// Closes what the guard writes to, and tells it as a terminal would.
    pub fn hang_up(&mut self) {
        self.guard.stderr = None;
        kill(self.guard_pid(), Signal::HUP);
    }

    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// How many lines of the application's log begin so.
    pub fn count(&self, beginning: &str) -> usize {
        self.log().lines().filter(|line| line.starts_with(beginning)).count()
    }

    /// Waits for a whole line in the application's log.
    #[track_caller]
    pub fn expect(&self, line: &str) {
        let began = monotonic();
        while !self.log().lines().any(|l| l == line) {
            assert!(monotonic() - began < LIMIT, "never said: {line}; but: {}", self.log());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Waits for the nth line that begins so, and returns the number after it.
    #[track_caller]
    pub fn number_after(&self, beginning: &str, nth: usize) -> i32 {
        wait_until(beginning, || nth < self.count(beginning));
        let log = self.log();
        let line = log.lines().filter_map(|line| line.strip_prefix(beginning)).nth(nth);
        line.and_then(|rest| rest.parse().ok()).expect("a number")
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        // The application first: it would outlive its guard.
        let _asked = kill_process(pid(self.guard_pid()), Signal::TERM);
        let began = monotonic();
        while matches!(self.guard.try_wait(), Ok(None)) && monotonic() - began < Duration::from_secs(12) {
            std::thread::sleep(Duration::from_millis(10));
        }
        let _killed = self.guard.kill();
        let _reaped = self.guard.wait();
    }
}
