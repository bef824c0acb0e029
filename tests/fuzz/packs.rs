//! Exam sources, and the packs that are built of them.

use super::{documents::signed, html, key, public, when};
use invigil_content::{
    academy,
    pack::{Pack, PracticeArgs, exam_plaintext, seal_practice},
    render,
};
use invigil_core::{
    Digest,
    envelope::{canonical, read_object},
    grading::MarkScheme,
    item::Exam,
};
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeSet;

/// A pack as it is, and with a manifest that is true of its content.
pub fn pack(bytes: &[u8]) {
    opened(bytes);
    let Some(end) = bytes.iter().position(|byte| *byte == b'\n') else { return };
    let Ok(mut manifest) = read_object(&bytes[..end]) else { return };
    let content = described(&mut manifest, &bytes[end + 1..]);
    let mut mended = signed(manifest);
    mended.push(b'\n');
    mended.extend(content);
    opened(&mended);
}

fn opened(bytes: &[u8]) {
    let Ok(pack) = Pack::open(bytes) else { return };
    assert_eq!(pack.digest(), Digest::of(bytes));
    assert_eq!(pack.expect_digest(&Digest::of(bytes)), Ok(()));
    assert_eq!(pack.expect_author(&pack.manifest().author), Ok(()));
    let Ok(practice) = pack.practice() else { return };
    assert_eq!(practice.exam.items.len() as u64, u64::from(pack.manifest().items));
    html::exam(&practice.exam, &practice.marks);
}

/// Makes a manifest true of its content, which is brought into canonical form where it is JSON.
fn described(manifest: &mut Map<String, Json>, content: &[u8]) -> Vec<u8> {
    let content = read_object(content).map_or_else(|_| content.to_vec(), |object| canonical(&object));
    if let Ok(Json::Object(parts)) = serde_json::from_slice(&content) {
        let part = |name: &str| parts.get(name).cloned().unwrap_or_default();
        if let Ok(exam) = serde_json::from_value::<Exam>(part("exam")) {
            manifest.insert("exam".into(), json!(exam.id));
            manifest.insert("title".into(), json!(exam.title));
            manifest.insert("items".into(), json!(exam.items.len()));
            manifest.insert("bank".into(), json!(Digest::of(exam_plaintext(&exam))));
        }
        let salt = part("salt").as_str().and_then(|salt| u128::from_str_radix(salt, 16).ok()).map(u128::to_be_bytes);
        if let (Ok(marks), Some(salt)) = (serde_json::from_value::<MarkScheme>(part("markScheme")), salt) {
            manifest.insert("markScheme".into(), json!(marks.commitment(&salt)));
        }
    }
    if let Some(about) = manifest.get_mut("content").and_then(Json::as_object_mut) {
        about.insert("size".into(), json!(content.len()));
        about.insert("sha256".into(), json!(Digest::of(&content)));
    }
    manifest.insert("author".into(), json!(public()));
    content
}

/// A file in the Academy's format. What is read without an error can be packed, and the pack can be opened.
pub fn exam_source(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for rendered in [render::block(&text), render::inline(&text)] {
        html::harmless(&rendered.html);
    }
    let reading = academy::read("exams/fuzz/exam.md", &text);
    for finding in &reading.findings {
        assert!(!finding.code.is_empty() && !finding.message.is_empty() && !finding.remedy.is_empty(), "{finding:?}");
    }
    let Some(bank) = reading.bank else { return };
    assert!(!bank.exam.items.is_empty() && bank.exam.items.len() <= reading.questions);
    html::exam(&bank.exam, &bank.marks);
    let ids: BTreeSet<_> = bank.exam.items.iter().map(|item| &item.id).collect();
    assert_eq!(ids.len(), bank.exam.items.len(), "two items have one identifier");
    assert!(bank.exam.items.iter().all(|item| bank.marks.keys.contains_key(&item.id)), "an item has no key");
    let key = key();
    let Ok(sealed) = seal_practice(&bank, PracticeArgs { author: &key, salt: [3; 16], built: when() }) else { return };
    let practice = Pack::open(&sealed.bytes).and_then(|pack| pack.practice());
    let practice = practice.unwrap_or_else(|why| panic!("what was packed does not open: {why}"));
    assert_eq!((practice.exam, practice.marks), (bank.exam, bank.marks));
}
