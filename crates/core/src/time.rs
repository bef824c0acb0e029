//! Moments in a sitting. Nothing here reads a clock: callers say what time it is.
//!
//! A moment carries two times. `elapsed` comes from the clock that counts suspend and decides everything within one
//! boot. `wall` is what the computer's calendar said; it decides nothing but the length of an offline reboot.

use crate::text;
use chrono::{DateTime, Months, SecondsFormat, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::{fmt, str::FromStr};

/// Calendar time in milliseconds since 1970-01-01T00:00:00Z, written as RFC 3339 UTC with milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, ts_rs::TS)]
#[ts(type = "string")]
pub struct Wall(i64);

impl Wall {
    /// The time `ms` milliseconds after the Unix epoch. Years outside 1–9999 are brought to the nearest bound.
    pub fn from_unix_ms(ms: i64) -> Self {
        const YEAR_1: i64 = -62_135_596_800_000;
        const YEAR_9999_END: i64 = 253_402_300_799_999;
        Self(ms.clamp(YEAR_1, YEAR_9999_END))
    }

    /// Milliseconds since the Unix epoch.
    pub fn unix_ms(self) -> i64 {
        self.0
    }

    /// The time `ms` milliseconds later.
    pub fn plus_ms(self, ms: u64) -> Self {
        Self::from_unix_ms(self.0.saturating_add_unsigned(ms))
    }

    /// The time `ms` milliseconds before.
    pub fn minus_ms(self, ms: u64) -> Self {
        Self::from_unix_ms(self.0.saturating_sub_unsigned(ms))
    }

    /// The time this many calendar months later: the same day and time of day, or the last day of a shorter month.
    /// `None` beyond the years that a `Wall` can say.
    pub fn plus_months(self, months: u32) -> Option<Self> {
        let time = DateTime::<Utc>::from_timestamp_millis(self.0)?;
        let ms = time.checked_add_months(Months::new(months))?.timestamp_millis();
        Some(Self::from_unix_ms(ms)).filter(|wall| wall.0 == ms)
    }

    /// Milliseconds from `earlier` to this time; zero if `earlier` is later.
    pub fn since_ms(self, earlier: Wall) -> u64 {
        u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0)
    }

    /// The hours and minutes in UTC, as `HH:MM`.
    pub fn hours_minutes(self) -> String {
        self.to_string()[11..16].to_owned()
    }
}

impl fmt::Display for Wall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = DateTime::<Utc>::from_timestamp_millis(self.0).unwrap_or_default();
        f.write_str(&time.to_rfc3339_opts(SecondsFormat::Millis, true))
    }
}

/// The text is not an RFC 3339 time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not a time; write it like 2026-11-22T09:30:00Z")]
pub struct NotATime(String);

impl FromStr for Wall {
    type Err = NotATime;
    fn from_str(text: &str) -> Result<Self, NotATime> {
        DateTime::parse_from_rfc3339(text)
            .map(|time| Self::from_unix_ms(time.timestamp_millis()))
            .map_err(|_| NotATime(text.chars().take(40).collect()))
    }
}

impl Serialize for Wall {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Wall {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        text::read(deserializer)
    }
}

/// When something happened, as the candidate's machine saw it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Moment {
    /// How many boots the sitting has seen before this one.
    pub boot: u32,
    /// Milliseconds on the suspend-counting clock since the sitting's first record in this boot.
    pub elapsed: u64,
    /// Calendar time.
    pub wall: Wall,
}

impl Moment {
    /// Milliseconds since `earlier`: exact within a boot; across boots the calendar's difference, never negative.
    pub fn since_ms(&self, earlier: &Moment) -> u64 {
        if self.boot == earlier.boot {
            self.elapsed.saturating_sub(earlier.elapsed)
        } else {
            self.wall.since_ms(earlier.wall)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wall_time_is_written_with_milliseconds() {
        for (text, canonical) in [
            ("2026-11-22T09:30:00Z", "2026-11-22T09:30:00.000Z"),
            ("2026-11-22T10:30:00.5+01:00", "2026-11-22T09:30:00.500Z"),
        ] {
            assert_eq!(text.parse::<Wall>().unwrap().to_string(), canonical);
        }
        assert!("tomorrow".parse::<Wall>().is_err());
    }

    #[test]
    fn months_end_on_the_same_day_or_the_last_of_a_shorter_month() {
        for (from, months, expected) in [
            ("2026-11-22T09:30:00Z", 24, Some("2028-11-22T09:30:00.000Z")),
            ("2024-02-29T00:00:00Z", 24, Some("2026-02-28T00:00:00.000Z")),
            ("2024-02-29T00:00:00Z", 48, Some("2028-02-29T00:00:00.000Z")),
            ("2026-02-28T23:59:59.999Z", 24, Some("2028-02-28T23:59:59.999Z")),
            ("2026-08-31T12:00:00Z", 6, Some("2027-02-28T12:00:00.000Z")),
            ("2026-12-31T12:00:00Z", 2, Some("2027-02-28T12:00:00.000Z")),
            ("2026-01-31T12:00:00Z", 0, Some("2026-01-31T12:00:00.000Z")),
            ("9999-01-31T12:00:00Z", 24, None),
        ] {
            let until = from.parse::<Wall>().unwrap().plus_months(months).map(|wall| wall.to_string());
            assert_eq!(until.as_deref(), expected, "{from} + {months} months");
        }
    }

    #[test]
    fn the_calendar_counts_only_across_boots() {
        let at = |wall, elapsed, boot| Moment { wall: Wall::from_unix_ms(wall), elapsed, boot };
        for (from, to, gap) in [
            (at(0, 0, 0), at(9_000_000, 1_000, 0), 1_000),
            (at(5_000, 1_000, 0), at(0, 2_500, 0), 1_500),
            (at(5_000, 90_000, 0), at(65_000, 0, 1), 60_000),
            (at(65_000, 90_000, 0), at(5_000, 0, 1), 0),
        ] {
            assert_eq!(to.since_ms(&from), gap);
        }
    }
}
