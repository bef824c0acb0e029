//! Bad input and bad luck: a plain code, nothing lost.

use crate::desk::{Desk, right_answers, sample_exam, stage};
use invigil::stage::Stage;
use invigil_client::view::{Act, Ask, Problem, Reply};
use invigil_core::{Value, sitting::Phase};
use std::{collections::BTreeSet, fs, path::PathBuf};

async fn code_of<T: std::fmt::Debug>(outcome: impl Future<Output = Result<T, Problem>>) -> String {
    outcome.await.expect_err("it must be refused").code
}

fn pack_file(desk: &Desk) -> PathBuf {
    let packs = fs::read_dir(desk.folder.path().join("packs")).expect("the pack is here");
    packs.flatten().map(|file| file.path()).next().expect("one pack")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn links_that_lead_nowhere() {
    let folder = tempfile::tempdir().expect("a folder");
    let (stage, administration) = stage(folder.path(), "open");
    let desk = Desk::new().await;
    let host = stage.origin.trim_start_matches("http://").to_owned();
    for (link, code) in [
        ("https://example.org".to_owned(), "link-malformed"),
        (format!("invigil://{host}/AAAAA-AAAAA"), "code-unknown"),
        ("invigil://127.0.0.1:1/AAAAA-AAAAA".to_owned(), "issuer-unreachable"),
    ] {
        assert_eq!(code_of(desk.admit(&link)).await, code, "{link}");
    }
    let link = stage.admit(&administration.id, "one", "One").expect("a link");
    desk.admit(&link).await.expect("the first device is admitted");
    desk.admit(&link).await.expect("the same device may ask again");
    let other = Desk::new().await;
    assert_eq!(code_of(other.admit(&link)).await, "code-used");
    let soon = ["--opens", "now", "--closes", "+20s", "--policy", "open"];
    let arguments: Vec<&str> = ["administration", "new", "--exam", "first-steps"].into_iter().chain(soon).collect();
    let short = stage.issuer(&arguments).expect("a short administration");
    let link = stage.admit(short["id"].as_str().unwrap_or_default(), "two", "Two").expect("a link");
    let closes = invigil_client::clock::wall().plus_ms(20_000);
    while invigil_client::clock::wall() <= closes {
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    assert_eq!(code_of(other.admit(&link)).await, "code-expired");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_issuer_whose_key_changed_is_not_asked_for_anything() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut first, administration) = stage(&folder.path().join("a"), "open");
    let desk = Desk::new().await;
    let link = first.admit(&administration.id, "one", "One").expect("a link");
    desk.admit(&link).await.expect("an admission");
    first.stop();
    let port: u16 = first.origin.rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port");
    let mut second = Stage::at(&folder.path().join("b"), "Test issuer", port).expect("another issuer");
    second.serve().expect("it comes up at the same address");
    assert_eq!(code_of(desk.engine.lobby(Ask::LookUp { link })).await, "issuer-key-changed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn packs_that_are_not_what_was_admitted() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut stage, administration) = stage(folder.path(), "open");
    let desk = Desk::new().await;
    let link = stage.admit(&administration.id, "one", "One").expect("a link");
    desk.ready(&link).await;
    // Without the issuer nothing can be fetched again, and the proctor's code opens what lies here.
    stage.stop();
    let path = pack_file(&desk);
    let whole = fs::read(&path).expect("the pack");
    let begin = || desk.engine.dispatch(Act::Begin { code: Some(administration.start_code.clone()) });
    let mut changed = whole.clone();
    let last = changed.len() - 1;
    changed[last] ^= 1;
    let newer = String::from_utf8_lossy(&whole).replacen("invigil/pack/1", "invigil/pack/2", 1).into_bytes();
    let other = other_pack(folder.path());
    for (name, bytes, code) in [
        ("one byte changed", changed, "pack-damaged"),
        ("cut short", whole[..whole.len() - 9].to_vec(), "pack-cut-short"),
        ("of another exam", other, "pack-other-exam"),
        ("of a newer format", newer, "pack-too-new"),
    ] {
        fs::write(&path, bytes).expect("it is written");
        assert_eq!(code_of(begin()).await, code, "{name}");
        assert_eq!(desk.sitting().phase, Phase::Checking, "{name}");
    }
    fs::write(&path, &whole).expect("it is written");
    let wrong = Act::Begin { code: Some("00000-00000".to_owned()) };
    assert_eq!(code_of(desk.engine.dispatch(wrong)).await, "start-code-wrong");
    begin().await.expect("the right pack and code start the exam without the issuer");
    assert_eq!(desk.sitting().phase, Phase::Underway);
}

fn other_pack(folder: &std::path::Path) -> Vec<u8> {
    let text = fs::read_to_string(sample_exam()).expect("the sample").replacen("id: first-steps", "id: other-exam", 1);
    let (source, out) = (folder.join("other.md"), folder.join("other.invigil"));
    fs::write(&source, text).expect("it is written");
    let status = std::process::Command::new(invigil::stage::binary("invigil").expect("the program is built"))
        .args(["pack", "build", "--out"])
        .args([&out, &source])
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .status()
        .expect("it runs");
    assert!(status.success());
    fs::read(out).expect("the pack")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_issuer_that_is_down_at_the_start_and_at_the_end() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut stage, administration) = stage(folder.path(), "open");
    let desk = Desk::new().await;
    let link = stage.admit(&administration.id, "one", "One").expect("a link");
    desk.ready(&link).await;
    stage.stop();
    assert_eq!(code_of(desk.engine.dispatch(Act::Begin { code: None })).await, "issuer-unreachable");
    let Reply::Readiness(readiness) = desk.engine.lobby(Ask::Readiness).await.expect("a report") else { panic!() };
    assert!(!readiness.may_begin && readiness.may_begin_by_code);
    stage.serve().expect("it comes up again");
    desk.engine.dispatch(Act::Begin { code: None }).await.expect("now it begins");
    let answers = right_answers(&sample_exam());
    for (item, value) in &answers {
        desk.respond(item, value).await.expect("saved");
    }
    stage.stop();
    desk.engine.dispatch(Act::Submit).await.expect("handing in needs no network");
    let desk = desk.restart().await;
    assert_eq!(desk.sitting().closing.map(|c| (c.answered, c.receipt.is_some())), Some((10, false)));
    stage.serve().expect("it comes up again");
    let result = desk.until("the result", |s| s.closing.as_ref().and_then(|c| c.result.clone())).await;
    assert!(result.passed && result.score.given == result.score.of);
}

/// The end of the exam counts from the first start, so none is asked for that could not be kept.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_start_is_asked_for_on_a_disk_that_takes_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let (stage, administration) = stage(folder.path(), "open");
    let desk = Desk::new().await;
    desk.ready(&stage.admit(&administration.id, "one", "One").expect("a link")).await;
    let given = || {
        let store = rusqlite::Connection::open(folder.path().join("issuer.db")).expect("the store");
        store.query_row("SELECT count(*) FROM starts", [], |row| row.get::<_, u32>(0)).expect("a count")
    };
    let in_the_way = desk.folder.path().join("readiness.db");
    fs::create_dir(&in_the_way).expect("nothing can be written there");
    assert_eq!(code_of(desk.engine.dispatch(Act::Begin { code: None })).await, "storage-failed");
    assert_eq!(given(), 0);
    fs::remove_dir(&in_the_way).expect("it can again");
    desk.engine.dispatch(Act::Begin { code: None }).await.expect("now it begins");
    assert_eq!(given(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_answer_is_refused_and_what_was_saved_stays() {
    let folder = tempfile::tempdir().expect("a folder");
    let (stage, administration) = stage(folder.path(), "open");
    let desk = Desk::new().await;
    let link = stage.admit(&administration.id, "one", "One").expect("a link");
    desk.begin(&link).await;
    let answers = right_answers(&sample_exam());
    let text = answers.iter().find(|(_, value)| matches!(value, Value::Base(invigil_core::value::Base::String(_))));
    let choice =
        answers.iter().find(|(_, value)| matches!(value, Value::Base(invigil_core::value::Base::Identifier(_))));
    let ((text, written), (choice, taken)) = (text.expect("a text item"), choice.expect("a choice item"));
    desk.respond(text, written).await.expect("saved");
    desk.respond(choice, taken).await.expect("saved");
    let nobody = "no-such-item".parse().expect("an id");
    for (item, value, code) in [
        (text, Value::text("x".repeat(1_000_000)), "answer-too-long"),
        (text, Value::choice("a"), "wrong-type"),
        (choice, Value::choice("no-such-choice"), "wrong-type"),
        (choice, Value::text("a"), "wrong-type"),
        (&nobody, Value::choice("a"), "unknown-item"),
    ] {
        assert_eq!(code_of(desk.respond(item, &value)).await, code);
    }
    for json in [
        r#"{"act":"respond","item":"fs-01","value":7}"#,
        r#"{"act":"erase"}"#,
        r#"{"act":"respond","item":"fs-01","value":null,"now":true}"#,
    ] {
        assert!(serde_json::from_str::<Act>(json).is_err(), "{json}");
    }
    let desk = desk.restart().await;
    let kept: BTreeSet<_> = desk.sitting().items.into_iter().filter(|i| i.answered).map(|i| i.id).collect();
    assert_eq!(kept, BTreeSet::from([text.clone(), choice.clone()]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_declined_notice_uses_no_try() {
    let folder = tempfile::tempdir().expect("a folder");
    let (stage, administration) = stage(folder.path(), "open");
    let desk = Desk::new().await;
    let link = stage.admit(&administration.id, "one", "One").expect("a link");
    let admission = desk.admit(&link).await.expect("an admission");
    desk.open(admission.sitting).await.expect("it opens");
    desk.engine.dispatch(Act::Decline).await.expect("declining is always possible");
    assert_eq!(desk.sitting().phase, Phase::Refused);
    desk.engine.lobby(Ask::Leave).await.expect("back home");
    let again = stage.admit(&administration.id, "one", "One").expect("the try was not used");
    let admission = desk.admit(&again).await.expect("an admission");
    assert_eq!((admission.try_number, admission.tries_max), (1, 3));
}
