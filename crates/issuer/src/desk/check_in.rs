//! Check-in at the desk: what is missing, in words, and the roster's photos. No face is compared by a machine, and no
//! camera is asked for anything.

use super::Desk;
use crate::{fault::Fault, shelf::ShelfError, store::CheckIn};
use invigil_core::{Digest, SittingId, Wall};

/// The largest photo, in bytes.
pub const PHOTO_BYTES_MAX: usize = 1024 * 1024;

/// The kind of a photo, by its first bytes.
fn kind(photo: &[u8]) -> Option<&'static str> {
    match photo {
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some("image/png"),
        _ => None,
    }
}

impl Desk {
    /// What a candidate is told who is not checked in.
    pub(super) fn check_in_needed(&self, due: &CheckIn) -> Fault {
        match due {
            CheckIn::Institution(provider) => {
                let url = format!("{}/sign-in/{provider}", self.card().issuer.origin);
                Fault::CheckInNeeded { how: format!("sign in at your institution first: {url}"), url: Some(url) }
            }
            CheckIn::Proctor | CheckIn::None => {
                let how = "a proctor has to check you in first; tell them that you are here".to_owned();
                Fault::CheckInNeeded { how, url: None }
            }
        }
    }

    /// Keeps a photo of a sitting's candidate, in place of an earlier one. `by` is in the audit.
    ///
    /// # Errors
    /// `PhotoRefused`, `SittingUnknown`.
    pub fn put_photo(&self, sitting: &SittingId, photo: &[u8], by: &str, now: Wall) -> Result<(), Fault> {
        if PHOTO_BYTES_MAX < photo.len() || kind(photo).is_none() {
            return Err(Fault::PhotoRefused);
        }
        // The folder is named after the sitting, so there has to be one.
        self.store.organisation_of_sitting(sitting)?.ok_or(Fault::SittingUnknown)?;
        let digest = Digest::of(photo);
        let held = self.photos.held(sitting, &digest).map_err(ShelfError::Disk)?;
        let rest = usize::try_from(held).ok().and_then(|held| photo.get(held..)).unwrap_or_default();
        self.photos.take(sitting, &digest, photo.len() as u64, held, rest)?;
        if let Some(before) = self.store.put_photo(sitting, &digest, by, now)? {
            self.photos.delete(sitting, &before).map_err(ShelfError::Disk)?;
        }
        Ok(())
    }

    /// The photo of a sitting's candidate and its media type. That `by` saw it is in the audit before it is returned.
    ///
    /// # Errors
    /// `PhotoUnknown`.
    pub fn photo(&self, sitting: &SittingId, by: &str, now: Wall) -> Result<(Vec<u8>, &'static str), Fault> {
        let digest = self.store.photo(sitting)?.ok_or(Fault::PhotoUnknown)?;
        let photo = self.photos.read(sitting, &digest).map_err(ShelfError::Disk)?.ok_or(Fault::PhotoUnknown)?;
        let kind = kind(&photo).filter(|_| Digest::of(&photo) == digest).ok_or(Fault::PhotoUnknown)?;
        self.store.audit(now, by, "photo-read", sitting.as_str())?;
        Ok((photo, kind))
    }
}
