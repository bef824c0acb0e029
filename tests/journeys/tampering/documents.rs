//! Whatever is changed in a signed document makes it refused, with the reason that fits.

use super::{specimen, specimen::Specimen};
use invigil_content::bundle::Bundle;
use invigil_content::{
    academy,
    pack::{Pack, PackError, PracticeArgs, SealArgs, seal_exam, seal_practice},
    sealing::Identity,
};
use invigil_core::{
    PublicKey, SecretKey, Signed, Wall,
    admission::{Admission, Lease, Start},
    checkpoint::Checkpoint,
    envelope::{self, Document, EnvelopeError, canonical, read_object},
    grading::ExamResult,
    submission::{Receipt, Submission},
    verify::Verdict,
};
use invigil_credential::CredentialError;
use invigil_tests::proof::Proof;
use serde_json::{Map, Value as Json};
use std::sync::LazyLock;

const CHANGES: [&str; 4] = ["a byte flipped", "a byte dropped", "a byte doubled", "cut short"];
/// How many of each change a slice has, for each document.
const SLICE: usize = 60;

/// Reads a document and says nothing, or the name of the reason why it is refused.
type Reader = Box<dyn Fn(&[u8]) -> Result<(), &'static str>>;

/// A document and who reads it.
struct Paper {
    name: &'static str,
    bytes: Vec<u8>,
    open: Reader,
}

static NOW: LazyLock<Wall> = LazyLock::new(invigil_client::clock::wall);

fn reason(why: &EnvelopeError) -> &'static str {
    match why {
        EnvelopeError::NotJson => "not JSON",
        EnvelopeError::NoProof => "no proof",
        EnvelopeError::BadSignature => "bad signature",
        EnvelopeError::WrongType { .. } => "wrong type",
        EnvelopeError::TooNew { .. } => "too new",
        EnvelopeError::Shape { .. } => "shape",
        EnvelopeError::Number => "number",
    }
}

fn signed<T: Document + 'static>(name: &'static str, bytes: &[u8], key: PublicKey) -> Paper {
    let open = move |bytes: &[u8]| Signed::<T>::open(bytes, &key).map(drop).map_err(|why| reason(&why));
    Paper { name, bytes: bytes.to_vec(), open: Box::new(open) }
}

fn stranger() -> SecretKey {
    SecretKey::from_seed(&[99; 32])
}

fn keys(specimen: &Specimen) -> (PublicKey, PublicKey) {
    let bundle = Bundle::read(&specimen.zip()).expect("a whole bundle");
    (bundle.anchors.admission.issuer.signing, bundle.anchors.leases[0].device)
}

fn credential_key(bytes: &[u8]) -> PublicKey {
    let method = invigil_credential::signatory(bytes).expect("a credential").method;
    method.rsplit('#').next().and_then(|key| key.parse().ok()).expect("the fragment is the key")
}

fn papers() -> Vec<Paper> {
    let specimen = specimen();
    let (issuer, device) = keys(specimen);
    let file = |name: &str| specimen.files[name].as_slice();
    let first = |name: &str| file(name).split(|byte| *byte == b'\n').next().unwrap_or_default();
    let key = SecretKey::from_seed(&[1; 32]);
    let bank = academy::read("exam.md", &std::fs::read_to_string(crate::desk::sample_exam()).expect("the sample"));
    let bank = bank.bank.expect("a bank");
    let recipient = Identity::generate().to_public();
    let exam = seal_exam(&bank, SealArgs { recipient: &recipient, author: &key, salt: [3; 16], built: *NOW });
    let practice = seal_practice(&bank, PracticeArgs { author: &key, salt: [3; 16], built: *NOW });
    let sitting = "sit-1".parse().expect("an identifier");
    let start = Start { sitting, at: *NOW, deadline: Some(*NOW), content_sealed: "sealed".into() };
    let start = Signed::seal(start, &key, &key.public().method(), *NOW);
    let pack = |name, sealed: Vec<u8>| {
        let author = key.public();
        let open = move |bytes: &[u8]| {
            let opened = Pack::open(bytes).and_then(|pack| pack.expect_author(&author));
            opened.map_err(|why: PackError| why.code())
        };
        Paper { name, bytes: sealed, open: Box::new(open) }
    };
    let credential = specimen.credentials[0].clone();
    let credential_key = credential_key(&credential);
    let verify = move |bytes: &[u8]| {
        let verified = invigil_credential::verify(bytes, &credential_key, NOW.plus_ms(60_000));
        verified.map(drop).map_err(|why: CredentialError| why.code())
    };
    vec![
        signed::<Admission>("admission", file("admission.json"), issuer),
        signed::<Lease>("lease", first("leases.jsonl"), issuer),
        signed::<Start>("start", start.bytes(), key.public()),
        signed::<Checkpoint>("checkpoint", first("checkpoints.jsonl"), issuer),
        signed::<Submission>("submission", file("submission.json"), device),
        signed::<Receipt>("receipt", file("receipt.json"), issuer),
        signed::<ExamResult>("result", file("result.json"), issuer),
        pack("pack", exam.expect("a pack").bytes),
        pack("practice pack", practice.expect("a pack").bytes),
        Paper { name: "credential", bytes: credential, open: Box::new(verify) },
    ]
}

fn change(kind: &str, place: usize, bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    match kind {
        "a byte flipped" => bytes[place] ^= 1 << (place % 8),
        "a byte dropped" => drop(bytes.remove(place)),
        "a byte doubled" => bytes.insert(place, bytes[place]),
        _ => bytes.truncate(place),
    }
    bytes
}

/// The reasons that fit a change, found by reading the bytes as plain JSON: what is none cannot have another reason, what
/// has the type and the proof of the original can only have a wrong shape or signature.
fn fitting(paper: &Paper, changed: &[u8]) -> Vec<&'static str> {
    if paper.name.ends_with("pack") {
        let line = |bytes: &[u8]| bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
        let content = line(changed) == line(&paper.bytes) && changed.starts_with(&paper.bytes[..line(&paper.bytes)]);
        return match changed.len().cmp(&paper.bytes.len()) {
            _ if !content => vec!["not-a-pack", "pack-damaged", "pack-cut-short", "pack-other-author", "update-needed"],
            std::cmp::Ordering::Less => vec!["pack-cut-short"],
            std::cmp::Ordering::Equal | std::cmp::Ordering::Greater => vec!["pack-damaged"],
        };
    }
    let credential = paper.name == "credential";
    let Ok(Json::Object(object)) = serde_json::from_slice(changed) else {
        // A digest that lost its quotation mark may begin with a number that is too large, before it is no JSON.
        return if credential { vec!["credential-not-json"] } else { vec!["not JSON", "number"] };
    };
    let original = read_object(&paper.bytes).expect("the original");
    let same = |name: &str| object.get(name) == original.get(name);
    match (credential, same("type") && same("@context"), same("proof")) {
        (false, false, _) => vec!["wrong type", "too new", "not JSON", "number"],
        (false, true, true) => vec!["bad signature", "shape", "not JSON", "number"],
        (false, true, false) => vec!["bad signature", "shape", "no proof", "not JSON", "number"],
        (true, false, _) => vec!["credential-wrong-type", "credential-not-json"],
        (true, true, false) => vec!["credential-bad-signature", "credential-no-proof", "credential-uncovered"],
        (true, true, true) => vec!["credential-bad-signature", "credential-uncovered", "credential-not-json"],
    }
}

#[test]
fn every_change_of_a_document_is_refused() {
    let mut proof = Proof::begin("changes of documents");
    let mut dice = proof.dice();
    for paper in papers() {
        let Paper { name, bytes, open } = &paper;
        assert_eq!(open(bytes), Ok(()), "{name}");
        for kind in CHANGES {
            let places: Vec<usize> = match proof.whole() {
                true => (0..bytes.len()).collect(),
                false => (0..SLICE).map(|_| dice.below(bytes.len())).collect(),
            };
            for place in places {
                let changed = change(kind, place, bytes);
                let said = open(&changed).expect_err(&format!("{name}: {kind} at {place} is accepted"));
                let fitting = fitting(&paper, &changed);
                assert!(fitting.contains(&said), "{name}: {kind} at {place} is {said}, not one of {fitting:?}");
                proof.count(name, 1);
            }
        }
    }
    proof.holds();
}

fn object(bytes: &[u8]) -> Map<String, Json> {
    read_object(bytes).expect("an object")
}

#[test]
fn a_document_signed_by_another_key_is_refused() {
    for Paper { name, bytes, open } in papers() {
        let end =
            if name.ends_with("pack") { bytes.iter().position(|b| *b == b'\n').unwrap_or(0) } else { bytes.len() };
        let (stranger, mut document) = (stranger(), object(&bytes[..end]));
        let method = stranger.public().method();
        // With its own name in the proof, and with the true signer's.
        let mut methods = vec![method.clone()];
        let proof = document.remove("proof").expect("a proof");
        let proof = if proof.is_array() { proof[0].clone() } else { proof };
        methods.push(proof["verificationMethod"].as_str().expect("a method").to_owned());
        for method in methods {
            let forged = canonical(&envelope::sign(document.clone(), &stranger, &method, *NOW));
            let said = open(&[&forged, &bytes[end..]].concat());
            let expected = match name {
                // Its proof is of another kind than that of all other documents. By another key: its crate's own tests.
                "credential" => "credential-no-proof",
                "pack" | "practice pack" => "pack-damaged",
                _ => "bad signature",
            };
            assert_eq!(said, Err(expected), "{name} by {method}");
        }
        // A pack that names the stranger as its author is the stranger's pack, and says so.
        if name.ends_with("pack") {
            document.insert("author".into(), stranger.public().to_string().into());
            let forged = canonical(&envelope::sign(document, &stranger, &method, *NOW));
            assert_eq!(open(&[&forged, &bytes[end..]].concat()), Err("pack-other-author"), "{name}");
        }
    }
}

/// The spellings of JSON that a document may arrive in, by design: its digest is that of its RFC 8785 form whatever it
/// came in. A pack's manifest is part of a file that is named by its digest, so it has one spelling.
#[test]
fn a_document_may_be_spelled_otherwise_and_not_doubly() {
    for Paper { name, bytes, open } in papers() {
        let is_pack = name.ends_with("pack");
        let end = if is_pack { bytes.iter().position(|b| *b == b'\n').unwrap_or(0) } else { bytes.len() };
        let text = str::from_utf8(&bytes[..end]).expect("JSON is text");
        let with = |head: String| open(&[head.as_bytes(), &bytes[end..]].concat());
        let document = object(text.as_bytes());
        let backwards: Vec<String> =
            document.iter().rev().map(|(name, value)| format!("{}:{value}", Json::from(name.as_str()))).collect();
        for (spelling, head) in [
            ("white space", format!("{{ {}", &text[1..])),
            ("white space at the end", format!("{text} ")),
            ("members in another order", format!("{{{}}}", backwards.join(","))),
            ("an escape that is not needed", text.replacen("\"type\"", "\"\\u0074ype\"", 1)),
        ] {
            let expected = if is_pack { Err("pack-damaged") } else { Ok(()) };
            assert_eq!(with(head), expected, "{name}: {spelling}");
        }
        let (member, value) = document.iter().next_back().expect("a member");
        let doubled = format!("{},{}:{value}}}", &text[..text.len() - 1], Json::from(member.as_str()));
        let expected = match name {
            "credential" => "credential-not-json",
            _ if is_pack => "pack-damaged",
            _ => "not JSON",
        };
        assert_eq!(with(doubled), Err(expected), "{name}: a member twice");
    }
}

/// A document of the other sitting is as true as this one's, and not about it.
#[test]
fn documents_of_another_sitting_do_not_pass_for_this_ones() {
    let specimen = specimen();
    for name in specimen.files.keys() {
        let zip = specimen.zip_with(name, &specimen.other[name]);
        match Bundle::read(&zip).and_then(|read| read.verify(None)) {
            // The other sitting was on another device, which no submission of this one is signed by. Its admission has
            // no part in this one's result.
            Err(why) => {
                assert_eq!(why.code(), "bundle-untrusted", "{name}");
                let beside = ["admission.json", "leases.jsonl", "submission.json", "result.json", "openings.jsonl"];
                assert!(beside.contains(&name.as_str()), "{name}");
            }
            Ok(judged) => {
                assert!(matches!(judged.verdict, Verdict::Broken { seq: 0, .. }), "{name}: {}", judged.verdict);
                assert!(judged.records.is_empty(), "{name}: a record is shown");
            }
        }
    }
    let [ours, theirs] = &specimen.credentials;
    assert_ne!(ours, theirs);
    let summary = |bytes: &[u8]| invigil_credential::verify(bytes, &credential_key(bytes), NOW.plus_ms(60_000));
    let id = |bytes: &[u8]| summary(bytes).expect("a credential").id;
    assert_ne!(id(ours), id(theirs), "a credential says which it is");
}
