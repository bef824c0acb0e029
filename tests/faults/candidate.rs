//! The shipped candidate program, as a process that may be killed.

use invigil::stage::binary;
use rustix::process::{Pid, Signal, kill_process};
use std::{
    collections::BTreeSet,
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::{Arc, Condvar, Mutex, PoisonError},
    thread::{self, JoinHandle},
    time::Duration,
};

pub const PASSPHRASE: &str = "a passphrase for tests";

/// `invigil sit` on a state folder.
pub struct Candidate {
    child: Child,
    heard: Arc<(Mutex<Vec<String>>, Condvar)>,
    reader: Option<JoinHandle<()>>,
}

impl Candidate {
    /// Starts it. `folder` holds `answers.json` and takes `bundle.zip`.
    pub fn start(link: &str, state: &Path, folder: &Path, pace_ms: u64) -> Self {
        Self::start_by(Command::new(program()), link, state, folder, pace_ms)
    }

    /// The same by a command that ends with the program's name.
    pub fn start_by(mut command: Command, link: &str, state: &Path, folder: &Path, pace_ms: u64) -> Self {
        let mut child = command
            .args(["sit", link, "--pace", &pace_ms.to_string(), "--state"])
            .arg(state)
            .arg("--answers")
            .arg(folder.join("answers.json"))
            .arg("--bundle")
            .arg(folder.join("bundle.zip"))
            .env("INVIGIL_PASSPHRASE", PASSPHRASE)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        let heard: Arc<(Mutex<Vec<String>>, Condvar)> = Arc::default();
        let stdout = BufReader::new(child.stdout.take().expect("its output"));
        let stderr = BufReader::new(child.stderr.take().expect("its errors"));
        let hear = |lines: &(Mutex<Vec<String>>, Condvar), line| {
            lines.0.lock().unwrap_or_else(PoisonError::into_inner).push(line);
            lines.1.notify_all();
        };
        let (out, errors) = (heard.clone(), heard.clone());
        let errors = thread::spawn(move || {
            stderr.lines().map_while(Result::ok).for_each(|line| hear(&errors, format!("error: {line}")));
        });
        let reader = thread::spawn(move || {
            stdout.lines().map_while(Result::ok).for_each(|line| hear(&out, line));
            let _ = errors.join();
        });
        Self { child, heard, reader: Some(reader) }
    }

    /// Waits until what it has said is as wanted. Says whether it came to that in time.
    pub fn wait(&self, patience: Duration, wanted: impl Fn(&[String]) -> bool) -> bool {
        let lines = self.heard.0.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.heard.1.wait_timeout_while(lines, patience, |lines| !wanted(lines));
        waited.is_ok_and(|(_, timeout)| !timeout.timed_out())
    }

    /// Stops it (SIGSTOP) and waits until each of its threads has come back from whatever it had asked of the system.
    pub fn pause(&self) {
        const STEP: Duration = Duration::from_millis(5);
        self.signal(Signal::STOP);
        let tasks = format!("/proc/{}/task", self.child.id());
        let state = |task: &fs::DirEntry| {
            let text = fs::read_to_string(task.path().join("stat")).unwrap_or_default();
            text.rsplit_once(") ").and_then(|(_, rest)| rest.chars().next())
        };
        // A thread or a process that has ended asks for nothing either.
        let busy = |task: fs::DirEntry| !matches!(state(&task), None | Some('T' | 't' | 'Z' | 'X'));
        while fs::read_dir(&tasks).into_iter().flatten().flatten().any(busy) {
            thread::sleep(STEP);
        }
    }

    /// Lets it go on after a pause.
    pub fn go_on(&self) {
        self.signal(Signal::CONT);
    }

    fn signal(&self, signal: Signal) {
        let process = Pid::from_child(&self.child);
        kill_process(process, signal).expect("it has not been waited for");
    }

    /// Whether it has a file of this name open.
    pub fn has_open(&self, name: &str) -> bool {
        let open = fs::read_dir(format!("/proc/{}/fd", self.child.id())).into_iter().flatten().flatten();
        open.filter_map(|fd| fs::read_link(fd.path()).ok()).any(|path| path.ends_with(name))
    }

    /// Whether it has ended.
    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().expect("its state").is_some()
    }

    /// Kills it (SIGKILL), unless it has ended. Afterwards [`Candidate::ended`] has every word of it.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
    }

    /// Waits for its end. Returns how it ended and all that it said.
    pub fn ended(mut self) -> (ExitStatus, Vec<String>) {
        let status = self.child.wait().expect("it ends");
        self.reader.take().expect("it is read once").join().expect("it was read");
        let said = std::mem::take(&mut *self.heard.0.lock().unwrap_or_else(PoisonError::into_inner));
        (status, said)
    }
}

impl Drop for Candidate {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The candidate program.
pub fn program() -> PathBuf {
    binary("invigil").expect("the program is built")
}

/// What follows `word` in each line that begins with it.
pub fn after<'a>(said: &'a [String], word: &'a str) -> BTreeSet<&'a str> {
    said.iter().filter_map(|line| line.strip_prefix(word)?.strip_prefix(' ')).collect()
}

/// How many lines begin with `word`.
pub fn count(said: &[String], word: &str) -> usize {
    said.iter()
        .filter(|line| line.strip_prefix(word).is_some_and(|rest| rest.is_empty() || rest.starts_with(' ')))
        .count()
}
