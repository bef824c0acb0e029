//! A candidate's runtime without a window: store, keys, clock, uplink and the loop that ties them together.

#![forbid(unsafe_code)]

pub mod view;
