//! The compositor's shortcuts held back by `zwp_keyboard_shortcuts_inhibit_manager_v1`, on the toolkit's own
//! connection: a surface belongs to the connection that made it. The events come in a queue of ours, filled whenever
//! the toolkit reads, and say whether the compositor obeys.
#![expect(unsafe_code, reason = "the toolkit hands out its Wayland objects as plain pointers")]

use gdk_wayland_sys::{
    gdk_wayland_display_get_wl_display, gdk_wayland_seat_get_wl_seat, gdk_wayland_window_get_wl_surface,
};
use gtk::{gdk, glib::translate::ToGlibPtr, prelude::*};
use invigil_lockdown::desktop::{desktop, peer};
use wayland_client::{
    Connection, Dispatch, EventQueue, Proxy, QueueHandle,
    backend::{Backend, InvalidId, ObjectId},
    globals::{BindError, GlobalError, GlobalListContents, registry_queue_init},
    protocol::{wl_registry::WlRegistry, wl_seat::WlSeat, wl_surface::WlSurface},
};
use wayland_protocols::wp::keyboard_shortcuts_inhibit::zv1::client::{
    zwp_keyboard_shortcuts_inhibit_manager_v1::ZwpKeyboardShortcutsInhibitManagerV1 as Manager,
    zwp_keyboard_shortcuts_inhibitor_v1::{Event, ZwpKeyboardShortcutsInhibitorV1 as Request},
};

/// What the compositor said last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Nothing yet.
    Asked,
    /// It passes its shortcuts on to the window.
    Active,
    /// It does not, or not any more: the user has taken them back, or the window has lost the keyboard.
    Inactive,
    /// It has no such protocol.
    Absent,
    /// It has none and needs none: it runs one application and has no shortcuts.
    Alone,
}

/// Compositors that run one application, by their executable file.
const KIOSKS: [&str; 1] = ["cage"];

/// The compositor could not be asked.
#[derive(Debug, thiserror::Error)]
pub enum Unasked {
    /// The toolkit gave nothing that belongs to Wayland.
    #[error("the window has no Wayland surface")]
    NoSurface,
    /// It is no object of this connection.
    #[error("the window's surface cannot be used: {0}")]
    Object(#[from] InvalidId),
    /// The compositor did not list what it offers.
    #[error("the compositor does not say what it offers: {0}")]
    Globals(#[from] GlobalError),
}

/// Holds the shortcuts back as long as it lives.
pub struct Inhibitor {
    queue: EventQueue<State>,
    state: State,
    request: Option<(Manager, Request)>,
    connection: Connection,
}

impl Inhibitor {
    /// Asks the compositor to pass its shortcuts on to `surface` while it has the keyboard of `seat`.
    pub fn of(surface: &gdk::Window, seat: &gdk::Seat) -> Result<Self, Unasked> {
        let display = surface.display();
        let (surface, seat, display) = pointers(surface, seat, &display).ok_or(Unasked::NoSurface)?;
        // SAFETY: the pointer is the toolkit's live `wl_display`, which lives as long as the process: the display is
        // never closed. A backend of a foreign display does not close it either.
        let backend = unsafe { Backend::from_foreign_display(display.cast()) };
        let connection = Connection::from_backend(backend);
        let (globals, queue) = registry_queue_init::<State>(&connection)?;
        let handle = queue.handle();
        // SAFETY: the pointers are live proxies of these interfaces on this display, held by the toolkit for as long as
        // the window is realised, which it is until the process ends.
        let (surface, seat) = unsafe {
            (
                ObjectId::from_ptr(WlSurface::interface(), surface.cast())?,
                ObjectId::from_ptr(WlSeat::interface(), seat.cast())?,
            )
        };
        let (surface, seat) = (WlSurface::from_id(&connection, surface)?, WlSeat::from_id(&connection, seat)?);
        let manager: Result<Manager, BindError> = globals.bind(&handle, 1..=1, ());
        let (state, request) = match manager {
            Ok(manager) => {
                let request = manager.inhibit_shortcuts(&surface, &seat, &handle, ());
                (State::Asked, Some((manager, request)))
            }
            Err(_) => {
                let kiosk = peer(connection.backend().poll_fd()).is_some_and(|name| KIOSKS.contains(&name.as_str()));
                (if kiosk { State::Alone } else { State::Absent }, None)
            }
        };
        let _ = connection.flush();
        Ok(Self { queue, state, request, connection })
    }

    /// What the compositor said last.
    pub fn state(&mut self) -> State {
        let mut state = self.state;
        if self.queue.dispatch_pending(&mut state).is_ok() {
            self.state = state;
        }
        self.state
    }
}

impl Drop for Inhibitor {
    fn drop(&mut self) {
        if let Some((manager, request)) = self.request.take() {
            request.destroy();
            manager.destroy();
        }
        let _ = self.connection.flush();
    }
}

/// Whether the compositor runs one application and lays each of its windows over all of its outputs.
pub fn is_kiosk() -> bool {
    KIOSKS.contains(&desktop().shown_by.as_str())
}

type Pointer = *mut std::ffi::c_void;

fn pointers(surface: &gdk::Window, seat: &gdk::Seat, display: &gdk::Display) -> Option<(Pointer, Pointer, Pointer)> {
    let ours = [surface.type_().name(), seat.type_().name(), display.type_().name()];
    if ours != ["GdkWaylandWindow", "GdkWaylandSeat", "GdkWaylandDisplay"] {
        return None;
    }
    let surface: *mut gdk::ffi::GdkWindow = surface.to_glib_none().0;
    let seat: *mut gdk::ffi::GdkSeat = seat.to_glib_none().0;
    let display: *mut gdk::ffi::GdkDisplay = display.to_glib_none().0;
    // SAFETY: the objects are of the types that these functions take, as was just asked.
    let found = unsafe {
        (
            gdk_wayland_window_get_wl_surface(surface.cast()),
            gdk_wayland_seat_get_wl_seat(seat.cast()),
            gdk_wayland_display_get_wl_display(display.cast()),
        )
    };
    let (surface, seat, display) = found;
    (!surface.is_null() && !seat.is_null() && !display.is_null()).then_some(found)
}

impl Dispatch<Request, ()> for State {
    fn event(state: &mut Self, _: &Request, event: Event, (): &(), _: &Connection, _: &QueueHandle<Self>) {
        match event {
            Event::Active => *state = Self::Active,
            Event::Inactive => *state = Self::Inactive,
            _ => {}
        }
    }
}

impl Dispatch<WlRegistry, GlobalListContents> for State {
    fn event(
        _: &mut Self,
        _: &WlRegistry,
        _: <WlRegistry as Proxy>::Event,
        _: &GlobalListContents,
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
    }
}

impl Dispatch<Manager, ()> for State {
    fn event(_: &mut Self, _: &Manager, _: <Manager as Proxy>::Event, (): &(), _: &Connection, _: &QueueHandle<Self>) {}
}
