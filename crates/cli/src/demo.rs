//! `invigil demo`, which `make run` starts: an issuing service of its own, one admission, and the application open at it.
//! Whatever ends it, it takes away what it made.

use crate::fail;
use invigil::stage::{Administration, Stage, StageError, binary};
use rustix::process::{Pid, kill_process};
use std::{
    fs,
    future::poll_fn,
    io,
    path::{Path, PathBuf},
    process::{Command, ExitCode, ExitStatus, Stdio},
    task::Poll,
};
use tokio::signal::unix::{Signal, SignalKind, signal};

type Outcome<T> = Result<T, StageError>;

pub fn demo(console: Option<PathBuf>, exams: &Path) -> ExitCode {
    match show(console, exams) {
        Ok(status) => status,
        Err(error) => fail("demo-failed", error),
    }
}

fn show(console: Option<PathBuf>, exams: &Path) -> Outcome<ExitCode> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    // From here on no signal ends this process, which has a folder and an issuing service to take away again.
    let stops = runtime.block_on(async { Stops::new() })?;
    let folder = tempfile::tempdir()?;
    let mut stage = Stage::set(&folder.path().join("issuer"), "Demonstration issuer", None)?;
    if let Some(console) = console {
        stage.with_ui(&console);
    }
    let meshery = exams.join("meshery");
    if meshery.exists() {
        stage.load(&meshery, &[])?;
    }
    let sample = exams.join("sample");
    stage.load(&sample, &[sample.join("first-steps/first-steps.md")])?;
    let password = invigil_core::checkpoint::crockford(&*invigil_client::random::bytes::<10>());
    stage.account("proctor", &password)?;
    stage.serve()?;
    let Administration { id, start_code, resume_code } = stage.administer("first-steps", "moderate")?;
    let link = stage.admit(&id, "demo-candidate", "Demo Candidate")?;
    println!("issuing service  {}", stage.origin);
    println!("admission link   {link}");
    println!("proctor console  {}/console/  (proctor / {password})", stage.origin);
    println!("start code       {start_code}    resume code  {resume_code}");
    let practice = folder.path().join("practice");
    build_practice(exams, &practice)?;
    let mut application = tokio::process::Command::new(binary("invigil-desktop")?);
    application.arg(&link);
    let candidate = folder.path().join("candidate");
    application.env("INVIGIL_STATE", &candidate).env("INVIGIL_PRACTICE", &practice);
    let outcome = runtime.block_on(stops.or_end_of(application));
    invigil_client::vault::Vault::forget(&candidate);
    let (ending, status) = outcome?;
    println!("the application has ended ({ending}); the demonstration's data is removed");
    Ok(status)
}

/// The signals by which a person or a terminal ends a program.
struct Stops(Vec<Signal>);

impl Stops {
    fn new() -> io::Result<Self> {
        let kinds = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()];
        kinds.into_iter().map(signal).collect::<io::Result<_>>().map(Self)
    }

    /// Waits until the program ends by itself, or ends it when this one is told to end.
    async fn or_end_of(mut self, mut program: tokio::process::Command) -> io::Result<(ExitStatus, ExitCode)> {
        /// What a shell says of a program that Ctrl-C has ended.
        const INTERRUPTED: u8 = 130;
        let mut child = program.spawn()?;
        let stopped = poll_fn(|context| {
            let any = self.0.iter_mut().any(|stop| stop.poll_recv(context).is_ready());
            if any { Poll::Ready(()) } else { Poll::Pending }
        });
        tokio::select! {
            ending = child.wait() => return Ok((ending?, ExitCode::SUCCESS)),
            () = stopped => {}
        }
        // Told rather than killed: the guard passes it on to the application and then ends itself.
        if let Some(id) = child.id().and_then(|id| Pid::from_raw(id.try_into().ok()?)) {
            // A terminal has told the guard too, so it may just have ended.
            let _ = kill_process(id, rustix::process::Signal::TERM);
        }
        Ok((child.wait().await?, ExitCode::from(INTERRUPTED)))
    }
}

fn build_practice(exams: &Path, practice: &Path) -> Outcome<()> {
    fs::create_dir_all(practice)?;
    let contributor = exams.join("meshery/certified-meshery-contributor");
    for entry in fs::read_dir(&contributor).into_iter().flatten().flatten() {
        let path = entry.path();
        let Some(name) = path.file_stem().and_then(|stem| stem.to_str()).filter(|name| !name.starts_with('_')) else {
            continue;
        };
        let out = practice.join(format!("{name}.invigil"));
        let arguments = ["pack", "build", "--practice", "--out"];
        let status =
            Command::new(binary("invigil")?).args(arguments).arg(&out).arg(&path).stdout(Stdio::null()).status()?;
        if !status.success() {
            return Err(StageError(format!("no practice pack could be built from {}", path.display())));
        }
    }
    Ok(())
}
