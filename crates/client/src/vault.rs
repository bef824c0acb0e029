//! Where this device keeps its secrets: in files sealed to one identity. What opens that identity is the system's
//! secret store, or a passphrase; without either nothing is kept.
//!
//! Invariants: no secret is ever written in plain; the window always says which of the three it is; and a device never
//! changes from one to another by itself, because its keys would be lost with it.

use crate::{durable, view::Keeping};
use invigil_content::sealing::{self, Identity};
use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::mpsc,
    thread,
    time::Duration,
};
use zeroize::Zeroizing;

const SERVICE: &str = "org.invigil.Invigil";
/// The identity, sealed by a passphrase.
const SEALED: &str = "keys.age";
/// Says that the identity is in the secret store. Empty.
const STORED: &str = "keys.stored";
/// The shortest passphrase, in characters.
pub const PASSPHRASE_CHARS_MIN: usize = 12;

/// Why a secret is not to be had.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The passphrase has not been given.
    #[error("the keys on this device are locked")]
    Locked,
    /// The secret store has the keys and does not give them.
    #[error("the system's secret store has this device's keys and does not give them")]
    StoreSilent,
    /// There is neither a secret store nor a passphrase.
    #[error("this device has nowhere to keep keys yet")]
    Nowhere,
    /// The passphrase is another.
    #[error("this is not the passphrase")]
    WrongPassphrase,
    /// Too short to protect anything.
    #[error("a passphrase has at least {PASSPHRASE_CHARS_MIN} characters")]
    TooShort,
    /// The disk failed.
    #[error("the keys cannot be read or written: {0}")]
    Disk(#[from] io::Error),
    /// The secret store failed, or what is kept is damaged.
    #[error("the keys cannot be read or written: {0}")]
    Failed(String),
}

/// A device's secrets.
pub struct Vault {
    folder: PathBuf,
    place: Place,
}

enum Place {
    Open { identity: Box<Identity>, keeping: Keeping },
    Locked,
    StoreSilent,
    Nowhere,
}

/// Whether the system's secret store may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretStore {
    /// If there is one.
    Use,
    /// Not at all: rehearsals and tests keep apart from the user's own secrets.
    Avoid,
}

impl Vault {
    /// The vault of the application's state folder. What was set up once stays the way; a new device takes the secret
    /// store when there is one.
    pub fn find(folder: &Path, secret_store: SecretStore) -> Self {
        let place = match (folder.join(SEALED).exists(), folder.join(STORED).exists(), secret_store) {
            (true, _, _) => Place::Locked,
            (false, true, SecretStore::Use) => from_store(folder),
            (false, true, SecretStore::Avoid) => Place::StoreSilent,
            (false, false, SecretStore::Use) => into_store(folder).unwrap_or(Place::Nowhere),
            (false, false, SecretStore::Avoid) => Place::Nowhere,
        };
        Self { folder: folder.to_owned(), place }
    }

    /// How a state folder keeps secrets, found out without setting anything up.
    pub fn look(folder: &Path) -> Keeping {
        let keeps = |name: &str| folder.join(name).exists();
        let place = match (keeps(SEALED), keeps(STORED)) {
            (true, _) => Place::Locked,
            (false, true) => from_store(folder),
            (false, false) => Place::Nowhere,
        };
        Self { folder: folder.to_owned(), place }.keeping()
    }

    /// Removes what a state folder has in the secret store. For folders that were made to be thrown away.
    pub fn forget(folder: &Path) {
        if folder.join(STORED).exists() {
            let _ = entry(folder).and_then(|entry| entry.delete_credential().map_err(failed));
        }
    }

    /// How secrets are kept now.
    pub fn keeping(&self) -> Keeping {
        match self.place {
            Place::Open { keeping, .. } => keeping,
            Place::Locked => Keeping::Locked,
            Place::StoreSilent => Keeping::StoreSilent,
            Place::Nowhere => Keeping::Nowhere,
        }
    }

    /// Whether secrets can be read and written now.
    pub fn is_open(&self) -> bool {
        matches!(self.place, Place::Open { .. })
    }

    /// Opens the sealed files, or sets them up where there is nothing yet. Where the keys are in the secret store it is
    /// asked again, and the passphrase is not used.
    ///
    /// # Errors
    /// The passphrase is wrong or too short, the secret store does not answer, or the disk failed.
    pub fn unlock(&mut self, passphrase: &str) -> Result<(), VaultError> {
        let path = self.folder.join(SEALED);
        match self.place {
            Place::Open { .. } => Ok(()),
            Place::StoreSilent => {
                self.place = from_store(&self.folder);
                if self.is_open() { Ok(()) } else { Err(VaultError::StoreSilent) }
            }
            Place::Locked => {
                let sealed = fs::read(&path)?;
                let text = sealing::open_passphrase(passphrase, &sealed).map_err(|_| VaultError::WrongPassphrase)?;
                let text = std::str::from_utf8(&text).map_err(failed)?;
                let identity = Box::new(sealing::read_identity(text).map_err(failed)?);
                self.place = Place::Open { identity, keeping: Keeping::Passphrase };
                Ok(())
            }
            Place::Nowhere => {
                if passphrase.chars().nth(PASSPHRASE_CHARS_MIN - 1).is_none() {
                    return Err(VaultError::TooShort);
                }
                let identity = Box::new(Identity::generate());
                let text = sealing::write_identity(&identity);
                let sealed = sealing::under_passphrase(passphrase, text.as_bytes()).map_err(failed)?;
                durable::write(&path, sealed.as_bytes())?;
                self.place = Place::Open { identity, keeping: Keeping::Passphrase };
                Ok(())
            }
        }
    }

    /// Keeps a secret under a name, in place of an earlier one.
    ///
    /// # Errors
    /// The vault is not open, or the store failed.
    pub fn put(&self, name: &str, secret: &[u8]) -> Result<(), VaultError> {
        let identity = self.identity()?;
        let sealed = sealing::to_recipient_armored(&identity.to_public().to_string(), secret).map_err(failed)?;
        Ok(durable::write(&self.path(name), sealed.as_bytes())?)
    }

    /// A secret; `None` when there is none of that name.
    ///
    /// # Errors
    /// The vault is not open, or the disk failed.
    pub fn get(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, VaultError> {
        let identity = self.identity()?;
        match fs::read(self.path(name)) {
            Ok(sealed) => sealing::open(identity, &sealed).map(Some).map_err(failed),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Removes a secret for good, whether or not the vault is open.
    pub fn remove(&self, name: &str) {
        let _ = fs::remove_file(self.path(name));
    }

    fn identity(&self) -> Result<&Identity, VaultError> {
        match &self.place {
            Place::Open { identity, .. } => Ok(identity),
            Place::Locked => Err(VaultError::Locked),
            Place::StoreSilent => Err(VaultError::StoreSilent),
            Place::Nowhere => Err(VaultError::Nowhere),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        let plain: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        self.folder.join("keys").join(format!("{plain}.age"))
    }
}

fn failed(error: impl ToString) -> VaultError {
    VaultError::Failed(error.to_string())
}

/// One entry for each state folder, so that a folder made for a demonstration does not touch the user's own keys.
fn entry(folder: &Path) -> Result<keyring::Entry, VaultError> {
    let folder = folder.canonicalize()?;
    keyring::Entry::new(SERVICE, &format!("keys of {}", folder.display())).map_err(failed)
}

fn from_store(folder: &Path) -> Place {
    let read = |folder: &Path| -> Result<Identity, VaultError> {
        let text = Zeroizing::new(entry(folder)?.get_secret().map_err(failed)?);
        sealing::read_identity(std::str::from_utf8(&text).map_err(failed)?).map_err(failed)
    };
    match patiently(folder, read) {
        Ok(identity) => Place::Open { identity: Box::new(identity), keeping: Keeping::SecretStore },
        Err(error) => {
            tracing::warn!(%error, "the secret store does not give the keys");
            Place::StoreSilent
        }
    }
}

/// Sets a new device up in the secret store; `None` when there is none. It counts only if it gives back what it was
/// given: some answer and keep nothing.
fn into_store(folder: &Path) -> Option<Place> {
    let set_up = |folder: &Path| -> Result<Identity, VaultError> {
        let identity = Identity::generate();
        let text = sealing::write_identity(&identity);
        let entry = entry(folder)?;
        entry.set_secret(text.as_bytes()).map_err(failed)?;
        let kept = Zeroizing::new(entry.get_secret().map_err(failed)?);
        if kept.as_slice() == text.as_bytes() { Ok(identity) } else { Err(VaultError::StoreSilent) }
    };
    let identity = patiently(folder, set_up).ok()?;
    durable::write(&folder.join(STORED), b"").ok()?;
    Some(Place::Open { identity: Box::new(identity), keeping: Keeping::SecretStore })
}

/// Asks the secret store and waits a few seconds. It may show a prompt to the user or hang, and neither may keep a
/// window from opening. An answer that comes later is dropped.
fn patiently(
    folder: &Path,
    ask: impl FnOnce(&Path) -> Result<Identity, VaultError> + Send + 'static,
) -> Result<Identity, VaultError> {
    const PATIENCE: Duration = Duration::from_secs(4);
    let (sender, receiver) = mpsc::channel();
    let folder = folder.to_owned();
    thread::spawn(move || drop(sender.send(ask(&folder))));
    receiver.recv_timeout(PATIENCE).unwrap_or(Err(VaultError::StoreSilent))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passphrase_is_set_up_once_and_asked_for_ever_after() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Vault::look(folder.path()), Keeping::Nowhere);
        let mut vault = Vault::find(folder.path(), SecretStore::Avoid);
        assert_eq!(vault.keeping(), Keeping::Nowhere);
        assert!(matches!(vault.put("a", b"x"), Err(VaultError::Nowhere)));
        assert!(matches!(vault.unlock("short"), Err(VaultError::TooShort)));
        vault.unlock("long enough to keep").unwrap();
        vault.put("sitting:1", b"secret").unwrap();
        assert_eq!(vault.get("sitting:2").unwrap(), None);

        assert_eq!(Vault::look(folder.path()), Keeping::Locked);
        let mut later = Vault::find(folder.path(), SecretStore::Avoid);
        assert_eq!(later.keeping(), Keeping::Locked);
        assert!(matches!(later.get("sitting:1"), Err(VaultError::Locked)));
        assert!(matches!(later.unlock("wrong passphrase"), Err(VaultError::WrongPassphrase)));
        later.unlock("long enough to keep").unwrap();
        assert_eq!(later.get("sitting:1").unwrap().unwrap().as_slice(), b"secret");
    }

    #[test]
    fn a_device_whose_secret_store_is_silent_is_not_set_up_anew() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(STORED), b"").unwrap();
        let vault = Vault::find(folder.path(), SecretStore::Avoid);
        assert_eq!(vault.keeping(), Keeping::StoreSilent);
        assert!(matches!(vault.put("a", b"x"), Err(VaultError::StoreSilent)));
        assert!(!folder.path().join(SEALED).exists());
    }

    #[test]
    fn no_file_holds_a_secret_in_plain() {
        let folder = tempfile::tempdir().unwrap();
        let mut vault = Vault::find(folder.path(), SecretStore::Avoid);
        vault.unlock("long enough to keep").unwrap();
        vault.put("device", b"very-secret-bytes").unwrap();
        for file in [folder.path().join("keys.age"), folder.path().join("keys/device.age")] {
            let text = fs::read_to_string(file).unwrap();
            assert!(!text.contains("very-secret") && !text.contains("AGE-SECRET-KEY"));
        }
    }
}
