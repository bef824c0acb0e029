//! Judges what a power cut left, by the code that the application opens it with.

use super::{
    disk::{Image, Op},
    paper,
    writer::SMALL_FILE,
};
use invigil_client::{
    session::Session,
    store::{Slot, Store},
};
use invigil_content::bundle::Bundle;
use invigil_core::{Digest, sitting::Event, verify::Verdict};
use std::{collections::BTreeMap, path::Path};

/// What the program had said before the power was cut: all of it has to be there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said {
    pub admitted: bool,
    /// Every answer in its order, as item and digest.
    pub answers: Vec<String>,
    pub file: Option<String>,
    pub handed_in: bool,
    pub receipt: bool,
}

impl Said {
    pub fn hear(&mut self, op: &Op) {
        let Op::Said { words } = op else { return };
        match words.split_once(' ') {
            Some(("answer", answer)) => self.answers.push(answer.to_owned()),
            Some(("file", digest)) => self.file = Some(digest.to_owned()),
            _ if words == "admitted" => self.admitted = true,
            _ if words == "handed-in" => self.handed_in = true,
            _ if words == "receipt" => self.receipt = true,
            _ => panic!("what is “{words}”?"),
        }
    }
}

/// What the program was about to say: it may be there.
#[derive(Debug, Clone, Default)]
pub struct Next {
    pub answer: Option<String>,
    pub file: Option<String>,
}

impl Next {
    /// What is said first in `ops`.
    pub fn in_ops(ops: &[Op]) -> Self {
        let mut next = Self::default();
        for op in ops {
            let Op::Said { words } = op else { continue };
            match words.split_once(' ') {
                Some(("answer", answer)) => drop(next.answer.get_or_insert_with(|| answer.to_owned())),
                Some(("file", digest)) => drop(next.file.get_or_insert_with(|| digest.to_owned())),
                _ => {}
            }
            if next.answer.is_some() && next.file.is_some() {
                break;
            }
        }
        next
    }
}

/// What is wrong with an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wrong {
    /// So many answers that were said to be saved are not there, or something else that was.
    Lost { answers: usize, what: String },
    /// It does not open.
    Unopenable(String),
    /// It holds what was never written.
    False(String),
}

fn lost(what: &str) -> Wrong {
    Wrong::Lost { answers: 0, what: what.to_owned() }
}

/// Judges the image that lies in `folder`. Says which answers it holds. `closely` has the log judged as a stranger
/// would, from a bundle.
pub fn judge(folder: &Path, image: &Image, said: &Said, next: &Next, closely: bool) -> Result<Vec<String>, Wrong> {
    small_file(image, said, next)?;
    let path = folder.join("state/sittings").join(paper::sitting().as_str()).join("sitting.db");
    if !path.exists() {
        return if *said == (Said { file: said.file.clone(), ..Said::default() }) {
            Ok(vec![])
        } else {
            Err(Wrong::Lost { answers: said.answers.len(), what: "the database".to_owned() })
        };
    }
    let store = Store::open(&path, &paper::key()).map_err(|error| Wrong::Unopenable(error.to_string()))?;
    let admitted = store.get(Slot::Admission).map_err(|error| Wrong::Unopenable(error.to_string()))?.is_some();
    if !admitted {
        return if said.admitted {
            Err(Wrong::Lost { answers: said.answers.len(), what: "the admission".to_owned() })
        } else {
            Ok(vec![])
        };
    }
    let session = Session::exam(store).map_err(|problem| Wrong::Unopenable(problem.code))?;
    let held = answers(&session)?;
    let mut expected = said.answers.clone();
    if held.len() == expected.len() + 1 {
        expected.extend(next.answer.clone());
    }
    if held != expected {
        let same = held.iter().zip(&expected).take_while(|(a, b)| a == b).count();
        return Err(if held.len() < expected.len() && same == held.len() {
            Wrong::Lost { answers: expected.len() - held.len(), what: "answers".to_owned() }
        } else {
            Wrong::False(format!("{} answers, the first {same} as given, instead of {}", held.len(), expected.len()))
        });
    }
    let papers = session.papers().expect("an exam");
    if said.handed_in && papers.submission.is_none() {
        return Err(lost("the submission"));
    }
    if said.receipt && papers.receipt.is_none() {
        return Err(lost("the receipt"));
    }
    if closely {
        let bytes = session.bundle().map_err(|error| Wrong::Unopenable(error.to_string()))?;
        let bundle = Bundle::read(&bytes).map_err(|error| Wrong::Unopenable(error.to_string()))?;
        if let Verdict::Broken { seq, why } = bundle.verify(None).expect("its answers are its own").verdict {
            return Err(Wrong::False(format!("broken at #{seq}: {why}")));
        }
    }
    Ok(held)
}

/// The digest of the file that is replaced as a whole, if it is there.
pub fn small_file_of(image: &Image) -> Option<String> {
    let bytes = image.get(&Path::new("state").join(SMALL_FILE))?;
    Some(Digest::of(bytes.as_deref().unwrap_or(b"a folder")).to_string())
}

/// A file that is replaced as a whole is the old one or the new one, and the new one once that was said.
fn small_file(image: &Image, said: &Said, next: &Next) -> Result<(), Wrong> {
    match small_file_of(image) {
        found if found == said.file || (found.is_some() && found == next.file) => Ok(()),
        None => Err(lost("the small file")),
        Some(_) => Err(Wrong::False("the small file is neither the old one nor the new one".to_owned())),
    }
}

/// Every answer that was ever given, in order: item and digest of its value. The latest of each item must be what the
/// sitting shows.
fn answers(session: &Session) -> Result<Vec<String>, Wrong> {
    let unopenable = |error: invigil_client::store::StoreError| Wrong::Unopenable(error.to_string());
    let openings = session.store().openings(0, u64::MAX >> 1).map_err(unopenable)?;
    let mut openings = openings.into_iter();
    let (mut held, mut last) = (Vec::new(), BTreeMap::new());
    for record in session.records().map_err(unopenable)? {
        if let Event::Responded { item, .. } = record.event {
            let opening = openings.next().filter(|opening| opening.seq == record.seq);
            let opening = opening.ok_or_else(|| Wrong::False("an answer without its content".to_owned()))?;
            held.push(format!("{item} {}", Digest::of(&opening.content)));
            last.insert(item, opening.content);
        }
    }
    if openings.next().is_some() {
        return Err(Wrong::False("content without an answer".to_owned()));
    }
    last.retain(|_, content| content != "null");
    let shown = |content: &String| serde_json::from_str(content).ok();
    let same = last.len() == session.values().len()
        && last.iter().all(|(item, content)| session.values().get(item) == shown(content).as_ref());
    if same { Ok(held) } else { Err(Wrong::False("the sitting shows other answers than its last ones".to_owned())) }
}
