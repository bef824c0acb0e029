//! A window over the whole screen of a Wayland compositor, which shows a frame.

use invigil_capture::Frame;
use rustix::fs::{MemfdFlags, memfd_create};
use std::{fs::File, os::fd::AsFd, os::unix::fs::FileExt, os::unix::net::UnixStream};
use wayland_client::{
    Connection, Dispatch, EventQueue, QueueHandle, delegate_noop,
    globals::{GlobalListContents, registry_queue_init},
    protocol::{
        wl_buffer::WlBuffer, wl_callback, wl_callback::WlCallback, wl_compositor::WlCompositor,
        wl_registry::WlRegistry, wl_shm, wl_shm::WlShm, wl_shm_pool::WlShmPool, wl_surface::WlSurface,
    },
};
use wayland_protocols::xdg::shell::client::{
    xdg_surface, xdg_surface::XdgSurface, xdg_toplevel::XdgToplevel, xdg_wm_base, xdg_wm_base::XdgWmBase,
};

pub struct Window {
    queue: EventQueue<Seen>,
    seen: Seen,
    surface: WlSurface,
    buffer: WlBuffer,
    memory: File,
}

/// What the compositor said.
#[derive(Default)]
struct Seen {
    configured: bool,
    drawn: bool,
}

impl Window {
    pub fn open(socket: UnixStream, width: u32, height: u32) -> Self {
        let connection = Connection::from_socket(socket).expect("a connection");
        let (globals, mut queue) = registry_queue_init::<Seen>(&connection).expect("globals");
        let handle = queue.handle();
        let compositor: WlCompositor = globals.bind(&handle, 4..=4, ()).expect("a compositor");
        let shell: XdgWmBase = globals.bind(&handle, 1..=1, ()).expect("a shell");
        let shm: WlShm = globals.bind(&handle, 1..=1, ()).expect("shared memory");
        let surface = compositor.create_surface(&handle, ());
        let toplevel = shell.get_xdg_surface(&surface, &handle, ()).get_toplevel(&handle, ());
        toplevel.set_fullscreen(None);
        surface.commit();
        let mut seen = Seen::default();
        while !seen.configured {
            queue.blocking_dispatch(&mut seen).expect("a living compositor");
        }
        let memory = File::from(memfd_create("window", MemfdFlags::CLOEXEC).expect("memory"));
        let (width, height) = (width as i32, height as i32);
        let bytes = width * height * 4;
        memory.set_len(bytes as u64).expect("memory");
        let pool = shm.create_pool(memory.as_fd(), bytes, &handle, ());
        let buffer = pool.create_buffer(0, width, height, width * 4, wl_shm::Format::Xrgb8888, &handle, ());
        Self { queue, seen, surface, buffer, memory }
    }

    /// Shows a frame, and returns when the compositor has drawn it.
    pub fn show(&mut self, frame: &Frame) {
        self.memory.write_all_at(frame.bytes(), 0).expect("memory");
        self.surface.attach(Some(&self.buffer), 0, 0);
        self.surface.damage_buffer(0, 0, i32::MAX, i32::MAX);
        // Two frames: with the second the first is on the screen.
        for _ in 0..2 {
            self.seen.drawn = false;
            self.surface.frame(&self.queue.handle(), ());
            self.surface.damage_buffer(0, 0, 1, 1);
            self.surface.commit();
            while !self.seen.drawn {
                self.queue.blocking_dispatch(&mut self.seen).expect("a living compositor");
            }
        }
    }
}

impl Dispatch<XdgSurface, ()> for Seen {
    fn event(
        seen: &mut Self,
        surface: &XdgSurface,
        event: xdg_surface::Event,
        (): &(),
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        if let xdg_surface::Event::Configure { serial } = event {
            surface.ack_configure(serial);
            seen.configured = true;
        }
    }
}

impl Dispatch<XdgWmBase, ()> for Seen {
    fn event(
        _: &mut Self,
        shell: &XdgWmBase,
        event: xdg_wm_base::Event,
        (): &(),
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        if let xdg_wm_base::Event::Ping { serial } = event {
            shell.pong(serial);
        }
    }
}

impl Dispatch<WlCallback, ()> for Seen {
    fn event(seen: &mut Self, _: &WlCallback, _: wl_callback::Event, (): &(), _: &Connection, _: &QueueHandle<Self>) {
        seen.drawn = true;
    }
}

impl Dispatch<WlRegistry, GlobalListContents> for Seen {
    fn event(
        _: &mut Self,
        _: &WlRegistry,
        _: <WlRegistry as wayland_client::Proxy>::Event,
        _: &GlobalListContents,
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
    }
}

delegate_noop!(Seen: ignore WlCompositor);
delegate_noop!(Seen: ignore WlShm);
delegate_noop!(Seen: ignore WlShmPool);
delegate_noop!(Seen: ignore WlBuffer);
delegate_noop!(Seen: ignore WlSurface);
delegate_noop!(Seen: ignore XdgToplevel);
