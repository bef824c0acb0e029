//! The whole service in-process: real store, real keys, real HTTP routes; only the socket is missing.

mod agreements;
mod browser;
mod check_ins;
mod console;
mod devices;
mod earning;
mod interface;
mod join;
mod journey;
mod people;
mod pictures;
mod problems;
mod provider;
mod raw;
mod rosters;
#[path = "../server/mod.rs"]
mod server;
mod sign_in;
mod support;
