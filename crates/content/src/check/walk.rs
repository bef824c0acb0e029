//! Which files a check looks at.

use super::{Findings, Report};
use crate::academy::{self, FILE_BYTES_MAX, Fields, Node, Page, parse, split};
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// The most files that one check reads.
pub const FILES_MAX: usize = 10_000;
const DEPTH_MAX: usize = 32;

/// Checks files and folders. A file that is named is read whatever it is called. In a folder every `.md` file is read
/// whose front matter says `type: test`, in the order of their names; certification pages and other pages are passed
/// over, but not a page whose front matter cannot be read. Hidden folders and symbolic links are passed over.
pub fn check_paths<P: AsRef<Path>>(paths: &[P]) -> Report {
    let mut check = Check { report: Report::default(), left: FILES_MAX };
    for path in paths {
        let path = path.as_ref();
        match fs::metadata(path) {
            Ok(kind) if kind.is_dir() => check.folder(path, DEPTH_MAX),
            Ok(_file) => check.file(path, Named::ByCaller),
            Err(why) => check.unreadable(path, &why),
        }
    }
    check.report
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Named {
    ByCaller,
    ByFolder,
}

struct Check {
    report: Report,
    left: usize,
}

impl Check {
    fn folder(&mut self, folder: &Path, depth: usize) {
        let entries = fs::read_dir(folder).and_then(Iterator::collect::<io::Result<Vec<_>>>);
        let mut entries: Vec<(PathBuf, fs::FileType)> = match entries {
            Ok(entries) => entries.iter().filter_map(|entry| Some((entry.path(), entry.file_type().ok()?))).collect(),
            Err(why) => return self.unreadable(folder, &why),
        };
        entries.sort_by(|a, b| a.0.cmp(&b.0));
        for (path, kind) in entries {
            let hidden = path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
            let markdown = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("md"));
            if kind.is_dir() && !hidden && 0 < depth {
                self.folder(&path, depth - 1);
            } else if kind.is_file() && markdown {
                self.file(&path, Named::ByFolder);
            }
        }
    }

    fn file(&mut self, path: &Path, named: Named) {
        let Some(left) = self.left.checked_sub(1) else { return };
        self.left = left;
        let text = match read(path) {
            Ok(text) => text,
            Err(why) => return self.unreadable(path, &why),
        };
        if named == Named::ByFolder && !is_test(&text) {
            return;
        }
        let reading = academy::read(&path.to_string_lossy(), &text);
        self.report.files += 1;
        self.report.questions += reading.questions;
        self.report.findings.extend(reading.findings);
    }

    fn unreadable(&mut self, path: &Path, why: &io::Error) {
        let mut findings = Findings::of(&path.to_string_lossy());
        let message = format!("It cannot be read: {why}.");
        findings.error(
            "unreadable",
            None,
            message,
            "Check the path, and that the file is UTF-8 text that you may read.",
        );
        self.report.findings.extend(findings.into_list());
    }
}

/// Reads a text file, but no more of it than the reader would take.
pub(crate) fn read(path: &Path) -> io::Result<String> {
    use io::Read as _;
    let mut text = String::new();
    fs::File::open(path)?.take(FILE_BYTES_MAX as u64 + 1).read_to_string(&mut text)?;
    Ok(text)
}

/// Whether a page in a folder is an exam, or cannot be read well enough to say that it is none.
fn is_test(text: &str) -> bool {
    let Some(Page { yaml, .. }) = split(text) else { return false };
    let Ok(node) = parse(yaml) else { return true };
    let Some(fields) = Fields::of(&node) else { return false };
    let says = |name: &str| fields.text(name).map(str::to_ascii_lowercase);
    match says("type") {
        Some(kind) => kind == "test",
        None => says("layout").as_deref() == Some("test") || matches!(fields.find("questions"), Some(Node::List(_))),
    }
}
