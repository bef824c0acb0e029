//! Screens beside the first one. Only those that show something: a closed laptop on a desk with a monitor has two
//! outputs and one screen.

use super::{
    display::{Display, Open, Trouble},
    plain,
};
use crate::probe::{Blind, Probe};
use invigil_core::policy::Probe as Name;
use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
};
use x11rb::protocol::{randr::ConnectionExt as _, xproto::ConnectionExt as _};

/// Sees the outputs of an X server that show something, beside the primary one.
///
/// Under Xwayland these are the compositor's, as far as it tells; there [`Connectors`] is nearer to the truth.
pub struct Outputs {
    display: Display,
}

impl Outputs {
    /// Watches this display, or the one that `DISPLAY` names.
    pub fn new(display: Option<&str>) -> Self {
        Self { display: Display::new(display) }
    }
}

impl Probe for Outputs {
    fn name(&self) -> Name {
        Name::Outputs
    }

    fn look(&mut self) -> Result<BTreeSet<String>, Blind> {
        self.display.ask(others)
    }
}

fn others(open: &Open) -> Result<BTreeSet<String>, Trouble> {
    let monitors = open.connection.randr_get_monitors(open.root, true)?.reply()?.monitors;
    let first = monitors.iter().position(|monitor| monitor.primary).unwrap_or(0);
    let mut seen = BTreeSet::new();
    for (at, monitor) in monitors.iter().enumerate() {
        if at != first {
            seen.insert(plain(&open.connection.get_atom_name(monitor.name)?.reply()?.name));
        }
        // Several outputs with one picture are mirrors of each other, unless they are the tiles of one large screen.
        for output in monitor.outputs.iter().skip(1) {
            let properties = open.connection.randr_list_output_properties(*output)?.reply()?.atoms;
            if !properties.contains(&open.atoms.TILE) {
                seen.insert(plain(&open.connection.randr_get_output_info(*output, 0)?.reply()?.name));
            }
        }
    }
    Ok(seen)
}

/// Sees the connectors that show something, beside the first one, as the kernel tells them. Needs no display server.
pub struct Connectors {
    folder: PathBuf,
}

impl Default for Connectors {
    fn default() -> Self {
        Self::at("/sys/class/drm")
    }
}

impl Connectors {
    /// Looks at the connectors in this folder, which has the form of `/sys/class/drm`.
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }
}

impl Probe for Connectors {
    fn name(&self) -> Name {
        Name::Outputs
    }

    fn look(&mut self) -> Result<BTreeSet<String>, Blind> {
        let untold = |error: io::Error| Blind(format!("the kernel does not tell its outputs: {error}"));
        let (mut known, mut lit) = (false, Vec::new());
        for entry in fs::read_dir(&self.folder).map_err(untold)? {
            let path = entry.map_err(untold)?.path();
            let Some(lights) = lights(&path) else { continue };
            known = true;
            // The part before it is the graphics card's.
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let name = name.split_once('-').map_or(name.as_str(), |(_, connector)| connector);
            lit.extend(lights.then(|| name.to_owned()));
        }
        if !known {
            return Err(Blind("the kernel shows no outputs of this machine".to_owned()));
        }
        // A laptop's own screen is the first one whatever its name is.
        let own = |name: &String| ["eDP", "LVDS", "DSI"].iter().any(|kind| name.starts_with(kind));
        lit.sort_by_key(|name| (!own(name), name.clone()));
        Ok(lit.into_iter().skip(1).collect())
    }
}

/// Whether a connector has a screen and drives it. `None` if it is no connector.
fn lights(connector: &Path) -> Option<bool> {
    let status = fs::read_to_string(connector.join("status")).ok()?;
    let dark = fs::read_to_string(connector.join("enabled")).is_ok_and(|enabled| enabled.trim() == "disabled");
    Some(status.trim() == "connected" && !dark)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(connectors: &str, expected: Result<&[&str], ()>) {
        let folder = tempfile::tempdir().expect("a folder");
        for connector in connectors.split_whitespace() {
            let mut parts = connector.split(':');
            let path = folder.path().join(parts.next().expect("a name"));
            fs::create_dir(&path).expect("made");
            for (file, text) in ["status", "enabled"].iter().zip(parts) {
                fs::write(path.join(file), format!("{text}\n")).expect("written");
            }
        }
        let expected = expected.map(|names| names.iter().map(|name| (*name).to_owned()).collect());
        assert_eq!(Connectors::at(folder.path()).look().map_err(|_| ()), expected, "{connectors}");
    }

    #[test]
    fn only_screens_that_show_something_count() {
        check("card0 version", Err(()));
        check("card0 card0-HDMI-A-1:disconnected:disabled", Ok(&[]));
        check("card0 card0-DP-1:connected:enabled", Ok(&[]));
        check("card0-eDP-1:connected:enabled card0-DP-1:connected:enabled", Ok(&["DP-1"]));
        check("card0-DP-1:connected:enabled card1-LVDS-1:connected:enabled", Ok(&["DP-1"]));
        // A closed laptop with a monitor.
        check("card0-eDP-1:connected:disabled card0-DP-1:connected:enabled", Ok(&[]));
        check("card0-eDP-1:connected card0-DP-1:connected card0-DP-2:unknown", Ok(&["DP-1"]));
        check(
            "card0-DP-1:connected:enabled card0-DP-2:connected:enabled card0-HDMI-A-1:connected:enabled",
            Ok(&["DP-2", "HDMI-A-1"]),
        );
        assert!(Connectors::at("/nonexistent").look().is_err());
    }
}
