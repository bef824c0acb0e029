//! The ways to change a log, and where each has to show.

use invigil_tests::proof::Dice;
use std::ops::RangeInclusive;

pub const KINDS: [&str; 9] = [
    "a byte flipped",
    "a byte dropped",
    "a byte doubled",
    "a line dropped",
    "a line doubled",
    "two lines swapped",
    "cut short",
    "a line of another sitting",
    "lines of another sitting from here on",
];

/// One changed log.
pub struct Damage {
    /// One of [`KINDS`].
    pub kind: &'static str,
    /// The log.
    pub log: Vec<u8>,
    /// The records that may be named as the first that is not as it was written.
    pub expected: RangeInclusive<u64>,
}

/// Every damage of a log of which `vouched` records have an anchor before its end, or `slice` of each kind at places
/// that the dice choose.
pub fn damages<'a>(
    log: &'a [u8],
    other: &'a [u8],
    vouched: u64,
    slice: Option<usize>,
    dice: &mut Dice,
) -> impl Iterator<Item = Damage> + 'a {
    let lines: Vec<&[u8]> = log.split_inclusive(|byte| *byte == b'\n').collect();
    let mut places: Vec<(&'static str, usize)> = Vec::new();
    for kind in KINDS {
        let all = if kind.starts_with("a byte") || kind == "cut short" { log.len() } else { lines.len() - 1 };
        match slice {
            None => places.extend((0..all).map(|place| (kind, place))),
            Some(count) => places.extend((0..count).map(|_| (kind, dice.below(all)))),
        }
    }
    let foreign: Vec<&[u8]> = other.split_inclusive(|byte| *byte == b'\n').collect();
    places.into_iter().map(move |(kind, place)| change(kind, place, log, &lines, &foreign, vouched))
}

fn change(kind: &'static str, place: usize, log: &[u8], lines: &[&[u8]], foreign: &[&[u8]], vouched: u64) -> Damage {
    let last = lines.len() as u64 - 1;
    let line_of = |byte: usize| log[..byte].iter().filter(|b| **b == b'\n').count() as u64;
    // A line that is changed and still reads as the right record is betrayed by the next one. The last has none: there an
    // anchor tells, which knows no more than that the change lies behind the anchor before it.
    let near = |line: u64| if line == last { vouched..=line + 1 } else { line..=line + 1 };
    let joined = |parts: &[&[u8]]| parts.concat();
    let (log, expected) = match kind {
        "a byte flipped" => {
            let mut log = log.to_vec();
            log[place] ^= 1 << (place % 8);
            (log, near(line_of(place)))
        }
        "a byte dropped" => {
            let mut log = log.to_vec();
            log.remove(place);
            (log, near(line_of(place)))
        }
        "a byte doubled" => {
            let mut log = log.to_vec();
            log.insert(place, log[place]);
            (log, near(line_of(place)))
        }
        "a line dropped" => (joined(&[&lines[..place], &lines[place + 1..]].concat()), exactly(place)),
        "a line doubled" => (joined(&[&lines[..=place], &lines[place..]].concat()), exactly(place + 1)),
        "two lines swapped" => {
            let mut lines = lines.to_vec();
            lines.swap(place, place + 1);
            (lines.concat(), exactly(place))
        }
        "cut short" => (log[..place].to_vec(), exactly(usize::try_from(line_of(place)).unwrap_or(0))),
        "a line of another sitting" => {
            let mut lines = lines.to_vec();
            lines[place] = foreign[place % foreign.len()];
            (lines.concat(), exactly(place))
        }
        _ => {
            let tail = &foreign[place.min(foreign.len())..];
            (joined(&[&lines[..place], tail].concat()), exactly(place))
        }
    };
    Damage { kind, log, expected }
}

fn exactly(line: usize) -> RangeInclusive<u64> {
    let line = line as u64;
    line..=line
}
