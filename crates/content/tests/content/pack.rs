//! Packs: blind to the key, bound to the mark scheme, and refused when a single bit is not as signed.

use age::{secrecy::SecretString, x25519};
use expect_test::expect;
use invigil_content::{
    academy::{Bank, read},
    pack::{
        MarkFile, MarksError, Pack, PackError, PracticeArgs, SealArgs, SealError, SealWarning, Sealed, exam_plaintext,
        open_marks, seal_exam, seal_marks, seal_practice,
    },
};
use invigil_core::{
    Digest, SecretKey, Signed, Wall,
    digest::Salt,
    envelope,
    grading::Rule,
    pack::{Encryption, Manifest, PackKind},
};

const SALT: Salt = [7; 16];
// Keys for tests only; they protect nothing.
const IDENTITY: &str = "AGE-SECRET-KEY-1GQ9778VQXMMJVE8SK7J6VT8UJ4HDQAJUVSFCWCM02D8GEWQ72PVQ2Y5J33";

const EXAM: &str = "---\ntitle: Demo\nid: demo\ntype: test\nlanguage: en\nquestions:\n\
    - {id: q1, text: Which?, type: single-answer, marks: 2, explanation: E1, references: [r1], difficulty: easy, \
    options: [{id: a, text: A, isCorrect: true}, {id: b, text: B}, {id: c, text: C}]}\n\
    - {id: q2, text: Which all?, type: multiple-answers, marks: 1, \
    options: [{id: a, text: A, isCorrect: true}, {id: b, text: B, isCorrect: true}, {id: c, text: C}]}\n\
    - {id: q3, text: What?, type: short-answer, marks: 1, correctAnswer: tab, accepted: [Tab key]}\n\
    - {id: q4, text: Is it?, type: true-false, marks: 1, correctAnswer: true}\n---\n";

fn bank(text: &str) -> Bank {
    read("exams/demo.md", text).bank.unwrap()
}

fn author() -> SecretKey {
    SecretKey::from_seed(&[1; 32])
}

fn identity(text: &str) -> x25519::Identity {
    text.parse().unwrap()
}

fn built() -> Wall {
    "2026-11-22T09:30:00Z".parse().unwrap()
}

fn exam_pack(bank: &Bank) -> Result<Sealed, SealError> {
    let recipient = identity(IDENTITY).to_public();
    seal_exam(bank, SealArgs { recipient: &recipient, author: &author(), salt: SALT, built: built() })
}

fn practice_pack(bank: &Bank) -> Result<Sealed, SealError> {
    seal_practice(bank, PracticeArgs { author: &author(), salt: SALT, built: built() })
}

/// The exam with every key, accepted answer, explanation, reference and note changed.
fn other_keys() -> String {
    let changed = EXAM
        .replace(
            "text: A, isCorrect: true}, {id: b, text: B}, {id: c, text: C}",
            "text: A}, {id: b, text: B}, {id: c, text: C, isCorrect: true}",
        )
        .replace(
            "text: A, isCorrect: true}, {id: b, text: B, isCorrect: true}, {id: c, text: C}",
            "text: A}, {id: b, text: B, isCorrect: true}, {id: c, text: C, isCorrect: true}",
        )
        .replace(
            "correctAnswer: tab, accepted: [Tab key]",
            "correctAnswer: a much longer answer, accepted: [enter], caseSensitive: true",
        )
        .replace("correctAnswer: true", "correctAnswer: false")
        .replace("explanation: E1", "explanation: Something else")
        .replace("references: [r1]", "references: [r2, r3], review: {by: me}")
        .replace("difficulty: easy", "difficulty: hard");
    assert_ne!(changed, EXAM);
    changed
}

#[test]
fn an_exam_pack_is_blind_to_the_key() {
    let (one, other) = (bank(EXAM), bank(&other_keys()));
    for id in ["q1", "q2", "q3", "q4"] {
        assert_ne!(one.marks.keys[id], other.marks.keys[id], "{id} is meant to differ");
    }
    assert_eq!(exam_plaintext(&one.exam), exam_plaintext(&other.exam));

    let (first, second) = (exam_pack(&one).unwrap(), exam_pack(&other).unwrap());
    let recipient = identity(IDENTITY);
    for sealed in [&first, &second] {
        let exam = Pack::open(&sealed.bytes).unwrap().exam(&recipient).unwrap();
        assert_eq!(exam, one.exam);
    }
    // What may differ is the salted commitment and what age draws at random, which includes how long its header is.
    let without = |sealed: &Sealed| {
        let mut manifest = sealed.manifest.clone();
        manifest.mark_scheme = Digest::of("");
        manifest.content.sha256 = Digest::of("");
        manifest.content.size = 0;
        manifest
    };
    assert_eq!(without(&first), without(&second));
    assert_ne!(first.manifest.mark_scheme, second.manifest.mark_scheme);
}

#[test]
fn nothing_of_the_key_stands_in_an_exam_pack() {
    let sealed = exam_pack(&bank(EXAM)).unwrap();
    let plaintext = String::from_utf8(exam_plaintext(&bank(EXAM).exam)).unwrap();
    for word in ["isCorrect", "correct", "accepted", "explanation", "E1", "r1", "Tab key", "difficulty"] {
        assert!(!plaintext.contains(word), "{word} is in the plaintext");
    }
    let manifest = String::from_utf8_lossy(&sealed.bytes);
    assert!(!manifest.contains("Which?"), "a question is readable");
}

#[test]
fn the_commitment_binds_the_whole_mark_scheme() {
    let original = bank(EXAM);
    let pack = Pack::open(&exam_pack(&original).unwrap().bytes).unwrap();
    assert_eq!(pack.expect_marks(&original.marks, &SALT), Ok(()));
    assert_eq!(pack.expect_marks(&original.marks, &[8; 16]), Err(PackError::OtherMarks));
    for (from, to) in [
        ("{id: a, text: A, isCorrect: true}, {id: b, text: B}", "{id: a, text: A}, {id: b, text: B, isCorrect: true}"),
        ("accepted: [Tab key]", "accepted: [Tab keys]"),
        ("accepted: [Tab key]", "accepted: [Tab key], caseSensitive: true"),
        ("correctAnswer: true", "correctAnswer: false"),
        ("explanation: E1", "explanation: E2"),
        ("references: [r1]", "references: [r2]"),
        ("marks: 2", "marks: 3"),
    ] {
        let changed = bank(&EXAM.replacen(from, to, 1));
        assert_eq!(pack.expect_marks(&changed.marks, &SALT), Err(PackError::OtherMarks), "{to}");
    }
}

#[test]
fn every_changed_byte_is_refused() {
    let mut bank = bank(EXAM);
    bank.exam.items.truncate(1);
    bank.marks.keys.retain(|id, _| id.as_str() == "q1");
    for sealed in [exam_pack(&bank).unwrap(), practice_pack(&bank).unwrap()] {
        let mut bytes = sealed.bytes;
        for place in 0..bytes.len() {
            for flip in [0x01, 0x80] {
                bytes[place] ^= flip;
                assert!(Pack::open(&bytes).is_err(), "byte {place} changed by {flip:#x} is accepted");
                bytes[place] ^= flip;
            }
        }
        assert!(Pack::open(&bytes).is_ok());
    }
}

#[test]
fn every_shortened_or_lengthened_pack_is_refused() {
    let sealed = exam_pack(&bank(EXAM)).unwrap();
    for length in 0..sealed.bytes.len() {
        let refused = Pack::open(&sealed.bytes[..length]).expect_err("a cut pack is accepted");
        assert_eq!(refused, PackError::CutShort, "cut at {length}");
    }
    let longer = [sealed.bytes.as_slice(), b"\n"].concat();
    assert_eq!(Pack::open(&longer).unwrap_err().code(), "pack-damaged");
}

/// A pack whose manifest was changed by somebody who can sign it.
fn resigned(sealed: &Sealed, change: impl FnOnce(&mut Manifest), content: &[u8]) -> Vec<u8> {
    let mut manifest = sealed.manifest.clone();
    manifest.content.sha256 = Digest::of(content);
    manifest.content.size = content.len() as u64;
    change(&mut manifest);
    let signed = Signed::seal(manifest, &author(), &author().public().method(), built());
    [signed.bytes(), b"\n", content].concat()
}

#[test]
fn every_refusal_says_what_to_do() {
    let sealed = exam_pack(&bank(EXAM)).unwrap();
    let content = &sealed.bytes[sealed.bytes.iter().position(|byte| *byte == b'\n').unwrap() + 1..];
    let newer = {
        let end = sealed.bytes.len() - content.len() - 1;
        let mut document: serde_json::Map<_, _> = serde_json::from_slice(&sealed.bytes[..end]).unwrap();
        document.insert("type".into(), "invigil/pack/2".into());
        document.insert("somethingNew".into(), true.into());
        let document = envelope::sign(document, &author(), &author().public().method(), built());
        [&envelope::canonical(&document), b"\n".as_slice(), content].concat()
    };
    let spaced = [b"{ ".as_slice(), &sealed.bytes[1..]].concat();
    let mut said = String::new();
    for bytes in [
        b"".to_vec(),
        b"PK\x03\x04".to_vec(),
        b"{\"type\":\"other/1\"}\n".to_vec(),
        b"{}\n".to_vec(),
        b"{not json}\n".to_vec(),
        vec![b'{'; 70_000],
        vec![b'{'; (16 << 20) + 1],
        newer,
        spaced,
        resigned(&sealed, |manifest| manifest.kind = PackKind::Practice, content),
        resigned(&sealed, |manifest| manifest.content.encryption = Encryption::None, content),
        resigned(&sealed, |manifest| manifest.content.size += 1, content),
        resigned(&sealed, |manifest| manifest.content.size -= 1, content),
        resigned(&sealed, |manifest| manifest.content.sha256 = Digest::of(""), content),
        resigned(&sealed, |manifest| manifest.author = SecretKey::from_seed(&[2; 32]).public(), content),
    ] {
        let refused = Pack::open(&bytes).unwrap_err();
        said += &format!("{}: {refused}\n", refused.code());
    }
    expect![[r#"
        pack-cut-short: the pack is cut short. Copy or download it again
        not-a-pack: this is not an Invigil pack. Choose a file that ends in .invigil
        not-a-pack: this is not an Invigil pack. Choose a file that ends in .invigil
        not-a-pack: this is not an Invigil pack. Choose a file that ends in .invigil
        pack-damaged: the pack is damaged or was changed: its manifest cannot be read. Copy or download it again
        not-a-pack: this is not an Invigil pack. Choose a file that ends in .invigil
        pack-too-large: the pack is larger than 16777216 bytes. Ask whoever built it to split the exam
        update-needed: the pack has the newer format invigil/pack/2. Update Invigil
        pack-damaged: the pack is damaged or was changed: its manifest is not in canonical form. Copy or download it again
        pack-damaged: the pack is damaged or was changed: its kind and its encryption contradict each other. Copy or download it again
        pack-damaged: the pack is damaged or was changed: its kind and its encryption contradict each other. Copy or download it again
        pack-cut-short: the pack is cut short. Copy or download it again
        pack-damaged: the pack is damaged or was changed: it is longer than its manifest says. Copy or download it again
        pack-damaged: the pack is damaged or was changed: its content is not what was signed. Copy or download it again
        pack-damaged: the pack is damaged or was changed: its manifest is not what was signed. Copy or download it again
    "#]].assert_eq(&said);
}

#[test]
fn what_is_inside_must_be_what_the_manifest_says() {
    let sealed = exam_pack(&bank(EXAM)).unwrap();
    let recipient = identity(IDENTITY);
    let encrypted = |plaintext: &[u8]| age::encrypt(&recipient.to_public(), plaintext).unwrap();
    let plaintext = exam_plaintext(&bank(EXAM).exam);
    let spaced = [b" ".as_slice(), &plaintext].concat();
    let opened = |bytes: Vec<u8>| Pack::open(&bytes).unwrap().exam(&recipient).map(|_| ()).map_err(|why| why.code());
    for (content, change, expected) in [
        (encrypted(&plaintext), Box::new(|_: &mut Manifest| {}) as Box<dyn FnOnce(&mut Manifest)>, Ok(())),
        (encrypted(&plaintext), Box::new(|m| m.exam = "another".parse().unwrap()), Err("pack-other-exam")),
        (encrypted(&plaintext), Box::new(|m| m.title = "Easier".into()), Err("pack-damaged")),
        (encrypted(&plaintext), Box::new(|m| m.items = 1), Err("pack-damaged")),
        (encrypted(&plaintext), Box::new(|m| m.bank = Digest::of("")), Err("pack-damaged")),
        (encrypted(&spaced), Box::new(|_| {}), Err("pack-damaged")),
        (encrypted(b"{}"), Box::new(|_| {}), Err("pack-damaged")),
        (b"not age".to_vec(), Box::new(|_| {}), Err("pack-damaged")),
    ] {
        assert_eq!(opened(resigned(&sealed, change, &content)), expected);
    }
}

#[test]
fn a_pack_is_opened_by_its_own_key_and_by_whom_it_is_meant_for() {
    let sealed = exam_pack(&bank(EXAM)).unwrap();
    let pack = Pack::open(&sealed.bytes).unwrap();
    assert_eq!(pack.exam(&x25519::Identity::generate()), Err(PackError::WrongKey));
    assert_eq!(pack.practice(), Err(PackError::IsExam));
    assert_eq!(pack.digest(), Digest::of(&sealed.bytes));
    assert_eq!(pack.expect_digest(&sealed.digest), Ok(()));
    assert_eq!(pack.expect_digest(&Digest::of("")), Err(PackError::OtherDigest));
    assert_eq!(pack.expect_author(&author().public()), Ok(()));
    let other = SecretKey::from_seed(&[2; 32]).public();
    assert_eq!(pack.expect_author(&other).unwrap_err().code(), "pack-other-author");
    assert_eq!(pack.expect_exam(&"demo".parse().unwrap()), Ok(()));
    assert_eq!(pack.expect_exam(&"another".parse().unwrap()).unwrap_err().code(), "pack-other-exam");
    assert!(!format!("{pack:?}").contains("content: ["), "the content is printed");
}

#[test]
fn a_practice_pack_holds_both_and_is_no_exam_pack() {
    let bank = bank(EXAM);
    let sealed = practice_pack(&bank).unwrap();
    let pack = Pack::open(&sealed.bytes).unwrap();
    let practice = pack.practice().unwrap();
    assert_eq!((practice.exam, practice.marks), (bank.exam.clone(), bank.marks.clone()));
    assert_eq!(pack.exam(&identity(IDENTITY)), Err(PackError::IsPractice));
    assert_eq!(practice_pack(&bank).unwrap(), sealed, "the same arguments give the same bytes");

    let content = &sealed.bytes[sealed.bytes.iter().position(|byte| *byte == b'\n').unwrap() + 1..];
    let text = std::str::from_utf8(content).unwrap();
    for (from, to, expected) in [
        ("\"correct\":[\"a\"]", "\"correct\":[\"b\"]", "pack-other-marks"),
        ("\"salt\":\"07", "\"salt\":\"08", "pack-other-marks"),
        ("\"salt\":\"07", "\"salt\":\"xx", "pack-damaged"),
        ("\"id\":\"demo\"", "\"id\":\"other\"", "pack-other-exam"),
        ("{\"exam\"", "{ \"exam\"", "pack-damaged"),
    ] {
        let changed = text.replacen(from, to, 1);
        assert_ne!(changed, text, "{from} is not there");
        let refused = Pack::open(&resigned(&sealed, |_| {}, changed.as_bytes())).unwrap().practice().unwrap_err();
        assert_eq!(refused.code(), expected, "{to}");
    }
}

#[test]
fn the_format_of_packs_does_not_change() {
    let mut bank = bank(EXAM);
    bank.exam.items.truncate(1);
    bank.marks.keys.retain(|id, _| id.as_str() == "q1");
    expect![[r#"
        {"author":"z6Mkon3Necd6NkkyfoGoHxid2znGc59LU3K7mubaRcFbLfLX","bank":"13020fc6e0c9716eed7aef12f63ff85f448cd1f8284e2cb06ec577826efc1dee","built":"2026-11-22T09:30:00.000Z","content":{"encryption":"none","sha256":"b5600d397f7f583350fbd12caebe9710dec46500e0c2586ceec67b7c91d331ae","size":673},"exam":"demo","items":1,"kind":"practice","markScheme":"b0f8f5bf4a43a08f78c4113667a0a8cb77162a6dcbc64a0cd1f7269a63045739","proof":{"created":"2026-11-22T09:30:00.000Z","cryptosuite":"eddsa-jcs-2022","proofPurpose":"assertionMethod","proofValue":"z64FHuWKKLqk2PTDPWathQFJcgHGfLUeVKQzWGt6z6N2ab1eyic6HaEf2Wjx7X5E2L8ce4FkbZiQU3KQCd6odCbFX","type":"DataIntegrityProof","verificationMethod":"did:key:z6Mkon3Necd6NkkyfoGoHxid2znGc59LU3K7mubaRcFbLfLX#z6Mkon3Necd6NkkyfoGoHxid2znGc59LU3K7mubaRcFbLfLX"},"public":false,"title":"Demo","type":"invigil/pack/1"}
        {"exam":{"competencies":[],"description":"","id":"demo","items":[{"canonicalId":"ad12f450-0bbc-510e-9354-3928faf81187","competency":null,"id":"q1","instructions":null,"interaction":{"choices":[{"content":"A","id":"a"},{"content":"B","id":"b"},{"content":"C","id":"c"}],"kind":"choice","maxChoices":1},"marks":2,"prompt":"<p>Which?</p>"}],"itemsPerTry":0,"language":"en","minutes":0,"passPercent":70,"shuffle":{"choices":false,"items":false},"title":"Demo","triesMax":0},"markScheme":{"exam":"demo","keys":{"q1":{"competency":null,"explanation":"<p>E1</p>","marks":2,"references":["r1"],"rule":{"correct":["a"],"kind":"choices"}}}},"salt":"07070707070707070707070707070707"}"#]].assert_eq(&String::from_utf8(practice_pack(&bank).unwrap().bytes).unwrap());
}

#[test]
fn a_bank_that_cannot_be_examined_with_is_not_sealed() {
    let edited = |change: fn(&mut Bank)| {
        let mut bank = bank(EXAM);
        change(&mut bank);
        bank
    };
    let essay = "- {id: q9, text: Discuss., type: essay, marks: 5}\n---\n";
    for (bank, code) in [
        (bank(&EXAM.replace("marks: 2", "marks: 0")), "bank-has-errors"),
        (bank(&EXAM.replace("\n---\n", &format!("\n{essay}"))), "needs-marker"),
        (edited(|bank| bank.exam.items.clear()), "bank-empty"),
        (edited(|bank| drop(bank.marks.keys.remove("q2"))), "key-mismatch"),
        (edited(|bank| drop(bank.exam.items.remove(1))), "key-mismatch"),
        (edited(|bank| bank.exam.items[0].marks += 1), "key-mismatch"),
        (edited(|bank| bank.marks.exam = "other".parse().unwrap()), "key-mismatch"),
        (edited(|bank| bank.exam.items[0].prompt = "x".repeat(16 << 20)), "pack-too-large"),
    ] {
        assert_eq!(exam_pack(&bank).map(|_| ()).map_err(|why| why.code()), Err(code));
        assert_eq!(practice_pack(&bank).map(|_| ()).map_err(|why| why.code()), Err(code));
    }
}

#[test]
fn an_exam_from_a_public_bank_warns() {
    for (public, pack, warnings) in [
        ("false", exam_pack as fn(&Bank) -> _, vec![]),
        ("true", exam_pack, vec![SealWarning::PublicBank]),
        ("true", practice_pack, vec![]),
    ] {
        let sealed = pack(&bank(&EXAM.replace("type: test", &format!("type: test\npublic: {public}")))).unwrap();
        assert_eq!((sealed.warnings, sealed.manifest.public), (warnings, public == "true"));
    }
}

#[test]
fn a_mark_file_opens_with_its_passphrase_only() {
    let bank = bank(EXAM);
    let sealed = exam_pack(&bank).unwrap();
    let marks = MarkFile {
        pack: sealed.digest,
        marks: bank.marks.clone(),
        salt: sealed.mark_scheme_salt,
        content_identity: identity(IDENTITY),
    };
    let pass = |text: &str| SecretString::from(text.to_owned());
    let bytes = seal_marks(&marks, pass("correct horse")).unwrap();
    let opened = open_marks(&bytes, pass("correct horse")).unwrap();
    let pack = Pack::open(&sealed.bytes).unwrap();
    assert_eq!(opened.pack, pack.digest());
    assert_eq!(pack.expect_marks(&opened.marks, &opened.salt), Ok(()));
    assert_eq!(pack.exam(&opened.content_identity), Ok(bank.exam.clone()));
    assert!(matches!(&opened.marks.keys["q1"].rule, Rule::Choices { correct } if correct.contains("a")));

    let mut damaged = bytes.clone();
    *damaged.last_mut().unwrap() ^= 1;
    for (bytes, passphrase, expected) in [
        (bytes.clone(), "correct house", MarksError::WrongPassphrase),
        (damaged, "correct horse", MarksError::Damaged),
        (bytes[..bytes.len() - 5].to_vec(), "correct horse", MarksError::Damaged),
        (sealed.bytes.clone(), "correct horse", MarksError::NotAMarkFile),
        (age::encrypt(&identity(IDENTITY).to_public(), b"x").unwrap(), "correct horse", MarksError::NotAMarkFile),
        (Vec::new(), "correct horse", MarksError::NotAMarkFile),
    ] {
        assert_eq!(open_marks(&bytes, pass(passphrase)).err(), Some(expected));
    }
    assert_eq!(seal_marks(&marks, pass("")).err(), Some(MarksError::NoPassphrase));
    let printed = format!("{marks:?}");
    assert!(!printed.contains("AGE-SECRET") && !printed.contains("correct"), "{printed}");
}

#[test]
fn a_mark_file_of_a_newer_format_asks_for_an_update() {
    let sealed = |plaintext: &str| {
        let mut recipient = age::scrypt::Recipient::new(SecretString::from("p".to_owned()));
        recipient.set_work_factor(2);
        age::encrypt(&recipient, plaintext.as_bytes()).unwrap()
    };
    for (plaintext, code) in [
        (r#"{"type":"invigil/marks/2","news":true}"#, "update-needed"),
        (r#"{"type":"invigil/marks/1"}"#, "marks-damaged"),
        (r#"{"type":"invigil/pack/1"}"#, "not-a-mark-file"),
        ("text", "not-a-mark-file"),
    ] {
        let refused = open_marks(&sealed(plaintext), SecretString::from("p".to_owned())).unwrap_err();
        assert_eq!(refused.code(), code, "{plaintext}");
    }
}
