//! Programs that the policy names.

use super::{Process, Processes};
use crate::probe::{Blind, Probe};
use invigil_core::{
    digest::Digest,
    policy::{Probe as Name, Program},
};
use sha2::{Digest as _, Sha256};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io::{self, Read},
    os::unix::fs::MetadataExt,
};

/// How much is read in one look. What is left is read in the next ones, so that a look stays short.
const READ_BYTES_MAX: u64 = 64 << 20;

/// Sees programs by the name of their executable file, or by what is in it, which finds a copy under another name.
/// It sees the name that the policy gives them.
///
/// Programs of another user it cannot see, nor what an interpreter runs: that is the interpreter's file.
pub struct Programs {
    processes: Processes,
    sought: Box<dyn Fn() -> Vec<Program> + Send>,
    known: BTreeMap<Content, Option<Digest>>,
    unread: bool,
}

/// One state of a file. Whoever changes a file changes one of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Content {
    device: u64,
    inode: u64,
    modified: (i64, i64),
    changed: (i64, i64),
    size: u64,
}

impl Programs {
    /// Looks for what `sought` returns, which is asked at each look, as an exam's policy comes with its admission.
    pub fn new(sought: impl Fn() -> Vec<Program> + Send + 'static) -> Self {
        Self { processes: Processes::default(), sought: Box::new(sought), known: BTreeMap::new(), unread: false }
    }

    /// The digests of what these processes run, as far as they are known after reading within the limit.
    fn digests(&mut self, processes: &[Process]) -> BTreeMap<u32, Digest> {
        let mut left = READ_BYTES_MAX;
        let mut digests = BTreeMap::new();
        let mut present = BTreeMap::new();
        self.unread = false;
        for process in processes {
            let Ok(mut file) = File::open(self.processes.executable(process.pid)) else { continue };
            let Ok(content) = content(&file) else { continue };
            let digest = match self.known.get(&content).or_else(|| present.get(&content)) {
                Some(known) => *known,
                // A file larger than the limit is read alone.
                None if content.size <= left || left == READ_BYTES_MAX => {
                    left = left.saturating_sub(content.size);
                    digest_of(&mut file).ok()
                }
                None => {
                    self.unread = true;
                    continue;
                }
            };
            present.insert(content, digest);
            digests.extend(digest.map(|digest| (process.pid, digest)));
        }
        // What does not run any more is forgotten, so that this never grows.
        self.known = present;
        digests
    }
}

impl Probe for Programs {
    fn name(&self) -> Name {
        Name::Programs
    }

    fn look(&mut self) -> Result<BTreeSet<String>, Blind> {
        let sought = (self.sought)();
        if sought.is_empty() {
            self.unread = false;
            return Ok(BTreeSet::new());
        }
        let processes = self.processes.list()?;
        let by_content = sought.iter().any(|program| program.sha256.is_some());
        let digests = if by_content { self.digests(&processes) } else { BTreeMap::new() };
        let runs = |program: &&Program| {
            processes.iter().any(|process| {
                let same = |wanted| digests.get(&process.pid).is_some_and(|digest| *digest == wanted);
                process.file == program.file || program.sha256.is_some_and(same)
            })
        };
        Ok(sought.iter().filter(runs).map(|program| program.name.clone()).collect())
    }

    fn missing(&self) -> Option<Blind> {
        self.unread.then(|| Blind("the files of some running programs have not been read yet".to_owned()))
    }
}

fn content(file: &File) -> io::Result<Content> {
    let meta = file.metadata()?;
    Ok(Content {
        device: meta.dev(),
        inode: meta.ino(),
        modified: (meta.mtime(), meta.mtime_nsec()),
        changed: (meta.ctime(), meta.ctime_nsec()),
        size: meta.size(),
    })
}

fn digest_of(file: &mut File) -> io::Result<Digest> {
    let (mut hasher, mut part) = (Sha256::new(), vec![0; 1 << 16]);
    loop {
        match file.read(&mut part)? {
            0 => return Ok(Digest::from(<[u8; 32]>::from(hasher.finalize()))),
            read => hasher.update(&part[..read]),
        }
    }
}
