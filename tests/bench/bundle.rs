//! The size of the candidate's page: JavaScript and style sheets, compressed by gzip.

use crate::{
    Outcome,
    table::{Goal, Part, Row, Unit},
};
use invigil_tests::root;
use std::{fs, path::Path, process::Command};

/// Measures what `make ui` has built.
pub fn measure() -> Outcome<Part> {
    let folder = root().join("ui/dist/candidate/assets");
    let mut bytes = 0;
    for entry in fs::read_dir(&folder).map_err(|why| format!("{}: {why}", folder.display()))? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "js" || ending == "css") {
            bytes += gzipped(&path)?;
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    let row = Row {
        name: "candidate UI, JS + CSS, gzip",
        unit: Unit::KB,
        ours: vec![bytes as f64 / 1_000.0],
        yardstick: ("", vec![]),
        goal: Goal::Most(120.0),
    };
    Ok(Part { rows: vec![row], notes: vec![] })
}

fn gzipped(path: &Path) -> Outcome<usize> {
    let output = Command::new("gzip").args(["-9", "-c"]).arg(path).output()?;
    if output.status.success() { Ok(output.stdout.len()) } else { Err("gzip failed".into()) }
}
