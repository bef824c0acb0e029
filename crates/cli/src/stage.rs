//! A stage: an issuing service of its own, on loopback, with everything that one sitting needs. Rehearsals, the demo
//! and the journeys run on it, against the shipped binaries.

use invigil_core::{
    ItemId, Value,
    grading::{MarkScheme, Rule},
    item::{Exam, Interaction, Item},
};
use serde_json::Value as Json;
use std::{
    collections::BTreeMap,
    env, fs,
    io::{self, BufRead, BufReader},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

/// What went wrong on a stage.
#[derive(Debug)]
pub struct StageError(pub String);

impl std::fmt::Display for StageError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for StageError {}

impl From<io::Error> for StageError {
    fn from(error: io::Error) -> Self {
        Self(error.to_string())
    }
}

/// An issuing service in a folder of its own.
pub struct Stage {
    folder: PathBuf,
    passphrase: String,
    /// Where candidates reach it.
    pub origin: String,
    listen: String,
    ui: Option<PathBuf>,
    database: Option<String>,
    process: Option<Child>,
}

impl Stage {
    /// Sets up an issuer in `folder` with fresh keys. Candidates will be sent to `public_port` if it is given, for a
    /// proxy in between; the service itself listens elsewhere then.
    ///
    /// # Errors
    /// When the issuer's program is missing or fails; its own words are in the error.
    pub fn set(folder: &Path, name: &str, public_port: Option<u16>) -> Result<Self, StageError> {
        Self::listening(folder, name, free_port()?, public_port, None)
    }

    /// The same with its rows on the PostgreSQL server at `database`.
    ///
    /// # Errors
    /// As [`Stage::set`].
    pub fn set_on(folder: &Path, name: &str, public_port: u16, database: &str) -> Result<Self, StageError> {
        Self::listening(folder, name, free_port()?, Some(public_port), Some(database))
    }

    /// Sets up an issuer with fresh keys at a port of the caller's choice.
    ///
    /// # Errors
    /// As [`Stage::set`].
    pub fn at(folder: &Path, name: &str, port: u16) -> Result<Self, StageError> {
        Self::listening(folder, name, port, None, None)
    }

    fn listening(
        folder: &Path,
        name: &str,
        own: u16,
        public_port: Option<u16>,
        database: Option<&str>,
    ) -> Result<Self, StageError> {
        let origin = format!("http://127.0.0.1:{}", public_port.unwrap_or(own));
        let mut passphrase = *invigil_client::random::bytes::<16>();
        let stage = Self {
            folder: folder.to_owned(),
            passphrase: passphrase.iter().map(|byte| format!("{byte:02x}")).collect(),
            origin,
            listen: format!("127.0.0.1:{own}"),
            ui: None,
            database: database.map(str::to_owned),
            process: None,
        };
        passphrase.fill(0);
        fs::create_dir_all(folder)?;
        stage.issuer(&["keys", "new", "--name", name, "--origin", &stage.origin])?;
        Ok(stage)
    }

    /// Serves the console's page from `folder` too.
    pub fn with_ui(&mut self, folder: &Path) {
        self.ui = Some(folder.to_owned());
    }

    /// Where the service listens itself.
    pub fn listens_at(&self) -> &str {
        &self.listen
    }

    /// The issuer's process id, while it runs.
    pub fn process_id(&self) -> Option<u32> {
        self.process.as_ref().map(Child::id)
    }

    /// What opens its keys.
    pub fn passphrase(&self) -> &str {
        &self.passphrase
    }

    /// Runs one command of the issuer and returns the JSON it prints.
    ///
    /// # Errors
    /// The issuer's own words.
    pub fn issuer(&self, arguments: &[&str]) -> Result<Json, StageError> {
        let output = self.command(arguments)?.stdin(Stdio::null()).output()?;
        if !output.status.success() {
            let words = String::from_utf8_lossy(&output.stderr);
            return Err(StageError(format!("invigil-issuer {}: {}", arguments.join(" "), words.trim())));
        }
        let text = String::from_utf8_lossy(&output.stdout);
        Ok(text.lines().rev().find_map(|line| serde_json::from_str(line).ok()).unwrap_or(Json::Null))
    }

    /// One command of the issuer, to be run.
    ///
    /// # Errors
    /// When the program is not there.
    pub fn command(&self, arguments: &[&str]) -> Result<Command, StageError> {
        let mut command = Command::new(binary("invigil-issuer")?);
        command.arg("--data").arg(&self.folder).args(arguments);
        if arguments.first() != Some(&"serve") {
            command.arg("--json");
        }
        command.env("INVIGIL_ISSUER_PASSPHRASE", &self.passphrase);
        if let Some(database) = &self.database {
            command.env("INVIGIL_DATABASE_URL", database);
        }
        Ok(command)
    }

    /// Adds an account for the console.
    ///
    /// # Errors
    /// The issuer's own words.
    pub fn account(&self, name: &str, password: &str) -> Result<(), StageError> {
        let mut command = self.command(&["account", "add", name, "--role", "proctor"])?;
        let output = command.env("INVIGIL_PASSWORD", password).stdin(Stdio::null()).output()?;
        if output.status.success() {
            Ok(())
        } else {
            Err(StageError(String::from_utf8_lossy(&output.stderr).trim().to_owned()))
        }
    }

    /// Loads a programme and adds a pack of each of these exam files.
    ///
    /// # Errors
    /// The issuer's own words.
    pub fn load(&self, programme: &Path, exams: &[PathBuf]) -> Result<(), StageError> {
        self.issuer(&["programme", "load", &programme.display().to_string()])?;
        for exam in exams {
            self.issuer(&["pack", "add", &exam.display().to_string()])?;
        }
        Ok(())
    }

    /// Schedules an exam from now on for an hour.
    ///
    /// # Errors
    /// The issuer's own words.
    pub fn administer(&self, exam: &str, policy: &str) -> Result<Administration, StageError> {
        self.administer_with(exam, policy, &[])
    }

    /// The same, with further arguments of `administration new`.
    ///
    /// # Errors
    /// The issuer's own words.
    pub fn administer_with(&self, exam: &str, policy: &str, further: &[&str]) -> Result<Administration, StageError> {
        let arguments =
            ["administration", "new", "--exam", exam, "--opens", "now", "--closes", "+1h", "--policy", policy];
        let json = self.issuer(&[&arguments, further].concat())?;
        let text = |name: &str| json[name].as_str().unwrap_or_default().to_owned();
        Ok(Administration { id: text("id"), start_code: text("startCode"), resume_code: text("resumeCode") })
    }

    /// Admits a candidate and returns the link.
    ///
    /// # Errors
    /// The issuer's own words.
    pub fn admit(&self, administration: &str, candidate: &str, name: &str) -> Result<String, StageError> {
        let arguments = ["admit", "--administration", administration, "--candidate", candidate, "--name", name];
        let json = self.issuer(&arguments)?;
        json["link"].as_str().map(str::to_owned).ok_or_else(|| StageError("the issuer printed no link".to_owned()))
    }

    /// Starts the service and waits until it listens.
    ///
    /// # Errors
    /// When it does not come up.
    pub fn serve(&mut self) -> Result<(), StageError> {
        let mut command = self.command(&["serve", "--listen", &self.listen])?;
        if let Some(ui) = &self.ui {
            command.arg("--ui").arg(ui);
        }
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
        let mut line = String::new();
        if let Some(stdout) = child.stdout.as_mut() {
            BufReader::new(stdout).read_line(&mut line)?;
        }
        self.process = Some(child);
        if line.contains("listening on") {
            Ok(())
        } else {
            self.stop();
            Err(StageError("the issuing service did not come up".to_owned()))
        }
    }

    /// Ends the service at once, as a crash would.
    pub fn stop(&mut self) {
        if let Some(mut child) = self.process.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A scheduled exam and the codes its proctor holds.
#[derive(Debug, Clone)]
pub struct Administration {
    /// Its identifier.
    pub id: String,
    /// Starts sittings without the issuer.
    pub start_code: String,
    /// Lets a held sitting go on.
    pub resume_code: String,
}

/// A program that is shipped beside this one.
///
/// # Errors
/// When it is not there.
pub fn binary(name: &str) -> Result<PathBuf, StageError> {
    let own = env::current_exe()?;
    // A test runs one folder further down than the programs it tests.
    let folders = [own.parent(), own.parent().and_then(Path::parent)];
    let found = folders.into_iter().flatten().map(|folder| folder.join(name)).find(|path| path.exists());
    found.ok_or_else(|| StageError(format!("the program {name} does not lie beside {}", own.display())))
}

/// A port of this machine that nobody listens on.
///
/// # Errors
/// When there is none.
pub fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// The answers that the mark scheme accepts.
pub fn right_answers(exam: &Exam, marks: &MarkScheme) -> BTreeMap<ItemId, Value> {
    let right = |item: &Item| {
        let value = match (&marks.keys.get(&item.id)?.rule, &item.interaction) {
            (Rule::Choices { correct }, Interaction::Choice { max_choices: 1, .. }) => {
                Value::choice(correct.first()?.clone())
            }
            (Rule::Choices { correct }, _) => Value::choices(correct.clone()),
            (Rule::Map { choices }, Interaction::Choice { max_choices: 1, .. }) => {
                Value::choice(choices.iter().max_by_key(|(_, marks)| **marks)?.0.clone())
            }
            (rule @ Rule::Map { .. }, _) => Value::choices(rule.right_choices().cloned()),
            (Rule::Text { accepted, .. }, _) => Value::text(accepted.first()?.clone()),
            (Rule::Marker, _) => return None,
        };
        Some((item.id.clone(), value))
    };
    exam.items.iter().filter_map(right).collect()
}
