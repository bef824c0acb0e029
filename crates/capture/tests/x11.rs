//! Frames from real X servers of several kinds, and the whole way from a screen to a sealed picture.

mod desk;
mod xvfb;

use desk::Desk;
use invigil_capture::{
    Area, Frame, Look, Monitor, Occasion, Options, Outcome, Picture, Quality, Quota, Recorder, Screen, Unable, X11,
};
use std::convert::Infallible;
use x11rb::{
    connection::Connection as _,
    protocol::{
        randr::{ConnectionExt as _, MonitorInfo},
        xproto::ConnectionExt as _,
    },
};
use xvfb::{Client, Xvfb};

const WHOLE: Area = Area { x: 0, y: 0, width: 320, height: 200 };

/// Red, green and blue of the pixels that matter: the fourth byte means nothing.
fn colours(frame: &Frame) -> Vec<[u8; 3]> {
    frame.bytes().as_chunks::<4>().0.iter().map(|[blue, green, red, _]| [*red, *green, *blue]).collect()
}

/// A picture in which every pixel differs from its neighbours.
fn pattern(width: u32, height: u32) -> Frame {
    let places = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    let bytes = places.flat_map(|(x, y)| [x as u8, y as u8, (x ^ y) as u8, 0]).collect();
    Frame::new(width, height, bytes).expect("a frame")
}

#[test]
fn both_ways_give_every_pixel_of_the_screen() {
    let server = Xvfb::start("320x200x24", &[]);
    let shown = pattern(320, 200);
    let client = Client::new(&server, 0, 0, 320, 200);
    client.show(&shown);
    for (mut screen, way) in [
        (X11::connect(Some(&server.display)).expect("a screen"), "x11-shm"),
        (X11::connect_by_replies(Some(&server.display)).expect("a screen"), "x11"),
    ] {
        let monitors = screen.monitors().expect("monitors");
        let [monitor] = monitors.as_slice() else { panic!("{monitors:?}") };
        assert_eq!(monitor.area, WHOLE);
        for _ in 0..3 {
            let frame = screen.grab(monitor).expect("a frame");
            assert_eq!((frame.width(), frame.height()), (320, 200));
            assert!(colours(&frame) == colours(&shown), "{way} shows something else");
        }
        assert_eq!(screen.way(), way);
    }
}

#[test]
fn a_part_of_the_screen_is_that_part() {
    let server = Xvfb::start("320x200x24", &[]);
    let client = Client::new(&server, 0, 0, 320, 200);
    let shown = pattern(320, 200);
    client.show(&shown);
    let mut screen = X11::connect(Some(&server.display)).expect("a screen");
    let parts = [(10, 20, 30, 40), (300, 190, 100, 100), (0, 0, 320, 200), (-5, -5, 6, 6), (7, 3, 1, 1)];
    for (x, y, width, height) in parts {
        let area = Area { x, y, width, height };
        let seen = area.within(WHOLE).expect("it is on the screen");
        let expected: Vec<[u8; 3]> = (seen.y..seen.y + seen.height as i32)
            .flat_map(|y| (seen.x..seen.x + seen.width as i32).map(move |x| [(x ^ y) as u8, y as u8, x as u8]))
            .collect();
        assert!(colours(&screen.grab_area(area).expect("asked").expect("a frame")) == expected, "{area:?}");
    }
    let beyond = Area { x: 320, y: 0, width: 10, height: 10 };
    assert_eq!(screen.grab_area(beyond), Ok(None));
    let monitor = Monitor { name: "DP-3".to_owned(), area: beyond };
    assert_eq!(screen.grab(&monitor), Err(Unable::Gone("DP-3".to_owned())));
}

#[test]
fn each_monitor_is_grabbed_by_itself_and_mirrors_are_one() {
    let server = Xvfb::start("320x200x24", &[]);
    let client = Client::new(&server, 0, 0, 320, 200);
    client.show(&pattern(320, 200));
    let root = client.connection.setup().roots[0].root;
    let atom = |name: &str| {
        let atom = client.connection.intern_atom(false, name.as_bytes()).expect("sent");
        atom.reply().expect("an atom").atom
    };
    let outputs = |primary: bool| {
        let resources = client.connection.randr_get_screen_resources(root).expect("sent").reply().expect("told");
        if primary { resources.outputs } else { vec![] }
    };
    for (name, x, width, primary) in [("left", 0, 200, true), ("right", 200, 120, false), ("mirror", 200, 120, false)] {
        let info = MonitorInfo {
            name: atom(name),
            primary,
            automatic: false,
            x,
            y: 0,
            width,
            height: 200,
            width_in_millimeters: 100,
            height_in_millimeters: 100,
            outputs: outputs(primary),
        };
        client.connection.randr_set_monitor(root, info).expect("sent").check().expect("a monitor");
    }
    let mut screen = X11::connect(Some(&server.display)).expect("a screen");
    let monitors = screen.monitors().expect("monitors");
    let found: Vec<(&str, i32, u32)> = monitors.iter().map(|m| (m.name.as_str(), m.area.x, m.area.width)).collect();
    assert_eq!(found, [("left", 0, 200), ("right", 200, 120)]);
    let frame = screen.grab(&monitors[1]).expect("a frame");
    assert_eq!(colours(&frame)[..2], [[200, 0, 200], [201, 0, 201]]);
}

#[test]
fn deeper_colours_are_read_and_shallower_screens_refused() {
    let server = Xvfb::start("320x200x30", &[]);
    let client = Client::new(&server, 0, 0, 2, 1);
    client.paint(2, &[(1023u32 << 20 | 512 << 10).to_le_bytes(), (1023u32 | 256 << 20).to_le_bytes()].concat());
    let mut screen = X11::connect(Some(&server.display)).expect("a screen");
    let frame = screen.grab_area(Area { x: 0, y: 0, width: 2, height: 1 }).expect("asked").expect("a frame");
    assert_eq!(colours(&frame), [[255, 128, 0], [64, 0, 255]]);

    for screen in ["320x200x16", "320x200x8"] {
        let server = Xvfb::start(screen, &[]);
        let refusal = X11::connect(Some(&server.display)).err().expect("no screen");
        assert!(matches!(refusal, Unable::Layout(_)), "{screen}: {refusal}");
    }
}

#[test]
fn a_server_without_shared_memory_is_read_by_replies() {
    let without = Xvfb::start("320x200x24", &["-extension", "MIT-SHM"]);
    let remote = Xvfb::start("320x200x24", &["-listen", "tcp", "-ac"]);
    for (display, server) in [(without.display.clone(), &without), (format!("127.0.0.1{}", remote.display), &remote)] {
        let client = Client::new(server, 0, 0, 320, 200);
        let shown = pattern(320, 200);
        client.show(&shown);
        let mut screen = X11::connect(Some(&display)).expect("a screen");
        assert_eq!(screen.way(), "x11", "{display}");
        let frame = screen.grab_area(WHOLE).expect("asked").expect("a frame");
        assert!(colours(&frame) == colours(&shown), "{display}");
    }
}

#[test]
fn a_server_that_is_gone_says_so() {
    assert!(matches!(X11::connect(Some(":9876")), Err(Unable::Unreachable(_))));
    let server = Xvfb::start("320x200x24", &[]);
    let mut screen = X11::connect(Some(&server.display)).expect("a screen");
    drop(server);
    assert!(matches!(screen.grab_area(WHOLE), Err(Unable::Refused(_))));
}

fn options(bytes_max: u64) -> Options {
    Options { quality: Quality::default(), quota: Quota::new(bytes_max), unchanged_ms_max: 120_000 }
}

/// Not a seal: it shows that what leaves is what this made of it.
fn seal(jpeg: &[u8]) -> Result<Vec<u8>, Infallible> {
    Ok(jpeg.iter().rev().copied().collect())
}

#[track_caller]
fn only(looks: Vec<Look>) -> Outcome {
    let [Look { monitor: Some(_), outcome }] = <[Look; 1]>::try_from(looks).expect("one monitor") else {
        panic!("the system does not tell which monitors there are")
    };
    outcome
}

#[track_caller]
fn kept(outcome: Outcome) -> Picture {
    let Outcome::Kept(picture) = outcome else { panic!("{outcome:?}") };
    picture
}

#[test]
fn from_a_screen_to_a_sealed_picture() {
    let server = Xvfb::start("1280x800x24", &[]);
    let client = Client::new(&server, 0, 0, 1280, 800);
    let mut desk = Desk::new(1280, 800, 1.0);
    let screen = X11::connect(Some(&server.display)).expect("a screen");
    let mut recorder = Recorder::new(Box::new(screen), options(10_000_000));
    let interval = Occasion::Interval;

    assert_eq!(only(recorder.look(interval, 0, 0, seal)), Outcome::Blank { colour: [0, 0, 0] });
    assert_eq!(only(recorder.look(Occasion::Trigger, 0, 0, seal)), Outcome::Blank { colour: [0, 0, 0] });

    client.show(&desk.frame());
    let key = age::x25519::Identity::generate();
    let to_key = |jpeg: &[u8]| age::encrypt(&key.to_public(), jpeg);
    let first = kept(only(recorder.look(interval, 1_000, 0, to_key)));
    assert_eq!((first.tiles_changed, first.thinning), (None, None));
    let opened = image::load_from_memory(&age::decrypt(&key, &first.sealed).expect("sealed")).expect("a picture");
    assert_eq!((opened.width(), opened.height()), (1280, 800));

    desk.cursor = true;
    client.show(&desk.frame());
    let unchanged = only(recorder.look(interval, 11_000, 0, seal));
    assert!(matches!(unchanged, Outcome::Unchanged { tiles_changed: 1..=2 }), "{unchanged:?}");
    kept(only(recorder.look(Occasion::Trigger, 12_000, 0, seal)));

    desk.question = 1;
    client.show(&desk.frame());
    assert!(kept(only(recorder.look(interval, 21_000, 0, seal))).tiles_changed.is_some_and(|tiles| 100 < tiles));

    // Two minutes after the last one, one is kept to show that nothing changed.
    assert!(matches!(only(recorder.look(interval, 140_999, 0, seal)), Outcome::Unchanged { tiles_changed: 0 }));
    assert_eq!(kept(only(recorder.look(interval, 141_000, 0, seal))).tiles_changed, Some(0));

    // What did not reach the disk is not what the next one is compared with.
    assert!(matches!(only(recorder.look(interval, 142_000, 0, seal)), Outcome::Unchanged { .. }));
    let monitor = recorder.look(interval, 143_000, 0, seal).remove(0).monitor.expect("a name");
    recorder.forget(&monitor);
    assert_eq!(kept(only(recorder.look(interval, 144_000, 0, seal))).tiles_changed, None);
}

#[test]
fn what_cannot_be_kept_is_answered_for() {
    let server = Xvfb::start("1280x800x24", &[]);
    let client = Client::new(&server, 0, 0, 1280, 800);
    client.show(&Desk::new(1280, 800, 1.0).frame());
    let screen = X11::connect(Some(&server.display)).expect("a screen");
    let mut recorder = Recorder::new(Box::new(screen), options(1_000_000));

    let refuse = |_: &[u8]| Err::<Vec<u8>, _>("the key is no key");
    let failed = only(recorder.look(Occasion::Interval, 0, 0, refuse));
    assert_eq!(failed, Outcome::Failed { why: "the key is no key".to_owned() });

    let full = only(recorder.look(Occasion::Interval, 0, 999_999, seal));
    let Outcome::NoRoom { size_bytes } = full else { panic!("{full:?}") };
    assert!(20_000 < size_bytes);

    // Neither of them counts as seen. The picture that crosses half the quota says so.
    let picture = kept(only(recorder.look(Occasion::Interval, 0, 499_000, seal)));
    assert_eq!(picture.sealed.len() as u64, size_bytes);
    assert_eq!(picture.thinning.map(invigil_capture::Thinning::stretch), Some(2));

    drop(server);
    let looks = recorder.look(Occasion::Interval, 0, 0, seal);
    assert!(matches!(looks.as_slice(), [Look { monitor: None, outcome: Outcome::Failed { .. } }]), "{looks:?}");
}
