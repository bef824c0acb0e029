//! Published vectors: RFC 8785 (JCS) and W3C eddsa-jcs-2022. They lie beside the project and are skipped, with a word,
//! where they are absent.

use invigil_core::{PublicKey, SecretKey, Wall, envelope};
use serde_json::{Map, Value as Json};
use std::{
    fs,
    io::{self, Write as _},
    path::PathBuf,
};

fn corpus(name: &str) -> Option<PathBuf> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpora").join(name);
    if !path.exists() {
        // Past the test's captured output, so that it is seen.
        let _ = writeln!(io::stderr(), "skipped: {} is not here", path.display());
        return None;
    }
    Some(path)
}

#[test]
fn jcs_vectors() {
    let Some(folder) = corpus("jcs/testdata") else { return };
    let mut seen = 0;
    for file in fs::read_dir(folder.join("input")).unwrap() {
        let path = file.unwrap().path();
        let input: Json = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        let expected = fs::read(folder.join("output").join(path.file_name().unwrap())).unwrap();
        assert_eq!(envelope::canonical(&input), expected.trim_ascii_end(), "{}", path.display());
        seen += 1;
    }
    assert_eq!(seen, 6);
}

#[test]
fn eddsa_jcs_2022_vectors() {
    let Some(folder) = corpus("w3c-vc-di-eddsa/TestVectors") else { return };
    let read = |name: &str| -> Json { serde_json::from_slice(&fs::read(folder.join(name)).unwrap()).unwrap() };
    let object = |json: Json| -> Map<String, Json> {
        let Json::Object(map) = json else { panic!("not an object") };
        map
    };
    let keys = read("keyPair.json");
    let public: PublicKey = keys["publicKeyMultibase"].as_str().unwrap().parse().unwrap();
    let secret = bs58::decode(&keys["privateKeyMultibase"].as_str().unwrap()[1..]).into_vec().unwrap();
    let secret = SecretKey::from_seed(secret[2..].try_into().unwrap());
    assert_eq!(secret.public(), public);

    let signed = object(read("eddsa-jcs-2022/signedJCS.json"));
    envelope::check(&signed, &public).unwrap();
    let proof = &signed["proof"];
    let created: Wall = proof["created"].as_str().unwrap().parse().unwrap();
    let ours =
        envelope::sign(object(read("unsigned.json")), &secret, proof["verificationMethod"].as_str().unwrap(), created);
    // The published proof writes its time without milliseconds, so the bytes differ there; the check is the same.
    envelope::check(&ours, &public).unwrap();

    let mut changed = signed.clone();
    changed.insert("name".into(), "somebody else".into());
    assert_eq!(envelope::check(&changed, &public), Err(envelope::EnvelopeError::BadSignature));
}
