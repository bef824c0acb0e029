//! Published vectors: RFC 8785 (JCS) and W3C eddsa-jcs-2022. They lie beside the project and are skipped, with a word,
//! where they are absent.

use invigil_core::{Digest, PublicKey, SecretKey, Wall, envelope};
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
    let text = |name: &str| fs::read_to_string(folder.join(name)).unwrap().trim_end().to_owned();
    let read = |name: &str| -> Json { serde_json::from_str(&text(name)).unwrap() };
    let object = |json: Json| -> Map<String, Json> {
        let Json::Object(map) = json else { panic!("not an object") };
        map
    };
    let keys = read("keyPair.json");
    let public: PublicKey = keys["publicKeyMultibase"].as_str().unwrap().parse().unwrap();
    let secret = bs58::decode(&keys["privateKeyMultibase"].as_str().unwrap()[1..]).into_vec().unwrap();
    let secret = SecretKey::from_seed(secret[2..].try_into().unwrap());
    assert_eq!(secret.public(), public);

    // Each step of the specification has its file.
    let unsigned = object(read("unsigned.json"));
    let options = object(read("eddsa-jcs-2022/proofConfigJCS.json"));
    let canonical = |object: &Map<String, Json>| String::from_utf8(envelope::canonical(object)).unwrap();
    assert_eq!(canonical(&unsigned), text("eddsa-jcs-2022/canonDocJCS.txt"));
    assert_eq!(canonical(&options), text("eddsa-jcs-2022/proofCanonJCS.txt"));
    assert_eq!(Digest::of(canonical(&unsigned)).to_string(), text("eddsa-jcs-2022/docHashJCS.txt"));
    assert_eq!(Digest::of(canonical(&options)).to_string(), text("eddsa-jcs-2022/proofHashJCS.txt"));
    assert_eq!(hex::encode(envelope::hash_data(&unsigned, &options)), text("eddsa-jcs-2022/combinedHashJCS.txt"));
    let published = object(read("eddsa-jcs-2022/signedJCS.json"));
    let ours = envelope::prove(unsigned.clone(), &secret, options.clone());
    assert_eq!(ours, published);
    let value = ours["proof"]["proofValue"].as_str().unwrap();
    assert_eq!(value, text("eddsa-jcs-2022/sigBTC58JCS.txt"));
    let signature = bs58::decode(&value[1..]).into_vec().unwrap();
    assert_eq!(hex::encode(signature), text("eddsa-jcs-2022/sigHexJCS.txt"));
    envelope::check(&published, &public).unwrap();

    // Our own proofs have no context of their own and write their time with milliseconds.
    let mut plain = options;
    plain.remove("@context");
    assert_eq!(
        envelope::prove(unsigned.clone(), &secret, plain)["proof"]["proofValue"],
        value,
        "the context is implied"
    );
    let created: Wall = published["proof"]["created"].as_str().unwrap().parse().unwrap();
    let method = published["proof"]["verificationMethod"].as_str().unwrap();
    envelope::check(&envelope::sign(unsigned, &secret, method, created), &public).unwrap();

    let mut changed = published;
    changed.insert("name".into(), "somebody else".into());
    assert_eq!(envelope::check(&changed, &public), Err(envelope::EnvelopeError::BadSignature));
}
