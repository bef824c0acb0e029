//! Every command that the project's pages show is run, here or where this file says.

use invigil_tests::root;
use std::{
    collections::BTreeSet,
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Blocks that are not run here: the page, how the block begins, and why not.
const ELSEWHERE: [(&str, &str, &str); 2] = [
    (
        "README.md",
        "invigil-issuer serve",
        "it serves until it is stopped; tests/console.rs starts it with these options",
    ),
    ("docs/performance.md", "\"${CARGO_TARGET_DIR:-", "it measures release builds, which only `make bench` makes"),
];
/// What a fenced block may be. Commands are `sh`.
const LANGUAGES: [&str; 5] = ["sh", "text", "json", "yaml", "markdown"];

struct Block {
    page: String,
    language: String,
    text: String,
}

/// Every Markdown page of the project but the exams, whose code belongs to their questions. The README comes first,
/// because other pages go on where it ends.
fn pages() -> Vec<PathBuf> {
    let output = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard", "*.md"])
        .current_dir(root())
        .output()
        .expect("git lists the project's files");
    let text = String::from_utf8(output.stdout).expect("file names are text");
    let mut pages: Vec<_> = text.lines().map(PathBuf::from).filter(|page| !page.starts_with("exams")).collect();
    pages.sort_by_key(|page| (page != Path::new("README.md"), page.clone()));
    pages
}

/// The fenced blocks of a page, in order.
fn blocks(page: &Path) -> Vec<Block> {
    let text = fs::read_to_string(root().join(page)).expect("the page is there");
    let mut blocks = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if let Some(language) = line.trim_start().strip_prefix("```") {
            let inside: Vec<_> = lines.by_ref().take_while(|line| line.trim() != "```").collect();
            blocks.push(Block {
                page: page.display().to_string(),
                language: language.trim().to_owned(),
                text: inside.join("\n"),
            });
        }
    }
    blocks
}

fn targets() -> BTreeSet<String> {
    let makefile = fs::read_to_string(root().join("Makefile")).expect("the Makefile is there");
    let names = makefile.lines().filter(|line| !line.starts_with(['\t', '.', '#'])).filter_map(|line| {
        let (name, rest) = line.split_once(':')?;
        (!name.contains(' ') && !rest.starts_with('=')).then(|| name.to_owned())
    });
    names.collect()
}

#[test]
fn commands_in_the_documentation_work() {
    let scratch = tempfile::tempdir().expect("a folder");
    let programs = invigil::stage::binary("invigil").expect("the program is built");
    let folder = programs.parent().expect("a folder").display().to_string();
    let path = format!("{folder}:{}", env::var("PATH").unwrap_or_default());
    let targets = targets();
    let blocks: Vec<Block> = pages().iter().flat_map(|page| blocks(page)).collect();
    let mut seen = 0;
    let mut elsewhere = BTreeSet::new();
    let mut made = BTreeSet::new();
    for Block { page, language, text } in blocks {
        assert!(LANGUAGES.contains(&language.as_str()), "{page}: a block is “{language}”, not one of {LANGUAGES:?}");
        if language != "sh" {
            continue;
        }
        seen += 1;
        if let Some(i) = ELSEWHERE.iter().position(|(of, start, _)| *of == page && text.starts_with(start)) {
            elsewhere.insert(i);
            continue;
        }
        // `make` would run this very test again. Continuous integration runs it.
        let (make, rest): (Vec<_>, Vec<_>) = text.lines().partition(|line| line.starts_with("make "));
        for line in make {
            let target = line.trim_start_matches("make ").trim().to_owned();
            assert!(targets.contains(&target), "{page}: the Makefile has no target for “{line}”");
            made.insert(target);
        }
        let rest = rest.join("\n");
        if rest.trim().is_empty() {
            continue;
        }
        let output = Command::new("bash")
            .args(["-euo", "pipefail", "-c", &rest])
            .current_dir(root())
            .env("PATH", &path)
            .env("OUT", scratch.path())
            .output()
            .expect("bash runs");
        let words = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{page}:\n{rest}\n{words}");
    }
    let written = |page: &PathBuf| fs::read_to_string(root().join(page)).unwrap_or_default().matches("```sh\n").count();
    assert_eq!(seen, pages().iter().map(written).sum::<usize>(), "some `sh` block was not seen");
    assert_eq!(elsewhere.len(), ELSEWHERE.len(), "a block that is listed as run elsewhere is not there any more");
    assert!(made.contains("run") && made.contains("test"), "the README shows `make run` and `make test`");
}
