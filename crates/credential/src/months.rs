//! Calendar months, which have no fixed length.

use chrono::{DateTime, Months, Utc};
use invigil_core::Wall;

/// The time `months` calendar months after `from`: the same day and time of day, or the last day of a shorter month.
/// `None` beyond the years that [`Wall`] can say.
pub fn months_after(from: Wall, months: u32) -> Option<Wall> {
    let time = DateTime::<Utc>::from_timestamp_millis(from.unix_ms())?;
    let ms = time.checked_add_months(Months::new(months))?.timestamp_millis();
    let wall = Wall::from_unix_ms(ms);
    (wall.unix_ms() == ms).then_some(wall)
}

#[cfg(test)]
mod tests {
    use super::*;

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
            let until = months_after(from.parse().unwrap(), months).map(|wall| wall.to_string());
            assert_eq!(until.as_deref(), expected, "{from} + {months} months");
        }
    }
}
