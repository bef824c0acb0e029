//! Where it is asked that the machine stays awake, and what was taken there.

use super::Slot;
use crate::{
    bus::{Address, Bus},
    probe::Blind,
};
use std::{collections::BTreeSet, os::fd::OwnedFd, sync::PoisonError, thread, time::Duration};
use x11rb::{connection::Connection, protocol::screensaver::ConnectionExt as _, rust_connection::RustConnection};
use zbus::zvariant;

const LOGIN: (&str, &str, &str) =
    ("org.freedesktop.login1", "/org/freedesktop/login1", "org.freedesktop.login1.Manager");
const SCREEN_SAVER: (&str, &str, &str) =
    ("org.freedesktop.ScreenSaver", "/org/freedesktop/ScreenSaver", "org.freedesktop.ScreenSaver");
const BUS: (&str, &str, &str) = ("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus");

/// What is locked against, the most first. Systems let users have less than administrators.
const LOCKS: [&str; 3] = ["sleep:idle:handle-lid-switch", "sleep:idle", "idle"];

/// Names for people: of us, and of the reason.
const WHO: &str = "Invigil";
const WHY: &str = "An exam is underway";

/// The login service sees a lock given back a moment later. So often it is asked again, and so long it has each time.
const LOOKS_AGAIN: usize = 20;
const MOMENT: Duration = Duration::from_millis(20);

/// Where it is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    /// The bus of the login service.
    pub system: Address,
    /// The bus of the desktop.
    pub session: Address,
    /// The X server that would blank the screen. `None` under Wayland, where the compositor is the desktop.
    pub display: Option<String>,
}

/// What the lock is, by the login service's word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Locked {
    /// Nobody wants it, and it is not there.
    NotWanted,
    /// It lists a lock of ours against these.
    Listed(BTreeSet<String>),
    /// It said no.
    Refused(String),
    /// There is no such service, or it does not answer.
    Absent(String),
}

/// What is known after asking everywhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answers {
    pub lock: Locked,
    /// Whether the desktop took our word.
    pub desktop: bool,
    /// Whether the X server did.
    pub server: bool,
}

pub(super) struct Taken {
    places: Places,
    login: Bus,
    session: Bus,
    slot: Slot,
    wanted: bool,
    /// Why there is no lock.
    unlocked: Option<Locked>,
    /// What the desktop gave for our word, and who it was then.
    desktop: Option<(String, u32)>,
    /// Its end takes the word back.
    server: Option<RustConnection>,
}

impl Taken {
    pub fn new(places: Places, slot: Slot) -> Self {
        let (login, session) = (Bus::new(places.system.clone()), Bus::new(places.session.clone()));
        Self { places, login, session, slot, wanted: false, unlocked: None, desktop: None, server: None }
    }

    pub fn take(&mut self) {
        self.wanted = true;
        self.lock();
        self.tell_desktop();
        if self.server.is_none() {
            self.server = self.places.display.as_deref().and_then(tell_server);
        }
    }

    /// What holds, asked of those who know. What was lost meanwhile is taken again first.
    pub fn prove(&mut self) -> Answers {
        let mut listed = self.listed();
        if self.wanted {
            if listed.as_ref().is_ok_and(BTreeSet::is_empty) {
                self.lock();
                listed = self.listed();
            }
            self.tell_desktop();
        }
        let lock = match (listed, &self.unlocked) {
            (Ok(what), _) if !what.is_empty() => Locked::Listed(what),
            _ if !self.wanted => Locked::NotWanted,
            (Err(Blind(why)), _) => Locked::Absent(why),
            (Ok(_), Some(unlocked)) => unlocked.clone(),
            (Ok(nothing), None) => Locked::Listed(nothing),
        };
        Answers { lock, desktop: self.desktop.is_some(), server: self.server.is_some() }
    }

    pub fn give_back(&mut self) {
        self.wanted = false;
        self.unlocked = None;
        self.put(None);
        self.server = None;
        if let Some((_, cookie)) = self.desktop.take() {
            // Where it is gone or refuses there is nothing left to take back.
            let _taken_back = self.session.call(SCREEN_SAVER, "UnInhibit", &(cookie,));
        }
        for _ in 0..LOOKS_AGAIN {
            match self.listed() {
                Ok(what) if !what.is_empty() => thread::sleep(MOMENT),
                _ => break,
            }
        }
    }

    fn put(&self, lock: Option<OwnedFd>) {
        *self.slot.lock().unwrap_or_else(PoisonError::into_inner) = lock;
    }

    fn lock(&mut self) {
        for what in LOCKS {
            match self.login.call(LOGIN, "Inhibit", &(what, WHO, WHY, "block")) {
                Ok(Ok(reply)) => {
                    let lock = reply.body().deserialize::<zvariant::OwnedFd>().ok().map(OwnedFd::from);
                    self.put(lock);
                    self.unlocked = None;
                    return;
                }
                Ok(Err(refused)) if refused.nobody() => {
                    self.unlocked = Some(Locked::Absent(refused.to_string()));
                    return;
                }
                Ok(Err(refused)) => self.unlocked = Some(Locked::Refused(refused.to_string())),
                Err(Blind(why)) => {
                    self.unlocked = Some(Locked::Absent(why));
                    return;
                }
            }
        }
    }

    /// What the login service lists as locked against by this process.
    fn listed(&mut self) -> Result<BTreeSet<String>, Blind> {
        type Lock = (String, String, String, String, u32, u32);
        let locks: Vec<Lock> = self.login.ask(LOGIN, "ListInhibitors", &())?;
        let me = std::process::id();
        let ours = locks.iter().filter(|(_, who, _, mode, _, pid)| who == WHO && mode == "block" && *pid == me);
        Ok(ours.flat_map(|(what, ..)| what.split(':').map(str::to_owned)).collect())
    }

    /// Gives our word to the desktop, if it has not got it, or if another one took its place since.
    fn tell_desktop(&mut self) {
        // Asked for by its owner, so that nothing is started that does not run.
        let owner: Result<String, Blind> = self.session.ask(BUS, "GetNameOwner", &(SCREEN_SAVER.0,));
        let Ok(owner) = owner else {
            self.desktop = None;
            return;
        };
        if self.desktop.as_ref().is_some_and(|(known, _)| *known == owner) {
            return;
        }
        let cookie: Result<u32, Blind> = self.session.ask(SCREEN_SAVER, "Inhibit", &(WHO, WHY));
        self.desktop = cookie.ok().map(|cookie| (owner, cookie));
    }
}

/// Tells the X server not to blank the screen as long as the connection lasts.
fn tell_server(display: &str) -> Option<RustConnection> {
    let (connection, _) = x11rb::connect(Some(display)).ok()?;
    connection.screensaver_query_version(1, 1).ok()?.reply().ok()?;
    connection.screensaver_suspend(1).ok()?.check().ok()?;
    connection.flush().ok()?;
    Some(connection)
}
