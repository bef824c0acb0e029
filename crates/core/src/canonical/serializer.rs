//! What serde asks of a writer, kind by kind.

use super::{NUMBER_LIMIT, NotPlain, Open, Outcome, Writer, is_plain};
use serde::{Serialize, ser};
use std::io::Write as _;

macro_rules! compounds {
    (listed: $($kind:ident $method:ident),*) => {$(
        impl ser::$kind for Open<'_> {
            type Ok = ();
            type Error = NotPlain;
            fn $method<T: ?Sized + Serialize>(&mut self, value: &T) -> Outcome {
                self.item(value)
            }
            fn end(self) -> Outcome {
                self.end_array()
            }
        }
    )*};
    (named: $($kind:ident),*) => {$(
        impl ser::$kind for Open<'_> {
            type Ok = ();
            type Error = NotPlain;
            fn serialize_field<T: ?Sized + Serialize>(&mut self, key: &'static str, value: &T) -> Outcome {
                self.member(key, value)
            }
            fn end(self) -> Outcome {
                self.end_object()
            }
        }
    )*};
}

compounds!(listed:
    SerializeSeq serialize_element, SerializeTuple serialize_element, SerializeTupleStruct serialize_field,
    SerializeTupleVariant serialize_field
);
compounds!(named: SerializeStruct, SerializeStructVariant);

impl ser::SerializeMap for Open<'_> {
    type Ok = ();
    type Error = NotPlain;

    fn serialize_key<T: ?Sized + Serialize>(&mut self, key: &T) -> Outcome {
        let from = self.writer.begin_key(self.first);
        key.serialize(&mut *self.writer)?;
        // A number has no quotes; what had to be escaped has a backslash.
        let written = self.writer.bytes[from..].strip_prefix(b"\"").and_then(|text| text.strip_suffix(b"\""));
        if !written.is_some_and(is_plain) {
            return Err(NotPlain);
        }
        self.writer.end_key(from);
        Ok(())
    }

    fn serialize_value<T: ?Sized + Serialize>(&mut self, value: &T) -> Outcome {
        self.value(value)
    }

    fn end(self) -> Outcome {
        self.end_object()
    }
}

macro_rules! whole_numbers {
    ($($method:ident $kind:ty),*) => {$(
        fn $method(self, number: $kind) -> Outcome {
            let plain = i64::try_from(number).is_ok_and(|number| number.unsigned_abs() < NUMBER_LIMIT);
            if plain { write!(self.bytes, "{number}").map_err(|_| NotPlain) } else { Err(NotPlain) }
        }
    )*};
}

impl<'a> ser::Serializer for &'a mut Writer {
    type Ok = ();
    type Error = NotPlain;
    type SerializeSeq = Open<'a>;
    type SerializeTuple = Open<'a>;
    type SerializeTupleStruct = Open<'a>;
    type SerializeTupleVariant = Open<'a>;
    type SerializeMap = Open<'a>;
    type SerializeStruct = Open<'a>;
    type SerializeStructVariant = Open<'a>;

    whole_numbers!(
        serialize_i8 i8, serialize_i16 i16, serialize_i32 i32, serialize_i64 i64, serialize_i128 i128,
        serialize_u8 u8, serialize_u16 u16, serialize_u32 u32, serialize_u64 u64, serialize_u128 u128
    );

    fn serialize_bool(self, value: bool) -> Outcome {
        self.bytes.extend_from_slice(if value { b"true" } else { b"false" });
        Ok(())
    }

    fn serialize_f32(self, _: f32) -> Outcome {
        Err(NotPlain)
    }

    fn serialize_f64(self, _: f64) -> Outcome {
        Err(NotPlain)
    }

    fn serialize_char(self, value: char) -> Outcome {
        self.text(value.encode_utf8(&mut [0; 4]));
        Ok(())
    }

    fn serialize_str(self, text: &str) -> Outcome {
        self.text(text);
        Ok(())
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Outcome {
        self.collect_seq(bytes)
    }

    fn serialize_none(self) -> Outcome {
        self.serialize_unit()
    }

    fn serialize_some<T: ?Sized + Serialize>(self, value: &T) -> Outcome {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Outcome {
        self.bytes.extend_from_slice(b"null");
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Outcome {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Outcome {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: ?Sized + Serialize>(self, _: &'static str, value: &T) -> Outcome {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: ?Sized + Serialize>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Outcome {
        self.variant(variant);
        value.serialize(&mut *self)?;
        self.bytes.push(b'}');
        Ok(())
    }

    fn serialize_seq(self, _: Option<usize>) -> Outcome<Open<'a>> {
        Open::new(self, b'[')
    }

    fn serialize_tuple(self, _: usize) -> Outcome<Open<'a>> {
        Open::new(self, b'[')
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Outcome<Open<'a>> {
        Open::new(self, b'[')
    }

    fn serialize_tuple_variant(self, _: &'static str, _: u32, variant: &'static str, _: usize) -> Outcome<Open<'a>> {
        Open::in_variant(self, variant, b'[')
    }

    fn serialize_map(self, _: Option<usize>) -> Outcome<Open<'a>> {
        Open::new(self, b'{')
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Outcome<Open<'a>> {
        Open::new(self, b'{')
    }

    fn serialize_struct_variant(self, _: &'static str, _: u32, variant: &'static str, _: usize) -> Outcome<Open<'a>> {
        Open::in_variant(self, variant, b'{')
    }
}
