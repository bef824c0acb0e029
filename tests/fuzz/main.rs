//! One reader of foreign bytes under libFuzzer; `FUZZ_TARGET` names it. Built and run by `make fuzz`.
#![no_main]

use invigil_tests::fuzz::TARGETS;
use std::{env, sync::LazyLock};

static TARGET: LazyLock<fn(&[u8])> = LazyLock::new(|| {
    let name = env::var("FUZZ_TARGET").unwrap_or_default();
    let found = TARGETS.iter().find(|(target, _)| *target == name);
    found.unwrap_or_else(|| panic!("FUZZ_TARGET is one of {:?}", TARGETS.map(|(name, _)| name))).1
});

libfuzzer_sys::fuzz_target!(init: TARGET(b""), |bytes: &[u8]| TARGET(bytes));
