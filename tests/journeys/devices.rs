//! Broken, lost and exchanged computers: what was answered is never gone, and what is over is destroyed.

use crate::desk::{Desk, PATIENCE, right_answers, sample_exam, stage};
use invigil::stage::{Administration, Stage, binary};
use invigil_client::view::{Act, Ask, CardState, Home, Problem, Reply};
use invigil_core::{ItemId, SittingId, Value};
use serde_json::Value as Json;
use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

pub async fn home(desk: &Desk) -> Home {
    match desk.engine.lobby(Ask::Home).await.expect("home") {
        Reply::Home(home) => home,
        other => panic!("not home: {other:?}"),
    }
}

fn answers() -> BTreeMap<ItemId, Value> {
    right_answers(&sample_exam())
}

pub async fn answer(desk: &Desk, which: impl Iterator<Item = (ItemId, Value)>) {
    for (item, value) in which {
        desk.respond(&item, &value).await.unwrap_or_else(|problem| panic!("{item} is not saved: {problem:?}"));
    }
}

pub async fn delivered(desk: &Desk) {
    desk.until("everything to be confirmed", |view| (view.link.waiting == 0).then_some(())).await;
}

pub async fn hand_in_file(desk: &Desk, sitting: &SittingId) -> String {
    match desk.engine.lobby(Ask::HandInFile { sitting: sitting.clone() }).await.expect("a file") {
        Reply::File { path } => path,
        other => panic!("not a file: {other:?}"),
    }
}

pub async fn passed(desk: &Desk) {
    let result = desk.until("the result", |s| s.closing.as_ref().and_then(|c| c.result.clone())).await;
    assert!(result.passed && result.score.given == result.score.of, "{result:?}");
}

fn set(folder: &Path) -> (Stage, Administration, String) {
    let (stage, administration) = stage(folder, "open");
    let link = stage.admit(&administration.id, "candidate-1", "Test Candidate").expect("a link");
    (stage, administration, link)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sitting_goes_on_at_another_computer_with_every_answer_that_arrived() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut stage, _, link) = set(folder.path());
    let first = Desk::new().await;
    let sitting = first.begin(&link).await;
    let all: Vec<_> = answers().into_iter().collect();
    let half = all.len() / 2;
    answer(&first, all[..half].iter().cloned()).await;
    delivered(&first).await;
    // The first computer loses the network, answers on, and comes back only after the second has taken over.
    stage.stop();
    answer(&first, all[half..half + 2].iter().cloned()).await;
    let frozen = first.restart_locked().await;
    stage.serve().expect("the service is back");
    let moved = stage.issuer(&["move", sitting.as_str()]).expect("a link");
    let second = Desk::new().await;
    let taken = second.admit(moved["link"].as_str().expect("a link")).await.expect("it moves");
    assert_eq!(taken.sitting, sitting);
    second.open(sitting.clone()).await.expect("it opens");
    assert_eq!(second.sitting().items.iter().filter(|item| item.answered).count(), half, "what had arrived is here");
    assert!(second.sitting().time.remaining_ms.is_some_and(|left| 0 < left));
    let first = frozen.restart().await;
    let stopped = first.until("the first to hear of it", |view| view.stopped.clone()).await;
    assert_eq!(stopped, "seat-moved");
    let (item, value) = all.last().expect("an answer");
    let refused = first.respond(item, value).await;
    assert_eq!(refused.map_err(|problem| problem.code), Err("seat-moved".to_owned()));
    assert_eq!(home(&first).await.sittings[0].state, CardState::Moved);
    let store = rusqlite::Connection::open(folder.path().join("issuer.db")).expect("the store");
    let late: i64 = store
        .query_row("SELECT count (*) FROM aside WHERE late AND content IS NOT NULL", [], |row| row.get(0))
        .expect("a count");
    assert_eq!(late, 2, "the two late answers are kept beside the log");
    answer(&second, all.into_iter()).await;
    second.engine.dispatch(Act::Submit).await.expect("handed in");
    passed(&second).await;
    let bundle = second.engine.bundle(&sitting).expect("a bundle");
    let bundle = invigil_content::bundle::Bundle::read(&bundle).expect("it reads");
    assert_eq!(bundle.verify(None).expect("its answers are its own").verdict.to_string(), "proven");
    assert_eq!(bundle.anchors.leases.len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sitting_comes_back_to_the_computer_that_had_it_first() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut stage, _, link) = set(folder.path());
    let first = Desk::new().await;
    let sitting = first.begin(&link).await;
    let all: Vec<_> = answers().into_iter().collect();
    answer(&first, all[..1].iter().cloned()).await;
    delivered(&first).await;
    stage.stop();
    answer(&first, all[1..3].iter().cloned()).await;
    let frozen = first.restart_locked().await;
    stage.serve().expect("the service is back");
    let moved = stage.issuer(&["move", sitting.as_str()]).expect("a link");
    let second = Desk::new().await;
    second.admit(moved["link"].as_str().expect("a link")).await.expect("it moves");
    second.open(sitting.clone()).await.expect("it opens");
    answer(&second, all[3..5].iter().cloned()).await;
    delivered(&second).await;
    // The second one breaks.
    second.engine.stop();
    let moved = stage.issuer(&["move", sitting.as_str()]).expect("a link");
    let first = frozen.restart().await;
    first.admit(moved["link"].as_str().expect("a link")).await.expect("it comes back");
    assert_eq!(first.sitting().stopped, None);
    let answered = |desk: &Desk| -> Vec<ItemId> {
        let sitting = desk.sitting();
        sitting.items.iter().filter(|item| item.answered).map(|item| item.id.clone()).collect()
    };
    let mut expected: Vec<_> = [&all[..1], &all[3..5]].concat().into_iter().map(|(item, _)| item).collect();
    let mut here = answered(&first);
    expected.sort();
    here.sort();
    assert_eq!(here, expected, "what the issuer has is here");
    let store = rusqlite::Connection::open(folder.path().join("issuer.db")).expect("the store");
    let late: i64 = store
        .query_row("SELECT count (*) FROM aside WHERE late AND content IS NOT NULL", [], |row| row.get(0))
        .expect("a count");
    assert_eq!(late, 2, "what it had answered without the issuer is kept beside the log");
    let first = first.restart().await;
    answer(&first, all.into_iter()).await;
    first.engine.dispatch(Act::Submit).await.expect("handed in");
    passed(&first).await;
    let bundle = first.engine.bundle(&sitting).expect("a bundle");
    let bundle = invigil_content::bundle::Bundle::read(&bundle).expect("it reads");
    assert_eq!(bundle.verify(None).expect("its answers are its own").verdict.to_string(), "proven");
    assert_eq!(bundle.anchors.leases.len(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_resume_code_opens_a_sitting_without_passphrase_and_network_and_hands_it_in() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut stage, administration, link) = set(folder.path());
    let desk = Desk::new().await;
    let sitting = desk.begin(&link).await;
    let all: Vec<_> = answers().into_iter().collect();
    answer(&desk, all[..3].iter().cloned()).await;
    stage.stop();
    let desk = desk.restart_locked().await;
    let locked = home(&desk).await.unreadable.remove(0);
    assert_eq!((locked.id.as_str(), locked.problem.code.as_str()), (sitting.as_str(), "keys-locked"));
    assert!(!locked.exam.is_empty(), "the card says which exam it is");
    let open = async |code: &str| {
        let ask = Ask::OpenByCode { sitting: sitting.clone(), code: code.to_owned() };
        desk.engine.lobby(ask).await.map(|_| ()).map_err(|problem: Problem| problem.code)
    };
    assert_eq!(open("7K2M9-QXB44").await, Err("resume-code-wrong".to_owned()));
    assert_eq!(open(&administration.start_code).await, Err("resume-code-wrong".to_owned()));
    open(&administration.resume_code).await.expect("it opens");
    assert_eq!(desk.sitting().items.iter().filter(|item| item.answered).count(), 3);
    answer(&desk, all.into_iter()).await;
    desk.engine.dispatch(Act::Submit).await.expect("handed in");
    assert!(desk.sitting().closing.is_some());
    let file = hand_in_file(&desk, &sitting).await;
    stage.serve().expect("the service is back");
    let taken = stage.issuer(&["hand-in", &file]).expect("it is taken");
    assert_eq!((taken["receipt"].as_bool(), taken["late"].as_bool()), (Some(true), Some(false)));
    passed(&desk).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_issuer_recovers_a_broken_computer_and_the_sitting_goes_on_at_another_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut stage, _, link) = set(folder.path());
    let broken = Desk::new().await;
    let sitting = broken.begin(&link).await;
    delivered(&broken).await;
    stage.stop();
    let all: Vec<_> = answers().into_iter().collect();
    answer(&broken, all[..4].iter().cloned()).await;
    broken.engine.stop();
    // Nothing but the sitting's folder is left of it: no passphrase, no secret store, no vault.
    let rescued = folder.path().join("rescued").join(sitting.as_str());
    fs::create_dir_all(&rescued).expect("a folder");
    for entry in fs::read_dir(broken.folder.path().join("sittings").join(sitting.as_str())).expect("it is there") {
        let path = entry.expect("an entry").path();
        if path.is_file() {
            fs::copy(&path, rescued.join(path.file_name().expect("a name"))).expect("copied");
        }
    }
    stage.serve().expect("the service is back");
    let file = rescue(&stage, &rescued, folder.path());
    let taken = stage.issuer(&["hand-in", &file]).expect("it is taken");
    assert_eq!(taken["receipt"], Json::Bool(false), "it is not closed");
    let moved = stage.issuer(&["move", sitting.as_str()]).expect("a link");
    let desk = Desk::new().await;
    desk.admit(moved["link"].as_str().expect("a link")).await.expect("it moves");
    desk.open(sitting).await.expect("it opens");
    assert_eq!(desk.sitting().items.iter().filter(|item| item.answered).count(), 4, "nothing is lost");
    answer(&desk, all.into_iter()).await;
    desk.engine.dispatch(Act::Submit).await.expect("handed in");
    passed(&desk).await;
}

/// `invigil-issuer recover FOLDER | invigil rescue FOLDER --out FILE`, as an operator would type it.
fn rescue(stage: &Stage, rescued: &Path, folder: &Path) -> String {
    let out = folder.join("rescued.invsub");
    let mut recover = stage.command(&["recover", &rescued.display().to_string()]).expect("a command");
    let mut recover = recover.stdout(Stdio::piped()).spawn().expect("it starts");
    let key = recover.stdout.take().expect("a pipe");
    let output = Command::new(binary("invigil").expect("the program is built"))
        .arg("rescue")
        .arg(rescued)
        .arg("--out")
        .arg(&out)
        .stdin(key)
        .output()
        .expect("it runs");
    assert!(recover.wait().expect("it ends").success());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    out.display().to_string()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_over_is_destroyed_and_leaves_the_issuers_words() {
    let folder = tempfile::tempdir().expect("a folder");
    let (stage, _) = stage(folder.path(), "open");
    let administration = stage.administer_with("first-steps", "open", &["--keep-days", "0"]).expect("scheduled");
    let link = stage.admit(&administration.id, "candidate-1", "Test Candidate").expect("a link");
    let desk = Desk::new().await;
    let sitting = desk.begin(&link).await;
    answer(&desk, answers().into_iter()).await;
    desk.engine.dispatch(Act::Submit).await.expect("handed in");
    passed(&desk).await;
    desk.engine.lobby(Ask::Leave).await.expect("home");
    let place = desk.folder.path().join("sittings").join(sitting.as_str());
    let vault_key = desk.folder.path().join("keys").join(format!("sitting-{sitting}.age"));
    assert!(place.join("sitting.db").exists() && vault_key.exists());
    let desk = desk.restart().await;
    let seen = home(&desk).await;
    assert_eq!((seen.sittings.len(), seen.unreadable.len()), (0, 0));
    let past = &seen.past[0];
    assert_eq!((past.id.as_str(), past.passed), (sitting.as_str(), Some(true)));
    assert!(past.received.is_some_and(|received| received <= past.destroyed));
    let left: Vec<_> = fs::read_dir(&place).expect("the folder").flatten().map(|entry| entry.file_name()).collect();
    assert_eq!(left, ["tombstone.json"]);
    assert!(!vault_key.exists());
    let stone: Json =
        serde_json::from_slice(&fs::read(place.join("tombstone.json")).expect("it is there")).expect("JSON");
    let receipt = stone["receipt"].to_string();
    assert!(receipt.contains("proofValue"), "the receipt is the issuer's own signed word: {receipt}");
    let again = desk.admit(&link).await.map(|_| ()).map_err(|problem| problem.code);
    assert_eq!(again, Err("exam-over".to_owned()), "its link leads nowhere any more");
    assert_eq!(home(&desk).await.past.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sitting_that_was_destroyed_too_early_can_be_admitted_again_and_stays() {
    let folder = tempfile::tempdir().expect("a folder");
    let (_stage, _, link) = set(folder.path());
    let desk = Desk::new().await;
    let sitting = desk.admit(&link).await.expect("an admission").sitting;
    desk.engine.stop();
    // A cut in the middle of it is the worst case: the tombstone stands, and all the rest is there still.
    let stone = serde_json::json!({
        "type": "invigil/tombstone/1", "sitting": sitting, "exam": "First steps", "certification": "First steps",
        "issuer": "Test issuer", "receipt": null, "result": null, "destroyed": invigil_client::clock::wall(),
    });
    let place = desk.folder.path().join("sittings").join(sitting.as_str());
    fs::write(place.join("tombstone.json"), stone.to_string()).expect("a tombstone");
    let desk = desk.restart().await;
    let seen = home(&desk).await;
    assert_eq!((seen.sittings.len(), seen.past.len()), (0, 1), "it is destroyed");
    assert_eq!(desk.begin(&link).await, sitting);
    answer(&desk, answers().into_iter().take(2)).await;
    let desk = desk.restart().await;
    assert_eq!(home(&desk).await.past.len(), 0);
    assert_eq!(desk.sitting().items.iter().filter(|item| item.answered).count(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sitting_that_never_began_is_destroyed_by_its_issuers_time() {
    const OPEN: Duration = Duration::from_secs(12);
    let folder = tempfile::tempdir().expect("a folder");
    let (mut stage, _) = stage(folder.path(), "open");
    let closes = invigil_client::clock::wall().plus_ms(12_000).to_string();
    let new = ["administration", "new", "--exam", "first-steps", "--policy", "open", "--opens", "now"];
    let administration =
        stage.issuer(&[new.as_slice(), &["--closes", &closes, "--keep-days", "0"]].concat()).expect("scheduled");
    let administration = administration["id"].as_str().expect("an id");
    let link = stage.admit(administration, "candidate-1", "Test Candidate").expect("a link");
    let desk = Desk::new().await;
    desk.admit(&link).await.expect("an admission");
    stage.stop();
    tokio::time::sleep(OPEN).await;
    // Only this computer's calendar says that the days are over.
    let desk = desk.restart().await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(home(&desk).await.sittings.len(), 1);
    stage.serve().expect("the service is back");
    let desk = desk.restart().await;
    let destroyed = async {
        while home(&desk).await.past.is_empty() {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(PATIENCE, destroyed).await.expect("it is destroyed");
    assert_eq!(home(&desk).await.sittings.len(), 0);
}
