//! Signs that the machine is not a real one.
//!
//! Every single sign also occurs on real machines: processors report a hypervisor where the system's own security
//! runs on one, vendors of virtual machines sell laptops, and bridges have addresses of virtual cards. So signs of
//! different kinds are added up, and nothing is said before they weigh enough together.

use crate::probe::{Blind, Probe};
use invigil_core::policy::Probe as Name;
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// What the signs must weigh together. No single one does.
const WEIGHT_MIN: u32 = 3;

/// Words in what the firmware calls the machine. Names of vendors that also build real machines are not among them.
const FIRMWARE: [(&str, &str); 14] = [
    ("Amazon EC2", "Amazon EC2"),
    ("Apple Virtualization", "Apple's virtualization"),
    ("BHYVE", "bhyve"),
    ("Bochs", "Bochs"),
    ("Google Compute Engine", "Google Compute Engine"),
    ("HVM domU", "Xen"),
    ("innotek GmbH", "VirtualBox"),
    ("KVM", "KVM"),
    ("OpenStack", "OpenStack"),
    ("oVirt", "oVirt"),
    ("Parallels Virtual Platform", "Parallels"),
    ("Parallels ARM Virtual Machine", "Parallels"),
    ("QEMU", "QEMU"),
    ("VirtualBox", "VirtualBox"),
];

/// Vendors of devices that no real machine has, as the PCI bus tells them.
const PCI_VENDORS: [(&str, &str); 6] = [
    ("0x1234", "QEMU"),
    ("0x15ad", "VMware"),
    ("0x1ab8", "Parallels"),
    ("0x1af4", "virtio"),
    ("0x1b36", "QEMU"),
    ("0x80ee", "VirtualBox"),
];

/// Beginnings of addresses that virtual machines give their network cards.
const ADDRESSES: [(&str, &str); 9] = [
    ("00:05:69", "VMware"),
    ("00:0c:29", "VMware"),
    ("00:15:5d", "Hyper-V"),
    ("00:16:3e", "Xen"),
    ("00:1c:14", "VMware"),
    ("00:1c:42", "Parallels"),
    ("00:50:56", "VMware"),
    ("08:00:27", "VirtualBox"),
    ("52:54:00", "QEMU"),
];

/// Sees the signs of a virtual machine, when several of different kinds come together.
///
/// A machine that was dressed up to look real is not seen. Nor is one that is virtual for the user's safety alone
/// (Xen's first domain), which has the real devices.
pub struct VirtualMachine {
    root: PathBuf,
}

struct Sign {
    weight: u32,
    says: String,
}

impl Default for VirtualMachine {
    fn default() -> Self {
        Self::at("/")
    }
}

impl VirtualMachine {
    /// Looks at `sys` and `proc` in this folder.
    pub fn at(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    fn signs(&self) -> impl Iterator<Item = Sign> {
        let one = |weight, what: &str, of: Option<String>| of.map(|of| Sign { weight, says: format!("{what}{of}") });
        let signs = [
            one(1, "the processor reports a hypervisor", self.processor()),
            one(1, "firmware of ", self.firmware()),
            one(1, "the kernel runs on ", self.kernel()),
            // These are what the machine is made of, and hardest to change.
            one(2, "devices of ", self.devices()),
            one(1, "a network card of ", self.card()),
        ];
        signs.into_iter().flatten()
    }

    fn processor(&self) -> Option<String> {
        let text = fs::read_to_string(self.root.join("proc/cpuinfo")).ok()?;
        let flags = text.lines().find(|line| line.starts_with("flags"))?;
        flags.split_whitespace().any(|flag| flag == "hypervisor").then(String::new)
    }

    fn firmware(&self) -> Option<String> {
        let read = |name: &str| self.text(&format!("sys/class/dmi/id/{name}")).unwrap_or_default();
        let (vendor, product) = (read("sys_vendor"), read("product_name"));
        // Microsoft and VMware are the vendors' whole names, so the product has to tell.
        if vendor == "Microsoft Corporation" && product == "Virtual Machine" {
            return Some("Hyper-V".to_owned());
        }
        if vendor == "VMware, Inc." && product.starts_with("VMware") {
            return Some("VMware".to_owned());
        }
        let said = [vendor, product, read("bios_vendor"), read("board_vendor"), read("board_name")];
        named(&FIRMWARE, |word| said.iter().any(|text| text.contains(word)))
    }

    fn kernel(&self) -> Option<String> {
        self.text("sys/hypervisor/type")
    }

    fn devices(&self) -> Option<String> {
        let pci = entries(&self.root.join("sys/bus/pci/devices"));
        let vendors: BTreeSet<String> = pci.filter_map(|device| trimmed(&device.join("vendor"))).collect();
        let on_bus = |bus: &str| entries(&self.root.join("sys/bus").join(bus).join("devices")).next().is_some();
        named(&PCI_VENDORS, |vendor| vendors.contains(vendor))
            .or_else(|| on_bus("vmbus").then(|| "Hyper-V".to_owned()))
            .or_else(|| on_bus("virtio").then(|| "virtio".to_owned()))
    }

    fn card(&self) -> Option<String> {
        // A bridge, a tunnel or a host-only network has no device behind it. Programs that run virtual machines leave
        // such on real ones.
        let cards = entries(&self.root.join("sys/class/net")).filter(|card| card.join("device").exists());
        let addresses: Vec<String> = cards.filter_map(|card| trimmed(&card.join("address"))).collect();
        named(&ADDRESSES, |start| addresses.iter().any(|address| address.to_ascii_lowercase().starts_with(start)))
    }

    fn text(&self, path: &str) -> Option<String> {
        trimmed(&self.root.join(path)).filter(|text| !text.is_empty())
    }
}

impl Probe for VirtualMachine {
    fn name(&self) -> Name {
        Name::VirtualMachine
    }

    fn look(&mut self) -> Result<BTreeSet<String>, Blind> {
        if !self.root.join("sys/class").is_dir() || !self.root.join("proc/cpuinfo").is_file() {
            return Err(Blind("the system does not tell what the machine is made of".to_owned()));
        }
        let signs: Vec<Sign> = self.signs().collect();
        let weight: u32 = signs.iter().map(|sign| sign.weight).sum();
        let enough = WEIGHT_MIN <= weight;
        Ok(signs.into_iter().filter(|_| enough).map(|sign| sign.says).collect())
    }
}

fn named(table: &[(&str, &str)], is_there: impl Fn(&str) -> bool) -> Option<String> {
    table.iter().find(|(sign, _)| is_there(sign)).map(|(_, name)| (*name).to_owned())
}

fn trimmed(path: &Path) -> Option<String> {
    fs::read_to_string(path).ok().map(|text| text.trim().to_owned())
}

fn entries(folder: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    fs::read_dir(folder).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path()))
}
