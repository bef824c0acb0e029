//! Files and folders that a power cut does not take away again. Names are durable once their folder is synced.

use std::{fs, io, path::Path};

/// Writes a file so that after a power cut it is either the old one or the new one, readable only by its owner.
///
/// # Errors
/// As the file system says.
pub fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    use std::{io::Write, os::unix::fs::OpenOptionsExt};
    let folder = above(path);
    make_folder(folder)?;
    let new = path.with_extension("new");
    let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&new, path)?;
    fs::File::open(folder)?.sync_all()
}

/// Makes a folder, and those above it that are missing, so that a power cut takes none of them away again with what is
/// in it. Only its owner can open it.
///
/// # Errors
/// As the file system says.
pub fn make_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    if folder.is_dir() {
        return Ok(());
    }
    make_folder(above(folder))?;
    match fs::DirBuilder::new().mode(0o700).create(folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        Err(_) | Ok(()) => {}
    }
    fs::File::open(above(folder))?.sync_all()
}

/// Removes a file so that a power cut does not bring it back.
///
/// # Errors
/// As the file system says.
pub fn remove(path: &Path) -> io::Result<()> {
    fs::remove_file(path)?;
    fs::File::open(above(path))?.sync_all()
}

fn above(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
