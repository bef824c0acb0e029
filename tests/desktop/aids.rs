//! Aids on a desk: the bus by which they look at windows, a screen reader whose speech is written down.

use crate::desk::{Desk, PATIENCE, wait};
use std::{
    fs,
    path::PathBuf,
    process::Child,
    thread,
    time::{Duration, Instant},
};

const RUNNER: &str = include_str!("orca_by_line.py");
/// After so long without a line in its debug file it has nothing more to say.
const QUIET: Duration = Duration::from_millis(1000);
/// What takes all sound and plays none. Without any device the speech service waits for ever.
const SILENCE: &str = "pcm.!default { type null }\nctl.!default { type null }\n";

impl Desk {
    /// Starts the bus by which aids look at windows. What is started afterwards shows itself there.
    pub fn start_accessibility(&mut self) {
        self.variable("NO_AT_BRIDGE", "0".to_owned());
        let mut command = self.command("/usr/libexec/at-spi-bus-launcher");
        command.arg("--launch-immediately");
        self.keep(&mut command, "at-spi2-core");
        self.until_on_bus("org.a11y.Bus");
    }
}

/// Debian's screen reader on a desk, and what it has said so far.
pub struct Orca {
    process: Child,
    log: PathBuf,
    heard: usize,
}

impl Orca {
    /// Starts it.
    pub fn on(desk: &mut Desk) -> Self {
        desk.start_accessibility();
        let home = desk.home().to_owned();
        fs::write(home.join(".asoundrc"), SILENCE).expect("it is written");
        let speech = "mkdir -p ~/.config && cp -r /etc/speech-dispatcher ~/.config/ && \
            sed -i 's/^.*AudioOutputMethod .*/AudioOutputMethod \"alsa\"/' ~/.config/speech-dispatcher/speechd.conf";
        let done = desk.command("sh").args(["-c", speech]).status().expect("a shell");
        assert!(done.success(), "the speech service: install the package `speech-dispatcher`");
        let (runner, log) = (home.join("orca_by_line.py"), home.join("said.orca.log"));
        fs::write(&runner, RUNNER).expect("it is written");
        let mut command = desk.command("/usr/bin/python3");
        // It asks an X server for the layout, under Wayland too.
        command.env("DISPLAY", &desk.display).arg(&runner).arg(format!("--debug-file={}", log.display()));
        let process = command.spawn().expect("Orca: install the package `orca`");
        let mut orca = Self { process, log, heard: 0 };
        wait("the screen reader to speak", || orca.heard().contains(&"Screen reader on.".to_owned()).then_some(()));
        orca
    }

    fn written(&self) -> String {
        String::from_utf8_lossy(&fs::read(&self.log).unwrap_or_default()).into_owned()
    }

    /// What it has said since it was last asked, but for the names of keys that were pressed.
    pub fn heard(&mut self) -> Vec<String> {
        let text = self.written();
        let new = text.get(self.heard..).unwrap_or_default();
        let (said, read) = utterances(new);
        self.heard += read;
        said
    }

    /// Presses keys at the keyboard, or types with it, and listens until it has nothing more to say: arguments of
    /// xdotool.
    #[track_caller]
    pub fn after(&mut self, desk: &Desk, keys: &[&str]) -> Vec<String> {
        self.heard();
        desk.outside(keys);
        self.until_said(&format!("{keys:?}"))
    }

    /// Waits until it speaks, and until it has nothing more to say.
    #[track_caller]
    pub fn until_said(&mut self, why: &str) -> Vec<String> {
        let mut said = wait(&format!("a word after {why}"), || Some(self.heard()).filter(|said| !said.is_empty()));
        let began = Instant::now();
        let (mut length, mut since) = (self.written().len(), began);
        while since.elapsed() < QUIET {
            assert!(began.elapsed() < PATIENCE, "it does not stop speaking after {why}: {said:?}, {:?}", self.heard());
            thread::sleep(Duration::from_millis(100));
            let now = self.written().len();
            if now != length {
                (length, since) = (now, Instant::now());
            }
        }
        said.extend(self.heard());
        said
    }
}

impl Drop for Orca {
    fn drop(&mut self) {
        // Asked to end, it waits for an event that may never come.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What a piece of the debug file says that was spoken, and how far that was read.
fn utterances(log: &str) -> (Vec<String>, usize) {
    const BEGIN: &str = "SPEECH OUTPUT: '";
    // Behind each text stands the voice.
    const VOICE: &str = "{'established'";
    let (mut said, mut read) = (Vec::new(), 0);
    while let Some(begin) = log[read..].find(BEGIN).map(|at| read + at + BEGIN.len()) {
        let Some(length) = log[begin..].find(VOICE) else { break };
        let text = log[begin..begin + length].trim_end_matches('[');
        read = begin + length + VOICE.len();
        // Only a key's name has a space between its text and its voice.
        if let Some(text) = text.strip_suffix('\'') {
            said.push(text.split_whitespace().collect::<Vec<_>>().join(" "));
        }
    }
    (said, read)
}

#[test]
fn the_debug_file_of_the_screen_reader_is_understood() {
    let log = "1 - SPEECH OUTPUT: 'tab ' {'established': False}\n\
        2 - SPEECH OUTPUT: 'Two\n lines.'{'established': False}\nTOTAL\n3 - SPEECH OUTPUT: '8'[{'established': False}]\n";
    let half = "4 - SPEECH OUTPUT: 'Not yet";
    assert_eq!(utterances(log).0, ["Two lines.", "8"]);
    let read = utterances(&format!("{log}{half}")).1;
    assert_eq!(utterances(&format!("{log}{half}.'{{'established': False}}")[read..]).0, ["Not yet."]);
}
