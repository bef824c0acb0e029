//! Evidence in a bucket: `SITTING/SHA256`, and `SITTING/SHA256.part/OFFSET` for each part while it is on its way.
//!
//! An object is written whole or not at all. A part is only made where none is, so of two that come at once one is
//! taken, and the parts of a piece always follow one another.

use super::{ShelfError, as_path};
use invigil_core::{Digest, SittingId, exchange::EvidenceState};
use object_store::{
    Error, ObjectMeta, ObjectStore, ObjectStoreExt, PutMode, PutPayload,
    aws::{AmazonS3Builder, AmazonS3ConfigKey},
    path::Path,
};
use std::{io, time::Duration};
use tokio::{runtime::Runtime, task::block_in_place, time::timeout};

/// How long one call may take, with what the library tries again.
const PATIENCE: Duration = Duration::from_secs(30);

/// A bucket, and where in it.
pub struct Objects {
    store: Box<dyn ObjectStore>,
    prefix: Path,
    runtime: Runtime,
}

/// Why an address cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum AddressError {
    /// It is of another form.
    #[error("evidence is kept in a folder or at an address as s3://BUCKET/PREFIX, not at “{0}”")]
    Form(String),
    /// The environment does not say enough, or what cannot be.
    #[error("the bucket cannot be used: {0}")]
    Bucket(#[from] Error),
    /// There can be no threads for it.
    #[error(transparent)]
    Runtime(#[from] io::Error),
}

impl Objects {
    pub fn new(address: &str, environment: impl IntoIterator<Item = (String, String)>) -> Result<Self, AddressError> {
        let form = || AddressError::Form(address.to_owned());
        let (bucket, prefix) = address
            .strip_prefix("s3://")
            .map(|rest| rest.split_once('/').unwrap_or((rest, "")))
            .filter(|(bucket, _)| !bucket.is_empty())
            .ok_or_else(form)?;
        let mut builder = AmazonS3Builder::new();
        for (name, value) in environment {
            let key = name.starts_with("AWS_").then(|| name.to_ascii_lowercase().parse::<AmazonS3ConfigKey>().ok());
            if let Some(key) = key.flatten() {
                builder = builder.with_config(key, value);
            }
        }
        let store = builder.with_bucket_name(bucket).build()?;
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let prefix = Path::parse(prefix).map_err(|_| form())?;
        Ok(Self { store: Box::new(store), prefix, runtime })
    }

    pub fn held(&self, sitting: &SittingId, sha256: &Digest) -> io::Result<u64> {
        let whole = self.path(sitting, sha256);
        self.wait(async {
            Ok(match self.size(&whole).await? {
                Some(size) => size,
                None => held(&self.parts(&whole).await?),
            })
        })
    }

    pub fn holds(&self, sitting: &SittingId, sha256: &Digest, size: u64) -> io::Result<bool> {
        let whole = self.path(sitting, sha256);
        self.wait(async { Ok(self.size(&whole).await? == Some(size)) })
    }

    pub fn read(&self, sitting: &SittingId, sha256: &Digest) -> io::Result<Option<Vec<u8>>> {
        let whole = self.path(sitting, sha256);
        self.wait(async {
            match self.store.get(&whole).await {
                Ok(found) => Ok(Some(found.bytes().await?.to_vec())),
                Err(Error::NotFound { .. }) => Ok(None),
                Err(why) => Err(why),
            }
        })
    }

    pub fn delete(&self, sitting: &SittingId, sha256: &Digest) -> io::Result<()> {
        let whole = self.path(sitting, sha256);
        self.wait(async {
            self.delete_parts(&whole).await?;
            self.remove(&whole).await
        })
    }

    pub fn take(
        &self,
        sitting: &SittingId,
        sha256: &Digest,
        size: u64,
        offset: u64,
        bytes: &[u8],
    ) -> Result<EvidenceState, ShelfError> {
        let whole = self.path(sitting, sha256);
        let done = self.wait(async {
            if self.size(&whole).await? == Some(size) {
                return Ok(Ok(size));
            }
            let held = held(&self.parts(&whole).await?);
            let after = held.saturating_add(bytes.len() as u64);
            if offset != held || size < after {
                return Ok(Err(ShelfError::Offset { held }));
            }
            if !bytes.is_empty() && !self.put_part(&whole, offset, bytes).await? {
                let held = self::held(&self.parts(&whole).await?);
                return Ok(Err(ShelfError::Offset { held }));
            }
            if after < size {
                return Ok(Ok(after));
            }
            self.join(&whole, sha256, size).await
        })?;
        done.map(|held| EvidenceState { held, size })
    }

    /// Makes the parts whole. Repeating it is harmless, so it does not matter where it was broken off.
    async fn join(&self, whole: &Path, sha256: &Digest, size: u64) -> Result<Result<u64, ShelfError>, Error> {
        let mut bytes = Vec::new();
        for part in self.parts(whole).await? {
            bytes.extend_from_slice(&self.store.get(&part.location).await?.bytes().await?);
        }
        let right = Digest::of(&bytes) == *sha256;
        if right {
            self.store.put(whole, PutPayload::from(bytes)).await?;
        }
        self.delete_parts(whole).await?;
        Ok(if right { Ok(size) } else { Err(ShelfError::Mismatch) })
    }

    /// `false` when there is a part at this place.
    async fn put_part(&self, whole: &Path, offset: u64, bytes: &[u8]) -> Result<bool, Error> {
        let place = parts_of(whole).join(format!("{offset:020}"));
        match self.store.put_opts(&place, PutPayload::from(bytes.to_vec()), PutMode::Create.into()).await {
            Ok(_) => Ok(true),
            Err(Error::AlreadyExists { .. } | Error::Precondition { .. }) => Ok(false),
            Err(why) => Err(why),
        }
    }

    /// In the order of their offsets.
    async fn parts(&self, whole: &Path) -> Result<Vec<ObjectMeta>, Error> {
        let mut parts = self.store.list_with_delimiter(Some(&parts_of(whole))).await?.objects;
        parts.sort_by(|a, b| a.location.cmp(&b.location));
        Ok(parts)
    }

    async fn delete_parts(&self, whole: &Path) -> Result<(), Error> {
        // The last first, so that what is left still follows one another.
        for part in self.parts(whole).await?.iter().rev() {
            self.remove(&part.location).await?;
        }
        Ok(())
    }

    async fn remove(&self, path: &Path) -> Result<(), Error> {
        match self.store.delete(path).await {
            Err(Error::NotFound { .. }) => Ok(()),
            done => done,
        }
    }

    async fn size(&self, path: &Path) -> Result<Option<u64>, Error> {
        match self.store.head(path).await {
            Ok(found) => Ok(Some(found.size)),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(why) => Err(why),
        }
    }

    fn path(&self, sitting: &SittingId, sha256: &Digest) -> Path {
        self.prefix.clone().join(as_path(sitting)).join(sha256.to_string())
    }

    fn wait<T>(&self, work: impl Future<Output = Result<T, Error>>) -> io::Result<T> {
        let done = block_in_place(|| self.runtime.block_on(async { timeout(PATIENCE, work).await }));
        done.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?.map_err(io::Error::other)
    }
}

fn parts_of(whole: &Path) -> Path {
    Path::from(format!("{whole}.part"))
}

/// How many bytes the parts are from the beginning on, up to the first gap.
fn held(parts: &[ObjectMeta]) -> u64 {
    parts.iter().fold(0, |held, part| {
        let offset = part.location.filename().and_then(|name| name.parse::<u64>().ok());
        if offset == Some(held) { held.saturating_add(part.size) } else { held }
    })
}
