//! Compositors in a window once more: a second output, and a request to close, each with its negative control.

use crate::{
    application::{Application, NAME},
    desk::{Desk, stays, wait, wait_at_most},
    lockdown::reported,
    nested::Compositor,
    outside::X11,
    walk::Exam,
};
use invigil_core::policy::Control;
use invigil_tests::matrix;
use std::time::Duration;

const DESKTOPS: [Compositor; 2] = [Compositor::Mutter, Compositor::Kwin];
const AT_ONCE: Duration = Duration::from_secs(4);

/// The colour of a cover, as `controls/screens.rs` has it.
const COVER: [u8; 3] = [0x22, 0x2b, 0x30];

/// How many outputs show hardly anything but a cover.
fn covered(outer: &X11) -> usize {
    outer.shares_of(COVER).into_iter().filter(|share| 0.8 < *share).count()
}

/// Sits down where there are two outputs, each a picture of its own on the outer screen.
fn sit_down_at_two(compositor: Compositor, exam: &Exam) -> (Application, X11) {
    let desk = Desk::under_with_two_outputs(compositor);
    let outer = X11::of(&desk);
    let app = Application::begin_at(desk, compositor, exam, |_| outer.spread());
    (app, outer)
}

#[test]
fn the_second_output_of_every_desktop_is_covered() {
    for compositor in DESKTOPS {
        let exam = Exam::prepare("moderate");
        let (app, outer) = sit_down_at_two(compositor, &exam);
        wait_at_most(AT_ONCE, "the second output to be covered, and it alone", || (covered(&outer) == 1).then_some(()));
        // Mutter gives the keyboard to whichever window came last, and back by a click.
        app.desk.point_at_it();
        stays("the exam is seen beside it and holds the keys", Duration::from_secs(1), || {
            covered(&outer) == 1 && app.is_given("alt+Tab")
        });
        outer.picture_all(&app.desk, &format!("31-covered-{}", compositor.name()));
        assert_eq!(reported(&exam, &app, ["covers"]), ["requested"]);
        let what = match compositor {
            Compositor::Mutter => "requested; the second output is covered; the cover has the keys until a click",
            Compositor::Kwin | Compositor::Cage => "requested; the second output is covered",
        };
        matrix::with(Control::Covers, compositor.name(), what);
    }
}

#[test]
fn an_exam_that_does_not_ask_for_covers_leaves_the_second_output() {
    for compositor in DESKTOPS {
        let exam = Exam::prepare_without("moderate", "covers");
        let (_app, outer) = sit_down_at_two(compositor, &exam);
        stays("the second output is nobody's", Duration::from_secs(3), || covered(&outer) == 0);
        matrix::without(Control::Covers, compositor.name(), "the second output stays as it is");
    }
}

/// A kiosk lays one window over all of its outputs, and the last one over the others.
#[test]
fn a_kiosk_shows_the_exam_on_both_outputs() {
    let exam = Exam::prepare("moderate");
    let (app, outer) = sit_down_at_two(Compositor::Cage, &exam);
    stays("no cover hides the exam", Duration::from_secs(3), || covered(&outer) == 0);
    outer.picture_all(&app.desk, "31-covered-cage");
    assert_eq!(app.size(), [2048, 768], "the exam lies over both");
    assert_eq!(reported(&exam, &app, ["covers"]), ["requested"]);
    matrix::with(Control::Covers, "cage", "requested; the exam lies over both outputs");
}

/// Without the keyboard the desktop has its own key for closing, and asks the window to close.
#[test]
fn no_desktop_closes_what_the_exam_keeps_open() {
    for compositor in DESKTOPS {
        let exam = Exam::prepare_without("open", "keyboard");
        let app = Application::begin_under(compositor, &exam);
        let process = app.process();
        for _ in 0..3 {
            app.desk.outside(&["key", "alt+F4"]);
        }
        stays("the exam stays open", AT_ONCE, || app.desk.processes(NAME) == [process] && app.shown() == "exam");
        matrix::with(Control::Close, compositor.name(), "requested; its own key for closing does nothing");
    }
}

#[test]
fn a_desktop_closes_an_exam_that_does_not_ask_to_stay_open() {
    for compositor in DESKTOPS {
        let exam = Exam::prepare_without("open", "keyboard,close");
        let app = Application::begin_under(compositor, &exam);
        app.desk.outside(&["key", "alt+F4"]);
        wait("the application to be gone", || app.desk.processes(NAME).is_empty().then_some(()));
        matrix::without(Control::Close, compositor.name(), "it closes");
    }
}
