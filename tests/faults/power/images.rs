//! Many images of a sitting, each laid down and judged.

use super::{
    disk::{self, Image, Op},
    judge::{self, Next, Said, Wrong},
    sitting::{Part, folder},
};
use invigil_tests::proof::Dice;

/// What was found in many images.
#[derive(Debug, Default)]
pub struct Tally {
    pub images: u64,
    pub lost: u64,
    pub unopenable: u64,
    /// The most answers that one image lost.
    pub worst: u64,
    /// What was wrong, in words, a few of them.
    pub wrong: Vec<String>,
}

impl Tally {
    pub fn add(&mut self, other: Self) {
        self.images += other.images;
        self.lost += other.lost;
        self.unopenable += other.unopenable;
        self.worst = self.worst.max(other.worst);
        self.wrong.extend(other.wrong);
    }
}

/// Cuts the power at `count` random moments of a sitting of which only what `happens` happens.
pub fn try_images(parts: &[Part], count: usize, dice: &mut Dice, happens: impl Fn(&Op) -> bool) -> Tally {
    const WORDS_MAX: usize = 5;
    let mut tally = Tally::default();
    let whole: usize = parts.iter().map(|part| part.until).sum();
    for part in parts {
        let share = (count * part.until).div_ceil(whole);
        let mut cuts: Vec<usize> = (0..share).map(|_| dice.below(part.until + 1)).collect();
        cuts.sort_unstable();
        let (mut disk, mut said, mut done) = (part.disk.clone(), part.said.clone(), 0);
        for cut in cuts {
            for op in &part.ops[done..cut] {
                said.hear(op);
                if happens(op) {
                    disk.carry_out(op);
                }
            }
            done = cut;
            let closely = tally.images % 20 == 0;
            tally.images += 1;
            let next = Next::in_ops(&part.ops[cut..]);
            let Err(wrong) = tried(&disk.cut(dice), &said, &next, closely) else { continue };
            match &wrong {
                Wrong::Lost { answers, .. } => {
                    tally.lost += 1;
                    tally.worst = tally.worst.max(*answers as u64);
                }
                Wrong::Unopenable(_) => tally.unopenable += 1,
                Wrong::False(_) => {}
            }
            if tally.wrong.len() < WORDS_MAX {
                tally.wrong.push(format!("after {cut} of {} operations: {wrong:?}", part.ops.len()));
            }
        }
    }
    tally
}

/// Lays one image down and judges it.
pub fn tried(image: &Image, said: &Said, next: &Next, closely: bool) -> Result<Vec<String>, Wrong> {
    let folder = folder();
    disk::lay_down(image, folder.path());
    judge::judge(folder.path(), image, said, next, closely)
}
