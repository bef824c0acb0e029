//! Whether a screen looks different from the last picture that was kept of it.
//!
//! What is remembered of a picture is a sketch: its brightness at a quarter of the width and height. Two sketches are
//! compared in tiles of 32 × 32 screen pixels, and what counts is how many tiles differ, not which share of the screen
//! they are: a window of a messenger is as large on a large screen as on a small one.

use crate::frame::{Frame, PIXEL_BYTES};

/// Screen pixels on each side that become one pixel of a sketch.
const REDUCED: usize = 4;
/// Sketch pixels on each side of a tile.
const TILE: usize = 8;
/// By how much the sum of a tile's brightness differences makes it another tile: two of 255 levels on average. Frames
/// come from memory and carry no noise, so this only forgives rounding.
const TILE_DIFFERENCE_MIN: u32 = 2 * (TILE * TILE) as u32;

/// A frame is kept when at least this many tiles changed. What moves by itself, a cursor and a clock, was seen to change up
/// to 6 tiles on a screen of double density; a sentence 25, a notice 44, another question 148 on a common one.
pub const TILES_CHANGED_MIN: u32 = 12;

/// The brightness of a frame at a quarter of its width and height. Text cannot be read in it.
#[derive(Clone, PartialEq, Eq)]
pub struct Sketch {
    width: usize,
    height: usize,
    luma: Vec<u8>,
}

impl Sketch {
    /// The sketch of a frame.
    pub fn of(frame: &Frame) -> Self {
        let row_bytes = frame.width() as usize * PIXEL_BYTES;
        let width = (frame.width() as usize).div_ceil(REDUCED);
        let height = (frame.height() as usize).div_ceil(REDUCED);
        let mut luma = Vec::with_capacity(width * height);
        let mut sums = vec![0u32; width];
        for rows in frame.bytes().chunks(row_bytes * REDUCED) {
            sums.fill(0);
            for row in rows.chunks_exact(row_bytes) {
                for (sum, block) in sums.iter_mut().zip(row.chunks(REDUCED * PIXEL_BYTES)) {
                    *sum += block.as_chunks::<PIXEL_BYTES>().0.iter().map(weighted).sum::<u32>();
                }
            }
            let lines = rows.len() / row_bytes;
            // The last block of a row is narrower where the width does not divide.
            let columns = |block: usize| (frame.width() as usize - block * REDUCED).min(REDUCED);
            luma.extend(sums.iter().enumerate().map(|(block, sum)| {
                let level = *sum / (256 * lines * columns(block)) as u32;
                u8::try_from(level).unwrap_or(u8::MAX)
            }));
        }
        Self { width, height, luma }
    }

    /// How many tiles of a frame differ from this one. All of them if the screen has another size now.
    pub fn tiles_changed(&self, now: &Self) -> u32 {
        let across = now.width.div_ceil(TILE);
        if (self.width, self.height) != (now.width, now.height) {
            return (across * now.height.div_ceil(TILE)) as u32;
        }
        let mut changed = 0;
        let mut differences = vec![0u32; across];
        let band = self.width * TILE;
        for (before, after) in self.luma.chunks(band).zip(now.luma.chunks(band)) {
            differences.fill(0);
            for (before, after) in before.chunks(self.width).zip(after.chunks(self.width)) {
                let tiles = before.chunks(TILE).zip(after.chunks(TILE));
                for (sum, (before, after)) in differences.iter_mut().zip(tiles) {
                    *sum += before.iter().zip(after).map(|(a, b)| u32::from(a.abs_diff(*b))).sum::<u32>();
                }
            }
            changed += differences.iter().filter(|difference| TILE_DIFFERENCE_MIN <= **difference).count();
        }
        changed as u32
    }
}

/// Says nothing about what is on the screen.
impl std::fmt::Debug for Sketch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Sketch({} × {})", self.width, self.height)
    }
}

/// A pixel's brightness by the weights of ITU-R BT.601, times 256.
fn weighted([blue, green, red, _]: &[u8; PIXEL_BYTES]) -> u32 {
    29 * u32::from(*blue) + 150 * u32::from(*green) + 77 * u32::from(*red)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grey(width: u32, height: u32, level: impl Fn(u32, u32) -> u8) -> Frame {
        let pixels = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
        let bytes = pixels.flat_map(|(x, y)| [level(x, y); PIXEL_BYTES]).collect();
        Frame::new(width, height, bytes).unwrap()
    }

    #[test]
    fn a_sketch_is_the_mean_brightness_of_blocks_also_at_the_edges() {
        // 6 × 5: the last block of a row is 2 wide, the last row of blocks 1 high.
        let sketch = Sketch::of(&grey(6, 5, |x, y| match (x / 4, y / 4) {
            (0, 0) => 100 + (x + y) as u8 % 2,
            (1, 0) => 40,
            (0, _) => 200,
            _ => 255,
        }));
        assert_eq!((sketch.width, sketch.height), (2, 2));
        assert_eq!(sketch.luma, [100, 40, 200, 255]);
        let coloured = |pixel: [u8; 4]| Sketch::of(&Frame::new(4, 4, pixel.repeat(16)).unwrap()).luma[0];
        assert_eq!([[255, 0, 0, 0], [0, 255, 0, 0], [0, 0, 255, 0]].map(coloured), [28, 149, 76]);
    }

    #[test]
    fn a_tile_is_counted_where_it_changed_and_once() {
        let before = Sketch::of(&grey(1280, 800, |_, _| 200));
        assert_eq!(before.tiles_changed(&before), 0);
        for (area, tiles) in [
            ((0..32, 0..32), 1),
            ((31..33, 31..33), 0),
            ((16..48, 16..48), 4),
            ((0..1280, 100..101), 40),
            ((1240..1280, 780..800), 2),
            ((0..1280, 0..800), 1_000),
        ] {
            let (across, down) = &area;
            let after = grey(1280, 800, |x, y| if across.contains(&x) && down.contains(&y) { 90 } else { 200 });
            assert_eq!(before.tiles_changed(&Sketch::of(&after)), tiles, "{area:?}");
        }
    }

    #[test]
    fn a_faint_change_of_everything_is_a_change_and_rounding_is_none() {
        let before = Sketch::of(&grey(640, 384, |_, _| 200));
        assert_eq!(before.tiles_changed(&Sketch::of(&grey(640, 384, |_, _| 201))), 0);
        assert_eq!(before.tiles_changed(&Sketch::of(&grey(640, 384, |_, _| 202))), 20 * 12);
    }

    #[test]
    fn another_size_is_another_screen() {
        let before = Sketch::of(&grey(640, 400, |_, _| 200));
        assert_eq!(before.tiles_changed(&Sketch::of(&grey(800, 600, |_, _| 200))), 25 * 19);
    }
}
