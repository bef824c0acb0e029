//! Credentials, status lists, keys, and pictures that may hold a credential.

use super::{public, when};
use invigil_core::envelope::read_object;
use invigil_credential::{
    DidDocument, RevocationList,
    bake::{BakeError, bake, unbake},
    signatory, verify,
};
use serde_json::Value as Json;

const DID: &str = "did:web:exams.example.org";

/// A document as each of the kinds that a verifier reads.
pub fn credential(bytes: &[u8]) {
    // The key that signed the inputs: what holds is what was read, in whatever order it is written.
    if let Ok(summary) = verify(bytes, &public(), when()) {
        let again = Json::from(read_object(bytes).expect("it was read")).to_string();
        assert_eq!(verify(again.as_bytes(), &public(), when()), Ok(summary));
        assert!(signatory(bytes).is_ok());
    }
    if let Ok(list) = RevocationList::open(bytes, &public(), when()) {
        assert!(list.revoked.contains(u32::MAX), "beyond the list nothing is vouched for");
    }
    if let Ok(document) = DidDocument::read(bytes, DID) {
        let written = document.to_json().to_string();
        assert_eq!(DidDocument::read(written.as_bytes(), DID), Ok(document));
    }
}

/// A picture, with what is in it or with something put in.
pub fn picture(bytes: &[u8]) {
    match unbake(bytes) {
        Ok(_) => assert_eq!(bake(bytes, "{}"), Err(BakeError::Several)),
        Err(_) => {
            if let Ok(baked) = bake(bytes, "{}") {
                assert_eq!(unbake(&baked).as_deref(), Ok("{}"));
            }
        }
    }
}
