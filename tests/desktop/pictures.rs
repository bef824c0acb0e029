//! Pictures of the screen: what the candidate is told, what is taken, and what a desktop without them leads to.

use crate::{
    application::Application,
    desk::{Desk, stays, wait},
    walk::Exam,
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use image::ImageFormat;
use serde_json::{Value as Json, json};
use std::{fs, time::Duration};

/// How far two pictures of one page may lie apart on average, in levels of 255: what JPEG and a clock's seconds change.
const APART_MAX: u64 = 4;
const SIGN: &str = "[data-recording]";

fn captured(exam: &Exam, app: &Application) -> Vec<Json> {
    let (_, records) = exam.seen_by_proctor(&app.driver);
    records.into_iter().filter(|record| record["kind"] == "captured").collect()
}

fn sign(app: &Application) -> Option<String> {
    app.attribute(SIGN, "data-recording")
}

/// The picture that the candidate opens in their own record, decoded.
fn own_picture(app: &Application, of: &Json) -> image::RgbImage {
    let args = json!({"ask": {"ask": "picture", "sha256": of["args"]["sha256"]}});
    let reply = app.driver.invoke("lobby", &args).expect("the candidate may see it");
    let jpeg = BASE64_STANDARD.decode(reply["jpeg"].as_str().expect("a picture")).expect("base 64");
    image::load_from_memory_with_format(&jpeg, ImageFormat::Jpeg).expect("a JPEG").to_rgb8()
}

#[test]
fn the_screen_is_photographed_where_the_exam_asks_for_it_and_everybody_knows() {
    let exam = Exam::prepare_pictured("moderate");
    let app = Application::start(&[]);
    app.give_passphrase("Set passphrase");
    app.admit_by(&exam.link);
    let notice = wait("the notice on pictures", || app.text("[data-recorded=pictures]"));
    for told in ["about every 2 seconds", "Test issuer", "30 days"] {
        assert!(notice.contains(told), "{told}: {notice}");
    }
    app.picture("31-notice-of-pictures");
    app.press("button", "I have read this and accept it");
    app.until_seen("button", "Begin the exam");
    app.line("li.fine", "Pictures of the screen").expect("the check says that the screen can be seen");
    assert_eq!((captured(&exam, &app).len(), sign(&app)), (0, None), "nothing is taken before the first question");
    app.press("button", "Begin the exam");
    app.until_shown("exam");
    wait("the sign", || (sign(&app)? == "taking").then_some(()));
    app.picture("32-recorded");
    wait("the first picture", || captured(&exam, &app).pop());

    // The page rests, so the last picture that was kept shows what is there now.
    stays("the page", Duration::from_secs(3), || app.shown() == "exam");
    let (width, now) = app.screen.x11().pixels();
    let last = captured(&exam, &app).pop().expect("a picture");
    let picture = own_picture(&app, &last);
    assert_eq!((picture.width(), picture.as_raw().len()), (width, now.len()));
    let apart: u64 = now.iter().zip(picture.as_raw()).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    assert!(apart / now.len() as u64 <= APART_MAX, "the picture shows something else than the screen");

    let before = captured(&exam, &app).len();
    app.desk.plug_in();
    let triggered = wait("a picture of what happened, of both screens", || {
        let new = captured(&exam, &app).split_off(before);
        let of = |monitor: &str| {
            let is = |picture: &Json| picture["monitor"] == monitor && picture["occasion"] == "trigger";
            new.iter().find(|record| is(&record["args"]["picture"])).cloned()
        };
        Some([of("left")?, of("right")?])
    });
    app.desk.unplug();
    app.hand_in();
    assert_eq!(sign(&app), None);
    let taken = captured(&exam, &app).len();
    wait("all of them at the issuer", || (exam.detail(&app.driver)["missingEvidence"] == json!([])).then_some(()));
    stays("no picture is taken after the end", Duration::from_secs(3), || captured(&exam, &app).len() == taken);
    for picture in &triggered {
        assert_eq!(own_picture(&app, picture).width(), 640);
    }
    app.press("button", "What was recorded");
    app.press("button", "Show the picture");
    wait("the picture in the record", || app.attribute("li img", "src"));
    app.picture("33-own-picture");
}

#[test]
fn an_exam_that_does_not_ask_for_pictures_takes_none() {
    let exam = Exam::prepare("moderate");
    let app = Application::start(&[]);
    app.begin(&exam.link);
    stays("there is no sign", Duration::from_secs(3), || sign(&app).is_none());
    app.desk.plug_in();
    wait("the second screen on record", || {
        let (_, records) = exam.seen_by_proctor(&app.driver);
        records.iter().any(|record| record["args"]["observation"]["probe"] == "outputs").then_some(())
    });
    app.desk.unplug();
    app.hand_in();
    assert!(captured(&exam, &app).is_empty());
    let sittings = app.desk.home().join(".local/state/invigil/sittings");
    let sitting = fs::read_dir(&sittings).expect("a sitting").flatten().next().expect("one").path();
    assert!(!sitting.join("evidence").exists());
}

#[test]
fn a_desktop_that_gives_no_picture_is_told_of_and_stops_nobody() {
    let exam = Exam::prepare_pictured("open");
    let app = Application::start_on(Desk::under_sway(), &[]);
    app.get_ready(&exam.link);
    app.line("li.note", "Pictures of the screen").expect("the check says that there can be none");
    app.press("button", "Begin the exam");
    app.until_shown("exam");
    wait("the sign", || (sign(&app)? == "failing").then_some(()));
    app.picture("34-not-recorded");
    let why = wait("the reason on record", || {
        let (_, records) = exam.seen_by_proctor(&app.driver);
        let looked = records.into_iter().find(|record| record["args"]["observation"]["what"] == "looked")?;
        looked["args"]["observation"]["sight"]["why"].as_str().map(str::to_owned)
    });
    assert!(!why.is_empty() && captured(&exam, &app).is_empty(), "{why}");
}
