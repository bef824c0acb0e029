//! Questions that are the same, or nearly so.

use super::Findings;
use crate::academy::Question;
use invigil_core::item::Exam;
use std::collections::{BTreeMap, BTreeSet};

/// Two texts are nearly the same when at least this share, in percent, of all their words stands in both.
const SHARED_PERCENT_MIN: usize = 80;
/// Texts of fewer different words than this differ in what matters when they differ at all.
const WORDS_MIN: usize = 8;

/// Adds equal texts anywhere in the bank, and nearly equal ones that one try would serve together.
pub fn questions(exam: &Exam, questions: &[Question], findings: &mut Findings) {
    let mut first: BTreeMap<String, &Question> = BTreeMap::new();
    for question in questions {
        let text = folded(&question.text);
        match first.get(&text) {
            Some(other) => {
                let message = format!("Questions {} and {} have the same text.", other.name(), question.name());
                findings.warning("equal-questions", Some(question.name()), message, "Change or take out one of them.");
            }
            None => {
                first.insert(text, question);
            }
        }
    }
    let size = match exam.items_per_try as usize {
        0 => questions.len().max(1),
        size => size,
    };
    // Numbers for words: large banks compare millions of pairs.
    let mut numbers = BTreeMap::new();
    let mut sets: BTreeMap<usize, Vec<(&Question, Vec<usize>)>> = BTreeMap::new();
    for question in questions {
        sets.entry(question.place / size).or_default().push((question, words(question, &mut numbers)));
    }
    for set in sets.values() {
        near(set, findings);
    }
}

fn near(set: &[(&Question, Vec<usize>)], findings: &mut Findings) {
    for (place, (question, words)) in set.iter().enumerate() {
        let twin = set[..place]
            .iter()
            .find(|(other, theirs)| is_near(words, theirs) && folded(&other.text) != folded(&question.text));
        if let Some((other, _)) = twin {
            let message = format!("Questions {} and {} are nearly the same.", other.name(), question.name());
            let remedy = "One try serves both: change one, or move it to another set.";
            findings.warning("near-duplicate", Some(question.name()), message, remedy);
        }
    }
}

fn is_near(a: &[usize], b: &[usize]) -> bool {
    let (fewer, more) = (a.len().min(b.len()), a.len().max(b.len()));
    // Texts of very different sizes cannot share enough.
    if fewer < WORDS_MIN || fewer * 100 < more * SHARED_PERCENT_MIN {
        return false;
    }
    let shared = shared(a, b);
    SHARED_PERCENT_MIN * (a.len() + b.len() - shared) <= 100 * shared
}

/// How many numbers two ascending lists have in common.
fn shared(a: &[usize], b: &[usize]) -> usize {
    let (mut i, mut j, mut shared) = (0, 0, 0);
    while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
        shared += usize::from(x == y);
        i += usize::from(x <= y);
        j += usize::from(y <= x);
    }
    shared
}

/// A text in lower case with single spaces.
pub fn folded(text: &str) -> String {
    text.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}

/// The different words of a question and its options, as ascending numbers. Options count: questions with the same
/// words and other options ask for something else.
fn words(question: &Question, numbers: &mut BTreeMap<String, usize>) -> Vec<usize> {
    let texts = std::iter::once(&question.text).chain(question.options.iter().map(|option| &option.text));
    let mut words = BTreeSet::new();
    for text in texts {
        for word in text.to_lowercase().split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
            let next = numbers.len();
            words.insert(*numbers.entry(word.to_owned()).or_insert(next));
        }
    }
    words.into_iter().collect()
}
