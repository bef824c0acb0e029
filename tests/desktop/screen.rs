//! What a desk shows, whatever draws it.

use crate::{desk::Desk, outside::X11, sway::Sway};

pub enum Screen {
    X11(Box<X11>),
    Sway(Sway),
    /// A compositor that tells nothing to others.
    Silent,
}

impl Screen {
    pub fn of(desk: &Desk) -> Self {
        match desk.sway() {
            Some(sway) => Self::Sway(sway),
            None if desk.is_wayland() => Self::Silent,
            None => Self::X11(Box::new(X11::of(desk))),
        }
    }

    /// The X server, where there is one.
    #[track_caller]
    pub fn x11(&self) -> &X11 {
        match self {
            Self::X11(x11) => x11,
            Self::Sway(_) | Self::Silent => panic!("there is no X server on this desk"),
        }
    }

    /// Whether some window of the application covers the screen.
    pub fn is_covered(&self) -> bool {
        match self {
            Self::X11(x11) => x11.is_covered(),
            Self::Sway(sway) => sway.is_covered(),
            Self::Silent => panic!("this compositor tells nobody"),
        }
    }

    /// Whether every key goes to the application.
    pub fn is_grabbed(&self) -> bool {
        match self {
            Self::X11(x11) => x11.is_grabbed(),
            Self::Sway(sway) => sway.is_grabbed(),
            Self::Silent => panic!("this compositor tells nobody"),
        }
    }

    /// The machine as an exam has it.
    pub fn is_held(&self) -> bool {
        self.is_covered() && self.is_grabbed()
    }

    /// The machine as it was before.
    pub fn is_free(&self) -> bool {
        !self.is_covered() && !self.is_grabbed()
    }

    /// The monitors that show something else than the application.
    pub fn bare(&self) -> Vec<String> {
        match self {
            Self::X11(x11) => x11.bare(),
            Self::Sway(sway) => sway.bare(),
            Self::Silent => panic!("this compositor tells nobody"),
        }
    }

    pub fn monitors(&self) -> usize {
        match self {
            Self::X11(x11) => x11.monitors(),
            Self::Sway(sway) => sway.monitors(),
            Self::Silent => panic!("this compositor tells nobody"),
        }
    }
}
