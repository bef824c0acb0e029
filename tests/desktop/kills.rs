//! Kills of the real application while a candidate answers, types, looks around and hands in. What the page called saved
//! is there again, once; what was on its way is there whole or not at all.

use crate::{
    application::Application,
    desk::wait,
    walk::{Exam, written},
};
use invigil_core::{
    Value,
    value::{Base, List},
};
use invigil_tests::proof::{Dice, Proof};
use serde_json::{Value as Json, json};
use std::{collections::BTreeMap, thread, time::Duration};

/// In a slice and in a whole proof. The sample exam has time for so many kills in one sitting.
const SITTINGS: (u64, u64) = (1, 20);
const KILLS: usize = 5;
/// After the act that is killed. An answer takes a few milliseconds, handing in some hundred.
const MS_MAX: usize = 60;
const HAND_IN_MS_MAX: usize = 400;

#[test]
fn no_kill_of_the_window_takes_an_answer_that_was_saved() {
    let mut proof = Proof::begin("kills of the window");
    let mut dice = proof.dice();
    for _ in 0..proof.size(SITTINGS.0, SITTINGS.1) {
        let mut killed = Killed::sit_down();
        for kill in 0..KILLS {
            let phase = Phase::ALL[kill % Phase::ALL.len()];
            killed.kill_while(phase, &mut dice);
            proof.count("kills", 1);
            proof.count(&format!("kills: {}", phase.name()), 1);
            proof.count("answers kept over a restart", killed.come_back());
        }
        killed.kill_while_handing_in(&mut dice);
        proof.count("kills", 1);
        proof.count("kills: handing in", 1);
        killed.shows_one_result();
        proof.count("sittings handed in", 1);
    }
    proof.holds();
}

#[derive(Clone, Copy)]
enum Phase {
    Answering,
    Typing,
    Looking,
}

impl Phase {
    const ALL: [Self; 3] = [Self::Answering, Self::Typing, Self::Looking];

    fn name(self) -> &'static str {
        match self {
            Self::Answering => "answering",
            Self::Typing => "typing",
            Self::Looking => "looking around",
        }
    }
}

struct Killed {
    exam: Exam,
    app: Application,
    /// By the number of the question: its right answer.
    right: BTreeMap<usize, Value>,
    /// What the page called saved.
    saved: BTreeMap<usize, Json>,
    /// What was on its way when the kill came.
    flying: Option<usize>,
}

impl Killed {
    fn sit_down() -> Self {
        let exam = Exam::prepare("moderate");
        let app = Application::start(&[]);
        app.sit_down(&exam.link);
        let mut right = BTreeMap::new();
        for number in 1..=exam.items.len() {
            app.go_to(number);
            right.insert(number, exam.answer_to(exam.question(&app)).clone());
        }
        Self { exam, app, right, saved: BTreeMap::new(), flying: None }
    }

    fn kill_while(&mut self, phase: Phase, dice: &mut Dice) {
        let open: Vec<usize> = self.right.keys().copied().filter(|number| !self.saved.contains_key(number)).collect();
        let is_text = |number: &usize| matches!(self.right[number], Value::Base(Base::String(_)));
        // One is called saved before every kill, so that there is more to lose each time.
        let (texts, others): (Vec<usize>, Vec<usize>) = open.iter().partition(|number| is_text(number));
        let certain = others.first().or(texts.last()).copied();
        if let Some(number) = certain {
            self.answer(number);
        }
        let next = others.get(1).or(texts.first()).copied().filter(|number| Some(*number) != certain);
        match (phase, next, texts.first()) {
            (Phase::Typing, _, Some(number)) if Some(*number) != certain => {
                self.app.go_to(*number);
                let field = self.app.until_seen("article input, article textarea", "*");
                self.app.click(&field).expect("the field takes the focus");
                let text = written(&self.right[number]);
                for letter in text.as_str().unwrap_or_default().chars() {
                    self.app.desk.press_at_once(&letter.to_string());
                }
                self.flying = Some(*number);
            }
            (Phase::Answering | Phase::Typing, Some(number), _) => {
                self.app.go_to(number);
                self.app.give_unsaved(&self.right[&number]);
                self.flying = Some(number);
            }
            (Phase::Answering | Phase::Typing | Phase::Looking, ..) => {
                self.app.press("button", &format!("Question {},*", 1 + dice.below(self.right.len())));
            }
        }
        pause(dice.below(MS_MAX));
        self.app.kill();
    }

    fn answer(&mut self, number: usize) {
        self.app.go_to(number);
        let value = &self.right[&number];
        let there = self.app.answer();
        if there != written(value) {
            match value {
                // A choice that was made before must not be taken back.
                Value::List(List::Identifier(ids)) => {
                    let made = there.as_array().cloned().unwrap_or_default();
                    let rest = ids.iter().filter(|id| !made.contains(&json!(id))).cloned().collect();
                    self.app.give_unsaved(&Value::List(List::Identifier(rest)));
                }
                Value::Base(Base::String(_)) => {
                    self.app.wipe("article input, article textarea");
                    self.app.give_unsaved(value);
                }
                Value::Base(Base::Identifier(_)) => self.app.give_unsaved(value),
            }
        }
        self.app.until_saved(value);
        self.saved.insert(number, written(value));
    }

    /// Starts the application again and looks at every question. Returns how many answers were there.
    fn come_back(&mut self) -> u64 {
        self.start_again();
        self.app.until_shown("exam");
        wait("the exam to hold the machine again", || self.app.screen.is_held().then_some(()));
        let flying = self.flying.take();
        for (number, value) in &self.right {
            self.app.go_to(*number);
            if let Some(saved) = self.saved.get(number) {
                let what = format!("question {number} to show what was called saved, {saved}");
                wait(&what, || (self.app.answer() == *saved).then_some(()));
                continue;
            }
            let there = wait("the answer's fields", || Some(self.app.answer()).filter(|answer| !answer.is_null()));
            let whole = written(value);
            let empty = [json!([]), json!("")].contains(&there);
            let on_its_way = flying == Some(*number) && begins(&whole, &there);
            assert!(empty || on_its_way, "question {number} was never answered so: {there}");
        }
        self.saved.len() as u64
    }

    fn start_again(&mut self) {
        self.app.start_again(&[]);
        self.app.give_passphrase("Open");
    }

    /// Answers what is left and kills while it is handed in.
    fn kill_while_handing_in(&mut self, dice: &mut Dice) {
        let open: Vec<usize> = self.right.keys().copied().filter(|number| !self.saved.contains_key(number)).collect();
        open.into_iter().for_each(|number| self.answer(number));
        self.app.press("button", "Review answers");
        self.app.until_shown("review");
        self.app.press("button", "Hand in …");
        self.app.until_seen("heading", "Hand in your exam?");
        self.app.press("button", "Hand in now");
        pause(dice.below(HAND_IN_MS_MAX));
        self.app.kill();
    }

    fn shows_one_result(mut self) {
        self.start_again();
        // The kill may have come before the act; then the exam goes on where it was.
        let shown = wait("the exam, or its end", || Some(self.app.shown()).filter(|shown| shown != "home"));
        if ["exam", "review"].contains(&shown.as_str()) {
            self.app.hand_in();
        }
        let (sitting, records) = wait("the result", || {
            Some(self.exam.seen_by_proctor(&self.app.driver)).filter(|(sitting, _)| sitting["result"] == "passed")
        });
        assert_eq!(sitting["verdict"]["kind"], "proven", "{sitting:#}");
        assert_eq!(sitting["answered"], json!(self.right.len()), "{sitting:#}");
        let of_kind = |kind: &str| records.iter().filter(|record| record["kind"] == kind).count();
        assert_eq!((of_kind("began"), of_kind("closed")), (1, 1), "begun once and ended once");
        assert!(KILLS <= of_kind("resumed"), "every restart is in the record: {}", of_kind("resumed"));
    }
}

/// Whether an answer is a part of the whole one: letters typed before, choices made before.
fn begins(whole: &Json, part: &Json) -> bool {
    match (whole, part) {
        (Json::String(whole), Json::String(part)) => whole.starts_with(part.as_str()),
        (Json::Array(whole), Json::Array(part)) => part.iter().all(|each| whole.contains(each)),
        _ => false,
    }
}

/// A random while, not a wait for anything.
fn pause(ms: usize) {
    thread::sleep(Duration::from_millis(ms as u64));
}
