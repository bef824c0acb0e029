//! The program whose power is cut. It sits an exam by the runtime's own code, in a process of its own that is traced,
//! and says so in `said` after each step that it was told is durable.

use super::paper;
use invigil_client::{
    durable,
    folder::Folder,
    session::{Session, this_client},
    store::{Slot, Store},
};
use invigil_core::{
    Digest, ItemId, Value,
    envelope::canonical,
    item::Interaction,
    log::Actor,
    policy::{Control, Holding},
    sitting::{Command, ControlReport, Observation, Phase, Screen},
};
use invigil_tests::proof::Dice;
use serde::{Deserialize, Serialize};
use std::{
    fs::{File, OpenOptions},
    io::Write,
    path::PathBuf,
};

/// What a writer is to do.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Task {
    /// The state folder, whose parent exists.
    pub root: PathBuf,
    /// The file that it speaks into. It lies outside the state folder.
    pub said: PathBuf,
    pub seed: u64,
    /// The boot it runs in.
    pub boot: usize,
    /// How many answers it gives.
    pub answers: usize,
    /// Answers have at most this many characters.
    pub chars_max: usize,
    pub end: End,
}

/// How a writer ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum End {
    /// It closes the database.
    Closes,
    /// It ends as by a kill.
    Dies,
    /// It hands in and dies after the receipt.
    HandsIn,
}

/// A file beside the database that is replaced as a whole.
pub const SMALL_FILE: &str = "settings.json";

struct Writer {
    task: Task,
    said: File,
    dice: Dice,
    elapsed_ms: u64,
    wall_ms: u64,
}

/// Carries out a task. Does not return when the task ends otherwise than by closing.
pub fn write(task: Task) {
    let said = OpenOptions::new().append(true).create(true).open(&task.said).expect("it can speak");
    let dice = Dice(task.seed);
    let mut writer = Writer { said, dice, elapsed_ms: 0, wall_ms: 0, task };
    let mut session = writer.begin();
    let mut left = writer.task.answers;
    while 0 < left {
        session = writer.something_else(session);
        left -= usize::from(writer.answer(&mut session));
    }
    match writer.task.end {
        End::Closes => drop(session),
        // Nothing is dropped, so nothing is closed.
        End::Dies => std::process::exit(0),
        End::HandsIn => {
            writer.hand_in(&mut session);
            std::process::exit(0);
        }
    }
}

impl Writer {
    fn say(&mut self, words: &str) {
        self.said.write_all(format!("{words}\n").as_bytes()).expect("it speaks");
    }

    fn now(&mut self) -> invigil_client::clock::Reading {
        let ms = 200 + self.dice.below(900) as u64;
        self.elapsed_ms += ms;
        self.wall_ms += ms;
        paper::reading(self.task.boot, self.elapsed_ms, self.wall_ms)
    }

    fn carry_out(&mut self, session: &mut Session, command: Command, by: Actor) {
        let now = self.now();
        session.carry_out(command, &by, &now).expect("it is carried out");
    }

    /// As `Engine` keeps an admission, begins, and goes on after a restart.
    fn begin(&mut self) -> Session {
        let folder = Folder::open(self.task.root.clone()).expect("the state folder");
        let place = folder.sitting(&paper::sitting());
        let admission = paper::admission();
        for file in ["recovery.age", "resume.age"] {
            if !place.join(file).exists() {
                durable::write(&place.join(file), b"the key, sealed").expect("it is written");
            }
        }
        let mut store = Store::open(&place.join("sitting.db"), &paper::key()).expect("the database opens");
        if store.get(Slot::Admission).expect("it can be read").is_none() {
            let lease = invigil_tests::paper::lease(&admission);
            let documents: [(Slot, &[u8]); 4] = [
                (Slot::Admission, admission.bytes()),
                (Slot::Leases, lease.bytes()),
                (Slot::Device, &invigil_tests::paper::DEVICE_SEED),
                (Slot::Token, b"token"),
            ];
            store.put_all(&documents).expect("they are kept");
            self.say("admitted");
        }
        let mut session = Session::exam(store).expect("the sitting opens");
        if let Some(last) = session.records().expect("the log").last() {
            self.wall_ms = paper::since_opening_ms(last.at.wall);
        }
        if session.sitting().last().is_none() {
            let lease = session.papers().expect("papers").lease.digest();
            self.carry_out(&mut session, Command::Admit { lease, client: this_client() }, Actor::Client);
        }
        if session.sitting().phase() == Phase::Admitted {
            let notice = Digest::of("notice");
            self.carry_out(&mut session, Command::Acknowledge { notice }, Actor::Candidate);
        }
        session.lay_out(paper::form());
        if session.sitting().phase() == Phase::Checking {
            let control = |control| ControlReport { control, holding: Holding::Enforced };
            let controls = Control::ALL.map(control).to_vec();
            self.carry_out(&mut session, Command::Report { controls }, Actor::Client);
            let now = self.now();
            let begin = Command::Begin { start: Some((now.wall, Digest::of("start"))), deadline: None };
            let documents: [(Slot, &[u8]); 2] = [(Slot::Content, b"content"), (Slot::Start, &[b's'; 900])];
            session.carry_out_with(begin, &Actor::Candidate, &now, &documents).expect("it begins");
        } else {
            self.carry_out(&mut session, Command::Resume { server: None }, Actor::Client);
        }
        assert_eq!(session.sitting().phase(), Phase::Underway);
        session
    }

    /// Gives one answer. Says whether it was another than before.
    fn answer(&mut self, session: &mut Session) -> bool {
        let items = session.sitting().served().to_vec();
        let item = items[self.dice.below(items.len())].clone();
        let value = self.value(&item, session.log().size);
        if session.values().get(&item) == value.as_ref() {
            return false;
        }
        let now = self.now();
        session.respond(item.clone(), value.clone(), &now).expect("it is saved");
        self.say(&format!("answer {item} {}", Digest::of(canonical(&value))));
        true
    }

    fn value(&mut self, item: &ItemId, serial: u64) -> Option<Value> {
        if self.dice.one_in(25) {
            return None;
        }
        let form = paper::form();
        let interaction = &form.item(item).expect("it is served").interaction;
        Some(match interaction {
            Interaction::Choice { choices, .. } => {
                let taken = choices.iter().filter(|_| self.dice.one_in(3));
                Value::choices(taken.map(|choice| choice.id.clone()).collect::<Vec<_>>())
            }
            Interaction::TextEntry { .. } | Interaction::ExtendedText { .. } => {
                // Most answers are short, a few are very long.
                let bound = [60, 60, 60, 400, 400, 3_000, self.task.chars_max][self.dice.below(7)];
                let chars = self.dice.below(bound.min(self.task.chars_max));
                Value::text(format!("{serial} ") + &"words ".repeat(chars / 6))
            }
        })
    }

    /// What else is written between two answers of a real sitting.
    fn something_else(&mut self, mut session: Session) -> Session {
        match self.dice.below(16) {
            0..4 => {
                let items = session.sitting().served().to_vec();
                let screen = Screen::Item { item: items[self.dice.below(items.len())].clone() };
                self.carry_out(&mut session, Command::Visit { screen }, Actor::Candidate);
            }
            4 => {
                let items = session.sitting().served().to_vec();
                let item = items[self.dice.below(items.len())].clone();
                let flagged = self.dice.one_in(2);
                self.carry_out(&mut session, Command::Flag { item, flagged }, Actor::Candidate);
            }
            5 => self.carry_out(&mut session, Command::Observe { observation: Observation::PageFailed }, Actor::Client),
            6 => {
                self.elapsed_ms += 31_000;
                self.wall_ms += 31_000;
                let checkpoint = session.checkpoint().map(invigil_core::Signed::digest);
                self.carry_out(&mut session, Command::Wake { checkpoint }, Actor::Client);
            }
            7..10 => {
                let now = self.now();
                let checkpoint = paper::checkpoint(&session, now.wall);
                session.take_checkpoint(checkpoint).expect("it is kept");
            }
            10 => {
                let bytes = vec![b'x'; self.dice.below(6_000)];
                session.store_mut().put(Slot::Standing, &standing(&bytes)).expect("it is kept");
            }
            11 => {
                let bytes: Vec<u8> =
                    (0..1 + self.dice.below(5_000)).map(|_| self.dice.throw().to_le_bytes()[0]).collect();
                durable::write(&self.task.root.join(SMALL_FILE), &bytes).expect("it is written");
                self.say(&format!("file {}", Digest::of(&bytes)));
            }
            12 if self.dice.one_in(4) => {
                drop(session);
                session = self.begin();
            }
            _ => {}
        }
        session
    }

    fn hand_in(&mut self, session: &mut Session) {
        self.carry_out(session, Command::Submit, Actor::Candidate);
        let now = self.now();
        session.hand_in(|_| false, &now).expect("the submission is kept");
        self.say("handed-in");
        let checkpoint = paper::checkpoint(session, now.wall);
        session.take_checkpoint(checkpoint).expect("it is kept");
        let receipt = paper::receipt(session, now.wall);
        session.store_mut().put(Slot::Receipt, receipt.bytes()).expect("it is kept");
        self.say("receipt");
    }
}

/// A document of any length that reads as a candidate's standing.
fn standing(padding: &[u8]) -> Vec<u8> {
    let padding = String::from_utf8_lossy(padding);
    serde_json::to_vec(&serde_json::json!({
        "asked": "2027-01-15T08:00:00.000Z",
        "standing": {"candidate": padding, "programmes": []},
    }))
    .expect("it is JSON")
}
