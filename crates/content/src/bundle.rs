//! The bundle: one zip that lets anybody judge a sitting. A hand-in file is a bundle with the evidence in it, sealed to
//! the issuer. See `docs/formats/bundle.md`.

use crate::sealing::{self, Identity, SealError};
use invigil_core::{
    Digest, Signed, SittingId,
    admission::{Admission, Lease},
    checkpoint::{Checkpoint, PaperCode},
    envelope::{Document, PublicKey, canonical},
    grading::ExamResult,
    submission::{HandIn, Opening, Receipt, Submission},
    verify::{self, Anchors, Verdict, Verified},
};
use std::{
    collections::BTreeMap,
    io::{Cursor, Read, Write},
};
use zip::{ZipArchive, ZipWriter, result::ZipError, write::SimpleFileOptions};

/// The most bytes that are read from a bundle, unpacked.
const BYTES_MAX: u64 = 512 * 1024 * 1024;
const EVIDENCE: &str = "evidence/";

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
        why: String,
    },
    /// It is unreasonably large.
    #[error("the bundle is too large")]
    TooLarge,
    /// A hand-in file that is sealed to somebody else, or damaged.
    #[error("the hand-in file cannot be opened: {0}")]
    Sealed(#[from] SealError),
}

impl BundleError {
    /// A stable kebab-case name.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotABundle(_) => "not-a-bundle",
            Self::Missing(_) => "bundle-incomplete",
            Self::Untrusted { .. } => "bundle-untrusted",
            Self::TooLarge => "bundle-too-large",
            Self::Sealed(_) => "hand-in-sealed",
        }
    }
}

impl From<ZipError> for BundleError {
    fn from(error: ZipError) -> Self {
        Self::NotABundle(error.to_string())
    }
}

/// The files of a bundle as bytes. Nothing in them has been checked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Files {
    /// `admission.json`.
    pub admission: Vec<u8>,
    /// `leases.jsonl`, in the order of their epochs.
    pub leases: Vec<Vec<u8>>,
    /// `log.jsonl`.
    pub log: Vec<u8>,
    /// `openings.jsonl`.
    pub openings: Vec<Opening>,
    /// `checkpoints.jsonl`, smallest log first.
    pub checkpoints: Vec<Vec<u8>>,
    /// `submission.json`.
    pub submission: Option<Vec<u8>>,
    /// `receipt.json`.
    pub receipt: Option<Vec<u8>>,
    /// `result.json`.
    pub result: Option<Vec<u8>>,
    /// `hand-in.json`, in a hand-in file.
    pub hand_in: Option<Vec<u8>>,
    /// `evidence/SHA256`, in a hand-in file.
    pub evidence: BTreeMap<Digest, Vec<u8>>,
}

impl Files {
    /// The zip of these files.
    ///
    /// # Errors
    /// `NotABundle` when a zip cannot hold them.
    pub fn zip(&self) -> Result<Vec<u8>, BundleError> {
        let openings: Vec<_> = self.openings.iter().map(canonical).collect();
        let one = |document: &Option<Vec<u8>>| document.clone();
        let mut files: Vec<(String, Vec<u8>)> = [
            ("admission.json", Some(self.admission.clone())),
            ("leases.jsonl", Some(joined(&self.leases))),
            ("log.jsonl", Some(self.log.clone())),
            ("openings.jsonl", Some(joined(&openings))),
            ("checkpoints.jsonl", Some(joined(&self.checkpoints))),
            ("submission.json", one(&self.submission)),
            ("receipt.json", one(&self.receipt)),
            ("result.json", one(&self.result)),
            ("hand-in.json", one(&self.hand_in)),
        ]
        .into_iter()
        .filter_map(|(name, bytes)| Some((name.to_owned(), bytes?)))
        .collect();
        files.extend(self.evidence.iter().map(|(sha256, bytes)| (format!("{EVIDENCE}{sha256}"), bytes.clone())));
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in files {
            zip.start_file(name, SimpleFileOptions::default())?;
            zip.write_all(&bytes).map_err(not_a_bundle)?;
        }
        Ok(zip.finish()?.into_inner())
    }

    /// Reads a zip. Files of other names are left alone.
    ///
    /// # Errors
    /// `NotABundle`, `Missing` or `TooLarge`.
    pub fn unzip(bytes: &[u8]) -> Result<Self, BundleError> {
        let mut zip = ZipArchive::new(Cursor::new(bytes))?;
        // Of two files of one name each program would read another.
        if zip.has_duplicate_names() {
            return Err(not_a_bundle("a file is in it twice"));
        }
        let evidence: Vec<Digest> =
            zip.file_names().filter_map(|name| name.ok()?.strip_prefix(EVIDENCE)?.parse().ok()).collect();
        let mut left = BYTES_MAX;
        let mut file = |name: &str| -> Result<Option<Vec<u8>>, BundleError> {
            let entry = match zip.by_name(name) {
                Ok(entry) => entry,
                Err(ZipError::FileNotFound) => return Ok(None),
                Err(error) => return Err(error.into()),
            };
            let mut bytes = Vec::new();
            entry.take(left + 1).read_to_end(&mut bytes).map_err(not_a_bundle)?;
            left = left.checked_sub(bytes.len() as u64).ok_or(BundleError::TooLarge)?;
            Ok(Some(bytes))
        };
        let mut files = Self {
            admission: file("admission.json")?.ok_or(BundleError::Missing("admission.json"))?,
            leases: split(&file("leases.jsonl")?.unwrap_or_default()),
            log: file("log.jsonl")?.ok_or(BundleError::Missing("log.jsonl"))?,
            openings: vec![],
            checkpoints: split(&file("checkpoints.jsonl")?.unwrap_or_default()),
            submission: file("submission.json")?,
            receipt: file("receipt.json")?,
            result: file("result.json")?,
            hand_in: file("hand-in.json")?,
            evidence: BTreeMap::new(),
        };
        for line in split(&file("openings.jsonl")?.unwrap_or_default()) {
            let opening: Opening = serde_json::from_slice(&line).map_err(not_a_bundle)?;
            if canonical(&opening) != line {
                return Err(not_a_bundle("an opening is not in its canonical form"));
            }
            files.openings.push(opening);
        }
        for sha256 in evidence {
            if let Some(bytes) = file(&format!("{EVIDENCE}{sha256}"))? {
                files.evidence.insert(sha256, bytes);
            }
        }
        Ok(files)
    }

    /// The hand-in file of these files: their zip, sealed to the issuer's recovery recipient.
    ///
    /// # Errors
    /// As [`Files::zip`]; `Sealed` when the recipient is none.
    pub fn seal(&self, recipient: &str) -> Result<Vec<u8>, BundleError> {
        Ok(sealing::to_recipient(recipient, &self.zip()?)?)
    }

    /// Opens a hand-in file.
    ///
    /// # Errors
    /// `Sealed`, or as [`Files::unzip`].
    pub fn unseal(bytes: &[u8], recovery: &Identity) -> Result<Self, BundleError> {
        Self::unzip(&sealing::open(recovery, bytes)?)
    }
}

/// A bundle that has been read. Its documents are signed by the issuer and the device that its admission and leases
/// name; whether that issuer is to be trusted is the reader's question.
pub struct Bundle {
    /// The log's bytes.
    pub log: Vec<u8>,
    /// What opens its answers.
    pub openings: Vec<Opening>,
    /// What is held against the log.
    pub anchors: Anchors,
    /// The result, when there is one.
    pub result: Option<Signed<ExamResult>>,
    /// The device's word on the log, in a hand-in file.
    pub hand_in: Option<Signed<HandIn>>,
}

impl Bundle {
    /// Reads a bundle and checks every signature in it.
    ///
    /// # Errors
    /// The first thing that is missing or not as signed.
    pub fn read(bytes: &[u8]) -> Result<Self, BundleError> {
        Self::of(Files::unzip(bytes)?)
    }

    /// Checks every signature in these files.
    ///
    /// # Errors
    /// The first thing that is missing or not as signed.
    pub fn of(files: Files) -> Result<Self, BundleError> {
        let own_key = |admission: &Admission| Some(admission.issuer.signing);
        let admission: Signed<Admission> =
            Signed::open_with(&files.admission, own_key).map_err(untrusted("admission.json"))?;
        let issuer = admission.issuer.signing;
        let leases: Vec<Signed<Lease>> = all("leases.jsonl", &files.leases, &issuer)?;
        let device = leases.last().map(|lease| lease.device).ok_or(BundleError::Missing("leases.jsonl"))?;
        let checkpoints: Vec<Signed<Checkpoint>> = all("checkpoints.jsonl", &files.checkpoints, &issuer)?;
        let submission: Option<Signed<Submission>> = one("submission.json", files.submission, &device)?;
        let receipt: Option<Signed<Receipt>> = one("receipt.json", files.receipt, &issuer)?;
        let result: Option<Signed<ExamResult>> = one("result.json", files.result, &issuer)?;
        let hand_in = files.hand_in.map(|bytes| of_its_writer(&bytes, &leases)).transpose()?;
        let foreign = |sitting: &SittingId| *sitting != admission.sitting;
        if result.as_ref().is_some_and(|result| foreign(&result.sitting)) {
            return Err(untrusted("result.json")("it is of another sitting"));
        }
        if hand_in.as_ref().is_some_and(|hand_in| foreign(&hand_in.sitting)) {
            return Err(untrusted("hand-in.json")("it is of another sitting"));
        }
        let anchors = Anchors { admission, leases, checkpoints, submission, receipt, paper_code: None };
        Ok(Self { log: files.log, openings: files.openings, anchors, result, hand_in })
    }

    /// Judges the log, with a code from paper if there is one.
    ///
    /// # Errors
    /// `Untrusted` when the log holds and an answer beside it is not the one that its record commits to.
    pub fn verify(&self, paper_code: Option<PaperCode>) -> Result<Verified, BundleError> {
        let anchors = Anchors { paper_code, ..self.anchors.clone() };
        let verified = verify::verify(&self.log, &anchors);
        if matches!(verified.verdict, Verdict::Broken { .. }) {
            return Ok(verified);
        }
        let record = |seq: u64| usize::try_from(seq).ok().and_then(|seq| verified.records.get(seq));
        let opens = |opening: &Opening| record(opening.seq).is_some_and(|record| opening.opens(record));
        match self.openings.iter().find(|opening| !opens(opening)) {
            Some(Opening { seq, .. }) => Err(untrusted("openings.jsonl")(format!("it does not open #{seq}"))),
            None => Ok(verified),
        }
    }
}

/// A device that has lost its lease may still hand in what it wrote.
fn of_its_writer(bytes: &[u8], leases: &[Signed<Lease>]) -> Result<Signed<HandIn>, BundleError> {
    let device = |hand_in: &HandIn| leases.iter().find(|l| l.epoch == hand_in.epoch).map(|lease| lease.device);
    Signed::open_with(bytes, device).map_err(untrusted("hand-in.json"))
}

fn untrusted<Why: ToString>(file: &'static str) -> impl Fn(Why) -> BundleError {
    move |why| BundleError::Untrusted { file, why: why.to_string() }
}

fn not_a_bundle(why: impl ToString) -> BundleError {
    BundleError::NotABundle(why.to_string())
}

fn joined(documents: &[Vec<u8>]) -> Vec<u8> {
    documents.iter().flat_map(|document| [document.as_slice(), b"\n"].concat()).collect()
}

fn split(bytes: &[u8]) -> Vec<Vec<u8>> {
    bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).map(<[u8]>::to_vec).collect()
}

fn one<T: Document>(
    file: &'static str,
    bytes: Option<Vec<u8>>,
    key: &PublicKey,
) -> Result<Option<Signed<T>>, BundleError> {
    bytes.map(|bytes| Signed::open(&bytes, key).map_err(untrusted(file))).transpose()
}

fn all<T: Document>(file: &'static str, lines: &[Vec<u8>], key: &PublicKey) -> Result<Vec<Signed<T>>, BundleError> {
    lines.iter().map(|line| Signed::open(line, key).map_err(untrusted(file))).collect()
}
