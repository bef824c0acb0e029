//! The matrix of the lockdown: which control holds on which desktop. A test that has seen a cell notes it where
//! `INVIGIL_MATRIX` names a folder, and `docs/lockdown.md` is held against what was noted (`make test-lockdown`).

use invigil_core::policy::Control;
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    env, fs,
    io::Write,
    path::{Path, PathBuf},
};

/// The desktops that the window is tried on.
pub const DESKTOPS: [&str; 5] = ["X11, openbox", "sway", "Mutter", "KWin", "cage"];

/// Controls that the window brings about. What keeps the machine awake is tried on a booted system, without a window.
const CONTROLS: [Control; 6] =
    [Control::Keyboard, Control::Fullscreen, Control::Covers, Control::Close, Control::Clipboard, Control::Page];

/// What a test cannot see, and why.
fn untried(control: Control, desktop: &str, with: bool) -> &'static str {
    match (control, desktop, with) {
        (Control::Page, _, false) => "always shut, in practice too",
        (Control::Page, "sway", true) => "not tried: its keyboard in the tests works no shortcut of a page",
        (Control::Keyboard, "cage", false) => "the same: it keeps none",
        (Control::Fullscreen, "cage", false) => "the same: it shows every window so",
        (Control::Covers, "cage", false) => "the same: every window lies over all outputs",
        (Control::Close, "cage", _) => "not tried: it has no way to ask a window to close",
        (Control::Clipboard, "Mutter" | "cage", _) => {
            "not tried: only the program in front may look, and to look would take the exam's place"
        }
        _ => "not seen",
    }
}

#[derive(Serialize, Deserialize)]
struct Cell {
    control: Control,
    desktop: String,
    /// With the control, or without it.
    with: bool,
    what: String,
}

/// Notes what was seen on a desktop with this control engaged.
pub fn with(control: Control, desktop: &str, what: &str) {
    note(&Cell { control, desktop: desktop.to_owned(), with: true, what: what.to_owned() });
}

/// Notes what was seen there in an exam that does not ask for it.
pub fn without(control: Control, desktop: &str, what: &str) {
    note(&Cell { control, desktop: desktop.to_owned(), with: false, what: what.to_owned() });
}

fn note(cell: &Cell) {
    assert!(DESKTOPS.contains(&cell.desktop.as_str()), "{} is no desktop of the matrix", cell.desktop);
    let Some(folder) = folder() else { return };
    fs::create_dir_all(&folder).expect("a folder for the matrix");
    let mut file =
        fs::OpenOptions::new().create(true).append(true).open(folder.join("cells")).expect("a file of cells");
    let line = serde_json::to_string(cell).expect("a cell is JSON");
    writeln!(file, "{line}").expect("the cell is noted");
}

/// Where cells are noted, if anywhere.
pub fn folder() -> Option<PathBuf> {
    env::var_os("INVIGIL_MATRIX").map(PathBuf::from)
}

/// The rows of the table that the noted cells make, a row for each control on each desktop.
pub fn rows(folder: &Path) -> Vec<String> {
    let text = fs::read_to_string(folder.join("cells")).unwrap_or_default();
    let cells = text.lines().map(|line| serde_json::from_str::<Cell>(line).expect("a noted cell"));
    let seen: BTreeMap<_, _> = cells.map(|cell| ((cell.control, cell.desktop, cell.with), cell.what)).collect();
    let row = |control: Control, desktop: &str| {
        let cell = |with| {
            seen.get(&(control, desktop.to_owned(), with)).map_or(untried(control, desktop, with), String::as_str)
        };
        format!("| {control} | {desktop} | {} | {} |", cell(true), cell(false))
    };
    let row = &row;
    CONTROLS.into_iter().flat_map(|control| DESKTOPS.map(|desktop| row(control, desktop))).collect()
}
