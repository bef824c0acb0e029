//! Which application has the keyboard focus, by the window manager's word.

use super::{
    Processes, called,
    display::{Display, Open, Trouble},
    plain,
};
use crate::probe::{Blind, Probe};
use invigil_core::policy::Probe as Name;
use std::collections::BTreeSet;
use x11rb::{
    errors::{ConnectionError, ReplyError},
    protocol::{
        res::{ClientIdMask, ClientIdSpec, ConnectionExt as _},
        xproto::{AtomEnum, ConnectionExt as _, Window},
    },
};

/// Sees the name of the application whose window is active on X11, if it is not ours: what its windows are called as
/// a class, and the name of its executable file. Titles are not read.
///
/// Under Xwayland it is blind: there the server knows of old programs alone.
pub struct Focus {
    display: Display,
    processes: Processes,
    ours: BTreeSet<u32>,
}

impl Focus {
    /// Watches this display, or the one that `DISPLAY` names. Windows of the processes `ours` are the exam's.
    pub fn new(display: Option<&str>, ours: impl IntoIterator<Item = u32>) -> Self {
        let ours = ours.into_iter().collect();
        Self { display: Display::new(display), processes: Processes::default(), ours }
    }
}

impl Probe for Focus {
    fn name(&self) -> Name {
        Name::Focus
    }

    fn look(&mut self) -> Result<BTreeSet<String>, Blind> {
        let active = self.display.ask(|open| {
            let Some(window) = active(open)? else { return Ok(None) };
            // Some window managers go on to name a window that is gone, until another one is active.
            match open.connection.get_window_attributes(window)?.reply() {
                Ok(_) => {}
                Err(ReplyError::X11Error(_)) => return Ok(None),
                Err(error) => return Err(error.into()),
            }
            Ok(Some((owner(open, window)?, class(open, window)?)))
        })?;
        let Some((owner, class)) = active else { return Ok(BTreeSet::new()) };
        if owner.is_some_and(|owner| self.ours.contains(&owner)) {
            return Ok(BTreeSet::new());
        }
        let file = owner.and_then(|owner| self.processes.file(owner));
        Ok(BTreeSet::from([called(class.as_deref(), file.as_deref())]))
    }
}

fn active(open: &Open) -> Result<Option<Window>, Trouble> {
    if open.xwayland {
        return Err(Blind("the compositor does not tell which application has the keyboard".to_owned()).into());
    }
    let of_root = |property| open.number(open.root, property, AtomEnum::WINDOW);
    if of_root(open.atoms._NET_SUPPORTING_WM_CHECK)?.is_none() {
        return Err(Blind("no window manager tells which window is active".to_owned()).into());
    }
    Ok(of_root(open.atoms._NET_ACTIVE_WINDOW)?.filter(|window| *window != x11rb::NONE))
}

/// The process behind a window. The server knows it from the connection; what the window itself says counts only
/// where the server does not tell, as any window can say anything.
fn owner(open: &Open, window: Window) -> Result<Option<u32>, ConnectionError> {
    let wanted = ClientIdSpec { client: window, mask: ClientIdMask::LOCAL_CLIENT_PID };
    let told = open.connection.res_query_client_ids(&[wanted]);
    match told.map(|cookie| cookie.reply()) {
        Ok(Ok(reply)) => {
            let pids = reply.ids.iter().filter(|id| id.spec.mask == ClientIdMask::LOCAL_CLIENT_PID);
            if let Some(pid) = pids.flat_map(|id| &id.value).next() {
                return Ok(Some(*pid));
            }
        }
        Ok(Err(ReplyError::ConnectionError(error))) => return Err(error),
        // The window is gone, or the server has no such extension.
        Ok(Err(ReplyError::X11Error(_))) | Err(ConnectionError::UnsupportedExtension) => {}
        Err(error) => return Err(error),
    }
    open.number(window, open.atoms._NET_WM_PID, AtomEnum::CARDINAL)
}

fn class(open: &Open, window: Window) -> Result<Option<String>, ConnectionError> {
    const WORDS_MAX: u32 = 64;
    let property = open.connection.get_property(false, window, AtomEnum::WM_CLASS, AtomEnum::STRING, 0, WORDS_MAX)?;
    match property.reply() {
        // Two texts, each with a zero byte behind it: the instance and the class.
        Ok(reply) => Ok(reply.value.split(|byte| *byte == 0).nth(1).map(plain)),
        Err(ReplyError::X11Error(_)) => Ok(None),
        Err(ReplyError::ConnectionError(error)) => Err(error),
    }
}
