//! Programs that record or share the screen, as far as the system knows of them.

use super::{Processes, called, plain};
use crate::{
    guard::monotonic,
    probe::{Blind, Probe},
};
use invigil_core::policy::Probe as Name;
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    io::{ErrorKind, Read},
    path::PathBuf,
    process::{Command, Stdio},
    sync::mpsc::channel,
    thread,
    time::Duration,
};

/// How often the media server is asked, and how long its answer may take.
const EVERY: Duration = Duration::from_secs(2);
const PATIENCE: Duration = Duration::from_secs(1);

/// A larger answer than this is not read.
const ANSWER_BYTES_MAX: u64 = 16 << 20;

/// Programs that are there to record the screen, by their executable file. Those that also do other things while they
/// wait, as screenshot tools and programs for meetings, are not: what they really take shows as a stream.
const RECORDERS: [&str; 11] = [
    "byzanz-record",
    "deepin-screen-recorder",
    "gpu-screen-recorder",
    "kooha",
    "obs",
    "peek",
    "recordmydesktop",
    "simplescreenrecorder",
    "vokoscreenNG",
    "wf-recorder",
    "wl-screenrec",
];

/// How sources of the screen are named that call themselves sources of video, as a camera does.
const SCREENS: [&str; 8] = [
    "cosmic-screencast",
    "gamescope",
    "gnome-shell",
    "kwin-screencast",
    "meta-screen-cast-src",
    "niri-screen-cast-src",
    "xdpw-stream",
    "xdph-streaming",
];

/// Parts of desktops that show small pictures of windows to nobody but the person before them.
const DESKTOP: [&str; 3] = ["kwin_wayland", "plasmashell", "kwin_x11"];

/// Sees the programs to which the desktop streams the screen, and recorders that run.
///
/// Not seen is what takes no stream: any program on X11, and under some Wayland compositors programs that copy the
/// screen by the compositor's own protocol, unless they are known recorders. So is a camera beside the screen.
pub struct ScreenShare {
    processes: Processes,
    leave_out: BTreeSet<u32>,
    runtime: Option<PathBuf>,
    asked: Option<Duration>,
    /// What each of the two saw when it could last look.
    streams: BTreeSet<String>,
    recorders: BTreeSet<String>,
    deaf: Option<Blind>,
    missing: Option<Blind>,
}

impl ScreenShare {
    /// Looks at the user's own media server. Streams to the processes `leave_out` are the exam's evidence.
    pub fn new(leave_out: impl IntoIterator<Item = u32>) -> Self {
        let folder = ["PIPEWIRE_RUNTIME_DIR", "XDG_RUNTIME_DIR"].into_iter().find_map(env::var_os);
        Self::at(folder.map(PathBuf::from), leave_out)
    }

    /// Looks at the media server whose socket is in this folder. `None` = there is no such server.
    pub fn at(runtime: Option<PathBuf>, leave_out: impl IntoIterator<Item = u32>) -> Self {
        Self {
            processes: Processes::default(),
            leave_out: leave_out.into_iter().collect(),
            runtime,
            asked: None,
            streams: BTreeSet::new(),
            recorders: BTreeSet::new(),
            deaf: None,
            missing: None,
        }
    }

    fn listen(&self) -> Result<BTreeSet<String>, Blind> {
        // Where no server runs nothing can stream by it. Asking might start one.
        let Some(runtime) = self.runtime.as_ref().filter(|folder| folder.join("pipewire-0").exists()) else {
            return Ok(BTreeSet::new());
        };
        let mut command = Command::new("pw-dump");
        command.env("PIPEWIRE_RUNTIME_DIR", runtime).env_remove("PIPEWIRE_REMOTE");
        let answer = run(command)?;
        let file = |pid| self.processes.file(pid);
        watchers(&answer, &self.leave_out, file)
            .ok_or_else(|| Blind("the answer of the media server cannot be read".to_owned()))
    }

    fn running(&self) -> Result<BTreeSet<String>, Blind> {
        let all = self.processes.list()?.into_iter();
        let recorders = all.filter(|process| RECORDERS.contains(&process.file.as_str()));
        Ok(recorders.filter(|p| !self.leave_out.contains(&p.pid)).map(|process| process.file).collect())
    }
}

impl Probe for ScreenShare {
    fn name(&self) -> Name {
        Name::ScreenShare
    }

    fn look(&mut self) -> Result<BTreeSet<String>, Blind> {
        // What could be seen before and cannot now is taken to be as it was.
        let now = monotonic();
        if self.asked.is_none_or(|asked| EVERY <= now.saturating_sub(asked)) {
            self.asked = Some(now);
            self.deaf = match self.listen() {
                Ok(streams) => {
                    self.streams = streams;
                    None
                }
                Err(blind) => Some(blind),
            };
        }
        self.missing = self.deaf.clone();
        match self.running() {
            Ok(recorders) => self.recorders = recorders,
            Err(blind) => self.missing = Some(blind),
        }
        Ok(self.streams.union(&self.recorders).cloned().collect())
    }

    fn missing(&self) -> Option<Blind> {
        self.missing.clone()
    }
}

/// What a command prints, unless it takes too long.
fn run(mut command: Command) -> Result<String, Blind> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().map_err(|error| match error.kind() {
        ErrorKind::NotFound => Blind("pw-dump is missing, which shows who gets the screen's stream".to_owned()),
        _ => Blind(format!("pw-dump does not start: {error}")),
    })?;
    let (tell, told) = channel();
    let mut output = child.stdout.take();
    let read = move || {
        let mut text = String::new();
        let read = output.take().map(|output| output.take(ANSWER_BYTES_MAX).read_to_string(&mut text));
        // Who asked may have given up.
        let _heard = tell.send(read.is_some_and(|read| read.is_ok()).then_some(text));
    };
    let reading = thread::Builder::new().name("pw-dump".to_owned()).spawn(read);
    let text = reading.ok().and_then(|_| told.recv_timeout(PATIENCE).ok()).flatten();
    let _killed = child.kill();
    let _reaped = child.wait();
    text.ok_or_else(|| Blind("the media server does not answer".to_owned()))
}

struct Client<'a> {
    /// The process at the other end of its socket.
    pid: Option<u32>,
    /// The process that it says it is.
    says_pid: Option<u32>,
    says_name: Option<&'a str>,
}

/// Who receives a stream of the screen, in what `pw-dump` prints; `file` knows the executable of a process. `None` if
/// it cannot be read.
fn watchers(dump: &str, leave_out: &BTreeSet<u32>, file: impl Fn(u32) -> Option<String>) -> Option<BTreeSet<String>> {
    let dump: Vec<Value> = serde_json::from_str(dump).ok()?;
    let of = |kind: &'static str| {
        dump.iter().filter(move |object| object["type"].as_str().is_some_and(|t| t.ends_with(kind)))
    };
    let number = |value: &Value| value.as_u64().and_then(|number| u32::try_from(number).ok());
    let clients: BTreeMap<u64, Client<'_>> = of(":Client")
        .filter_map(|client| {
            let says = &client["info"]["props"];
            let client_of = Client {
                pid: number(&says["pipewire.sec.pid"]),
                says_pid: number(&says["application.process.id"]),
                says_name: says["application.name"].as_str(),
            };
            Some((client["id"].as_u64()?, client_of))
        })
        .collect();
    let nodes: BTreeMap<u64, &Value> =
        of(":Node").filter_map(|node| Some((node["id"].as_u64()?, &node["info"]["props"]))).collect();
    let mut seen = BTreeSet::new();
    for link in of(":Link") {
        let end = |name: &str| link["info"][name].as_u64().and_then(|id| nodes.get(&id));
        let (Some(from), Some(to)) = (end("output-node-id"), end("input-node-id")) else { continue };
        if !shows_screen(from) {
            continue;
        }
        let client = to["client.id"].as_u64().and_then(|id| clients.get(&id));
        // Through the desktop's portal the socket is the portal's, and the program has nothing but its own word.
        let by_socket = client.and_then(|client| client.pid);
        let (pid, file) = match by_socket.and_then(&file) {
            Some(portal) if portal == "xdg-desktop-portal" => (client.and_then(|client| client.says_pid), None),
            file => (by_socket, file),
        };
        let desktop = file.as_deref().is_some_and(|file| DESKTOP.contains(&file));
        if desktop || pid.is_some_and(|pid| leave_out.contains(&pid)) {
            continue;
        }
        let word = client.and_then(|client| client.says_name).or_else(|| to["node.name"].as_str());
        seen.insert(called(word.map(|word| plain(word.as_bytes())).as_deref(), file.as_deref()));
    }
    Some(seen)
}

/// Whether a node is a source of the screen's picture. Cameras are sources of video too, and players streams of it to
/// nobody but a window.
fn shows_screen(node: &Value) -> bool {
    let name = node["node.name"].as_str().unwrap_or_default();
    match node["media.class"].as_str() {
        Some("Stream/Output/Video") => true,
        Some("Video/Source") => SCREENS.iter().any(|screen| name.starts_with(screen)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(id: u32, kind: &str, info: &Value) -> Value {
        serde_json::json!({ "id": id, "type": format!("PipeWire:Interface:{kind}"), "info": info })
    }

    /// A source of this class and name, linked to a program with this process and this socket's process.
    fn dump(class: &str, name: &str, pid: u32, socket: u32) -> String {
        let program = serde_json::json!({ "props": {
            "pipewire.sec.pid": socket, "application.process.id": pid, "application.name": "Meeting" } });
        let source = serde_json::json!({ "props": { "media.class": class, "node.name": name, "client.id": 30 } });
        let sink = serde_json::json!({ "props": { "media.class": "Stream/Input/Video", "client.id": 31 } });
        let link = serde_json::json!({ "output-node-id": 40, "input-node-id": 41 });
        serde_json::json!([
            object(30, "Client", &serde_json::json!({ "props": {} })),
            object(31, "Client", &program),
            object(40, "Node", &source),
            object(41, "Node", &sink),
            object(50, "Link", &link),
        ])
        .to_string()
    }

    #[test]
    fn whoever_gets_the_screen_is_seen() {
        const STREAM: &str = "Stream/Output/Video";
        let files = |pid| match pid {
            7 => Some("meet".to_owned()),
            8 => Some("xdg-desktop-portal".to_owned()),
            9 => Some("plasmashell".to_owned()),
            _ => None,
        };
        for (class, name, pid, socket, expected) in [
            (STREAM, "kwin-screencast-1", 7, 7, Some("Meeting (meet)")),
            (STREAM, "gnome-shell", 99, 8, Some("Meeting")),
            ("Video/Source", "xdpw-stream-4711", 7, 7, Some("Meeting (meet)")),
            ("Video/Source", "v4l2_input.pci-0000_00_14.0", 7, 7, None),
            ("Audio/Source", "xdpw-stream", 7, 7, None),
            (STREAM, "kwin-screencast-1", 9, 9, None),
            // The exam's evidence, taken through the portal and without it.
            (STREAM, "gnome-shell", 5, 8, None),
            (STREAM, "xdpw-stream", 5, 5, None),
            (STREAM, "xdpw-stream", 6, 6, Some("Meeting")),
            // Only who comes through the portal is believed to be another process than its socket's.
            (STREAM, "xdpw-stream", 5, 7, Some("Meeting (meet)")),
        ] {
            let seen = watchers(&dump(class, name, pid, socket), &BTreeSet::from([5]), files);
            let expected = expected.map(str::to_owned).into_iter().collect();
            assert_eq!(seen, Some(expected), "{class} {name} {pid} {socket}");
        }
        assert_eq!(watchers("[]", &BTreeSet::new(), files), Some(BTreeSet::new()));
        assert_eq!(watchers("{", &BTreeSet::new(), files), None);
    }
}
