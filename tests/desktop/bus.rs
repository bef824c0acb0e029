//! The other programs of a desktop that the application speaks to over the session bus.

use crate::desk::{Desk, wait};
use std::collections::{BTreeMap, HashMap};
use tokio::runtime::{Builder, Runtime};
use zbus::{Connection, Message, OwnedObjectPath, OwnedVariant, Type, Variant, connection};

/// A connection to a desk's bus.
pub struct Bus {
    runtime: Runtime,
    connection: Connection,
}

impl Bus {
    pub fn of(desk: &Desk) -> Self {
        Self::over(connection::Builder::address(desk.bus()))
    }

    fn over(builder: connection::Builder<'_>) -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        let connection = runtime.block_on(builder.build()).expect("the bus answers");
        Self { runtime, connection }
    }

    #[track_caller]
    fn call<B: serde::Serialize + Type>(&self, object: &str, method: &str, body: &B) -> Message {
        let (interface, method) = method.rsplit_once('.').expect("an interface and its method");
        let call = self.connection.call_method(Some(SECRETS), object, Some(interface), method, body);
        self.runtime.block_on(call).unwrap_or_else(|error| panic!("{method}: {error}"))
    }

    /// Every secret that the application has left in the secret store, by its name.
    pub fn secrets(&self) -> BTreeMap<String, Vec<u8>> {
        type Secret = (OwnedObjectPath, Vec<u8>, Vec<u8>, String);
        const ROOT: &str = "/org/freedesktop/secrets";
        let plain = ("plain", Variant::from(""));
        let reply = self.call(ROOT, "org.freedesktop.Secret.Service.OpenSession", &plain);
        let (_, session): (OwnedVariant, OwnedObjectPath) = reply.body().deserialize().expect("a session");
        let ours = HashMap::from([("service", "org.invigil.Invigil")]);
        let reply = self.call(ROOT, "org.freedesktop.Secret.Service.SearchItems", &ours);
        let (open, locked): (Vec<OwnedObjectPath>, Vec<OwnedObjectPath>) = reply.body().deserialize().expect("items");
        assert!(locked.is_empty(), "the collection is unlocked");
        let one = |item: OwnedObjectPath| {
            let about = ("org.freedesktop.Secret.Item", "Attributes");
            let reply = self.call(item.as_str(), "org.freedesktop.DBus.Properties.Get", &about);
            let attributes: OwnedVariant = reply.body().deserialize().expect("its attributes");
            let attributes = HashMap::<String, String>::try_from(attributes).expect("its attributes");
            let reply = self.call(item.as_str(), "org.freedesktop.Secret.Item.GetSecret", &session);
            let (_, _, secret, _): Secret = reply.body().deserialize().expect("its secret");
            (attributes["username"].clone(), secret)
        };
        open.into_iter().map(one).collect()
    }
}

const SECRETS: &str = "org.freedesktop.secrets";

impl Desk {
    /// Waits until a program on the bus answers to a name.
    pub fn until_on_bus(&self, name: &str) {
        let asked = ["--print-reply", "--dest=org.freedesktop.DBus", "/", "org.freedesktop.DBus.GetNameOwner"];
        wait(&format!("{name} on the bus"), || {
            let mut command = self.command("dbus-send");
            command.args(asked).arg(format!("string:{name}")).stderr(std::process::Stdio::null());
            command.status().expect("dbus-send runs").success().then_some(())
        });
    }
}
