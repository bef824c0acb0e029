//! The proctors' console in a browser, on a real issuing service with sittings in several states.

use invigil::stage::{Stage, binary, right_answers};
use invigil_core::{ItemId, Value};
use invigil_tests::root;
use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

const PASSWORD: &str = "a password for tests";

fn write_answers(path: &Path, answers: &BTreeMap<ItemId, Value>) {
    fs::write(path, serde_json::to_vec(answers).expect("answers")).expect("they are written");
}

fn sit(folder: &Path, name: &str, link: &str, answers: &str) -> Child {
    Command::new(binary("invigil").expect("the program is built"))
        .args(["sit", link, "--pace", "150", "--state"])
        .arg(folder.join(name))
        .arg("--answers")
        .arg(folder.join(answers))
        .env("INVIGIL_PASSPHRASE", "a passphrase for tests")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts")
}

/// Waits until the candidate has saved `count` answers, then ends its process as a crash would.
fn kill_after(mut child: Child, count: usize) {
    let lines = BufReader::new(child.stdout.take().expect("its output")).lines();
    let saved = lines.map_while(Result::ok).filter(|line| line.starts_with("saved ")).take(count).count();
    child.kill().expect("it is killed");
    child.wait().expect("it is gone");
    assert_eq!(saved, count, "the candidate saved {saved} answers");
}

fn finish(child: Child) {
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

/// The hand-in file of a candidate whose computer broke, as an operator makes it from their folder.
fn rescue(stage: &Stage, folder: &Path, name: &str) -> PathBuf {
    let sittings = folder.join(name).join("sittings");
    let sitting = fs::read_dir(sittings).expect("a folder").next().expect("a sitting").expect("it is read").path();
    let mut recover = stage.command(&["recover", &sitting.display().to_string()]).expect("a command");
    let mut recover = recover.stdout(Stdio::piped()).spawn().expect("it starts");
    let key = recover.stdout.take().expect("a pipe");
    let file = folder.join("brought.invsub");
    let mut rescue = Command::new(binary("invigil").expect("the program is built"));
    let rescued = rescue.arg("rescue").arg(sitting).arg("--out").arg(&file).stdin(key).output().expect("it runs");
    assert!(recover.wait().expect("it ends").success());
    assert!(rescued.status.success(), "{}", String::from_utf8_lossy(&rescued.stderr));
    file
}

#[test]
fn proctors_follow_and_review_sittings_in_a_browser() {
    let scratch = tempfile::tempdir().expect("a folder");
    let folder = scratch.path();
    let mut stage = Stage::set(&folder.join("issuer"), "Test issuer", None).expect("an issuer");
    let sample = root().join("exams/sample");
    let exam = sample.join("first-steps/first-steps.md");
    stage.load(&sample, std::slice::from_ref(&exam)).expect("the sample is loaded");
    stage.account("proctor", PASSWORD).expect("an account");
    stage.with_ui(&root().join("ui/dist/console"));
    stage.serve().expect("the service comes up");
    let right = right_answers_of(&exam);
    write_answers(&folder.join("right.json"), &right);
    write_answers(&folder.join("few.json"), &right.into_iter().take(3).collect());
    let administration = stage.administer("first-steps", "open").expect("the exam is scheduled");
    let link = |name: &str| stage.admit(&administration.id, name, &format!("Candidate {name}")).expect("a link");

    link("admitted");
    finish(sit(folder, "passed", &link("passed"), "right.json"));
    finish(sit(folder, "failed", &link("failed"), "few.json"));
    let restarted = link("restarted");
    kill_after(sit(folder, "restarted", &restarted, "right.json"), 3);
    finish(sit(folder, "restarted", &restarted, "right.json"));
    kill_after(sit(folder, "gone", &link("gone"), "right.json"), 4);

    let file = rescue(&stage, folder, "gone");

    let pictures = folder.join("pictures");
    let walk = Command::new("node")
        .arg("tests/console/walk.mjs")
        .current_dir(root().join("ui"))
        .env("CONSOLE_URL", &stage.origin)
        .env("CONSOLE_NAME", "proctor")
        .env("CONSOLE_PASSWORD", PASSWORD)
        .env("CONSOLE_EXPECT", "5")
        .env("CONSOLE_FILE", file)
        .env("SHOTS", std::env::var_os("INVIGIL_SHOTS").map_or(pictures, |shots| Path::new(&shots).join("console")))
        .output()
        .expect("node runs");
    let words = [walk.stdout, walk.stderr].concat();
    assert!(walk.status.success(), "{}", String::from_utf8_lossy(&words));
}

fn right_answers_of(exam: &Path) -> BTreeMap<ItemId, Value> {
    let text = fs::read_to_string(exam).expect("the exam is there");
    let bank = invigil_content::academy::read(&exam.display().to_string(), &text).bank.expect("a bank");
    right_answers(&bank.exam, &bank.marks)
}
