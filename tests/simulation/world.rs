//! One sitting in an invented world: computers, a network that loses, doubles and reorders, an issuer that restarts, an
//! operator who moves the seat. What must hold is asserted at every step and at the end.

use crate::{
    device::{Device, Life},
    machine::truth,
    network::Flight,
};
use invigil::stage::{Stage, right_answers};
use invigil_content::bundle::Bundle;
use invigil_core::{
    Digest, ItemId, Signed, SittingId, Value,
    admission::Start,
    exchange::CHUNK_BYTES_MAX,
    item::Exam,
    log::{Actor, Record},
    policy::Holding,
    sitting::{Command, Event, Observation, Phase},
};
use invigil_issuer::{
    desk::Desk,
    fault::Fault,
    keys::Keys,
    setup::{self, Admit, Random},
    store::{Accommodation, Store},
};
use invigil_tests::{
    paper::picture,
    proof::{Counts, Dice},
    root,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    sync::Arc,
};
use tempfile::TempDir;

const RAM: &str = "/dev/shm";

/// An issuer as it is before a story begins: copied for each.
pub struct Template {
    folder: TempDir,
    pub keys: Arc<Keys>,
    administrations: Vec<String>,
    pub exam: Exam,
}

impl Template {
    pub fn new() -> Self {
        let folder = tempfile::tempdir_in(RAM).expect("a folder");
        let stage = Stage::set(folder.path(), "Test issuer", None).expect("an issuer");
        let exam = root().join("exams/sample/first-steps/first-steps.md");
        stage.load(&root().join("exams/sample"), std::slice::from_ref(&exam)).expect("the sample is loaded");
        let policies = [("open", "none"), ("moderate", "none"), ("strict", "live")];
        let schedule = |(policy, supervision): (&str, &str)| {
            stage
                .administer_with("first-steps", policy, &["--supervision", supervision, "--pictures", "10"])
                .expect("scheduled")
                .id
        };
        let administrations = policies.map(schedule).to_vec();
        let store = Store::open(folder.path()).expect("the store");
        let (card, sealed) = store.keys().expect("keys").expect("keys");
        let keys = Keys::unlock(card, &sealed, stage.passphrase().to_owned().into()).expect("the keys open");
        drop(store);
        let text = fs::read_to_string(&exam).expect("the exam");
        let bank = invigil_content::academy::read("first-steps.md", &text).bank.expect("a bank");
        assert!(!right_answers(&bank.exam, &bank.marks).is_empty());
        Self { folder, keys: Arc::new(keys), administrations, exam: bank.exam }
    }
}

pub struct World<'a> {
    pub template: &'a Template,
    pub counts: &'a mut Counts,
    pub dice: Dice,
    pub now: u64,
    pub folder: TempDir,
    pub desk: Option<Desk>,
    pub sitting: SittingId,
    pub devices: Vec<Device>,
    /// The computer that redeemed the last link, and the epoch of its lease.
    pub holder: usize,
    pub epoch: u32,
    /// Whether nobody has redeemed the link yet.
    pub fresh: bool,
    pub flights: Vec<Flight>,
    pub link: Option<String>,
    /// The issuer's log as it was last looked at. It only grows.
    pub stored: Vec<Vec<u8>>,
    pub receipt: Option<Vec<u8>>,
    pub phases: BTreeSet<Phase>,
}

/// What can happen, and how often against the others.
const STEPS: [(&str, usize); 26] = [
    ("time passes", 10),
    ("answered", 14),
    ("looked around", 4),
    ("left", 1),
    ("came back", 3),
    ("handed in", 1),
    ("evidence kept", 2),
    ("something seen", 1),
    ("control lost", 1),
    ("control back", 2),
    ("resume code", 2),
    ("crash", 2),
    ("power cut", 2),
    ("started again", 6),
    ("suspended", 1),
    ("calendar moved", 1),
    ("network lost", 2),
    ("network back", 5),
    ("request sent", 16),
    ("request arrived", 16),
    ("request lost", 2),
    ("issuer restarted", 1),
    ("issuer down", 1),
    ("seat moved", 2),
    ("seat moved back", 8),
    ("hand-in file", 1),
];

impl<'a> World<'a> {
    pub fn new(template: &'a Template, counts: &'a mut Counts, seed: u64) -> Self {
        let mut dice = Dice(seed);
        let folder = tempfile::tempdir_in(RAM).expect("a folder");
        fs::copy(template.folder.path().join("issuer.db"), folder.path().join("issuer.db")).expect("copied");
        let desk = open(folder.path(), template);
        let administration = &template.administrations[dice.below(template.administrations.len())];
        let wanted = Admit {
            administration: administration.parse().expect("an id"),
            name: "Test Candidate".to_owned(),
            candidate: None,
            accommodation: Accommodation::default(),
        };
        let mut bytes = || u8::try_from(dice.below(256)).unwrap_or(0);
        let random = Random {
            id: std::array::from_fn(|_| bytes()),
            other: std::array::from_fn(|_| bytes()),
            code: std::array::from_fn(|_| bytes()),
        };
        let opens = desk.store().administrations().expect("administrations")[0].window.opens;
        let now = u64::try_from(opens.unix_ms() - truth(0).unix_ms()).expect("a time after the beginning") + 60_000;
        let admitted = setup::admit(desk.store(), desk.card(), wanted, &random, truth(now)).expect("admitted");
        let mut world = Self {
            template,
            counts,
            dice,
            now,
            folder,
            desk: Some(desk),
            sitting: admitted.sitting,
            devices: vec![],
            holder: 0,
            epoch: 0,
            fresh: true,
            flights: vec![],
            link: Some(admitted.link),
            stored: vec![],
            receipt: None,
            phases: BTreeSet::new(),
        };
        world.take_over();
        world
    }

    /// The first item is shown on the computer that has the sitting, unless the log that came with it has begun.
    pub fn begin(&mut self) {
        let (now, holder) = (self.now, self.holder);
        let epoch = self.devices[holder].epoch;
        if self.devices[holder].session().is_some_and(|session| session.sitting().try_used()) {
            return;
        }
        // A candidate sees to what the exam asks of the computer before beginning.
        self.devices[holder].controls = Holding::Enforced;
        let by_code = self.devices[holder].machine.calendar_off_ms == 0;
        let asked = !(by_code && self.dice.one_in(5));
        let answer = asked.then(|| self.desk.as_ref().expect("an issuer").start(&self.sitting, epoch, truth(now)));
        let start = match answer {
            Some(Ok(bytes)) => {
                Some(Signed::<Start>::open(&bytes, &self.template.keys.card.issuer.signing).expect("signed"))
            }
            // It was opened on another computer, of which no record has come since. There is the proctor's code, once the
            // calendar is right.
            Some(Err(Fault::WindowClosed { .. })) => {
                self.devices[holder].machine.calendar_off_ms = 0;
                None
            }
            None => None,
            Some(Err(fault)) => panic!("no start is given: {fault}"),
        };
        let device = &mut self.devices[holder];
        device.give(Command::Acknowledge { notice: Digest::of("notice") }, &Actor::Candidate, now);
        device.report(now);
        let command = Command::Begin {
            start: start.as_ref().map(|start| (start.at, start.digest())),
            deadline: start.as_ref().and_then(|start| start.deadline),
        };
        assert!(device.give(command, &Actor::Candidate, now), "the exam begins");
        self.counts.count(if start.is_none() { "begun offline" } else { "begun online" }, 1);
    }

    /// One thing happens.
    pub fn step(&mut self) {
        let sum: usize = STEPS.iter().map(|(_, weight)| weight).sum();
        let mut throw = self.dice.below(sum);
        let chosen = STEPS.iter().find(|(_, weight)| {
            let found = throw < *weight;
            throw = throw.wrapping_sub(*weight);
            found
        });
        let what = chosen.map_or("time passes", |(what, _)| *what);
        let which = self.dice.below(self.devices.len());
        let happened = self.happen(what, which);
        self.look(what);
        if happened {
            self.counts.count(what, 1);
        }
    }

    fn happen(&mut self, what: &str, which: usize) -> bool {
        let now = self.now;
        let some_ms = match self.dice.below(3) {
            0 => self.dice.throw() % 2_000,
            1 => self.dice.throw() % 30_000,
            _ => self.dice.throw() % 120_000,
        };
        let candidate = Actor::Candidate;
        let device = &mut self.devices[which];
        match what {
            "time passes" => self.pass(some_ms),
            "answered" => device.answer(&mut self.dice, now),
            "looked around" => device.visit(&mut self.dice, now),
            "left" => device.give(Command::Leave, &candidate, now),
            "came back" => device.give(Command::Return, &candidate, now),
            "handed in" => self.dice.one_in(4) && self.devices[which].give(Command::Submit, &candidate, now),
            "evidence kept" => self.keep_evidence(which),
            "something seen" => {
                let observation = Observation::ClockJumped { ms: -5_000 };
                device.session().is_some_and(|s| s.sitting().try_used())
                    && device.give(Command::Observe { observation }, &Actor::Client, now)
            }
            "control lost" | "control back" => {
                let lost = what == "control lost";
                device.controls = if lost { Holding::Released } else { Holding::Enforced };
                device.report(now);
                true
            }
            "resume code" => {
                let proctor = Actor::Proctor("resume-code".parse().expect("a name"));
                device.give(Command::Release, &proctor, now)
            }
            "crash" => self.crash(which, false),
            "power cut" => self.crash(which, true),
            "started again" => self.start(which),
            "suspended" => {
                self.now += some_ms;
                true
            }
            "calendar moved" => {
                device.machine.calendar_off_ms +=
                    i64::try_from(some_ms).unwrap_or(0) * if self.dice.one_in(2) { 1 } else { -1 };
                true
            }
            "network lost" => std::mem::replace(&mut device.online, false),
            "network back" => !std::mem::replace(&mut device.online, true),
            "request sent" => self.send(which),
            "request arrived" => self.arrive(),
            "request lost" => {
                let lost = self.dice.below(self.flights.len());
                !self.flights.is_empty() && {
                    self.flights.swap_remove(lost);
                    true
                }
            }
            "issuer restarted" => {
                self.desk = None;
                self.desk = Some(open(self.folder.path(), self.template));
                true
            }
            "issuer down" => self.desk.take().is_some(),
            "seat moved" => self.move_seat(),
            "seat moved back" => self.come_back(which),
            _ => self.write_hand_in_file(which),
        }
    }

    pub fn crash(&mut self, which: usize, power: bool) -> bool {
        let device = &mut self.devices[which];
        let alive = matches!(device.life, Life::Awake(_));
        device.crash();
        device.powered_off |= power;
        alive
    }

    pub fn start(&mut self, which: usize) -> bool {
        let server = (self.desk.is_some() && self.devices[which].online).then_some(self.now);
        let device = &mut self.devices[which];
        let dead = matches!(device.life, Life::Dead(_));
        // A start takes its time.
        self.now += 3_000;
        device.start(&self.template.exam, server.map(|now| now + 3_000), self.now);
        if self.desk.is_none() && self.dice.one_in(2) {
            self.desk = Some(open(self.folder.path(), self.template));
        }
        dead
    }

    fn pass(&mut self, ms: u64) -> bool {
        let until = self.now + ms;
        while self.now < until {
            let now = self.now;
            let soonest = self.devices.iter_mut().filter_map(|device| device.wake_ms(now)).min().unwrap_or(u64::MAX);
            self.now += soonest.clamp(1, until - self.now);
            let now = self.now;
            self.devices.iter_mut().for_each(|device| device.tick(now));
        }
        true
    }

    fn keep_evidence(&mut self, which: usize) -> bool {
        // Most are small; some take several requests.
        let most = if self.dice.one_in(8) { 3 * CHUNK_BYTES_MAX } else { 2_000 };
        let size = 1 + self.dice.below(most);
        let fill = self.dice.throw().to_le_bytes();
        let bytes: Vec<u8> = fill.iter().copied().cycle().take(size).collect();
        let sha256 = Digest::of(&bytes);
        let now = self.now;
        let device = &mut self.devices[which];
        let command = Command::Capture { sha256, size: bytes.len() as u64, picture: picture() };
        device.evidence.insert(sha256, bytes);
        device.give(command, &Actor::Client, now)
    }

    fn write_hand_in_file(&mut self, which: usize) -> bool {
        let reading = self.devices[which].reading(self.now);
        let Device { epoch, evidence, life: Life::Awake(session), .. } = &mut self.devices[which] else { return false };
        let file = session.hand_in_file(|sha256| evidence.get(sha256).cloned(), &reading).expect("a file");
        self.flights.push(Flight::HandIn { epoch: *epoch, file });
        true
    }

    /// What must hold after every step.
    fn look(&mut self, what: &str) {
        for device in &mut self.devices {
            device.check(what);
            self.phases.extend(device.phase());
        }
        let Some(desk) = &self.desk else { return };
        let from = self.stored.len() as u64;
        let (lines, _) = desk.store().lines_and_openings(&self.sitting, from, usize::MAX >> 1).expect("read");
        self.stored.extend(lines);
    }

    /// Everything works again, and the story is brought to its end.
    pub fn end(mut self) {
        self.counts.count("stories", 1);
        const ROUNDS: usize = 2_000;
        if self.desk.is_none() {
            self.desk = Some(open(self.folder.path(), self.template));
        }
        for which in 0..self.devices.len() {
            self.devices[which].online = true;
            self.start(which);
            self.devices[which].controls = Holding::Enforced;
            self.devices[which].report(self.now);
        }
        while self.is_coming_back() {
            self.start(self.holder);
            self.come_back(self.holder);
        }
        self.close();
        let mut quiet = 0;
        for _ in 0..ROUNDS {
            for which in 0..self.devices.len() {
                self.send(which);
            }
            // A result that waits for a person is asked for without end.
            let busy = self.flights.iter().any(|flight| !matches!(flight, Flight::Status { .. }));
            while !self.flights.is_empty() {
                let flight = self.flights.remove(0);
                self.deliver(&flight, true);
            }
            self.now += 1_000;
            quiet = if busy { 0 } else { quiet + 1 };
            if 2 < quiet {
                break;
            }
        }
        self.look("the end");
        self.all_is_well();
    }

    fn close(&mut self) {
        let (holder, now) = (self.holder, self.now);
        let proctor = Actor::Proctor("resume-code".parse().expect("a name"));
        let device = &mut self.devices[holder];
        device.give(Command::Release, &proctor, now);
        device.give(Command::Submit, &Actor::Candidate, now);
        device.tick(now);
        let closed = device.session().is_some_and(|session| session.sitting().closing().is_some());
        assert!(closed, "it can always be ended; it is {:?}", device.phase());
    }

    fn all_is_well(&mut self) {
        let holder = self.holder;
        let desk = self.desk.as_ref().expect("an issuer");
        let (lines, openings) =
            desk.store().lines_and_openings(&self.sitting, 0, usize::MAX >> 1).expect("the issuer's log");
        assert_eq!(lines, self.stored, "what was stored once stays as it was");
        let saved = self.devices[holder].saved.clone();
        let session = self.devices[holder].session().expect("it runs");
        let papers = session.papers().expect("an exam");
        assert!(papers.receipt.is_some(), "there is a receipt");
        assert!(papers.result.is_some() || papers.under_review, "there is a result, or a person has to say");
        assert_eq!(lines.concat(), session.log_bytes().expect("the log"), "the issuer has the whole log");
        let by_seq: BTreeMap<u64, Option<Value>> = openings
            .iter()
            .map(|opening| (opening.seq, serde_json::from_str(&opening.content).expect("an answer")))
            .collect();
        let held: BTreeMap<ItemId, Option<Value>> = session
            .sitting()
            .responses()
            .iter()
            .map(|(item, response)| (item.clone(), by_seq.get(&response.seq).cloned().expect("its opening")))
            .collect();
        assert_eq!(held, saved, "the issuer has every answer that was called saved, once");
        let bundle = Bundle::read(&session.bundle().expect("a bundle")).expect("it reads");
        assert_eq!(bundle.verify(None).expect("its answers are its own").verdict.to_string(), "proven");
        self.late_answers_are_kept();
        for phase in &self.phases {
            self.counts.count(&format!("phase {phase:?}"), 1);
        }
    }

    /// Every answer that was called saved on a computer is in the log or kept beside it, word for word and once.
    fn late_answers_are_kept(&mut self) {
        let store = rusqlite::Connection::open(self.folder.path().join("issuer.db")).expect("the store");
        let answers = |sql: &str| -> Vec<(ItemId, Option<Value>)> {
            let mut statement = store.prepare(sql).expect("a question");
            let row = |row: &rusqlite::Row| Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, String>(1)?));
            let answer = |(line, content): (Vec<u8>, String)| {
                let Event::Responded { item, .. } = Record::parse(&line).expect("a record").event else {
                    panic!("an opening of something else")
                };
                (item, serde_json::from_str(&content).expect("an answer"))
            };
            let rows = statement.query_map([], row).expect("rows");
            rows.map(|row| answer(row.expect("a row"))).collect()
        };
        let in_log = answers("SELECT line, content FROM records JOIN openings USING (sitting, seq)");
        let aside = answers("SELECT line, content FROM aside WHERE late AND content IS NOT NULL");
        self.counts.count("answers kept beside the log", aside.len() as u64);
        let counted = |answers: Vec<(ItemId, Option<Value>)>| {
            answers.iter().fold(BTreeMap::<String, u64>::new(), |mut counts, answer| {
                *counts.entry(format!("{answer:?}")).or_default() += 1;
                counts
            })
        };
        let said: Vec<_> = self.devices.iter().flat_map(|device| device.said.clone()).collect();
        self.counts.count("answers", said.len() as u64);
        assert_eq!(counted([in_log, aside].concat()), counted(said), "no answer is gone and none is doubled");
    }
}

fn open(folder: &Path, template: &Template) -> Desk {
    Desk::with_keys(Store::open(folder).expect("the store opens"), template.keys.clone())
}

/// What steps lead to now and then.
const TURNS: [&str; 16] = [
    "begun online",
    "begun offline",
    "request doubled",
    "request overtaken",
    "answer lost",
    "answer held up",
    "lease-ended",
    "submission refused: lease-ended",
    "receipt for a hand-in file",
    "taken over too late",
    "cut off while coming back",
    "answers kept beside the log",
    "phase Underway",
    "phase Held",
    "phase Away",
    "phase Closed",
];

/// Every kind of step and turn, to see that each has happened.
pub fn kinds() -> impl Iterator<Item = &'static str> {
    STEPS.iter().map(|(what, _)| *what).chain(TURNS)
}
