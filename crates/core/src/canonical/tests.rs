//! The fast way against the general one, and what is left to the general one.

use super::*;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

fn general(value: &impl Serialize) -> Vec<u8> {
    serde_json_canonicalizer::to_vec(value).unwrap()
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
enum Kinds {
    Unit,
    Newtype(u8),
    Tuple(i8, char),
    Struct { zebra: (), alpha: (u16, Option<bool>) },
}

#[derive(Serialize)]
struct Whole {
    zz: Vec<Kinds>,
    #[serde(flatten)]
    more: BTreeMap<String, Json>,
    b: Option<()>,
    a: &'static str,
    aa: (),
}

#[test]
fn every_shape_is_written_as_the_general_way_writes_it() {
    let kinds = || {
        vec![
            Kinds::Unit,
            Kinds::Newtype(7),
            Kinds::Tuple(-3, '\u{7f}'),
            Kinds::Struct { zebra: (), alpha: (65_535, Some(false)) },
        ]
    };
    let more =
        BTreeMap::from([("m".to_owned(), json!({"y": [], "x": {}, "": [{"d": 1, "c": [2, {"b": 3, "a": 4}]}]}))]);
    let value =
        Whole { zz: kinds(), more, b: None, a: "\u{0}\u{8}\t\n\u{c}\r\u{1f} \"\\/\u{7f}é\u{2028}😀", aa: () };
    assert_eq!(plain(&value).unwrap(), general(&value));
    for text in (0..=0x7f_u8).map(char::from) {
        assert_eq!(plain(&text).unwrap(), general(&text), "{text:?}");
    }
    let limit = i64::try_from(NUMBER_LIMIT).unwrap();
    for number in [0, -1, 9, 10, limit - 1, 1 - limit] {
        assert_eq!(plain(&number).unwrap(), general(&number), "{number}");
    }
}

#[test]
fn what_is_not_plain_is_left_to_the_general_way() {
    for (name, value) in [
        ("a fraction", json!([0.5])),
        ("a whole number written as a fraction", json!(1.0)),
        ("2^53", json!(NUMBER_LIMIT)),
        ("-2^53", json!(-(1_i64 << 53))),
        ("a key beyond ASCII", json!({"é": 1})),
        // As UTF-16 the second comes first, as bytes the first.
        ("keys that bytes do not order", json!({"\u{e000}": 1, "😀": 2})),
        ("a key with an escape", json!({"a\"b": 1, "a#b": 2})),
        ("a key with a control character", json!({"\u{1}": 1})),
    ] {
        assert!(plain(&value).is_none(), "{name}");
        assert_eq!(canonical(&value), general(&value), "{name}");
    }
    let numbered = BTreeMap::from([(10, "ten"), (9, "nine")]);
    assert!(plain(&numbered).is_none());
    assert_eq!(canonical(&numbered), general(&numbered));
}

/// Objects of all orders and depths, each from its number.
fn made(number: &mut u64, depth: u32) -> Json {
    *number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    let dice = *number >> 33;
    let word = |n: u64| ["", "a", "aa", "a b", "B", "~", "é", "\u{1}", "x\\y", "zz"][n as usize % 10].to_owned();
    match dice % 8 {
        0 if depth < 5 => (0..dice / 8 % 5).map(|_| made(number, depth + 1)).collect(),
        1..=3 if depth < 5 => {
            let member = |n| (format!("{}{}", ["k", "", "K", "-"][(dice >> n) as usize % 4], (dice >> n) % 7), n);
            let keys: Vec<String> = (0..dice / 8 % 6).map(|n| member(n).0).collect();
            Json::Object(keys.into_iter().map(|key| (key, made(number, depth + 1))).collect())
        }
        4 => json!(dice.is_multiple_of(3)),
        5 => json!(dice as i64 - (1 << 29)),
        6 => Json::Null,
        _ => json!(word(dice / 8)),
    }
}

/// A document with its members the wrong way round.
struct Backwards<'a>(&'a Json);

impl Serialize for Backwards<'_> {
    fn serialize<S: ser::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Json::Object(members) => serializer.collect_map(members.iter().rev().map(|(k, v)| (k, Backwards(v)))),
            Json::Array(items) => serializer.collect_seq(items.iter().map(Backwards)),
            other => other.serialize(serializer),
        }
    }
}

#[test]
fn documents_of_all_shapes_are_written_as_the_general_way_writes_them() {
    let mut number = 1;
    let mut bytes = 0;
    for _ in 0..2_000 {
        let value = made(&mut number, 0);
        let written = plain(&value).unwrap();
        assert_eq!(written, general(&value), "{value}");
        assert_eq!(plain(&Backwards(&value)).unwrap(), written, "{value}");
        bytes += written.len();
    }
    assert!(50_000 < bytes, "{bytes} bytes are too few to say anything");
}
