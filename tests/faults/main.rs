//! Faults: power cuts, kills and full disks. No answer that was called saved is lost in any of them.
//!
//! Each tries a random slice with a printed seed, and everything with `PROVE=1`.

mod candidate;
mod full_disk;
mod kills;
mod power;
mod sample;
#[path = "../../crates/issuer/tests/server/mod.rs"]
mod server;
mod several;
mod state;
