//! Logs and bundles, against those of a real sitting that lie in the corpus.

use super::corpus;
use invigil_content::bundle::Bundle;
use invigil_core::{
    Digest,
    envelope::canonical,
    log::{Record, Tail},
    sitting::{Event, Sitting, objection},
    verify::{Anchors, Verdict, Verified, verify},
};
use serde_json::{Map, Value as Json, json};
use std::{
    io::{Cursor, Write},
    sync::LazyLock,
};

/// The files of a bundle in the order in which an input holds them, each ended by a zero byte.
pub const FILES: [&str; 8] = [
    "admission.json",
    "leases.jsonl",
    "log.jsonl",
    "openings.jsonl",
    "checkpoints.jsonl",
    "submission.json",
    "receipt.json",
    "result.json",
];

/// The real sitting: the first input of the bundle's corpus.
pub static SPECIMEN: LazyLock<Bundle> = LazyLock::new(|| {
    let first = corpus("bundle").swap_remove(0);
    let read = Bundle::read(&zipped(&first)).expect("the first input of the bundle's corpus is a whole bundle");
    assert_eq!(read.verify(None).expect("its answers are its own").verdict, Verdict::Proven);
    read
});

/// A log as it is, and with its lines brought to continue each other.
pub fn log(bytes: &[u8]) {
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let written = Record::parse(line).map(|record| record.line());
        assert!(written.as_deref().unwrap_or(line) == line, "a line is read as the record of another");
    }
    let specimen = &*SPECIMEN;
    let verified = verify(bytes, &specimen.anchors);
    shown_is_verified(&verified, bytes, &specimen.anchors);
    match verified.verdict {
        Verdict::Proven => assert_eq!(bytes, specimen.log, "another log is proven"),
        Verdict::Broken { seq, .. } => {
            assert!(verified.records.len() as u64 <= seq, "a record behind the break is shown")
        }
        Verdict::ProvenUntil(_) | Verdict::Unanchored => panic!("it is {}", verified.verdict),
    }
    let linked =
        linked(bytes, Tail::start(specimen.anchors.admission.sitting.clone(), 0, specimen.anchors.admission.digest()));
    shown_is_verified(&verify(&linked, &specimen.anchors), &linked, &specimen.anchors);
    let alone = Anchors { checkpoints: vec![], submission: None, receipt: None, ..specimen.anchors.clone() };
    let verified = verify(&linked, &alone);
    shown_is_verified(&verified, &linked, &alone);
    let mut fold = Sitting::new(&alone.admission);
    let mut before = None;
    for record in &verified.records {
        let _ = objection(&fold, before, std::slice::from_ref(record), &alone.admission);
        fold.apply(record);
        let _ = (fold.clock().remaining_ms(&record.at), fold.phase(), fold.posture(&record.at));
        before = Some(record);
    }
}

/// The records are the beginning of the bytes, and no anchor that they reach says otherwise.
fn shown_is_verified(verified: &Verified, bytes: &[u8], anchors: &Anchors) {
    let mut shown = Vec::new();
    let mut heads = vec![anchors.admission.digest()];
    for record in &verified.records {
        let line = record.line();
        assert_eq!(canonical(&serde_json::from_slice::<Json>(&line).expect("JSON")), line[..line.len() - 1]);
        heads.push(Digest::of(&line));
        shown.extend(line);
    }
    assert!(bytes.starts_with(&shown), "a record is shown that is not in the log");
    assert_eq!((verified.log.size, verified.log.head), (verified.records.len() as u64, heads[verified.records.len()]));
    for checkpoint in anchors.checkpoints.iter().filter(|checkpoint| checkpoint.size < heads.len() as u64) {
        let at = usize::try_from(checkpoint.size).expect("a small number");
        assert_eq!(heads[at], checkpoint.head, "shown against a checkpoint");
    }
}

/// The lines with `sitting`, `epoch`, `seq` and `prev` as they have to be, where they are objects at all.
pub fn linked(bytes: &[u8], mut tail: Tail) -> Vec<u8> {
    let mut linked = Vec::new();
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let mended = match serde_json::from_slice::<Map<String, Json>>(line) {
            Ok(mut record) => {
                record.insert("sitting".into(), json!(tail.sitting));
                record.insert("epoch".into(), json!(tail.epoch));
                record.insert("seq".into(), json!(tail.seq));
                record.insert("prev".into(), json!(tail.head));
                [canonical(&record), b"\n".to_vec()].concat()
            }
            Err(_) => line.to_vec(),
        };
        (tail.seq, tail.head) = (tail.seq + 1, Digest::of(&mended));
        linked.extend(mended);
    }
    linked
}

/// A zip as it is, and one of the input's files.
pub fn bundle(bytes: &[u8]) {
    judged(bytes);
    judged(&zipped(bytes));
}

fn judged(bytes: &[u8]) {
    let Ok(read) = Bundle::read(bytes) else { return };
    let Ok(verified) = read.verify(None) else { return };
    let whole = !matches!(verified.verdict, Verdict::Broken { .. });
    for opening in read.openings.iter().filter(|_| whole) {
        let record = usize::try_from(opening.seq).ok().and_then(|seq| verified.records.get(seq));
        let opened = matches!(record.map(|record| &record.event),
            Some(Event::Responded { commitment, .. }) if *commitment == opening.commitment());
        assert!(opened, "an opening shows another answer");
    }
    shown_is_verified(&verified, &read.log, &read.anchors);
    if read.anchors.admission.issuer.signing == SPECIMEN.anchors.admission.issuer.signing {
        assert!(read.anchors.receipt.is_none() || verified.verdict != Verdict::Proven || read.log == SPECIMEN.log);
    }
}

/// The zip of an input's files. A file that the input does not reach is left out.
pub fn zipped(bytes: &[u8]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, content) in FILES.iter().zip(bytes.split(|byte| *byte == 0)).filter(|(_, content)| !content.is_empty()) {
        zip.start_file(*name, stored).expect("a file begins");
        zip.write_all(content).expect("it is written");
    }
    zip.finish().expect("a zip").into_inner()
}
