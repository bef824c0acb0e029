//! Whatever is changed in a record shows, and where. A random slice with a printed seed; all of it with `PROVE=1`.
//!
//! The specimen is a real sitting of more than 200 records. The verifier in `core` judges every variant. The second one
//! judges a part of them and has to say the same.

mod corpora;
mod damage;
mod documents;
mod second;
mod specimen;
mod stored;

use damage::{Damage, damages};
use invigil_content::bundle::Bundle;
use invigil_core::{
    Digest, Moment,
    checkpoint::PaperCode,
    log::{Record, Tail},
    verify::Verdict,
};
use invigil_tests::proof::Proof;
use specimen::Specimen;
use std::sync::OnceLock;

/// How many variants of each kind a slice has.
const SLICE: usize = 300;
/// How many of each kind the second verifier judges, which is slower.
const SLICE_OF_SECOND: usize = 25;

fn specimen() -> &'static Specimen {
    static SPECIMEN: OnceLock<Specimen> = OnceLock::new();
    SPECIMEN.get_or_init(|| {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        runtime.expect("a runtime").block_on(Specimen::sit())
    })
}

fn whole() -> (Bundle, u64) {
    let bundle = Bundle::read(&specimen().zip()).expect("the bundle as it was written");
    let judged = bundle.verify(None).expect("its answers are its own");
    assert_eq!(judged.verdict, Verdict::Proven);
    let end = judged.records.len() as u64;
    let before_the_end = bundle.anchors.checkpoints.iter().map(|checkpoint| checkpoint.size).filter(|size| *size < end);
    let vouched = before_the_end.max().unwrap_or(0);
    (bundle, vouched)
}

#[test]
fn every_change_of_a_log_shows_at_its_place() {
    let (mut bundle, vouched) = whole();
    let original = bundle.verify(None).expect("its answers are its own").records;
    assert!(200 <= original.len(), "{} records", original.len());
    let mut proof = Proof::begin("changes of a log");
    let slice = if proof.whole() { None } else { Some(SLICE) };
    let mut dice = proof.dice();
    for Damage { kind, log, expected } in damages(&specimen().log, &specimen().other_log, vouched, slice, &mut dice) {
        bundle.log = log;
        let judged = bundle.verify(None).expect("its answers are its own");
        let Verdict::Broken { seq, why } = &judged.verdict else { panic!("{kind} is {}", judged.verdict) };
        assert!(expected.contains(seq), "{kind}: broken at #{seq} ({why}), expected {expected:?}");
        let shown = judged.records.len();
        assert_eq!(judged.records, original[..shown], "{kind}: a record is shown that was not written");
        proof.count(kind, 1);
    }
    for kind in damage::KINDS {
        assert!(0 < proof.counted(kind), "no variant of “{kind}” was tried");
    }
    proof.holds();
}

#[test]
fn two_verifiers_agree_on_whole_and_on_damaged_bundles() {
    let folder = tempfile::tempdir().expect("a folder");
    let (_, vouched) = whole();
    let proof = Proof::begin("two verifiers");
    let mut dice = proof.dice();
    let (log, other) = (&specimen().log, &specimen().other_log);
    let mut bundles = vec![specimen().zip()];
    let without = |names: &[&str]| {
        let mut files = specimen().files.clone();
        names.iter().for_each(|name| drop(files.remove(*name)));
        specimen::packed(&files)
    };
    bundles.push(without(&["submission.json", "receipt.json"]));
    bundles.push(without(&["submission.json", "receipt.json", "checkpoints.jsonl"]));
    bundles.push(without(&["log.jsonl"]));
    let damaged = damages(log, other, vouched, Some(SLICE_OF_SECOND), &mut dice);
    bundles.extend(damaged.map(|damage| specimen().zip_with("log.jsonl", &damage.log)));
    bundles.extend(second::forged(specimen(), &mut dice, 5 * SLICE_OF_SECOND));
    bundles.extend(second::mixed(specimen()));
    let first_moved = bundles.len();
    bundles.push(specimen::packed(&specimen().moved));
    let moved_log = &specimen().moved["log.jsonl"];
    for damage in damages(moved_log, other, 0, Some(SLICE_OF_SECOND), &mut dice) {
        let mut files = specimen().moved.clone();
        files.insert("log.jsonl".to_owned(), damage.log);
        bundles.push(specimen::packed(&files));
    }
    // Without its leases, or with one of them only, a log that has moved is nobody's.
    for keep in 0..2 {
        let mut files = specimen().moved.clone();
        let leases: Vec<&[u8]> = specimen().moved["leases.jsonl"].split_inclusive(|byte| *byte == b'\n').collect();
        files.insert("leases.jsonl".to_owned(), leases[keep].to_vec());
        bundles.push(specimen::packed(&files));
    }
    let said = second::both(&bundles, None, folder.path());
    for (number, (first, second)) in said.iter().enumerate() {
        assert_eq!(first, second, "bundle {number} of seed {}", proof.seed());
    }
    // As it was written, and without submission and receipt: the last checkpoint is of all of it.
    let proven: Vec<_> = said.iter().enumerate().filter(|(_, (first, _))| first == "proven").map(|(n, _)| n).collect();
    assert_eq!(proven, [0, 1, first_moved], "nothing that was damaged is proven");
    assert_eq!(said[2].0, "consistent, unanchored");
}

/// A bundle of this log with nothing that vouches for it.
fn alone(log: &[u8]) -> Vec<u8> {
    let mut files = specimen().files.clone();
    ["submission.json", "receipt.json", "checkpoints.jsonl"].iter().for_each(|name| drop(files.remove(*name)));
    files.insert("log.jsonl".to_owned(), log.to_vec());
    specimen::packed(&files)
}

#[test]
fn two_verifiers_agree_on_how_boots_are_counted() {
    let folder = tempfile::tempdir().expect("a folder");
    let (bundle, _) = whole();
    let records = bundle.verify(None).expect("its answers are its own").records;
    let written_with = |boot: &dyn Fn(u64) -> u32| {
        let admission = &bundle.anchors.admission;
        let mut tail = Tail::start(admission.sitting.clone(), 0, admission.digest());
        let anew = records.iter().map(|record| {
            let at = Moment { boot: boot(record.seq), ..record.at };
            tail.append(at, record.by.clone(), record.event.clone()).1
        });
        alone(&anew.collect::<Vec<_>>().concat())
    };
    let from = |seq: u64, then: u32| move |n: u64| if n < seq { 0 } else { then };
    let bundles = [
        (written_with(&from(5, 1)), "consistent, unanchored"),
        (written_with(&from(5, 2)), "broken at #5"),
        (written_with(&from(5, u32::MAX)), "broken at #5"),
        (written_with(&from(0, 1)), "broken at #0"),
        (written_with(&|n| u32::from(n == 5)), "broken at #6"),
    ];
    let said = second::both(&bundles.clone().map(|(bundle, _)| bundle), None, folder.path());
    for ((first, second), (_, expected)) in said.iter().zip(bundles) {
        assert_eq!((first.as_str(), second.as_str()), (expected, expected));
    }
}

#[test]
fn two_verifiers_agree_on_codes_from_paper() {
    let folder = tempfile::tempdir().expect("a folder");
    let lines: Vec<&[u8]> = specimen().log.split_inclusive(|byte| *byte == b'\n').collect();
    let half = lines.len() / 2;
    let sitting = whole().0.anchors.admission.sitting.clone();
    let code = PaperCode::of(&sitting, half as u64, &Digest::of(lines[half - 1]));
    let logs = [lines.concat(), lines[..half].concat(), lines[..half - 1].concat()];
    let said = second::both(&logs.map(|log| alone(&log)), Some(code), folder.path());
    for (first, second) in &said {
        assert_eq!(first, second);
    }
    assert!(said[0].0.starts_with("proven until"), "{}", said[0].0);
    assert_eq!((said[1].0.as_str(), said[2].0.clone()), ("proven", format!("broken at #{}", half - 1)));
}

/// CVE-2023-31437 (journald): what was shown was not what had been verified. `invigil log verify` counts and names only
/// records that are, also where a forged continuation is broken on purpose behind the place that betrays it.
#[test]
fn cve_2023_31437_the_command_line_shows_what_is_verified() {
    let (bundle, _) = whole();
    let anchor = bundle.anchors.checkpoints.iter().map(|checkpoint| checkpoint.size).max().expect("a checkpoint");
    let lines: Vec<&[u8]> = specimen().log.split_inclusive(|byte| *byte == b'\n').collect();
    let mut tail = Tail::start(bundle.anchors.admission.sitting.clone(), 0, bundle.anchors.admission.digest());
    let mut forged = Vec::new();
    for line in &lines {
        let record = Record::parse(line).expect("a record");
        let at = Moment { wall: record.at.wall.plus_ms(1), ..record.at };
        forged.push(tail.append(at, record.by, record.event).1);
    }
    assert!(2 < anchor, "the anchor lies behind the forged records");
    let folder = tempfile::tempdir().expect("a folder");
    let broken_behind = [forged.concat(), b"{}\n".to_vec()].concat();
    for (name, log, shown) in [
        ("as it was written", lines.concat(), lines.len()),
        ("written anew", forged.concat(), 0),
        ("written anew and broken at its end", broken_behind, 0),
    ] {
        let path = folder.path().join("bundle.zip");
        std::fs::write(&path, specimen().zip_with("log.jsonl", &log)).expect("it is written");
        let program = invigil::stage::binary("invigil").expect("the command line is built");
        let output = std::process::Command::new(program).args(["log", "verify"]).arg(&path).output().expect("it runs");
        let text = String::from_utf8(output.stdout).expect("text");
        assert_eq!(output.status.code(), Some(if shown == 0 { 2 } else { 0 }), "{name}: {text}");
        assert!(text.contains(&format!("records   {shown} verified")), "{name}: {text}");
        assert_eq!(text.contains("closed    no:"), shown == 0, "{name}: {text}");
    }
}
