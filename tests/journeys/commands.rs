//! Every command that the documentation shows is run.

use invigil_tests::root;
use std::{env, fs, path::Path, process::Command};

/// The `sh` blocks of a page, in order.
fn blocks(page: &Path) -> Vec<String> {
    let text = fs::read_to_string(page).unwrap_or_default();
    let fenced = text.split("```sh\n").skip(1);
    fenced.filter_map(|rest| rest.split("```").next()).map(str::to_owned).collect()
}

#[test]
fn commands_in_the_documentation_work() {
    let scratch = tempfile::tempdir().expect("a folder");
    let programs = invigil::stage::binary("invigil").expect("the program is built");
    let folder = programs.parent().expect("a folder").display().to_string();
    let path = format!("{folder}:{}", env::var("PATH").unwrap_or_default());
    let mut pages = vec![root().join("README.md")];
    for folder in ["docs", "docs/formats"] {
        let files = fs::read_dir(root().join(folder)).into_iter().flatten().flatten().map(|file| file.path());
        pages.extend(files.filter(|file| file.extension().is_some_and(|e| e == "md")));
    }
    let mut run = 0;
    for page in pages {
        for block in blocks(&page) {
            // `make` would run this very test again.
            let block: String = block.lines().filter(|line| !line.starts_with("make ")).collect::<Vec<_>>().join("\n");
            if block.trim().is_empty() {
                continue;
            }
            let output = Command::new("bash")
                .args(["-euo", "pipefail", "-c", &block])
                .current_dir(root())
                .env("PATH", &path)
                .env("OUT", scratch.path())
                .output()
                .expect("bash runs");
            let words = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{}:\n{block}\n{words}", page.display());
            run += 1;
        }
    }
    assert!(3 <= run, "only {run} commands were found");
}
