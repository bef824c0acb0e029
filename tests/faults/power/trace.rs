//! What a program did to the disk, as `strace` saw it. A call that this does not understand, on a file that counts, is
//! an error: nothing is left out by mistake.

use super::disk::{FileId, Op};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Every call that may change a file, a name, or what a descriptor means. A `?` for those that not every machine has.
const CALLS: &str = "?open,openat,?openat2,?creat,close,?close_range,dup,?dup2,dup3,fcntl,lseek,write,pwrite64,writev,\
    pwritev,?pwritev2,ftruncate,truncate,fallocate,fsync,fdatasync,sync,syncfs,sync_file_range,?rename,?renameat,\
    renameat2,?unlink,unlinkat,?rmdir,?mkdir,mkdirat,?link,linkat,?symlink,symlinkat,mmap,msync,?sendfile,\
    copy_file_range,splice,?io_uring_setup";

/// Runs `command` under strace and returns the text of the trace.
pub fn record(command: &Command, trace: &Path) -> String {
    let mut strace = Command::new("strace");
    strace.args(["-f", "--seccomp-bpf", "-qq", "-xx", "-s", "16777216", "-e", &format!("trace={CALLS}"), "-o"]);
    strace.arg(trace).arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        strace.env(name, value.expect("variables are only set"));
    }
    let output = strace.output().expect("strace is installed");
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{words}{}", String::from_utf8_lossy(&output.stdout));
    let text = fs::read_to_string(trace).expect("a trace");
    fs::remove_file(trace).expect("it was read");
    text
}

/// Reads traces of one state folder, process by process.
pub struct Reader {
    root: PathBuf,
    said: PathBuf,
    /// The files by name, as the running system sees them.
    pub names: BTreeMap<PathBuf, FileId>,
    files: usize,
}

/// What a descriptor stands for.
#[derive(Debug, Clone)]
enum Target {
    File { file: FileId, position: usize },
    Folder(PathBuf),
    Said,
}

/// One call, its strings decoded.
struct Call<'a> {
    name: &'a str,
    arguments: Vec<&'a str>,
    result: i64,
}

impl Reader {
    pub fn new(root: &Path, said: &Path, names: BTreeMap<PathBuf, FileId>) -> Self {
        let files = names.values().max().map_or(0, |last| last + 1);
        Self { root: root.to_owned(), said: said.to_owned(), names, files }
    }

    /// The operations of one process, in the order in which they ended.
    pub fn read(&mut self, trace: &str) -> Vec<Op> {
        let mut open: BTreeMap<i64, Target> = BTreeMap::new();
        let mut begun: BTreeMap<&str, &str> = BTreeMap::new();
        let mut ops = Vec::new();
        for line in trace.lines() {
            let (process, line) = line.split_once(' ').expect("a process and a call");
            let line = line.trim_start();
            if let Some(start) = line.strip_suffix(" <unfinished ...>") {
                begun.insert(process, start);
            } else if let Some(rest) = line.strip_prefix("<... ") {
                let start = begun.remove(process).expect("it was begun");
                let rest = rest.split_once(" resumed>").expect("a call goes on").1;
                self.take(&format!("{start}{rest}"), &mut open, &mut ops);
            } else if !line.starts_with("---") && !line.starts_with("+++") {
                self.take(line, &mut open, &mut ops);
            }
        }
        ops
    }

    fn take(&mut self, line: &str, open: &mut BTreeMap<i64, Target>, ops: &mut Vec<Op>) {
        let call = parse(line);
        if call.result < 0 {
            return;
        }
        match call.name {
            "open" | "openat" | "creat" => {
                let (path, flags) = if call.name == "openat" {
                    (call.path(1), call.arguments[2])
                } else {
                    (call.path(0), call.arguments.get(1).copied().unwrap_or_default())
                };
                if let Some(target) = self.opened(path, flags, ops) {
                    open.insert(call.result, target);
                } else {
                    open.remove(&call.result);
                }
            }
            "mkdir" | "mkdirat" => {
                let path = call.path(call.arguments.len() - 2);
                if self.counts(&path) {
                    ops.push(Op::MakeFolder { path });
                }
            }
            "unlink" | "unlinkat" => {
                let path = call.path(usize::from(call.name == "unlinkat"));
                if self.counts(&path) {
                    self.names.remove(&path).expect("it had a name");
                    ops.push(Op::Remove { path });
                }
            }
            "rename" | "renameat" | "renameat2" => {
                let (from, to) = if call.name == "rename" { (0, 1) } else { (1, 3) };
                let (from, to) = (call.path(from), call.path(to));
                if self.counts(&from) || self.counts(&to) {
                    let file = self.names.remove(&from).expect("it had a name");
                    self.names.insert(to.clone(), file);
                    ops.push(Op::Rename { from, to });
                }
            }
            "truncate" | "rmdir" | "link" | "linkat" | "symlink" | "symlinkat" | "openat2" => {
                let inside = |text: &&str| text.starts_with('"') && self.counts(&PathBuf::from(decoded(text)));
                assert!(!call.arguments.iter().any(inside), "not understood: {}", call.name);
            }
            "mmap" => {
                let shared = call.arguments[3].contains("MAP_SHARED");
                let file = call.arguments[4].parse().ok().and_then(|fd: i64| open.get(&fd));
                assert!(!(shared && file.is_some()), "a file that counts is mapped: {line:.200}");
            }
            "sync" | "io_uring_setup" => panic!("not understood: {}", call.name),
            _ => self.on_descriptor(&call, open, ops),
        }
    }

    fn counts(&self, path: &Path) -> bool {
        assert!(path.is_absolute(), "{} does not begin at the root", path.display());
        path.starts_with(&self.root)
    }

    fn opened(&mut self, path: PathBuf, flags: &str, ops: &mut Vec<Op>) -> Option<Target> {
        if path == self.said {
            return Some(Target::Said);
        }
        if !path.is_absolute() || !self.counts(&path) {
            return None;
        }
        if path.is_dir() {
            return Some(Target::Folder(path));
        }
        assert!(!flags.contains("O_APPEND"), "not understood: {flags}");
        let file = if let Some(file) = self.names.get(&path) {
            if flags.contains("O_TRUNC") {
                ops.push(Op::Resize { file: *file, len: 0 });
            }
            *file
        } else {
            assert!(flags.contains("O_CREAT"), "{} comes from nowhere", path.display());
            let file = self.files;
            self.files += 1;
            self.names.insert(path.clone(), file);
            ops.push(Op::Create { path, file });
            file
        };
        Some(Target::File { file, position: 0 })
    }

    fn on_descriptor(&self, call: &Call<'_>, open: &mut BTreeMap<i64, Target>, ops: &mut Vec<Op>) {
        let fd = call.arguments[0].parse().unwrap_or(-1);
        if call.name == "close" {
            open.remove(&fd);
            return;
        }
        let number = |n: usize| call.arguments[n].parse::<usize>().expect("a number");
        match (call.name, open.get_mut(&fd)) {
            (_, None) => {}
            ("write", Some(Target::Said)) => {
                let words = String::from_utf8(decoded_bytes(call.arguments[1])).expect("words");
                ops.extend(words.lines().map(|words| Op::Said { words: words.to_owned() }));
            }
            ("fsync" | "fdatasync", Some(Target::File { file, .. })) => ops.push(Op::Sync { file: *file }),
            ("fsync" | "fdatasync", Some(Target::Folder(path))) => ops.push(Op::SyncFolder { path: path.clone() }),
            ("write", Some(Target::File { file, position })) => {
                let bytes = call.written();
                ops.push(Op::Write { file: *file, at: *position, bytes: bytes.clone() });
                *position += bytes.len();
            }
            ("pwrite64", Some(Target::File { file, .. })) => {
                ops.push(Op::Write { file: *file, at: number(3), bytes: call.written() });
            }
            ("ftruncate", Some(Target::File { file, .. })) => ops.push(Op::Resize { file: *file, len: number(1) }),
            ("lseek", Some(Target::File { position, .. })) => {
                *position = usize::try_from(call.result).expect("a position");
            }
            // Locks, and what a descriptor is asked about itself.
            ("fcntl", Some(_)) if !call.arguments[1].contains("DUPFD") => {}
            (name, Some(target)) => panic!("not understood: {name} on {target:?}"),
        }
    }
}

impl Call<'_> {
    fn path(&self, n: usize) -> PathBuf {
        PathBuf::from(decoded(self.arguments[n]))
    }

    /// What a write has written, which may be less than it was given.
    fn written(&self) -> Vec<u8> {
        let mut bytes = decoded_bytes(self.arguments[1]);
        bytes.truncate(usize::try_from(self.result).expect("a length"));
        bytes
    }
}

/// `name(a, b, c) = result`, with every string in hexadecimal, so that no string holds a comma.
fn parse(line: &str) -> Call<'_> {
    let (name, rest) = line.split_once('(').unwrap_or_else(|| panic!("not a call: {line:.200}"));
    let (arguments, result) = rest.rsplit_once("= ").unwrap_or_else(|| panic!("no result: {line:.200}"));
    let arguments = arguments.trim_end().strip_suffix(')').unwrap_or_else(|| panic!("no end: {line:.200}"));
    let result = result.split(' ').next().unwrap_or_default();
    let result = if result == "?" || result.starts_with("0x") { 0 } else { result.parse().expect("a result") };
    Call { name, arguments: arguments.split(", ").collect(), result }
}

fn decoded(text: &str) -> String {
    String::from_utf8(decoded_bytes(text)).expect("a path in UTF-8")
}

fn decoded_bytes(text: &str) -> Vec<u8> {
    let inner = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).expect("a whole string");
    let digit = |byte: u8| if byte <= b'9' { byte - b'0' } else { byte - b'a' + 10 };
    let bytes = inner.as_bytes();
    assert!(bytes.len().is_multiple_of(4), "bytes in hexadecimal");
    bytes.chunks_exact(4).map(|hex| digit(hex[2]) << 4 | digit(hex[3])).collect()
}
