//! An X server of a test's own, on a display that was free.

#![allow(dead_code, clippy::allow_attributes, reason = "each test program uses its own part of it")]

use invigil_lockdown::guard::monotonic;
use std::{
    io::{BufRead, BufReader, ErrorKind},
    process::{Child, Command, Stdio},
    time::Duration,
};

const LIMIT: Duration = Duration::from_secs(20);

pub struct Xvfb {
    pub display: String,
    server: Child,
}

/// A program that ends with the test.
pub struct Companion(Child);

#[track_caller]
pub fn wait_until(what: &str, holds: impl Fn() -> bool) {
    let began = monotonic();
    while !holds() {
        assert!(monotonic() - began < LIMIT, "never seen: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn start(command: &mut Command, package: &str) -> Child {
    command.stderr(Stdio::null()).spawn().unwrap_or_else(|error| match error.kind() {
        ErrorKind::NotFound => panic!("{command:?} is missing: install the package `{package}`"),
        _ => panic!("{command:?}: {error}"),
    })
}

impl Xvfb {
    /// A screen of 1280 × 800 without a window manager.
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// The same on a display that had a server before.
    pub fn start_as(display: &str) -> Self {
        Self::start_with(&[display])
    }

    fn start_with(arguments: &[&str]) -> Self {
        let mut command = Command::new("Xvfb");
        command.args(arguments);
        // The server finds a free number itself and writes it to its standard output.
        command.args(["-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp", "-noreset"]);
        let mut server = start(command.stdout(Stdio::piped()), "xvfb");
        let mut number = String::new();
        let output = server.stdout.take().expect("piped");
        BufReader::new(output).read_line(&mut number).expect("a display number");
        assert!(!number.is_empty(), "Xvfb ended: {:?}", server.wait());
        Self { display: format!(":{}", number.trim()), server }
    }

    /// A window manager on it, ready to manage.
    pub fn window_manager(&self) -> Companion {
        let folder = tempfile::tempdir().expect("a folder");
        let ready = folder.path().join("ready");
        // It announces itself before it takes windows over; a window mapped in between stays unmanaged for ever.
        let mut command = Command::new("openbox");
        command.arg("--startup").arg(format!("touch {}", ready.display())).env("DISPLAY", &self.display);
        let companion = Companion(start(command.stdout(Stdio::null()), "openbox"));
        wait_until("the window manager is ready", || ready.exists());
        companion
    }
}

impl Drop for Xvfb {
    fn drop(&mut self) {
        // Asked rather than killed, so that it removes its lock file.
        let pid = rustix::process::Pid::from_child(&self.server);
        let _asked = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
        let _reaped = self.server.wait();
    }
}

impl Drop for Companion {
    fn drop(&mut self) {
        let _killed = self.0.kill();
        let _reaped = self.0.wait();
    }
}
