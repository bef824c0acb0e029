//! The clocks of an invented computer.

use invigil_client::clock::Reading;
use invigil_core::Wall;

/// When the stories begin, in milliseconds since 1970.
pub const BEGINNING_MS: i64 = 1_790_000_000_000;

/// A computer's clocks: true time goes by outside.
#[derive(Debug, Clone)]
pub struct Machine {
    name: String,
    boot: u32,
    booted_at: u64,
    /// How far its calendar is off.
    pub calendar_off_ms: i64,
}

impl Machine {
    pub fn new(name: &str) -> Self {
        Self { name: name.to_owned(), boot: 0, booted_at: 0, calendar_off_ms: 0 }
    }

    /// Starts it again at this true time.
    pub fn boot(&mut self, now: u64) {
        self.boot += 1;
        self.booted_at = now;
    }

    /// What its clocks say at this true time.
    pub fn reading(&self, now: u64) -> Reading {
        Reading {
            wall: Wall::from_unix_ms(truth(now).unix_ms() + self.calendar_off_ms),
            since_boot_ms: now - self.booted_at,
            slept_ms: 0,
            boot_id: format!("{} {}", self.name, self.boot),
        }
    }
}

/// The calendar of a clock that is right.
pub fn truth(now: u64) -> Wall {
    Wall::from_unix_ms(BEGINNING_MS).plus_ms(now)
}
