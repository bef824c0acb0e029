//! Bodies that a candidate's machine sends, against an issuing service's desk in a folder of its own.
//!
//! The first byte says to which address: `R` a redemption, `S` a segment of records, `H` a submission. Each body is taken
//! as it is, and once more with what nobody can guess put in: identifiers, digests and the device's signature.

use super::{documents, key, logs::linked, public, when};
use invigil_content::{academy, bundle::Files, programme, sealing::Identity};
use invigil_core::{
    Digest, ItemId, Moment, Signed, SittingId, Wall,
    admission::{Admission, Lease, Redemption, Window},
    checkpoint::Checkpoint,
    envelope::{canonical, read_object},
    exchange::{SEGMENT_RECORDS_MAX, Segment},
    form::Form,
    item::Exam,
    log::{Actor, Tail},
    policy::{Control, Holding, Policy},
    sitting::{Closing, ControlReport, Event},
    submission::{Client, HandIn, LogRef, Opening, Receipt},
};
use invigil_issuer::{
    desk::{Desk, VerdictKind},
    fault::Fault,
    keys,
    setup::{self, Admit, Random, Schedule, Scheduled},
    shell,
    store::{self, Accommodation, Store, Supervision},
};
use serde_json::{Map, Value as Json, json};
use std::sync::{LazyLock, Mutex};

const PASSPHRASE: &str = "a passphrase for tests";

static WORLD: LazyLock<Mutex<World>> = LazyLock::new(|| Mutex::new(World::new()));

/// One body.
pub fn body(bytes: &[u8]) {
    // Setting it up takes seconds, so that an empty input prepares a run.
    let mut world = WORLD.lock().expect("an input that panicked ends the run");
    let Some((address, body)) = bytes.split_first() else { return };
    match address {
        b'R' => world.redemption(body),
        b'S' => world.segment(body),
        b'H' => world.submission(body),
        _ => {}
    }
}

/// A hand-in file: as it is, and one of this service with the records, the submission and the evidence of an input, which
/// a zero byte divides.
pub fn hand_in(bytes: &[u8]) {
    let mut world = WORLD.lock().expect("an input that panicked ends the run");
    if !bytes.is_empty() {
        world.hand_in(bytes);
    }
}

/// An issuing service, and two sittings of it that are made anew when they have changed.
struct World {
    _folder: tempfile::TempDir,
    desk: Desk,
    exam: Exam,
    scheduled: Scheduled,
    recipient: String,
    /// Ready to begin.
    open: Option<Seat>,
    /// Closed, and not handed in.
    closed: Option<Seat>,
}

struct Seat {
    admission: Signed<Admission>,
    lease: Signed<Lease>,
    tail: Tail,
    elapsed: u64,
}

impl World {
    fn new() -> Self {
        let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).expect("a folder");
        let store = Store::open(folder.path()).expect("a store");
        let seeds = [[1; 32], [2; 32]];
        let (card, sealed) =
            keys::generate("Test issuer", "http://127.0.0.1:1", seeds, when(), PASSPHRASE.into()).expect("keys");
        assert!(store.put_keys(&card, sealed.as_bytes()).expect("they are kept"));
        let sample = crate::root().join("exams/sample");
        let text = std::fs::read_to_string(sample.join("first-steps/first-steps.md")).expect("the sample exam");
        let bank = academy::read("exams/sample/first-steps/first-steps.md", &text).bank.expect("a bank");
        let programme = programme::read(&sample).programme.expect("the sample programme");
        store.put_programme(&programme, when()).expect("it is kept");
        let desk = Desk::open(store, PASSPHRASE.into()).expect("the keys open");
        desk.add_bank(&bank, [5; 16], when()).expect("a pack");
        let window = Window { opens: when(), closes: when().plus_ms(3_600_000) };
        let policy = Policy::preset("open").expect("a preset");
        let wanted = Schedule {
            exam: bank.exam.id.clone(),
            window,
            policy,
            supervision: Supervision::None,
            check_in: store::CheckIn::None,
            pack: None,
        };
        let scheduled = desk.schedule(wanted, &random(), when()).expect("it is scheduled");
        let recipient = Identity::generate().to_public().to_string();
        let exam = bank.exam;
        Self { _folder: folder, desk, exam, scheduled, recipient, open: None, closed: None }
    }

    fn now(&self) -> Wall {
        when().plus_ms(60_000)
    }

    fn code(&self) -> String {
        let administration = self.scheduled.administration.id.clone();
        let wanted = Admit {
            administration,
            name: "Test Candidate".into(),
            candidate: None,
            accommodation: Accommodation::default(),
        };
        let admitted =
            setup::admit(self.desk.store(), self.desk.card(), wanted, &random(), self.now()).expect("a link");
        admitted.link.rsplit('/').next().unwrap_or_default().to_owned()
    }

    /// A sitting that has been checked and not begun.
    fn seat(&mut self) -> Seat {
        let redemption = Redemption { code: self.code(), device: public(), recipient: self.recipient.clone() };
        let redemption = Signed::seal(redemption, &key(), &public().method(), when());
        let admitted =
            self.desk.redeem(redemption.bytes(), shell::random(), [9; 32], self.now()).expect("an admission");
        let issuer = self.desk.card().issuer.signing;
        let admission = Signed::<Admission>::open(admitted.admission.to_string().as_bytes(), &issuer).expect("ours");
        let lease = Signed::<Lease>::open(admitted.leases.last().expect("a lease").to_string().as_bytes(), &issuer)
            .expect("ours");
        let tail = Tail::start(admission.sitting.clone(), 0, admission.digest());
        let mut seat = Seat { admission, lease, tail, elapsed: 0 };
        let enforced = |control| ControlReport { control, holding: Holding::Enforced };
        let controls = Control::ALL.map(enforced).into();
        let client = Client { name: "t".into(), version: "1".into() };
        let events = vec![
            Event::Admitted { lease: seat.lease.digest(), client },
            Event::Acknowledged { notice: Digest::of("notice") },
            Event::Checked { level: invigil_core::policy::Level::L1, controls },
        ];
        let segment = seat.write(events, vec![]);
        self.desk.append(&seat.admission.sitting, 0, &segment, self.now()).expect("a log begins");
        seat
    }

    /// A sitting that began without the issuer, with one answer, and is over.
    fn finished(&mut self) -> Seat {
        let mut seat = self.seat();
        let items = self.served(&seat);
        let item = items[0].clone();
        let opening = Opening { seq: seat.tail.seq + 1, salt: [1; 16], content: "null".into() };
        let events = vec![
            Event::Began { items, budget_ms: Some(60_000), server: None, start: None },
            Event::Responded { item, revision: 1, commitment: opening.commitment(), answered: false },
            Event::Closed { cause: Closing::Submitted },
        ];
        let segment = seat.write(events, vec![opening]);
        self.desk.append(&seat.admission.sitting, 0, &segment, self.now()).expect("it is taken");
        seat
    }

    fn served(&self, seat: &Seat) -> Vec<ItemId> {
        Form::draw(&self.exam, &seat.admission.draw).ids()
    }

    fn redemption(&mut self, body: &[u8]) {
        self.redeem(body);
        let Ok(mut object) = read_object(body) else { return };
        if object.get("code") == Some(&json!("*")) {
            let code = self.code();
            object.insert("code".into(), json!(code));
        }
        object.insert("device".into(), json!(public()));
        self.redeem(&documents::signed(object));
    }

    fn redeem(&mut self, body: &[u8]) {
        let Some(admitted) = self.answer(self.desk.redeem(body, shell::random(), [9; 32], self.now())) else { return };
        let own = self.desk.card().issuer.signing;
        let admission = Signed::<Admission>::open(admitted.admission.to_string().as_bytes(), &own).expect("our own");
        let lease = Signed::<Lease>::open(admitted.leases.last().expect("a lease").to_string().as_bytes(), &own)
            .expect("our own");
        assert_eq!((lease.admission, &lease.sitting), (admission.digest(), &admission.sitting));
    }

    fn segment(&mut self, body: &[u8]) {
        let Ok(segment) = serde_json::from_slice::<Segment>(body) else { return };
        let mut seat = self.open.take().unwrap_or_else(|| self.seat());
        let sitting = seat.admission.sitting.clone();
        let Some(mended) = seat.mended(&segment, self.served(&seat)) else {
            self.open = Some(seat);
            return;
        };
        let mut changed = false;
        for segment in [segment, mended] {
            let Some(checkpoint) = self.answer(self.desk.append(&sitting, segment.epoch, &segment, self.now())) else {
                continue;
            };
            let checkpoint = Signed::<Checkpoint>::open(&checkpoint, &self.desk.card().issuer.signing).expect("ours");
            assert_eq!(checkpoint.sitting, sitting);
            changed |= checkpoint.size != seat.tail.seq;
            let again = self.desk.append(&sitting, segment.epoch, &segment, self.now()).expect("repeating is harmless");
            assert_eq!(again, checkpoint.bytes(), "the same records have another checkpoint");
        }
        if changed {
            self.holds(&sitting);
        } else {
            self.open = Some(seat);
        }
    }

    fn submission(&mut self, body: &[u8]) {
        let seat = self.closed.take().unwrap_or_else(|| self.finished());
        let sitting = seat.admission.sitting.clone();
        let submit = |world: &Self, body: &[u8]| world.desk.submit(&sitting, 0, body, [1; 16], [2; 16], world.now());
        assert!(self.answer(submit(self, body)).is_none(), "a submission nobody of this sitting signed is taken");
        let mended = read_object(body).map(|object| documents::signed(seat.named(object)));
        let receipt = mended.as_ref().ok().and_then(|body| self.answer(submit(self, body)));
        let Some(receipt) = receipt else {
            self.closed = Some(seat);
            return;
        };
        let opened = Signed::<Receipt>::open(&receipt, &self.desk.card().issuer.signing).expect("ours");
        assert_eq!((&opened.sitting, opened.log), (&sitting, seat.log()));
        assert_eq!(submit(self, &mended.expect("it was taken")).expect("the same again"), receipt);
        self.holds(&sitting);
    }

    fn hand_in(&mut self, bytes: &[u8]) {
        let take = |world: &Self, file: &[u8]| world.desk.hand_in(file, [[1; 16], [2; 16]], world.now());
        assert!(self.answer(take(self, bytes)).is_none(), "a file that nobody sealed to this issuer is taken");
        let mut parts = bytes.split(|byte| *byte == 0);
        let Some(Ok(segment)) = parts.next().map(serde_json::from_slice::<Segment>) else { return };
        let submission = parts.next().and_then(|part| read_object(part).ok());
        let evidence = parts.next().map(|part| (Digest::of(part), part.to_vec()));
        let mut seat = self.open.take().unwrap_or_else(|| self.seat());
        let sitting = seat.admission.sitting.clone();
        let served = self.served(&seat);
        let Some(mended) = seat.mended(&segment, served) else { return };
        let holder = store::Seat { sitting: sitting.clone(), epoch: 0, ended: false };
        let stored = self.desk.records(&holder, 0).expect("its records");
        let lines = stored.lines.iter().chain(&mended.lines).map(|line| [line.as_bytes(), b"\n"].concat());
        let lines: Vec<Vec<u8>> = lines.collect();
        let log = LogRef { size: lines.len() as u64, head: lines.last().map_or(seat.tail.head, Digest::of) };
        let hand_in = HandIn { sitting: sitting.clone(), epoch: 0, log };
        let submission = submission.map(|object| {
            let mut object = seat.named(object);
            object.insert("log".into(), json!(log));
            documents::signed(object)
        });
        let files = Files {
            admission: seat.admission.bytes().to_vec(),
            leases: vec![seat.lease.bytes().to_vec()],
            log: lines.concat(),
            openings: mended.openings,
            submission,
            hand_in: Some(Signed::seal(hand_in, &key(), &public().method(), when()).bytes().to_vec()),
            evidence: evidence.into_iter().collect(),
            ..Files::default()
        };
        let file = files.seal(&self.desk.card().issuer.recovery).expect("it is sealed");
        let Some(taken) = self.answer(take(self, &file)) else { return };
        assert_eq!(take(self, &file).expect("taking it again is harmless"), taken);
        assert_eq!((&taken.sitting, taken.records), (&sitting, log.size));
        self.holds(&sitting);
    }

    /// What was taken is a whole log in the eyes of the verifier, and all of it is shown.
    fn holds(&self, sitting: &SittingId) {
        let seen = self.desk.sitting(sitting, "fuzz", self.now()).expect("a sitting");
        assert_eq!(seen.sitting.verdict.kind, VerdictKind::Proven, "{}", seen.sitting.verdict.text);
        assert_eq!(seen.records.len() as u64, seen.sitting.log_size);
    }

    /// An answer; a refusal has a code, and is never a failure of our own.
    fn answer<T>(&self, answer: Result<T, Fault>) -> Option<T> {
        match answer {
            Ok(answer) => Some(answer),
            Err(Fault::Internal(why)) => panic!("a body makes the service fail: {why}"),
            Err(fault) => {
                assert!(!fault.code().is_empty());
                None
            }
        }
    }
}

impl Seat {
    fn write(&mut self, events: Vec<Event>, openings: Vec<Opening>) -> Segment {
        let from_seq = self.tail.seq;
        let line = |event| {
            self.elapsed += 1_000;
            let at = Moment { wall: when().plus_ms(self.elapsed), elapsed: self.elapsed, boot: 0 };
            let line = String::from_utf8(self.tail.append(at, Actor::Candidate, event).1).expect("a line is text");
            line.trim_end().to_owned()
        };
        Segment { epoch: 0, from_seq, lines: events.into_iter().map(line).collect(), openings }
    }

    /// The segment as a continuation of this log. The openings of its records are opened by them.
    fn mended(&mut self, segment: &Segment, served: Vec<ItemId>) -> Option<Segment> {
        if SEGMENT_RECORDS_MAX < segment.lines.len() || segment.lines.iter().any(|line| line.contains('\n')) {
            return None;
        }
        let mut openings = segment.openings.clone();
        let mut lines: Vec<String> = Vec::new();
        for (place, line) in segment.lines.iter().enumerate() {
            let Ok(mut record) = serde_json::from_str::<Map<String, Json>>(line) else {
                lines.push(line.clone());
                continue;
            };
            let event = record.get_mut("event").and_then(Json::as_object_mut);
            if let Some(event) = event {
                if event.get("items") == Some(&json!("*")) {
                    event.insert("items".into(), json!(served));
                }
                if let Some(opening) = openings.iter_mut().find(|opening| opening.seq == place as u64) {
                    event.insert("commitment".into(), json!(opening.commitment()));
                }
            }
            lines.push(String::from_utf8(canonical(&record)).ok()?);
        }
        for opening in &mut openings {
            opening.seq = opening.seq.saturating_add(self.tail.seq);
        }
        let bytes = lines.iter().flat_map(|line| [line.as_bytes(), b"\n"].concat()).collect::<Vec<u8>>();
        let linked = String::from_utf8(linked(&bytes, self.tail.clone())).ok()?;
        let lines = linked.lines().map(str::to_owned).collect();
        Some(Segment { epoch: 0, from_seq: self.tail.seq, lines, openings })
    }

    fn log(&self) -> LogRef {
        LogRef { size: self.tail.seq, head: self.tail.head }
    }

    /// A submission that names this sitting.
    fn named(&self, mut object: Map<String, Json>) -> Map<String, Json> {
        object.insert("sitting".into(), json!(self.admission.sitting));
        object.insert("admission".into(), json!(self.admission.digest()));
        object.insert("pack".into(), json!(self.admission.pack.digest));
        object.insert("log".into(), json!(self.log()));
        object
    }
}

fn random() -> Random {
    Random { id: shell::random(), other: shell::random(), code: shell::random() }
}
