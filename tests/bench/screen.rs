//! A desktop of the bench's own: X server, window manager and session bus; who has a window, and what is painted.

use crate::{Outcome, timing::now};
use std::{
    fs,
    io::{BufRead, BufReader},
    os::unix::fs::{DirBuilderExt, FileExt},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

const SIZE: &str = "1280x800x24";
const PATIENCE: Duration = Duration::from_secs(30);
/// Every eighth line of the screen is looked at: no line of text is lower than that.
const LINES: usize = 8;

/// A bus that starts nothing by itself: no accessibility service, no portal, no secret store.
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

/// A change of the list of windows: when, and the ids of the windows.
type Change = (Instant, Vec<String>);

/// The desktop. It ends with this value.
pub struct Screen {
    home: PathBuf,
    variables: Vec<(&'static str, String)>,
    companions: Vec<Child>,
    windows: Arc<Mutex<Vec<Change>>>,
}

/// A picture of the screen, some of its lines only.
pub type Picture = Vec<u8>;

/// Where the pixels begin in the screen's file, pixels in each direction, and bytes a line.
struct Frame {
    pixels: usize,
    width: usize,
    height: usize,
    line: usize,
}

impl Screen {
    /// Starts it; everything on it takes `home` for its home folder.
    pub fn new(home: &Path) -> Outcome<Self> {
        let runtime = home.join("run");
        fs::create_dir_all(home)?;
        fs::DirBuilder::new().mode(0o700).create(&runtime)?;
        let mut screen = Self {
            home: home.to_owned(),
            variables: vec![
                ("PATH", "/usr/local/bin:/usr/bin:/bin".to_owned()),
                ("HOME", home.display().to_string()),
                ("XDG_RUNTIME_DIR", runtime.display().to_string()),
                ("XDG_SESSION_TYPE", "x11".to_owned()),
                ("GDK_BACKEND", "x11".to_owned()),
                ("LC_ALL", "C.UTF-8".to_owned()),
                ("NO_AT_BRIDGE", "1".to_owned()),
                ("GSETTINGS_BACKEND", "memory".to_owned()),
                ("LIBGL_ALWAYS_SOFTWARE", "1".to_owned()),
                ("WEBKIT_DISABLE_DMABUF_RENDERER", "1".to_owned()),
            ],
            companions: Vec::new(),
            windows: Arc::default(),
        };
        let mut server = screen.command("Xvfb");
        server.args(["-displayfd", "1", "-screen", "0", SIZE, "-nolisten", "tcp", "-noreset", "-fbdir"]).arg(home);
        let number = screen.first_line(server)?;
        screen.variables.push(("DISPLAY", format!(":{number}")));
        let rules = home.join("bus.conf");
        fs::write(&rules, BUS)?;
        let mut bus = screen.command("dbus-daemon");
        bus.args(["--nofork", "--print-address=1", "--config-file"]).arg(rules);
        let address = screen.first_line(bus)?;
        screen.variables.push(("DBUS_SESSION_BUS_ADDRESS", address));
        let managed = home.join("managed");
        let mut manager = screen.command("openbox");
        manager.arg("--startup").arg(format!("touch {}", managed.display()));
        screen.keep(manager)?;
        wait("the window manager", || managed.exists())?;
        screen.watch_windows()?;
        Ok(screen)
    }

    /// The display, as X programs name it.
    pub fn display(&self) -> &str {
        let found = self.variables.iter().find(|(name, _)| *name == "DISPLAY");
        found.map_or("", |(_, display)| display.as_str())
    }

    /// A command on this desktop, which knows nothing of the surroundings of the bench.
    pub fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new(program.as_ref());
        command.env_clear().envs(self.variables.iter().map(|(name, value)| (name, value)));
        let journal = fs::OpenOptions::new().create(true).append(true).open(self.home.join("journal"));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(journal.map_or_else(|_| Stdio::null(), Stdio::from));
        command
    }

    fn keep(&mut self, mut command: Command) -> Outcome<&mut Child> {
        let child = command.spawn().map_err(|why| format!("{}: {why}", command.get_program().display()))?;
        self.companions.push(child);
        Ok(self.companions.last_mut().ok_or("it was just started")?)
    }

    fn first_line(&mut self, mut command: Command) -> Outcome<String> {
        command.stdout(Stdio::piped());
        let name = command.get_program().display().to_string();
        let mut line = String::new();
        if let Some(output) = self.keep(command)?.stdout.as_mut() {
            BufReader::new(output).read_line(&mut line)?;
        }
        if line.trim().is_empty() { Err(format!("{name} ended at once").into()) } else { Ok(line.trim().to_owned()) }
    }

    /// The window manager publishes its list of windows; every change of it is noted with its time.
    fn watch_windows(&mut self) -> Outcome<()> {
        let mut watch = self.command("xprop");
        watch.args(["-root", "-spy", "_NET_CLIENT_LIST"]).stdout(Stdio::piped());
        let output = self.keep(watch)?.stdout.take().ok_or("xprop has no output")?;
        let windows = self.windows.clone();
        thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                let ids = line.split(['#', ',']).skip(1).map(|id| id.trim().to_owned()).filter(|id| !id.is_empty());
                windows.lock().unwrap_or_else(PoisonError::into_inner).push((now(), ids.collect()));
            }
        });
        Ok(())
    }

    /// When the first window appeared after `start`, and its id.
    pub fn first_window(&self, start: Instant) -> Option<(Instant, String)> {
        let windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        let mut later = windows.iter().filter(|(at, _)| start < *at);
        later.find_map(|(at, ids)| Some((*at, ids.first()?.clone())))
    }

    /// Waits until no window is left.
    pub fn wait_until_empty(&self) -> Outcome<()> {
        let windows = || self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        wait("an empty screen", || windows().last().is_none_or(|(_, ids)| ids.is_empty()))
    }

    /// Whether a window covers the screen.
    pub fn is_covered_by(&self, window: &str) -> Outcome<bool> {
        let output = self.command("xwininfo").args(["-id", window]).stdout(Stdio::piped()).output()?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let number = |name: &str| text.lines().find_map(|line| line.trim().strip_prefix(name)?.trim().parse().ok());
        Ok((number("Width:"), number("Height:")) == (Some(1280), Some(800)))
    }

    /// What is painted now. Xvfb keeps its screen in a file, so looking costs the applications nothing.
    pub fn picture(&self) -> Outcome<Picture> {
        let (file, frame) = self.frame()?;
        let mut picture = vec![0; frame.height.div_ceil(LINES) * frame.width * 4];
        for (n, line) in picture.chunks_mut(frame.width * 4).enumerate() {
            file.read_exact_at(line, (frame.pixels + n * LINES * frame.line) as u64)?;
        }
        Ok(picture)
    }

    /// Keeps the whole picture as a PPM file.
    pub fn keep_picture(&self, path: &Path) -> Outcome<()> {
        let (file, frame) = self.frame()?;
        let mut picture = format!("P6 {} {} 255\n", frame.width, frame.height).into_bytes();
        let mut line = vec![0; frame.width * 4];
        for n in 0..frame.height {
            file.read_exact_at(&mut line, (frame.pixels + n * frame.line) as u64)?;
            // Blue, green, red, nothing.
            picture.extend(line.chunks(4).flat_map(|pixel| pixel.iter().rev().skip(1).copied()));
        }
        Ok(fs::write(path, picture)?)
    }

    /// The screen's file, an XWD dump, and how it is laid out.
    fn frame(&self) -> Outcome<(fs::File, Frame)> {
        let file = fs::File::open(self.home.join("Xvfb_screen0"))?;
        let mut header = [0; 100];
        file.read_exact_at(&mut header, 0)?;
        let field = |n: usize| {
            let bytes = header.get(n * 4..n * 4 + 4).and_then(|bytes| bytes.try_into().ok()).unwrap_or_default();
            u32::from_be_bytes(bytes) as usize
        };
        // The header is followed by a table of colours of twelve bytes each.
        let frame = Frame { pixels: field(0) + field(19) * 12, width: field(4), height: field(5), line: field(12) };
        Ok((file, frame))
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        for companion in self.companions.iter_mut().rev() {
            // Asked rather than killed, so that the X server removes its lock file.
            let _ = Command::new("kill").arg(companion.id().to_string()).status();
            let _ = companion.wait();
        }
    }
}

fn wait(what: &str, done: impl Fn() -> bool) -> Outcome<()> {
    let start = now();
    while !done() {
        if PATIENCE < start.elapsed() {
            return Err(format!("waited in vain for {what}").into());
        }
        thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}
