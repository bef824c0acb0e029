//! The probe of screen sharing against a real PipeWire with its session manager. The streams come from GStreamer,
//! which plays the compositor that gives the screen and the program that takes it; they carry a test picture.

mod running;

use invigil_lockdown::{Probe, probes::ScreenShare};
use running::{Running, wait_until};
use std::{collections::BTreeSet, fs, path::Path, process::Command};

struct MediaServer {
    folder: tempfile::TempDir,
    _processes: Vec<Running>,
}

impl MediaServer {
    fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut processes = Vec::new();
        let bus = folder.path().join("bus");
        let address = format!("--address=unix:path={}", bus.display());
        processes.push(Running::start(own(folder.path(), "dbus-daemon").args(["--session", "--nofork", &address])));
        wait_until("a bus", || bus.exists());
        processes.push(Running::start(&mut own(folder.path(), "pipewire")));
        wait_until("a media server", || folder.path().join("pipewire-0").exists());
        processes.push(Running::start(&mut own(folder.path(), "wireplumber")));
        Self { folder, _processes: processes }
    }

    fn probe(&self, leave_out: &[u32]) -> ScreenShare {
        ScreenShare::at(Some(self.folder.path().to_owned()), leave_out.iter().copied())
    }

    fn gstreamer(&self, pipeline: &str) -> Running {
        Running::start(own(self.folder.path(), "gst-launch-1.0").arg("-q").args(pipeline.split(' ')))
    }

    /// A source of video with this class and name.
    fn source(&self, class: &str, name: &str) -> Running {
        self.gstreamer(&format!(
            "videotestsrc is-live=true ! video/x-raw,width=64,height=64 ! pipewiresink mode=provide \
             stream-properties=props,node.name={name},media.class={class}"
        ))
    }

    fn taker(&self, of: &str) -> Running {
        self.gstreamer(&format!("pipewiresrc target-object={of} ! video/x-raw ! fakesink"))
    }

    /// Whether the server knows something of this name.
    fn knows(&self, name: &str) -> bool {
        let output = own(self.folder.path(), "pw-dump").output().expect("pw-dump runs: run `make tools`");
        String::from_utf8_lossy(&output.stdout).contains(name)
    }

    fn links(&self) -> usize {
        let output = own(self.folder.path(), "pw-dump").output().expect("pw-dump runs");
        String::from_utf8_lossy(&output.stdout).matches("\"type\": \"PipeWire:Interface:Link\"").count()
    }
}

/// A command of a user of its own: other folders, another bus.
fn own(folder: &Path, program: &str) -> Command {
    let mut command = Command::new(program);
    command.env("XDG_RUNTIME_DIR", folder).env("HOME", folder).env_remove("PIPEWIRE_RUNTIME_DIR");
    command.env("DBUS_SESSION_BUS_ADDRESS", format!("unix:path={}", folder.join("bus").display()));
    command
}

fn named(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn who_takes_the_screen_is_seen_while_it_does() {
    let server = MediaServer::start();
    let mut probe = server.probe(&[]);
    assert_eq!(probe.look(), Ok(named(&[])));
    assert_eq!(probe.missing(), None);

    let _camera = server.source("Video/Source", "v4l2_input.camera");
    let _screen = server.source("Stream/Output/Video", "xdpw-stream-1");
    wait_until("both sources", || server.knows("v4l2_input.camera") && server.knows("xdpw-stream-1"));
    let _meeting = server.taker("v4l2_input.camera");
    wait_until("the camera is in use", || server.links() == 1);
    let mut fresh = server.probe(&[]);
    assert_eq!(fresh.look(), Ok(named(&[])), "a camera is no screen, and nobody takes the screen");

    let recorder = server.taker("xdpw-stream-1");
    wait_until("the screen is taken", || server.probe(&[]).look() == Ok(named(&["gst-launch-1.0"])));
    assert_eq!(server.probe(&[recorder.pid()]).look(), Ok(named(&[])), "our own evidence");
    wait_until("the first probe sees it too", || probe.look() == Ok(named(&["gst-launch-1.0"])));
    drop(recorder);
    wait_until("it is over", || probe.look() == Ok(named(&[])));
}

#[test]
fn a_recorder_is_known_by_its_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let recorder = folder.path().join("wf-recorder");
    fs::copy("/bin/sleep", &recorder).expect("copied");
    let mut probe = ScreenShare::at(None, []);
    assert_eq!(probe.look(), Ok(named(&[])));
    let running = Running::start(Command::new(&recorder).arg("600"));
    assert_eq!(probe.look(), Ok(named(&["wf-recorder"])));
    assert_eq!(ScreenShare::at(None, [running.pid()]).look(), Ok(named(&[])), "our own");
    drop(running);
    assert_eq!(probe.look(), Ok(named(&[])));
}

#[test]
fn a_media_server_that_hangs_is_said() {
    let folder = tempfile::tempdir().expect("a folder");
    let _deaf = std::os::unix::net::UnixListener::bind(folder.path().join("pipewire-0")).expect("a socket");
    let mut probe = ScreenShare::at(Some(folder.path().to_owned()), []);
    let began = invigil_lockdown::guard::monotonic();
    assert_eq!(probe.look(), Ok(named(&[])));
    assert!(probe.missing().is_some());
    let took = invigil_lockdown::guard::monotonic() - began;
    assert!(took.as_secs() < 3, "{took:?}");
}
