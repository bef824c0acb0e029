//! The RFC 8785 form (JCS) of what Invigil writes, in one pass.
//!
//! A general canonicaliser keeps every member of every object in a buffer of its own. Nearly all of our documents have
//! plain ASCII keys and small whole numbers. Those are written as they come, and members are moved only where they are
//! out of order. Anything else is left to the general canonicaliser, which is also what tests hold this one against.

mod serializer;

use serde::{Serialize, ser};
use std::fmt::{self, Display};

/// The first whole number that JSON libraries do not agree on.
const NUMBER_LIMIT: u64 = 1 << 53;

/// The RFC 8785 form of a value.
///
/// # Panics
/// Never for the types of this crate: it fails only for maps with keys that are not text and for non-finite numbers.
pub fn canonical(value: &impl Serialize) -> Vec<u8> {
    plain(value).unwrap_or_else(|| {
        serde_json_canonicalizer::to_vec(value).expect("a value with text keys and finite numbers has a canonical form")
    })
}

/// The RFC 8785 form, if the value has only plain keys and numbers, as every record has.
pub(crate) fn plain(value: &impl Serialize) -> Option<Vec<u8>> {
    let mut writer = Writer { bytes: Vec::with_capacity(512), members: Vec::new(), sorted: Vec::new() };
    value.serialize(&mut writer).ok()?;
    Some(writer.bytes)
}

/// The value is one for the general canonicaliser.
#[derive(Debug)]
struct NotPlain;

impl Display for NotPlain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not plain")
    }
}

impl std::error::Error for NotPlain {}

impl ser::Error for NotPlain {
    fn custom<T: Display>(_: T) -> Self {
        Self
    }
}

type Outcome<T = ()> = Result<T, NotPlain>;

/// Where a member lies in the bytes: its key with quotes, and all of it.
#[derive(Clone, Copy)]
struct Member {
    from: usize,
    key_to: usize,
    to: usize,
}

impl Member {
    fn key(self, bytes: &[u8]) -> &[u8] {
        &bytes[self.from + 1..self.key_to - 1]
    }
}

/// Whether RFC 8785 escapes a byte.
fn is_special(byte: u8) -> bool {
    byte < 0x20 || matches!(byte, b'"' | b'\\')
}

/// Whether bytes order a key as its UTF-16 code units do, and it is written as it is. Without an early end many bytes
/// are looked at together.
fn is_plain(key: &[u8]) -> bool {
    key.iter().fold(true, |all, byte| all & byte.is_ascii() & !is_special(*byte))
}

struct Writer {
    bytes: Vec<u8>,
    /// The members of every object that is open.
    members: Vec<Member>,
    sorted: Vec<u8>,
}

impl Writer {
    fn text(&mut self, text: &str) {
        self.bytes.push(b'"');
        if text.as_bytes().iter().fold(false, |any, byte| any | is_special(*byte)) {
            for byte in text.as_bytes() {
                if is_special(*byte) { self.escaped(*byte) } else { self.bytes.push(*byte) }
            }
        } else {
            self.bytes.extend_from_slice(text.as_bytes());
        }
        self.bytes.push(b'"');
    }

    fn escaped(&mut self, byte: u8) {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let short = match byte {
            b'"' | b'\\' => byte,
            0x08 => b'b',
            0x09 => b't',
            0x0a => b'n',
            0x0c => b'f',
            0x0d => b'r',
            _ => {
                self.bytes.extend_from_slice(b"\\u00");
                self.bytes.push(DIGITS[usize::from(byte >> 4)]);
                self.bytes.push(DIGITS[usize::from(byte & 15)]);
                return;
            }
        };
        self.bytes.extend_from_slice(&[b'\\', short]);
    }

    fn variant(&mut self, name: &str) {
        self.bytes.push(b'{');
        self.text(name);
        self.bytes.push(b':');
    }

    fn begin_key(&mut self, first: usize) -> usize {
        if first < self.members.len() {
            self.bytes.push(b',');
        }
        self.bytes.len()
    }

    fn end_key(&mut self, from: usize) {
        self.members.push(Member { from, key_to: self.bytes.len(), to: 0 });
        self.bytes.push(b':');
    }

    fn end_value(&mut self, place: usize) {
        self.members[place].to = self.bytes.len();
    }

    fn end_object(&mut self, first: usize) -> Outcome {
        let (bytes, members) = (&mut self.bytes, &mut self.members[first..]);
        if !members.is_sorted_by(|a, b| a.key(bytes) < b.key(bytes)) {
            let (start, end) = (members[0].from, bytes.len());
            members.sort_unstable_by(|a, b| a.key(bytes).cmp(b.key(bytes)));
            if members.windows(2).any(|pair| pair[0].key(bytes) == pair[1].key(bytes)) {
                return Err(NotPlain);
            }
            self.sorted.clear();
            for member in &*members {
                self.sorted.extend_from_slice(&bytes[member.from..member.to]);
                self.sorted.push(b',');
            }
            bytes[start..end].copy_from_slice(&self.sorted[..end - start]);
        }
        self.members.truncate(first);
        self.bytes.push(b'}');
        Ok(())
    }
}

/// An array or an object that is being written.
struct Open<'a> {
    writer: &'a mut Writer,
    /// How many members the objects around it have.
    first: usize,
    empty: bool,
    variant: bool,
}

impl<'a> Open<'a> {
    fn new(writer: &'a mut Writer, opening: u8) -> Outcome<Self> {
        writer.bytes.push(opening);
        Ok(Self { first: writer.members.len(), writer, empty: true, variant: false })
    }

    /// The content of a variant, in the object that names it.
    fn in_variant(writer: &'a mut Writer, name: &str, opening: u8) -> Outcome<Self> {
        writer.variant(name);
        Ok(Self { variant: true, ..Self::new(writer, opening)? })
    }

    fn item<T: ?Sized + Serialize>(&mut self, value: &T) -> Outcome {
        if !self.empty {
            self.writer.bytes.push(b',');
        }
        self.empty = false;
        value.serialize(&mut *self.writer)
    }

    fn member<T: ?Sized + Serialize>(&mut self, key: &str, value: &T) -> Outcome {
        let from = self.writer.begin_key(self.first);
        if !is_plain(key.as_bytes()) {
            return Err(NotPlain);
        }
        self.writer.bytes.push(b'"');
        self.writer.bytes.extend_from_slice(key.as_bytes());
        self.writer.bytes.push(b'"');
        self.writer.end_key(from);
        self.value(value)
    }

    fn value<T: ?Sized + Serialize>(&mut self, value: &T) -> Outcome {
        let place = self.writer.members.len() - 1;
        value.serialize(&mut *self.writer)?;
        self.writer.end_value(place);
        Ok(())
    }

    fn end_array(self) -> Outcome {
        self.writer.bytes.extend_from_slice(if self.variant { b"]}" } else { b"]" });
        Ok(())
    }

    fn end_object(self) -> Outcome {
        self.writer.end_object(self.first)?;
        self.writer.bytes.extend_from_slice(if self.variant { b"}" } else { b"" });
        Ok(())
    }
}

#[cfg(test)]
mod tests;
