//! What a desk's owner has and must find again as it was: settings of the desktop, files at home, the X server's own.

use crate::desk::{Desk, wait};
use invigil_core::Digest;
use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::Stdio,
    time::{Duration, Instant},
};

/// Files that a desktop has, so that there is something to change.
const FILES: [(&str, &str); 7] = [
    (".config/kwinrc", "[Windows]\nFocusPolicy=ClickToFocus\n\n[Compositing]\nEnabled=true\n"),
    (".config/kglobalshortcutsrc", "[kwin]\nWindow Close=Alt+F4,Alt+F4,Close Window\n"),
    (".config/kscreenlockerrc", "[Daemon]\nAutolock=true\nTimeout=5\n"),
    (".config/powermanagementprofilesrc", "[AC][DPMSControl]\nidleTime=600\n"),
    (".config/sway/config", "bindsym Mod4+x exec true\n"),
    (".config/mimeapps.list", "[Default Applications]\ntext/plain=an-editor.desktop\n"),
    (".local/share/a-program/notes", "what the owner wrote\n"),
];

/// Settings of GNOME, by dconf's path.
const SETTINGS: [(&str, &str); 5] = [
    ("/org/gnome/desktop/wm/keybindings/switch-applications", "['<Alt>Tab']"),
    ("/org/gnome/desktop/notifications/show-banners", "true"),
    ("/org/gnome/desktop/sound/event-sounds", "true"),
    ("/org/gnome/desktop/session/idle-delay", "uint32 300"),
    ("/org/gnome/desktop/a11y/applications/screen-reader-enabled", "false"),
];

/// What is Invigil's own, what any program may throw away, and what the test itself keeps at this home.
const NOT_THEIRS: [&str; 10] = [
    ".local/state/invigil",
    ".local/share/org.invigil.Invigil",
    ".cache",
    "tmp",
    "programs",
    "journal",
    "escaped",
    "copied",
    "kiosk",
    // Of a kiosk's compositor, which starts with its application.
    "run/wayland-0.lock",
];

impl Desk {
    /// Gives the desk's owner settings and files, and every program the settings that GNOME keeps in dconf.
    pub fn furnish(&mut self) {
        for (file, text) in FILES {
            self.write_at_home(file, text);
        }
        self.variable("GSETTINGS_BACKEND", "dconf".to_owned());
        let mut service = self.command("/usr/libexec/dconf-service");
        self.keep(&mut service, "dconf-service");
        for (path, value) in SETTINGS {
            wait("dconf to keep a setting", || self.dconf(&["write", path, value]).map(drop));
            assert_eq!(self.dconf(&["read", path]).as_deref(), Some(value));
        }
        assert!(self.home().join(".config/dconf/user").exists(), "the settings lie in a file");
    }

    /// Changes a setting of GNOME's as any program may.
    pub fn set(&self, path: &str, value: &str) {
        self.dconf(&["write", path, value]).expect("dconf keeps it");
    }

    fn dconf(&self, arguments: &[&str]) -> Option<String> {
        let output = self.command("dconf").args(arguments).stdout(Stdio::piped()).output();
        let output = output.expect("dconf: install the package `dconf-cli`");
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    fn write_at_home(&self, file: &str, text: &str) {
        let mut folder = self.home().to_owned();
        for part in Path::new(file).parent().into_iter().flat_map(Path::components) {
            folder.push(part);
            if !folder.exists() {
                fs::create_dir(&folder).expect("a folder at home");
                self.hand_over(&folder);
            }
        }
        let path = self.home().join(file);
        fs::write(&path, text).expect("a file at home");
        self.hand_over(&path);
    }
}

/// Every file at a home by its digest, and what the X server is set to.
#[derive(Debug, PartialEq, Eq)]
pub struct Belongings(BTreeMap<String, Digest>);

impl Belongings {
    pub fn of(desk: &Desk) -> Self {
        let mut found = BTreeMap::new();
        look(desk.home(), desk.home(), &mut found);
        if !desk.is_wayland() {
            let output = desk.command("xset").arg("q").stdout(Stdio::piped()).output();
            let output = output.expect("xset: install the package `x11-xserver-utils`");
            assert!(output.status.success(), "{}", desk.said());
            found.insert("xset q".to_owned(), Digest::of(&output.stdout));
        }
        Self(found)
    }

    /// The same, once nothing has changed for a while: a desktop takes notes when it starts.
    pub fn at_rest(desk: &Desk) -> Self {
        const QUIET: Duration = Duration::from_secs(2);
        let mut last = (Instant::now(), Self::of(desk));
        wait("the desktop to have written what it writes when it starts", || {
            let now = Self::of(desk);
            if now != last.1 {
                last = (Instant::now(), now);
            }
            (QUIET < last.0.elapsed()).then_some(())
        });
        last.1
    }

    /// What is not as it was before: changed, gone or new.
    pub fn changed_since(&self, before: &Self) -> Vec<String> {
        let names = self.0.keys().chain(before.0.keys());
        let mut changed: Vec<_> = names.filter(|name| self.0.get(*name) != before.0.get(*name)).cloned().collect();
        changed.sort();
        changed.dedup();
        changed
    }
}

fn look(home: &Path, folder: &Path, found: &mut BTreeMap<String, Digest>) {
    // Programs come and go while one looks, and sockets hold nothing.
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let name = path.strip_prefix(home).expect("it lies at home").display().to_string();
        let Ok(about) = fs::symlink_metadata(&path) else { continue };
        if NOT_THEIRS.contains(&name.as_str()) {
            continue;
        }
        if about.is_dir() {
            look(home, &path, found);
        } else if about.is_file() {
            let bytes = fs::read(&path).unwrap_or_default();
            let mode = about.permissions().mode().to_le_bytes();
            found.insert(name, Digest::of([mode.as_slice(), &bytes].concat()));
        } else if let Ok(target) = fs::read_link(&path) {
            found.insert(name, Digest::of(target.as_os_str().as_encoded_bytes()));
        }
    }
}

/// The comparison that the other tests rest on sees a setting, a file's text, a file's mode, a file that is new or gone.
#[test]
fn a_change_of_what_is_at_home_is_seen() {
    let mut desk = Desk::new();
    desk.furnish();
    let before = Belongings::of(&desk);
    let seen = || Belongings::of(&desk).changed_since(&before);
    assert_eq!(seen(), [""; 0]);
    desk.set("/org/gnome/desktop/notifications/show-banners", "false");
    wait("dconf to write its file", || seen().contains(&".config/dconf/user".to_owned()).then_some(()));

    let before = Belongings::of(&desk);
    let changed = |what: &str| {
        let now = Belongings::of(&desk).changed_since(&before);
        assert!(now.contains(&what.to_owned()), "{what} is not in {now:?}");
    };
    fs::write(desk.home().join(".config/kwinrc"), "[Windows]\n").expect("it is written");
    changed(".config/kwinrc");
    fs::set_permissions(desk.home().join(".config/mimeapps.list"), fs::Permissions::from_mode(0o600)).expect("a mode");
    changed(".config/mimeapps.list");
    fs::remove_file(desk.home().join(".local/share/a-program/notes")).expect("it is gone");
    changed(".local/share/a-program/notes");
    desk.write_at_home(".config/autostart/new.desktop", "[Desktop Entry]\n");
    changed(".config/autostart/new.desktop");
    assert!(desk.command("xset").args(["s", "off"]).status().expect("it runs").success());
    changed("xset q");
}
