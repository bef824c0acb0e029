//! The published vectors of `eddsa-rdfc-2022`, step by step. They lie beside the project and are skipped, with a word,
//! where they are absent.

use super::{Proof, hash_data};
use crate::{
    contexts::{CREDENTIALS, PINNED, Pinned},
    rdf,
};
use invigil_core::{
    Digest, PublicKey, SecretKey,
    envelope::{multibase, to_multibase},
};
use serde_json::{Map, Value as Json};
use std::{
    fs,
    io::{self, Write as _},
    path::PathBuf,
};

/// The W3C's context for examples, which defines everything; so nothing may be signed with it here.
const EXAMPLES: Pinned = (
    "https://www.w3.org/ns/credentials/examples/v2",
    br#"{"@context": {"@vocab": "https://www.w3.org/ns/credentials/examples#"}}"#,
);
const CONTEXTS: [Pinned; 2] = [PINNED[0], EXAMPLES];

fn object(json: Json) -> Map<String, Json> {
    let Json::Object(object) = json else { panic!("not an object") };
    object
}

#[test]
fn the_vectors_of_the_w3c_are_reproduced() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpora/w3c-vc-di-eddsa/TestVectors");
    if !folder.exists() {
        // Past the test's captured output, so that it is seen.
        let _ = writeln!(io::stderr(), "skipped: {} is not here", folder.display());
        return;
    }
    let text = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
    let step = |name: &str| text(&format!("eddsa-rdfc-2022/{name}DataInt.txt")).trim_end().to_owned();
    let read = |name: &str| object(serde_json::from_str(&text(name)).unwrap());
    assert_eq!(PINNED[0].0, CREDENTIALS);
    let canonical = |document: &Map<String, Json>| rdf::without_validation(document, &CONTEXTS);

    let keys = read("keyPair.json");
    let public: PublicKey = keys["publicKeyMultibase"].as_str().unwrap().parse().unwrap();
    let secret: [u8; 34] = multibase(keys["privateKeyMultibase"].as_str().unwrap()).unwrap();
    let secret = SecretKey::from_seed(secret[2..].try_into().unwrap());

    let unsigned = read("unsigned.json");
    let options = read("eddsa-rdfc-2022/proofConfigDataInt.json");
    for (document, canon, hash) in [(&unsigned, "canonDoc", "docHash"), (&options, "proofCanon", "proofHash")] {
        let lines = canonical(document).unwrap();
        assert_eq!(lines.trim_end(), step(canon), "{canon}");
        assert_eq!(Digest::of(lines).to_string(), step(hash), "{hash}");
    }
    let data = hash_data(&unsigned, &options, canonical).unwrap();
    assert_eq!(hex::encode(data), step("combinedHash"));
    let signature = secret.sign(&data);
    assert_eq!(hex::encode(signature), step("sigHex"));
    assert_eq!(to_multibase(&signature), step("sigBTC58"));
    let mut published = read("eddsa-rdfc-2022/signedDataInt.json");
    assert_eq!(published["proof"]["proofValue"], to_multibase(&signature));
    assert!(public.verify(&data, &signature));

    // The same proof as it is read here; and a context that defines everything covers nothing for certain.
    let proof: Proof = super::take(&mut published).unwrap();
    assert_eq!(published, unsigned);
    assert_eq!(proof.check(&published, &public).map_err(|why| why.code()), Err("credential-uncovered"));
}
