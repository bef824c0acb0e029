//! A picture of a screen as it was grabbed, before anything was decided about it.

/// The most pixels in a frame: more than any screen has, and few enough to hold twice.
pub const PIXELS_MAX: u64 = 64 * 1024 * 1024;
/// The bytes of one pixel of a frame.
pub const PIXEL_BYTES: usize = 4;

/// Where a monitor lies on the desktop, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "they say it themselves")]
pub struct Area {
    pub x: i32,
    pub y: i32,
    pub width: u32,
    pub height: u32,
}

impl Area {
    /// The part of it that lies within `other`, if any does.
    pub fn within(self, other: Self) -> Option<Self> {
        let (x, y) = (self.x.max(other.x), self.y.max(other.y));
        let end = |start: i32, size: u32| i64::from(start) + i64::from(size);
        let width = end(self.x, self.width).min(end(other.x, other.width)) - i64::from(x);
        let height = end(self.y, self.height).min(end(other.y, other.height)) - i64::from(y);
        let size = |pixels: i64| u32::try_from(pixels).ok().filter(|pixels| 0 < *pixels);
        Some(Self { x, y, width: size(width)?, height: size(height)? })
    }
}

/// A picture: rows from the top, each from the left, four bytes a pixel in the order blue, green, red, unused. There is
/// at least one pixel and no gap between rows.
#[derive(Clone, PartialEq, Eq)]
pub struct Frame {
    width: u32,
    height: u32,
    bytes: Vec<u8>,
}

impl Frame {
    /// A frame of these bytes. `None` if they are not as many as the size asks for, if there are none, or more than
    /// [`PIXELS_MAX`] pixels.
    pub fn new(width: u32, height: u32, bytes: Vec<u8>) -> Option<Self> {
        let pixels = u64::from(width) * u64::from(height);
        let fits = 0 < pixels && pixels <= PIXELS_MAX && bytes.len() as u64 == pixels * PIXEL_BYTES as u64;
        fits.then_some(Self { width, height, bytes })
    }

    /// Pixels in a row.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Rows.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// All of its bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Its rows from the top.
    pub fn rows(&self) -> std::slice::ChunksExact<'_, u8> {
        self.bytes.chunks_exact(self.width as usize * PIXEL_BYTES)
    }
}

/// Says nothing about what is on the screen, so that no log ever shows it.
impl std::fmt::Debug for Frame {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Frame({} × {})", self.width, self.height)
    }
}

/// How far the channels of a frame of one colour may be apart: what colour management makes of one.
const SPREAD_MAX: u8 = 3;

/// The colour of a frame that shows nothing else, as red, green and blue. Such a frame is evidence that capturing does
/// not work, and of nothing else: a locked or sleeping screen, a compositor that gives black to strangers.
///
/// One letter or one line is enough for a frame not to be blank.
pub fn blank(frame: &Frame) -> Option<[u8; 3]> {
    let (pixels, _) = frame.bytes.as_chunks::<PIXEL_BYTES>();
    let [blue, green, red, _] = *pixels.first()?;
    let near = |a: u8, b: u8| a.abs_diff(b) <= SPREAD_MAX;
    let same = |[b, g, r, _]: &[u8; PIXEL_BYTES]| near(*b, blue) && near(*g, green) && near(*r, red);
    pixels.iter().all(same).then_some([red, green, blue])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(width: u32, height: u32, pixel: [u8; 4]) -> Frame {
        Frame::new(width, height, pixel.repeat((width * height) as usize)).unwrap()
    }

    #[test]
    fn a_frame_has_as_many_bytes_as_its_size_asks_for() {
        assert!(Frame::new(2, 3, vec![0; 24]).is_some());
        for (width, height, bytes) in [(2, 3, 23), (2, 3, 25), (0, 3, 0), (3, 0, 0), (u32::MAX, u32::MAX, 4)] {
            assert_eq!(Frame::new(width, height, vec![0; bytes]), None, "{width} × {height} of {bytes}");
        }
        assert_eq!(filled(5, 4, [1, 2, 3, 4]).rows().map(<[u8]>::len).collect::<Vec<_>>(), [20; 4]);
    }

    #[test]
    fn one_colour_is_blank_and_one_letter_is_not() {
        assert_eq!(blank(&filled(640, 400, [0, 0, 0, 255])), Some([0, 0, 0]));
        // The fourth byte is noise on many servers.
        let mut bytes = filled(640, 400, [10, 20, 30, 0]).bytes;
        bytes.iter_mut().skip(3).step_by(8).for_each(|unused| *unused = 0xff);
        assert_eq!(blank(&Frame::new(640, 400, bytes.clone()).unwrap()), Some([30, 20, 10]));
        // Almost one colour is one colour.
        bytes[4_000] += SPREAD_MAX;
        assert_eq!(blank(&Frame::new(640, 400, bytes.clone()).unwrap()), Some([30, 20, 10]));
        // A row of three pixels, as in an i's dot, in the last corner.
        let end = bytes.len();
        bytes[end - 12..].fill(0xff);
        assert_eq!(blank(&Frame::new(640, 400, bytes).unwrap()), None);
    }

    #[test]
    fn areas_are_cut_to_the_screen() {
        let screen = Area { x: 0, y: 0, width: 1280, height: 800 };
        let area = |x, y, width, height| Area { x, y, width, height };
        assert_eq!(screen.within(screen), Some(screen));
        assert_eq!(area(-10, 790, 30, 30).within(screen), Some(area(0, 790, 20, 10)));
        assert_eq!(area(1280, 0, 10, 10).within(screen), None);
        assert_eq!(area(i32::MAX, 0, u32::MAX, 10).within(screen), None);
    }

    #[test]
    fn a_frame_does_not_print_what_it_shows() {
        assert_eq!(format!("{:?}", filled(2, 1, [7; 4])), "Frame(2 × 1)");
    }
}
