//! A disk as a power cut finds it: what a sync has made sure of, and what may or may not have arrived.
//!
//! It promises as little as a file system may. A write that no sync of its file follows is lost, kept, or kept in some
//! sectors only, whatever becomes of earlier and later ones. A name that no sync of its folder follows is lost or kept,
//! and a folder is such a name. A sync keeps the file or the folder it was asked for and nothing else.

use invigil_tests::proof::Dice;
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

const SECTOR: usize = 512;

/// Which file; names may change.
pub type FileId = usize;

/// Something that a program did to the disk, or said.
#[derive(Debug, Clone)]
pub enum Op {
    MakeFolder { path: PathBuf },
    Create { path: PathBuf, file: FileId },
    Write { file: FileId, at: usize, bytes: Vec<u8> },
    Resize { file: FileId, len: usize },
    Sync { file: FileId },
    SyncFolder { path: PathBuf },
    Rename { from: PathBuf, to: PathBuf },
    Remove { path: PathBuf },
    Said { words: String },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Node {
    Folder,
    File(FileId),
}

/// One change of a file's bytes.
#[derive(Debug, Clone)]
enum Change {
    Write { at: usize, bytes: Vec<u8> },
    Resize { len: usize },
}

#[derive(Debug, Clone, Default)]
struct Content {
    sure: Vec<u8>,
    pending: Vec<Change>,
}

/// One change of names in a folder, whole or not at all.
#[derive(Debug, Clone)]
struct Naming {
    folder: PathBuf,
    names: Vec<(PathBuf, Option<Node>)>,
}

/// The disk under one folder, which itself is there.
#[derive(Debug, Clone)]
pub struct Disk {
    root: PathBuf,
    files: BTreeMap<FileId, Content>,
    sure: BTreeMap<PathBuf, Node>,
    pending: Vec<Naming>,
}

/// What is left after a power cut: every file by its path below the root.
pub type Image = BTreeMap<PathBuf, Option<Vec<u8>>>;

/// How much of what is not sure a power cut takes.
#[derive(Debug, Clone, Copy)]
enum Loss {
    All,
    Nothing,
    /// From some change on.
    Rest,
    /// Change by change.
    Some,
}

impl Disk {
    pub fn new(root: &Path) -> Self {
        Self { root: root.to_owned(), files: BTreeMap::new(), sure: BTreeMap::new(), pending: Vec::new() }
    }

    /// The disk after a power cut has left `image`, and the files by name.
    pub fn from_image(root: &Path, image: &Image) -> (Self, BTreeMap<PathBuf, FileId>) {
        let mut disk = Self::new(root);
        let mut names = BTreeMap::new();
        for (number, (path, bytes)) in image.iter().enumerate() {
            let path = root.join(path);
            match bytes {
                None => drop(disk.sure.insert(path, Node::Folder)),
                Some(bytes) => {
                    disk.files.insert(number, Content { sure: bytes.clone(), pending: vec![] });
                    disk.sure.insert(path.clone(), Node::File(number));
                    names.insert(path, number);
                }
            }
        }
        (disk, names)
    }

    pub fn carry_out(&mut self, op: &Op) {
        match op {
            Op::MakeFolder { path } => self.name(vec![(path.clone(), Some(Node::Folder))]),
            Op::Create { path, file } => {
                self.files.insert(*file, Content::default());
                self.name(vec![(path.clone(), Some(Node::File(*file)))]);
            }
            Op::Rename { from, to } => {
                assert_eq!(from.parent(), to.parent(), "names move within a folder");
                let node = self.node(from).expect("it has a name");
                self.name(vec![(from.clone(), None), (to.clone(), Some(node))]);
            }
            Op::Remove { path } => self.name(vec![(path.clone(), None)]),
            Op::Write { file, at, bytes } => {
                self.content(*file).pending.push(Change::Write { at: *at, bytes: bytes.clone() });
            }
            Op::Resize { file, len } => self.content(*file).pending.push(Change::Resize { len: *len }),
            Op::Sync { file } => {
                let content = self.content(*file);
                for change in std::mem::take(&mut content.pending) {
                    change.keep(&mut content.sure);
                }
            }
            Op::SyncFolder { path } => {
                for naming in std::mem::take(&mut self.pending) {
                    if naming.folder == *path {
                        naming.keep(&mut self.sure);
                    } else {
                        self.pending.push(naming);
                    }
                }
            }
            Op::Said { .. } => {}
        }
    }

    fn content(&mut self, file: FileId) -> &mut Content {
        self.files.get_mut(&file).expect("the file was created")
    }

    fn name(&mut self, names: Vec<(PathBuf, Option<Node>)>) {
        let folder = names[0].0.parent().expect("below the root").to_owned();
        self.pending.push(Naming { folder, names });
    }

    fn node(&self, path: &Path) -> Option<Node> {
        let mut names = self.sure.clone();
        self.pending.iter().for_each(|naming| naming.keep(&mut names));
        names.get(path).copied()
    }

    /// The disk as the running system sees it.
    pub fn whole(&self) -> Image {
        self.image(Loss::Nothing, &mut Dice(0))
    }

    /// What one power cut leaves.
    pub fn cut(&self, dice: &mut Dice) -> Image {
        let loss = [Loss::All, Loss::Nothing, Loss::Rest, Loss::Some, Loss::Some, Loss::Some][dice.below(6)];
        self.image(loss, dice)
    }

    fn image(&self, loss: Loss, dice: &mut Dice) -> Image {
        let mut names = self.sure.clone();
        for naming in chosen(&self.pending, loss, dice) {
            naming.keep(&mut names);
        }
        let mut image = Image::new();
        for (path, node) in &names {
            let lost = path
                .ancestors()
                .skip(1)
                .take_while(|above| *above != self.root)
                .any(|above| !names.contains_key(above));
            if lost {
                continue;
            }
            let below = path.strip_prefix(&self.root).expect("below the root").to_owned();
            let bytes = match node {
                Node::Folder => None,
                Node::File(file) => Some(self.files[file].cut(loss, dice)),
            };
            image.insert(below, bytes);
        }
        image
    }
}

/// The changes that a loss leaves, in order.
fn chosen<'a, T>(pending: &'a [T], loss: Loss, dice: &mut Dice) -> Vec<&'a T> {
    let kept = dice.below(pending.len() + 1);
    let keep = |(number, _): &(usize, &'a T)| match loss {
        Loss::All => false,
        Loss::Nothing => true,
        Loss::Rest => *number < kept,
        Loss::Some => dice.one_in(2),
    };
    pending.iter().enumerate().filter(keep).map(|(_, change)| change).collect()
}

impl Naming {
    fn keep(&self, names: &mut BTreeMap<PathBuf, Node>) {
        for (path, node) in &self.names {
            match node {
                Some(node) => names.insert(path.clone(), *node),
                None => names.remove(path),
            };
        }
    }
}

impl Content {
    fn cut(&self, loss: Loss, dice: &mut Dice) -> Vec<u8> {
        let mut bytes = self.sure.clone();
        for change in chosen(&self.pending, loss, dice) {
            match change {
                Change::Write { at, bytes: new } if matches!(loss, Loss::Some | Loss::Rest) && dice.one_in(2) => {
                    torn(*at, new, &mut bytes, dice);
                }
                change => change.keep(&mut bytes),
            }
        }
        bytes
    }
}

impl Change {
    fn keep(&self, bytes: &mut Vec<u8>) {
        match self {
            Self::Write { at, bytes: new } => {
                if bytes.len() < at + new.len() {
                    bytes.resize(at + new.len(), 0);
                }
                bytes[*at..at + new.len()].copy_from_slice(new);
            }
            Self::Resize { len } => bytes.resize(*len, 0),
        }
    }
}

/// A write of which some sectors arrived. Where the file has grown, a sector that did not arrive holds anything.
fn torn(at: usize, new: &[u8], bytes: &mut Vec<u8>, dice: &mut Dice) {
    let before = bytes.len();
    let garbage = dice.one_in(2);
    let mut from = at;
    while from < at + new.len() {
        let to = ((from / SECTOR + 1) * SECTOR).min(at + new.len());
        let arrived = dice.one_in(2);
        if arrived || (garbage && before <= from) {
            if bytes.len() < to {
                bytes.resize(to, 0);
            }
            for n in from..to {
                bytes[n] = if arrived { new[n - at] } else { dice.throw().to_le_bytes()[0] };
            }
        }
        from = to;
    }
}

/// Writes an image into an empty folder.
pub fn lay_down(image: &Image, folder: &Path) {
    for (path, bytes) in image {
        match bytes {
            None => fs::create_dir_all(folder.join(path)).expect("a folder"),
            Some(bytes) => fs::write(folder.join(path), bytes).expect("a file"),
        }
    }
}
