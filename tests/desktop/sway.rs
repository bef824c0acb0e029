//! A desk under sway: a Wayland compositor without a screen, and a keyboard by the virtual-keyboard protocol.
//!
//! sway refuses to run as root. There everything on the desk runs as another user, from copies that it may read.

use crate::desk::{Desk, wait};
use serde_json::Value as Json;
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::Duration,
};

/// Who sits at a desk that root must not have.
pub const SOMEBODY: u32 = 1000;

const CONFIG: &str = "default_border none
bindsym Mod4+x exec touch $HOME/escaped
exec env > $HOME/sway.env
";

/// The compositor, asked over its own socket.
pub struct Sway {
    /// Where it is found.
    variables: Vec<(&'static str, String)>,
    /// What its shortcut writes.
    marker: PathBuf,
}

impl Sway {
    pub fn of(variables: Vec<(&'static str, String)>, home: &Path) -> Self {
        Self { variables, marker: home.join("escaped") }
    }

    fn swaymsg(&self) -> Command {
        let mut command = Command::new("swaymsg");
        command.env_clear().envs(self.variables.clone()).stderr(Stdio::null());
        command
    }

    fn ask(&self, what: &str) -> Json {
        let output =
            self.swaymsg().args(["--raw", "--type", what]).output().expect("swaymsg: install the package `sway`");
        serde_json::from_slice(&output.stdout).unwrap_or_default()
    }

    /// Tells the compositor to do something.
    pub fn tell(&self, command: &str) {
        assert!(
            self.swaymsg().arg(command).stdout(Stdio::null()).status().expect("swaymsg runs").success(),
            "{command}"
        );
    }

    /// Every window: its output's name, and its node.
    fn windows(&self) -> Vec<(String, Json)> {
        let tree = self.ask("get_tree");
        let outputs = tree["nodes"].as_array().cloned().unwrap_or_default();
        outputs.iter().flat_map(|output| views(output).into_iter().map(|view| (name(output), view))).collect()
    }

    /// Outputs that people see, by name.
    fn outputs(&self) -> Vec<String> {
        let outputs = self.ask("get_outputs").as_array().cloned().unwrap_or_default();
        outputs.iter().filter(|output| output["active"] == true).map(name).collect()
    }

    pub fn is_covered(&self) -> bool {
        self.windows().iter().any(|(_, window)| window["fullscreen_mode"] == 1)
    }

    /// Whether the compositor's own shortcut does nothing, found out by trying it.
    pub fn is_grabbed(&self) -> bool {
        let _ = fs::remove_file(&self.marker);
        self.escape();
        thread::sleep(Duration::from_millis(300));
        !self.marker.exists()
    }

    /// Presses the compositor's shortcut.
    fn escape(&self) {
        let mut command = Command::new("wtype");
        command.args(["-s", "500", "-M", "logo", "-k", "x", "-m", "logo", "-s", "200"]);
        let status = command.env_clear().envs(self.variables.clone()).stderr(Stdio::null()).status();
        status.expect("wtype: install the package `wtype`");
    }

    pub fn bare(&self) -> Vec<String> {
        let windows = self.windows();
        let covered = |output: &String| windows.iter().any(|(on, w)| on == output && w["fullscreen_mode"] == 1);
        self.outputs().into_iter().filter(|output| !covered(output)).collect()
    }

    pub fn monitors(&self) -> usize {
        self.outputs().len()
    }
}

fn name(node: &Json) -> String {
    node["name"].as_str().unwrap_or_default().to_owned()
}

fn views(node: &Json) -> Vec<Json> {
    if node["pid"].is_number() {
        return vec![node.clone()];
    }
    let inner = ["nodes", "floating_nodes"].iter().flat_map(|kind| node[kind].as_array().cloned().unwrap_or_default());
    inner.flat_map(|node| views(&node)).collect()
}

impl Desk {
    /// Starts the compositor, as a window where the desk has a display. Returns the variables that its programs are
    /// given.
    pub(crate) fn start_sway(&mut self) -> Vec<(&'static str, String)> {
        let (config, told) = (self.home().join("sway.conf"), self.home().join("sway.env"));
        fs::write(&config, CONFIG).expect("the compositor's rules are written");
        let mut command = self.command("sway");
        let software = [("WLR_RENDERER", "pixman"), ("WLR_LIBINPUT_NO_DEVICES", "1"), ("LIBSEAT_BACKEND", "noop")];
        command.arg("-c").arg(&config).envs(software);
        match self.outermost() {
            "" => command.env("WLR_BACKENDS", "headless"),
            outer => command.env("WLR_BACKENDS", "x11").env("DISPLAY", outer),
        };
        self.keep(&mut command, "sway");
        let told = wait("sway to come up", || fs::read_to_string(&told).ok().filter(|told| told.contains("SWAYSOCK=")));
        let told = |name: &str| {
            let line = told.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
            line.unwrap_or_else(|| panic!("sway does not say its {name}: {}", self.said())).to_owned()
        };
        vec![("WAYLAND_DISPLAY", told("WAYLAND_DISPLAY")), ("SWAYSOCK", told("SWAYSOCK"))]
    }

    /// Gives the seat a keyboard. A key of a keyboard that comes and goes at once reaches nobody.
    pub(crate) fn keep_a_keyboard(&mut self) {
        let mut command = self.command("wtype");
        command.args(["-s", "36000000"]);
        self.keep(&mut command, "wtype");
    }
}
