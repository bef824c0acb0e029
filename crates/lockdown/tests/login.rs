//! The probes and the control that ask the login service, in a system that was booted for it: its own logind, sessions
//! of two users on a seat, an SSH server.
//!
//! The container has no virtual terminals, so a session in front is named by its id there. How a terminal is named is
//! in the table beside `Terminal`.

mod booted;

use booted::Booted;

#[test]
fn another_session_in_front_is_seen_until_it_leaves() {
    let Some(system) = Booted::start() else { return };
    let exam = system.log_in("cand", "/resident /seen");
    system.must(&format!("loginctl activate {exam}"));
    system.wait_to_see("terminal", "sees ");
    system.wait_to_see("lock-screen", "sees ");

    let other = system.log_in("other", "sleep 600");
    system.must(&format!("loginctl activate {other}"));
    system.wait_to_see("terminal", &format!("sees session {other}"));
    system.wait_to_see("lock-screen", "sees ");
    system.must(&format!("loginctl activate {exam}"));
    system.wait_to_see("terminal", "sees ");

    // A login screen in front is a lock, and no other session.
    system.must(&format!("loginctl terminate-session {other}"));
    let greeter = system.log_in_as("other", "greeter", "sleep 600");
    system.must(&format!("loginctl activate {greeter}"));
    system.wait_to_see("lock-screen", "sees locked");
    system.wait_to_see("terminal", "sees ");
    system.must(&format!("loginctl activate {exam}"));
    system.wait_to_see("lock-screen", "sees ");
}

#[test]
fn a_program_outside_of_the_session_finds_it() {
    let Some(system) = Booted::start() else { return };
    let exam = system.log_in("cand", "sleep 600");
    let other = system.log_in("other", "sleep 600");
    system.must(&format!("loginctl activate {exam}"));
    system.start_beside_sessions("cand");
    system.wait_to_see("terminal", "sees ");
    system.must(&format!("loginctl activate {other}"));
    system.wait_to_see("terminal", &format!("sees session {other}"));
    // Without any session of the user there is none to watch.
    system.must(&format!("loginctl terminate-session {exam}"));
    system.wait_until("it is blind", || system.seen("terminal").starts_with("blind: "));
}

#[test]
fn a_locked_screen_is_seen_until_it_is_unlocked() {
    let Some(system) = Booted::start() else { return };
    let exam = system.log_in("cand", "/resident /seen");
    system.must(&format!("loginctl activate {exam}"));
    system.wait_to_see("lock-screen", "sees ");
    // This only asks the desktop, and there is none that would lock.
    system.must(&format!("loginctl lock-session {exam}"));
    std::thread::sleep(std::time::Duration::from_millis(500));
    system.wait_to_see("lock-screen", "sees ");
    // The desktop's word that it has locked; `_31` is how D-Bus writes a session's number as a name.
    let hint = |yes: bool| {
        let path = format!("/org/freedesktop/login1/session/{}", as_path(&exam));
        let name = "org.freedesktop.login1";
        system.must(&format!("busctl call {name} {path} {name}.Session SetLockedHint b {yes}"));
    };
    hint(true);
    system.wait_to_see("lock-screen", "sees locked");
    hint(false);
    system.wait_to_see("lock-screen", "sees ");
}

/// A session's id as the end of its object's path, which begins with no digit.
fn as_path(id: &str) -> String {
    let first = id.bytes().next().expect("an id");
    if first.is_ascii_digit() { format!("_{first:x}{}", &id[1..]) } else { id.to_owned() }
}

#[test]
fn a_login_from_another_machine_is_seen_while_it_lasts() {
    let Some(system) = Booted::start() else { return };
    system.log_in("cand", "/resident /seen");
    system.log_in("other", "sleep 600");
    system.wait_to_see("remote-login", "sees ");
    system.must(
        "ssh-keygen -q -t ed25519 -N '' -f /run/key && install -d -o other /home/other/.ssh \
         && install -o other /run/key.pub /home/other/.ssh/authorized_keys && systemctl start ssh",
    );
    // A tunnel from another machine ends at this address, so it counts as any other.
    let options = "-i /run/key -o StrictHostKeyChecking=no -o BatchMode=yes";
    system.must(&format!("systemd-run --quiet --collect --unit=ssh-client ssh {options} other@127.0.0.1 sleep 600"));
    system.wait_to_see("remote-login", "sees ssh from 127.0.0.1");
    system.must("systemctl stop ssh-client");
    system.wait_to_see("remote-login", "sees ");
}

#[test]
fn the_machine_is_kept_awake_until_release_or_death() {
    let Some(system) = Booted::start() else { return };
    let listed = || system.must("systemd-inhibit --list --no-legend --no-pager").contains("Invigil");
    let exam = system.log_in("cand", "/resident /seen");
    system.must(&format!("loginctl activate {exam}"));
    system.wait_to_see("awake", "Released");
    assert!(!listed());
    system.order("awake");
    system.wait_to_see("awake", "Enforced");
    assert!(listed());
    system.order("release");
    system.wait_to_see("awake", "Released");
    assert!(!listed());

    system.order("awake");
    system.wait_to_see("awake", "Enforced");
    // The login service keeps its locks over its own restart.
    system.must("systemctl restart systemd-logind");
    std::thread::sleep(std::time::Duration::from_millis(500));
    system.wait_to_see("awake", "Enforced");
    assert!(listed());
    system.must("kill -9 $(pgrep -x resident)");
    system.wait_until("the lock is gone", || !listed());
}

#[test]
fn without_a_right_to_it_the_machine_is_not_called_awake() {
    let Some(system) = Booted::start() else { return };
    // Without it only root may lock.
    system.must("systemctl mask --runtime --now polkit");
    system.log_in("cand", "/resident /seen");
    system.order("awake");
    system.wait_until("it is refused", || system.seen("awake").starts_with("Denied"));
    assert!(!system.must("systemd-inhibit --list --no-legend --no-pager").contains("Invigil"));
    system.must("systemctl mask --runtime systemd-logind.service && systemctl stop dbus.socket dbus.service");
    system.wait_until("nobody is there to ask", || system.seen("awake").starts_with("Unsupported"));
    for probe in ["terminal", "lock-screen"] {
        system.wait_until("it is blind", || system.seen(probe).starts_with("blind: "));
    }
}

#[test]
fn hidden_programs_are_not_taken_for_absent_ones() {
    let Some(system) = Booted::start() else { return };
    system.log_in("cand", "/resident /seen");
    system.wait_to_see("programs", "sees ");
    // Another user's programs it cannot see either way; its own it can.
    system.must("systemd-run --quiet --collect --unit=theirs -p User=other sleep 600");
    std::thread::sleep(std::time::Duration::from_millis(300));
    assert_eq!(system.seen("programs"), "sees ");
    system.must("systemd-run --quiet --collect --unit=own -p User=cand sleep 600");
    system.wait_to_see("programs", "sees Sleep");
    system.must("systemctl stop own");
    system.wait_to_see("programs", "sees ");
    system.must("mount -o remount,hidepid=2 /proc");
    system.wait_until("it says that it is blind", || system.seen("programs").starts_with("blind: "));
    system.must("mount -o remount,hidepid=0 /proc");
    system.wait_to_see("programs", "sees ");
}
