//! What the issuer alone knows of an exam pack: its content, how it is marked, and the identity that opens it.

use crate::fault::Fault;
use invigil_content::sealing::{self, Identity, SealError};
use invigil_core::{admission::Admission, digest::Salt, form::Form, grading::MarkScheme, ids::ItemId, item::Exam};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// The paper of one pack.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Paper {
    /// The exam as candidates see it.
    pub exam: Exam,
    /// How it is marked.
    pub marks: MarkScheme,
    /// The salt of the mark scheme's commitment in the pack.
    #[serde(with = "hex::serde")]
    pub salt: Salt,
    /// The identity that opens the pack's content: `AGE-SECRET-KEY-1…`.
    pub content_identity: String,
}

impl Paper {
    /// Seals the paper for the store.
    ///
    /// # Errors
    /// When the recipient is none.
    pub fn seal(&self, store: &str) -> Result<Vec<u8>, SealError> {
        let plain = serde_json::to_vec(self).map_err(|why| SealError::Failed(why.to_string()))?;
        sealing::to_recipient(store, &Zeroizing::new(plain))
    }

    /// Opens a sealed paper.
    ///
    /// # Errors
    /// When it was sealed to another key or by another version.
    pub fn open(sealed: &[u8], store: &Identity) -> Result<Self, Fault> {
        let plain = sealing::open(store, sealed).map_err(|why| Fault::Internal(format!("a paper: {why}")))?;
        serde_json::from_slice(&plain).map_err(|why| Fault::Internal(format!("a paper: {why}")))
    }

    /// The items that an admission serves, in order.
    pub fn served(&self, admission: &Admission) -> Vec<ItemId> {
        Form::draw(&self.exam, &admission.draw).ids()
    }
}
