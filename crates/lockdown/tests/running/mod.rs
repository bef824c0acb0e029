//! Programs that end with their test.

#![allow(dead_code, clippy::allow_attributes, reason = "each test program uses its own part of it")]

use invigil_lockdown::guard::monotonic;
use std::{
    io::ErrorKind,
    process::{Child, Command, Stdio},
    time::Duration,
};

const LIMIT: Duration = Duration::from_secs(20);

pub struct Running(Child);

impl Running {
    /// Starts it and waits until it runs its own file.
    #[track_caller]
    pub fn start(command: &mut Command) -> Self {
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        match command.spawn() {
            Ok(child) => Self(child),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                panic!("{command:?} is missing: run `make tools`, which installs what the tests need")
            }
            Err(error) => panic!("{command:?}: {error}"),
        }
    }

    pub fn pid(&self) -> u32 {
        self.0.id()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _killed = self.0.kill();
        let _reaped = self.0.wait();
    }
}

#[track_caller]
pub fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let began = monotonic();
    while !holds() {
        assert!(monotonic() - began < LIMIT, "never seen: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}
