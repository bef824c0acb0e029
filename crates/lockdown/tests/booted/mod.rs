//! A small system of the same release as this one, booted in a container: it has a login service and users.
//!
//! Making it takes minutes and the network, once; it is kept beside the build. Each boot is from a copy that is
//! forgotten. Only root can do this, so elsewhere the tests that need it say that they are left out.

use invigil_lockdown::guard::monotonic;
use std::{
    cell::Cell,
    fs,
    io::{Write, stderr},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::Mutex,
    thread::sleep,
    time::Duration,
};

const PACKAGES: &str = "systemd,systemd-sysv,dbus,dbus-user-session,libpam-systemd,polkitd,procps,login,\
                        openssh-server,openssh-client";
const LIMIT: Duration = Duration::from_secs(30);

pub struct Booted {
    container: Child,
    /// Its first process, as this system counts.
    first: Cell<u32>,
    folder: tempfile::TempDir,
}

impl Booted {
    /// Boots it with the users `cand` and `other`, or says why that cannot be and returns `None`.
    pub fn start() -> Option<Self> {
        match root() {
            Ok(root) => Some(Self::boot(&root)),
            Err(why) => {
                // Not by `eprintln`, which is hidden where a test does not fail.
                let _told = writeln!(stderr(), "LEFT OUT, no system to boot: {why}");
                None
            }
        }
    }

    fn boot(root: &Path) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o777)).expect("open to all");
        let program = resident();
        let mut command = Command::new("systemd-nspawn");
        command.args(["-q", "--boot", "--volatile=overlay", "--register=no", "--keep-unit", "--private-network"]);
        command.args(["--console=pipe", "-D"]).arg(root);
        // Two at a time must not have one name; the folder's is random.
        let name = folder.path().file_name().unwrap_or_default().to_string_lossy().replace('.', "");
        command.arg(format!("--machine=invigil-{name}"));
        command.arg(format!("--bind-ro={}:/resident", program.display()));
        command.arg(format!("--bind={}:/seen", folder.path().display()));
        let log = fs::File::create(folder.path().join("boot.log")).expect("a log");
        command.stdin(Stdio::null()).stdout(log.try_clone().expect("a log")).stderr(log);
        let container = command.spawn().expect("systemd-nspawn starts");
        let booted = Self { container, first: Cell::new(0), folder };
        booted.wait_until("it has booted", || {
            booted.first.set(init_of(booted.container.id()).unwrap_or_default());
            let ready = || text(&booted.run("systemctl is-system-running 2>/dev/null"));
            booted.first.get() != 0 && ["running", "degraded"].contains(&ready().as_str())
        });
        booted.must("useradd -m -s /bin/sh cand && useradd -m -s /bin/sh other");
        booted
    }

    /// Runs a line of shell as its root.
    pub fn run(&self, line: &str) -> Output {
        assert_ne!(self.first.get(), 0, "there is no system to run anything in");
        let mut command = Command::new("nsenter");
        command.args(["-t", &self.first.get().to_string(), "-a", "-r", "-w/", "sh", "-c", line]).current_dir("/");
        command.stdin(Stdio::null()).output().expect("nsenter runs")
    }

    /// The same; it has to succeed. Returns what it printed.
    #[track_caller]
    pub fn must(&self, line: &str) -> String {
        let output = self.run(line);
        assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
        text(&output)
    }

    /// Starts a command in a login session of a user on the first seat, and returns the session's id.
    pub fn log_in(&self, user: &str, command: &str) -> String {
        self.log_in_as(user, "user", command)
    }

    /// The same in a session of this class.
    pub fn log_in_as(&self, user: &str, class: &str, command: &str) -> String {
        self.wait_until("the former session has ended", || {
            !self.run(&format!("pgrep -u {user} sleep")).status.success()
        });
        self.must(&format!(
            "systemd-run --quiet --collect --unit=of-{user}-{class} -p PAMName=login -p User={user} -E XDG_SEAT=seat0 \
             -E XDG_SESSION_TYPE=wayland -E XDG_SESSION_CLASS={class} {command}"
        ));
        let line = format!("loginctl list-sessions --no-legend | awk '$3 == \"{user}\" {{print $1}}' | tail -n 1");
        self.wait_until("a session", || !text(&self.run(&line)).is_empty());
        self.must(&line)
    }

    /// Starts the resident program as a unit beside every session, as desktops start what is clicked on.
    ///
    /// A unit can fail before its program runs, with all that its start said being that it began. So it has to be heard
    /// from, and is started once more if it is not.
    pub fn start_beside_sessions(&self, user: &str) {
        let lives = || !self.seen("pid").is_empty();
        for _ in 0..2 {
            self.must(&format!("systemd-run --quiet --collect --service-type=exec -p User={user} /resident /seen"));
            let began = monotonic();
            while !lives() && monotonic() - began < LIMIT / 3 {
                sleep(Duration::from_millis(20));
            }
            if lives() {
                return;
            }
            let _told = writeln!(stderr(), "the resident program was not heard from; {}", self.journal());
        }
        panic!("the resident program was not heard from");
    }

    /// The last lines of its journal, for a failure.
    fn journal(&self) -> String {
        match self.first.get() {
            0 => String::new(),
            _ => text(&self.run("journalctl --boot --lines=60 --no-pager 2>&1")),
        }
    }

    /// What the resident program says of something now.
    pub fn seen(&self, what: &str) -> String {
        fs::read_to_string(self.folder.path().join(what)).unwrap_or_default()
    }

    pub fn order(&self, what: &str) {
        fs::write(self.folder.path().join("order"), what).expect("ordered");
    }

    #[track_caller]
    pub fn wait_to_see(&self, what: &str, expected: &str) {
        let began = monotonic();
        while self.seen(what) != expected {
            let told = || self.journal();
            assert!(monotonic() - began < LIMIT, "{what} is “{}”, never “{expected}”; {}", self.seen(what), told());
            sleep(Duration::from_millis(20));
        }
    }

    #[track_caller]
    pub fn wait_until(&self, what: &str, holds: impl Fn() -> bool) {
        let began = monotonic();
        while !holds() {
            assert!(monotonic() - began < LIMIT, "never seen: {what}; {}{}", self.seen("boot.log"), self.journal());
            sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Booted {
    fn drop(&mut self) {
        // Told so, it shuts the system in it down.
        let pid = rustix::process::Pid::from_child(&self.container);
        let _asked = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
        let began = monotonic();
        while matches!(self.container.try_wait(), Ok(None)) && monotonic() - began < Duration::from_secs(10) {
            sleep(Duration::from_millis(20));
        }
        let _killed = self.container.kill();
        let _reaped = self.container.wait();
    }
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// The first process of the container that this process keeps. It counts its processes anew: a child that still counts
/// them as we do is one of this system, and nothing of what is meant for the container may happen there.
fn init_of(keeper: u32) -> Option<u32> {
    let counts = |pid: &str| fs::read_link(format!("/proc/{pid}/ns/pid")).ok();
    let parent = format!("PPid:\t{keeper}");
    let entries = fs::read_dir("/proc").ok()?.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let mut inits = entries.filter(|pid| {
        let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        status.lines().any(|line| line == parent) && counts(pid).is_some_and(|own| Some(own) != counts("self"))
    });
    inits.next()?.parse().ok()
}

fn resident() -> PathBuf {
    let path = Path::new(env!("CARGO_BIN_EXE_invigil-guard")).with_file_name("examples").join("resident");
    assert!(path.exists(), "{path:?} is missing: run `cargo test -p invigil-lockdown`, which builds examples too");
    path
}

/// The folder of the system, made if it is not there.
fn root() -> Result<PathBuf, String> {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _guard = ONE_AT_A_TIME.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if !rustix::process::geteuid().is_root() {
        return Err("only root can boot a container".to_owned());
    }
    let Some((release, mirror)) = release() else {
        return Err("this is no Debian or Ubuntu whose mirror apt tells".to_owned());
    };
    for (program, package) in [("debootstrap", "debootstrap"), ("systemd-nspawn", "systemd-container")] {
        if Command::new(program).arg("--version").output().is_err() {
            return Err(format!("{program} is missing: install the package {package}"));
        }
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("system-{release}"));
    // Its name says that it is whole; its content, of which packages.
    let made_of = folder.join("made-of");
    if fs::read_to_string(&made_of).is_ok_and(|made_of| made_of == PACKAGES) {
        return Ok(folder);
    }
    let _told = writeln!(stderr(), "making a system to boot in {}, which takes minutes, once", folder.display());
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(|error| format!("an old one cannot be removed: {error}"))?;
    }
    let mut command = Command::new("debootstrap");
    command.args(["--variant=minbase", &format!("--include={PACKAGES}"), &release]).arg(&folder).arg(mirror);
    let output = command.output().map_err(|error| error.to_string())?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stdout).trim().lines().next_back().unwrap_or_default().to_owned();
        return Err(format!("debootstrap could not make it: {said}"));
    }
    fs::write(&made_of, PACKAGES).map_err(|error| error.to_string())?;
    Ok(folder)
}

/// The release of this system and the mirror that apt takes it from. The same release, as its programs are linked
/// with the libraries of this one.
fn release() -> Option<(String, String)> {
    let about = fs::read_to_string("/etc/os-release").ok()?;
    let release = about.lines().find_map(|line| line.strip_prefix("VERSION_CODENAME="))?.trim_matches('"').to_owned();
    let format = "$(CODENAME) $(REPO_URI)";
    let told = Command::new("apt-get").args(["indextargets", "--format", format, "Created-By: Packages"]).output();
    let told = text(&told.ok()?);
    let mirror = told.lines().find_map(|line| line.strip_prefix(&format!("{release} ")))?.to_owned();
    Some((release, mirror))
}
