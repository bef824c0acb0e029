//! Anchors of a log outside the candidate's machine: the issuer's checkpoints and the code on paper.

use crate::{digest::Digest, envelope::Document, ids::SittingId, time::Wall};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// The issuer's word that a log had this head at this time. Never given for a fork, never taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Checkpoint {
    /// The sitting.
    pub sitting: SittingId,
    /// The writer's epoch.
    pub epoch: u32,
    /// Number of records.
    pub size: u64,
    /// Digest of the last of them, with its line feed.
    pub head: Digest,
    /// The issuer's time.
    pub time: Wall,
}

impl Document for Checkpoint {
    const TYPE: &'static str = "invigil/checkpoint/1";
}

/// Sixteen characters of a head that fit on paper: 80 bits in Crockford's base 32, in groups of four.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PaperCode([u8; 10]);

const CROCKFORD: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

impl PaperCode {
    /// The code of a log that has `size` records and this head.
    pub fn of(sitting: &SittingId, size: u64, head: &Digest) -> Self {
        let digest = Digest::of(format!("invigil/paper-code/1 {sitting} {size} {head}"));
        let mut code = [0; 10];
        code.copy_from_slice(&digest.as_bytes()[..10]);
        Self(code)
    }
}

impl fmt::Display for PaperCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = crockford(&self.0);
        write!(f, "{}-{}-{}-{}", &text[0..4], &text[4..8], &text[8..12], &text[12..16])
    }
}

impl fmt::Debug for PaperCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The text is not a paper code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a paper code is 16 letters and digits, such as 7K2M-9QXB-44TD-0HZP")]
pub struct NotAPaperCode;

impl FromStr for PaperCode {
    type Err = NotAPaperCode;
    fn from_str(text: &str) -> Result<Self, NotAPaperCode> {
        let bytes = from_crockford(text).ok_or(NotAPaperCode)?;
        Ok(Self(bytes.try_into().map_err(|_| NotAPaperCode)?))
    }
}

/// Writes bytes in Crockford's base 32; the number of bits must be a multiple of five to be read back.
pub fn crockford(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 8 / 5 + 1);
    let (mut bits, mut held) = (0_u32, 0_u32);
    for byte in bytes {
        bits = (bits << 8) | u32::from(*byte);
        held += 8;
        while 5 <= held {
            held -= 5;
            text.push(char::from(CROCKFORD[(bits >> held) as usize & 31]));
        }
    }
    text
}

/// Reads Crockford's base 32 as people write it: any case, with spaces and hyphens, I and L for 1, O for 0.
pub fn from_crockford(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let (mut bits, mut held) = (0_u32, 0_u32);
    for c in text.chars().filter(|c| !matches!(c, ' ' | '-')) {
        let c = match c.to_ascii_uppercase() {
            'I' | 'L' => '1',
            'O' => '0',
            other => other,
        };
        let digit = CROCKFORD.iter().position(|d| char::from(*d) == c)?;
        bits = (bits << 5) | u32::try_from(digit).ok()?;
        held += 5;
        if 8 <= held {
            held -= 8;
            bytes.push(u8::try_from((bits >> held) & 255).ok()?);
        }
    }
    (held == 0).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paper_code_is_read_as_people_write_it() {
        let code = PaperCode::of(&"s".parse().unwrap(), 3, &Digest::of("head"));
        let text = code.to_string();
        assert_eq!(text.len(), 19);
        assert_eq!(text.parse(), Ok(code));
        assert_eq!(text.to_lowercase().replace('-', " ").replace('0', "o").replace('1', "l").parse(), Ok(code));
        for wrong in ["", "7K2M", "7K2M-9QXB-44TD-0HZU", "7K2M-9QXB-44TD-0HZP-7K2M"] {
            assert!(wrong.parse::<PaperCode>().is_err(), "{wrong}");
        }
    }
}
