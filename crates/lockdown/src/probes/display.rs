//! A connection of a probe's own to an X server. One that is lost is made anew at the next look.

use crate::{probe::Blind, x11::is_xwayland};
use x11rb::{
    atom_manager,
    connection::Connection,
    errors::{ConnectionError, ReplyError},
    protocol::{
        xinput::ConnectionExt as _,
        xproto::{AtomEnum, Window},
    },
    rust_connection::RustConnection,
};

atom_manager! {
    pub Atoms: AtomsCookie {
        _NET_ACTIVE_WINDOW,
        _NET_SUPPORTING_WM_CHECK,
        _NET_WM_PID,
        TILE,
        XTEST_DEVICE: b"XTEST Device",
    }
}

pub(super) struct Display {
    name: Option<String>,
    open: Option<Open>,
}

pub(super) struct Open {
    pub connection: RustConnection,
    pub root: Window,
    pub atoms: Atoms,
    pub xwayland: bool,
}

/// Why a question has no answer.
pub(super) enum Trouble {
    Blind(Blind),
    Server(ReplyError),
}

impl From<Blind> for Trouble {
    fn from(blind: Blind) -> Self {
        Self::Blind(blind)
    }
}

impl From<ReplyError> for Trouble {
    fn from(error: ReplyError) -> Self {
        Self::Server(error)
    }
}

impl From<ConnectionError> for Trouble {
    fn from(error: ConnectionError) -> Self {
        Self::Server(error.into())
    }
}

impl Display {
    /// The display of this name, or the one that `DISPLAY` names. It is not connected to yet.
    pub fn new(name: Option<&str>) -> Self {
        Self { name: name.map(str::to_owned), open: None }
    }

    /// Puts a question to the server, connecting first where that is needed. Waits as long as the server takes.
    pub fn ask<T>(&mut self, question: impl FnOnce(&Open) -> Result<T, Trouble>) -> Result<T, Blind> {
        let open = match self.open.take() {
            Some(open) => open,
            None => Open::connect(self.name.as_deref())?,
        };
        match question(&open) {
            Err(Trouble::Server(ReplyError::ConnectionError(_))) => Err(Blind("the X server has gone".to_owned())),
            answer => {
                self.open = Some(open);
                answer.map_err(|trouble| match trouble {
                    Trouble::Blind(blind) => blind,
                    Trouble::Server(error) => Blind(format!("the X server did not answer: {error}")),
                })
            }
        }
    }
}

impl Open {
    fn connect(display: Option<&str>) -> Result<Self, Blind> {
        let unreachable = |error: &dyn std::fmt::Display| Blind(format!("the X server cannot be reached: {error}"));
        let (connection, screen) = x11rb::connect(display).map_err(|error| unreachable(&error))?;
        let root = connection.setup().roots.get(screen).ok_or_else(|| unreachable(&"it has no such screen"))?.root;
        let atoms = Atoms::new(&connection).map_err(|error| unreachable(&error))?;
        let atoms = atoms.reply().map_err(|error| unreachable(&error))?;
        let xwayland = is_xwayland(&connection, root).map_err(|error| unreachable(&error))?;
        // A client that does not say which version it speaks gets no raw events while another one holds the keyboard.
        let version = connection.xinput_xi_query_version(2, 2).map_err(|error| unreachable(&error))?;
        let _refused_by_servers_without_it = version.reply();
        Ok(Self { connection, root, atoms, xwayland })
    }

    /// The first number of a window's property. `None` also where the window is gone.
    pub fn number(&self, window: Window, property: u32, kind: AtomEnum) -> Result<Option<u32>, ConnectionError> {
        use x11rb::protocol::xproto::ConnectionExt as _;
        match self.connection.get_property(false, window, property, kind, 0, 1)?.reply() {
            Ok(reply) => Ok(reply.value32().and_then(|mut numbers| numbers.next())),
            Err(ReplyError::X11Error(_)) => Ok(None),
            Err(ReplyError::ConnectionError(error)) => Err(error),
        }
    }
}
