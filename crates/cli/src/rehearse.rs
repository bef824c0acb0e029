//! `invigil rehearse` and `invigil demo`: one sitting on a stage of its own, by the shipped programs.

use crate::{credential::verify_for_anybody, fail, pack::read_bank};
use invigil::{
    proxy::Proxy,
    stage::{Stage, StageError, binary, right_answers},
};
use invigil_content::bundle::{Bundle, Files};
use invigil_core::{ItemId, Value, grading::MarkScheme, sitting::Event, submission::Opening, verify::Verdict};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::{BufRead, BufReader, Read},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, ExitCode, Stdio},
};

const SAMPLE: [(&str, &str); 3] = [
    ("programme.yaml", include_str!("../../../exams/sample/programme.yaml")),
    ("first-steps/_index.md", include_str!("../../../exams/sample/first-steps/_index.md")),
    ("first-steps/first-steps.md", include_str!("../../../exams/sample/first-steps/first-steps.md")),
];
const PASSPHRASE: &str = "INVIGIL_PASSPHRASE";

pub fn run(keep: Option<PathBuf>) -> ExitCode {
    match rehearse(keep.as_deref()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail("rehearsal-failed", error),
    }
}

type Outcome<T> = Result<T, StageError>;

fn step(number: u32, text: &str) {
    println!("{number:>2}. {text}");
}

fn proven(text: impl std::fmt::Display) {
    println!("    proven: {text}");
}

fn rehearse(keep: Option<&Path>) -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let exams = write_sample(&folder.path().join("exams"))?;
    let exam = exams.join("first-steps/first-steps.md");
    let bank = read_bank(&exam).map_err(|(_, message)| StageError(message))?;
    let answers = right_answers(&bank.exam, &bank.marks);

    step(1, "an issuing service of its own, keys sealed, with the sample programme");
    let (proxy, listener) = Proxy::listen()?;
    let mut stage = Stage::set(&folder.path().join("issuer"), "Rehearsal", Some(proxy.port))?;
    proxy.lead_to(listener, stage.listens_at().to_owned());
    stage.load(&exams, std::slice::from_ref(&exam))?;
    stage.serve()?;
    step(2, "the exam is packed, scheduled, and a candidate admitted");
    let administration = stage.administer("first-steps", "open")?;
    let link = stage.admit(&administration.id, "rehearsal-candidate", "Rehearsal Candidate")?;

    let mut candidate = Candidate::new(folder.path(), &link, &answers)?;
    let saved = sit_with_mishaps(&mut candidate, &proxy)?;
    let end = candidate.finish()?;
    step(8, "handed in; the issuer has checked, stored and graded it");
    let result = end.iter().find_map(|line| line.strip_prefix("result ")).unwrap_or("none");
    if result != format!("passed {0}/{0}", full_marks(&bank.marks)) {
        return Err(StageError(format!("the result is “{result}”, not full marks")));
    }
    proven(format_args!("graded {result}"));

    step(9, "the bundle is judged");
    let bytes = fs::read(candidate.bundle_path())?;
    judge(&bytes, &saved, &answers)?;
    let credential = end.iter().find_map(|line| line.strip_prefix("credential ")).unwrap_or_default();
    step(10, "the credential is fetched and verified as anybody would");
    let title = verify_for_anybody(credential).map_err(|refusal| StageError(refusal.message))?;
    proven(format_args!("valid: {title}"));
    if let Some(keep) = keep {
        fs::create_dir_all(keep)?;
        fs::write(keep.join("bundle.zip"), &bytes)?;
        fs::write(keep.join("credential.json"), fetch(credential)?)?;
        println!("    kept: {} and credential.json", keep.join("bundle.zip").display());
    }
    println!("The rehearsal went through.");
    Ok(())
}

/// Kills the candidate twice, once with the network gone, and counts what was saved meanwhile.
fn sit_with_mishaps(candidate: &mut Candidate, proxy: &Proxy) -> Outcome<BTreeSet<String>> {
    let mut saved = BTreeSet::new();
    step(3, "the candidate begins and answers three questions");
    candidate.start()?;
    candidate.read_until(&mut saved, 3)?;
    step(4, "the candidate's process is killed (SIGKILL)");
    candidate.kill()?;
    candidate.start()?;
    let kept = candidate.read_until(&mut saved, 5)?;
    proven(format_args!("after the restart {kept} answers were still there; the exam went on"));
    step(5, "the network goes away; the candidate goes on");
    proxy.set_cut(true);
    candidate.read_until(&mut saved, 7)?;
    proven("answers are saved without the network");
    step(6, "the candidate's process is killed again, with the network gone");
    candidate.kill()?;
    candidate.start()?;
    let kept = candidate.read_until(&mut saved, 8)?;
    proven(format_args!("after the restart {kept} answers were still there"));
    step(7, "the network comes back");
    proxy.set_cut(false);
    Ok(saved)
}

/// The log must be proven, and every answer that was ever called saved must be in it, unchanged.
fn judge(bytes: &[u8], saved: &BTreeSet<String>, answers: &BTreeMap<ItemId, Value>) -> Outcome<()> {
    let failed = |error: &dyn std::fmt::Display| StageError(error.to_string());
    let bundle = Bundle::read(bytes).map_err(|error| failed(&error))?;
    let verified = bundle.verify(None).map_err(|error| failed(&error))?;
    if verified.verdict != Verdict::Proven {
        return Err(StageError(format!("the verdict on the log is “{}”", verified.verdict)));
    }
    proven(format_args!("{} records, verdict “{}”", verified.log.size, verified.verdict));
    let openings = openings(bytes)?;
    let mut held: BTreeMap<&ItemId, &str> = BTreeMap::new();
    for record in &verified.records {
        if let Event::Responded { item, commitment, .. } = &record.event {
            let opening = openings.get(&record.seq).filter(|opening| opening.commitment() == *commitment);
            held.insert(
                item,
                &opening.ok_or_else(|| StageError("an answer does not match its record".into()))?.content,
            );
        }
    }
    for (item, value) in answers {
        let same =
            held.get(item).is_some_and(|content| serde_json::from_str::<Value>(content).ok().as_ref() == Some(value));
        if !same {
            return Err(StageError(format!("the answer to {item} is lost")));
        }
    }
    proven(format_args!("all {} answers are in the record; {} were saved before a kill", answers.len(), saved.len()));
    let restarts = verified.records.iter().filter(|record| matches!(record.event, Event::Resumed { .. })).count();
    if restarts != 2 {
        return Err(StageError(format!("the record shows {restarts} restarts, not 2")));
    }
    proven("the record shows both restarts");
    Ok(())
}

fn openings(bundle: &[u8]) -> Outcome<BTreeMap<u64, Opening>> {
    let failed = |error: &dyn std::fmt::Display| StageError(error.to_string());
    let files = Files::unzip(bundle).map_err(|error| failed(&error))?;
    Ok(files.openings.into_iter().map(|opening| (opening.seq, opening)).collect())
}

fn full_marks(marks: &MarkScheme) -> u32 {
    marks.keys.values().map(|key| key.marks).sum()
}

fn write_sample(folder: &Path) -> Outcome<PathBuf> {
    for (name, text) in SAMPLE {
        let path = folder.join("sample").join(name);
        fs::create_dir_all(path.parent().unwrap_or(folder))?;
        fs::write(path, text)?;
    }
    Ok(folder.join("sample"))
}

fn fetch(url: &str) -> Outcome<Vec<u8>> {
    let failed = |error: &dyn std::fmt::Display| StageError(error.to_string());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let fetch = async { reqwest::get(url).await?.bytes().await };
    Ok(runtime.block_on(fetch).map_err(|error| failed(&error))?.to_vec())
}

/// A candidate's process, which may be killed and started again.
struct Candidate {
    folder: PathBuf,
    link: String,
    process: Option<(Child, BufReader<ChildStdout>)>,
}

impl Candidate {
    fn new(folder: &Path, link: &str, answers: &BTreeMap<ItemId, Value>) -> Outcome<Self> {
        let bytes = serde_json::to_vec(answers).unwrap_or_default();
        fs::write(folder.join("answers.json"), bytes)?;
        Ok(Self { folder: folder.to_owned(), link: link.to_owned(), process: None })
    }

    fn bundle_path(&self) -> PathBuf {
        self.folder.join("bundle.zip")
    }

    fn start(&mut self) -> Outcome<()> {
        let mut child = Command::new(binary("invigil")?)
            .arg("sit")
            .arg(&self.link)
            .arg("--state")
            .arg(self.folder.join("candidate"))
            .arg("--answers")
            .arg(self.folder.join("answers.json"))
            .arg("--bundle")
            .arg(self.bundle_path())
            .args(["--pace", "150"])
            .env(PASSPHRASE, "a passphrase of this rehearsal only")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        let stdout = child.stdout.take().ok_or_else(|| StageError("the candidate has no output".into()))?;
        self.process = Some((child, BufReader::new(stdout)));
        Ok(())
    }

    /// Reads until `count` answers are saved in all; says how many were kept from before.
    fn read_until(&mut self, saved: &mut BTreeSet<String>, count: usize) -> Outcome<usize> {
        let Some((_, stdout)) = &mut self.process else { return Err(StageError("nobody sits".into())) };
        let mut kept = 0;
        let mut line = String::new();
        while saved.len() < count {
            line.clear();
            if stdout.read_line(&mut line)? == 0 {
                return Err(StageError("the candidate's process ended early".into()));
            }
            if let Some(item) = line.trim().strip_prefix("saved ") {
                saved.insert(item.to_owned());
            } else if line.starts_with("kept ") {
                kept += 1;
            }
        }
        Ok(kept)
    }

    fn kill(&mut self) -> Outcome<()> {
        if let Some((mut child, _)) = self.process.take() {
            child.kill()?;
            child.wait()?;
        }
        Ok(())
    }

    fn finish(&mut self) -> Outcome<Vec<String>> {
        let Some((mut child, mut stdout)) = self.process.take() else { return Err(StageError("nobody sits".into())) };
        let mut text = String::new();
        stdout.read_to_string(&mut text)?;
        if !child.wait()?.success() {
            return Err(StageError(format!("the candidate's process failed: {text}")));
        }
        Ok(text.lines().map(str::to_owned).collect())
    }
}

impl Drop for Candidate {
    fn drop(&mut self) {
        let _ = self.kill();
    }
}
