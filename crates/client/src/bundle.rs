//! The bundle: one zip that lets anybody judge a sitting. See `docs/formats/bundle.md`.

use crate::{session::Session, store::StoreError};
use invigil_core::{
    Signed,
    admission::{Admission, Lease},
    checkpoint::{Checkpoint, PaperCode},
    envelope::{Document, EnvelopeError, PublicKey, canonical},
    grading::ExamResult,
    submission::{Opening, Receipt, Submission},
    verify::{self, Anchors, Verified},
};
use std::io::{Cursor, Read, Write};
use zip::{ZipArchive, ZipWriter, result::ZipError, write::SimpleFileOptions};

/// The largest file that is read from a bundle, unpacked.
const FILE_BYTES_MAX: u64 = 256 * 1024 * 1024;

/// Why a bundle cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// Not a zip, or a damaged one.
    #[error("this is not a bundle, or it is damaged: {0}")]
    NotABundle(String),
    /// A file that every bundle has is missing.
    #[error("the bundle has no {0}")]
    Missing(&'static str),
    /// A document is not signed by whom it should be.
    #[error("{file} in the bundle cannot be trusted: {why}")]
    Untrusted {
        /// The file.
        file: &'static str,
        /// Why.
        why: EnvelopeError,
    },
    /// A file is unreasonably large.
    #[error("{0} in the bundle is too large")]
    TooLarge(&'static str),
}

impl BundleError {
    /// A stable kebab-case name.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotABundle(_) => "not-a-bundle",
            Self::Missing(_) => "bundle-incomplete",
            Self::Untrusted { .. } => "bundle-untrusted",
            Self::TooLarge(_) => "bundle-too-large",
        }
    }
}

impl From<ZipError> for BundleError {
    fn from(error: ZipError) -> Self {
        Self::NotABundle(error.to_string())
    }
}

/// A bundle that has been read. Its documents are signed by the issuer and the device that its admission and lease
/// name; whether that issuer is to be trusted is the reader's question.
pub struct Bundle {
    /// The log's bytes.
    pub log: Vec<u8>,
    /// What is held against the log.
    pub anchors: Anchors,
    /// The result, when there is one.
    pub result: Option<Signed<ExamResult>>,
}

impl Bundle {
    /// Reads a bundle and checks every signature in it.
    ///
    /// # Errors
    /// The first thing that is missing or not as signed.
    pub fn read(bytes: &[u8]) -> Result<Self, BundleError> {
        let mut zip = opened(bytes)?;
        let admission_bytes = file(&mut zip, "admission.json")?.ok_or(BundleError::Missing("admission.json"))?;
        let own_key = |admission: &Admission| Some(admission.issuer.signing);
        let admission: Signed<Admission> = Signed::open_with(&admission_bytes, own_key)
            .map_err(|why| BundleError::Untrusted { file: "admission.json", why })?;
        let issuer = admission.issuer.signing;
        let leases: Vec<Signed<Lease>> = lines(&mut zip, "leases.jsonl", &issuer)?;
        let device = leases.last().map(|lease| lease.device).ok_or(BundleError::Missing("leases.jsonl"))?;
        let checkpoints: Vec<Signed<Checkpoint>> = lines(&mut zip, "checkpoints.jsonl", &issuer)?;
        let submission: Option<Signed<Submission>> = one(&mut zip, "submission.json", &device)?;
        let receipt: Option<Signed<Receipt>> = one(&mut zip, "receipt.json", &issuer)?;
        let result = one(&mut zip, "result.json", &issuer)?;
        let log = file(&mut zip, "log.jsonl")?.ok_or(BundleError::Missing("log.jsonl"))?;
        let anchors = Anchors { admission, leases, checkpoints, submission, receipt, paper_code: None };
        Ok(Self { log, anchors, result })
    }

    /// Judges the log, with a code from paper if there is one.
    pub fn verify(&self, paper_code: Option<PaperCode>) -> Verified {
        let anchors = Anchors { paper_code, ..self.anchors.clone() };
        verify::verify(&self.log, &anchors)
    }
}

/// Writes the bundle of a sitting as its candidate has it: with the openings, which are their own answers.
///
/// # Errors
/// When the store cannot be read.
pub fn write(session: &Session) -> Result<Vec<u8>, StoreError> {
    let failed = |error: &dyn std::fmt::Display| StoreError::Io(error.to_string());
    let Some(papers) = session.papers() else { return Err(failed(&"practice has no bundle")) };
    let openings = session.store().openings(0, u64::MAX >> 1)?;
    let mut openings_lines = Vec::new();
    for opening in &openings {
        openings_lines.extend(canonical(opening));
        openings_lines.push(b'\n');
    }
    let bytes = |document: &[u8]| Some(document.to_vec());
    let files: [(&str, Option<Vec<u8>>); 8] = [
        ("admission.json", bytes(papers.admission.bytes())),
        ("leases.jsonl", Some(join(&[papers.lease.bytes().to_vec()]))),
        ("log.jsonl", Some(session.log_bytes()?)),
        ("openings.jsonl", Some(openings_lines)),
        ("checkpoints.jsonl", Some(join(&session.store().checkpoints()?))),
        ("submission.json", papers.submission.as_ref().map(|s| s.bytes().to_vec())),
        ("receipt.json", papers.receipt.as_ref().map(|r| r.bytes().to_vec())),
        ("result.json", papers.result.as_ref().map(|r| r.bytes().to_vec())),
    ];
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        if let Some(content) = content {
            zip.start_file(name, SimpleFileOptions::default()).map_err(|error| failed(&error))?;
            zip.write_all(&content).map_err(|error| failed(&error))?;
        }
    }
    Ok(zip.finish().map_err(|error| failed(&error))?.into_inner())
}

fn join(documents: &[Vec<u8>]) -> Vec<u8> {
    documents.iter().flat_map(|document| [document.as_slice(), b"\n"].concat()).collect()
}

/// Of two files of one name each program would read another.
fn opened(bytes: &[u8]) -> Result<ZipArchive<Cursor<&[u8]>>, BundleError> {
    let zip = ZipArchive::new(Cursor::new(bytes))?;
    if zip.has_duplicate_names() {
        return Err(BundleError::NotABundle("a file is in it twice".to_owned()));
    }
    Ok(zip)
}

fn file(zip: &mut ZipArchive<Cursor<&[u8]>>, name: &'static str) -> Result<Option<Vec<u8>>, BundleError> {
    let entry = match zip.by_name(name) {
        Ok(entry) => entry,
        Err(ZipError::FileNotFound) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let mut bytes = Vec::new();
    let read = entry.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes);
    read.map_err(|error| BundleError::NotABundle(error.to_string()))?;
    if FILE_BYTES_MAX < bytes.len() as u64 { Err(BundleError::TooLarge(name)) } else { Ok(Some(bytes)) }
}

fn one<T: Document>(
    zip: &mut ZipArchive<Cursor<&[u8]>>,
    name: &'static str,
    key: &PublicKey,
) -> Result<Option<Signed<T>>, BundleError> {
    let open = |bytes: Vec<u8>| Signed::open(&bytes, key).map_err(|why| BundleError::Untrusted { file: name, why });
    file(zip, name)?.map(open).transpose()
}

fn lines<T: Document>(
    zip: &mut ZipArchive<Cursor<&[u8]>>,
    name: &'static str,
    key: &PublicKey,
) -> Result<Vec<Signed<T>>, BundleError> {
    let bytes = file(zip, name)?.unwrap_or_default();
    let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines.map(|line| Signed::open(line, key).map_err(|why| BundleError::Untrusted { file: name, why })).collect()
}

/// The openings in a bundle. Each still has to be held against its record.
///
/// # Errors
/// When the bundle is damaged.
pub fn openings(bytes: &[u8]) -> Result<Vec<Opening>, BundleError> {
    let mut zip = opened(bytes)?;
    let bytes = file(&mut zip, "openings.jsonl")?.unwrap_or_default();
    let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines.map(|line| serde_json::from_slice(line).map_err(|why| BundleError::NotABundle(why.to_string()))).collect()
}
