//! Frames from an X server, over a connection of our own.
//!
//! The server writes a frame into a file in memory that it was handed, and it is read from there: no pixel goes through
//! the socket and no memory is mapped. Where that cannot be had, as on another machine, the pixels come as a reply.

use crate::{
    frame::{Area, Frame, PIXEL_BYTES},
    layout::Layout,
    screen::{Monitor, Screen, Unable},
};
use rustix::{
    fs::{MemfdFlags, memfd_create},
    net::{AddressFamily, getsockname},
};
use std::{fs::File, os::unix::fs::FileExt};
use x11rb::{
    connection::{Connection, RequestConnection},
    errors::{ConnectionError, ReplyError, ReplyOrIdError},
    protocol::{
        randr::ConnectionExt as _,
        shm::{self, ConnectionExt as _},
        xproto::{ConnectionExt as _, ImageFormat, ImageOrder, VisualClass, Window},
    },
    rust_connection::RustConnection,
};

/// Every plane of a pixel.
const PLANES: u32 = u32::MAX;

/// An X server that is looked at.
pub struct X11 {
    connection: RustConnection,
    root: Window,
    layout: Layout,
    memory: Memory,
}

/// How pixels come over.
enum Memory {
    /// In memory that the server shares, once there was a frame to make it for.
    Shared(Option<Segment>),
    /// As a reply through the socket.
    Replies,
}

/// A file in memory that the server writes frames to.
struct Segment {
    id: shm::Seg,
    file: File,
    bytes: usize,
}

fn refused(error: impl std::fmt::Display) -> Unable {
    Unable::Refused(error.to_string())
}

impl X11 {
    /// Connects to this display, or to the one that `DISPLAY` names.
    ///
    /// # Errors
    /// `Unreachable`, `Xwayland` or `Layout`.
    pub fn connect(display: Option<&str>) -> Result<Self, Unable> {
        Self::over(display, true)
    }

    /// The same, with every pixel through the socket: what a server on another machine comes to.
    ///
    /// # Errors
    /// As [`X11::connect`].
    pub fn connect_by_replies(display: Option<&str>) -> Result<Self, Unable> {
        Self::over(display, false)
    }

    fn over(display: Option<&str>, shared: bool) -> Result<Self, Unable> {
        let unreachable = |error: &dyn std::fmt::Display| Unable::Unreachable(error.to_string());
        let (connection, screen) = x11rb::connect(display).map_err(|e| unreachable(&e))?;
        let setup = connection.setup();
        let screen = setup.roots.get(screen).ok_or_else(|| unreachable(&"it has no such screen"))?;
        let root = screen.root;
        let visuals = screen.allowed_depths.iter().flat_map(|depth| &depth.visuals);
        let visual = visuals.into_iter().find(|visual| visual.visual_id == screen.root_visual);
        let visual = visual.ok_or_else(|| unreachable(&"it does not describe its pixels"))?;
        if ![VisualClass::TRUE_COLOR, VisualClass::DIRECT_COLOR].contains(&visual.class) {
            return Err(Unable::Layout("they name colours of a palette".to_owned()));
        }
        let format = setup.pixmap_formats.iter().find(|format| format.depth == screen.root_depth);
        let bits = format.ok_or_else(|| unreachable(&"it does not describe its pixels"))?.bits_per_pixel;
        let big_endian = setup.image_byte_order == ImageOrder::MSB_FIRST;
        let layout = Layout::new(bits, big_endian, [visual.red_mask, visual.green_mask, visual.blue_mask])?;
        if is_xwayland(&connection, root).map_err(|e| unreachable(&e))? {
            return Err(Unable::Xwayland);
        }
        let shared = shared && shares_memory(&connection).map_err(|e| unreachable(&e))?;
        let memory = if shared { Memory::Shared(None) } else { Memory::Replies };
        Ok(Self { connection, root, layout, memory })
    }

    /// All of the X screen, whatever monitors show of it.
    ///
    /// # Errors
    /// `Refused`.
    pub fn whole(&self) -> Result<Area, Unable> {
        self.extent().map_err(refused)
    }

    fn extent(&self) -> Result<Area, ReplyError> {
        let size = self.connection.get_geometry(self.root)?.reply()?;
        Ok(Area { x: 0, y: 0, width: size.width.into(), height: size.height.into() })
    }

    /// What the part of the X screen within `area` shows now. `None` if no part of it is.
    ///
    /// # Errors
    /// `Refused`, also when the screen changes its size in this very moment.
    pub fn grab_area(&mut self, area: Area) -> Result<Option<Frame>, Unable> {
        let Some(area) = area.within(self.whole()?) else { return Ok(None) };
        let mut bytes = self.pixels(area)?;
        self.layout.convert(&mut bytes);
        let frame = Frame::new(area.width, area.height, bytes);
        frame.map(Some).ok_or_else(|| refused("the server gave another number of pixels than it was asked for"))
    }

    fn pixels(&mut self, area: Area) -> Result<Vec<u8>, Unable> {
        if let Memory::Shared(segment) = &mut self.memory {
            match shared_pixels(&self.connection, self.root, segment, area) {
                Ok(bytes) => return Ok(bytes),
                // The server says no, and may say yes to a reply; a connection that is lost stays lost.
                Err(ReplyOrIdError::X11Error(_)) => {}
                Err(error) => return Err(refused(error)),
            }
            // If it was the memory that it did not take, it takes none the next time either.
            let bytes = self.replied_pixels(area)?;
            self.memory = Memory::Replies;
            return Ok(bytes);
        }
        self.replied_pixels(area)
    }

    fn replied_pixels(&self, area: Area) -> Result<Vec<u8>, Unable> {
        let Place { x, y, width, height } = Place::of(area).map_err(refused)?;
        let image = self.connection.get_image(ImageFormat::Z_PIXMAP, self.root, x, y, width, height, PLANES);
        Ok(image.map_err(refused)?.reply().map_err(refused)?.data)
    }
}

impl Screen for X11 {
    fn way(&self) -> &'static str {
        match self.memory {
            Memory::Shared(_) => "x11-shm",
            Memory::Replies => "x11",
        }
    }

    fn monitors(&mut self) -> Result<Vec<Monitor>, Unable> {
        let named = |error: ReplyError| refused(error);
        let reply = self.connection.randr_get_monitors(self.root, true).map_err(refused)?.reply();
        let mut monitors: Vec<Monitor> = Vec::new();
        // A server without RandR has one screen; so has one that calls none of its monitors active.
        for monitor in reply.map(|reply| reply.monitors).unwrap_or_default() {
            let area = Area {
                x: monitor.x.into(),
                y: monitor.y.into(),
                width: monitor.width.into(),
                height: monitor.height.into(),
            };
            if monitors.iter().any(|other| other.area == area) {
                continue;
            }
            let name = self.connection.get_atom_name(monitor.name).map_err(refused)?.reply().map_err(named)?.name;
            monitors.push(Monitor { name: String::from_utf8_lossy(&name).into_owned(), area });
        }
        if monitors.is_empty() {
            monitors.push(Monitor { name: "screen".to_owned(), area: self.whole()? });
        }
        Ok(monitors)
    }

    fn grab(&mut self, monitor: &Monitor) -> Result<Frame, Unable> {
        self.grab_area(monitor.area)?.ok_or_else(|| Unable::Gone(monitor.name.clone()))
    }
}

/// An area in the protocol's own numbers.
struct Place {
    x: i16,
    y: i16,
    width: u16,
    height: u16,
}

impl Place {
    fn of(area: Area) -> Result<Self, std::num::TryFromIntError> {
        Ok(Self {
            x: area.x.try_into()?,
            y: area.y.try_into()?,
            width: area.width.try_into()?,
            height: area.height.try_into()?,
        })
    }
}

fn shared_pixels(
    connection: &RustConnection,
    root: Window,
    segment: &mut Option<Segment>,
    area: Area,
) -> Result<Vec<u8>, ReplyOrIdError> {
    let io = |error: std::io::Error| ReplyOrIdError::from(ConnectionError::from(error));
    let bytes = area.width as usize * area.height as usize * PIXEL_BYTES;
    let Place { x, y, width, height } = Place::of(area).map_err(|error| io(std::io::Error::other(error)))?;
    if segment.as_ref().is_none_or(|segment| segment.bytes < bytes) {
        if let Some(small) = segment.take() {
            connection.shm_detach(small.id)?.check()?;
        }
        *segment = Some(Segment::new(connection, bytes)?);
    }
    let Some(Segment { id, file, .. }) = segment else { return Err(ReplyOrIdError::IdsExhausted) };
    let format = u32::from(ImageFormat::Z_PIXMAP) as u8;
    // The reply comes when the pixels are there.
    connection.shm_get_image(root, x, y, width, height, PLANES, format, *id, 0)?.reply()?;
    let mut pixels = vec![0; bytes];
    file.read_exact_at(&mut pixels, 0).map_err(io)?;
    Ok(pixels)
}

impl Segment {
    fn new(connection: &RustConnection, bytes: usize) -> Result<Self, ReplyOrIdError> {
        let io = |error: std::io::Error| ReplyOrIdError::from(ConnectionError::from(error));
        let file = File::from(memfd_create("invigil-frame", MemfdFlags::CLOEXEC).map_err(|error| io(error.into()))?);
        file.set_len(bytes as u64).map_err(io)?;
        let id = connection.generate_id()?;
        connection.shm_attach_fd(id, file.try_clone().map_err(io)?, false)?.check()?;
        Ok(Self { id, file, bytes })
    }
}

/// Whether the server takes memory as a descriptor, which came with version 1.2 and goes through local sockets only.
fn shares_memory(connection: &RustConnection) -> Result<bool, ReplyError> {
    let local = getsockname(connection.stream()).is_ok_and(|address| address.address_family() == AddressFamily::UNIX);
    if !local || connection.extension_information(shm::X11_EXTENSION_NAME)?.is_none() {
        return Ok(false);
    }
    let version = connection.shm_query_version()?.reply()?;
    Ok((1, 2) <= (version.major_version, version.minor_version))
}

/// Newer Xwaylands have an extension of that name; older ones name their outputs so.
fn is_xwayland(connection: &RustConnection, root: Window) -> Result<bool, ReplyError> {
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
