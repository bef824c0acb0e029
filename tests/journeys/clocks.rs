//! The real clocks of a real process, moved by the kernel: a time namespace is a suspended computer, another boot id is a
//! reboot. Users without the right to make one are root in a namespace of their own.

use crate::desk::{right_answers, sample_exam, stage};
use invigil::stage::binary;
use invigil_content::bundle::Bundle;
use invigil_core::{log::Record, sitting::Event};
use std::{
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

/// `$1` is a boot id, the rest the command.
const BOOTED: &str =
    r#"echo "$1" > "$0/boot-id"; mount --bind "$0/boot-id" /proc/sys/kernel/random/boot_id; shift; exec "$@""#;

struct Life<'a> {
    boot_id: &'a str,
    /// How far the clock that counts suspend is ahead, in seconds.
    ahead_s: u32,
}

/// `invigil sit` in namespaces of its own.
fn sit(folder: &Path, link: &str, life: &Life, pace_ms: u32, further: &[&str]) -> Child {
    let mut command = Command::new("unshare");
    command
        .args(["--user", "--map-root-user", "--mount", "--time", "--fork"])
        .args(["--boottime", &life.ahead_s.to_string()])
        .args(["bash", "-euc", BOOTED])
        .arg(folder)
        .arg(life.boot_id)
        .arg(binary("invigil").expect("the program is built"))
        .args(["sit", link, "--pace", &pace_ms.to_string(), "--state"])
        .arg(folder.join("state"))
        .arg("--answers")
        .arg(folder.join("answers.json"))
        .args(further)
        .env("INVIGIL_PASSPHRASE", "a passphrase for tests")
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    command.spawn().expect("unshare is part of util-linux")
}

/// Lets it save some answers and kills it and its children.
fn until_saved(mut child: Child, answers: usize) {
    let lines = BufReader::new(child.stdout.take().expect("its output")).lines();
    let saved = lines.map_while(Result::ok).filter(|line| line.starts_with("saved ")).take(answers).count();
    assert_eq!(saved, answers, "it saved too little");
    let children = fs::read_to_string(format!("/proc/{0}/task/{0}/children", child.id())).unwrap_or_default();
    for pid in children.split_whitespace().filter_map(|pid| pid.parse().ok().and_then(rustix::process::Pid::from_raw)) {
        rustix::process::kill_process(pid, rustix::process::Signal::KILL).expect("it is killed");
    }
    child.wait().expect("it ends");
}

#[test]
fn suspend_and_reboot_are_told_apart_by_the_clocks_of_the_kernel() {
    let folder = tempfile::tempdir().expect("a folder");
    let (stage, administration) = stage(&folder.path().join("issuer"), "open");
    let link = stage.admit(&administration.id, "one", "Test Candidate").expect("a link");
    let answers = serde_json::to_vec(&right_answers(&sample_exam())).expect("answers");
    fs::write(folder.path().join("answers.json"), answers).expect("they are written");
    let first = Life { boot_id: "11111111-1111-4111-8111-111111111111", ahead_s: 0 };
    let suspended = Life { ahead_s: 60, ..first };
    let rebooted = Life { boot_id: "22222222-2222-4222-8222-222222222222", ahead_s: 0 };
    until_saved(sit(folder.path(), &link, &first, 200, &[]), 2);
    until_saved(sit(folder.path(), &link, &suspended, 200, &[]), 2);
    let bundle = folder.path().join("bundle.zip");
    let last = sit(folder.path(), &link, &rebooted, 0, &["--bundle", &bundle.display().to_string()]);
    let output = last.wait_with_output().expect("it ends");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    let bundle = Bundle::read(&fs::read(bundle).expect("a bundle")).expect("it reads");
    let records = bundle.verify(None).expect("its answers are its own").records;
    let resumed: Vec<&Record> = records.iter().filter(|r| matches!(r.event, Event::Resumed { .. })).collect();
    assert_eq!(resumed.len(), 2);
    let before = |record: &Record| &records[usize::try_from(record.seq).expect("a place") - 1];
    // Suspended for a minute: the same boot, and the clock went on by that minute and what really passed.
    let (back, then) = (resumed[0], before(resumed[0]));
    assert_eq!((back.at.boot, then.at.boot), (0, 0));
    let by_boottime = back.at.since_ms(&then.at);
    let by_calendar = u64::try_from(back.at.wall.unix_ms() - then.at.wall.unix_ms()).expect("the calendar went on");
    assert!((60_000 - 50..60_000 + 50).contains(&(by_boottime - by_calendar)), "{by_boottime} − {by_calendar}");
    let Event::Resumed { gap_ms, given_back_ms, .. } = back.event else { unreachable!() };
    assert_eq!((gap_ms, given_back_ms), (0, by_boottime), "the allowance gives all of it back");
    // Rebooted: another boot, measured by the issuer's clock and not by the one that began anew.
    let (back, then) = (resumed[1], before(resumed[1]));
    assert_eq!((back.at.boot, back.at.elapsed), (1, 0));
    let Event::Resumed { gap_ms, server, .. } = back.event else { unreachable!() };
    assert!(server.is_some(), "the issuer was in reach");
    assert!(gap_ms < 60_000, "the minute of the suspend is not counted again: {gap_ms}");
    assert!(then.at.boot < back.at.boot);
}
