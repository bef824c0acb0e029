//! `invigil doctor`: the desktop application tries what an exam asks of this machine, and the report is printed for
//! people, in the words of the window.
//!
//! Exit codes: 0 = an exam could begin, 1 = not, 2 = it was asked for something that there is not.

use clap::Args;
use fluent_bundle::{FluentArgs, FluentBundle, FluentResource};
use invigil::stage::binary;
use invigil_client::{
    about::About,
    folder::{Folder, default_root},
    view::{Check, CheckState, Report},
};
use invigil_core::{
    policy::{Control, Policy},
    readiness::Consent,
};
use std::{
    collections::BTreeMap,
    process::{Command, ExitCode, Stdio},
};

/// It was asked for something that there is not.
pub const MISUSE: u8 = 2;

const TEXTS: [&str; 3] = [
    include_str!("../../../ui/locales/en/start.ftl"),
    include_str!("../../../ui/locales/en/probes.ftl"),
    include_str!("../../../ui/locales/en/problems.ftl"),
];
const COLUMNS: usize = 96;

#[derive(Args)]
pub struct Arguments {
    /// Whose rules to try: open, moderate or strict
    #[arg(long, conflicts_with = "sitting", value_parser = Policy::PRESETS)]
    policy: Option<String>,
    /// Try the rules of an exam that this computer is admitted to
    #[arg(long)]
    sitting: Option<String>,
    /// Print the report as the JSON document of docs/formats/readiness.md
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: &Arguments) -> ExitCode {
    let application = match binary("invigil-desktop") {
        Ok(application) => application,
        Err(error) => return refuse(error),
    };
    let mut command = Command::new(application);
    command.args(["--doctor", "--json"]).stdout(Stdio::piped());
    for (option, value) in [("--policy", &arguments.policy), ("--sitting", &arguments.sitting)] {
        if let Some(value) = value {
            command.arg(option).arg(value);
        }
    }
    let output = match command.spawn().and_then(std::process::Child::wait_with_output) {
        Ok(output) => output,
        Err(error) => return refuse(format_args!("The desktop application does not start: {error} (doctor-silent)")),
    };
    let report = serde_json::from_slice::<Report>(&output.stdout);
    match (report, output.status.code()) {
        (Ok(_), _) if arguments.json => print!("{}", String::from_utf8_lossy(&output.stdout)),
        (Ok(report), _) => print!("{}", Page::new().of(&report)),
        // It has said on standard error what is the matter.
        (Err(_), Some(2)) => return ExitCode::from(MISUSE),
        (Err(_), _) => {
            eprintln!("The desktop application gave no report (doctor-silent).");
            return ExitCode::FAILURE;
        }
    }
    if output.status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn refuse(why: impl std::fmt::Display) -> ExitCode {
    eprintln!("{why}");
    ExitCode::from(MISUSE)
}

/// The report as text.
struct Page {
    texts: FluentBundle<FluentResource>,
}

impl Page {
    fn new() -> Self {
        let mut texts = FluentBundle::new(vec!["en".parse().unwrap_or_default()]);
        texts.set_use_isolating(false);
        // Only terms that two files share are refused, and they say the same in both.
        TEXTS.iter().filter_map(|text| FluentResource::try_new((*text).to_owned()).ok()).for_each(|resource| {
            let _ = texts.add_resource(resource);
        });
        Self { texts }
    }

    fn of(&self, report: &Report) -> String {
        let mut lines = vec![format!("Desktop: {}", report.desktop), format!("Rules: {}", report.policy)];
        if let Some(id) = &report.sitting {
            lines.push(format!("Exam: {id}"));
        }
        if report.consent == Consent::Asked {
            lines.extend(self.text("trial-consent", None, &BTreeMap::new()).iter().flat_map(|text| wrapped(text)));
        }
        let is_control = |check: &&Check| Control::ALL.iter().any(|control| control.word() == check.id);
        let is_probe = |check: &&Check| check.id.starts_with("probe-");
        let all = || report.checks.iter();
        lines.extend(self.section("This computer", all().filter(|check| !is_control(check) && !is_probe(check))));
        lines.extend(self.section("What an exam holds", all().filter(is_control)));
        lines.extend(self.section("What an exam looks for", all().filter(is_probe)));
        lines.push(String::new());
        lines.extend(self.text(&format!("level-{:?}", report.level), None, &BTreeMap::new()));
        lines.push(Self::conclusion(report).to_owned());
        if report.sitting.is_none() {
            lines.extend(admitted());
        }
        lines.push(String::new());
        lines.join("\n")
    }

    fn conclusion(report: &Report) -> &'static str {
        match (report.may_begin, report.released) {
            (_, false) => "It was not seen that everything was given back. Log out and in again before an exam.",
            (true, true) => "An exam could begin on this computer. Everything was given back.",
            (false, true) => "An exam could not begin on this computer as it is. Everything was given back.",
        }
    }

    fn section<'a>(&self, title: &str, checks: impl Iterator<Item = &'a Check>) -> Vec<String> {
        let mut lines = vec![String::new(), title.to_owned()];
        lines.extend(checks.flat_map(|check| self.check(check)));
        lines
    }

    fn check(&self, check: &Check) -> Vec<String> {
        let sign = match check.state {
            CheckState::Fine => "ok  ",
            CheckState::Note => "note",
            CheckState::Missing => "MEND",
        };
        let facts = &check.args;
        let probe = check.id.starts_with("probe-");
        let (name, key) = match (probe, check.code.as_str()) {
            (true, code @ ("blind" | "silent")) => (check.id.clone(), format!("check-{code}")),
            (true, _) => (check.id.clone(), check.id.clone()),
            (false, code) => (format!("check-{}", check.id), format!("check-{}-{code}", check.id)),
        };
        let (said, remedy) = match check.code.as_str() {
            "" => (None, None),
            "seen" => (Some("seen"), Some("do").filter(|_| check.state == CheckState::Missing)),
            _ => (None, Some("do")),
        };
        let name = self.text(&name, None, facts).unwrap_or_else(|| check.id.clone());
        let problem = format!("problem-{}", check.code);
        let mut lines = vec![format!("  {sign}  {name}")];
        if !check.code.is_empty() {
            let said = self.text(&key, said, facts).or_else(|| self.text(&problem, said, facts));
            lines.extend(said.iter().flat_map(|said| wrapped(said)));
            let why = check.args.get("why").filter(|why| !said.as_ref().is_some_and(|said| said.contains(*why)));
            lines.extend(why.iter().flat_map(|why| wrapped(&format!("({why})"))));
        }
        if let Some(remedy) = remedy {
            let todo = self.text(&key, Some(remedy), facts).or_else(|| self.text(&problem, Some(remedy), facts));
            lines.extend(todo.iter().flat_map(|todo| wrapped(&format!("→ {todo}"))));
        }
        lines
    }

    /// A text, or one of its attributes, with the facts that it names.
    fn text(&self, id: &str, attribute: Option<&str>, facts: &BTreeMap<String, String>) -> Option<String> {
        let message = self.texts.get_message(id)?;
        let pattern = match attribute {
            Some(name) => message.get_attribute(name)?.value(),
            None => message.value()?,
        };
        let mut args = FluentArgs::new();
        for (name, value) in facts {
            match value.parse::<f64>() {
                Ok(number) => args.set(name.as_str(), number),
                Err(_) => args.set(name.as_str(), value.as_str()),
            }
        }
        Some(self.texts.format_pattern(pattern, Some(&args), &mut vec![]).into_owned())
    }
}

/// The exams that this computer is admitted to.
fn admitted() -> Vec<String> {
    let folder = Folder::at(default_root());
    let about = |id| Some((About::read(&folder, &id)?, id));
    let known = folder.sittings().into_iter().filter_map(about).filter(|(about, _)| about.asks.is_some());
    known.map(|(about, id)| format!("For “{}”: invigil doctor --sitting {id}", about.exam)).collect()
}

fn wrapped(text: &str) -> Vec<String> {
    const INDENT: &str = "        ";
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let long = lines.last().is_some_and(|line| COLUMNS < line.chars().count() + word.chars().count());
        match lines.last_mut() {
            Some(line) if !long => line.push_str(&format!("{}{word}", if line.is_empty() { INDENT } else { " " })),
            _ => lines.push(format!("{INDENT}{word}")),
        }
    }
    lines
}
