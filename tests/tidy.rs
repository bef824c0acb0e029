//! The rules of the house, as ordinary tests. Each says what to do when it fails.

use invigil_tests::{matrix, proof::results, root};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Every file that belongs to the project: tracked, or new and not ignored.
fn files() -> Vec<PathBuf> {
    let output = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .expect("git lists the project's files");
    let text = String::from_utf8(output.stdout).expect("file names are text");
    let files: Vec<_> = text.lines().map(PathBuf::from).filter(|path| root().join(path).is_file()).collect();
    assert!(100 < files.len(), "git lists only {} files", files.len());
    files
}

fn with_ending(endings: &[&str]) -> Vec<(PathBuf, String)> {
    let wanted = |path: &PathBuf| path.extension().and_then(|e| e.to_str()).is_some_and(|e| endings.contains(&e));
    let read = |path: PathBuf| {
        let text = fs::read_to_string(root().join(&path)).unwrap_or_default();
        (path, text)
    };
    files().into_iter().filter(wanted).map(read).collect()
}

fn sources() -> Vec<(PathBuf, String)> {
    with_ending(&["rs"]).into_iter().filter(|(path, _)| !path.starts_with("tests")).collect()
}

#[track_caller]
fn none(found: Vec<String>, what_to_do: &str) {
    assert!(found.is_empty(), "{what_to_do}\n{}", found.join("\n"));
}

#[test]
fn members_depend_only_in_the_direction_of_the_house() {
    let allowed: BTreeMap<&str, &[&str]> = BTreeMap::from([
        ("crates/core", &[] as &[&str]),
        ("crates/content", &["core"]),
        ("crates/credential", &["core"]),
        ("crates/lockdown", &["core"]),
        ("crates/capture", &["core"]),
        ("crates/client", &["core", "content", "capture"]),
        ("crates/issuer", &["core", "content", "credential"]),
        ("crates/cli", &["core", "content", "credential", "client"]),
        ("src-tauri", &["core", "client", "lockdown", "capture"]),
    ]);
    let mut found = Vec::new();
    for (member, allowed) in allowed {
        let text = fs::read_to_string(root().join(member).join("Cargo.toml")).expect("a member has a Cargo.toml");
        let dependencies = text.split("[dev-dependencies]").next().unwrap_or_default();
        for line in dependencies.lines().filter_map(|line| line.strip_prefix("invigil-")) {
            let name = line.split(['.', ' ']).next().unwrap_or_default();
            if !allowed.contains(&name) {
                found.push(format!("{member} depends on {name}"));
            }
        }
    }
    none(found, "A dependency against the direction of the house needs a decision record first.");
}

#[test]
fn toolkits_stay_where_they_belong() {
    let mut found = Vec::new();
    for (path, text) in with_ending(&["toml"]) {
        let shell = path.starts_with("src-tauri") || path == Path::new("Cargo.toml");
        for name in ["tauri", "gtk", "gdk", "webkit2gtk"] {
            let used =
                text.lines().any(|line| line.starts_with(&format!("{name} ")) || line.starts_with(&format!("{name}.")));
            if used && !shell && path.ends_with("Cargo.toml") {
                found.push(format!("{} names {name}", path.display()));
            }
        }
    }
    for (path, text) in with_ending(&["ts", "svelte"]) {
        if text.contains("@tauri-apps/") && path != Path::new("ui/src/shared/host.ts") {
            found.push(format!("{} imports @tauri-apps", path.display()));
        }
    }
    none(found, "Only src-tauri knows Tauri and GTK, and only ui/src/shared/host.ts imports @tauri-apps.");
}

#[test]
fn the_core_is_pure() {
    let banned =
        ["std::fs", "std::net", "std::process", "std::env", "std::thread", "SystemTime", "Instant", "async fn"];
    let mut found = Vec::new();
    for (path, text) in sources().into_iter().filter(|(path, _)| path.starts_with("crates/core/src")) {
        found.extend(banned.iter().filter(|b| text.contains(**b)).map(|b| format!("{}: {b}", path.display())));
    }
    let manifest = fs::read_to_string(root().join("crates/core/Cargo.toml")).expect("core has a Cargo.toml");
    let crates = ["tokio", "getrandom", "rand", "reqwest", "rusqlite", "tracing"];
    found.extend(crates.iter().filter(|c| manifest.contains(**c)).map(|c| format!("crates/core/Cargo.toml: {c}")));
    none(found, "core reads no clock, disk, network or random source. Take what you need as an argument.");
}

#[test]
fn unsafe_code_stays_in_the_lockdown() {
    let mut found = Vec::new();
    for (path, text) in sources() {
        let may = path.starts_with("crates/lockdown") || path.starts_with("src-tauri");
        let uses = text.lines().any(|line| line.contains("unsafe {") || line.contains("unsafe fn"));
        if uses && !may {
            found.push(path.display().to_string());
        }
    }
    none(found, "unsafe belongs to lockdown and src-tauri alone.");
}

/// Words that say nothing about what is behind them.
const EMPTY_NAMES: [&str; 10] =
    ["common", "util", "utils", "helper", "helpers", "types", "manager", "managers", "service", "misc"];

#[test]
fn files_are_called_by_what_is_in_them() {
    let bad = |path: &PathBuf| {
        path.components().any(|part| {
            let name = part.as_os_str().to_string_lossy().to_lowercase();
            name.split(['.', '-', '_']).any(|word| EMPTY_NAMES.contains(&word))
        })
    };
    let found = files().into_iter().filter(bad).map(|path| path.display().to_string()).collect();
    none(found, "Such a name says nothing. Call the file by what is in it.");
}

/// The words of a name in either case: `KeyManager` and `key_manager` are `key` and `manager`.
fn words_of(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for letter in name.chars() {
        if letter == '_' || letter.is_uppercase() {
            words.push(String::new());
        }
        if letter != '_'
            && let Some(word) = words.last_mut()
        {
            word.extend(letter.to_lowercase());
        }
    }
    words
}

#[test]
fn modules_and_types_are_called_by_what_they_are() {
    assert_eq!(words_of("KeyManager")[1..], ["key", "manager"]);
    let mut found = Vec::new();
    for (path, text) in with_ending(&["rs", "ts", "svelte"]) {
        for line in text.lines() {
            let mut rest = line.trim_start();
            for before in ["export ", "default ", "abstract ", "pub(crate) ", "pub(super) ", "pub "] {
                rest = rest.strip_prefix(before).unwrap_or(rest);
            }
            let Some((keyword, rest)) = rest.split_once(' ') else { continue };
            if !["mod", "struct", "enum", "trait", "type", "class", "interface"].contains(&keyword) {
                continue;
            }
            let name: String = rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
            if words_of(&name).iter().any(|word| EMPTY_NAMES.contains(&word.as_str())) {
                found.push(format!("{}: {keyword} {name}", path.display()));
            }
        }
    }
    none(found, "Such a name says nothing. Call it by what it is.");
}

#[test]
fn no_file_is_too_long_to_read() {
    const LINES_MAX: usize = 600;
    // A stranger reads the second verifier as a whole.
    const VERIFIER_LINES_MAX: usize = 199;
    let mut found = Vec::new();
    for (path, text) in with_ending(&["rs", "ts", "svelte", "mjs", "css", "py"]) {
        let generated = path == Path::new("ui/src/shared/contract.ts");
        let lines = text.lines().count();
        let max = if path.ends_with("verify_log.py") { VERIFIER_LINES_MAX } else { LINES_MAX };
        if max < lines && !generated {
            found.push(format!("{} has {lines} lines", path.display()));
        }
    }
    none(found, "Split it where its subject splits.");
}

#[test]
fn nothing_is_left_unfinished_and_nothing_names_this_machine() {
    let marks = [["TO", "DO"], ["FIX", "ME"], ["XX", "X"], ["todo", "!("], ["unimplemented", "!("]].map(|m| m.concat());
    let places = [["/", "work/"], ["/", "root/"]].map(|p| p.concat());
    let mut found = Vec::new();
    for (path, text) in with_ending(&["rs", "ts", "svelte", "mjs", "css", "md", "toml", "json", "yaml", "ftl", "html"])
    {
        if path.ends_with("package-lock.json") {
            continue;
        }
        for (number, line) in text.lines().enumerate() {
            let unfinished = marks.iter().any(|mark| line.contains(mark.as_str()));
            let place = places.iter().any(|place| line.contains(place.as_str()));
            if unfinished || place {
                found.push(format!("{}:{}: {:.100}", path.display(), number + 1, line.trim()));
            }
        }
    }
    none(found, "Finish it, or say in the README that it is absent; and take the path as an argument.");
}

#[test]
fn links_in_the_docs_lead_somewhere() {
    let mut found = Vec::new();
    for (path, text) in with_ending(&["md"]).into_iter().filter(|(path, _)| !path.starts_with("exams")) {
        let folder = root().join(&path).parent().map(Path::to_owned).unwrap_or_default();
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let file = target.split('#').next().unwrap_or_default();
            let local = !file.is_empty() && !file.contains("://") && !file.starts_with("mailto:");
            if local && !folder.join(file).exists() {
                found.push(format!("{}: {target}", path.display()));
            }
        }
    }
    none(found, "Mend the link.");
}

/// Width and height of a PNG file.
fn png_size(path: &str) -> Option<(u32, u32)> {
    let bytes = fs::read(root().join(path)).ok()?;
    let number = |at: usize| Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    let is_png = bytes.starts_with(b"\x89PNG\r\n\x1a\n") && bytes.get(12..16)? == b"IHDR";
    if is_png { Some((number(16)?, number(20)?)) } else { None }
}

#[test]
fn the_pictures_are_those_of_the_tests() {
    for name in ["exam", "console"] {
        let path = format!("docs/pictures/{name}.png");
        assert_eq!(png_size(&path), Some((1280, 800)), "{path}: let `make pictures` make it");
    }
}

/// Every text between `before` and the next quotation mark.
fn literals(text: &str, before: &str) -> Vec<String> {
    let starts = text.split(before).skip(1);
    starts.filter_map(|rest| rest.trim_start().strip_prefix('"')?.split('"').next()).map(str::to_owned).collect()
}

#[test]
fn formats_have_a_page_each() {
    let mut found = Vec::new();
    for (path, text) in sources() {
        for kind in literals(&text, "const TYPE: &'static str =") {
            let name = kind.split('/').nth(1).unwrap_or_default().to_owned();
            let pages = with_ending(&["md"]);
            if !pages.iter().any(|(page, text)| page.starts_with("docs/formats") && text.contains(&kind)) {
                found.push(format!("{} ({name} in {})", kind, path.display()));
            }
        }
    }
    none(found, "Describe the document in docs/formats.");
}

/// A proof that has to be there: what it has to have tried at least, and what it may not have found.
type Asked = (&'static str, &'static [(&'static str, u64)], &'static [&'static str]);
const PROOFS: [Asked; 13] = [
    (
        "power cuts",
        &[("images", 10_000), ("traces", 20), ("acknowledged answers", 10_000)],
        &["images that lost an answer", "images that did not open"],
    ),
    (
        "power cuts, negative control",
        &[("images with synchronous=NORMAL that lost an answer", 1)],
        &["images with synchronous=EXTRA that lost an answer"],
    ),
    ("kills", &[("kills", 1_000)], &[]),
    ("kills of the window", &[("kills", 100)], &[]),
    (
        "full disks",
        &[("runs: Full", 30), ("runs: FullOverAKill", 30), ("runs: ReadOnly", 30), ("runs: Fails", 30)],
        &[],
    ),
    ("stories", &[("stories", 100_000)], &[]),
    ("clock histories", &[("histories", 100_000)], &[]),
    ("changes of a log", &[("a byte flipped", 60_000), ("cut short", 60_000), ("two lines swapped", 200)], &[]),
    ("changes of documents", &[("admission", 1), ("pack", 1), ("receipt", 1), ("submission", 1)], &[]),
    ("changes of a hand-in file", &[("a byte flipped", 10_000), ("cut short", 10_000)], &[]),
    ("stale pages", &[("refused", 10)], &[]),
    ("changes of files", &[], &[]),
    ("fuzzing", &[("seconds each", 600)], &["crashes"]),
];

/// In full where the tests of the lockdown have just noted what they saw; else only that nothing is left out.
#[test]
fn the_matrix_of_the_lockdown_is_what_was_seen() {
    let page = fs::read_to_string(root().join("docs/lockdown.md")).expect("the page");
    let table =
        page.split("| control | desktop |").nth(1).and_then(|rest| rest.split("\n\n").next()).unwrap_or_default();
    let shown: Vec<&str> = table.lines().skip(2).filter(|line| !line.is_empty()).collect();
    let cells = |rows: &[&str]| -> Vec<(String, String)> {
        let parts =
            rows.iter().map(|row| row.split(" | ").map(|part| part.trim_matches(['|', ' ']).to_owned()).collect());
        parts.map(|parts: Vec<String>| (parts[0].clone(), parts[1].clone())).collect()
    };
    let Some(folder) = matrix::folder() else {
        let all = matrix::rows(Path::new(""));
        assert_eq!(cells(&shown), cells(&all.iter().map(String::as_str).collect::<Vec<_>>()));
        assert!(!table.contains("not seen"), "every cell is seen, or says why not");
        return;
    };
    let seen = matrix::rows(&folder);
    println!("| control | desktop | in an exam that asks for it | in one that does not |\n|---|---|---|---|");
    seen.iter().for_each(|row| println!("{row}"));
    assert_eq!(shown, seen, "docs/lockdown.md shows what the tests have seen");
}

#[test]
fn the_tables_of_reliability_are_what_was_proven() {
    let page = fs::read_to_string(root().join("docs/reliability.md")).expect("the page");
    let mut rows: Vec<String> = results().iter().map(|(name, proven)| proven.row(name)).collect();
    let table = page.split("| proof |").nth(1).and_then(|rest| rest.split("\n\n").next()).unwrap_or_default();
    let mut shown: Vec<String> = table.lines().skip(2).filter(|line| !line.is_empty()).map(str::to_owned).collect();
    rows.sort();
    shown.sort();
    assert_eq!(shown, rows, "docs/reliability.md shows docs/results.json, a row for each proof:\n{}", rows.join("\n"));
    let (mut found, results) = (Vec::new(), results());
    for name in results.iter().filter(|(_, proven)| proven.commit.ends_with('+')).map(|(name, _)| name) {
        found.push(format!("“{name}” ran on files that were not committed"));
    }
    for (name, least, nothing) in PROOFS {
        let Some(proven) = results.get(name) else {
            found.push(format!("“{name}” has not run in full"));
            continue;
        };
        for (what, least) in least {
            if proven.counts.counted(what) < *least {
                found.push(format!("“{name}” tried {} {what}, not {least}", proven.counts.counted(what)));
            }
        }
        for what in nothing.iter().filter(|what| 0 < proven.counts.counted(what)) {
            found.push(format!("“{name}” found {what}"));
        }
    }
    none(found, "A proof runs in full, on a commit, and holds.");
}
