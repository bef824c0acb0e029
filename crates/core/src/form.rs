//! The form: which items one try serves and in which order. Client and issuer compute it from the same signed facts.

use crate::{
    digest::Digest,
    ids::ItemId,
    item::{Exam, Interaction, Item},
};
use serde::{Deserialize, Serialize};

/// What fixes a form, signed in the admission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Draw {
    /// Which consecutive set of the bank, counted from 0. Sets cycle when the bank has fewer.
    pub set: u32,
    /// Orders items and choices where the exam shuffles them.
    pub seed: Digest,
}

/// The items of one try, in the order they are shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// The items; choices are in the order they are shown.
    pub items: Vec<Item>,
}

impl Form {
    /// Draws the form of a try.
    ///
    /// The Academy cuts a bank in order into consecutive sets of `items_per_try` and serves the next set at each try.
    /// A bank that holds fewer items than that is served whole; a remainder that does not fill a set is not served.
    pub fn draw(exam: &Exam, draw: &Draw) -> Self {
        let per_try = exam.items_per_try as usize;
        let mut items = if per_try == 0 || exam.items.len() < per_try {
            exam.items.clone()
        } else {
            let sets = exam.items.len() / per_try;
            let start = (draw.set as usize % sets) * per_try;
            exam.items[start..start + per_try].to_vec()
        };
        if exam.shuffle.items {
            shuffle(&mut items, &draw.seed, "items");
        }
        if exam.shuffle.choices {
            for item in &mut items {
                let label = item.id.to_string();
                if let Interaction::Choice { choices, .. } = &mut item.interaction
                    && !reads_in_order(choices)
                {
                    shuffle(choices, &draw.seed, &label);
                }
            }
        }
        Self { items }
    }

    /// The item with this identifier.
    pub fn item(&self, id: &ItemId) -> Option<&Item> {
        self.items.iter().find(|item| item.id == *id)
    }

    /// The identifiers in the order shown.
    pub fn ids(&self) -> Vec<ItemId> {
        self.items.iter().map(|item| item.id.clone()).collect()
    }
}

// “True, False” is a fixed pair: shuffling it costs a reader time and tells nobody anything.
fn reads_in_order(choices: &[crate::item::Choice]) -> bool {
    choices.len() == 2 && choices[0].id == "true" && choices[1].id == "false"
}

/// Fisher–Yates with SHA-256 in counter mode as its source, so that every implementation gets the same order.
/// The remainder's bias is below 2^-50 for lists of any practical length.
fn shuffle<T>(list: &mut [T], seed: &Digest, label: &str) {
    for last in (1..list.len()).rev() {
        let block = Digest::of(format!("invigil/draw/1 {seed} {label} {last}"));
        let word = u64::from_be_bytes(block.as_bytes()[..8].try_into().unwrap_or_default());
        let bound = last as u64 + 1;
        list.swap(last, usize::try_from(word % bound).unwrap_or(0));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::item::{Choice, Shuffle};

    fn exam(items: usize, per_try: u32, shuffle: Shuffle) -> Exam {
        let item = |n: usize| Item {
            id: format!("q{n}").parse().unwrap(),
            canonical_id: String::new(),
            prompt: String::new(),
            instructions: None,
            interaction: Interaction::Choice {
                max_choices: 1,
                choices: ["a", "b", "c", "d"].map(|id| Choice { id: id.into(), content: String::new() }).to_vec(),
            },
            marks: 1,
            competency: None,
        };
        Exam {
            id: "e".parse().unwrap(),
            title: String::new(),
            description: String::new(),
            language: "en".into(),
            minutes: 0,
            pass_percent: 70,
            items_per_try: per_try,
            tries_max: 0,
            shuffle,
            competencies: vec![],
            items: (0..items).map(item).collect(),
        }
    }

    fn ids(exam: &Exam, set: u32) -> String {
        let form = Form::draw(exam, &Draw { set, seed: Digest::of("seed") });
        form.ids().iter().map(ItemId::to_string).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn sets_are_consecutive_and_cycle() {
        let plain = Shuffle::default();
        for (items, per_try, set, expected) in [
            (6, 2, 0, "q0 q1"),
            (6, 2, 2, "q4 q5"),
            (6, 2, 3, "q0 q1"),
            (5, 2, 2, "q0 q1"),
            (2, 3, 1, "q0 q1"),
            (3, 0, 7, "q0 q1 q2"),
        ] {
            assert_eq!(ids(&exam(items, per_try, plain), set), expected, "{items}/{per_try} set {set}");
        }
    }

    #[test]
    fn the_order_is_fixed_by_the_seed_for_ever() {
        let shuffled = exam(8, 0, Shuffle { items: true, choices: false });
        assert_eq!(ids(&shuffled, 0), "q0 q4 q1 q5 q2 q6 q3 q7");
    }
}
