//! Partner organisations: one file each in the folder `partners`.

use super::{
    ENTRIES_MAX,
    members::{address, document, is_date, needed, only, texts},
};
use crate::{academy::Fields, check::Findings};
use invigil_core::programme::{Partner, PartnerRole};
use std::{fs, io, path::Path};

/// The folder of a programme that holds its partners.
pub const FOLDER: &str = "partners";

/// Reads every partner of a programme, in the order of their files' names. A programme without the folder has none.
pub fn read(folder: &Path) -> (Vec<Partner>, Findings) {
    let folder = folder.join(FOLDER);
    let mut findings = Findings::of(&folder.to_string_lossy());
    let entries = match fs::read_dir(&folder).and_then(Iterator::collect::<io::Result<Vec<_>>>) {
        Ok(entries) => entries,
        Err(why) if why.kind() == io::ErrorKind::NotFound => return (Vec::new(), findings),
        Err(why) => {
            let message = format!("The folder cannot be read: {why}.");
            findings.error("unreadable", None, message, "Check that it is a folder that you may read.");
            return (Vec::new(), findings);
        }
    };
    let mut entries: Vec<_> = entries.into_iter().map(|entry| (entry.path(), entry.file_type().ok())).collect();
    entries.sort_by(|a, b| a.0.cmp(&b.0));
    if ENTRIES_MAX < entries.len() {
        let message = format!("The folder has {} files, and {ENTRIES_MAX} are read at most.", entries.len());
        findings.error("too-many-entries", None, message, "Take out those that are no partners.");
    }
    let mut partners = Vec::new();
    for (path, kind) in entries.into_iter().take(ENTRIES_MAX) {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        if !kind.is_some_and(|kind| kind.is_file()) || !["yaml", "yml"].contains(&ending) {
            if !name.eq_ignore_ascii_case("README.md") {
                let message = format!("“{name}” is not the file of a partner; it is passed over.");
                findings.warning("partner-file-ignored", None, message, "Call it NAME.yaml, or take it away.");
            }
            continue;
        }
        let mut own = Findings::of(&path.to_string_lossy());
        partners.extend(partner(&path, &mut own));
        findings.append(own);
    }
    (partners, findings)
}

fn partner(path: &Path, findings: &mut Findings) -> Option<Partner> {
    let node = document(path, "partner", findings)?;
    let fields = Fields::of(&node)?;
    let at = "the partner";
    only(fields, &["type", "id", "name", "url", "summary", "since", "roles"], at, findings);
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    if fields.text("id") != Some(&*stem) {
        let message = format!("The partner's identifier is not the name of its file, “{stem}”.");
        findings.error("partner-id-differs", Some("id"), message, format!("Write “id: {stem}”, or rename the file."));
    }
    let since = needed(fields, "since", at, findings);
    if !since.is_empty() && !is_date(&since, 1..=3) {
        let message = "“since” is neither a year nor a month nor a day.".to_owned();
        findings.error("date-invalid", Some("since"), message, "Write it as “2026”, “2026-01” or “2026-01-15”.");
    }
    let mut roles: Vec<PartnerRole> = Vec::new();
    for word in texts(fields, "roles", at, findings) {
        let role = match word.as_str() {
            "training" => PartnerRole::Training,
            "recognises" => PartnerRole::Recognises,
            "issues" => PartnerRole::Issues,
            "proctors" => PartnerRole::Proctors,
            _other => {
                let message = format!("“{word:.60}” is nothing that a partner does here.");
                let remedy = "Use training, recognises, issues or proctors.";
                findings.error("role-unknown", Some("roles"), message, remedy);
                continue;
            }
        };
        if !roles.contains(&role) {
            roles.push(role);
        }
    }
    if roles.is_empty() {
        let message = "The partner does not say what it does in the programme.".to_owned();
        findings.error("member-missing", Some("roles"), message, "Add “roles: [training]”, for example.");
    }
    let url = needed(fields, "url", at, findings);
    Some(Partner {
        id: stem.parse().ok().or_else(|| {
            let message = format!("The name of the file, “{stem}”, cannot be an identifier.");
            findings.error("id-missing", Some("id"), message, "Use letters, digits and hyphens.");
            None
        })?,
        name: needed(fields, "name", at, findings),
        url: address(&url, at, findings),
        summary: needed(fields, "summary", at, findings),
        since,
        roles,
    })
}
