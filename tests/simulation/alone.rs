//! One computer and what it is told: single cases that a story meets only by chance.

use crate::machine::{BEGINNING_MS, Machine};
use invigil_client::{
    arrival::fill,
    clock::Reading,
    outbox::{Refused, Step},
    session::Session,
    store::{Fate, Store},
    uplink::Redeemed,
    view::Problem,
};
use invigil_content::bundle::Bundle;
use invigil_core::{
    Digest, Signed, Value, Wall,
    admission::{Admission, Window},
    checkpoint::Checkpoint,
    exchange::{self, SittingStatus},
    log::Actor,
    policy::Policy,
    sitting::{Closing, Command, Event},
    submission::{EvidenceRef, LogRef, Receipt},
    verify::Verdict,
};
use invigil_tests::paper::{self, DEVICE_SEED, choice, form, id, lease, sealed};

const MINUTE_MS: u64 = 60_000;

/// A computer on which an exam of ten minutes has begun at its start.
struct Alone {
    machine: Machine,
    session: Session,
}

impl Alone {
    fn new() -> Self {
        let opens = Wall::from_unix_ms(BEGINNING_MS);
        let window = Window { opens, closes: opens.plus_ms(60 * MINUTE_MS) };
        let policy = Policy { offline_start: true, ..paper::admission().policy };
        let admission = sealed(Admission { window, minutes: 10, policy, ..paper::admission() });
        let leases = vec![lease(&admission)];
        let redeemed = Redeemed { admission, leases, token: "token".to_owned(), records: vec![] };
        let machine = Machine::new("one");
        let store = Store::in_memory().expect("memory");
        let reading = machine.reading(0);
        let mut session = Session::exam(fill(store, &redeemed, &DEVICE_SEED).expect("it arrives")).expect("it opens");
        session.come_back(None, &reading).expect("the log begins");
        session.lay_out(form([choice(2, 1)]));
        let mut give = |command, by: Actor| session.carry_out(command, &by, &reading).expect("it is carried out");
        give(Command::Acknowledge { notice: Digest::of("notice") }, Actor::Candidate);
        give(Command::Report { controls: vec![] }, Actor::Client);
        give(Command::Begin { start: None, deadline: None }, Actor::Candidate);
        Self { machine, session }
    }

    fn at(&self, now: u64) -> Reading {
        self.machine.reading(now)
    }

    fn respond(&mut self, option: &str, now: u64) -> Result<(), Problem> {
        self.session.respond(id("q0"), Some(Value::choice(option)), &self.machine.reading(now))
    }

    /// The same computer when its exam is handed in and everything but the submission has been confirmed.
    fn handed_in() -> Self {
        let mut alone = Self::new();
        let sha256 = Digest::of("sealed");
        let reading = alone.at(1_000);
        alone
            .session
            .carry_out(Command::Capture { sha256, size: 6, picture: paper::picture() }, &Actor::Client, &reading)
            .expect("kept");
        alone.respond("c0", 2_000).expect("saved");
        let reading = alone.at(3_000);
        alone.session.carry_out(Command::Submit, &Actor::Candidate, &reading).expect("handed in");
        alone.session.hand_in(|_| true, &reading).expect("signed");
        alone.session.store_mut().set_fate(&sha256, Fate::Sent).expect("noted");
        alone.confirm(&reading);
        assert_eq!(alone.session.next_step(None).expect("read"), Step::HandIn);
        alone
    }

    fn confirm(&mut self, reading: &Reading) {
        let (log, sitting) = (self.session.log(), self.session.id().clone());
        let checkpoint = Checkpoint { sitting, epoch: 0, size: log.size, head: log.head, time: reading.wall };
        self.session.take_checkpoint(sealed(checkpoint)).expect("it is for this log");
    }

    fn receipt(&self, log: LogRef, submission: Digest) -> Signed<Receipt> {
        let sitting = self.session.id().clone();
        sealed(Receipt { sitting, submission, log, received: Wall::from_unix_ms(BEGINNING_MS) })
    }
}

#[test]
fn an_answer_that_comes_when_time_is_up_is_not_called_saved() {
    let mut alone = Alone::new();
    alone.respond("c0", 1_000).expect("saved");
    let late = alone.respond("c1", 11 * MINUTE_MS);
    assert_eq!(late.map_err(|problem| problem.code), Err("exam-over".to_owned()));
    let records = alone.session.records().expect("the log");
    let last = records.last().map(|record| &record.event);
    assert!(matches!(last, Some(Event::Closed { cause: Closing::TimeUp })), "the end is durable: {last:?}");
    let kept = alone.session.values().get("q0").cloned();
    assert_eq!(kept, Some(Value::choice("c0")), "what was saved before stays");
    alone.session.hand_in(|_| true, &alone.at(11 * MINUTE_MS)).expect("it is handed in");
}

#[test]
fn what_a_refused_submission_says_is_missing_is_sent_again() {
    let sha256 = Digest::of("sealed");
    let size = Alone::handed_in().session.log().size;
    let problem = |code: &str| exchange::Problem::new(409, code, "", "");
    let digests = |digests: &[Digest]| digests.iter().map(Digest::to_string).collect::<Vec<_>>();
    for (refusal, refused, next) in [
        (problem("log-incomplete").with("logSize", 2), Refused::From(2), Step::Send { from: 2 }),
        (problem("log-incomplete").with("logSize", size), Refused::Final, Step::HandIn),
        (problem("openings-missing").with("seqs", vec![4, 3]), Refused::From(3), Step::Send { from: 3 }),
        (
            problem("evidence-missing").with("digests", digests(&[Digest::of("x"), sha256])),
            Refused::Again,
            Step::Evidence { sha256, size: 6 },
        ),
        (problem("evidence-missing").with("digests", digests(&[Digest::of("x")])), Refused::Final, Step::HandIn),
        (problem("lease-ended").with("kept", 99), Refused::Again, Step::Send { from: 0 }),
        (problem("submission-mismatch"), Refused::Final, Step::HandIn),
        (problem("log-incomplete"), Refused::Final, Step::HandIn),
    ] {
        let mut alone = Alone::handed_in();
        assert_eq!(alone.session.submission_refused(&refusal).expect("kept"), refused, "{refusal:?}");
        let from = if let Refused::From(seq) = refused { Some(seq) } else { None };
        assert_eq!(alone.session.next_step(from).expect("read"), next, "{refusal:?}");
        assert_eq!(alone.session.has_moved(), refusal.code == "lease-ended");
    }
}

#[test]
fn the_receipt_for_another_submission_counts_if_it_proves() {
    let status = |receipt: Option<&Signed<Receipt>>| SittingStatus {
        time: Wall::from_unix_ms(BEGINNING_MS),
        log_size: 0,
        checkpoint: None,
        receipt: receipt.map(Signed::to_json),
        result: None,
        credential: None,
        under_review: true,
    };
    let (alone, other) = (Alone::handed_in(), Digest::of("another submission"));
    let (log, device) = (alone.session.log(), paper::device());
    let right = alone.receipt(log, other);
    let forged = Signed::seal((*right).clone(), &device, &device.public().method(), right.received);
    let shorter = alone.receipt(LogRef { size: 2, head: Digest::of("x") }, other);
    for (receipt, code) in
        [(None, "submission-differs"), (Some(&shorter), "submission-differs"), (Some(&forged), "issuer-untrusted")]
    {
        let mut alone = Alone::handed_in();
        let refused = alone.session.take_receipt_of_another(&status(receipt)).map_err(|problem| problem.code);
        assert_eq!(refused, Err(code.to_owned()));
        assert_eq!(alone.session.next_step(None).expect("read"), Step::HandIn);
    }
    let mut alone = alone;
    alone.session.take_receipt_of_another(&status(Some(&right))).expect("it proves");
    assert_eq!(alone.session.next_step(None).expect("read"), Step::AskResult);
    let bundle = Bundle::read(&alone.session.bundle().expect("a bundle")).expect("it reads");
    assert!(bundle.anchors.submission.is_none(), "the one that nobody took is not in it");
    assert_eq!(bundle.verify(None).expect("its answers are its own").verdict, Verdict::Proven);
}

#[test]
fn a_log_never_goes_back_although_the_clocks_were_read_before_something_else_was_recorded() {
    let mut alone = Alone::new();
    alone.respond("c0", 2_000).expect("saved");
    alone.respond("c1", 1_999).expect("saved");
    let elapsed: Vec<u64> = alone.session.records().expect("records").iter().map(|record| record.at.elapsed).collect();
    assert!(elapsed.is_sorted(), "{elapsed:?}");
    assert_eq!(elapsed.last(), Some(&2_000));
}

#[test]
fn a_jump_of_the_calendar_is_one_until_it_is_recorded() {
    let mut alone = Alone::new();
    let reading = alone.at(1_000);
    alone.session.clock_seen(&reading);
    alone.machine.calendar_off_ms = -60_000;
    let reading = alone.at(2_000);
    assert_eq!([alone.session.clock_jump_ms(&reading), alone.session.clock_jump_ms(&reading)], [-60_000; 2]);
    let before = alone.session.close();
    // Whatever stands in for it knows of the jump, too.
    let mut alone = Alone::new();
    alone.session.stand_in_for(before);
    assert_eq!(alone.session.clock_jump_ms(&reading), -60_000);
    alone.session.clock_seen(&reading);
    assert_eq!(alone.session.clock_jump_ms(&reading), 0);
}

#[test]
fn a_submission_accounts_for_every_piece_that_its_device_kept() {
    let mut alone = Alone::new();
    let pieces = ["kept", "gone"].map(|name| EvidenceRef { sha256: Digest::of(name), size: 4 });
    for EvidenceRef { sha256, size } in pieces {
        let reading = alone.at(1_000);
        alone
            .session
            .carry_out(Command::Capture { sha256, size, picture: paper::picture() }, &Actor::Client, &reading)
            .expect("kept");
    }
    let reading = alone.at(2_000);
    alone.session.carry_out(Command::Submit, &Actor::Candidate, &reading).expect("handed in");
    alone.session.hand_in(|sha256| *sha256 == pieces[0].sha256, &reading).expect("signed");
    let submission = alone.session.papers().and_then(|papers| papers.submission.clone()).expect("a submission");
    assert_eq!((&submission.evidence[..], &submission.lost[..]), (&pieces[..1], &pieces[1..]));
}
