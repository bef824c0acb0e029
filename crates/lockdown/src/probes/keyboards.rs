//! Keyboards that came after the first look.

use super::{display::Display, plain};
use crate::probe::{Blind, Probe};
use invigil_core::policy::Probe as Name;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::PathBuf,
};
use x11rb::protocol::xinput::{ConnectionExt as _, Device, DeviceType};

const LIST: &str = "/proc/bus/input/devices";

/// Keys that every keyboard for writing has, by the kernel's numbers: the three rows of letters.
const LETTERS: [std::ops::RangeInclusive<u32>; 3] = [16..=25, 30..=38, 44..=50];

/// Names and how many devices have each: two keyboards of one make are called the same.
type Counted = BTreeMap<String, u32>;

/// Sees the keyboards that the kernel knows and did not know when this first looked. One that comes back is not new.
///
/// Keyboards that a program pretends are among them. So are some mice, which call themselves keyboards too.
pub struct Keyboards {
    list: PathBuf,
    at_first: Option<Counted>,
}

impl Default for Keyboards {
    fn default() -> Self {
        Self::at(LIST)
    }
}

impl Keyboards {
    /// Reads this list, which has the form of `/proc/bus/input/devices`.
    pub fn at(list: impl Into<PathBuf>) -> Self {
        Self { list: list.into(), at_first: None }
    }
}

impl Probe for Keyboards {
    fn name(&self) -> Name {
        Name::Keyboards
    }

    fn look(&mut self) -> Result<BTreeSet<String>, Blind> {
        let list = fs::read_to_string(&self.list)
            .map_err(|error| Blind(format!("the kernel does not tell its keyboards: {error}")))?;
        let now = counted(devices(&list).filter_map(|(name, writes)| writes.then_some(name)));
        Ok(new(self.at_first.get_or_insert_with(|| now.clone()), &now))
    }
}

/// Sees the keyboards of an X server that it did not have when this first looked, also those that the kernel does not
/// know, as a remote desktop's.
///
/// To a server every device with a key is a keyboard. What the kernel knows to have no letters is left out, so that
/// the buttons of a headset are none.
pub struct ServerKeyboards {
    display: Display,
    list: PathBuf,
    at_first: Option<Counted>,
}

impl ServerKeyboards {
    /// Watches this display, or the one that `DISPLAY` names.
    pub fn new(display: Option<&str>) -> Self {
        Self::at(display, LIST)
    }

    /// The same, with the kernel's list of devices in this file.
    pub fn at(display: Option<&str>, list: impl Into<PathBuf>) -> Self {
        Self { display: Display::new(display), list: list.into(), at_first: None }
    }
}

impl Probe for ServerKeyboards {
    fn name(&self) -> Name {
        Name::Keyboards
    }

    fn look(&mut self) -> Result<BTreeSet<String>, Blind> {
        let infos = self.display.ask(|open| Ok(open.connection.xinput_xi_query_device(Device::ALL)?.reply()?.infos))?;
        let list = fs::read_to_string(&self.list).unwrap_or_default();
        let (writing, others): (Vec<_>, Vec<_>) = devices(&list).partition(|(_, writes)| *writes);
        let no_keyboard = |name: &String| {
            let named = |devices: &[(String, bool)]| devices.iter().any(|(known, _)| known == name);
            named(&others) && !named(&writing)
        };
        let slaves = infos.iter().filter(|info| info.type_ == DeviceType::SLAVE_KEYBOARD);
        let now = counted(slaves.map(|info| plain(&info.name)).filter(|name| !no_keyboard(name)));
        Ok(new(self.at_first.get_or_insert_with(|| now.clone()), &now))
    }
}

fn counted(names: impl Iterator<Item = String>) -> Counted {
    names.fold(Counted::new(), |mut counted, name| {
        *counted.entry(name).or_default() += 1;
        counted
    })
}

fn new(at_first: &Counted, now: &Counted) -> BTreeSet<String> {
    let more = now.iter().filter(|(name, count)| at_first.get(*name).is_none_or(|then| then < count));
    more.map(|(name, _)| name.clone()).collect()
}

/// The names of the devices in the kernel's list, and whether one can write on them.
fn devices(list: &str) -> impl Iterator<Item = (String, bool)> {
    list.split("\n\n").filter_map(|device| {
        let line = |start: &str| device.lines().find_map(|line| line.strip_prefix(start));
        let name = line("N: Name=")?.trim_matches('"');
        let handled = line("H: Handlers=").is_some_and(|all| all.split_whitespace().any(|handler| handler == "kbd"));
        let keys: Vec<&str> = line("B: KEY=").unwrap_or_default().split_whitespace().collect();
        let letters = LETTERS.iter().flat_map(Clone::clone).all(|key| has(&keys, key));
        Some((plain(name.as_bytes()), handled && letters))
    })
}

/// Whether a key is in a bit map as the kernel writes it: hexadecimal words, the lowest one last.
fn has(words: &[&str], key: u32) -> bool {
    // The letters lie in the lowest 51 bits. Where words are only 32 bits wide, no word has more digits than that.
    let width = if words.iter().any(|word| 8 < word.len()) { 64 } else { 32 };
    let at = usize::try_from(key / width).unwrap_or(usize::MAX);
    let word = words.iter().rev().nth(at).and_then(|word| u64::from_str_radix(word, 16).ok());
    word.is_some_and(|word| word >> (key % width) & 1 == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn device(name: &str, handlers: &str, keys: &str) -> String {
        format!(
            "I: Bus=0011 Vendor=0001 Product=0001 Version=ab41\nN: Name=\"{name}\"\nP: Phys=isa0060/serio0/input0\n\
             U: Uniq=\nH: Handlers={handlers} \nB: PROP=0\nB: EV=120013\nB: KEY={keys}\nB: MSC=10\n\n"
        )
    }

    /// An ordinary keyboard's.
    const KEYS: &str = "402000000 3803078f800d001 feffffdfffefffff fffffffffffffffe";

    #[test]
    fn only_devices_for_writing_are_keyboards() {
        let list = device("AT Translated Set 2 keyboard", "sysrq kbd event0 leds", KEYS)
            + &device("Power Button", "kbd event1", "10000000000000 0")
            + &device("Video Bus", "kbd event2", "3e000b00000000 0 0 0")
            + &device("Mouse", "mouse0 event3", "ff0000 0 0 0 0")
            + &device("Headset Consumer Control", "kbd event4", "1f 0 0 0 0 c000 1 a0000000000 0")
            + &device("Hidden", "event5", KEYS)
            + &device("32 bits", "kbd event6", "4 2000000 3803078 f800d001 feffffdf ffefffff ffffffff fffffffe");
        let names: Vec<String> = devices(&list).filter_map(|(name, writes)| writes.then_some(name)).collect();
        assert_eq!(names, ["AT Translated Set 2 keyboard", "32 bits"]);
    }

    #[test]
    fn new_is_what_was_not_there_at_first() {
        let folder = tempfile::tempdir().expect("a folder");
        let list = folder.path().join("devices");
        let mut probe = Keyboards::at(&list);
        assert!(probe.look().is_err());
        let own = device("Own", "kbd event0", KEYS);
        let usb = device("USB Keyboard", "kbd event1", KEYS);
        for (now, seen) in [
            (own.clone(), &[][..]),
            (own.clone() + &usb, &["USB Keyboard"]),
            (usb.clone(), &["USB Keyboard"]),
            (own.clone(), &[]),
            (String::new(), &[]),
            (own.clone() + &own, &["Own"]),
        ] {
            fs::write(&list, now).expect("written");
            let seen = seen.iter().map(|name| (*name).to_owned()).collect();
            assert_eq!(probe.look(), Ok(seen));
        }
    }
}
