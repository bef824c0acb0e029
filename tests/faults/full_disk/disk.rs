//! A small disk of its own: ext4 in a file for root, else memory that ends. It is mounted in a mount namespace that a
//! process holds whose input is ours, so nothing stays mounted and no loop device stays taken, however the test ends.

use crate::candidate::{Candidate, program};
use std::{
    fs,
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

const SIZE_MIB: u64 = 24;
const HOLD: &str = r#"while read -r line; do eval "$line" >&2; echo "$?"; done"#;

/// What the disk is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// ext4 on a loop device. It can fail as a broken disk does.
    Ext4,
    /// tmpfs, for those who may not mount a file.
    Memory,
}

impl Kind {
    /// The best that this user can have.
    pub fn here() -> Self {
        if rustix::process::geteuid().is_root() { Self::Ext4 } else { Self::Memory }
    }
}

/// A small disk.
pub struct Disk {
    kind: Kind,
    folder: PathBuf,
    holder: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Disk {
    /// Makes and mounts a disk on `folder/disk`.
    pub fn new(kind: Kind, folder: &Path) -> Self {
        fs::create_dir(folder.join("disk")).expect("a mount point");
        let mut unshare = Command::new("unshare");
        if kind == Kind::Memory {
            unshare.args(["--user", "--map-root-user"]);
        }
        unshare.args(["--mount", "bash", "-c", HOLD]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut holder = unshare.spawn().expect("unshare is part of util-linux");
        let output = BufReader::new(holder.stdout.take().expect("its output"));
        let input = holder.stdin.take();
        let mut disk = Self { kind, folder: folder.to_owned(), holder, input, output };
        if kind == Kind::Ext4 {
            let image = fs::File::create(folder.join("image")).expect("a file");
            image.set_len(SIZE_MIB << 20).expect("room for it");
            disk.run(&format!("mkfs.ext4 -q -m 0 -F '{}'", disk.image()));
        }
        disk.mount();
        disk
    }

    fn image(&self) -> String {
        self.folder.join("image").display().to_string()
    }

    fn mount(&mut self) {
        let point = self.inside().display().to_string();
        match self.kind {
            Kind::Ext4 => self.run(&format!("mount -o loop '{}' '{point}'", self.image())),
            Kind::Memory => self.run(&format!("mount -t tmpfs -o size={SIZE_MIB}m none '{point}'")),
        }
    }

    /// Runs a command where the disk is mounted.
    fn run(&mut self, command: &str) {
        let code = self.try_to(command);
        assert_eq!(code, "0", "{command}");
    }

    fn try_to(&mut self, command: &str) -> String {
        let input = self.input.as_mut().expect("it is held");
        writeln!(input, "{command}").expect("it listens");
        let mut line = String::new();
        self.output.read_line(&mut line).expect("it answers");
        line.trim().to_owned()
    }

    /// The mount point as those see it who are where the disk is mounted.
    pub fn inside(&self) -> PathBuf {
        self.folder.join("disk")
    }

    /// The same disk as seen from here.
    pub fn outside(&self) -> PathBuf {
        let inside = self.inside();
        let below = inside.strip_prefix("/").expect("an absolute path");
        Path::new("/proc").join(self.holder.id().to_string()).join("root").join(below)
    }

    /// A command that runs where the disk is mounted; its program is still to be named.
    pub fn command(&self) -> Command {
        let mut command = Command::new("nsenter");
        command.args(["--target", &self.holder.id().to_string(), "--mount"]);
        if self.kind == Kind::Memory {
            command.args(["--user", "--preserve-credentials"]);
        }
        command
    }

    /// Starts a candidate whose state folder is on the disk.
    pub fn seat(&self, link: &str, pace_ms: u64) -> Candidate {
        let mut command = self.command();
        command.arg(program());
        Candidate::start_by(command, link, &self.inside().join("state"), &self.folder, pace_ms)
    }

    /// Makes the computer say that it has been started again, to whoever is where the disk is mounted.
    pub fn reboot(&mut self, boot: &str) {
        let id = self.folder.join("boot-id");
        fs::write(&id, boot).expect("a file");
        self.run(&format!("mount --bind '{}' /proc/sys/kernel/random/boot_id", id.display()));
    }

    /// Fills the disk but for `room` bytes.
    pub fn fill(&self, room: u64) {
        fill(&self.outside(), room);
    }

    /// Makes room again.
    pub fn clear(&self) {
        clear(&self.outside());
    }

    /// Lets the disk fail under whoever writes: ext4 ends its journal and can only be read from then on.
    pub fn fail(&mut self) {
        let point = self.inside().display().to_string();
        self.run(&format!("mount -o remount,abort '{point}'"));
    }

    /// What an administrator does after that: unmounts, checks, mounts.
    pub fn repair(&mut self) {
        let point = self.inside().display().to_string();
        self.run(&format!("umount '{point}'"));
        // 1 = it was repaired.
        let code = self.try_to(&format!("e2fsck -p '{}' >/dev/null 2>&1", self.image()));
        assert!(code == "0" || code == "1", "e2fsck ended with {code}");
        self.mount();
    }

    /// Lets nobody write, or lets everybody write again.
    pub fn set_writable(&mut self, writable: bool) {
        let point = self.inside().display().to_string();
        self.run(&format!("mount -o remount,{} '{point}'", if writable { "rw" } else { "ro" }));
    }
}

/// Fills the disk on which a folder lies but for `room` bytes.
pub fn fill(folder: &Path, room: u64) {
    let mut filler = fs::File::create(folder.join("filler")).expect("a file");
    let mut chunk = vec![0_u8; 256 << 10];
    while !chunk.is_empty() {
        if filler.write_all(&chunk).is_err() {
            chunk.truncate(chunk.len() / 2);
        }
    }
    let _ = filler.sync_all();
    let length = filler.metadata().expect("its length").len();
    filler.set_len(length.saturating_sub(room)).expect("it shrinks");
}

/// Makes room again.
pub fn clear(folder: &Path) {
    fs::remove_file(folder.join("filler")).expect("it was filled");
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Without its input the holder ends, and with it the namespace, the mount and the loop device.
        drop(self.input.take());
        let _ = self.holder.wait();
    }
}
