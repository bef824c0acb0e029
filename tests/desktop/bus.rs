//! The other programs of a desktop that the application speaks to over the session bus.

use crate::desk::{Desk, wait};
use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, PoisonError},
};
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

/// A notification service that remembers what it was asked to show: title and text.
pub struct Notifications {
    shown: Arc<Mutex<Vec<(String, String)>>>,
    _bus: Bus,
}

struct Service(Arc<Mutex<Vec<(String, String)>>>);

#[zbus::interface(name = "org.freedesktop.Notifications")]
impl Service {
    #[expect(clippy::too_many_arguments, reason = "the desktop's specification has them")]
    fn notify(
        &self,
        _app: &str,
        _replaces: u32,
        _icon: &str,
        summary: &str,
        body: &str,
        _actions: Vec<String>,
        _hints: HashMap<String, OwnedVariant>,
        _expires_ms: i32,
    ) -> u32 {
        let mut shown = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        shown.push((summary.to_owned(), body.to_owned()));
        u32::try_from(shown.len()).unwrap_or(u32::MAX)
    }

    fn get_capabilities(&self) -> Vec<String> {
        vec!["body".to_owned()]
    }

    fn get_server_information(&self) -> (String, String, String, String) {
        ["recorder", "test", "1", "1.2"].map(str::to_owned).into()
    }
}

impl Notifications {
    pub fn on(desk: &Desk) -> Self {
        const PATH: &str = "/org/freedesktop/Notifications";
        let shown = Arc::default();
        let builder = connection::Builder::address(desk.bus()).name("org.freedesktop.Notifications");
        let bus = Bus::over(builder.serve_at(PATH, Service(Arc::clone(&shown))));
        Self { shown, _bus: bus }
    }

    /// What was shown so far.
    pub fn shown(&self) -> Vec<(String, String)> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
