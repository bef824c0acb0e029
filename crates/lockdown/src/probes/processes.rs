//! Running programs, known by the file that the kernel runs: what a process calls itself proves nothing.

use crate::probe::Blind;
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// A process whose executable file this user may look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    /// Its id.
    pub pid: u32,
    /// The name of its executable file, also of one that was deleted since.
    pub file: String,
}

/// The processes that a folder in the form of `/proc` shows.
#[derive(Debug, Clone)]
pub struct Processes {
    proc: PathBuf,
}

impl Default for Processes {
    fn default() -> Self {
        Self::at("/proc")
    }
}

impl Processes {
    /// Those of this folder, which has the form of `/proc`.
    pub fn at(proc: impl Into<PathBuf>) -> Self {
        Self { proc: proc.into() }
    }

    /// Every process whose executable this user may look at: the user's own, and for root all of them. Threads of the
    /// kernel have none.
    ///
    /// # Errors
    /// Where other processes are hidden, so that not to find one would prove nothing.
    pub fn list(&self) -> Result<Vec<Process>, Blind> {
        let unreadable = |error: io::Error| Blind(format!("the list of running programs cannot be read: {error}"));
        let mounts = fs::read_to_string(self.proc.join("self/mountinfo")).map_err(unreadable)?;
        if hides(&mounts) {
            return Err(Blind("the system hides running programs from each other (hidepid)".to_owned()));
        }
        let entries = fs::read_dir(&self.proc).map_err(unreadable)?;
        let pids = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
        Ok(pids.filter_map(|pid| self.file(pid).map(|file| Process { pid, file })).collect())
    }

    /// The name of a process's executable file. `None` if there is no such process, or it is another user's.
    pub fn file(&self, pid: u32) -> Option<String> {
        file_name(&fs::read_link(self.executable(pid)).ok()?)
    }

    /// Where the executable file of a process can be read, also when it was deleted or renamed since.
    pub fn executable(&self, pid: u32) -> PathBuf {
        self.of(pid).join("exe")
    }

    /// The folder of a process.
    pub(super) fn of(&self, pid: u32) -> PathBuf {
        self.proc.join(pid.to_string())
    }
}

/// The kernel marks the path of a file that is gone.
fn file_name(executable: &Path) -> Option<String> {
    let name = executable.file_name()?.to_string_lossy();
    Some(name.strip_suffix(" (deleted)").unwrap_or(&name).to_owned())
}

/// Whether the mount at `/proc` hides processes. Later lines of the table cover earlier ones.
fn hides(mountinfo: &str) -> bool {
    let proc = mountinfo.lines().rev().find(|line| line.split(' ').nth(4) == Some("/proc"));
    let options = proc.and_then(|line| line.split(" - ").nth(1)).unwrap_or_default();
    options.split([' ', ',']).filter_map(|o| o.strip_prefix("hidepid=")).any(|how| how != "0" && how != "off")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_gone_keeps_its_name() {
        for (path, name) in [
            ("/usr/bin/obs", "obs"),
            ("/tmp/x/obs (deleted)", "obs"),
            ("/opt/Some Name/Some Name", "Some Name"),
            ("/memfd:thing (deleted)", "memfd:thing"),
        ] {
            assert_eq!(file_name(Path::new(path)).as_deref(), Some(name));
        }
        assert_eq!(file_name(Path::new("/")), None);
    }

    #[test]
    fn hidden_processes_are_noticed() {
        let line = |options: &str| format!("24 1 0:22 / /proc rw,nosuid shared:5 - proc proc rw{options}\n");
        for (mounts, expected) in [
            (line(""), false),
            (line(",hidepid=0"), false),
            (line(",hidepid=off"), false),
            (line(",gid=4,hidepid=2"), true),
            (line(",hidepid=invisible"), true),
            (line(",hidepid=ptraceable"), true),
            (line(",hidepid=2") + &line(""), false),
            (line("") + "25 1 0:9 / /sys rw - sysfs sysfs rw,hidepid=2\n", false),
            (String::new(), false),
        ] {
            assert_eq!(hides(&mounts), expected, "{mounts}");
        }
    }

    #[test]
    fn this_process_is_among_them() {
        let (all, me) = (Processes::default().list().expect("readable"), std::process::id());
        let file = Processes::default().file(me).expect("readable");
        assert!(all.contains(&Process { pid: me, file }), "{all:?}");
        assert_eq!(Processes::default().file(u32::MAX), None);
        assert!(Processes::at("/nonexistent").list().is_err());
    }
}
