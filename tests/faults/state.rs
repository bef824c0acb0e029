//! A candidate's state folder, looked into from outside while nobody has it open.

use invigil_client::{
    session::Session,
    store::{Slot, Store},
    vault::{SecretStore, Vault},
    view::Problem,
};
use invigil_core::{ItemId, SittingId, Value, sitting::Event};
use std::{collections::BTreeMap, fs, io, path::Path};

/// What one sitting holds on the disk.
#[derive(Debug, Clone, Default)]
pub struct Held {
    pub values: BTreeMap<ItemId, Value>,
    /// The log, byte by byte.
    pub log: Vec<u8>,
    /// How many records answer each item.
    pub responses: BTreeMap<ItemId, usize>,
    /// How many records the issuer has confirmed.
    pub confirmed: u64,
    /// The receipt, as it was signed.
    pub receipt: Option<Vec<u8>>,
}

/// The key of a sitting, from the vault of the state folder.
pub fn key_of(state: &Path, sitting: &SittingId, passphrase: &str) -> Option<[u8; 32]> {
    let mut vault = Vault::find(state, SecretStore::Avoid);
    vault.unlock(passphrase).expect("the keys open");
    let key = vault.get(&format!("sitting:{sitting}")).expect("the vault is open")?;
    Some(key.as_slice().try_into().expect("32 bytes"))
}

/// What a sitting holds, read from a copy, so that the application finds everything as it was left. `None` when it has
/// not got as far as an admission.
pub fn look(state: &Path, sitting: &SittingId, key: [u8; 32]) -> Result<Option<Held>, Problem> {
    let copy = tempfile::tempdir().expect("a folder");
    let folder = state.join("sittings").join(sitting.as_str());
    for name in ["sitting.db", "sitting.db-wal"] {
        match fs::copy(folder.join(name), copy.path().join(name)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            copied => drop(copied.expect("it is copied")),
        }
    }
    let path = copy.path().join("sitting.db");
    if !path.exists() {
        return Ok(None);
    }
    let store = Store::open(&path, &key.into())?;
    if store.get(Slot::Admission)?.is_none() {
        return Ok(None);
    }
    let session = Session::exam(store)?;
    let mut held = Held {
        values: session.values().clone(),
        log: session.log_bytes()?,
        confirmed: session.confirmed(),
        receipt: session.papers().and_then(|papers| Some(papers.receipt.as_ref()?.bytes().to_vec())),
        ..Held::default()
    };
    for record in session.records()? {
        if let Event::Responded { item, .. } = record.event {
            *held.responses.entry(item).or_default() += 1;
        }
    }
    Ok(Some(held))
}

/// The only sitting in a state folder, once there is one.
pub fn sitting_in(state: &Path) -> Option<SittingId> {
    let entry = fs::read_dir(state.join("sittings")).ok()?.flatten().next()?;
    entry.file_name().into_string().ok()?.parse().ok()
}
