//! Signed documents of every type.

use super::{key, public, when};
use invigil_core::{
    PublicKey, Signed,
    admission::{Admission, Lease, Redemption, Start},
    checkpoint::Checkpoint,
    envelope::{self, Document, canonical, read_object},
    grading::ExamResult,
    pack::Manifest,
    submission::{Receipt, Submission},
};
use serde_json::{Map, Value as Json};

/// A document as it is, and signed anew with whatever members it has.
pub fn envelope(bytes: &[u8]) {
    as_every_type(bytes, &public());
    let Ok(object) = read_object(bytes) else { return };
    as_every_type(&signed(object), &public());
}

/// The object with a proof by the key of the targets.
pub fn signed(object: Map<String, Json>) -> Vec<u8> {
    canonical(&envelope::sign(object, &key(), &public().method(), when()))
}

fn as_every_type(bytes: &[u8], key: &PublicKey) {
    let opened = [
        opens::<Admission>(bytes, key),
        opens::<Lease>(bytes, key),
        opens::<Start>(bytes, key),
        opens::<Redemption>(bytes, key),
        opens::<Checkpoint>(bytes, key),
        opens::<Submission>(bytes, key),
        opens::<Receipt>(bytes, key),
        opens::<ExamResult>(bytes, key),
        opens::<Manifest>(bytes, key),
    ];
    let count = opened.iter().filter(|opened| **opened).count();
    assert!(count <= 1, "a document is of {count} types");
}

fn opens<T: Document>(bytes: &[u8], key: &PublicKey) -> bool {
    let Ok(document) = Signed::<T>::open(bytes, key) else { return false };
    let again = Signed::<T>::open(document.bytes(), key).unwrap_or_else(|why| panic!("its own form: {why}"));
    assert_eq!(again.bytes(), document.bytes(), "the canonical form has another");
    assert_eq!(read_object(bytes), read_object(document.bytes()), "it is not what was read");
    assert_eq!(canonical(&document.to_json()), document.bytes());
    // What was understood is all there is, and comes out as it went in, but for spellings of times and absent members.
    let body = serde_json::to_value(&*document).expect("a document is JSON");
    let understood: T = serde_json::from_value(body.clone()).expect("what was written is read");
    assert_eq!(serde_json::to_value(&understood).expect("JSON"), body);
    let (Json::Object(body), Json::Object(whole)) = (body, document.to_json()) else { panic!("no objects") };
    for name in whole.keys().filter(|name| !matches!(name.as_str(), "type" | "proof")) {
        assert!(body.contains_key(name), "{name} was not understood");
    }
    true
}
