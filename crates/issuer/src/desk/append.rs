//! Judging a segment of a log. Everything that is stored has been checked here, so that a stored log is a verified one.

use super::Desk;
use crate::{
    fault::Fault,
    paper::Paper,
    store::{Beside, Held, Taken},
};
use invigil_core::{
    Digest, SittingId, Value, Wall,
    admission::{Admission, InWindow, Lease, Start},
    checkpoint::Checkpoint,
    exchange::{SEGMENT_RECORDS_MAX, Segment},
    log::{Record, Tail},
    sitting::{Event, Sitting, objection},
    submission::Opening,
    verify::plausible,
};
use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

impl Desk {
    /// Appends a segment that the writer of `epoch` sent to a sitting's log and returns the signed checkpoint.
    /// Repeating a segment is harmless.
    ///
    /// # Errors
    /// `LeaseEnded`, `LogGap`, `LogFork`, `LogBroken`, `OpeningMismatch` or `OpeningUnreadable`.
    pub fn append(&self, sitting: &SittingId, epoch: u32, segment: &Segment, now: Wall) -> Result<Vec<u8>, Fault> {
        if segment.epoch != epoch {
            return Err(Fault::BadRequest(format!("the writer of epoch {epoch} cannot send epoch {}", segment.epoch)));
        }
        if SEGMENT_RECORDS_MAX < segment.lines.len() {
            return Err(Fault::SegmentTooLong { max: SEGMENT_RECORDS_MAX });
        }
        let paper = self.paper_for(sitting)?;
        let (known, fold) = self.folds.get(sitting);
        let result =
            self.store.append(sitting, segment, known, now, |held| self.judge(held, fold, segment, &paper, now));
        match &result {
            Ok(_) => tracing::debug!(%sitting, from = segment.from_seq, lines = segment.lines.len(), "appended"),
            Err(fault) => tracing::info!(%sitting, from = segment.from_seq, code = fault.code(), "segment refused"),
        }
        result
    }

    fn judge(
        &self,
        held: &Held,
        fold: Option<Sitting>,
        segment: &Segment,
        paper: &Paper,
        now: Wall,
    ) -> Result<Taken, Fault> {
        let admission = self.open_own::<Admission>(&held.admission)?;
        let lease = self.open_own::<Lease>(&held.lease)?;
        if segment.epoch < lease.epoch {
            return late(held, &lease, segment);
        }
        let sent = sent(segment);
        if goes_on_aside(held, &sent) {
            return Ok(Taken::Forked(beside(segment.from_seq, sent, &segment.openings)));
        }
        if held.size < segment.from_seq {
            return Err(Fault::LogGap { log_size: held.size });
        }
        let overlap = usize::try_from(held.size - segment.from_seq).unwrap_or(usize::MAX).min(sent.len());
        let (known, new) = sent.split_at(overlap);
        let differs = (segment.from_seq..).zip(known).find(|(seq, line)| held.lines.get(seq) != Some(line));
        if let Some((seq, _)) = differs {
            let from = usize::try_from(seq - segment.from_seq).unwrap_or(0);
            return Ok(Taken::Forked(beside(seq, sent[from..].to_vec(), &segment.openings)));
        }
        let records = follow(held, &lease, lease.digest(), new)?;
        if let Some((seq, why)) =
            objection(&self.fold_stored(held, fold, &admission)?, last(held).as_ref(), &records, &admission)
        {
            return Err(Fault::LogBroken { seq, why: why.to_owned() });
        }
        let began = self.check_began(held, &admission, paper, &records, now)?;
        check_openings(held, &records, &segment.openings)?;
        let (size, head) = (held.size + new.len() as u64, new.last().map_or(held.head, Digest::of));
        let checkpoint = match &held.checkpoint {
            Some(given) if new.is_empty() => given.clone(),
            Some(_) | None => {
                let sitting = admission.sitting.clone();
                self.seal(Checkpoint { sitting, epoch: lease.epoch, size, head, time: now }, now).bytes().to_vec()
            }
        };
        Ok(Taken::Appended {
            lines: new.to_vec(),
            openings: segment.openings.clone(),
            size,
            head,
            began,
            evidence: records.iter().filter_map(evidence).collect(),
            closed: moment_of(&records, |event| matches!(event, Event::Closed { .. } | Event::Withdrawn { .. })),
            checkpoint,
        })
    }

    /// The sitting as its stored log tells it, `fold` being as far as it was known.
    fn fold_stored(&self, held: &Held, fold: Option<Sitting>, admission: &Admission) -> Result<Sitting, Fault> {
        let mut fold = fold.unwrap_or_else(|| Sitting::new(admission));
        for line in &held.since {
            let record = Record::parse(line).map_err(|why| Fault::Internal(format!("a stored record: {why}")))?;
            fold.apply(&record);
        }
        self.folds.put(&admission.sitting, held.size, fold.clone());
        Ok(fold)
    }

    /// A sitting begins once, with the items of its draw, and online only under a start that was given to it.
    /// Returns when it began: by the issuer's clock, or for an offline start by the machine's, but not in the future.
    /// The machine's calendar also says how much of the window an offline start had left.
    fn check_began(
        &self,
        held: &Held,
        admission: &Admission,
        paper: &Paper,
        records: &[Record],
        now: Wall,
    ) -> Result<Option<Wall>, Fault> {
        let mut begun = None;
        for record in records {
            let Event::Began { items, budget_ms, server, start } = &record.event else { continue };
            let broken = |why: &str| Fault::LogBroken { seq: record.seq, why: why.to_owned() };
            if held.began || begun.is_some() {
                return Err(broken("the sitting has begun before"));
            }
            if *items != paper.served(admission) {
                return Err(broken("the items are not those of the admission's draw"));
            }
            let whole_ms = (0 < admission.minutes).then(|| u64::from(admission.minutes) * 60_000);
            let (began, allowed_ms) = match start {
                None if !admission.policy.offline_start => {
                    return Err(broken("the policy does not allow an offline start"));
                }
                None => {
                    if admission.window.place(record.at.wall) != InWindow::Within {
                        return Err(broken("the offline start lies outside the window"));
                    }
                    let to_closing_ms = admission.window.closes.since_ms(record.at.wall);
                    (record.at.wall.min(now), whole_ms.map(|whole| whole.min(to_closing_ms)))
                }
                Some(digest) => {
                    let given = held.given.iter().find(|given| given.digest == *digest);
                    let given = given.ok_or_else(|| broken("the sitting began under a start that was not given"))?;
                    let start = self.open_own::<Start>(&given.bytes)?;
                    if *server != Some(start.at) {
                        return Err(broken("the issuer's time is not that of the start"));
                    }
                    (start.at, start.deadline.map(|deadline| deadline.since_ms(start.at)))
                }
            };
            let fits = allowed_ms.is_none_or(|allowed| budget_ms.is_some_and(|budget| budget <= allowed));
            if !fits {
                return Err(broken("it takes more time than was given"));
            }
            begun = Some(began);
        }
        Ok(begun)
    }
}

/// How many sittings are remembered between two segments.
const FOLDS_MAX: usize = 1_000;

/// Sittings as far as their stored logs were folded, so that a segment costs what it holds and not the whole log.
/// Stored records never change, so what is remembered here is never wrong, only behind.
#[derive(Default)]
pub(super) struct Folds(Mutex<BTreeMap<SittingId, (u64, Sitting)>>);

impl Folds {
    /// How many records are folded, and into what.
    fn get(&self, sitting: &SittingId) -> (u64, Option<Sitting>) {
        self.lock().get(sitting).map_or((0, None), |(size, fold)| (*size, Some(fold.clone())))
    }

    fn put(&self, sitting: &SittingId, size: u64, fold: Sitting) {
        let mut folds = self.lock();
        if FOLDS_MAX <= folds.len() && !folds.contains_key(sitting) {
            folds.clear();
        }
        folds.insert(sitting.clone(), (size, fold));
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<SittingId, (u64, Sitting)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn sent(segment: &Segment) -> Vec<Vec<u8>> {
    segment.lines.iter().map(|line| [line.as_bytes(), b"\n"].concat()).collect()
}

/// The evidence that a record names.
pub(super) fn evidence(record: &Record) -> Option<(Digest, u64)> {
    match record.event {
        Event::Captured { sha256, size, .. } => Some((sha256, size)),
        _ => None,
    }
}

/// What a device brings after its lease has ended. It does not count, so it need not continue anything; but it is a
/// record of this sitting by that writer, and each opening opens one of them.
fn late(held: &Held, lease: &Lease, segment: &Segment) -> Result<Taken, Fault> {
    let places = segment.from_seq..;
    let mut beyond = places.zip(sent(segment)).skip_while(|(seq, line)| held.lines.get(seq) == Some(line)).peekable();
    let end = segment.from_seq.saturating_add(segment.lines.len() as u64);
    let first = beyond.peek().map_or(end, |(seq, _)| *seq);
    let mut lines = Vec::new();
    for (seq, line) in beyond {
        let broken = |why: String| Fault::LogBroken { seq, why };
        let record = Record::parse(&line).map_err(|why| broken(why.to_string()))?;
        if record.sitting != lease.sitting || record.seq != seq || record.epoch != segment.epoch {
            return Err(broken("it is not a record of this writer at this place".to_owned()));
        }
        lines.push(line);
    }
    Ok(Taken::Late { beside: beside(first, lines, &segment.openings), current: lease.epoch })
}

/// Whether these lines go on from a line that was kept aside: the rest of another branch.
fn goes_on_aside(held: &Held, sent: &[Vec<u8>]) -> bool {
    let first = sent.first().filter(|_| !held.aside.is_empty()).and_then(|line| Record::parse(line).ok());
    first.is_some_and(|record| held.aside.contains(&record.prev))
}

/// Lines that do not count, and those of `openings` that open one of them.
fn beside(seq: u64, lines: Vec<Vec<u8>>, openings: &[Opening]) -> Beside {
    let records = by_seq(&lines);
    let opens = |opening: &&Opening| records.get(&opening.seq).is_some_and(|record| opening.opens(record));
    Beside { seq, openings: openings.iter().filter(opens).cloned().collect(), lines }
}

fn last(held: &Held) -> Option<Record> {
    let line = held.lines.get(&held.size.checked_sub(1)?)?;
    Record::parse(line).ok()
}

/// Checks that the new lines continue the log, as `core::verify` would.
fn follow(held: &Held, lease: &Lease, lease_digest: Digest, new: &[Vec<u8>]) -> Result<Vec<Record>, Fault> {
    let mut before = last(held);
    let epoch = before.as_ref().map_or(0, |record| record.epoch);
    let mut tail = Tail { sitting: lease.sitting.clone(), epoch, seq: held.size, head: held.head };
    let mut records = Vec::with_capacity(new.len());
    for line in new {
        let seq = tail.seq;
        let followed = tail.follow(line).and_then(|record| {
            plausible(&record, before.as_ref(), lease, lease_digest)?;
            Ok(record)
        });
        let record = followed.map_err(|why| Fault::LogBroken { seq, why })?;
        before = Some(record.clone());
        records.push(record);
    }
    Ok(records)
}

/// Every opening opens the commitment of its record, and is a response to be graded.
fn check_openings(held: &Held, new: &[Record], openings: &[Opening]) -> Result<(), Fault> {
    let mut records = by_seq(held.lines.values());
    records.extend(new.iter().map(|record| (record.seq, record.clone())));
    for opening in openings {
        let seq = opening.seq;
        let Some(Record { event: Event::Responded { answered, .. }, .. }) =
            records.get(&seq).filter(|record| opening.opens(record))
        else {
            return Err(Fault::OpeningMismatch { seq });
        };
        let value = response(opening).ok_or(Fault::OpeningUnreadable { seq })?;
        if value.is_some_and(|value| !value.is_empty()) != *answered {
            return Err(Fault::OpeningUnreadable { seq });
        }
    }
    Ok(())
}

fn by_seq<'a>(lines: impl IntoIterator<Item = &'a Vec<u8>>) -> BTreeMap<u64, Record> {
    lines.into_iter().filter_map(|line| Record::parse(line).ok()).map(|record| (record.seq, record)).collect()
}

/// The response in an opening: `Some(None)` is a cleared answer; `None` is no response at all.
pub(super) fn response(opening: &Opening) -> Option<Option<Value>> {
    serde_json::from_str(&opening.content).ok()
}

fn moment_of(records: &[Record], wanted: impl Fn(&Event) -> bool) -> Option<Wall> {
    records.iter().find(|record| wanted(&record.event)).map(|record| record.at.wall)
}
