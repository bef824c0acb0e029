//! Verifying a long log, against the bare SHA-256 of its bytes and the same number of bare signature checks.

use crate::{
    Outcome, ROUNDS,
    table::{Goal, Part, Row, Unit},
    timing::timed,
};
use invigil_core::{
    Digest, Moment, PublicKey, Signed, Wall,
    admission::{Admission, Lease},
    checkpoint::Checkpoint,
    envelope,
    log::{Actor, Tail},
    sitting::{Event, Screen},
    submission::Client,
    verify::{Anchors, Verdict, verify},
};
use invigil_tests::paper::{self, sealed};
use serde_json::{Map, Value as Json};
use std::hint::black_box;

const RECORDS: u64 = 20_000;
/// One a minute over a long day.
const CHECKPOINTS: u64 = 480;
/// As long as an age identity under a code is in ASCII armour.
const SEALED: usize = 500;

/// Measures it.
pub fn measure() -> Outcome<Part> {
    let long = Long::new()?;
    let key = paper::issuer().public();
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    for round in 0..=ROUNDS {
        let (ms, verdict) = timed(|| long.verified(&key));
        if verdict? != Verdict::Proven {
            return Err("the log is not proven".into());
        }
        let (bare_ms, ()) = timed(|| long.bare(&key));
        if 0 < round {
            ours.push(ms);
            bare.push(bare_ms);
        }
    }
    let note = format!(
        "verify: {RECORDS} records, {} bytes, {CHECKPOINTS} checkpoints; admission and lease are checked as well.",
        long.log.len()
    );
    let yardstick = ("SHA-256 + signatures", bare);
    let row = Row { name: "verify of a 20 000-record log", unit: Unit::Ms, ours, yardstick, goal: Goal::Ratio(3.0) };
    Ok(Part { rows: vec![row], notes: vec![note] })
}

/// A log and its anchors as they lie in a bundle: bytes.
struct Long {
    log: Vec<u8>,
    admission: Vec<u8>,
    lease: Vec<u8>,
    checkpoints: Vec<Vec<u8>>,
    /// The smallest signed document, whose check is as good as the bare signature's.
    smallest: Map<String, Json>,
}

impl Long {
    fn new() -> Outcome<Self> {
        let key = paper::issuer();
        let admission = sealed(Admission {
            items: 25,
            start_sealed: Some("A".repeat(SEALED)),
            resume_recipient: "A".repeat(62),
            resume_sealed: "A".repeat(SEALED),
            ..paper::admission()
        });
        let lease = paper::lease(&admission);
        let mut tail = Tail::start(admission.sitting.clone(), 0, admission.digest());
        let (mut log, mut checkpoints) = (Vec::new(), Vec::new());
        for n in 0..RECORDS {
            let at = Moment { wall: Wall::from_unix_ms(0).plus_ms(n * 1_440), elapsed: n * 1_440, boot: 0 };
            let (_, line) = tail.append(at, Actor::Candidate, event(n, &lease)?);
            log.extend(line);
            if (n + 1) * CHECKPOINTS / RECORDS != n * CHECKPOINTS / RECORDS {
                let body = Checkpoint {
                    sitting: tail.sitting.clone(),
                    epoch: 0,
                    size: tail.seq,
                    head: tail.head,
                    time: at.wall,
                };
                checkpoints.push(sealed(body).bytes().to_vec());
            }
        }
        let smallest = envelope::sign(Map::new(), &key, "m", Wall::from_unix_ms(0));
        Ok(Self { log, admission: admission.bytes().to_vec(), lease: lease.bytes().to_vec(), checkpoints, smallest })
    }

    /// What a proctor's console and `invigil log verify` do with it.
    fn verified(&self, key: &PublicKey) -> Outcome<Verdict> {
        let checkpoints = self.checkpoints.iter().map(|bytes| Signed::open(bytes, key));
        let anchors = Anchors {
            admission: Signed::open(&self.admission, key)?,
            leases: vec![Signed::open(&self.lease, key)?],
            checkpoints: checkpoints.collect::<Result<_, _>>()?,
            submission: None,
            receipt: None,
            paper_code: None,
        };
        Ok(verify(&self.log, &anchors).verdict)
    }

    /// What cannot be left out.
    fn bare(&self, key: &PublicKey) {
        black_box(Digest::of(&self.log));
        for _ in 0..self.checkpoints.len() + 2 {
            let _ = black_box(envelope::check(&self.smallest, key));
        }
    }
}

/// A mix like a real sitting's: mostly answers and screens, flags now and then, heartbeats in between.
fn event(n: u64, lease: &Signed<Lease>) -> Outcome<Event> {
    let item = format!("item-{:02}", n % 25).parse()?;
    Ok(match n {
        0 => Event::Admitted {
            lease: lease.digest(),
            client: Client { name: "invigil".to_owned(), version: "0.1.0".to_owned() },
        },
        n if n % 10 == 1 => Event::Heartbeat { checkpoint: Some(Digest::of(n.to_string())) },
        n if n % 10 == 2 => Event::Flagged { item, flagged: n % 20 == 2 },
        n if n % 2 == 0 => Event::Visited { screen: Screen::Item { item } },
        n => Event::Responded {
            item,
            revision: u32::try_from(n / 50 + 1)?,
            commitment: Digest::of(n.to_string()),
            answered: true,
        },
    })
}
