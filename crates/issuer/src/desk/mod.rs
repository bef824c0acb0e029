//! The issuer at work: store, open keys and rules together. Times and random bytes are arguments here too.

mod append;
mod check_in;
mod evidence;
mod hand_in;
mod people;
mod redeem;
mod result;
mod revocation;
mod seat;
mod standing;
mod start;
mod submit;
mod view;
mod watch;

pub use check_in::PHOTO_BYTES_MAX;
pub use hand_in::HandedIn;
pub use seat::move_seat;
pub use standing::credential_link;
pub use start::eligible;
pub use view::{
    AdmissionFacts, Ended, LogFacts, RecordView, SittingDetail, SittingView, SittingsView, VerdictKind, VerdictView,
};

use crate::{
    fault::Fault,
    keys::{Card, Keys, KeysError},
    paper::Paper,
    shelf::Shelf,
    store::{Seat, Store, StoreError},
};
use age::secrecy::SecretString;
use invigil_core::{
    Digest, Signed, SittingId, Wall,
    envelope::Document,
    exchange::{IssuerCard, SittingStatus},
};
use serde_json::Value as Json;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// The issuer with its keys open.
pub struct Desk {
    store: Store,
    keys: Arc<Keys>,
    papers: Mutex<BTreeMap<Digest, Arc<Paper>>>,
    watched: watch::Cache,
    folds: append::Folds,
    lists: revocation::Lists,
    shelf: Shelf,
    photos: Shelf,
}

/// Why a desk cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// There are no keys.
    #[error("there are no keys yet; make them with “invigil-issuer keys new”")]
    NoKeys,
    /// They cannot be opened.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// The store cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl DeskError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoKeys => "keys-missing",
            Self::Keys(why) => why.code(),
            Self::Store(why) => why.code(),
        }
    }
}

impl Desk {
    /// Opens the keys in `store`.
    ///
    /// # Errors
    /// When there are none, or the passphrase is another.
    pub fn open(store: Store, passphrase: SecretString) -> Result<Self, DeskError> {
        let (card, sealed) = store.keys()?.ok_or(DeskError::NoKeys)?;
        Ok(Self::with_keys(store, Arc::new(Keys::unlock(card, &sealed, passphrase)?)))
    }

    /// The desk of a store whose keys are open already.
    pub fn with_keys(store: Store, keys: Arc<Keys>) -> Self {
        let folder = store.folder().to_owned();
        Self {
            store,
            keys,
            papers: Mutex::default(),
            watched: watch::Cache::default(),
            folds: append::Folds::default(),
            lists: revocation::Lists::default(),
            photos: Shelf::folder(folder.join("photos")),
            shelf: Shelf::folder(folder.join("evidence")),
        }
    }

    /// The same desk with its evidence elsewhere than in the data folder.
    #[must_use]
    pub fn with_evidence(self, shelf: Shelf) -> Self {
        Self { shelf, ..self }
    }

    /// The store.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The open keys.
    pub fn keys(&self) -> &Keys {
        &self.keys
    }

    /// The keys' public half.
    pub fn card(&self) -> &Card {
        &self.keys.card
    }

    /// Who this issuer is, and its time.
    pub fn issuer_card(&self, now: Wall) -> IssuerCard {
        IssuerCard { issuer: self.card().issuer.clone(), time: now }
    }

    /// The seat that a token speaks for.
    ///
    /// # Errors
    /// `TokenNeeded` when it speaks for none.
    pub fn seat_of_token(&self, token: &str) -> Result<Seat, Fault> {
        self.store.seat_of_token(&token_digest(token))?.ok_or(Fault::TokenNeeded)
    }

    /// What the device of a sitting may know of it.
    ///
    /// # Errors
    /// Only the store's own.
    pub fn status(&self, sitting: &SittingId, now: Wall) -> Result<SittingStatus, Fault> {
        let status = self.store.status(sitting)?;
        let credential = status.earned.iter().find(|earned| earned.certification == status.certification);
        Ok(SittingStatus {
            time: now,
            log_size: status.log_size,
            checkpoint: document(status.checkpoint.as_deref())?,
            under_review: status.receipt.is_some() && status.result.is_none(),
            receipt: document(status.receipt.as_deref())?,
            credential: credential.map(|earned| credential_link(self.card(), earned)),
            result: document(status.result.as_deref())?,
        })
    }

    /// The paper of a sitting. Asked for before a transaction begins, because opening it reads the store.
    fn paper_for(&self, sitting: &SittingId) -> Result<Arc<Paper>, Fault> {
        let pack = self.store.pack_of_sitting(sitting)?.ok_or(Fault::SittingUnknown)?;
        self.paper(&pack)
    }

    /// A paper, opened once and then kept in memory.
    pub(crate) fn paper(&self, pack: &Digest) -> Result<Arc<Paper>, Fault> {
        if let Some(paper) = self.papers().get(pack) {
            return Ok(paper.clone());
        }
        let (sealed, _) = self.store.pack_paper(pack)?.ok_or(Fault::PackUnknown)?;
        let paper = Arc::new(Paper::open(&sealed, self.keys.store())?);
        self.papers().insert(*pack, paper.clone());
        Ok(paper)
    }

    fn papers(&self) -> MutexGuard<'_, BTreeMap<Digest, Arc<Paper>>> {
        self.papers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Signs a document with the issuer's signing key.
    fn seal<T: Document>(&self, body: T, now: Wall) -> Signed<T> {
        Signed::seal(body, self.keys.signing(), &self.card().signing_method(), now)
    }

    /// Reads back a document of our own. That its signature fails means that the store was changed behind our back.
    fn open_own<T: Document>(&self, bytes: &[u8]) -> Result<Signed<T>, Fault> {
        Signed::open(bytes, &self.card().issuer.signing)
            .map_err(|why| Fault::Internal(format!("a stored {}: {why}", T::TYPE)))
    }
}

/// What is stored in a token's place.
pub(crate) fn token_digest(token: &str) -> Digest {
    Digest::of(format!("invigil/token/1 {token}"))
}

/// Stored bytes as a member of a larger message.
fn document(bytes: Option<&[u8]>) -> Result<Option<Json>, Fault> {
    Ok(bytes.map(serde_json::from_slice).transpose()?)
}
