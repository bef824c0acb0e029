//! What the operating system can be asked to hold during an exam, and proof of what it really holds.
//!
//! A control is engaged, proven and released; a probe only looks. Nothing here writes a lasting setting, and nothing
//! knows a window toolkit: controls that need a window live with the window and implement [`Control`]. The `guard`
//! module is both sides of the small process that starts the application, watches its pulse and keeps its keys.

pub mod awake;
pub mod bus;
pub mod control;
pub mod environment;
pub mod guard;
pub mod probe;
pub mod probes;
pub mod x11;

pub use awake::Awake;
pub use bus::Address;
pub use control::{Control, Reconciler, Unable};
pub use probe::{Blind, Change, Lookout, Probe};
