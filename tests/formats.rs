//! The readers of foreign bytes, with the inputs of their corpora and random changes of them; and, for `make fuzz`, with
//! what libFuzzer makes of them.

use invigil_tests::{
    fuzz::{TARGETS, Target, corpus, folder},
    proof::{Dice, Proof},
};
use std::{
    env, fs,
    panic::{self, AssertUnwindSafe},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::Mutex,
    thread,
};

/// How many changes of its inputs each target gets in an ordinary run.
const SLICE: u64 = 400;
const WHOLE: u64 = 20_000;
/// The largest corpus of all targets together.
const CORPUS_BYTES_MAX: usize = 300_000;
/// Of one input under libFuzzer.
const RSS_MB_MAX: u32 = 2_048;
const MALLOC_MB_MAX: u32 = 512;
const SECONDS_MAX: u32 = 30;
const INPUT_BYTES_MAX: u32 = 128 * 1024;
/// How long each target is fuzzed.
const SECONDS_LEAST: u32 = 600;

#[test]
fn readers_keep_their_promises_for_the_corpora_and_changes_of_them() {
    let mut proof = Proof::begin("changes of files");
    let mut dice = proof.dice();
    let mut bytes = 0;
    for (name, target) in TARGETS {
        let inputs = corpus(name);
        bytes += inputs.iter().map(Vec::len).sum::<usize>();
        for input in &inputs {
            try_one(name, target, input);
        }
        let changes = proof.size(SLICE, WHOLE);
        for _ in 0..changes {
            try_one(name, target, &changed(&inputs, &mut dice));
        }
        proof.count(name, inputs.len() as u64 + changes);
    }
    assert!(bytes <= CORPUS_BYTES_MAX, "the corpora have {bytes} bytes: minimise them with -merge=1");
    proof.holds();
}

/// Runs one input, and keeps it where it panics.
fn try_one(name: &str, target: fn(&[u8]), input: &[u8]) {
    if let Err(why) = panic::catch_unwind(AssertUnwindSafe(|| target(input))) {
        let path = env::temp_dir().join(format!("invigil-{name}-{}", std::process::id()));
        fs::write(&path, input).expect("the input is kept");
        eprintln!("{name}: the input is kept in {}", path.display());
        panic::resume_unwind(why);
    }
}

/// One input with one to four changes.
fn changed(inputs: &[Vec<u8>], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = inputs[dice.below(inputs.len())].clone();
    for _ in 0..=dice.below(4) {
        let at = dice.below(bytes.len() + 1);
        let to = bytes.len().min(at + 1 + dice.below(16));
        match dice.below(7) {
            0 if at < bytes.len() => bytes[at] ^= 1 << dice.below(8),
            1 if at < bytes.len() => bytes[at] = b" \"\\,:{}[]0-\n\0\xff<>"[dice.below(16)],
            2 => drop(bytes.drain(at..to)),
            3 => {
                let part = bytes[at..to].to_vec();
                bytes.splice(at..at, part);
            }
            4 => bytes.truncate(at),
            5 => {
                let other = &inputs[dice.below(inputs.len())];
                let from = dice.below(other.len() + 1);
                bytes.truncate(at);
                bytes.extend(&other[from..]);
            }
            _ => bytes.insert(at, u8::try_from(dice.below(256)).unwrap_or(0)),
        }
    }
    bytes
}

/// What `make fuzz` runs: every target for `FUZZ_SECONDS`, two side by side.
#[test]
#[ignore = "`make fuzz` builds the fuzzer first"]
fn no_reader_fails_under_the_fuzzer() {
    let fuzzer = PathBuf::from(env::var_os("FUZZER").expect("FUZZER names the fuzzer's binary"));
    let seconds: u32 = env::var("FUZZ_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(SECONDS_LEAST);
    let mut proof = Proof::begin("fuzzing");
    let only = env::var("FUZZ_TARGET").ok();
    let left = Mutex::new(TARGETS.to_vec());
    left.lock().expect("nobody panicked").retain(|(name, _)| only.as_deref().is_none_or(|only| only == *name));
    let done = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(target) = { left.lock().expect("nobody panicked").pop() } {
                    let outcome = fuzz(&fuzzer, target, seconds);
                    done.lock().expect("nobody panicked").push(outcome);
                }
            });
        }
    });
    let mut crashes = Vec::new();
    for (name, outcome) in done.into_inner().expect("nobody panicked") {
        match outcome {
            Ok(runs) => proof.count(&format!("runs of {name}"), runs),
            Err(why) => crashes.push(format!("{name}: {why}")),
        }
    }
    assert!(crashes.is_empty(), "{}", crashes.join("\n"));
    // A shorter run is no proof.
    if only.is_none() && SECONDS_LEAST <= seconds {
        proof.count("seconds each", seconds.into());
        proof.count("crashes", 0);
        proof.holds();
    }
}

/// Fuzzes one target. What it finds new is kept beside the fuzzer; the project's corpus is only read.
fn fuzz(fuzzer: &Path, (name, _): Target, seconds: u32) -> (&'static str, Result<u64, String>) {
    let found = fuzzer.with_file_name("found").join(name);
    fs::create_dir_all(&found).expect("a folder");
    let output = Command::new(fuzzer)
        .env("FUZZ_TARGET", name)
        .args([&found, &folder(name)])
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-rss_limit_mb={RSS_MB_MAX}"))
        .arg(format!("-malloc_limit_mb={MALLOC_MB_MAX}"))
        .arg(format!("-timeout={SECONDS_MAX}"))
        .arg(format!("-max_len={INPUT_BYTES_MAX}"))
        .arg(format!("-artifact_prefix={}", found.with_file_name(format!("{name}-")).display()))
        .args(["-print_final_stats=1", "-verbosity=0"])
        .stdin(Stdio::null())
        .output()
        .expect("the fuzzer runs");
    let text = String::from_utf8_lossy(&output.stderr);
    let runs = text.lines().find_map(|line| line.strip_prefix("stat::number_of_executed_units:")?.trim().parse().ok());
    let outcome = match runs {
        Some(runs) if output.status.success() => Ok(runs),
        _ => Err(text.lines().rev().take(40).collect::<Vec<_>>().into_iter().rev().collect::<Vec<_>>().join("\n")),
    };
    (name, outcome)
}
