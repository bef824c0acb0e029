//! A frame becomes a picture: made smaller where it is too large, then a JPEG in which text can still be read.

use crate::frame::{Frame, PIXEL_BYTES};
use image::{ExtendedColorType, ImageError, RgbImage, codecs::jpeg::JpegEncoder};
use std::ops::Range;

/// How pictures are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quality {
    /// The most pixels on the longer side. A larger frame is made smaller, in proportion.
    pub longest_px_max: u32,
    /// JPEG's quality, 1 to 100.
    pub jpeg: u8,
}

impl Default for Quality {
    /// Text of ordinary size stays readable, and an exam page of 1280 × 800 takes less than 200 kB.
    fn default() -> Self {
        Self { longest_px_max: 1_600, jpeg: 70 }
    }
}

/// A frame as a JPEG.
///
/// # Errors
/// A side of more than 65 535 pixels, which only a `longest_px_max` beyond that lets through.
pub fn jpeg(frame: &Frame, quality: Quality) -> Result<Vec<u8>, ImageError> {
    let picture = reduced(frame, quality.longest_px_max);
    let mut bytes = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut bytes, quality.jpeg.clamp(1, 100));
    encoder.encode(&picture, picture.width(), picture.height(), ExtendedColorType::Rgb8)?;
    Ok(bytes)
}

/// A frame with its longer side at most `longest_px_max`, in proportion. Each new pixel is the mean of the area that it
/// covers, so that thin strokes become lighter and never vanish.
pub fn reduced(frame: &Frame, longest_px_max: u32) -> RgbImage {
    let (width, height) = (frame.width(), frame.height());
    let longest = width.max(height);
    let longest_px_max = longest_px_max.max(1);
    if longest <= longest_px_max {
        let rows = frame.bytes().as_chunks::<PIXEL_BYTES>().0;
        return of_pixels(width, height, rows.iter().flat_map(|[b, g, r, _]| [*r, *g, *b]).collect());
    }
    let scaled = |side: u32| {
        let exact = u64::from(side) * u64::from(longest_px_max) / u64::from(longest);
        u32::try_from(exact).unwrap_or(u32::MAX).max(1)
    };
    let (new_width, new_height) = (scaled(width), scaled(height));
    let across: Vec<Cover> = (0..new_width).map(|index| Cover::new(index, width, new_width)).collect();
    let row_bytes = width as usize * PIXEL_BYTES;
    let mut pixels = Vec::with_capacity(new_width as usize * new_height as usize * 3);
    let mut sums = vec![0u16; row_bytes];
    for down in (0..new_height).map(|index| Cover::new(index, height, new_height)) {
        // Weights sum up to 256, so a sum is at most 255 · 256.
        sums.fill(0);
        for (line, weight) in down.weighted() {
            let row = &frame.bytes()[line * row_bytes..][..row_bytes];
            for (sum, byte) in sums.iter_mut().zip(row) {
                *sum += u16::from(*byte) * weight;
            }
        }
        let line = sums.as_chunks::<PIXEL_BYTES>().0;
        for cover in &across {
            let mut colour = [0u32; 3];
            for (column, weight) in cover.weighted() {
                let [blue, green, red, _] = line[column];
                for (sum, channel) in colour.iter_mut().zip([red, green, blue]) {
                    *sum += u32::from(channel) * u32::from(weight);
                }
            }
            pixels.extend(colour.map(|sum| ((sum + (1 << 15)) >> 16) as u8));
        }
    }
    of_pixels(new_width, new_height, pixels)
}

fn of_pixels(width: u32, height: u32, pixels: Vec<u8>) -> RgbImage {
    RgbImage::from_raw(width, height, pixels).expect("three bytes a pixel")
}

/// The old pixels that one new pixel covers, and by how much of 256 each.
struct Cover {
    first: usize,
    weights: Vec<u16>,
}

impl Cover {
    /// The cover of the new pixel `index`, of `new` that stand for `old`.
    fn new(index: u32, old: u32, new: u32) -> Self {
        // In units in which an old pixel is `new` long and a new one `old`, so that every edge is a whole number.
        let (old, new) = (u64::from(old), u64::from(new));
        let covered: Range<u64> = u64::from(index) * old..(u64::from(index) + 1) * old;
        let first = covered.start / new;
        let mut weights = Vec::new();
        let (mut before, mut given) = (0, 0);
        for pixel in first..covered.end.div_ceil(new) {
            before += (covered.end.min((pixel + 1) * new)) - covered.start.max(pixel * new);
            // Rounded as a running sum, so that they come to 256.
            let until = (before * 256 + old / 2) / old;
            weights.push((until - given) as u16);
            given = until;
        }
        Self { first: first as usize, weights }
    }

    fn weighted(&self) -> impl Iterator<Item = (usize, u16)> {
        self.weights.iter().enumerate().map(|(offset, weight)| (self.first + offset, *weight))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(width: u32, height: u32, pixel: impl Fn(u32, u32) -> [u8; 4]) -> Frame {
        let places = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
        Frame::new(width, height, places.flat_map(|(x, y)| pixel(x, y)).collect()).unwrap()
    }

    #[test]
    fn a_frame_that_is_small_enough_keeps_every_pixel() {
        let picture = reduced(&frame(3, 2, |x, y| [x as u8, y as u8, 200, 9]), 3);
        assert_eq!(picture.dimensions(), (3, 2));
        assert_eq!(picture.get_pixel(2, 1).0, [200, 1, 2]);
    }

    #[test]
    fn sides_shrink_in_proportion() {
        for (from, longest, to) in [
            ((1920, 1080), 1600, (1600, 900)),
            ((1080, 1920), 1600, (900, 1600)),
            ((3000, 2), 1600, (1600, 1)),
            ((3000, 1), 1600, (1600, 1)),
            ((7, 7), 0, (1, 1)),
        ] {
            assert_eq!(reduced(&frame(from.0, from.1, |_, _| [0; 4]), longest).dimensions(), to);
        }
    }

    #[test]
    fn one_colour_stays_exactly_that_colour_at_any_ratio() {
        for longest in [1, 2, 3, 63, 64, 99, 100] {
            for colour in [[255, 255, 255, 0], [0, 0, 0, 255], [1, 128, 254, 7]] {
                let picture = reduced(&frame(101, 37, |_, _| colour), longest);
                let [blue, green, red, _] = colour;
                assert!(picture.pixels().all(|pixel| pixel.0 == [red, green, blue]), "{longest}: {colour:?}");
            }
        }
    }

    #[test]
    fn a_new_pixel_is_the_mean_of_what_it_covers() {
        // 6 → 4: 1½ old pixels each. A white column of one pixel keeps its share of light and stays in its place.
        let picture = reduced(&frame(6, 6, |x, _| if x == 1 { [255; 4] } else { [0; 4] }), 4);
        let line: Vec<u8> = picture.rows().next().unwrap().map(|pixel| pixel.0[1]).collect();
        assert_eq!(line, [85, 85, 0, 0]);
        let picture = reduced(&frame(6, 6, |_, y| if y == 5 { [30, 60, 240, 0] } else { [0; 4] }), 2);
        assert_eq!([picture.get_pixel(0, 0).0, picture.get_pixel(1, 1).0], [[0, 0, 0], [80, 20, 10]]);
    }

    #[test]
    fn a_jpeg_of_any_quality_and_shape_opens_again() {
        for (width, height, quality) in [(1, 1, 0), (1, 40, 100), (33, 7, 255), (64, 64, 70)] {
            let quality = Quality { jpeg: quality, ..Quality::default() };
            let bytes = jpeg(&frame(width, height, |x, y| [x as u8, y as u8, 99, 0]), quality).unwrap();
            let opened = image::load_from_memory(&bytes).unwrap();
            assert_eq!((opened.width(), opened.height()), (width, height));
        }
        let endless = Quality { longest_px_max: u32::MAX, jpeg: 70 };
        assert!(jpeg(&frame(65_536, 1, |_, _| [0; 4]), endless).is_err());
    }
}
