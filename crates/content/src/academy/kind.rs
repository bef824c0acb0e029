//! The Academy's question types, and what authors write instead of them.

/// A question type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One of several options.
    SingleAnswer,
    /// All the right ones of several options.
    MultipleAnswers,
    /// True or false.
    TrueFalse,
    /// A few words.
    ShortAnswer,
    /// A longer text that a person marks.
    Essay,
}

/// How a type was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spelling {
    /// As documented.
    Exact,
    /// In another case or with underscores, which the Academy understands too.
    Dialect,
    /// Wrongly, but it can mean nothing else.
    Repaired,
}

impl Kind {
    const ALL: [Kind; 5] = [Kind::SingleAnswer, Kind::MultipleAnswers, Kind::TrueFalse, Kind::ShortAnswer, Kind::Essay];

    /// The documented spelling.
    pub fn name(self) -> &'static str {
        match self {
            Self::SingleAnswer => "single-answer",
            Self::MultipleAnswers => "multiple-answers",
            Self::TrueFalse => "true-false",
            Self::ShortAnswer => "short-answer",
            Self::Essay => "essay",
        }
    }

    /// Reads a type, also a misspelt one of which at most two letters are wrong, missing or too many.
    pub fn read(text: &str) -> Option<(Kind, Spelling)> {
        const TYPOS_MAX: usize = 2;
        let text = text.trim();
        if let Some(kind) = Self::ALL.into_iter().find(|kind| kind.name() == text) {
            return Some((kind, Spelling::Exact));
        }
        let dialect = text.to_lowercase().replace('_', "-");
        if let Some(kind) = Self::ALL.into_iter().find(|kind| kind.name() == dialect) {
            return Some((kind, Spelling::Dialect));
        }
        let letters = letters(&dialect);
        Self::ALL
            .into_iter()
            .find(|kind| distance(&letters, &self::letters(kind.name())) <= TYPOS_MAX)
            .map(|kind| (kind, Spelling::Repaired))
    }
}

fn letters(text: &str) -> Vec<char> {
    // The longest type has 15 letters; the rest of a longer text cannot make it one of them.
    text.chars().filter(|c| c.is_alphanumeric()).take(24).collect()
}

/// The least number of letters to change, add or take away.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let change = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = change.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misspelt_types_are_repaired_and_others_are_not_guessed() {
        use Kind::{Essay, MultipleAnswers, ShortAnswer, SingleAnswer, TrueFalse};
        use Spelling::{Dialect, Exact, Repaired};
        for (written, expected) in [
            ("single-answer", Some((SingleAnswer, Exact))),
            ("multiple-answers", Some((MultipleAnswers, Exact))),
            (" essay ", Some((Essay, Exact))),
            ("Single-Answer", Some((SingleAnswer, Dialect))),
            ("short_answer", Some((ShortAnswer, Dialect))),
            ("TRUE_FALSE", Some((TrueFalse, Dialect))),
            ("singe-answer", Some((SingleAnswer, Repaired))),
            ("single answer", Some((SingleAnswer, Repaired))),
            ("singleanswer", Some((SingleAnswer, Repaired))),
            ("multiple-answer", Some((MultipleAnswers, Repaired))),
            ("multipel-answers", Some((MultipleAnswers, Repaired))),
            ("shortanswers", Some((ShortAnswer, Repaired))),
            ("true/false", Some((TrueFalse, Repaired))),
            ("esay", Some((Essay, Repaired))),
            ("multiple-choice", None),
            ("matching", None),
            ("answer", None),
            ("", None),
        ] {
            assert_eq!(Kind::read(written), expected, "{written:?}");
        }
    }
}
