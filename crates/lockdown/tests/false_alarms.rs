//! How often ordinary use of a desktop raises an alarm. A false one costs a candidate their calm.
//!
//! The first test is a simulation: two hours pass in a moment. The lookout and its patience are the real ones, so are
//! the probes of connectors, keyboards and machine, which read a pretended `/sys` and `/proc`; what the others would
//! see is in the script. The second is real: windows on an X server that take the keyboard for a tenth of a second.

mod running;
mod xvfb;

use invigil_core::policy::Probe as Name;
use invigil_lockdown::{
    Blind, Lookout, Probe,
    guard::monotonic,
    probes::{Connectors, Focus, Keyboards, VirtualMachine},
};
use running::{Running, wait_until};
use std::{
    cell::Cell,
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    process::Command,
    sync::{Arc, Mutex},
    thread::sleep,
    time::Duration,
};
use xvfb::Xvfb;

const SECOND: u64 = 1_000;
const MINUTE: u64 = 60 * SECOND;
const TWO_HOURS: u64 = 120 * MINUTE;

/// From when, for how long, which probe, and what it would see. Milliseconds.
type Moment = (u64, u64, Name, &'static str);

/// What happens on desktops while somebody works on one window.
fn ordinary() -> Vec<Moment> {
    let mut script = vec![
        // A virtual keyboard appears, and takes the focus and gives it back.
        (MINUTE, 150, Name::Focus, "Onboard"),
        (MINUTE + 600, 120, Name::Focus, "Onboard"),
        // A screen reader starts.
        (2 * MINUTE, 200, Name::Focus, "orca"),
        // An input method's list of candidates.
        (3 * MINUTE, 250, Name::Focus, "ibus-ui-gtk3"),
        // The window manager changes the active window in two steps when a dialogue of our own opens.
        (4 * MINUTE, 50, Name::Focus, "another application"),
        // A break: the candidate locks the screen, which some desktops do by another session in front.
        (60 * MINUTE, 5 * MINUTE, Name::LockScreen, "locked"),
        (60 * MINUTE, 200, Name::Terminal, "tty1"),
        (65 * MINUTE, 200, Name::Terminal, "tty1"),
        // A crash reporter looks at a child that has ended.
        (70 * MINUTE, 100, Name::Debugger, "apport"),
        // A preview that the desktop shows of a window.
        (80 * MINUTE, 250, Name::ScreenShare, "xdg-desktop-portal-gnome"),
    ];
    // Notifications.
    script.extend((5..120).step_by(5).map(|minute| (minute * MINUTE + 7, 100, Name::Focus, "notification-daemon")));
    script
}

/// What a person should hear of. Shows that the lookout would have noticed.
fn incidents() -> Vec<Moment> {
    vec![
        (30 * MINUTE, 2 * SECOND, Name::Focus, "Firefox (firefox)"),
        (40 * MINUTE, 10 * SECOND, Name::Terminal, "tty3"),
        (50 * MINUTE, 5 * SECOND, Name::InjectedInput, "Virtual core XTEST keyboard"),
    ]
}

/// Sees what the script says.
struct Scripted {
    name: Name,
    script: Vec<Moment>,
    now: Arc<Mutex<u64>>,
}

impl Probe for Scripted {
    fn name(&self) -> Name {
        self.name
    }
    fn look(&mut self) -> Result<BTreeSet<String>, Blind> {
        let now = *self.now.lock().unwrap();
        let here =
            self.script.iter().filter(|(from, ms, name, _)| *name == self.name && (*from..from + ms).contains(&now));
        Ok(here.map(|(.., what)| (*what).to_owned()).collect())
    }
}

/// The pretended files that the real probes read.
struct Desk(tempfile::TempDir);

impl Desk {
    fn new() -> Self {
        let desk = Self(tempfile::tempdir().expect("a folder"));
        // A laptop of today, whose own security runs on a hypervisor.
        desk.write("machine/proc/cpuinfo", "flags\t\t: fpu hypervisor\n");
        desk.write("machine/sys/class/dmi/id/sys_vendor", "Dell Inc.\n");
        desk.write("machine/sys/bus/pci/devices/0/vendor", "0x8086\n");
        desk.plug(&["DP-1"]);
        desk.keys(&["AT Translated Set 2 keyboard", "Bluetooth Keyboard"]);
        desk
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap_or(Path::new("/"))).expect("made");
        fs::write(path, text).expect("written");
    }

    /// The laptop's own screen is closed, except where it is named.
    fn plug(&self, lit: &[&str]) {
        for name in ["eDP-1", "DP-1", "HDMI-A-1"] {
            let lights = lit.contains(&name);
            let connected = lights || name == "eDP-1";
            self.write(&format!("drm/card0-{name}/status"), if connected { "connected\n" } else { "disconnected\n" });
            self.write(&format!("drm/card0-{name}/enabled"), if lights { "enabled\n" } else { "disabled\n" });
        }
    }

    fn keys(&self, names: &[&str]) {
        let device = |name: &&str| {
            format!(
                "N: Name=\"{name}\"\nH: Handlers=kbd event0\nB: KEY=3803078f800d001 feffffdfffefffff fffffffffffffffe\n\n"
            )
        };
        self.write("keyboards", &names.iter().map(device).collect::<String>());
    }

    /// Changes the files at their times.
    fn follow(&self, now: u64) {
        match now {
            // The monitor reconnects. For a moment the desktop turns to the laptop's own screen.
            1_200_000 => self.plug(&["eDP-1"]),
            1_200_200 => self.plug(&["eDP-1", "DP-1"]),
            1_200_400 => self.plug(&["DP-1"]),
            // The keyboard falls asleep, and wakes.
            1_500_000 => self.keys(&["AT Translated Set 2 keyboard"]),
            1_560_000 => self.keys(&["Bluetooth Keyboard", "AT Translated Set 2 keyboard"]),
            // A device that shows up and goes, as docks do.
            1_800_000 => self.keys(&["Bluetooth Keyboard", "AT Translated Set 2 keyboard", "Dock"]),
            1_800_200 => self.keys(&["Bluetooth Keyboard", "AT Translated Set 2 keyboard"]),
            _ => {}
        }
    }

    /// Changes that a person should hear of.
    fn follow_incidents(&self, now: u64) {
        match now {
            6_000_000 => self.plug(&["DP-1", "HDMI-A-1"]),
            6_010_000 => self.plug(&["DP-1"]),
            6_300_000 => self.keys(&["Bluetooth Keyboard", "AT Translated Set 2 keyboard", "Rubber Ducky"]),
            _ => {}
        }
    }
}

/// How often each probe saw something new, looking every `every_ms`.
fn alarms(script: &[Moment], incidents: bool, every_ms: u64) -> BTreeMap<Name, usize> {
    let (desk, now) = (Desk::new(), Arc::new(Mutex::new(0)));
    let real = [Name::Outputs, Name::Keyboards, Name::VirtualMachine];
    let mut probes: Vec<Box<dyn Probe + Send>> = vec![
        Box::new(Connectors::at(desk.path("drm"))),
        Box::new(Keyboards::at(desk.path("keyboards"))),
        Box::new(VirtualMachine::at(desk.path("machine"))),
    ];
    for name in Name::ALL.into_iter().filter(|name| !real.contains(name)) {
        probes.push(Box::new(Scripted { name, script: script.to_vec(), now: now.clone() }));
    }
    let (mut lookout, all) = (Lookout::new(probes), BTreeSet::from(Name::ALL));
    let mut seen: BTreeMap<Name, BTreeSet<String>> = BTreeMap::new();
    let mut counts: BTreeMap<Name, usize> = Name::ALL.into_iter().map(|name| (name, 0)).collect();
    for ms in (0..TWO_HOURS).step_by(50) {
        desk.follow(ms);
        if incidents {
            desk.follow_incidents(ms);
        }
        if !ms.is_multiple_of(every_ms) {
            continue;
        }
        *now.lock().unwrap() = ms;
        for change in lookout.look(&all, Duration::from_millis(ms)) {
            let sees = change.sees.unwrap_or_else(|blind| panic!("{} cannot look: {blind}", change.probe));
            let before = seen.insert(change.probe, sees.clone()).unwrap_or_default();
            *counts.entry(change.probe).or_default() += sees.difference(&before).count();
        }
    }
    counts
}

fn print(title: &str, counts: &BTreeMap<Name, usize>) {
    println!("{title}");
    for (name, count) in counts {
        println!("  {:16} {count}", name.word());
    }
}

#[test]
fn two_simulated_hours_of_ordinary_use_raise_no_false_alarm() {
    for every_ms in [100, 250, 500] {
        let counts = alarms(&ordinary(), false, every_ms);
        print(&format!("two simulated hours, a look every {every_ms} ms:"), &counts);
        for (name, count) in counts {
            // The screen was locked once, and that is what it says.
            let true_alarms = usize::from(name == Name::LockScreen);
            assert_eq!(count, true_alarms, "{name}, looking every {every_ms} ms");
        }
    }
}

#[test]
fn what_really_happens_is_noticed_in_the_same_hours() {
    let script: Vec<Moment> = ordinary().into_iter().chain(incidents()).collect();
    let counts = alarms(&script, true, 250);
    print("the same with incidents:", &counts);
    for (name, count) in counts {
        let expected = match name {
            Name::Focus | Name::Terminal | Name::InjectedInput => 1,
            Name::LockScreen | Name::Outputs | Name::Keyboards => 1,
            Name::RemoteLogin | Name::ScreenShare | Name::Debugger | Name::VirtualMachine | Name::Programs => 0,
            // The control that keeps the clipboard tells of it.
            Name::Clipboard => 0,
        };
        assert_eq!(count, expected, "{name}");
    }
}

#[test]
fn real_windows_that_take_the_focus_for_a_moment_raise_no_alarm() {
    let server = Xvfb::start();
    let _manager = server.window_manager();
    let mut lookout = Lookout::new(vec![Box::new(Focus::new(Some(&server.display), []))]);
    let mut probe = Focus::new(Some(&server.display), []);
    let wanted = BTreeSet::from([Name::Focus]);
    let changes = Cell::new(0);
    let mut look_for = |ms: u64| {
        let until = monotonic() + Duration::from_millis(ms);
        while monotonic() < until {
            let seen =
                lookout.look(&wanted, monotonic()).into_iter().filter(|c| c.sees.as_ref().is_ok_and(|s| !s.is_empty()));
            changes.set(changes.get() + seen.count());
            sleep(Duration::from_millis(20));
        }
    };
    look_for(100);
    let mut was_active = 0;
    for _ in 0..8 {
        let window = Running::start(Command::new("xev").env("DISPLAY", &server.display));
        wait_until("it has the focus", || probe.look().is_ok_and(|seen| !seen.is_empty()));
        was_active += 1;
        look_for(100);
        drop(window);
        look_for(500);
    }
    println!("{was_active} windows had the focus for a tenth of a second: {} alarms", changes.get());
    assert_eq!(changes.get(), 0);
    let _window = Running::start(Command::new("xev").env("DISPLAY", &server.display));
    wait_until("it has the focus", || probe.look().is_ok_and(|seen| !seen.is_empty()));
    look_for(1_000);
    assert_eq!(changes.get(), 1, "one that stays");
}
