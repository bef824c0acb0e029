//! Aids, against a real accessibility bus: the test itself is the program that listens there.

mod running;

use invigil_lockdown::{Address, probes::aids};
use running::{Running, wait_until};
use std::{env, process::Command};
use zbus::blocking::{Connection, connection::Builder};

fn call<A>(
    bus: &Connection,
    (name, path): (&str, &str),
    method: &str,
    body: &(impl serde::Serialize + zbus::zvariant::DynamicType),
) -> A
where
    A: for<'d> serde::Deserialize<'d> + zbus::zvariant::Type,
{
    let answer = bus.call_method(Some(name), path, Some(name), method, body).expect("an answer");
    answer.body().deserialize().expect("as it is described")
}

#[test]
fn a_program_that_listens_on_the_accessibility_bus_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let socket = folder.path().join("bus");
    let address = format!("unix:path={}", socket.display());
    let mut daemon = Command::new("dbus-daemon");
    daemon.args(["--session", "--nofork", &format!("--address={address}")]);
    daemon.env("HOME", folder.path()).env("XDG_RUNTIME_DIR", folder.path()).env("GSETTINGS_BACKEND", "memory");
    let _daemon = Running::start(&mut daemon);
    wait_until("a bus", || socket.exists());
    let here = || Address::At(address.clone());
    let own = env::current_exe().expect("a path").file_name().expect("a name").to_string_lossy().into_owned();
    let session = Builder::address(address.as_str()).and_then(Builder::build).expect("the bus takes us");
    assert!(!aids(here()).contains(&own));
    let bus = "org.freedesktop.DBus";
    let owned = |name: &str| -> bool { call(&session, (bus, "/org/freedesktop/DBus"), "NameHasOwner", &name) };
    assert!(!owned("org.a11y.Bus"), "the question has not started the accessibility bus");

    let accessible: String = call(&session, ("org.a11y.Bus", "/org/a11y/bus"), "GetAddress", &());
    let listener = Builder::address(accessible.as_str()).and_then(Builder::build).expect("the second bus takes us");
    assert!(!aids(here()).contains(&own), "who only is on it does not listen");
    let registry = ("org.a11y.atspi.Registry", "/org/a11y/atspi/registry");
    let () = call(&listener, registry, "RegisterEvent", &("object:state-changed", Vec::<String>::new(), ""));
    wait_until("the listener", || aids(here()).contains(&own));
    drop(listener);
    wait_until("nobody who listens any more", || !aids(here()).contains(&own));
}

#[test]
fn a_known_aid_is_named_wherever_it_listens() {
    let folder = tempfile::tempdir().expect("a folder");
    let nowhere = || Address::At(format!("unix:path={}/none", folder.path().display()));
    let known = folder.path().join("magnus");
    assert!(!aids(nowhere()).contains("magnus"));
    std::fs::copy("/usr/bin/sleep", &known).expect("a copy");
    let running = Running::start(Command::new(&known).arg("60"));
    wait_until("a magnifier", || aids(nowhere()).contains("magnus"));
    drop(running);
    wait_until("no magnifier", || !aids(nowhere()).contains("magnus"));
}
