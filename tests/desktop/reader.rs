//! A blind candidate: Debian's screen reader says everything, keys do everything, under the controls of a strict exam.
//! What it says is `tests/golden/orca.txt`; `UPDATE=1` writes it anew.

use crate::{
    aids::Orca,
    application::Application,
    desk::{Desk, wait},
    lockdown::probed,
    screen::Screen,
    walk::Exam,
};
use invigil_core::Value;
use invigil_tests::root;
use std::{
    env, fs, iter,
    process::Child,
    thread,
    time::{Duration, Instant},
};

const GOLDEN: &str = "tests/golden/orca.txt";
/// One question of each kind: one choice, true or false, several choices, a few words.
const QUESTIONS: [&str; 4] = ["01", "02", "06", "09"];
/// A little more than the last five, so that the timer changes its word in the silence.
const MINUTES: u32 = 6;
const LAST_FIVE: u64 = 300;
/// How long nobody touches the keyboard, and how often the screen reader may speak meanwhile.
const SILENCE: Duration = Duration::from_secs(60);
const UNASKED_MAX: usize = 2;

/// Somebody at the keyboard who hears and does not see.
struct Candidate {
    exam: Exam,
    app: Application,
    orca: Orca,
    /// What was pressed, and what was heard.
    script: String,
}

impl Candidate {
    fn sit_down(mut desk: Desk) -> Self {
        let exam = Exam::prepare_part("strict", &QUESTIONS, MINUTES);
        let orca = Orca::on(&mut desk);
        let app = Application::start_on(desk, &[]);
        // The window under the pointer has the keys.
        app.desk.outside(&["mousemove", "640", "400"]);
        app.get_ready(&exam.link);
        let mut candidate = Self { exam, app, orca, script: String::new() };
        candidate.orca.until_said("the list of checks");
        candidate
    }

    fn press(&mut self, key: &str) {
        let said = self.orca.after(&self.app.desk, &["key", key]);
        self.note(key, &said);
    }

    fn note(&mut self, what: &str, said: &[String]) {
        let said: String = said.iter().map(|said| format!("    {}\n", timeless(said))).collect();
        let part = format!("{what}\n{said}");
        // For a test that fails later.
        print!("{part}");
        self.script += &part;
        if env::var_os("UPDATE").is_none() {
            hold_against(&golden(), &self.script);
        }
    }

    /// Whether the exam has the keyboard and the screen. Under sway its own shortcut is tried by the candidate's
    /// keyboard: another one that comes and goes would be spoken of.
    fn is_held(&self) -> bool {
        let Screen::Sway(sway) = &self.app.screen else { return self.app.screen.is_held() };
        let marker = self.app.desk.home().join("escaped");
        let _ = fs::remove_file(&marker);
        self.app.desk.outside(&["key", "super+x"]);
        thread::sleep(Duration::from_millis(300));
        sway.is_covered() && !marker.exists()
    }

    fn until_saved(&self, value: &Value) {
        self.app.until_saved(value);
    }
}

/// The same words at any time.
fn timeless(said: &str) -> String {
    let clock = |word: &str| word.len() == 8 && word.split(':').filter(|part| part.parse::<u8>().is_ok()).count() == 3;
    let words: Vec<_> = said.split(' ').map(|word| if clock(word) { "HH:MM:SS" } else { word }).collect();
    let said = words.join(" ");
    match said.find(" left.").and_then(|end| Some((said[..end].find(|letter: char| letter.is_ascii_digit())?, end))) {
        Some((begin, end)) => format!("{}MM minutes and SS seconds{}", &said[..begin], &said[end..]),
        None => said,
    }
}

/// A program that the policy stops the exam for, as the system sees it: by the name of its file.
fn start_recorder(desk: &Desk) -> Child {
    let recorder = desk.home().join("simplescreenrecorder");
    fs::copy("/usr/bin/sleep", &recorder).expect("a copy of a program");
    desk.command(&recorder).arg("600").spawn().expect("it runs")
}

fn sits_an_exam(desk: Desk, silence: Duration) {
    let mut candidate = Candidate::sit_down(desk);
    candidate.press("Tab");
    candidate.press("Return");
    wait("the exam to hold the machine", || candidate.is_held().then_some(()));

    // One choice, changed once, and a flag.
    ["Tab", "Tab", "space", "Down", "Up"].into_iter().for_each(|key| candidate.press(key));
    candidate.until_saved(&Value::choice("a"));
    candidate.press("alt+f");
    candidate.press("alt+t");
    // The screen reader's own: where am I, which window, what time is it.
    ["KP_Enter", "Insert+KP_Enter", "Insert+t"].into_iter().for_each(|key| candidate.press(key));
    // True or false.
    ["alt+n", "Tab", "Tab", "space"].into_iter().for_each(|key| candidate.press(key));
    candidate.until_saved(&Value::choice("true"));
    // Several choices.
    ["alt+n", "Tab", "Tab", "space", "Tab", "Tab", "Tab", "space"].into_iter().for_each(|key| candidate.press(key));
    candidate.until_saved(&Value::choices(["a", "d"]));
    // A few words, and then a silence in which they are saved, the clock runs and the issuer is told.
    ["alt+n", "Tab", "Tab"].into_iter().for_each(|key| candidate.press(key));
    candidate.orca.heard();
    let began = Instant::now();
    candidate.app.desk.outside(&["type", "--delay", "100", "Tab"]);
    while began.elapsed() < silence || (!silence.is_zero() && LAST_FIVE - 5 < candidate.app.seconds_left()) {
        thread::sleep(Duration::from_millis(200));
    }
    candidate.until_saved(&Value::text("Tab"));
    let unasked = candidate.orca.heard();
    let minutes = usize::try_from(began.elapsed().as_secs().div_ceil(60)).unwrap_or(1);
    println!("{} s of silence, spoken unasked: {unasked:?}", began.elapsed().as_secs());
    assert!(unasked.len() <= UNASKED_MAX * minutes, "too much is spoken unasked: {unasked:?}");
    assert!(!unasked.iter().any(|said| said.contains("left") || said.contains("minute")), "the clock: {unasked:?}");
    // Where am I, in the middle of an answer, writes nothing into it.
    ["KP_Enter", "Insert+t"].into_iter().for_each(|key| candidate.press(key));
    candidate.until_saved(&Value::text("Tab"));

    let mut recorder = start_recorder(&candidate.app.desk);
    let said = candidate.orca.until_said("the exam was stopped");
    candidate.note("(a recorder of the screen is started)", &said);
    candidate.app.until_shown("stopped");
    ["Tab", "alt+t"].into_iter().for_each(|key| candidate.press(key));
    recorder.kill().and_then(|()| recorder.wait()).expect("it can be ended");
    let said = candidate.orca.until_said("the exam went on");
    candidate.note("(it ends)", &said);

    assert!(candidate.is_held(), "all of it under the controls");
    ["alt+r", "Tab", "Return", "alt+r"].into_iter().for_each(|key| candidate.press(key));
    ["Tab", "Tab", "Tab", "Tab", "Return", "Tab", "Tab"].into_iter().for_each(|key| candidate.press(key));
    let mut said = candidate.orca.after(&candidate.app.desk, &["key", "Return"]);
    // When it is with the issuer, the network decides.
    said.retain(|said| !said.starts_with("notification "));
    candidate.note("Return", &said);
    candidate.app.until_shown("closed");
    wait("the machine to be free", || (!candidate.is_held()).then_some(()));

    for probe in ["programs", "focus", "debugger", "injected-input", "clipboard"] {
        let seen = probed(&candidate.exam, &candidate.app, probe);
        assert!(seen.iter().all(Vec::is_empty), "the screen reader or its keyboard trips {probe}: {seen:?}");
    }
    compare(&candidate.script);
}

fn golden() -> String {
    fs::read_to_string(root().join(GOLDEN)).unwrap_or_default()
}

/// Fails at the first line in which what was heard so far is not what the golden file begins with.
#[track_caller]
fn hold_against(golden: &str, heard: &str) {
    let Some(at) =
        heard.lines().zip(golden.lines().chain(iter::repeat("(the end)"))).position(|(now, then)| now != then)
    else {
        return;
    };
    let around = |text: &str| text.lines().skip(at.saturating_sub(3)).take(8).collect::<Vec<_>>().join("\n");
    panic!(
        "the screen reader says something else in line {}.\n\nnow:\n{}\n\n{GOLDEN}:\n{}",
        at + 1,
        around(heard),
        around(golden)
    );
}

/// Holds the whole against the golden file, or writes it.
fn compare(script: &str) {
    if env::var_os("UPDATE").is_some() {
        let path = root().join(GOLDEN);
        fs::create_dir_all(path.parent().unwrap_or(&path)).expect("the folder of golden files");
        fs::write(&path, script).expect("the golden file is written");
    }
    hold_against(&golden(), script);
    assert_eq!(script.lines().count(), golden().lines().count(), "{GOLDEN} goes on where the exam ends");
}

#[test]
fn a_blind_candidate_sits_an_exam_under_x11() {
    sits_an_exam(Desk::with_keyboard(), SILENCE);
}

#[test]
fn a_blind_candidate_sits_an_exam_under_sway() {
    sits_an_exam(Desk::under_sway_in_a_window(), Duration::ZERO);
}
