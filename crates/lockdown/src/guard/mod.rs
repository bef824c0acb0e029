//! The guard: what it promises, what it says, and the application's end of it.
//!
//! The guard is a small process without a window. It starts the application, expects to hear from the main loop of
//! its interface, ends it when it falls silent, starts it again, and gives it back the keys it kept. The process
//! itself is `src/bin/invigil-guard`; here is everything that does not start or end processes.

mod keys;
mod link;
mod protocol;
mod supervise;

pub use keys::{KEYS_MAX, Keys};
pub use link::{Link, LinkError, PATIENCE};
pub use protocol::{
    CANNOT_START_STATUS, FD_VARIABLE, KEY_LEN, LINE_MAX, Line, LineError, Lines, RECOVERY_ARGUMENT, RESTARTED_VARIABLE,
    Reply, Request, encode,
};
pub use supervise::{Ending, Order, Start, Supervision, Timing};

use std::time::Duration;

/// The time on the clock that stands still while the machine sleeps, so that sleep does not look like silence.
pub fn monotonic() -> Duration {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    // The kernel counts it from boot, so neither part is ever negative.
    Duration::new(now.tv_sec.unsigned_abs(), u32::try_from(now.tv_nsec).unwrap_or_default())
}
