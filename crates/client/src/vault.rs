//! Where this device keeps its secrets: the system's secret store, or files sealed by a passphrase, or nowhere.
//!
//! Invariant: no secret is ever written in plain, and the window always says which of the three it is.

use crate::view::Keeping;
use invigil_content::sealing::{self, Identity};
use std::{
    fs, io,
    path::{Path, PathBuf},
};
use zeroize::Zeroizing;

const SERVICE: &str = "org.invigil.Invigil";
/// The shortest passphrase, in characters.
pub const PASSPHRASE_CHARS_MIN: usize = 12;

/// Why a secret is not to be had.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The passphrase has not been given.
    #[error("the keys on this device are locked")]
    Locked,
    /// There is neither a secret store nor a passphrase.
    #[error("this device has nowhere to keep keys yet")]
    Nowhere,
    /// The passphrase is another.
    #[error("this is not the passphrase")]
    WrongPassphrase,
    /// Too short to protect anything.
    #[error("a passphrase has at least {PASSPHRASE_CHARS_MIN} characters")]
    TooShort,
    /// The secret store or the disk failed.
    #[error("the keys cannot be read or written: {0}")]
    Failed(String),
}

/// A device's secrets.
pub struct Vault {
    folder: PathBuf,
    place: Place,
}

enum Place {
    SecretStore,
    Sealed(Box<Identity>),
    Locked,
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
    /// The vault of the application's state folder. A passphrase that was set up once stays the way; otherwise the
    /// secret store is taken when there is one.
    pub fn find(folder: &Path, secret_store: SecretStore) -> Self {
        let sealed = folder.join("keys.age").exists();
        let place = match (sealed, secret_store) {
            (true, _) => Place::Locked,
            (false, SecretStore::Use) if secret_store_works() => Place::SecretStore,
            (false, _) => Place::Nowhere,
        };
        Self { folder: folder.to_owned(), place }
    }

    /// How secrets are kept now.
    pub fn keeping(&self) -> Keeping {
        match self.place {
            Place::SecretStore => Keeping::SecretStore,
            Place::Sealed(_) => Keeping::Passphrase,
            Place::Locked => Keeping::Locked,
            Place::Nowhere => Keeping::Nowhere,
        }
    }

    /// Whether secrets can be read and written now.
    pub fn is_open(&self) -> bool {
        matches!(self.place, Place::SecretStore | Place::Sealed(_))
    }

    /// Opens the sealed files, or sets them up where there is nothing yet.
    ///
    /// # Errors
    /// The passphrase is wrong or too short, or the disk failed.
    pub fn unlock(&mut self, passphrase: &str) -> Result<(), VaultError> {
        let path = self.folder.join("keys.age");
        match self.place {
            Place::SecretStore | Place::Sealed(_) => Ok(()),
            Place::Locked => {
                let sealed = fs::read(&path).map_err(failed)?;
                let text = sealing::open_passphrase(passphrase, &sealed).map_err(|_| VaultError::WrongPassphrase)?;
                let text = std::str::from_utf8(&text).map_err(|e| VaultError::Failed(e.to_string()))?;
                let identity = sealing::read_identity(text).map_err(|e| VaultError::Failed(e.to_string()))?;
                self.place = Place::Sealed(Box::new(identity));
                Ok(())
            }
            Place::Nowhere => {
                if passphrase.chars().nth(PASSPHRASE_CHARS_MIN - 1).is_none() {
                    return Err(VaultError::TooShort);
                }
                let identity = Identity::generate();
                let text = sealing::write_identity(&identity);
                let sealed = sealing::under_passphrase(passphrase, text.as_bytes())
                    .map_err(|e| VaultError::Failed(e.to_string()))?;
                write_durably(&path, sealed.as_bytes()).map_err(failed)?;
                self.place = Place::Sealed(Box::new(identity));
                Ok(())
            }
        }
    }

    /// Keeps a secret under a name, in place of an earlier one.
    ///
    /// # Errors
    /// The vault is not open, or the store failed.
    pub fn put(&self, name: &str, secret: &[u8]) -> Result<(), VaultError> {
        match &self.place {
            Place::SecretStore => entry(name)?.set_secret(secret).map_err(failed),
            Place::Sealed(identity) => {
                let sealed =
                    sealing::to_recipient_armored(&identity.to_public().to_string(), secret).map_err(failed)?;
                write_durably(&self.path(name), sealed.as_bytes()).map_err(failed)
            }
            Place::Locked => Err(VaultError::Locked),
            Place::Nowhere => Err(VaultError::Nowhere),
        }
    }

    /// A secret; `None` when there is none of that name.
    ///
    /// # Errors
    /// The vault is not open, or the store failed.
    pub fn get(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, VaultError> {
        match &self.place {
            Place::SecretStore => match entry(name)?.get_secret() {
                Ok(secret) => Ok(Some(Zeroizing::new(secret))),
                Err(keyring::Error::NoEntry) => Ok(None),
                Err(error) => Err(failed(error)),
            },
            Place::Sealed(identity) => match fs::read(self.path(name)) {
                Ok(sealed) => sealing::open(identity, &sealed).map(Some).map_err(failed),
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
                Err(error) => Err(failed(error)),
            },
            Place::Locked => Err(VaultError::Locked),
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

fn entry(name: &str) -> Result<keyring::Entry, VaultError> {
    keyring::Entry::new(SERVICE, name).map_err(failed)
}

/// A secret store counts only if it gives back what it was given: some answer and keep nothing.
fn secret_store_works() -> bool {
    let probe = || -> keyring::Result<bool> {
        let entry = keyring::Entry::new(SERVICE, "probe")?;
        entry.set_secret(b"probe")?;
        let same = entry.get_secret()? == b"probe";
        entry.delete_credential()?;
        Ok(same)
    };
    probe().unwrap_or(false)
}

/// Writes a file so that after a power cut it is either the old one or the new one, readable only by its owner.
///
/// # Errors
/// As the file system says.
pub fn write_durably(path: &Path, bytes: &[u8]) -> io::Result<()> {
    use std::{io::Write, os::unix::fs::OpenOptionsExt};
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let new = path.with_extension("new");
    let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&new, path)?;
    fs::File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passphrase_is_set_up_once_and_asked_for_ever_after() {
        let folder = tempfile::tempdir().unwrap();
        let mut vault = Vault::find(folder.path(), SecretStore::Avoid);
        assert_eq!(vault.keeping(), Keeping::Nowhere);
        assert!(matches!(vault.put("a", b"x"), Err(VaultError::Nowhere)));
        assert!(matches!(vault.unlock("short"), Err(VaultError::TooShort)));
        vault.unlock("long enough to keep").unwrap();
        vault.put("sitting:1", b"secret").unwrap();
        assert_eq!(vault.get("sitting:2").unwrap(), None);

        let mut later = Vault::find(folder.path(), SecretStore::Avoid);
        assert_eq!(later.keeping(), Keeping::Locked);
        assert!(matches!(later.get("sitting:1"), Err(VaultError::Locked)));
        assert!(matches!(later.unlock("wrong passphrase"), Err(VaultError::WrongPassphrase)));
        later.unlock("long enough to keep").unwrap();
        assert_eq!(later.get("sitting:1").unwrap().unwrap().as_slice(), b"secret");
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
