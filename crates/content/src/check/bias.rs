//! Patterns that let a candidate guess the key without knowing the subject.

use super::Findings;
use crate::academy::Question;
use invigil_core::{
    grading::Rule,
    item::{Exam, Interaction},
};
use std::collections::BTreeMap;

/// Fewer questions of a kind than this show no pattern.
const QUESTIONS_MIN: usize = 20;

/// Adds what the places and lengths of the right options give away.
pub fn lints(exam: &Exam, questions: &[Question], findings: &mut Findings) {
    let singles: Vec<Single> = questions.iter().filter_map(Single::of).collect();
    // A shuffled place says nothing.
    if !exam.shuffle.choices {
        positions(&singles, findings);
    }
    longest(&singles, findings);
}

/// A question with one right option among at least three.
struct Single {
    options: usize,
    right: usize,
    longest: Option<usize>,
}

impl Single {
    fn of(question: &Question) -> Option<Self> {
        let Interaction::Choice { max_choices: 1, .. } = question.item.interaction else { return None };
        let Rule::Choices { correct } = &question.key.rule else { return None };
        let right = question.options.iter().position(|option| correct.contains(&option.id))?;
        if correct.len() != 1 || question.options.len() < 3 {
            return None;
        }
        let lengths: Vec<usize> = question.options.iter().map(|option| option.text.chars().count()).collect();
        let most = lengths.iter().max()?;
        let longest = lengths.iter().filter(|length| *length == most).count() == 1;
        let longest = longest.then(|| lengths.iter().position(|length| length == most)).flatten();
        Some(Self { options: lengths.len(), right, longest })
    }
}

/// Pearson's chi-square test against “every place is as likely”, at the level of one percent, over the questions with
/// the same number of options. It says nothing where a place would hold fewer than five keys.
fn positions(singles: &[Single], findings: &mut Findings) {
    let mut by_options: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for single in singles {
        let places = by_options.entry(single.options).or_insert_with(|| vec![0; single.options]);
        places[single.right] += 1;
    }
    for (options, places) in by_options {
        let total: usize = places.iter().sum();
        let expected = total as f64 / options as f64;
        let chi_square: f64 = places.iter().map(|n| (*n as f64 - expected).powi(2) / expected).sum();
        if QUESTIONS_MIN <= total && 5.0 <= expected && critical(options - 1) < chi_square {
            let list: Vec<String> = places.iter().map(usize::to_string).collect();
            let message = format!(
                "The right option of the questions with {options} options stands unevenly often in each place: {}.",
                list.join(", ")
            );
            findings.warning("position-bias", None, message, "Add “shuffle: options”, or move right options about.");
        }
    }
}

/// The value that chi-square exceeds by chance once in a hundred times, by Wilson and Hilferty's approximation, which is
/// within one percent of the tables from two degrees of freedom on.
fn critical(degrees: usize) -> f64 {
    const NORMAL_99: f64 = 2.326;
    let k = degrees as f64;
    let part = 2.0 / (9.0 * k);
    k * (1.0 - part + NORMAL_99 * part.sqrt()).powi(3)
}

/// The longest option is expected to be the key once in as many times as there are options. More than 2.58 standard
/// deviations above that, which happens by chance once in two hundred times, is a pattern that candidates use.
fn longest(singles: &[Single], findings: &mut Findings) {
    const DEVIATIONS: f64 = 2.58;
    let clear: Vec<&Single> = singles.iter().filter(|single| single.longest.is_some()).collect();
    let chance = |single: &&Single| 1.0 / single.options as f64;
    let expected: f64 = clear.iter().map(chance).sum();
    let deviation: f64 = clear.iter().map(chance).map(|p| p * (1.0 - p)).sum::<f64>().sqrt();
    let keys = clear.iter().filter(|single| single.longest == Some(single.right)).count();
    if QUESTIONS_MIN <= clear.len() && expected + DEVIATIONS * deviation < keys as f64 {
        let message = format!(
            "The longest option is the right one in {keys} of {} questions; {expected:.0} would be chance.",
            clear.len()
        );
        findings.warning("longest-is-key", None, message, "Make wrong options as long and as exact as right ones.");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn critical_values_are_those_of_the_tables() {
        for (degrees, table) in [(2, 9.210), (3, 11.345), (4, 13.277), (5, 15.086), (9, 21.666)] {
            let value = critical(degrees);
            assert!((value - table).abs() < table / 100.0, "{degrees}: {value} for {table}");
        }
    }

    #[test]
    fn uneven_places_are_reported_from_one_percent_on() {
        for (places, reported) in [
            ([7, 23, 16, 6], true),
            ([7, 30, 14, 2], true),
            ([6, 38, 3, 2], true),
            ([3, 7, 7, 4], false),
            ([2, 15, 17, 5], true),
            ([13, 12, 14, 13], false),
            ([9, 18, 14, 11], false),
            ([0, 19, 0, 0], false),
        ] {
            let singles: Vec<Single> = places
                .iter()
                .enumerate()
                .flat_map(|(right, n)| (0..*n).map(move |_| Single { options: 4, right, longest: None }))
                .collect();
            let mut findings = Findings::of("f");
            positions(&singles, &mut findings);
            assert_eq!(findings.into_list().len(), usize::from(reported), "{places:?}");
        }
    }

    #[test]
    fn the_longest_option_may_be_right_by_chance() {
        for (keys, of, reported) in
            [(30, 54, true), (27, 53, true), (14, 54, false), (21, 54, false), (22, 54, true), (10, 10, false)]
        {
            let single = |n| Single { options: 4, right: 0, longest: Some(usize::from(keys <= n)) };
            let singles: Vec<Single> = (0..of).map(single).collect();
            let mut findings = Findings::of("f");
            longest(&singles, &mut findings);
            assert_eq!(findings.into_list().len(), usize::from(reported), "{keys} of {of}");
        }
    }
}
