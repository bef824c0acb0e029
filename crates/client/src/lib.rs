//! A candidate's runtime without a window: store, keys, clock, uplink and the loop that ties them together.

#![forbid(unsafe_code)]

pub mod about;
pub mod arrival;
pub mod checks;
pub mod clock;
pub mod durable;
pub mod engine;
pub mod folder;
pub mod link;
pub mod outbox;
pub mod random;
pub mod session;
pub mod show;
pub mod store;
pub mod uplink;
pub mod vault;
pub mod view;
