//! The disk fills up before, in the middle and at the end of an exam: no answer is called saved that is not, and none
//! that was is lost.

use crate::desk::{right_answers, sample_exam, stage};
use std::{
    fs,
    process::{Command, Stdio},
};

/// Sits, fills the disk after `$4` answers, sees the refusal, makes room and sits on. `$1` is the link, `$2` the folder,
/// `$3` the program.
const SCRIPT: &str = r#"
mount -t tmpfs -o size=96m none "$2/disk"
sit() { "$3" sit "$1" --state "$2/disk/state" --answers "$2/answers.json" --pace 400; }
fill() { dd if=/dev/zero of="$2/disk/filler" bs=4k status=none 2>/dev/null || true; }
[ "$4" -gt 0 ] || fill "$@"
sit "$1" "$2" "$3" >"$2/first.out" 2>"$2/first.err" & candidate=$!
until [ "$(grep -c '^saved' "$2/first.out")" -ge "$4" ]; do sleep 0.05; done
[ "$4" -eq 0 ] || fill "$@"
wait $candidate && { echo "the full disk went unnoticed"; exit 1; }
rm "$2/disk/filler"
sit "$1" "$2" "$3" >"$2/second.out" 2>"$2/second.err"
"#;

#[test]
fn a_full_disk_loses_nothing_that_was_saved() {
    for answers in [0, 4, 10] {
        sit(answers);
    }
}

fn sit(answers_before: usize) {
    let folder = tempfile::tempdir().expect("a folder");
    let (stage, administration) = stage(&folder.path().join("issuer"), "open");
    let link = stage.admit(&administration.id, "one", "One").expect("a link");
    fs::create_dir(folder.path().join("disk")).expect("a mount point");
    let answers = serde_json::to_vec(&right_answers(&sample_exam())).expect("answers");
    fs::write(folder.path().join("answers.json"), answers).expect("they are written");
    let output = Command::new("unshare")
        .args(["--user", "--map-root-user", "--mount", "bash", "-uc", SCRIPT, "full-disk"])
        .args([&link])
        .arg(folder.path())
        .arg(invigil::stage::binary("invigil").expect("the program is built"))
        .arg(answers_before.to_string())
        .env("INVIGIL_PASSPHRASE", "a passphrase for tests")
        .stdin(Stdio::null())
        .output()
        .expect("unshare is part of util-linux");
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap_or_default();
    let words = format!("{}{}", String::from_utf8_lossy(&output.stderr), read("second.err"));
    assert!(output.status.success(), "{words}");
    assert!(read("first.err").contains("disk-full"), "{}", read("first.err"));
    let saved = |text: &str, word: &str| -> Vec<String> {
        text.lines().filter_map(|line| line.strip_prefix(word)).map(str::to_owned).collect()
    };
    let before = saved(&read("first.out"), "saved ");
    let kept = saved(&read("second.out"), "kept ");
    assert!(answers_before <= before.len(), "{before:?}");
    assert!(before.iter().all(|item| kept.contains(item)), "saved {before:?}, kept {kept:?}");
    assert!(read("second.out").contains("result passed 14/14"), "{}", read("second.out"));
}
