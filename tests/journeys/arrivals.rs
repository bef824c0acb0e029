//! What a computer takes of a sitting that has begun elsewhere.

use invigil_client::{
    arrival::{arrive, fill},
    clock::Reading,
    session::Session,
    store::Store,
    uplink::Redeemed,
    view::Problem,
};
use invigil_core::{
    Moment, Wall,
    admission::Lease,
    exchange::Segment,
    log::{Actor, Tail},
    sitting::Event,
};
use invigil_tests::paper::{self, DEVICE_SEED, OPENS_MS, sealed};

fn reading(boot: &str, since_boot_ms: u64) -> Reading {
    Reading { wall: Wall::from_unix_ms(OPENS_MS).plus_ms(since_boot_ms), since_boot_ms, boot_id: boot.to_owned() }
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
    let session = arrive(store, &begun_elsewhere(&[0, 1, 2]), &DEVICE_SEED, None, &reading("here", 5_000));
    let session = session.expect("it arrives");
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
        let refused = filled.and_then(Session::exam).map(|_| ()).map_err(|problem: Problem| problem.code);
        assert_eq!(refused, Err("issuer-untrusted".to_owned()), "{boots:?}");
    }
}
