//! The second verifier, `docs/formats/verify_log.py`, which shares no line with the first.

use super::specimen::Specimen;
use invigil_content::bundle::Bundle;
use invigil_core::checkpoint::PaperCode;
use invigil_tests::{proof::Dice, root};
use std::{fs, path::Path, process::Command};

/// What both verifiers say of bundles, pair by pair: Rust's words and Python's.
pub fn both(bundles: &[Vec<u8>], code: Option<PaperCode>, folder: &Path) -> Vec<(String, String)> {
    let mut paths = Vec::new();
    for (number, bytes) in bundles.iter().enumerate() {
        let path = folder.join(format!("{number}.zip"));
        fs::write(&path, bytes).expect("it is written");
        paths.push(path);
    }
    let output = Command::new("/usr/bin/python3")
        .arg(root().join("docs/formats/verify_log.py"))
        .args(code.map(|code| ["--code".to_owned(), code.to_string()]).into_iter().flatten())
        .args(&paths)
        .output()
        .expect("Python runs");
    let text = String::from_utf8(output.stdout).expect("text");
    let second: Vec<_> = text.lines().map(str::to_owned).collect();
    assert_eq!(second.len(), bundles.len(), "{}", String::from_utf8_lossy(&output.stderr));
    bundles.iter().map(|bytes| first(bytes, code)).zip(second).collect()
}

/// What `invigil log verify` says in its first line, without the reason why a bundle cannot be read.
fn first(bundle: &[u8], code: Option<PaperCode>) -> String {
    let judged = Bundle::read(bundle).and_then(|read| read.verify(code));
    judged.map_or("broken".to_owned(), |verified| verified.verdict.to_string())
}

/// What lies beside the log.
const BESIDE: [&str; 7] = [
    "admission.json",
    "leases.jsonl",
    "checkpoints.jsonl",
    "submission.json",
    "receipt.json",
    "result.json",
    "openings.jsonl",
];

/// Bundles with one byte changed beside the log.
pub fn forged(specimen: &Specimen, dice: &mut Dice, count: usize) -> Vec<Vec<u8>> {
    let change = |number: usize, dice: &mut Dice| {
        let name = BESIDE[number % BESIDE.len()];
        let mut bytes = specimen.files[name].clone();
        let place = dice.below(bytes.len());
        bytes[place] ^= 1 << dice.below(7);
        specimen.zip_with(name, &bytes)
    };
    (0..count).map(|number| change(number, dice)).collect()
}

/// Bundles with one file of the other sitting, or with a member that occurs twice in one, or with a word by nobody.
pub fn mixed(specimen: &Specimen) -> Vec<Vec<u8>> {
    let swapped = BESIDE.iter().map(|name| specimen.zip_with(name, &specimen.other[*name]));
    let doubled = BESIDE.iter().map(|name| {
        let text = [b"{\"type\":null,", &specimen.files[*name][1..]].concat();
        specimen.zip_with(name, &text)
    });
    let by_nobody = specimen.zip_with("hand-in.json", &specimen.files["receipt.json"]);
    swapped.chain(doubled).chain([by_nobody]).collect()
}
