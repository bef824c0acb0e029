//! Frames by the portal of a real Wayland desktop: Mutter without a screen, PipeWire and xdg-desktop-portal.

mod wayland;

use invigil_capture::{Frame, Portal, Screen, Unable, X11, blank};
use std::time::Duration;
use wayland::{Answer, Desktop};

const LIMIT: Duration = Duration::from_secs(20);

fn colours(frame: &Frame) -> Vec<[u8; 3]> {
    frame.bytes().as_chunks::<4>().0.iter().map(|[blue, green, red, _]| [*red, *green, *blue]).collect()
}

/// A picture in which every pixel differs from its neighbours.
fn pattern(shift: u32) -> Frame {
    let places = (0..800).flat_map(|y| (0..1280).map(move |x| (x + shift, y)));
    let bytes = places.flat_map(|(x, y)| [x as u8, y as u8, (x ^ y) as u8, 0]).collect();
    Frame::new(1280, 800, bytes).expect("a frame")
}

#[test]
fn a_shared_monitor_is_seen_as_it_is_whenever_it_is_looked_at() {
    let mut desktop = Desktop::start();
    let mut window = desktop.window(1280, 800);
    window.show(&pattern(0));
    let mut portal = Portal::ask(Some(&desktop.bus), None, LIMIT).expect("shared");
    assert_eq!(portal.way(), "portal");
    let monitors = portal.monitors().expect("monitors");
    let [monitor] = monitors.as_slice() else { panic!("{monitors:?}") };
    assert_eq!((monitor.name.as_str(), monitor.area.width, monitor.area.height), ("monitor 1 (Meta-0)", 1280, 800));
    // The compositor lets a new window fade in.
    let looks = |frame: &Frame| colours(frame) == colours(&pattern(0));
    assert!((0..40).any(|_| portal.grab(monitor).is_ok_and(|frame| looks(&frame))), "the window never showed");
    // Twice the same: a screen on which nothing moves is looked at as well.
    for shift in [0, 0, 3, 60, 60] {
        window.show(&pattern(shift));
        assert!(colours(&portal.grab(monitor).expect("a frame")) == colours(&pattern(shift)), "{shift}");
    }
    // What came while the screen was in motion is not shown at the next look.
    std::thread::scope(|scope| {
        let painting = scope.spawn(|| (100..140).for_each(|shift| window.show(&pattern(shift))));
        while !painting.is_finished() {
            portal.grab(monitor).expect("a frame");
        }
    });
    for shift in [200, 300] {
        window.show(&pattern(shift));
        assert!(colours(&portal.grab(monitor).expect("a frame")) == colours(&pattern(shift)), "{shift}");
    }
    let black = Frame::new(1280, 800, vec![0; 1280 * 800 * 4]).expect("a frame");
    window.show(&black);
    assert_eq!(blank(&portal.grab(monitor).expect("a frame")), Some([0, 0, 0]));

    desktop.end("mutter");
    assert!(matches!(portal.grab(monitor), Err(Unable::Refused(_))), "the compositor is gone");
}

#[test]
fn what_is_not_shared_any_more_is_not_seen() {
    let desktop = Desktop::start();
    let mut window = desktop.window(1280, 800);
    window.show(&pattern(0));
    let mut portal = Portal::ask(Some(&desktop.bus), None, LIMIT).expect("shared");
    let monitor = portal.monitors().expect("monitors").remove(0);
    portal.grab(&monitor).expect("a frame");
    desktop.stop_sharing();
    let other = Portal::ask(Some(&desktop.bus), None, LIMIT).expect("shared");
    // Another session of this same desktop has a stream now; it is not this one's.
    for _ in 0..2 {
        let refused = portal.grab(&monitor);
        assert!(matches!(refused, Err(Unable::Refused(_))), "{refused:?}");
    }
    drop(other);
}

#[test]
fn the_candidate_is_asked_for_monitors_and_decides() {
    let desktop = Desktop::start();
    let answer = |answer: Answer| desktop.dialogue.lock().expect("a dialogue").answer = answer;
    let asked = |key: &str| {
        let dialogue = desktop.dialogue.lock().expect("a dialogue");
        dialogue.asked.get(key).map(|value| value.try_clone().expect("a value"))
    };
    let number = |key: &str| asked(key).and_then(|value| u32::try_from(value).ok());

    let portal = Portal::ask(Some(&desktop.bus), None, LIMIT).expect("shared");
    // Monitors and no windows, without the pointer, remembered until it is revoked.
    assert_eq!(["types", "cursor_mode", "persist_mode"].map(number), [Some(1), Some(1), Some(2)]);
    assert_eq!(asked("multiple").and_then(|value| bool::try_from(value).ok()), Some(true));
    assert!(asked("restore_data").is_none());
    let token = portal.restore_token().expect("a token").to_owned();
    drop(portal);

    // After a crash the desktop is told what it gave before, so that it need not ask again.
    let portal = Portal::ask(Some(&desktop.bus), Some(&token), LIMIT).expect("shared");
    assert!(asked("restore_data").is_some());
    assert_ne!(portal.restore_token(), None);
    drop(portal);

    answer(Answer::No);
    let no = Portal::ask(Some(&desktop.bus), None, LIMIT).err();
    assert_eq!(no, Some(Unable::Refused("the screen was not shared".to_owned())));

    answer(Answer::Nothing);
    let nothing = Portal::ask(Some(&desktop.bus), None, Duration::from_millis(500)).err();
    assert_eq!(nothing, Some(Unable::Refused("nobody answered whether the screen is shared".to_owned())));

    answer(Answer::Yes);
    assert!(
        Portal::ask(Some(&desktop.bus), None, LIMIT).is_ok(),
        "a question that was given up stands in nobody's way"
    );
}

#[test]
fn a_desktop_without_a_portal_says_so() {
    let absent = Portal::ask(Some("unix:path=/nowhere"), None, LIMIT).err();
    assert!(matches!(absent, Some(Unable::Unreachable(_))), "{absent:?}");
    let desktop = Desktop::without_portal();
    let absent = Portal::ask(Some(&desktop.bus), None, LIMIT).err();
    assert!(matches!(absent, Some(Unable::Unreachable(_))), "{absent:?}");
}

#[test]
fn the_x_server_of_a_wayland_desktop_is_not_taken_for_the_screen() {
    let mut desktop = Desktop::start();
    let display = desktop.x_guest();
    assert_eq!(X11::connect(Some(&display)).err(), Some(Unable::Xwayland));
}
