//! Many lives of a sitting in one process, each driven by one seed: the real rules, stores and formats under an invented
//! clock and an invented network. A failing seed is printed and repeats: `SEED=n` tells
//! all of them again, `CASE=n` one.

mod alone;
mod clock;
mod device;
mod machine;
mod network;
mod refused;
mod seat;
mod world;

use invigil_tests::proof::Proof;
use world::{Template, World, kinds};

const SLICE: u64 = 60;
const WHOLE: u64 = 100_000;
const STEPS: u64 = 120;

#[test]
fn no_story_loses_an_answer() {
    let mut proof = Proof::begin("stories");
    let template = Template::new();
    proof.each(proof.size(SLICE, WHOLE), |seed, counts| {
        let mut world = World::new(&template, counts, seed);
        for _ in 0..STEPS {
            world.step();
        }
        world.end();
    });
    if proof.whole() && !proof.single() {
        for what in kinds() {
            assert!(0 < proof.counted(what), "“{what}” never happened");
        }
    }
    proof.holds();
}
