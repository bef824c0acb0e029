//! The published failures of other verifiers, each as a test of ours.

use super::*;
use crate::{
    PublicKey, SecretKey,
    log::Actor,
    sitting::{Closing, Screen},
    submission::Client,
    testing::{admission, at, device, issuer_key, lease},
};

/// A log as it grows, with the issuer's word on it.
struct Log {
    admission: Signed<Admission>,
    leases: Vec<Signed<Lease>>,
    tail: Tail,
    /// The head after each number of records.
    heads: Vec<Digest>,
    bytes: Vec<u8>,
}

impl Log {
    fn new(policy: &str) -> Self {
        let admission = admission(policy);
        let lease = lease(&admission);
        let tail = Tail::start(admission.sitting.clone(), 0, admission.digest());
        let mut log = Self { heads: vec![tail.head], tail, leases: vec![lease], admission, bytes: vec![] };
        let client = Client { name: "t".into(), version: "0".into() };
        let lease = log.leases[0].digest();
        log.write(Event::Admitted { lease, client });
        log
    }

    fn write(&mut self, event: Event) {
        let (_, line) = self.tail.append(at(self.tail.seq), Actor::Candidate, event);
        self.heads.push(self.tail.head);
        self.bytes.extend(line);
    }

    fn visit(&mut self, items: impl IntoIterator<Item = &'static str>) -> &mut Self {
        for item in items {
            self.write(Event::Visited { screen: Screen::Item { item: item.parse().unwrap() } });
        }
        self
    }

    /// The same log cut after `size` records, to be continued.
    fn cut(&self, size: usize) -> Self {
        let lines = self.bytes.split_inclusive(|byte| *byte == b'\n').take(size);
        let mut tail = Tail::start(self.admission.sitting.clone(), 0, self.admission.digest());
        let bytes = lines.inspect(|line| drop(tail.follow(line).unwrap())).flatten().copied().collect();
        let (admission, leases) = (self.admission.clone(), self.leases.clone());
        Self { admission, leases, tail, heads: self.heads[..=size].to_vec(), bytes }
    }

    fn checkpoint(&self, size: usize) -> Checkpoint {
        let sitting = self.admission.sitting.clone();
        let time = Wall::from_unix_ms(36_000_000);
        Checkpoint { sitting, epoch: 0, size: size as u64, head: self.heads[size], time }
    }

    fn judged(&self, checkpoints: &[Checkpoint]) -> Verified {
        verify(&self.bytes, &self.anchors(checkpoints))
    }

    fn anchors(&self, checkpoints: &[Checkpoint]) -> Anchors {
        Anchors {
            admission: self.admission.clone(),
            leases: self.leases.clone(),
            checkpoints: checkpoints.iter().map(|body| sealed(body.clone())).collect(),
            submission: None,
            receipt: None,
            paper_code: None,
        }
    }

    fn records(&self) -> Vec<Record> {
        self.bytes.split_inclusive(|byte| *byte == b'\n').map(|line| Record::parse(line).unwrap()).collect()
    }
}

fn sealed<T: crate::envelope::Document>(body: T) -> Signed<T> {
    Signed::seal(body, &issuer_key(), "m", Wall::from_unix_ms(0))
}

/// What is said, and how many records are shown.
fn said(verified: &Verified) -> (String, usize) {
    (verified.verdict.to_string(), verified.records.len())
}

const SCREENS: [&str; 4] = ["q1", "q2", "q1", "q2"];

/// CVE-2023-31439 (journald): the verifier did not ask whether an entry was sealed with the key of its own epoch, so
/// whoever had the present key sealed the past anew. Fixed by systemd/systemd#28885.
#[test]
fn cve_2023_31439_what_another_epoch_or_key_vouches_for_is_not_vouched_for() {
    let mut log = Log::new("open");
    log.visit(SCREENS);
    assert_eq!(said(&log.judged(&[log.checkpoint(5)])), ("proven".to_owned(), 5));

    // The right head under another epoch's name, alone and beside an honest one.
    let later = Checkpoint { epoch: 1, ..log.checkpoint(5) };
    assert_eq!(said(&log.judged(std::slice::from_ref(&later))).0, "broken at #4");
    assert_eq!(said(&log.judged(&[log.checkpoint(3), later])).0, "broken at #4");

    // A record that counts itself to an epoch nobody was given, or to one that begins later.
    let mut early = log.cut(3);
    early.tail.epoch = 1;
    early.visit(["q1"]);
    assert_eq!(said(&early.judged(&[])).0, "broken at #3");
    let lease = |from_seq| sealed(Lease { epoch: 1, from_seq, device: device(), ..(*log.leases[0]).clone() });
    let taken_over = |from_seq| {
        let mut log = log.cut(3);
        log.tail.epoch = 1;
        let client = Client { name: "t".into(), version: "0".into() };
        log.write(Event::Moved { lease: lease(from_seq).digest(), client });
        log.leases.push(lease(from_seq));
        log
    };
    assert_eq!(said(&taken_over(4).judged(&[])).0, "broken at #3");
    let mut early = taken_over(3);
    assert_eq!(said(&early.judged(&[])), ("consistent, unanchored".to_owned(), 4));
    // The old epoch does not come back once there is a new one.
    early.tail.epoch = 0;
    early.visit(["q2"]);
    assert_eq!(said(&early.judged(&[])).0, "broken at #4");

    // Nobody else's key opens a document, the device's own included.
    let stranger = SecretKey::from_seed(&[3; 32]);
    let by = |key: &SecretKey| Signed::seal(log.checkpoint(5), key, "m", Wall::from_unix_ms(0)).bytes().to_vec();
    let open = |bytes: &[u8]| Signed::<Checkpoint>::open(bytes, &issuer_key().public());
    assert!(open(&by(&issuer_key())).is_ok());
    for key in [stranger, SecretKey::from_seed(&[2; 32])] {
        assert_eq!(open(&by(&key)), Err(crate::envelope::EnvelopeError::BadSignature));
    }
}

/// CVE-2023-31438 (journald): an empty stretch had no seal, so a log could be cut before it and go on as if nothing had
/// been there. Fixed by systemd/systemd#28886, which writes one seal for every stretch.
#[test]
fn cve_2023_31438_a_log_that_was_cut_and_continued_is_broken_for_every_later_anchor() {
    let mut log = Log::new("open");
    log.visit(SCREENS);
    log.write(Event::Heartbeat { checkpoint: Some(Digest::of("the last checkpoint")) });
    log.write(Event::Closed { cause: Closing::Submitted });
    let whole = log.tail.seq as usize;
    for cut in 1..whole {
        // Cut and left so, cut and ended at once, and cut and continued to the old length and beyond.
        let mut versions = vec![log.cut(cut)];
        let mut ended = log.cut(cut);
        ended.write(Event::Closed { cause: Closing::Submitted });
        versions.push(ended);
        for length in [whole, whole + 2] {
            let mut continued = log.cut(cut);
            while (continued.tail.seq as usize) < length - 1 {
                continued.write(Event::Heartbeat { checkpoint: None });
            }
            continued.write(Event::Closed { cause: Closing::Submitted });
            versions.push(continued);
        }
        for version in versions {
            assert_eq!(version.judged(&[]).verdict, Verdict::Unanchored, "each is consistent in itself");
            for anchored in cut + 1..=whole {
                if version.bytes == log.bytes {
                    continue;
                }
                let judged = version.judged(&[log.checkpoint(cut), log.checkpoint(anchored)]);
                let Verdict::Broken { seq, .. } = judged.verdict else {
                    panic!("cut at {cut}, anchored at {anchored}: {}", judged.verdict)
                };
                let size = version.tail.seq;
                assert_eq!(seq, if size < anchored as u64 { size } else { cut as u64 });
                assert_eq!(judged.records, log.records()[..judged.records.len()], "only what was written is shown");
            }
        }
    }
    // An anchor before the cut cannot know. What it vouches for is still true, and no more is said.
    let mut continued = log.cut(3);
    continued.visit(["q2"]);
    assert_eq!(said(&continued.judged(&[log.checkpoint(3)])), ("proven until 10:00, then offline".to_owned(), 4));
}

/// CVE-2023-31437 (journald): what was shown was looked up in tables that no seal covered, so entries could be hidden or
/// shown that nothing had verified. The record that comes back here is the only one that consoles and tools may show.
#[test]
fn cve_2023_31437_what_is_shown_is_what_is_verified() {
    let mut log = Log::new("open");
    log.visit(SCREENS).visit(SCREENS);
    let honest = log.records();
    let checkpoints = [log.checkpoint(3), log.checkpoint(6)];
    let mut forged = log.cut(3);
    forged.visit(["q2", "q2", "q2", "q2", "q2"]);
    // A forged continuation is betrayed by the checkpoint of 6. A break behind it must not hide that.
    for (name, appended) in [
        ("none", &b""[..]),
        ("a broken line", b"{}\n"),
        ("half a line", b"{\"at\":"),
        ("an empty line", b"\n"),
        ("a line of the honest log", log.bytes.split_inclusive(|byte| *byte == b'\n').next_back().unwrap()),
    ] {
        let mut bytes = forged.bytes.clone();
        bytes.extend(appended);
        let judged = verify(&bytes, &log.anchors(&checkpoints));
        assert_eq!(said(&judged), ("broken at #3".to_owned(), 3), "{name}");
        assert_eq!(judged.records, honest[..3], "{name}");
        assert_eq!(judged.log, LogRef { size: 3, head: log.heads[3] }, "{name}");
    }
    // Nor a break at the very record that the checkpoint names: it is named, and nothing behind the anchor before shown.
    let mut bytes = forged.cut(6).bytes;
    bytes.extend(b"{}\n");
    let judged = verify(&bytes, &log.anchors(&checkpoints));
    assert_eq!(said(&judged), ("broken at #6".to_owned(), 3));
    // Whoever writes the log can sign a submission for it. That does not outweigh the issuer's word.
    let body = Submission {
        sitting: log.admission.sitting.clone(),
        admission: log.admission.digest(),
        pack: log.admission.pack.digest,
        cause: Closing::Submitted,
        answers: vec![],
        log: LogRef { size: forged.tail.seq, head: forged.tail.head },
        evidence: vec![],
        lost: vec![],
        client: Client { name: "t".into(), version: "0".into() },
    };
    let submission = Signed::seal(body, &SecretKey::from_seed(&[2; 32]), "m", Wall::from_unix_ms(0));
    let anchors = Anchors { submission: Some(submission), ..log.anchors(&checkpoints) };
    assert_eq!(said(&verify(&forged.bytes, &anchors)), ("broken at #3".to_owned(), 3));
    // Whole, everything is shown, and it is the bytes of the log.
    let judged = log.judged(&checkpoints);
    assert_eq!(judged.records, honest);
    assert_eq!(judged.records.iter().flat_map(Record::line).collect::<Vec<_>>(), log.bytes);
}

/// GO-2022-1117, CVE-2022-36111 (immudb): the proof that one state continues another was not checked to its end, so a server could give
/// two readers two pasts. Here the chain between two checkpoints is the proof, and every record of it is read.
#[test]
fn go_2022_1117_a_forged_continuation_between_two_checkpoints_is_refused() {
    let mut log = Log::new("open");
    log.visit(SCREENS).visit(SCREENS);
    let (first, second) = (log.checkpoint(3), log.checkpoint(8));
    assert_eq!(said(&log.judged(&[first.clone(), second.clone()])).0, "proven until 10:00, then offline");

    // Two pasts with the same beginning, each true to a checkpoint of its own: both cannot be held.
    let mut other = log.cut(3);
    other.visit(["q2", "q2", "q2", "q2", "q2", "q2"]);
    for (name, log) in [("the first past", &log), ("the second past", &other)] {
        let judged = log.judged(&[first.clone(), second.clone(), other.checkpoint(8)]);
        assert_eq!(said(&judged), ("broken at #3".to_owned(), 3), "{name}");
    }

    // Records between the checkpoints that are left out, doubled, moved or taken from the other past.
    let ours: Vec<&[u8]> = log.bytes.split_inclusive(|byte| *byte == b'\n').collect();
    let theirs: Vec<&[u8]> = other.bytes.split_inclusive(|byte| *byte == b'\n').collect();
    let anchors = log.anchors(&[first, second]);
    for at in 3..8 {
        let forgeries = [
            [&ours[..at], &ours[at + 1..]].concat(),
            [&ours[..=at], &ours[at..]].concat(),
            [&ours[..at], &[theirs[at]], &ours[at + 1..]].concat(),
            [&ours[..at], &[ours[at + 1], ours[at]], &ours[at + 2..]].concat(),
            [&theirs[..at], &ours[at..]].concat(),
            [&ours[..at], &theirs[at..]].concat(),
        ];
        for (number, forgery) in forgeries.into_iter().enumerate() {
            let bytes = forgery.concat();
            if bytes == log.bytes {
                continue;
            }
            let judged = verify(&bytes, &anchors);
            assert!(matches!(judged.verdict, Verdict::Broken { seq: 3.., .. }), "{number} at {at}: {}", judged.verdict);
            // Between the last anchor that agrees and the break only the chain speaks for a record, here the other past's.
            let shown = if number == 4 { judged.records.len().min(3) } else { judged.records.len() };
            assert_eq!(judged.records[..shown], log.records()[..shown], "{number} at {at}");
        }
    }
}

/// CVE-2022-39199 (immudb): the client did not check that a state came from the server it had spoken to before. A
/// document of another sitting, issuer or key is refused here, however well it is signed.
#[test]
fn cve_2022_39199_documents_of_another_sitting_are_refused() {
    let mut log = Log::new("open");
    log.visit(SCREENS[..3].iter().copied()).write(Event::Closed { cause: Closing::Submitted });
    let receipt = Receipt {
        sitting: log.admission.sitting.clone(),
        submission: Digest::of("x"),
        log: LogRef { size: 5, head: log.heads[5] },
        received: Wall::from_unix_ms(0),
    };
    let submission = Submission {
        sitting: log.admission.sitting.clone(),
        admission: log.admission.digest(),
        pack: log.admission.pack.digest,
        cause: Closing::Submitted,
        answers: vec![],
        log: receipt.log,
        evidence: vec![],
        lost: vec![],
        client: Client { name: "t".into(), version: "0".into() },
    };
    let elsewhere = || "s2".parse().unwrap();
    let with = |submission: Option<Submission>, receipt: Option<Receipt>, checkpoints: &[Checkpoint]| Anchors {
        submission: submission.map(sealed),
        receipt: receipt.map(sealed),
        ..log.anchors(checkpoints)
    };
    let honest = verify(&log.bytes, &with(Some(submission.clone()), None, &[log.checkpoint(5)]));
    assert_eq!(said(&honest), ("proven".to_owned(), 5));
    let receipted = verify(&log.bytes, &with(None, Some(receipt.clone()), &[]));
    assert_eq!(said(&receipted), ("proven".to_owned(), 5));
    let other_lease = Lease { sitting: elsewhere(), ..(*log.leases[0]).clone() };
    for (name, anchors) in [
        (
            "a checkpoint",
            with(None, None, &[log.checkpoint(5), Checkpoint { sitting: elsewhere(), ..log.checkpoint(3) }]),
        ),
        ("a receipt", with(None, Some(Receipt { sitting: elsewhere(), ..receipt }), &[])),
        ("a submission", with(Some(Submission { sitting: elsewhere(), ..submission.clone() }), None, &[])),
        (
            "a submission of another admission",
            with(Some(Submission { admission: Digest::of("x"), ..submission.clone() }), None, &[]),
        ),
        ("a submission of another pack", with(Some(Submission { pack: Digest::of("x"), ..submission }), None, &[])),
        ("a lease", Anchors { leases: vec![log.leases[0].clone(), sealed(other_lease)], ..log.anchors(&[]) }),
    ] {
        assert_eq!(said(&verify(&log.bytes, &anchors)), ("broken at #0".to_owned(), 0), "{name}");
    }
    // The key never comes from the document, so another issuer's word is none.
    let other: PublicKey = SecretKey::from_seed(&[9; 32]).public();
    assert!(Signed::<Checkpoint>::open(sealed(log.checkpoint(5)).bytes(), &other).is_err());
}
