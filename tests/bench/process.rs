//! Processes seen from outside: who belongs to whom, and how much memory they hold.

use std::{collections::BTreeMap, fs, process::Command};

/// Proportional set size by name of program, in mebibytes.
pub type Memory = BTreeMap<String, f64>;

/// A process and all its descendants.
pub fn tree(root: u32) -> Vec<u32> {
    let ids = fs::read_dir("/proc").into_iter().flatten().flatten();
    let ids = ids.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let parents: Vec<(u32, u32)> = ids.filter_map(|id| Some((id, parent(id)?))).collect();
    let mut tree = vec![root];
    let mut at = 0;
    while let Some(above) = tree.get(at).copied() {
        tree.extend(parents.iter().filter(|(_, parent)| *parent == above).map(|(id, _)| *id));
        at += 1;
    }
    tree
}

fn parent(id: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // The name may hold anything, so the fields are counted behind its last parenthesis.
    stat.rsplit_once(") ")?.1.split(' ').nth(1)?.parse().ok()
}

/// What the processes of a tree hold.
pub fn memory(root: u32) -> Memory {
    let mut memory = Memory::new();
    for id in tree(root) {
        let name = fs::read_link(format!("/proc/{id}/exe")).ok();
        let name = name.as_deref().and_then(|path| path.file_name()?.to_str()).unwrap_or("?").to_owned();
        let rollup = fs::read_to_string(format!("/proc/{id}/smaps_rollup")).unwrap_or_default();
        let pss = rollup.lines().find_map(|line| line.strip_prefix("Pss:")?.split_whitespace().next()?.parse().ok());
        *memory.entry(name).or_default() += pss.unwrap_or(0.0) / 1_024.0;
    }
    memory
}

/// Whether a web view of somebody else runs. It shares pages with ours, which lowers what each of them counts.
pub fn other_web_view(root: u32) -> bool {
    let own = tree(root);
    let ids = fs::read_dir("/proc").into_iter().flatten().flatten();
    let mut ids = ids.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    ids.any(|id| {
        let name = fs::read_link(format!("/proc/{id}/exe")).ok();
        !own.contains(&id) && name.is_some_and(|path| path.ends_with("WebKitWebProcess"))
    })
}

/// Kills a process and all its descendants at once.
pub fn kill(root: u32) {
    let ids = tree(root).into_iter().map(|id| id.to_string());
    let _ = Command::new("kill").arg("-9").args(ids).stderr(std::process::Stdio::null()).status();
}
