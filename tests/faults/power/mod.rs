//! Power cuts. A program that sits an exam by the runtime's own code is traced; from the trace, disks are made as a
//! power cut at any moment might leave them; and each is opened by the runtime's own code. What the program had been told
//! is durable has to be there.

mod control;
mod disk;
mod images;
mod judge;
mod paper;
mod sitting;
mod trace;
mod writer;

use disk::Op;
use images::Tally;
use invigil_tests::proof::{Dice, Proof};
use sitting::Sat;
use std::{sync::Mutex, thread};

/// Answers in one trace.
const ANSWERS: (u64, u64) = (150, 500);
const TRACES: (u64, u64) = (2, 20);
const IMAGES: (u64, u64) = (300, 10_500);

#[test]
fn no_power_cut_takes_an_answer_that_was_saved() {
    let mut proof = Proof::begin("power cuts");
    let traces = proof.size(TRACES.0, TRACES.1);
    let answers = usize::try_from(proof.size(ANSWERS.0, ANSWERS.1)).expect("few");
    let images = usize::try_from(proof.size(IMAGES.0, IMAGES.1) / traces).expect("few");
    let seed = proof.seed();
    let (next, whole) = (Mutex::new(0..traces), Mutex::new((Tally::default(), Sat::default())));
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let Some(number) = next.lock().expect("numbers").next() else { return };
                    let mut dice = Dice(seed.wrapping_add(number));
                    let parts = sitting::sit(&mut dice, answers);
                    let sat = Sat::of(&parts);
                    let tally = images::try_images(&parts, images, &mut dice, |_| true);
                    assert_eq!(tally.wrong, Vec::<String>::new(), "SEED={seed}, trace {number}");
                    let mut whole = whole.lock().expect("the tally");
                    whole.0.add(tally);
                    whole.1.add(&sat);
                }
            });
        }
    });
    let (tally, sat) = whole.into_inner().expect("the tally");
    assert!(answers as u64 * traces <= sat.answers, "{sat:?}");
    assert!(traces < sat.processes && traces < sat.checkpoints, "{sat:?}");
    proof.count("traces", traces);
    proof.count("acknowledged answers", sat.answers);
    proof.count("processes", sat.processes);
    proof.count("power cuts that a sitting went on after", sat.cuts);
    proof.count("checkpoints of a WAL", sat.checkpoints);
    proof.count("images", tally.images);
    proof.count("images that lost an answer", tally.lost);
    proof.count("images that did not open", tally.unopenable);
    proof.holds();
}

/// The same harness must see a loss where there is one: with `synchronous=NORMAL`, with `FULL` syncs that are taken out of
/// the trace, and with small files whose folder or bytes are not synced.
#[test]
fn a_store_that_does_not_wait_for_the_disk_is_found_out() {
    let mut proof = Proof::begin("power cuts, negative control");
    let mut dice = proof.dice();
    let images = usize::try_from(proof.size(100, 1_000)).expect("few");
    let parts = sitting::sit(&mut dice, usize::try_from(proof.size(80, 500)).expect("few"));
    for (setting, loses) in [("EXTRA", false), ("NORMAL", true)] {
        let copied = control::copy(&parts, setting);
        let tally = images::try_images(&copied, images, &mut dice, |_| true);
        assert_eq!(loses, 0 < tally.lost, "synchronous={setting}: {tally:?}");
        assert!(loses || tally.wrong.is_empty(), "synchronous={setting}: {tally:?}");
        proof.count(&format!("images with synchronous={setting}"), tally.images);
        proof.count(&format!("images with synchronous={setting} that lost an answer"), tally.lost);
        proof.count(&format!("most answers lost with synchronous={setting}"), tally.worst);
    }
    for (what, folders) in [("without syncs of files", false), ("without syncs of folders", true)] {
        let happens = |op: &Op| !matches!((op, folders), (Op::Sync { .. }, false) | (Op::SyncFolder { .. }, true));
        let tally = images::try_images(&parts, images, &mut dice, happens);
        assert!(0 < tally.lost, "{what}: {tally:?}");
        proof.count(&format!("images {what}"), tally.images);
        proof.count(&format!("images {what} that lost something"), tally.lost);
    }
    proof.holds();
}
