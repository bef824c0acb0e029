//! `programme check`, `programme load`, `programme list`.

use super::{CommandError, Context, to_json};
use crate::shell;
use clap::Subcommand;
use invigil_content::{
    Severity,
    check::{Report, render_human},
    programme,
};
use serde_json::{Value as Json, json};
use std::path::PathBuf;

/// What to do with programmes.
#[derive(Subcommand)]
pub enum Programme {
    /// Load a programme from its folder, in place of an older one of the same identifier.
    Load {
        /// The folder with programme.yaml.
        folder: PathBuf,
    },
    /// Read a programme with its exams, partners and badges, and list what is wrong; exit 1 when anything is an error.
    Check {
        /// The folder with programme.yaml.
        folder: PathBuf,
    },
    /// List programmes, certifications and exams.
    List,
}

pub fn run(context: &Context, command: Programme) -> Result<(), CommandError> {
    match command {
        Programme::Load { folder } => load(context, &folder),
        Programme::Check { folder } => check(context, &folder),
        Programme::List => {
            let programmes = context.store()?.programmes()?;
            let json: Vec<_> = programmes.iter().map(json_of).collect();
            context.print(programmes.iter().map(text).collect::<Vec<_>>().join("\n"), &json!({ "programmes": json }))
        }
    }
}

fn report(reading: &mut programme::Reading) -> Report {
    let findings = std::mem::take(&mut reading.findings);
    Report { files: reading.exams.len(), questions: reading.questions, findings }
}

/// Needs no keys and no store: whoever changes a programme runs it before anything is loaded.
fn check(context: &Context, folder: &std::path::Path) -> Result<(), CommandError> {
    let mut reading = programme::read(folder);
    let report = report(&mut reading);
    let mut text = render_human(&report);
    if let Some(programme) = &reading.programme {
        let parts = [("partner", programme.partners.len()), ("badge", programme.recognitions.len())];
        let counted = parts.map(|(what, n)| format!("{n} {what}{}", if n == 1 { "" } else { "s" }));
        text += &format!("{}\n{}.", self::text(programme), counted.join(", "));
    }
    context.print(text.trim_end(), &to_json(&report)?)?;
    match report.count(Severity::Error) {
        0 => Ok(()),
        errors => Err(CommandError::Unsound(errors)),
    }
}

fn load(context: &Context, folder: &std::path::Path) -> Result<(), CommandError> {
    let mut reading = programme::read(folder);
    let report = report(&mut reading);
    let errors = report.count(Severity::Error);
    if let (Some(programme), 0) = (&reading.programme, errors) {
        context.store()?.put_programme(programme, shell::now())?;
        let mut json = json_of(programme);
        json["warnings"] = report.count(Severity::Warning).into();
        return context.print(format!("loaded\n{}", text(programme)), &json);
    }
    eprintln!("{}", render_human(&report).trim_end());
    Err(CommandError::Findings(errors.max(1)))
}

fn text(programme: &invigil_core::programme::Programme) -> String {
    let mut lines = vec![format!("{}  {}", programme.id, programme.title)];
    for certification in programme.tracks.iter().flat_map(|track| &track.certifications) {
        lines.push(format!("  {}  {}", certification.id, certification.title));
        let exams = certification.requirements.iter().flat_map(|requirements| &requirements.exams);
        lines.extend(exams.map(|exam| {
            format!(
                "    {}  {} ({} min, {} items, {} %)",
                exam.id, exam.title, exam.minutes, exam.items, exam.pass_percent
            )
        }));
    }
    lines.join("\n")
}

fn json_of(programme: &invigil_core::programme::Programme) -> Json {
    let certifications = programme.tracks.iter().flat_map(|track| &track.certifications);
    let certifications: Vec<_> = certifications
        .map(|certification| {
            let exams = certification.requirements.iter().flat_map(|requirements| &requirements.exams);
            let exams: Vec<_> = exams.map(|exam| json!({"id": exam.id, "title": exam.title})).collect();
            json!({"id": certification.id, "title": certification.title, "exams": exams})
        })
        .collect();
    json!({"id": programme.id, "title": programme.title, "certifications": certifications})
}
