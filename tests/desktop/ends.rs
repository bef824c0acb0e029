//! Whoever is killed, the application, its page or its guard, and whenever: the machine is its owner's again, nothing at
//! home or on the desktop has changed, and the exam comes back with its answers.

use crate::{
    application::NAME,
    belongings::Belongings,
    desk::{Desk, alive, freeze, kill, stays, thaw, wait, wait_at_most},
    guarded::{Guarded, PAGE},
    nested::Compositor,
    screen::Screen,
    walk::{Exam, written},
};
use invigil_lockdown::x11::Witness;
use invigil_tests::proof::{Dice, Proof};
use serde_json::{Value as Json, json};
use std::{
    collections::BTreeMap,
    thread,
    time::{Duration, Instant},
};

/// Of one sitting under X11.
const KILLS: [(Victim, usize); 3] = [(Victim::Application, 9), (Victim::Page, 6), (Victim::Guard, 5)];
/// After the act that is killed.
const MS_MAX: usize = 500;
/// After a start that is killed itself.
const START_MS_MAX: usize = 1_500;
/// As often as the guard starts an application again, and an application its page, within a minute.
const AGAIN_MAX: usize = 3;
const MINUTE: Duration = Duration::from_secs(61);
/// Mutter and KWin keep it for themselves, unless an exam holds their keys back.
const A_DESKTOPS_KEY: &str = "alt+Tab";

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Victim {
    Application,
    Page,
    Guard,
}

impl Victim {
    fn name(self) -> &'static str {
        match self {
            Self::Application => "kills: the application",
            Self::Page => "kills: its page",
            Self::Guard => "kills: its guard",
        }
    }
}

#[test]
fn whoever_is_killed_nothing_stays_locked_or_changed() {
    let mut proof = Proof::begin("kills of application, page and guard");
    let mut dice = proof.dice();
    for _ in 0..proof.size(1, 10) {
        let desk = Desk::wide();
        desk.plug_in();
        let mut siege = Siege::begin(desk, false, &mut dice);
        let mut left = BTreeMap::from(KILLS);
        while let Some(victim) = siege.choose(&mut left) {
            siege.act();
            siege.kill(victim);
        }
        siege.hand_in();
        siege.killed.iter().for_each(|(victim, n)| proof.count(victim.name(), *n as u64));
    }
    for (victim, least) in KILLS {
        assert!(least as u64 <= proof.counted(victim.name()), "each as often as it should be");
    }
    proof.holds();
}

/// Every desktop but X11 and openbox: each of the three once, and the application once more without its guard.
fn each_once(desk: Desk, kiosk: bool) {
    let mut proof = Proof::begin("kills of application, page and guard elsewhere");
    let mut dice = proof.dice();
    let mut siege = Siege::begin(desk, kiosk, &mut dice);
    for victim in [Victim::Page, Victim::Application, Victim::Guard, Victim::Application] {
        siege.act();
        siege.kill(victim);
    }
    siege.hand_in();
    siege.killed.iter().for_each(|(victim, n)| proof.count(victim.name(), *n as u64));
    proof.holds();
}

#[test]
fn whoever_is_killed_sway_is_its_users_again() {
    let desk = Desk::under_sway();
    desk.sway().expect("it runs").tell("create_output");
    each_once(desk, false);
}

#[test]
fn whoever_is_killed_mutter_and_kwin_are_their_users_again() {
    for compositor in [Compositor::Mutter, Compositor::Kwin] {
        each_once(Desk::under(compositor), false);
    }
}

#[test]
fn whoever_is_killed_the_kiosk_goes_on() {
    each_once(Desk::under(Compositor::Cage), true);
}

struct Siege<'d> {
    dice: &'d mut Dice,
    exam: Exam,
    guarded: Guarded,
    /// By the number of the question: what the page called saved.
    saved: BTreeMap<usize, Json>,
    /// The desk before the application was ever started on it.
    before: Belongings,
    killed: BTreeMap<Victim, usize>,
    /// When this guard started the application again, and this application its page.
    again: Vec<Instant>,
    pages: Vec<Instant>,
}

impl<'d> Siege<'d> {
    /// Sits an exam with every control at a furnished desk.
    fn begin(desk: Desk, kiosk: bool, dice: &'d mut Dice) -> Self {
        let mut desk = desk;
        desk.furnish();
        let before = Belongings::at_rest(&desk);
        let exam = Exam::prepare_at_leisure("moderate");
        let guarded = Guarded::start(desk, kiosk);
        let siege = Self {
            dice,
            exam,
            guarded,
            saved: BTreeMap::new(),
            before,
            killed: BTreeMap::new(),
            again: Vec::new(),
            pages: Vec::new(),
        };
        siege.guarded.app.begin(&siege.exam.link);
        siege.until_held();
        siege
    }

    /// Who is next: at random among those that are left and that come back by themselves.
    fn choose(&mut self, left: &mut BTreeMap<Victim, usize>) -> Option<Victim> {
        left.retain(|_, n| 0 < *n);
        if left.is_empty() {
            return None;
        }
        let guarded = alive(self.guarded.guard);
        // A guard comes back with the application that is started anew, and with nothing else.
        if !guarded && left.keys().all(|victim| *victim == Victim::Guard) {
            return Some(Victim::Application);
        }
        // At worst all that is left may be killed again when the last kills are a minute old.
        let victim = wait_at_most(MINUTE * 2, "a victim that comes back by itself", || {
            let recent = |times: &[Instant]| times.iter().filter(|at| at.elapsed() < MINUTE).count();
            let may = |victim: &Victim| match victim {
                Victim::Application => !guarded || recent(&self.again) < AGAIN_MAX,
                Victim::Page => recent(&self.pages) < AGAIN_MAX,
                Victim::Guard => guarded,
            };
            let all = left.iter().filter(|(victim, _)| may(victim));
            let all: Vec<Victim> = all.flat_map(|(victim, n)| vec![*victim; *n]).collect();
            all.get(self.dice.below(all.len())).copied()
        });
        *left.get_mut(&victim)? -= 1;
        Some(victim)
    }

    /// Answers the first question that has no answer yet, and has it saved.
    fn answer(&mut self) {
        let app = &self.guarded.app;
        let mut open = (1..=self.exam.items.len()).filter(|number| !self.saved.contains_key(number));
        if let Some(number) = open.next() {
            app.go_to(number);
            let value = self.exam.answer_to(self.exam.question(app));
            let there = app.answer();
            if there == json!([]) || there == json!("") {
                app.give_unsaved(value);
            }
            app.until_saved(value);
            self.saved.insert(number, written(value));
        }
    }

    /// Answers a question, then does something that is killed on its way.
    fn act(&mut self) {
        self.answer();
        let (app, items) = (&self.guarded.app, self.exam.items.len());
        match self.dice.below(3) {
            0 => app.press("button", &format!("Question {},*", 1 + self.dice.below(items))),
            1 => app.press("button", "Review answers"),
            _ => {}
        }
        thread::sleep(Duration::from_millis(self.dice.below(MS_MAX) as u64));
    }

    fn kill(&mut self, victim: Victim) {
        *self.killed.entry(victim).or_default() += 1;
        match victim {
            Victim::Application if alive(self.guarded.guard) => {
                let process = self.guarded.app.process();
                self.kill_guarded(process);
                let second = self.started_again(process);
                // Once more while it is on its way back, which is a moment like any other.
                if self.again.len() < AGAIN_MAX && self.dice.one_in(3) {
                    thread::sleep(Duration::from_millis(self.dice.below(START_MS_MAX) as u64));
                    self.kill_guarded(second);
                    self.started_again(second);
                    *self.killed.entry(Victim::Application).or_default() += 1;
                }
                self.guarded.take_over();
            }
            Victim::Application => {
                kill(self.guarded.app.process());
                self.is_given_back();
                stays("nothing starts again without the guard", Duration::from_secs(1), || {
                    self.guarded.app.desk.processes(NAME).is_empty()
                });
                self.again.clear();
                self.pages.clear();
                self.guarded.launch();
                if matches!(self.guarded.app.screen, Screen::Silent) && !self.guarded.is_kiosk() {
                    assert!(!self.guarded.app.is_given(A_DESKTOPS_KEY), "the desktop has its keys again");
                }
                self.guarded.app.give_passphrase("Open");
            }
            Victim::Page => {
                self.pages.push(Instant::now());
                let page = wait("the page's process", || self.guarded.app.desk.processes(PAGE).first().copied());
                kill(page);
                wait("the page to get another process", || {
                    let pages = self.guarded.app.desk.processes(PAGE);
                    pages.iter().any(|process| *process != page).then_some(())
                });
                self.guarded.take_over();
            }
            Victim::Guard => {
                let process = self.guarded.app.process();
                kill(self.guarded.guard);
                wait("the guard to be gone", || (!alive(self.guarded.guard)).then_some(()));
                stays("the exam goes on without it", Duration::from_secs(1), || alive(process));
                self.on_record("\"guardLost\"", self.killed[&Victim::Guard]);
            }
        }
        self.is_back();
    }

    /// Kills the application and looks at what it left. The guard would start it again at once, so it stands still
    /// meanwhile: what is given back, is given back without it.
    fn kill_guarded(&mut self, process: u32) {
        freeze(self.guarded.guard);
        kill(process);
        self.is_given_back();
        thaw(self.guarded.guard);
    }

    fn started_again(&mut self, before: u32) -> u32 {
        self.again.push(Instant::now());
        self.pages.clear();
        wait("the guard to start the application again", || {
            self.guarded.app.desk.processes(NAME).into_iter().find(|process| *process != before)
        })
    }

    /// Nothing of the application is left on the machine.
    fn is_given_back(&self) {
        let desk = &self.guarded.app.desk;
        wait("the application to be gone", || desk.processes(NAME).is_empty().then_some(()));
        match &self.guarded.app.screen {
            Screen::X11(x11) => {
                let monitors = x11.monitors();
                wait("every screen to be free", || {
                    (x11.windows().is_empty() && x11.bare().len() == monitors).then_some(())
                });
                wait("the keyboard to be free", || (!x11.is_grabbed()).then_some(()));
                let witness = Witness::connect(Some(&desk.display)).expect("the X server answers");
                for selection in ["CLIPBOARD", "PRIMARY"] {
                    assert_ne!(witness.selection_owner(selection).as_deref(), Some(NAME));
                }
                desk.copy_elsewhere("clipboard", "from outside");
                assert_eq!(desk.paste_elsewhere("clipboard"), "from outside", "the clipboard is anybody's");
            }
            Screen::Sway(sway) => {
                let monitors = sway.monitors();
                wait("every output to be free", || (sway.bare().len() == monitors).then_some(()));
                wait("sway's shortcut to work", || (!sway.is_grabbed()).then_some(()));
            }
            Screen::Silent => {}
        }
        self.is_unchanged();
    }

    #[track_caller]
    fn is_unchanged(&self) {
        let changed = Belongings::of(&self.guarded.app.desk).changed_since(&self.before);
        assert!(changed.is_empty(), "changed at the owner's home or desktop: {changed:?}");
    }

    fn until_held(&self) {
        let screen = &self.guarded.app.screen;
        // The key by which a compositor is tried must not be typed into an answer.
        let _ = self.guarded.app.driver.run("document.activeElement?.blur()", &[]);
        wait("the exam to hold the machine", || {
            let held = match screen {
                Screen::X11(_) | Screen::Sway(_) => screen.is_held() && screen.bare().is_empty(),
                // A kiosk has no keys of its own.
                Screen::Silent => self.guarded.is_kiosk() || self.guarded.app.is_given(A_DESKTOPS_KEY),
            };
            held.then_some(())
        });
    }

    /// The exam is on the page with the last answer and one of the others, and holds the machine.
    fn is_back(&mut self) {
        let app = &self.guarded.app;
        let shown = wait("the exam", || Some(app.shown()).filter(|shown| ["exam", "review"].contains(&shown.as_str())));
        if shown == "review" {
            app.press("button", "Back to the last question");
            app.until_shown("exam");
        }
        self.until_held();
        let last = self.saved.keys().next_back().copied();
        let other = self.saved.keys().nth(self.dice.below(self.saved.len())).copied();
        for number in [last, other].into_iter().flatten() {
            app.go_to(number);
            let what = format!("question {number} to show what was called saved");
            wait(&what, || (app.answer() == self.saved[&number]).then_some(()));
        }
        self.is_unchanged();
    }

    /// Waits until the issuer has records of this so many times.
    fn on_record(&self, what: &str, times: usize) -> Json {
        wait(&format!("{times} records of {what}"), || {
            let (sitting, records) = self.exam.seen_by_proctor(&self.guarded.app.driver);
            let found = records.iter().filter(|record| record.to_string().contains(what)).count();
            (found == times).then_some(sitting)
        })
    }

    /// Answers what is left and hands in: everything is there, everything is on record, and the desk is as it was.
    fn hand_in(&mut self) {
        while self.saved.len() < self.exam.items.len() {
            self.answer();
        }
        let app = &self.guarded.app;
        app.press("button", "Review answers");
        app.until_shown("review");
        app.press("button", "Hand in …");
        app.until_seen("heading", "Hand in your exam?");
        app.press("button", "Hand in now");
        app.until_shown("closed");
        let sitting = wait("the result", || {
            let (sitting, _) = self.exam.seen_by_proctor(&app.driver);
            (sitting["result"] == "passed").then_some(sitting)
        });
        assert_eq!((&sitting["verdict"]["kind"], &sitting["answered"]), (&json!("proven"), &json!(10)), "{sitting:#}");
        let lost = self.killed.get(&Victim::Guard).copied().unwrap_or(0);
        assert_eq!(sitting["level"], if 0 < lost { "L0" } else { "L1" }, "{sitting:#}");
        self.on_record("\"guardLost\"", lost);
        self.on_record("\"pageFailed\"", self.killed.get(&Victim::Page).copied().unwrap_or(0));
        self.is_unchanged();
    }
}
