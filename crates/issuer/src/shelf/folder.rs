//! Evidence as files: `SITTING/SHA256`, and `SHA256.part` while it is on its way.

use super::{ShelfError, as_path};
use invigil_core::{Digest, SittingId, exchange::EvidenceState};
use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

/// The folder.
pub struct Folder {
    root: PathBuf,
}

impl Folder {
    /// The folder is made at first use.
    pub fn new(root: PathBuf) -> Self {
        Self { root }
    }

    pub fn held(&self, sitting: &SittingId, sha256: &Digest) -> io::Result<u64> {
        let whole = self.path(sitting, sha256);
        Ok(match length(&whole)? {
            Some(size) => size,
            None => length(&part(&whole))?.unwrap_or(0),
        })
    }

    pub fn holds(&self, sitting: &SittingId, sha256: &Digest, size: u64) -> io::Result<bool> {
        Ok(length(&self.path(sitting, sha256))? == Some(size))
    }

    pub fn read(&self, sitting: &SittingId, sha256: &Digest) -> io::Result<Option<Vec<u8>>> {
        match fs::read(self.path(sitting, sha256)) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    pub fn delete(&self, sitting: &SittingId, sha256: &Digest) -> io::Result<()> {
        let whole = self.path(sitting, sha256);
        for path in [&part(&whole), &whole] {
            match fs::remove_file(path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                Ok(()) | Err(_) => {}
            }
        }
        Ok(())
    }

    pub fn take(
        &self,
        sitting: &SittingId,
        sha256: &Digest,
        size: u64,
        offset: u64,
        bytes: &[u8],
    ) -> Result<EvidenceState, ShelfError> {
        let _one_at_a_time = self.lock()?;
        let whole = self.path(sitting, sha256);
        if length(&whole)? == Some(size) {
            return Ok(EvidenceState { held: size, size });
        }
        let part = part(&whole);
        let held = length(&part)?.unwrap_or(0);
        let after = held.saturating_add(bytes.len() as u64);
        if offset != held || size < after {
            return Err(ShelfError::Offset { held });
        }
        if held == 0 {
            make_folder(whole.parent().unwrap_or(&self.root))?;
        }
        let mut file = OpenOptions::new().create(true).append(true).open(&part)?;
        if let Err(error) = file.write_all(bytes).and_then(|()| file.sync_data()) {
            // Half of a chunk, or one that may not be on the disk, must not be counted as held.
            let _ = file.set_len(held);
            return Err(error.into());
        }
        if after == size {
            if Digest::of(fs::read(&part)?) != *sha256 {
                fs::remove_file(&part)?;
                return Err(ShelfError::Mismatch);
            }
            file.sync_all()?;
            fs::rename(&part, &whole)?;
            sync_folder(whole.parent().unwrap_or(&self.root))?;
        }
        Ok(EvidenceState { held: after, size })
    }

    /// One writer at a time, so that two requests for the same piece do not write into each other: in this process, and
    /// in that of an operator who takes a hand-in file beside the service. It ends with the returned file.
    fn lock(&self) -> io::Result<File> {
        make_folder(&self.root)?;
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(self.root.join(".lock"))?;
        file.lock()?;
        Ok(file)
    }

    fn path(&self, sitting: &SittingId, sha256: &Digest) -> PathBuf {
        self.root.join(as_path(sitting)).join(sha256.to_string())
    }
}

fn part(whole: &Path) -> PathBuf {
    whole.with_extension("part")
}

fn length(path: &Path) -> io::Result<Option<u64>> {
    match fs::metadata(path) {
        Ok(metadata) => Ok(Some(metadata.len())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Makes a folder, and those above it that are missing, for this account alone and so that a power cut takes none of them
/// away again.
pub(crate) fn make_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    if folder.is_dir() {
        return Ok(());
    }
    let above = folder.parent().filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."));
    make_folder(above)?;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    sync_folder(above)
}

fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_processes_do_not_write_into_each_other() {
        let folder = tempfile::tempdir().unwrap();
        let sitting: SittingId = "sit-1".parse().unwrap();
        let bytes: Vec<u8> = (0..40_000_u32).map(|n| u8::try_from(n % 251).unwrap()).collect();
        let (sha256, size) = (Digest::of(&bytes), bytes.len() as u64);
        // Each has a shelf of its own, as a process has.
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    let shelf = Folder::new(folder.path().to_owned());
                    loop {
                        let held = shelf.held(&sitting, &sha256).unwrap();
                        assert!(held <= size, "more is held than there is");
                        if held == size {
                            return;
                        }
                        let from = usize::try_from(held).unwrap();
                        let to = bytes.len().min(from + 100);
                        let taken = shelf.take(&sitting, &sha256, size, held, &bytes[from..to]);
                        assert!(matches!(taken, Ok(_) | Err(ShelfError::Offset { .. })), "{taken:?}");
                    }
                });
            }
        });
        assert!(Folder::new(folder.path().to_owned()).holds(&sitting, &sha256, size).unwrap());
    }
}
