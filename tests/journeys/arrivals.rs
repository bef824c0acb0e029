//! What a computer takes of a sitting that has begun elsewhere.

use invigil_client::{
    arrival::{fill, refill},
    clock::Reading,
    session::Session,
    store::Store,
    uplink::Redeemed,
};
use invigil_core::{
    Digest, Moment, Wall,
    admission::Lease,
    checkpoint::Checkpoint,
    exchange::{BODY_BYTES_MAX, Segment},
    log::{Actor, Tail},
    sitting::{Command, Event, Observation},
};
use invigil_issuer::fault::Fault;
use invigil_tests::paper::{self, DEVICE_SEED, OPENS_MS, sealed};

fn reading(boot: &str, since_boot_ms: u64) -> Reading {
    Reading {
        wall: Wall::from_unix_ms(OPENS_MS).plus_ms(since_boot_ms),
        since_boot_ms,
        slept_ms: 0,
        boot_id: boot.to_owned(),
    }
}

/// What a code leads to whose sitting another computer has begun: one record in each of these boots.
fn begun_elsewhere(boots: &[u32]) -> Redeemed {
    let admission = sealed(paper::admission());
    let first = paper::lease(&admission);
    let mut tail = Tail::start(admission.sitting.clone(), 0, admission.digest());
    let mut lines = Vec::new();
    for boot in boots {
        let event = match lines.len() {
            0 => Event::Admitted { lease: first.digest(), client: invigil_client::session::this_client() },
            _ => Event::Heartbeat { checkpoint: None },
        };
        let at = Moment { wall: Wall::from_unix_ms(OPENS_MS), elapsed: 0, boot: *boot };
        let (_, line) = tail.append(at, Actor::Client, event);
        lines.push(String::from_utf8(line).expect("text").trim_end().to_owned());
    }
    let second = sealed(Lease { epoch: 1, from_seq: tail.seq, ..(*first).clone() });
    let records = vec![Segment { epoch: 1, from_seq: 0, lines, openings: vec![] }];
    Redeemed { admission, leases: vec![first, second], token: "token".to_owned(), records }
}

#[test]
fn the_boots_of_another_computer_are_counted_on_and_not_kept() {
    let store = Store::in_memory().expect("memory");
    let filled = fill(store, &begun_elsewhere(&[0, 1, 2]), &DEVICE_SEED).expect("it arrives");
    let mut session = Session::exam(filled).expect("it opens");
    session.come_back(None, &reading("here", 5_000)).expect("the log goes on here");
    let last = session.records().expect("records").pop().expect("a record");
    assert!(matches!(last.event, Event::Moved { .. }));
    assert_eq!((last.at.boot, last.at.elapsed), (3, 0));
    let boot = session.store().last_boot().expect("it is read").expect("a boot");
    assert_eq!((boot.number, boot.boot_id.as_str(), boot.base_ms), (3, "here", 5_000));
}

#[test]
fn a_log_that_leaves_no_number_for_a_boot_is_refused() {
    for boots in [[u32::MAX].as_slice(), &[0, u32::MAX]] {
        let filled = fill(Store::in_memory().expect("memory"), &begun_elsewhere(boots), &DEVICE_SEED);
        let refused = filled.and_then(Session::exam).map(|_| ()).map_err(|problem| problem.code);
        assert_eq!(refused, Err("issuer-untrusted".to_owned()), "{boots:?}");
    }
}

#[test]
fn nothing_is_recorded_before_what_a_new_computer_and_a_new_boot_begin_with() {
    let redeemed = begun_elsewhere(&[0]);
    let mut session =
        Session::exam(fill(Store::in_memory().expect("memory"), &redeemed, &DEVICE_SEED).expect("filled"))
            .expect("it opens");
    session.lay_out(paper::form([paper::choice(2, 1)]));
    let seen = |session: &mut Session, reading: &Reading| {
        let observation = Observation::PageFailed;
        let recorded = session.carry_out(Command::Observe { observation }, &Actor::Client, reading);
        recorded.map_err(|problem| problem.code)
    };
    let (first, second) = (reading("here", 5_000), reading("here again", 1_000));
    assert_eq!(seen(&mut session, &first), Err("out-of-turn".to_owned()), "the log is not this computer's yet");
    session.come_back(None, &first).expect("the log goes on here");
    assert_eq!(seen(&mut session, &first), Ok(()));
    let mut give = |command| session.carry_out(command, &Actor::Candidate, &first).expect("it is carried out");
    give(Command::Acknowledge { notice: Digest::of("notice") });
    give(Command::Report { controls: vec![] });
    give(Command::Begin { start: None, deadline: None });
    assert_eq!(seen(&mut session, &second), Err("out-of-turn".to_owned()), "nobody knows yet how long it was off");
    session.come_back(None, &second).expect("the sitting goes on");
    assert_eq!(seen(&mut session, &second), Ok(()));
    let events: Vec<_> =
        session.records().expect("records").into_iter().map(|record| (record.at.boot, record.event)).collect();
    let resumed = events.iter().position(|(boot, _)| *boot == 2).expect("a record of the second boot here");
    assert!(matches!(events[resumed].1, Event::Resumed { .. }), "{:?}", events[resumed]);
}

#[test]
fn a_sitting_comes_back_only_when_nothing_of_it_can_be_lost() {
    let mut redeemed = begun_elsewhere(&[0]);
    let short = redeemed.records.clone();
    let here = reading("here", 5_000);
    let filled = fill(Store::in_memory().expect("memory"), &redeemed, &DEVICE_SEED).expect("it arrives");
    let mut session = Session::exam(filled).expect("it opens");
    session.come_back(None, &here).expect("the log goes on here");
    let mut back = |session: &mut Session, records: &[Segment]| {
        let from_seq = records.iter().map(|segment| segment.lines.len() as u64).sum();
        redeemed.leases.truncate(2);
        redeemed.leases.push(sealed(Lease { epoch: 2, from_seq, ..(*redeemed.leases[1]).clone() }));
        redeemed.records = records.to_vec();
        refill(session, &redeemed, &DEVICE_SEED).map_err(|problem| problem.code)
    };
    let log = session.log();
    let whole = vec![session.segment(0, BODY_BYTES_MAX).expect("it is read").expect("records")];
    assert_eq!(back(&mut session, &whole), Err("not-delivered".to_owned()));
    let (sitting, time) = (session.id().clone(), Wall::from_unix_ms(OPENS_MS));
    let checkpoint = sealed(Checkpoint { sitting, epoch: 1, size: log.size, head: log.head, time });
    session.take_checkpoint(checkpoint).expect("it is of this log");
    assert_eq!(back(&mut session, &short), Err("issuer-untrusted".to_owned()), "less than it has countersigned");
    assert_eq!(session.log_bytes().expect("the log"), [whole[0].lines.join("\n"), "\n".to_owned()].concat().as_bytes());
    back(&mut session, &whole).expect("it comes back");
    let mut session = Session::exam(session.into_store()).expect("it opens");
    assert_eq!((session.log(), session.epoch()), (log, 2));
    session.come_back(None, &here).expect("the log goes on here again");
    let last = session.records().expect("records").pop().expect("a record");
    assert!(matches!(last.event, Event::Moved { .. }));
    assert_eq!((last.epoch, last.at.boot), (2, 2), "what was a boot of this computer is counted as another's");
    for (current, moved) in [(2, false), (3, true)] {
        let refusal = Fault::LeaseEnded { sent: 1, current, kept: log.size }.problem();
        session.records_refused(&refusal, 0).expect("it is kept");
        assert_eq!(session.has_moved(), moved, "an answer to what was sent under an earlier lease ends no later one");
    }
}
