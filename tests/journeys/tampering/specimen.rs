//! A real sitting, as its bundle holds it, and another one of the same exam.

use crate::desk::{Desk, right_answers, sample_exam, stage};
use invigil::stage::Stage;
use invigil_client::view::Act;
use invigil_core::sitting::Screen;
use std::{
    collections::BTreeMap,
    io::{Cursor, Read, Write},
};

pub struct Specimen {
    /// The bundle's files by name.
    pub files: BTreeMap<String, Vec<u8>>,
    /// The log.
    pub log: Vec<u8>,
    /// The files of the other sitting's bundle.
    pub other: BTreeMap<String, Vec<u8>>,
    /// The log of the other sitting.
    pub other_log: Vec<u8>,
    /// The files of a sitting that has moved to another computer.
    pub moved: BTreeMap<String, Vec<u8>>,
    /// The credentials of both.
    pub credentials: [Vec<u8>; 2],
}

impl Specimen {
    /// Sits two exams against a real issuing service.
    pub async fn sit() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let (stage, administration) = stage(folder.path(), "open");
        let (mut bundles, mut credentials) = (Vec::new(), Vec::new());
        for name in ["one", "two"] {
            let desk = Desk::new().await;
            let link = stage.admit(&administration.id, name, "Test Candidate").expect("a link");
            let id = desk.begin(&link).await;
            let answers = right_answers(&sample_exam());
            for (item, value) in &answers {
                desk.respond(item, value).await.expect("saved");
            }
            for _ in 0..20 {
                for item in answers.keys() {
                    let screen = Screen::Item { item: item.clone() };
                    desk.engine.dispatch(Act::Visit { screen }).await.expect("shown");
                }
            }
            desk.engine.dispatch(Act::Submit).await.expect("handed in");
            let result = desk.until("the result", |s| s.closing.as_ref().and_then(|c| c.result.clone())).await;
            let url = result.credential.expect("the sample's only exam earns its credential").url;
            let answer = reqwest::get(url).await.expect("the service answers");
            credentials.push(answer.bytes().await.expect("a credential").to_vec());
            bundles.push(unpacked(&desk.engine.bundle(&id).expect("a bundle")));
        }
        let moved = moved(&stage, &administration.id).await;
        let other = bundles.pop().expect("two bundles");
        let files = bundles.pop().expect("two bundles");
        let credentials = credentials.try_into().expect("two credentials");
        let log = files["log.jsonl"].clone();
        Self { log, other_log: other["log.jsonl"].clone(), files, other, moved, credentials }
    }

    pub fn zip(&self) -> Vec<u8> {
        packed(&self.files)
    }

    /// The bundle with other bytes in one file.
    pub fn zip_with(&self, name: &str, bytes: &[u8]) -> Vec<u8> {
        let mut files = self.files.clone();
        files.insert(name.to_owned(), bytes.to_vec());
        packed(&files)
    }
}

/// A sitting that begins on one computer and is handed in on another one.
async fn moved(stage: &Stage, administration: &str) -> BTreeMap<String, Vec<u8>> {
    let first = Desk::new().await;
    let link = stage.admit(administration, "three", "Test Candidate").expect("a link");
    let id = first.begin(&link).await;
    let answers = right_answers(&sample_exam());
    for (item, value) in answers.iter().take(3) {
        first.respond(item, value).await.expect("saved");
    }
    first.until("everything to be confirmed", |view| (view.link.waiting == 0).then_some(())).await;
    let link = stage.issuer(&["move", id.as_str()]).expect("it may move");
    let second = Desk::new().await;
    second.admit(link["link"].as_str().expect("a link")).await.expect("it moves");
    second.open(id.clone()).await.expect("it opens");
    for (item, value) in &answers {
        second.respond(item, value).await.unwrap_or_else(|problem| panic!("{item}: {problem:?}"));
    }
    second.engine.dispatch(Act::Submit).await.expect("handed in");
    second.until("the result", |s| s.closing.as_ref().and_then(|c| c.result.clone())).await;
    unpacked(&second.engine.bundle(&id).expect("a bundle"))
}

fn unpacked(bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).expect("a zip");
    let names: Vec<String> = zip.file_names().map(|name| name.expect("a name").into_owned()).collect();
    let read = |name: String| {
        let mut bytes = Vec::new();
        zip.by_name(&name).expect("a file").read_to_end(&mut bytes).expect("its bytes");
        (name, bytes)
    };
    names.into_iter().map(read).collect()
}

pub fn packed(files: &BTreeMap<String, Vec<u8>>) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, bytes) in files {
        zip.start_file(name, stored).expect("a file begins");
        zip.write_all(bytes).expect("it is written");
    }
    zip.finish().expect("a zip").into_inner()
}
