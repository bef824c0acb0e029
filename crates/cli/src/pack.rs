//! `invigil pack`: building and looking into packs.

use crate::fail;
use age::x25519;
use clap::Subcommand;
use invigil_client::{clock, durable, random};
use invigil_content::{
    Severity, academy,
    pack::{MarkFile, Pack, PracticeArgs, SealArgs, seal_exam, seal_marks, seal_practice},
};
use invigil_core::{SecretKey, checkpoint::crockford, pack::PackKind};
use std::{fs, path::Path, path::PathBuf, process::ExitCode};

#[derive(Subcommand)]
pub enum Command {
    /// Build a pack from an exam file
    Build {
        /// The exam file
        exam: PathBuf,
        /// The pack to write
        #[arg(long)]
        out: PathBuf,
        /// Build a readable practice pack with answers and explanations, not an exam pack
        #[arg(long)]
        practice: bool,
    },
    /// Check a pack and say what it holds
    Inspect {
        /// The pack
        pack: PathBuf,
    },
}

pub fn run(command: Command) -> ExitCode {
    let outcome = match command {
        Command::Build { exam, out, practice: true } => build_practice(&exam, &out),
        Command::Build { exam, out, practice: false } => build_exam(&exam, &out),
        Command::Inspect { pack } => inspect(&pack),
    };
    outcome.unwrap_or_else(|(code, message)| fail(&code, message))
}

type Outcome = Result<ExitCode, (String, String)>;

fn problem(code: &str, message: impl std::fmt::Display) -> (String, String) {
    (code.to_owned(), message.to_string())
}

/// Reads the bank of an exam file; errors in it are printed and stop the build.
///
/// # Errors
/// A code and a sentence.
pub fn read_bank(path: &Path) -> Result<academy::Bank, (String, String)> {
    let name = path.display().to_string();
    let text = fs::read_to_string(path).map_err(|why| problem("exam-unreadable", format!("{name}: {why}")))?;
    let reading = academy::read(&name, &text);
    for finding in reading.findings.iter().filter(|finding| finding.severity == Severity::Error) {
        eprintln!("{}: {} {}", finding.code, finding.message, finding.remedy);
    }
    reading.bank.ok_or_else(|| problem("exam-unusable", format!("{name} holds no exam that can be packed")))
}

fn build_practice(exam: &Path, out: &Path) -> Outcome {
    let bank = read_bank(exam)?;
    let author = SecretKey::from_seed(&random::bytes::<32>());
    let salt = *random::bytes::<16>();
    let sealed = seal_practice(&bank, PracticeArgs { author: &author, salt, built: clock::wall() })
        .map_err(|why| problem(why.code(), &why))?;
    write(out, &sealed.bytes)?;
    println!("practice pack {} with {} questions", out.display(), sealed.manifest.items);
    println!("signed by a key of this build only: {}", author.public().fingerprint());
    Ok(ExitCode::SUCCESS)
}

fn build_exam(exam: &Path, out: &Path) -> Outcome {
    let bank = read_bank(exam)?;
    let author = SecretKey::from_seed(&random::bytes::<32>());
    let identity = x25519::Identity::generate();
    let salt = *random::bytes::<16>();
    let args = SealArgs { recipient: &identity.to_public(), author: &author, salt, built: clock::wall() };
    let sealed = seal_exam(&bank, args).map_err(|why| problem(why.code(), &why))?;
    let marks = MarkFile { pack: sealed.digest, marks: bank.marks, salt, content_identity: identity };
    let code = marks_code();
    let marks = seal_marks(&marks, code.clone().into()).map_err(|why| problem(why.code(), &why))?;
    let marks_path = out.with_extension("marks");
    write(out, &sealed.bytes)?;
    write(&marks_path, &marks)?;
    for warning in &sealed.warnings {
        eprintln!("warning: {warning} ({})", warning.code());
    }
    println!("exam pack {} with {} questions, blind to the answers", out.display(), sealed.manifest.items);
    println!("mark scheme and content key {}, sealed under the code", marks_path.display());
    println!("  {code}");
    println!("The code is shown this once. Give it to the issuer by another way than the file.");
    Ok(ExitCode::SUCCESS)
}

/// Fifteen random bytes in groups of six characters.
fn marks_code() -> String {
    let text = crockford(&*random::bytes::<15>());
    [&text[0..6], &text[6..12], &text[12..18], &text[18..24]].join("-")
}

fn inspect(path: &Path) -> Outcome {
    let bytes = fs::read(path).map_err(|why| problem("pack-unreadable", format!("{}: {why}", path.display())))?;
    let pack = Pack::open(&bytes).map_err(|why| problem(why.code(), &why))?;
    let manifest = pack.manifest();
    let kind = match manifest.kind {
        PackKind::Exam => "exam, encrypted and blind to the answers",
        PackKind::Practice => "practice, readable, with answers",
    };
    println!("title        {}", manifest.title);
    println!("exam         {}", manifest.exam);
    println!("kind         {kind}");
    println!("questions    {}", manifest.items);
    println!("bank         {}{}", manifest.bank, if manifest.public { " (public)" } else { "" });
    println!("mark scheme  {} (commitment)", manifest.mark_scheme);
    println!("content      {} bytes, SHA-256 {}", manifest.content.size, manifest.content.sha256);
    println!("built        {}", manifest.built);
    println!("signed by    {} ({})", manifest.author, manifest.author.fingerprint());
    println!("pack digest  {}", pack.digest());
    println!("signature, size and digest: verified");
    Ok(ExitCode::SUCCESS)
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), (String, String)> {
    durable::write(path, bytes).map_err(|why| problem("not-written", format!("{}: {why}", path.display())))
}
