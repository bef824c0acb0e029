//! Reading the members of a mapping: both key dialects, and values that say what they mean in more than one way.

use super::yaml::Node;

/// The members of a mapping. `timeLimit`, `time_limit` and `timelimit` are the same name, as they are to Hugo.
#[derive(Debug, Clone, Copy)]
pub struct Fields<'a>(&'a [(String, Node)]);

impl<'a> Fields<'a> {
    /// The members of `node`; `None` when it is not a mapping.
    pub fn of(node: &'a Node) -> Option<Self> {
        match node {
            Node::Map(entries) => Some(Self(entries)),
            Node::Null | Node::Scalar(_) | Node::List(_) => None,
        }
    }

    /// The first member of that name that is not null.
    pub fn find(&self, name: &str) -> Option<&'a Node> {
        let name = folded(name);
        self.0.iter().find(|(key, node)| *node != Node::Null && folded(key) == name).map(|(_, node)| node)
    }

    /// The text of a scalar member, without white space at its ends; `None` when there is nothing left.
    pub fn text(&self, name: &str) -> Option<&'a str> {
        self.find(name).and_then(text)
    }

    /// Whether a member is there that is not null.
    pub fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// Names that occur more than once with different values, as written the first time.
    pub fn contradictions(&self) -> Vec<&'a str> {
        let mut found: Vec<&str> = Vec::new();
        for (place, (key, node)) in self.0.iter().enumerate() {
            let differs = |(other, value): &(String, Node)| folded(other) == folded(key) && value != node;
            let listed = found.iter().any(|name| folded(name) == folded(key));
            if !listed && self.0[place + 1..].iter().any(differs) {
                found.push(key);
            }
        }
        found
    }

    /// The names that are not in `known`, as written.
    pub fn unknown(&self, known: &[&str]) -> Vec<&'a str> {
        let known: Vec<String> = known.iter().map(|name| folded(name)).collect();
        self.0.iter().map(|(key, _)| key.as_str()).filter(|key| !known.contains(&folded(key))).collect()
    }
}

fn folded(key: &str) -> String {
    key.chars().filter(|c| !matches!(c, '_' | '-')).flat_map(char::to_lowercase).collect()
}

/// The text of a scalar without white space at its ends; `None` for everything else and when nothing is left.
pub fn text(node: &Node) -> Option<&str> {
    match node {
        Node::Scalar(text) => Some(text.trim()).filter(|text| !text.is_empty()),
        Node::Null | Node::List(_) | Node::Map(_) => None,
    }
}

/// The texts of a list, or of one scalar as a list of one; `None` when anything in it is not text.
pub fn texts(node: &Node) -> Option<Vec<&str>> {
    match node {
        Node::Null => Some(vec![]),
        Node::Scalar(_) => Some(text(node).into_iter().collect()),
        Node::List(nodes) => nodes.iter().map(text).collect(),
        Node::Map(_) => None,
    }
}

/// `true` or `false` in any casing, quoted or not, also as `yes`, `no`, `on` and `off`.
pub fn flag(node: &Node) -> Option<bool> {
    match text(node)?.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" => Some(true),
        "false" | "no" | "off" => Some(false),
        _other => None,
    }
}

/// A whole number, also written `2.0` or `"2"`.
pub fn whole(node: &Node) -> Option<i64> {
    let text = text(node)?;
    let text =
        text.split_once('.').map_or(text, |(whole, rest)| if rest.trim_matches('0').is_empty() { whole } else { text });
    text.parse().ok()
}

/// A time limit as the Academy's own back end reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeLimit {
    /// Whole minutes; 0 = untimed.
    pub minutes: u32,
    /// Whether that is what the author plainly wrote.
    pub plain: bool,
}

/// Reads a time limit: a number or text, of which fractions are cut off, negative ones and words mean untimed, and
/// everything too large is brought to the largest 32-bit integer.
pub fn time_limit(node: &Node) -> TimeLimit {
    const MINUTES_MAX: u32 = 2_147_483_647;
    let Some(text) = text(node) else {
        return TimeLimit { minutes: 0, plain: matches!(node, Node::Scalar(_) | Node::Null) };
    };
    let numeric = text.chars().all(|c| c.is_ascii_digit() || "+-.eE".contains(c));
    let Some(number) = text.parse::<f64>().ok().filter(|_| numeric) else {
        let untimed = ["infinite", "unlimited", "none"].iter().any(|word| text.eq_ignore_ascii_case(word));
        return TimeLimit { minutes: 0, plain: untimed };
    };
    if number < f64::from(MINUTES_MAX) {
        // `as` cuts the fraction off and brings everything below zero to zero, which is the rule.
        let minutes = number as u32;
        TimeLimit { minutes, plain: f64::from(minutes) == number }
    } else {
        TimeLimit { minutes: MINUTES_MAX, plain: number == f64::from(MINUTES_MAX) }
    }
}

#[cfg(test)]
mod tests {
    use super::super::yaml::parse;
    use super::*;

    fn scalar(text: &str) -> Node {
        Node::Scalar(text.to_owned())
    }

    #[test]
    fn time_limits_are_read_as_the_academy_does() {
        for (written, minutes, plain) in [
            ("25", 25, true),
            (" 30 ", 30, true),
            ("infinite", 0, true),
            ("", 0, true),
            ("0", 0, true),
            ("-5", 0, false),
            ("25.7", 25, false),
            ("25.0", 25, true),
            ("1e309", 2_147_483_647, false),
            ("99999999999", 2_147_483_647, false),
            ("1e2", 100, true),
            ("soon", 0, false),
            ("inf", 0, false),
            ("NaN", 0, false),
            (".inf", 0, false),
            ("30 minutes", 0, false),
        ] {
            assert_eq!(time_limit(&scalar(written)), TimeLimit { minutes, plain }, "{written:?}");
        }
        assert_eq!(time_limit(&Node::List(vec![])), TimeLimit { minutes: 0, plain: false });
    }

    #[test]
    fn flags_and_whole_numbers_have_several_spellings() {
        for (written, as_flag, as_whole) in [
            ("true", Some(true), None),
            ("FALSE", Some(false), None),
            (" yes ", Some(true), None),
            ("maybe", None, None),
            ("2", None, Some(2)),
            ("2.0", None, Some(2)),
            ("-1", None, Some(-1)),
            ("1.5", None, None),
            ("2 marks", None, None),
            ("", None, None),
        ] {
            assert_eq!((flag(&scalar(written)), whole(&scalar(written))), (as_flag, as_whole), "{written:?}");
        }
    }

    #[test]
    fn both_dialects_name_the_same_member() {
        let node = parse("time_limit: 5\nmaxAttempts:\nmax_attempts: 3\nodd-key: 1\nTimeLimit: 6").unwrap();
        let fields = Fields::of(&node).unwrap();
        assert_eq!(fields.text("timeLimit"), Some("5"));
        assert_eq!(fields.text("maxAttempts"), Some("3"));
        assert_eq!(fields.contradictions(), ["time_limit", "maxAttempts"]);
        assert_eq!(fields.unknown(&["timeLimit", "maxAttempts"]), ["odd-key"]);
    }
}
