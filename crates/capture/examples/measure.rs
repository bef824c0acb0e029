//! What a look at the screen costs on this machine: `cargo run --release -p invigil-capture --example measure`.
//!
//! Shows an exam page on X servers and on a Wayland desktop of its own and prints, for each size, the milliseconds of each step and the share of
//! one core at a frame every ten seconds. It judges nothing.

#[path = "../tests/desk/mod.rs"]
mod desk;
#[expect(dead_code, reason = "nobody says no here")]
#[path = "../tests/wayland/mod.rs"]
mod wayland;
#[path = "../tests/xvfb/mod.rs"]
mod xvfb;

use desk::Desk;
use invigil_capture::{Portal, Quality, Screen, Sketch, X11, blank, jpeg};
use rustix::time::{ClockId, clock_gettime};
use std::time::Duration;
use wayland::Desktop;
use xvfb::{Client, Xvfb};

const ROUNDS: usize = 50;
const GAP_MS: f64 = 10_000.0;

fn clock_ms(clock: ClockId) -> f64 {
    let time = clock_gettime(clock);
    time.tv_sec as f64 * 1e3 + time.tv_nsec as f64 / 1e6
}

/// Runs a step many times: the median and the longest of its times, and what it took of a processor on average.
fn measured<T>(mut step: impl FnMut() -> T) -> (f64, f64, f64) {
    let (mut times, cpu) = (Vec::new(), clock_ms(ClockId::ProcessCPUTime));
    for _ in 0..ROUNDS {
        let began = clock_ms(ClockId::Monotonic);
        std::hint::black_box(step());
        times.push(clock_ms(ClockId::Monotonic) - began);
    }
    times.sort_by(f64::total_cmp);
    (times[ROUNDS / 2], times[ROUNDS - 1], (clock_ms(ClockId::ProcessCPUTime) - cpu) / ROUNDS as f64)
}

fn print(step: &str, (median, longest, cpu): (f64, f64, f64)) -> f64 {
    println!("  {step:<28}{median:8.2}{longest:8.2}{cpu:8.2}");
    cpu
}

fn main() {
    for (width, height) in [(1280u32, 800u32), (1920, 1080), (3840, 2160)] {
        let server = Xvfb::start(&format!("{width}x{height}x24"), &[]);
        let client = Client::new(&server, 0, 0, width as u16, height as u16);
        let page = Desk { messenger: true, notice: true, ..Desk::new(width, height, 1.0) };
        client.show(&page.frame());
        let mut screen = X11::connect(Some(&server.display)).expect("a screen");
        let mut replies = X11::connect_by_replies(Some(&server.display)).expect("a screen");
        let monitor = screen.monitors().expect("monitors").remove(0);
        let frame = screen.grab(&monitor).expect("a frame");
        let last = Sketch::of(&Desk { question: 1, ..page }.frame());

        let key = age::x25519::Identity::generate().to_public();
        let picture = jpeg(&frame, Quality::default()).expect("a picture");
        println!("{width} × {height}, a picture of {} bytes; ms: median, longest, processor", picture.len());
        print("grab, through the socket", measured(|| replies.grab(&monitor).expect("a frame")));
        let grab = print("grab, shared memory", measured(|| screen.grab(&monitor).expect("a frame")));
        let compare = print(
            "blank and compare",
            measured(|| {
                assert_eq!(blank(&frame), None);
                last.tiles_changed(&Sketch::of(&frame))
            }),
        );
        let seal = print("seal", measured(|| age::encrypt(&key, &picture).expect("sealed")));
        let encode = print("reduce and encode", measured(|| jpeg(&frame, Quality::default()).expect("a picture")));
        let share = |ms: f64| ms / GAP_MS * 100.0;
        println!(
            "  of a core, every frame kept {:.2} %, every frame dropped {:.2} %",
            share(grab + compare + encode + seal),
            share(grab + compare)
        );
    }
    by_portal();
}

/// The same by the portal. What the compositor itself spends on a frame is not counted.
fn by_portal() {
    let desktop = Desktop::start();
    let mut window = desktop.window(1280, 800);
    window.show(&Desk::new(1280, 800, 1.0).frame());
    let mut portal = Portal::ask(Some(&desktop.bus), None, Duration::from_secs(20)).expect("shared");
    let monitor = portal.monitors().expect("monitors").remove(0);
    println!("1280 × 800 by the portal");
    print("grab", measured(|| portal.grab(&monitor).expect("a frame")));
}
