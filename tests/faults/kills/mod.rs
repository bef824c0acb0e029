//! Kills. The shipped candidate program sits against the shipped issuing service. It is killed (SIGKILL) at random moments
//! and started again until the sitting is handed in; now and then the service is killed too.

pub mod issuer;
mod phase;
mod sitting;
mod wire;

use invigil_tests::proof::{Dice, Proof};
use phase::Phase;
use sitting::Desk;
use std::{collections::BTreeMap, sync::Mutex, thread};

/// Sittings go on until there were so many kills.
const KILLS: (u64, u64) = (20, 1_000);

/// What all sittings came to.
#[derive(Default)]
pub struct Tally {
    pub kills: BTreeMap<Phase, u64>,
    pub issuer_kills: u64,
    pub sittings: u64,
    pub saved: u64,
    pub kept: u64,
}

impl Tally {
    /// Whether there were so many kills and one in every phase, or far too many for that.
    fn is_enough(&self, wanted: u64) -> bool {
        let kills = self.kills.values().sum::<u64>();
        let everywhere = Phase::ALL.iter().all(|phase| !phase.must_be_hit() || self.kills.contains_key(phase));
        wanted <= kills && (everywhere || 3 * wanted <= kills)
    }
}

#[test]
fn no_kill_takes_an_answer_that_was_saved() {
    let mut proof = Proof::begin("kills");
    let (wanted, desks) = (proof.size(KILLS.0, KILLS.1), proof.size(2, 4));
    let seed = proof.seed();
    let tally = Mutex::new(Tally::default());
    thread::scope(|scope| {
        for number in 0..desks {
            let tally = &tally;
            scope.spawn(move || {
                let mut dice = Dice(seed.wrapping_add(number));
                let mut desk = Desk::new(dice.throw());
                while !tally.lock().expect("the tally").is_enough(wanted) {
                    desk.sit(&mut dice, tally);
                }
            });
        }
    });
    let tally = tally.into_inner().expect("the tally");
    for phase in Phase::ALL {
        let kills = tally.kills.get(&phase).copied().unwrap_or(0);
        assert!(0 < kills || !phase.must_be_hit(), "no kill hit “{phase}”: {:?}", tally.kills);
        proof.count(&format!("kills: {phase}"), kills);
    }
    proof.count("kills", tally.kills.values().sum());
    proof.count("kills of the issuing service", tally.issuer_kills);
    proof.count("sittings handed in", tally.sittings);
    proof.count("answers called saved", tally.saved);
    proof.count("answers kept over a restart", tally.kept);
    proof.holds();
}
