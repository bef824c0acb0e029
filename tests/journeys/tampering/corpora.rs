//! The inputs of the fuzzed readers that are made of a real sitting. A format that has changed makes them unreadable;
//! `cargo test -p invigil-tests --test journeys corpora -- --ignored` writes them anew.

use super::specimen;
use invigil_content::bundle::Files;
use invigil_tests::fuzz::{folder, logs::FILES};
use std::fs;

#[test]
#[ignore = "writes tests/fuzz/corpus anew"]
fn corpora_are_written_anew() {
    let files = &specimen().moved;
    let write = |target: &str, name: &str, bytes: &[u8]| {
        fs::write(folder(target).join(name), bytes).expect("it is written");
    };
    let joined = |names: &[&str]| -> Vec<u8> {
        FILES.map(|name| files.get(name).filter(|_| names.contains(&name)).cloned().unwrap_or_default()).join(&0)
    };
    write("bundle", "0-whole", &joined(&FILES));
    write("bundle", "1-without-anchors", &joined(&FILES[..4]));
    let few = Files::unzip(&super::specimen::packed(files)).expect("a bundle");
    let few = Files { checkpoints: vec![], submission: None, receipt: None, result: None, ..few };
    write("bundle", "2-zip", &few.zip().expect("a zip"));
    let lines: Vec<&[u8]> = files["log.jsonl"].split_inclusive(|byte| *byte == b'\n').collect();
    write("log", "0-whole", &lines.concat());
    write("log", "1-beginning", &lines[..6].concat());
    for (n, name) in ["admission.json", "submission.json", "receipt.json", "result.json"].into_iter().enumerate() {
        write("envelope", &format!("{n}-{name}"), &files[name]);
    }
    let last = |name: &str| files[name].split(|byte| *byte == b'\n').rfind(|line| !line.is_empty()).map(<[u8]>::to_vec);
    write("envelope", "4-lease", &last("leases.jsonl").expect("a lease"));
    write("envelope", "5-checkpoint", &last("checkpoints.jsonl").expect("a checkpoint"));
}
