//! Judges a log: is it whole, and how sure can anybody be of that?
//!
//! A chain alone cannot see its own last records cut off. Checkpoints, the submission, the receipt and a code on paper
//! can; `docs/security.md` says what each of them shows.

use crate::{
    ItemId,
    admission::{Admission, Lease},
    checkpoint::{Checkpoint, PaperCode},
    digest::Digest,
    envelope::Signed,
    log::{Record, Tail},
    sitting::Event,
    submission::{LogRef, Receipt, Submission},
    time::Wall,
};
use std::{cmp::Reverse, collections::BTreeMap, fmt};

/// What is held against a log. Every document has been opened with the issuer's or the device's key already.
#[derive(Debug, Clone)]
pub struct Anchors {
    /// The admission, whose digest record 0 names.
    pub admission: Signed<Admission>,
    /// The leases, in the order of their epochs.
    pub leases: Vec<Signed<Lease>>,
    /// The issuer's checkpoints.
    pub checkpoints: Vec<Signed<Checkpoint>>,
    /// The submission.
    pub submission: Option<Signed<Submission>>,
    /// The issuer's receipt.
    pub receipt: Option<Signed<Receipt>>,
    /// A code noted on paper.
    pub paper_code: Option<PaperCode>,
}

/// How sure the record is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Something outside the candidate's machine vouches for all of it.
    Proven,
    /// Something outside vouches for all of it up to a time; the rest continues it.
    ProvenUntil(Wall),
    /// It is consistent in itself; nothing outside vouches for it.
    Unanchored,
    /// It is not what was written.
    Broken {
        /// The first record that is not as it was written.
        seq: u64,
        /// Why.
        why: String,
    },
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Proven => f.write_str("proven"),
            Self::ProvenUntil(at) => write!(f, "proven until {}, then offline", at.hours_minutes()),
            Self::Unanchored => f.write_str("consistent, unanchored"),
            Self::Broken { seq, .. } => write!(f, "broken at #{seq}"),
        }
    }
}

/// A verdict and the records it is about. Nothing else may be shown.
#[derive(Debug, Clone)]
pub struct Verified {
    /// The verdict.
    pub verdict: Verdict,
    /// The records before the break that something vouches for: the next line, or an anchor.
    pub records: Vec<Record>,
    /// Their number and head.
    pub log: LogRef,
    /// How many of them the issuer or a code on paper vouches for. The others have the chain's word alone: who could
    /// write the log could have written them anew.
    pub vouched: u64,
}

/// Checks every line of `log` and holds it against the anchors.
pub fn verify(log: &[u8], anchors: &Anchors) -> Verified {
    let start = anchors.admission.digest();
    let mut tail = Tail::start(anchors.admission.sitting.clone(), 0, start);
    let mut records: Vec<Record> = Vec::new();
    let mut heads = vec![start];
    let mut broken = foreign(anchors).map(|why| Verdict::Broken { seq: 0, why });
    // Their digests are asked for at every record.
    let leases: Vec<(&Lease, Digest)> = anchors.leases.iter().map(|lease| (&**lease, lease.digest())).collect();
    let lines = if broken.is_some() { &[] } else { log };
    for line in lines.split_inclusive(|byte| *byte == b'\n') {
        let seq = tail.seq;
        let followed = tail.follow(line).and_then(|record| {
            under_lease(&record, records.last(), &leases, start)?;
            Ok(record)
        });
        match followed {
            Ok(record) => {
                records.push(record);
                heads.push(tail.head);
            }
            Err(why) => {
                broken = Some(Verdict::Broken { seq, why });
                break;
            }
        }
    }
    let verdict = match broken {
        // A log that was written anew must not hide it behind a break further on. A single changed record is no more
        // than that break, which names it.
        Some(broken) => written_anew(&heads[..records.len()], anchors).map_or(broken, not_vouched_for),
        None => against_anchors(&heads, &records, anchors),
    };
    if let Verdict::Broken { seq, .. } = &verdict {
        let mut whole = usize::try_from(*seq).unwrap_or(usize::MAX).min(records.len());
        // Before a break nothing but the next line's `prev` says that a line is as it was written. The last one has no
        // such line, so it is shown only if an anchor names it. If one contradicts it, so is nothing behind the anchor
        // before.
        if let Some(vouched) = written_anew(&heads[..=whole], anchors) {
            whole = usize::try_from(vouched).unwrap_or(0);
        } else if 0 < whole && !vouched_for(whole as u64, heads[whole], anchors) {
            whole -= 1;
        }
        records.truncate(whole);
        heads.truncate(whole + 1);
    }
    let log = LogRef { size: records.len() as u64, head: heads.last().copied().unwrap_or(start) };
    let vouched = vouched(&heads, &records, anchors).map_or(0, |(size, _)| size);
    Verified { verdict, records, log, vouched }
}

fn vouched_for(size: u64, head: Digest, anchors: &Anchors) -> bool {
    let log = LogRef { size, head };
    anchors.checkpoints.iter().any(|c| c.size == size && c.head == head)
        || anchors.submission.as_ref().is_some_and(|s| s.log == log)
        || anchors.receipt.as_ref().is_some_and(|r| r.log == log)
}

/// What must hold between a record, the one before it and the lease of its epoch, beside the chain itself. The issuer
/// asks the same before it takes a record.
///
/// # Errors
/// A sentence that says what is wrong with the record.
pub fn plausible(record: &Record, before: Option<&Record>, lease: &Lease, lease_digest: Digest) -> Result<(), String> {
    if record.epoch != lease.epoch || record.sitting != lease.sitting {
        return Err(format!("there is no lease for epoch {}", record.epoch));
    }
    let begins = before.is_none_or(|before| before.epoch != record.epoch);
    let named = match (&record.event, before) {
        (Event::Admitted { lease, .. }, None) | (Event::Moved { lease, .. }, Some(_)) => Some(*lease),
        (Event::Admitted { .. }, Some(_)) | (Event::Moved { .. }, None) => {
            return Err("the log begins on its first device and moves to any other".to_owned());
        }
        _ => None,
    };
    if begins != named.is_some() || named.is_some_and(|lease| lease != lease_digest) {
        return Err("a writer begins by naming its lease, and only then".to_owned());
    }
    if begins && record.seq != lease.from_seq {
        return Err(format!("the lease of epoch {} begins at record {}", record.epoch, lease.from_seq));
    }
    let boot = record.at.boot;
    let Some(before) = before else {
        return if boot == 0 { Ok(()) } else { Err("the first boot is number 0".to_owned()) };
    };
    if boot < before.at.boot {
        return Err("the boot count goes back".to_owned());
    }
    if before.at.boot.saturating_add(1) < boot {
        return Err("the boot count leaves one out".to_owned());
    }
    if boot == before.at.boot && record.at.elapsed < before.at.elapsed {
        return Err("the suspend-counting clock goes back".to_owned());
    }
    if matches!(before.event, Event::Closed { .. }) {
        return Err("there is a record behind the end of the sitting".to_owned());
    }
    Ok(())
}

fn under_lease(
    record: &Record,
    before: Option<&Record>,
    leases: &[(&Lease, Digest)],
    admission: Digest,
) -> Result<(), String> {
    let lease = leases.iter().find(|(lease, _)| lease.epoch == record.epoch);
    let (lease, digest) = lease.ok_or_else(|| format!("there is no lease for epoch {}", record.epoch))?;
    if lease.admission != admission {
        return Err("the lease belongs to another admission".to_owned());
    }
    plausible(record, before, lease, *digest)
}

/// A document that was signed for another sitting, if there is one.
fn foreign(anchors: &Anchors) -> Option<String> {
    let Anchors { admission, leases, checkpoints, submission, receipt, paper_code: _ } = anchors;
    let own = &admission.sitting;
    let of_another = |what: &str| Some(format!("the {what} is of another sitting"));
    if leases.iter().any(|lease| lease.sitting != *own) {
        return of_another("lease");
    }
    if checkpoints.iter().any(|checkpoint| checkpoint.sitting != *own) {
        return of_another("checkpoint");
    }
    if receipt.as_ref().is_some_and(|receipt| receipt.sitting != *own) {
        return of_another("receipt");
    }
    let submission = submission.as_ref()?;
    if submission.sitting != *own || submission.admission != admission.digest() {
        return of_another("submission");
    }
    (submission.pack != admission.pack.digest).then(|| "the submission is of another pack".to_owned())
}

/// The logs that the anchors name.
fn named(anchors: &Anchors) -> Vec<LogRef> {
    let submission = anchors.submission.iter().map(|s| s.log);
    let receipt = anchors.receipt.iter().map(|r| r.log);
    submission.chain(receipt).chain(anchors.checkpoints.iter().map(|c| LogRef { size: c.size, head: c.head })).collect()
}

fn head_at(heads: &[Digest], size: u64) -> Option<Digest> {
    usize::try_from(size).ok().and_then(|size| heads.get(size)).copied()
}

/// Where an anchor names another head than the log has, some record before it was written anew, behind the last anchor
/// that agrees. Which one, nothing can say. Returns how many records that last anchor vouches for.
fn written_anew(heads: &[Digest], anchors: &Anchors) -> Option<u64> {
    let named = named(anchors);
    let agrees = |log: &LogRef| head_at(heads, log.size).map(|head| head == log.head);
    let wrong = named.iter().filter(|log| agrees(log) == Some(false)).map(|log| log.size).min()?;
    // A longer one that agrees was signed for what was written anew.
    let right = named.iter().filter(|log| log.size < wrong && agrees(log) == Some(true)).map(|log| log.size);
    Some(right.max().unwrap_or(0))
}

fn not_vouched_for(seq: u64) -> Verdict {
    Verdict::Broken { seq, why: "it is not the log that was vouched for".to_owned() }
}

fn against_anchors(heads: &[Digest], records: &[Record], anchors: &Anchors) -> Verdict {
    let size = records.len() as u64;
    if let Some(seq) = written_anew(heads, anchors) {
        return not_vouched_for(seq);
    }
    if let Some(longest) = named(anchors).iter().map(|log| log.size).max().filter(|longest| size < *longest) {
        return Verdict::Broken { seq: size, why: format!("records {size} to {} are missing", longest - 1) };
    }
    if let Some(seq) = of_another_epoch(records, anchors) {
        return Verdict::Broken { seq, why: "it was vouched for under another lease".to_owned() };
    }
    if let Err((seq, why)) = papers_agree(records, anchors) {
        return Verdict::Broken { seq, why };
    }
    let vouched = vouched(heads, records, anchors);
    if anchors.paper_code.is_some() && noted(heads, anchors).is_none() {
        return Verdict::Broken { seq: size, why: "the code on paper belongs to another log".into() };
    }
    match vouched {
        None => Verdict::Unanchored,
        Some((n, _)) if n == size => Verdict::Proven,
        Some((_, time)) => Verdict::ProvenUntil(time),
    }
}

/// How many records something outside the candidate's machine vouches for, and since when. A submission does not: the
/// device signs it.
fn vouched(heads: &[Digest], records: &[Record], anchors: &Anchors) -> Option<(u64, Wall)> {
    let checkpoints = anchors.checkpoints.iter().map(|c| (c.size, c.head, c.time));
    let receipt = anchors.receipt.iter().map(|r| (r.log.size, r.log.head, r.received));
    let signed = checkpoints.chain(receipt).filter(|(size, head, _)| head_at(heads, *size) == Some(*head));
    let on_paper = noted(heads, anchors).and_then(|size| {
        let last = usize::try_from(size.checked_sub(1)?).ok()?;
        Some((size, records.get(last)?.at.wall))
    });
    let all = signed.map(|(size, _, time)| (size, time)).chain(on_paper).filter(|(size, _)| 0 < *size);
    // The first of equals: the time that the issuer wrote, rather than the machine's calendar.
    all.min_by_key(|(size, _)| Reverse(*size))
}

/// The length of the log that the code on paper was noted for.
fn noted(heads: &[Digest], anchors: &Anchors) -> Option<u64> {
    let code = anchors.paper_code.as_ref()?;
    let sitting = &anchors.admission.sitting;
    let noted = |n: &u64| head_at(heads, *n).is_some_and(|head| PaperCode::of(sitting, *n, &head) == *code);
    (0..heads.len() as u64).rev().find(noted)
}

/// The first record that a checkpoint counts to another epoch than the record itself.
fn of_another_epoch(records: &[Record], anchors: &Anchors) -> Option<u64> {
    let last = |size: u64| usize::try_from(size.checked_sub(1)?).ok().and_then(|seq| records.get(seq));
    let other = |checkpoint: &&Signed<Checkpoint>| last(checkpoint.size).is_some_and(|r| r.epoch != checkpoint.epoch);
    anchors.checkpoints.iter().filter(other).map(|checkpoint| checkpoint.size - 1).min()
}

/// The receipt is for the submission, and the submission names how the log ends and the last response to each item.
fn papers_agree(records: &[Record], anchors: &Anchors) -> Result<(), (u64, String)> {
    let Some(submission) = &anchors.submission else { return Ok(()) };
    let end = records.len().saturating_sub(1) as u64;
    if anchors.receipt.as_ref().is_some_and(|receipt| receipt.submission != submission.digest()) {
        return Err((end, "the receipt is for another submission".to_owned()));
    }
    if !matches!(records.last().map(|r| &r.event), Some(Event::Closed { cause }) if *cause == submission.cause) {
        return Err((end, "the submission names another end than the log".to_owned()));
    }
    let last: BTreeMap<&ItemId, (u64, Digest)> = records
        .iter()
        .filter_map(|record| match &record.event {
            Event::Responded { item, commitment, .. } => Some((item, (record.seq, *commitment))),
            _ => None,
        })
        .collect();
    let named: BTreeMap<&ItemId, (u64, Digest)> = submission
        .answers
        .iter()
        .filter_map(|answer| answer.response.map(|response| (&answer.item, (response.seq, response.commitment))))
        .collect();
    let items = named.keys().chain(last.keys()).filter(|item| named.get(**item) != last.get(**item));
    let other = items.filter_map(|item| Some((named.get(item).or(last.get(item))?.0, item)));
    match other.min() {
        Some((seq, item)) => Err((seq, format!("the submission names another answer to {item} than the log"))),
        None => Ok(()),
    }
}

#[cfg(test)]
mod published;
#[cfg(test)]
mod tests;
