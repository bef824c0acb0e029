//! A candidate's desk: an X server, a window manager, a session bus and a home folder, all of the test's own and all
//! gone with it.

use crate::{
    nested::Compositor,
    sway::{SOMEBODY, Sway},
};
use std::{
    fs,
    io::{BufRead, BufReader, ErrorKind, Write},
    os::unix::{fs::DirBuilderExt, process::CommandExt},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// Long enough for a loaded machine. No test measures time by it.
pub const PATIENCE: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(50);

/// A bus that starts nothing by itself: no accessibility service, no portal, and no secret store, so that the
/// candidate's keys are sealed by a passphrase.
const BUS: &str = r#"<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#;

/// Windows fight for the processors of a small machine; one desk at a time keeps every wait short.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// Pixels and depth of a screen, and of one with room for two.
const USUAL: &str = "1280x800x24";
const WIDE: &str = "2560x800x24";

pub struct Desk {
    home: TempDir,
    variables: Vec<(&'static str, String)>,
    /// The display, as X programs name it.
    pub display: String,
    /// The display that this one is a window of. What is typed there comes from a keyboard here.
    outer: Option<String>,
    companions: Vec<Child>,
    /// How many a compositor in a window makes.
    pub(crate) outputs: usize,
    /// Who sits here, where it is not who runs the test.
    somebody: Option<u32>,
    _alone: MutexGuard<'static, ()>,
}

impl Desk {
    /// A desk under X11 and openbox.
    pub fn new() -> Self {
        Self::under_x11(USUAL)
    }

    /// The same with room for two whole screens beside each other.
    pub fn wide() -> Self {
        Self::under_x11(WIDE)
    }

    fn under_x11(size: &str) -> Self {
        let mut desk = Self::bare("x11", None);
        desk.start_screen(size);
        desk.start_bus();
        desk.start_window_manager();
        desk
    }

    /// A desk under sway.
    pub fn under_sway() -> Self {
        let somebody = rustix::process::getuid().is_root().then_some(SOMEBODY);
        let mut desk = Self::bare("wayland", somebody);
        desk.start_bus();
        let variables = desk.start_sway();
        desk.variables.extend(variables);
        desk.keep_a_keyboard();
        desk
    }

    /// A desk under a compositor that is a window of an outer X server.
    pub fn under(compositor: Compositor) -> Self {
        Self::nested(compositor, 1)
    }

    /// The same with a second output.
    pub fn under_with_two_outputs(compositor: Compositor) -> Self {
        Self::nested(compositor, 2)
    }

    fn nested(compositor: Compositor, outputs: usize) -> Self {
        let somebody = rustix::process::getuid().is_root().then_some(SOMEBODY);
        let mut desk = Self::bare("wayland", somebody);
        desk.start_screen(if outputs == 1 { USUAL } else { WIDE });
        // The application must not know of the outer server.
        desk.variables.retain(|(name, _)| *name != "DISPLAY");
        desk.start_bus();
        desk.start_compositor(compositor, outputs);
        desk
    }

    /// A desk under X11 and openbox whose keys come from a keyboard, as far as its server can tell: the server is a
    /// window of another one, and xdotool types there.
    pub fn with_keyboard() -> Self {
        let mut desk = Self::bare("x11", None);
        desk.start_screen(USUAL);
        desk.start_inner_screen();
        desk.start_bus();
        desk.start_window_manager();
        desk
    }

    /// A desk under sway as a window of an outer X server, whose keys are real key codes.
    pub fn under_sway_in_a_window() -> Self {
        let somebody = rustix::process::getuid().is_root().then_some(SOMEBODY);
        let mut desk = Self::bare("wayland", somebody);
        desk.start_screen(USUAL);
        // The application must not know of the outer server.
        desk.variables.retain(|(name, _)| *name != "DISPLAY");
        desk.start_bus();
        let variables = desk.start_sway();
        desk.variables.extend(variables);
        desk
    }

    pub fn is_wayland(&self) -> bool {
        self.variables.contains(&("XDG_SESSION_TYPE", "wayland".to_owned()))
    }

    pub(crate) fn variable(&mut self, name: &'static str, value: String) {
        self.variables.push((name, value));
    }

    /// The compositor, on a desk that has one.
    pub fn sway(&self) -> Option<Sway> {
        let runs = self.variables.iter().any(|(name, _)| *name == "SWAYSOCK");
        runs.then(|| Sway::of(self.variables.clone(), self.home()))
    }

    fn bare(session: &'static str, somebody: Option<u32>) -> Self {
        let alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
        let home = tempfile::tempdir().expect("a home folder");
        let runtime = home.path().join("run");
        let temporary = home.path().join("tmp");
        for folder in [&runtime, &temporary] {
            fs::DirBuilder::new().mode(0o700).create(folder).expect("a folder at home");
        }
        let variables = vec![
            ("PATH", "/usr/local/bin:/usr/bin:/bin".to_owned()),
            ("HOME", home.path().display().to_string()),
            ("XDG_RUNTIME_DIR", runtime.display().to_string()),
            ("TMPDIR", temporary.display().to_string()),
            ("XDG_SESSION_TYPE", session.to_owned()),
            ("GDK_BACKEND", session.to_owned()),
            ("LC_ALL", "C.UTF-8".to_owned()),
            ("TZ", "UTC".to_owned()),
            ("NO_AT_BRIDGE", "1".to_owned()),
            ("GSETTINGS_BACKEND", "memory".to_owned()),
            ("LIBGL_ALWAYS_SOFTWARE", "1".to_owned()),
            ("WEBKIT_DISABLE_DMABUF_RENDERER", "1".to_owned()),
        ];
        let display = String::new();
        let desk =
            Self { home, variables, display, outer: None, companions: Vec::new(), outputs: 1, somebody, _alone: alone };
        [desk.home(), &runtime, &temporary].into_iter().for_each(|folder| desk.hand_over(folder));
        desk
    }

    /// Gives a file or folder to whoever sits here.
    pub fn hand_over(&self, path: &Path) {
        if self.somebody.is_some() {
            std::os::unix::fs::chown(path, self.somebody, self.somebody).expect("a home for somebody");
        }
    }

    /// A program as whoever sits here may run it, with the programs that belong beside it.
    pub fn program(&self, path: &Path) -> PathBuf {
        if self.somebody.is_none() {
            return path.to_owned();
        }
        let beside = invigil::stage::binary("invigil-guard").unwrap_or_else(|e| panic!("{e}: run `make window`"));
        let folder = self.home().join("programs");
        if !folder.exists() {
            fs::create_dir(&folder).expect("a folder for programs");
        }
        for file in [path, &beside] {
            let copy = folder.join(file.file_name().unwrap_or_default());
            if !copy.exists() {
                fs::hard_link(file, &copy).or_else(|_| fs::copy(file, &copy).map(drop)).expect("a copy of the program");
            }
        }
        folder.join(path.file_name().unwrap_or_default())
    }

    /// The folder everything on this desk takes for its home.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// What the application keeps in a file of its folder; `None` as long as there is none.
    pub fn kept(&self, file: &str) -> Option<String> {
        fs::read_to_string(self.home().join(".local/state/invigil").join(file)).ok()
    }

    /// A command that runs on this desk and knows nothing of the test's own surroundings.
    pub fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new(program.as_ref());
        command.env_clear().envs(self.variables.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(self.journal());
        if let Some(id) = self.somebody {
            command.uid(id).gid(id);
        }
        command
    }

    /// What the programs on this desk said, for a test that failed.
    pub fn said(&self) -> String {
        fs::read_to_string(self.home().join("journal")).unwrap_or_default()
    }

    fn journal(&self) -> Stdio {
        let file = fs::OpenOptions::new().create(true).append(true).open(self.home().join("journal"));
        file.map_or_else(|_| Stdio::null(), Stdio::from)
    }

    /// Starts a program that ends with the desk.
    pub fn keep(&mut self, command: &mut Command, package: &str) -> u32 {
        let child = start(command, package);
        let id = child.id();
        self.companions.push(child);
        id
    }

    /// The address of this desk's session bus.
    pub fn bus(&self) -> &str {
        let found = self.variables.iter().find(|(name, _)| *name == "DBUS_SESSION_BUS_ADDRESS");
        found.map(|(_, address)| address.as_str()).expect("a bus")
    }

    /// Starts GNOME's secret store with an unlocked collection, as a login does.
    pub fn start_secret_store(&mut self) -> u32 {
        let mut command = self.command("gnome-keyring-daemon");
        command.args(["--foreground", "--components=secrets", "--unlock"]).stdin(Stdio::piped());
        let mut daemon = start(&mut command, "gnome-keyring");
        let id = daemon.id();
        if let Some(mut input) = daemon.stdin.take() {
            input.write_all(b"a password for tests").expect("it takes the password");
        }
        self.companions.push(daemon);
        id
    }

    fn start_screen(&mut self, size: &str) {
        let mut command = self.command("Xvfb");
        // The server finds a free number itself and writes it to its standard output.
        command.args(["-displayfd", "1", "-screen", "0", size, "-nolisten", "tcp", "-noreset"]);
        let number = self.first_line(&mut command, "xvfb");
        self.display = format!(":{number}");
        self.variables.push(("DISPLAY", self.display.clone()));
    }

    fn start_inner_screen(&mut self) {
        let mut command = self.command("Xephyr");
        command.args(["-displayfd", "1", "-screen", "1280x800", "-nolisten", "tcp", "-noreset"]);
        let number = self.first_line(&mut command, "xserver-xephyr");
        self.outer = Some(std::mem::replace(&mut self.display, format!(":{number}")));
        self.variables.push(("DISPLAY", self.display.clone()));
    }

    /// The display at which keys and the pointer are moved from outside.
    pub(crate) fn outermost(&self) -> &str {
        self.outer.as_ref().unwrap_or(&self.display)
    }

    fn start_bus(&mut self) {
        let config = self.home().join("bus.conf");
        fs::write(&config, BUS).expect("the bus's rules are written");
        let mut command = self.command("dbus-daemon");
        command.args(["--nofork", "--print-address=1", "--config-file"]).arg(&config);
        let address = self.first_line(&mut command, "dbus");
        self.variables.push(("DBUS_SESSION_BUS_ADDRESS", address));
    }

    fn start_window_manager(&mut self) {
        let ready = self.home().join("managed");
        // It announces itself before it takes windows over; a window mapped in between stays unmanaged for ever.
        let mut command = self.command("openbox");
        command.arg("--startup").arg(format!("touch {}", ready.display()));
        self.keep(&mut command, "openbox");
        wait("openbox to manage the windows", || ready.exists().then_some(()));
    }

    fn first_line(&mut self, command: &mut Command, package: &str) -> String {
        let mut child = start(command.stdout(Stdio::piped()), package);
        let mut line = String::new();
        if let Some(output) = child.stdout.as_mut() {
            BufReader::new(output).read_line(&mut line).expect("the first line of its output");
        }
        self.companions.push(child);
        assert!(!line.trim().is_empty(), "{command:?} ended at once: {}", self.said());
        line.trim().to_owned()
    }

    /// Every process that took this desk's home along, by the name of its program.
    pub fn processes(&self, program: &str) -> Vec<u32> {
        let home = format!("HOME={}", self.home().display());
        let at_home = |id: u32| {
            let variables = fs::read(format!("/proc/{id}/environ")).unwrap_or_default();
            variables.split(|byte| *byte == 0).any(|variable| variable == home.as_bytes())
        };
        let named = |id: u32| {
            let file = fs::read_link(format!("/proc/{id}/exe")).ok();
            let name = file.as_deref().and_then(Path::file_name).and_then(|name| name.to_str()).unwrap_or_default();
            // A program that was built anew while it runs is still the same program.
            program.is_empty() || name.trim_end_matches(" (deleted)") == program
        };
        let ids = fs::read_dir("/proc").into_iter().flatten().flatten();
        let ids = ids.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
        ids.filter(|id| at_home(*id) && named(*id) && alive(*id)).collect()
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        if thread::panicking() {
            let said = self.said();
            let last: Vec<_> = said.lines().rev().take(20).collect();
            for line in last.iter().rev() {
                eprintln!("desk: {line}");
            }
        }
        for companion in self.companions.iter_mut().rev() {
            // Asked rather than killed, so that the X server removes its lock file.
            let _ = rustix::process::kill_process(
                rustix::process::Pid::from_child(companion),
                rustix::process::Signal::TERM,
            );
            let _ = companion.wait();
        }
        // Web processes and applications whose parents are gone already.
        for id in self.processes("") {
            kill(id);
        }
    }
}

fn start(command: &mut Command, package: &str) -> Child {
    command.spawn().unwrap_or_else(|error| match error.kind() {
        ErrorKind::NotFound => panic!("{:?} is missing: install the package `{package}`", command.get_program()),
        _ => panic!("{:?} does not start: {error}", command.get_program()),
    })
}

/// Whether a process runs. One that has ended and waits for its parent does not.
pub fn alive(id: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    stat.rsplit(") ").next().is_some_and(|rest| !rest.is_empty() && !rest.starts_with(['Z', 'X']))
}

pub fn kill(id: u32) {
    signal(id, rustix::process::Signal::KILL);
}

/// Stops a process without ending it, as a hang would.
pub fn freeze(id: u32) {
    signal(id, rustix::process::Signal::STOP);
}

/// Lets a stopped process go on.
pub fn thaw(id: u32) {
    signal(id, rustix::process::Signal::CONT);
}

/// Presses Ctrl-C for one process.
pub fn interrupt(id: u32) {
    signal(id, rustix::process::Signal::INT);
}

fn signal(id: u32, signal: rustix::process::Signal) {
    let id = i32::try_from(id).ok().and_then(rustix::process::Pid::from_raw).expect("a process id");
    // It may just have ended.
    let _ = rustix::process::kill_process(id, signal);
}

/// Looks again and again until there is something. `what` completes the sentence "waited in vain for …".
#[track_caller]
pub fn wait<T>(what: &str, look: impl FnMut() -> Option<T>) -> T {
    wait_at_most(PATIENCE, what, look)
}

/// As [`wait`], where the time itself is what is tested.
#[track_caller]
pub fn wait_at_most<T>(limit: Duration, what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(began.elapsed() < limit, "waited {} s in vain for {what}", limit.as_secs());
        thread::sleep(POLL);
    }
}

/// Looks on for a while and fails as soon as something no longer holds.
#[track_caller]
pub fn stays(what: &str, span: Duration, mut holds: impl FnMut() -> bool) {
    let began = Instant::now();
    while began.elapsed() < span {
        assert!(holds(), "after {} ms no longer true: {what}", began.elapsed().as_millis());
        thread::sleep(POLL);
    }
}
