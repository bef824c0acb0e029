//! Codes that people type: admission codes, start codes and resume codes.

use crate::{Digest, checkpoint::crockford};
use std::{fmt, str::FromStr};

/// Ten characters of Crockford's base 32, which are 50 random bits. Written in two groups of five.
#[derive(Clone, PartialEq, Eq)]
pub struct Code(String);

/// How many characters a code has.
const LENGTH: usize = 10;

impl Code {
    /// The code of these random bytes; the last six bits are not used.
    pub fn new(random: [u8; 7]) -> Self {
        let mut text = crockford(&random);
        text.truncate(LENGTH);
        Self(text)
    }

    /// What is stored in its place.
    pub fn digest(&self) -> Digest {
        Digest::of(format!("invigil/code/1 {}", self.0))
    }

    /// The passphrase that it is: its ten characters in upper case, without the hyphen.
    pub fn passphrase(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (first, second) = self.0.split_at(LENGTH / 2);
        write!(f, "{first}-{second}")
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code(…)")
    }
}

/// The text is not a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a code is ten letters and digits, such as 7K2M9-QXB44")]
pub struct NotACode;

impl FromStr for Code {
    type Err = NotACode;

    /// Reads a code as people write it: any case, with spaces and hyphens, I and L for 1, O for 0.
    fn from_str(text: &str) -> Result<Self, NotACode> {
        let plain = text.chars().filter(|c| !matches!(c, ' ' | '-')).map(|c| match c.to_ascii_uppercase() {
            'I' | 'L' => '1',
            'O' => '0',
            other => other,
        });
        let plain: String = plain.collect();
        let fits = plain.chars().count() == LENGTH;
        let known = plain.chars().all(|c| c.is_ascii_digit() || (c.is_ascii_uppercase() && c != 'U'));
        if fits && known { Ok(Self(plain)) } else { Err(NotACode) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_as_people_write_them() {
        let code = Code::new([0x39, 0xc5, 0x50, 0x0f, 0xff, 0x01, 0x20]);
        let text = code.to_string();
        assert_eq!(text.len(), LENGTH + 1);
        for written in [text.clone(), text.to_lowercase(), text.replace('-', " "), text.replace('0', "o")] {
            assert!(written.parse::<Code>() == Ok(code.clone()), "{written}");
        }
        for wrong in ["", "7K2M9", "7K2M9-QXB4U", "7K2M9-QXB444", "7K2M9_QXB4"] {
            assert!(wrong.parse::<Code>().is_err(), "{wrong}");
        }
        assert_ne!(code.digest(), Code::new([0; 7]).digest());
    }
}
