//! Whether a person can read in a picture what stood on the screen.

mod desk;

use desk::Desk;
use image::{GrayImage, Luma};
use invigil_capture::{Frame, Quality, jpeg, picture::reduced};

fn page() -> Desk {
    Desk { messenger: true, notice: true, chosen: Some(2), ..Desk::new(1280, 800, 1.0) }
}

fn before(frame: &Frame) -> GrayImage {
    image::DynamicImage::ImageRgb8(reduced(frame, u32::MAX)).to_luma8()
}

fn after(frame: &Frame, quality: Quality) -> GrayImage {
    let bytes = jpeg(frame, quality).expect("a JPEG");
    image::load_from_memory(&bytes).expect("it opens").to_luma8()
}

/// The structural similarity of the parts of a picture that show something: the mean over all of their windows of
/// 8 × 8 pixels, and the share of windows above 0.9. 1 is the same.
fn similarity(before: &GrayImage, after: &GrayImage) -> (f64, f64) {
    const WINDOW: u32 = 8;
    assert_eq!(before.dimensions(), after.dimensions());
    let (mut sum, mut count, mut good) = (0.0, 0.0, 0.0);
    for y in (0..before.height() - WINDOW).step_by(4) {
        for x in (0..before.width() - WINDOW).step_by(4) {
            let (mut a, mut b, mut aa, mut bb, mut ab) = (0.0, 0.0, 0.0, 0.0, 0.0);
            for (dx, dy) in (0..WINDOW).flat_map(|dy| (0..WINDOW).map(move |dx| (dx, dy))) {
                let level = |image: &GrayImage| {
                    let Luma([level]) = *image.get_pixel(x + dx, y + dy);
                    f64::from(level)
                };
                let (one, other) = (level(before), level(after));
                (a, b) = (a + one, b + other);
                (aa, bb, ab) = (aa + one * one, bb + other * other, ab + one * other);
            }
            let n = f64::from(WINDOW * WINDOW);
            let (a, b) = (a / n, b / n);
            let (va, vb, vab) = (aa / n - a * a, bb / n - b * b, ab / n - a * b);
            // Empty paper is always the same and would hide what happens to text.
            if va < 100.0 {
                continue;
            }
            let (c1, c2) = (6.5025, 58.5225);
            let window = (2.0 * a * b + c1) * (2.0 * vab + c2) / ((a * a + b * b + c1) * (va + vb + c2));
            sum += window;
            count += 1.0;
            good += f64::from(u8::from(0.9 < window));
        }
    }
    assert!(1_000.0 < count, "only {count} windows show anything");
    (sum / count, good / count)
}

#[test]
fn text_of_ordinary_size_stays_readable() {
    let frame = page().frame();
    let before = before(&frame);
    let (mean, good) = similarity(&before, &after(&frame, Quality::default()));
    assert!(0.97 < mean && 0.97 < good, "{mean:.3} on average, {good:.3} of the windows");
    // The measure sees what a person would: these are hard to read.
    let coarse = Quality { jpeg: 5, ..Quality::default() };
    let (mean, good) = similarity(&before, &after(&frame, coarse));
    assert!(mean < 0.9 && good < 0.7, "coarse: {mean:.3} on average, {good:.3} of the windows");
    let half = after(&frame, Quality { longest_px_max: 640, ..Quality::default() });
    let half = image::imageops::resize(&half, 1280, 800, image::imageops::FilterType::Triangle);
    let (mean, good) = similarity(&before, &half);
    assert!(mean < 0.9 && good < 0.7, "half: {mean:.3} on average, {good:.3} of the windows");
}

#[test]
fn a_picture_is_small_enough_to_be_sent_from_anywhere() {
    for (width, height) in [(1280, 800), (1920, 1080)] {
        let bytes = jpeg(&Desk { width, height, ..page() }.frame(), Quality::default()).expect("a JPEG");
        assert!(bytes.len() < 200_000, "{width} × {height}: {} bytes", bytes.len());
    }
}

#[test]
fn a_large_screen_is_reduced_and_its_colours_stay() {
    let frame = Desk { width: 2560, height: 1600, scale: 2.0, ..page() }.frame();
    let picture =
        image::load_from_memory(&jpeg(&frame, Quality::default()).expect("a JPEG")).expect("it opens").to_rgb8();
    assert_eq!(picture.dimensions(), (1600, 1000));
    let near = |x: u32, y: u32, colour: [u8; 3]| {
        let pixel = picture.get_pixel(x, y).0;
        assert!(pixel.iter().zip(colour).all(|(a, b)| a.abs_diff(b) < 6), "{pixel:?} at {x}, {y}");
    };
    near(800, 20, [60, 73, 79]);
    near(5, 990, [250, 250, 250]);
}
