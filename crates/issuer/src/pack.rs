//! Adding exam packs: built here from a bank, or made elsewhere and imported with its mark file.

use crate::{
    desk::Desk,
    paper::Paper,
    store::{NewPack, Pack, StoreError},
};
use age::secrecy::SecretString;
use invigil_content::{
    Bank,
    pack::{self as content, MarkFile, MarksError, PackError, SealArgs},
    sealing::{self, Identity, SealError},
};
use invigil_core::{Digest, Wall, digest::Salt, pack::Manifest};

/// Why a pack is not added. Nothing has changed.
#[derive(Debug, thiserror::Error)]
pub enum AddError {
    /// The bank cannot be examined with.
    #[error(transparent)]
    Build(#[from] content::SealError),
    /// The file is not a pack that can be used.
    #[error(transparent)]
    Pack(#[from] PackError),
    /// The mark file cannot be used.
    #[error(transparent)]
    Marks(#[from] MarksError),
    /// The mark file belongs to another pack.
    #[error("the mark file belongs to another pack. Use the one that was made with this pack")]
    OtherPack,
    /// The paper cannot be sealed.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl AddError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Build(why) => why.code(),
            Self::Pack(why) => why.code(),
            Self::Marks(why) => why.code(),
            Self::OtherPack => "marks-other-pack",
            Self::Seal(_) => "seal-failed",
            Self::Store(why) => why.code(),
        }
    }
}

impl Desk {
    /// Builds a pack from a bank, signs it as its author, and keeps both pack and paper. `salt` is fresh and random.
    ///
    /// # Errors
    /// When the bank cannot be examined with.
    pub fn add_bank(&self, bank: &Bank, salt: Salt, now: Wall) -> Result<Pack, AddError> {
        let identity = Identity::generate();
        let recipient = identity.to_public();
        let args = SealArgs { recipient: &recipient, author: self.keys().signing(), salt, built: now };
        let sealed = content::seal_exam(bank, args)?;
        let paper = Paper {
            exam: bank.exam.clone(),
            marks: bank.marks.clone(),
            salt: sealed.mark_scheme_salt,
            content_identity: sealing::write_identity(&identity).as_str().to_owned(),
        };
        self.keep(sealed.digest, sealed.bytes, &sealed.manifest, &paper, now)
    }

    /// Imports a pack that an author made, with the mark file that goes with it.
    ///
    /// # Errors
    /// When pack and mark file do not belong together, or one of them is damaged.
    pub fn import_pack(&self, bytes: Vec<u8>, marks: &[u8], code: SecretString, now: Wall) -> Result<Pack, AddError> {
        let pack = content::Pack::open(&bytes)?;
        let MarkFile { pack: belongs_to, marks, salt, content_identity } = content::open_marks(marks, code)?;
        if belongs_to != pack.digest() {
            return Err(AddError::OtherPack);
        }
        pack.expect_marks(&marks, &salt)?;
        let exam = pack.exam(&content_identity)?;
        let secret = sealing::write_identity(&content_identity);
        let paper = Paper { exam, marks, salt, content_identity: secret.as_str().to_owned() };
        self.keep(pack.digest(), bytes, pack.manifest(), &paper, now)
    }

    fn keep(
        &self,
        digest: Digest,
        bytes: Vec<u8>,
        manifest: &Manifest,
        paper: &Paper,
        now: Wall,
    ) -> Result<Pack, AddError> {
        let pack = Pack {
            digest,
            size: bytes.len() as u64,
            exam: manifest.exam.clone(),
            title: manifest.title.clone(),
            items: manifest.items,
            public: manifest.public,
            added: now,
        };
        let new = NewPack { pack, bytes, paper: paper.seal(&self.card().store)? };
        self.store().put_pack(&new)?;
        Ok(new.pack)
    }
}
