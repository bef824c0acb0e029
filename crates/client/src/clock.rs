//! The one place of the candidate's machine that reads clocks.
//!
//! Time in a sitting comes from `CLOCK_BOOTTIME`, which counts suspend; the calendar only labels it.

use invigil_core::{Moment, Wall};
use serde::{Deserialize, Serialize};
use std::{fs, time::SystemTime};

/// What the machine's clocks say at one instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// Calendar time.
    pub wall: Wall,
    /// Milliseconds since the machine started, suspend included.
    pub since_boot_ms: u64,
    /// How much of that the machine was asleep, in milliseconds.
    pub slept_ms: u64,
    /// Names this boot of this machine.
    pub boot_id: String,
}

/// Reads the clocks.
pub fn read() -> Reading {
    let ms = |clock| {
        let time = rustix::time::clock_gettime(clock);
        u64::try_from(time.tv_sec).unwrap_or(0) * 1_000 + u64::try_from(time.tv_nsec).unwrap_or(0) / 1_000_000
    };
    let awake_ms = ms(rustix::time::ClockId::Monotonic);
    let since_boot_ms = ms(rustix::time::ClockId::Boottime);
    // Without a boot id every start of the application counts as a reboot, which never gives time away.
    let boot_id = fs::read_to_string("/proc/sys/kernel/random/boot_id")
        .map_or_else(|_| format!("process {}", std::process::id()), |text| text.trim().to_owned());
    Reading { wall: wall(), since_boot_ms, slept_ms: since_boot_ms.saturating_sub(awake_ms), boot_id }
}

/// Calendar time.
#[expect(clippy::disallowed_methods, reason = "this module is where the calendar is read")]
pub fn wall() -> Wall {
    let since_epoch = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Wall::from_unix_ms(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX))
}

/// How far the calendar moved against the suspend-counting clock between two readings of one boot, in milliseconds;
/// `None` across boots.
pub fn jump_ms(from: &Reading, to: &Reading) -> Option<i64> {
    let wall = to.wall.unix_ms().saturating_sub(from.wall.unix_ms());
    let passed = i128::from(to.since_boot_ms) - i128::from(from.since_boot_ms);
    let jump = i128::from(wall) - passed;
    (from.boot_id == to.boot_id).then(|| i64::try_from(jump).unwrap_or(0))
}

/// How long the machine was asleep between two readings of one boot, in milliseconds; 0 across boots.
pub fn slept_ms(from: &Reading, to: &Reading) -> u64 {
    if from.boot_id == to.boot_id { to.slept_ms.saturating_sub(from.slept_ms) } else { 0 }
}

/// One boot that a sitting has seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Boot {
    /// How many boots the sitting had seen before.
    pub number: u32,
    /// The boot's name.
    pub boot_id: String,
    /// The suspend-counting clock at the sitting's first record in this boot, in milliseconds.
    pub base_ms: u64,
}

/// The moment of `reading` for a sitting whose last boot is `last`, and the boot to remember when it is a new one.
pub fn moment(last: Option<&Boot>, reading: &Reading) -> (Moment, Option<Boot>) {
    let at = |boot, elapsed| Moment { wall: reading.wall, elapsed, boot };
    match last {
        Some(last) if last.boot_id == reading.boot_id => {
            (at(last.number, reading.since_boot_ms.saturating_sub(last.base_ms)), None)
        }
        _ => {
            let number = last.map_or(0, |last| last.number.saturating_add(1));
            let boot = Boot { number, boot_id: reading.boot_id.clone(), base_ms: reading.since_boot_ms };
            (at(number, 0), Some(boot))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elapsed_counts_from_the_first_record_in_a_boot() {
        let reading = |boot: &str, since_boot_ms| Reading {
            wall: Wall::from_unix_ms(0),
            since_boot_ms,
            slept_ms: 0,
            boot_id: boot.into(),
        };
        let a = Boot { number: 0, boot_id: "a".into(), base_ms: 1_000 };
        let b = Boot { number: 7, boot_id: "b".into(), base_ms: 40 };
        for (last, reading, boot, elapsed, new) in [
            (None, reading("a", 1_000), 0, 0, true),
            (Some(&a), reading("a", 4_500), 0, 3_500, false),
            (Some(&a), reading("b", 40), 1, 0, true),
            (Some(&b), reading("b", 90), 7, 50, false),
            (Some(&b), reading("a", 90), 8, 0, true),
        ] {
            let (moment, fresh) = moment(last, &reading);
            assert_eq!((moment.boot, moment.elapsed, fresh.is_some()), (boot, elapsed, new));
        }
    }

    #[test]
    fn a_calendar_jumps_only_against_the_clock_of_its_boot() {
        let reading = |wall: i64, since_boot_ms, boot: &str| Reading {
            wall: Wall::from_unix_ms(wall),
            since_boot_ms,
            slept_ms: 0,
            boot_id: boot.into(),
        };
        let from = reading(1_000, 50, "a");
        for (to, jump) in [
            (reading(4_000, 3_050, "a"), Some(0)),
            (reading(64_000, 3_050, "a"), Some(60_000)),
            (reading(0, 3_050, "a"), Some(-4_000)),
            (reading(64_000, 3_050, "b"), None),
        ] {
            assert_eq!(jump_ms(&from, &to), jump, "{to:?}");
        }
    }

    #[test]
    fn sleep_is_counted_within_a_boot() {
        let reading = |slept_ms, boot: &str| Reading {
            wall: Wall::from_unix_ms(0),
            since_boot_ms: 90_000,
            slept_ms,
            boot_id: boot.into(),
        };
        let from = reading(7_000, "a");
        for (to, slept) in [(reading(7_000, "a"), 0), (reading(67_000, "a"), 60_000), (reading(67_000, "b"), 0)] {
            assert_eq!(slept_ms(&from, &to), slept, "{to:?}");
        }
    }

    #[test]
    fn the_machine_has_clocks() {
        let (a, b) = (read(), read());
        assert!(a.since_boot_ms <= b.since_boot_ms && 0 < a.since_boot_ms);
        assert_eq!(a.boot_id, b.boot_id);
    }
}
