//! Many lives of a sitting in one process, each driven by one seed: the real rules, stores and formats under an invented
//! clock and an invented network. A failing seed is printed and repeats: `SEED=n`.

mod clock;
mod device;
mod machine;
mod world;

use invigil_tests::proof::Proof;
use std::panic::{AssertUnwindSafe, catch_unwind};
use world::{Template, World, kinds};

const SLICE: u64 = 60;
const WHOLE: u64 = 100_000;
const STEPS: u64 = 120;

#[test]
fn no_story_loses_an_answer() {
    let mut proof = Proof::begin("stories");
    let template = Template::new();
    let mut seeds = proof.dice();
    // One story by its own seed, for looking into a failure.
    let one = std::env::var("STORY").ok().and_then(|text| text.parse().ok());
    let stories = if one.is_some() { 1 } else { proof.size(SLICE, WHOLE) };
    for _ in 0..stories {
        let seed = one.unwrap_or_else(|| seeds.throw());
        let told = catch_unwind(AssertUnwindSafe(|| tell(&template, &mut proof, seed)));
        assert!(told.is_ok(), "this story went wrong; STORY={seed} tells it again");
        proof.count("stories", 1);
    }
    if one.is_none() {
        for what in kinds() {
            assert!(0 < proof.counted(what), "“{what}” never happened");
        }
    }
    proof.holds();
}

fn tell(template: &Template, proof: &mut Proof, seed: u64) {
    let mut counted = Vec::new();
    let mut world = World::new(template, proof, seed);
    for _ in 0..STEPS {
        counted.extend(world.step());
    }
    world.end();
    counted.into_iter().for_each(|what| proof.count(what, 1));
}
