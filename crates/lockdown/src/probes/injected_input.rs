//! Keys that come from a program instead of a keyboard.

use super::{
    Processes,
    display::{Display, Open, Trouble},
    on_screen_keyboard, plain,
};
use crate::{
    guard::monotonic,
    probe::{Blind, Probe},
};
use invigil_core::policy::Probe as Name;
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};
use x11rb::{
    connection::Connection,
    errors::ReplyError,
    protocol::{
        Event,
        xinput::{ConnectionExt as _, Device, DeviceId, DeviceType, EventMask, XIEventMask},
        xproto::AtomEnum,
    },
};

/// How long a key counts.
const LASTS: Duration = Duration::from_secs(5);

/// Who has not looked for so long does not know when the keys that wait were pressed.
const PAUSE_MAX: Duration = Duration::from_secs(2);

/// Keys that are read in one look. More of them say nothing more.
const KEYS_MAX: usize = 10_000;

/// Sees the devices of an X server's test extension that pressed a key in the last five seconds, also while another
/// client holds the keyboard. That is how programs type, and how remote desktops do.
///
/// It asks for the keys of these devices alone: what the candidate types never gets here. While an on-screen keyboard
/// runs it sees nothing, as that types in the same way. Programs that type through the kernel appear as keyboards,
/// see [`Keyboards`](super::Keyboards).
pub struct InjectedInput {
    display: Display,
    processes: Processes,
    /// Names of the devices that are listened to.
    devices: BTreeMap<DeviceId, String>,
    pressed: BTreeMap<String, Duration>,
    looked: Option<Duration>,
    on_screen: Option<String>,
}

impl InjectedInput {
    /// Listens at this display, or at the one that `DISPLAY` names.
    pub fn new(display: Option<&str>) -> Self {
        Self {
            display: Display::new(display),
            processes: Processes::default(),
            devices: BTreeMap::new(),
            pressed: BTreeMap::new(),
            looked: None,
            on_screen: None,
        }
    }

    fn look_at(&mut self, now: Duration) -> Result<BTreeSet<String>, Blind> {
        let pressed = self.display.ask(|open| {
            if open.xwayland {
                return Err(Blind("the compositor does not tell which device a key comes from".to_owned()).into());
            }
            listen(open, &mut self.devices)?;
            pressed(open)
        });
        let Ok(pressed) = pressed else {
            // On the next connection nothing is listened to yet.
            self.devices.clear();
            return Err(pressed.err().unwrap_or_else(|| Blind("the X server did not answer".to_owned())));
        };
        let looked = self.looked.replace(now);
        self.on_screen = on_screen_keyboard(&self.processes);
        if self.on_screen.is_some() {
            self.pressed.clear();
        } else if looked.is_some_and(|before| now.saturating_sub(before) <= PAUSE_MAX) {
            let names = pressed.iter().filter_map(|device| self.devices.get(device));
            self.pressed.extend(names.map(|name| (name.clone(), now)));
        }
        self.pressed.retain(|_, at| now.saturating_sub(*at) <= LASTS);
        Ok(self.pressed.keys().cloned().collect())
    }
}

impl Probe for InjectedInput {
    fn name(&self) -> Name {
        Name::InjectedInput
    }

    fn look(&mut self) -> Result<BTreeSet<String>, Blind> {
        self.look_at(monotonic())
    }

    fn missing(&self) -> Option<Blind> {
        let name = self.on_screen.as_ref()?;
        Some(Blind(format!("an on-screen keyboard runs ({name}), whose keys look like those of any program")))
    }
}

/// Listens to every test device that is not listened to yet.
fn listen(open: &Open, devices: &mut BTreeMap<DeviceId, String>) -> Result<(), Trouble> {
    let infos = open.connection.xinput_xi_query_device(Device::ALL)?.reply()?.infos;
    devices.retain(|id, _| infos.iter().any(|info| info.deviceid == *id));
    for info in infos {
        let keyboard = info.type_ == DeviceType::SLAVE_KEYBOARD || info.type_ == DeviceType::FLOATING_SLAVE;
        if !keyboard || devices.contains_key(&info.deviceid) || !is_test_device(open, info.deviceid)? {
            continue;
        }
        let mask = EventMask { deviceid: info.deviceid, mask: vec![XIEventMask::RAW_KEY_PRESS] };
        open.connection.xinput_xi_select_events(open.root, &[mask])?.check()?;
        devices.insert(info.deviceid, plain(&info.name));
    }
    Ok(())
}

/// The server marks these devices, and nobody can take the mark away.
fn is_test_device(open: &Open, device: DeviceId) -> Result<bool, Trouble> {
    let (mark, kind) = (open.atoms.XTEST_DEVICE, AtomEnum::INTEGER.into());
    match open.connection.xinput_xi_get_property(device, false, mark, kind, 0, 1)?.reply() {
        Ok(reply) => Ok(reply.num_items != 0),
        // Unplugged in between.
        Err(ReplyError::X11Error(_)) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// The devices whose keys were pressed since the last look.
fn pressed(open: &Open) -> Result<BTreeSet<DeviceId>, Trouble> {
    let mut devices = BTreeSet::new();
    for _ in 0..KEYS_MAX {
        let Some(event) = open.connection.poll_for_event()? else { break };
        if let Event::XinputRawKeyPress(key) = event {
            devices.insert(key.sourceid);
        }
    }
    Ok(devices)
}
