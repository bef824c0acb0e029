//! Times as operators write them.

use super::CommandError;
use invigil_core::Wall;

/// `now`, or a time like `2026-11-22T09:30:00Z`.
pub fn opening(text: &str, now: Wall) -> Result<Wall, CommandError> {
    if text == "now" { Ok(now) } else { moment(text) }
}

/// A time, or `+2h`, `+90m`, `+1h30m`, `+3d` after the opening.
pub fn closing(text: &str, opens: Wall) -> Result<Wall, CommandError> {
    match text.strip_prefix('+') {
        Some(span) => span_ms(span).map(|ms| opens.plus_ms(ms)).ok_or_else(|| {
            CommandError::Usage(format!("“{text}” is not a time span; write it like +2h, +90m, +1h30m or +3d"))
        }),
        None => moment(text),
    }
}

fn moment(text: &str) -> Result<Wall, CommandError> {
    text.parse().map_err(|why: invigil_core::time::NotATime| CommandError::Usage(why.to_string()))
}

fn span_ms(text: &str) -> Option<u64> {
    let mut rest = text;
    let mut sum: u64 = 0;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let number: u64 = rest[..digits].parse().ok()?;
        let unit = match rest[digits..].chars().next()? {
            'd' => 86_400_000,
            'h' => 3_600_000,
            'm' => 60_000,
            's' => 1_000,
            _ => return None,
        };
        sum = sum.checked_add(number.checked_mul(unit)?)?;
        rest = &rest[digits + 1..];
    }
    (0 < sum).then_some(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_spans_are_read_as_operators_write_them() {
        let opens: Wall = "2026-11-22T09:00:00Z".parse().unwrap();
        for (text, expected) in [
            ("+1h", Some("2026-11-22T10:00:00.000Z")),
            ("+1h30m", Some("2026-11-22T10:30:00.000Z")),
            ("+3d", Some("2026-11-25T09:00:00.000Z")),
            ("2026-11-23T10:00:00+01:00", Some("2026-11-23T09:00:00.000Z")),
            ("+", None),
            ("+0h", None),
            ("+1", None),
            ("+h", None),
            ("+1ü", None),
            ("1h", None),
            ("tomorrow", None),
        ] {
            assert_eq!(closing(text, opens).ok().map(|wall| wall.to_string()).as_deref(), expected, "{text}");
        }
        assert_eq!(opening("now", opens).unwrap(), opens);
        assert!(opening("+1h", opens).is_err());
    }
}
