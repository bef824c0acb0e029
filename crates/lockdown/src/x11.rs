//! What an X server shows about the exam window, seen from a connection of our own.
//!
//! The window asks over the toolkit's connection; a witness looks over another, so it sees what the server
//! and the window manager really did. Requests wait for the server as long as it takes: do not make them where that
//! matters.

use std::{env, fs};
use x11rb::{
    CURRENT_TIME, atom_manager,
    connection::Connection,
    errors::ReplyError,
    protocol::{
        randr::ConnectionExt as _,
        res::{ClientIdMask, ClientIdSpec, ConnectionExt as _},
        xproto::{AtomEnum, ConnectionExt as _, GrabMode, GrabStatus, MapState, Window, WindowClass},
    },
    rust_connection::RustConnection,
};

atom_manager! {
    Atoms: AtomsCookie {
        UTF8_STRING,
        _NET_ACTIVE_WINDOW,
        _NET_SUPPORTING_WM_CHECK,
        _NET_WM_NAME,
        _NET_WM_STATE,
        _NET_WM_STATE_FULLSCREEN,
    }
}

/// The X server could not be asked at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the X server could not be reached to prove the window's controls: {0}")]
pub struct Unreachable(String);

/// Looks at an X server. `None` in an answer means that the server did not tell.
pub struct Witness {
    connection: RustConnection,
    root: Window,
    atoms: Atoms,
    xwayland: bool,
}

/// A rectangle of the X screen, in its pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "they say it themselves")]
pub struct Area {
    pub x: i32,
    pub y: i32,
    pub width: i32,
    pub height: i32,
}

impl Area {
    fn covers(self, other: Self) -> bool {
        self.x <= other.x
            && self.y <= other.y
            && other.x + other.width <= self.x + self.width
            && other.y + other.height <= self.y + self.height
    }

    fn size(self) -> i64 {
        i64::from(self.width) * i64::from(self.height)
    }

    /// How much of `other` it covers.
    pub fn shared(self, other: Self) -> i64 {
        let width = (self.x + self.width).min(other.x + other.width) - self.x.max(other.x);
        let height = (self.y + self.height).min(other.y + other.height) - self.y.max(other.y);
        i64::from(width.max(0)) * i64::from(height.max(0))
    }
}

impl Witness {
    /// Connects to this display, or to the one that `DISPLAY` names.
    pub fn connect(display: Option<&str>) -> Result<Self, Unreachable> {
        let unreachable = |error: &dyn std::fmt::Display| Unreachable(error.to_string());
        let (connection, screen) = x11rb::connect(display).map_err(|e| unreachable(&e))?;
        let roots = &connection.setup().roots;
        let root = roots.get(screen).ok_or_else(|| unreachable(&"it has no such screen"))?.root;
        let atoms = Atoms::new(&connection).map_err(|e| unreachable(&e))?.reply().map_err(|e| unreachable(&e))?;
        let xwayland = is_xwayland(&connection, root).map_err(|e| unreachable(&e))?;
        Ok(Self { connection, root, atoms, xwayland })
    }

    /// Whether this server is only a guest of a Wayland compositor. Then a grab rules the compositor's X windows and
    /// nothing else, and proves nothing.
    pub fn is_xwayland(&self) -> bool {
        self.xwayland
    }

    /// Whether another client holds the keyboard, found out by trying to take it. `None` under Xwayland.
    ///
    /// Where nobody holds it, this takes and returns it, which the focused window notices for an instant: ask only
    /// after the control was engaged. Who holds it X does not tell; while our own grab lasts, nobody else can.
    pub fn keyboard_grabbed_by_other(&self) -> Option<bool> {
        if self.xwayland {
            return None;
        }
        let mode = GrabMode::ASYNC;
        let grab = self.connection.grab_keyboard(false, self.root, CURRENT_TIME, mode, mode).ok()?;
        let status = grab.reply().ok()?.status;
        if status == GrabStatus::SUCCESS {
            self.connection.ungrab_keyboard(CURRENT_TIME).ok()?.check().ok()?;
            return Some(false);
        }
        // Frozen is what a keyboard is that somebody holds and has stopped.
        let held = status == GrabStatus::ALREADY_GRABBED || status == GrabStatus::FROZEN;
        held.then_some(true)
    }

    /// Whether a window is fullscreen: it is shown, the window manager's state says so, and it covers a monitor.
    pub fn window_is_fullscreen(&self, window: Window) -> Option<bool> {
        self.fullscreen(window).ok()
    }

    fn fullscreen(&self, window: Window) -> Result<bool, ReplyError> {
        let shown = self.connection.get_window_attributes(window)?.reply()?.map_state == MapState::VIEWABLE;
        let states = self.atoms_of(window, self.atoms._NET_WM_STATE)?;
        let place = self.area(window)?;
        let covers = self.named_monitors()?.into_iter().any(|(_, monitor)| place.covers(monitor));
        Ok(shown && covers && states.contains(&self.atoms._NET_WM_STATE_FULLSCREEN))
    }

    /// The monitors by name, and where they are.
    pub fn monitors(&self) -> Option<Vec<(String, Area)>> {
        self.named_monitors().ok()
    }

    /// Where a window lies.
    pub fn place_of(&self, window: Window) -> Option<Area> {
        self.area(window).ok()
    }

    /// The monitors that show something else than these windows: none of them covers the monitor, or another window lies
    /// above and covers more than half of it.
    pub fn bare_monitors(&self, ours: &[Window]) -> Option<Vec<String>> {
        self.bare(ours).ok()
    }

    fn bare(&self, ours: &[Window]) -> Result<Vec<String>, ReplyError> {
        let ours: Vec<Window> = ours.iter().map(|window| self.top_level(*window)).collect::<Result<_, _>>()?;
        let mut shown = Vec::new();
        for window in self.connection.query_tree(self.root)?.reply()?.children.into_iter().rev() {
            // Windows come and go while they are looked at.
            let Ok(attributes) = self.connection.get_window_attributes(window)?.reply() else { continue };
            if attributes.map_state == MapState::VIEWABLE && attributes.class == WindowClass::INPUT_OUTPUT {
                shown.extend(self.area(window).ok().map(|area| (window, area)));
            }
        }
        let is_bare = |monitor: &Area| {
            let top = shown.iter().find(|(window, area)| {
                if ours.contains(window) { area.covers(*monitor) } else { monitor.size() < 2 * area.shared(*monitor) }
            });
            top.is_none_or(|(window, _)| !ours.contains(window))
        };
        Ok(self.named_monitors()?.into_iter().filter(|(_, area)| is_bare(area)).map(|(name, _)| name).collect())
    }

    /// The window below the root that holds this one: itself, or a window manager's frame.
    fn top_level(&self, window: Window) -> Result<Window, ReplyError> {
        let mut window = window;
        loop {
            let parent = self.connection.query_tree(window)?.reply()?.parent;
            if parent == self.root || parent == x11rb::NONE {
                return Ok(window);
            }
            window = parent;
        }
    }

    /// Whether a selection, `CLIPBOARD` or `PRIMARY`, belongs to another program than `ours` does.
    pub fn selection_is_foreign(&self, selection: &str, ours: Window) -> Option<bool> {
        let client = |window: Window| window & !self.connection.setup().resource_id_mask;
        let atom = self.connection.intern_atom(false, selection.as_bytes()).ok()?.reply().ok()?.atom;
        let owner = self.connection.get_selection_owner(atom).ok()?.reply().ok()?.owner;
        Some(owner != x11rb::NONE && client(owner) != client(ours))
    }

    /// The executable file of the program that owns a selection, where it runs on this machine and the server tells.
    pub fn selection_owner(&self, selection: &str) -> Option<String> {
        let atom = self.connection.intern_atom(false, selection.as_bytes()).ok()?.reply().ok()?.atom;
        let owner = self.connection.get_selection_owner(atom).ok()?.reply().ok()?.owner;
        let asked = ClientIdSpec { client: owner, mask: ClientIdMask::LOCAL_CLIENT_PID };
        let ids = self.connection.res_query_client_ids(&[asked]).ok()?.reply().ok()?.ids;
        let process = ids.first()?.value.first().copied()?;
        let file = fs::read_link(format!("/proc/{process}/exe")).ok()?;
        Some(file.file_name()?.to_str()?.trim_end_matches(" (deleted)").to_owned())
    }

    /// The window that the window manager calls active. `None` also if no window is, or no manager runs.
    pub fn active_window(&self) -> Option<Window> {
        self.window_in(self.atoms._NET_ACTIVE_WINDOW)
    }

    /// What the window manager calls itself. `None` also if no manager runs.
    pub fn window_manager(&self) -> Option<String> {
        const CHARS_MAX: u32 = 20;
        let manager = self.window_in(self.atoms._NET_SUPPORTING_WM_CHECK)?;
        let (name, kind) = (self.atoms._NET_WM_NAME, self.atoms.UTF8_STRING);
        let reply = self.connection.get_property(false, manager, name, kind, 0, CHARS_MAX).ok()?.reply().ok()?;
        Some(String::from_utf8_lossy(&reply.value).into_owned()).filter(|name| !name.is_empty())
    }

    /// The window that a property of the root names.
    fn window_in(&self, property: u32) -> Option<Window> {
        let kind = AtomEnum::WINDOW;
        let reply = self.connection.get_property(false, self.root, property, kind, 0, 1).ok()?.reply().ok()?;
        let window = reply.value32()?.next()?;
        (window != x11rb::NONE).then_some(window)
    }

    fn atoms_of(&self, window: Window, property: u32) -> Result<Vec<u32>, ReplyError> {
        // No window is in more states at once than there are: about a dozen.
        const STATES_MAX: u32 = 64;
        let reply = self.connection.get_property(false, window, property, AtomEnum::ATOM, 0, STATES_MAX)?.reply()?;
        Ok(reply.value32().map(Iterator::collect).unwrap_or_default())
    }

    /// Where the window itself lies on the screen, whatever frames are around it.
    fn area(&self, window: Window) -> Result<Area, ReplyError> {
        let size = self.connection.get_geometry(window)?;
        let origin = self.connection.translate_coordinates(window, self.root, 0, 0)?;
        let (size, origin) = (size.reply()?, origin.reply()?);
        let (x, y) = (origin.dst_x.into(), origin.dst_y.into());
        Ok(Area { x, y, width: size.width.into(), height: size.height.into() })
    }

    fn named_monitors(&self) -> Result<Vec<(String, Area)>, ReplyError> {
        let reply = self.connection.randr_get_monitors(self.root, true)?.reply();
        let mut monitors = Vec::new();
        for m in reply.map(|reply| reply.monitors).unwrap_or_default() {
            let name = self.connection.get_atom_name(m.name)?.reply().map(|reply| reply.name).unwrap_or_default();
            let area = Area { x: m.x.into(), y: m.y.into(), width: m.width.into(), height: m.height.into() };
            monitors.push((String::from_utf8_lossy(&name).into_owned(), area));
        }
        // A server that knows no monitors has one screen to cover.
        if monitors.is_empty() {
            monitors.push(("the screen".to_owned(), self.area(self.root)?));
        }
        Ok(monitors)
    }
}

/// Newer Xwaylands have an extension of that name; older ones name their outputs so.
pub(crate) fn is_xwayland(connection: &RustConnection, root: Window) -> Result<bool, ReplyError> {
    if connection.query_extension(b"XWAYLAND")?.reply()?.present {
        return Ok(true);
    }
    let Ok(resources) = connection.randr_get_screen_resources_current(root)?.reply() else { return Ok(false) };
    for output in resources.outputs {
        let info = connection.randr_get_output_info(output, resources.config_timestamp)?.reply();
        if info.is_ok_and(|info| info.name.starts_with(b"XWAYLAND")) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What kind of graphical session this is, as far as the environment tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SessionKind {
    /// An X server of its own.
    X11,
    /// A Wayland compositor, perhaps with X for old programs.
    Wayland {
        /// The compositor or desktop, where a variable names it.
        compositor: Option<String>,
    },
    /// No graphical session.
    None,
}

/// The kind of this process's session.
pub fn session_kind() -> SessionKind {
    session_kind_from(|name| env::var(name).ok())
}

/// The kind of session that these variables describe. Any sign of Wayland decides for it: to take Wayland for X11
/// would claim a proof that there is not.
pub fn session_kind_from(variable: impl Fn(&str) -> Option<String>) -> SessionKind {
    let set = |name: &str| variable(name).filter(|value| !value.is_empty());
    let declared = set("XDG_SESSION_TYPE");
    if set("WAYLAND_DISPLAY").is_some() || declared.as_deref() == Some("wayland") {
        return SessionKind::Wayland { compositor: compositor(set) };
    }
    if set("DISPLAY").is_some() { SessionKind::X11 } else { SessionKind::None }
}

fn compositor(set: impl Fn(&str) -> Option<String>) -> Option<String> {
    // A compositor's own variable is nearer to the truth than the desktop's name, which nested sessions inherit.
    const OWN: [(&str, &str); 3] =
        [("SWAYSOCK", "sway"), ("HYPRLAND_INSTANCE_SIGNATURE", "Hyprland"), ("NIRI_SOCKET", "niri")];
    let own = OWN.iter().find(|(name, _)| set(name).is_some()).map(|(_, compositor)| (*compositor).to_owned());
    own.or_else(|| set("XDG_CURRENT_DESKTOP"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(variables: &str, expected: &SessionKind) {
        let pairs: Vec<_> = variables.split_whitespace().filter_map(|pair| pair.split_once('=')).collect();
        let find = |name: &str| pairs.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        assert_eq!(session_kind_from(find), *expected, "{variables}");
    }

    #[test]
    fn any_sign_of_wayland_is_wayland() {
        let wayland = |name: Option<&str>| SessionKind::Wayland { compositor: name.map(str::to_owned) };
        check("", &SessionKind::None);
        check("XDG_SESSION_TYPE=tty", &SessionKind::None);
        check("XDG_SESSION_TYPE=x11", &SessionKind::None);
        check("DISPLAY=:0", &SessionKind::X11);
        check("DISPLAY=:0 XDG_SESSION_TYPE=x11 XDG_CURRENT_DESKTOP=XFCE", &SessionKind::X11);
        check("DISPLAY=:0 WAYLAND_DISPLAY= XDG_SESSION_TYPE=tty", &SessionKind::X11);
        check("WAYLAND_DISPLAY=wayland-0", &wayland(None));
        check("DISPLAY=:0 XDG_SESSION_TYPE=wayland XDG_CURRENT_DESKTOP=GNOME", &wayland(Some("GNOME")));
        check(
            "DISPLAY=:0 XDG_SESSION_TYPE=x11 WAYLAND_DISPLAY=w SWAYSOCK=/s XDG_CURRENT_DESKTOP=KDE",
            &wayland(Some("sway")),
        );
    }
}
