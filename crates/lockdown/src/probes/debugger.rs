//! Who traces the exam: a debugger sees everything that a process knows.

use super::Processes;
use crate::probe::{Blind, Probe};
use invigil_core::policy::Probe as Name;
use std::{collections::BTreeSet, fs};

/// Sees the program that traces this process, or one of the processes named to it.
///
/// A tracer outside the container that this process runs in has no number here and cannot be seen.
pub struct Debugger {
    processes: Processes,
    others: Box<dyn Fn() -> Vec<u32> + Send>,
}

impl Debugger {
    /// Watches this process and those whose ids `others` returns; it is asked at each look, as a web view's processes
    /// come and go. One that has ended is passed over.
    pub fn new(others: impl Fn() -> Vec<u32> + Send + 'static) -> Self {
        Self { processes: Processes::default(), others: Box::new(others) }
    }

    /// A tracer's name: of its file, else what it calls itself, where its file belongs to another user.
    fn called(&self, tracer: u32) -> String {
        self.processes.file(tracer).unwrap_or_else(|| {
            let own_word = fs::read_to_string(self.processes.of(tracer).join("comm")).unwrap_or_default();
            let own_word = own_word.trim();
            if own_word.is_empty() { "an unknown program".to_owned() } else { own_word.to_owned() }
        })
    }
}

impl Probe for Debugger {
    fn name(&self) -> Name {
        Name::Debugger
    }

    fn look(&mut self) -> Result<BTreeSet<String>, Blind> {
        let me = std::process::id();
        let status = |pid| fs::read_to_string(self.processes.of(pid).join("status"));
        let own = status(me).map_err(|error| Blind(format!("the state of this program cannot be read: {error}")))?;
        let own = tracer(&own).ok_or_else(|| Blind("the system does not tell who traces a program".to_owned()))?;
        let others = (self.others)().into_iter().filter_map(|pid| tracer(&status(pid).ok()?));
        Ok(others.chain([own]).filter(|pid| *pid != 0).map(|pid| self.called(pid)).collect())
    }
}

/// The tracer that a process's status names; 0 = nobody.
fn tracer(status: &str) -> Option<u32> {
    status.lines().find_map(|line| line.strip_prefix("TracerPid:")?.trim().parse().ok())
}

#[cfg(test)]
mod tests {
    use super::tracer;

    #[test]
    fn the_tracer_is_read_from_the_status() {
        assert_eq!(tracer("Name:\ttest\nPPid:\t7\nTracerPid:\t0\nUid:\t0"), Some(0));
        assert_eq!(tracer("Name:\tTracerPid: 9\nTracerPid:\t4711\n"), Some(4711));
        assert_eq!(tracer("Name:\ttest\n"), None);
    }
}
