//! Verifying a long log, against the bare SHA-256 of its bytes and the same number of bare signature checks.

use crate::{
    Outcome, ROUNDS,
    table::{Goal, Part, Row, Unit},
    timing::timed,
};
use invigil_core::{
    Digest, Moment, PublicKey, SecretKey, Signed, Wall,
    admission::{Admission, Candidate, Issuer, Lease, PackRef, Titled, Window},
    checkpoint::Checkpoint,
    envelope,
    form::Draw,
    log::{Actor, Tail},
    policy::Policy,
    sitting::{Event, Screen},
    submission::Client,
    verify::{Anchors, Verdict, verify},
};
use serde_json::{Map, Value as Json};
use std::{error::Error, hint::black_box};

const RECORDS: u64 = 20_000;
/// One a minute over a long day.
const CHECKPOINTS: u64 = 480;
/// As long as an age identity under a code is in ASCII armour.
const SEALED: usize = 500;

/// Measures it.
pub fn measure() -> Outcome<Part> {
    let long = Long::new()?;
    let key = issuer_key().public();
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
        let key = issuer_key();
        let admission = admission(&key)?;
        let lease = Signed::seal(
            Lease {
                sitting: admission.sitting.clone(),
                admission: admission.digest(),
                device: key.public(),
                epoch: 0,
                from_seq: 0,
            },
            &key,
            "m",
            Wall::from_unix_ms(0),
        );
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
                checkpoints.push(Signed::seal(body, &key, "m", at.wall).bytes().to_vec());
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

fn issuer_key() -> SecretKey {
    SecretKey::from_seed(&[1; 32])
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

fn titled<T>(id: &str) -> Outcome<Titled<T>>
where
    T: std::str::FromStr,
    T::Err: Error + 'static,
{
    Ok(Titled { id: id.parse()?, title: id.to_owned() })
}

fn admission(key: &SecretKey) -> Outcome<Signed<Admission>> {
    let body = Admission {
        sitting: "bench-sitting".parse()?,
        issuer: Issuer {
            name: "Bench issuer".to_owned(),
            did: "did:web:localhost".to_owned(),
            origin: "http://localhost".to_owned(),
            signing: key.public(),
            recovery: String::new(),
        },
        candidate: Candidate { id: "c1".parse()?, name: "Candidate".to_owned() },
        administration: "a1".parse()?,
        programme: titled("p1")?,
        certification: titled("z1")?,
        exam: titled("e1")?,
        try_number: 1,
        tries_max: 3,
        window: Window { opens: Wall::from_unix_ms(0), closes: Wall::from_unix_ms(86_400_000) },
        minutes: 480,
        extra_minutes: 0,
        pass_percent: 70,
        items: 25,
        policy: Policy::preset("open").ok_or("there is no policy “open”")?,
        pack: PackRef { digest: Digest::of("pack"), size: 4 },
        draw: Draw { set: 0, seed: Digest::of("seed") },
        start_sealed: Some("A".repeat(SEALED)),
        resume_recipient: "A".repeat(62),
        resume_sealed: "A".repeat(SEALED),
    };
    Ok(Signed::seal(body, key, "m", Wall::from_unix_ms(0)))
}
