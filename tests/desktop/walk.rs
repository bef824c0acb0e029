//! The way through an exam, screen by screen, as every journey takes it.

use crate::{application::Application, desk::wait, driver::Driver};
use invigil::stage::Stage;
use invigil_core::{
    Value,
    item::Item,
    value::{Base, List},
};
use invigil_tests::root;
use reqwest::Method;
use serde_json::{Value as Json, json};
use std::{collections::BTreeMap, fs};
use tempfile::TempDir;

pub const PASSPHRASE: &str = "a passphrase for tests";

/// An issuing service with the sample exam, and what its mark scheme accepts.
pub struct Exam {
    pub stage: Stage,
    pub link: String,
    pub items: Vec<Item>,
    pub right: BTreeMap<String, Value>,
    _folder: TempDir,
}

fn sample() -> String {
    let file = root().join("exams/sample/first-steps/first-steps.md");
    fs::read_to_string(file).expect("the sample exam is there")
}

impl Exam {
    /// Schedules the sample exam and admits one candidate.
    pub fn prepare(policy: &str) -> Self {
        Self::scheduled(policy, &sample(), &[], &[])
    }

    /// The same with pictures of the screen, as often as can be.
    pub fn prepare_pictured(policy: &str) -> Self {
        Self::scheduled(policy, &sample(), &["--pictures", "2"], &[])
    }

    /// The same with some of its questions and this many minutes.
    pub fn prepare_part(policy: &str, questions: &[&str], minutes: u32) -> Self {
        let text = sample();
        let (bank, welcome) = text.rsplit_once("\n---\n").expect("the front matter ends");
        let mut parts = bank.split("\n  - id: fs-");
        let head = parts.next().expect("it begins with what the exam is");
        let head = head.replace("timeLimit: 5", &format!("timeLimit: {minutes}"));
        let head = head.replace("numberOfQuestions: 10", &format!("numberOfQuestions: {}", questions.len()));
        let kept = parts.filter(|part| questions.iter().any(|number| part.starts_with(number)));
        let part = kept.fold(head, |all, part| all + "\n  - id: fs-" + part) + "\n---\n" + welcome;
        Self::scheduled(policy, &part, &[], &[])
    }

    /// The same with an accommodation: a control that is not asked for.
    pub fn prepare_without(policy: &str, control: &str) -> Self {
        Self::scheduled(policy, &sample(), &[], &["--without", control])
    }

    /// The same with an hour more than it takes.
    pub fn prepare_at_leisure(policy: &str) -> Self {
        Self::scheduled(policy, &sample(), &[], &["--extra-minutes", "60"])
    }

    fn scheduled(policy: &str, source: &str, further: &[&str], accommodation: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let programme = folder.path().join("sample");
        fs::create_dir_all(programme.join("first-steps")).expect("a folder");
        for beside in ["programme.yaml", "first-steps/_index.md"] {
            fs::copy(root().join("exams/sample").join(beside), programme.join(beside)).expect("the programme is there");
        }
        let file = programme.join("first-steps/first-steps.md");
        fs::write(&file, source).expect("the exam is written");
        let bank = invigil_content::academy::read(&file.display().to_string(), source).bank.expect("it can be read");
        let right = invigil::stage::right_answers(&bank.exam, &bank.marks);
        let mut stage = Stage::set(&folder.path().join("issuer"), "Test issuer", None).expect("an issuer is set up");
        stage.load(&programme, &[file]).expect("the sample is loaded");
        stage.account("proctor", "a password for tests").expect("a proctor has an account");
        // Only where somebody is there can an exam be stopped.
        let supervision = if policy == "strict" { &["--supervision", "in-the-room"][..] } else { &[] };
        let further = [further, supervision].concat();
        let administration = stage.administer_with("first-steps", policy, &further).expect("the exam is scheduled");
        stage.serve().expect("the service comes up");
        let admit = ["admit", "--administration", &administration.id, "--candidate", "window-candidate", "--name"];
        let admitted = stage.issuer(&[&admit, ["Window Candidate"].as_slice(), accommodation].concat());
        let link = admitted.expect("a link")["link"].as_str().expect("a link").to_owned();
        let right = right.into_iter().map(|(item, value)| (item.to_string(), value)).collect();
        Self { stage, link, items: bank.exam.items, right, _folder: folder }
    }

    /// The question on the page.
    #[track_caller]
    pub fn question(&self, application: &Application) -> &Item {
        let prompts: Vec<_> = self.items.iter().map(|item| &item.prompt).collect();
        let index = wait("a question of the exam on the page", || {
            application.ask("whichOf", &[json!(prompts)])?.as_u64().and_then(|index| usize::try_from(index).ok())
        });
        &self.items[index]
    }

    pub fn answer_to(&self, item: &Item) -> &Value {
        &self.right[item.id.as_str()]
    }

    /// The exam as its proctor sees it in the console, and every record of its one sitting.
    pub fn seen_by_proctor(&self, driver: &Driver) -> (Json, Vec<Json>) {
        let detail = self.detail(driver);
        (detail["sitting"].clone(), detail["records"].as_array().cloned().unwrap_or_default())
    }

    /// All that the console shows of the one sitting.
    pub fn detail(&self, driver: &Driver) -> Json {
        let console = format!("{}/api/console", self.stage.origin);
        let login = json!({"name": "proctor", "password": "a password for tests"});
        let (status, cookie, _) = driver.fetch(Method::POST, &format!("{console}/login"), Some(&login), "");
        assert_eq!(status, 204, "the proctor logs in");
        let read = |path: &str| -> Json {
            let (status, _, text) = driver.fetch(Method::GET, &format!("{console}{path}"), None, &cookie);
            assert_eq!(status, 200, "{path}: {text}");
            serde_json::from_str(&text).expect("the console speaks JSON")
        };
        let sitting = read("/sittings")["sittings"][0].clone();
        read(&format!("/sittings/{}", sitting["id"].as_str().unwrap_or_default()))
    }
}

impl Application {
    /// On the start page: opens the keys that a passphrase seals, or makes them.
    pub fn give_passphrase(&self, button: &str) {
        self.until_shown("home");
        self.fill("#passphrase", PASSPHRASE);
        self.press("button", button);
        // Sealing takes a moment on purpose, and without keys nothing goes on.
        wait("the keys to be open", || (!self.sees("#passphrase", "*")).then_some(()));
    }

    /// From the start page to the notice, by the link.
    pub fn admit_by(&self, link: &str) {
        self.fill("#link", link);
        self.press("button", "Look it up");
        self.accept_offer();
    }

    /// From the offer to the notice.
    pub fn accept_offer(&self) {
        self.until_shown("offer");
        self.press("button", "Yes, get my admission");
        self.until_shown("admitted");
    }

    /// From nothing to the list of checks.
    pub fn get_ready(&self, link: &str) {
        self.give_passphrase("Set passphrase");
        self.admit_by(link);
        self.press("button", "I have read this and accept it");
        self.until_shown("checking");
        self.until_seen("button", "Begin the exam");
    }

    /// From nothing to the first question.
    pub fn sit_down(&self, link: &str) {
        self.begin(link);
        wait("the exam to hold the machine", || self.screen.is_held().then_some(()));
    }

    /// The same, whatever holds.
    pub fn begin(&self, link: &str) {
        self.get_ready(link);
        self.press("button", "Begin the exam");
        self.until_shown("exam");
    }

    /// Answers the question on the page and waits for the word that it is saved.
    #[track_caller]
    pub fn give(&self, value: &Value) {
        self.give_unsaved(value);
        self.until_saved(value);
    }

    /// Answers the question on the page, saved or not.
    #[track_caller]
    pub fn give_unsaved(&self, value: &Value) {
        let taken = |id: &String| {
            let field = format!("article input[value=\"{id}\"]");
            self.press(&field, "*");
        };
        match value {
            Value::Base(Base::Identifier(id)) => taken(id),
            Value::List(List::Identifier(ids)) => ids.iter().for_each(taken),
            Value::Base(Base::String(text)) => self.fill("article input, article textarea", text),
        }
    }

    /// From a question or the review to the page that says it is handed in, answered or not.
    pub fn hand_in(&self) {
        if self.shown() != "review" {
            self.press("button", "Review answers");
            self.until_shown("review");
        }
        self.press("button", "Hand in …");
        self.until_seen("heading", "Hand in your exam?");
        self.press("button", "Hand in now");
        self.until_shown("closed");
        wait("the desktop to be free after handing in", || self.screen.is_free().then_some(()));
    }

    #[track_caller]
    pub fn until_saved(&self, value: &Value) {
        wait("the answer to be saved", || {
            let saved = self.attribute("[data-saved]", "data-saved")? == "saved";
            (saved && self.answer() == written(value)).then_some(())
        });
    }

    /// What the fields of the question hold.
    pub fn answer(&self) -> Json {
        self.ask("answer", &[]).unwrap_or_default()
    }

    /// Goes to another question by the overview.
    #[track_caller]
    pub fn go_to(&self, number: usize) {
        let (button, begin) = (format!("Question {number},*"), self.named(&format!("Question {number} of*")));
        let begin = begin.trim_end_matches('*');
        self.press("button", &button);
        let mut looks = 0;
        wait(begin, || {
            let there = self.text("#question").is_some_and(|text| text.starts_with(begin));
            looks += 1;
            // The page may have moved away under the click: just after a start it grows to the whole screen.
            if !there && looks % 40 == 0 {
                self.press("button", &button);
            }
            there.then_some(())
        });
    }

    /// The seconds that the timer shows.
    #[track_caller]
    pub fn seconds_left(&self) -> u64 {
        wait("the time left on the page", || {
            let text = self.text("[role=timer]")?;
            let (minutes, seconds) = text.split_whitespace().next()?.split_once(':')?;
            Some(minutes.parse::<u64>().ok()? * 60 + seconds.parse::<u64>().ok()?)
        })
    }
}

/// A value as the fields of the page hold it.
pub fn written(value: &Value) -> Json {
    match value {
        Value::Base(Base::Identifier(id)) => json!([id]),
        Value::List(List::Identifier(ids)) => json!(ids),
        Value::Base(Base::String(text)) => json!(text),
    }
}
