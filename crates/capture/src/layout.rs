//! How an X server lays its pixels out, and how they become those of a [`Frame`](crate::frame::Frame).

use crate::{frame::PIXEL_BYTES, screen::Unable};

/// Pixels of 32 bits, each channel a run of bits somewhere in them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    big_endian: bool,
    channels: [Channel; 3],
}

/// One channel of a pixel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Channel {
    mask: u32,
    shift: u32,
    /// The channel's largest value.
    most: u32,
}

impl Channel {
    fn new(mask: u32) -> Option<Self> {
        let shift = mask.trailing_zeros();
        let most = mask.checked_shr(shift)?;
        (most & most.wrapping_add(1) == 0).then_some(Self { mask, shift, most })
    }

    fn level(self, pixel: u32) -> u8 {
        let value = u64::from((pixel & self.mask) >> self.shift);
        let most = u64::from(self.most);
        ((value * 255 + most / 2) / most) as u8
    }
}

impl Layout {
    /// The layout of a visual with these masks for red, green and blue.
    ///
    /// # Errors
    /// `Layout`, where a pixel is not 32 bits or a mask is no run of them.
    pub fn new(bits_per_pixel: u8, big_endian: bool, masks: [u32; 3]) -> Result<Self, Unable> {
        if bits_per_pixel != 32 {
            return Err(Unable::Layout(format!("{bits_per_pixel} bits each instead of 32")));
        }
        let [red, green, blue] = masks.map(Channel::new);
        let (Some(red), Some(green), Some(blue)) = (red, green, blue) else {
            return Err(Unable::Layout(format!("their colours lie at {masks:x?}")));
        };
        Ok(Self { big_endian, channels: [blue, green, red] })
    }

    /// Turns what the server gave into a frame's bytes, in place.
    pub fn convert(&self, bytes: &mut [u8]) {
        let usual = [0xff, 0xff00, 0xff_0000];
        if !self.big_endian && self.channels.map(|channel| channel.mask) == usual {
            return;
        }
        for bytes in bytes.as_chunks_mut::<PIXEL_BYTES>().0 {
            let pixel = if self.big_endian { u32::from_be_bytes(*bytes) } else { u32::from_le_bytes(*bytes) };
            let [blue, green, red] = self.channels.map(|channel| channel.level(pixel));
            *bytes = [blue, green, red, 0];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_layout_gives_blue_green_and_red() {
        let usual = [0xff_0000, 0xff00, 0xff];
        for (name, big_endian, masks, bytes, expected) in [
            ("as most servers do", false, usual, [10, 20, 30, 99], [10, 20, 30, 99]),
            ("from a server of the other byte order", true, usual, [99, 30, 20, 10], [10, 20, 30, 0]),
            ("red and blue the other way round", false, [0xff, 0xff00, 0xff_0000], [30, 20, 10, 99], [10, 20, 30, 0]),
            (
                "ten bits a channel",
                false,
                [0x3ff << 20, 0x3ff << 10, 0x3ff],
                [0xff, 0x03, 0xf0, 0x3f],
                [255, 0, 255, 0],
            ),
            ("ten bits, half of them", false, [0x3ff << 20, 0x3ff << 10, 0x3ff], [0, 2, 8, 32], [128, 128, 128, 0]),
            ("all the bits on top", false, [0xff00_0000, 0xff_0000, 0xff00], [9, 10, 20, 30], [10, 20, 30, 0]),
        ] {
            let mut pixel = bytes;
            Layout::new(32, big_endian, masks).unwrap().convert(&mut pixel);
            assert_eq!(pixel, expected, "{name}");
        }
    }

    #[test]
    fn a_layout_that_cannot_be_read_is_refused() {
        for (bits, masks) in [
            (16, [0xf800, 0x7e0, 0x1f]),
            (24, [0xff_0000, 0xff00, 0xff]),
            (8, [0, 0, 0]),
            (32, [0, 0, 0]),
            (32, [0x00f0_f000, 0xf00, 0xff]),
        ] {
            assert!(matches!(Layout::new(bits, false, masks), Err(Unable::Layout(_))), "{bits} {masks:x?}");
        }
    }
}
