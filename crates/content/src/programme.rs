//! Reads a programme: `programme.yaml`, the `_index.md` of each open certification's folder, its exams, its partners
//! and its badges.
//!
//! Invariant: as with exams, reading never fails as a whole; what is wrong comes back as findings.

mod about;
mod angoff;
mod blueprint;
mod certification;
mod exams;
mod keeping;
mod members;
mod partners;
mod recognitions;

use crate::{
    academy::{Bank, Fields, Node},
    check::{Finding, Findings, Severity},
};
use invigil_core::{
    CertificationId, ExamId,
    programme::{Certification, CertificationStatus, Organisation, Programme, Tier, Track},
};
use members::{address, document, id, list, mapping, needed, only};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Component, Path, PathBuf},
};

/// The name of a programme's own file.
pub const FILE: &str = "programme.yaml";
/// The most entries of any list of a programme: tracks, certifications in a track, exams, partners, badges and so on.
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
    let Reader { mut reading, mut findings, .. } = reader;
    // The programme's own findings come first, as its file does.
    let later = std::mem::take(&mut reading.findings);
    reading.programme = programme.map(|programme| {
        let ids = programme.tracks.iter().flat_map(|track| &track.certifications).map(|c| c.id.clone()).collect();
        let (recognitions, recognition_findings) = recognitions::read(folder, &ids);
        let (partners, partner_findings) = partners::read(folder);
        let programme = Programme { partners, recognitions, ..programme };
        check(&programme, &mut findings);
        findings.append(partner_findings);
        findings.append(recognition_findings);
        programme
    });
    reading.findings = findings.into_list();
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
        let node = document(path, "programme", &mut self.findings)?;
        let fields = Fields::of(&node)?;
        let (at, known) = ("the programme", &["type", "id", "title", "organisation", "notice", "tracks"]);
        only(fields, known, at, &mut self.findings);
        Some(Programme {
            id: id(fields, "programme", &mut self.findings)?,
            title: needed(fields, "title", at, &mut self.findings),
            organisation: self.organisation(fields),
            notice: fields.text("notice").unwrap_or_default().to_owned(),
            tracks: {
                let nodes = list(fields, "tracks", at, &mut self.findings);
                nodes.iter().filter_map(|node| self.track(node)).collect()
            },
            partners: Vec::new(),
            recognitions: Vec::new(),
        })
    }

    fn organisation(&mut self, fields: Fields<'_>) -> Organisation {
        let Some(fields) = fields.find("organisation").and_then(Fields::of) else {
            let message = "The programme does not say whose it is.".to_owned();
            let remedy = "Add “organisation” with “id”, “name” and “url”.";
            self.findings.error("organisation-missing", None, message, remedy);
            return Organisation { id: String::new(), name: String::new(), url: String::new() };
        };
        let at = "the organisation";
        let url = needed(fields, "url", at, &mut self.findings);
        Organisation {
            id: needed(fields, "id", at, &mut self.findings),
            name: needed(fields, "name", at, &mut self.findings),
            url: address(&url, at, &mut self.findings),
        }
    }

    fn track(&mut self, node: &Node) -> Option<Track> {
        let fields = mapping(node, "the list of tracks", &mut self.findings)?;
        let id = fields.text("id").unwrap_or_default().to_owned();
        let at = format!("track {id}");
        if id.is_empty() {
            self.findings.error("id-missing", None, "A track has no identifier.".to_owned(), "Give it an “id”.");
        }
        only(fields, &["id", "title", "summary", "tiers", "certifications"], &at, &mut self.findings);
        let nodes = list(fields, "certifications", &at, &mut self.findings);
        Some(Track {
            title: needed(fields, "title", &at, &mut self.findings),
            summary: fields.text("summary").unwrap_or_default().to_owned(),
            tiers: self.tiers(fields, &at),
            certifications: nodes.iter().filter_map(|node| self.certification(node)).collect(),
            id,
        })
    }

    fn tiers(&mut self, fields: Fields<'_>, at: &str) -> Vec<Tier> {
        let nodes = list(fields, "tiers", at, &mut self.findings);
        let mut tiers: Vec<Tier> = Vec::new();
        for node in nodes {
            let Some(fields) = mapping(node, "the list of tiers", &mut self.findings) else { continue };
            let at = format!("a tier of {at}");
            let (id, title) =
                (needed(fields, "id", &at, &mut self.findings), needed(fields, "title", &at, &mut self.findings));
            if tiers.iter().any(|tier| tier.id == id) {
                let message = format!("More than one tier is called {id}.");
                self.findings.error("duplicate-tier-id", Some("tiers"), message, "Give each an “id” of its own.");
            } else {
                tiers.push(Tier { id, title });
            }
        }
        tiers
    }

    fn certification(&mut self, node: &Node) -> Option<Certification> {
        let fields = mapping(node, "the list of certifications", &mut self.findings)?;
        let id: CertificationId = id(fields, "certification", &mut self.findings)?;
        let at = format!("certification {id}");
        let known = [&["id", "title", "tier", "status", "summary", "folder"], about::MEMBERS].concat();
        only(fields, &known, &at, &mut self.findings);
        let status = match fields.text("status") {
            Some("open") => CertificationStatus::Open,
            Some("announced") => CertificationStatus::Announced,
            Some(_) | None => {
                let message =
                    format!("The {at} does not say whether it is open or announced; it is read as announced.");
                let remedy = "Write “status: open” or “status: announced”.";
                self.findings.error("status-unknown", None, message, remedy);
                CertificationStatus::Announced
            }
        };
        let page = match status {
            CertificationStatus::Open => self.page(fields, &id, &at),
            CertificationStatus::Announced => None,
        };
        // While there is no page, the programme's own file says what is known.
        let page = page.unwrap_or_else(|| certification::Page {
            about: about::about(fields, &at, &mut self.findings),
            prerequisites: about::prerequisites(fields, &at, &mut self.findings),
            ..certification::Page::default()
        });
        Some(Certification {
            title: needed(fields, "title", &at, &mut self.findings),
            tier: needed(fields, "tier", &at, &mut self.findings),
            summary: fields.text("summary").unwrap_or_default().to_owned(),
            // A certification without readable exams cannot be taken, whatever it says of itself.
            status: if page.requirements.is_some() { status } else { CertificationStatus::Announced },
            description: page.description,
            prerequisites: page.prerequisites,
            about: page.about,
            requirements: page.requirements,
            id,
        })
    }

    fn page(&mut self, fields: Fields<'_>, id: &CertificationId, at: &str) -> Option<certification::Page> {
        let folder = fields.text("folder").unwrap_or(id.as_str());
        let Some(folder) = below(self.folder, folder) else {
            let message = format!("The {at} names a folder outside of the programme.");
            self.findings.error("path-outside", None, message, "Name a folder inside the programme's own.");
            return None;
        };
        Some(certification::read(&folder, id, &mut self.reading))
    }
}

/// What only the whole programme shows.
fn check(programme: &Programme, findings: &mut Findings) {
    let mut ids = BTreeSet::new();
    for certification in programme.tracks.iter().flat_map(|track| &track.certifications) {
        if !ids.insert(&certification.id) {
            let message = format!("More than one certification is called {}.", certification.id);
            findings.error("duplicate-certification-id", None, message, "Give each an “id” of its own.");
        }
    }
    for track in &programme.tracks {
        for certification in &track.certifications {
            let (own, tier) = (&certification.id, &certification.tier);
            if !track.tiers.is_empty() && track.tiers.iter().all(|known| known.id != *tier) {
                let message = format!("Certification {own} has the tier “{tier:.60}”, which its track does not have.");
                findings.error(
                    "tier-unknown",
                    Some(own.as_str()),
                    message,
                    "Name one of the track's “tiers”, or add it.",
                );
            }
            for needed in certification.prerequisites.certifications.iter().filter(|id| !ids.contains(id)) {
                let message = format!("Certification {own} needs {needed}, which the programme does not have.");
                findings.error("prerequisite-unknown", Some(own.as_str()), message, "Name one by its “id”.");
            }
        }
    }
    if let Some(id) = programme.prerequisite_cycle() {
        let message = format!("Certification {id} needs itself by way of its prerequisites, so nobody can begin.");
        findings.error("prerequisite-cycle", Some(id.as_str()), message, "Take one of the prerequisites out.");
    }
}

/// A path inside a folder; `None` when it would lead out of it.
fn below(folder: &Path, relative: &str) -> Option<PathBuf> {
    let inside = |part: Component<'_>| matches!(part, Component::Normal(_) | Component::CurDir);
    let relative = Path::new(relative);
    relative.components().all(inside).then(|| folder.join(relative))
}
