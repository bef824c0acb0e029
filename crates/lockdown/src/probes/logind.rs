//! What the login service knows about sessions.

use crate::{
    bus::{Address, Bus},
    probe::Blind,
};
use std::{collections::HashMap, env};
use zbus::zvariant::{OwnedObjectPath, OwnedValue, Value};

const NAME: &str = "org.freedesktop.login1";
const MANAGER: (&str, &str, &str) = (NAME, "/org/freedesktop/login1", "org.freedesktop.login1.Manager");

/// A login session.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Session {
    pub id: String,
    pub class: String,
    pub state: String,
    pub active: bool,
    pub locked: bool,
    pub remote: bool,
    /// The service that let somebody in, and from where, for a remote one.
    pub service: String,
    pub remote_host: String,
    /// The number of its virtual terminal; 0 = it has none.
    pub terminal: u32,
    /// Where its seat is asked for; `None` = it has no seat.
    pub seat: Option<OwnedObjectPath>,
}

type Properties = HashMap<String, OwnedValue>;

pub(super) struct Logind {
    bus: Bus,
    pid: u32,
}

impl Logind {
    pub fn new(address: Address) -> Self {
        Self { bus: Bus::new(address), pid: std::process::id() }
    }

    /// The session that this process belongs to. Desktops start programs outside of any; then it is the one on the
    /// user's display.
    pub fn own(&mut self) -> Result<Session, Blind> {
        if let Ok(reply) = self.bus.call(MANAGER, "GetSessionByPID", &(self.pid,))?
            && let Ok(path) = reply.body().deserialize::<OwnedObjectPath>()
        {
            return self.session(&path);
        }
        let uid = rustix::process::getuid().as_raw();
        if let Ok(reply) = self.bus.call(MANAGER, "GetUser", &(uid,))?
            && let Ok(user) = reply.body().deserialize::<OwnedObjectPath>()
            && let Some((id, path)) = pair(&self.properties(&user, "User")?, "Display")
            && !id.is_empty()
        {
            return self.session(&path);
        }
        // The last to be asked, as anybody can set a variable.
        if let Ok(id) = env::var("XDG_SESSION_ID")
            && let Ok(reply) = self.bus.call(MANAGER, "GetSession", &(id,))?
            && let Ok(path) = reply.body().deserialize::<OwnedObjectPath>()
        {
            return self.session(&path);
        }
        Err(Blind("the login service knows no session of this program".to_owned()))
    }

    /// Every session there is now.
    pub fn all(&mut self) -> Result<Vec<Session>, Blind> {
        type Listed = (String, u32, String, String, OwnedObjectPath);
        let listed: Vec<Listed> = self.bus.ask(MANAGER, "ListSessions", &())?;
        // One that cannot be asked has ended in between.
        Ok(listed.iter().filter_map(|(.., path)| self.session(path).ok()).collect())
    }

    /// The session in front on a seat. `None` if what is in front has no session.
    pub fn in_front(&mut self, seat: &OwnedObjectPath) -> Result<Option<Session>, Blind> {
        let front = pair(&self.properties(seat, "Seat")?, "ActiveSession").filter(|(id, _)| !id.is_empty());
        front.map(|(_, path)| self.session(&path)).transpose()
    }

    fn session(&mut self, path: &OwnedObjectPath) -> Result<Session, Blind> {
        let all = self.properties(path, "Session")?;
        let text = |name: &str| all.get(name).and_then(|v| v.downcast_ref::<&str>().ok()).unwrap_or_default();
        let yes = |name: &str| all.get(name).is_some_and(|value| value.downcast_ref() == Ok(true));
        Ok(Session {
            id: text("Id").to_owned(),
            class: text("Class").to_owned(),
            state: text("State").to_owned(),
            active: yes("Active"),
            locked: yes("LockedHint"),
            remote: yes("Remote"),
            service: text("Service").to_owned(),
            remote_host: text("RemoteHost").to_owned(),
            terminal: all.get("VTNr").and_then(|value| value.downcast_ref().ok()).unwrap_or_default(),
            seat: pair(&all, "Seat").filter(|(id, _)| !id.is_empty()).map(|(_, path)| path),
        })
    }

    fn properties(&mut self, path: &OwnedObjectPath, kind: &str) -> Result<Properties, Blind> {
        let interface = format!("{NAME}.{kind}");
        self.bus.ask((NAME, path.as_str(), "org.freedesktop.DBus.Properties"), "GetAll", &(interface,))
    }
}

/// A property that is a name and where what has the name is asked for.
fn pair(all: &Properties, name: &str) -> Option<(String, OwnedObjectPath)> {
    let Value::Structure(pair) = &**all.get(name)? else { return None };
    let [Value::Str(id), Value::ObjectPath(path)] = pair.fields() else { return None };
    Some((id.to_string(), path.to_owned().into()))
}
