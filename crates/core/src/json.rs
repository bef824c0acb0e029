//! JSON as signed documents hold it: every member once, every number whole and below 2^53. Anything else is read
//! differently by different programs.

use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value as Json};
use std::{cell::Cell, fmt};

/// Why bytes are not such JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotPlain {
    /// Not JSON, or a member occurs twice.
    NotJson,
    /// A number that is not whole or not below 2^53.
    Number,
}

/// Reads such JSON.
pub fn read(bytes: &[u8]) -> Result<Json, NotPlain> {
    let number = Cell::new(false);
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let read = Plain { number: &number }.deserialize(&mut deserializer);
    match read.and_then(|value| deserializer.end().map(|()| value)) {
        Ok(value) => Ok(value),
        Err(_) if number.get() => Err(NotPlain::Number),
        Err(_) => Err(NotPlain::NotJson),
    }
}

#[derive(Clone, Copy)]
struct Plain<'a> {
    /// Set when a number was the reason.
    number: &'a Cell<bool>,
}

impl Plain<'_> {
    fn not_whole<E: de::Error>(self) -> E {
        self.number.set(true);
        E::custom("a number is not whole or not below 2^53")
    }
}

const LIMIT: u64 = 1 << 53;

impl<'de> DeserializeSeed<'de> for Plain<'_> {
    type Value = Json;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Plain<'_> {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Json, E> {
        if value < LIMIT { Ok(value.into()) } else { Err(self.not_whole()) }
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Json, E> {
        if value.unsigned_abs() < LIMIT { Ok(value.into()) } else { Err(self.not_whole()) }
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<Json, E> {
        Err(self.not_whole())
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Json, E> {
        Ok(Json::String(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(self)? {
            list.push(item);
        }
        Ok(Json::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Json, A::Error> {
        let mut object = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            let value = members.next_value_seed(self)?;
            if object.insert(name, value).is_some() {
                return Err(de::Error::custom("a member occurs twice"));
            }
        }
        Ok(Json::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_read_as_every_program_reads_it() {
        for (text, expected) in [
            ("{\"a\":[1,-2,null,true,\"x\"],\"b\":{\"a\":{}}}", None),
            (" {\"a\" : 9007199254740991}\n", None),
            ("{\"a\":1,\"a\":1}", Some(NotPlain::NotJson)),
            ("{\"b\":[{\"a\":1,\"\\u0061\":2}]}", Some(NotPlain::NotJson)),
            ("{\"a\":1}x", Some(NotPlain::NotJson)),
            ("{\"a\":1", Some(NotPlain::NotJson)),
            ("{\"a\":01}", Some(NotPlain::NotJson)),
            ("\u{feff}{}", Some(NotPlain::NotJson)),
            ("{\"a\":1.0}", Some(NotPlain::Number)),
            ("{\"a\":1e0}", Some(NotPlain::Number)),
            ("{\"a\":-0}", Some(NotPlain::Number)),
            ("{\"a\":9007199254740992}", Some(NotPlain::Number)),
            ("{\"a\":-9007199254740992}", Some(NotPlain::Number)),
            ("{\"a\":99999999999999999999}", Some(NotPlain::Number)),
        ] {
            assert_eq!(read(text.as_bytes()).err(), expected, "{text}");
        }
        let deep = "[".repeat(100_000);
        assert_eq!(read(deep.as_bytes()), Err(NotPlain::NotJson));
        let whole = read(b"{\"b\":[1,{\"c\":\"\\ud83d\\ude00\"}],\"a\":null}").unwrap();
        assert_eq!(whole, serde_json::json!({"a": null, "b": [1, {"c": "😀"}]}));
    }
}
