//! Sealed evidence, piece by piece, in a folder or in an object store.
//!
//! Invariants, wherever it lies: what [`Shelf::take`] says is held is durable, and what [`Shelf::holds`] is there under
//! the digest that it has. So sending goes on after any break where it was, and a receipt never names bytes that are
//! not here.

mod folder;
mod objects;

pub(crate) use folder::make_folder;
pub use objects::AddressError;

use folder::Folder;
use invigil_core::{Digest, SittingId, exchange::EvidenceState};
use objects::Objects;
use std::{io, path::PathBuf};

/// The evidence of all sittings.
pub enum Shelf {
    /// In files of this machine.
    Folder(Folder),
    /// In a bucket of an S3 service, which several issuing processes may use at once.
    Objects(Objects),
}

/// Why bytes were not taken.
#[derive(Debug, thiserror::Error)]
pub enum ShelfError {
    /// They do not begin where the held ones end.
    #[error("the piece goes on at byte {held}")]
    Offset {
        /// Where it goes on.
        held: u64,
    },
    /// The whole piece has another digest. What was held is gone.
    #[error("the piece has another digest")]
    Mismatch,
    /// The disk, or the object store.
    #[error("evidence cannot be kept: {0}")]
    Disk(#[from] io::Error),
}

impl Shelf {
    /// The shelf in this folder, which is made at first use.
    pub fn folder(root: PathBuf) -> Self {
        Self::Folder(Folder::new(root))
    }

    /// The shelf at an address as `s3://BUCKET/PREFIX`. Which service that is and who may use it is said by `environment`,
    /// in the names that Amazon's own tools have: `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_REGION`,
    /// `AWS_ENDPOINT`, and `AWS_ALLOW_HTTP` for a service on this machine.
    ///
    /// # Errors
    /// When address or environment cannot be used.
    pub fn objects(
        address: &str,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, AddressError> {
        Objects::new(address, environment).map(Self::Objects)
    }

    /// How much of a piece is held.
    ///
    /// # Errors
    /// As the file system or the object store says.
    pub fn held(&self, sitting: &SittingId, sha256: &Digest) -> io::Result<u64> {
        match self {
            Self::Folder(folder) => folder.held(sitting, sha256),
            Self::Objects(objects) => objects.held(sitting, sha256),
        }
    }

    /// Whether all of a piece is held.
    ///
    /// # Errors
    /// As the file system or the object store says.
    pub fn holds(&self, sitting: &SittingId, sha256: &Digest, size: u64) -> io::Result<bool> {
        match self {
            Self::Folder(folder) => folder.holds(sitting, sha256, size),
            Self::Objects(objects) => objects.holds(sitting, sha256, size),
        }
    }

    /// A whole piece; `None` when it is not all here.
    ///
    /// # Errors
    /// As the file system or the object store says.
    pub fn read(&self, sitting: &SittingId, sha256: &Digest) -> io::Result<Option<Vec<u8>>> {
        match self {
            Self::Folder(folder) => folder.read(sitting, sha256),
            Self::Objects(objects) => objects.read(sitting, sha256),
        }
    }

    /// Deletes a piece, also one that is here in part.
    ///
    /// # Errors
    /// As the file system or the object store says. It is no error that nothing is there.
    pub fn delete(&self, sitting: &SittingId, sha256: &Digest) -> io::Result<()> {
        match self {
            Self::Folder(folder) => folder.delete(sitting, sha256),
            Self::Objects(objects) => objects.delete(sitting, sha256),
        }
    }

    /// Takes more of a piece of `size` bytes. Bytes of a piece that is whole already are dropped.
    ///
    /// # Errors
    /// [`ShelfError`]; nothing was taken then.
    pub fn take(
        &self,
        sitting: &SittingId,
        sha256: &Digest,
        size: u64,
        offset: u64,
        bytes: &[u8],
    ) -> Result<EvidenceState, ShelfError> {
        match self {
            Self::Folder(folder) => folder.take(sitting, sha256, size, offset, bytes),
            Self::Objects(objects) => objects.take(sitting, sha256, size, offset, bytes),
        }
    }
}

/// A sitting's name as a part of a path. Sittings are named by this service, but a name is not a path because of that.
fn as_path(sitting: &SittingId) -> String {
    sitting.as_str().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect()
}
