//! Reads a programme: `programme.yaml`, the `_index.md` of each open certification's folder, and its exams.
//!
//! Invariant: as with exams, reading never fails as a whole; what is wrong comes back as findings.

mod certification;

use crate::{
    academy::{self, Bank, Fields, Node, parse},
    check::{Finding, Findings, Severity, read_file},
};
use invigil_core::{
    CertificationId, ExamId,
    programme::{Certification, CertificationStatus, Organisation, Programme, Track},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Component, Path, PathBuf},
};

/// The name of a programme's own file.
pub const FILE: &str = "programme.yaml";
/// The most tracks, certifications in a track, and exams of a certification.
pub const ENTRIES_MAX: usize = 200;

/// What came out of a programme's folder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reading {
    /// The programme; `None` when its file cannot be read or has no identifier.
    pub programme: Option<Programme>,
    /// The exams of its open certifications.
    pub exams: BTreeMap<ExamId, ExamFile>,
    /// The Academy's own identifiers of its certifications, where their pages have one.
    pub academy_ids: BTreeMap<CertificationId, String>,
    /// The question entries of all exams.
    pub questions: usize,
    /// What is wrong or worth knowing, the exams' own findings included.
    pub findings: Vec<Finding>,
}

impl Reading {
    /// Whether anything is an error.
    pub fn has_errors(&self) -> bool {
        self.findings.iter().any(|finding| finding.severity == Severity::Error)
    }
}

/// An exam of a programme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExamFile {
    /// The certification that asks for it.
    pub certification: CertificationId,
    /// Its file.
    pub path: PathBuf,
    /// What it holds.
    pub bank: Bank,
}

/// Reads the programme in `folder`.
pub fn read(folder: &Path) -> Reading {
    let path = folder.join(FILE);
    let mut reader = Reader { folder, reading: Reading::default(), findings: Findings::of(&path.to_string_lossy()) };
    let programme = reader.programme(&path);
    let Reader { mut reading, findings, .. } = reader;
    reading.programme = programme;
    // The programme's own findings come first, as its file does.
    let later = std::mem::replace(&mut reading.findings, findings.into_list());
    reading.findings.extend(later);
    reading
}

struct Reader<'a> {
    folder: &'a Path,
    reading: Reading,
    findings: Findings,
}

impl Reader<'_> {
    fn programme(&mut self, path: &Path) -> Option<Programme> {
        let text = match read_file(path) {
            Ok(text) => text,
            Err(why) => {
                let message = format!("The programme cannot be read: {why}.");
                self.findings.error("unreadable", None, message, "Name a folder that holds a programme.yaml.");
                return None;
            }
        };
        let node = match parse(&text) {
            Ok(node) => node,
            Err(why) => {
                let message = format!("The programme is not valid YAML: {why}.");
                self.findings.error("yaml-invalid", None, message, "Correct the YAML near that place.");
                return None;
            }
        };
        let fields = Fields::of(&node);
        let Some(fields) = fields.filter(|fields| fields.text("type") == Some("programme")) else {
            let message = "The file does not say “type: programme”.".to_owned();
            self.findings.error("not-a-programme", None, message, "Add it, or name another folder.");
            return None;
        };
        let id = self.id(fields, "programme")?;
        let title = self.text(fields, "title", "The programme");
        let organisation = self.organisation(fields);
        let notice = fields.text("notice").unwrap_or_default().to_owned();
        let tracks: Vec<Track> = list(fields, "tracks").iter().filter_map(|node| self.track(node)).collect();
        self.check_unique(&tracks);
        Some(Programme { id, title, organisation, notice, tracks })
    }

    fn check_unique(&mut self, tracks: &[Track]) {
        let mut seen = BTreeSet::new();
        for certification in tracks.iter().flat_map(|track| &track.certifications) {
            if !seen.insert(&certification.id) {
                let message = format!("More than one certification is called {}.", certification.id);
                self.findings.error("duplicate-certification-id", None, message, "Give each an “id” of its own.");
            }
        }
    }

    fn organisation(&mut self, fields: Fields<'_>) -> Organisation {
        let Some(fields) = fields.find("organisation").and_then(Fields::of) else {
            let message = "The programme does not say whose it is.".to_owned();
            self.findings.error(
                "organisation-missing",
                None,
                message,
                "Add “organisation” with “id”, “name” and “url”.",
            );
            return Organisation { id: String::new(), name: String::new(), url: String::new() };
        };
        let url = self.text(fields, "url", "The organisation");
        let plain = ["https://", "http://"].iter().any(|scheme| url.starts_with(scheme));
        if !plain && !url.is_empty() {
            let message = "The organisation's address is not a web address.".to_owned();
            self.findings.error("url-invalid", None, message, "Write it with “https://”.");
        }
        Organisation {
            id: self.text(fields, "id", "The organisation"),
            name: self.text(fields, "name", "The organisation"),
            url: if plain { url } else { String::new() },
        }
    }

    fn track(&mut self, node: &Node) -> Option<Track> {
        let fields = self.fields(node, "track")?;
        let id = fields.text("id").unwrap_or_default().to_owned();
        let what = format!("Track {id}");
        if id.is_empty() {
            self.findings.error("id-missing", None, "A track has no identifier.".to_owned(), "Give it an “id”.");
        }
        Some(Track {
            title: self.text(fields, "title", &what),
            summary: fields.text("summary").unwrap_or_default().to_owned(),
            certifications: list(fields, "certifications").iter().filter_map(|node| self.certification(node)).collect(),
            id,
        })
    }

    fn certification(&mut self, node: &Node) -> Option<Certification> {
        let fields = self.fields(node, "certification")?;
        let id: CertificationId = self.id(fields, "certification")?;
        let what = format!("Certification {id}");
        let status = match fields.text("status") {
            Some("open") => CertificationStatus::Open,
            Some("announced") => CertificationStatus::Announced,
            Some(_) | None => {
                let message = format!("{what} does not say whether it is open or announced; it is read as announced.");
                self.findings.error("status-unknown", None, message, "Write “status: open” or “status: announced”.");
                CertificationStatus::Announced
            }
        };
        let page = match status {
            CertificationStatus::Open => self.page(fields, &id, &what),
            CertificationStatus::Announced => None,
        };
        let (description, requirements) =
            page.map_or_else(Default::default, |page| (page.description, page.requirements));
        Some(Certification {
            title: self.text(fields, "title", &what),
            tier: self.text(fields, "tier", &what),
            summary: fields.text("summary").unwrap_or_default().to_owned(),
            // A certification without readable exams cannot be taken, whatever it says of itself.
            status: if requirements.is_some() { status } else { CertificationStatus::Announced },
            description,
            requirements,
            id,
        })
    }

    fn page(&mut self, fields: Fields<'_>, id: &CertificationId, what: &str) -> Option<certification::Page> {
        let folder = fields.text("folder").unwrap_or(id.as_str());
        let Some(folder) = below(self.folder, folder) else {
            let message = format!("{what} names a folder outside of the programme.");
            self.findings.error("path-outside", None, message, "Name a folder inside the programme's own.");
            return None;
        };
        Some(certification::read(&folder, id, &mut self.reading))
    }

    fn fields<'n>(&mut self, node: &'n Node, what: &str) -> Option<Fields<'n>> {
        let fields = Fields::of(node);
        if fields.is_none() {
            let message = format!("A {what} of the programme is not a mapping of names to values.");
            self.findings.error("entry-not-a-mapping", None, message, "Write lines such as “id: …” after its “-”.");
        }
        fields
    }

    fn id<T: std::str::FromStr<Err: std::fmt::Display>>(&mut self, fields: Fields<'_>, what: &str) -> Option<T> {
        match fields.text("id").unwrap_or_default().parse() {
            Ok(id) => Some(id),
            Err(why) => {
                let message = format!("A {what} has no identifier that can be used: {why}.");
                self.findings.error("id-missing", None, message, "Give it an “id” of its own.");
                None
            }
        }
    }

    fn text(&mut self, fields: Fields<'_>, name: &str, what: &str) -> String {
        let text = fields.text(name);
        if text.is_none() {
            let message = format!("{what} has no {name}.");
            self.findings.error("member-missing", None, message, format!("Add “{name}: …”."));
        }
        text.unwrap_or_default().to_owned()
    }
}

fn list<'a>(fields: Fields<'a>, name: &str) -> &'a [Node] {
    match fields.find(name) {
        Some(Node::List(nodes)) => &nodes[..nodes.len().min(ENTRIES_MAX)],
        Some(Node::Null | Node::Scalar(_) | Node::Map(_)) | None => &[],
    }
}

/// A path inside a folder; `None` when it would lead out of it.
fn below(folder: &Path, relative: &str) -> Option<PathBuf> {
    let inside = |part: Component<'_>| matches!(part, Component::Normal(_) | Component::CurDir);
    let relative = Path::new(relative);
    relative.components().all(inside).then(|| folder.join(relative))
}

/// Reads an exam of a certification into the programme's reading; `None` when it has no bank.
fn exam<'r>(path: &Path, certification: &CertificationId, reading: &'r mut Reading) -> Option<&'r ExamFile> {
    let name = path.to_string_lossy();
    let mut findings = Findings::of(&name);
    let text = match read_file(path) {
        Ok(text) => text,
        Err(why) => {
            let message = format!("The exam cannot be read: {why}.");
            findings.error("unreadable", None, message, "Correct the name under “exams” of the certification's page.");
            reading.findings.extend(findings.into_list());
            return None;
        }
    };
    let read = academy::read(&name, &text);
    reading.questions += read.questions;
    reading.findings.extend(read.findings);
    let bank = read.bank?;
    let id = bank.exam.id.clone();
    if reading.exams.contains_key(&id) {
        let message = format!("More than one exam of the programme is called {id}.");
        findings.error("duplicate-exam-id", None, message, "Give each exam an “id” of its own.");
        reading.findings.extend(findings.into_list());
        return None;
    }
    let file = ExamFile { certification: certification.clone(), path: path.to_owned(), bank };
    Some(reading.exams.entry(id).or_insert(file))
}
