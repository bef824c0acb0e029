//! Questions over D-Bus, each answered or given up within a limit: a bus that hangs must not hang the exam.

use crate::probe::Blind;
use std::{
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    thread,
    time::Duration,
};
use zbus::{
    Message,
    blocking::{Connection, connection::Builder},
    zvariant::{DynamicType, Type},
};

/// How long a connection and each answer may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// Where a bus is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// The machine's, on which the login service is.
    System,
    /// The login session's, on which the desktop is.
    Session,
    /// In D-Bus's own form, as `unix:path=/run/bus`.
    At(String),
}

/// A connection that is made when it is first needed, and made anew when it was lost.
pub(crate) struct Bus {
    address: Address,
    connection: Option<Connection>,
    /// A connection that took too long and may still come. No second one is begun beside it.
    coming: Option<Receiver<zbus::Result<Connection>>>,
}

impl Bus {
    pub fn new(address: Address) -> Self {
        Self { address, connection: None, coming: None }
    }

    /// Calls a method. `Err` in `Ok` is the other side's refusal: the name of its error and its words.
    pub fn call<B>(
        &mut self,
        (name, path, interface): (&str, &str, &str),
        method: &str,
        body: &B,
    ) -> Result<Result<Message, Refused>, Blind>
    where
        B: serde::Serialize + DynamicType,
    {
        let connection = match self.connection.take() {
            Some(connection) => connection,
            None => self.connect()?,
        };
        match connection.call_method(Some(name), path, Some(interface), method, body) {
            Ok(message) => {
                self.connection = Some(connection);
                Ok(Ok(message))
            }
            Err(zbus::Error::MethodError(error, words, _)) => {
                self.connection = Some(connection);
                Ok(Err(Refused { error: error.to_string(), words: words.unwrap_or_default() }))
            }
            Err(error) => Err(Blind(format!("{name} does not answer: {error}"))),
        }
    }

    /// Calls a method and reads its answer, taking a refusal for blindness.
    pub fn ask<B, A>(&mut self, of: (&str, &str, &str), method: &str, body: &B) -> Result<A, Blind>
    where
        B: serde::Serialize + DynamicType,
        A: for<'d> serde::Deserialize<'d> + Type,
    {
        let message = self.call(of, method, body)?.map_err(|refused| Blind(refused.to_string()))?;
        let answer = message.body().deserialize();
        answer.map_err(|error| Blind(format!("the answer of {} to {method} cannot be read: {error}", of.0)))
    }

    fn connect(&mut self) -> Result<Connection, Blind> {
        let coming = match self.coming.take() {
            Some(coming) => coming,
            None => begin(self.address.clone())?,
        };
        match coming.recv_timeout(PATIENCE) {
            Ok(Ok(connection)) => Ok(connection),
            Ok(Err(error)) => Err(Blind(format!("the bus cannot be reached: {error}"))),
            Err(RecvTimeoutError::Timeout) => {
                self.coming = Some(coming);
                Err(Blind("the bus does not answer".to_owned()))
            }
            Err(RecvTimeoutError::Disconnected) => Err(Blind("the bus cannot be reached".to_owned())),
        }
    }
}

/// What the other side of a call said no with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{words} ({error})")]
pub(crate) struct Refused {
    error: String,
    words: String,
}

impl Refused {
    /// Whether nobody is there to ask, rather than somebody who said no.
    pub fn nobody(&self) -> bool {
        const NOBODY: [&str; 6] = [
            "NameHasNoOwner",
            "ServiceUnknown",
            "UnknownMethod",
            "UnknownObject",
            "UnknownInterface",
            "Spawn.ServiceNotFound",
        ];
        self.error.strip_prefix("org.freedesktop.DBus.Error.").is_some_and(|error| NOBODY.contains(&error))
    }
}

/// Connecting has no limit of its own, so it happens on a thread that nobody waits for longer than that.
fn begin(address: Address) -> Result<Receiver<zbus::Result<Connection>>, Blind> {
    let (tell, told) = channel();
    let connect = move || {
        let builder = match &address {
            Address::System => Builder::system(),
            Address::Session => Builder::session(),
            Address::At(address) => Builder::address(address.as_str()),
        };
        let connection = builder.and_then(|builder| builder.method_timeout(PATIENCE).build());
        // Who asked may have given up.
        let _heard = tell.send(connection);
    };
    let thread = thread::Builder::new().name("bus".to_owned()).spawn(connect);
    thread.map(|_| told).map_err(|error| Blind(format!("the bus cannot be asked: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::net::UnixListener;

    fn ask(bus: &mut Bus) -> Result<String, Blind> {
        bus.ask(("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus"), "GetId", &())
    }

    #[test]
    fn a_bus_that_hangs_is_given_up_and_not_pressed_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("bus");
        let listener = UnixListener::bind(&path).expect("a socket");
        let mut bus = Bus::new(Address::At(format!("unix:path={}", path.display())));
        let began = crate::guard::monotonic();
        for _ in 0..2 {
            assert_eq!(ask(&mut bus), Err(Blind("the bus does not answer".to_owned())));
        }
        let took = crate::guard::monotonic() - began;
        assert!(took < PATIENCE * 3, "{took:?}");
        listener.set_nonblocking(true).expect("set");
        assert_eq!(listener.incoming().take(3).filter(Result::is_ok).count(), 1, "connections were made");
    }

    #[test]
    fn a_bus_that_is_not_there_is_said() {
        let mut bus = Bus::new(Address::At("unix:path=/nonexistent/bus".to_owned()));
        assert!(ask(&mut bus).is_err());
        assert!(ask(&mut Bus::new(Address::At("nonsense".to_owned()))).is_err());
    }
}
