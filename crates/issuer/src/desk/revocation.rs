//! Status lists: which credentials were revoked, signed for a day.

use super::Desk;
use crate::{fault::Fault, keys::Card};
use invigil_core::Wall;
use invigil_credential::{RevocationList, STATUS_ENTRIES, StatusEntry, StatusList};
use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

const DAY_MS: u64 = 86_400_000;
/// So long a list is good for: whoever fetched one in the evening may still show it the next day.
const GOOD_FOR_MS: u64 = 2 * DAY_MS;

/// The lists that were signed today, with what was revoked in them then.
#[derive(Default)]
pub(super) struct Lists(Mutex<BTreeMap<u32, Signed>>);

/// A list, and what it was signed for.
struct Signed {
    day: Wall,
    revoked: Vec<u32>,
    bytes: Vec<u8>,
}

impl Desk {
    /// A status list as a signed credential. It is signed anew every day, and when something was revoked.
    ///
    /// # Errors
    /// `NotFound` when there is no such list.
    pub fn status_list(&self, list: u32, now: Wall) -> Result<Vec<u8>, Fault> {
        let revoked = self.store.revoked_in(list)?.ok_or(Fault::NotFound)?;
        let since_midnight_ms = u64::try_from(now.unix_ms()).unwrap_or(0) % DAY_MS;
        let today = Wall::from_unix_ms(now.unix_ms().saturating_sub_unsigned(since_midnight_ms));
        let mut signed = self.lists.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = signed.get(&list).filter(|known| known.day == today && known.revoked == revoked) {
            return Ok(known.bytes.clone());
        }
        let mut bits = StatusList::default();
        for index in &revoked {
            bits.insert(*index);
        }
        let document = RevocationList {
            id: list_url(self.card(), list),
            issuer: self.card().issuer.did.clone(),
            revoked: bits,
            valid_from: today,
            valid_until: today.plus_ms(GOOD_FOR_MS),
        };
        let bytes = document.sign(self.keys.credential(), &self.card().credential_method());
        let bytes = bytes.map_err(|why| Fault::Internal(why.to_string()))?;
        signed.insert(list, Signed { day: today, revoked, bytes: bytes.clone() });
        Ok(bytes)
    }
}

/// What a credential at this place says of where its bit lies.
pub(super) fn status_entry(card: &Card, place: u64) -> Result<StatusEntry, Fault> {
    let part = |n: u64| u32::try_from(n).map_err(|_| Fault::Internal("there are too many credentials".to_owned()));
    let entries = u64::from(STATUS_ENTRIES);
    Ok(StatusEntry { list: list_url(card, part(place / entries)?), index: part(place % entries)? })
}

fn list_url(card: &Card, list: u32) -> String {
    format!("{}/status/{list}", card.issuer.origin)
}
