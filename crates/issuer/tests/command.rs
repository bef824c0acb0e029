//! The program as operators run it: every command against one data folder, while the service runs on it.

use age::secrecy::SecretString;
use invigil_content::{
    academy,
    pack::{MarkFile, SealArgs, seal_exam, seal_marks},
};
use invigil_core::SecretKey;
use serde_json::Value as Json;
use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
};

const PROGRAMME: &str = "type: programme
id: tiny
organisation: {id: tiny, name: Tiny, url: https://example.org}
title: Tiny
notice: For tests.
tracks:
  - id: start
    title: Start
    summary: One.
    certifications:
      - {id: tiny-steps, title: Tiny Steps, tier: introduction, status: open, folder: tiny-steps, summary: One.}
";

struct Operator {
    folder: tempfile::TempDir,
}

impl Operator {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../exams/sample/first-steps");
        let tiny = folder.path().join("tiny/tiny-steps");
        std::fs::create_dir_all(&tiny).unwrap();
        std::fs::write(folder.path().join("tiny/programme.yaml"), PROGRAMME).unwrap();
        for name in ["_index.md", "first-steps.md"] {
            std::fs::copy(samples.join(name), tiny.join(name)).unwrap();
        }
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_invigil-issuer"));
        command.env_clear().env("INVIGIL_ISSUER_PASSPHRASE", "correct horse").env("INVIGIL_PASSWORD", "battery staple");
        command.env("INVIGIL_MARKS_CODE", "a mark file").stdin(Stdio::null());
        command.arg("--data").arg(self.path("data")).args(arguments);
        command
    }

    fn output(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// The one JSON object that a command prints.
    fn json(&self, arguments: &[&str]) -> Json {
        let output = self.output(&[arguments, &["--json"]].concat());
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(output.stdout.iter().filter(|byte| **byte == b'\n').count(), 1, "one object on one line");
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// The stable code that a command fails with.
    fn refusal(&self, arguments: &[&str]) -> String {
        let output = self.output(arguments);
        assert!(!output.status.success(), "{arguments:?} worked");
        let words = String::from_utf8(output.stderr).unwrap();
        let code = words.trim_end().rsplit_once('[').and_then(|(_, code)| code.strip_suffix(']'));
        code.unwrap_or_else(|| panic!("no code in “{words}”")).to_owned()
    }

    /// An author's pack of the sample and its mark file.
    fn authored(&self) -> (String, String) {
        let source = self.path("tiny/tiny-steps/first-steps.md");
        let bank = academy::read(&source.to_string_lossy(), &std::fs::read_to_string(&source).unwrap()).bank.unwrap();
        let content_identity = age::x25519::Identity::generate();
        let (author, salt) = (SecretKey::from_seed(&[9; 32]), [4; 16]);
        let built = "2026-11-22T09:00:00Z".parse().unwrap();
        let args = SealArgs { recipient: &content_identity.to_public(), author: &author, salt, built };
        let pack = seal_exam(&bank, args).unwrap();
        let marks = MarkFile { pack: pack.digest, marks: bank.marks, salt, content_identity };
        let marks = seal_marks(&marks, SecretString::from("a mark file".to_owned())).unwrap();
        let (pack_path, marks_path) = (self.path("exam.invigil"), self.path("exam.marks"));
        std::fs::write(&pack_path, pack.bytes).unwrap();
        std::fs::write(&marks_path, marks).unwrap();
        (pack_path.display().to_string(), marks_path.display().to_string())
    }
}

fn serve(operator: &Operator) -> (Child, String) {
    let mut child = operator.command(&["serve", "--listen", "127.0.0.1:0"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    (child, line)
}

fn terminate(mut child: Child) -> bool {
    let id = i32::try_from(child.id()).unwrap();
    rustix::process::kill_process(rustix::process::Pid::from_raw(id).unwrap(), rustix::process::Signal::TERM).unwrap();
    child.wait().unwrap().success()
}

#[test]
fn an_operator_sets_up_an_exam_while_the_service_runs() {
    let operator = Operator::new();
    let tiny = operator.path("tiny").display().to_string();
    let exam = operator.path("tiny/tiny-steps/first-steps.md").display().to_string();
    assert_eq!(operator.refusal(&["keys", "show"]), "keys-missing");
    assert_eq!(operator.refusal(&["serve"]), "keys-missing");
    assert_eq!(operator.refusal(&["keys", "new", "--name", "Tiny", "--origin", "tiny"]), "origin-malformed");
    let keys = operator.json(&["keys", "new", "--name", "Tiny", "--origin", "http://127.0.0.1:8790"]);
    assert_eq!(keys["did"], "did:web:127.0.0.1%3A8790");
    assert_eq!(operator.json(&["keys", "show"]), keys);
    assert_eq!(operator.refusal(&["keys", "new", "--name", "Tiny", "--origin", "http://127.0.0.1:8790"]), "name");

    let (child, line) = serve(&operator);
    assert!(line.starts_with("listening on http://127.0.0.1:"), "{line}");
    operator.json(&["account", "add", "ada", "--role", "proctor"]);
    assert_eq!(operator.refusal(&["account", "add", "ada", "--role", "operator"]), "name");
    assert_eq!(operator.json(&["account", "list"])["accounts"][0]["role"], "proctor");
    assert_eq!(operator.refusal(&["pack", "add", &exam, "--marks", &exam]), "usage");
    let new = ["administration", "new", "--exam", "first-steps", "--closes", "+1h", "--policy"];
    assert_eq!(operator.refusal(&[&new[..], &["open"]].concat()), "exam-unknown");
    assert_eq!(operator.json(&["programme", "load", &tiny])["certifications"][0]["exams"][0]["id"], "first-steps");
    assert_eq!(operator.refusal(&[&new[..], &["open"]].concat()), "pack-missing");
    let built = operator.json(&["pack", "add", &exam]);
    let (pack, marks) = operator.authored();
    assert_eq!(operator.refusal(&["pack", "add", &pack]), "usage");
    assert_eq!(operator.refusal(&["pack", "add", &pack, "--marks", &exam]), "not-a-mark-file");
    let imported = operator.json(&["pack", "add", &pack, "--marks", &marks]);
    assert_ne!(imported["digest"], built["digest"]);
    let packs = operator.json(&["pack", "list"]);
    assert_eq!(packs["packs"][0]["digest"], imported["digest"], "the newest first");

    assert_eq!(operator.refusal(&[&new[..], &["strict"]].concat()), "policy-needs-proctor");
    assert_eq!(operator.refusal(&[&new[..], &["gentle"]].concat()), "usage");
    let administration = operator.json(&[&new[..], &["open"]].concat());
    assert_eq!(administration["pack"], imported["digest"]);
    for code in ["startCode", "resumeCode"] {
        assert_eq!(administration[code].as_str().map(str::len), Some(11), "{administration}");
    }
    let id = administration["id"].as_str().unwrap();
    let invite = ["invite", "--programme", "tiny", "--email", "Candidate.01@example.org"];
    let invited = operator.json(&invite);
    assert_eq!(invited["link"].as_str().map(str::len), Some("http://127.0.0.1:8790/join/".len() + 11), "{invited}");
    assert_eq!(invited["email"], "candidate.01@example.org");
    assert_eq!(operator.refusal(&[&invite[..], &["--expires", "+0h"]].concat()), "usage");
    let unknown = ["invite", "--programme", "none", "--email", "a@example.org"];
    assert_eq!(operator.refusal(&unknown), "name");
    let admitted =
        operator.json(&["admit", "--administration", id, "--name", "Test Candidate", "--without", "keyboard,close"]);
    let link = admitted["link"].as_str().unwrap();
    assert!(link.starts_with("invigil://127.0.0.1:8790/") && link.len() == "invigil://127.0.0.1:8790/".len() + 11);
    assert_eq!(
        operator.refusal(&["admit", "--administration", "adm-no", "--name", "Test Candidate"]),
        "administration-unknown"
    );
    assert_eq!(operator.refusal(&["admit", "--administration", id, "--name", " "]), "usage");
    let (list, bad) = (operator.path("list.csv"), operator.path("bad.csv"));
    std::fs::write(&list, "name;email;accommodation\nCandidate 01;a@example.org;25%\n测试 02;;\n").unwrap();
    std::fs::write(&bad, "name,email\nCandidate 03,\n=1+1,x\n").unwrap();
    let import = |file: &Path, more: &[&str]| {
        operator.output(&[&["roster", "import", id, file.to_str().unwrap()], more].concat())
    };
    let tried = import(&list, &["--dry-run"]);
    assert!(tried.status.success() && String::from_utf8_lossy(&tried.stdout).starts_with("2 candidates"));
    let refused = import(&bad, &[]);
    let words = String::from_utf8(refused.stderr).unwrap();
    for part in ["bad.csv:3, name:", "[formula]", "bad.csv:3, email:", "[email-malformed]", "[roster-refused]"] {
        assert!(words.contains(part), "{words}");
    }
    let taken = import(&list, &[]);
    let table = String::from_utf8(taken.stdout).unwrap();
    let lines: Vec<_> = table.lines().collect();
    assert!(lines.len() == 3 && lines[0] == "id,name,email,sitting,link", "{table}");
    assert!(lines[1].contains(",Candidate 01,a@example.org,sit-") && lines[1].contains(",invigil://127.0.0.1:8790/"));

    let secret = operator.path("secret");
    std::fs::write(&secret, "what the school gave\n").unwrap();
    let school = ["--client", "invigil", "--organisation", "tiny", "--secret-file", secret.to_str().unwrap()];
    let provider = |name: &'static str, issuer: &'static str| {
        [&["provider", "add", name, "--issuer", issuer], &school[..]].concat()
    };
    let added = operator.json(&provider("school", "https://login.example.org"));
    assert_eq!(added["redirect"], "http://127.0.0.1:8790/sign-in/school/callback");
    assert_eq!(operator.refusal(&provider("school", "https://login.example.org")), "name");
    assert_eq!(operator.refusal(&provider("school/..", "https://login.example.org")), "usage");
    assert_eq!(operator.refusal(&provider("plain", "http://login.example.org")), "usage");
    assert_eq!(operator.json(&["provider", "list"])["providers"][0]["secret"], true);
    for entry in std::fs::read_dir(operator.path("data")).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap_or_default();
        assert!(!String::from_utf8_lossy(&bytes).contains("what the school gave"), "the secret is sealed");
    }
    operator.json(&["provider", "remove", "school"]);
    assert_eq!(operator.refusal(&["provider", "remove", "school"]), "name");
    let people = operator.json(&["person", "list"]);
    let ada = people["people"].as_array().unwrap().iter().find(|one| one["name"] == "ada").unwrap();
    let change = [ada["id"].as_str().unwrap(), "--role", "marker", "--organisation", "tiny"];
    let changed = operator.json(&[&["person", "grant"], &change[..]].concat());
    assert_eq!(changed["roles"], "marker in tiny, proctor in *");
    operator.json(&[&["person", "withdraw"], &change[..]].concat());
    assert_eq!(operator.refusal(&[&["person", "withdraw"], &change[..]].concat()), "name");
    assert_eq!(operator.refusal(&["account", "remove", "eve"]), "name");
    assert!(terminate(child), "a service that is asked to stop stops in peace");
}

#[test]
fn no_secret_is_written_in_plain() {
    let operator = Operator::new();
    operator.json(&["keys", "new", "--name", "Tiny", "--origin", "http://127.0.0.1:8790"]);
    operator.json(&["account", "add", "ada", "--role", "operator"]);
    operator.json(&["programme", "load", &operator.path("tiny").display().to_string()]);
    let exam = operator.path("tiny/tiny-steps/first-steps.md");
    operator.json(&["pack", "add", &exam.display().to_string()]);
    let new = ["administration", "new", "--exam", "first-steps", "--closes", "+1h", "--policy", "open"];
    let administration = operator.json(&new);
    let id = administration["id"].as_str().unwrap();
    let admitted = operator.json(&["admit", "--administration", id, "--name", "Test Candidate"]);
    let code = admitted["link"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    let mut secrets: Vec<String> =
        ["AGE-SECRET-KEY", "battery staple", "correct horse", "correctOptions", "\"correct\""]
            .map(str::to_owned)
            .to_vec();
    for code in
        [code.as_str(), administration["startCode"].as_str().unwrap(), administration["resumeCode"].as_str().unwrap()]
    {
        secrets.extend([code.to_owned(), code.replace('-', "")]);
    }
    for entry in std::fs::read_dir(operator.path("data")).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        for secret in &secrets {
            let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "the store holds “{secret}” in plain");
        }
    }
    let wrong = operator.command(&["serve"]).env("INVIGIL_ISSUER_PASSPHRASE", "another").output().unwrap();
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("[keys-locked]"));
}

#[test]
fn a_programme_is_checked_without_keys_or_store() {
    let operator = Operator::new();
    let folder = operator.path("tiny");
    let tiny = folder.to_str().unwrap();
    let check = ["programme", "check", tiny];
    assert_eq!(operator.json(&check)["findings"], serde_json::json!([]));
    std::fs::create_dir(folder.join("partners")).unwrap();
    std::fs::write(folder.join("partners/somebody.yaml"), "type: partner\nid: somebody-else\n").unwrap();
    std::fs::write(folder.join("badges.yaml"), "type: badges\nbadges: [{label: A B}]\n").unwrap();
    assert_eq!(operator.refusal(&check), "findings");
    let output = operator.output(&check);
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stdout).unwrap();
    for code in ["[partner-id-differs]", "[member-missing]", "[label-invalid]", "partners/somebody.yaml", "badges.yaml"]
    {
        assert!(text.contains(code), "{code} is not in {text}");
    }
    assert!(!operator.path("data").exists(), "a check leaves nothing behind");
    assert_eq!(operator.refusal(&["programme", "load", tiny]), "findings");
}
