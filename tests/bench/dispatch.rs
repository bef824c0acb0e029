//! From `dispatch` of an answer to the durable reply, against appending the same bytes to a file and `fdatasync`: alone,
//! and while something else writes a mebibyte a second to the same disk.

use crate::{
    Outcome, ROUNDS, said, sitting,
    table::{Goal, Part, Row, Unit, percentile},
    timing::{ms_since, now, timed, timed_async},
};
use invigil_client::{clock, engine::Engine, view::Act};
use invigil_core::{
    Digest, ItemId, Moment, SittingId, Value,
    envelope::canonical,
    log::{Actor, Tail},
    sitting::Event,
    submission::Opening,
};
use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

/// Answers in one round.
pub const ANSWERS: usize = 500;
/// Answers before the first round.
pub const WARM_UP: usize = 50;

/// Measures it in `home`.
pub fn measure(home: &Path) -> Outcome<Part> {
    crate::runtime()?.block_on(rounds(home))
}

async fn rounds(home: &Path) -> Outcome<Part> {
    let (mut issuer, link) = sitting::admit(&home.join("issuer"))?;
    let engine = sitting::start(&home.join("state"), None).await?;
    sitting::begin(&engine, &link).await?;
    let answers = sitting::Answers::of(&engine).await?;
    issuer.stop();
    let mut raw = Raw::new(&home.join("raw"), sitting::underway(&engine)?.id)?;
    let mut n = 0;
    let [p50, p99] = measured(&engine, &answers, &mut raw, &mut n).await?;
    let busy = Busy::start(home.join("busy"));
    let [p50_busy, p99_busy] = measured(&engine, &answers, &mut raw, &mut n).await?;
    let elsewhere = busy.stop()?;
    let note = format!(
        "dispatch: {ANSWERS} answers a round; a record's line and its opening are {} bytes on average; issuer stopped. \
         “Busy”: {elsewhere:.2} MiB/s of other durable writes beside it.",
        raw.written / raw.writes.max(1)
    );
    engine.stop();
    let row = |name, [ours, raw]: [Vec<f64>; 2], goal| Row {
        name,
        unit: Unit::Ms,
        ours,
        yardstick: ("write + fdatasync", raw),
        goal,
    };
    Ok(Part {
        rows: vec![
            row("dispatch → durable reply, p50", p50, Goal::Ratio(3.0)),
            row("dispatch → durable reply, p99", p99, Goal::None),
            row("the same on a busy disk, p50", p50_busy, Goal::None),
            row("the same on a busy disk, p99", p99_busy, Goal::None),
        ],
        notes: vec![note],
    })
}

/// Ours and the yardstick's p50 and p99, a value for each round.
async fn measured(
    engine: &Engine,
    answers: &sitting::Answers,
    raw: &mut Raw,
    n: &mut usize,
) -> Outcome<[[Vec<f64>; 2]; 2]> {
    let mut figures: [[Vec<f64>; 2]; 2] = Default::default();
    for round in 0..=ROUNDS {
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for _ in 0..if round == 0 { WARM_UP } else { ANSWERS } {
            let (item, value) = answers.nth(*n)?;
            *n += 1;
            let bytes = raw.bytes(&item, &value, *n);
            let (ms, outcome) = timed_async(engine.dispatch(Act::Respond { item, value: Some(value) })).await;
            outcome.map_err(said)?;
            ours.push(ms);
            theirs.push(raw.write(&bytes)?);
        }
        if 0 < round {
            for (share, [mine, other]) in [0.5, 0.99].into_iter().zip(&mut figures) {
                mine.push(percentile(&ours, share));
                other.push(percentile(&theirs, share));
            }
        }
    }
    Ok(figures)
}

/// Another program's durable writes: 64 KiB and a sync, sixteen times a second.
struct Busy {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<io::Result<f64>>,
}

impl Busy {
    fn start(path: PathBuf) -> Self {
        const BLOCK: usize = 64 * 1024;
        const A_SIXTEENTH_MS: f64 = 1_000.0 / 16.0;
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = stop.clone();
        let thread = thread::spawn(move || {
            let mut file = fs::File::create(path)?;
            let (start, mut blocks) = (now(), 0.0);
            while !stopped.load(Ordering::Relaxed) {
                file.write_all(&[7; BLOCK])?;
                file.sync_data()?;
                blocks += 1.0;
                let early_ms = blocks * A_SIXTEENTH_MS - ms_since(start);
                thread::sleep(Duration::from_secs_f64(early_ms.max(0.0) / 1_000.0));
            }
            Ok(blocks / 16.0 / (ms_since(start) / 1_000.0))
        });
        Self { stop, thread }
    }

    /// Ends it and says how many MiB/s it wrote.
    fn stop(self) -> Outcome<f64> {
        self.stop.store(true, Ordering::Relaxed);
        Ok(self.thread.join().map_err(|_| "the busy thread failed")??)
    }
}

/// The yardstick: the bytes of the same record, appended to a plain file.
struct Raw {
    file: fs::File,
    tail: Tail,
    writes: usize,
    written: usize,
}

impl Raw {
    fn new(path: &Path, sitting: SittingId) -> Outcome<Self> {
        let file = fs::OpenOptions::new().create(true).append(true).open(path)?;
        Ok(Self { file, tail: Tail::start(sitting, 0, Digest::of("bench")), writes: 0, written: 0 })
    }

    /// The line and the opening that the runtime makes of this answer, with another salt.
    fn bytes(&mut self, item: &ItemId, value: &Value, n: usize) -> Vec<u8> {
        let content = String::from_utf8_lossy(&canonical(&Some(value))).into_owned();
        let opening = Opening { seq: self.tail.seq, salt: [7; 16], content };
        let event = Event::Responded {
            item: item.clone(),
            revision: u32::try_from(n).unwrap_or(u32::MAX),
            commitment: opening.commitment(),
            answered: true,
        };
        let at = Moment { wall: clock::wall(), elapsed: clock::read().since_boot_ms, boot: 0 };
        let (_, line) = self.tail.append(at, Actor::Candidate, event);
        [line.as_slice(), &opening.salt, opening.content.as_bytes()].concat()
    }

    fn write(&mut self, bytes: &[u8]) -> Outcome<f64> {
        self.writes += 1;
        self.written += bytes.len();
        let (ms, outcome) = timed(|| self.file.write_all(bytes).and_then(|()| self.file.sync_data()));
        outcome?;
        Ok(ms)
    }
}
