//! The application's state folder: where what lies.
//!
//! ```text
//! keys.age                  the identity that opens keys/, sealed by a passphrase; or instead of it
//! keys.stored               which says that the secret store has it
//! keys/                     secrets, sealed
//! settings.json             how the window looks
//! issuers.json              the key of every issuer this device has met, by host
//! current                   the sitting on the screen, so that a restart goes back to it
//! packs/DIGEST.invigil      exam packs
//! sittings/ID/sitting.db    one sitting's records, answers and documents
//! sittings/ID/*.age         its key, sealed for recovery and for the proctor's resume code
//! sittings/ID/about.json    what may be said of it while its key is not at hand
//! sittings/ID/evidence/*    sealed evidence, named by its SHA-256
//! sittings/ID/tombstone.json what is left when the rest is destroyed
//! practice/DIGEST.db        progress in a practice pack
//! rehearsal.json            what a rehearsed kill is compared with, until it was read
//! ```

use crate::{
    durable,
    view::{Problem, Settings},
};
use invigil_core::{Digest, PublicKey, SittingId};
use std::{
    collections::BTreeMap,
    env, fs, io,
    path::{Path, PathBuf},
};

/// The state folder.
#[derive(Debug, Clone)]
pub struct Folder {
    root: PathBuf,
}

/// The state folder of this user: `INVIGIL_STATE`, else `invigil` in the XDG state folder.
pub fn default_root() -> PathBuf {
    let var = |name| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    var("INVIGIL_STATE")
        .or_else(|| var("XDG_STATE_HOME").map(|state| state.join("invigil")))
        .or_else(|| var("HOME").map(|home| home.join(".local/state/invigil")))
        .unwrap_or_else(|| PathBuf::from("invigil-state"))
}

impl Folder {
    /// The folder at `root`, made if need be, closed to other users.
    ///
    /// # Errors
    /// As the file system says.
    pub fn open(root: PathBuf) -> io::Result<Self> {
        use std::os::unix::fs::PermissionsExt;
        durable::make_folder(&root)?;
        fs::set_permissions(&root, fs::Permissions::from_mode(0o700))?;
        Ok(Self { root })
    }

    /// The folder at `root` as it is, to look into. It may not exist.
    pub fn at(root: PathBuf) -> Self {
        Self { root }
    }

    /// The folder itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Whether a sitting of this identifier has a place here. Identifiers come from issuers, and one with a path in it
    /// must not choose where it is written.
    pub fn holds(id: &SittingId) -> bool {
        id.as_str().bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    }

    /// The folder of a sitting that [`Folder::holds`].
    pub fn sitting(&self, id: &SittingId) -> PathBuf {
        self.root.join("sittings").join(id.as_str())
    }

    /// A sealed piece of evidence of a sitting.
    pub fn evidence(&self, id: &SittingId, sha256: &Digest) -> PathBuf {
        self.sitting(id).join("evidence").join(sha256.to_string())
    }

    /// Reads a JSON file of the folder itself; `None` when there is none that can be read.
    pub fn read<T: serde::de::DeserializeOwned>(&self, name: &str) -> Option<T> {
        read_json(&self.root.join(name))
    }

    /// Writes a JSON file of the folder itself.
    ///
    /// # Errors
    /// `disk-full` or `storage-failed`.
    pub fn write(&self, name: &str, value: &impl serde::Serialize) -> Result<(), Problem> {
        write_json(&self.root.join(name), value)
    }

    /// Reads a JSON file in a sitting's folder; `None` when there is none that can be read.
    pub fn read_of<T: serde::de::DeserializeOwned>(&self, id: &SittingId, name: &str) -> Option<T> {
        read_json(&self.sitting(id).join(name))
    }

    /// Writes a JSON file into a sitting's folder.
    ///
    /// # Errors
    /// `disk-full` or `storage-failed`.
    pub fn write_of(&self, id: &SittingId, name: &str, value: &impl serde::Serialize) -> Result<(), Problem> {
        write_json(&self.sitting(id).join(name), value)
    }

    /// Every sitting that has a folder.
    pub fn sittings(&self) -> Vec<SittingId> {
        let entries = fs::read_dir(self.root.join("sittings")).into_iter().flatten().flatten();
        let mut ids: Vec<SittingId> =
            entries.filter_map(|entry| entry.file_name().into_string().ok()?.parse().ok()).collect();
        ids.sort();
        ids
    }

    /// An exam pack's file.
    pub fn pack(&self, digest: &Digest) -> PathBuf {
        self.root.join("packs").join(format!("{digest}.invigil"))
    }

    /// The database of a practice pack's progress.
    pub fn progress(&self, digest: &Digest) -> PathBuf {
        self.root.join("practice").join(format!("{digest}.db"))
    }

    /// The sitting that was on the screen.
    pub fn current(&self) -> Option<SittingId> {
        fs::read_to_string(self.root.join("current")).ok()?.trim().parse().ok()
    }

    /// Remembers, or forgets, the sitting on the screen. Losing this costs one click after a restart, so a failure is
    /// not worth more than that.
    pub fn set_current(&self, id: Option<&SittingId>) {
        let path = self.root.join("current");
        let _ = match id {
            Some(id) => durable::write(&path, id.as_str().as_bytes()),
            None => fs::remove_file(path),
        };
    }

    /// How the window looks; the defaults when nothing is kept.
    pub fn settings(&self) -> Settings {
        read_json(&self.root.join("settings.json")).unwrap_or_default()
    }

    /// Keeps how the window looks.
    ///
    /// # Errors
    /// `storage-failed`.
    pub fn set_settings(&self, settings: &Settings) -> Result<(), Problem> {
        write_json(&self.root.join("settings.json"), settings)
    }

    /// The key that the issuer at `host` had when this device met it.
    pub fn issuer(&self, host: &str) -> Option<PublicKey> {
        self.issuers().get(host).copied()
    }

    /// Remembers the key of the issuer at `host`.
    ///
    /// # Errors
    /// `storage-failed`.
    pub fn set_issuer(&self, host: &str, key: PublicKey) -> Result<(), Problem> {
        let mut issuers = self.issuers();
        issuers.insert(host.to_owned(), key);
        write_json(&self.root.join("issuers.json"), &issuers)
    }

    fn issuers(&self) -> BTreeMap<String, PublicKey> {
        read_json(&self.root.join("issuers.json")).unwrap_or_default()
    }
}

fn read_json<T: serde::de::DeserializeOwned>(path: &Path) -> Option<T> {
    serde_json::from_slice(&fs::read(path).ok()?).ok()
}

fn write_json(path: &Path, value: &impl serde::Serialize) -> Result<(), Problem> {
    let bytes = serde_json::to_vec_pretty(value).unwrap_or_default();
    durable::write(path, &bytes).map_err(disk_problem)
}

/// What a failed write means to a person.
pub fn disk_problem(error: io::Error) -> Problem {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Problem::new("disk-full"),
        _ => Problem::new("storage-failed").with("why", error),
    }
}
