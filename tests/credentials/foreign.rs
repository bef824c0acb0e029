//! What verifiers of npm and PyPI say: they accept what they should, and refuse every change.
//!
//! `.ci/verifiers` installs them, `tests/verifiers` asks them. What is right is known here alone.

use super::material::{Issuer, REVOKED};
use invigil_client::clock;
use invigil_credential::{bake, verify};
use invigil_tests::root;
use serde_json::{Map, Value as Json, json};
use std::{collections::BTreeMap, fs, path::Path, process::Command};

const VC: &str = "@digitalbazaar/vc";
const STATUS: &str = "@digitalbazaar/vc-bitstring-status-list";
const CORE: &str = "@digitalcredentials/verifier-core";
const PYTHON: &str = "openbadgeslib";
const SCHEMA: &str = "ajv";
/// How many changes the foreign verifiers see. Ours sees one at every byte.
const CHANGES: usize = 40;

/// Credentials in a folder, with what each verifier is to say of them.
struct Shelf {
    folder: tempfile::TempDir,
    cases: Map<String, Json>,
    accepted: BTreeMap<(String, String), bool>,
}

impl Shelf {
    fn put(&mut self, file: &str, bytes: &[u8], accepts: &[&str], refuses: &[&str]) {
        fs::write(self.folder.path().join(file), bytes).expect("it is written");
        let asked: Vec<&str> = accepts.iter().chain(refuses).copied().collect();
        self.cases.insert(file.into(), json!({"file": file, "verifiers": asked}));
        for (verifiers, accepted) in [(accepts, true), (refuses, false)] {
            for verifier in verifiers {
                self.accepted.insert(((*verifier).to_owned(), file.to_owned()), accepted);
            }
        }
    }

    fn put_json(&self, file: &str, json: &Json) {
        fs::write(self.folder.path().join(file), json.to_string()).expect("it is written");
    }
}

fn changed(bytes: &[u8], change: impl FnOnce(&mut Json)) -> Vec<u8> {
    let mut json: Json = serde_json::from_slice(bytes).expect("JSON");
    change(&mut json);
    json.to_string().into_bytes()
}

fn shelf(issuer: &Issuer) -> Shelf {
    let folder = tempfile::tempdir().expect("a folder");
    let mut shelf = Shelf { folder, cases: Map::new(), accepted: BTreeMap::new() };
    let present = Issuer::present();
    let good = issuer.sign(&issuer.certification(7), &present);
    shelf.put("certification.json", &good, &[VC, STATUS, CORE, PYTHON, SCHEMA], &[]);
    shelf.put("badge.json", &issuer.sign(&issuer.badge(), &present), &[VC, CORE, PYTHON, SCHEMA], &[]);
    let mut older = issuer.certification(8);
    older.valid_from = issuer.days_ago(9);
    shelf.put("of-an-old-key.json", &issuer.sign(&older, &Issuer::old()), &[VC, STATUS, CORE, PYTHON, SCHEMA], &[]);

    let revoked = issuer.sign(&issuer.certification(REVOKED), &present);
    shelf.put("revoked.json", &revoked, &[VC, SCHEMA], &[STATUS, CORE, PYTHON]);
    let mut expired = issuer.certification(9);
    (expired.valid_from, expired.valid_until) = (issuer.days_ago(3), Some(issuer.days_ago(2)));
    shelf.put("expired.json", &issuer.sign(&expired, &present), &[SCHEMA], &[VC, CORE, PYTHON]);
    let unknown_key = issuer.sign(&issuer.certification(7), &invigil_core::SecretKey::from_seed(&[23; 32]));
    shelf.put("of-an-unknown-key.json", &unknown_key, &[SCHEMA], &[VC, CORE, PYTHON]);

    // The traps, seen by the others. The schema that a package brings is the one that takes single values for lists, so
    // an object as proof is asked of the verifier alone.
    let with_schema = changed(&good, |json| {
        json["credentialSchema"] =
            json!([{"id": "https://example.org/schema.json", "type": "1EdTechJsonSchemaValidator2019"}]);
    });
    shelf.put("trap-schema-type.json", &with_schema, &[], &[VC, PYTHON]);
    let object = changed(&good, |json| json["proof"] = json["proof"][0].take());
    shelf.put("trap-proof-object.json", &object, &[VC], &[]);
    let added = changed(&good, |json| json["unknownTerm"] = json!("added"));
    shelf.put("trap-unknown-term.json", &added, &[], &[VC, CORE, PYTHON]);

    for step in 0..CHANGES {
        let place = changeable(&good, good.len() * step / CHANGES);
        let mut bytes = good.clone();
        bytes[place] ^= 1;
        assert!(verify(&bytes, &present.public(), issuer.now).is_err(), "byte {place}");
        shelf.put(&format!("changed-at-{place}.json"), &bytes, &[], &[VC, CORE, PYTHON]);
    }

    for (plain, baked) in [("src-tauri/icons/128x128.png", "baked.png"), ("src-tauri/icons/invigil.svg", "baked.svg")] {
        let picture = fs::read(root().join(plain)).expect("the picture");
        let baked_picture = bake::bake(&picture, str::from_utf8(&good).expect("text")).expect("it can be baked");
        shelf.put(baked, &baked_picture, &[PYTHON], &[]);
        if let Some(kept) = plain.ends_with(".png").then(|| shelf.folder.path().join("plain.png")) {
            fs::write(kept, picture).expect("it is written");
        }
    }
    publish(&shelf, issuer);
    shelf
}

fn publish(shelf: &Shelf, issuer: &Issuer) {
    fs::write(shelf.folder.path().join("status.json"), issuer.list(1)).expect("it is written");
    shelf.put_json("did.json", &issuer.did_document().to_json());
    shelf.put_json(
        "addresses.json",
        &json!({issuer.list_url(): "status.json", format!("{}/.well-known/did.json", issuer.origin): "did.json"}),
    );
    let golden = root().join("crates/credential/tests/golden/credential.json");
    fs::copy(golden, shelf.folder.path().join("golden.json")).expect("the golden credential");
    shelf.put_json("datasets.json", &json!({"golden": "golden.json"}));
    shelf.put_json("cases.json", &Json::Object(shelf.cases.clone()));
}

/// The next letter or digit from here on: another one in its place leaves JSON, so that it is the signature that speaks.
fn changeable(bytes: &[u8], from: usize) -> usize {
    let fits = |place: &usize| bytes[*place].is_ascii_alphanumeric() && bytes[*place - 1] != b'\\';
    (from.max(2)..bytes.len()).find(fits).expect("a letter")
}

fn lines(command: &mut Command) -> Vec<Json> {
    let output = command.output().expect("it runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {errors}");
    let text = String::from_utf8(output.stdout).expect("text");
    let objects = text.lines().filter(|line| line.starts_with('{'));
    objects.map(|line| serde_json::from_str(line).unwrap_or_else(|why| panic!("{why}: {line}"))).collect()
}

fn installed() -> String {
    let output = Command::new(root().join(".ci/verifiers")).output().expect(".ci/verifiers runs");
    assert!(output.status.success(), "the verifiers are not installed: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

#[test]
fn foreign_verifiers_accept_what_is_issued_and_refuse_every_change() {
    let issuer = Issuer {
        did: "did:web:exams.example.org".into(),
        origin: "https://exams.example.org".into(),
        now: clock::wall(),
    };
    let shelf = shelf(&issuer);
    let tools = installed();
    let scripts = root().join("tests/verifiers");
    let schema = Path::new(&tools).join("ob_v3p0_achievementcredential_schema.json");
    let mut said = lines(Command::new("node").arg(scripts.join("verify.mjs")).arg(shelf.folder.path()).arg(schema));
    let python = Path::new(&tools).join("venv/bin/python");
    said.extend(lines(Command::new(python).arg(scripts.join("verify.py")).arg(shelf.folder.path())));

    let golden =
        fs::read_to_string(root().join("crates/credential/tests/golden/credential.nq")).expect("the statements");
    let mut left = shelf.accepted.clone();
    let mut found = Vec::new();
    for line in said {
        let text = |name: &str| line[name].as_str().unwrap_or_default().to_owned();
        if line["verifier"] == "jsonld" {
            assert_eq!(line["dataset"], golden, "jsonld.js makes other statements of a credential than we do");
            left.insert(("jsonld".into(), String::new()), true);
            continue;
        }
        let case = (text("verifier"), text("case"));
        let expected = left.remove(&case).unwrap_or_else(|| panic!("{case:?} was not asked"));
        if line["refusal"].is_null() != expected {
            found.push(format!("{} on {}: {}", case.0, case.1, line["refusal"]));
        }
    }
    assert_eq!(left.remove(&("jsonld".into(), String::new())), Some(true), "jsonld.js was asked");
    assert_eq!(left.into_keys().collect::<Vec<_>>(), Vec::new(), "these said nothing");
    assert!(found.is_empty(), "{}", found.join("\n"));
}
