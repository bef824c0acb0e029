//! YAML as a tree in which every scalar keeps its own spelling.
//!
//! A YAML library that resolves types turns the unquoted answer `1.10` into the number 1.1 and the option `True` into
//! `true`. An exam needs what the author wrote, so the tree is read in two passes: the first finds out which nodes are
//! scalars, lists and mappings, the second asks for every scalar as text.

use serde_norway::Deserializer;
use std::{borrow::Cow, cell::Cell, fmt};

use serde::de::{DeserializeSeed, EnumAccess, Error as _, IgnoredAny, MapAccess, SeqAccess, VariantAccess, Visitor};

/// The most nodes of one document, counted after aliases are followed, so that a small file cannot fill the memory.
pub const NODES_MAX: usize = 500_000;
/// The most `[` and `{` of one document: libyaml's time grows with the square of their nesting.
pub const BRACKETS_MAX: usize = 20_000;

/// A YAML node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    /// Nothing, `~` or `null`, unquoted.
    Null,
    /// Everything that is not a collection, as it was written.
    Scalar(String),
    /// A sequence.
    List(Vec<Node>),
    /// A mapping in its written order. Keys may repeat; keys that are not scalars are left out.
    Map(Vec<(String, Node)>),
}

/// Reads one YAML document. An empty document is `Null`.
///
/// # Errors
/// What the parser says, in one line.
pub fn parse(text: &str) -> Result<Node, String> {
    let brackets = text.bytes().filter(|byte| matches!(byte, b'[' | b'{')).count();
    if BRACKETS_MAX < brackets {
        return Err(format!("it holds {brackets} opening brackets, and {BRACKETS_MAX} are read at most"));
    }
    let text = unbroken(text);
    let budget = Cell::new(NODES_MAX);
    let shape = ShapeOf(&budget).deserialize(Deserializer::from_str(&text)).map_err(|why| why.to_string())?;
    if matches!(shape, Shape::Null) {
        return Ok(Node::Null);
    }
    TextOf(&shape).deserialize(Deserializer::from_str(&text)).map(merged).map_err(|why| why.to_string())
}

// libyaml follows YAML 1.1, where U+0085, U+2028 and U+2029 end a line. YAML 1.2 treats them as ordinary characters, and
// they slip into texts copied from web pages, so they become spaces before libyaml sees them.
fn unbroken(text: &str) -> Cow<'_, str> {
    let breaks = ['\u{85}', '\u{2028}', '\u{2029}'];
    if text.contains(breaks) { text.replace(breaks, " ").into() } else { text.into() }
}

enum Shape {
    Null,
    Scalar,
    List(Vec<Shape>),
    Map(Vec<(Shape, Shape)>),
}

#[derive(Clone, Copy)]
struct ShapeOf<'a>(&'a Cell<usize>);

impl<'de> DeserializeSeed<'de> for ShapeOf<'_> {
    type Value = Shape;
    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Shape, D::Error> {
        let left = self.0.get().checked_sub(1).ok_or_else(|| {
            D::Error::custom(format_args!("it has more than {NODES_MAX} nodes once aliases are followed"))
        })?;
        self.0.set(left);
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ShapeOf<'_> {
    type Value = Shape;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any YAML")
    }
    fn visit_unit<E>(self) -> Result<Shape, E> {
        Ok(Shape::Null)
    }
    fn visit_none<E>(self) -> Result<Shape, E> {
        Ok(Shape::Null)
    }
    fn visit_bool<E>(self, _: bool) -> Result<Shape, E> {
        Ok(Shape::Scalar)
    }
    fn visit_i64<E>(self, _: i64) -> Result<Shape, E> {
        Ok(Shape::Scalar)
    }
    fn visit_i128<E>(self, _: i128) -> Result<Shape, E> {
        Ok(Shape::Scalar)
    }
    fn visit_u64<E>(self, _: u64) -> Result<Shape, E> {
        Ok(Shape::Scalar)
    }
    fn visit_u128<E>(self, _: u128) -> Result<Shape, E> {
        Ok(Shape::Scalar)
    }
    fn visit_f64<E>(self, _: f64) -> Result<Shape, E> {
        Ok(Shape::Scalar)
    }
    fn visit_str<E>(self, _: &str) -> Result<Shape, E> {
        Ok(Shape::Scalar)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Shape, A::Error> {
        let mut shapes = Vec::new();
        while let Some(shape) = list.next_element_seed(self)? {
            shapes.push(shape);
        }
        Ok(Shape::List(shapes))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Shape, A::Error> {
        let mut shapes = Vec::new();
        while let Some(entry) = map.next_entry_seed(self, self)? {
            shapes.push(entry);
        }
        Ok(Shape::Map(shapes))
    }
    // A node with a tag of the author's own, such as `!foo bar`.
    fn visit_enum<A: EnumAccess<'de>>(self, tagged: A) -> Result<Shape, A::Error> {
        let (_tag, node) = tagged.variant::<IgnoredAny>()?;
        node.newtype_variant_seed(self)
    }
}

struct TextOf<'a>(&'a Shape);

impl<'de> DeserializeSeed<'de> for TextOf<'_> {
    type Value = Node;
    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        match self.0 {
            Shape::Null | Shape::Scalar => deserializer.deserialize_str(self),
            Shape::List(_) => deserializer.deserialize_seq(self),
            Shape::Map(_) => deserializer.deserialize_map(self),
        }
    }
}

impl<'de> Visitor<'de> for TextOf<'_> {
    type Value = Node;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the same YAML again")
    }
    fn visit_str<E>(self, text: &str) -> Result<Node, E> {
        Ok(match self.0 {
            Shape::Null => Node::Null,
            Shape::Scalar | Shape::List(_) | Shape::Map(_) => Node::Scalar(text.to_owned()),
        })
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Node, A::Error> {
        let Shape::List(shapes) = self.0 else { return Err(A::Error::custom("a list where none was before")) };
        let mut nodes = Vec::with_capacity(shapes.len());
        for shape in shapes {
            nodes.extend(list.next_element_seed(TextOf(shape))?);
        }
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Node::List(nodes))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let Shape::Map(shapes) = self.0 else { return Err(A::Error::custom("a mapping where none was before")) };
        let mut entries = Vec::with_capacity(shapes.len());
        for (key, value) in shapes {
            let Some((key, value)) = map.next_entry_seed(TextOf(key), TextOf(value))? else { break };
            if let Node::Scalar(key) = key {
                entries.push((key, value));
            }
        }
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Node::Map(entries))
    }
}

// `<<: *defaults` is not part of YAML 1.2's schema, but Hugo's parser follows it, so exam files may rely on it.
fn merged(node: Node) -> Node {
    match node {
        Node::Null | Node::Scalar(_) => node,
        Node::List(nodes) => Node::List(nodes.into_iter().map(merged).collect()),
        Node::Map(entries) => {
            let (merges, mut entries): (Vec<_>, Vec<_>) =
                entries.into_iter().map(|(key, value)| (key, merged(value))).partition(|(key, _)| key == "<<");
            for (_, source) in merges {
                let sources = if let Node::List(nodes) = source { nodes } else { vec![source] };
                for source in sources {
                    let Node::Map(defaults) = source else { continue };
                    for (key, value) in defaults {
                        if !entries.iter().any(|(own, _)| *own == key) {
                            entries.push((key, value));
                        }
                    }
                }
            }
            Node::Map(entries)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

    fn shown(node: &Node) -> String {
        match node {
            Node::Null => "null".into(),
            Node::Scalar(text) => format!("{text:?}"),
            Node::List(nodes) => format!("[{}]", nodes.iter().map(shown).collect::<Vec<_>>().join(", ")),
            Node::Map(entries) => {
                let entries: Vec<_> = entries.iter().map(|(key, value)| format!("{key}: {}", shown(value))).collect();
                format!("{{{}}}", entries.join(", "))
            }
        }
    }

    #[test]
    fn scalars_keep_their_spelling() {
        for (yaml, expected) in [
            ("a: true", r#"{a: "true"}"#),
            ("a: True", r#"{a: "True"}"#),
            ("a: yes", r#"{a: "yes"}"#),
            ("a: 'yes'", r#"{a: "yes"}"#),
            ("a: 1.10", r#"{a: "1.10"}"#),
            ("a: 007", r#"{a: "007"}"#),
            ("a: 0o17", r#"{a: "0o17"}"#),
            ("a: 1e309", r#"{a: "1e309"}"#),
            ("a: -.inf", r#"{a: "-.inf"}"#),
            ("a: 2026-11-22", r#"{a: "2026-11-22"}"#),
            ("a: 340282366920938463463374607431768211455", r#"{a: "340282366920938463463374607431768211455"}"#),
            ("a: !!str 12", r#"{a: "12"}"#),
            ("a: !mine bar", r#"{a: "bar"}"#),
            ("a: !mine {b: 1}", r#"{a: {b: "1"}}"#),
            ("a: ~\nb:\nc: null\nd: 'null'\ne: ''", r#"{a: null, b: null, c: null, d: "null", e: ""}"#),
            ("yes: 1\n1: 2\ntrue: 3", r#"{yes: "1", 1: "2", true: "3"}"#),
            ("? [a, b]\n: c\nd: e", r#"{d: "e"}"#),
            ("- a\n-\n- {b: [c]}", r#"["a", null, {b: ["c"]}]"#),
            ("a: x\u{2028}y\u{85}z", r#"{a: "x y z"}"#),
            ("a: 1\na: 2", r#"{a: "1", a: "2"}"#),
            ("a: |\r\n  x\r\n  y\r\n", r#"{a: "x\ny\n"}"#),
            ("tags: [\n  x,\n]", r#"{tags: ["x"]}"#),
            ("a:\t1", r#"{a: "1"}"#),
            ("%YAML 1.2\n---\na: 1", r#"{a: "1"}"#),
            ("", "null"),
            ("# only a comment", "null"),
            ("just text", r#""just text""#),
            ("a: &x [1]\nb: *x", r#"{a: ["1"], b: ["1"]}"#),
            ("a: &x {p: 1, q: 2}\nb: {<<: *x, q: 3}", r#"{a: {p: "1", q: "2"}, b: {q: "3", p: "1"}}"#),
        ] {
            assert_eq!(parse(yaml).map(|node| shown(&node)).as_deref(), Ok(expected), "{yaml}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_said_in_one_line() {
        let bomb = format!("a: &a [{}]\nb: &b [{}]\nc: [{}]", "x,".repeat(99), "*a,".repeat(99), "*b,".repeat(99));
        let mut said = String::new();
        for yaml in ["a: b: c", "a: [1", "a: \"x\" y", "\ta: 1", "a: *b", &"[".repeat(200), &"[".repeat(20_001), &bomb]
        {
            let why = parse(yaml).unwrap_err();
            assert!(!why.contains('\n'), "{why}");
            said += &(why + "\n");
        }
        expect![[r#"
            mapping values are not allowed in this context at line 1 column 5
            did not find expected ',' or ']' at line 2 column 1, while parsing a flow sequence at line 1 column 4
            did not find expected key at line 1 column 8, while parsing a block mapping
            found character that cannot start any token, while scanning for the next token
            unknown anchor at line 1 column 4
            recursion limit exceeded at line 1 column 129
            it holds 20001 opening brackets, and 20000 are read at most
            c[49][48]: it has more than 500000 nodes once aliases are followed at line 1 column 4
        "#]]
        .assert_eq(&said);
    }
}
